/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Whether an action of a widget's class can be had now, which GTK tells its own buttons and menus only:
 * for what else offers commands. */
void     sage_action_set_enabled (GtkWidget  *widget,
                                  const char *action,
                                  gboolean    enabled);
gboolean sage_action_is_enabled  (GtkWidget  *widget,
                                  const char *action);

G_END_DECLS
