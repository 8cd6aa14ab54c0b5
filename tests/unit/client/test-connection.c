/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <signal.h>
#include <string.h>

#include "engine.h"
#include "sage-connection.h"
#include "sage-embedded.h"
#include "sage-error.h"
#include "sage-json.h"

/* A connection to an engine of its own. */
typedef struct
{
  Engine          engine;
  SageProfile    *profile;
  SageConnection *connection;
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  engine_init (&fixture->engine);
  fixture->profile = sage_profile_new_embedded (fixture->engine.dir);
  fixture->connection = sage_connection_new (fixture->profile);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  sage_connection_close (fixture->connection);
  assert_finalizes (fixture->connection);
  assert_finalizes (fixture->profile);
  engine_clear (&fixture->engine);
}

static gboolean
is_state (Fixture             *fixture,
          SageConnectionState  state)
{
  return sage_connection_get_state (fixture->connection) == state;
}

static void
open_connection (Fixture *fixture)
{
  sage_connection_open (fixture->connection, NULL);
  wait_until (is_state (fixture, SAGE_CONNECTION_CONNECTED));
}

static guint
n_items (SageResourceList *list)
{
  return g_list_model_get_n_items (G_LIST_MODEL (list));
}

static void
make_group (Fixture    *fixture,
            const char *name)
{
  g_autofree char *input = g_strdup_printf ("{\"ModelPackageGroupName\":\"%s\"}", name);
  g_autoptr(JsonObject) reply = engine_call (&fixture->engine, "CreateModelPackageGroup", input);
}

static void
delete_group (Fixture    *fixture,
              const char *name)
{
  g_autofree char *input = g_strdup_printf ("{\"ModelPackageGroupName\":\"%s\"}", name);
  g_autoptr(JsonObject) reply = engine_call (&fixture->engine, "DeleteModelPackageGroup", input);
}

/* Whether the rows are newest first, each once, and the list says what it has. */
static void
check_list (SageResourceList *list)
{
  g_autoptr(GHashTable) seen = g_hash_table_new (NULL, NULL);
  double last = G_MAXDOUBLE;
  guint count;

  g_object_get (list, "n-items", &count, NULL);
  g_assert_cmpuint (count, ==, n_items (list));
  for (guint i = 0; i < n_items (list); i++)
    {
      g_autoptr(SageResource) resource = g_list_model_get_item (G_LIST_MODEL (list), i);

      g_assert_cmpfloat (sage_resource_get_created (resource), <=, last);
      last = sage_resource_get_created (resource);
      g_assert_true (g_hash_table_add (seen, resource));
      g_assert_true (sage_resource_list_find (list, sage_resource_get_name (resource)) == resource);
    }
  g_assert_null (g_list_model_get_item (G_LIST_MODEL (list), n_items (list)));
}

static void
test_list (Fixture       *fixture,
           gconstpointer  data)
{
  g_autofree char *name = NULL;
  SageResourceList *list;
  SageResourceList *again;
  SageResource *resource;

  engine_start (&fixture->engine);
  make_group (fixture, "One");
  make_group (fixture, "Two");

  list = sage_connection_get_list (fixture->connection, SAGE_KIND_PACKAGE_GROUP, NULL);
  g_assert_false (sage_resource_list_get_loading (list));
  open_connection (fixture);
  g_assert_true (sage_resource_list_get_loading (list));
  wait_until (sage_resource_list_get_loaded (list));
  g_assert_false (sage_resource_list_get_loading (list));
  g_assert_no_error (sage_resource_list_get_error (list));
  g_assert_cmpuint (n_items (list), ==, 2);
  check_list (list);

  again = sage_connection_get_list (fixture->connection, SAGE_KIND_PACKAGE_GROUP, NULL);
  g_assert_true (again == list);
  g_object_unref (again);

  make_group (fixture, "Three");
  wait_until (n_items (list) == 3);
  check_list (list);
  resource = g_list_model_get_item (G_LIST_MODEL (list), 0);
  g_assert_cmpstr (sage_resource_get_name (resource), ==, "Three");
  g_assert_true (sage_resource_list_find (list, "three") == resource);

  delete_group (fixture, "Three");
  wait_until (n_items (list) == 2);
  g_assert_true (sage_resource_get_deleted (resource));
  check_list (list);
  g_object_get (resource, "name", &name, NULL);
  g_assert_cmpstr (name, ==, "Three");
  assert_finalizes (resource);
  assert_finalizes (list);
}

/* --- Resources -------------------------------------------------------------------------------- */

static void
test_identity (Fixture       *fixture,
               gconstpointer  data)
{
  SageResourceList *list;
  SageResource *resource;
  SageResource *same;
  SageResource *other;

  engine_start (&fixture->engine);
  make_group (fixture, "Churn");
  open_connection (fixture);
  resource = sage_connection_get_resource (fixture->connection, SAGE_KIND_PACKAGE_GROUP, "churn");
  same = sage_connection_get_resource (fixture->connection, SAGE_KIND_PACKAGE_GROUP, "CHURN");
  other = sage_connection_get_resource (fixture->connection, SAGE_KIND_MODEL, "churn");
  g_assert_true (resource == same);
  g_assert_true (resource != other);
  g_object_unref (same);
  assert_finalizes (other);

  list = sage_connection_get_list (fixture->connection, SAGE_KIND_PACKAGE_GROUP, NULL);
  wait_until (sage_resource_list_get_loaded (list));
  g_assert_true (sage_resource_list_find (list, "Churn") == resource);
  g_assert_cmpstr (sage_resource_get_status (resource), ==, "Completed");

  /* The engine knows how it is spelled, and says so with the next event. */
  delete_group (fixture, "Churn");
  wait_until (sage_resource_get_deleted (resource));
  g_assert_cmpstr (sage_resource_get_name (resource), ==, "Churn");
  g_assert_cmpuint (n_items (list), ==, 0);
  make_group (fixture, "Churn");
  wait_until (n_items (list) == 1);
  g_assert_false (sage_resource_get_deleted (resource));
  g_assert_true (sage_resource_list_find (list, "Churn") == resource);

  assert_finalizes (list);
  assert_finalizes (resource);
  resource = sage_connection_get_resource (fixture->connection, SAGE_KIND_PACKAGE_GROUP, "churn");
  g_assert_cmpstr (sage_resource_get_status (resource), ==, "");
  assert_finalizes (resource);
}

static const char *
description_text (SageResource *resource,
                  const char   *member)
{
  JsonObject *description = sage_resource_get_description (resource);

  return description != NULL ? sage_json_string (description, member, NULL) : NULL;
}

/* --- Pipelines -------------------------------------------------------------------------------- */

static void
make_pipeline (Fixture    *fixture,
               const char *name)
{
  static const char definition[] =
    "{\"Version\":\"2020-12-01\",\"Steps\":["
    "{\"Name\":\"Check\",\"Type\":\"Condition\",\"Arguments\":{\"Conditions\":["
    "{\"Type\":\"Equals\",\"LeftValue\":1,\"RightValue\":1}],\"IfSteps\":[],\"ElseSteps\":[]}},"
    "{\"Name\":\"TooBad\",\"Type\":\"Fail\",\"DependsOn\":[\"Check\"],"
    "\"Arguments\":{\"ErrorMessage\":\"No luck\"}}]}";
  g_autoptr(JsonObject) input = json_object_new ();
  g_autofree char *token = g_uuid_string_random ();
  g_autofree char *text = NULL;

  json_object_set_string_member (input, "PipelineName", name);
  json_object_set_string_member (input, "PipelineDefinition", definition);
  json_object_set_string_member (input, "ClientRequestToken", token);
  json_object_set_string_member (input, "RoleArn", "arn:aws:iam::000000000000:role/Sagebrush");
  text = sage_json_object_to_string (input);
  json_object_unref (engine_call (&fixture->engine, "CreatePipeline", text));
}

static void
start_pipeline (Fixture    *fixture,
                const char *name)
{
  g_autofree char *token = g_uuid_string_random ();
  g_autofree char *text = g_strdup_printf ("{\"PipelineName\":\"%s\",\"ClientRequestToken\":\"%s\"}",
                                           name, token);

  json_object_unref (engine_call (&fixture->engine, "StartPipelineExecution", text));
}

static void
test_watch (Fixture       *fixture,
            gconstpointer  data)
{
  SageResource *pipeline;
  SageResource *missing;

  engine_start (&fixture->engine);
  make_pipeline (fixture, "Watched");
  pipeline = sage_connection_get_resource (fixture->connection, SAGE_KIND_PIPELINE, "watched");
  missing = sage_connection_get_resource (fixture->connection, SAGE_KIND_TRAINING_JOB, "missing");
  sage_connection_watch (fixture->connection, pipeline);
  sage_connection_watch (fixture->connection, pipeline);
  sage_connection_watch (fixture->connection, missing);
  open_connection (fixture);
  wait_until (sage_resource_get_description (pipeline) != NULL);
  g_assert_cmpstr (description_text (pipeline, "PipelineName"), ==, "Watched");
  g_assert_cmpstr (sage_resource_get_status (pipeline), ==, "Active");
  wait_until (sage_resource_get_deleted (missing));
  g_assert_null (sage_resource_get_description (missing));
  sage_connection_unwatch (fixture->connection, missing);

  json_object_unref (engine_call (&fixture->engine, "UpdatePipeline",
                                  "{\"PipelineName\":\"Watched\",\"PipelineDescription\":\"new\"}"));
  wait_until (g_strcmp0 (description_text (pipeline, "PipelineDescription"), "new") == 0);

  /* One of two still watches. */
  sage_connection_unwatch (fixture->connection, pipeline);
  json_object_unref (engine_call (&fixture->engine, "UpdatePipeline",
                                  "{\"PipelineName\":\"Watched\",\"PipelineDescription\":\"newer\"}"));
  wait_until (g_strcmp0 (description_text (pipeline, "PipelineDescription"), "newer") == 0);

  json_object_unref (engine_call (&fixture->engine, "DeletePipeline",
                                  "{\"PipelineName\":\"Watched\",\"ClientRequestToken\":"
                                  "\"1123456789abcdef0123456789abcdef\"}"));
  wait_until (sage_resource_get_deleted (pipeline));
  sage_connection_unwatch (fixture->connection, pipeline);
  assert_finalizes (pipeline);
  assert_finalizes (missing);
}

static SageResource *
first_row (SageResourceList *list)
{
  g_autoptr(SageResource) resource = g_list_model_get_item (G_LIST_MODEL (list), 0);

  return resource; /* the list holds it */
}

static void
test_executions (Fixture       *fixture,
                 gconstpointer  data)
{
  SageResourceList *all;
  SageResourceList *mine;
  SageResourceList *steps;
  SageResource *first;
  SageResource *execution;
  SageResource *step;
  g_autofree char *step_name = NULL;

  engine_start (&fixture->engine);
  make_pipeline (fixture, "ChurnPipeline");
  make_pipeline (fixture, "Other");
  start_pipeline (fixture, "ChurnPipeline");
  start_pipeline (fixture, "Other");
  open_connection (fixture);

  all = sage_connection_get_list (fixture->connection, SAGE_KIND_EXECUTION, NULL);
  mine = sage_connection_get_list (fixture->connection, SAGE_KIND_EXECUTION, "churnpipeline");
  wait_until (sage_resource_list_get_loaded (all) && sage_resource_list_get_loaded (mine));
  g_assert_no_error (sage_resource_list_get_error (all));
  g_assert_cmpuint (n_items (all), ==, 2);
  g_assert_cmpuint (n_items (mine), ==, 1);
  first = g_object_ref (first_row (mine));
  g_assert_true (sage_resource_list_find (all, sage_resource_get_name (first)) == first);

  /* A search tells the ARN alone, which is in lower case. */
  g_assert_true (g_str_has_prefix (sage_resource_get_name (first), "ChurnPipeline/execution/"));
  g_assert_true (g_str_has_prefix (sage_resource_get_name (first_row (all)), "Other/execution/"));
  wait_until (sage_resource_get_state (first) == SAGE_STATE_BAD);
  wait_until (sage_resource_get_reason (first) != NULL);

  start_pipeline (fixture, "ChurnPipeline");
  wait_until (n_items (mine) == 2 && n_items (all) == 3);
  execution = g_object_ref (first_row (mine));
  g_assert_true (first_row (all) == execution);
  check_list (all);

  /* What happens to its steps is a reason to describe it again. */
  sage_connection_watch (fixture->connection, execution);
  steps = sage_connection_get_list (fixture->connection, SAGE_KIND_STEP,
                                    sage_resource_get_name (execution));
  wait_until (sage_resource_list_get_loaded (steps) && n_items (steps) == 2);
  wait_until (sage_resource_get_state (execution) == SAGE_STATE_BAD);
  wait_until (description_text (execution, "PipelineExecutionStatus") != NULL
              && strcmp (description_text (execution, "PipelineExecutionStatus"), "Failed") == 0);
  step_name = g_strconcat (sage_resource_get_name (execution), "/TooBad", NULL);
  step = sage_resource_list_find (steps, step_name);
  g_assert_nonnull (step);
  wait_until (sage_resource_get_state (step) == SAGE_STATE_BAD);
  wait_until (sage_resource_get_reason (step) != NULL);
  g_assert_cmpstr (sage_resource_get_title (step), ==, "TooBad");
  g_assert_nonnull (sage_resource_get_description (step));
  check_list (steps);
  sage_connection_unwatch (fixture->connection, execution);

  g_object_unref (first);
  assert_finalizes (steps);
  assert_finalizes (mine);
  assert_finalizes (all);
  assert_finalizes (execution);
}

/* The name alone is known, as of a tab that was open last time. */
static void
test_steps_by_name (Fixture       *fixture,
                    gconstpointer  data)
{
  g_autoptr(JsonObject) reply = NULL;
  g_autofree char *name = NULL;
  SageResourceList *steps;
  SageResourceList *none;
  SageResource *execution;

  engine_start (&fixture->engine);
  make_pipeline (fixture, "ChurnPipeline");
  start_pipeline (fixture, "ChurnPipeline");
  reply = engine_call (&fixture->engine, "ListPipelineExecutions",
                       "{\"PipelineName\":\"ChurnPipeline\"}");
  name = sage_resource_name_from_summary (
    SAGE_KIND_EXECUTION, "ChurnPipeline",
    sage_json_array_object (sage_json_array (reply, "PipelineExecutionSummaries"), 0));

  open_connection (fixture);
  execution = sage_connection_get_resource (fixture->connection, SAGE_KIND_EXECUTION, name);
  sage_connection_watch (fixture->connection, execution);
  steps = sage_connection_get_list (fixture->connection, SAGE_KIND_STEP, name);
  none = sage_connection_get_list (fixture->connection, SAGE_KIND_STEP, "Nothing/execution/abc");
  wait_until (sage_resource_list_get_loaded (steps));
  wait_until (n_items (steps) == 2);
  wait_until (sage_resource_get_description (execution) != NULL);
  g_assert_nonnull (sage_resource_get_arn (execution));
  wait_until (sage_resource_list_get_error (none) != NULL);
  g_assert_false (sage_resource_list_get_loading (none));
  g_assert_error (sage_resource_list_get_error (none), SAGE_ERROR, SAGE_ERROR_NOT_FOUND);

  sage_connection_unwatch (fixture->connection, execution);
  assert_finalizes (none);
  assert_finalizes (steps);
  assert_finalizes (execution);
}

/* --- Registry --------------------------------------------------------------------------------- */

static void
make_version (Fixture    *fixture,
              const char *group)
{
  g_autofree char *text = g_strdup_printf ("{\"ModelPackageGroupName\":\"%s\"}", group);

  json_object_unref (engine_call (&fixture->engine, "CreateModelPackage", text));
}

static void
acted_cb (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr(GError) error = NULL;
  int *outcome = user_data;

  *outcome = sage_connection_act_finish (SAGE_CONNECTION (object), result, &error)
               ? 0 : (int) error->code;
}

static void
test_packages (Fixture       *fixture,
               gconstpointer  data)
{
  SageResourceList *all;
  SageResourceList *mine;
  SageResource *version;
  g_autofree char *approve = NULL;
  int outcome = -1;
  int again = -1;
  int stopped = -1;

  engine_start (&fixture->engine);
  make_group (fixture, "ChurnModels");
  make_group (fixture, "Others");
  make_version (fixture, "ChurnModels");
  make_version (fixture, "Others");
  open_connection (fixture);

  all = sage_connection_get_list (fixture->connection, SAGE_KIND_PACKAGE, NULL);
  mine = sage_connection_get_list (fixture->connection, SAGE_KIND_PACKAGE, "ChurnModels");
  wait_until (sage_resource_list_get_loaded (all) && sage_resource_list_get_loaded (mine));
  g_assert_cmpuint (n_items (all), ==, 2);
  g_assert_cmpuint (n_items (mine), ==, 1);
  version = sage_resource_list_find (all, "ChurnModels/1");
  g_assert_nonnull (version);
  g_object_ref (version);
  g_assert_true (sage_resource_list_find (mine, "ChurnModels/1") == version);
  g_assert_cmpint (sage_resource_get_state (version), ==, SAGE_STATE_WAITING);

  /* No event tells the approval, and the row shows it all the same. */
  approve = g_strdup_printf ("{\"ModelPackageArn\":\"%s\",\"ModelApprovalStatus\":\"Approved\"}",
                             sage_resource_get_arn (version));
  json_object_unref (engine_call (&fixture->engine, "UpdateModelPackage", approve));
  wait_until (sage_resource_get_state (version) == SAGE_STATE_GOOD);
  g_assert_cmpstr (sage_resource_get_approval (version), ==, "Approved");
  g_assert_null (sage_resource_get_description (version));
  make_version (fixture, "ChurnModels");
  wait_until (n_items (all) == 3 && n_items (mine) == 2);
  wait_until (sage_resource_get_state (first_row (mine)) == SAGE_STATE_WAITING);

  /* Twice at once is once. */
  sage_connection_remove_async (fixture->connection, version, NULL, acted_cb, &outcome);
  sage_connection_remove_async (fixture->connection, version, NULL, acted_cb, &again);
  sage_connection_stop_async (fixture->connection, version, NULL, acted_cb, &stopped);
  wait_until (outcome != -1 && again != -1 && stopped != -1);
  g_assert_cmpint (outcome, ==, 0);
  g_assert_cmpint (again, ==, 0);
  g_assert_cmpint (stopped, ==, SAGE_ERROR_UNSUPPORTED);
  wait_until (sage_resource_get_deleted (version));
  wait_until (n_items (all) == 2 && n_items (mine) == 1);

  outcome = -1;
  sage_connection_remove_async (fixture->connection, version, NULL, acted_cb, &outcome);
  wait_until (outcome != -1);
  g_assert_cmpint (outcome, ==, SAGE_ERROR_INVALID);
  assert_finalizes (all);
  assert_finalizes (mine);
  assert_finalizes (version);
}

/* --- Calls ------------------------------------------------------------------------------------ */

static void
called_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonObject) reply = NULL;
  int *outcome = user_data;

  reply = sage_connection_call_finish (SAGE_CONNECTION (object), result, &error);
  *outcome = reply != NULL ? 0 : (int) error->code;
}

static void
count_event_cb (SageConnection *connection,
                SageResource   *resource,
                guint          *n)
{
  (*n)++;
}

static void
test_calls (Fixture       *fixture,
            gconstpointer  data)
{
  g_autoptr(JsonObject) input = json_object_new ();
  int outcome = -1;
  guint events = 0;

  g_assert_null (sage_connection_get_client (fixture->connection));
  sage_connection_call_async (fixture->connection, "ListModels", NULL, NULL, called_cb, &outcome);
  wait_until (outcome != -1);
  g_assert_cmpint (outcome, ==, SAGE_ERROR_UNREACHABLE);

  open_connection (fixture);
  g_assert_nonnull (sage_connection_get_client (fixture->connection));
  g_signal_connect (fixture->connection, "event", G_CALLBACK (count_event_cb), &events);
  json_object_set_string_member (input, "ModelPackageGroupName", "G");
  outcome = -1;
  sage_connection_call_async (fixture->connection, "CreateModelPackageGroup", input, NULL, called_cb,
                              &outcome);
  wait_until (outcome != -1);
  g_assert_cmpint (outcome, ==, 0);
  wait_until (events == 1);

  outcome = -1;
  sage_connection_call_async (fixture->connection, "CreateModelPackageGroup", input, NULL, called_cb,
                              &outcome);
  wait_until (outcome != -1);
  g_assert_cmpint (outcome, !=, 0);
}

static void
test_stop (Fixture       *fixture,
           gconstpointer  data)
{
  SageResourceList *jobs;
  SageResource *job;
  int outcome = -1;

  open_connection (fixture);
  jobs = sage_connection_get_list (fixture->connection, SAGE_KIND_PROCESSING_JOB, NULL);
  wait_until (sage_resource_list_get_loaded (jobs));
  json_object_unref (engine_call (
    &fixture->engine, "CreateProcessingJob",
    "{\"ProcessingJobName\":\"sleeper\",\"RoleArn\":\"arn:aws:iam::000000000000:role/Sagebrush\","
    "\"AppSpecification\":{\"ImageUri\":\"683313688378.dkr.ecr.us-east-1.amazonaws.com/"
    "sagemaker-scikit-learn:1.2-1-cpu-py3\",\"ContainerEntrypoint\":[\"/bin/sh\",\"-c\",\"sleep 60\"]},"
    "\"ProcessingResources\":{\"ClusterConfig\":{\"InstanceCount\":1,\"InstanceType\":\"ml.t3.medium\","
    "\"VolumeSizeInGB\":1}}}"));
  wait_until (n_items (jobs) == 1);
  job = g_object_ref (first_row (jobs));
  g_assert_cmpint (sage_resource_get_state (job), ==, SAGE_STATE_RUNNING);
  sage_connection_stop_async (fixture->connection, job, NULL, acted_cb, &outcome);
  wait_until (outcome != -1);
  g_assert_cmpint (outcome, ==, 0);
  wait_until (sage_resource_get_state (job) == SAGE_STATE_IDLE);
  g_assert_cmpstr (sage_resource_get_status (job), ==, "Stopped");
  g_assert_cmpfloat (sage_resource_get_ended (job), >, 0);
  assert_finalizes (jobs);
  assert_finalizes (job);
}

/* Over TCP, as an engine elsewhere: everything is signed, the event stream too. */
static void
test_remote (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr(JsonObject) ready = NULL;
  g_autoptr(SageProfile) profile = NULL;
  SageConnection *connection;
  SageResourceList *list;

  engine_start (&fixture->engine);
  ready = sage_embedded_read_ready (fixture->engine.dir, NULL);
  profile = sage_profile_new_remote ("Here", sage_json_string (ready, "endpoint_url", NULL),
                                     sage_json_string (ready, "access_key_id", NULL),
                                     sage_json_string (ready, "region", NULL));
  connection = sage_connection_new (profile);
  list = sage_connection_get_list (connection, SAGE_KIND_PACKAGE_GROUP, NULL);

  sage_connection_open (connection, "wrong");
  wait_until (sage_connection_get_state (connection) == SAGE_CONNECTION_AWAY);
  g_assert_error (sage_connection_get_error (connection), SAGE_ERROR, SAGE_ERROR_UNAUTHENTICATED);
  g_assert_error (sage_resource_list_get_error (list), SAGE_ERROR, SAGE_ERROR_UNAUTHENTICATED);
  sage_connection_open (connection, NULL);
  wait_until (sage_connection_get_state (connection) == SAGE_CONNECTION_AWAY);
  g_assert_error (sage_connection_get_error (connection), SAGE_ERROR, SAGE_ERROR_UNAUTHENTICATED);

  sage_connection_open (connection, sage_json_string (ready, "secret_access_key", NULL));
  wait_until (sage_connection_get_state (connection) == SAGE_CONNECTION_CONNECTED);
  wait_until (sage_resource_list_get_loaded (list));
  g_assert_no_error (sage_resource_list_get_error (list));
  make_group (fixture, "G");
  wait_until (n_items (list) == 1);

  /* It is not ours to start again, but it is found when it is there. */
  engine_kill (&fixture->engine);
  wait_until (sage_connection_get_state (connection) == SAGE_CONNECTION_RECONNECTING);
  g_assert_cmpuint (n_items (list), ==, 1);
  sage_connection_close (connection);
  g_assert_cmpint (sage_connection_get_state (connection), ==, SAGE_CONNECTION_AWAY);
  g_assert_no_error (sage_connection_get_error (connection));
  assert_finalizes (list);
  assert_finalizes (connection);
}

/* A list may outlive its connection, and a connection its lists. */
static void
test_ends (Fixture       *fixture,
           gconstpointer  data)
{
  SageConnection *connection = sage_connection_new (fixture->profile);
  SageResourceList *list;
  SageResource *resource;

  engine_start (&fixture->engine);
  make_group (fixture, "G");
  sage_connection_open (connection, NULL);
  list = sage_connection_get_list (connection, SAGE_KIND_PACKAGE_GROUP, NULL);
  resource = sage_connection_get_resource (connection, SAGE_KIND_PACKAGE_GROUP, "G");
  sage_connection_watch (connection, resource);
  wait_until (sage_resource_list_get_loaded (list));
  assert_finalizes (connection);
  g_assert_cmpuint (n_items (list), ==, 1);
  sage_resource_list_reload (list);
  g_assert_false (sage_resource_list_get_loading (list));
  assert_finalizes (list);
  assert_finalizes (resource);

  /* In the middle of it all. */
  connection = sage_connection_new (fixture->profile);
  list = sage_connection_get_list (connection, SAGE_KIND_PACKAGE_GROUP, NULL);
  sage_connection_open (connection, NULL);
  g_main_context_iteration (NULL, FALSE);
  assert_finalizes (list);
  assert_finalizes (connection);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

#define ADD(name, func) \
  g_test_add ("/client/connection/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("list", test_list);
  ADD ("identity", test_identity);
  ADD ("watch", test_watch);
  ADD ("executions", test_executions);
  ADD ("steps-by-name", test_steps_by_name);
  ADD ("packages", test_packages);
  ADD ("calls", test_calls);
  ADD ("stop", test_stop);
  ADD ("remote", test_remote);
  ADD ("ends", test_ends);
#undef ADD

  return g_test_run ();
}
