/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What was opened last, of all connections, kept in the settings. */
void   sage_recent_add    (GSettings  *settings,
                           const char *profile_id,
                           const char *location);
void   sage_recent_remove (GSettings  *settings,
                           const char *profile_id,
                           const char *location);
char **sage_recent_list   (GSettings  *settings,
                           const char *profile_id);

G_END_DECLS
