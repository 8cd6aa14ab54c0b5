/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-migrations"

#include "config.h"

#include "eng-schema.h"
#include "sage-error.h"

static gboolean
run_step (EngConnection  *connection,
          const char     *step,
          guint           version,
          GError        **error)
{
  sqlite3 *db = eng_connection_db (connection);
  g_autofree char *bump = g_strdup_printf ("PRAGMA user_version = %u", version);

  if (sqlite3_exec (db, "BEGIN IMMEDIATE", NULL, NULL, NULL) == SQLITE_OK &&
      sqlite3_exec (db, step, NULL, NULL, NULL) == SQLITE_OK &&
      sqlite3_exec (db, bump, NULL, NULL, NULL) == SQLITE_OK &&
      sqlite3_exec (db, "COMMIT", NULL, NULL, NULL) == SQLITE_OK)
    return TRUE;

  eng_sqlite_throw (db, error, "Cannot migrate the database to schema %u", version);
  sqlite3_exec (db, "ROLLBACK", NULL, NULL, NULL);

  return FALSE;
}

/**
 * eng_migrations_run:
 * @connection: the writer's connection
 * @steps: SQL of each step; append-only, a step that has shipped is never edited
 * @n_steps: how many
 *
 * Brings the database to schema @n_steps. A step and its user_version commit together, so that a
 * crash or a bad step leaves the database exactly at the last good version. A newer schema is
 * refused with %SAGE_ERROR_TOO_NEW and not touched.
 */
gboolean
eng_migrations_run (EngConnection       *connection,
                    const char * const  *steps,
                    guint                n_steps,
                    GError             **error)
{
  g_autoptr(GError) local_error = NULL;
  guint version = 0;

  {
    g_autoptr(EngRows) rows = eng_query (connection, error, "PRAGMA user_version", "");

    if (rows == NULL)
      return FALSE;
    if (eng_rows_next (rows, &local_error))
      version = (guint) eng_rows_int (rows, 0);
  }

  if (local_error != NULL)
    {
      g_propagate_prefixed_error (error, g_steal_pointer (&local_error),
                                  "Cannot read the schema version: ");
      return FALSE;
    }

  if (version > n_steps)
    return sage_throw (error, SAGE_ERROR_TOO_NEW,
                       "The database has schema %u, this engine knows %u; start the newer engine",
                       version, n_steps);

  for (; version < n_steps; version++)
    if (!run_step (connection, steps[version], version + 1, error))
      return FALSE;

  return TRUE;
}

/**
 * eng_migrate:
 * @connection: the writer's connection
 *
 * Brings the engine's database to the schema of this version.
 */
gboolean
eng_migrate (EngConnection  *connection,
             GError        **error)
{
  static const char * const steps[] = {
    eng_core_schema,
    eng_objects_schema,
    eng_pipeline_schema,
    eng_kernel_schema,
    eng_pipeline_cache_schema,
    eng_pipeline_cache_parts_schema,
    eng_user_schema,
    eng_kernel_setting_schema,
    eng_experiment_schema,
  };

  return eng_migrations_run (connection, steps, G_N_ELEMENTS (steps), error);
}
