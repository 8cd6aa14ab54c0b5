/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-endpoint-run"

#include "config.h"

#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>

#include "eng-endpoint-run.h"
#include "eng-job.h"
#include "sage-error.h"
#include "sage-failpoint.h"
#include "sage-json.h"
#include "sage-time.h"

#define RETRY_MS 2000

/* AWS's limit. */
#define MAX_REASON 1024

static gboolean
load (EngEndpointRun  *self,
      GError         **error)
{
  eventfd_t ignored;
  g_autoptr(EngReader) reader = eng_store_reader (self->engine->store, error);

  if (reader == NULL)
    return FALSE;

  eventfd_read (self->wake_fd, &ignored);
  self->woken = FALSE;
  g_clear_pointer (&self->resource, eng_resource_free);
  g_clear_pointer (&self->state, json_object_unref);
  self->resource = eng_resource_load (reader, ENG_ENDPOINT_KIND, self->name, error);
  if (self->resource == NULL)
    return FALSE;
  self->state = eng_resource_state (self->resource, error);

  return self->state != NULL;
}

/**
 * eng_endpoint_run_pause:
 * @run: an endpoint's run
 * @milliseconds: how long
 *
 * Waits, or until woken; then the run notes that its row may have changed.
 *
 * Returns: whether to go on; %FALSE when the engine stops
 */
gboolean
eng_endpoint_run_pause (EngEndpointRun *run,
                        int             milliseconds)
{
  struct pollfd fd = { .fd = run->wake_fd, .events = POLLIN };
  eventfd_t ignored;

  if (g_atomic_int_get (run->quit))
    return FALSE;
  if (poll (&fd, 1, milliseconds) > 0 && eventfd_read (run->wake_fd, &ignored) == 0)
    run->woken = TRUE;

  return !g_atomic_int_get (run->quit);
}

/**
 * eng_endpoint_run_is_stale:
 * @run: an endpoint's run
 *
 * Returns: whether the row asks for something else by now than when it was read; %FALSE too while
 *   that cannot be told
 */
gboolean
eng_endpoint_run_is_stale (EngEndpointRun *run)
{
  g_autoptr(EngReader) reader = NULL;
  g_autoptr(EngResource) now = NULL;

  if (!run->woken)
    return FALSE;
  reader = eng_store_reader (run->engine->store, NULL);
  if (reader != NULL)
    now = eng_resource_load (reader, ENG_ENDPOINT_KIND, run->name, NULL);

  if (now == NULL)
    return FALSE; /* not known yet: it stays woken, and the next look tells */

  run->woken = now->id != run->resource->id || strcmp (now->status, run->resource->status) != 0;

  return run->woken;
}

/* A change of the row on the writer thread. */
typedef struct
{
  EngEndpointRun *run;
  const char     *status;  /* the new status; NULL deletes the row */
  const char     *reason;  /* (nullable): FailureReason */
  gboolean        deploy;  /* the pending plan is the deployed one now */
} Change;

static JsonArray *
variant_summaries (JsonObject *plan)
{
  JsonObject *variant = sage_json_object (plan, "variant");
  JsonObject *model = sage_json_object (plan, "model");
  JsonObject *container = sage_json_object (model, "PrimaryContainer");
  JsonObject *image = json_object_new ();
  JsonObject *summary = json_object_new ();
  JsonArray *images = json_array_new ();
  JsonArray *summaries = json_array_new ();

  if (container == NULL)
    container = sage_json_array_object (sage_json_array (model, "Containers"), 0);
  json_object_set_string_member (image, "SpecifiedImage", sage_json_string (container, "Image", ""));
  json_object_set_string_member (image, "ResolvedImage", sage_json_string (container, "Image", ""));
  json_object_set_double_member (image, "ResolutionTime", sage_time_now ());
  json_array_add_object_element (images, image);

  json_object_set_string_member (summary, "VariantName",
                                 sage_json_string (variant, "VariantName", ""));
  json_object_set_array_member (summary, "DeployedImages", images);
  json_object_set_double_member (summary, "CurrentWeight",
                                 sage_json_double (variant, "InitialVariantWeight", 1));
  json_object_set_double_member (summary, "DesiredWeight",
                                 sage_json_double (variant, "InitialVariantWeight", 1));
  json_object_set_int_member (summary, "CurrentInstanceCount", 1);
  json_object_set_int_member (summary, "DesiredInstanceCount", 1);
  json_array_add_object_element (summaries, summary);

  return summaries;
}

static void
move_plan (JsonObject *state,
           JsonObject *doc)
{
  JsonObject *plan = sage_json_object (state, "pending");

  json_object_set_object_member (state, "deployed", json_object_ref (plan));
  json_object_set_int_member (state, "deployed_generation", sage_json_int (state, "generation", 1));
  json_object_remove_member (state, "pending");
  json_object_set_string_member (doc, "EndpointConfigName", sage_json_string (plan, "config", ""));
  plan = sage_json_object (state, "deployed");
  json_object_set_array_member (doc, "ProductionVariants", variant_summaries (plan));
}

static gboolean
write_change (EngTx     *tx,
              gpointer   user_data,
              GError   **error)
{
  Change *change = user_data;
  g_autoptr(EngResource) resource =
    eng_resource_require (tx->connection, ENG_ENDPOINT_KIND, change->run->name,
                          SAGE_ERROR_NOT_FOUND, "The endpoint is gone", error);
  g_autoptr(JsonObject) doc = resource != NULL ? eng_resource_doc (resource, error) : NULL;
  g_autoptr(JsonObject) state = doc != NULL ? eng_resource_state (resource, error) : NULL;

  if (state == NULL)
    return FALSE;
  if (resource->id != change->run->resource->id ||
      strcmp (resource->status, change->run->resource->status) != 0)
    return sage_throw (error, SAGE_ERROR_CONFLICT, "The endpoint is %s meanwhile",
                       resource->status);
  if (change->status == NULL)
    return eng_resource_delete (tx, resource, error);

  if (change->deploy)
    move_plan (state, doc);
  else
    json_object_remove_member (state, "pending");
  json_object_remove_member (doc, "FailureReason");
  if (change->reason != NULL)
    {
      g_autofree char *cut = g_utf8_substring (change->reason, 0,
                                               MIN (g_utf8_strlen (change->reason, -1), MAX_REASON));

      json_object_set_string_member (doc, "FailureReason", cut);
    }
  json_object_set_string_member (doc, "EndpointStatus", change->status);
  json_object_set_double_member (doc, "LastModifiedTime", tx->now);
  g_free (resource->status);
  resource->status = g_strdup (change->status);
  eng_resource_set_doc (resource, doc);
  eng_resource_set_state (resource, state);

  return eng_resource_update (tx, resource, error);
}

/* A full disk delays the change and never loses it. Returns FALSE when the engine stops first, or
 * when a client asked for something else meanwhile: its event starts the next run. */
static gboolean
commit (EngEndpointRun *self,
        const char     *status,
        const char     *reason,
        gboolean        deploy)
{
  Change change = { .run = self, .status = status, .reason = reason, .deploy = deploy };

  while (TRUE)
    {
      g_autoptr(GError) error = NULL;

      if (eng_store_write (self->engine->store, write_change, &change, &error))
        return TRUE;
      g_warning ("Cannot record that endpoint '%s' is %s: %s", self->name,
                 status != NULL ? status : "deleted", error->message);
      if (g_error_matches (error, SAGE_ERROR, SAGE_ERROR_NOT_FOUND) ||
          g_error_matches (error, SAGE_ERROR, SAGE_ERROR_CONFLICT) ||
          !eng_endpoint_run_pause (self, RETRY_MS))
        return FALSE;
    }
}

static const char *
variant_name (JsonObject *plan)
{
  return sage_json_string (sage_json_object (plan, "variant"), "VariantName", "AllTraffic");
}

/* From the plan to a gateway that answers by it. */
static gboolean
deploy (EngEndpointRun  *self,
        EngDeployment   *deployment,
        JsonObject      *plan,
        GError         **error)
{
  if (eng_job_is_alive (deployment->directory))
    deployment->server = TRUE; /* started before a crash: adopted */
  else if (!eng_deployment_unpack (deployment, self->engine, plan, error))
    return FALSE;
  SAGE_FAILPOINT ("endpoint-unpacked");

  if (deployment->server &&
      (!eng_deployment_serve (deployment, self->engine, self->name, plan, error) ||
       !eng_deployment_await_health (deployment, self, plan, error)))
    return FALSE;
  SAGE_FAILPOINT ("endpoint-healthy");

  return eng_gateway_link_ensure (self->link, self->quit, error) &&
         eng_gateway_link_route (self->link, self->name, variant_name (plan), deployment->backend,
                                 error) &&
         eng_gateway_link_await (self->link, self->name, self->quit, error);
}

/* The deployment that answers now; FALSE when there is none. */
static gboolean
current (EngEndpointRun *self,
         EngDeployment  *deployment,
         JsonObject    **plan)
{
  *plan = sage_json_object (self->state, "deployed");

  return *plan != NULL &&
         eng_deployment_init (deployment, self->engine, self->resource,
                              sage_json_int (self->state, "deployed_generation", 1), *plan, NULL);
}

/* Puts the traffic back where it was before a deployment that failed. */
static void
restore_route (EngEndpointRun *self)
{
  g_auto(EngDeployment) old = { 0 };
  JsonObject *plan;
  g_autoptr(GError) error = NULL;

  if (current (self, &old, &plan))
    eng_gateway_link_route (self->link, self->name, variant_name (plan), old.backend, &error);
  else
    eng_gateway_link_forget (self->link, self->name, &error);
  if (error != NULL)
    g_warning ("Cannot restore the route of '%s': %s", self->name, error->message);
}

/* Creating and Updating. */
static gboolean
settle (EngEndpointRun *self)
{
  JsonObject *plan = sage_json_object (self->state, "pending");
  gboolean updating = strcmp (self->resource->status, "Updating") == 0;
  g_auto(EngDeployment) fresh = { 0 };
  g_auto(EngDeployment) old = { 0 };
  JsonObject *old_plan;
  gboolean replaces = updating && current (self, &old, &old_plan);
  g_autoptr(GError) error = NULL;

  if (eng_deployment_init (&fresh, self->engine, self->resource,
                           sage_json_int (self->state, "generation", 1), plan, &error) &&
      deploy (self, &fresh, plan, &error) &&
      (!replaces || !fresh.server || eng_endpoint_prove (self, &fresh, &error)))
    {
      SAGE_FAILPOINT ("endpoint-routed");
      if (!commit (self, "InService", NULL, TRUE))
        return FALSE;
      SAGE_FAILPOINT ("endpoint-in-service");
      return !replaces ||
             eng_deployment_remove (&old, ENG_DEPLOYMENT_GRACE_SECONDS, self->quit);
    }

  /* The engine stops, or something is taken for a moment. */
  if (g_error_matches (error, SAGE_ERROR, SAGE_ERROR_BUSY))
    return eng_endpoint_run_pause (self, RETRY_MS);

  restore_route (self);
  if (fresh.directory != NULL &&
      !eng_deployment_remove (&fresh, ENG_DEPLOYMENT_GRACE_SECONDS, self->quit))
    return FALSE;

  return commit (self, updating ? "InService" : "Failed", error->message, FALSE);
}

static gboolean
remove_endpoint (EngEndpointRun *self)
{
  g_auto(EngDeployment) old = { 0 };
  JsonObject *plan;
  g_autoptr(GError) error = NULL;

  while (!eng_gateway_link_forget (self->link, self->name, &error))
    {
      g_warning ("Cannot remove the route of '%s': %s", self->name, error->message);
      g_clear_error (&error);
      if (!eng_endpoint_run_pause (self, RETRY_MS))
        return FALSE;
    }
  if (current (self, &old, &plan) &&
      !eng_deployment_remove (&old, ENG_DEPLOYMENT_GRACE_SECONDS, self->quit))
    return FALSE;

  return commit (self, NULL, NULL, FALSE);
}

/* Returns whether there is more to do: the row changed. */
static gboolean
attend (EngEndpointRun *self)
{
  g_auto(EngDeployment) deployment = { 0 };
  JsonObject *plan;
  g_autoptr(GError) error = NULL;
  g_autoptr(GError) forget_error = NULL;

  if (!current (self, &deployment, &plan))
    return FALSE;

  /* After a crash between two files the table may be behind the row. */
  if (!eng_gateway_link_route (self->link, self->name, variant_name (plan), deployment.backend,
                               &error))
    {
      g_warning ("Cannot route '%s': %s", self->name, error->message);
      g_clear_error (&error);
    }

  if (!deployment.server)
    return FALSE;

  switch (eng_endpoint_watch (self, &deployment, plan, &error))
    {
    case ENG_ENDPOINT_WOKEN:
      return TRUE;
    case ENG_ENDPOINT_GIVEN_UP:
      if (!eng_gateway_link_forget (self->link, self->name, &forget_error))
        g_warning ("Cannot remove the route of '%s': %s", self->name, forget_error->message);
      return commit (self, "Failed", error->message, FALSE);
    case ENG_ENDPOINT_LEFT:
    default:
      return FALSE;
    }
}

/* Returns whether there is more to do. */
static gboolean
step (EngEndpointRun *self)
{
  const char *status = self->resource->status;

  if (strcmp (status, "Creating") == 0 || strcmp (status, "Updating") == 0)
    return settle (self);
  if (strcmp (status, "Deleting") == 0)
    return remove_endpoint (self) && FALSE;
  if (strcmp (status, "InService") == 0)
    return attend (self);

  return FALSE;
}

/**
 * eng_endpoint_run:
 * @engine: the engine
 * @link: the gateway
 * @name: the endpoint
 * @wake_fd: an eventfd, written when the row changed or the engine stops
 * @quit: (atomic): set before the last wake-up when the engine stops
 *
 * Takes an endpoint from wherever it is to where its row says it should be, and watches its model
 * server if it has one. Killed at any instruction, it comes to the same end when called again.
 */
void
eng_endpoint_run (EngEngine      *engine,
                  EngGatewayLink *link,
                  const char     *name,
                  int             wake_fd,
                  int            *quit)
{
  EngEndpointRun self = {
    .engine = engine,
    .link = link,
    .name = g_strdup (name),
    .wake_fd = wake_fd,
    .quit = quit,
  };
  g_autoptr(GError) error = NULL;

  while (!g_atomic_int_get (quit) && load (&self, &error) && step (&self))
    continue;
  if (error != NULL)
    g_warning ("Endpoint '%s': %s", name, error->message);

  g_free (self.name);
  g_clear_pointer (&self.resource, eng_resource_free);
  g_clear_pointer (&self.state, json_object_unref);
}
