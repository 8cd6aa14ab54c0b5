/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtksourceview/gtksource.h>

#include "sage-notebook.h"

G_BEGIN_DECLS

/*
 * The source of a cell while it is shown. What is typed goes to the notebook, which has the history
 * of it; what the notebook changes comes back by sage_cell_buffer_apply().
 */
#define SAGE_TYPE_CELL_BUFFER (sage_cell_buffer_get_type ())

G_DECLARE_FINAL_TYPE (SageCellBuffer, sage_cell_buffer, SAGE, CELL_BUFFER, GtkSourceBuffer)

SageCellBuffer *sage_cell_buffer_new          (SageNotebook   *notebook,
                                               SageCell       *cell);
SageCell       *sage_cell_buffer_get_cell     (SageCellBuffer *self);
void            sage_cell_buffer_apply        (SageCellBuffer *self,
                                               gsize           offset,
                                               gsize           removed,
                                               const char     *inserted);
void            sage_cell_buffer_update_style (SageCellBuffer *self);
gsize           sage_cell_buffer_get_offset   (SageCellBuffer    *self,
                                               const GtkTextIter *iter);
void            sage_cell_buffer_get_iter     (SageCellBuffer *self,
                                               gsize           offset,
                                               GtkTextIter    *iter);
const char     *sage_cell_buffer_language_id  (const char     *language);

G_END_DECLS
