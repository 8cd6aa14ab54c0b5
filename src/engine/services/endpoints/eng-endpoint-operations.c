/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-endpoints"

#include "config.h"

#include <string.h>

#include "eng-endpoints.h"
#include "eng-list.h"
#include "eng-named.h"
#include "sage-error.h"
#include "sage-json.h"

static const EngListing listing = {
  .kind = ENG_ENDPOINT_KIND,
  .reply_member = "Endpoints",
  .status_member = "StatusEquals",
};

/* One call's write. */
typedef struct
{
  EngCall    *call;
  const char *name;
  char       *arn; /* (owned) */
} Request;

static void
request_init (Request *request,
              EngCall *call)
{
  request->call = call;
  request->name = sage_json_string (call->input, "EndpointName", "");
  request->arn = eng_named_arn (call->engine, &eng_named_endpoint, request->name);
}

static void
request_clear (Request *request)
{
  g_free (request->arn);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Request, request_clear)

/* Copies configuration and model into the endpoint's own state, so that deleting either later, which
 * AWS allows, breaks nothing. */
static JsonObject *
make_plan (EngTx    *tx,
           Request  *request,
           GError  **error)
{
  const char *config_name = sage_json_string (request->call->input, "EndpointConfigName", "");
  g_autoptr(EngResource) config = eng_named_require (tx->connection, request->call->engine,
                                                     &eng_named_endpoint_config, config_name,
                                                     error);
  g_autoptr(JsonObject) config_doc = config != NULL ? eng_resource_doc (config, error) : NULL;
  g_autoptr(EngResource) model = NULL;
  g_autoptr(JsonObject) model_doc = NULL;
  JsonObject *digests;
  JsonObject *variant;
  JsonObject *plan;

  if (config_doc == NULL)
    return NULL;

  variant = sage_json_array_object (sage_json_array (config_doc, "ProductionVariants"), 0);
  model = eng_named_require (tx->connection, request->call->engine, &eng_named_model,
                             sage_json_string (variant, "ModelName", ""), error);
  model_doc = model != NULL ? eng_resource_doc (model, error) : NULL;
  digests = model_doc != NULL ? eng_resource_state (model, error) : NULL;
  if (digests == NULL)
    return NULL;

  plan = json_object_new ();
  json_object_set_string_member (plan, "config", config->name);
  json_object_set_object_member (plan, "variant", json_object_ref (variant));
  json_object_set_object_member (plan, "model", g_steal_pointer (&model_doc));
  json_object_set_object_member (plan, "digests", digests);

  return plan;
}

static void
set_status (EngResource *resource,
            JsonObject  *doc,
            const char  *status,
            double       now)
{
  g_free (resource->status);
  resource->status = g_strdup (status);
  json_object_set_string_member (doc, "EndpointStatus", status);
  json_object_set_double_member (doc, "LastModifiedTime", now);
  eng_resource_set_doc (resource, doc);
}

static gboolean
write_create (EngTx     *tx,
              gpointer   user_data,
              GError   **error)
{
  Request *request = user_data;
  g_autoptr(EngResource) resource = eng_resource_new (ENG_ENDPOINT_KIND, request->name,
                                                      request->arn);
  g_autoptr(JsonObject) plan = make_plan (tx, request, error);
  g_autoptr(JsonObject) state = json_object_new ();
  g_autoptr(JsonObject) doc = json_object_new ();

  if (plan == NULL)
    return FALSE;

  json_object_set_string_member (doc, "EndpointName", request->name);
  json_object_set_string_member (doc, "EndpointArn", request->arn);
  json_object_set_string_member (doc, "EndpointConfigName",
                                 sage_json_string (plan, "config", ""));
  json_object_set_double_member (doc, "CreationTime", tx->now);
  json_object_set_object_member (state, "pending", json_object_ref (plan));
  json_object_set_int_member (state, "generation", 1);
  set_status (resource, doc, "Creating", tx->now);
  eng_resource_set_state (resource, state);

  return eng_named_insert (tx, request->call, &eng_named_endpoint, resource, error);
}

/* Deployment guardrails are not there yet: all traffic moves at once when the new side is healthy. */
static gboolean
refuse_guardrails (EngCall  *call,
                   GError  **error)
{
  if (json_object_has_member (call->input, "DeploymentConfig"))
    return sage_throw (error, SAGE_ERROR_INVALID,
                       "DeploymentConfig is not supported: traffic moves at once when the new "
                       "variant is healthy");

  return TRUE;
}

static gboolean
create_endpoint (EngCall  *call,
                 GError  **error)
{
  g_auto(Request) request = { 0 };

  if (!refuse_guardrails (call, error))
    return FALSE;

  request_init (&request, call);
  if (!eng_call_write (call, request.arn, write_create, &request, error))
    return FALSE;
  eng_call_reply_arn (call, "EndpointArn", request.arn);

  return TRUE;
}

/* Loads the endpoint for a change; one that is under way has to settle first. */
static EngResource *
load_settled (EngTx       *tx,
              Request     *request,
              const char  *verb,
              GError     **error)
{
  g_autoptr(EngResource) resource = eng_named_require (tx->connection, request->call->engine,
                                                       &eng_named_endpoint, request->name, error);

  if (resource == NULL)
    return NULL;
  if (strcmp (resource->status, "Creating") == 0 || strcmp (resource->status, "Updating") == 0 ||
      strcmp (resource->status, "Deleting") == 0)
    {
      sage_throw (error, SAGE_ERROR_INVALID, "Cannot %s in-progress endpoint \"%s\".", verb,
                  resource->arn);
      return NULL;
    }

  return g_steal_pointer (&resource);
}

static gboolean
write_update (EngTx     *tx,
              gpointer   user_data,
              GError   **error)
{
  Request *request = user_data;
  g_autoptr(EngResource) resource = load_settled (tx, request, "update", error);
  g_autoptr(JsonObject) plan = resource != NULL ? make_plan (tx, request, error) : NULL;
  g_autoptr(JsonObject) state = plan != NULL ? eng_resource_state (resource, error) : NULL;
  g_autoptr(JsonObject) doc = state != NULL ? eng_resource_doc (resource, error) : NULL;

  if (doc == NULL)
    return FALSE;
  if (strcmp (resource->status, "InService") != 0)
    return sage_throw (error, SAGE_ERROR_INVALID,
                       "Cannot update endpoint \"%s\": it is in status %s. Delete it and create it "
                       "anew.", resource->arn, resource->status);

  json_object_set_object_member (state, "pending", json_object_ref (plan));
  json_object_set_int_member (state, "generation", sage_json_int (state, "generation", 1) + 1);
  eng_resource_set_state (resource, state);
  set_status (resource, doc, "Updating", tx->now);

  return eng_resource_update (tx, resource, error);
}

static gboolean
update_endpoint (EngCall  *call,
                 GError  **error)
{
  g_auto(Request) request = { 0 };

  if (!refuse_guardrails (call, error))
    return FALSE;

  request_init (&request, call);
  if (!eng_call_write (call, request.arn, write_update, &request, error))
    return FALSE;
  eng_call_reply_arn (call, "EndpointArn", request.arn);

  return TRUE;
}

static gboolean
write_delete (EngTx     *tx,
              gpointer   user_data,
              GError   **error)
{
  Request *request = user_data;
  g_autoptr(EngResource) resource = load_settled (tx, request, "delete", error);
  g_autoptr(JsonObject) doc = resource != NULL ? eng_resource_doc (resource, error) : NULL;

  if (doc == NULL)
    return FALSE;
  set_status (resource, doc, "Deleting", tx->now);

  return eng_resource_update (tx, resource, error);
}

static gboolean
delete_endpoint (EngCall  *call,
                 GError  **error)
{
  g_auto(Request) request = { 0 };

  request_init (&request, call);

  return eng_call_write (call, request.arn, write_delete, &request, error);
}

static gboolean
describe_endpoint (EngCall  *call,
                   GError  **error)
{
  return eng_named_describe (call, &eng_named_endpoint, error);
}

static gboolean
list_endpoints (EngCall  *call,
                GError  **error)
{
  return eng_list_run (call, &listing, error);
}

const EngOperation eng_endpoint_operations[] = {
  { "sagemaker", "CreateEndpoint", ENG_ACCESS_WRITE, create_endpoint },
  { "sagemaker", "DescribeEndpoint", ENG_ACCESS_READ, describe_endpoint },
  { "sagemaker", "UpdateEndpoint", ENG_ACCESS_WRITE, update_endpoint },
  { "sagemaker", "DeleteEndpoint", ENG_ACCESS_WRITE, delete_endpoint },
  { "sagemaker", "ListEndpoints", ENG_ACCESS_READ, list_endpoints },
};

const gsize eng_n_endpoint_operations = G_N_ELEMENTS (eng_endpoint_operations);

/**
 * eng_endpoints_register:
 * @engine: the engine
 *
 * Adds the operations of endpoints and their configurations to the table.
 */
void
eng_endpoints_register (EngEngine *engine)
{
  eng_operations_add (engine->operations, eng_endpoint_config_operations,
                      eng_n_endpoint_config_operations);
  eng_operations_add (engine->operations, eng_endpoint_operations, eng_n_endpoint_operations);
}
