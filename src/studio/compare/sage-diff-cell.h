/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "sage-notebook-diff.h"

G_BEGIN_DECLS

char      *sage_diff_cell_describe (SageCellDiff *diff);
GtkWidget *sage_diff_cell_new      (SageCellDiff *diff,
                                    GObject      *narrow,
                                    GtkWidget    *button);

G_END_DECLS
