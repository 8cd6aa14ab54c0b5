/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine.h"
#include "sage-connection.h"
#include "sage-deployment.h"
#include "sage-error.h"
#include "sage-json.h"

#define PACKAGE_INPUT \
  "{\"ModelPackageGroupName\":\"g\",\"ModelApprovalStatus\":\"%s\",\"InferenceSpecification\":" \
  "{\"Containers\":[{\"Image\":\"683313688378.dkr.ecr.us-east-1.amazonaws.com/" \
  "sagemaker-xgboost:1.7-1\"}]}}"

typedef struct
{
  Engine          engine;
  SageProfile    *profile;
  SageConnection *connection;
  GString        *stages; /* what was told, a digit each */
  gboolean        done;
  gboolean        success;
  GError         *error;
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  g_autoptr(JsonObject) group = NULL;

  engine_init (&fixture->engine);
  fixture->profile = sage_profile_new_embedded (fixture->engine.dir);
  fixture->connection = sage_connection_new (fixture->profile);
  fixture->stages = g_string_new (NULL);
  sage_connection_open (fixture->connection, NULL);
  wait_until (sage_connection_get_state (fixture->connection) == SAGE_CONNECTION_CONNECTED);
  group = engine_call (&fixture->engine, "CreateModelPackageGroup",
                       "{\"ModelPackageGroupName\":\"g\"}");
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  g_clear_error (&fixture->error);
  g_string_free (fixture->stages, TRUE);
  sage_connection_close (fixture->connection);
  assert_finalizes (fixture->connection);
  assert_finalizes (fixture->profile);
  engine_clear (&fixture->engine);
}

static char *
make_package (Fixture    *fixture,
              const char *approval)
{
  g_autofree char *input = g_strdup_printf (PACKAGE_INPUT, approval);
  g_autoptr(JsonObject) reply = engine_call (&fixture->engine, "CreateModelPackage", input);

  return g_strdup (sage_json_string (reply, "ModelPackageArn", NULL));
}

static void
progress_cb (SageDeploymentStage stage,
             gpointer            user_data)
{
  g_string_append_printf (user_data, "%d", (int) stage);
}

static void
deployed_cb (GObject      *object,
             GAsyncResult *result,
             gpointer      user_data)
{
  Fixture *fixture = user_data;

  fixture->success = sage_deployment_finish (SAGE_CONNECTION (object), result, &fixture->error);
  fixture->done = TRUE;
}

static void
deploy (Fixture    *fixture,
        const char *package,
        gboolean    update)
{
  SageDeploymentPlan plan = {
    .package_arn = package,
    .endpoint = "e",
    .instance_type = "ml.m5.large",
    .update = update,
  };

  fixture->done = FALSE;
  g_clear_error (&fixture->error);
  g_string_set_size (fixture->stages, 0);
  sage_deployment_async (fixture->connection, &plan, progress_cb, fixture->stages, NULL, deployed_cb,
                         fixture);
  wait_until (fixture->done);
}

static guint
count (Fixture    *fixture,
       const char *operation,
       const char *member)
{
  g_autoptr(JsonObject) reply = engine_call (&fixture->engine, operation, "{}");

  return json_array_get_length (sage_json_array (reply, member));
}

static void
check_counts (Fixture *fixture,
              guint    expected)
{
  g_assert_cmpuint (count (fixture, "ListModels", "Models"), ==, expected);
  g_assert_cmpuint (count (fixture, "ListEndpointConfigs", "EndpointConfigs"), ==, expected);
  g_assert_cmpuint (count (fixture, "ListEndpoints", "Endpoints"), ==, expected);
}

/* What a failed deployment made is deleted again, and what was there before stays. */
static void
test_clean_up (Fixture       *fixture,
               gconstpointer  data)
{
  g_autofree char *approved = make_package (fixture, "Approved");

  deploy (fixture, approved, FALSE);
  g_assert_no_error (fixture->error);
  g_assert_true (fixture->success);
  g_assert_cmpstr (fixture->stages->str, ==, "012");
  check_counts (fixture, 1);

  deploy (fixture, approved, FALSE); /* the name is taken */
  g_assert_false (fixture->success);
  g_assert_nonnull (fixture->error);
  g_assert_cmpstr (fixture->stages->str, ==, "0123");
  check_counts (fixture, 1);
}

/* A version that nobody approved is refused by the engine at the first step. */
static void
test_not_approved (Fixture       *fixture,
                   gconstpointer  data)
{
  g_autofree char *pending = make_package (fixture, "PendingManualApproval");

  deploy (fixture, pending, FALSE);
  g_assert_false (fixture->success);
  g_assert_error (fixture->error, SAGE_ERROR, SAGE_ERROR_INVALID);
  g_assert_cmpstr (fixture->stages->str, ==, "03");
  check_counts (fixture, 0);
}

/* There is nothing to update; nothing is left behind. */
static void
test_update (Fixture       *fixture,
             gconstpointer  data)
{
  g_autofree char *approved = make_package (fixture, "Approved");

  deploy (fixture, approved, TRUE);
  g_assert_false (fixture->success);
  check_counts (fixture, 0);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/deployment/clean-up", Fixture, NULL, set_up, test_clean_up, tear_down);
  g_test_add ("/deployment/not-approved", Fixture, NULL, set_up, test_not_approved, tear_down);
  g_test_add ("/deployment/update", Fixture, NULL, set_up, test_update, tear_down);

  return g_test_run ();
}
