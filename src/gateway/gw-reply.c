/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "gw-reply"

#include "config.h"

#include <string.h>

#include "sage-aws-error.h"
#include "sage-json.h"
#include "sage-uuid.h"

#include "gw-reply.h"

#define MAX_MESSAGE 1024

/**
 * gw_reply_id:
 * @request: a request that is about to be answered
 *
 * Gives the reply a name of its own, a random UUID.
 */
void
gw_reply_id (SageHttpRequest *request)
{
  char text[SAGE_UUID_SIZE];

  sage_uuid_write (text);
  sage_http_reply_header (request, "x-amzn-RequestId", text);
}

/**
 * gw_reply_error:
 * @request: the request
 * @status: HTTP status
 * @code: AWS's name of the error
 * @message: what is wrong
 *
 * Answers in the form of the runtime's protocol (REST-JSON): the header names the error.
 */
void
gw_reply_error (SageHttpRequest *request,
                guint            status,
                const char      *code,
                const char      *message)
{
  g_autoptr(GString) body = g_string_new ("{\"message\":");

  sage_json_append_string (body, message);
  g_string_append_c (body, '}');

  gw_reply_id (request);
  sage_http_reply_header (request, "x-amzn-ErrorType", code);
  sage_http_reply (request, status, "application/json", body->str, body->len);
}

/**
 * gw_reply_model_error:
 * @request: the request
 * @place: where we are
 * @endpoint: the endpoint's name
 * @original_status: what the model server answered, 0 if it did not
 * @original_message: what it said of it, or what is to be said of it
 * @length: its length, or -1
 *
 * Answers ModelError with AWS's words.
 */
void
gw_reply_model_error (SageHttpRequest *request,
                      const GwPlace   *place,
                      const char      *endpoint,
                      guint            original_status,
                      const char      *original_message,
                      gssize           length)
{
  gboolean client = original_status >= 400 && original_status < 500;
  g_autofree char *said = sage_aws_sanitise (original_message, length, MAX_MESSAGE);
  g_autofree char *arn = g_strdup_printf ("arn:aws:logs:%s:%s:log-group:/aws/sagemaker/Endpoints/%s",
                                          place->region, place->account, endpoint);
  g_autofree char *message =
    g_strdup_printf ("Received %s error (%u) from primary with message \"%s\". "
                     "See /aws/sagemaker/Endpoints/%s in account %s for more information.",
                     client ? "client" : "server", original_status, said, endpoint, place->account);
  g_autoptr(GString) body = g_string_new ("{\"Message\":");

  sage_json_append_string (body, message);
  g_string_append_printf (body, ",\"OriginalStatusCode\":%u,\"OriginalMessage\":", original_status);
  sage_json_append_string (body, said);
  g_string_append (body, ",\"LogStreamArn\":");
  sage_json_append_string (body, arn);
  g_string_append_c (body, '}');

  gw_reply_id (request);
  sage_http_reply_header (request, "x-amzn-ErrorType", "ModelError");
  sage_http_reply (request, 424, "application/json", body->str, body->len);
}
