/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-client.h"

G_BEGIN_DECLS

gboolean ctl_user_run  (SageClient          *client,
                        const char * const  *words,
                        GError             **error);
gboolean ctl_login_run (SageClient          *client,
                        const char          *name,
                        JsonObject          *ready,
                        GError             **error);

G_END_DECLS
