/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-search-content"

#include "config.h"

#include <string.h>

#include "sage-error.h"
#include "sage-file.h"
#include "sage-search-content.h"
#include "sage-text-file.h"

#define MAX_NOTEBOOK ((gsize) 64 * 1024 * 1024) /* bytes, most of which are outputs */

gboolean
sage_search_is_notebook (const char *path)
{
  return g_str_has_suffix (path, ".ipynb");
}

/**
 * sage_search_content_read:
 * @path: a regular file; links are not followed
 * @unsaved: (nullable): what to take instead of what the file holds
 *
 * Returns: (transfer full): what is in it; %NULL with %SAGE_ERROR_TOO_LARGE, %SAGE_ERROR_SYNTAX for
 *   what is no text and no notebook, or whatever reading it failed with
 */
SageSearchContent *
sage_search_content_read (const char  *path,
                          GBytes      *unsaved,
                          GError     **error)
{
  g_autoptr(SageSearchContent) self = g_new0 (SageSearchContent, 1);
  gboolean is_notebook = sage_search_is_notebook (path);
  gsize size;
  const char *data;

  self->bytes = unsaved != NULL ? g_bytes_ref (unsaved)
                : sage_file_read (path, is_notebook ? MAX_NOTEBOOK : SAGE_TEXT_FILE_MAX_BYTES, error);
  if (self->bytes == NULL)
    return NULL;

  data = g_bytes_get_data (self->bytes, &size);
  if (is_notebook)
    self->notebook = sage_notebook_parse (self->bytes, error);
  else
    self->text = sage_text_decode (data, size, &self->coding, error);

  return self->text != NULL || self->notebook != NULL ? g_steal_pointer (&self) : NULL;
}

void
sage_search_content_free (SageSearchContent *self)
{
  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_clear_object (&self->notebook);
  g_free (self->text);
  g_free (self);
}

/* Returns: whether to go on */
static gboolean
visit_outputs (SageCell           *cell,
               guint               number,
               SageSearchPartFunc  func,
               gpointer            user_data)
{
  GListModel *outputs = sage_cell_get_outputs (cell);
  guint n = outputs != NULL ? g_list_model_get_n_items (outputs) : 0;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr(SageOutput) output = g_list_model_get_item (outputs, i);
      const char *text = sage_output_get_plain (output);

      if (text != NULL && !func (number, TRUE, text, user_data))
        return FALSE;
    }

  return TRUE;
}

/**
 * sage_search_content_foreach:
 * @self: a content
 * @with_outputs: those of a notebook too
 * @func: is told of every text in it, in order
 */
void
sage_search_content_foreach (SageSearchContent  *self,
                             gboolean            with_outputs,
                             SageSearchPartFunc  func,
                             gpointer            user_data)
{
  guint n = self->notebook != NULL ? g_list_model_get_n_items (G_LIST_MODEL (self->notebook)) : 0;

  if (self->text != NULL)
    func (SAGE_SEARCH_NO_CELL, FALSE, self->text, user_data);
  for (guint i = 0; i < n; i++)
    {
      SageCell *cell = sage_notebook_get_cell (self->notebook, i);

      if (!func (i, FALSE, sage_cell_get_source (cell), user_data)
          || (with_outputs && !visit_outputs (cell, i, func, user_data)))
        return;
    }
}

/* The digest of what the file held, as sage_file_replace() expects it. */
void
sage_search_content_digest (SageSearchContent *self,
                            char               digest[SAGE_SHA256_HEX])
{
  guint8 sum[SAGE_SHA256_SIZE];
  gsize size;
  gconstpointer data = g_bytes_get_data (self->bytes, &size);

  sage_sha256 (data, size, sum);
  sage_hex_write (sum, sizeof sum, digest);
}
