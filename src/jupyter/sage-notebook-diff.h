/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-notebook.h"
#include "sage-text-diff.h"

G_BEGIN_DECLS

/**
 * SageCellChange:
 * @SAGE_CELL_ADDED: only the new notebook has the cell
 * @SAGE_CELL_REMOVED: only the old notebook has the cell
 * @SAGE_CELL_MOVED: it stands elsewhere among the others
 * @SAGE_CELL_KIND_CHANGED: it is of another type
 * @SAGE_CELL_SOURCE_CHANGED: it has another source
 * @SAGE_CELL_OUTPUTS_CHANGED: it has other outputs
 * @SAGE_CELL_METADATA_CHANGED: it has other metadata or attachments
 */
typedef enum
{
  SAGE_CELL_ADDED            = 1 << 0,
  SAGE_CELL_REMOVED          = 1 << 1,
  SAGE_CELL_MOVED            = 1 << 2,
  SAGE_CELL_KIND_CHANGED     = 1 << 3,
  SAGE_CELL_SOURCE_CHANGED   = 1 << 4,
  SAGE_CELL_OUTPUTS_CHANGED  = 1 << 5,
  SAGE_CELL_METADATA_CHANGED = 1 << 6,
} SageCellChange;

/**
 * SageCellDiff:
 * @changes: what differs; 0 where nothing does
 * @old_cell: (nullable): the cell in the old notebook
 * @new_cell: (nullable): the cell in the new notebook
 * @old_position: where it is there
 * @new_position: where it is there
 * @hunks: (nullable) (element-type SageTextHunk): the lines of the source that differ
 */
typedef struct
{
  SageCellChange  changes;
  SageCell       *old_cell;
  SageCell       *new_cell;
  guint           old_position;
  guint           new_position;
  GArray         *hunks;
} SageCellDiff;

GPtrArray *sage_notebook_diff        (SageNotebook *old_notebook,
                                      SageNotebook *new_notebook);
void       sage_cell_diff_free       (SageCellDiff *self);
void       sage_notebook_revert_cell (SageNotebook *self,
                                      SageNotebook *old_notebook,
                                      SageCellDiff *diff);

G_END_DECLS
