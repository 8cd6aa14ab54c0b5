/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <adwaita.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../../criticals.h"
#include "../../client/stand-in.h"
#include "sage-error.h"
#include "sage-json.h"
#include "sage-log-panel.h"
#include "sage-log-source.h"
#include "sage-log-text.h"
#include "sage-log-view.h"
#include "waiting.h"

#define GROUP "/aws/sagemaker/TrainingJobs"

/* An engine's stand-in with one job, whose log has as many lines as `lines` says. */
typedef struct
{
  StandIn         peer;
  int             lines;   /* atomic */
  int             streams; /* atomic */
  int             ended;   /* atomic: so has the job */
  int             away;    /* atomic: answers nothing but errors */
  char           *pattern; /* (owned): of the last FilterLogEvents; under `lock` */
  GMutex          lock;
  SageProfile    *profile;
  SageConnection *connection;
  SageResource   *job;
  GtkWidget      *window;
  SageLogPanel   *panel;
} Fixture;

/* --- the engine ------------------------------------------------------------------------------- */

static void
add_event (JsonArray *events,
           int        index)
{
  JsonObject *event = json_object_new ();
  g_autofree char *message = g_strdup_printf ("%s %d", index % 10 == 7 ? "Error" : "line", index);

  json_object_set_int_member (event, "timestamp", 1700000000000 + index);
  json_object_set_string_member (event, "message", message);
  json_array_add_object_element (events, event);
}

static JsonObject *
describe_streams (Fixture    *fixture,
                  JsonObject *input)
{
  JsonObject *reply = json_object_new ();
  JsonArray *streams = json_array_new ();

  g_assert_cmpstr (sage_json_string (input, "logGroupName", NULL), ==, GROUP);
  g_assert_cmpstr (sage_json_string (input, "logStreamNamePrefix", NULL), ==, "job/");
  for (int i = 1; i <= g_atomic_int_get (&fixture->streams); i++)
    {
      JsonObject *stream = json_object_new ();
      g_autofree char *name = g_strdup_printf ("job/algo-%d-1700000000", i);

      json_object_set_string_member (stream, "logStreamName", name);
      json_array_add_object_element (streams, stream);
    }
  json_object_set_array_member (reply, "logStreams", streams);

  return reply;
}

static JsonObject *
get_events (Fixture    *fixture,
            JsonObject *input)
{
  JsonObject *reply = json_object_new ();
  JsonArray *events = json_array_new ();
  const char *token = sage_json_string (input, "nextToken", NULL);
  int n = g_atomic_int_get (&fixture->lines);
  int limit = (int) sage_json_int (input, "limit", 10000);
  gboolean forward = token != NULL ? token[0] == 'f' : sage_json_bool (input, "startFromHead", FALSE);
  int at = token != NULL ? atoi (token + 2) : forward ? 0 : n;
  int first = forward ? at : MAX (at - limit, 0);
  int end = forward ? MIN (at + limit, n) : at;
  g_autofree char *next = NULL;
  g_autofree char *previous = NULL;

  if (g_str_has_suffix (sage_json_string (input, "logStreamName", ""), "algo-2-1700000000"))
    first = end = 0; /* the other instance is quiet */
  for (int i = first; i < end; i++)
    add_event (events, i);
  next = g_strdup_printf ("f/%d", end);
  previous = g_strdup_printf ("b/%d", first);
  json_object_set_array_member (reply, "events", events);
  json_object_set_string_member (reply, "nextForwardToken", next);
  json_object_set_string_member (reply, "nextBackwardToken", previous);

  return reply;
}

static JsonObject *
filter_events (Fixture    *fixture,
               JsonObject *input)
{
  JsonObject *reply = json_object_new ();
  JsonArray *events = json_array_new ();
  const char *token = sage_json_string (input, "nextToken", NULL);
  int at = token != NULL ? atoi (token) : 0;
  int end = MIN (at + 100, g_atomic_int_get (&fixture->lines)); /* a page ends before its limit */

  g_mutex_lock (&fixture->lock);
  g_set_str (&fixture->pattern, sage_json_string (input, "filterPattern", NULL));
  g_mutex_unlock (&fixture->lock);
  g_assert_cmpuint (json_array_get_length (sage_json_array (input, "logStreamNames")), ==, 1);
  for (; at < end; at++)
    if (at % 10 == 7)
      add_event (events, at);
  json_object_set_array_member (reply, "events", events);
  if (end < g_atomic_int_get (&fixture->lines))
    {
      g_autofree char *next = g_strdup_printf ("%d", end);

      json_object_set_string_member (reply, "nextToken", next);
    }

  return reply;
}

static JsonObject *
describe_job (Fixture *fixture)
{
  g_autoptr(JsonNode) root = sage_json_parse_object (
    "{\"TrainingJobName\":\"job\",\"TrainingJobStatus\":\"InProgress\",\"CreationTime\":1700000000,"
    "\"AlgorithmSpecification\":{\"MetricDefinitions\":[{\"Name\":\"n\",\"Regex\":\"line ([0-9]+)\"},"
    "{\"Name\":\"broken\",\"Regex\":\"(\"}]}}", -1, NULL, NULL);

  if (g_atomic_int_get (&fixture->ended))
    json_object_set_string_member (json_node_get_object (root), "TrainingJobStatus", "Completed");

  return json_node_dup_object (root);
}

static char *
answer (const char *operation,
        JsonObject *input,
        guint      *status,
        gpointer    user_data)
{
  Fixture *fixture = user_data;
  g_autoptr(JsonObject) reply = NULL;

  if (g_atomic_int_get (&fixture->away))
    {
      *status = 500;
      return g_strdup ("{\"__type\":\"InternalFailure\",\"message\":\"Away\"}");
    }
  if (strcmp (operation, "DescribeLogStreams") == 0)
    reply = describe_streams (fixture, input);
  else if (strcmp (operation, "GetLogEvents") == 0)
    reply = get_events (fixture, input);
  else if (strcmp (operation, "FilterLogEvents") == 0)
    reply = filter_events (fixture, input);
  else if (strcmp (operation, "DescribeTrainingJob") == 0)
    reply = describe_job (fixture);
  else
    reply = json_object_new ();

  return sage_json_object_to_string (reply);
}

/* --- fixture ---------------------------------------------------------------------------------- */

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  g_autoptr(JsonObject) description = describe_job (fixture);
  GtkWidget *overlay = adw_toast_overlay_new ();

  g_mutex_init (&fixture->lock);
  stand_in_init (&fixture->peer, answer, fixture);
  fixture->profile = sage_profile_new_remote ("peer", fixture->peer.url, "AKIDEXAMPLE", NULL);
  fixture->connection = sage_connection_new (fixture->profile);
  sage_connection_open (fixture->connection, "secret");
  WAIT_FOR (sage_connection_get_state (fixture->connection) == SAGE_CONNECTION_CONNECTED);

  fixture->job = sage_connection_get_resource (fixture->connection, SAGE_KIND_TRAINING_JOB, "job");
  sage_resource_set_description (fixture->job, description);
  fixture->panel = SAGE_LOG_PANEL (sage_log_panel_new (fixture->connection));
  fixture->window = adw_window_new ();
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), 800, 400);
  adw_toast_overlay_set_child (ADW_TOAST_OVERLAY (overlay), GTK_WIDGET (fixture->panel));
  adw_window_set_content (ADW_WINDOW (fixture->window), overlay);
  gtk_window_present (GTK_WINDOW (fixture->window));
  WAIT_FOR (gtk_widget_get_mapped (GTK_WIDGET (fixture->panel)));
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  g_object_ref (fixture->panel);
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  RUN_FOR (100);
  g_assert_finalize_object (fixture->panel);
  g_object_unref (fixture->job);
  sage_connection_close (fixture->connection);
  g_object_unref (fixture->connection);
  g_object_unref (fixture->profile);
  stand_in_clear (&fixture->peer);
  g_free (fixture->pattern);
  g_mutex_clear (&fixture->lock);
}

static GtkWidget *
find_child (GtkWidget *widget,
            GType      type)
{
  if (G_TYPE_CHECK_INSTANCE_TYPE (widget, type))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = GTK_IS_POPOVER (child) ? NULL : find_child (child, type);

      if (found != NULL)
        return found;
    }

  return NULL;
}

static SageLogView *
view_of (Fixture *fixture)
{
  return SAGE_LOG_VIEW (find_child (GTK_WIDGET (fixture->panel), SAGE_TYPE_LOG_VIEW));
}

static guint
n_lines (Fixture *fixture)
{
  SageLogBuffer *buffer =
    sage_log_text_get_buffer (SAGE_LOG_TEXT (sage_log_view_get_text (view_of (fixture))));

  return buffer != NULL ? sage_log_buffer_get_n_lines (buffer) : 0;
}

static const char *
stack_page (GtkWidget *widget)
{
  return gtk_stack_get_visible_child_name (GTK_STACK (find_child (widget, GTK_TYPE_STACK)));
}

/* --- tests ------------------------------------------------------------------------------------ */

/* A job that has printed nothing yet, then something, then more, then ends. */
static void
test_life (Fixture       *fixture,
           gconstpointer  data)
{
  g_autofree char *title = NULL;
  g_autoptr(JsonObject) ended = NULL;
  int calls;

  g_assert_cmpstr (stack_page (GTK_WIDGET (fixture->panel)), ==, "none");
  sage_log_panel_set_resource (fixture->panel, fixture->job);
  g_assert_cmpstr (stack_page (GTK_WIDGET (fixture->panel)), ==, "log");
  WAIT_FOR (g_strcmp0 (stack_page (GTK_WIDGET (view_of (fixture))), "empty") == 0);
  g_object_get (view_of (fixture), "empty-title", &title, NULL);
  g_assert_cmpstr (title, ==, "This job has not printed anything yet");

  g_atomic_int_set (&fixture->lines, 5);
  g_atomic_int_set (&fixture->streams, 1);
  WAIT_FOR (n_lines (fixture) == 5);
  g_atomic_int_set (&fixture->lines, 12);
  WAIT_FOR (n_lines (fixture) == 12);

  g_atomic_int_set (&fixture->ended, TRUE);
  g_atomic_int_set (&fixture->lines, 15);
  ended = describe_job (fixture);
  sage_resource_set_description (fixture->job, ended);
  WAIT_FOR (n_lines (fixture) == 15);
  RUN_FOR (1000);
  calls = g_atomic_int_get (&fixture->peer.calls);
  RUN_FOR (3000);
  g_assert_cmpint (g_atomic_int_get (&fixture->peer.calls), <=, calls + 1); /* it is quiet */
}

static void
test_streams (Fixture       *fixture,
              gconstpointer  data)
{
  GtkDropDown *streams = GTK_DROP_DOWN (find_child (GTK_WIDGET (fixture->panel), GTK_TYPE_DROP_DOWN));
  GtkStringObject *item;

  g_atomic_int_set (&fixture->lines, 5);
  g_atomic_int_set (&fixture->streams, 2);
  sage_log_panel_set_resource (fixture->panel, fixture->job);
  WAIT_FOR (n_lines (fixture) == 5);
  g_assert_true (gtk_widget_get_visible (GTK_WIDGET (streams)));
  item = gtk_drop_down_get_selected_item (streams);
  g_assert_cmpstr (gtk_string_object_get_string (item), ==, "algo-1");

  gtk_drop_down_set_selected (streams, 1);
  WAIT_FOR (g_strcmp0 (stack_page (GTK_WIDGET (view_of (fixture))), "empty") == 0);
  g_assert_cmpstr (sage_log_source_get_stream (SAGE_LOG_SOURCE (sage_log_view_get_pager (view_of (fixture)))),
                   ==, "job/algo-2-1700000000");
}

static void
test_search (Fixture       *fixture,
             gconstpointer  data)
{
  GtkWidget *entry = find_child (GTK_WIDGET (fixture->panel), GTK_TYPE_SEARCH_ENTRY);

  g_atomic_int_set (&fixture->lines, 1000);
  g_atomic_int_set (&fixture->streams, 1);
  sage_log_panel_set_resource (fixture->panel, fixture->job);
  WAIT_FOR (n_lines (fixture) == 1000);
  sage_log_panel_find (fixture->panel);
  g_assert_true (gtk_widget_is_ancestor (gtk_window_get_focus (GTK_WINDOW (fixture->window)), entry));
  gtk_editable_set_text (GTK_EDITABLE (entry), "error");
  WAIT_FOR (g_strcmp0 (sage_log_view_get_match_label (view_of (fixture)), "100 lines") == 0);
  g_mutex_lock (&fixture->lock);
  g_assert_cmpstr (fixture->pattern, ==, "%[eE][rR][rR][oO][rR]%");
  g_mutex_unlock (&fixture->lock);

  g_assert_true (gtk_widget_activate_action (entry, "log.filter", NULL));
  WAIT_FOR (n_lines (fixture) >= 50 && n_lines (fixture) <= 100); /* as many as there is room for */
  g_signal_emit_by_name (entry, "stop-search");
  WAIT_FOR (n_lines (fixture) == 1000);
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (entry)), ==, "");
  g_assert_false (sage_log_view_get_filter (view_of (fixture)));
}

static void
test_away (Fixture       *fixture,
           gconstpointer  data)
{
  g_atomic_int_set (&fixture->lines, 5);
  g_atomic_int_set (&fixture->streams, 1);
  g_atomic_int_set (&fixture->away, TRUE);
  sage_log_panel_set_resource (fixture->panel, fixture->job);
  WAIT_FOR (g_strcmp0 (stack_page (GTK_WIDGET (view_of (fixture))), "error") == 0);
  g_atomic_int_set (&fixture->away, FALSE);
  sage_log_view_retry (view_of (fixture));
  WAIT_FOR (n_lines (fixture) == 5);
}

/* Whatever the file holds by now. */
static gboolean
has_saved (const char  *path,
           char       **contents)
{
  g_free (*contents);
  *contents = NULL;

  return g_file_get_contents (path, contents, NULL, NULL) && (*contents)[0] != '\0';
}

static void
test_save (Fixture       *fixture,
           gconstpointer  data)
{
  g_autofree char *dir = g_dir_make_tmp ("sage-panel-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (dir, "job.log", NULL);
  g_autoptr(GFile) file = g_file_new_for_path (path);
  g_autofree char *contents = NULL;

  g_atomic_int_set (&fixture->lines, 3);
  g_atomic_int_set (&fixture->streams, 1);
  sage_log_panel_set_resource (fixture->panel, fixture->job);
  WAIT_FOR (n_lines (fixture) == 3);
  sage_log_panel_save_to (fixture->panel, file);
  WAIT_FOR (has_saved (path, &contents));
  g_assert_cmpstr (contents, ==, "line 0\nline 1\nline 2\n");
  RUN_FOR (100);
  g_unlink (path);
  g_rmdir (dir);
}

static void
metric_cb (SageLogPanel *panel,
           const char   *text,
           char        **activated)
{
  g_set_str (activated, text);
}

/* The job says which lines hold metrics. */
static void
test_metric (Fixture       *fixture,
             gconstpointer  data)
{
  g_autofree char *activated = NULL;
  GtkWidget *text = sage_log_view_get_text (view_of (fixture));

  g_signal_connect (fixture->panel, "metric-activated", G_CALLBACK (metric_cb), &activated);
  g_atomic_int_set (&fixture->lines, 3);
  g_atomic_int_set (&fixture->streams, 1);
  sage_log_panel_set_resource (fixture->panel, fixture->job);
  WAIT_FOR (n_lines (fixture) == 3);
  gtk_widget_activate_action (text, "selection.select-all", NULL); /* the caret is on the last line */
  gtk_widget_activate_action (text, "line.show-metric", NULL);
  g_assert_cmpstr (activated, ==, "line 2");
}

/* Things that do not log say so, and another engine shows nothing of this one's. */
static void
test_others (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr(SageResource) model = sage_resource_new (SAGE_KIND_MODEL, "model");
  AdwStatusPage *page;

  sage_log_panel_set_resource (fixture->panel, model);
  g_assert_cmpstr (stack_page (GTK_WIDGET (fixture->panel)), ==, "none");
  page = ADW_STATUS_PAGE (find_child (GTK_WIDGET (fixture->panel), ADW_TYPE_STATUS_PAGE));
  g_assert_cmpstr (adw_status_page_get_title (page), ==, "This has no log");

  sage_log_panel_set_resource (fixture->panel, fixture->job);
  g_assert_cmpstr (stack_page (GTK_WIDGET (fixture->panel)), ==, "log");
  sage_log_panel_set_connection (fixture->panel, NULL);
  g_assert_null (sage_log_panel_get_resource (fixture->panel));
  g_assert_cmpstr (stack_page (GTK_WIDGET (fixture->panel)), ==, "none");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  criticals_end_the_program (G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING);
  if (!gtk_init_check ())
    {
      g_test_skip ("There is no display");
      return 77;
    }
  adw_init ();

  g_test_add ("/log-panel/life", Fixture, NULL, set_up, test_life, tear_down);
  g_test_add ("/log-panel/streams", Fixture, NULL, set_up, test_streams, tear_down);
  g_test_add ("/log-panel/search", Fixture, NULL, set_up, test_search, tear_down);
  g_test_add ("/log-panel/away", Fixture, NULL, set_up, test_away, tear_down);
  g_test_add ("/log-panel/save", Fixture, NULL, set_up, test_save, tear_down);
  g_test_add ("/log-panel/metric", Fixture, NULL, set_up, test_metric, tear_down);
  g_test_add ("/log-panel/others", Fixture, NULL, set_up, test_others, tear_down);

  return g_test_run ();
}
