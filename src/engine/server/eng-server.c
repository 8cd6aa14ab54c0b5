/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-server"

#include "config.h"

#include <arpa/inet.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>

#include "eng-aws-json.h"
#include "eng-aws-query.h"
#include "eng-event-stream.h"
#include "eng-invoke.h"
#include "eng-jupyter.h"
#include "eng-kernel-channels.h"
#include "eng-login.h"
#include "eng-mlflow.h"
#include "eng-permit.h"
#include "eng-sagebrush.h"
#include "eng-server.h"
#include "sage-http-uri.h"

/* The longest a client may take over one request; uploads of gigabytes fit. */
#define REQUEST_SECONDS 3600

/* An artifact whose signature covers it: so much is kept until it is checked. */
#define MAX_SIGNED_ARTIFACT (64 * 1024 * 1024)

struct _EngServer
{
  EngEngine      *engine;
  EngAuth        *auth;
  SageHttpServer *http; /* (owned) */
  char           *public_url; /* (owned) (nullable) */
};

/* Some clients of WebSockets that are no browsers say that they come from where they go to. A page must
 * not: an object of a bucket may be one, and a browser shows a client certificate by itself, so that with
 * one nothing that names an origin is answered. Its Host was found to be a name of this machine. */
static gboolean
is_own_origin (SageHttpRequest *http,
               EngRequest      *request,
               const char      *origin)
{
  const char *host = sage_http_request_header (http, "Host");
  const char *scheme = sage_http_request_is_tls (http) ? "https://" : "http://";
  g_autofree char *client = sage_http_request_client (http);

  return request->dialect == ENG_DIALECT_JUPYTER && sage_http_request_peer_uid (http) < 0 &&
         client == NULL && g_str_has_prefix (origin, scheme) &&
         g_strcmp0 (origin + strlen (scheme), host) == 0;
}

/* Pages in a browser reach loopback ports. */
static gboolean
refuse_browser (SageHttpRequest *http,
                EngRequest      *request)
{
  const char *origin = sage_http_request_header (http, "Origin");

  if (origin == NULL || (sage_http_request_count_header (http, "Origin") == 1 &&
                         is_own_origin (http, request, origin)))
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
  /* MLflow's sends empty files so */
  if (request->dialect == ENG_DIALECT_S3 || sage_http_request_content_length (http) >= 0 ||
      (request->dialect == ENG_DIALECT_MLFLOW && eng_mlflow_is_upload (http)))
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

/* An artifact may have gigabytes, which are not kept in memory; so who sends it is found out before, unless
 * a signature covers the whole of it. */
static void
begin_mlflow (EngServer       *self,
              SageHttpRequest *http,
              EngRequest      *request)
{
  const char *authorization = sage_http_request_header (http, "Authorization");

  if (!eng_mlflow_is_upload (http))
    sage_http_request_set_limit (http, eng_mlflow_limit (http));
  else if (authorization != NULL && g_str_has_prefix (authorization, "AWS4"))
    sage_http_request_set_limit (http, MAX_SIGNED_ARTIFACT);
  else if (eng_auth_check (self->auth, http, request))
    {
      request->is_known = TRUE;
      request->upload = eng_mlflow_upload_begin (self->engine, request, http);
    }
}

static void
handle_aws_json (EngServer       *self,
                 SageHttpRequest *http,
                 EngRequest      *request)
{
  const EngOperation *operation = eng_aws_json_find (self->engine, request, http);

  if (operation != NULL &&
      (operation->access == ENG_ACCESS_READ || eng_auth_check_once (self->auth, http, request)))
    eng_aws_json_handle (self->engine, operation, request, http);
}

/* Of all that is spoken here only Jupyter has it. */
static gboolean
refuse_patch (SageHttpRequest *http,
              EngRequest      *request)
{
  if (request->dialect == ENG_DIALECT_JUPYTER ||
      strcmp (sage_http_request_method (http), "PATCH") != 0)
    return FALSE;

  eng_request_refuse (http, request, 405, "MethodNotAllowed",
                      "The method PATCH is not possible here");

  return TRUE;
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

  if (refuse_browser (http, request) || refuse_patch (http, request) ||
      refuse_chunked (http, request) || refuse_bad_path (http, request))
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
        request->s3 = eng_s3_begin (self->engine, &request->sig, &request->caller, http);
      break;
    case ENG_DIALECT_MLFLOW:
      begin_mlflow (self, http, request);
      break;
    case ENG_DIALECT_AWS_QUERY:
    case ENG_DIALECT_SAGEBRUSH:
    case ENG_DIALECT_JUPYTER:
      break;
    case ENG_DIALECT_NONE:
      eng_request_refuse (http, request, 404, "UnknownOperationException",
                          "There is nothing at this path");
      break;
    }
}

/* What changes something is done once for a signature. */
static gboolean
check_once (EngServer       *self,
            SageHttpRequest *http,
            EngRequest      *request)
{
  return strcmp (sage_http_request_method (http), "GET") == 0 ||
         eng_auth_check_once (self->auth, http, request);
}

/* A kernel does what it is told as the engine's own user, whose files hold the keys of everybody. */
static gboolean
may_use_kernels (EngServer       *self,
                 SageHttpRequest *http,
                 EngRequest      *request)
{
  return eng_permit (self->engine, request, http, "sagebrush", "UseKernels", ENG_ACCESS_ADMIN);
}

/* Bodies come as they are, and JSON says that it is JSON: a page can have a browser post text or a form
 * without asking. Operations of AWS look for themselves; clients of Jupyter call their JSON a form. */
static gboolean
refuse_media (SageHttpRequest *http,
              EngRequest      *request)
{
  const char *type = sage_http_request_header (http, "Content-Type");
  GBytes *body = sage_http_request_body (http);
  gboolean is_empty = body == NULL || g_bytes_get_size (body) == 0;
  const char *message = NULL;

  if (request->dialect == ENG_DIALECT_S3 || request->dialect == ENG_DIALECT_AWS_JSON)
    return FALSE;
  if (sage_http_request_header (http, "Content-Encoding") != NULL)
    message = "Compressed requests are not accepted";
  else if (request->dialect == ENG_DIALECT_SAGEBRUSH && !is_empty &&
           (type == NULL || !g_str_has_prefix (type, "application/json")))
    message = "The content type must be application/json";
  if (message != NULL)
    eng_request_refuse (http, request, 415, "UnsupportedMediaTypeException", message);

  return message != NULL;
}

static void
handle_cb (SageHttpRequest *http,
           gpointer         user_data)
{
  EngServer *self = user_data;
  EngRequest *request = sage_http_request_data (http);

  if (request->dialect == ENG_DIALECT_SAGEBRUSH && eng_login_has_path (sage_http_request_path (http)))
    {
      if (!refuse_media (http, request))
        eng_login_handle (self->engine, request, http);
      return;
    }
  if (request->dialect != ENG_DIALECT_S3 && !request->is_known &&
      !eng_auth_check (self->auth, http, request))
    return;
  if (refuse_media (http, request))
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
      if (eng_permit (self->engine, request, http, "sagemaker", "InvokeEndpoint", ENG_ACCESS_WRITE))
        eng_invoke_handle (self->engine, request, http);
      break;
    case ENG_DIALECT_S3:
      eng_s3_handle (request->s3);
      break;
    case ENG_DIALECT_SAGEBRUSH:
      if (check_once (self, http, request))
        eng_sagebrush_handle (self->engine, request, http);
      break;
    case ENG_DIALECT_JUPYTER:
      if (check_once (self, http, request) && may_use_kernels (self, http, request))
        eng_jupyter_handle (self->engine, request, http);
      break;
    case ENG_DIALECT_MLFLOW:
      if (check_once (self, http, request))
        eng_mlflow_handle (self->engine, request, http);
      break;
    case ENG_DIALECT_NONE:
      g_assert_not_reached ();
    }
}

/* The names that requests may be for beside those of this machine's own.
 * Returns: (transfer full): %NULL-terminated */
static char **
public_names (const EngConfig *config)
{
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();

  for (char **name = config != NULL ? config->names : NULL; name != NULL && *name != NULL; name++)
    g_strv_builder_add (builder, *name);
  for (guint i = 0; config != NULL && i < config->listen->len; i++)
    {
      const char *address = g_array_index (config->listen, EngListen, i).address;
      g_autofree char *host = strchr (address, ':') != NULL ? g_strdup_printf ("[%s]", address)
                                                            : g_strdup (address);

      g_strv_builder_add (builder, host);
    }
  return g_strv_builder_end (builder);
}

/**
 * eng_server_new:
 * @engine: the engine; must outlive the server
 * @auth: its keys; must outlive the server
 * @config: (nullable): by which names it is reached
 *
 * Returns: (transfer full): a server that does not listen yet
 */
EngServer *
eng_server_new (EngEngine       *engine,
                EngAuth         *auth,
                const EngConfig *config)
{
  static const SageHttpHandler handler = { begin_cb, handle_cb };
  g_auto(GStrv) names = public_names (config);
  SageHttpOptions options = {
    .threading = SAGE_HTTP_THREADED,
    .request_seconds = REQUEST_SECONDS,
    .patch = TRUE,
    .allowed_hosts = (const char * const *) names,
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

/* Listens on one address of the configuration. Returns: the port; 0 on error */
static guint16
listen_public (EngServer        *self,
               const EngListen  *listen,
               SageHttpTls      *tls,
               GError          **error)
{
  if (tls != NULL)
    return sage_http_server_listen_tls (self->http, listen->address, listen->port, tls, error);
  /* without a certificate the configuration has but loopback addresses */
  return sage_http_server_listen_tcp (self->http, listen->address, listen->port, error)
           ? MAX (listen->port, 1) : 0;
}

/**
 * eng_server_listen_public:
 * @server: the server
 * @config: on which addresses
 * @tls: (nullable): what to show there; %NULL speaks in clear
 * @error: (out): where the error goes, as sage_http_server_listen_tls() says
 *
 * Listens where @config says, beside what eng_server_listen() opens.
 */
gboolean
eng_server_listen_public (EngServer        *server,
                          const EngConfig  *config,
                          SageHttpTls      *tls,
                          GError          **error)
{
  gboolean only_local = TRUE;

  for (guint i = 0; i < config->listen->len; i++)
    {
      const EngListen *listen = &g_array_index (config->listen, EngListen, i);
      gboolean is_local = eng_listen_is_loopback (listen);
      guint16 port = listen_public (server, listen, tls, error);
      const char *name = config->names[0] != NULL ? config->names[0] : listen->address;
      gboolean is_six = strchr (name, ':') != NULL && name[0] != '[';

      if (port == 0)
        return FALSE;
      /* the first that others can reach, else the first */
      if (tls != NULL && (server->public_url == NULL || (only_local && !is_local)))
        {
          g_free (server->public_url);
          server->public_url = g_strdup_printf ("https://%s%s%s:%u", is_six ? "[" : "", name,
                                                is_six ? "]" : "", port);
        }
      only_local = only_local && is_local;
    }
  return TRUE;
}

/**
 * eng_server_public_url:
 *
 * Returns: (nullable): where other machines reach the engine through TLS
 */
const char *
eng_server_public_url (EngServer *server)
{
  return server->public_url;
}

/**
 * eng_server_set_tls:
 * @server: the server
 * @tls: what to show from now on, where TLS is spoken
 */
void
eng_server_set_tls (EngServer   *server,
                    SageHttpTls *tls)
{
  sage_http_server_set_tls (server->http, tls);
}

/**
 * eng_server_port_is_free:
 * @port: a loopback port
 *
 * Returns: whether a server could listen there right now
 */
gboolean
eng_server_port_is_free (guint16 port)
{
  g_autofd int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons (port) };
  int one = 1;

  address.sin_addr.s_addr = htonl (INADDR_LOOPBACK);

  return fd >= 0 && setsockopt (fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) == 0 &&
         bind (fd, (struct sockaddr *) &address, sizeof address) == 0;
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
  eng_kernel_channels_finish ();
  sage_http_server_free (server->http);
  g_free (server->public_url);
  g_free (server);
}
