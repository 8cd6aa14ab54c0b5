/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "sage-comms.h"

G_BEGIN_DECLS

/* A widget of the kernel's (ipywidgets) that shows how far something has come, as it is now. */
#define SAGE_TYPE_WIDGET_VIEW (sage_widget_view_get_type ())

G_DECLARE_FINAL_TYPE (SageWidgetView, sage_widget_view, SAGE, WIDGET_VIEW, GtkWidget)

gboolean   sage_widget_view_can_show (SageComms  *comms,
                                      const char *comm_id);
GtkWidget *sage_widget_view_new      (SageComms  *comms,
                                      const char *comm_id);

G_END_DECLS
