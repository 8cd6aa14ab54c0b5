/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-notebook"

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "sage-notebook-private.h"

/**
 * sage_notebook_split:
 * @position: which cell
 * @offset: where, in bytes of its source
 *
 * Splits a cell in two. As in JupyterLab the line breaks at the cut go, and the lower part keeps the
 * outputs; it stays the cell it was, so its id and what a kernel still tells it stay too. The upper
 * part is a new cell of the same type and metadata.
 */
void
sage_notebook_split (SageNotebook *self,
                     guint         position,
                     gsize         offset)
{
  g_autoptr(GPtrArray) cells = g_ptr_array_new_with_free_func (g_object_unref);
  g_autofree char *id = NULL;
  g_autofree char *upper = NULL;
  const char *source;
  gsize kept;
  SageCell *cell;
  SageCell *added;

  g_return_if_fail (SAGE_IS_NOTEBOOK (self));
  g_return_if_fail (position < self->cells->len);

  cell = g_ptr_array_index (self->cells, position);
  g_return_if_fail (offset <= sage_cell_get_length (cell));
  if (!sage_notebook_begin_edit (self, _("Split Cell")))
    return;

  source = sage_cell_get_source (cell);
  kept = offset;
  while (kept > 0 && source[kept - 1] == '\n')
    kept--;
  while (source[offset] == '\n')
    offset++;
  upper = g_strndup (source, kept);

  id = sage_notebook_make_id (self);
  added = sage_cell_new (cell->kind, id, upper);
  g_ptr_array_add (cells, added);
  g_bytes_unref (added->metadata);
  added->metadata = g_bytes_ref (cell->metadata);
  added->attachments = cell->attachments != NULL ? g_bytes_ref (cell->attachments) : NULL;
  sage_history_splice (self->history, position, 0, cells, FALSE);
  sage_history_edit (self->history, cell, 0, offset, "", TRUE);
  sage_history_end (self->history);
}

/* Returns: (transfer full) (nullable): the attachments of several cells, the first of each name */
static GBytes *
join_attachments (SageNotebook *self,
                  guint         first,
                  guint         n)
{
  g_autoptr(GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GBytes *joined = NULL;

  for (guint i = first; i < first + n; i++)
    {
      JsonObject *object = sage_cell_get_attachments (g_ptr_array_index (self->cells, i));
      g_autoptr(GList) names = object != NULL ? json_object_get_members (object) : NULL;

      for (GList *name = names; name != NULL; name = name->next)
        {
          g_autoptr(GBytes) old = joined != NULL ? g_steal_pointer (&joined)
                                                 : g_bytes_new_static ("{}", 2);

          if (g_hash_table_add (seen, g_strdup (name->data)))
            joined = sage_notebook_patch_text (self, old, 3, name->data,
                                               json_object_get_member (object, name->data));
          else
            joined = g_bytes_ref (old);
        }
    }

  return joined;
}

/**
 * sage_notebook_merge:
 * @first: the first of the cells
 * @n: how many
 *
 * Joins cells into the first, their sources a blank line apart, as JupyterLab does. Its outputs go;
 * the others go to the bin.
 */
void
sage_notebook_merge (SageNotebook *self,
                     guint         first,
                     guint         n)
{
  g_autoptr(GString) rest = g_string_new (NULL);
  SageCellFacts *facts;
  SageCell *cell;

  g_return_if_fail (SAGE_IS_NOTEBOOK (self));
  g_return_if_fail (first + n <= self->cells->len);

  if (n < 2 || !sage_notebook_begin_edit (self, _("Merge Cells")))
    return;

  cell = g_ptr_array_index (self->cells, first);
  for (guint i = first + 1; i < first + n; i++)
    {
      g_string_append (rest, "\n\n");
      g_string_append (rest, sage_cell_get_source (g_ptr_array_index (self->cells, i)));
    }
  facts = sage_cell_get_cleared_facts (cell);
  if (cell->kind != SAGE_CELL_CODE)
    {
      g_clear_pointer (&facts->attachments, g_bytes_unref);
      facts->attachments = join_attachments (self, first, n);
    }

  sage_history_splice (self->history, first + 1, n - 1, NULL, TRUE);
  sage_history_edit (self->history, cell, sage_cell_get_length (cell), 0, rest->str, TRUE);
  sage_history_set_facts (self->history, cell, facts);
  sage_history_end (self->history);
}
