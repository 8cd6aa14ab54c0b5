/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "sage-connection.h"

G_BEGIN_DECLS

/* When an engine shuts down kernels that have nothing to do. What is chosen holds at once. */
#define SAGE_TYPE_IDLE_ROW (sage_idle_row_get_type ())

G_DECLARE_FINAL_TYPE (SageIdleRow, sage_idle_row, SAGE, IDLE_ROW, AdwComboRow)

GtkWidget *sage_idle_row_new (SageConnection *connection);

G_END_DECLS
