/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>

#include "engine.h"
#include "sage-connection.h"
#include "sage-error.h"
#include "sage-event-stream.h"
#include "sage-json.h"

typedef struct
{
  Engine           engine;
  SageProfile     *profile;
  SageConnection  *connection;
  GArray          *states;     /* of SageConnectionState: all there were */
} Fixture;

static void
state_cb (SageConnection *connection,
          GParamSpec     *pspec,
          Fixture        *fixture)
{
  SageConnectionState state = sage_connection_get_state (connection);

  g_array_append_val (fixture->states, state);
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  engine_init (&fixture->engine);
  fixture->profile = sage_profile_new_embedded (fixture->engine.dir);
  fixture->connection = sage_connection_new (fixture->profile);
  fixture->states = g_array_new (FALSE, FALSE, sizeof (SageConnectionState));
  g_signal_connect (fixture->connection, "notify::state", G_CALLBACK (state_cb), fixture);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  sage_connection_close (fixture->connection);
  assert_finalizes (fixture->connection);
  assert_finalizes (fixture->profile);
  engine_clear (&fixture->engine);
  g_array_unref (fixture->states);
}

static gboolean
is_state (Fixture             *fixture,
          SageConnectionState  state)
{
  return sage_connection_get_state (fixture->connection) == state;
}

static void
open_connection (Fixture *fixture)
{
  sage_connection_open (fixture->connection, NULL);
  wait_until (is_state (fixture, SAGE_CONNECTION_CONNECTED));
}

static guint
n_items (SageResourceList *list)
{
  return g_list_model_get_n_items (G_LIST_MODEL (list));
}

static void
make_group (Fixture    *fixture,
            const char *name)
{
  g_autofree char *input = g_strdup_printf ("{\"ModelPackageGroupName\":\"%s\"}", name);
  g_autoptr(JsonObject) reply = engine_call (&fixture->engine, "CreateModelPackageGroup", input);
}

/* --- Death ------------------------------------------------------------------------------------ */

/* Someone who works all the while, and tries again when the engine is not there. */
typedef struct
{
  Engine  *engine;
  guint    n;
  int      made;  /* atomic */
} Worker;

static gpointer
work (gpointer data)
{
  Worker *worker = data;
  g_autoptr(SageClient) client = engine_client (worker->engine);

  for (guint i = 0; i < worker->n; )
    {
      g_autoptr(JsonObject) input = json_object_new ();
      g_autoptr(JsonObject) reply = NULL;
      g_autofree char *name = g_strdup_printf ("group-%u", i);
      g_autoptr(GError) error = NULL;

      json_object_set_string_member (input, "ModelPackageGroupName", name);
      reply = sage_client_call (client, "SageMaker.CreateModelPackageGroup", input, NULL, &error);
      if (g_error_matches (error, SAGE_ERROR, SAGE_ERROR_UNREACHABLE))
        {
          g_usleep (5000);
          continue;
        }
      i++;
      g_atomic_int_set (&worker->made, (int) i);
    }

  return NULL;
}

static void
collect_cb (const SageEvent *event,
            gpointer         user_data)
{
  g_array_append_val ((GArray *) user_data, event->seq);
}

/* The engine is killed in the middle of work, three times: it is started again, and in the end
 * nothing is missing, neither a row nor an event. */
static void
test_kill (Fixture       *fixture,
           gconstpointer  data)
{
  g_autoptr(GArray) seqs = g_array_new (FALSE, FALSE, sizeof (gint64));
  SageEventStream *stream = sage_event_stream_new (fixture->profile, collect_cb, seqs);
  Worker worker = { &fixture->engine, 400, 0 };
  SageResourceList *list;
  GThread *thread;
  g_autoptr(GHashTable) pids = g_hash_table_new (NULL, NULL);

  open_connection (fixture);
  sage_event_stream_open (stream, NULL);
  wait_until (sage_event_stream_get_state (stream) == SAGE_CONNECTION_CONNECTED);
  list = sage_connection_get_list (fixture->connection, SAGE_KIND_PACKAGE_GROUP, NULL);
  wait_until (sage_resource_list_get_loaded (list));

  thread = g_thread_new ("worker", work, &worker);
  for (int i = 1; i <= 3; i++)
    {
      wait_until (g_atomic_int_get (&worker.made) >= i * 100);
      wait_until (engine_pid (&fixture->engine) != 0);
      g_hash_table_add (pids, GINT_TO_POINTER (engine_pid (&fixture->engine)));
      engine_signal (&fixture->engine, SIGKILL);
    }
  wait_until (g_atomic_int_get (&worker.made) == 400);
  g_thread_join (thread);
  g_hash_table_add (pids, GINT_TO_POINTER (engine_pid (&fixture->engine)));
  g_assert_cmpuint (g_hash_table_size (pids), ==, 4);

  wait_until (n_items (list) == 400);
  for (guint i = 0; i < 400; i++)
    {
      g_autofree char *name = g_strdup_printf ("group-%u", i);

      g_assert_nonnull (sage_resource_list_find (list, name));
    }
  wait_until (seqs->len >= 400);
  for (guint i = 0; i < seqs->len; i++)
    g_assert_cmpint (g_array_index (seqs, gint64, i), ==, i + 1);

  wait_until (is_state (fixture, SAGE_CONNECTION_CONNECTED));
  g_assert_no_error (sage_connection_get_error (fixture->connection));
  for (guint i = 0; i < fixture->states->len; i++)
    g_assert_cmpint (g_array_index (fixture->states, SageConnectionState, i), !=,
                     SAGE_CONNECTION_AWAY);
  assert_finalizes (list);
  assert_finalizes (stream);
}

/* It cannot be started again: the rows stay, the reason shows, and tries go on. */
static void
test_not_to_be_started (Fixture       *fixture,
                        gconstpointer  data)
{
  g_autofree char *programs = g_strdup (g_getenv ("SAGEBRUSH_LIBEXECDIR"));
  SageResourceList *list;
  SageResource *resource;

  engine_start (&fixture->engine);
  make_group (fixture, "G");
  open_connection (fixture);
  list = sage_connection_get_list (fixture->connection, SAGE_KIND_PACKAGE_GROUP, NULL);
  wait_until (sage_resource_list_get_loaded (list));
  resource = g_list_model_get_item (G_LIST_MODEL (list), 0);
  sage_connection_watch (fixture->connection, resource);
  wait_until (sage_resource_get_description (resource) != NULL);

  g_setenv ("SAGEBRUSH_LIBEXECDIR", "/nonexistent", TRUE);
  engine_kill (&fixture->engine);
  wait_until (g_error_matches (sage_connection_get_error (fixture->connection), SAGE_ERROR,
                               SAGE_ERROR_NOT_FOUND));
  g_assert_true (is_state (fixture, SAGE_CONNECTION_RECONNECTING));
  sage_resource_list_reload (list);
  wait_ms (500);
  g_assert_cmpuint (n_items (list), ==, 1);
  g_assert_true (sage_resource_list_get_loaded (list));
  g_assert_nonnull (sage_resource_get_description (resource));

  g_setenv ("SAGEBRUSH_LIBEXECDIR", programs, TRUE);
  wait_until (is_state (fixture, SAGE_CONNECTION_CONNECTED));
  g_assert_no_error (sage_connection_get_error (fixture->connection));
  wait_until (!sage_resource_list_get_loading (list));
  g_assert_no_error (sage_resource_list_get_error (list));
  make_group (fixture, "H");
  wait_until (n_items (list) == 2);

  sage_connection_unwatch (fixture->connection, resource);
  assert_finalizes (list);
  assert_finalizes (resource);
}

/* The first start fails: that is said, and tried again when somebody asks for it. */
static void
test_bad_start (Fixture       *fixture,
                gconstpointer  data)
{
  g_autofree char *database = g_build_filename (fixture->engine.dir, "engine.db", NULL);
  SageResourceList *list;

  g_assert_true (g_file_set_contents (database, "This is no database, whatever its name says.", -1,
                                      NULL));
  list = sage_connection_get_list (fixture->connection, SAGE_KIND_MODEL, NULL);
  sage_connection_open (fixture->connection, NULL);
  g_assert_true (sage_resource_list_get_loading (list));
  wait_until (is_state (fixture, SAGE_CONNECTION_AWAY));
  g_assert_error (sage_connection_get_error (fixture->connection), SAGE_ERROR, SAGE_ERROR_FAILED);
  g_assert_false (sage_resource_list_get_loading (list));
  g_assert_error (sage_resource_list_get_error (list), SAGE_ERROR, SAGE_ERROR_FAILED);

  g_assert_cmpint (g_unlink (database), ==, 0);
  open_connection (fixture);
  wait_until (sage_resource_list_get_loaded (list));
  g_assert_no_error (sage_resource_list_get_error (list));
  assert_finalizes (list);
}

/* --- Silence ---------------------------------------------------------------------------------- */

static void
test_standstill (Fixture       *fixture,
                 gconstpointer  data)
{
  SageResourceList *list;
  gint64 begun;
  int pid;

  open_connection (fixture);
  list = sage_connection_get_list (fixture->connection, SAGE_KIND_PACKAGE_GROUP, NULL);
  wait_until (sage_resource_list_get_loaded (list));
  pid = engine_pid (&fixture->engine);
  wait_ms (1500);
  g_assert_true (is_state (fixture, SAGE_CONNECTION_CONNECTED));

  engine_signal (&fixture->engine, SIGSTOP);
  begun = g_get_monotonic_time ();
  wait_until (is_state (fixture, SAGE_CONNECTION_RECONNECTING));
  g_test_message ("noticed after %.2f s", (g_get_monotonic_time () - begun) / 1e6);
  g_assert_cmpint (g_get_monotonic_time () - begun, <, 20 * G_USEC_PER_SEC);
  g_assert_error (sage_connection_get_error (fixture->connection), SAGE_ERROR,
                  SAGE_ERROR_UNREACHABLE);
  sage_resource_list_reload (list);
  wait_ms (1000);
  g_assert_true (is_state (fixture, SAGE_CONNECTION_RECONNECTING));

  engine_signal (&fixture->engine, SIGCONT);
  wait_until (is_state (fixture, SAGE_CONNECTION_CONNECTED));
  g_assert_cmpint (engine_pid (&fixture->engine), ==, pid);
  wait_until (!sage_resource_list_get_loading (list));
  make_group (fixture, "G");
  wait_until (n_items (list) == 1);
  assert_finalizes (list);
}

/* --- Time ------------------------------------------------------------------------------------- */

static void
copy_file (const char *from,
           const char *to)
{
  g_autoptr(GFile) source = g_file_new_for_path (from);
  g_autoptr(GFile) destination = g_file_new_for_path (to);
  g_autoptr(GError) error = NULL;

  g_file_copy (source, destination, G_FILE_COPY_OVERWRITE, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
}

static void
end_engine (Fixture *fixture)
{
  int pid = engine_pid (&fixture->engine);

  engine_signal (&fixture->engine, SIGTERM);
  wait_until (kill (pid, 0) != 0 && errno == ESRCH);
}

/* The store is put back to an older state: what is not there any more goes, what is stays the same. */
static void
test_restored (Fixture       *fixture,
               gconstpointer  data)
{
  g_autofree char *programs = g_strdup (g_getenv ("SAGEBRUSH_LIBEXECDIR"));
  g_autofree char *database = g_build_filename (fixture->engine.dir, "engine.db", NULL);
  g_autofree char *backup = g_build_filename (fixture->engine.dir, "backup.db", NULL);
  SageResourceList *list;
  SageResource *kept;
  SageResource *dropped;

  engine_start (&fixture->engine);
  make_group (fixture, "Kept");
  end_engine (fixture);
  copy_file (database, backup);

  open_connection (fixture);
  list = sage_connection_get_list (fixture->connection, SAGE_KIND_PACKAGE_GROUP, NULL);
  make_group (fixture, "Dropped");
  wait_until (n_items (list) == 2 && sage_resource_list_get_loaded (list));
  kept = g_object_ref (sage_resource_list_find (list, "Kept"));
  dropped = g_object_ref (sage_resource_list_find (list, "Dropped"));

  g_setenv ("SAGEBRUSH_LIBEXECDIR", "/nonexistent", TRUE);
  end_engine (fixture);
  copy_file (backup, database);
  g_setenv ("SAGEBRUSH_LIBEXECDIR", programs, TRUE);
  wait_until (is_state (fixture, SAGE_CONNECTION_CONNECTED));
  wait_until (n_items (list) == 1);
  g_assert_true (sage_resource_list_find (list, "Kept") == kept);
  g_assert_null (sage_resource_list_find (list, "Dropped"));

  make_group (fixture, "New");
  wait_until (n_items (list) == 2);
  assert_finalizes (list);
  assert_finalizes (kept);
  assert_finalizes (dropped);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

#define ADD(name, func) \
  g_test_add ("/client/faults/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("kill", test_kill);
  ADD ("not-to-be-started", test_not_to_be_started);
  ADD ("bad-start", test_bad_start);
  ADD ("standstill", test_standstill);
  ADD ("restored", test_restored);
#undef ADD

  return g_test_run ();
}
