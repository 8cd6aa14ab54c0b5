/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-s3"

#include "config.h"

#include <string.h>
#include <sys/random.h>

#include "eng-operation.h"
#include "eng-s3-private.h"
#include "sage-aws-error.h"
#include "sage-digest.h"

#define SOURCE_MAX 200

/**
 * eng_s3_call_free:
 * @call: (nullable): the call
 *
 * Frees @call; what it had not stored yet is gone.
 */
void
eng_s3_call_free (EngS3Call *call)
{
  if (call == NULL)
    return;

  eng_s3_body_clear (&call->body);
  g_clear_pointer (&call->query, sage_http_params_free);
  g_free (call->bucket);
  g_free (call->key);
  g_free (call->expected);
  g_free (call->if_match);
  g_free (call->source);
  g_free (call);
}

/* Path style: `/`, `/bucket`, `/bucket/` or `/bucket/key`, where everything behind the bucket's
 * slash is the key, dots and slashes included. */
static gboolean
parse_target (EngS3Call  *call,
              GError    **error)
{
  const char *path = sage_http_request_path (call->http);
  const char *bucket, *slash;
  g_autoptr(GError) local = NULL;

  call->query = sage_http_uri_parse_query (sage_http_request_query (call->http), &local);
  if (call->query == NULL)
    return eng_s3_throw (error, ENG_S3_INVALID_URI,
                         "Could not parse the query: %s", local->message);
  if (*path != '/')
    return eng_s3_throw (error, ENG_S3_INVALID_URI, "The path does not begin with a slash");

  bucket = path + 1;
  if (*bucket == '\0')
    return TRUE;

  slash = strchr (bucket, '/');
  call->bucket = eng_s3_decode (bucket, slash != NULL ? slash - bucket : -1, error);
  if (call->bucket == NULL)
    return FALSE;
  if (slash != NULL && slash[1] != '\0')
    {
      call->key = eng_s3_decode (slash + 1, -1, error);
      if (call->key == NULL)
        return FALSE;
    }

  if (!eng_s3_bucket_check (call->bucket, &local))
    return eng_s3_throw (error, ENG_S3_INVALID_BUCKET_NAME, "The specified bucket is not valid. %s",
                         local->message);

  return call->key == NULL || eng_s3_key_check (call->key, strlen (call->key), error);
}

static void
set_request_id (EngS3Call *call)
{
  guint8 random[8];
  g_autofree char *hex = NULL;

  while (getrandom (random, sizeof random, 0) != (ssize_t) sizeof random)
    continue;
  hex = sage_hex (random, sizeof random);
  for (guint i = 0; i < 16; i++)
    call->request_id[i] = g_ascii_toupper (hex[i]);
}

/* A client that sends `Expect: 100-continue` with an empty body gets the final reply at once, since
 * there is nothing to continue with. botocore then keeps that status for the next request it sends
 * on the connection and takes its reply apart wrongly (AWSConnection.request leaves response_class
 * as it was), so the connection must not have a next request. */
static void
spare_next_request (EngS3Call *call)
{
  if (sage_http_request_content_length (call->http) == 0 && eng_s3_header (call, "Expect") != NULL)
    sage_http_reply_header (call->http, "Connection", "close");
}

/* Before anything is looked up: what a caller may not do tells nothing of what there is. */
static gboolean
check_permission (EngS3Call  *call,
                  GError    **error)
{
  const EngS3Operation *wanted = call->operation;
  gboolean reads = strcmp (wanted->method, "GET") == 0 || strcmp (wanted->method, "HEAD") == 0;
  const EngOperation operation = { "s3", wanted->name, reads ? ENG_ACCESS_READ : ENG_ACCESS_WRITE,
                                   NULL };
  g_autoptr(GError) local_error = NULL;
  EngCall record;

  if (eng_caller_check (call->engine, call->who, operation.service, operation.name,
                        operation.access, &local_error))
    return TRUE;

  eng_call_init (&record, call->engine, &operation, call->who, call->source, call->request_id);
  eng_call_audit_refusal (&record, local_error);

  return eng_s3_throw (error, ENG_S3_ACCESS_DENIED, "%s", local_error->message);
}

static gboolean
begin (EngS3Call  *call,
       GError    **error)
{
  spare_next_request (call);
  if (!parse_target (call, error))
    return FALSE;

  call->operation = eng_s3_find_operation (call, error);
  if (call->operation == NULL)
    return FALSE;

  call->caller.operation = call->operation->name;
  if (!check_permission (call, error) || !eng_s3_check_owner (call, error))
    return FALSE;

  return call->operation->begin != NULL ? call->operation->begin (call, error)
                                        : eng_s3_body_begin_memory (call, ENG_S3_XML_MAX, error);
}

/**
 * eng_s3_begin:
 * @engine: the engine
 * @sig: the verified signature; outlives the call
 * @who: who calls; outlives the call
 * @request: the request, its headers read
 *
 * Decides what a request wants and makes ready for its body. What can be refused without the body
 * is refused here, so that a client that waits for `100 Continue` does not send it.
 *
 * Returns: (transfer full): the call, for eng_s3_handle() when the body is in; the request may be
 *   answered already
 */
EngS3Call *
eng_s3_begin (EngEngine           *engine,
              const SageSigResult *sig,
              const EngCaller     *who,
              SageHttpRequest     *request)
{
  EngS3Call *call = g_new0 (EngS3Call, 1);
  const char *agent = sage_http_request_header (request, "User-Agent");
  g_autoptr(GError) error = NULL;

  call->engine = engine;
  call->sig = sig;
  call->who = who;
  call->http = request;
  call->source = sage_aws_sanitise (agent != NULL ? agent : "-", -1, SOURCE_MAX);
  set_request_id (call);
  call->caller.principal = who->principal;
  call->caller.source = call->source;
  call->caller.request_id = call->request_id;

  if (!begin (call, &error))
    eng_s3_reply_error (call, error);

  return call;
}

/**
 * eng_s3_handle:
 * @call: what eng_s3_begin() returned; not answered yet
 *
 * Answers the request.
 */
void
eng_s3_handle (EngS3Call *call)
{
  g_autoptr(GError) error = NULL;

  if (!eng_s3_body_finish (call, &error) || !call->operation->handle (call, &error))
    eng_s3_reply_error (call, error);
}
