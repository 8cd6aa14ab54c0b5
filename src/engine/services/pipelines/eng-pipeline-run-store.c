/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-pipeline-run-store"

#include "config.h"

#include <string.h>

#include "eng-pipeline-run.h"
#include "eng-resource.h"
#include "sage-json.h"

/* AWS's own words for an execution that did not succeed. */
#define FAILURE_REASON "Step failure: One or multiple steps failed."

/* Bound of the shape PipelineExecutionFailureReason. */
#define MAX_EXECUTION_FAILURE 1300

/* Bound of the shape FailureReason. */
#define MAX_STEP_FAILURE 1024

/**
 * eng_run_is_dirty:
 * @run: the execution
 *
 * Returns: whether there is something that must be stored
 */
gboolean
eng_run_is_dirty (EngRun *run)
{
  if (run->ended)
    return TRUE;

  for (guint i = 0; i < run->definition->steps->len; i++)
    if (run->steps[i].dirty)
      return TRUE;

  return FALSE;
}

/* Why the execution failed: AWS's sentence, and what it does not say. */
static char *
execution_failure (EngRun *run)
{
  g_autoptr(GString) text = g_string_new (NULL);

  for (guint i = 0; i < run->definition->steps->len; i++)
    {
      EngStepRow *row = &run->steps[i].row;

      if (row->status != ENG_STEP_FAILED)
        continue;
      if (text->len == 0)
        g_string_append (text, FAILURE_REASON);
      g_string_append_printf (text, " %s: %s", row->name,
                              row->failure != NULL ? row->failure : "failed");
    }
  if (text->len == 0)
    return NULL;

  return g_utf8_substring (text->str, 0, MIN (g_utf8_strlen (text->str, -1),
                                              MAX_EXECUTION_FAILURE));
}

/* Writes the last status into the execution's document. */
static gboolean
store_status (EngTx        *tx,
              EngResource  *resource,
              const char   *status,
              const char   *failure,
              GError      **error)
{
  g_autoptr(JsonObject) doc = eng_resource_doc (resource, error);

  if (doc == NULL)
    return FALSE;

  json_object_set_string_member (doc, "PipelineExecutionStatus", status);
  json_object_set_double_member (doc, "LastModifiedTime", tx->now);
  if (strcmp (status, "Failed") == 0)
    {
      json_object_set_string_member (doc, "FailureReason", failure);
      json_object_set_string_member (doc, "PipelineExecutionFailureReason", failure);
    }
  eng_resource_set_doc (resource, doc);
  g_free (resource->status);
  resource->status = g_strdup (status);

  return eng_resource_update (tx, resource, error);
}

static gboolean
store_end (EngTx   *tx,
           EngRun  *run,
           GError **error)
{
  g_autoptr(GError) local_error = NULL;
  g_autoptr(EngResource) resource = eng_resource_load (tx->connection, ENG_EXECUTION_KIND,
                                                       run->name, &local_error);
  g_autofree char *failure = execution_failure (run);
  const char *status = failure != NULL ? "Failed" : "Succeeded";

  if (resource == NULL)
    {
      if (local_error == NULL)
        return TRUE; /* deleted: nobody is left to be told */
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }

  /* A stop that was confirmed after the last step ended is still a stop. */
  if (run->stopping || strcmp (resource->status, "Stopping") == 0)
    status = "Stopped";

  return store_status (tx, resource, status, failure, error);
}

/**
 * eng_run_store:
 * @tx: a transaction; the controller's thread waits for it
 * @run: the execution
 *
 * Stores every row that is newer than the stored one, and the end of the execution.
 */
gboolean
eng_run_store (EngTx   *tx,
               EngRun  *run,
               GError **error)
{
  for (guint i = 0; i < run->definition->steps->len; i++)
    {
      EngRunStep *step = &run->steps[i];
      g_autofree char *name = NULL;

      if (!step->dirty)
        continue;

      name = g_strdup_printf ("%s/%s", run->name, step->row.name);
      if (!eng_step_row_store (tx, &step->row, error) ||
          !eng_tx_emit (tx, ENG_STEP_KIND, name, run->arn, eng_step_status_word (step->row.status),
                        error))
        return FALSE;
    }

  return !run->ended || store_end (tx, run, error);
}

/**
 * eng_run_stored:
 * @run: the execution
 *
 * Takes notice that what eng_run_store() wrote is durable.
 */
void
eng_run_stored (EngRun *run)
{
  for (guint i = 0; i < run->definition->steps->len; i++)
    run->steps[i].dirty = FALSE;
}

/* An execution that nobody can go on with. */
typedef struct
{
  const char *name;
  const char *failure;
} Abandoned;

static gboolean
abandon_cb (EngTx     *tx,
            gpointer   user_data,
            GError   **error)
{
  Abandoned *abandoned = user_data;
  g_autoptr(GError) local_error = NULL;
  g_autoptr(EngResource) resource = eng_resource_load (tx->connection, ENG_EXECUTION_KIND,
                                                       abandoned->name, &local_error);

  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  if (resource == NULL || (strcmp (resource->status, "Executing") != 0 &&
                           strcmp (resource->status, "Stopping") != 0))
    return TRUE;

  return eng_exec (tx->connection, error,
                   "UPDATE pipeline_step SET status = 'Failed', ended = ?2, failure = ?3"
                   " WHERE execution = ?1 AND status IN ('Starting', 'Executing', 'Stopping')",
                   "idt", resource->id, tx->now, abandoned->failure) &&
         store_status (tx, resource, "Failed", abandoned->failure, error);
}

/**
 * eng_run_abandon:
 * @engine: the engine
 * @name: name of an execution's resource
 * @why: why it cannot be taken up, in English
 * @error: (out) (optional): where the error goes
 *
 * Ends an execution under way as failed, with its steps, though nobody can read what it is about:
 * otherwise it would be under way for ever, and its pipeline could not be deleted. Jobs that it has
 * started end by themselves. One that has ended stays as it is.
 */
gboolean
eng_run_abandon (EngEngine   *engine,
                 const char  *name,
                 const char  *why,
                 GError     **error)
{
  g_autofree char *text = g_strdup_printf ("The execution cannot go on: %s", why);
  g_autofree char *failure = g_utf8_substring (text, 0, MIN (g_utf8_strlen (text, -1),
                                                             MAX_STEP_FAILURE));
  Abandoned abandoned = { name, failure };

  return eng_store_write (engine->store, abandon_cb, &abandoned, error);
}
