/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "eng-audit.h"
#include "eng-resource.h"
#include "eng-schema.h"
#include "eng-store.h"
#include "eng-token.h"
#include "sage-error.h"
#include "sage-file.h"
#include "sage-json.h"

typedef struct
{
  char     *dir;
  EngStore *store;
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  g_autoptr(GError) error = NULL;

  fixture->dir = g_dir_make_tmp ("eng-store-XXXXXX", NULL);
  fixture->store = eng_store_open (fixture->dir, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  eng_store_close (fixture->store);
  g_assert_true (sage_dir_remove (fixture->dir, NULL));
  g_free (fixture->dir);
}

static EngResource *
new_resource (const char *name)
{
  g_autofree char *arn = g_strconcat ("arn:aws:sagemaker:r:1:thing/", name, NULL);
  EngResource *resource = eng_resource_new ("thing", name, arn);

  g_free (resource->status);
  resource->status = g_strdup ("InProgress");

  return resource;
}

static gboolean
insert (EngTx     *tx,
        gpointer   user_data,
        GError   **error)
{
  g_autoptr(EngResource) resource = new_resource (user_data);

  return eng_resource_insert (tx, resource, error);
}

static gboolean
insert_and_fail (EngTx     *tx,
                 gpointer   user_data,
                 GError   **error)
{
  return insert (tx, user_data, error) && sage_throw (error, SAGE_ERROR_CONFLICT, "No");
}

static EngResource *
load (Fixture    *fixture,
      const char *name)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(EngReader) reader = eng_store_reader (fixture->store, &error);
  EngResource *found;

  g_assert_no_error (error);
  found = eng_resource_load (reader, "thing", name, &error);
  g_assert_no_error (error);

  return found;
}

static void
test_write (Fixture       *fixture,
            gconstpointer  data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(EngResource) found = NULL;

  g_assert_true (eng_store_write (fixture->store, insert, (gpointer) "One", &error));
  found = load (fixture, "oNE");
  g_assert_nonnull (found);
  g_assert_cmpstr (found->name, ==, "One");
  g_assert_cmpfloat (found->created, >, 1.6e9);

  g_assert_false (eng_store_write (fixture->store, insert, (gpointer) "ONE", &error));
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_EXISTS);
}

static void
test_failed_write_leaves_nothing (Fixture       *fixture,
                                  gconstpointer  data)
{
  g_autoptr(GError) error = NULL;

  g_assert_false (eng_store_write (fixture->store, insert_and_fail, (gpointer) "x", &error));
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_CONFLICT);
  g_assert_null (load (fixture, "x"));
}

typedef struct
{
  Fixture *fixture;
  int      number;
} Worker;

static gpointer
write_many (gpointer user_data)
{
  Worker *worker = user_data;

  for (int i = 0; i < 50; i++)
    {
      g_autofree char *name = g_strdup_printf ("w%d-%d", worker->number, i);
      g_autoptr(GError) error = NULL;
      /* Every third one fails and must not take its neighbours in the group with it. */
      gboolean fails = i % 3 == 0;
      gboolean ok = eng_store_write (worker->fixture->store, fails ? insert_and_fail : insert, name,
                                     &error);

      g_assert_cmpint (ok, ==, !fails);
    }

  return NULL;
}

static void
test_concurrent_writes (Fixture       *fixture,
                        gconstpointer  data)
{
  Worker workers[8];
  GThread *threads[8];
  g_autoptr(EngReader) reader = NULL;
  g_autoptr(EngRows) rows = NULL;

  for (int i = 0; i < 8; i++)
    {
      workers[i] = (Worker) { fixture, i };
      threads[i] = g_thread_new ("writer", write_many, &workers[i]);
    }
  for (int i = 0; i < 8; i++)
    g_thread_join (threads[i]);

  reader = eng_store_reader (fixture->store, NULL);
  rows = eng_query (reader, NULL, "SELECT (SELECT count (*) FROM resource),"
                                  " (SELECT count (*) FROM event)", "");
  g_assert_true (eng_rows_next (rows, NULL));
  g_assert_cmpint (eng_rows_int (rows, 0), ==, 8 * 33);
  g_assert_cmpint (eng_rows_int (rows, 1), ==, 8 * 33);
}

static gboolean
update (EngTx     *tx,
        gpointer   user_data,
        GError   **error)
{
  return eng_resource_update (tx, user_data, error);
}

static gboolean
delete (EngTx     *tx,
        gpointer   user_data,
        GError   **error)
{
  return eng_resource_delete (tx, user_data, error);
}

static void
test_stale_update (Fixture       *fixture,
                   gconstpointer  data)
{
  g_autoptr(EngResource) first = NULL;
  g_autoptr(EngResource) second = NULL;
  g_autoptr(GError) error = NULL;

  g_assert_true (eng_store_write (fixture->store, insert, (gpointer) "x", &error));
  first = load (fixture, "x");
  second = load (fixture, "x");

  g_assert_true (eng_store_write (fixture->store, update, first, &error));
  g_assert_true (eng_store_write (fixture->store, update, first, &error));
  g_assert_false (eng_store_write (fixture->store, update, second, &error));
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_CONFLICT);
}

static void
note_event (const EngEvent *event,
            gpointer        user_data)
{
  GAsyncQueue *queue = user_data;

  g_async_queue_push (queue, g_strdup_printf ("%s %s", event->name, event->status));
}

static void
test_events (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr(GAsyncQueue) queue = g_async_queue_new_full (g_free);
  g_autoptr(EngResource) resource = NULL;
  guint id = eng_store_subscribe (fixture->store, note_event, queue);
  static const char * const expected[] = { "x InProgress", "x Completed", "x Deleted" };

  g_assert_false (eng_store_write (fixture->store, insert_and_fail, (gpointer) "lost", NULL));
  g_assert_true (eng_store_write (fixture->store, insert, (gpointer) "x", NULL));
  resource = load (fixture, "x");
  g_free (resource->status);
  resource->status = g_strdup ("Completed");
  g_assert_true (eng_store_write (fixture->store, update, resource, NULL));
  g_assert_true (eng_store_write (fixture->store, delete, resource, NULL));

  for (gsize i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      g_autofree char *event = g_async_queue_timeout_pop (queue, 10 * G_USEC_PER_SEC);

      g_assert_cmpstr (event, ==, expected[i]);
    }
  eng_store_unsubscribe (fixture->store, id);
  g_assert_null (g_async_queue_try_pop (queue));
}

static gboolean
audit (EngTx     *tx,
       gpointer   user_data,
       GError   **error)
{
  return eng_tx_audit (tx, "me", "test", "Do", user_data, "id", "ok", error);
}

static gboolean
tamper (EngTx     *tx,
        gpointer   user_data,
        GError   **error)
{
  return eng_exec (tx->connection, error, user_data, "");
}

static gint64
first_bad (Fixture *fixture)
{
  g_autoptr(EngReader) reader = eng_store_reader (fixture->store, NULL);
  g_autoptr(GError) error = NULL;
  gint64 seq = -1;

  g_assert_true (eng_audit_verify (reader, &seq, &error));
  g_assert_no_error (error);

  return seq;
}

static void
test_audit_chain (Fixture       *fixture,
                  gconstpointer  data)
{
  for (int i = 0; i < 5; i++)
    g_assert_true (eng_store_write (fixture->store, audit, (gpointer) "target", NULL));
  g_assert_cmpint (first_bad (fixture), ==, 0);

  g_assert_true (eng_store_write (fixture->store, tamper,
                                  (gpointer) "UPDATE audit SET target = 'else' WHERE seq = 3",
                                  NULL));
  g_assert_cmpint (first_bad (fixture), ==, 3);
  g_assert_true (eng_store_write (fixture->store, tamper,
                                  (gpointer) "UPDATE audit SET target = 'target' WHERE seq = 3",
                                  NULL));
  g_assert_cmpint (first_bad (fixture), ==, 0);
  g_assert_true (eng_store_write (fixture->store, tamper,
                                  (gpointer) "DELETE FROM audit WHERE seq = 2", NULL));
  g_assert_cmpint (first_bad (fixture), ==, 3);
}

static gboolean
remember (EngTx     *tx,
          gpointer   user_data,
          GError   **error)
{
  return eng_token_insert (tx, "Create", "token-1", "request", "reply", error);
}

static void
test_tokens (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr(EngReader) reader = eng_store_reader (fixture->store, NULL);
  g_autoptr(GError) error = NULL;
  g_autofree char *reply = NULL;

  g_assert_true (eng_token_find (reader, "Create", "token-1", "request", &reply, &error));
  g_assert_null (reply);
  g_assert_true (eng_store_write (fixture->store, remember, NULL, &error));
  g_assert_true (eng_token_find (reader, "Create", "token-1", "request", &reply, &error));
  g_assert_cmpstr (reply, ==, "reply");
  g_clear_pointer (&reply, g_free);
  g_assert_false (eng_token_find (reader, "Create", "token-1", "other", &reply, &error));
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_CONFLICT);
}

static void
test_reopen (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(EngResource) found = NULL;

  g_assert_true (eng_store_write (fixture->store, insert, (gpointer) "kept", &error));
  eng_store_close (fixture->store);
  fixture->store = eng_store_open (fixture->dir, &error);
  g_assert_no_error (error);
  found = load (fixture, "kept");
  g_assert_nonnull (found);
}

static char *
db_path (Fixture *fixture)
{
  return g_build_filename (fixture->dir, "engine.db", NULL);
}

static void
test_newer_schema_is_refused (Fixture       *fixture,
                              gconstpointer  data)
{
  g_autofree char *path = db_path (fixture);
  g_autoptr(GError) error = NULL;
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  gsize before_length;
  gsize after_length;

  g_assert_true (eng_store_write (fixture->store, insert, (gpointer) "kept", &error));
  eng_store_close (fixture->store);
  {
    g_autoptr(EngConnection) connection = eng_connection_open (path, FALSE, NULL);

    g_assert_true (eng_exec (connection, &error, "PRAGMA user_version = 999", ""));
  }
  g_assert_true (g_file_get_contents (path, &before, &before_length, NULL));

  fixture->store = eng_store_open (fixture->dir, &error);
  g_assert_null (fixture->store);
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_TOO_NEW);
  g_assert_true (g_file_get_contents (path, &after, &after_length, NULL));
  g_assert_cmpmem (before, before_length, after, after_length);

  g_clear_error (&error);
  g_assert_true (g_unlink (path) == 0);
  fixture->store = eng_store_open (fixture->dir, &error);
  g_assert_no_error (error);
}

static void
test_damage_is_named (Fixture       *fixture,
                      gconstpointer  data)
{
  g_autofree char *path = db_path (fixture);
  g_autoptr(GError) error = NULL;
  int fd;

  for (int i = 0; i < 50; i++)
    {
      g_autofree char *name = g_strdup_printf ("r%d", i);

      g_assert_true (eng_store_write (fixture->store, insert, name, &error));
    }
  eng_store_close (fixture->store);

  /* Zeroed pages, the header excepted. */
  fd = open (path, O_WRONLY | O_CLOEXEC);
  g_assert_cmpint (lseek (fd, 4096, SEEK_SET), ==, 4096);
  for (int i = 0; i < 8; i++)
    {
      static const char zeros[4096];

      g_assert_cmpint (write (fd, zeros, sizeof zeros), ==, sizeof zeros);
    }
  close (fd);

  fixture->store = eng_store_open (fixture->dir, &error);
  g_assert_null (fixture->store);
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_CORRUPT);
  g_assert_nonnull (strstr (error->message, path));
}

static gboolean
insert_large (EngTx     *tx,
              gpointer   user_data,
              GError   **error)
{
  g_autoptr(EngResource) resource = new_resource (user_data);
  g_autofree char *text = g_strnfill (16 << 20, 'x');

  g_free (resource->doc);
  resource->doc = g_strdup_printf ("{\"Text\":\"%s\"}", text);

  return eng_resource_insert (tx, resource, error);
}

/* A large database is in use at once; when its damage is found it takes no more writes. */
static void
test_large_damage_stops_writes (Fixture       *fixture,
                                gconstpointer  data)
{
  gint64 deadline = g_get_monotonic_time () + 30 * G_USEC_PER_SEC;
  g_autofree char *path = db_path (fixture);
  g_autoptr(GError) error = NULL;
  static const char zeros[64 * 1024];
  int fd;

  g_assert_true (eng_store_write (fixture->store, insert_large, (gpointer) "large", &error));
  eng_store_close (fixture->store);

  fixture->store = eng_store_open (fixture->dir, &error);
  g_assert_no_error (error);
  g_assert_true (eng_store_write (fixture->store, insert, (gpointer) "sound", &error));
  eng_store_close (fixture->store);

  fd = open (path, O_WRONLY | O_CLOEXEC);
  g_assert_cmpint (pwrite (fd, zeros, sizeof zeros, 8 << 20), ==, sizeof zeros);
  close (fd);

  g_test_expect_message ("eng-store-check", G_LOG_LEVEL_WARNING, "*damaged*");
  fixture->store = eng_store_open (fixture->dir, &error);
  g_assert_no_error (error);
  for (guint i = 0; error == NULL; i++)
    {
      g_autofree char *name = g_strdup_printf ("r%u", i);

      eng_store_write (fixture->store, insert, name, &error);
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    }
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_CORRUPT);
  g_assert_nonnull (strstr (error->message, path));
  g_test_assert_expected_messages ();
}

/* A step that fails half-way leaves the schema at the step before it, and nothing of its own. */
static void
test_migration_is_whole_or_not (void)
{
  static const char * const good[] = { "CREATE TABLE a (x)" };
  static const char * const bad[] = { "CREATE TABLE a (x)", "CREATE TABLE b (y); CREATE TABLE a (z)" };
  static const char * const mended[] = { "CREATE TABLE a (x)", "CREATE TABLE b (y)" };
  g_autofree char *dir = g_dir_make_tmp ("eng-migrations-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (dir, "db", NULL);
  g_autoptr(GError) error = NULL;

  {
    g_autoptr(EngConnection) connection = eng_connection_open (path, FALSE, &error);

    g_assert_true (eng_migrations_run (connection, good, 1, &error));
    g_assert_false (eng_migrations_run (connection, bad, 2, &error));
    g_assert_nonnull (strstr (error->message, "schema 2"));
    g_clear_error (&error);
    g_assert_true (eng_migrations_run (connection, mended, 2, &error));
    g_assert_no_error (error);
    g_assert_true (eng_exec (connection, &error, "INSERT INTO b VALUES (1)", ""));
  }
  g_assert_true (sage_dir_remove (dir, NULL));
}

/* Deletes a resource and all that hangs on it, as one statement. */
static gboolean
delete_whole (EngTx     *tx,
              gpointer   user_data,
              GError   **error)
{
  return eng_exec (tx->connection, error, "DELETE FROM resource WHERE name = ?1", "t", user_data);
}

static gboolean
insert_definitions (EngTx     *tx,
                    gpointer   user_data,
                    GError   **error)
{
  g_autofree char *text = g_strnfill (1 << 20, 'x');

  return insert (tx, user_data, error) &&
         eng_exec (tx->connection, error,
                   "INSERT INTO pipeline_definition (pipeline, sha256, text)"
                   " SELECT id, '0', ?2 FROM resource WHERE name = ?1", "tt", user_data, text);
}

/* What one statement may have to take back can be larger than what is kept of it in memory. */
static void
test_large_statement (Fixture       *fixture,
                      gconstpointer  data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(EngResource) found = NULL;

  g_assert_true (eng_store_write (fixture->store, insert_definitions, (gpointer) "large", &error));
  g_assert_no_error (error);
  g_assert_true (eng_store_write (fixture->store, delete_whole, (gpointer) "large", &error));
  g_assert_no_error (error);
  found = load (fixture, "large");
  g_assert_null (found);
}

/* A database of the schema before steps could be cached keeps its steps. */
static void
test_steps_of_schema_4 (void)
{
  static const char * const steps[] = {
    eng_core_schema, eng_objects_schema, eng_pipeline_schema, eng_kernel_schema
  };
  g_autofree char *dir = g_dir_make_tmp ("eng-migrations-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (dir, "engine.db", NULL);
  g_autoptr(GError) error = NULL;
  EngStore *store;

  {
    g_autoptr(EngConnection) connection = eng_connection_open (path, FALSE, &error);

    g_assert_true (eng_migrations_run (connection, steps, G_N_ELEMENTS (steps), &error));
    g_assert_true (eng_exec (connection, &error,
                             "INSERT INTO resource VALUES (1, 'pipeline-execution', 'p/execution/x',"
                             " 'arn:x', 'p', 1, 'Executing', NULL, 1, 1, 1, '{}', NULL)", ""));
    g_assert_true (eng_exec (connection, &error,
                             "INSERT INTO pipeline_step VALUES (1, 0, 'A', 'Succeeded', 1, 0, 0, 1, 2,"
                             " 'job', 'arn:job', NULL, NULL, NULL)", ""));
    g_assert_no_error (error);
  }

  store = eng_store_open (dir, &error);
  g_assert_no_error (error);
  {
    g_autoptr(EngReader) reader = eng_store_reader (store, &error);
    g_autoptr(EngRows) rows = eng_query (reader, &error,
                                         "SELECT name, job, cache_key, cache_source FROM pipeline_step",
                                         "");

    g_assert_no_error (error);
    g_assert_true (eng_rows_next (rows, &error));
    g_assert_cmpstr (eng_rows_text (rows, 0), ==, "A");
    g_assert_cmpstr (eng_rows_text (rows, 1), ==, "job");
    g_assert_null (eng_rows_text (rows, 2));
    g_assert_null (eng_rows_text (rows, 3));
    g_assert_false (eng_rows_next (rows, &error));
  }
  eng_store_close (store);
  g_assert_true (sage_dir_remove (dir, NULL));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

#define ADD(name, func) g_test_add ("/store/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("write", test_write);
  ADD ("failed-write-leaves-nothing", test_failed_write_leaves_nothing);
  ADD ("concurrent-writes", test_concurrent_writes);
  ADD ("stale-update", test_stale_update);
  ADD ("large-statement", test_large_statement);
  ADD ("events", test_events);
  ADD ("audit-chain", test_audit_chain);
  ADD ("tokens", test_tokens);
  ADD ("reopen", test_reopen);
  ADD ("newer-schema-is-refused", test_newer_schema_is_refused);
  ADD ("damage-is-named", test_damage_is_named);
  ADD ("large-damage-stops-writes", test_large_damage_stops_writes);
  g_test_add_func ("/store/migration-is-whole-or-not", test_migration_is_whole_or_not);
  g_test_add_func ("/store/steps-of-schema-4", test_steps_of_schema_4);

  return g_test_run ();
}
