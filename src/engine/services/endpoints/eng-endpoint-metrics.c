/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-endpoint-metrics"

#include "config.h"

#include "eng-endpoint-metrics.h"
#include "eng-endpoints.h"
#include "eng-named.h"
#include "sage-aws-error.h"
#include "sage-error.h"
#include "sage-http-peer.h"
#include "sage-json.h"

/* The gateway answers from memory; one that takes longer hangs. */
#define TIMEOUT_MS 2000

#define REPLY_MAX (16 * 1024 * 1024)

/* How much of a name that is none is said again. */
#define NAME_SHOWN 63

/* What was counted for a variant, or for all variants of an endpoint. */
typedef struct
{
  gint64 invocations;
  gint64 errors_4xx;
  gint64 errors_5xx;
} Counts;

/**
 * eng_gateway_metrics:
 * @engine: the engine
 * @endpoint: (nullable): the endpoint that is asked about, by its proper name; %NULL for all of them
 *
 * Asks the gateway what it has counted. One of an older version, which an upgrade leaves running, says
 * less, and it says that of all endpoints.
 *
 * Returns: (transfer full): the answer, an object; %NULL with %SAGE_ERROR_UNREACHABLE or
 *   %SAGE_ERROR_PROTOCOL
 */
JsonNode *
eng_gateway_metrics (EngEngine   *engine,
                     const char  *endpoint,
                     GError     **error)
{
  const SageJsonLimits limits = { .max_bytes = REPLY_MAX, .max_keys = 1000000 };
  g_autofree char *socket = eng_endpoints_gateway_socket (engine);
  g_autofree char *escaped = endpoint != NULL ? g_uri_escape_string (endpoint, NULL, FALSE) : NULL;
  g_autofree char *target = g_strconcat ("/metrics", escaped != NULL ? "?endpoint=" : NULL, escaped,
                                         NULL);
  g_auto(SageHttpAnswer) answer = { 0 };
  g_autoptr(GError) local_error = NULL;
  g_autoptr(JsonNode) node = NULL;

  if (!sage_http_get (socket, target, TIMEOUT_MS, &answer, &local_error))
    {
      sage_throw (error, SAGE_ERROR_UNREACHABLE,
                  "The inference gateway does not answer; it is being restarted if it has ended (%s)",
                  local_error->message);
      return NULL;
    }

  if (answer.status == 200)
    node = sage_json_parse_object ((const char *) answer.body->data, (gssize) answer.body->len,
                                   &limits, NULL);
  if (node == NULL)
    sage_throw (error, SAGE_ERROR_PROTOCOL,
                "The inference gateway does not say what it has counted (HTTP %u)", answer.status);

  return g_steal_pointer (&node);
}

/* The gateway tells three kinds of errors apart; to callers there are two: theirs, and ours or the
 * model's. */
static void
add_counts (Counts     *counts,
            JsonObject *variant)
{
  counts->invocations += sage_json_int (variant, "Invocations", 0);
  counts->errors_4xx += sage_json_int (variant, "Invocation4XXErrors", 0);
  counts->errors_5xx += sage_json_int (variant, "Invocation5XXErrors", 0) +
                        sage_json_int (variant, "InvocationModelErrors", 0);
}

static void
set_counts (JsonObject   *object,
            const Counts *counts)
{
  json_object_set_int_member (object, "Invocations", counts->invocations);
  json_object_set_int_member (object, "Invocation4XXErrors", counts->errors_4xx);
  json_object_set_int_member (object, "Invocation5XXErrors", counts->errors_5xx);
}

static JsonObject *
describe_variant (const char *name,
                  JsonObject *variant)
{
  JsonObject *object = json_object_new ();
  JsonObject *latency = sage_json_object (variant, "Latency");
  Counts counts = { 0 };

  add_counts (&counts, variant);
  json_object_set_string_member (object, "VariantName", name);
  set_counts (object, &counts);
  json_object_set_int_member (object, "ModelLatency", sage_json_int (variant, "ModelLatency", 0));
  json_object_set_int_member (object, "OverheadLatency",
                              sage_json_int (variant, "OverheadLatency", 0));
  if (latency != NULL)
    json_object_set_object_member (object, "Latency", json_object_ref (latency));

  return object;
}

/* The proper name of an endpoint that there is. */
static char *
require_name (EngEngine   *engine,
              const char  *name,
              GError     **error)
{
  g_autoptr(EngReader) reader = eng_store_reader (engine->store, error);
  g_autofree char *shown = sage_aws_sanitise (name, -1, NAME_SHOWN);
  g_autofree char *arn = eng_named_arn (engine, &eng_named_endpoint, shown);
  g_autofree char *missing = g_strdup_printf ("Could not find endpoint \"%s\".", arn);
  g_autoptr(EngResource) resource = NULL;

  if (reader != NULL)
    resource = eng_resource_require (reader, ENG_ENDPOINT_KIND, name, SAGE_ERROR_NOT_FOUND, missing,
                                     error);

  return resource != NULL ? g_strdup (resource->name) : NULL;
}

/**
 * eng_endpoint_metrics:
 * @engine: the engine
 * @name: an endpoint's name, in any case
 *
 * What the gateway has counted since it started, by variant, in CloudWatch's words: `Uptime` is for how
 * many seconds it has; latencies are in microseconds, `ModelLatency` and `OverheadLatency` sums,
 * `Latency` what callers waited for (`p50`, `p90`, `p99` and a `Histogram` of pairs of bound and count).
 * An endpoint that does not answer calls yet has no variants.
 *
 * Returns: (transfer full): that; %NULL with %SAGE_ERROR_NOT_FOUND, or as of eng_gateway_metrics()
 */
JsonObject *
eng_endpoint_metrics (EngEngine   *engine,
                      const char  *name,
                      GError     **error)
{
  g_autofree char *proper = require_name (engine, name, error);
  g_autoptr(JsonNode) node = proper != NULL ? eng_gateway_metrics (engine, proper, error) : NULL;
  g_autoptr(GList) names = NULL;
  JsonObject *all, *variants;
  JsonObject *object;
  JsonArray *array;

  if (node == NULL)
    return NULL;

  all = json_node_get_object (node);
  variants = sage_json_object (sage_json_object (all, "endpoints"), proper);
  names = variants != NULL ? sage_json_sorted_members (variants) : NULL;
  array = json_array_new ();
  for (GList *l = names; l != NULL; l = l->next)
    {
      JsonObject *variant = sage_json_object (variants, l->data);

      if (variant != NULL)
        json_array_add_object_element (array, describe_variant (l->data, variant));
    }

  object = json_object_new ();
  json_object_set_string_member (object, "EndpointName", proper);
  json_object_set_double_member (object, "Uptime", sage_json_double (all, "uptime", 0));
  json_object_set_array_member (object, "Variants", array);

  return object;
}

static JsonObject *
describe_endpoint (const char *name,
                   JsonObject *variants)
{
  JsonObject *object = json_object_new ();
  Counts counts = { 0 };
  JsonObjectIter iter;
  JsonNode *variant;

  json_object_iter_init (&iter, variants);
  while (json_object_iter_next (&iter, NULL, &variant))
    if (JSON_NODE_HOLDS_OBJECT (variant))
      add_counts (&counts, json_node_get_object (variant));

  json_object_set_string_member (object, "EndpointName", name);
  set_counts (object, &counts);

  return object;
}

/**
 * eng_endpoints_metrics:
 * @engine: the engine
 *
 * What the gateway has counted since it started, in short, for every endpoint that answers calls.
 *
 * Returns: (transfer full): `{"Uptime":…, "Endpoints":[…]}`, by name; %NULL with an error as of
 *   eng_gateway_metrics()
 */
JsonObject *
eng_endpoints_metrics (EngEngine  *engine,
                       GError    **error)
{
  g_autoptr(JsonNode) node = eng_gateway_metrics (engine, NULL, error);
  g_autoptr(GList) names = NULL;
  JsonObject *all, *endpoints;
  JsonObject *object;
  JsonArray *array;

  if (node == NULL)
    return NULL;

  all = json_node_get_object (node);
  endpoints = sage_json_object (all, "endpoints");
  names = endpoints != NULL ? sage_json_sorted_members (endpoints) : NULL;
  array = json_array_new ();
  for (GList *l = names; l != NULL; l = l->next)
    {
      JsonObject *variants = sage_json_object (endpoints, l->data);

      if (variants != NULL)
        json_array_add_object_element (array, describe_endpoint (l->data, variants));
    }

  object = json_object_new ();
  json_object_set_double_member (object, "Uptime", sage_json_double (all, "uptime", 0));
  json_object_set_array_member (object, "Endpoints", array);

  return object;
}
