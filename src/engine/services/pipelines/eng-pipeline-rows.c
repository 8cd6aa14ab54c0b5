/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-pipeline-rows"

#include "config.h"

#include <string.h>

#include "eng-pipeline-rows.h"
#include "sage-digest.h"
#include "sage-error.h"

#define COLUMNS \
  "execution, position, name, status, attempt, tries, wait, started, ended, job, arn, outcome," \
  " failure, outputs, cache_key, cache_inputs, cache_outputs, cache_source," \
  " cache_parts, cache_miss"

enum
{
  COL_EXECUTION,
  COL_POSITION,
  COL_NAME,
  COL_STATUS,
  COL_ATTEMPT,
  COL_TRIES,
  COL_WAIT,
  COL_STARTED,
  COL_ENDED,
  COL_JOB,
  COL_ARN,
  COL_OUTCOME,
  COL_FAILURE,
  COL_OUTPUTS,
  COL_CACHE_KEY,
  COL_CACHE_INPUTS,
  COL_CACHE_OUTPUTS,
  COL_CACHE_SOURCE,
  COL_CACHE_PARTS,
  COL_CACHE_MISS,
};

static const char *const status_words[] = {
  [ENG_STEP_ABSENT] = "",
  [ENG_STEP_STARTING] = "Starting",
  [ENG_STEP_EXECUTING] = "Executing",
  [ENG_STEP_STOPPING] = "Stopping",
  [ENG_STEP_STOPPED] = "Stopped",
  [ENG_STEP_FAILED] = "Failed",
  [ENG_STEP_SUCCEEDED] = "Succeeded",
};

/**
 * eng_step_status_word:
 * @status: a status
 *
 * Returns: (transfer none): AWS's word for it
 */
const char *
eng_step_status_word (EngStepStatus status)
{
  return status_words[status];
}

/**
 * eng_step_status_is_end:
 * @status: a status
 *
 * Returns: whether a step in it only moves again when the execution is retried
 */
gboolean
eng_step_status_is_end (EngStepStatus status)
{
  return status == ENG_STEP_STOPPED || status == ENG_STEP_FAILED || status == ENG_STEP_SUCCEEDED;
}

static gboolean
parse_status (const char    *word,
              EngStepStatus *status)
{
  for (guint i = ENG_STEP_STARTING; i < G_N_ELEMENTS (status_words); i++)
    if (g_strcmp0 (word, status_words[i]) == 0)
      {
        *status = (EngStepStatus) i;
        return TRUE;
      }

  return FALSE;
}

/**
 * eng_step_row_clear:
 * @row: what to clear
 */
void
eng_step_row_clear (EngStepRow *row)
{
  g_clear_pointer (&row->name, g_free);
  g_clear_pointer (&row->job, g_free);
  g_clear_pointer (&row->arn, g_free);
  g_clear_pointer (&row->outcome, g_free);
  g_clear_pointer (&row->failure, g_free);
  g_clear_pointer (&row->outputs, g_free);
  eng_step_cache_clear (&row->cache);
}

/**
 * eng_step_row_free:
 * @row: (transfer full) (nullable): what to free
 */
void
eng_step_row_free (EngStepRow *row)
{
  if (row == NULL)
    return;

  eng_step_row_clear (row);
  g_free (row);
}

static EngStepRow *
row_read (EngRows  *rows,
          GError  **error)
{
  g_autoptr(EngStepRow) row = g_new0 (EngStepRow, 1);

  row->execution = eng_rows_int (rows, COL_EXECUTION);
  row->position = (guint) eng_rows_int (rows, COL_POSITION);
  row->name = eng_rows_dup_text (rows, COL_NAME);
  row->attempt = (guint) eng_rows_int (rows, COL_ATTEMPT);
  row->tries = (guint) eng_rows_int (rows, COL_TRIES);
  row->wait = eng_rows_double (rows, COL_WAIT);
  row->started = eng_rows_double (rows, COL_STARTED);
  row->ended = eng_rows_double (rows, COL_ENDED);
  row->job = eng_rows_dup_text (rows, COL_JOB);
  row->arn = eng_rows_dup_text (rows, COL_ARN);
  row->outcome = eng_rows_dup_text (rows, COL_OUTCOME);
  row->failure = eng_rows_dup_text (rows, COL_FAILURE);
  row->outputs = eng_rows_dup_text (rows, COL_OUTPUTS);
  row->cache.key = eng_rows_dup_text (rows, COL_CACHE_KEY);
  row->cache.inputs = eng_rows_dup_text (rows, COL_CACHE_INPUTS);
  row->cache.outputs = eng_rows_dup_text (rows, COL_CACHE_OUTPUTS);
  row->cache.source = eng_rows_dup_text (rows, COL_CACHE_SOURCE);
  row->cache.parts = eng_rows_dup_text (rows, COL_CACHE_PARTS);
  row->cache.miss = eng_rows_dup_text (rows, COL_CACHE_MISS);

  if (!parse_status (eng_rows_text (rows, COL_STATUS), &row->status))
    {
      sage_throw (error, SAGE_ERROR_CORRUPT, "Step '%s' has the unknown status '%s'", row->name,
                  eng_rows_text (rows, COL_STATUS));
      return NULL;
    }

  return g_steal_pointer (&row);
}

/**
 * eng_step_rows_load:
 * @connection: a reader, or a transaction's connection
 * @execution: id of the execution's resource
 *
 * Returns: (transfer full) (element-type EngStepRow): the steps reached so far, by start
 */
GPtrArray *
eng_step_rows_load (EngConnection  *connection,
                    gint64          execution,
                    GError        **error)
{
  g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func ((GDestroyNotify) eng_step_row_free);
  g_autoptr(GError) local_error = NULL;
  g_autoptr(EngRows) rows = eng_query (connection, error,
                                       "SELECT " COLUMNS " FROM pipeline_step WHERE execution = ?1"
                                       " ORDER BY started, position", "i", execution);

  if (rows == NULL)
    return NULL;

  while (eng_rows_next (rows, &local_error))
    {
      EngStepRow *row = row_read (rows, error);

      if (row == NULL)
        return NULL;
      g_ptr_array_add (found, row);
    }

  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }

  return g_steal_pointer (&found);
}

/**
 * eng_step_row_store:
 * @tx: the transaction
 * @row: the row as it shall be
 *
 * Inserts or replaces a row.
 */
gboolean
eng_step_row_store (EngTx             *tx,
                    const EngStepRow  *row,
                    GError           **error)
{
  return eng_exec (tx->connection, error,
                   "INSERT OR REPLACE INTO pipeline_step (" COLUMNS ")"
                   " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, nullif (?9, 0.0), ?10, ?11, ?12, ?13,"
                   " ?14, ?15, ?16, ?17, ?18, ?19, ?20)",
                   "iittiidddttttttttttt",
                   row->execution, (gint64) row->position, row->name,
                   eng_step_status_word (row->status), (gint64) row->attempt, (gint64) row->tries,
                   row->wait, row->started, row->ended, row->job, row->arn, row->outcome,
                   row->failure, row->outputs, row->cache.key, row->cache.inputs,
                   row->cache.outputs, row->cache.source, row->cache.parts, row->cache.miss);
}

/**
 * eng_definition_store:
 * @tx: the transaction
 * @pipeline: id of the pipeline's resource
 * @text: the definition
 * @id: (out): names it from now on; the same text has the same id
 *
 * Keeps a definition for as long as its pipeline exists.
 */
gboolean
eng_definition_store (EngTx       *tx,
                      gint64       pipeline,
                      const char  *text,
                      gint64      *id,
                      GError     **error)
{
  guint8 digest[SAGE_SHA256_SIZE];
  g_autofree char *hex = NULL;
  g_autoptr(EngRows) rows = NULL;

  sage_sha256 (text, strlen (text), digest);
  hex = sage_hex (digest, sizeof digest);

  if (!eng_exec (tx->connection, error,
                 "INSERT OR IGNORE INTO pipeline_definition (pipeline, sha256, text)"
                 " VALUES (?1, ?2, ?3)", "itt", pipeline, hex, text))
    return FALSE;

  rows = eng_query (tx->connection, error,
                    "SELECT id FROM pipeline_definition WHERE pipeline = ?1 AND sha256 = ?2",
                    "it", pipeline, hex);
  if (rows == NULL || !eng_rows_next (rows, error))
    return FALSE;

  *id = eng_rows_int (rows, 0);
  return TRUE;
}

/**
 * eng_definition_load:
 * @connection: a reader, or a transaction's connection
 * @id: from eng_definition_store()
 *
 * Returns: (transfer full): the definition, or %NULL with @error
 */
char *
eng_definition_load (EngConnection  *connection,
                     gint64          id,
                     GError        **error)
{
  g_autoptr(GError) local_error = NULL;
  g_autoptr(EngRows) rows = eng_query (connection, error,
                                       "SELECT text FROM pipeline_definition WHERE id = ?1", "i",
                                       id);

  if (rows == NULL)
    return NULL;
  if (eng_rows_next (rows, &local_error))
    return eng_rows_dup_text (rows, 0);

  if (local_error != NULL)
    g_propagate_error (error, g_steal_pointer (&local_error));
  else
    sage_throw (error, SAGE_ERROR_CORRUPT, "Pipeline definition %" G_GINT64_FORMAT " is missing",
                id);
  return NULL;
}
