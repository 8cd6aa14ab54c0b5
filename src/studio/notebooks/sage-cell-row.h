/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-notebook-document.h"

G_BEGIN_DECLS

typedef enum
{
  SAGE_CELL_ROW_CURRENT = 1 << 0,  /* what commands are for */
  SAGE_CELL_ROW_SELECTED = 1 << 1, /* with others */
  SAGE_CELL_ROW_EDITING = 1 << 2,  /* Markdown: its source is shown, not what it comes to */
  SAGE_CELL_ROW_OPEN = 1 << 3,     /* all of its outputs are shown */
  SAGE_CELL_ROW_NUMBERS = 1 << 4,  /* line numbers */
} SageCellRowFlags;

/*
 * A cell: what runs it, its source, what came of it. Signals: "command" (const char *name): a button
 * was pressed; "chosen" (GdkModifierType): it was clicked, not in its source; "changed-flags": the
 * reader opened the outputs or the source; "cursor-moved"; "open-location" (const char *path, int
 * line): a place in a traceback was followed, as SageOutputList tells it.
 */
#define SAGE_TYPE_CELL_ROW (sage_cell_row_get_type ())

G_DECLARE_FINAL_TYPE (SageCellRow, sage_cell_row, SAGE, CELL_ROW, GtkWidget)

GtkWidget        *sage_cell_row_new          (SageNotebookDocument *document);
void              sage_cell_row_bind         (SageCellRow          *self,
                                              SageCell             *cell,
                                              SageCellRowFlags      flags);
void              sage_cell_row_unbind       (SageCellRow          *self);
SageCell         *sage_cell_row_get_cell     (SageCellRow          *self);
SageCellRowFlags  sage_cell_row_get_flags    (SageCellRow          *self);
void              sage_cell_row_set_flags    (SageCellRow          *self,
                                              SageCellRowFlags      flags);
void              sage_cell_row_set_cap      (SageCellRow          *self,
                                              int                   cap);
GtkTextView      *sage_cell_row_get_source   (SageCellRow          *self);
void              sage_cell_row_focus_source (SageCellRow          *self);
gboolean          sage_cell_row_is_in_source (SageCellRow          *self);
GtkWidget        *sage_cell_row_get_handle   (SageCellRow          *self);
gboolean          sage_cell_row_get_cursor   (SageCellRow          *self,
                                              double               *top,
                                              double               *height);
int               sage_cell_row_estimate     (SageCell             *cell);

G_END_DECLS
