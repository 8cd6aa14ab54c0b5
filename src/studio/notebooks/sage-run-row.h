/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-connection.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* One job that ran a notebook: its state, its parameters, and the notebook that came out. */
#define SAGE_TYPE_RUN_ROW (sage_run_row_get_type ())

G_DECLARE_FINAL_TYPE (SageRunRow, sage_run_row, SAGE, RUN_ROW, GtkListBoxRow)

GtkWidget  *sage_run_row_new      (SageConnection *connection,
                                   SageResource   *job,
                                   JsonObject     *record);
const char *sage_run_row_get_name (SageRunRow     *self);

G_END_DECLS
