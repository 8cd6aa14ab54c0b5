/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _SageWatchdog SageWatchdog;

SageWatchdog *sage_watchdog_new  (guint         seconds,
                                  GError      **error);
void          sage_watchdog_free (SageWatchdog *watchdog);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SageWatchdog, sage_watchdog_free)

G_END_DECLS
