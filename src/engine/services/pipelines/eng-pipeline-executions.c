/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-pipeline-executions"

#include "config.h"

#include <string.h>

#include "eng-list.h"
#include "eng-pipeline-definition.h"
#include "eng-pipeline-request.h"
#include "sage-error.h"
#include "sage-failpoint.h"
#include "sage-json.h"
#include "sage-shape.h"

static const char *
execution_arn (EngCall *call)
{
  return sage_json_string (call->input, "PipelineExecutionArn", "");
}

static gboolean
set_status (EngTx        *tx,
            EngResource  *execution,
            JsonObject   *doc,
            const char   *status,
            GError      **error)
{
  json_object_set_string_member (doc, "PipelineExecutionStatus", status);
  json_object_set_double_member (doc, "LastModifiedTime", tx->now);
  eng_resource_set_doc (execution, doc);
  g_free (execution->status);
  execution->status = g_strdup (status);

  return eng_resource_update (tx, execution, error);
}

static gboolean
stop_cb (EngTx             *tx,
         EngPipelineWrite  *write,
         GError           **error)
{
  g_autoptr(EngResource) execution = eng_pipeline_execution_load (
    tx->connection, execution_arn (write->call), error);
  g_autoptr(JsonObject) doc = execution != NULL ? eng_resource_doc (execution, error) : NULL;

  if (doc == NULL)
    return FALSE;

  write->arn = g_strdup (execution->arn);
  if (strcmp (execution->status, "Stopping") == 0)
    return TRUE;
  if (strcmp (execution->status, "Executing") != 0)
    return sage_throw (error, SAGE_ERROR_CONFLICT,
                       "Pipeline execution '%s' is in status %s and cannot be stopped.",
                       execution->arn, execution->status);

  return set_status (tx, execution, doc, "Stopping", error);
}

/**
 * eng_pipeline_stop_execution:
 *
 * StopPipelineExecution: the controller stops what runs, nothing new begins.
 */
gboolean
eng_pipeline_stop_execution (EngCall  *call,
                             GError  **error)
{
  return eng_pipeline_write (call, execution_arn (call), "PipelineExecutionArn", stop_cb, NULL,
                             error);
}

static EngPipeline *
load_definition (EngConnection  *connection,
                 EngResource    *execution,
                 GError        **error)
{
  g_autoptr(JsonObject) state = eng_resource_state (execution, error);
  g_autofree char *text = NULL;

  if (state == NULL)
    return NULL;
  text = eng_definition_load (connection, sage_json_int (state, "Definition", 0), error);

  return text != NULL ? eng_pipeline_parse_stored (text, error) : NULL;
}

/* Sets a step going again; what it made before keeps its name, the next attempt has another. */
static gboolean
reset_step (EngTx       *tx,
            EngStepRow  *row,
            GError     **error)
{
  row->status = ENG_STEP_STARTING;
  row->attempt++;
  row->tries = 0;
  row->wait = 0;
  row->ended = 0;
  g_clear_pointer (&row->job, g_free);
  g_clear_pointer (&row->arn, g_free);
  g_clear_pointer (&row->failure, g_free);
  eng_step_cache_clear (&row->cache);

  return eng_step_row_store (tx, row, error);
}

static gboolean
reset_steps (EngTx        *tx,
             EngResource  *execution,
             GError      **error)
{
  g_autoptr(EngPipeline) definition = load_definition (tx->connection, execution, error);
  g_autoptr(GPtrArray) rows = NULL;

  if (definition == NULL)
    return FALSE;
  rows = eng_step_rows_load (tx->connection, execution->id, error);
  if (rows == NULL)
    return FALSE;

  for (guint i = 0; i < rows->len; i++)
    {
      EngStepRow *row = g_ptr_array_index (rows, i);

      if (row->status != ENG_STEP_FAILED && row->status != ENG_STEP_STOPPED)
        continue;
      if (row->position < definition->steps->len && row->status == ENG_STEP_FAILED &&
          eng_pipeline_step (definition, row->position)->type == ENG_STEP_FAIL)
        return sage_throw (error, SAGE_ERROR_CONFLICT, "Pipeline execution '%s' was ended by Fail "
                           "step '%s' and cannot be retried.", execution->arn, row->name);
      if (!reset_step (tx, row, error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
retry_cb (EngTx             *tx,
          EngPipelineWrite  *write,
          GError           **error)
{
  g_autoptr(EngResource) execution = eng_pipeline_execution_load (
    tx->connection, execution_arn (write->call), error);
  g_autoptr(JsonObject) doc = execution != NULL ? eng_resource_doc (execution, error) : NULL;
  g_autoptr(JsonObject) state = NULL;

  if (doc == NULL)
    return FALSE;
  if (strcmp (execution->status, "Failed") != 0 && strcmp (execution->status, "Stopped") != 0)
    return sage_throw (error, SAGE_ERROR_CONFLICT,
                       "Pipeline execution '%s' is in status %s and cannot be retried.",
                       execution->arn, execution->status);
  state = eng_resource_state (execution, error);
  if (state == NULL ||
      !eng_pass_role (write->call->engine, write->call->caller, eng_pipeline_authority (state), error) ||
      !reset_steps (tx, execution, error))
    return FALSE;

  write->arn = g_strdup (execution->arn);
  eng_pipeline_copy_member (write->call->input, doc, "ParallelismConfiguration");
  json_object_remove_member (doc, "FailureReason");
  json_object_remove_member (doc, "PipelineExecutionFailureReason");
  return set_status (tx, execution, doc, "Executing", error);
}

/**
 * eng_pipeline_retry_execution:
 *
 * RetryPipelineExecution: goes on from the steps that failed or were stopped; what succeeded stays.
 */
gboolean
eng_pipeline_retry_execution (EngCall  *call,
                              GError  **error)
{
  if (!eng_pipeline_write (call, execution_arn (call), "PipelineExecutionArn", retry_cb, NULL,
                           error))
    return FALSE;

  SAGE_FAILPOINT ("pipeline-execution-retried");
  return TRUE;
}

static gboolean
update_cb (EngTx             *tx,
           EngPipelineWrite  *write,
           GError           **error)
{
  g_autoptr(EngResource) execution = eng_pipeline_execution_load (
    tx->connection, execution_arn (write->call), error);
  g_autoptr(JsonObject) doc = execution != NULL ? eng_resource_doc (execution, error) : NULL;
  g_autofree char *status = NULL;

  if (doc == NULL)
    return FALSE;

  write->arn = g_strdup (execution->arn);
  eng_pipeline_copy_member (write->call->input, doc, "PipelineExecutionDescription");
  eng_pipeline_copy_member (write->call->input, doc, "PipelineExecutionDisplayName");
  eng_pipeline_copy_member (write->call->input, doc, "ParallelismConfiguration");
  status = g_strdup (execution->status);
  return set_status (tx, execution, doc, status, error);
}

/**
 * eng_pipeline_update_execution:
 *
 * UpdatePipelineExecution: names, and the limit that holds from now on.
 */
gboolean
eng_pipeline_update_execution (EngCall  *call,
                               GError  **error)
{
  return eng_pipeline_write (call, execution_arn (call), "PipelineExecutionArn", update_cb, NULL,
                             error);
}

/**
 * eng_pipeline_describe_execution:
 *
 * DescribePipelineExecution.
 */
gboolean
eng_pipeline_describe_execution (EngCall  *call,
                                 GError  **error)
{
  g_autoptr(EngReader) reader = eng_store_reader (call->engine->store, error);
  g_autoptr(EngResource) execution = NULL;
  g_autoptr(JsonObject) doc = NULL;
  g_autoptr(JsonObject) reply = NULL;

  if (reader == NULL)
    return FALSE;
  execution = eng_pipeline_execution_load (reader, execution_arn (call), error);
  doc = execution != NULL ? eng_resource_doc (execution, error) : NULL;
  if (doc == NULL)
    return FALSE;

  reply = sage_shape_project (sage_model_output ("sagemaker", "DescribePipelineExecution"), doc);
  eng_call_reply (call, reply);
  return TRUE;
}

/**
 * eng_pipeline_list_executions:
 *
 * ListPipelineExecutions.
 */
gboolean
eng_pipeline_list_executions (EngCall  *call,
                              GError  **error)
{
  static const EngListing listing = {
    .kind = ENG_EXECUTION_KIND,
    .reply_member = "PipelineExecutionSummaries",
    .parent_member = "PipelineName",
    .parent_kind = ENG_PIPELINE_KIND,
  };
  g_autoptr(EngReader) reader = eng_store_reader (call->engine->store, error);
  g_autoptr(EngResource) pipeline = NULL;

  if (reader == NULL)
    return FALSE;
  pipeline = eng_pipeline_load (call->engine, reader,
                                sage_json_string (call->input, "PipelineName", ""), error);

  return pipeline != NULL && eng_list_run (call, &listing, error);
}

/**
 * eng_pipeline_describe_execution_definition:
 *
 * DescribePipelineDefinitionForExecution: the definition with which the execution was started.
 */
gboolean
eng_pipeline_describe_execution_definition (EngCall  *call,
                                            GError  **error)
{
  g_autoptr(EngReader) reader = eng_store_reader (call->engine->store, error);
  g_autoptr(EngResource) execution = NULL;
  g_autoptr(JsonObject) state = NULL;
  g_autoptr(JsonObject) reply = json_object_new ();
  g_autofree char *text = NULL;

  if (reader == NULL)
    return FALSE;
  execution = eng_pipeline_execution_load (reader, execution_arn (call), error);
  state = execution != NULL ? eng_resource_state (execution, error) : NULL;
  text = state != NULL ? eng_definition_load (reader, sage_json_int (state, "Definition", 0), error)
                       : NULL;
  if (text == NULL)
    return FALSE;

  json_object_set_string_member (reply, "PipelineDefinition", text);
  json_object_set_double_member (reply, "CreationTime", execution->created);
  eng_call_reply (call, reply);
  return TRUE;
}
