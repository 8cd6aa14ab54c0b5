/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-endpoints"

#include "config.h"

#include <string.h>

#include "eng-endpoints.h"
#include "eng-list.h"
#include "eng-tags.h"
#include "sage-arn.h"
#include "sage-error.h"
#include "sage-json.h"
#include "sage-shape.h"

static const EngListing listing = {
  .kind = ENG_ENDPOINT_CONFIG_KIND,
  .reply_member = "EndpointConfigs",
};

/* Members that promise what this engine does not do; accepted silently they would be a lie. */
static const char * const unsupported[] = {
  "DataCaptureConfig", "AsyncInferenceConfig", "ExplainerConfig", "ShadowProductionVariants",
};

static const char * const unsupported_in_variant[] = {
  "ServerlessConfig", "ManagedInstanceScaling", "AcceleratorType", "CoreDumpConfig",
};

/* One call's write. */
typedef struct
{
  EngCall    *call;
  const char *name;
  char       *arn;     /* (owned) */
  char       *missing; /* (owned) */
  JsonObject *doc;     /* (owned) (nullable) */
} Request;

static void
request_init (Request *request,
              EngCall *call)
{
  request->call = call;
  request->name = sage_json_string (call->input, "EndpointConfigName", "");
  request->arn = sage_arn_build (call->engine->region, call->engine->account,
                                 ENG_ENDPOINT_CONFIG_KIND, request->name);
  request->missing = g_strdup_printf ("Could not find endpoint configuration \"%s\".",
                                      request->arn);
}

static void
request_clear (Request *request)
{
  g_free (request->arn);
  g_free (request->missing);
  g_clear_pointer (&request->doc, json_object_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Request, request_clear)

static gboolean
check_variant (EngCall     *call,
               JsonObject  *variant,
               GError     **error)
{
  const char *model = sage_json_string (variant, "ModelName", NULL);
  const char *type = sage_json_string (variant, "InstanceType", NULL);
  g_autoptr(EngReader) reader = NULL;
  g_autoptr(EngResource) resource = NULL;
  g_autofree char *arn = NULL;
  g_autofree char *missing = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (unsupported_in_variant); i++)
    if (json_object_has_member (variant, unsupported_in_variant[i]))
      return sage_throw (error, SAGE_ERROR_INVALID, "Production variants with %s are not supported",
                         unsupported_in_variant[i]);
  if (model == NULL || type == NULL)
    return sage_throw (error, SAGE_ERROR_INVALID,
                       "A production variant needs a ModelName and an InstanceType");
  if (sage_json_int (variant, "InitialInstanceCount", 1) != 1)
    return sage_throw (error, SAGE_ERROR_INVALID,
                       "InitialInstanceCount must be 1: this engine serves a variant from one "
                       "machine");
  if (eng_images_instance (call->engine->images, type, error) == NULL)
    return FALSE;

  arn = sage_arn_build (call->engine->region, call->engine->account, "model", model);
  missing = g_strdup_printf ("Could not find model \"%s\".", arn);
  reader = eng_store_reader (call->engine->store, error);
  if (reader == NULL)
    return FALSE;
  resource = eng_resource_require (reader, "model", model, SAGE_ERROR_INVALID, missing, error);

  return resource != NULL;
}

static gboolean
check_request (EngCall  *call,
               GError  **error)
{
  JsonArray *variants = sage_json_array (call->input, "ProductionVariants");

  for (gsize i = 0; i < G_N_ELEMENTS (unsupported); i++)
    if (json_object_has_member (call->input, unsupported[i]))
      return sage_throw (error, SAGE_ERROR_INVALID, "%s is not supported", unsupported[i]);
  if (json_array_get_length (variants) != 1)
    return sage_throw (error, SAGE_ERROR_INVALID,
                       "Exactly one production variant is supported, %u were given",
                       json_array_get_length (variants));

  return check_variant (call, sage_json_array_object (variants, 0), error);
}

static gboolean
write_create (EngTx     *tx,
              gpointer   user_data,
              GError   **error)
{
  Request *request = user_data;
  g_autoptr(EngResource) resource = eng_resource_new (ENG_ENDPOINT_CONFIG_KIND, request->name,
                                                      request->arn);
  g_autoptr(GError) local_error = NULL;

  json_object_set_double_member (request->doc, "CreationTime", tx->now);
  eng_resource_set_doc (resource, request->doc);

  if (eng_resource_insert (tx, resource, &local_error))
    return eng_tags_insert (tx, request->arn, sage_json_array (request->call->input, "Tags"),
                            error);
  if (g_error_matches (local_error, SAGE_ERROR, SAGE_ERROR_EXISTS))
    return sage_throw (error, SAGE_ERROR_INVALID,
                       "Cannot create already existing endpoint configuration \"%s\".",
                       request->arn);

  g_propagate_error (error, g_steal_pointer (&local_error));

  return FALSE;
}

static gboolean
create_config (EngCall  *call,
               GError  **error)
{
  g_auto(Request) request = { 0 };

  if (!check_request (call, error))
    return FALSE;

  request_init (&request, call);
  request.doc = sage_shape_project (sage_model_output ("sagemaker", "DescribeEndpointConfig"),
                                    call->input);
  json_object_set_string_member (request.doc, "EndpointConfigArn", request.arn);
  if (!eng_call_write (call, request.arn, write_create, &request, error))
    return FALSE;
  eng_call_reply_arn (call, "EndpointConfigArn", request.arn);

  return TRUE;
}

static gboolean
describe_config (EngCall  *call,
                 GError  **error)
{
  g_auto(Request) request = { 0 };
  g_autoptr(EngReader) reader = eng_store_reader (call->engine->store, error);
  g_autoptr(EngResource) resource = NULL;

  if (reader == NULL)
    return FALSE;

  request_init (&request, call);
  resource = eng_resource_require (reader, ENG_ENDPOINT_CONFIG_KIND, request.name,
                                   SAGE_ERROR_INVALID, request.missing, error);
  if (resource == NULL)
    return FALSE;
  g_string_append (call->output, resource->doc);

  return TRUE;
}

static gboolean
write_delete (EngTx     *tx,
              gpointer   user_data,
              GError   **error)
{
  Request *request = user_data;
  g_autoptr(EngResource) resource =
    eng_resource_require (tx->connection, ENG_ENDPOINT_CONFIG_KIND, request->name,
                          SAGE_ERROR_INVALID, request->missing, error);

  return resource != NULL && eng_resource_delete (tx, resource, error);
}

static gboolean
delete_config (EngCall  *call,
               GError  **error)
{
  g_auto(Request) request = { 0 };

  request_init (&request, call);

  return eng_call_write (call, request.arn, write_delete, &request, error);
}

static gboolean
list_configs (EngCall  *call,
              GError  **error)
{
  return eng_list_run (call, &listing, error);
}

const EngOperation eng_endpoint_config_operations[] = {
  { "sagemaker", "CreateEndpointConfig", ENG_ACCESS_WRITE, create_config },
  { "sagemaker", "DescribeEndpointConfig", ENG_ACCESS_READ, describe_config },
  { "sagemaker", "DeleteEndpointConfig", ENG_ACCESS_WRITE, delete_config },
  { "sagemaker", "ListEndpointConfigs", ENG_ACCESS_READ, list_configs },
};

const gsize eng_n_endpoint_config_operations = G_N_ELEMENTS (eng_endpoint_config_operations);
