/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-notebook-diff"

#include "config.h"

#include <string.h>

#include "sage-notebook-diff.h"
#include "sage-notebook-private.h"

/**
 * sage_cell_diff_free:
 *
 * Frees it.
 */
void
sage_cell_diff_free (SageCellDiff *self)
{
  g_clear_object (&self->old_cell);
  g_clear_object (&self->new_cell);
  g_clear_pointer (&self->hunks, g_array_unref);
  g_free (self);
}

static SageCellDiff *
cell_diff_new (SageNotebook *old_notebook,
               int           old_position,
               SageNotebook *new_notebook,
               int           new_position)
{
  SageCellDiff *self = g_new0 (SageCellDiff, 1);

  if (old_position >= 0)
    {
      self->old_position = (guint) old_position;
      self->old_cell = g_object_ref (sage_notebook_get_cell (old_notebook, self->old_position));
    }
  if (new_position >= 0)
    {
      self->new_position = (guint) new_position;
      self->new_cell = g_object_ref (sage_notebook_get_cell (new_notebook, self->new_position));
    }

  return self;
}

/* Notes what differs between the two cells. */
static void
compare (SageCellDiff *self)
{
  guint changes = self->changes;

  if (self->old_cell->kind != self->new_cell->kind)
    changes |= SAGE_CELL_KIND_CHANGED;
  if (strcmp (sage_cell_get_source (self->old_cell), sage_cell_get_source (self->new_cell)) != 0)
    {
      changes |= SAGE_CELL_SOURCE_CHANGED;
      self->hunks = sage_text_diff (sage_cell_get_source (self->old_cell),
                                    sage_cell_get_source (self->new_cell));
    }
  if (!sage_cell_has_equal_outputs (self->old_cell, self->new_cell))
    changes |= SAGE_CELL_OUTPUTS_CHANGED;
  if (!sage_cell_has_equal_metadata (self->old_cell, self->new_cell))
    changes |= SAGE_CELL_METADATA_CHANGED;
  self->changes = (SageCellChange) changes;
}

/* Marks the pairs that are not in a longest run of rising positions: those that were moved. */
static void
mark_moved (const int *to_old,
            guint      n_new,
            gboolean  *is_moved)
{
  g_autofree guint *tails = g_new (guint, n_new + 1); /* the new cell that ends the best run of a length */
  g_autofree int *before = g_new (int, n_new + 1);
  guint length = 0;

  for (guint i = 0; i < n_new; i++)
    {
      guint low = 0;
      guint high = length;

      is_moved[i] = to_old[i] >= 0;
      if (to_old[i] < 0)
        continue;
      while (low < high)
        {
          guint middle = (low + high) / 2;

          if (to_old[tails[middle]] < to_old[i])
            low = middle + 1;
          else
            high = middle;
        }
      before[i] = low > 0 ? (int) tails[low - 1] : -1;
      tails[low] = i;
      length = MAX (length, low + 1);
    }

  if (length > 0)
    for (int i = (int) tails[length - 1]; i >= 0; i = before[i])
      is_moved[i] = FALSE;
}

/**
 * sage_notebook_diff:
 * @old_notebook: a notebook
 * @new_notebook: another, or another state of it
 *
 * Compares two notebooks cell by cell. Cells are the same by id, and without ids by what they have in
 * common. Neither notebook is changed.
 *
 * Returns: (transfer full) (element-type SageCellDiff): all cells in the new order, unchanged ones too,
 *   those that are gone behind the one that they stood behind
 */
GPtrArray *
sage_notebook_diff (SageNotebook *old_notebook,
                    SageNotebook *new_notebook)
{
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify) sage_cell_diff_free);
  guint n_old;
  guint n_new;
  g_autofree int *to_new = NULL;
  g_autofree int *to_old = NULL;
  g_autofree gboolean *is_moved = NULL;

  g_return_val_if_fail (SAGE_IS_NOTEBOOK (old_notebook), NULL);
  g_return_val_if_fail (SAGE_IS_NOTEBOOK (new_notebook), NULL);

  n_old = old_notebook->cells->len;
  n_new = new_notebook->cells->len;
  sage_notebook_align (old_notebook, new_notebook, &to_new, &to_old);
  is_moved = g_new0 (gboolean, n_new + 1);
  mark_moved (to_old, n_new, is_moved);

  /* Those that are gone from before the first that is left. */
  for (int j = 0; j < (int) n_old && to_new[j] < 0; j++)
    g_ptr_array_add (list, cell_diff_new (old_notebook, j, new_notebook, -1));

  for (guint i = 0; i < n_new; i++)
    {
      SageCellDiff *diff = cell_diff_new (old_notebook, to_old[i], new_notebook, (int) i);

      diff->changes = to_old[i] < 0 ? SAGE_CELL_ADDED : is_moved[i] ? SAGE_CELL_MOVED : 0;
      if (to_old[i] >= 0)
        compare (diff);
      g_ptr_array_add (list, diff);

      for (int j = to_old[i] + 1; to_old[i] >= 0 && j < (int) n_old && to_new[j] < 0; j++)
        g_ptr_array_add (list, cell_diff_new (old_notebook, j, new_notebook, -1));
    }

  for (guint i = 0; i < list->len; i++)
    {
      SageCellDiff *diff = g_ptr_array_index (list, i);

      if (diff->new_cell == NULL)
        diff->changes = SAGE_CELL_REMOVED;
    }

  return list;
}
