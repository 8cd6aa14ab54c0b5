/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-deployment"

#include "config.h"

#include <string.h>

#include "sage-deployment.h"
#include "sage-json.h"

#define MAX_NAME 63
#define VARIANT "AllTraffic"

/*
 * A model of the package, a configuration with the model, an endpoint with the configuration; what was
 * made is deleted, last first, when a later step fails.
 */
typedef struct
{
  char                   *package_arn;   /* (owned) */
  char                   *endpoint;      /* (owned) */
  char                   *instance_type; /* (owned) */
  char                   *name;          /* (owned): of the model and of the configuration */
  gboolean                update;
  SageDeploymentProgress  progress;
  gpointer                progress_data;
  SageDeploymentStage     stage;
  SageDeploymentStage     failed; /* the stage that did not work */
  GError                 *error;  /* (owned) (nullable): why */
} Deployment;

static void
deployment_free (gpointer data)
{
  Deployment *self = data;

  g_free (self->package_arn);
  g_free (self->endpoint);
  g_free (self->instance_type);
  g_free (self->name);
  g_clear_error (&self->error);
  g_free (self);
}

/* A name that no earlier deployment to this endpoint has: "churn-20260102-030405-1a2b". */
static char *
make_name (const char *endpoint)
{
  g_autoptr(GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *time = g_date_time_format (now, "%Y%m%d-%H%M%S");
  g_autofree char *end = g_strdup_printf ("-%s-%04x", time, g_random_int () & 0xffff);
  gsize room = MAX_NAME - strlen (end);
  g_autofree char *start = g_strndup (endpoint, room);

  while (g_str_has_suffix (start, "-"))
    start[strlen (start) - 1] = '\0';

  return g_strconcat (start, end, NULL);
}

/* --- What each step asks for ------------------------------------------------------------------ */

static JsonObject *
model_input (Deployment *self)
{
  JsonObject *input = json_object_new ();
  JsonObject *container = json_object_new ();
  JsonArray *containers = json_array_new ();

  json_object_set_string_member (container, "ModelPackageName", self->package_arn);
  json_array_add_object_element (containers, container);
  json_object_set_string_member (input, "ModelName", self->name);
  json_object_set_array_member (input, "Containers", containers);

  return input;
}

static JsonObject *
config_input (Deployment *self)
{
  JsonObject *input = json_object_new ();
  JsonObject *variant = json_object_new ();
  JsonArray *variants = json_array_new ();

  json_object_set_string_member (variant, "VariantName", VARIANT);
  json_object_set_string_member (variant, "ModelName", self->name);
  json_object_set_string_member (variant, "InstanceType", self->instance_type);
  json_object_set_int_member (variant, "InitialInstanceCount", 1);
  json_array_add_object_element (variants, variant);
  json_object_set_string_member (input, "EndpointConfigName", self->name);
  json_object_set_array_member (input, "ProductionVariants", variants);

  return input;
}

static JsonObject *
endpoint_input (Deployment *self)
{
  JsonObject *input = json_object_new ();

  json_object_set_string_member (input, "EndpointName", self->endpoint);
  json_object_set_string_member (input, "EndpointConfigName", self->name);

  return input;
}

/* --- One after the other ---------------------------------------------------------------------- */

static void run_stage (GTask *task);
static void clean_next (GTask *task);

static void
tell (Deployment          *self,
      SageDeploymentStage  stage)
{
  if (self->progress != NULL)
    self->progress (stage, self->progress_data);
}

static void
cleaned_cb (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  GTask *task = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonObject) reply = NULL;

  reply = sage_connection_call_finish (SAGE_CONNECTION (object), result, &error);
  if (reply == NULL)
    g_warning ("What a failed deployment made could not be deleted: %s", error->message);
  clean_next (task);
}

/* Deletes what was made before the step that failed. It is not to be cancelled. */
static void
clean_next (GTask *task)
{
  Deployment *self = g_task_get_task_data (task);
  g_autoptr(JsonObject) input = json_object_new ();
  SageConnection *connection = g_task_get_source_object (task);

  if (self->failed == SAGE_DEPLOYMENT_MODEL)
    {
      g_task_return_error (task, g_steal_pointer (&self->error));
      g_object_unref (task);
      return;
    }

  self->failed--;
  if (self->failed == SAGE_DEPLOYMENT_CONFIG)
    {
      json_object_set_string_member (input, "EndpointConfigName", self->name);
      sage_connection_call_async (connection, "DeleteEndpointConfig", input, NULL, cleaned_cb, task);
    }
  else
    {
      json_object_set_string_member (input, "ModelName", self->name);
      sage_connection_call_async (connection, "DeleteModel", input, NULL, cleaned_cb, task);
    }
}

static void
done_cb (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  GTask *task = user_data;
  Deployment *self = g_task_get_task_data (task);
  g_autoptr(JsonObject) reply = NULL;

  reply = sage_connection_call_finish (SAGE_CONNECTION (object), result, &self->error);
  if (reply == NULL)
    {
      self->failed = self->stage;
      tell (self, SAGE_DEPLOYMENT_CLEANING);
      clean_next (task);
    }
  else if (self->stage == SAGE_DEPLOYMENT_ENDPOINT)
    {
      g_task_return_boolean (task, TRUE);
      g_object_unref (task);
    }
  else
    {
      self->stage++;
      run_stage (task);
    }
}

static void
run_stage (GTask *task)
{
  Deployment *self = g_task_get_task_data (task);
  g_autoptr(JsonObject) input = NULL;
  const char *operation = NULL;

  switch (self->stage)
    {
    case SAGE_DEPLOYMENT_MODEL:
      operation = "CreateModel";
      input = model_input (self);
      break;
    case SAGE_DEPLOYMENT_CONFIG:
      operation = "CreateEndpointConfig";
      input = config_input (self);
      break;
    case SAGE_DEPLOYMENT_ENDPOINT:
      operation = self->update ? "UpdateEndpoint" : "CreateEndpoint";
      input = endpoint_input (self);
      break;
    case SAGE_DEPLOYMENT_CLEANING:
    default:
      g_assert_not_reached ();
    }

  tell (self, self->stage);
  sage_connection_call_async (g_task_get_source_object (task), operation, input,
                              g_task_get_cancellable (task), done_cb, task);
}

/**
 * sage_deployment_async:
 * @connection: an engine
 * @plan: what to put where
 * @progress: (nullable): called before each step
 * @progress_data: for @progress; must live until @callback
 * @cancellable: (nullable): gives it up, and deletes what was made so far
 * @callback: called when the endpoint is being made or changed, or when all is as it was
 * @user_data: for @callback
 *
 * Deploys a version of a model to an endpoint.
 */
void
sage_deployment_async (SageConnection           *connection,
                       const SageDeploymentPlan *plan,
                       SageDeploymentProgress    progress,
                       gpointer                  progress_data,
                       GCancellable             *cancellable,
                       GAsyncReadyCallback       callback,
                       gpointer                  user_data)
{
  Deployment *self = g_new0 (Deployment, 1);
  GTask *task;

  g_return_if_fail (SAGE_IS_CONNECTION (connection));
  g_return_if_fail (plan->package_arn != NULL && plan->endpoint != NULL);
  g_return_if_fail (plan->instance_type != NULL);

  self->package_arn = g_strdup (plan->package_arn);
  self->endpoint = g_strdup (plan->endpoint);
  self->instance_type = g_strdup (plan->instance_type);
  self->name = make_name (plan->endpoint);
  self->update = plan->update;
  self->progress = progress;
  self->progress_data = progress_data;
  task = g_task_new (connection, cancellable, callback, user_data);
  g_task_set_source_tag (task, sage_deployment_async);
  g_task_set_check_cancellable (task, FALSE); /* the error says it, after the cleaning */
  g_task_set_task_data (task, self, deployment_free);
  run_stage (task);
}

/**
 * sage_deployment_finish:
 * @connection: the engine
 * @result: what the callback got
 * @error: return location
 *
 * Returns: whether the endpoint is on its way
 */
gboolean
sage_deployment_finish (SageConnection  *connection,
                        GAsyncResult    *result,
                        GError         **error)
{
  g_return_val_if_fail (g_task_is_valid (result, connection), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
