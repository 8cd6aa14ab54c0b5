/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine.h"
#include "sage-connection.h"
#include "sage-error.h"
#include "sage-json.h"
#include "sage-metrics-feed.h"

typedef struct
{
  Engine          engine;
  SageProfile    *profile;
  SageConnection *connection;
  guint           n_answers;
  guint           n_failures;
  GError         *error; /* the last failure */
} Fixture;

static void
answer_cb (Fixture    *fixture,
           JsonObject *answer)
{
  g_assert_cmpfloat (sage_json_double (answer, "Uptime", -1), >, 0);
  fixture->n_answers++;
}

static void
failed_cb (Fixture      *fixture,
           const GError *error)
{
  g_clear_error (&fixture->error);
  fixture->error = g_error_copy (error);
  fixture->n_failures++;
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  engine_init (&fixture->engine);
  fixture->profile = sage_profile_new_embedded (fixture->engine.dir);
  fixture->connection = sage_connection_new (fixture->profile);
  sage_connection_open (fixture->connection, NULL);
  wait_until (sage_connection_get_state (fixture->connection) == SAGE_CONNECTION_CONNECTED);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  g_clear_error (&fixture->error);
  sage_connection_close (fixture->connection);
  assert_finalizes (fixture->connection);
  assert_finalizes (fixture->profile);
  engine_clear (&fixture->engine);
}

static SageMetricsFeed *
make_feed (Fixture    *fixture,
           const char *endpoint)
{
  SageMetricsFeed *feed = sage_metrics_feed_new (fixture->connection, endpoint);

  g_signal_connect_swapped (feed, "answer", G_CALLBACK (answer_cb), fixture);
  g_signal_connect_swapped (feed, "failed", G_CALLBACK (failed_cb), fixture);

  return feed;
}

/* More than there is between two questions. */
#define A_WHILE 3000

/* The gateway is started with the engine: it may not be there at the first question. */
static void
test_asks_while_active (Fixture       *fixture,
                        gconstpointer  data)
{
  SageMetricsFeed *feed = make_feed (fixture, NULL);
  guint n;

  wait_ms (A_WHILE);
  g_assert_cmpuint (fixture->n_answers + fixture->n_failures, ==, 0);

  sage_metrics_feed_set_active (feed, TRUE);
  wait_until (fixture->n_answers >= 2);

  sage_metrics_feed_set_active (feed, FALSE);
  n = fixture->n_answers + fixture->n_failures;
  wait_ms (A_WHILE);
  g_assert_cmpuint (fixture->n_answers + fixture->n_failures, ==, n);

  sage_metrics_feed_set_active (feed, TRUE);
  wait_until (fixture->n_answers + fixture->n_failures > n);

  /* given up in the middle of a question */
  sage_metrics_feed_set_active (feed, FALSE);
  sage_metrics_feed_set_active (feed, TRUE);
  sage_metrics_feed_set_active (feed, FALSE);
  assert_finalizes (feed);
}

static void
test_stops_without_a_connection (Fixture       *fixture,
                                 gconstpointer  data)
{
  SageMetricsFeed *feed = make_feed (fixture, NULL);
  guint n;

  sage_metrics_feed_set_active (feed, TRUE);
  wait_until (fixture->n_answers >= 1);
  sage_connection_close (fixture->connection);
  n = fixture->n_answers + fixture->n_failures;
  wait_ms (A_WHILE);
  g_assert_cmpuint (fixture->n_answers + fixture->n_failures, ==, n);

  sage_connection_open (fixture->connection, NULL);
  wait_until (fixture->n_answers > 1);
  assert_finalizes (feed);
}

static void
test_asks_once_for_what_is_not_there (Fixture       *fixture,
                                      gconstpointer  data)
{
  static const char * const names[] = { "none", "../users", "a/b?c=d#e", "%", "\xe2\x80\xae" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      SageMetricsFeed *feed = make_feed (fixture, names[i]);

      fixture->n_failures = 0;
      sage_metrics_feed_set_active (feed, TRUE);
      wait_until (fixture->n_failures == 1);
      g_assert_error (fixture->error, SAGE_ERROR, SAGE_ERROR_NOT_FOUND);
      if (i == 0)
        {
          wait_ms (A_WHILE);
          g_assert_cmpuint (fixture->n_failures, ==, 1);
          sage_metrics_feed_set_active (feed, FALSE);
          sage_metrics_feed_set_active (feed, TRUE);
          wait_until (fixture->n_failures == 2);
        }
      assert_finalizes (feed);
    }
  g_assert_cmpuint (fixture->n_answers, ==, 0);
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  ADD ("/studio/metrics-feed/asks-while-active", test_asks_while_active);
  ADD ("/studio/metrics-feed/stops-without-a-connection", test_stops_without_a_connection);
  ADD ("/studio/metrics-feed/asks-once-for-what-is-not-there", test_asks_once_for_what_is_not_there);

  return g_test_run ();
}
