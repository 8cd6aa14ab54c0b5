/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-notebook"

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "sage-notebook-private.h"

/**
 * sage_notebook_set_kind:
 * @positions: (array length=n): which cells
 * @kind: what they become
 *
 * Changes the type of cells. What the new type has no place for goes: outputs and count of what was
 * code, attachments of what becomes code.
 */
void
sage_notebook_set_kind (SageNotebook *self,
                        const guint  *positions,
                        guint         n,
                        SageCellKind  kind)
{
  g_autoptr(GArray) sorted = NULL;

  g_return_if_fail (SAGE_IS_NOTEBOOK (self));

  if (!sage_notebook_begin_edit (self, _("Change Cell Type")))
    return;

  sorted = sage_notebook_sort_positions (self, positions, n);
  for (guint i = 0; i < sorted->len; i++)
    {
      SageCell *cell = g_ptr_array_index (self->cells, g_array_index (sorted, guint, i));
      SageCellFacts *facts;

      if (cell->kind == kind)
        continue;
      facts = sage_cell_get_cleared_facts (cell);
      facts->kind = kind;
      if (kind == SAGE_CELL_CODE)
        g_clear_pointer (&facts->attachments, g_bytes_unref);
      sage_history_set_facts (self->history, cell, facts);
    }
  sage_history_end (self->history);
}

/**
 * sage_notebook_clear_outputs:
 * @positions: (array length=n): which cells
 *
 * Takes away outputs and execution counts.
 */
void
sage_notebook_clear_outputs (SageNotebook *self,
                             const guint  *positions,
                             guint         n)
{
  g_autoptr(GArray) sorted = NULL;

  g_return_if_fail (SAGE_IS_NOTEBOOK (self));

  if (!sage_notebook_begin_edit (self, _("Clear Outputs")))
    return;

  sorted = sage_notebook_sort_positions (self, positions, n);
  for (guint i = 0; i < sorted->len; i++)
    {
      SageCell *cell = g_ptr_array_index (self->cells, g_array_index (sorted, guint, i));

      if (cell->count >= 0 || g_list_model_get_n_items (sage_cell_get_outputs (cell)) > 0)
        sage_history_set_facts (self->history, cell, sage_cell_get_cleared_facts (cell));
    }
  sage_history_end (self->history);
}

static gboolean
is_range (SageCell   *cell,
          gsize       offset,
          gsize       removed)
{
  gsize length = sage_cell_get_length (cell);

  return offset <= length && removed <= length - offset;
}

/**
 * sage_notebook_edit_source:
 * @cell: a cell of this notebook
 * @offset: in bytes
 * @removed: bytes that go
 * @inserted: UTF-8 that comes in their place
 *
 * What typing in the cell's buffer did. Consecutive typing becomes one step; a line break, a pause of
 * two seconds, another place and another cell begin a new one. Does not emit "source-edited".
 */
void
sage_notebook_edit_source (SageNotebook *self,
                           SageCell     *cell,
                           gsize         offset,
                           gsize         removed,
                           const char   *inserted)
{
  g_return_if_fail (SAGE_IS_NOTEBOOK (self));
  g_return_if_fail (SAGE_IS_CELL (cell) && cell->notebook == self);
  g_return_if_fail (inserted != NULL && g_utf8_validate (inserted, -1, NULL));
  g_return_if_fail (is_range (cell, offset, removed));

  if (!self->is_read_only && (removed > 0 || *inserted != '\0'))
    sage_history_type (self->history, cell, offset, removed, inserted);
}

/**
 * sage_notebook_set_source:
 * @cell: a cell of this notebook
 * @source: its new text
 *
 * One step. "source-edited" tells the part that differs, so that cursors elsewhere stay.
 */
void
sage_notebook_set_source (SageNotebook *self,
                          SageCell     *cell,
                          const char   *source)
{
  g_return_if_fail (SAGE_IS_NOTEBOOK (self));
  g_return_if_fail (SAGE_IS_CELL (cell) && cell->notebook == self);
  g_return_if_fail (source != NULL && g_utf8_validate (source, -1, NULL));

  if (!sage_notebook_begin_edit (self, _("Change Text")))
    return;
  sage_history_set_source (self->history, cell, source);
  sage_history_end (self->history);
}

/**
 * sage_notebook_set_metadata_tag:
 * @cell: a cell of this notebook
 * @tag: a word, such as "parameters"
 * @is_set: whether it has the tag
 */
void
sage_notebook_set_metadata_tag (SageNotebook *self,
                                SageCell     *cell,
                                const char   *tag,
                                gboolean      is_set)
{
  SageCellFacts *facts;

  g_return_if_fail (SAGE_IS_NOTEBOOK (self));
  g_return_if_fail (SAGE_IS_CELL (cell) && cell->notebook == self);
  g_return_if_fail (tag != NULL && *tag != '\0');

  if (sage_cell_has_tag (cell, tag) == is_set || !sage_notebook_begin_edit (self, _("Change Tags")))
    return;

  facts = sage_cell_get_facts (cell);
  g_bytes_unref (facts->metadata);
  facts->metadata = sage_cell_tag_metadata (cell, tag, is_set);
  sage_history_set_facts (self->history, cell, facts);
  sage_history_end (self->history);
}
