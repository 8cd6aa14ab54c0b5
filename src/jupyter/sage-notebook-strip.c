/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-notebook"

#include "config.h"

#include "sage-error.h"
#include "sage-notebook-percent.h"
#include "sage-notebook-private.h"

/* What a run, or looking at what came of it, leaves in a cell's metadata: times, and how its outputs are
 * shown. */
static const char * const volatile_members[] = { "execution", "ExecuteTime", "collapsed", "scrolled" };

/* And in the notebook's: the state of widgets, which is an output, and a signature of the outputs. */
static const char * const notebook_members[] = { "widgets", "signature" };

static void
strip_cell (SageNotebook *self,
            SageCell     *cell)
{
  JsonObject *metadata = sage_cell_get_metadata (cell);
  g_autoptr(GBytes) text = g_bytes_ref (cell->metadata);

  for (gsize i = 0; i < G_N_ELEMENTS (volatile_members); i++)
    if (json_object_has_member (metadata, volatile_members[i]))
      {
        GBytes *less = sage_notebook_patch_text (self, text, 3, volatile_members[i], NULL);

        g_bytes_unref (text);
        text = less;
      }
  sage_cell_set_metadata_text (cell, text);
}

/**
 * sage_notebook_strip_outputs:
 *
 * Takes away what running leaves: outputs, execution counts, and metadata of those. The rest keeps its
 * bytes, and the file its version of nbformat.
 *
 * Returns: (transfer full): what a save would write, without that; the notebook stays as it is. %NULL
 *   with %SAGE_ERROR_DENIED where it is broken
 */
GBytes *
sage_notebook_strip_outputs (SageNotebook  *self,
                             GError       **error)
{
  g_autoptr(GBytes) bytes = NULL;
  g_autoptr(SageNotebook) copy = NULL;
  g_autoptr(GArray) all = g_array_new (FALSE, FALSE, sizeof (guint));

  g_return_val_if_fail (SAGE_IS_NOTEBOOK (self), NULL);

  if (self->is_read_only)
    {
      sage_throw (error, SAGE_ERROR_DENIED, "The notebook is broken: %s", self->fault);
      return NULL;
    }
  bytes = sage_notebook_serialise (self);
  copy = sage_notebook_parse (bytes, error);
  if (copy == NULL)
    return NULL;

  copy->keeps_version = TRUE;
  for (guint i = 0; i < copy->cells->len; i++)
    {
      g_array_append_val (all, i);
      strip_cell (copy, g_ptr_array_index (copy->cells, i));
    }
  sage_notebook_clear_outputs (copy, (const guint *) (void *) all->data, all->len);
  for (gsize i = 0; i < G_N_ELEMENTS (notebook_members); i++)
    if (json_object_has_member (sage_notebook_get_metadata (copy), notebook_members[i]))
      sage_notebook_set_member (copy, notebook_members[i], NULL);

  return sage_notebook_serialise (copy);
}
