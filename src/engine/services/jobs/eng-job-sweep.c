/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-job-sweep"

#include "config.h"

#include <string.h>

#include "eng-job-run.h"
#include "sage-file.h"

/* What a row says of its job's directory. */
typedef enum
{
  KEEP_NOTHING, /* there is no such row: the hash table's answer, too */
  KEEP_LOG,     /* the job has ended */
  KEEP_ALL,
} Keep;

/* Row id, as text, to Keep. */
static GHashTable *
list_rows (EngEngine   *engine,
           const char  *kind,
           GError     **error)
{
  g_autoptr(GHashTable) rows = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr(EngReader) reader = eng_store_reader (engine->store, error);
  g_autoptr(GError) local_error = NULL;
  g_autoptr(EngRows) query = NULL;

  if (reader != NULL)
    query = eng_query (reader, error,
                       "SELECT id, status IN ('InProgress', 'Stopping') FROM resource"
                       " WHERE kind = ?1", "t", kind);
  if (query == NULL)
    return NULL;

  while (eng_rows_next (query, &local_error))
    g_hash_table_insert (rows, eng_rows_dup_text (query, 0),
                         GINT_TO_POINTER (eng_rows_int (query, 1) != 0 ? KEEP_ALL : KEEP_LOG));
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }

  return g_steal_pointer (&rows);
}

/**
 * eng_job_sweep:
 * @engine: the engine, before any job is attended to
 * @family: a family of jobs
 * @quit: (atomic): set when the engine stops
 *
 * Removes what an engine left that was killed between the last commit for a job and the removal of
 * its files: all of a job that was deleted, and what a job that has ended worked on.
 */
void
eng_job_sweep (EngEngine          *engine,
               const EngJobFamily *family,
               int                *quit)
{
  g_autofree char *root = g_build_filename (engine->data_dir, "jobs", family->kind, NULL);
  g_autoptr(GDir) dir = g_dir_open (root, 0, NULL);
  g_autoptr(GError) error = NULL;
  g_autoptr(GHashTable) rows = dir != NULL ? list_rows (engine, family->kind, &error) : NULL;
  const char *name;

  if (error != NULL)
    g_warning ("Cannot tell which job directories are left over: %s", error->message);

  while (rows != NULL && !g_atomic_int_get (quit) && (name = g_dir_read_name (dir)) != NULL)
    {
      Keep keep = (Keep) GPOINTER_TO_INT (g_hash_table_lookup (rows, name));
      g_autofree char *path = g_build_filename (root, name, keep == KEEP_LOG ? "opt-ml" : NULL,
                                                NULL);
      g_autoptr(GError) local_error = NULL;

      if (keep != KEEP_ALL && !sage_dir_remove (path, &local_error))
        g_warning ("%s", local_error->message);
    }
}
