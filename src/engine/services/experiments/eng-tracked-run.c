/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-run"

#include "config.h"

#include <math.h>
#include <string.h>

#include "eng-tracking-private.h"
#include "sage-error.h"

/* Events of what a run logs are as seldom as this. */
#define TELL_SECONDS 1.0

/**
 * eng_tracked_run_free:
 * @run: (nullable): a run
 */
void
eng_tracked_run_free (EngTrackedRun *run)
{
  if (run == NULL)
    return;

  g_free (run->id);
  g_free (run->name);
  g_free (run->user);
  g_free (run->status);
  g_free (run->stage);
  g_free (run->artifact_uri);
  g_free (run);
}

/**
 * eng_tracked_run_read:
 * @rows: a query for %ENG_RUN_COLUMNS, at a row
 *
 * Returns: (transfer full): the row
 */
EngTrackedRun *
eng_tracked_run_read (EngRows *rows)
{
  EngTrackedRun *run = g_new0 (EngTrackedRun, 1);

  run->number = eng_rows_int (rows, 0);
  run->id = eng_rows_dup_text (rows, 1);
  run->experiment = eng_rows_int (rows, 2);
  run->name = eng_rows_dup_text (rows, 3);
  run->user = eng_rows_dup_text (rows, 4);
  run->status = eng_rows_dup_text (rows, 5);
  run->stage = eng_rows_dup_text (rows, 6);
  run->started = eng_rows_int (rows, 7);
  run->ended = eng_rows_text (rows, 8) != NULL ? eng_rows_int (rows, 8) : -1;
  run->artifact_uri = eng_rows_dup_text (rows, 9);
  run->told = eng_rows_double (rows, 10);

  return run;
}

/**
 * eng_tracked_run_load:
 * @connection: a connection
 * @id: a run's id
 *
 * Returns: (transfer full): the run, deleted or not; %NULL with %SAGE_ERROR_NOT_FOUND
 */
EngTrackedRun *
eng_tracked_run_load (EngConnection  *connection,
                      const char     *id,
                      GError        **error)
{
  g_autoptr(GError) local_error = NULL;
  g_autoptr(EngRows) rows = eng_query (connection, error, "SELECT " ENG_RUN_COLUMNS
                                       " FROM run r WHERE id = ?1", "t", id);

  if (rows == NULL)
    return NULL;
  if (eng_rows_next (rows, &local_error))
    return eng_tracked_run_read (rows);
  if (local_error != NULL)
    g_propagate_error (error, g_steal_pointer (&local_error));
  else
    sage_throw (error, SAGE_ERROR_NOT_FOUND, "Run with id=%.64s not found", id);

  return NULL;
}

/**
 * eng_tracked_run_load_active:
 * @tx: a transaction that changes the run
 * @id: its id
 *
 * Returns: (transfer full): the run; %NULL with %SAGE_ERROR_NOT_FOUND, or %SAGE_ERROR_INVALID for one
 *   that is deleted
 */
EngTrackedRun *
eng_tracked_run_load_active (EngTx       *tx,
                             const char  *id,
                             GError     **error)
{
  g_autoptr(EngTrackedRun) run = eng_tracked_run_load (tx->connection, id, error);

  if (run == NULL)
    return NULL;
  if (strcmp (run->stage, ENG_STAGE_ACTIVE) != 0)
    {
      sage_throw (error, SAGE_ERROR_INVALID,
                  "The run %s must be in the 'active' state. Current state is %s.", run->id, run->stage);
      return NULL;
    }

  return g_steal_pointer (&run);
}

/**
 * eng_tracked_run_out_info:
 * @out: a reply, behind a member's name
 * @run: the run, whose RunInfo is written
 */
void
eng_tracked_run_out_info (GString             *out,
                          const EngTrackedRun *run)
{
  g_autofree char *experiment = g_strdup_printf ("%" G_GINT64_FORMAT, run->experiment);

  eng_out_open (out, '{');
  eng_out_text (out, "run_uuid", run->id);
  eng_out_text (out, "experiment_id", experiment);
  eng_out_text (out, "run_name", run->name);
  eng_out_text (out, "user_id", run->user);
  eng_out_text (out, "status", run->status);
  eng_out_int (out, "start_time", run->started);
  if (run->ended >= 0)
    eng_out_int (out, "end_time", run->ended);
  eng_out_text (out, "artifact_uri", run->artifact_uri);
  eng_out_text (out, "lifecycle_stage", run->stage);
  eng_out_text (out, "run_id", run->id);
  g_string_append_c (out, '}');
}

static gboolean
out_metric (GString        *out,
            EngConnection  *connection,
            EngRows        *rows,
            GError        **error)
{
  eng_out_open (out, '{');
  eng_out_text (out, "key", eng_rows_text (rows, 0));
  eng_out_double (out, "value", eng_rows_text (rows, 1) != NULL ? eng_rows_double (rows, 1) : NAN);
  eng_out_int (out, "timestamp", eng_rows_int (rows, 2));
  eng_out_int (out, "step", eng_rows_int (rows, 3));
  g_string_append_c (out, '}');

  return TRUE;
}

static gboolean
out_input (GString        *out,
           EngConnection  *connection,
           EngRows        *rows,
           GError        **error)
{
  eng_out_element (out, eng_rows_text (rows, 0));

  return TRUE;
}

static EngRows *
query (EngConnection        *connection,
       const EngTrackedRun  *run,
       const char           *sql,
       GError              **error)
{
  return eng_query (connection, error, sql, "i", run->number);
}

/**
 * eng_tracked_run_out:
 * @out: a reply, behind a member's name or within an array
 * @connection: a reader, or the transaction's
 * @run: the run, which is written whole
 */
gboolean
eng_tracked_run_out (GString              *out,
                     EngConnection        *connection,
                     const EngTrackedRun  *run,
                     GError              **error)
{
  eng_out_open (out, '{');
  eng_out_member (out, "info");
  eng_tracked_run_out_info (out, run);
  eng_out_member (out, "data");
  eng_out_open (out, '{');
  if (!eng_out_rows (out, "metrics", connection,
                     query (connection, run, "SELECT key, value, time, step FROM run_metric WHERE run = ?1"
                            " ORDER BY key", error), out_metric, error) ||
      !eng_out_rows (out, "params", connection,
                     query (connection, run, "SELECT key, value FROM run_param WHERE run = ?1"
                            " ORDER BY key", error), eng_out_pair, error) ||
      !eng_out_rows (out, "tags", connection,
                     query (connection, run, "SELECT key, value FROM run_tag WHERE run = ?1"
                            " ORDER BY key", error), eng_out_pair, error))
    return FALSE;
  g_string_append_c (out, '}');
  eng_out_member (out, "inputs");
  eng_out_open (out, '{');
  if (!eng_out_rows (out, "dataset_inputs", connection,
                     query (connection, run, "SELECT doc FROM run_input WHERE run = ?1"
                            " ORDER BY name, digest", error), out_input, error))
    return FALSE;
  g_string_append (out, "}}");

  return TRUE;
}

/**
 * eng_tracked_run_tell:
 * @tx: the transaction that changes it
 * @run: a run
 * @status: its status now
 *
 * Appends an event of the run.
 */
gboolean
eng_tracked_run_tell (EngTx                *tx,
                      const EngTrackedRun  *run,
                      const char           *status,
                      GError              **error)
{
  g_autofree char *uri = g_strconcat ("runs:/", run->id, NULL);

  return eng_tx_emit (tx, "mlflow-run", run->id, uri, status, error) &&
         eng_exec (tx->connection, error, "UPDATE run SET told = ?2 WHERE number = ?1", "id",
                   run->number, tx->now);
}

/**
 * eng_tracked_run_tell_seldom:
 *
 * As eng_tracked_run_tell(), for what may come a thousand times a second: there is an event a second then.
 */
gboolean
eng_tracked_run_tell_seldom (EngTx                *tx,
                             const EngTrackedRun  *run,
                             GError              **error)
{
  /* a clock that was set back must not silence it */
  return fabs (tx->now - run->told) < TELL_SECONDS || eng_tracked_run_tell (tx, run, run->status, error);
}

/**
 * eng_tracked_run_set_tag:
 * @tx: a transaction
 * @run: a run
 * @tag: a tag, checked
 *
 * Sets it. The name of a run is a tag as well.
 */
gboolean
eng_tracked_run_set_tag (EngTx                *tx,
                         const EngTrackedRun  *run,
                         const EngPair        *tag,
                         GError              **error)
{
  if (strcmp (tag->key, ENG_RUN_NAME_TAG) == 0 &&
      !eng_exec (tx->connection, error, "UPDATE run SET name = ?2 WHERE number = ?1", "it", run->number,
                 tag->value))
    return FALSE;

  return eng_exec (tx->connection, error, "INSERT INTO run_tag VALUES (?1, ?2, ?3)"
                   " ON CONFLICT DO UPDATE SET value = excluded.value", "itt", run->number, tag->key,
                   tag->value);
}
