/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "eng-pipeline-rows.h"
#include "eng-pipeline-task.h"
#include "eng-pipelines.h"
#include "eng-resource.h"
#include "sage-arn.h"
#include "sage-error.h"
#include "sage-file.h"
#include "sage-json.h"
#include "sage-shape.h"

#define DEADLINE_USEC (60 * G_USEC_PER_SEC)

/*
 * A service of jobs that are nothing but rows, behind the operation table like any other. What a
 * job does stands in its hyperparameter `do`: finish (at once), hang (until it is stopped), fail,
 * or busy (refuse the first two requests).
 */
typedef struct
{
  EngEngine     engine;
  EngPipelines *pipelines;
  char         *directory;
  GMutex        lock;
  GCond         changed;
  guint         n_events;  /* of executions and steps, guarded by the lock */
  guint         subscription;
  GHashTable   *created;   /* job name → how often it was made; guarded by the lock */
  guint         n_running; /* jobs that hang; guarded by the lock */
  guint         max_running;
  guint         n_refused;
  guint         n_warnings;
} Fixture;

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
  if (strcmp (wish, "hang") == 0)
    the_fixture->max_running = MAX (the_fixture->max_running, ++the_fixture->n_running);
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

static void
start_controller (Fixture *fixture)
{
  g_autoptr(GError) error = NULL;

  fixture->pipelines = eng_pipelines_start (&fixture->engine, &error);
  g_assert_no_error (error);
}

static void
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

static void
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
static JsonObject *
try_call (Fixture     *fixture,
          const char  *operation,
          GError     **error,
          const char  *format,
          ...)
{
  g_autofree char *text = NULL;
  g_autoptr(JsonNode) input = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  g_strdelimit (text, "'", '"');

  input = sage_json_parse_object (text, -1, &(SageJsonLimits) { 4 << 20, 64, 100000 }, NULL);
  g_assert_nonnull (input);
  return eng_operation_invoke (&fixture->engine, "test", operation, json_node_get_object (input),
                               error);
}

#define call(fixture, operation, ...) \
  ({ \
    g_autoptr(GError) call_error = NULL; \
    JsonObject *call_reply = try_call (fixture, operation, &call_error, __VA_ARGS__); \
    g_assert_no_error (call_error); \
    call_reply; \
  })

/* Escapes a definition so that it can stand in a string of a request. */
static char *
quoted (const char *definition)
{
  g_autoptr(GString) out = g_string_new (NULL);
  g_autofree char *json = g_strdup (definition);

  g_strdelimit (json, "'", '"');
  sage_json_append_string (out, json);
  return g_string_free_and_steal (g_steal_pointer (&out));
}

#define ROLE "arn:aws:iam::000000000000:role/r"
#define TOKEN "0123456789abcdef0123456789abcdef"

static void
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

static char *
start (Fixture    *fixture,
       const char *name,
       const char *more)
{
  g_autofree char *token = g_uuid_string_random ();
  g_autoptr(JsonObject) reply = call (fixture, "StartPipelineExecution", "{'PipelineName':'%s',"
                                      "'ClientRequestToken':'%s'%s}", name, token, more);

  return g_strdup (sage_json_string (reply, "PipelineExecutionArn", NULL));
}

static char *
execution_status (Fixture    *fixture,
                  const char *arn)
{
  g_autoptr(JsonObject) reply = call (fixture, "DescribePipelineExecution",
                                      "{'PipelineExecutionArn':'%s'}", arn);

  return g_strdup (sage_json_string (reply, "PipelineExecutionStatus", NULL));
}

static JsonObject *
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
static void
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

static void
assert_step (Fixture    *fixture,
             const char *arn,
             const char *name,
             const char *status)
{
  g_autofree char *found = step_status (fixture, arn, name);

  g_assert_cmpstr (found, ==, status);
}

static void
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

#define JOB(name, wish, more) \
  "{'Name':'" name "','Type':'Training','Arguments':{" \
  "'AlgorithmSpecification':{'TrainingInputMode':'File'}," \
  "'OutputDataConfig':{'S3OutputPath':'s3://b/o'},'ResourceConfig':{" \
  "'InstanceType':'ml.m5.xlarge','InstanceCount':1,'VolumeSizeInGB':5}," \
  "'StoppingCondition':{},'HyperParameters':{'do':'" wish "'" more "}}}"

#define JOB_AFTER(name, wish, after) \
  "{'Name':'" name "','Type':'Training','DependsOn':[" after "],'Arguments':{" \
  "'AlgorithmSpecification':{'TrainingInputMode':'File'}," \
  "'OutputDataConfig':{'S3OutputPath':'s3://b/o'},'ResourceConfig':{" \
  "'InstanceType':'ml.m5.xlarge','InstanceCount':1,'VolumeSizeInGB':5}," \
  "'StoppingCondition':{},'HyperParameters':{'do':'" wish "'}}}"

#define PIPELINE(steps) "{'Version':'2020-12-01','Steps':[" steps "]}"

static void
test_branches (Fixture       *fixture,
               gconstpointer  data)
{
  g_autofree char *high = NULL;
  g_autofree char *low = NULL;
  g_autoptr(JsonObject) step = NULL;
  g_autoptr(JsonObject) job = NULL;
  g_autofree char *name = NULL;

  create_pipeline (fixture, "p",
                   "{'Version':'2020-12-01','Parameters':[{'Name':'X','Type':'Integer',"
                   "'DefaultValue':7}],'Steps':["
                   JOB ("A", "finish", ",'x':{'Get':'Parameters.X'}") ","
                   "{'Name':'C','Type':'Condition','Arguments':{'Conditions':[{'Type':"
                   "'GreaterThan','LeftValue':{'Get':'Parameters.X'},'RightValue':5}],"
                   "'IfSteps':[" JOB ("B", "finish", ",'m':{'Get':"
                                      "'Steps.A.ModelArtifacts.S3ModelArtifacts'}") "],"
                   "'ElseSteps':[{'Name':'F','Type':'Fail','Arguments':{'ErrorMessage':"
                   "{'Std:Join':{'On':' ','Values':['X is',{'Get':'Parameters.X'}]}}}}]}}]}");

  high = start (fixture, "p", "");
  wait_for (fixture, high, NULL, "Succeeded");
  assert_step (fixture, high, "A", "Succeeded");
  assert_step (fixture, high, "B", "Succeeded");
  assert_step (fixture, high, "F", "");
  step = find_step (fixture, high, "C");
  g_assert_cmpstr (sage_json_string (sage_json_object (sage_json_object (step, "Metadata"),
                                                       "Condition"), "Outcome", ""), ==, "True");

  name = eng_pipeline_job_name (NULL, high, "B", 1);
  job = call (fixture, "DescribeTrainingJob", "{'TrainingJobName':'%s'}", name);
  g_assert_cmpstr (sage_json_string (sage_json_object (job, "HyperParameters"), "m", ""), ==,
                   "s3://b/model.tar.gz");
  g_assert_cmpstr (sage_json_string (job, "RoleArn", ""), ==, ROLE);

  low = start (fixture, "p", ",'PipelineParameters':[{'Name':'X','Value':'3'}]");
  wait_for (fixture, low, NULL, "Failed");
  assert_step (fixture, low, "B", "");
  g_clear_pointer (&step, json_object_unref);
  step = find_step (fixture, low, "F");
  g_assert_cmpstr (sage_json_string (step, "FailureReason", ""), ==, "X is 3");
}

/* A job of the fixture that was made more than once would be a step that ran twice. */
static void
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

static void
test_failure_and_retry (Fixture       *fixture,
                        gconstpointer  data)
{
  g_autofree char *arn = NULL;
  g_autoptr(JsonObject) reply = NULL;
  g_autoptr(JsonObject) step = NULL;
  g_autoptr(GError) error = NULL;

  create_pipeline (fixture, "p", PIPELINE (JOB ("A", "finish", "") "," JOB_AFTER ("B", "hang", "'A'")
                                           "," JOB_AFTER ("C", "finish", "'B'") ","
                                           JOB ("D", "hang", "")));
  arn = start (fixture, "p", "");
  wait_for (fixture, arn, "B", "Executing");
  wait_for (fixture, arn, "D", "Executing");
  g_assert_null (try_call (fixture, "RetryPipelineExecution", &error,
                           "{'PipelineExecutionArn':'%s','ClientRequestToken':'" TOKEN "'}", arn));
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_CONFLICT);
  g_clear_error (&error);

  end_job (fixture, arn, "B", 1, "Failed");
  wait_for (fixture, arn, "B", "Failed");
  /* Another branch still runs, so the execution is not over. */
  wait_for (fixture, arn, NULL, "Executing");
  end_job (fixture, arn, "D", 1, "Completed");
  wait_for (fixture, arn, NULL, "Failed");
  assert_step (fixture, arn, "C", "");

  reply = call (fixture, "RetryPipelineExecution",
                "{'PipelineExecutionArn':'%s','ClientRequestToken':'" TOKEN "'}", arn);
  wait_for (fixture, arn, "B", "Executing");
  end_job (fixture, arn, "B", 2, "Completed");
  wait_for (fixture, arn, NULL, "Succeeded");
  assert_step (fixture, arn, "C", "Succeeded");
  step = find_step (fixture, arn, "B");
  g_assert_cmpint (sage_json_int (step, "AttemptCount", 0), ==, 2);
  g_assert_false (json_object_has_member (step, "FailureReason"));
  assert_made_once (fixture, 5);

  g_assert_null (try_call (fixture, "RetryPipelineExecution", &error,
                           "{'PipelineExecutionArn':'%s','ClientRequestToken':'x" TOKEN "'}", arn));
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_CONFLICT);
}

static void
test_fail_is_final (Fixture       *fixture,
                    gconstpointer  data)
{
  g_autofree char *arn = NULL;
  g_autoptr(JsonObject) reply = NULL;
  g_autoptr(GError) error = NULL;

  create_pipeline (fixture, "p", PIPELINE (JOB ("A", "finish", "") ","
                                           "{'Name':'F','Type':'Fail','DependsOn':['A'],"
                                           "'Arguments':{'ErrorMessage':'enough'}},"
                                           JOB ("D", "hang", "") ","
                                           JOB_AFTER ("E", "finish", "'D'")));
  arn = start (fixture, "p", "");
  wait_for (fixture, arn, "F", "Failed");
  wait_for (fixture, arn, "D", "Executing");
  end_job (fixture, arn, "D", 1, "Completed");
  wait_for (fixture, arn, NULL, "Failed");
  assert_step (fixture, arn, "E", "");
  reply = call (fixture, "DescribePipelineExecution", "{'PipelineExecutionArn':'%s'}", arn);
  g_assert_nonnull (strstr (sage_json_string (reply, "FailureReason", ""), "F: enough"));

  g_assert_null (try_call (fixture, "RetryPipelineExecution", &error,
                           "{'PipelineExecutionArn':'%s','ClientRequestToken':'" TOKEN "'}", arn));
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_CONFLICT);
  g_assert_nonnull (strstr (error->message, "ended by Fail step 'F'"));
}

static void
test_stop (Fixture       *fixture,
           gconstpointer  data)
{
  g_autofree char *arn = NULL;
  g_autoptr(JsonObject) reply = NULL;
  g_autoptr(JsonObject) again = NULL;
  g_autoptr(JsonObject) retried = NULL;
  g_autoptr(GError) error = NULL;

  create_pipeline (fixture, "p", PIPELINE (JOB ("A", "hang", "") "," JOB ("B", "hang", "") ","
                                           JOB_AFTER ("C", "finish", "'A'")));
  arn = start (fixture, "p", "");
  wait_for (fixture, arn, "A", "Executing");
  wait_for (fixture, arn, "B", "Executing");
  reply = call (fixture, "StopPipelineExecution",
                "{'PipelineExecutionArn':'%s','ClientRequestToken':'" TOKEN "'}", arn);
  wait_for (fixture, arn, NULL, "Stopped");
  assert_step (fixture, arn, "A", "Stopped");
  assert_step (fixture, arn, "B", "Stopped");
  assert_step (fixture, arn, "C", "");

  /* The same call again is the same answer; another one comes too late. */
  again = call (fixture, "StopPipelineExecution",
                "{'PipelineExecutionArn':'%s','ClientRequestToken':'" TOKEN "'}", arn);
  g_assert_null (try_call (fixture, "StopPipelineExecution", &error,
                           "{'PipelineExecutionArn':'%s','ClientRequestToken':'x" TOKEN "'}", arn));
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_CONFLICT);

  retried = call (fixture, "RetryPipelineExecution",
                  "{'PipelineExecutionArn':'%s','ClientRequestToken':'" TOKEN "'}", arn);
  wait_for (fixture, arn, "A", "Executing");
  wait_for (fixture, arn, "B", "Executing");
  end_job (fixture, arn, "A", 2, "Completed");
  end_job (fixture, arn, "B", 2, "Completed");
  wait_for (fixture, arn, NULL, "Succeeded");
}

static void
test_retry_policy (Fixture       *fixture,
                   gconstpointer  data)
{
  g_autofree char *arn = NULL;
  g_autoptr(JsonObject) step = NULL;
  gint64 began = g_get_monotonic_time ();

  create_pipeline (fixture, "p",
                   "{'Version':'2020-12-01','Steps':[{'Name':'A','Type':'Training',"
                   "'RetryPolicies':[{'ExceptionType':['Step.THROTTLING'],'IntervalSeconds':1,"
                   "'BackoffRate':0.5,'MaxAttempts':2}],'Arguments':{"
                   "'AlgorithmSpecification':{'TrainingInputMode':'File'},"
                   "'OutputDataConfig':{'S3OutputPath':'s3://b/o'},'ResourceConfig':{"
                   "'InstanceType':'ml.m5.xlarge','InstanceCount':1,'VolumeSizeInGB':5},"
                   "'StoppingCondition':{},'HyperParameters':{'do':'busy'}}}]}");
  arn = start (fixture, "p", "");
  wait_for (fixture, arn, NULL, "Succeeded");
  step = find_step (fixture, arn, "A");
  g_assert_cmpint (sage_json_int (step, "AttemptCount", 0), ==, 3);
  g_assert_cmpuint (fixture->n_refused, ==, 2);
  /* 1 s, then 0.5 s. */
  g_assert_cmpint (g_get_monotonic_time () - began, >=, 1500000);
}

static void
test_parallel_limit (Fixture       *fixture,
                     gconstpointer  data)
{
  g_autofree char *arn = NULL;

  create_pipeline (fixture, "p", PIPELINE (JOB ("A", "hang", "") "," JOB ("B", "hang", "") ","
                                           JOB ("C", "hang", "") "," JOB ("D", "hang", "")));
  arn = start (fixture, "p", ",'ParallelismConfiguration':{'MaxParallelExecutionSteps':2}");
  wait_for (fixture, arn, "A", "Executing");
  wait_for (fixture, arn, "B", "Executing");
  assert_step (fixture, arn, "C", "");
  end_job (fixture, arn, "A", 1, "Completed");
  wait_for (fixture, arn, "C", "Executing");
  assert_step (fixture, arn, "D", "");
  end_job (fixture, arn, "B", 1, "Completed");
  end_job (fixture, arn, "C", 1, "Completed");
  wait_for (fixture, arn, "D", "Executing");
  end_job (fixture, arn, "D", 1, "Completed");
  wait_for (fixture, arn, NULL, "Succeeded");
}

/* Ends the controller again and again while an execution goes on: it must take up where it was. */
static void
test_restarts (Fixture       *fixture,
               gconstpointer  data)
{
  g_autoptr(GString) definition = g_string_new ("{'Version':'2020-12-01','Steps':[");
  g_autofree char *arn = NULL;
  const guint n = 40;

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *after = g_strdup_printf (i > 0 ? "'S%u'" : "", i - 1);
      g_autofree char *name = g_strdup_printf ("S%u", i);

      g_string_append_printf (definition, "%s" JOB_AFTER ("%s", "finish", "%s"), i > 0 ? "," : "",
                              name, after);
    }
  g_string_append (definition, "]}");
  create_pipeline (fixture, "p", definition->str);
  arn = start (fixture, "p", "");

  for (guint i = 0; i < 100; i++)
    {
      eng_pipelines_stop (g_steal_pointer (&fixture->pipelines));
      start_controller (fixture);
    }
  wait_for (fixture, arn, NULL, "Succeeded");
  assert_made_once (fixture, n);
}

/* A job ends, and an execution is told to stop, while no controller lives. */
static void
test_events_while_down (Fixture       *fixture,
                        gconstpointer  data)
{
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_autoptr(JsonObject) reply = NULL;

  create_pipeline (fixture, "p", PIPELINE (JOB ("A", "hang", "") ","
                                           JOB_AFTER ("B", "finish", "'A'")));
  first = start (fixture, "p", "");
  second = start (fixture, "p", "");
  wait_for (fixture, first, "A", "Executing");
  wait_for (fixture, second, "A", "Executing");

  eng_pipelines_stop (g_steal_pointer (&fixture->pipelines));
  end_job (fixture, first, "A", 1, "Completed");
  reply = call (fixture, "StopPipelineExecution",
                "{'PipelineExecutionArn':'%s','ClientRequestToken':'" TOKEN "'}", second);
  start_controller (fixture);

  wait_for (fixture, first, NULL, "Succeeded");
  wait_for (fixture, second, NULL, "Stopped");
  assert_step (fixture, second, "A", "Stopped");
  assert_step (fixture, second, "B", "");
  assert_made_once (fixture, 3);
}

static gboolean
damage_cb (EngTx     *tx,
           gpointer   user_data,
           GError   **error)
{
  return eng_exec (tx->connection, error, "UPDATE pipeline_step SET status = 'Dancing'"
                   " WHERE execution = (SELECT id FROM resource WHERE arn = ?1)", "t", user_data);
}

/* A row that nobody can read holds up its own execution and no other. */
static void
test_damaged_row (Fixture       *fixture,
                  gconstpointer  data)
{
  g_autofree char *damaged = NULL;
  g_autofree char *whole = NULL;
  g_autoptr(GError) error = NULL;

  create_pipeline (fixture, "p", PIPELINE (JOB ("A", "hang", "")));
  damaged = start (fixture, "p", "");
  whole = start (fixture, "p", "");
  wait_for (fixture, damaged, "A", "Executing");
  wait_for (fixture, whole, "A", "Executing");
  eng_pipelines_stop (g_steal_pointer (&fixture->pipelines));
  g_assert_true (eng_store_write (fixture->engine.store, damage_cb, damaged, NULL));

  g_test_expect_message ("eng-pipeline-executor", G_LOG_LEVEL_WARNING,
                         "Cannot take up*unknown status 'Dancing'*");
  start_controller (fixture);
  g_test_assert_expected_messages ();
  end_job (fixture, whole, "A", 1, "Completed");
  wait_for (fixture, whole, NULL, "Succeeded");

  g_assert_null (try_call (fixture, "ListPipelineExecutionSteps", &error,
                           "{'PipelineExecutionArn':'%s'}", damaged));
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_CORRUPT);
}

static gboolean
refuse_cb (EngTx     *tx,
           gpointer   user_data,
           GError   **error)
{
  return eng_exec (tx->connection, error, user_data, "");
}

static void
warning_cb (const char     *domain,
            GLogLevelFlags  level,
            const char     *message,
            gpointer        user_data)
{
  Fixture *fixture = user_data;

  g_mutex_lock (&fixture->lock);
  if (strstr (message, "Cannot store pipeline execution") != NULL &&
      strstr (message, "no room") != NULL)
    fixture->n_warnings++;
  g_cond_broadcast (&fixture->changed);
  g_mutex_unlock (&fixture->lock);
}

/* While rows cannot be written nothing is begun; when they can, everything goes on by itself. */
static void
test_store_that_refuses (Fixture       *fixture,
                         gconstpointer  data)
{
  static char refuse[] = "CREATE TRIGGER refuse BEFORE INSERT ON pipeline_step"
                         " BEGIN SELECT RAISE (ABORT, 'no room'); END";
  static char allow[] = "DROP TRIGGER refuse";
  gint64 deadline = g_get_monotonic_time () + DEADLINE_USEC;
  GLogLevelFlags fatal = g_log_set_always_fatal (G_LOG_FATAL_MASK);
  guint handler = g_log_set_handler ("eng-pipeline-executor", G_LOG_LEVEL_WARNING, warning_cb,
                                     fixture);
  g_autofree char *arn = NULL;

  create_pipeline (fixture, "p", PIPELINE (JOB ("A", "finish", "") ","
                                           JOB_AFTER ("B", "finish", "'A'")));
  g_assert_true (eng_store_write (fixture->engine.store, refuse_cb, refuse, NULL));
  arn = start (fixture, "p", "");

  g_mutex_lock (&fixture->lock);
  while (fixture->n_warnings < 2)
    g_assert_true (g_cond_wait_until (&fixture->changed, &fixture->lock, deadline));
  g_assert_cmpuint (g_hash_table_size (fixture->created), ==, 0);
  g_mutex_unlock (&fixture->lock);

  g_assert_true (eng_store_write (fixture->engine.store, refuse_cb, allow, NULL));
  wait_for (fixture, arn, NULL, "Succeeded");
  assert_made_once (fixture, 2);
  g_log_remove_handler ("eng-pipeline-executor", handler);
  g_log_set_always_fatal (fatal);
}

/* The job was made and the engine died before it could say so: the job is found, not made again. */
static void
test_adoption (Fixture       *fixture,
               gconstpointer  data)
{
  g_autofree char *arn = NULL;
  g_autofree char *job = NULL;
  g_autoptr(JsonObject) reply = NULL;

  eng_pipelines_stop (g_steal_pointer (&fixture->pipelines));
  create_pipeline (fixture, "p", PIPELINE (JOB ("A", "hang", "")));
  arn = start (fixture, "p", "");
  job = eng_pipeline_job_name (NULL, arn, "A", 1);
  reply = call (fixture, "CreateTrainingJob", "{'TrainingJobName':'%s','RoleArn':'" ROLE "',"
                "'AlgorithmSpecification':{'TrainingInputMode':'File'},'OutputDataConfig':{"
                "'S3OutputPath':'s3://b/o'},'ResourceConfig':{'InstanceType':'ml.m5.xlarge',"
                "'InstanceCount':1,'VolumeSizeInGB':5},'StoppingCondition':{},"
                "'HyperParameters':{'do':'hang'}}", job);
  start_controller (fixture);
  wait_for (fixture, arn, "A", "Executing");
  end_job (fixture, arn, "A", 1, "Completed");
  wait_for (fixture, arn, NULL, "Succeeded");
  assert_made_once (fixture, 1);
}

static gpointer
start_thread (gpointer data)
{
  g_autoptr(JsonObject) reply = call (data, "StartPipelineExecution", "{'PipelineName':'p',"
                                      "'ClientRequestToken':'" TOKEN "'}");

  return g_strdup (sage_json_string (reply, "PipelineExecutionArn", NULL));
}

static void
test_token (Fixture       *fixture,
            gconstpointer  data)
{
  GThread *threads[100];
  g_autofree char *first = NULL;
  g_autoptr(JsonObject) list = NULL;
  g_autoptr(GError) error = NULL;

  create_pipeline (fixture, "p", PIPELINE (JOB ("A", "finish", "")));
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("start", start_thread, fixture);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    {
      g_autofree char *arn = g_thread_join (threads[i]);

      if (first == NULL)
        first = g_strdup (arn);
      g_assert_cmpstr (arn, ==, first);
    }

  list = call (fixture, "ListPipelineExecutions", "{'PipelineName':'p'}");
  g_assert_cmpuint (json_array_get_length (sage_json_array (list, "PipelineExecutionSummaries")),
                    ==, 1);
  g_assert_null (try_call (fixture, "StartPipelineExecution", &error, "{'PipelineName':'p',"
                           "'PipelineExecutionDescription':'other',"
                           "'ClientRequestToken':'" TOKEN "'}"));
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_CONFLICT);
  wait_for (fixture, first, NULL, "Succeeded");
}

static void
test_update_and_delete (Fixture       *fixture,
                        gconstpointer  data)
{
  g_autofree char *arn = NULL;
  g_autofree char *other = quoted (PIPELINE (JOB ("Z", "finish", "")));
  g_autoptr(JsonObject) updated = NULL;
  g_autoptr(JsonObject) definition = NULL;
  g_autoptr(JsonObject) deleted = NULL;
  g_autoptr(GError) error = NULL;

  create_pipeline (fixture, "p", PIPELINE (JOB ("A", "hang", "")));
  arn = start (fixture, "p", "");
  wait_for (fixture, arn, "A", "Executing");

  updated = call (fixture, "UpdatePipeline", "{'PipelineName':'p','PipelineDefinition':%s}", other);
  definition = call (fixture, "DescribePipelineDefinitionForExecution",
                     "{'PipelineExecutionArn':'%s'}", arn);
  g_assert_nonnull (strstr (sage_json_string (definition, "PipelineDefinition", ""),
                            "\"Name\":\"A\""));

  g_assert_null (try_call (fixture, "DeletePipeline", &error, "{'PipelineName':'p',"
                           "'ClientRequestToken':'" TOKEN "'}"));
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_CONFLICT);
  g_clear_error (&error);

  end_job (fixture, arn, "A", 1, "Completed");
  wait_for (fixture, arn, NULL, "Succeeded");
  deleted = call (fixture, "DeletePipeline", "{'PipelineName':'p',"
                  "'ClientRequestToken':'" TOKEN "'}");
  g_assert_null (try_call (fixture, "DescribePipelineExecution", &error,
                           "{'PipelineExecutionArn':'%s'}", arn));
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_NOT_FOUND);
}

/* 1,000 steps, ten wide, each of which needs two; @job makes one step. */
static char *
make_wide (gboolean jobs)
{
  g_autoptr(GString) text = g_string_new ("{'Version':'2020-12-01','Steps':[");

  for (guint i = 0; i < 1000; i++)
    {
      guint row = i / 10;
      g_autofree char *after = row == 0 ? g_strdup ("")
                                        : g_strdup_printf ("'S%u','S%u'", (row - 1) * 10 + i % 10,
                                                           (row - 1) * 10 + (i + 1) % 10);
      g_autofree char *name = g_strdup_printf ("S%u", i);

      if (i > 0)
        g_string_append_c (text, ',');
      if (jobs)
        g_string_append_printf (text, JOB_AFTER ("%s", "finish", "%s"), name, after);
      else
        g_string_append_printf (text, "{'Name':'%s','Type':'Condition','DependsOn':[%s],"
                                "'Arguments':{'Conditions':[{'Type':'Equals','LeftValue':1,"
                                "'RightValue':1}]}}", name, after);
    }
  g_string_append (text, "]}");

  return g_string_free_and_steal (g_steal_pointer (&text));
}

static void
run_wide (Fixture    *fixture,
          gboolean    jobs,
          const char *label)
{
  g_autofree char *definition = make_wide (jobs);
  g_autofree char *arn = NULL;
  gint64 began;
  double seconds;

  create_pipeline (fixture, "p", definition);
  began = g_get_monotonic_time ();
  arn = start (fixture, "p", "");
  wait_for (fixture, arn, NULL, "Succeeded");
  seconds = (double) (g_get_monotonic_time () - began) / G_USEC_PER_SEC;

  g_test_minimized_result (seconds, "1,000 %s: %.3f s", label, seconds);
  assert_step (fixture, arn, "S999", "Succeeded");
  assert_made_once (fixture, jobs ? 1000 : 0);
}

static void
test_thousand_conditions (Fixture       *fixture,
                          gconstpointer  data)
{
  run_wide (fixture, FALSE, "conditions");
}

static void
test_thousand_jobs (Fixture       *fixture,
                    gconstpointer  data)
{
  run_wide (fixture, TRUE, "jobs that end at once");
}

static void
test_names (void)
{
  static const char arn[] = "arn:aws:sagemaker:us-east-1:000000000000:pipeline/p/execution/"
                            "abcdefghijkl";
  g_autofree char *plain = eng_pipeline_job_name (NULL, arn, "Train", 1);
  g_autofree char *again = eng_pipeline_job_name (NULL, arn, "Train", 1);
  g_autofree char *next = eng_pipeline_job_name (NULL, arn, "Train", 2);
  g_autofree char *odd = eng_pipeline_job_name (
    NULL, arn, "_A_very_long_name_of_a_step_that_is_longer_than_any_name_may_be_", 1);
  g_autofree char *own = eng_pipeline_job_name ("my-job", arn, "Train", 1);

  g_assert_true (g_str_has_prefix (plain, "pipelines-abcdefghijkl-Train-"));
  g_assert_cmpstr (plain, ==, again);
  g_assert_cmpstr (plain, !=, next);
  g_assert_true (g_str_has_prefix (own, "my-job-abcdefghijkl-"));
  g_assert_cmpuint (strlen (odd), ==, 63);
  for (const char *c = odd; *c != '\0'; c++)
    g_assert_true (g_ascii_isalnum (*c) || *c == '-');
}

#define ADD(path, func) \
  g_test_add ("/pipelines/executor/" path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/pipelines/executor/names", test_names);
  ADD ("branches", test_branches);
  ADD ("failure-and-retry", test_failure_and_retry);
  ADD ("fail-is-final", test_fail_is_final);
  ADD ("stop", test_stop);
  ADD ("retry-policy", test_retry_policy);
  ADD ("parallel-limit", test_parallel_limit);
  ADD ("restarts", test_restarts);
  ADD ("events-while-down", test_events_while_down);
  ADD ("adoption", test_adoption);
  ADD ("damaged-row", test_damaged_row);
  ADD ("store-that-refuses", test_store_that_refuses);
  ADD ("token", test_token);
  ADD ("update-and-delete", test_update_and_delete);
  ADD ("thousand-conditions", test_thousand_conditions);
  ADD ("thousand-jobs", test_thousand_jobs);

  return g_test_run ();
}
