/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sqlite-floor"

#include "config.h"

#include <glib.h>
#include <sqlite3.h>
#include <stdlib.h>

/*
 * The floor of a durable create: clients hand documents to one thread that writes whatever waits
 * in one transaction of SQLite (WAL, synchronous=FULL) and wakes them when it has committed.
 * sqlite-floor DATABASE CLIENTS SECONDS BYTES prints the creates per second.
 */

typedef struct
{
  GMutex   mutex;
  GCond    cond;
  gboolean committed;
} Create;

typedef struct
{
  GAsyncQueue *queue; /* (owned), of Create */
  sqlite3     *db;    /* (owned), the writer's only */
  char        *text;  /* (owned), the document */
  int          stop;
  int          created;
} Floor;

static void
check (Floor *floor,
       int    result)
{
  if (result != SQLITE_OK && result != SQLITE_DONE)
    {
      g_printerr ("sqlite-floor: %s\n", sqlite3_errmsg (floor->db));
      exit (1);
    }
}

static gpointer
client_thread (gpointer data)
{
  Floor *floor = data;

  while (!g_atomic_int_get (&floor->stop))
    {
      Create create = { 0, };

      g_mutex_init (&create.mutex);
      g_cond_init (&create.cond);
      g_async_queue_push (floor->queue, &create);

      g_mutex_lock (&create.mutex);
      while (!create.committed)
        g_cond_wait (&create.cond, &create.mutex);
      g_mutex_unlock (&create.mutex);

      g_mutex_clear (&create.mutex);
      g_cond_clear (&create.cond);
      g_atomic_int_inc (&floor->created);
    }

  return NULL;
}

static void
insert (Floor        *floor,
        sqlite3_stmt *stmt)
{
  static gint64 number;
  char name[32];

  g_snprintf (name, sizeof name, "job-%" G_GINT64_FORMAT, ++number);
  sqlite3_bind_text (stmt, 1, name, -1, SQLITE_TRANSIENT);
  sqlite3_bind_int64 (stmt, 2, g_get_real_time ());
  sqlite3_bind_text (stmt, 3, floor->text, -1, SQLITE_STATIC);
  check (floor, sqlite3_step (stmt));
  check (floor, sqlite3_reset (stmt));
}

static gpointer
writer_thread (gpointer data)
{
  Floor *floor = data;
  g_autoptr(GPtrArray) batch = g_ptr_array_new ();
  sqlite3_stmt *stmt;

  check (floor, sqlite3_prepare_v2 (floor->db, "INSERT INTO jobs VALUES (?, ?, ?)", -1, &stmt, NULL));

  while (TRUE)
    {
      Create *create = g_async_queue_pop (floor->queue);

      if ((gpointer) create == floor)
        break; /* the end; every client is gone */

      check (floor, sqlite3_exec (floor->db, "BEGIN IMMEDIATE", NULL, NULL, NULL));
      for (; create != NULL; create = g_async_queue_try_pop (floor->queue))
        {
          insert (floor, stmt);
          g_ptr_array_add (batch, create);
        }
      check (floor, sqlite3_exec (floor->db, "COMMIT", NULL, NULL, NULL));

      for (guint i = 0; i < batch->len; i++)
        {
          create = g_ptr_array_index (batch, i);
          g_mutex_lock (&create->mutex);
          create->committed = TRUE;
          g_cond_signal (&create->cond);
          g_mutex_unlock (&create->mutex);
        }
      g_ptr_array_set_size (batch, 0);
    }

  sqlite3_finalize (stmt);

  return NULL;
}

static void
open_database (Floor      *floor,
               const char *path)
{
  if (sqlite3_open (path, &floor->db) != SQLITE_OK)
    check (floor, SQLITE_CANTOPEN);
  check (floor, sqlite3_exec (floor->db,
                              "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                              "CREATE TABLE jobs (name TEXT PRIMARY KEY, created INTEGER NOT NULL,"
                              " document TEXT NOT NULL) STRICT",
                              NULL, NULL, NULL));
}

int
main (int   argc,
      char *argv[])
{
  g_autoptr(GPtrArray) clients = g_ptr_array_new ();
  Floor floor = { 0, };
  GThread *writer;
  gint64 start;
  int seconds;

  if (argc != 5)
    {
      g_printerr ("Usage: sqlite-floor DATABASE CLIENTS SECONDS BYTES\n");
      return 2;
    }

  seconds = atoi (argv[3]);
  floor.queue = g_async_queue_new ();
  floor.text = g_strnfill (atoi (argv[4]), 'x');
  open_database (&floor, argv[1]);

  start = g_get_monotonic_time ();
  writer = g_thread_new ("writer", writer_thread, &floor);
  for (int i = 0; i < atoi (argv[2]); i++)
    g_ptr_array_add (clients, g_thread_new ("client", client_thread, &floor));

  g_usleep (seconds * G_USEC_PER_SEC);
  g_atomic_int_set (&floor.stop, TRUE);
  for (guint i = 0; i < clients->len; i++)
    g_thread_join (g_ptr_array_index (clients, i));
  g_print ("%.1f\n", floor.created * 1e6 / (g_get_monotonic_time () - start));

  g_async_queue_push (floor.queue, &floor);
  g_thread_join (writer);
  sqlite3_close (floor.db);
  g_async_queue_unref (floor.queue);
  g_free (floor.text);

  return 0;
}
