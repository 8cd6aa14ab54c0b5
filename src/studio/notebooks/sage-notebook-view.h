/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "sage-notebook-document.h"

G_BEGIN_DECLS

/*
 * The cells of a notebook, with Jupyter's two modes: while a cell's row has the focus, keys are
 * commands; while its source has it, they write. Properties: "current" (SageCell, nullable),
 * "is-editing", "full-width". Signal: "run" (GPtrArray of SageCell): they are to be run, in that order.
 */
#define SAGE_TYPE_NOTEBOOK_VIEW (sage_notebook_view_get_type ())

G_DECLARE_FINAL_TYPE (SageNotebookView, sage_notebook_view, SAGE, NOTEBOOK_VIEW, AdwBin)

GtkWidget *sage_notebook_view_new            (SageNotebookDocument *document);
SageCell  *sage_notebook_view_get_current    (SageNotebookView     *self);
gboolean   sage_notebook_view_is_editing     (SageNotebookView     *self);
void       sage_notebook_view_show_cell      (SageNotebookView     *self,
                                              SageCell             *cell);
void       sage_notebook_view_show_range     (SageNotebookView     *self,
                                              SageCell             *cell,
                                              gsize                 offset,
                                              gsize                 length);
void       sage_notebook_view_grab_focus     (SageNotebookView     *self);
gboolean   sage_notebook_view_command        (SageNotebookView     *self,
                                              const char           *action);
gboolean   sage_notebook_view_has_command    (const char           *action);
GVariant  *sage_notebook_view_save_state     (SageNotebookView     *self);
void       sage_notebook_view_restore_state  (SageNotebookView     *self,
                                              GVariant             *state);

G_END_DECLS
