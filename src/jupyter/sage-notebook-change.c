/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-notebook"

#include "config.h"

#include "sage-notebook-change-private.h"

/* What a step of the history is made of: each change can be done and taken back exactly. */

#define CELL_BYTES 256 /* what a cell that is held counts beside its text */

/* Deleted cells that can be brought back. */
#define MAX_BIN 500

void
sage_change_free (gpointer data)
{
  SageChange *change = data;

  g_clear_object (&change->cell);
  if (change->removed != NULL)
    g_string_free (change->removed, TRUE);
  if (change->inserted != NULL)
    g_string_free (change->inserted, TRUE);
  g_clear_pointer (&change->leaving, g_ptr_array_unref);
  g_clear_pointer (&change->entering, g_ptr_array_unref);
  g_clear_pointer (&change->facts, sage_cell_facts_free);
  g_free (change);
}

static gsize
cells_size (GPtrArray *cells)
{
  gsize size = 0;

  for (guint i = 0; cells != NULL && i < cells->len; i++)
    size += CELL_BYTES + sage_cell_get_length (g_ptr_array_index (cells, i));

  return size;
}

/* Outputs that are in the file's text cost nothing. */
static gsize
facts_size (SageCellFacts *facts)
{
  gsize size = 0;

  for (guint i = 0; facts != NULL && i < facts->outputs->len; i++)
    {
      SageOutput *output = g_ptr_array_index (facts->outputs, i);
      gsize length = 0;

      if (output->raw != NULL && !output->has_grown)
        continue;
      if (output->text != NULL)
        sage_text_block_get (output->text, &length);
      size += CELL_BYTES + length;
    }

  return size;
}

/* Returns: what it holds, in bytes, nearly */
gsize
sage_change_get_size (SageChange *change)
{
  return sizeof *change + (change->removed != NULL ? change->removed->len : 0) +
         (change->inserted != NULL ? change->inserted->len : 0) + cells_size (change->leaving) +
         cells_size (change->entering) + facts_size (change->facts);
}

static void
put_in_bin (GListStore *bin,
            SageCell   *cell)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (bin));

  g_list_store_insert (bin, 0, cell);
  if (n + 1 > MAX_BIN)
    g_list_store_remove (bin, n);
}

static void
take_from_bin (GListStore *bin,
               SageCell   *cell)
{
  guint position;

  if (g_list_store_find (bin, cell, &position))
    g_list_store_remove (bin, position);
}

static void
apply_list (SageNotebook *self,
            SageChange   *change,
            gboolean      forward)
{
  GPtrArray *leaving = forward ? change->leaving : change->entering;
  GPtrArray *entering = forward ? change->entering : change->leaving;
  GListStore *bin = self->bin;

  sage_notebook_splice (self, change->position, leaving->len, entering);
  if (!change->uses_bin)
    return;

  for (guint i = 0; i < entering->len; i++)
    take_from_bin (bin, g_ptr_array_index (entering, i));
  for (guint i = leaving->len; i-- > 0;)
    {
      SageCell *cell = g_ptr_array_index (leaving, i);

      cell->last_position = change->position + i;
      put_in_bin (bin, cell);
    }
}

/* Does a change, or takes it back. @is_told: whether buffers have to follow a source. */
void
sage_change_apply (SageNotebook *self,
                   SageChange   *change,
                   gboolean      forward,
                   gboolean      is_told)
{
  g_autoptr(SageCellFacts) facts = NULL;
  GString *out;
  GString *in;

  self->is_applying = TRUE;
  switch (change->kind)
    {
    case SAGE_CHANGE_SOURCE:
      out = forward ? change->removed : change->inserted;
      in = forward ? change->inserted : change->removed;
      sage_cell_edit (change->cell, change->offset, out->len, in->str, in->len);
      if (is_told)
        sage_notebook_tell_edit (self, change->cell, change->offset, out->len, in->str);
      break;
    case SAGE_CHANGE_LIST:
      apply_list (self, change, forward);
      break;
    case SAGE_CHANGE_FACTS:
      facts = g_steal_pointer (&change->facts);
      change->facts = sage_cell_get_facts (change->cell);
      sage_cell_set_facts (change->cell, facts);
      break;
    default:
      g_assert_not_reached ();
    }
  self->is_applying = FALSE;
}

/* The cell to be shown after a change: the one it was made to, one that came, or one near to where
 * one went. */
SageCell *
sage_change_get_cell (SageNotebook *self,
                      SageChange   *change,
                      gboolean      forward)
{
  GPtrArray *cells = self->cells;
  GPtrArray *entering = forward ? change->entering : change->leaving;

  if (change->kind != SAGE_CHANGE_LIST)
    return change->cell->notebook != NULL ? change->cell : NULL;
  if (entering->len > 0)
    return g_ptr_array_index (entering, 0);

  return cells->len > 0 ? g_ptr_array_index (cells, MIN (change->position, cells->len - 1)) : NULL;
}
