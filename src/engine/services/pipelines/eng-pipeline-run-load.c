/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-pipeline-run-load"

#include "config.h"

#include <string.h>

#include "eng-pipeline-request.h"
#include "eng-pipeline-run.h"
#include "eng-resource.h"
#include "sage-error.h"
#include "sage-json.h"
#include "sage-time.h"

/**
 * eng_run_free:
 * @run: (transfer full) (nullable): what to free
 */
void
eng_run_free (EngRun *run)
{
  if (run == NULL)
    return;

  for (guint i = 0; run->steps != NULL && i < run->definition->steps->len; i++)
    {
      eng_step_row_clear (&run->steps[i].row);
      g_clear_pointer (&run->steps[i].outputs, json_node_unref);
    }
  g_free (run->steps);
  g_free (run->name);
  g_free (run->arn);
  g_free (run->role);
  g_free (run->principal);
  g_clear_pointer (&run->definition, eng_pipeline_unref);
  g_clear_pointer (&run->parameters, json_object_unref);
  g_clear_pointer (&run->variables, json_object_unref);
  g_queue_clear (&run->inline_ready);
  g_queue_clear (&run->job_ready);
  g_clear_pointer (&run->outbox, g_ptr_array_unref);
  g_free (run);
}

/* Takes over one stored row. */
static gboolean
take_row (EngRun      *run,
          EngStepRow  *row,
          GError     **error)
{
  EngRunStep *step;

  if (row->position >= run->definition->steps->len)
    return sage_throw (error, SAGE_ERROR_CORRUPT, "'%s' has a step %u that its definition lacks",
                       run->arn, row->position);

  step = &run->steps[row->position];
  step->row = *row;
  memset (row, 0, sizeof *row);

  if (step->row.outputs != NULL)
    {
      step->outputs = sage_json_parse_object (step->row.outputs, -1, &(SageJsonLimits) {
                                                64 * 1024 * 1024, 128, 1000000 }, error);
      if (step->outputs == NULL)
        return FALSE;
    }
  else if (step->row.outcome != NULL)
    {
      JsonObject *object = json_object_new ();

      json_object_set_string_member (object, "Outcome", step->row.outcome);
      step->outputs = sage_json_take_object (object);
    }

  return TRUE;
}

static gboolean
take_rows (EngRun         *run,
           EngConnection  *reader,
           GError        **error)
{
  g_autoptr(GPtrArray) rows = eng_step_rows_load (reader, run->id, error);

  for (guint i = 0; rows != NULL && i < rows->len; i++)
    if (!take_row (run, g_ptr_array_index (rows, i), error))
      return FALSE;

  return rows != NULL;
}

/* Puts the steps where the rows say they are. */
static void
restore (EngRun *run)
{
  guint n = run->definition->steps->len;
  gint64 now = g_get_monotonic_time ();

  for (guint i = 0; i < n; i++)
    if (run->steps[i].row.outcome != NULL)
      eng_run_skip_branch (run, &run->steps[i]);

  for (guint i = 0; i < n; i++)
    {
      EngRunStep *step = &run->steps[i];
      GArray *needs = step->step->needs;

      for (guint j = 0; j < needs->len; j++)
        if (run->steps[g_array_index (needs, guint, j)].row.status != ENG_STEP_SUCCEEDED)
          step->waits++;

      if (step->row.status == ENG_STEP_ABSENT)
        {
          if (step->waits == 0 && !step->skipped)
            eng_run_push_ready (run, step);
          continue;
        }
      if (step->step->type == ENG_STEP_FAIL && step->row.status == ENG_STEP_FAILED)
        run->closing = TRUE;
      if (eng_step_status_is_end (step->row.status))
        continue;

      step->resumed = TRUE;
      if (step->row.status == ENG_STEP_STARTING && step->row.wait > 0)
        {
          step->due = now + (gint64) (step->row.wait * G_USEC_PER_SEC);
          run->n_delayed++;
        }
      else if (step->row.arn != NULL)
        {
          step->launched = TRUE;
          run->n_active++;
          eng_run_post (run, step, ENG_TASK_LOOK);
        }
      else
        {
          eng_run_push_ready (run, step);
        }
    }
}

static guint
parallel_limit (JsonObject *doc)
{
  JsonObject *config = sage_json_object (doc, "ParallelismConfiguration");

  return config != NULL ? (guint) sage_json_int (config, "MaxParallelExecutionSteps", 0) : 0;
}

static void
read_authority (EngRun     *run,
                JsonObject *state)
{
  const char *user = sage_json_string (state, "StartedBy", NULL);

  run->authority = eng_pipeline_authority (state);
  run->principal = user != NULL ? g_strconcat (ENG_PIPELINES_PRINCIPAL "/", user, NULL)
                                : g_strdup (ENG_PIPELINES_PRINCIPAL);
}

static gboolean
read_resource (EngRun         *run,
               EngResource    *resource,
               EngConnection  *reader,
               GError        **error)
{
  g_autoptr(JsonObject) doc = eng_resource_doc (resource, error);
  g_autoptr(JsonObject) state = doc != NULL ? eng_resource_state (resource, error) : NULL;
  g_autofree char *started = NULL;
  g_autofree char *text = NULL;
  JsonObject *parameters;

  if (state == NULL)
    return FALSE;

  run->id = resource->id;
  run->name = g_strdup (resource->name);
  run->arn = g_strdup (resource->arn);
  run->role = g_strdup (sage_json_string (state, "RoleArn", NULL));
  read_authority (run, state);
  run->stopping = strcmp (resource->status, "Stopping") == 0;
  run->max_parallel = parallel_limit (doc);

  parameters = sage_json_object (state, "Parameters");
  run->parameters = parameters != NULL ? json_object_ref (parameters) : json_object_new ();

  started = sage_time_to_iso8601 (resource->created);
  run->variables = json_object_new ();
  json_object_set_string_member (run->variables, "PipelineName", resource->parent);
  json_object_set_string_member (run->variables, "PipelineArn",
                                 sage_json_string (doc, "PipelineArn", ""));
  json_object_set_string_member (run->variables, "PipelineExecutionArn", resource->arn);
  json_object_set_string_member (run->variables, "PipelineExecutionId",
                                 strrchr (resource->arn, '/') + 1);
  json_object_set_string_member (run->variables, "StartDateTime", started);

  text = eng_definition_load (reader, sage_json_int (state, "Definition", 0), error);
  if (text == NULL)
    return FALSE;
  run->definition = eng_pipeline_parse_stored (text, error);
  return run->definition != NULL;
}

/**
 * eng_run_load:
 * @engine: the engine
 * @name: name of the execution's resource
 *
 * Makes an execution out of its rows. Steps that an earlier life of the engine had begun are looked
 * at before anything is made for them.
 *
 * Returns: (transfer full) (nullable): the execution; %NULL without @error when it is not under way
 */
EngRun *
eng_run_load (EngEngine   *engine,
              const char  *name,
              GError     **error)
{
  g_autoptr(EngRun) run = g_new0 (EngRun, 1);
  g_autoptr(EngReader) reader = eng_store_reader (engine->store, error);
  g_autoptr(EngResource) resource = NULL;

  if (reader == NULL)
    return NULL;
  resource = eng_resource_load (reader, ENG_EXECUTION_KIND, name, error);
  if (resource == NULL || (strcmp (resource->status, "Executing") != 0 &&
                           strcmp (resource->status, "Stopping") != 0))
    return NULL;

  run->engine = engine;
  g_queue_init (&run->inline_ready);
  g_queue_init (&run->job_ready);
  run->outbox = g_ptr_array_new_with_free_func ((GDestroyNotify) eng_pipeline_task_free);
  if (!read_resource (run, resource, reader, error))
    return NULL;

  run->steps = g_new0 (EngRunStep, run->definition->steps->len);
  for (guint i = 0; i < run->definition->steps->len; i++)
    run->steps[i].step = eng_pipeline_step (run->definition, i);
  if (!take_rows (run, reader, error))
    return NULL;

  restore (run);
  return g_steal_pointer (&run);
}

/**
 * eng_run_refresh:
 * @run: the execution
 *
 * Reads again what calls may change while it runs: the parallel limit, and whether it is to stop.
 */
gboolean
eng_run_refresh (EngRun  *run,
                 GError **error)
{
  g_autoptr(EngReader) reader = eng_store_reader (run->engine->store, error);
  g_autoptr(EngResource) resource = NULL;
  g_autoptr(JsonObject) doc = NULL;

  if (reader == NULL)
    return FALSE;
  resource = eng_resource_load (reader, ENG_EXECUTION_KIND, run->name, error);
  if (resource == NULL)
    return error == NULL || *error == NULL;
  doc = eng_resource_doc (resource, error);
  if (doc == NULL)
    return FALSE;

  run->max_parallel = parallel_limit (doc);
  if (strcmp (resource->status, "Stopping") == 0)
    run->stopping = TRUE;

  return TRUE;
}
