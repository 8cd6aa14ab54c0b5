/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-notebook-kernel.h"
#include "sage-notebook-view.h"

G_BEGIN_DECLS

/* The pictures that the runs of a notebook have shown, small; activated, they are shown large. */
#define SAGE_TYPE_NOTEBOOK_PLOTS (sage_notebook_plots_get_type ())

G_DECLARE_FINAL_TYPE (SageNotebookPlots, sage_notebook_plots, SAGE, NOTEBOOK_PLOTS, AdwBin)

GtkWidget *sage_notebook_plots_new      (void);
void       sage_notebook_plots_set_view (SageNotebookPlots    *self,
                                         SageNotebookView     *view,
                                         SageNotebookDocument *document);

G_END_DECLS
