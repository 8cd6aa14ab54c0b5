/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-notebook.h"

G_BEGIN_DECLS

/**
 * SageMergeConflict:
 * @id: the cell's id in the merged notebook
 * @base: (nullable): the cell as both had it
 * @ours: (nullable): as we have it; %NULL: we deleted it
 * @theirs: (nullable): as they have it; %NULL: they deleted it
 *
 * A cell of which both changed the same lines, or which one changed and the other deleted. The merged
 * notebook has ours, or what is left of it.
 */
typedef struct
{
  char     *id;
  SageCell *base;
  SageCell *ours;
  SageCell *theirs;
} SageMergeConflict;

/**
 * SageNotebookMerge:
 * @notebook: what came of it
 * @conflicts: (element-type SageMergeConflict): what has to be decided
 */
typedef struct
{
  SageNotebook *notebook;
  GPtrArray    *conflicts;
} SageNotebookMerge;

SageNotebookMerge *sage_notebook_merge_new     (SageNotebook       *base,
                                                SageNotebook       *ours,
                                                SageNotebook       *theirs,
                                                GError            **error);
void               sage_notebook_merge_resolve (SageNotebookMerge  *self,
                                                SageMergeConflict  *conflict,
                                                gboolean            takes_theirs);
void               sage_notebook_merge_free    (SageNotebookMerge  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SageNotebookMerge, sage_notebook_merge_free)

G_END_DECLS
