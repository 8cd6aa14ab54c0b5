/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-jupyter-server.h"
#include "sage-notebook.h"

G_BEGIN_DECLS

/*
 * Runs a notebook from its first cell to its last on a kernel of its own, which ends with the run.
 * There is nobody who could answer a question of the kernel. Signal "cell-ended" (SageCell *cell,
 * guint done, guint total): a code cell has run; its state says how it ended.
 */
#define SAGE_TYPE_NOTEBOOK_RUN (sage_notebook_run_get_type ())

G_DECLARE_FINAL_TYPE (SageNotebookRun, sage_notebook_run, SAGE, NOTEBOOK_RUN, GObject)

SageNotebookRun *sage_notebook_run_new    (SageJupyterServer    *server,
                                           SageNotebook         *notebook,
                                           const char           *path,
                                           const char           *kernel_name);
void             sage_notebook_run_async  (SageNotebookRun      *self,
                                           GCancellable         *cancellable,
                                           GAsyncReadyCallback   callback,
                                           gpointer              user_data);
gboolean         sage_notebook_run_finish (SageNotebookRun      *self,
                                           GAsyncResult         *result,
                                           GError              **error);

G_END_DECLS
