/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-pipeline-start"

#include "config.h"

#include <string.h>

#include "eng-pipeline-definition.h"
#include "eng-pipeline-expression.h"
#include "eng-pipeline-request.h"
#include "sage-arn.h"
#include "sage-error.h"
#include "sage-failpoint.h"
#include "sage-json.h"
#include "sage-time.h"

#define N_ID 12

/* How often a pipeline may be updated while an execution of it is being made. */
#define MAX_STALE 10

/* An execution to be made. */
typedef struct
{
  EngPipeline *definition;    /* (owned) (nullable) */
  gint64       definition_id;
  JsonObject  *parameters;    /* (owned) (nullable): name → value */
  gboolean     stale;         /* out: the pipeline has another definition by now */
} Start;

static void
start_clear (Start *start)
{
  g_clear_pointer (&start->definition, eng_pipeline_unref);
  g_clear_pointer (&start->parameters, json_object_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Start, start_clear)

static gboolean
assign_parameters (Start      *start,
                   JsonArray  *given,
                   GError    **error)
{
  for (guint i = 0; given != NULL && i < json_array_get_length (given); i++)
    {
      JsonObject *pair = sage_json_array_object (given, i);
      const char *name = sage_json_string (pair, "Name", "");
      EngPipelineParameter *parameter = g_hash_table_lookup (start->definition->by_parameter, name);
      JsonNode *value;

      if (parameter == NULL)
        return sage_throw (error, SAGE_ERROR_INVALID,
                           "Assigned an undefined parameter [%s]; the pipeline does not define it",
                           name);
      if (json_object_has_member (start->parameters, name))
        return sage_throw (error, SAGE_ERROR_INVALID, "Pipeline parameter [%s] is given twice",
                           name);

      value = eng_pipeline_parameter_parse (parameter, sage_json_string (pair, "Value", ""), error);
      if (value == NULL)
        return FALSE;
      json_object_set_member (start->parameters, name, value);
    }

  return TRUE;
}

static gboolean
fill_defaults (Start   *start,
               GError **error)
{
  g_autoptr(GString) missing = g_string_new (NULL);

  for (guint i = 0; i < start->definition->parameters->len; i++)
    {
      EngPipelineParameter *parameter = g_ptr_array_index (start->definition->parameters, i);

      if (json_object_has_member (start->parameters, parameter->name))
        continue;
      if (parameter->default_value != NULL)
        json_object_set_member (start->parameters, parameter->name,
                                json_node_copy (parameter->default_value));
      else
        g_string_append_printf (missing, "%s%s", missing->len > 0 ? ", " : "", parameter->name);
    }

  if (missing->len > 0)
    return sage_throw (error, SAGE_ERROR_INVALID, "Pipeline parameters [%s] do not have default "
                       "values and must be provided", missing->str);

  return TRUE;
}

/* Reads the definition that the pipeline has now, and the parameters against it. */
static gboolean
read_pipeline (EngCall  *call,
               Start    *start,
               GError  **error)
{
  g_autoptr(EngReader) reader = eng_store_reader (call->engine->store, error);
  g_autoptr(EngResource) pipeline = NULL;
  g_autoptr(JsonObject) state = NULL;
  g_autofree char *text = NULL;

  if (reader == NULL)
    return FALSE;

  pipeline = eng_pipeline_load (call->engine, reader,
                                sage_json_string (call->input, "PipelineName", ""), error);
  state = pipeline != NULL ? eng_resource_state (pipeline, error) : NULL;
  if (state == NULL)
    return FALSE;

  start_clear (start);
  start->stale = FALSE;
  start->definition_id = sage_json_int (state, "Definition", 0);
  text = eng_definition_load (reader, start->definition_id, error);
  if (text == NULL)
    return FALSE;
  start->definition = eng_pipeline_parse_stored (text, error);
  if (start->definition == NULL)
    return FALSE;

  start->parameters = json_object_new ();
  return assign_parameters (start, sage_json_array (call->input, "PipelineParameters"), error) &&
         fill_defaults (start, error);
}

static char *
random_id (void)
{
  static const char alphabet[] = "0123456789abcdefghijklmnopqrstuvwxyz";
  char id[N_ID + 1];

  for (guint i = 0; i < N_ID; i++)
    id[i] = alphabet[g_random_int_range (0, sizeof alphabet - 1)];
  id[N_ID] = '\0';

  return g_strdup (id);
}

/* Parameters and variables are all that an experiment's name can be made of. */
static JsonNode *
experiment_get (const EngReference  *reference,
                gpointer             user_data,
                GError             **error)
{
  JsonObject **values = user_data;
  JsonObject *from = reference->kind == ENG_REFERENCE_PARAMETER ? values[0] : values[1];
  JsonNode *value = json_object_get_member (from, reference->name);

  if (value == NULL)
    sage_throw (error, SAGE_ERROR_INVALID, "'%s' has no value", reference->name);
  return value;
}

static gboolean
set_experiment (Start       *start,
                EngResource *pipeline,
                const char  *arn,
                double       now,
                JsonObject  *doc,
                GError     **error)
{
  g_autoptr(JsonObject) variables = json_object_new ();
  JsonObject *values[] = { start->parameters, variables };
  g_auto(EngScope) scope = { experiment_get, NULL, NULL, values, 8192, NULL };
  g_autofree char *time = sage_time_to_iso8601 (now);
  g_autoptr(JsonNode) config = NULL;
  JsonNode *value;

  if (start->definition->experiment == NULL)
    return TRUE;

  json_object_set_string_member (variables, "PipelineName", pipeline->name);
  json_object_set_string_member (variables, "PipelineArn", pipeline->arn);
  json_object_set_string_member (variables, "PipelineExecutionArn", arn);
  json_object_set_string_member (variables, "PipelineExecutionId", strrchr (arn, '/') + 1);
  json_object_set_string_member (variables, "StartDateTime", time);
  json_object_set_string_member (variables, "CurrentDateTime", time);

  config = json_node_new (JSON_NODE_OBJECT);
  json_node_set_object (config, start->definition->experiment);
  value = eng_expression_evaluate (config, sage_model_shape ("sagemaker",
                                                             "PipelineExperimentConfig"),
                                   &scope, error);
  if (value == NULL)
    {
      g_prefix_error (error, "PipelineExperimentConfig: ");
      return FALSE;
    }

  json_object_set_member (doc, "PipelineExperimentConfig", value);
  return TRUE;
}

static void
set_members (JsonObject  *input,
             EngResource *pipeline,
             JsonObject  *pipeline_doc,
             const char  *arn,
             double       now,
             JsonObject  *doc)
{
  g_autofree char *display_name = g_strdup_printf ("execution-%.0f", now * 1000.0);

  json_object_set_string_member (doc, "PipelineArn", pipeline->arn);
  json_object_set_string_member (doc, "PipelineExecutionArn", arn);
  json_object_set_string_member (doc, "PipelineExecutionDisplayName", display_name);
  json_object_set_string_member (doc, "PipelineExecutionStatus", "Executing");
  json_object_set_double_member (doc, "CreationTime", now);
  json_object_set_double_member (doc, "LastModifiedTime", now);
  json_object_set_double_member (doc, "StartTime", now);
  eng_pipeline_copy_member (pipeline_doc, doc, "ParallelismConfiguration");
  eng_pipeline_copy_member (input, doc, "ParallelismConfiguration");
  eng_pipeline_copy_member (input, doc, "PipelineExecutionDisplayName");
  eng_pipeline_copy_member (input, doc, "PipelineExecutionDescription");
}

/* What an execution may do for whoever starts it: as much as the pipeline's role, where that is one of
 * ours, and no more than whoever starts it and whoever wrote it may do themselves. */
static gboolean
set_authority (EngPipelineWrite  *write,
               JsonObject        *pipeline_doc,
               JsonObject        *pipeline_state,
               JsonObject        *state,
               GError           **error)
{
  const EngCaller *caller = write->call->caller;
  const char *author = sage_json_string (pipeline_state, "Role", NULL);
  EngRole named = eng_pipeline_role (write->call->engine, pipeline_doc);
  EngRole role = named != ENG_ROLE_NONE ? named : caller->role;

  if (!eng_pass_role (write->call->engine, caller, named, error))
    return FALSE;
  /* Those of before there were users were the owner's. */
  if (author != NULL)
    role = MIN (role, eng_role_parse (author));

  eng_pipeline_copy_member (pipeline_doc, state, "RoleArn");
  json_object_set_string_member (state, "Role", eng_role_name (role));
  if (caller->user != NULL)
    json_object_set_string_member (state, "StartedBy", caller->user);

  return TRUE;
}

static gboolean
insert_execution (EngTx             *tx,
                  EngPipelineWrite  *write,
                  EngResource       *pipeline,
                  JsonObject        *pipeline_doc,
                  JsonObject        *pipeline_state,
                  GError           **error)
{
  Start *start = write->user_data;
  g_autofree char *id = random_id ();
  g_autofree char *name = g_strdup_printf ("%s/execution/%s", pipeline->name, id);
  g_autofree char *arn = g_strdup_printf ("%s/execution/%s", pipeline->arn, id);
  g_autoptr(EngResource) execution = eng_resource_new (ENG_EXECUTION_KIND, name, arn);
  g_autoptr(JsonObject) doc = json_object_new ();
  g_autoptr(JsonObject) state = json_object_new ();

  set_members (write->call->input, pipeline, pipeline_doc, arn, tx->now, doc);
  if (!set_authority (write, pipeline_doc, pipeline_state, state, error) ||
      !set_experiment (start, pipeline, arn, tx->now, doc, error))
    return FALSE;

  json_object_set_int_member (state, "Definition", start->definition_id);
  json_object_set_object_member (state, "Parameters", json_object_ref (start->parameters));
  execution->parent = g_strdup (pipeline->name);
  g_free (execution->status);
  execution->status = g_strdup ("Executing");
  eng_resource_set_doc (execution, doc);
  eng_resource_set_state (execution, state);
  write->arn = g_steal_pointer (&arn);

  return eng_resource_insert (tx, execution, error);
}

static gboolean
start_cb (EngTx             *tx,
          EngPipelineWrite  *write,
          GError           **error)
{
  Start *start = write->user_data;
  EngCall *call = write->call;
  g_autoptr(EngResource) pipeline = eng_pipeline_load (
    call->engine, tx->connection, sage_json_string (call->input, "PipelineName", ""), error);
  g_autoptr(JsonObject) doc = pipeline != NULL ? eng_resource_doc (pipeline, error) : NULL;
  g_autoptr(JsonObject) state = doc != NULL ? eng_resource_state (pipeline, error) : NULL;

  if (state == NULL)
    return FALSE;
  if (sage_json_int (state, "Definition", 0) != start->definition_id)
    {
      start->stale = TRUE;
      return sage_throw (error, SAGE_ERROR_CONFLICT, "Pipeline '%s' is being updated",
                         pipeline->arn);
    }
  if (!insert_execution (tx, write, pipeline, doc, state, error))
    return FALSE;

  json_object_set_double_member (doc, "LastRunTime", tx->now);
  json_object_set_double_member (doc, "LastExecutionTime", tx->now);
  eng_resource_set_doc (pipeline, doc);
  return eng_resource_update (tx, pipeline, error);
}

/**
 * eng_pipeline_start_execution:
 *
 * StartPipelineExecution: an execution with a snapshot of the definition and of the parameters.
 */
gboolean
eng_pipeline_start_execution (EngCall  *call,
                              GError  **error)
{
  const char *name = sage_json_string (call->input, "PipelineName", "");
  g_autofree char *arn = eng_pipeline_arn_of (call->engine, name);
  g_auto(Start) start = { 0 };

  if (json_object_has_member (call->input, "SelectiveExecutionConfig"))
    return sage_throw (error, SAGE_ERROR_INVALID, "Selective execution of a pipeline is not "
                       "supported; leave out SelectiveExecutionConfig");

  for (guint i = 0; i < MAX_STALE; i++)
    {
      g_autoptr(GError) local_error = NULL;

      if (!read_pipeline (call, &start, error))
        return FALSE;
      if (eng_pipeline_write (call, arn, "PipelineExecutionArn", start_cb, &start, &local_error))
        {
          SAGE_FAILPOINT ("pipeline-execution-started");
          return TRUE;
        }
      if (!start.stale)
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return FALSE;
        }
    }

  return sage_throw (error, SAGE_ERROR_CONFLICT, "Pipeline '%s' is being updated", arn);
}
