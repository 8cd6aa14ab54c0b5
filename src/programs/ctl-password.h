/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

char *ctl_password_read     (const char  *prompt,
                             GError     **error);
char *ctl_password_read_new (GError     **error);

G_END_DECLS
