/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "notebook-driver"

#include "config.h"

#include <stdio.h>
#include <string.h>

#include "random-edits.h"
#include "sage-notebook-file.h"
#include "sage-notebook-percent.h"

/*
 * What test-notebooks.py drives: notebook-driver COMMAND FILE [SEED] > RESULT. Ends with 3, and the
 * reason on standard error, where the file is refused, and with 4 where it opens read-only.
 *
 *   read    writes the untouched notebook
 *   repair  writes it repaired
 *   edit    writes it after random edits, having taken them back and done them again
 *   save    changes its first cell and saves the file itself, as Studio does
 *   strip   writes it without outputs
 *   percent writes it as a script
 *   script  reads a script and writes its notebook
 *   outputs writes it after every output was decoded, and every code cell has got new ones
 */

#define N_EDITS 60

static void
decode_outputs (SageCell *cell)
{
  GListModel *outputs = sage_cell_get_outputs (cell);

  for (guint i = 0; i < g_list_model_get_n_items (outputs); i++)
    {
      g_autoptr(SageOutput) output = g_list_model_get_item (outputs, i);
      g_auto(GStrv) types = sage_output_list_types (output);

      for (char **type = types; *type != NULL; type++)
        {
          sage_output_get_datum (output, *type);
          sage_output_get_json_datum (output, *type);
        }
      sage_output_get_text (output, NULL);
      sage_output_get_traceback (output);
      sage_output_get_metadata (output);
      sage_output_get_json (output);
      sage_output_release (output);
      sage_output_get_json (output);
    }
}

static void
take (SageCell   *cell,
      const char *type,
      const char *content)
{
  g_autoptr(JsonNode) node = json_from_string (content, NULL);

  sage_cell_take_message (cell, type, json_node_get_object (node));
}

static void
run_cells (SageNotebook *notebook)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (notebook)); i++)
    {
      SageCell *cell = sage_notebook_get_cell (notebook, i);

      decode_outputs (cell);
      if (sage_cell_get_kind (cell) != SAGE_CELL_CODE)
        continue;
      take (cell, "stream", "{\"name\":\"stdout\",\"text\":\"more\\né\"}");
      take (cell, "display_data", "{\"data\":{\"text/html\":\"<b>\\n</b>\",\"application/json\":[1.5]},"
                                  "\"metadata\":{},\"transient\":{\"display_id\":\"x\"}}");
      take (cell, "update_display_data", "{\"data\":{\"text/plain\":\"new\"},\"metadata\":{},"
                                         "\"transient\":{\"display_id\":\"x\"}}");
      take (cell, "error", "{\"ename\":\"E\",\"evalue\":\"\",\"traceback\":[\"a\",\"b\"]}");
    }
}

static gboolean
edit (SageNotebook *notebook,
      guint32       seed)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed (seed);
  g_autoptr(GBytes) original = sage_notebook_serialise (notebook);
  g_autoptr(GBytes) edited = NULL;
  g_autoptr(GBytes) undone = NULL;
  g_autoptr(GBytes) redone = NULL;

  for (guint i = 0; i < N_EDITS; i++)
    random_edit (notebook, rand);
  while (sage_notebook_redo (notebook) != NULL)
    ;
  edited = sage_notebook_serialise (notebook);
  while (sage_notebook_undo (notebook) != NULL)
    ;
  undone = sage_notebook_serialise (notebook);
  while (sage_notebook_redo (notebook) != NULL)
    ;
  redone = sage_notebook_serialise (notebook);

  return g_bytes_equal (original, undone) && g_bytes_equal (edited, redone);
}

static void
ended_cb (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static GAsyncResult *
wait_for (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);

  return *result;
}

static int
save (const char *path)
{
  g_autoptr(GFile) gfile = g_file_new_for_path (path);
  g_autoptr(SageNotebookFile) file = sage_notebook_file_new (gfile);
  g_autoptr(GAsyncResult) loaded = NULL;
  g_autoptr(GAsyncResult) saved = NULL;
  g_autoptr(GError) error = NULL;
  SageNotebook *notebook;

  sage_notebook_file_load_async (file, NULL, ended_cb, &loaded);
  if (sage_notebook_file_load_finish (file, wait_for (&loaded), &error))
    {
      notebook = sage_notebook_file_get_notebook (file);
      sage_notebook_set_source (notebook, sage_notebook_get_cell (notebook, 0), "changed");
      sage_notebook_file_save_async (file, FALSE, NULL, ended_cb, &saved);
      if (sage_notebook_file_save_finish (file, wait_for (&saved), &error))
        return 0;
      if (!sage_notebook_is_modified (notebook))
        g_error ("A save that failed left the notebook unmodified");
    }
  g_printerr ("%s\n", error->message);

  return 3;
}

int
main (int   argc,
      char *argv[])
{
  const char *command = argc > 2 ? argv[1] : "";
  g_autoptr(GError) error = NULL;
  g_autoptr(SageNotebook) notebook = NULL;
  g_autoptr(GBytes) bytes = NULL;
  g_autoptr(GBytes) result = NULL;
  char *data;
  gsize length;

  if (argc < 3 || !g_file_get_contents (argv[2], &data, &length, &error))
    {
      g_printerr ("notebook-driver: %s\n", error != NULL ? error->message : "COMMAND FILE [SEED]");
      return 2;
    }

  if (strcmp (command, "save") == 0)
    {
      g_free (data);
      return save (argv[2]);
    }

  bytes = g_bytes_new_take (data, length);
  notebook = strcmp (command, "script") == 0 ? sage_notebook_from_percent (data, &error)
                                             : sage_notebook_parse (bytes, &error);
  if (notebook == NULL)
    {
      g_printerr ("%s\n", error->message);
      return 3;
    }

  if (strcmp (command, "repair") == 0)
    sage_notebook_repair (notebook);
  else if (strcmp (command, "outputs") == 0)
    run_cells (notebook);
  else if (strcmp (command, "edit") == 0 && !sage_notebook_is_read_only (notebook) &&
           !edit (notebook, argc > 3 ? (guint32) g_ascii_strtoull (argv[3], NULL, 10) : 0))
    g_error ("Taking the edits back, or doing them again, gave other bytes");

  if (strcmp (command, "percent") == 0)
    {
      char *text = sage_notebook_to_percent (notebook, &error);

      result = text != NULL ? g_bytes_new_take (text, strlen (text)) : NULL;
    }
  else
    {
      result = strcmp (command, "strip") == 0 ? sage_notebook_strip_outputs (notebook, &error)
                                              : sage_notebook_serialise (notebook);
    }
  if (result == NULL)
    {
      g_printerr ("%s\n", error->message);
      return 3;
    }
  fwrite (g_bytes_get_data (result, NULL), 1, g_bytes_get_size (result), stdout);
  if (sage_notebook_is_read_only (notebook))
    g_printerr ("%s\n", sage_notebook_get_fault (notebook));

  return sage_notebook_is_read_only (notebook) ? 4 : 0;
}
