/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "sage-json.h"

#include "notebooks.h"

static gboolean
take (SageCell   *cell,
      const char *type,
      const char *content)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) node = sage_json_parse_object (content, -1, NULL, &error);

  g_assert_no_error (error);

  return sage_cell_take_message (cell, type, json_node_get_object (node));
}

static SageOutput *
output_at (SageCell *cell,
           guint     position)
{
  SageOutput *output = g_list_model_get_item (sage_cell_get_outputs (cell), position);

  g_assert_nonnull (output);
  g_object_unref (output); /* the list holds it */

  return output;
}

/* What a file brought is not our own, whatever a kernel changes in it; what a run puts out is. */
static void
test_own (void)
{
  g_autoptr(SageNotebook) notebook = parse (
    "{\"cells\":[{\"cell_type\":\"code\",\"execution_count\":1,\"id\":\"a\",\"metadata\":{},\"source\":\"\","
    "\"outputs\":[{\"output_type\":\"display_data\",\"metadata\":{},\"data\":{\"text/html\":\"x\"}}]}],"
    "\"metadata\":{},\"nbformat\":4,\"nbformat_minor\":5}");
  SageCell *cell = sage_notebook_get_cell (notebook, 0);
  guint first = 0;

  g_assert_false (sage_output_is_own (output_at (cell, 0)));
  sage_notebook_clear_outputs (notebook, &first, 1);
  take (cell, "display_data", "{\"data\":{\"text/html\":\"y\"},\"metadata\":{},\"transient\":{}}");
  g_assert_true (sage_output_is_own (output_at (cell, 0)));
  sage_notebook_undo (notebook);
  g_assert_false (sage_output_is_own (output_at (cell, 0)));
}

static guint
n_outputs (SageCell *cell)
{
  return count (sage_cell_get_outputs (cell));
}

static void
count_cb (GObject *object,
          gint64   offset,
          gpointer text,
          guint   *n)
{
  (*n)++;
}

static void
test_run (void)
{
  g_autoptr(SageNotebook) notebook = sage_notebook_new ();
  SageCell *cell = sage_notebook_get_cell (notebook, 0);
  g_autofree char *text = NULL;
  guint n_appended = 0;

  sage_cell_prepare_run (cell);
  g_assert_cmpint (sage_cell_get_state (cell), ==, SAGE_CELL_QUEUED);
  g_assert_true (take (cell, "status", "{\"execution_state\":\"busy\"}"));
  g_assert_cmpint (sage_cell_get_state (cell), ==, SAGE_CELL_RUNNING);
  g_assert_cmpint (sage_cell_get_started (cell), >, 0);
  g_assert_true (take (cell, "execute_input", "{\"execution_count\":7,\"code\":\"x\"}"));
  g_assert_true (take (cell, "stream", "{\"name\":\"stdout\",\"text\":\"a\\nb\"}"));
  g_signal_connect (output_at (cell, 0), "appended", G_CALLBACK (count_cb), &n_appended);
  g_assert_true (take (cell, "stream", "{\"name\":\"stdout\",\"text\":\"c\\n\"}"));
  g_assert_true (take (cell, "stream", "{\"name\":\"stderr\",\"text\":\"e\"}"));
  g_assert_true (take (cell, "stream", "{\"name\":\"stdout\",\"text\":\"d\"}"));
  g_assert_true (take (cell, "execute_result", "{\"data\":{\"text/plain\":\"7\\n8\",\"image/png\":\"AA\\n\","
                       "\"application/json\":{\"a\":[1.0,null]}},\"metadata\":{},\"execution_count\":7}"));
  g_assert_true (take (cell, "status", "{\"execution_state\":\"idle\"}"));

  g_assert_cmpint (sage_cell_get_state (cell), ==, SAGE_CELL_SUCCEEDED);
  g_assert_cmpint (sage_cell_get_ended (cell), >=, sage_cell_get_started (cell));
  g_assert_cmpint (sage_cell_get_execution_count (cell), ==, 7);
  g_assert_cmpuint (n_appended, ==, 1);
  g_assert_cmpuint (n_outputs (cell), ==, 4);
  g_assert_cmpstr (sage_output_get_text (output_at (cell, 0), NULL), ==, "a\nbc\n");
  g_assert_true (sage_notebook_is_modified (notebook));

  text = serialise (notebook);
  g_assert_nonnull (strstr (text, "   \"execution_count\": 7,\n"));
  g_assert_nonnull (strstr (text, "     \"text\": [\n      \"a\\n\",\n      \"bc\\n\"\n     ]\n"));
  g_assert_nonnull (strstr (text, "      \"image/png\": \"AA\\n\",\n"));
  g_assert_nonnull (strstr (text, "       \"a\": [\n        1.0,\n        null\n       ]\n"));
  g_assert_nonnull (strstr (text, "      \"text/plain\": [\n       \"7\\n\",\n       \"8\"\n      ]\n"));
  g_assert_nonnull (strstr (text, "     \"execution_count\": 7,\n     \"metadata\": {},\n"
                                  "     \"output_type\": \"execute_result\"\n"));

  /* A run anew begins without the old outputs. */
  take (cell, "execute_input", "{\"execution_count\":8}");
  g_assert_cmpuint (n_outputs (cell), ==, 0);
  g_assert_null (sage_notebook_undo (notebook));
}

static void
test_error (void)
{
  g_autoptr(SageNotebook) notebook = sage_notebook_new ();
  SageCell *cell = sage_notebook_get_cell (notebook, 0);

  take (cell, "status", "{\"execution_state\":\"busy\"}");
  take (cell, "error", "{\"ename\":\"E\",\"evalue\":\"v\",\"traceback\":[\"1\",\"2\"]}");
  take (cell, "status", "{\"execution_state\":\"idle\"}");
  g_assert_cmpint (sage_cell_get_state (cell), ==, SAGE_CELL_FAILED);
  g_assert_cmpstr (sage_output_get_traceback (output_at (cell, 0)), ==, "1\n2");
}

static void
test_clear (void)
{
  g_autoptr(SageNotebook) notebook = sage_notebook_new ();
  SageCell *cell = sage_notebook_get_cell (notebook, 0);

  take (cell, "stream", "{\"name\":\"stdout\",\"text\":\"a\"}");
  take (cell, "clear_output", "{\"wait\":true}");
  g_assert_cmpuint (n_outputs (cell), ==, 1);
  take (cell, "stream", "{\"name\":\"stdout\",\"text\":\"b\"}");
  g_assert_cmpuint (n_outputs (cell), ==, 1);
  g_assert_cmpstr (sage_output_get_text (output_at (cell, 0), NULL), ==, "b");
  take (cell, "clear_output", "{\"wait\":false}");
  g_assert_cmpuint (n_outputs (cell), ==, 0);
}

static void
test_displays (void)
{
  g_autoptr(SageNotebook) notebook = sage_notebook_new ();
  SageCell *first = sage_notebook_get_cell (notebook, 0);
  SageCell *second = sage_notebook_insert (notebook, 1, SAGE_CELL_CODE, "");
  g_autofree char *text = NULL;

  take (first, "display_data", "{\"data\":{\"text/plain\":\"0 %\"},\"metadata\":{},"
                               "\"transient\":{\"display_id\":\"d\"}}");
  take (second, "display_data", "{\"data\":{\"text/plain\":\"0 %\"},\"metadata\":{},"
                                "\"transient\":{\"display_id\":\"d\"}}");
  take (second, "display_data", "{\"data\":{\"text/plain\":\"other\"},\"metadata\":{},"
                                "\"transient\":{\"display_id\":\"e\"}}");
  g_assert_cmpstr (sage_output_get_display_id (output_at (first, 0)), ==, "d");
  g_assert_cmpstr (sage_output_get_datum (output_at (first, 0), "text/plain"), ==, "0 %");

  take (second, "update_display_data", "{\"data\":{\"text/plain\":\"9 %\"},\"metadata\":{\"m\":1},"
                                       "\"transient\":{\"display_id\":\"d\"}}");
  g_assert_cmpstr (sage_output_get_datum (output_at (first, 0), "text/plain"), ==, "9 %");
  g_assert_cmpstr (sage_output_get_datum (output_at (second, 0), "text/plain"), ==, "9 %");
  g_assert_cmpstr (sage_output_get_datum (output_at (second, 1), "text/plain"), ==, "other");
  g_assert_true (json_object_has_member (sage_output_get_metadata (output_at (first, 0)), "m"));

  text = serialise (notebook);
  g_assert_null (strstr (text, "display_id"));
}

/* A cell that never stops keeps its error, and not much else. */
static void
test_endless (void)
{
  g_autoptr(SageNotebook) notebook = sage_notebook_new ();
  SageCell *cell = sage_notebook_get_cell (notebook, 0);
  g_autofree char *filled = g_strnfill (1 << 20, 'x');
  g_autofree char *message = g_strdup_printf ("{\"name\":\"stdout\",\"text\":\"%s\"}", filled);
  const SageJsonLimits limits = { .max_bytes = 2 << 20 };
  g_autoptr(JsonNode) node = sage_json_parse_object (message, -1, &limits, NULL);
  gsize length;

  for (guint i = 0; i < 20; i++)
    sage_cell_take_message (cell, "stream", json_node_get_object (node));
  g_assert_cmpuint (n_outputs (cell), ==, 2);
  sage_output_get_text (output_at (cell, 0), &length);
  g_assert_cmpuint (length, ==, 16 << 20);
  take (cell, "error", "{\"ename\":\"E\",\"evalue\":\"v\",\"traceback\":[]}");
  g_assert_cmpuint (n_outputs (cell), ==, 3);

  take (cell, "execute_input", "{\"execution_count\":1}");
  for (guint i = 0; i < 11000; i++)
    take (cell, "stream", i % 2 == 0 ? "{\"name\":\"stdout\",\"text\":\"o\"}"
                                     : "{\"name\":\"stderr\",\"text\":\"e\"}");
  g_assert_cmpuint (n_outputs (cell), ==, 10001);
}

/* What is no message changes nothing and harms nothing. */
static void
test_junk (void)
{
  static const char *const types[] = {
    "stream", "display_data", "execute_result", "update_display_data", "error", "clear_output", "status",
    "execute_input",
  };
  static const char *const contents[] = {
    "{}", "{\"name\":1,\"text\":[]}", "{\"data\":[],\"metadata\":1,\"transient\":\"x\"}",
    "{\"data\":{},\"transient\":{\"display_id\":7}}", "{\"traceback\":7,\"ename\":[]}",
    "{\"traceback\":[7]}", "{\"wait\":\"yes\"}", "{\"execution_state\":{}}",
    "{\"execution_count\":\"x\"}", "{\"data\":{\"text/plain\":7},\"metadata\":{}}",
  };
  g_autoptr(SageNotebook) notebook = sage_notebook_new ();
  SageCell *cell = sage_notebook_get_cell (notebook, 0);
  g_autofree char *text = NULL;
  g_autoptr(SageNotebook) read = NULL;

  g_assert_false (take (cell, "comm_msg", "{}"));
  g_assert_false (take (cell, "", "{}"));
  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    for (guint j = 0; j < G_N_ELEMENTS (contents); j++)
      g_assert_true (take (cell, types[i], contents[j]));

  text = serialise (notebook);
  read = parse (text);
  g_assert_null (sage_notebook_get_fault (read));
}

static void
test_stale (void)
{
  g_autoptr(SageNotebook) notebook = sage_notebook_new ();
  SageCell *cell = sage_notebook_get_cell (notebook, 0);

  sage_notebook_set_source (notebook, cell, "1");
  g_assert_false (sage_cell_is_stale (cell));
  sage_cell_set_state (cell, SAGE_CELL_RUNNING);
  sage_cell_set_state (cell, SAGE_CELL_SUCCEEDED);
  sage_notebook_set_source (notebook, cell, "2");
  g_assert_true (sage_cell_is_stale (cell));
  sage_notebook_undo (notebook);
  g_assert_false (sage_cell_is_stale (cell));
  sage_cell_set_stale (cell, TRUE);
  g_assert_true (sage_cell_is_stale (cell));
  sage_cell_set_state (cell, SAGE_CELL_RUNNING);
  g_assert_false (sage_cell_is_stale (cell));
}

static void
test_folds (void)
{
  g_autoptr(SageNotebook) notebook = sage_notebook_new ();
  SageCell *cell = sage_notebook_get_cell (notebook, 0);
  g_autofree char *before = serialise (notebook);
  g_autofree char *folded = NULL;

  sage_cell_set_folded (cell, TRUE);
  sage_cell_set_outputs_folded (cell, TRUE);
  g_assert_true (sage_cell_is_folded (cell));
  g_assert_true (sage_cell_are_outputs_folded (cell));
  folded = serialise (notebook);
  g_assert_nonnull (strstr (folded, "   \"metadata\": {\n    \"jupyter\": {\n"
                                    "     \"source_hidden\": true,\n     \"outputs_hidden\": true\n"));
  g_object_set (cell, "is-folded", FALSE, "are-outputs-folded", FALSE, NULL);
  g_assert_false (sage_cell_is_folded (cell));
  g_assert_cmpuint (json_object_get_size (sage_cell_get_metadata (cell)), ==, 0);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/jupyter/cell-message/run", test_run);
  g_test_add_func ("/jupyter/cell-message/own", test_own);
  g_test_add_func ("/jupyter/cell-message/error", test_error);
  g_test_add_func ("/jupyter/cell-message/clear", test_clear);
  g_test_add_func ("/jupyter/cell-message/displays", test_displays);
  g_test_add_func ("/jupyter/cell-message/endless", test_endless);
  g_test_add_func ("/jupyter/cell-message/junk", test_junk);
  g_test_add_func ("/jupyter/cell-message/stale", test_stale);
  g_test_add_func ("/jupyter/cell-message/folds", test_folds);

  return g_test_run ();
}
