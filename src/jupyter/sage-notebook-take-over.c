/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-notebook"

#include "config.h"

#include <string.h>

#include "sage-notebook-private.h"

static gboolean
is_equal_or_null (GBytes *a,
                  GBytes *b)
{
  return a == NULL || b == NULL ? a == b : g_bytes_equal (a, b);
}

/* Within an open step, makes what @cell is what @from is. Outputs that are the same stay the objects they
 * are, as trusted as they were. */
void
sage_notebook_take_facts (SageNotebook *self,
                          SageCell     *cell,
                          SageCell     *from)
{
  g_autoptr(SageCellFacts) old = sage_cell_get_facts (cell);
  g_autoptr(SageCellFacts) facts = sage_cell_get_facts (from);

  if (sage_cell_has_equal_outputs (cell, from))
    {
      g_ptr_array_unref (facts->outputs);
      facts->outputs = g_ptr_array_ref (old->outputs);
      if (old->kind == facts->kind && old->count == facts->count &&
          g_bytes_equal (old->metadata, facts->metadata) &&
          is_equal_or_null (old->attachments, facts->attachments))
        return;
    }

  sage_history_set_facts (self->history, cell, g_steal_pointer (&facts));
}

/* The text that @cell is in the file is from now on that of @from. */
static void
take_raw (SageCell *cell,
          SageCell *from)
{
  /* Decode what was not yet, from the text it is in. */
  sage_cell_get_length (cell);
  sage_cell_ensure_outputs (cell);

  g_clear_pointer (&cell->raw, g_bytes_unref);
  cell->raw = from->raw != NULL ? g_bytes_ref (from->raw) : NULL;
  cell->parts = from->parts;
  cell->origin = from->origin;
  cell->is_touched = TRUE;
}

/* In files before nbformat 4.5 a cell has an id that is derived from its source: what changed has another
 * one then. The cells that are the same get the ids that they have here. */
static void
take_ids (SageNotebook *self,
          SageNotebook *other)
{
  g_autofree int *to_new = NULL;
  g_autofree int *to_old = NULL;

  if (other->minor >= 5)
    return;

  sage_notebook_align (self, other, &to_new, &to_old);
  for (guint i = 0; i < self->cells->len; i++)
    {
      SageCell *cell = g_ptr_array_index (self->cells, i);
      SageCell *same = to_new[i] >= 0 ? g_ptr_array_index (other->cells, (guint) to_new[i]) : NULL;

      if (same == NULL || g_hash_table_contains (other->by_id, cell->id))
        continue;
      g_hash_table_remove (other->by_id, same->id);
      g_set_str (&same->id, cell->id);
      g_hash_table_insert (other->by_id, same->id, same);
    }
}

/* Takes out the cells that @other does not have. */
static void
remove_missing (SageNotebook *self,
                SageNotebook *other)
{
  for (guint i = self->cells->len; i-- > 0;)
    {
      SageCell *cell = g_ptr_array_index (self->cells, i);

      if (!g_hash_table_contains (other->by_id, cell->id))
        sage_history_splice (self->history, i, 1, NULL, TRUE);
    }
}

/* Puts the cell of that id at @position, from where it is in @self, or else from @cells. */
static void
put_cell (SageNotebook *self,
          SageCell     *theirs,
          guint         position)
{
  g_autoptr(GPtrArray) cells = g_ptr_array_new_with_free_func (g_object_unref);
  SageCell *cell = g_hash_table_lookup (self->by_id, theirs->id);
  guint from;

  if (cell == NULL)
    {
      g_ptr_array_add (cells, g_object_ref (theirs));
    }
  else
    {
      if (position < self->cells->len && g_ptr_array_index (self->cells, position) == cell)
        return;
      g_ptr_array_find (self->cells, cell, &from);
      g_ptr_array_add (cells, g_object_ref (cell));
      sage_history_splice (self->history, from, 1, NULL, FALSE);
    }
  sage_history_splice (self->history, position, 0, cells, FALSE);
}

/* The file that is behind the notebook is from now on that of @other. */
static void
take_file (SageNotebook *self,
           SageNotebook *other)
{
  g_bytes_unref (self->bytes);
  self->bytes = g_bytes_ref (other->bytes);
  self->document = other->document;
  self->cells_piece = other->cells_piece;
  self->metadata_piece = other->metadata_piece;
  self->minor = other->minor;
  self->n_read = other->n_read;
  self->space = other->space;
  self->style = other->style;
  self->is_repaired = other->is_repaired;
  g_clear_pointer (&self->metadata, g_bytes_unref);
  g_clear_pointer (&self->metadata_object, json_object_unref);
  self->metadata = other->metadata != NULL ? g_bytes_ref (other->metadata) : NULL;
  g_set_str (&self->note, other->note);
  g_object_notify (G_OBJECT (self), "note");
  sage_notebook_set_fault (self, other->fault);
}

/**
 * sage_notebook_take_over:
 * @other: another notebook, or another state of this one; it is empty afterwards
 * @name: what undo will call it, translated
 *
 * Makes this notebook what @other is: cells of the same id stay the objects they are, with what differs
 * changed, others go to the bin or come from @other. One step. The bytes that a save keeps are those of
 * the file behind @other from then on.
 */
void
sage_notebook_take_over (SageNotebook *self,
                         SageNotebook *other,
                         const char   *name)
{
  g_autoptr(GPtrArray) theirs = NULL;
  g_autoptr(GPtrArray) none = g_ptr_array_new ();

  g_return_if_fail (SAGE_IS_NOTEBOOK (self));
  g_return_if_fail (SAGE_IS_NOTEBOOK (other) && other != self);

  take_ids (self, other);
  sage_history_begin (self->history, name);
  remove_missing (self, other);

  theirs = g_ptr_array_copy (other->cells, (GCopyFunc) (void (*) (void)) g_object_ref, NULL);
  g_ptr_array_set_free_func (theirs, g_object_unref);
  sage_notebook_splice (other, 0, other->cells->len, none);

  for (guint i = 0; i < theirs->len; i++)
    {
      SageCell *from = g_ptr_array_index (theirs, i);
      SageCell *cell;

      put_cell (self, from, i);
      cell = g_ptr_array_index (self->cells, i);
      if (cell == from)
        continue;
      sage_history_set_source (self->history, cell, sage_cell_get_source (from));
      sage_notebook_take_facts (self, cell, from);
      take_raw (cell, from);
    }
  take_file (self, other);
  self->revision++;
  sage_history_end (self->history);
  sage_notebook_changed (self);
}
