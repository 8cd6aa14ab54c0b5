/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-pipeline-cache-rows"

#include "config.h"

#include "eng-pipeline-rows.h"

/* How many results of one key are tried. All but the latest lead to something only where what
 * later ones made was changed. */
#define MAX_RESULTS 16

#define RESULT \
  "SELECT s.job, s.arn, s.cache_outputs, r.arn, s.cache_key, s.cache_parts FROM pipeline_step s" \
  " JOIN resource r ON r.id = s.execution "

/**
 * eng_step_cache_clear:
 * @cache: what to clear
 */
void
eng_step_cache_clear (EngStepCache *cache)
{
  g_clear_pointer (&cache->key, g_free);
  g_clear_pointer (&cache->inputs, g_free);
  g_clear_pointer (&cache->outputs, g_free);
  g_clear_pointer (&cache->source, g_free);
  g_clear_pointer (&cache->parts, g_free);
  g_clear_pointer (&cache->miss, g_free);
}

/**
 * eng_step_cache_copy:
 * @from: what to copy
 * @to: becomes the same
 */
void
eng_step_cache_copy (const EngStepCache *from,
                     EngStepCache       *to)
{
  eng_step_cache_clear (to);
  to->key = g_strdup (from->key);
  to->inputs = g_strdup (from->inputs);
  to->outputs = g_strdup (from->outputs);
  to->source = g_strdup (from->source);
  to->parts = g_strdup (from->parts);
  to->miss = g_strdup (from->miss);
}

/**
 * eng_step_result_free:
 * @result: (transfer full) (nullable): what to free
 */
void
eng_step_result_free (EngStepResult *result)
{
  if (result == NULL)
    return;

  g_free (result->job);
  g_free (result->arn);
  g_free (result->outputs);
  g_free (result->source);
  g_free (result->key);
  g_free (result->parts);
  g_free (result);
}

/* Reads all rows of RESULT. */
static GPtrArray *
read_results (EngRows  *rows,
              GError  **error)
{
  enum { JOB, ARN, OUTPUTS, SOURCE, KEY, PARTS };
  g_autoptr(GPtrArray) found =
    g_ptr_array_new_with_free_func ((GDestroyNotify) eng_step_result_free);
  g_autoptr(GError) local_error = NULL;

  while (eng_rows_next (rows, &local_error))
    {
      EngStepResult *result = g_new0 (EngStepResult, 1);

      result->job = eng_rows_dup_text (rows, JOB);
      result->arn = eng_rows_dup_text (rows, ARN);
      result->outputs = eng_rows_dup_text (rows, OUTPUTS);
      result->source = eng_rows_dup_text (rows, SOURCE);
      result->key = eng_rows_dup_text (rows, KEY);
      result->parts = eng_rows_dup_text (rows, PARTS);
      g_ptr_array_add (found, result);
    }

  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }

  return g_steal_pointer (&found);
}

/**
 * eng_step_results_find:
 * @connection: a reader, or a transaction's connection
 * @key: what makes the result
 * @since: seconds since the epoch
 * @until: seconds since the epoch
 *
 * Returns: (transfer full) (element-type EngStepResult): what succeeded between @since and @until,
 *   the latest first
 */
GPtrArray *
eng_step_results_find (EngConnection  *connection,
                       const char     *key,
                       double          since,
                       double          until,
                       GError        **error)
{
  g_autoptr(EngRows) rows =
    eng_query (connection, error, RESULT
               "WHERE s.cache_key = ?1 AND s.ended BETWEEN ?2 AND ?3"
               " AND s.cache_outputs IS NOT NULL ORDER BY s.ended DESC LIMIT ?4", "tddi", key,
               since, until, (gint64) MAX_RESULTS);

  return rows != NULL ? read_results (rows, error) : NULL;
}

/**
 * eng_step_results_latest:
 * @connection: a reader, or a transaction's connection
 * @pipeline: name of the pipeline
 * @step: name of the step
 *
 * Returns: (transfer full) (element-type EngStepResult): the step's latest result of whatever key;
 *   empty where there is none
 */
GPtrArray *
eng_step_results_latest (EngConnection  *connection,
                         const char     *pipeline,
                         const char     *step,
                         GError        **error)
{
  g_autoptr(EngRows) rows =
    eng_query (connection, error, RESULT
               "WHERE s.name = ?1 AND r.kind = ?2 AND r.parent = ?3"
               " AND s.cache_outputs IS NOT NULL ORDER BY s.ended DESC LIMIT 1", "ttt", step,
               ENG_EXECUTION_KIND, pipeline);

  return rows != NULL ? read_results (rows, error) : NULL;
}
