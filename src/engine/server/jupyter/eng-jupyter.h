/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "eng-request.h"

G_BEGIN_DECLS

gboolean eng_jupyter_has_path (const char      *path);
void     eng_jupyter_handle   (EngEngine       *engine,
                               EngRequest      *request,
                               SageHttpRequest *http);
void     eng_jupyter_refuse   (SageHttpRequest *http,
                               guint            status,
                               const char      *reason,
                               const char      *message);

G_END_DECLS
