/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "eng-pipeline-task.h"
#include "pipeline-fixture.h"

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
  ADD ("token", test_token);
  ADD ("update-and-delete", test_update_and_delete);
  ADD ("thousand-conditions", test_thousand_conditions);
  ADD ("thousand-jobs", test_thousand_jobs);

  return g_test_run ();
}
