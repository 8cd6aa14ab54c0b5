/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "sage-comparison.h"
#include "sage-connection.h"

G_BEGIN_DECLS

GtkWidget *sage_comparison_cell_new (const SageComparisonRow *row,
                                     guint                    side,
                                     SageConnection          *connection);
char      *sage_comparison_cell_text (const SageComparisonRow *row,
                                      guint                    side);

G_END_DECLS
