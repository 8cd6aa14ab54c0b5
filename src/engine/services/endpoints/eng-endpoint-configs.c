/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-endpoints"

#include "config.h"

#include <string.h>

#include "eng-endpoints.h"
#include "eng-list.h"
#include "eng-named.h"
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

static gboolean
check_variant (EngCall     *call,
               JsonObject  *variant,
               GError     **error)
{
  const char *model = sage_json_string (variant, "ModelName", NULL);
  const char *type = sage_json_string (variant, "InstanceType", NULL);
  g_autoptr(EngReader) reader = NULL;
  g_autoptr(EngResource) resource = NULL;

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

  reader = eng_store_reader (call->engine->store, error);
  if (reader == NULL)
    return FALSE;
  resource = eng_named_require (reader, call->engine, &eng_named_model, model, error);

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
create_config (EngCall  *call,
               GError  **error)
{
  g_autoptr(JsonObject) doc = NULL;

  if (!check_request (call, error))
    return FALSE;

  doc = sage_shape_project (sage_model_output ("sagemaker", "DescribeEndpointConfig"),
                            call->input);

  return eng_named_create (call, &eng_named_endpoint_config, doc, NULL, error);
}

static gboolean
describe_config (EngCall  *call,
                 GError  **error)
{
  return eng_named_describe (call, &eng_named_endpoint_config, error);
}

static gboolean
delete_config (EngCall  *call,
               GError  **error)
{
  return eng_named_delete (call, &eng_named_endpoint_config, error);
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
