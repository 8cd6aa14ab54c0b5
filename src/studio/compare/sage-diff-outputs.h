/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "sage-cell.h"

G_BEGIN_DECLS

GtkWidget *sage_diff_outputs_new (SageCell *old_cell,
                                  SageCell *new_cell,
                                  GObject  *narrow);

G_END_DECLS
