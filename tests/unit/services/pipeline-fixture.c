/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "eng-pipeline-task.h"
#include "eng-resource.h"
#include "pipeline-fixture.h"
#include "sage-arn.h"
#include "sage-file.h"
#include "sage-shape.h"

static Fixture *the_fixture;

static const char *
job_wish (JsonObject *input)
{
  JsonObject *parameters = sage_json_object (input, "HyperParameters");

  return parameters != NULL ? sage_json_string (parameters, "do", "finish") : "finish";
}

static gboolean
insert_job_cb (EngTx     *tx,
               gpointer   user_data,
               GError   **error)
{
  EngResource *job = user_data;
  g_autoptr(EngResource) taken = eng_resource_load (tx->connection, job->kind, job->name, NULL);

  if (taken != NULL)
    return sage_throw (error, SAGE_ERROR_EXISTS, "'%s' exists", job->name);

  return eng_resource_insert (tx, job, error);
}

static gboolean
create_job (EngCall  *call,
            GError  **error)
{
  const char *name = sage_json_string (call->input, "TrainingJobName", NULL);
  const char *wish = job_wish (call->input);
  g_autofree char *lower = g_ascii_strdown (name, -1);
  g_autofree char *arn = sage_arn_build ("us-east-1", "000000000000", "training-job", lower);
  g_autoptr(EngResource) job = eng_resource_new ("training-job", name, arn);
  g_autoptr(JsonObject) doc = sage_shape_project (
    sage_model_output ("sagemaker", "DescribeTrainingJob"), call->input);
  const char *status = "Completed";
  JsonObject *artifacts;

  if (strcmp (wish, "busy") == 0)
    {
      g_mutex_lock (&the_fixture->lock);
      if (the_fixture->n_refused < 2)
        {
          the_fixture->n_refused++;
          g_mutex_unlock (&the_fixture->lock);
          return sage_throw (error, SAGE_ERROR_BUSY, "Rate exceeded");
        }
      g_mutex_unlock (&the_fixture->lock);
    }
  if (strcmp (wish, "hang") == 0)
    status = "InProgress";
  if (strcmp (wish, "fail") == 0)
    {
      status = "Failed";
      json_object_set_string_member (doc, "FailureReason", "AlgorithmError: it was asked to");
    }

  json_object_set_string_member (doc, "TrainingJobArn", arn);
  json_object_set_string_member (doc, "TrainingJobStatus", status);
  artifacts = json_object_new ();
  json_object_set_string_member (artifacts, "S3ModelArtifacts", "s3://b/model.tar.gz");
  json_object_set_object_member (doc, "ModelArtifacts", artifacts);
  g_free (job->status);
  job->status = g_strdup (status);
  eng_resource_set_doc (job, doc);
  if (!eng_call_write (call, arn, insert_job_cb, job, error))
    return FALSE;

  g_mutex_lock (&the_fixture->lock);
  g_hash_table_insert (the_fixture->created, g_strdup (name),
                       GUINT_TO_POINTER (1 + GPOINTER_TO_UINT (
                         g_hash_table_lookup (the_fixture->created, name))));
  g_mutex_unlock (&the_fixture->lock);

  eng_call_reply_arn (call, "TrainingJobArn", arn);
  return TRUE;
}

static gboolean
describe_job (EngCall  *call,
              GError  **error)
{
  g_autoptr(EngReader) reader = eng_store_reader (call->engine->store, error);
  g_autoptr(EngResource) job = eng_resource_load (
    reader, "training-job", sage_json_string (call->input, "TrainingJobName", ""), NULL);

  if (job == NULL)
    return sage_throw (error, SAGE_ERROR_INVALID, "Requested resource not found.");

  g_string_append (call->output, job->doc);
  return TRUE;
}

static gboolean
end_job_cb (EngTx     *tx,
            gpointer   user_data,
            GError   **error)
{
  const char **end = user_data;
  g_autoptr(EngResource) job = eng_resource_load (tx->connection, "training-job", end[0], NULL);
  g_autoptr(JsonObject) doc = NULL;

  if (job == NULL)
    return sage_throw (error, SAGE_ERROR_INVALID, "Requested resource not found.");
  doc = eng_resource_doc (job, error);
  json_object_set_string_member (doc, "TrainingJobStatus", end[1]);
  eng_resource_set_doc (job, doc);
  g_free (job->status);
  job->status = g_strdup (end[1]);

  return eng_resource_update (tx, job, error);
}

static gboolean
stop_job (EngCall  *call,
          GError  **error)
{
  const char *end[] = { sage_json_string (call->input, "TrainingJobName", ""), "Stopped" };

  return eng_call_write (call, end[0], end_job_cb, end, error);
}

static const EngOperation job_operations[] = {
  { "sagemaker", "CreateTrainingJob", ENG_ACCESS_WRITE, create_job },
  { "sagemaker", "DescribeTrainingJob", ENG_ACCESS_READ, describe_job },
  { "sagemaker", "StopTrainingJob", ENG_ACCESS_WRITE, stop_job },
};

static void
event_cb (const EngEvent *event,
          gpointer        user_data)
{
  Fixture *fixture = user_data;

  g_mutex_lock (&fixture->lock);
  fixture->n_events++;
  g_cond_broadcast (&fixture->changed);
  g_mutex_unlock (&fixture->lock);
}

void
start_controller (Fixture *fixture)
{
  g_autoptr(GError) error = NULL;

  fixture->pipelines = eng_pipelines_start (&fixture->engine, &error);
  g_assert_no_error (error);
}

void
fixture_set_up (Fixture       *fixture,
                gconstpointer  data)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *objects = NULL;

  the_fixture = fixture;
  fixture->directory = g_dir_make_tmp ("pipelines-XXXXXX", &error);
  g_assert_no_error (error);
  objects = g_build_filename (fixture->directory, "objects", NULL);
  fixture->engine.store = eng_store_open (fixture->directory, &error);
  g_assert_no_error (error);
  fixture->engine.objects = eng_objects_new (fixture->engine.store, objects, &error);
  g_assert_no_error (error);
  fixture->engine.operations = eng_operations_new ();
  fixture->engine.region = g_strdup ("us-east-1");
  fixture->engine.account = g_strdup ("000000000000");
  eng_operations_add (fixture->engine.operations, job_operations, G_N_ELEMENTS (job_operations));
  eng_pipelines_register (&fixture->engine);

  fixture->created = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  fixture->subscription = eng_store_subscribe (fixture->engine.store, event_cb, fixture);
  start_controller (fixture);
}

void
fixture_tear_down (Fixture       *fixture,
                   gconstpointer  data)
{
  eng_pipelines_stop (fixture->pipelines);
  eng_store_unsubscribe (fixture->engine.store, fixture->subscription);
  eng_operations_free (fixture->engine.operations);
  eng_objects_free (fixture->engine.objects);
  eng_store_close (fixture->engine.store);
  g_free (fixture->engine.region);
  g_free (fixture->engine.account);
  g_hash_table_unref (fixture->created);
  g_assert_true (sage_dir_remove (fixture->directory, NULL));
  g_free (fixture->directory);
}

/* ' stands for " in the JSON of requests. */
JsonObject *
try_call (Fixture     *fixture,
          const char  *operation,
          GError     **error,
          const char  *format,
          ...)
{
  const EngCaller caller = { .principal = "test", .role = ENG_ROLE_ADMIN };
  g_autofree char *text = NULL;
  g_autoptr(JsonNode) input = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  g_strdelimit (text, "'", '"');

  input = sage_json_parse_object (text, -1, &(SageJsonLimits) { 4 << 20, 64, 100000 }, NULL);
  g_assert_nonnull (input);
  return eng_operation_invoke (&fixture->engine, &caller, operation, json_node_get_object (input),
                               error);
}

/* Escapes a definition so that it can stand in a string of a request. */
char *
quoted (const char *definition)
{
  g_autoptr(GString) out = g_string_new (NULL);
  g_autofree char *json = g_strdup (definition);

  g_strdelimit (json, "'", '"');
  sage_json_append_string (out, json);
  return g_string_free_and_steal (g_steal_pointer (&out));
}

void
create_pipeline (Fixture    *fixture,
                 const char *name,
                 const char *definition)
{
  g_autofree char *text = quoted (definition);
  g_autofree char *token = g_strdup_printf ("create-%s-" TOKEN, name);
  g_autoptr(JsonObject) reply = call (fixture, "CreatePipeline", "{'PipelineName':'%s',"
                                      "'ClientRequestToken':'%s','RoleArn':'" ROLE "',"
                                      "'PipelineDefinition':%s}", name, token, text);

  g_assert_nonnull (sage_json_string (reply, "PipelineArn", NULL));
}

char *
start (Fixture    *fixture,
       const char *name,
       const char *more)
{
  g_autofree char *token = g_uuid_string_random ();
  g_autoptr(JsonObject) reply = call (fixture, "StartPipelineExecution", "{'PipelineName':'%s',"
                                      "'ClientRequestToken':'%s'%s}", name, token, more);

  return g_strdup (sage_json_string (reply, "PipelineExecutionArn", NULL));
}

char *
execution_status (Fixture    *fixture,
                  const char *arn)
{
  g_autoptr(JsonObject) reply = call (fixture, "DescribePipelineExecution",
                                      "{'PipelineExecutionArn':'%s'}", arn);

  return g_strdup (sage_json_string (reply, "PipelineExecutionStatus", NULL));
}

JsonObject *
find_step (Fixture    *fixture,
           const char *arn,
           const char *name)
{
  g_autofree char *next = g_strdup ("");

  do
    {
      g_autoptr(JsonObject) reply = call (fixture, "ListPipelineExecutionSteps",
                                          "{'PipelineExecutionArn':'%s','MaxResults':100%s}", arn,
                                          next);
      JsonArray *steps = sage_json_array (reply, "PipelineExecutionSteps");
      const char *token = sage_json_string (reply, "NextToken", NULL);

      for (guint i = 0; i < json_array_get_length (steps); i++)
        {
          JsonObject *step = sage_json_array_object (steps, i);

          if (strcmp (sage_json_string (step, "StepName", ""), name) == 0)
            return json_object_ref (step);
        }
      g_free (next);
      next = token != NULL ? g_strdup_printf (",'NextToken':'%s'", token) : NULL;
    }
  while (next != NULL);

  return NULL;
}

static char *
step_status (Fixture    *fixture,
             const char *arn,
             const char *name)
{
  g_autoptr(JsonObject) step = find_step (fixture, arn, name);

  return step != NULL ? g_strdup (sage_json_string (step, "StepStatus", NULL)) : g_strdup ("");
}

/* Waits, by events, until an execution (or one step of it) is in a status. */
void
wait_for (Fixture    *fixture,
          const char *arn,
          const char *step,
          const char *status)
{
  gint64 deadline = g_get_monotonic_time () + DEADLINE_USEC;

  while (TRUE)
    {
      g_autofree char *found = NULL;
      guint seen;

      g_mutex_lock (&fixture->lock);
      seen = fixture->n_events;
      g_mutex_unlock (&fixture->lock);

      found = step != NULL ? step_status (fixture, arn, step) : execution_status (fixture, arn);
      if (strcmp (found, status) == 0)
        return;

      g_mutex_lock (&fixture->lock);
      while (fixture->n_events == seen)
        if (!g_cond_wait_until (&fixture->changed, &fixture->lock, deadline))
          g_error ("'%s' is still %s instead of %s", step != NULL ? step : arn, found, status);
      g_mutex_unlock (&fixture->lock);
    }
}

void
assert_step (Fixture    *fixture,
             const char *arn,
             const char *name,
             const char *status)
{
  g_autofree char *found = step_status (fixture, arn, name);

  g_assert_cmpstr (found, ==, status);
}

void
end_job (Fixture    *fixture,
         const char *execution_arn,
         const char *step,
         guint       attempt,
         const char *status)
{
  g_autofree char *job = eng_pipeline_job_name (NULL, execution_arn, step, attempt);
  const char *end[] = { job, status };
  g_autoptr(GError) error = NULL;

  eng_store_write (fixture->engine.store, end_job_cb, end, &error);
  g_assert_no_error (error);
}

/* A job of the fixture that was made more than once would be a step that ran twice. */
void
assert_made_once (Fixture *fixture,
                  guint    n_jobs)
{
  GHashTableIter iter;
  gpointer count;

  g_assert_cmpuint (g_hash_table_size (fixture->created), ==, n_jobs);
  g_hash_table_iter_init (&iter, fixture->created);
  while (g_hash_table_iter_next (&iter, NULL, &count))
    g_assert_cmpuint (GPOINTER_TO_UINT (count), ==, 1);
}
