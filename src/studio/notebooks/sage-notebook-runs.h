/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "sage-notebook-document.h"

G_BEGIN_DECLS

/* The jobs that ran a notebook, the last ones first; asked for only while it is in sight. */
#define SAGE_TYPE_NOTEBOOK_RUNS (sage_notebook_runs_get_type ())

G_DECLARE_FINAL_TYPE (SageNotebookRuns, sage_notebook_runs, SAGE, NOTEBOOK_RUNS, AdwBin)

GtkWidget *sage_notebook_runs_new          (void);
void       sage_notebook_runs_set_document (SageNotebookRuns     *self,
                                            SageNotebookDocument *document);

G_END_DECLS
