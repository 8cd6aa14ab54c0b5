/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-jupyter"

#include "config.h"

#include <string.h>

#include "eng-jupyter-private.h"
#include "sage-error.h"
#include "sage-json.h"

/**
 * eng_jupyter_refuse:
 * @http: the request
 * @status: HTTP status
 * @reason: a word for programs
 * @message: what is wrong; must be printable
 *
 * Answers with an error in the form of jupyter_server's API handlers.
 */
void
eng_jupyter_refuse (SageHttpRequest *http,
                    guint            status,
                    const char      *reason,
                    const char      *message)
{
  g_autoptr(GString) body = g_string_new ("{\"message\": ");

  sage_json_append_string (body, message);
  g_string_append (body, ", \"reason\": ");
  sage_json_append_string (body, reason);
  g_string_append_c (body, '}');
  sage_http_reply (http, status, "application/json", body->str, body->len);
}

/**
 * eng_jupyter_reply:
 * @self: the request
 * @status: HTTP status
 * @body: (transfer full): the answer
 */
void
eng_jupyter_reply (EngJupyter *self,
                   guint       status,
                   JsonNode   *body)
{
  g_autoptr(JsonNode) node = body;
  g_autofree char *text = sage_json_to_string (node);

  sage_http_reply (self->http, status, "application/json", text, strlen (text));
}

/**
 * eng_jupyter_reply_object:
 * @self: the request
 * @status: HTTP status
 * @body: (transfer full): the answer
 */
void
eng_jupyter_reply_object (EngJupyter *self,
                          guint       status,
                          JsonObject *body)
{
  eng_jupyter_reply (self, status, sage_json_take_object (body));
}

/**
 * eng_jupyter_throw:
 * @self: the request
 * @why: why it cannot be done
 *
 * Answers with the error.
 */
void
eng_jupyter_throw (EngJupyter   *self,
                   const GError *why)
{
  static const struct
  {
    SageError   code;
    guint       status;
    const char *reason;
  } answers[] = {
    { SAGE_ERROR_NOT_FOUND, 404, "Not Found" },
    { SAGE_ERROR_INVALID, 400, "Bad Request" },
    { SAGE_ERROR_SYNTAX, 400, "Bad Request" },
    { SAGE_ERROR_TOO_LARGE, 413, "Content Too Large" },
    { SAGE_ERROR_CONFLICT, 409, "Conflict" },
    { SAGE_ERROR_UNREACHABLE, 409, "Conflict" },
    { SAGE_ERROR_BUSY, 503, "Service Unavailable" },
    { SAGE_ERROR_NO_SPACE, 507, "Insufficient Storage" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    if (g_error_matches (why, SAGE_ERROR, answers[i].code))
      {
        eng_jupyter_refuse (self->http, answers[i].status, answers[i].reason, why->message);
        return;
      }

  g_warning ("%s %s: %s", self->method, sage_http_request_path (self->http), why->message);
  eng_jupyter_refuse (self->http, 500, "Internal Server Error", why->message);
}

/**
 * eng_jupyter_wrong_method:
 * @self: the request
 */
void
eng_jupyter_wrong_method (EngJupyter *self)
{
  eng_jupyter_refuse (self->http, 405, "Method Not Allowed", "Method Not Allowed");
}

/**
 * eng_jupyter_body:
 * @self: the request
 * @body: (out) (transfer full) (nullable): what the client sent: an object; %NULL if nothing
 *
 * Returns: whether it could be read; else the request is answered
 */
gboolean
eng_jupyter_body (EngJupyter  *self,
                  JsonNode   **body)
{
  GBytes *bytes = sage_http_request_body (self->http);
  g_autoptr(GError) error = NULL;

  *body = NULL;
  if (bytes == NULL || g_bytes_get_size (bytes) == 0)
    return TRUE;

  *body = sage_json_parse_object (g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes),
                                  NULL, &error);
  if (*body == NULL)
    {
      g_autofree char *message = g_strdup_printf ("Invalid JSON in body of request: %s",
                                                  error->message);

      eng_jupyter_refuse (self->http, 400, "Bad Request", message);
    }

  return *body != NULL;
}

/**
 * eng_jupyter_call:
 * @self: the request
 * @operation: what it comes to
 * @call: (out caller-allocates): the call, for the services
 */
void
eng_jupyter_call (EngJupyter         *self,
                  const EngOperation *operation,
                  EngCall            *call)
{
  eng_call_init (call, self->engine, operation, &self->request->caller, self->request->source,
                 self->request->request_id);
}
