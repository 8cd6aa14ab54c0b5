/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-pipelines"

#include "config.h"

#include <string.h>

#include "eng-list.h"
#include "eng-pipeline-definition.h"
#include "eng-pipeline-request.h"
#include "eng-pipelines.h"
#include "eng-tags.h"
#include "sage-error.h"
#include "sage-json.h"
#include "sage-shape.h"

/* What a caller says of a pipeline and Describe gives back. */
static const char *const echoed[] = {
  "PipelineDisplayName", "PipelineDescription", "RoleArn", "ParallelismConfiguration",
};

static void
echo_members (JsonObject *input,
              JsonObject *doc)
{
  for (gsize i = 0; i < G_N_ELEMENTS (echoed); i++)
    eng_pipeline_copy_member (input, doc, echoed[i]);
}

/* Reads the definition and makes sure that it can run. @text is left alone when there is none. */
static gboolean
read_definition (EngCall  *call,
                 gboolean  required,
                 char    **text,
                 GError  **error)
{
  g_autoptr(GError) local_error = NULL;
  g_autofree char *found = eng_pipeline_definition_text (call, &local_error);
  g_autoptr(EngPipeline) parsed = NULL;

  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  if (found == NULL && required)
    return sage_throw (error, SAGE_ERROR_INVALID, "One of PipelineDefinition and "
                       "PipelineDefinitionS3Location must be given");
  if (found == NULL)
    return TRUE;

  parsed = eng_pipeline_parse (found, -1, error);
  if (parsed == NULL)
    return FALSE;

  *text = g_steal_pointer (&found);
  return TRUE;
}

/* With whose rights it was written goes with the definition: whoever starts it lends it no more. */
static gboolean
keep_definition (EngTx             *tx,
                 EngPipelineWrite  *write,
                 EngResource       *pipeline,
                 GError           **error)
{
  const char *text = write->user_data;
  g_autoptr(JsonObject) state = NULL;
  gint64 id;

  if (!eng_definition_store (tx, pipeline->id, text, &id, error))
    return FALSE;

  state = json_object_new ();
  json_object_set_int_member (state, "Definition", id);
  json_object_set_string_member (state, "Role", eng_role_name (write->call->caller->role));
  eng_resource_set_state (pipeline, state);
  return TRUE;
}

static gboolean
create_cb (EngTx             *tx,
           EngPipelineWrite  *write,
           GError           **error)
{
  JsonObject *input = write->call->input;
  const char *name = sage_json_string (input, "PipelineName", NULL);
  g_autofree char *arn = eng_pipeline_arn_of (write->call->engine, name);
  g_autoptr(EngResource) taken = NULL;
  g_autoptr(EngResource) pipeline = NULL;
  g_autoptr(JsonObject) doc = NULL;
  g_autoptr(GError) local_error = NULL;

  taken = eng_resource_load (tx->connection, ENG_PIPELINE_KIND, name, &local_error);
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  /* Both halves are looked for by clients: the SDK's upsert and newer tools. */
  if (taken != NULL)
    return sage_throw (error, SAGE_ERROR_INVALID,
                       "Pipeline names must be unique within an AWS account and region. "
                       "Pipeline with name (%s) already exists.", name);

  doc = json_object_new ();
  json_object_set_string_member (doc, "PipelineArn", arn);
  json_object_set_string_member (doc, "PipelineName", name);
  json_object_set_string_member (doc, "PipelineStatus", "Active");
  json_object_set_double_member (doc, "CreationTime", tx->now);
  json_object_set_double_member (doc, "LastModifiedTime", tx->now);
  echo_members (input, doc);

  pipeline = eng_resource_new (ENG_PIPELINE_KIND, name, arn);
  g_free (pipeline->status);
  pipeline->status = g_strdup ("Active");
  eng_resource_set_doc (pipeline, doc);
  write->arn = g_steal_pointer (&arn);

  /* The definition belongs to the row, so the row comes first and learns of it after. */
  return eng_resource_insert (tx, pipeline, error) &&
         keep_definition (tx, write, pipeline, error) &&
         eng_resource_update (tx, pipeline, error) &&
         eng_tags_insert (tx, pipeline->arn, sage_json_array (input, "Tags"), error);
}

static gboolean
create_pipeline (EngCall  *call,
                 GError  **error)
{
  g_autofree char *arn = eng_pipeline_arn_of (call->engine,
                                              sage_json_string (call->input, "PipelineName", ""));
  g_autofree char *text = NULL;

  return read_definition (call, TRUE, &text, error) &&
         eng_pipeline_write (call, arn, "PipelineArn", create_cb, text, error);
}

static gboolean
update_cb (EngTx             *tx,
           EngPipelineWrite  *write,
           GError           **error)
{
  EngCall *call = write->call;
  g_autoptr(EngResource) pipeline = eng_pipeline_load (
    call->engine, tx->connection, sage_json_string (call->input, "PipelineName", ""), error);
  g_autoptr(JsonObject) doc = pipeline != NULL ? eng_resource_doc (pipeline, error) : NULL;

  if (doc == NULL)
    return FALSE;

  /* Who changes what another has made would have it run as that one's role. */
  if (!eng_pass_role (call->engine, call->caller, eng_pipeline_role (call->engine, doc), error))
    return FALSE;

  echo_members (call->input, doc);
  json_object_set_double_member (doc, "LastModifiedTime", tx->now);
  eng_resource_set_doc (pipeline, doc);
  write->arn = g_strdup (pipeline->arn);

  return (write->user_data == NULL ||
          keep_definition (tx, write, pipeline, error)) &&
         eng_resource_update (tx, pipeline, error);
}

static gboolean
update_pipeline (EngCall  *call,
                 GError  **error)
{
  g_autofree char *arn = eng_pipeline_arn_of (call->engine,
                                              sage_json_string (call->input, "PipelineName", ""));
  g_autofree char *text = NULL;

  return read_definition (call, FALSE, &text, error) &&
         eng_pipeline_write (call, arn, "PipelineArn", update_cb, text, error);
}

static gboolean
describe_pipeline (EngCall  *call,
                   GError  **error)
{
  g_autoptr(EngReader) reader = eng_store_reader (call->engine->store, error);
  g_autoptr(EngResource) pipeline = NULL;
  g_autoptr(JsonObject) doc = NULL;
  g_autoptr(JsonObject) state = NULL;
  g_autoptr(JsonObject) reply = NULL;
  g_autofree char *text = NULL;

  if (reader == NULL)
    return FALSE;

  pipeline = eng_pipeline_load (call->engine, reader,
                                sage_json_string (call->input, "PipelineName", ""), error);
  doc = pipeline != NULL ? eng_resource_doc (pipeline, error) : NULL;
  state = doc != NULL ? eng_resource_state (pipeline, error) : NULL;
  text = state != NULL ? eng_definition_load (reader, sage_json_int (state, "Definition", 0), error)
                       : NULL;
  if (text == NULL)
    return FALSE;

  json_object_set_string_member (doc, "PipelineDefinition", text);
  reply = sage_shape_project (sage_model_output ("sagemaker", "DescribePipeline"), doc);
  eng_call_reply (call, reply);
  return TRUE;
}

static gboolean
list_pipelines (EngCall  *call,
                GError  **error)
{
  static const EngListing listing = {
    .kind = ENG_PIPELINE_KIND,
    .reply_member = "PipelineSummaries",
    .prefix_member = "PipelineNamePrefix",
  };

  return eng_list_run (call, &listing, error);
}

static gboolean
is_under_way (EngResource *execution)
{
  return strcmp (execution->status, "Executing") == 0 ||
         strcmp (execution->status, "Stopping") == 0;
}

/* Executions go with their pipeline, and their steps and definitions with them. */
static gboolean
delete_cb (EngTx             *tx,
           EngPipelineWrite  *write,
           GError           **error)
{
  EngCall *call = write->call;
  g_autoptr(EngResource) pipeline = eng_pipeline_load (
    call->engine, tx->connection, sage_json_string (call->input, "PipelineName", ""), error);
  g_autoptr(GPtrArray) executions = NULL;

  if (pipeline == NULL)
    return FALSE;
  executions = eng_resource_load_children (tx->connection, ENG_EXECUTION_KIND, pipeline->name,
                                           error);
  if (executions == NULL)
    return FALSE;

  for (guint i = 0; i < executions->len; i++)
    if (is_under_way (g_ptr_array_index (executions, i)))
      return sage_throw (error, SAGE_ERROR_CONFLICT,
                         "Pipeline '%s' has an execution under way, '%s'. Stop it first.",
                         pipeline->arn,
                         ((EngResource *) g_ptr_array_index (executions, i))->arn);

  for (guint i = 0; i < executions->len; i++)
    if (!eng_resource_delete (tx, g_ptr_array_index (executions, i), error))
      return FALSE;

  write->arn = g_strdup (pipeline->arn);
  return eng_resource_delete (tx, pipeline, error);
}

static gboolean
delete_pipeline (EngCall  *call,
                 GError  **error)
{
  g_autofree char *arn = eng_pipeline_arn_of (call->engine,
                                              sage_json_string (call->input, "PipelineName", ""));

  return eng_pipeline_write (call, arn, "PipelineArn", delete_cb, NULL, error);
}

/*
 * Callback tokens are handed out by Callback steps. There are none, as definitions with such a
 * step are refused, so no token can be one that somebody waits for.
 */
static gboolean
send_step_result (EngCall  *call,
                  GError  **error)
{
  return sage_throw (error, SAGE_ERROR_INVALID,
                     "Callback token '%s' does not belong to a step that waits for it",
                     sage_json_string (call->input, "CallbackToken", ""));
}

/**
 * eng_pipelines_register:
 * @engine: the engine
 *
 * Adds the operations of pipelines to the operation table.
 */
void
eng_pipelines_register (EngEngine *engine)
{
  static const EngOperation rows[] = {
    { "sagemaker", "CreatePipeline", ENG_ACCESS_WRITE, create_pipeline },
    { "sagemaker", "UpdatePipeline", ENG_ACCESS_WRITE, update_pipeline },
    { "sagemaker", "DescribePipeline", ENG_ACCESS_READ, describe_pipeline },
    { "sagemaker", "ListPipelines", ENG_ACCESS_READ, list_pipelines },
    { "sagemaker", "DeletePipeline", ENG_ACCESS_WRITE, delete_pipeline },
    { "sagemaker", "StartPipelineExecution", ENG_ACCESS_WRITE, eng_pipeline_start_execution },
    { "sagemaker", "StopPipelineExecution", ENG_ACCESS_WRITE, eng_pipeline_stop_execution },
    { "sagemaker", "RetryPipelineExecution", ENG_ACCESS_WRITE, eng_pipeline_retry_execution },
    { "sagemaker", "UpdatePipelineExecution", ENG_ACCESS_WRITE, eng_pipeline_update_execution },
    { "sagemaker", "DescribePipelineExecution", ENG_ACCESS_READ, eng_pipeline_describe_execution },
    { "sagemaker", "ListPipelineExecutions", ENG_ACCESS_READ, eng_pipeline_list_executions },
    { "sagemaker", "ListPipelineExecutionSteps", ENG_ACCESS_READ, eng_pipeline_list_steps },
    { "sagemaker", "ListPipelineParametersForExecution", ENG_ACCESS_READ,
      eng_pipeline_list_parameters },
    { "sagemaker", "DescribePipelineDefinitionForExecution", ENG_ACCESS_READ,
      eng_pipeline_describe_execution_definition },
    { "sagemaker", "SendPipelineExecutionStepSuccess", ENG_ACCESS_WRITE, send_step_result },
    { "sagemaker", "SendPipelineExecutionStepFailure", ENG_ACCESS_WRITE, send_step_result },
  };

  eng_operations_add (engine->operations, rows, G_N_ELEMENTS (rows));
}
