/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-notebook"

#include "config.h"

#include <glib/gi18n.h>
#include <stdlib.h>
#include <string.h>

#include "sage-json.h"
#include "sage-notebook-private.h"

/* A read-only notebook takes no edits: pages disable what makes them, this is the second line. */
gboolean
sage_notebook_begin_edit (SageNotebook *self,
                          const char   *name)
{
  if (self->is_read_only)
    {
      g_debug ("%s: the notebook is read-only", name);
      return FALSE;
    }
  sage_history_begin (self->history, name);

  return TRUE;
}

static int
compare_positions (gconstpointer a,
                   gconstpointer b)
{
  guint left = *(const guint *) a;
  guint right = *(const guint *) b;

  return (left > right) - (left < right);
}

/* Returns: (transfer full): those positions that exist, in order, each once */
GArray *
sage_notebook_sort_positions (SageNotebook *self,
                              const guint  *positions,
                              guint         n)
{
  GArray *sorted = g_array_sized_new (FALSE, FALSE, sizeof (guint), n);
  guint kept = 0;

  g_array_append_vals (sorted, positions, n);
  g_array_sort (sorted, compare_positions);
  for (guint i = 0; i < n; i++)
    {
      guint position = g_array_index (sorted, guint, i);

      if (position < self->cells->len &&
          (kept == 0 || g_array_index (sorted, guint, kept - 1) != position))
        g_array_index (sorted, guint, kept++) = position;
    }
  g_array_set_size (sorted, kept);

  return sorted;
}

static GPtrArray *
new_cells (void)
{
  return g_ptr_array_new_with_free_func (g_object_unref);
}

/**
 * sage_notebook_begin_step:
 * @name: what undo will call it, translated
 *
 * Groups the edits that follow, up to sage_notebook_end_step(), into one step. Steps may be nested;
 * the outermost counts.
 */
void
sage_notebook_begin_step (SageNotebook *self,
                          const char   *name)
{
  g_return_if_fail (SAGE_IS_NOTEBOOK (self));
  g_return_if_fail (name != NULL);

  sage_history_begin (self->history, name);
}

/**
 * sage_notebook_end_step:
 *
 * Ends what sage_notebook_begin_step() began. A step in which nothing happened leaves no trace.
 */
void
sage_notebook_end_step (SageNotebook *self)
{
  g_return_if_fail (SAGE_IS_NOTEBOOK (self));

  sage_history_end (self->history);
}

/**
 * sage_notebook_insert:
 * @position: where the cell will be; at most the number of cells
 * @source: (nullable): its text
 *
 * Returns: (transfer none) (nullable): the new cell; %NULL where the notebook is read-only
 */
SageCell *
sage_notebook_insert (SageNotebook *self,
                      guint         position,
                      SageCellKind  kind,
                      const char   *source)
{
  g_autoptr(GPtrArray) cells = new_cells ();
  g_autofree char *id = NULL;

  g_return_val_if_fail (SAGE_IS_NOTEBOOK (self), NULL);
  g_return_val_if_fail (position <= self->cells->len, NULL);

  if (!sage_notebook_begin_edit (self, _("Add Cell")))
    return NULL;

  id = sage_notebook_make_id (self);
  g_ptr_array_add (cells, sage_cell_new (kind, id, source != NULL ? source : ""));
  sage_history_splice (self->history, position, 0, cells, FALSE);
  sage_history_end (self->history);

  return g_ptr_array_index (self->cells, position);
}

/* Takes cells out of the list, run by run from the last, so that positions stay what they are. */
static void
take_out (SageNotebook *self,
          GArray       *positions,
          gboolean      uses_bin)
{
  for (guint end = positions->len; end > 0;)
    {
      guint start = end - 1;

      while (start > 0 && g_array_index (positions, guint, start - 1) + 1 ==
                          g_array_index (positions, guint, start))
        start--;
      sage_history_splice (self->history, g_array_index (positions, guint, start), end - start, NULL,
                           uses_bin);
      end = start;
    }
}

/**
 * sage_notebook_remove:
 * @positions: (array length=n): which cells, in any order
 *
 * Deletes cells; they go to sage_notebook_get_bin(). A notebook that would be empty gets an empty
 * code cell.
 */
void
sage_notebook_remove (SageNotebook *self,
                      const guint  *positions,
                      guint         n)
{
  g_autoptr(GArray) sorted = NULL;

  g_return_if_fail (SAGE_IS_NOTEBOOK (self));

  sorted = sage_notebook_sort_positions (self, positions, n);
  if (sorted->len == 0 ||
      !sage_notebook_begin_edit (self, g_dngettext (NULL, "Delete Cell", "Delete Cells", sorted->len)))
    return;

  take_out (self, sorted, TRUE);
  if (self->cells->len == 0)
    sage_notebook_insert (self, 0, SAGE_CELL_CODE, "");
  sage_history_end (self->history);
}

/**
 * sage_notebook_move:
 * @positions: (array length=n): which cells, in any order; they come to stand together
 * @to: before which cell, as the list is now; the number of cells for the end
 */
void
sage_notebook_move (SageNotebook *self,
                    const guint  *positions,
                    guint         n,
                    guint         to)
{
  g_autoptr(GArray) sorted = NULL;
  g_autoptr(GPtrArray) moved = new_cells ();
  guint before = 0;
  guint first;

  g_return_if_fail (SAGE_IS_NOTEBOOK (self));
  g_return_if_fail (to <= self->cells->len);

  sorted = sage_notebook_sort_positions (self, positions, n);
  if (sorted->len == 0)
    return;

  for (guint i = 0; i < sorted->len; i++)
    {
      guint position = g_array_index (sorted, guint, i);

      g_ptr_array_add (moved, g_object_ref (g_ptr_array_index (self->cells, position)));
      if (position < to)
        before++;
    }
  first = g_array_index (sorted, guint, 0);
  if (first == to - before && g_array_index (sorted, guint, sorted->len - 1) == first + sorted->len - 1)
    return; /* where they are already */

  if (!sage_notebook_begin_edit (self, g_dngettext (NULL, "Move Cell", "Move Cells", sorted->len)))
    return;
  take_out (self, sorted, FALSE);
  sage_history_splice (self->history, to - before, 0, moved, FALSE);
  sage_history_end (self->history);
}

/**
 * sage_notebook_bring_back:
 * @cell: one of sage_notebook_get_bin()
 *
 * Puts a deleted cell where it was, or at the end. A step.
 */
void
sage_notebook_bring_back (SageNotebook *self,
                          SageCell     *cell)
{
  g_autoptr(GPtrArray) cells = new_cells ();

  g_return_if_fail (SAGE_IS_NOTEBOOK (self));
  g_return_if_fail (SAGE_IS_CELL (cell) && cell->notebook == NULL);

  if (!sage_notebook_begin_edit (self, _("Bring Cell Back")))
    return;

  g_ptr_array_add (cells, g_object_ref (cell));
  sage_history_splice (self->history, MIN (cell->last_position, self->cells->len), 0, cells, TRUE);
  sage_history_end (self->history);
}

/**
 * sage_notebook_undo:
 *
 * Takes back one step.
 *
 * Returns: (transfer none) (nullable): the cell that it concerns, to be shown
 */
SageCell *
sage_notebook_undo (SageNotebook *self)
{
  g_return_val_if_fail (SAGE_IS_NOTEBOOK (self), NULL);

  return sage_history_undo (self->history);
}

/**
 * sage_notebook_redo:
 *
 * Does one step again.
 *
 * Returns: (transfer none) (nullable): the cell that it concerns, to be shown
 */
SageCell *
sage_notebook_redo (SageNotebook *self)
{
  g_return_val_if_fail (SAGE_IS_NOTEBOOK (self), NULL);

  return sage_history_redo (self->history);
}
