/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fuzz-notebook"

#include "config.h"

#include "sage-notebook-parameters.h"

/*
 * Notebooks: no input crashes the reader; what it accepts keeps its bytes, whatever is looked at; after
 * edits it can be read again without a fault, and the edits taken back give the bytes again. What is
 * broken but readable is whole once repaired. And the same bytes as what is pasted.
 */

int LLVMFuzzerTestOneInput (const guint8 *data,
                            size_t        size);

static SageNotebook *
read_again (SageNotebook *notebook)
{
  g_autoptr(GBytes) bytes = sage_notebook_serialise (notebook);
  g_autoptr(GError) error = NULL;
  SageNotebook *again = sage_notebook_parse (bytes, &error);

  if (again == NULL || sage_notebook_get_fault (again) != NULL)
    g_error ("Written and then refused: %s: %.*s",
             again == NULL ? error->message : sage_notebook_get_fault (again),
             (int) g_bytes_get_size (bytes), (const char *) g_bytes_get_data (bytes, NULL));

  return again;
}

static void
look_at_output (SageOutput *output)
{
  g_auto(GStrv) types = sage_output_list_types (output);

  for (char **type = types; *type != NULL; type++)
    {
      sage_output_get_datum (output, *type);
      sage_output_get_json_datum (output, *type);
    }
  sage_output_get_name (output);
  sage_output_get_text (output, NULL);
  sage_output_get_error_name (output);
  sage_output_get_traceback (output);
  sage_output_get_metadata (output);
  sage_output_get_json (output);
}

static void
look_at (SageNotebook *notebook)
{
  g_autoptr(JsonObject) defaults = sage_notebook_parameters_read (notebook, "python");

  sage_notebook_get_kernel_name (notebook);
  sage_notebook_get_language (notebook);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (notebook)); i++)
    {
      SageCell *cell = sage_notebook_get_cell (notebook, i);
      GListModel *outputs = sage_cell_get_outputs (cell);

      if (!g_utf8_validate (sage_cell_get_source (cell), -1, NULL))
        g_error ("A source is not UTF-8");
      sage_cell_get_attachments (cell);
      sage_cell_has_tag (cell, "x");
      sage_cell_is_folded (cell);
      for (guint j = 0; j < g_list_model_get_n_items (outputs); j++)
        {
          g_autoptr(SageOutput) output = g_list_model_get_item (outputs, j);

          look_at_output (output);
        }
    }
}

static void
edit (SageNotebook *notebook)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (notebook));
  const guint last = n - 1;
  g_autofree char *text = NULL;

  sage_notebook_insert (notebook, 0, SAGE_CELL_CODE, "x = 'é'\n");
  if (n == 0)
    return;

  sage_notebook_set_source (notebook, sage_notebook_get_cell (notebook, 1), "new");
  sage_notebook_set_metadata_tag (notebook, sage_notebook_get_cell (notebook, n), "t", TRUE);
  text = sage_notebook_copy (notebook, &last, 1);
  if (!sage_notebook_paste (notebook, n, text, 0, NULL))
    g_error ("What was copied cannot be pasted: %s", text);
  sage_notebook_set_kind (notebook, &last, 1, SAGE_CELL_MARKDOWN);
  sage_notebook_move (notebook, &last, 1, 0);
  sage_notebook_split (notebook, 1, 0);
  sage_notebook_merge (notebook, 0, 2);
  sage_notebook_clear_outputs (notebook, &last, 1);
}

static void
check (SageNotebook *notebook,
       GBytes       *bytes)
{
  g_autoptr(GBytes) written = sage_notebook_serialise (notebook);
  g_autoptr(GBytes) undone = NULL;
  g_autoptr(SageNotebook) again = NULL;

  if (!g_bytes_equal (bytes, written))
    g_error ("An untouched notebook is written otherwise");
  if (sage_notebook_is_read_only (notebook))
    {
      sage_notebook_repair (notebook);
      again = read_again (notebook);
      return;
    }

  edit (notebook);
  again = read_again (notebook);
  while (sage_notebook_undo (notebook) != NULL)
    ;
  undone = sage_notebook_serialise (notebook);
  if (!g_bytes_equal (bytes, undone))
    g_error ("Edits that were taken back have left a trace");
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        size_t        size)
{
  g_autoptr(GBytes) bytes = g_bytes_new (data, size);
  g_autoptr(SageNotebook) notebook = sage_notebook_parse (bytes, NULL);
  g_autoptr(SageNotebook) other = sage_notebook_new ();
  g_autofree char *text = g_strndup (size > 0 ? (const char *) data : "", size);

  if (notebook != NULL)
    {
      look_at (notebook);
      check (notebook, bytes);
    }
  if (sage_notebook_paste (other, 0, text, 0, NULL))
    {
      g_autoptr(SageNotebook) again = read_again (other);
    }

  return 0;
}
