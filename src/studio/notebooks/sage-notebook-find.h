/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "sage-notebook-view.h"

G_BEGIN_DECLS

/* Finds in the sources and outputs of a notebook, and replaces in the sources, in one step of undo. */
#define SAGE_TYPE_NOTEBOOK_FIND (sage_notebook_find_get_type ())

G_DECLARE_FINAL_TYPE (SageNotebookFind, sage_notebook_find, SAGE, NOTEBOOK_FIND, AdwBin)

void sage_notebook_find_set_view (SageNotebookFind *self,
                                  SageNotebookView *view,
                                  SageNotebook     *notebook);
void sage_notebook_find_open     (SageNotebookFind *self);

G_END_DECLS
