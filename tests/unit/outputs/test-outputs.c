/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "../kit/kit-fixture.h"
#include "sage-error.h"
#include "sage-frame-view.h"
#include "sage-json-view.h"
#include "sage-log-view.h"
#include "sage-markdown-view.h"
#include "sage-math-view.h"
#include "sage-notebook.h"
#include "sage-output-list.h"
#include "sage-output-view.h"
#include "sage-picture-load.h"
#include "sage-picture-view.h"
#include "sage-plain-view.h"
#include "sage-stream-view.h"
#include "sage-text-pager.h"
#include "sage-web-view.h"
#include "sage-widget-view.h"

/* One red pixel. */
#define PNG \
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="

typedef struct
{
  GListStore     *outputs;
  SageComms      *comms;
  GtkWidget      *widget;
  SageOutputList *list;
  GtkWidget      *window;
  char           *place; /* (owned) (nullable): the location that was opened last */
  guint           n_asked; /* for trust */
} Fixture;

static void
place_cb (SageOutputList *list,
          const char     *path,
          int             line,
          Fixture        *fixture)
{
  g_free (fixture->place);
  fixture->place = g_strdup_printf ("%s:%d", path, line);
}

static void
trust_cb (SageOutputList *list,
          Fixture        *fixture)
{
  fixture->n_asked++;
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  GtkWidget *scroller = gtk_scrolled_window_new ();

  fixture->outputs = g_list_store_new (SAGE_TYPE_OUTPUT);
  fixture->comms = sage_comms_new ();
  fixture->widget = sage_output_list_new ();
  fixture->list = SAGE_OUTPUT_LIST (fixture->widget);
  g_signal_connect (fixture->list, "open-location", G_CALLBACK (place_cb), fixture);
  g_signal_connect (fixture->list, "trust-requested", G_CALLBACK (trust_cb), fixture);
  g_object_set (fixture->list, "comms", fixture->comms, "outputs", fixture->outputs, "path",
                "/project/notebook.ipynb", NULL);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), fixture->widget);
  fixture->window = kit_window_new (scroller, 700, 600);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  kit_window_destroy (fixture->window);
  g_assert_finalize_object (fixture->outputs);
  g_assert_finalize_object (fixture->comms);
  g_free (fixture->place);
}

static SageOutput *
make (const char *json)
{
  g_autoptr(JsonObject) object = kit_json (json);
  g_autoptr(GError) error = NULL;
  SageOutput *output = sage_output_new_from_json (object, &error);

  g_assert_no_error (error);

  return output;
}

static SageOutputView *
view (Fixture *fixture,
      guint    n)
{
  return SAGE_OUTPUT_VIEW (kit_find (fixture->widget, SAGE_TYPE_OUTPUT_VIEW, n));
}

static void
add (Fixture    *fixture,
     const char *json)
{
  g_autoptr(SageOutput) output = make (json);

  g_list_store_append (fixture->outputs, output);
  wait_until (view (fixture, g_list_model_get_n_items (G_LIST_MODEL (fixture->outputs)) - 1) != NULL);
  kit_settle ();
}

static void
add_data (Fixture    *fixture,
          const char *data)
{
  g_autofree char *json = g_strdup_printf ("{\"output_type\":\"display_data\",\"metadata\":{},\"data\":%s}",
                                           data);

  add (fixture, json);
}

/* What is shown of each kind of bundle, and what the reader may choose instead. */
static void
test_choice (Fixture       *fixture,
             gconstpointer  data)
{
  static const struct
  {
    const char *data;
    const char *mime_type;
    GType     (*type) (void);
  } cases[] = {
    { "{\"image/png\":\"" PNG "\",\"text/plain\":\"<Figure>\",\"text/html\":\"<b>x</b>\"}", "image/png",
      sage_picture_view_get_type },
    { "{\"image/svg+xml\":[\"<svg xmlns='http://www.w3.org/2000/svg' \",\"width='9' height='9'/>\"]}",
      "image/svg+xml", sage_picture_view_get_type },
    { "{\"text/html\":\"<table class=\\\"dataframe\\\"><tr><th>0</th><td>1</td></tr></table>\","
      "\"text/plain\":\"0 1\"}", "text/html", sage_frame_view_get_type },
    { "{\"application/vnd.dataresource+json\":{\"schema\":{\"fields\":[{\"name\":\"a\"}]},"
      "\"data\":[{\"a\":1}]},\"text/html\":\"x\"}", "application/vnd.dataresource+json",
      sage_frame_view_get_type },
    { "{\"text/latex\":\"$\\\\displaystyle \\\\frac{1}{2}$\",\"text/plain\":\"1/2\"}", "text/latex",
      sage_math_view_get_type },
    { "{\"text/latex\":\"$\\\\newcommand{\\\\x}{y}$\",\"text/plain\":\"y\"}", "text/plain",
      sage_plain_view_get_type },
    { "{\"text/markdown\":\"**x**\",\"text/plain\":\"x\"}", "text/markdown",
      sage_markdown_view_get_type },
    { "{\"application/json\":{\"a\":1},\"text/plain\":\"{}\"}", "application/json",
      sage_json_view_get_type },
    { "{\"application/javascript\":\"alert(1)\",\"text/plain\":\"js\"}", "text/plain",
      sage_plain_view_get_type },
    { "{\"application/javascript\":\"alert(1)\"}", "application/javascript", sage_plain_view_get_type },
    { "{\"application/vnd.unknown.v1+json\":{\"x\":1},\"text/plain\":\"u\"}", "text/plain",
      sage_plain_view_get_type },
    { "{\"application/vnd.unknown.v1+json\":{\"x\":1}}", "application/vnd.unknown.v1+json",
      sage_json_view_get_type },
    { "{\"text/html\":\"<script>alert(1)</script>\",\"text/plain\":\"plain\"}", "text/plain",
      sage_plain_view_get_type },
    { "{\"text/html\":\"<div id='plot'></div><script>draw()</script>\",\"text/plain\":\"plot\"}",
      "text/plain", sage_plain_view_get_type },
    { "{\"text/html\":\"<b>x</b>\",\"text/plain\":\"x\"}", "text/html", sage_web_view_get_type },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("%s", cases[i].data);
      add_data (fixture, cases[i].data);
      g_assert_cmpstr (sage_output_view_get_mime_type (view (fixture, 0)), ==, cases[i].mime_type);
      g_assert_nonnull (kit_find (fixture->widget, cases[i].type (), 0));
      g_list_store_remove_all (fixture->outputs);
      wait_until (view (fixture, 0) == NULL);
    }

  add_data (fixture, cases[0].data);
  gtk_widget_activate_action (GTK_WIDGET (view (fixture, 0)), "output.show-as", "s", "text/plain");
  g_assert_cmpstr (sage_output_view_get_mime_type (view (fixture, 0)), ==, "text/plain");
  g_assert_nonnull (kit_find_text (fixture->widget, "<Figure>"));
}

/* Outputs come, go and are replaced; what is still there keeps its widget. */
static void
test_live (Fixture       *fixture,
           gconstpointer  data)
{
  SageOutputView *first;

  add (fixture, "{\"output_type\":\"stream\",\"name\":\"stdout\",\"text\":\"one\\n\"}");
  add (fixture, "{\"output_type\":\"stream\",\"name\":\"stderr\",\"text\":\"two\\n\"}");
  first = view (fixture, 0);
  g_assert_nonnull (kit_find_text (fixture->widget, "one"));
  g_assert_nonnull (kit_find_text (fixture->widget, "stderr"));
  g_list_store_remove (fixture->outputs, 1);
  kit_settle ();
  g_assert_null (kit_find_text (fixture->widget, "two"));
  g_assert_true (view (fixture, 0) == first);
  {
    g_autoptr(SageOutput) before = make ("{\"output_type\":\"stream\",\"name\":\"stdout\",\"text\":\"0\"}");

    g_list_store_insert (fixture->outputs, 0, before);
    kit_settle ();
  }
  g_assert_true (view (fixture, 1) == first);

  for (guint i = 0; i < 250; i++)
    {
      g_autoptr(SageOutput) more = make ("{\"output_type\":\"execute_result\",\"execution_count\":1,"
                                         "\"metadata\":{},\"data\":{\"text/plain\":\"x\"}}");

      g_list_store_append (fixture->outputs, more);
    }
  kit_settle ();
  g_assert_cmpuint (kit_count (fixture->widget, SAGE_TYPE_OUTPUT_VIEW), ==, 100);
  g_assert_nonnull (kit_find_text (fixture->widget, "Show 152 earlier outputs"));
  sage_output_list_set_outputs (fixture->list, NULL);
  g_assert_cmpuint (kit_count (fixture->widget, SAGE_TYPE_OUTPUT_VIEW), ==, 0);
}

static void
test_error (Fixture       *fixture,
            gconstpointer  data)
{
  GtkWidget *label;
  gboolean handled;

  add (fixture, "{\"output_type\":\"error\",\"ename\":\"ValueError\",\"evalue\":\"<b>bad</b>\\nthing\","
                "\"traceback\":[\"\\u001b[31mCell\\u001b[0m In[3], line 2\",\"File src/x.py:7, in f()\","
                "\"File /usr/y.py:9, in g()\"]}");
  g_assert_nonnull (kit_find_text (fixture->widget, "ValueError: <b>bad</b> thing"));
  label = kit_find_text (fixture->widget,
                         "Cell In[3], line 2\nFile src/x.py:7, in f()\nFile /usr/y.py:9, in g()");
  g_assert_nonnull (label);
  g_signal_emit_by_name (label, "activate-link", "0", &handled);
  g_assert_cmpstr (fixture->place, ==, "In[3]:2");
  g_signal_emit_by_name (label, "activate-link", "1", &handled);
  g_assert_cmpstr (fixture->place, ==, "/project/src/x.py:7");
  g_signal_emit_by_name (label, "activate-link", "2", &handled);
  g_assert_cmpstr (fixture->place, ==, "/usr/y.py:9");
  g_signal_emit_by_name (label, "activate-link", "99", &handled);
  g_assert_cmpstr (fixture->place, ==, "/usr/y.py:9");
}

static void
send (Fixture    *fixture,
      const char *msg_type,
      const char *content)
{
  g_autoptr(JsonObject) object = kit_json (content);

  g_assert_true (sage_comms_take_message (fixture->comms, msg_type, object));
}

/* The end of what a program has written is shown, as it comes; all of it in a dialog. */
static void
test_stream (Fixture       *fixture,
             gconstpointer  data)
{
  GString *text = g_string_new (NULL);
  g_autofree char *json = NULL;
  GtkWidget *stream;
  GtkWidget *log;

  for (guint i = 0; i < 5000; i++)
    g_string_append_printf (text, "line %u\\n", i);
  json = g_strdup_printf ("{\"output_type\":\"stream\",\"name\":\"stdout\",\"text\":\"%s\"}", text->str);
  g_string_free (text, TRUE);
  add (fixture, json);
  stream = kit_find (fixture->widget, SAGE_TYPE_STREAM_VIEW, 0);
  {
    g_autofree char *shown = sage_stream_view_dup_text (SAGE_STREAM_VIEW (stream));

    g_assert_true (g_str_has_suffix (shown, "line 4999\n"));
    g_assert_null (strstr (shown, "line 2999\n"));
  }
  g_assert_nonnull (kit_find_text (fixture->widget, "3001 earlier lines are not shown"));

  gtk_widget_activate_action (stream, "stream.show-all", NULL);
  wait_until ((log = kit_find (fixture->window, SAGE_TYPE_LOG_VIEW, 0)) != NULL &&
              sage_log_view_get_pager (SAGE_LOG_VIEW (log)) != NULL);
  sage_log_view_set_search_text (SAGE_LOG_VIEW (log), "line 42");
  wait_until (sage_log_view_get_match_label (SAGE_LOG_VIEW (log))[0] != '\0');
  kit_settle ();
  adw_dialog_force_close (ADW_DIALOG (gtk_widget_get_ancestor (log, ADW_TYPE_DIALOG)));
  wait_until (kit_find (fixture->window, SAGE_TYPE_LOG_VIEW, 0) == NULL);
}

/* What the labels of a stream show, joined. */
static char *
dup_labels (GtkWidget *stream)
{
  GString *text = g_string_new ("\n");
  GtkWidget *label;

  for (guint i = 0; (label = kit_find (stream, GTK_TYPE_LABEL, i)) != NULL; i++)
    g_string_append_printf (text, "%s\n", gtk_label_get_text (GTK_LABEL (label)));

  return g_string_free_and_steal (text);
}

static void
check_limit (Fixture    *fixture,
             int         limit,
             gboolean    from_end,
             const char *shown,
             const char *hidden)
{
  GtkWidget *stream = kit_find (fixture->widget, SAGE_TYPE_STREAM_VIEW, 0);
  g_autofree char *text = NULL;
  int height;

  sage_output_list_set_limit (fixture->list, limit, from_end);
  text = dup_labels (stream);
  g_assert_nonnull (strstr (text, shown));
  if (hidden != NULL)
    g_assert_null (strstr (text, hidden));
  gtk_widget_measure (fixture->widget, GTK_ORIENTATION_VERTICAL, 600, NULL, &height, NULL, NULL);
  g_assert_cmpint (height, >, limit);
}

/* Of what will be cut no more is made than is seen, but that is: from the start, or the end. */
static void
test_stream_limit (Fixture       *fixture,
                   gconstpointer  data)
{
  GString *text = g_string_new (NULL);
  g_autofree char *json = NULL;

  for (guint i = 0; i < 1000; i++)
    g_string_append_printf (text, "line %u\\n", i);
  json = g_strdup_printf ("{\"output_type\":\"stream\",\"name\":\"stdout\",\"text\":\"%s\"}", text->str);
  g_string_free (text, TRUE);
  sage_output_list_set_limit (fixture->list, 300, FALSE);
  add (fixture, json);

  check_limit (fixture, 300, FALSE, "\nline 0\nline 1\n", "\nline 60\n");
  check_limit (fixture, 1500, FALSE, "\nline 49\nline 50\n", "\nline 900\n");
  check_limit (fixture, 300, TRUE, "\nline 998\nline 999\n", "\nline 930\n");
  check_limit (fixture, 300, FALSE, "\nline 0\nline 1\n", "\nline 999\n");
  check_limit (fixture, 0, TRUE, "\nline 0\n", NULL);
  check_limit (fixture, 0, FALSE, "\nline 999\n", NULL);

  add (fixture, "{\"output_type\":\"stream\",\"name\":\"stdout\",\"text\":\"short\"}");
  g_assert_nonnull (kit_find_text (fixture->widget, "short"));
}

static gboolean
shows (GtkWidget  *stream,
       const char *text)
{
  g_autofree char *labels = stream != NULL ? dup_labels (stream) : NULL;

  return labels != NULL && strstr (labels, text) != NULL;
}

/* However long the lines before took to be shown, the last ones come, and nothing else has to happen. */
static void
test_stream_flood (Fixture       *fixture,
                   gconstpointer  data)
{
  g_autoptr(SageNotebook) notebook = sage_notebook_new ();
  SageCell *cell = sage_notebook_get_cell (notebook, 0);
  guint number = 0;

  g_assert_nonnull (cell);
  sage_output_list_set_outputs (fixture->list, sage_cell_get_outputs (cell));
  for (guint i = 0; i < 5; i++)
    {
      g_autoptr(JsonObject) content = json_object_new ();
      GString *text = g_string_new (NULL);
      g_autofree char *last = NULL;

      for (guint line = 0; line < 3000; line++)
        g_string_append_printf (text, "line %u\n", number++);
      json_object_set_string_member (content, "name", "stdout");
      json_object_set_string_member (content, "text", text->str);
      g_string_free (text, TRUE);
      g_assert_true (sage_cell_take_message (cell, "stream", content));
      last = g_strdup_printf ("\nline %u\n", number - 1);
      wait_until (shows (kit_find (fixture->widget, SAGE_TYPE_STREAM_VIEW, 0), last));
    }
  g_assert_nonnull (kit_find_text (fixture->widget, "13001 earlier lines are not shown"));
}

/* A line that is too long for the window is broken, and nothing is added to it. */
static void
test_stream_wraps (Fixture       *fixture,
                   gconstpointer  data)
{
  g_autofree char *line = g_strnfill (400, 'x');
  g_autofree char *json = g_strdup_printf ("{\"output_type\":\"stream\",\"name\":\"stdout\","
                                           "\"text\":\"%s\"}", line);
  PangoLayout *layout;
  GtkWidget *label;

  add (fixture, json);
  label = kit_find_text (fixture->widget, line);
  layout = gtk_label_get_layout (GTK_LABEL (label));
  g_assert_cmpint (pango_layout_get_line_count (layout), >, 1);
  for (GSList *lines = pango_layout_get_lines_readonly (layout); lines != NULL; lines = lines->next)
    for (GSList *run = ((PangoLayoutLine *) lines->data)->runs; run != NULL; run = run->next)
      {
        PangoGlyphItem *item = run->data;

        for (int i = 0; i < item->glyphs->num_glyphs; i++)
          g_assert_cmpuint (item->glyphs->glyphs[i].glyph, ==, item->glyphs->glyphs[0].glyph);
      }
}

/* What tqdm.notebook does, message by message. */
static void
test_widgets (Fixture       *fixture,
              gconstpointer  data)
{
  GtkWidget *bar;

  send (fixture, "comm_open", "{\"comm_id\":\"a\",\"target_name\":\"jupyter.widget\",\"data\":{\"state\":"
                              "{\"_model_name\":\"HTMLModel\",\"value\":\"  0%\"}}}");
  send (fixture, "comm_open", "{\"comm_id\":\"b\",\"target_name\":\"jupyter.widget\",\"data\":{\"state\":"
                              "{\"_model_name\":\"FloatProgressModel\",\"max\":10.0,\"value\":0.0,"
                              "\"layout\":\"IPY_MODEL_l\"}}}");
  send (fixture, "comm_open", "{\"comm_id\":\"l\",\"target_name\":\"jupyter.widget\",\"data\":{\"state\":"
                              "{\"_model_name\":\"LayoutModel\"}}}");
  add_data (fixture, "{\"application/vnd.jupyter.widget-view+json\":{\"model_id\":\"h\"},"
                     "\"text/plain\":\"HBox(...)\"}");
  /* its model is not there yet */
  g_assert_nonnull (kit_find_text (fixture->widget, "HBox(...)"));
  send (fixture, "comm_open", "{\"comm_id\":\"h\",\"target_name\":\"jupyter.widget\",\"data\":{\"state\":"
                              "{\"_model_name\":\"HBoxModel\",\"children\":[\"IPY_MODEL_a\","
                              "\"IPY_MODEL_b\"]}}}");
  kit_settle ();
  g_assert_null (kit_find_text (fixture->widget, "HBox(...)"));
  g_assert_nonnull (kit_find_text (fixture->widget, "0%"));
  bar = kit_find (fixture->widget, GTK_TYPE_PROGRESS_BAR, 0);
  g_assert_cmpfloat (gtk_progress_bar_get_fraction (GTK_PROGRESS_BAR (bar)), ==, 0);

  send (fixture, "comm_msg", "{\"comm_id\":\"b\",\"data\":{\"method\":\"update\",\"state\":{\"value\":4.0}}}");
  send (fixture, "comm_msg", "{\"comm_id\":\"a\",\"data\":{\"method\":\"update\",\"state\":"
                             "{\"value\":\"<b>40%</b><script>x</script>\"}}}");
  g_assert_cmpfloat_with_epsilon (gtk_progress_bar_get_fraction (GTK_PROGRESS_BAR (bar)), 0.4, 1e-9);
  g_assert_nonnull (kit_find_text (fixture->widget, "40%"));

  send (fixture, "comm_msg", "{\"comm_id\":\"b\",\"data\":{\"method\":\"update\",\"state\":"
                             "{\"bar_style\":\"danger\",\"value\":1e300}}}");
  g_assert_true (gtk_widget_has_css_class (bar, "error"));
  send (fixture, "comm_msg", "{\"comm_id\":\"l\",\"data\":{\"method\":\"update\",\"state\":"
                             "{\"display\":\"none\"}}}");
  kit_settle ();
  g_assert_false (gtk_widget_get_mapped (bar));
  send (fixture, "comm_close", "{\"comm_id\":\"b\"}");
  g_assert_true (sage_comms_is_closed (fixture->comms, "b"));

  /* the states of all, as the kernel tells them to who was not there before */
  send (fixture, "comm_msg", "{\"comm_id\":\"control\",\"data\":{\"method\":\"update_states\",\"states\":"
                             "{\"b\":{\"model_name\":\"FloatProgressModel\",\"state\":{\"max\":10.0,"
                             "\"value\":7.0}},\"c\":{\"model_name\":\"LabelModel\",\"state\":{}},\"d\":1}}}");
  g_assert_cmpfloat_with_epsilon (gtk_progress_bar_get_fraction (GTK_PROGRESS_BAR (bar)), 0.7, 1e-9);
  g_assert_false (sage_comms_is_closed (fixture->comms, "b"));
  g_assert_nonnull (sage_comms_get_state (fixture->comms, "c"));
  g_assert_null (sage_comms_get_state (fixture->comms, "d"));
  sage_comms_clear (fixture->comms);
  g_assert_null (sage_comms_get_state (fixture->comms, "a"));
  kit_settle ();
  g_assert_nonnull (kit_find_text (fixture->widget, "40%")); /* as it was last */
}

static void
test_comms_hostile (Fixture       *fixture,
                    gconstpointer  data)
{
  static const char * const contents[] = {
    "{}", "{\"comm_id\":1}", "{\"comm_id\":\"x\"}", "{\"comm_id\":\"x\",\"data\":[]}",
    "{\"comm_id\":\"x\",\"target_name\":\"other\",\"data\":{}}",
    "{\"comm_id\":\"x\",\"target_name\":\"jupyter.widget\",\"data\":{\"state\":[]}}",
    "{\"comm_id\":\"x\",\"target_name\":\"jupyter.widget\",\"data\":{\"method\":\"update\",\"state\":"
    "{\"_model_name\":\"VBoxModel\",\"children\":[\"IPY_MODEL_x\",1,null,\"IPY_MODEL_\",\"x\"]}}}",
    "{\"comm_id\":\"x\",\"data\":{\"method\":\"update\",\"state\":{\"value\":{},\"max\":\"y\"}}}",
    "{\"comm_id\":\"x\",\"data\":{\"method\":\"update_states\"}}",
    "{\"comm_id\":\"x\",\"data\":{\"method\":\"update_states\",\"states\":{\"\":{\"state\":{}}}}}",
  };
  static const char * const types[] = { "comm_open", "comm_msg", "comm_close" };
  g_autoptr(JsonObject) none = kit_json ("{}");

  add_data (fixture, "{\"application/vnd.jupyter.widget-view+json\":{\"model_id\":\"x\"},"
                     "\"text/plain\":\"text\"}");
  for (gsize i = 0; i < G_N_ELEMENTS (contents); i++)
    for (gsize n = 0; n < G_N_ELEMENTS (types); n++)
      {
        send (fixture, types[n], contents[i]);
        kit_settle ();
      }
  g_assert_false (sage_comms_take_message (fixture->comms, "stream", none));
  g_assert_false (sage_widget_view_can_show (fixture->comms, "x")); /* it is in itself */
  g_assert_nonnull (kit_find_text (fixture->widget, "text"));
}

/* What is not shown without trust is asked for. */
static void
test_trust (Fixture       *fixture,
            gconstpointer  data)
{
  GtkWidget *label;

  add_data (fixture, "{\"application/javascript\":\"alert(1)\"}");
  label = kit_find_text (fixture->widget, "Trust…");
  g_assert_nonnull (label);
  g_signal_emit_by_name (gtk_widget_get_ancestor (label, GTK_TYPE_BUTTON), "clicked");
  g_assert_cmpuint (fixture->n_asked, ==, 1);
}

static void
test_table (Fixture       *fixture,
            gconstpointer  data)
{
  SageFrameView *table;
  GListModel *rows;
  g_autofree char *csv = NULL;

  add_data (fixture, "{\"text/html\":\"<table class=\\\"dataframe\\\"><thead><tr><th></th><th>n</th></tr>"
                     "</thead><tbody><tr><th>a</th><td>10</td></tr><tr><th>b</th><td>9</td></tr>"
                     "<tr><th>c</th><td>NaN</td></tr></tbody></table>\"}");
  table = SAGE_FRAME_VIEW (kit_find (fixture->widget, SAGE_TYPE_FRAME_VIEW, 0));
  rows = sage_frame_view_get_rows (table);
  g_assert_cmpuint (g_list_model_get_n_items (rows), ==, 3);
  sage_frame_view_sort (table, 1, GTK_SORT_ASCENDING);
  sage_frame_view_set_filter (table, "9");
  g_assert_cmpuint (g_list_model_get_n_items (rows), ==, 1);
  sage_frame_view_set_filter (table, NULL);
  gtk_widget_activate_action (GTK_WIDGET (table), "frame.copy", NULL);
  csv = kit_clipboard (fixture->widget);
  g_assert_cmpstr (csv, ==, ",n\nb,9\na,10\nc,\n");
  gtk_toggle_button_set_active (
    GTK_TOGGLE_BUTTON (gtk_widget_get_ancestor (kit_find_text (fixture->widget, "Statistics"),
                                                GTK_TYPE_TOGGLE_BUTTON)), TRUE);
  kit_settle ();
  g_assert_nonnull (kit_find_text (fixture->widget, "Minimum"));
  g_assert_nonnull (kit_find_text (fixture->widget, "9.5"));
}

static void
assert_decodes (const char *base64,
                gboolean    is_svg,
                int         width) /* 0: it must not */
{
  gsize length = strlen (base64);
  g_autofree guchar *data = is_svg ? NULL : g_base64_decode (base64, &length);
  g_autoptr(GBytes) bytes = g_bytes_new (is_svg ? base64 : (const char *) data, length);
  g_autoptr(GError) error = NULL;
  g_autoptr(GdkTexture) texture = sage_picture_decode (bytes, is_svg, 1, &error);

  g_test_message ("%.60s", base64);
  if (width == 0)
    g_assert_null (texture);
  else
    {
      g_assert_no_error (error);
      g_assert_cmpint (gdk_texture_get_width (texture), ==, width);
    }
}

static void
test_pictures (void)
{
  /* a PNG that says that it is 30,000 by 30,000 */
  g_autofree char *bomb = NULL;
  gsize length;
  g_autofree guchar *data = g_base64_decode (PNG, &length);

  memcpy (data + 16, "\0\0\x75\x30\0\0\x75\x30", 8);
  bomb = g_base64_encode (data, length);
  assert_decodes (PNG, FALSE, 1);
  assert_decodes ("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7", FALSE, 1);
  assert_decodes ("UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==", FALSE, 1);
  assert_decodes (bomb, FALSE, 0);
  assert_decodes ("", FALSE, 0);
  assert_decodes ("iVBORw0KGgo=", FALSE, 0);
  assert_decodes ("bm90IGEgcGljdHVyZQ==", FALSE, 0);
  assert_decodes ("<svg xmlns='http://www.w3.org/2000/svg' width='8' height='4'><script>x</script>"
                  "<image href='file:///etc/passwd' width='4' height='4'/></svg>", TRUE, 8);
  assert_decodes ("<svg xmlns='http://www.w3.org/2000/svg' width='90000' height='90000'/>", TRUE, 0);
  assert_decodes ("nothing", TRUE, 0);
}

static void
pager_cb (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  *(SageTextPager **) user_data = sage_text_pager_new_finish (result, NULL);
}

static void
page_cb (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  *(SageLogRecords **) user_data = sage_log_pager_read_finish (SAGE_LOG_PAGER (object), result, NULL);
}

static void
filter_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  *(SageLogRecords **) user_data = sage_log_pager_filter_finish (SAGE_LOG_PAGER (object), result, NULL);
}

static const char *
message (SageLogRecords *records,
         guint           i)
{
  return ((SageLogRecord *) g_ptr_array_index (records->records, i))->message;
}

/* All of a long output can be read, from both ends and from the middle. */
static void
test_pager (void)
{
  GString *text = g_string_new (NULL);
  g_autoptr(GBytes) bytes = NULL;
  g_autoptr(SageTextPager) pager = NULL;
  g_autoptr(SageLogRecords) first = NULL;
  g_autoptr(SageLogRecords) next = NULL;
  g_autoptr(SageLogRecords) last = NULL;
  g_autoptr(SageLogRecords) middle = NULL;
  g_autoptr(SageLogRecords) found = NULL;
  SageLogPager *log;

  for (guint i = 0; i < 5000; i++)
    g_string_append_printf (text, "line %u\n", i);
  g_string_append (text, "end without newline \xff");
  bytes = g_string_free_to_bytes (text);
  sage_text_pager_new_async (bytes, NULL, pager_cb, &pager);
  wait_until (pager != NULL);
  g_assert_cmpuint (sage_text_pager_get_n_lines (pager), ==, 5001);
  log = SAGE_LOG_PAGER (pager);

  sage_log_pager_read_async (log, SAGE_LOG_FORWARD, NULL, 0, 1000, NULL, page_cb, &first);
  wait_until (first != NULL);
  g_assert_cmpuint (first->records->len, ==, 1000);
  g_assert_cmpstr (message (first, 999), ==, "line 999");
  sage_log_pager_read_async (log, SAGE_LOG_FORWARD, first->forward, 0, 1000, NULL, page_cb, &next);
  wait_until (next != NULL);
  g_assert_cmpstr (message (next, 0), ==, "line 1000");
  sage_log_pager_read_async (log, SAGE_LOG_BACKWARD, NULL, 0, 2, NULL, page_cb, &last);
  wait_until (last != NULL);
  g_assert_cmpstr (message (last, 0), ==, "line 4999");
  g_assert_cmpstr (message (last, 1), ==, "end without newline \xef\xbf\xbd");
  sage_log_pager_read_async (log, SAGE_LOG_FORWARD, NULL, 3001, 1, NULL, page_cb, &middle);
  wait_until (middle != NULL);
  g_assert_cmpstr (message (middle, 0), ==, "line 3000");
  sage_log_pager_filter_async (log, "line 4.*7$", NULL, 3, NULL, filter_cb, &found);
  wait_until (found != NULL);
  g_assert_cmpuint (found->records->len, ==, 3);
  g_assert_cmpstr (message (found, 1), ==, "line 407");
}

int
main (int    argc,
      char **argv)
{
  kit_init (&argc, &argv);

  g_test_add_func ("/outputs/pictures", test_pictures);
  g_test_add_func ("/outputs/pager", test_pager);
#define ADD(name, func) g_test_add ("/outputs/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("live", test_live);
  ADD ("error", test_error);
  ADD ("stream", test_stream);
  ADD ("stream-limit", test_stream_limit);
  ADD ("stream-flood", test_stream_flood);
  ADD ("stream-wraps", test_stream_wraps);
  ADD ("widgets", test_widgets);
  ADD ("comms-hostile", test_comms_hostile);
  ADD ("trust", test_trust);
  ADD ("table", test_table);
  ADD ("choice", test_choice);

  return g_test_run ();
}
