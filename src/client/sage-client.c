/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-client"

#include "config.h"

#include <gio/gunixsocketaddress.h>
#include <libsoup/soup.h>
#include <string.h>

#include "sage-aws-error.h"
#include "sage-client.h"
#include "sage-digest.h"
#include "sage-error.h"
#include "sage-json.h"
#include "sage-sigv4.h"

#define TIMEOUT_SECONDS 60
#define MAX_CONNECTIONS 8

/* A page of descriptions is far below this; anything above is no reply of ours. */
#define MAX_REPLY_BYTES (64 * 1024 * 1024)
#define MAX_REPLY_KEYS 1000000

struct _SageClient
{
  GObject      parent_instance;

  SoupSession *session;    /* (owned) */
  char        *endpoint;   /* (owned), as given: for messages */
  GUri        *uri;        /* (owned) (nullable): NULL if the endpoint is no HTTP URL */
  char        *access_key; /* (owned) (nullable): no signature without one */
  char        *secret;     /* (owned) (nullable) */
  char        *region;     /* (owned) */
};

G_DEFINE_FINAL_TYPE (SageClient, sage_client, G_TYPE_OBJECT)

static void
sage_client_finalize (GObject *object)
{
  SageClient *self = SAGE_CLIENT (object);

  g_clear_object (&self->session);
  g_clear_pointer (&self->endpoint, g_free);
  g_clear_pointer (&self->uri, g_uri_unref);
  g_clear_pointer (&self->access_key, g_free);
  if (self->secret != NULL)
    explicit_bzero (self->secret, strlen (self->secret));
  g_clear_pointer (&self->secret, g_free);
  g_clear_pointer (&self->region, g_free);

  G_OBJECT_CLASS (sage_client_parent_class)->finalize (object);
}

static void
sage_client_class_init (SageClientClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sage_client_finalize;
}

static void
sage_client_init (SageClient *self)
{
}

static gboolean
is_http (GUri *uri)
{
  const char *scheme = g_uri_get_scheme (uri);
  const char *host = g_uri_get_host (uri);

  return (strcmp (scheme, "http") == 0 || strcmp (scheme, "https") == 0)
         && host != NULL && host[0] != '\0';
}

/**
 * sage_client_new:
 * @endpoint: the URL of an engine, or the absolute path of its Unix socket
 * @access_key: (nullable): the access key; %NULL sends unsigned requests, which an engine takes
 *   from its own user over the socket
 * @secret: (nullable): its secret
 * @region: (nullable): the region; `us-east-1` if %NULL
 *
 * Returns: (transfer full): a client; nothing is sent yet, and a URL that cannot be used shows in
 *   the first call
 */
SageClient *
sage_client_new (const char *endpoint,
                 const char *access_key,
                 const char *secret,
                 const char *region)
{
  SageClient *self;
  g_autoptr(GSocketAddress) address = NULL;

  g_return_val_if_fail (endpoint != NULL, NULL);
  g_return_val_if_fail ((access_key == NULL) == (secret == NULL), NULL);

  self = g_object_new (SAGE_TYPE_CLIENT, NULL);
  self->endpoint = g_strdup (endpoint);
  self->access_key = g_strdup (access_key);
  self->secret = g_strdup (secret);
  self->region = g_strdup (region != NULL ? region : "us-east-1");

  if (g_path_is_absolute (endpoint))
    address = g_unix_socket_address_new (endpoint);
  self->uri = g_uri_parse (address != NULL ? "http://localhost" : endpoint,
                           SOUP_HTTP_URI_FLAGS, NULL);
  if (self->uri != NULL && !is_http (self->uri))
    g_clear_pointer (&self->uri, g_uri_unref);

  self->session = g_object_new (SOUP_TYPE_SESSION,
                                "remote-connectable", address,
                                "timeout", TIMEOUT_SECONDS,
                                "max-conns-per-host", MAX_CONNECTIONS,
                                "user-agent", "sagebrush/" SAGEBRUSH_VERSION,
                                NULL);
  /* The default one would load a proxy configuration, JavaScript included, to reach 127.0.0.1. */
  soup_session_set_proxy_resolver (self->session, NULL);

  return self;
}

/* The signing name of the service that @target is of. */
static const char *
service_for_target (const char *target)
{
  return target != NULL && g_str_has_prefix (target, "Logs_") ? "logs" : "sagemaker";
}

static void
sign_message (SageClient  *self,
              SoupMessage *message,
              const char  *target,
              GBytes      *body)
{
  SoupMessageHeaders *headers = soup_message_get_request_headers (message);
  GUri *uri = soup_message_get_uri (message);
  g_autoptr(GPtrArray) pairs = g_ptr_array_new_null_terminated (8, NULL, TRUE);
  g_autoptr(GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *date = g_date_time_format (now, "%Y%m%dT%H%M%SZ");
  g_autofree char *hash = NULL;
  g_autofree char *authorization = NULL;
  guint8 digest[SAGE_SHA256_SIZE];
  SageSigRequest request;
  SoupMessageHeadersIter iter;
  const char *name;
  const char *value;

  soup_message_headers_replace (headers, "X-Amz-Date", date);
  soup_message_headers_iter_init (&iter, headers);
  while (soup_message_headers_iter_next (&iter, &name, &value))
    {
      g_ptr_array_add (pairs, (gpointer) name);
      g_ptr_array_add (pairs, (gpointer) value);
    }

  sage_sha256 (body != NULL ? g_bytes_get_data (body, NULL) : NULL,
               body != NULL ? g_bytes_get_size (body) : 0, digest);
  hash = sage_hex (digest, sizeof digest);

  request.method = soup_message_get_method (message);
  request.raw_path = g_uri_get_path (uri);
  request.raw_query = g_uri_get_query (uri) != NULL ? g_uri_get_query (uri) : "";
  request.headers = (const char *const *) pairs->pdata;
  request.body_sha256 = hash;
  authorization = sage_sig_authorization (&request, self->access_key, self->secret, self->region,
                                          service_for_target (target), hash);
  soup_message_headers_replace (headers, "Authorization", authorization);
}

/* "127.0.0.1:5577", as the signature covers it. */
static char *
format_host (GUri *uri)
{
  const char *host = g_uri_get_host (uri);
  const char *open = strchr (host, ':') != NULL ? "[" : "";
  const char *close = open[0] != '\0' ? "]" : "";
  int port = g_uri_get_port (uri);

  if (port <= 0)
    return g_strconcat (open, host, close, NULL);

  return g_strdup_printf ("%s%s%s:%d", open, host, close, port);
}

/*
 * Returns: (transfer full): a message for the call, or %NULL for an endpoint that is no URL. A
 * %NULL @target makes a GET.
 */
static SoupMessage *
make_message (SageClient *self,
              const char *path,
              const char *target,
              JsonObject *input)
{
  g_autoptr(SoupMessage) message = NULL;
  g_autoptr(GUri) uri = NULL;
  g_autoptr(GBytes) body = NULL;
  g_autofree char *host = NULL;
  SoupMessageHeaders *headers;

  if (self->uri == NULL)
    return NULL;

  uri = g_uri_parse_relative (self->uri, path, SOUP_HTTP_URI_FLAGS, NULL);
  if (uri == NULL)
    return NULL;

  message = soup_message_new_from_uri (target != NULL ? SOUP_METHOD_POST : SOUP_METHOD_GET, uri);
  soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT);
  headers = soup_message_get_request_headers (message);
  host = format_host (uri);
  soup_message_headers_replace (headers, "Host", host);

  if (target != NULL)
    {
      char *text = input != NULL ? sage_json_object_to_string (input) : g_strdup ("{}");

      body = g_bytes_new_take (text, strlen (text));
      soup_message_set_request_body_from_bytes (message, "application/x-amz-json-1.1", body);
      soup_message_headers_replace (headers, "X-Amz-Target", target);
    }
  if (self->access_key != NULL)
    sign_message (self, message, target, body);

  return g_steal_pointer (&message);
}

static gboolean
throw_endpoint (SageClient  *self,
                GError     **error)
{
  return sage_throw (error, SAGE_ERROR_INVALID,
                     "'%s' is neither an HTTP URL nor the path of a socket", self->endpoint);
}

/* Cancellation stays what it is; everything else says that nobody could be reached. */
static void
prefix_transport_error (SageClient  *self,
                        GError     **error)
{
  GError *cause = *error;

  if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  *error = g_error_new (SAGE_ERROR, SAGE_ERROR_UNREACHABLE, "The engine at '%s' does not answer: %s",
                        self->endpoint, cause->message);
  g_error_free (cause);
}

static void
throw_reply (SoupMessage  *message,
             JsonNode     *root,
             GError      **error)
{
  guint status = soup_message_get_status (message);
  SoupMessageHeaders *headers = soup_message_get_response_headers (message);
  JsonObject *object = root != NULL ? json_node_get_object (root) : NULL;
  const char *code = soup_message_headers_get_one (headers, "x-amzn-ErrorType");
  const char *text = NULL;
  g_autofree char *safe = NULL;

  if (object != NULL)
    {
      code = sage_json_string (object, "__type", code);
      text = sage_json_string (object, "Message", sage_json_string (object, "message", NULL));
    }

  if (text == NULL || text[0] == '\0')
    text = code != NULL ? code : soup_status_get_phrase (status);
  safe = sage_aws_sanitise (text, -1, 4096);
  sage_throw (error, sage_aws_error_from_code (code, status), "%s", safe);
}

/* Returns: (transfer full): the reply, an empty one for an empty body */
static JsonObject *
read_reply (SageClient   *self,
            SoupMessage  *message,
            GBytes       *body,
            GError      **error)
{
  const SageJsonLimits limits = { MAX_REPLY_BYTES, 0, MAX_REPLY_KEYS };
  gboolean success = SOUP_STATUS_IS_SUCCESSFUL (soup_message_get_status (message));
  gsize length = g_bytes_get_size (body);
  g_autoptr(JsonNode) root = NULL;

  if (success && length == 0)
    return json_object_new ();

  if (length > 0)
    root = sage_json_parse_object (g_bytes_get_data (body, NULL), length, &limits,
                                   success ? error : NULL);
  if (!success)
    {
      throw_reply (message, root, error);
      return NULL;
    }
  if (root == NULL)
    {
      if (error != NULL && *error != NULL)
        (*error)->code = SAGE_ERROR_PROTOCOL;
      g_prefix_error (error, "Reading the reply of '%s': ", self->endpoint);
      return NULL;
    }

  return json_node_dup_object (root);
}

static void
sage_client_call_cb (GObject      *object,
                     GAsyncResult *result,
                     gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  SageClient *self = g_task_get_source_object (task);
  SoupMessage *message = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) body = NULL;
  JsonObject *reply = NULL;

  body = soup_session_send_and_read_finish (SOUP_SESSION (object), result, &error);
  if (body == NULL)
    prefix_transport_error (self, &error);
  else
    reply = read_reply (self, message, body, &error);

  if (reply != NULL)
    g_task_return_pointer (task, reply, (GDestroyNotify) json_object_unref);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

/**
 * sage_client_call_async:
 * @self: the client
 * @target: the operation, e.g. `SageMaker.ListTrainingJobs`
 * @input: (nullable): its input; %NULL for none
 * @cancellable: (nullable): gives the call up; the engine may have carried it out
 * @callback: called with the reply
 * @user_data: for @callback
 *
 * Calls an operation of an AWS JSON service.
 */
void
sage_client_call_async (SageClient          *self,
                        const char          *target,
                        JsonObject          *input,
                        GCancellable        *cancellable,
                        GAsyncReadyCallback  callback,
                        gpointer             user_data)
{
  g_autoptr(GTask) task = NULL;
  g_autoptr(SoupMessage) message = NULL;
  g_autoptr(GError) error = NULL;

  g_return_if_fail (SAGE_IS_CLIENT (self));
  g_return_if_fail (target != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, sage_client_call_async);

  message = make_message (self, "/", target, input);
  if (message == NULL)
    {
      throw_endpoint (self, &error);
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }

  g_task_set_task_data (task, g_object_ref (message), g_object_unref);
  soup_session_send_and_read_async (self->session, message, G_PRIORITY_DEFAULT, cancellable,
                                    sage_client_call_cb, g_steal_pointer (&task));
}

/**
 * sage_client_call_finish:
 * @self: the client
 * @result: what the callback got
 * @error: return location
 *
 * Returns: (transfer full): the reply, empty for an operation without output, or %NULL with
 *   %SAGE_ERROR_UNREACHABLE, %SAGE_ERROR_PROTOCOL, or what the code of the engine's reply stands for
 */
JsonObject *
sage_client_call_finish (SageClient    *self,
                         GAsyncResult  *result,
                         GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static JsonObject *
send_and_wait (SageClient    *self,
               SoupMessage   *message,
               GCancellable  *cancellable,
               GError       **error)
{
  g_autoptr(GError) local_error = NULL;
  g_autoptr(GBytes) body = NULL;

  if (message == NULL)
    {
      throw_endpoint (self, error);
      return NULL;
    }

  body = soup_session_send_and_read (self->session, message, cancellable, &local_error);
  if (body == NULL)
    {
      prefix_transport_error (self, &local_error);
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }

  return read_reply (self, message, body, error);
}

/**
 * sage_client_call:
 * @self: the client
 * @target: the operation, e.g. `SageMaker.ListTrainingJobs`
 * @input: (nullable): its input; %NULL for none
 * @cancellable: (nullable): gives the call up
 * @error: return location
 *
 * Calls an operation and waits for its reply; for programs without a main loop.
 *
 * Returns: (transfer full): as sage_client_call_finish()
 */
JsonObject *
sage_client_call (SageClient    *self,
                  const char    *target,
                  JsonObject    *input,
                  GCancellable  *cancellable,
                  GError       **error)
{
  g_autoptr(SoupMessage) message = NULL;

  g_return_val_if_fail (SAGE_IS_CLIENT (self), NULL);
  g_return_val_if_fail (target != NULL, NULL);

  message = make_message (self, "/", target, input);

  return send_and_wait (self, message, cancellable, error);
}

/**
 * sage_client_get:
 * @self: the client
 * @path: a path with its query, e.g. `/sagebrush/v1/status`
 * @cancellable: (nullable): gives the call up
 * @error: return location
 *
 * Reads what the engine offers beside AWS's operations, and waits for it.
 *
 * Returns: (transfer full): as sage_client_call_finish()
 */
JsonObject *
sage_client_get (SageClient    *self,
                 const char    *path,
                 GCancellable  *cancellable,
                 GError       **error)
{
  g_autoptr(SoupMessage) message = NULL;

  g_return_val_if_fail (SAGE_IS_CLIENT (self), NULL);
  g_return_val_if_fail (path != NULL && path[0] == '/', NULL);

  message = make_message (self, path, NULL, NULL);

  return send_and_wait (self, message, cancellable, error);
}
