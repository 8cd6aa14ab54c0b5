/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <gtksourceview/gtksource.h>
#include <string.h>

#include "kit-fixture.h"
#include "sage-json-view.h"
#include "sage-json.h"
#include "samples.h"

typedef struct
{
  GtkWidget    *widget;
  SageJsonView *view;
  GtkWidget    *window;
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  fixture->widget = sage_json_view_new ();
  fixture->view = SAGE_JSON_VIEW (fixture->widget);
  fixture->window = kit_window_new (fixture->widget, 600, 600);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  kit_window_destroy (fixture->window);
}

static void
show (Fixture    *fixture,
      const char *text)
{
  g_autoptr(JsonObject) object = kit_json (text);

  sage_json_view_set_object (fixture->view, object);
  kit_settle ();
}

static GListModel *
rows (Fixture *fixture)
{
  GtkWidget *list = kit_find (fixture->widget, GTK_TYPE_LIST_VIEW, 0);

  return G_LIST_MODEL (gtk_list_view_get_model (GTK_LIST_VIEW (list)));
}

static void
expand (Fixture  *fixture,
        guint     position,
        gboolean  expanded)
{
  g_autoptr(GtkTreeListRow) row = g_list_model_get_item (rows (fixture), position);

  gtk_tree_list_row_set_expanded (row, expanded);
}

static void
choose (Fixture *fixture,
        guint    position)
{
  gtk_single_selection_set_selected (GTK_SINGLE_SELECTION (rows (fixture)), position);
}

static guint
chosen (Fixture *fixture)
{
  return gtk_single_selection_get_selected (GTK_SINGLE_SELECTION (rows (fixture)));
}

static void
search (Fixture    *fixture,
        const char *query)
{
  gtk_widget_activate_action (fixture->widget, "json.find", NULL);
  gtk_editable_set_text (GTK_EDITABLE (kit_find (fixture->widget, GTK_TYPE_SEARCH_ENTRY, 0)), query);
  wait_ms (400); /* the entry waits for more, and a text searches by the way */
}

static void
set_mode (Fixture    *fixture,
          const char *mode)
{
  adw_toggle_group_set_active_name (
    ADW_TOGGLE_GROUP (kit_find (fixture->widget, ADW_TYPE_TOGGLE_GROUP, 0)), mode);
  kit_settle ();
}

static char *
copy (Fixture    *fixture,
      const char *action)
{
  GtkWidget *tree = gtk_widget_get_ancestor (kit_find (fixture->widget, GTK_TYPE_LIST_VIEW, 0),
                                             GTK_TYPE_SCROLLED_WINDOW);

  gtk_widget_activate_action (tree, action, NULL);

  return kit_clipboard (fixture->widget);
}

/* --- Text ------------------------------------------------------------------------------------ */

static void
test_text (Fixture       *fixture,
           gconstpointer  data)
{
  g_autofree char *none = sage_json_view_dup_text (fixture->view);
  g_autofree char *text = NULL;

  g_assert_cmpstr (none, ==, "");
  show (fixture, "{\"a\":1,\"b\":[true,null,{\"c\":\"x\\\"y\"}],\"d\":{},\"e\":[],\"f\":0.5}");
  text = sage_json_view_dup_text (fixture->view);
  g_assert_cmpstr (text, ==,
                   "{\n  \"a\": 1,\n  \"b\": [\n    true,\n    null,\n    {\n      \"c\": \"x\\\"y\"\n"
                   "    }\n  ],\n  \"d\": {},\n  \"e\": [],\n  \"f\": 0.5\n}");
}

/* What is copied reads back as what was shown. */
static void
test_round_trip (Fixture       *fixture,
                 gconstpointer  data)
{
  g_autoptr(JsonNode) before = NULL;
  g_autoptr(JsonNode) after = NULL;
  g_autofree char *text = NULL;
  g_autoptr(GError) error = NULL;

  show (fixture, sample_training_job);
  gtk_widget_activate_action (fixture->widget, "json.copy-all", NULL);
  text = kit_clipboard (fixture->widget);
  before = sage_json_parse (sample_training_job, -1, NULL, &error);
  after = sage_json_parse (text, -1, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (json_node_equal (before, after));
}

static void
test_text_mode (Fixture       *fixture,
                gconstpointer  data)
{
  g_autofree char *long_value = g_strnfill (50000, 'x');
  g_autofree char *json = g_strdup_printf ("{\"long\":\"%s\",\"short\":\"y\"}", long_value);
  g_autofree char *text = NULL;
  g_autofree char *whole = NULL;
  GtkTextBuffer *buffer;

  show (fixture, json);
  g_assert_null (kit_find (fixture->widget, GTK_SOURCE_TYPE_VIEW, 0)); /* nobody looks: it takes long */
  set_mode (fixture, "text");
  buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (kit_find (fixture->widget, GTK_SOURCE_TYPE_VIEW,
                                                              0)));
  g_object_get (buffer, "text", &text, NULL);
  g_assert_cmpuint (strlen (text), <, 3000);
  g_assert_nonnull (strstr (text, "…"));
  g_assert_nonnull (kit_find_text (fixture->widget,
                                   "Long values are shortened here; Copy All gives the whole"));
  whole = sage_json_view_dup_text (fixture->view);
  g_assert_cmpuint (strlen (whole), >, 50000);

  /* a new state arrives in the text too */
  show (fixture, "{\"short\":\"z\"}");
  g_clear_pointer (&text, g_free);
  g_object_get (buffer, "text", &text, NULL);
  g_assert_cmpstr (text, ==, "{\n  \"short\": \"z\"\n}");
}

/* --- Tree ------------------------------------------------------------------------------------ */

static void
test_tree (Fixture       *fixture,
           gconstpointer  data)
{
  g_autofree char *value = NULL;
  g_autofree char *path = NULL;
  g_autofree char *object = NULL;

  show (fixture, "{\"Name\":\"n\",\"InputDataConfig\":[{\"ChannelName\":\"train\"}],"
                 "\"HyperParameters\":{\"max-depth\":\"5\"}}");
  /* all of a small document is unfolded */
  g_assert_cmpuint (g_list_model_get_n_items (rows (fixture)), ==, 6);
  g_assert_nonnull (kit_find_text (fixture->widget, "\"train\""));
  g_assert_nonnull (kit_find_text (fixture->widget, "1 item"));

  choose (fixture, 3);
  value = copy (fixture, "json-tree.copy-value");
  path = copy (fixture, "json-tree.copy-path");
  g_assert_cmpstr (value, ==, "train");
  g_assert_cmpstr (path, ==, "InputDataConfig[0].ChannelName");

  choose (fixture, 5);
  g_clear_pointer (&path, g_free);
  path = copy (fixture, "json-tree.copy-path");
  g_assert_cmpstr (path, ==, "HyperParameters.\"max-depth\"");

  choose (fixture, 4);
  object = copy (fixture, "json-tree.copy-value");
  g_assert_cmpstr (object, ==, "{\n  \"max-depth\": \"5\"\n}");
}

/* What a person has folded and chosen stays so when the next state of the same arrives. */
static void
test_tree_stays (Fixture       *fixture,
                 gconstpointer  data)
{
  show (fixture, "{\"a\":{\"x\":1},\"b\":{\"y\":2},\"t\":1}");
  g_assert_cmpuint (g_list_model_get_n_items (rows (fixture)), ==, 5);
  expand (fixture, 0, FALSE);
  choose (fixture, 2);
  show (fixture, "{\"a\":{\"x\":1},\"b\":{\"y\":2},\"new\":[1,2],\"t\":2}");
  /* a is folded, b is not, what is new is folded */
  g_assert_cmpuint (g_list_model_get_n_items (rows (fixture)), ==, 5);
  g_assert_cmpuint (chosen (fixture), ==, 2);
}

static void
test_search (Fixture       *fixture,
             gconstpointer  data)
{
  show (fixture, "{\"Alpha\":\"one\",\"b\":{\"c\":{\"d\":\"ALPHA two\"}},\"e\":[\"x\",\"alphabet\"],"
                 "\"žluť\":\"ŽLUŤOUČKÝ\"}");
  expand (fixture, 1, FALSE);
  search (fixture, "alpha");
  g_assert_nonnull (kit_find_text (fixture->widget, "1 of 3"));
  g_assert_cmpuint (chosen (fixture), ==, 0);
  gtk_widget_activate_action (fixture->widget, "json.next-match", NULL);
  g_assert_nonnull (kit_find_text (fixture->widget, "2 of 3"));
  g_assert_cmpuint (chosen (fixture), ==, 3); /* unfolded on the way */
  gtk_widget_activate_action (fixture->widget, "json.previous-match", NULL);
  gtk_widget_activate_action (fixture->widget, "json.previous-match", NULL);
  g_assert_nonnull (kit_find_text (fixture->widget, "3 of 3"));

  search (fixture, "žluťoučký");
  g_assert_nonnull (kit_find_text (fixture->widget, "1 of 1"));
  search (fixture, "nowhere");
  g_assert_nonnull (kit_find_text (fixture->widget, "No matches"));
  gtk_widget_activate_action (fixture->widget, "json.next-match", NULL);

  set_mode (fixture, "text");
  search (fixture, "alpha");
  wait_until (kit_find_text (fixture->widget, "1 of 3") != NULL);
  gtk_widget_activate_action (fixture->widget, "json.next-match", NULL);
  g_assert_nonnull (kit_find_text (fixture->widget, "2 of 3"));
}

/* --- Hostile documents ----------------------------------------------------------------------- */

static void
test_large (Fixture       *fixture,
            gconstpointer  data)
{
  GString *json = g_string_new ("{\"first\":[");
  g_autofree char *text = NULL;
  gint64 start;

  for (guint i = 0; i < 30000; i++)
    g_string_append_printf (json, "%s{\"Name\":\"job-%u\",\"Value\":%u}", i > 0 ? "," : "", i, i);
  g_string_append (json, "]}");
  g_assert_cmpuint (json->len, >, 1000000);

  {
    g_autoptr(JsonNode) node = json_from_string (json->str, NULL);

    start = g_get_monotonic_time ();
    sage_json_view_set_node (fixture->view, node);
    expand (fixture, 0, TRUE);
    kit_settle ();
    g_assert_cmpuint (g_list_model_get_n_items (rows (fixture)), ==, 30001);
    search (fixture, "job-29999");
    g_assert_nonnull (kit_find_text (fixture->widget, "1 of 1"));
    g_assert_cmpint (g_get_monotonic_time () - start, <, 10 * G_USEC_PER_SEC);
    search (fixture, "job");
    g_assert_nonnull (kit_find_text (fixture->widget, "1 of more than 10000"));
  }

  text = sage_json_view_dup_text (fixture->view);
  g_assert_nonnull (strstr (text, "job-29999"));
  g_string_free (json, TRUE);
}

/* Deeper than a stack would be, if anything recursed. */
static void
test_deep (Fixture       *fixture,
           gconstpointer  data)
{
  JsonNode *node = json_node_init_string (json_node_alloc (), "bottom");
  g_autofree char *text = NULL;
  JsonNode *root;

  for (guint i = 0; i < 2000; i++)
    {
      JsonArray *array = json_array_new ();

      json_array_add_element (array, node);
      node = sage_json_take_array (array);
    }
  root = node;

  sage_json_view_set_node (fixture->view, root);
  kit_settle ();
  search (fixture, "bottom");
  g_assert_nonnull (kit_find_text (fixture->widget, "1 of 1"));
  text = sage_json_view_dup_text (fixture->view);
  g_assert_nonnull (strstr (text, "bottom"));
  json_node_unref (root);
}

static void
test_hostile (Fixture       *fixture,
              gconstpointer  data)
{
  static const char * const documents[] = {
    "{}",
    "{\"\":\"\"}",
    "{\"<b>bold</b>\":\"&amp;<span size='99'>\"}",
    "{\"\\u202eevil\":\"\\u2066\\u202e\"}",
    "{\"line\\nbreak\":\"a\\r\\n\\tb\\u000b\\f\"}",
    "{\"half\":\"\\ud83d\",\"other\":\"\\udc00x\"}",
    "{\"n\":-9223372036854775808,\"m\":9223372036854775807,\"f\":1e308}",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (documents); i++)
    {
      g_autoptr(JsonNode) node = json_from_string (documents[i], NULL);

      if (node == NULL)
        continue; /* not even a document for the parser */
      sage_json_view_set_node (fixture->view, node);
      kit_settle ();
      search (fixture, "é");
      search (fixture, "e");
      set_mode (fixture, "text");
      set_mode (fixture, "tree");
    }

  show (fixture, "{\"<b>bold</b>\":\"&amp;\"}");
  g_assert_nonnull (kit_find_text (fixture->widget, "<b>bold</b>"));
  g_assert_nonnull (kit_find_text (fixture->widget, "\"&amp;\""));
}

int
main (int    argc,
      char **argv)
{
  kit_init (&argc, &argv);

#define ADD(name, func) g_test_add ("/json-view/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("text", test_text);
  ADD ("round-trip", test_round_trip);
  ADD ("text-mode", test_text_mode);
  ADD ("tree", test_tree);
  ADD ("tree-stays", test_tree_stays);
  ADD ("search", test_search);
  ADD ("large", test_large);
  ADD ("deep", test_deep);
  ADD ("hostile", test_hostile);

  return g_test_run ();
}
