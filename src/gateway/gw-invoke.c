/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "gw-invoke"

#include "config.h"

#include <string.h>

#include "sage-aws-error.h"

#include "gw-gateway-private.h"

#define PREFIX         "/endpoints/"
#define MAX_ATTRIBUTES 1024

/**
 * gw_invoke_is:
 * @path: a request's path
 *
 * Returns: whether it is one of the runtime's
 */
gboolean
gw_invoke_is (const char *path)
{
  return strncmp (path, PREFIX, strlen (PREFIX)) == 0 &&
         strchr (path + strlen (PREFIX), '/') != NULL;
}

/* AWS's words for an endpoint that is not there, or not ready. */
static void
refuse_endpoint (GwGateway       *gateway,
                 SageHttpRequest *request,
                 const char      *name,
                 gsize            length,
                 const char      *what)
{
  g_autofree char *shown = sage_aws_sanitise (name, length, GW_MAX_NAME);
  g_autofree char *message = g_strdup_printf ("Endpoint %s of account %s %s", shown,
                                              gateway->account, what);

  gw_reply_error (request, 400, "ValidationError", message);
}

/* The headers that a model server would otherwise have to check. */
static gboolean
check_headers (GwGateway       *gateway,
               SageHttpRequest *request,
               GwEndpoint      *endpoint)
{
  const char *attributes = sage_http_request_header (request, "X-Amzn-SageMaker-Custom-Attributes");

  if (sage_http_request_header (request, "X-Amzn-SageMaker-Target-Model") != NULL)
    {
      refuse_endpoint (gateway, request, endpoint->name, strlen (endpoint->name),
                       "is not a multi-model endpoint and does not support the target model header.");
      return FALSE;
    }
  if (sage_http_request_header (request, "X-Amzn-SageMaker-Inference-Component") != NULL)
    {
      refuse_endpoint (gateway, request, endpoint->name, strlen (endpoint->name),
                       "has no inference components.");
      return FALSE;
    }
  if (attributes == NULL)
    return TRUE;

  for (const char *c = attributes; *c != '\0'; c++)
    if (!g_ascii_isprint (*c) || c - attributes >= MAX_ATTRIBUTES)
      {
        gw_reply_error (request, 400, "ValidationError",
                        "CustomAttributes must be at most 1024 printable US-ASCII characters");
        return FALSE;
      }

  return TRUE;
}

/* Answers for a variant that cannot be asked now. */
static void
refuse_state (GwCall *call)
{
  GwVariantState state = gw_variant_state (call->variant);

  if (state == GW_VARIANT_LOADING)
    {
      gw_stats_refuse (call->variant->stats, GW_OUTCOME_SERVER_ERROR);
      gw_reply_error (call->request, 429, "ModelNotReadyException",
                      "The model is being loaded. Try again in a moment.");
      return;
    }

  gw_stats_refuse (call->variant->stats, GW_OUTCOME_MODEL_ERROR);
  gw_reply_model_error (call->request, call->place, call->endpoint->name, 500,
                        call->variant->message, -1);
}

static GwCall *
call_hold (const GwCall *call)
{
  GwCall *copy = g_memdup2 (call, sizeof *call);

  gw_endpoint_ref (copy->endpoint);
  gw_variant_ref (copy->variant);

  return copy;
}

static void
call_free (GwCall *call)
{
  gw_endpoint_unref (call->endpoint);
  gw_variant_unref (call->variant);
  g_free (call);
}

/**
 * gw_invoke_work:
 * @call: (transfer full): an invocation that may take its time
 * @gateway: the gateway
 *
 * Runs on a worker thread: answers, and goes on with who waits for the same model.
 */
void
gw_invoke_work (gpointer data,
                gpointer gateway)
{
  GwCall *call = data;

  while (call != NULL)
    {
      GwCall *next;

      if (call->variant->native)
        gw_native_answer (call);
      else
        gw_proxy_answer (call);

      sage_http_resume (call->request);
      next = gw_variant_leave (call->variant);
      call_free (call);
      call = next;
    }
}

static void
hand_over (GwGateway *gateway,
           GwCall    *call)
{
  GwCall *held = call_hold (call);

  /* before anybody can answer it */
  sage_http_suspend (call->request);

  switch (gw_variant_enter (call->variant, held))
    {
    case GW_TURN_NOW:
      g_thread_pool_push (gateway->workers, held, NULL);
      break;
    case GW_TURN_LATER:
      break;
    case GW_TURN_NEVER:
    default:
      gw_stats_refuse (call->variant->stats, GW_OUTCOME_SERVER_ERROR);
      gw_reply_error (call->request, 503, "ServiceUnavailable",
                      "Too many invocations are waiting for the model. Try again in a moment.");
      call_free (held);
      sage_http_resume (call->request);
      break;
    }
}

/* A model server is not told of an encoding, and would take the bytes for rows. */
static gboolean
refuse_encoding (SageHttpRequest *request)
{
  if (sage_http_request_header (request, "Content-Encoding") == NULL)
    return FALSE;

  gw_reply_error (request, 415, "UnsupportedMediaTypeException",
                  "Compressed requests are not accepted");

  return TRUE;
}

/* Finds who answers. Returns FALSE when the request was answered already. */
static gboolean
find (GwGateway *gateway,
      GwTable   *table,
      GwCall    *call)
{
  const char *name = sage_http_request_path (call->request) + strlen (PREFIX);
  const char *slash = strchr (name, '/');
  const char *target = sage_http_request_header (call->request, "X-Amzn-SageMaker-Target-Variant");
  gsize length = slash - name;

  if (!g_str_equal (slash, "/invocations"))
    {
      gw_reply_error (call->request, 404, "UnknownOperationException",
                      g_str_equal (slash, "/async-invocations")
                        ? "InvokeEndpointAsync is not supported"
                      : g_str_equal (slash, "/invocations-response-stream")
                        ? "InvokeEndpointWithResponseStream is not supported"
                        : "There is no such operation");
      return FALSE;
    }

  call->endpoint = gw_table_find (table, name, length);
  if (call->endpoint == NULL)
    {
      refuse_endpoint (gateway, call->request, name, length, "not found.");
      return FALSE;
    }
  if (!call->endpoint->enabled)
    {
      refuse_endpoint (gateway, call->request, name, length, "is not in service.");
      return FALSE;
    }
  if (!check_headers (gateway, call->request, call->endpoint))
    return FALSE;

  call->variant = gw_endpoint_choose (call->endpoint, target);
  if (call->variant == NULL)
    {
      refuse_endpoint (gateway, call->request, name, length, "has no such target variant.");
      return FALSE;
    }

  return TRUE;
}

/**
 * gw_invoke:
 * @gateway: the gateway
 * @request: a request of the runtime, its body read
 *
 * Answers an invocation: at once when the model is here and the body short, else from a worker.
 */
void
gw_invoke (GwGateway       *gateway,
           SageHttpRequest *request)
{
  GwTable *table = gw_router_table (gateway->router);
  GwCall call = {
    .request = request,
    .place = &gateway->place,
    .started = g_get_monotonic_time (),
  };

  if (!gw_auth_check (gateway, table, request) || refuse_encoding (request) ||
      !find (gateway, table, &call))
    return;

  if (gw_variant_state (call.variant) != GW_VARIANT_READY)
    refuse_state (&call);
  else if (call.variant->native && !gw_native_is_long (&call))
    gw_native_answer (&call);
  else
    hand_over (gateway, &call);
}
