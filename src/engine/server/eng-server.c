/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-server"

#include "config.h"

#include <string.h>

#include "eng-aws-json.h"
#include "eng-aws-query.h"
#include "eng-event-stream.h"
#include "eng-invoke.h"
#include "eng-sagebrush.h"
#include "eng-server.h"
#include "sage-http-uri.h"

/* The longest a client may take over one request; uploads of gigabytes fit. */
#define REQUEST_SECONDS 3600

struct _EngServer
{
  EngEngine      *engine;
  EngAuth        *auth;
  SageHttpServer *http; /* (owned) */
};

/* Pages in a browser reach loopback ports; no client of ours sends an Origin. */
static gboolean
refuse_browser (SageHttpRequest *http,
                EngRequest      *request)
{
  if (sage_http_request_header (http, "Origin") == NULL)
    return FALSE;

  eng_request_refuse (http, request, 403, "AccessDeniedException",
                      "Requests from web pages are not accepted");

  return TRUE;
}

/* Calls are signed over their whole body: a client that knows its hash knows its length. */
static gboolean
refuse_chunked (SageHttpRequest *http,
                EngRequest      *request)
{
  if (request->dialect == ENG_DIALECT_S3 || sage_http_request_content_length (http) >= 0)
    return FALSE;

  eng_request_refuse (http, request, 411, "MissingContentLength",
                      "The length of the body must be given in Content-Length");

  return TRUE;
}

/* Of S3's operations those with the methods GET and HEAD only read. */
static gboolean
begin_s3 (EngServer       *self,
          SageHttpRequest *http,
          EngRequest      *request)
{
  const char *method = sage_http_request_method (http);

  return eng_auth_check (self->auth, http, request) &&
         (strcmp (method, "GET") == 0 || strcmp (method, "HEAD") == 0 ||
          eng_auth_check_once (self->auth, http, request));
}

static void
handle_aws_json (EngServer       *self,
                 SageHttpRequest *http,
                 EngRequest      *request)
{
  const EngOperation *operation = eng_aws_json_find (self->engine, request, http);

  if (operation != NULL &&
      (operation->access != ENG_ACCESS_WRITE || eng_auth_check_once (self->auth, http, request)))
    eng_aws_json_handle (self->engine, operation, request, http);
}

/* An escape that stands for no character, a NUL, a line end: S3 alone has names with some of these,
 * and looks for itself. */
static gboolean
refuse_bad_path (SageHttpRequest *http,
                 EngRequest      *request)
{
  const char *path = sage_http_request_path (http);
  g_autoptr(GError) error = NULL;
  g_autofree char *decoded = NULL;
  g_autofree char *message = NULL;

  if (request->dialect == ENG_DIALECT_S3 || strchr (path, '%') == NULL)
    return FALSE;
  decoded = sage_http_uri_decode (path, -1, &error);
  if (decoded != NULL)
    return FALSE;

  message = g_strdup_printf ("Malformed path: %s", error->message);
  eng_request_refuse (http, request, 400, request->dialect == ENG_DIALECT_RUNTIME
                      ? "ValidationError" : "ValidationException", message);

  return TRUE;
}

static void
begin_cb (SageHttpRequest *http,
          gpointer         user_data)
{
  EngServer *self = user_data;
  EngRequest *request = eng_request_new (http);

  sage_http_request_set_data (http, request, (GDestroyNotify) eng_request_free);

  if (refuse_browser (http, request) || refuse_chunked (http, request) ||
      refuse_bad_path (http, request))
    return;

  switch (request->dialect)
    {
    case ENG_DIALECT_AWS_JSON:
      sage_http_request_set_limit (http, eng_aws_json_limit (http));
      break;
    case ENG_DIALECT_RUNTIME:
      sage_http_request_set_limit (http, ENG_INVOKE_MAX_BODY);
      break;
    case ENG_DIALECT_S3:
      if (begin_s3 (self, http, request))
        request->s3 = eng_s3_begin (self->engine, &request->sig, http);
      break;
    case ENG_DIALECT_AWS_QUERY:
    case ENG_DIALECT_SAGEBRUSH:
      break;
    case ENG_DIALECT_NONE:
      eng_request_refuse (http, request, 404, "UnknownOperationException",
                          "There is nothing at this path");
      break;
    }
}

static void
handle_cb (SageHttpRequest *http,
           gpointer         user_data)
{
  EngServer *self = user_data;
  EngRequest *request = sage_http_request_data (http);

  if (request->dialect != ENG_DIALECT_S3 && !eng_auth_check (self->auth, http, request))
    return;

  switch (request->dialect)
    {
    case ENG_DIALECT_AWS_JSON:
      handle_aws_json (self, http, request);
      break;
    case ENG_DIALECT_AWS_QUERY:
      eng_aws_query_handle (self->engine, request, http);
      break;
    case ENG_DIALECT_RUNTIME:
      eng_invoke_handle (self->engine, request, http);
      break;
    case ENG_DIALECT_S3:
      eng_s3_handle (request->s3);
      break;
    case ENG_DIALECT_SAGEBRUSH:
      eng_sagebrush_handle (self->engine, request, http);
      break;
    case ENG_DIALECT_NONE:
      g_assert_not_reached ();
    }
}

/**
 * eng_server_new:
 * @engine: the engine; must outlive the server
 * @auth: its keys; must outlive the server
 *
 * Returns: (transfer full): a server that does not listen yet
 */
EngServer *
eng_server_new (EngEngine *engine,
                EngAuth   *auth)
{
  static const SageHttpHandler handler = { begin_cb, handle_cb };
  SageHttpOptions options = {
    .threading = SAGE_HTTP_THREADED,
    .request_seconds = REQUEST_SECONDS,
  };
  EngServer *self = g_new0 (EngServer, 1);

  self->engine = engine;
  self->auth = auth;
  self->http = sage_http_server_new (&handler, self, &options);

  return self;
}

/**
 * eng_server_listen:
 * @server: the server
 * @socket_path: where to make the Unix socket
 * @port: loopback port, 0 for a free one
 */
gboolean
eng_server_listen (EngServer   *server,
                   const char  *socket_path,
                   guint16      port,
                   GError     **error)
{
  return sage_http_server_listen_unix (server->http, socket_path, error) &&
         sage_http_server_listen_tcp (server->http, "127.0.0.1", port, error);
}

/**
 * eng_server_port:
 *
 * Returns: the loopback port
 */
guint16
eng_server_port (EngServer *server)
{
  return sage_http_server_port (server->http);
}

/**
 * eng_server_free:
 * @server: (nullable): the server
 *
 * Stops listening, gives requests under way a moment, and frees.
 */
void
eng_server_free (EngServer *server)
{
  if (server == NULL)
    return;

  sage_http_server_stop (server->http);
  eng_event_streams_finish ();
  sage_http_server_free (server->http);
  g_free (server);
}
