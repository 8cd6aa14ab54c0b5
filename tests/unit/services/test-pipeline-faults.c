/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "eng-pipeline-task.h"
#include "pipeline-fixture.h"

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

/* Checks why an execution ended that could not be taken up. */
static void
assert_gone_wrong (Fixture    *fixture,
                   const char *arn,
                   const char *why)
{
  g_autoptr(JsonObject) reply = call (fixture, "DescribePipelineExecution",
                                      "{'PipelineExecutionArn':'%s'}", arn);
  const char *reason = sage_json_string (reply, "FailureReason", "");

  g_assert_true (g_str_has_prefix (reason, "The execution cannot go on: "));
  g_assert_nonnull (strstr (reason, why));
}

static gboolean
sql_cb (EngTx     *tx,
        gpointer   user_data,
        GError   **error)
{
  return eng_exec (tx->connection, error, user_data, "");
}

/* Changes rows behind everybody's back. */
static void
change_rows (Fixture    *fixture,
             const char *sql)
{
  g_autoptr(GError) error = NULL;

  eng_store_write (fixture->engine.store, sql_cb, (gpointer) sql, &error);
  g_assert_no_error (error);
}

static gboolean
damage_cb (EngTx     *tx,
           gpointer   user_data,
           GError   **error)
{
  return eng_exec (tx->connection, error, "UPDATE pipeline_step SET status = 'Dancing'"
                   " WHERE execution = (SELECT id FROM resource WHERE arn = ?1)", "t", user_data);
}

/* A row that nobody can read ends its own execution and holds up no other. */
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

  wait_for (fixture, damaged, NULL, "Failed");
  assert_gone_wrong (fixture, damaged, "unknown status 'Dancing'");
  g_assert_null (try_call (fixture, "ListPipelineExecutionSteps", &error,
                           "{'PipelineExecutionArn':'%s'}", damaged));
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_CORRUPT);
}

#define CACHED(config) \
  "{'Name':'A','Type':'Training','CacheConfig':{" config "},'Arguments':{" \
  "'AlgorithmSpecification':{'TrainingInputMode':'File'}," \
  "'OutputDataConfig':{'S3OutputPath':'s3://b/o'},'ResourceConfig':{" \
  "'InstanceType':'ml.m5.xlarge','InstanceCount':1,'VolumeSizeInGB':5}," \
  "'StoppingCondition':{},'HyperParameters':{'do':'hang'}}}"

/* What an earlier version let through goes on as it was; nothing like it is taken any more. */
static void
test_definition_of_an_earlier_version (Fixture       *fixture,
                                       gconstpointer  data)
{
  static const char changed[] = PIPELINE (CACHED ("'Enabled':true"));
  g_autofree char *text = quoted (changed);
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_autoptr(JsonObject) reply = NULL;
  g_autoptr(GError) error = NULL;

  create_pipeline (fixture, "p", PIPELINE (CACHED ("'Enabled':false,'ExpireAfter':'P1D'")));
  first = start (fixture, "p", "");
  wait_for (fixture, first, "A", "Executing");
  eng_pipelines_stop (g_steal_pointer (&fixture->pipelines));
  change_rows (fixture, "UPDATE pipeline_definition SET text = replace (text,"
               " '\"Enabled\":false,\"ExpireAfter\":\"P1D\"', '\"Enabled\":true')");
  start_controller (fixture);

  end_job (fixture, first, "A", 1, "Completed");
  wait_for (fixture, first, NULL, "Succeeded");
  second = start (fixture, "p", "");
  wait_for (fixture, second, "A", "Executing");
  end_job (fixture, second, "A", 1, "Failed");
  wait_for (fixture, second, NULL, "Failed");
  reply = call (fixture, "RetryPipelineExecution",
                "{'PipelineExecutionArn':'%s','ClientRequestToken':'" TOKEN "'}", second);
  wait_for (fixture, second, "A", "Executing");
  assert_made_once (fixture, 3);

  g_assert_null (try_call (fixture, "UpdatePipeline", &error,
                           "{'PipelineName':'p','PipelineDefinition':%s}", text));
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "CacheConfig.ExpireAfter: Required"));
}

/* A definition that nobody can read ends its executions, with their steps, and can be deleted. */
static void
test_unreadable_definition (Fixture       *fixture,
                            gconstpointer  data)
{
  g_autofree char *arn = NULL;
  g_autoptr(JsonObject) reply = NULL;

  create_pipeline (fixture, "p", PIPELINE (JOB ("A", "hang", "")));
  arn = start (fixture, "p", "");
  wait_for (fixture, arn, "A", "Executing");
  eng_pipelines_stop (g_steal_pointer (&fixture->pipelines));
  change_rows (fixture, "UPDATE pipeline_definition SET text = 'x' || text");

  g_test_expect_message ("eng-pipeline-executor", G_LOG_LEVEL_WARNING, "Cannot take up*");
  start_controller (fixture);
  g_test_assert_expected_messages ();
  wait_for (fixture, arn, NULL, "Failed");
  assert_gone_wrong (fixture, arn, "Unable to parse pipeline definition");

  change_rows (fixture, "UPDATE pipeline_definition SET text = substr (text, 2)");
  assert_step (fixture, arn, "A", "Failed");
  reply = call (fixture, "DeletePipeline",
                "{'PipelineName':'p','ClientRequestToken':'" TOKEN "'}");
}

/* Storage that fails for a while only makes it wait: it is not the execution's fault. */
static void
test_definition_out_of_reach (Fixture       *fixture,
                              gconstpointer  data)
{
  GLogLevelFlags fatal = g_log_set_always_fatal (G_LOG_FATAL_MASK);
  g_autofree char *arn = NULL;

  create_pipeline (fixture, "p", PIPELINE (JOB ("A", "hang", "")));
  arn = start (fixture, "p", "");
  wait_for (fixture, arn, "A", "Executing");
  eng_pipelines_stop (g_steal_pointer (&fixture->pipelines));
  change_rows (fixture, "ALTER TABLE pipeline_definition RENAME TO elsewhere");

  g_test_expect_message ("eng-pipeline-executor", G_LOG_LEVEL_WARNING,
                         "Cannot take up*no such table*");
  start_controller (fixture);
  g_test_assert_expected_messages ();
  change_rows (fixture, "ALTER TABLE elsewhere RENAME TO pipeline_definition");
  end_job (fixture, arn, "A", 1, "Completed");
  wait_for (fixture, arn, NULL, "Succeeded");
  g_log_set_always_fatal (fatal);
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
  static const char refuse[] = "CREATE TRIGGER refuse BEFORE INSERT ON pipeline_step"
                         " BEGIN SELECT RAISE (ABORT, 'no room'); END";
  static const char allow[] = "DROP TRIGGER refuse";
  gint64 deadline = g_get_monotonic_time () + DEADLINE_USEC;
  GLogLevelFlags fatal = g_log_set_always_fatal (G_LOG_FATAL_MASK);
  guint handler = g_log_set_handler ("eng-pipeline-executor", G_LOG_LEVEL_WARNING, warning_cb,
                                     fixture);
  g_autofree char *arn = NULL;

  create_pipeline (fixture, "p", PIPELINE (JOB ("A", "finish", "") ","
                                           JOB_AFTER ("B", "finish", "'A'")));
  change_rows (fixture, refuse);
  arn = start (fixture, "p", "");

  g_mutex_lock (&fixture->lock);
  while (fixture->n_warnings < 2)
    g_assert_true (g_cond_wait_until (&fixture->changed, &fixture->lock, deadline));
  g_assert_cmpuint (g_hash_table_size (fixture->created), ==, 0);
  g_mutex_unlock (&fixture->lock);

  change_rows (fixture, allow);
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

#define ADD(path, func) \
  g_test_add ("/pipelines/faults/" path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  ADD ("restarts", test_restarts);
  ADD ("events-while-down", test_events_while_down);
  ADD ("adoption", test_adoption);
  ADD ("damaged-row", test_damaged_row);
  ADD ("definition-of-an-earlier-version", test_definition_of_an_earlier_version);
  ADD ("unreadable-definition", test_unreadable_definition);
  ADD ("definition-out-of-reach", test_definition_out_of_reach);
  ADD ("store-that-refuses", test_store_that_refuses);

  return g_test_run ();
}
