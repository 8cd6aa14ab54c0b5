/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "sage-json.h"
#include "sage-plot-history.h"

typedef struct
{
  SageNotebook    *notebook;
  SageCell        *cell;
  SagePlotHistory *history;
  GListStore      *followed; /* what a view makes of the changes that it is told */
} Fixture;

static void
follow_cb (Fixture *fixture,
           guint    position,
           guint    n_removed,
           guint    n_added)
{
  g_autoptr(GPtrArray) added = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < n_added; i++)
    g_ptr_array_add (added, g_list_model_get_item (G_LIST_MODEL (fixture->history), position + i));
  g_list_store_splice (fixture->followed, position, n_removed, added->pdata, n_added);
}

static void
assert_followed (Fixture *fixture)
{
  GListModel *followed = G_LIST_MODEL (fixture->followed);
  GListModel *history = G_LIST_MODEL (fixture->history);

  g_assert_cmpuint (g_list_model_get_n_items (followed), ==, g_list_model_get_n_items (history));
  for (guint i = 0; i < g_list_model_get_n_items (followed); i++)
    {
      g_autoptr(SagePlot) one = g_list_model_get_item (followed, i);
      g_autoptr(SagePlot) other = g_list_model_get_item (history, i);

      g_assert_true (one == other);
    }
}

static void
set_up (Fixture      *fixture,
        gconstpointer data)
{
  fixture->notebook = sage_notebook_new ();
  fixture->cell = sage_notebook_insert (fixture->notebook, 0, SAGE_CELL_CODE, "plot(1)\nplot(2)");
  fixture->history = sage_plot_history_new ();
  fixture->followed = g_list_store_new (SAGE_TYPE_PLOT);
  g_signal_connect_swapped (fixture->history, "items-changed", G_CALLBACK (follow_cb), fixture);
}

static void
tear_down (Fixture      *fixture,
           gconstpointer data)
{
  assert_followed (fixture);
  g_object_unref (fixture->followed);
  g_assert_finalize_object (fixture->history);
  g_object_unref (fixture->notebook);
}

static void
take (Fixture    *fixture,
      const char *text)
{
  g_autoptr(JsonNode) node = sage_json_parse (text, -1, NULL, NULL);

  g_assert_nonnull (node);
  sage_plot_history_take (fixture->history, fixture->cell, json_node_get_object (node));
}

static SagePlot *
get (Fixture *fixture,
     guint    position)
{
  g_autoptr(SagePlot) plot = g_list_model_get_item (G_LIST_MODEL (fixture->history), position);

  g_assert_nonnull (plot);
  return plot; /* the history holds it */
}

static void
assert_bytes (SagePlot   *plot,
              const char *text)
{
  g_autoptr(GBytes) bytes = g_bytes_new_static (text, strlen (text));

  g_assert_true (g_bytes_equal (sage_plot_get_bytes (plot), bytes));
}

static guint
count (Fixture *fixture)
{
  return g_list_model_get_n_items (G_LIST_MODEL (fixture->history));
}

static void
test_last_first (Fixture      *fixture,
                 gconstpointer data)
{
  take (fixture, "{\"data\": {\"image/png\": \"b25l\", \"text/plain\": \"<Figure>\"}}"); /* one */
  take (fixture, "{\"data\": {\"text/plain\": \"no picture\"}}");
  take (fixture, "{\"data\": {\"image/svg+xml\": \"<svg/>\"}}");
  take (fixture, "{}");
  take (fixture, "{\"data\": {\"image/png\": [1]}, \"transient\": 3}");

  g_assert_cmpuint (count (fixture), ==, 2);
  assert_bytes (get (fixture, 0), "<svg/>");
  g_assert_cmpstr (sage_plot_get_mime_type (get (fixture, 0)), ==, "image/svg+xml");
  assert_bytes (get (fixture, 1), "one");
  g_assert_cmpstr (sage_plot_get_title (get (fixture, 1)), ==, "plot(1)");
  g_assert_cmpstr (sage_plot_get_cell_id (get (fixture, 1)), ==, sage_cell_get_id (fixture->cell));
  g_assert_cmpfloat (sage_plot_get_time (get (fixture, 1)), >, 0);
}

/* One that moves is one, the newest then. */
static void
test_moving (Fixture      *fixture,
             gconstpointer data)
{
  take (fixture, "{\"data\": {\"image/png\": \"b25l\"}, \"transient\": {\"display_id\": \"d\"}}");
  take (fixture, "{\"data\": {\"image/png\": \"dHdv\"}}");
  take (fixture, "{\"data\": {\"image/png\": \"dGhyZWU=\"}, \"transient\": {\"display_id\": \"d\"}}");

  g_assert_cmpuint (count (fixture), ==, 2);
  assert_bytes (get (fixture, 0), "three");
  assert_bytes (get (fixture, 1), "two");
}

static void
test_bounds (Fixture      *fixture,
             gconstpointer data)
{
  g_autofree char *megabytes = g_strnfill (8 * 1024 * 1024, 'x');
  g_autoptr(JsonObject) large = json_object_new ();
  JsonObject *bundle = json_object_new ();

  json_object_set_string_member (bundle, "image/svg+xml", megabytes);
  json_object_set_object_member (large, "data", bundle);

  for (int i = 0; i < 300; i++)
    {
      g_autofree char *text = g_strdup_printf ("{\"data\": {\"image/svg+xml\": \"%d\"}}", i);

      take (fixture, text);
    }
  g_assert_cmpuint (count (fixture), ==, 200);
  assert_bytes (get (fixture, 0), "299");
  assert_bytes (get (fixture, 199), "100");

  for (int i = 0; i < 12; i++)
    sage_plot_history_take (fixture->history, fixture->cell, large);
  g_assert_cmpuint (count (fixture), ==, 8);
}

/* --- What the file has ------------------------------------------------------------------------ */

/* @pictures: (nullable): of as many cells; else these show their numbers */
static SageNotebook *
make_notebook (const char * const *pictures,
               guint               n)
{
  g_autoptr(GString) text = g_string_new ("{\"metadata\":{},\"nbformat\":4,\"nbformat_minor\":5,\"cells\":[");
  g_autoptr(GBytes) bytes = NULL;
  g_autoptr(GError) error = NULL;
  SageNotebook *notebook;

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *number = g_strdup_printf ("%u", i);

      g_string_append_printf (text, "%s{\"cell_type\":\"code\",\"execution_count\":1,\"id\":\"c%u\","
                              "\"metadata\":{},\"source\":\"s\",\"outputs\":[{\"output_type\":\"display_data\","
                              "\"metadata\":{},\"data\":{\"image/svg+xml\":\"", i > 0 ? "," : "", i);
      g_string_append (text, pictures != NULL ? pictures[i] : number);
      g_string_append (text, "\"}}]}");
    }
  g_string_append (text, "]}");
  bytes = g_bytes_new (text->str, text->len);
  notebook = sage_notebook_parse (bytes, &error);
  g_assert_no_error (error);

  return notebook;
}

/* Of more than there is room for the last ones are there, in their order, and none twice. */
static void
test_saved_many (Fixture      *fixture,
                 gconstpointer data)
{
  g_autoptr(SageNotebook) notebook = make_notebook (NULL, 300);

  for (int i = 0; i < 10; i++)
    take (fixture, "{\"data\": {\"image/svg+xml\": \"live\"}}");
  for (int i = 0; i < 3; i++)
    {
      sage_plot_history_add_saved (fixture->history, notebook);
      g_assert_cmpuint (count (fixture), ==, 200);
      assert_bytes (get (fixture, 9), "live");
      assert_bytes (get (fixture, 10), "299");
      assert_bytes (get (fixture, 199), "110");
      g_assert_cmpfloat (sage_plot_get_time (get (fixture, 199)), ==, 0);
    }

  take (fixture, "{\"data\": {\"image/svg+xml\": \"last\"}}");
  g_assert_cmpuint (count (fixture), ==, 200);
  assert_bytes (get (fixture, 0), "last");
  assert_bytes (get (fixture, 199), "111");
  sage_plot_history_add_saved (fixture->history, notebook);
  assert_bytes (get (fixture, 199), "111");
}

/* Nothing gives way to a picture of the file: one that is too large is left out. */
static void
test_saved_large (Fixture      *fixture,
                  gconstpointer data)
{
  g_autofree char *thirty = g_strnfill (30 * 1024 * 1024, 'x');
  g_autofree char *thirty_others = g_strnfill (30 * 1024 * 1024, 'y');
  g_autofree char *ten = g_strnfill (10 * 1024 * 1024, 'z');
  g_autofree char *one = g_strnfill (1024 * 1024, '1');
  const char *const pictures[] = { one, ten, thirty_others, thirty };
  g_autoptr(SageNotebook) notebook = make_notebook (pictures, G_N_ELEMENTS (pictures));

  for (int i = 0; i < 2; i++)
    {
      sage_plot_history_add_saved (fixture->history, notebook);
      g_assert_cmpuint (count (fixture), ==, 3);
      assert_bytes (get (fixture, 0), thirty);
      assert_bytes (get (fixture, 1), thirty_others);
      assert_bytes (get (fixture, 2), one);
    }
}

/* What a run has shown is not there as the file's once more, also when it has been forgotten. */
static void
test_saved_own (Fixture      *fixture,
                gconstpointer data)
{
  g_autoptr(JsonNode) node = sage_json_parse ("{\"data\":{\"image/svg+xml\":\"<svg/>\"},\"metadata\":{},"
                                              "\"transient\":{}}", -1, NULL, NULL);
  JsonObject *content = json_node_get_object (node);

  sage_cell_take_message (fixture->cell, "display_data", content);
  sage_plot_history_take (fixture->history, fixture->cell, content);
  sage_plot_history_add_saved (fixture->history, fixture->notebook);
  g_assert_cmpuint (count (fixture), ==, 1);
  for (int i = 0; i < 200; i++)
    take (fixture, "{\"data\": {\"image/png\": \"b25l\"}}");
  sage_plot_history_add_saved (fixture->history, fixture->notebook);
  assert_bytes (get (fixture, 199), "one");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add ("/studio/plot-history/last-first", Fixture, NULL, set_up, test_last_first, tear_down);
  g_test_add ("/studio/plot-history/moving", Fixture, NULL, set_up, test_moving, tear_down);
  g_test_add ("/studio/plot-history/bounds", Fixture, NULL, set_up, test_bounds, tear_down);

  g_test_add ("/studio/plot-history/saved-many", Fixture, NULL, set_up, test_saved_many, tear_down);
  g_test_add ("/studio/plot-history/saved-large", Fixture, NULL, set_up, test_saved_large, tear_down);
  g_test_add ("/studio/plot-history/saved-own", Fixture, NULL, set_up, test_saved_own, tear_down);

  return g_test_run ();
}
