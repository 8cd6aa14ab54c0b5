/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <adwaita.h>
#include <string.h>

#include "../../client/stand-in.h"
#include "page-fixture.h"

/* A page of the jobs of a stand-in for an engine, which answers or not as a test wants. */
typedef struct
{
  PageFixture       page;
  StandIn           peer;
  SageConnection   *connection;
  SageResourceList *list;
  int               fails; /* atomic: calls are answered with an error */
} Fixture;

#define wait_until(condition) \
  G_STMT_START { \
    gint64 wait_end_ = g_get_monotonic_time () + 60 * G_USEC_PER_SEC; \
    while (!(condition)) \
      { \
        g_assert_cmpint (g_get_monotonic_time (), <, wait_end_); \
        if (!g_main_context_iteration (NULL, FALSE)) \
          g_usleep (2000); \
      } \
  } G_STMT_END

#define assert_taken(expression, expected) \
  G_STMT_START { \
    g_autofree char *taken_ = (expression); \
    g_assert_cmpstr (taken_, ==, expected); \
  } G_STMT_END

static char *
answer (const char *operation,
        JsonObject *input,
        guint      *status,
        gpointer    user_data)
{
  Fixture *fixture = user_data;

  if (g_atomic_int_get (&fixture->fails))
    {
      *status = 400;
      return g_strdup ("{\"__type\":\"AccessDeniedException\",\"message\":\"The <disk> is & was broken\"}");
    }
  if (strcmp (operation, "ListTrainingJobs") != 0)
    return g_strdup ("{}");

  return g_strdup ("{\"TrainingJobSummaries\":["
                   "{\"TrainingJobName\":\"spam\",\"CreationTime\":1.6e9,"
                   " \"TrainingJobStatus\":\"Completed\"},"
                   "{\"TrainingJobName\":\"churn\",\"CreationTime\":1.5e9,"
                   " \"TrainingJobStatus\":\"InProgress\"}]}");
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  g_autoptr(SageProfile) profile = NULL;

  stand_in_init (&fixture->peer, answer, fixture);
  profile = sage_profile_new_remote ("Test", fixture->peer.url, "AKIDEXAMPLE", "us-east-1");
  fixture->connection = sage_connection_new (profile);
  fixture->list = sage_connection_get_list (fixture->connection, SAGE_KIND_TRAINING_JOB, NULL);

  page_fixture_set_up_on (&fixture->page, fixture->connection);
  sage_index_page_add_source (fixture->page.page, fixture->list);
  sage_index_page_set_model (fixture->page.page, G_LIST_MODEL (fixture->list));
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  page_fixture_tear_down (&fixture->page, NULL);
  g_clear_object (&fixture->list);
  sage_connection_close (fixture->connection);
  g_object_unref (fixture->connection);
  stand_in_clear (&fixture->peer);
}

static gboolean
is_view (Fixture    *fixture,
         const char *name)
{
  GtkWidget *stack = page_fixture_find (&fixture->page, GTK_TYPE_STACK, NULL);

  return g_strcmp0 (gtk_stack_get_visible_child_name (GTK_STACK (stack)), name) == 0;
}

static AdwBanner *
get_banner (Fixture *fixture)
{
  return ADW_BANNER (page_fixture_find (&fixture->page, ADW_TYPE_BANNER, NULL));
}

static void
open_page (Fixture *fixture)
{
  sage_connection_open (fixture->connection, "secret");
  page_fixture_show (&fixture->page, 1000);
  wait_until (sage_connection_get_state (fixture->connection) == SAGE_CONNECTION_CONNECTED);
  wait_until (g_atomic_int_get (&fixture->peer.handshakes) > 0);
}

static void
send_event (Fixture    *fixture,
            guint       seq,
            const char *name,
            const char *status)
{
  g_autofree char *text = stand_in_event (seq, "training-job", name, status);

  stand_in_send (&fixture->peer, text);
}

static void
test_events (Fixture       *fixture,
             gconstpointer  data)
{
  GListModel *rows = G_LIST_MODEL (fixture->list);
  g_autoptr(SageResource) churn = NULL;

  open_page (fixture);
  wait_until (is_view (fixture, "list"));
  assert_taken (page_fixture_names (&fixture->page), "spam churn ");

  /* A row that the filter hides comes into sight when it changes, and not a moment before. */
  sage_index_page_set_filter (fixture->page.page, "status:failed");
  wait_until (is_view (fixture, "no-match"));
  churn = g_list_model_get_item (rows, 1);
  send_event (fixture, 1, "churn", "Failed");
  wait_until (sage_resource_get_state (churn) == SAGE_STATE_BAD);
  assert_taken (page_fixture_names (&fixture->page), "churn ");
  g_assert_true (is_view (fixture, "list"));

  sage_index_page_set_filter (fixture->page.page, "");
  send_event (fixture, 2, "new", "InProgress");
  wait_until (g_list_model_get_n_items (rows) == 3);
  assert_taken (page_fixture_names (&fixture->page), "new spam churn ");
  send_event (fixture, 3, "spam", "Deleted");
  wait_until (g_list_model_get_n_items (rows) == 2);
  assert_taken (page_fixture_names (&fixture->page), "new churn ");
}

static void
test_away (Fixture       *fixture,
           gconstpointer  data)
{
  open_page (fixture);
  wait_until (is_view (fixture, "list"));
  g_assert_false (adw_banner_get_revealed (get_banner (fixture)));

  g_atomic_int_set (&fixture->peer.events_status, 503);
  stand_in_hang_up (&fixture->peer);
  wait_until (sage_connection_get_state (fixture->connection) == SAGE_CONNECTION_RECONNECTING);
  g_assert_true (adw_banner_get_revealed (get_banner (fixture)));
  assert_taken (page_fixture_names (&fixture->page), "spam churn "); /* as they were */

  g_atomic_int_set (&fixture->peer.events_status, 101);
  wait_until (sage_connection_get_state (fixture->connection) == SAGE_CONNECTION_CONNECTED);
  wait_until (!adw_banner_get_revealed (get_banner (fixture)));
}

static void
test_error (Fixture       *fixture,
            gconstpointer  data)
{
  GtkWidget *page;

  g_atomic_int_set (&fixture->fails, TRUE);
  open_page (fixture);
  g_assert_true (is_view (fixture, "loading") || is_view (fixture, "error"));
  wait_until (is_view (fixture, "error"));

  page = GTK_WIDGET (fixture->page.page);
  gtk_widget_activate_action (page, "index.details", NULL);
  page_fixture_settle (&fixture->page);
  g_atomic_int_set (&fixture->fails, FALSE);
  gtk_widget_activate_action (page, "index.retry", NULL);
  wait_until (is_view (fixture, "list"));
  assert_taken (page_fixture_names (&fixture->page), "spam churn ");

  /* An error later on leaves the rows, and says so. */
  g_atomic_int_set (&fixture->fails, TRUE);
  gtk_widget_activate_action (page, "index.retry", NULL);
  wait_until (sage_resource_list_get_error (fixture->list) != NULL);
  wait_until (adw_banner_get_revealed (get_banner (fixture)));
  g_assert_true (is_view (fixture, "list"));
}

int
main (int    argc,
      char **argv)
{
  page_fixture_init (&argc, &argv);

  g_test_add ("/kit/index-live/events", Fixture, NULL, set_up, test_events, tear_down);
  g_test_add ("/kit/index-live/away", Fixture, NULL, set_up, test_away, tear_down);
  g_test_add ("/kit/index-live/error", Fixture, NULL, set_up, test_error, tear_down);

  return g_test_run ();
}
