/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "sage-json-item-private.h"

G_BEGIN_DECLS

/* A row of the tree: the key, and the value on one line or what the container holds. */
#define SAGE_TYPE_JSON_ROW (sage_json_row_get_type ())

G_DECLARE_FINAL_TYPE (SageJsonRow, sage_json_row, SAGE, JSON_ROW, GtkWidget)

GtkWidget *sage_json_row_new       (void);
GtkTreeListRow *sage_json_row_get_row (SageJsonRow *self);
void       sage_json_row_set_row   (SageJsonRow    *self,
                                    GtkTreeListRow *row);
void       sage_json_row_highlight (SageJsonRow    *self,
                                    const char     *query);

G_END_DECLS
