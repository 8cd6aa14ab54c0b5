/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "metric-floor"

#include "config.h"

#include <glib.h>
#include <sqlite3.h>
#include <stdlib.h>

/*
 * The floor of logging metrics: one thread inserts points into SQLite (WAL, synchronous=FULL) by a
 * prepared statement, a thousand to a transaction.
 * metric-floor DATABASE SECONDS prints the points per second.
 */

#define BATCH 1000

static void
check (sqlite3 *db,
       int      result)
{
  if (result != SQLITE_OK && result != SQLITE_DONE)
    {
      g_printerr ("metric-floor: %s\n", sqlite3_errmsg (db));
      exit (1);
    }
}

static void
insert_batch (sqlite3      *db,
              sqlite3_stmt *stmt,
              gint64        first)
{
  check (db, sqlite3_exec (db, "BEGIN IMMEDIATE", NULL, NULL, NULL));
  for (gint64 i = first; i < first + BATCH; i++)
    {
      sqlite3_bind_int64 (stmt, 1, 1);
      sqlite3_bind_int64 (stmt, 2, i % 10);
      sqlite3_bind_int64 (stmt, 3, i);
      sqlite3_bind_int64 (stmt, 4, G_GINT64_CONSTANT (1700000000000) + i);
      sqlite3_bind_double (stmt, 5, 1.0 / (double) (i + 3));
      check (db, sqlite3_step (stmt));
      check (db, sqlite3_reset (stmt));
    }
  check (db, sqlite3_exec (db, "COMMIT", NULL, NULL, NULL));
}

int
main (int   argc,
      char *argv[])
{
  sqlite3_stmt *stmt = NULL;
  sqlite3 *db = NULL;
  gint64 n = 0;
  gint64 start;
  gint64 end;

  if (argc != 3)
    {
      g_printerr ("Usage: metric-floor DATABASE SECONDS\n");
      return 2;
    }

  check (db, sqlite3_open (argv[1], &db));
  check (db, sqlite3_exec (db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                           "CREATE TABLE metric (run INTEGER, key INTEGER, step INTEGER, time INTEGER,"
                           " value REAL) STRICT", NULL, NULL, NULL));
  check (db, sqlite3_prepare_v2 (db, "INSERT INTO metric VALUES (?, ?, ?, ?, ?)", -1, &stmt, NULL));

  start = g_get_monotonic_time ();
  end = start + atoi (argv[2]) * G_USEC_PER_SEC;
  for (; g_get_monotonic_time () < end; n += BATCH)
    insert_batch (db, stmt, n);
  g_print ("%.1f\n", (double) n * 1e6 / (double) (g_get_monotonic_time () - start));

  sqlite3_finalize (stmt);
  sqlite3_close (db);

  return 0;
}
