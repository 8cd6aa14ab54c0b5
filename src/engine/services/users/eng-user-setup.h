/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "eng-operation.h"

G_BEGIN_DECLS

gboolean eng_user_setup_offer (EngEngine  *engine,
                               char      **path,
                               GError    **error);
gboolean eng_user_setup_use   (EngCall    *call,
                               gboolean   *trusted,
                               GError    **error);

G_END_DECLS
