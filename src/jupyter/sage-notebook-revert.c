/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-notebook"

#include "config.h"

#include <glib/gi18n.h>

#include "sage-notebook-diff.h"
#include "sage-notebook-private.h"

/* Where the cell at @old_position stands in @self, if it is put behind the one it stood behind. */
static guint
find_place (SageNotebook *self,
            SageNotebook *old_notebook,
            guint         old_position)
{
  g_autofree int *to_new = NULL;
  g_autofree int *to_old = NULL;

  sage_notebook_align (old_notebook, self, &to_new, &to_old);
  for (int i = (int) old_position - 1; i >= 0; i--)
    if (to_new[i] >= 0)
      return (guint) to_new[i] + 1;

  return 0;
}

static void
put_cell (SageNotebook *self,
          SageCell     *cell,
          guint         position)
{
  g_autoptr(GPtrArray) cells = g_ptr_array_new_with_free_func (g_object_unref);

  g_ptr_array_add (cells, g_object_ref (cell));
  sage_history_splice (self->history, position, 0, cells, FALSE);
}

static void
bring_back (SageNotebook *self,
            SageNotebook *old_notebook,
            SageCellDiff *diff)
{
  const char *id = sage_cell_get_id (diff->old_cell);
  g_autoptr(SageCell) cell =
    sage_notebook_import_cell (self, diff->old_cell, g_hash_table_contains (self->by_id, id) ? NULL : id);

  if (cell != NULL)
    put_cell (self, cell, find_place (self, old_notebook, diff->old_position));
}

static void
move_back (SageNotebook *self,
           SageNotebook *old_notebook,
           SageCellDiff *diff,
           guint         position)
{
  g_autoptr(SageCell) cell = g_object_ref (diff->new_cell);

  sage_history_splice (self->history, position, 1, NULL, FALSE);
  put_cell (self, cell, find_place (self, old_notebook, diff->old_position));
}

/**
 * sage_notebook_revert_cell:
 * @self: the new notebook of a comparison
 * @old_notebook: the old one
 * @diff: what sage_notebook_diff() says of one cell of them
 *
 * Makes the cell what it is in the old notebook: its text, type, outputs, metadata and place; one that is
 * gone comes back, one that is new goes. A step. Nothing happens where the cell is no longer there.
 */
void
sage_notebook_revert_cell (SageNotebook *self,
                           SageNotebook *old_notebook,
                           SageCellDiff *diff)
{
  guint position = 0;

  g_return_if_fail (SAGE_IS_NOTEBOOK (self));
  g_return_if_fail (SAGE_IS_NOTEBOOK (old_notebook) && old_notebook != self);
  g_return_if_fail (diff != NULL);

  if (diff->new_cell != NULL && !g_ptr_array_find (self->cells, diff->new_cell, &position))
    return;
  if (!sage_notebook_begin_edit (self, _("Revert Cell")))
    return;

  if (diff->new_cell == NULL)
    bring_back (self, old_notebook, diff);
  else if (diff->old_cell == NULL)
    sage_history_splice (self->history, position, 1, NULL, TRUE);
  else
    {
      sage_history_set_source (self->history, diff->new_cell, sage_cell_get_source (diff->old_cell));
      sage_notebook_take_facts (self, diff->new_cell, diff->old_cell);
      if ((diff->changes & SAGE_CELL_MOVED) != 0)
        move_back (self, old_notebook, diff, position);
    }
  sage_history_end (self->history);
}
