/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-notebook-view.h"

G_BEGIN_DECLS

/* The headings of a notebook, to go to; looked for only while it is in sight. */
#define SAGE_TYPE_NOTEBOOK_OUTLINE (sage_notebook_outline_get_type ())

G_DECLARE_FINAL_TYPE (SageNotebookOutline, sage_notebook_outline, SAGE, NOTEBOOK_OUTLINE, AdwBin)

GtkWidget *sage_notebook_outline_new      (void);
void       sage_notebook_outline_set_view (SageNotebookOutline *self,
                                           SageNotebookView    *view,
                                           SageNotebook        *notebook);

G_END_DECLS
