/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "kit-fixture.h"
#include "sage-detail-page.h"
#include "sage-facts.h"
#include "sage-json.h"

/* --- A page ---------------------------------------------------------------------------------- */

#define TEST_TYPE_PAGE (test_page_get_type ())
G_DECLARE_FINAL_TYPE (TestPage, test_page, TEST, PAGE, SageDetailPage)

struct _TestPage
{
  SageDetailPage  parent_instance;

  guint           n_updates;
  guint           n_stops;
  SageFacts      *facts;
};

G_DEFINE_FINAL_TYPE (TestPage, test_page, SAGE_TYPE_DETAIL_PAGE)

static void
test_page_update (SageDetailPage *page,
                  JsonObject     *description)
{
  TestPage *self = TEST_PAGE (page);

  self->n_updates++;
  sage_detail_page_set_facts (page, sage_json_string (description, "RoleArn", NULL));
  sage_facts_set_text (self->facts, "reason", "Reason",
                       sage_json_string (description, "FailureReason", NULL));
}

static void
stop_action (GtkWidget  *widget,
             const char *action_name,
             GVariant   *parameter)
{
  TEST_PAGE (widget)->n_stops++;
}

static void
test_page_class_init (TestPageClass *klass)
{
  SAGE_DETAIL_PAGE_CLASS (klass)->update = test_page_update;
  gtk_widget_class_install_action (GTK_WIDGET_CLASS (klass), "test.stop", NULL, stop_action);
}

static void
test_page_init (TestPage *self)
{
  SageDetailPage *page = SAGE_DETAIL_PAGE (self);
  GtkWidget *tall = gtk_label_new ("tall");

  self->facts = SAGE_FACTS (sage_facts_new ("How it did"));
  sage_cards_add (sage_detail_page_get_overview (page), GTK_WIDGET (self->facts));
  gtk_widget_set_size_request (tall, -1, 3000);
  sage_cards_add_wide (sage_detail_page_get_overview (page), tall);
  sage_detail_page_add_tab (page, "log", "Log", "utilities-terminal-symbolic", gtk_label_new ("the log"));
  sage_detail_page_set_primary (page, "Stop", "test.stop", "destructive-action");
  sage_detail_page_add_secondary (page, "Clone", "edit-copy-symbolic", "test.stop");
  sage_detail_page_set_strip (page, gtk_label_new ("strip"));
}

/* --- The peer -------------------------------------------------------------------------------- */

typedef struct
{
  StandIn         peer;
  GMutex          lock;
  const char     *reply;  /* to DescribeTrainingJob, under the lock */
  guint           status;
  guint           seq;
  SageConnection *connection;
  GtkWidget      *page;
  GtkWidget      *window;
} Fixture;

#define GOOD "{\"TrainingJobName\":\"churn\",\"TrainingJobArn\":\"arn:aws:sagemaker:us-east-1:" \
             "000000000000:training-job/churn\",\"TrainingJobStatus\":\"InProgress\"," \
             "\"RoleArn\":\"role-1\",\"CreationTime\":1700000000}"
#define FAILED "{\"TrainingJobName\":\"churn\",\"TrainingJobArn\":\"arn:aws:sagemaker:us-east-1:" \
               "000000000000:training-job/churn\",\"TrainingJobStatus\":\"Failed\"," \
               "\"FailureReason\":\"Out of <memory>\",\"CreationTime\":1700000000}"
#define MISSING "{\"__type\":\"ValidationException\",\"message\":\"Requested resource not found.\"}"
#define DENIED "{\"__type\":\"AccessDeniedException\",\"message\":\"No\"}"

static char *
answer (const char *operation,
        JsonObject *input,
        guint      *status,
        gpointer    user_data)
{
  Fixture *fixture = user_data;
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&fixture->lock);

  if (strcmp (operation, "DescribeTrainingJob") == 0)
    {
      *status = fixture->status;
      return g_strdup (fixture->reply);
    }
  if (g_str_has_prefix (operation, "List"))
    return g_strdup ("{}");

  *status = 400;

  return g_strdup ("{\"__type\":\"UnknownOperationException\"}");
}

static void
set_reply (Fixture    *fixture,
           guint       status,
           const char *reply)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&fixture->lock);

  fixture->status = status;
  fixture->reply = reply;
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  g_mutex_init (&fixture->lock);
  set_reply (fixture, 200, GOOD);
  stand_in_init (&fixture->peer, answer, fixture);
  fixture->connection = kit_connect (&fixture->peer);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  kit_window_destroy (fixture->window);
  kit_disconnect (fixture->connection);
  stand_in_clear (&fixture->peer);
  g_mutex_clear (&fixture->lock);
}

static void
open_page (Fixture    *fixture,
           const char *location)
{
  fixture->page = g_object_new (TEST_TYPE_PAGE, "connection", fixture->connection, "location",
                                location, NULL);
  fixture->window = kit_window_new (fixture->page, 900, 700);
}

static void
send_event (Fixture    *fixture,
            const char *status)
{
  g_autofree char *text = stand_in_event (++fixture->seq, "training-job", "churn", status);

  stand_in_send (&fixture->peer, text);
}

static gboolean
shows (Fixture    *fixture,
       const char *text)
{
  return kit_find_text (fixture->page, text) != NULL;
}

/* --- Tests ----------------------------------------------------------------------------------- */

static void
test_content (Fixture       *fixture,
              gconstpointer  data)
{
  TestPage *page;
  GtkWidget *primary;

  open_page (fixture, "training-job/churn");
  page = TEST_PAGE (fixture->page);
  wait_until (shows (fixture, "role-1"));
  g_assert_cmpuint (page->n_updates, ==, 1);
  g_assert_true (shows (fixture, "churn"));
  g_assert_true (shows (fixture, "Running"));
  g_assert_true (shows (fixture, "strip"));
  g_assert_cmpstr (sage_page_get_title (SAGE_PAGE (page)), ==, "churn");
  g_assert_cmpstr (sage_page_get_icon_name (SAGE_PAGE (page)), ==, "sagebrush-training-symbolic");
  g_assert_true (SAGE_IS_RESOURCE (sage_page_get_selection (SAGE_PAGE (page))));
  g_assert_nonnull (sage_page_get_default_focus (SAGE_PAGE (page)));

  primary = gtk_widget_get_ancestor (kit_find_text (fixture->page, "Stop"), GTK_TYPE_BUTTON);
  g_signal_emit_by_name (primary, "clicked");
  g_assert_cmpuint (page->n_stops, ==, 1);
  sage_detail_page_set_primary (SAGE_DETAIL_PAGE (page), NULL, NULL, NULL);
  g_assert_false (shows (fixture, "Stop"));

  /* it follows what happens */
  set_reply (fixture, 200, FAILED);
  send_event (fixture, "Failed");
  wait_until (shows (fixture, "Out of <memory>"));
  g_assert_true (shows (fixture, "Failed"));
  g_assert_cmpuint (page->n_updates, >=, 2);
}

static void
test_copy (Fixture       *fixture,
           gconstpointer  data)
{
  g_autofree char *name = NULL;
  g_autofree char *arn = NULL;

  open_page (fixture, "training-job/churn");
  wait_until (shows (fixture, "role-1"));
  gtk_widget_activate_action (fixture->page, "detail.copy-name", NULL);
  name = kit_clipboard (fixture->page);
  gtk_widget_activate_action (fixture->page, "detail.copy-arn", NULL);
  arn = kit_clipboard (fixture->page);
  g_assert_cmpstr (name, ==, "churn");
  g_assert_cmpstr (arn, ==, "arn:aws:sagemaker:us-east-1:000000000000:training-job/churn");
}

static void
test_missing (Fixture       *fixture,
              gconstpointer  data)
{
  set_reply (fixture, 400, MISSING);
  open_page (fixture, "training-job/churn");
  wait_until (shows (fixture, "There is no such training job"));
  g_assert_cmpuint (TEST_PAGE (fixture->page)->n_updates, ==, 0);
  g_assert_false (shows (fixture, "Stop"));

  /* and there it is */
  set_reply (fixture, 200, GOOD);
  send_event (fixture, "InProgress");
  wait_until (shows (fixture, "role-1"));
}

/* What was deleted while one looks stays to be read. */
static void
test_deleted (Fixture       *fixture,
              gconstpointer  data)
{
  open_page (fixture, "training-job/churn");
  wait_until (shows (fixture, "role-1"));
  set_reply (fixture, 400, MISSING);
  send_event (fixture, "Deleted");
  wait_until (shows (fixture, "This training job was deleted; what you see is its last state"));
  g_assert_true (shows (fixture, "role-1"));
  g_assert_false (shows (fixture, "Stop"));
}

/* One that a list has told of, and that is gone when it is opened. */
static void
test_gone (Fixture       *fixture,
           gconstpointer  data)
{
  g_autoptr(SageResource) resource =
    sage_connection_get_resource (fixture->connection, SAGE_KIND_TRAINING_JOB, "churn");

  sage_resource_update_event (resource, NULL, "Completed", 1700000000);
  set_reply (fixture, 400, MISSING);
  open_page (fixture, "training-job/churn");
  wait_until (shows (fixture, "This training job was deleted"));
}

static void
test_failure (Fixture       *fixture,
              gconstpointer  data)
{
  set_reply (fixture, 400, DENIED);
  open_page (fixture, "training-job/churn");
  wait_until (shows (fixture, "This cannot be shown"));
  g_assert_true (shows (fixture, "You are not permitted to do this here"));

  set_reply (fixture, 200, GOOD);
  g_signal_emit_by_name (gtk_widget_get_ancestor (kit_find_text (fixture->page, "Retry"),
                                                  GTK_TYPE_BUTTON), "clicked");
  wait_until (shows (fixture, "role-1"));
}

static void
test_away (Fixture       *fixture,
           gconstpointer  data)
{
  open_page (fixture, "training-job/churn");
  wait_until (shows (fixture, "role-1"));
  g_assert_false (shows (fixture, "The engine is away; what you see is its last known state"));
  g_atomic_int_set (&fixture->peer.events_status, 503);
  stand_in_hang_up (&fixture->peer);
  wait_until (shows (fixture, "The engine is away; what you see is its last known state"));
  g_assert_true (shows (fixture, "role-1"));
  g_atomic_int_set (&fixture->peer.events_status, 101);
  wait_until (!shows (fixture, "The engine is away; what you see is its last known state"));
}

static void
test_away_at_first (Fixture       *fixture,
                    gconstpointer  data)
{
  sage_connection_close (fixture->connection);
  open_page (fixture, "training-job/churn");
  g_assert_true (shows (fixture, "The engine is away"));
  sage_connection_open (fixture->connection, "secret");
  wait_until (shows (fixture, "role-1"));
}

/* Somewhere else meanwhile: the tab says that there is news, once. */
static void
test_attention (Fixture       *fixture,
                gconstpointer  data)
{
  SagePage *page;

  open_page (fixture, "training-job/churn");
  page = SAGE_PAGE (fixture->page);
  wait_until (shows (fixture, "role-1"));
  gtk_widget_set_visible (fixture->page, FALSE);
  set_reply (fixture, 200, FAILED);
  send_event (fixture, "Failed");
  wait_until (sage_page_get_attention (page));
  gtk_widget_set_visible (fixture->page, TRUE);
  g_assert_false (sage_page_get_attention (page));
  wait_until (shows (fixture, "Out of <memory>"));
}

static double
scroll (Fixture *fixture)
{
  GtkWidget *window = gtk_widget_get_ancestor (
    GTK_WIDGET (sage_detail_page_get_overview (SAGE_DETAIL_PAGE (fixture->page))),
    GTK_TYPE_SCROLLED_WINDOW);

  return gtk_adjustment_get_value (
    gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (window)));
}

static void
test_state (Fixture       *fixture,
            gconstpointer  data)
{
  g_autoptr(GVariant) state = NULL;
  g_autoptr(GVariant) foreign = g_variant_ref_sink (
    g_variant_new_parsed ("{'tab': <5>, 'scroll': <'x'>, 'other': <true>}"));
  g_autoptr(GVariant) gone = g_variant_ref_sink (g_variant_new_parsed ("{'tab': <'nowhere'>}"));
  const char *tab;
  double value;

  /* before anything is there to be scrolled */
  fixture->page = g_object_new (TEST_TYPE_PAGE, "connection", fixture->connection, "location",
                                "training-job/churn", NULL);
  sage_page_restore_state (SAGE_PAGE (fixture->page), foreign);
  sage_page_restore_state (SAGE_PAGE (fixture->page), gone);
  state = g_variant_ref_sink (g_variant_new_parsed ("{'tab': <'overview'>, 'scroll': <700.0>}"));
  sage_page_restore_state (SAGE_PAGE (fixture->page), state);
  g_clear_pointer (&state, g_variant_unref);
  state = sage_page_save_state (SAGE_PAGE (fixture->page));
  g_assert_true (g_variant_lookup (state, "scroll", "d", &value));
  g_assert_cmpfloat (value, ==, 700); /* not lost by a second start that never showed the page */

  fixture->window = kit_window_new (fixture->page, 900, 700);
  wait_until (scroll (fixture) == 700);

  sage_detail_page_show_tab (SAGE_DETAIL_PAGE (fixture->page), "log");
  wait_until (shows (fixture, "the log"));
  g_clear_pointer (&state, g_variant_unref);
  state = sage_page_save_state (SAGE_PAGE (fixture->page));
  g_assert_true (g_variant_lookup (state, "tab", "&s", &tab));
  g_assert_cmpstr (tab, ==, "log");
  g_assert_true (g_variant_lookup (state, "scroll", "d", &value));
  g_assert_cmpfloat (value, ==, 700);
}

static void
test_locations (Fixture       *fixture,
                gconstpointer  data)
{
  static const char * const locations[] = {
    "", "/", "training-job", "training-job/", "nonsense/x", "pipeline-execution-step/x",
    "<b>bold</b>/x", "training-job\xe2\x80\xae/x",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (locations); i++)
    {
      open_page (fixture, locations[i]);
      g_assert_true (shows (fixture, "There is nothing to show here"));
      if (i + 1 < G_N_ELEMENTS (locations))
        kit_window_destroy (fixture->window);
    }
}

static void
closed_cb (SagePage *page,
           gboolean *closed)
{
  *closed = TRUE;
}

static void
test_close (Fixture       *fixture,
            gconstpointer  data)
{
  gboolean closed = FALSE;

  set_reply (fixture, 400, MISSING);
  open_page (fixture, "training-job/churn");
  g_signal_connect (fixture->page, "close", G_CALLBACK (closed_cb), &closed);
  wait_until (shows (fixture, "Close"));
  g_signal_emit_by_name (gtk_widget_get_ancestor (kit_find_text (fixture->page, "Close"),
                                                  GTK_TYPE_BUTTON), "clicked");
  g_assert_true (closed);
}

/* What an engine says may be anything. */
static void
test_wrong_types (Fixture       *fixture,
                  gconstpointer  data)
{
  static const char * const replies[] = {
    "{}",
    "{\"TrainingJobName\":7,\"TrainingJobStatus\":[],\"RoleArn\":{\"a\":1},\"CreationTime\":\"x\"}",
    "{\"TrainingJobName\":\"churn\",\"TrainingJobStatus\":\"<b>New</b>\",\"RoleArn\":\"\\u202e<i>\","
    "\"FailureReason\":\"\\n\\n\\u0007\",\"CreationTime\":1e300}",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (replies); i++)
    {
      set_reply (fixture, 200, replies[i]);
      open_page (fixture, "training-job/churn");
      wait_until (TEST_PAGE (fixture->page)->n_updates > 0);
      kit_settle ();
      if (i + 1 < G_N_ELEMENTS (replies))
        kit_window_destroy (fixture->window);
    }
}

/* 360 px are enough, and 200 % of text. */
static void
test_narrow (Fixture       *fixture,
             gconstpointer  data)
{
  int dpi;

  g_object_get (gtk_settings_get_default (), "gtk-xft-dpi", &dpi, NULL);
  for (guint large = 0; large <= 1; large++)
    {
      int minimum;

      g_object_set (gtk_settings_get_default (), "gtk-xft-dpi", large ? 2 * 96 * 1024 : 96 * 1024, NULL);
      fixture->page = g_object_new (TEST_TYPE_PAGE, "connection", fixture->connection, "location",
                                    "training-job/churn", NULL);
      fixture->window = kit_window_new (fixture->page, 360, 700);
      wait_until (shows (fixture, "role-1"));
      gtk_widget_measure (fixture->page, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
      g_assert_cmpint (minimum, <=, 360);
      g_assert_cmpint (gtk_widget_get_width (fixture->page), <=, 360);
      g_assert_false (shows (fixture, "Clone")); /* only its icon */
      if (!large)
        kit_window_destroy (fixture->window);
    }
  g_object_set (gtk_settings_get_default (), "gtk-xft-dpi", dpi, NULL);
}

int
main (int    argc,
      char **argv)
{
  kit_init (&argc, &argv);

#define ADD(name, func) g_test_add ("/detail-page/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("content", test_content);
  ADD ("copy", test_copy);
  ADD ("missing", test_missing);
  ADD ("deleted", test_deleted);
  ADD ("gone", test_gone);
  ADD ("failure", test_failure);
  ADD ("away", test_away);
  ADD ("away-at-first", test_away_at_first);
  ADD ("attention", test_attention);
  ADD ("state", test_state);
  ADD ("locations", test_locations);
  ADD ("close", test_close);
  ADD ("wrong-types", test_wrong_types);
  ADD ("narrow", test_narrow);

  return g_test_run ();
}
