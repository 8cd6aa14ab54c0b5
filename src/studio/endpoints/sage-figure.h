/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/*
 * One number of a dashboard: what it is of, the number, and beneath it what it may be compared with.
 * It keeps its height whatever it shows. Properties: "title".
 */
#define SAGE_TYPE_FIGURE (sage_figure_get_type ())

G_DECLARE_FINAL_TYPE (SageFigure, sage_figure, SAGE, FIGURE, GtkWidget)

void sage_figure_set_value (SageFigure *self,
                            const char *value,
                            const char *note);

G_END_DECLS
