/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine.h"
#include "sage-embedded.h"
#include "sage-error.h"
#include "sage-file.h"
#include "sage-json.h"

typedef struct
{
  JsonObject *ready; /* (owned) */
  GError     *error; /* (owned) */
} Outcome;

static void
outcome_clear (Outcome *outcome)
{
  g_clear_pointer (&outcome->ready, json_object_unref);
  g_clear_error (&outcome->error);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Outcome, outcome_clear)

static void
started_cb (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  Outcome *outcome = user_data;

  outcome->ready = sage_embedded_start_finish (result, &outcome->error);
}

static gboolean
is_done (Outcome *outcome)
{
  return outcome->ready != NULL || outcome->error != NULL;
}

static void
set_up (Engine        *engine,
        gconstpointer  data)
{
  engine_init (engine);
}

static void
tear_down (Engine        *engine,
           gconstpointer  data)
{
  engine_clear (engine);
}

static void
test_start (Engine        *engine,
            gconstpointer  data)
{
  g_autofree char *log = g_build_filename (engine->dir, "engine.log", NULL);
  g_auto(Outcome) first = { 0 };
  g_auto(Outcome) second = { 0 };
  g_autoptr(SageClient) client = NULL;
  g_autoptr(JsonObject) status = NULL;
  g_autoptr(GError) error = NULL;
  struct stat info;
  gint64 pid;

  g_assert_null (sage_embedded_read_ready (engine->dir, &error));
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_UNREACHABLE);
  g_clear_error (&error);

  sage_embedded_start_async (engine->dir, NULL, started_cb, &first);
  wait_until (is_done (&first));
  g_assert_no_error (first.error);
  pid = sage_json_int (first.ready, "pid", 0);

  /* Nothing of ours reaches it, and it keeps nothing of ours. */
  g_assert_cmpint (getsid ((pid_t) pid), ==, pid);
  g_assert_cmpint (stat (log, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0600);

  /* It is there: the next start finds it. */
  sage_embedded_start_async (engine->dir, NULL, started_cb, &second);
  wait_until (is_done (&second));
  g_assert_no_error (second.error);
  g_assert_cmpint (sage_json_int (second.ready, "pid", 0), ==, pid);

  client = engine_client (engine);
  status = sage_client_get (client, "/sagebrush/v1/status", NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (sage_json_int (status, "pid", 0), ==, pid);
}

static void
test_several_at_once (Engine        *engine,
                      gconstpointer  data)
{
  Outcome outcomes[4] = { 0 };
  gint64 pid;

  for (guint i = 0; i < G_N_ELEMENTS (outcomes); i++)
    sage_embedded_start_async (engine->dir, NULL, started_cb, &outcomes[i]);
  for (guint i = 0; i < G_N_ELEMENTS (outcomes); i++)
    wait_until (is_done (&outcomes[i]));

  g_assert_no_error (outcomes[0].error);
  pid = sage_json_int (outcomes[0].ready, "pid", 0);
  g_assert_cmpint (kill ((pid_t) pid, 0), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (outcomes); i++)
    {
      g_assert_no_error (outcomes[i].error);
      g_assert_cmpint (sage_json_int (outcomes[i].ready, "pid", 0), ==, pid);
      outcome_clear (&outcomes[i]);
    }
}

/* What a kill leaves behind says that an engine runs, on a socket that is still there. */
static void
test_after_a_kill (Engine        *engine,
                   gconstpointer  data)
{
  g_autofree char *ready_path = g_build_filename (engine->dir, "ready.json", NULL);
  g_autofree char *lie = NULL;
  g_auto(Outcome) outcome = { 0 };
  g_autoptr(JsonObject) ready = NULL;
  g_autoptr(GError) error = NULL;
  int before;

  engine_start (engine);
  ready = sage_embedded_read_ready (engine->dir, &error);
  g_assert_no_error (error);
  before = engine_pid (engine);
  engine_kill (engine);

  /* The number of the process went to another one meanwhile. */
  json_object_set_int_member (ready, "pid", getpid ());
  lie = sage_json_object_to_string (ready);
  g_file_set_contents (ready_path, lie, -1, &error);
  g_assert_no_error (error);

  sage_embedded_start_async (engine->dir, NULL, started_cb, &outcome);
  wait_until (is_done (&outcome));
  g_assert_no_error (outcome.error);
  g_assert_cmpint (sage_json_int (outcome.ready, "pid", 0), !=, getpid ());
  g_assert_cmpint (sage_json_int (outcome.ready, "pid", 0), !=, before);
}

/* An engine that stands still is there: a second one would only fail on its lock. */
static void
test_standing_still (Engine        *engine,
                     gconstpointer  data)
{
  g_auto(Outcome) outcome = { 0 };
  int pid;

  engine_start (engine);
  pid = engine_pid (engine);
  engine_signal (engine, SIGSTOP);
  sage_embedded_start_async (engine->dir, NULL, started_cb, &outcome);
  wait_until (is_done (&outcome));
  g_assert_no_error (outcome.error);
  g_assert_cmpint (sage_json_int (outcome.ready, "pid", 0), ==, pid);
  engine_signal (engine, SIGCONT);
}

static void
test_failures (Engine        *engine,
               gconstpointer  data)
{
  g_autofree char *database = g_build_filename (engine->dir, "engine.db", NULL);
  g_autofree char *file = g_build_filename (engine->dir, "file", NULL);
  g_auto(Outcome) corrupt = { 0 };
  g_auto(Outcome) occupied = { 0 };
  g_auto(Outcome) missing = { 0 };
  g_auto(Outcome) cancelled = { 0 };
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(GError) error = NULL;

  /* The engine says why. */
  g_file_set_contents (database, "This is no database, but it is long enough to look like one.", -1,
                       &error);
  g_assert_no_error (error);
  sage_embedded_start_async (engine->dir, NULL, started_cb, &corrupt);
  wait_until (is_done (&corrupt));
  g_assert_error (corrupt.error, SAGE_ERROR, SAGE_ERROR_FAILED);
  g_assert_nonnull (strstr (corrupt.error->message, engine->dir));
  g_assert_nonnull (strstr (corrupt.error->message, "sagebrushd: "));

  /* Only what this start said, not what the one before did. */
  g_assert_null (strstr (strstr (corrupt.error->message, "sagebrushd: ") + 1, "sagebrushd: "));

  g_file_set_contents (file, "", -1, &error);
  g_assert_no_error (error);
  sage_embedded_start_async (file, NULL, started_cb, &occupied);
  wait_until (is_done (&occupied));
  g_assert_nonnull (occupied.error);

  g_assert_cmpint (g_unlink (database), ==, 0);
  g_setenv ("SAGEBRUSH_LIBEXECDIR", engine->dir, TRUE);
  sage_embedded_start_async (engine->dir, NULL, started_cb, &missing);
  wait_until (is_done (&missing));
  g_assert_error (missing.error, SAGE_ERROR, SAGE_ERROR_NOT_FOUND);

  g_cancellable_cancel (cancellable);
  sage_embedded_start_async (engine->dir, cancellable, started_cb, &cancelled);
  wait_until (is_done (&cancelled));
  g_assert_error (cancelled.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_hostile_ready (Engine        *engine,
                    gconstpointer  data)
{
  static const char * const texts[] = {
    "", "null", "[]", "{", "{\"pid\":\"1\"}", "{\"pid\":-1}", "{\"pid\":1e99}", "{\"socket\":5}",
    "{\"pid\":4294967297,\"socket\":\"/x\"}",
  };
  g_autofree char *path = g_build_filename (engine->dir, "ready.json", NULL);
  g_auto(Outcome) outcome = { 0 };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr(GError) error = NULL;

      g_assert_true (g_file_set_contents (path, texts[i], -1, NULL));
      g_assert_null (sage_embedded_read_ready (engine->dir, &error));
      g_assert_nonnull (error);
    }

  g_assert_true (g_file_set_contents (path, "{\"pid\":1,\"socket\":[\"x\"]}", -1, NULL));
  sage_embedded_start_async (engine->dir, NULL, started_cb, &outcome);
  wait_until (is_done (&outcome));
  g_assert_no_error (outcome.error);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add ("/client/embedded/start", Engine, NULL, set_up, test_start, tear_down);
  g_test_add ("/client/embedded/several-at-once", Engine, NULL, set_up, test_several_at_once,
              tear_down);
  g_test_add ("/client/embedded/after-a-kill", Engine, NULL, set_up, test_after_a_kill, tear_down);
  g_test_add ("/client/embedded/standing-still", Engine, NULL, set_up, test_standing_still, tear_down);
  g_test_add ("/client/embedded/failures", Engine, NULL, set_up, test_failures, tear_down);
  g_test_add ("/client/embedded/hostile-ready", Engine, NULL, set_up, test_hostile_ready, tear_down);

  return g_test_run ();
}
