/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-pipeline-run-launch"

#include "config.h"

#include <math.h>
#include <string.h>

#include "eng-pipeline-expression.h"
#include "eng-pipeline-run.h"
#include "sage-error.h"
#include "sage-json.h"
#include "sage-time.h"

/* Throttling and faults of the service are tried again even without a policy, as AWS does. */
static const EngRetryPolicy default_policy = {
  ENG_RETRY_STEP_THROTTLING | ENG_RETRY_STEP_SERVICE_FAULT, 2.0, 1.0, 5, 0
};

/* No back-off is longer than an hour, whatever rate and attempts multiply to. */
#define MAX_DELAY 3600.0

/* What the functions of one step can see. */
typedef struct
{
  EngRun     *run;
  EngRunStep *step;
} StepScope;

static JsonNode *
get_property (EngRun              *run,
              const EngReference  *reference,
              GError             **error)
{
  EngPipelineStep *target = g_hash_table_lookup (run->definition->by_name, reference->name);
  EngRunStep *step = target != NULL ? &run->steps[target->position] : NULL;
  JsonNode *value = NULL;

  if (step != NULL && step->outputs != NULL)
    value = eng_path_follow (reference->path, reference->rest, step->outputs, TRUE);
  if (value == NULL)
    sage_throw (error, SAGE_ERROR_INVALID, "Step '%s' has no value for the property",
                reference->name);

  return value;
}

static JsonNode *
scope_get (const EngReference  *reference,
           gpointer             user_data,
           GError             **error)
{
  StepScope *scope = user_data;
  JsonNode *value;

  switch (reference->kind)
    {
    case ENG_REFERENCE_PARAMETER:
      value = json_object_get_member (scope->run->parameters, reference->name);
      break;
    case ENG_REFERENCE_EXECUTION:
      value = json_object_get_member (scope->run->variables, reference->name);
      break;
    case ENG_REFERENCE_STEP:
      return get_property (scope->run, reference, error);
    case ENG_REFERENCE_PROPERTY_FILE:
    default:
      value = NULL;
    }

  if (value == NULL)
    sage_throw (error, SAGE_ERROR_INVALID, "'%s' has no value", reference->name);
  return value;
}

static EngPropertyFile *
find_file (EngPipelineStep *step,
           const char      *name)
{
  for (guint i = 0; step != NULL && i < step->property_files->len; i++)
    {
      EngPropertyFile *file = g_ptr_array_index (step->property_files, i);

      if (strcmp (file->name, name) == 0)
        return file;
    }

  return NULL;
}

/* The S3 prefix to which the job wrote the output of the property file, with the file's path. */
static char *
scope_file (const EngReference  *reference,
            gpointer             user_data,
            GError             **error)
{
  StepScope *scope = user_data;
  EngRun *run = scope->run;
  EngPipelineStep *target = g_hash_table_lookup (run->definition->by_name, reference->name);
  EngPropertyFile *file = find_file (target, reference->file);
  JsonNode *outputs = target != NULL ? run->steps[target->position].outputs : NULL;
  g_autofree char *text = NULL;
  g_autoptr(GArray) path = NULL;
  JsonNode *uri = NULL;
  const char *prefix;

  if (file != NULL && outputs != NULL && strchr (file->output, '\'') == NULL)
    {
      text = g_strdup_printf ("ProcessingOutputConfig.Outputs['%s'].S3Output.S3Uri", file->output);
      path = eng_path_parse (text, error);
      if (path == NULL)
        return NULL;
      uri = eng_path_follow (path, 0, outputs, TRUE);
    }

  prefix = uri != NULL ? eng_expression_text (uri) : NULL;
  if (prefix == NULL)
    {
      sage_throw (error, SAGE_ERROR_INVALID, "Step '%s' wrote no output for property file '%s'",
                  reference->name, reference->file);
      return NULL;
    }

  return g_strconcat (prefix, g_str_has_suffix (prefix, "/") ? "" : "/", file->path, NULL);
}

static GBytes *
scope_read (const char  *s3_uri,
            gsize        max_bytes,
            gpointer     user_data,
            GError     **error)
{
  StepScope *scope = user_data;
  GBytes *bytes = eng_objects_read (scope->run->engine->objects, s3_uri, max_bytes, error);

  if (bytes == NULL)
    g_prefix_error (error, "Reading '%s': ", s3_uri);
  return bytes;
}

static void
scope_init (EngScope  *scope,
            StepScope *data)
{
  *scope = (EngScope) {
    scope_get, scope_file, scope_read, data, ENG_EXPRESSION_MAX_BYTES, NULL
  };
}

/*
 * Variables that depend on the step. CurrentDateTime is the instant at which the step was reached:
 * a request that is sent again after a crash is then the same request.
 */
static void
set_variables (EngRun     *run,
               EngRunStep *step)
{
  g_autofree char *now = sage_time_to_iso8601 (step->row.started);

  json_object_set_string_member (run->variables, "CurrentDateTime", now);
  if (step->step->type == ENG_STEP_TRAINING)
    json_object_set_string_member (run->variables, "TrainingJobName", step->row.job);
  else if (step->step->type == ENG_STEP_PROCESSING)
    json_object_set_string_member (run->variables, "ProcessingJobName", step->row.job);
}

/* The job's own name where the definition asks for a prefix of it, else the usual one. */
static void
name_job (EngRun     *run,
          EngRunStep *step)
{
  const EngStepTraits *traits = eng_step_traits (step->step->type);
  const char *prefix = sage_json_string (step->step->arguments, traits->name_member, NULL);

  if (step->row.job != NULL)
    return;

  if (step->step->type == ENG_STEP_REGISTER_MODEL)
    step->row.job = eng_pipeline_job_token (run->arn, step->row.name, step->row.attempt);
  else
    step->row.job = eng_pipeline_job_name (prefix, run->arn, step->row.name, step->row.attempt);
  step->dirty = TRUE;
}

static JsonObject *
make_request (EngRun      *run,
              EngRunStep  *step,
              GError     **error)
{
  const EngStepTraits *traits = eng_step_traits (step->step->type);
  StepScope data = { run, step };
  g_auto(EngScope) scope = { 0 };
  g_autoptr(JsonNode) arguments = json_node_new (JSON_NODE_OBJECT);
  g_autoptr(JsonNode) value = NULL;
  JsonObject *request;

  scope_init (&scope, &data);
  set_variables (run, step);
  json_node_set_object (arguments, step->step->arguments);
  value = eng_expression_evaluate (arguments, sage_model_input ("sagemaker", traits->create),
                                   &scope, error);
  if (value == NULL)
    return NULL;

  if (!JSON_NODE_HOLDS_OBJECT (value))
    {
      sage_throw (error, SAGE_ERROR_INVALID, "The arguments are no request");
      return NULL;
    }

  request = json_node_dup_object (value);
  json_object_set_string_member (request, step->step->type == ENG_STEP_REGISTER_MODEL
                                          ? "ClientToken"
                                          : traits->name_member, step->row.job);
  if (traits->role_member != NULL && run->role != NULL &&
      !json_object_has_member (request, traits->role_member))
    json_object_set_string_member (request, traits->role_member, run->role);

  return request;
}

/**
 * eng_run_launch:
 * @run: the execution
 * @step: a step whose job shall be made; it counts as launched
 *
 * Gives the job its name and posts the request. The row with the name is stored before the task
 * runs, so that every later life of the engine looks for the same job.
 */
void
eng_run_launch (EngRun     *run,
                EngRunStep *step)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonObject) request = NULL;
  g_autofree char *text = NULL;
  EngPipelineTask *task;
  gboolean is_model = step->step->type == ENG_STEP_REGISTER_MODEL;

  if (step->row.status == ENG_STEP_ABSENT)
    eng_run_begin_step (run, step);
  name_job (run, step);

  request = make_request (run, step, &error);
  if (request == NULL)
    {
      text = g_strdup_printf ("ClientError: Cannot evaluate the arguments of step '%s': %s",
                              step->row.name, error->message);
      eng_run_end_step (run, step, ENG_STEP_FAILED, text);
      return;
    }

  task = eng_run_post (run, step, ENG_TASK_START);
  task->input = g_steal_pointer (&request);
  task->cache_seconds = step->step->cache_seconds;
  task->check_first = step->resumed && !is_model;
  task->describe = is_model || (step->step->type == ENG_STEP_MODEL && step->step->referenced);
  step->resumed = FALSE;
}

static void
evaluate_condition (EngRun     *run,
                    EngRunStep *step,
                    EngScope   *scope)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *text = NULL;
  JsonObject *outputs;
  gboolean outcome;

  if (!eng_condition_evaluate (sage_json_array (step->step->arguments, "Conditions"), scope,
                               &outcome, &error))
    {
      text = g_strdup_printf ("ClientError: Cannot evaluate condition '%s': %s", step->row.name,
                              error->message);
      eng_run_end_step (run, step, ENG_STEP_FAILED, text);
      return;
    }

  g_free (step->row.outcome);
  step->row.outcome = g_strdup (outcome ? "True" : "False");
  outputs = json_object_new ();
  json_object_set_string_member (outputs, "Outcome", step->row.outcome);
  g_clear_pointer (&step->outputs, json_node_unref);
  step->outputs = sage_json_take_object (outputs);
  eng_run_end_step (run, step, ENG_STEP_SUCCEEDED, NULL);
}

static void
evaluate_fail (EngRun     *run,
               EngRunStep *step,
               EngScope   *scope)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) message = NULL;

  message = eng_expression_evaluate (json_object_get_member (step->step->arguments, "ErrorMessage"),
                                     sage_model_shape ("sagemaker", "FailureReason"), scope,
                                     &error);
  if (message != NULL && eng_expression_text (message) != NULL)
    eng_run_end_step (run, step, ENG_STEP_FAILED, eng_expression_text (message));
  else
    eng_run_end_step (run, step, ENG_STEP_FAILED,
                      error != NULL ? error->message : "The error message is no text");
}

/**
 * eng_run_evaluate:
 * @run: the execution
 * @step: a Condition or Fail step that was reached
 *
 * Brings a step that needs no job to its end.
 */
void
eng_run_evaluate (EngRun     *run,
                  EngRunStep *step)
{
  StepScope data = { run, step };
  g_auto(EngScope) scope = { 0 };

  if (step->row.status == ENG_STEP_ABSENT)
    eng_run_begin_step (run, step);

  scope_init (&scope, &data);
  set_variables (run, step);
  if (step->step->type == ENG_STEP_CONDITION)
    evaluate_condition (run, step, &scope);
  else
    evaluate_fail (run, step, &scope);
}

static const EngRetryPolicy *
find_policy (EngPipelineStep *step,
             guint            causes)
{
  for (guint i = 0; i < step->retry_policies->len; i++)
    {
      EngRetryPolicy *policy = &g_array_index (step->retry_policies, EngRetryPolicy, i);

      if ((policy->causes & causes) != 0)
        return policy;
    }

  return (default_policy.causes & causes) != 0 ? &default_policy : NULL;
}

static gboolean
may_retry (const EngRetryPolicy *policy,
           EngRunStep           *step,
           gint64                now)
{
  if (policy == NULL)
    return FALSE;
  if (policy->max_attempts > 0)
    return step->row.tries < policy->max_attempts;

  return now - step->first_failure < (gint64) policy->expire_minutes * 60 * G_USEC_PER_SEC;
}

/**
 * eng_run_fail_step:
 * @run: the execution
 * @step: a launched step
 * @causes: #EngRetryCause bits; 0 when trying again would not help
 * @failure: why it failed
 *
 * Ends the step, or sets it to be tried again after the back-off of its policy: the n-th retry
 * waits IntervalSeconds * BackoffRate^(n-1) seconds of monotonic time.
 */
void
eng_run_fail_step (EngRun     *run,
                   EngRunStep *step,
                   guint       causes,
                   const char *failure)
{
  const EngRetryPolicy *policy = find_policy (step->step, causes);
  gint64 now = g_get_monotonic_time ();
  double delay;

  if (step->first_failure == 0)
    step->first_failure = now;
  if (run->stopping || run->closing || !may_retry (policy, step, now))
    {
      eng_run_end_step (run, step, ENG_STEP_FAILED, failure);
      return;
    }

  delay = MIN (policy->interval * pow (policy->backoff_rate, step->row.tries), MAX_DELAY);
  step->row.status = ENG_STEP_STARTING;
  step->row.attempt++;
  step->row.tries++;
  step->row.wait = delay;
  g_clear_pointer (&step->row.job, g_free);
  g_clear_pointer (&step->row.arn, g_free);
  eng_step_cache_clear (&step->row.cache);
  g_free (step->row.failure);
  step->row.failure = g_strdup (failure);
  step->woken = FALSE;
  step->dirty = TRUE;

  step->launched = FALSE;
  run->n_active--;
  step->due = now + (gint64) (delay * G_USEC_PER_SEC);
  run->n_delayed++;
}
