/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtksourceview/gtksource.h>

G_BEGIN_DECLS

/* The editor of a cell's source: as high as its text, from the first frame on. */
#define SAGE_TYPE_CELL_SOURCE (sage_cell_source_get_type ())

G_DECLARE_FINAL_TYPE (SageCellSource, sage_cell_source, SAGE, CELL_SOURCE, GtkSourceView)

GtkWidget *sage_cell_source_new   (void);
void       sage_cell_source_clear (SageCellSource *self);

G_END_DECLS
