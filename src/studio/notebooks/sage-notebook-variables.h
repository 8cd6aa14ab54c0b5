/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "sage-notebook-kernel.h"

G_BEGIN_DECLS

/* What the kernel of a notebook holds. It is asked only while this is in sight and the kernel idle. */
#define SAGE_TYPE_NOTEBOOK_VARIABLES (sage_notebook_variables_get_type ())

G_DECLARE_FINAL_TYPE (SageNotebookVariables, sage_notebook_variables, SAGE, NOTEBOOK_VARIABLES, AdwBin)

GtkWidget *sage_notebook_variables_new        (void);
void       sage_notebook_variables_set_kernel (SageNotebookVariables *self,
                                               SageNotebookKernel    *kernel);

G_END_DECLS
