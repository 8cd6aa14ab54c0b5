/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "eng-request.h"

G_BEGIN_DECLS

gboolean eng_sagebrush_users_has_path (const char      *path);
void     eng_sagebrush_users_handle   (EngEngine       *engine,
                                       EngRequest      *request,
                                       SageHttpRequest *http);

G_END_DECLS
