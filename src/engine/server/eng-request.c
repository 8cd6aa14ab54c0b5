/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-request"

#include "config.h"

#include <string.h>

#include "eng-jupyter.h"
#include "eng-mlflow.h"
#include "eng-request.h"
#include "sage-aws-error.h"
#include "sage-time.h"

#define MAX_SOURCE 200

/**
 * eng_request_new:
 * @http: the request, its headers read
 *
 * Returns: (transfer full): what the server keeps of it, not authenticated yet
 */
EngRequest *
eng_request_new (SageHttpRequest *http)
{
  EngRequest *self = g_new0 (EngRequest, 1);
  const char *agent = sage_http_request_header (http, "User-Agent");

  self->dialect = eng_request_classify (http);
  self->source = sage_aws_sanitise (agent != NULL ? agent : "-", -1, MAX_SOURCE);
  sage_uuid_write (self->request_id);

  return self;
}

/**
 * eng_request_free:
 * @request: (nullable): the request
 */
void
eng_request_free (EngRequest *request)
{
  if (request == NULL)
    return;

  g_clear_pointer (&request->s3, eng_s3_call_free);
  g_clear_pointer (&request->upload, eng_mlflow_upload_free);
  sage_sig_result_clear (&request->sig);
  g_free (request->name);
  g_free (request->source);
  g_free (request);
}

/**
 * eng_request_set_caller:
 * @request: the request
 * @caller: who calls, a user or the owner; copied
 *
 * Tells who calls, once.
 */
void
eng_request_set_caller (EngRequest      *request,
                        const EngCaller *caller)
{
  g_assert (request->name == NULL);

  request->caller = *caller;
  request->name = g_strdup (caller->principal);
  request->caller.principal = request->name;
  if (caller->user != NULL)
    request->caller.user = request->name;
}

/* Service of the credential scope, without verifying anything: only breaks ties in routing. */
static gboolean
is_scoped_s3 (SageHttpRequest *http)
{
  const char *authorization = sage_http_request_header (http, "Authorization");
  const char *query = sage_http_request_query (http);

  if (authorization != NULL)
    return strstr (authorization, "/s3/aws4_request") != NULL ||
           g_str_has_prefix (authorization, "AWS ");

  return strstr (query, "%2Fs3%2Faws4_request") != NULL || strstr (query, "AWSAccessKeyId=") != NULL;
}

static gboolean
is_invocation_path (const char *path)
{
  const char *name;
  const char *rest;

  if (!g_str_has_prefix (path, "/endpoints/"))
    return FALSE;

  name = path + strlen ("/endpoints/");
  rest = strchr (name, '/');

  return rest != NULL && rest != name &&
         (strcmp (rest, "/invocations") == 0 || strcmp (rest, "/async-invocations") == 0 ||
          strcmp (rest, "/invocations-response-stream") == 0);
}

/**
 * eng_request_classify:
 * @http: the request, its headers read
 *
 * Tells the dialects apart by target, path and credential scope (the four sagemaker services all
 * sign as `sagemaker`; the scope only separates S3 from the REST paths).
 */
EngDialect
eng_request_classify (SageHttpRequest *http)
{
  const char *path = sage_http_request_path (http);
  const char *method = sage_http_request_method (http);
  const char *type = sage_http_request_header (http, "Content-Type");
  g_autofree char *client = NULL;

  if (g_str_has_prefix (path, "/sagebrush/"))
    return ENG_DIALECT_SAGEBRUSH;
  if (sage_http_request_header (http, "X-Amz-Target") != NULL)
    return ENG_DIALECT_AWS_JSON;
  if (is_scoped_s3 (http))
    return ENG_DIALECT_S3;
  if (is_invocation_path (path))
    return ENG_DIALECT_RUNTIME;
  if (eng_jupyter_has_path (path))
    return ENG_DIALECT_JUPYTER;
  if (eng_mlflow_has_path (method, path))
    return ENG_DIALECT_MLFLOW;
  if (strcmp (method, "POST") == 0 && strcmp (path, "/") == 0)
    return type != NULL && g_str_has_prefix (type, "application/x-www-form-urlencoded")
             ? ENG_DIALECT_AWS_QUERY : ENG_DIALECT_AWS_JSON;

  /* Where no signature is needed requests carry no scope; buckets have no other path form. */
  client = sage_http_request_client (http);

  return sage_http_request_peer_uid (http) >= 0 || client != NULL ? ENG_DIALECT_S3
                                                                  : ENG_DIALECT_NONE;
}

/* @details: further elements */
static void
refuse_with_xml (SageHttpRequest *http,
                 EngRequest      *request,
                 guint            status,
                 const char      *code,
                 const char      *message,
                 const char      *details)
{
  g_autofree char *start =
    g_markup_printf_escaped ("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>%s</Code>"
                             "<Message>%s</Message>", code, message);
  g_autofree char *body = g_strconcat (start, details, "<RequestId>", request->request_id,
                                       "</RequestId></Error>", NULL);
  gboolean head = strcmp (sage_http_request_method (http), "HEAD") == 0;

  sage_http_reply_header (http, "x-amz-request-id", request->request_id);
  sage_http_reply (http, status, "application/xml", head ? NULL : body, head ? 0 : strlen (body));
}

/**
 * eng_request_refuse:
 * @http: the request
 * @request: its record
 * @status: HTTP status
 * @code: AWS error code
 * @message: what is wrong; must be printable
 *
 * Answers with the error form of the request's dialect.
 */
void
eng_request_refuse (SageHttpRequest *http,
                    EngRequest      *request,
                    guint            status,
                    const char      *code,
                    const char      *message)
{
  g_autofree char *body = NULL;
  const char *type = "application/x-amz-json-1.1";

  if (request->dialect == ENG_DIALECT_S3)
    {
      refuse_with_xml (http, request, status, code, message, "");
      return;
    }

  if (request->dialect == ENG_DIALECT_JUPYTER)
    {
      eng_jupyter_refuse (http, status, code, message);
      return;
    }

  if (request->dialect == ENG_DIALECT_MLFLOW)
    {
      eng_mlflow_refuse (http, status, message);
      return;
    }

  sage_http_reply_header (http, "x-amzn-RequestId", request->request_id);
  sage_http_reply_header (http, "x-amzn-ErrorType", code);

  if (request->dialect == ENG_DIALECT_AWS_QUERY)
    {
      type = "text/xml";
      body = g_markup_printf_escaped ("<ErrorResponse><Error><Type>Sender</Type><Code>%s</Code>"
                                      "<Message>%s</Message></Error><RequestId>%s</RequestId>"
                                      "</ErrorResponse>", code, message, request->request_id);
    }
  else
    body = sage_aws_error_json (code, message);

  sage_http_reply (http, status, type, body, strlen (body));
}

/**
 * eng_request_throw:
 * @http: the request
 * @request: its record
 * @why: why it cannot be done
 *
 * Answers an error of our own paths (`/sagebrush/v1/…`), where unlike in SageMaker's protocol the HTTP
 * status tells of it too.
 */
void
eng_request_throw (SageHttpRequest *http,
                   EngRequest      *request,
                   const GError    *why)
{
  static const struct
  {
    SageError   error;
    guint       status;
    const char *code;
  } answers[] = {
    { SAGE_ERROR_NOT_FOUND, 404, "ResourceNotFound" },
    { SAGE_ERROR_EXISTS, 409, "ResourceInUse" },
    { SAGE_ERROR_CONFLICT, 409, "ConflictException" },
    { SAGE_ERROR_UNREACHABLE, 409, "ConflictException" }, /* a kernel that has just ended */
    { SAGE_ERROR_LIMIT, 409, "ResourceLimitExceeded" },
    { SAGE_ERROR_BUSY, 429, "ThrottlingException" },
  };
  guint status = sage_aws_error_status (why);
  const char *code = sage_aws_error_code (why);

  for (gsize i = 0; i < G_N_ELEMENTS (answers); i++)
    if (g_error_matches (why, SAGE_ERROR, answers[i].error))
      {
        status = answers[i].status;
        code = answers[i].code;
      }

  if (status == 500)
    g_warning ("%s %s: %s", sage_http_request_method (http), sage_http_request_path (http), why->message);
  eng_request_refuse (http, request, status, code, why->message);
}

/**
 * eng_request_refuse_skew:
 * @http: the request
 * @request: its record, with the date of its signature
 * @message: what is wrong; must be printable
 *
 * Refuses a request for the date of its signature. S3 tells its own time in elements by which
 * clients correct their clocks; elsewhere @message must name it.
 */
void
eng_request_refuse_skew (SageHttpRequest *http,
                         EngRequest      *request,
                         const char      *message)
{
  g_autofree char *now = NULL;
  g_autofree char *details = NULL;

  if (request->dialect != ENG_DIALECT_S3)
    {
      eng_request_refuse (http, request, 403, "InvalidSignatureException", message);
      return;
    }

  now = sage_time_to_iso8601 (sage_time_now ());
  details = g_markup_printf_escaped ("<RequestTime>%s</RequestTime><ServerTime>%s</ServerTime>"
                                     "<MaxAllowedSkewMilliseconds>%d</MaxAllowedSkewMilliseconds>",
                                     request->sig.date, now, SAGE_SIG_S3_SKEW * 1000);
  refuse_with_xml (http, request, 403, "RequestTimeTooSkewed", message, details);
}
