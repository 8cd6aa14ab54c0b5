/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-notebook-kernel.h"
#include "sage-notebook-view.h"

G_BEGIN_DECLS

/* What stands beside the cells: the outline, and the variables of the kernel. */
#define SAGE_TYPE_NOTEBOOK_SIDE (sage_notebook_side_get_type ())

G_DECLARE_FINAL_TYPE (SageNotebookSide, sage_notebook_side, SAGE, NOTEBOOK_SIDE, AdwBin)

void sage_notebook_side_set_view (SageNotebookSide     *self,
                                  SageNotebookView     *view,
                                  SageNotebookDocument *document);

G_END_DECLS
