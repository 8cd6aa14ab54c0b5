/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-aws-json"

#include "config.h"

#include <string.h>

#include "eng-aws-json.h"
#include "sage-aws-error.h"
#include "sage-error.h"
#include "sage-json.h"

/* A pipeline definition of 1 MiB arrives as a JSON string, whose escapes can double it. */
#define MAX_BODY (1024 * 1024)
#define MAX_PIPELINE_BODY (4 * 1024 * 1024)

static const struct
{
  const char *prefix;
  const char *service;
} targets[] = {
  { "SageMaker.", "sagemaker" },
  { "Logs_20140328.", "logs" },
};

/**
 * eng_aws_json_service:
 * @http: the request, its headers read
 *
 * Returns: (transfer none): the service its target belongs to, "sagemaker" where that is unknown
 */
const char *
eng_aws_json_service (SageHttpRequest *http)
{
  const char *target = sage_http_request_header (http, "X-Amz-Target");

  for (gsize i = 0; target != NULL && i < G_N_ELEMENTS (targets); i++)
    if (g_str_has_prefix (target, targets[i].prefix))
      return targets[i].service;

  return "sagemaker";
}

/**
 * eng_aws_json_limit:
 * @http: the request, its headers read
 *
 * Returns: how many bytes its body may have
 */
gsize
eng_aws_json_limit (SageHttpRequest *http)
{
  const char *target = sage_http_request_header (http, "X-Amz-Target");

  return target != NULL && (strcmp (target, "SageMaker.CreatePipeline") == 0 ||
                            strcmp (target, "SageMaker.UpdatePipeline") == 0)
           ? MAX_PIPELINE_BODY : MAX_BODY;
}

static void
refuse_unknown (SageHttpRequest *http,
                EngRequest      *request,
                const char      *target)
{
  g_autofree char *shown = sage_aws_sanitise (target != NULL ? target : "", -1, 64);
  g_autofree char *message = g_strdup_printf ("The operation '%s' is not supported", shown);

  eng_request_refuse (http, request, target != NULL ? 400 : 404, "UnknownOperationException",
                      message);
}

/* A browser can post text/plain or a form to a loopback port without asking; JSON it cannot. */
static gboolean
check_media (EngRequest      *request,
             SageHttpRequest *http)
{
  const char *type = sage_http_request_header (http, "Content-Type");

  if (type == NULL || (!g_str_has_prefix (type, "application/x-amz-json-1.") &&
                       !g_str_has_prefix (type, "application/json")))
    {
      eng_request_refuse (http, request, 415, "UnsupportedMediaTypeException",
                          "The content type must be application/x-amz-json-1.1");
      return FALSE;
    }
  if (sage_http_request_header (http, "Content-Encoding") != NULL)
    {
      eng_request_refuse (http, request, 415, "UnsupportedMediaTypeException",
                          "Compressed requests are not accepted");
      return FALSE;
    }

  return TRUE;
}

/**
 * eng_aws_json_find:
 * @engine: the engine
 * @request: the request's record, authenticated
 * @http: the request
 *
 * Returns: (transfer none) (nullable): the operation that is called; %NULL, with the refusal sent,
 *   when it is none of ours or called in another form
 */
const EngOperation *
eng_aws_json_find (EngEngine       *engine,
                   EngRequest      *request,
                   SageHttpRequest *http)
{
  const char *target = sage_http_request_header (http, "X-Amz-Target");
  const EngOperation *operation = NULL;

  if (!check_media (request, http))
    return NULL;

  if (target != NULL && sage_http_request_count_header (http, "X-Amz-Target") == 1)
    for (gsize i = 0; i < G_N_ELEMENTS (targets) && operation == NULL; i++)
      if (g_str_has_prefix (target, targets[i].prefix))
        operation = eng_operations_find (engine->operations, targets[i].service,
                                         target + strlen (targets[i].prefix));

  if (operation == NULL)
    refuse_unknown (http, request, target);

  return operation;
}

static JsonNode *
parse_body (SageHttpRequest  *http,
            GError          **error)
{
  GBytes *body = sage_http_request_body (http);
  SageJsonLimits limits = { .max_bytes = eng_aws_json_limit (http) };

  if (body == NULL || g_bytes_get_size (body) == 0)
    {
      sage_throw (error, SAGE_ERROR_SYNTAX, "The request has no body; an empty input is {}");
      return NULL;
    }

  return sage_json_parse_object (g_bytes_get_data (body, NULL), (gssize) g_bytes_get_size (body),
                                 &limits, error);
}

/* CloudWatch Logs has other words for the same troubles. */
static const char *
error_code (const EngOperation *operation,
            const GError       *error)
{
  if (operation != NULL && strcmp (operation->service, "logs") == 0)
    {
      if (g_error_matches (error, SAGE_ERROR, SAGE_ERROR_NOT_FOUND))
        return "ResourceNotFoundException";
      if (g_error_matches (error, SAGE_ERROR, SAGE_ERROR_INVALID))
        return "InvalidParameterException";
    }

  return sage_aws_error_code (error);
}

/* A change that cannot even be read is refused like any other; a readable one was audited when it
 * ran. */
static void
audit_unreadable (EngEngine          *engine,
                  const EngOperation *operation,
                  const EngRequest   *request,
                  const GError       *why)
{
  EngCall call;

  eng_call_init (&call, engine, operation, &request->caller, request->source, request->request_id);
  eng_call_audit_refusal (&call, why);
}

/**
 * eng_aws_json_handle:
 * @engine: the engine
 * @operation: what eng_aws_json_find() found
 * @request: the request's record, authenticated
 * @http: the request, its body in memory
 *
 * Answers one call of an AWS JSON service.
 */
void
eng_aws_json_handle (EngEngine          *engine,
                     const EngOperation *operation,
                     EngRequest         *request,
                     SageHttpRequest    *http)
{
  g_autoptr(GString) output = g_string_sized_new (1024);
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) input = NULL;

  input = parse_body (http, &error);
  if (input != NULL &&
      eng_operation_run (engine, operation, &request->caller, request->source,
                         request->request_id, json_node_get_object (input), output, &error))
    {
      g_autoptr(GBytes) reply = g_string_free_to_bytes (g_steal_pointer (&output));

      sage_http_reply_header (http, "x-amzn-RequestId", request->request_id);
      sage_http_reply_bytes (http, 200, "application/x-amz-json-1.1", reply);
      return;
    }

  if (input == NULL)
    audit_unreadable (engine, operation, request, error);
  if (sage_aws_error_status (error) >= 500)
    g_warning ("%s failed: %s", operation->name, error->message);
  eng_request_refuse (http, request, sage_aws_error_status (error), error_code (operation, error),
                      error->message);
}
