/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* What can be done with a cell, at its corner. Signal: "command" (const char *name of an action). */
#define SAGE_TYPE_CELL_TOOLBAR (sage_cell_toolbar_get_type ())

G_DECLARE_FINAL_TYPE (SageCellToolbar, sage_cell_toolbar, SAGE, CELL_TOOLBAR, GtkBox)

GtkWidget *sage_cell_toolbar_new (void);

G_END_DECLS
