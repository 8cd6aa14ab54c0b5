/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-client"

#include "config.h"

#include <gio/gunixsocketaddress.h>
#include <libsoup/soup.h>
#include <string.h>

#include "sage-client-private.h"
#include "sage-digest.h"
#include "sage-error.h"
#include "sage-sigv4.h"
#include "sage-websocket.h"

#define TIMEOUT_SECONDS 60
#define MAX_CONNECTIONS 8

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
  g_clear_pointer (&self->session_token, g_free);
  g_clear_pointer (&self->region, g_free);
  g_clear_object (&self->trust);

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
  g_autoptr(SageTrust) trust = sage_trust_new (NULL);

  return sage_client_new_trusting (endpoint, access_key, secret, region, trust);
}

/**
 * sage_client_new_trusting:
 * @trust: which certificates it takes
 *
 * As sage_client_new(), which takes those that the machine's authorities vouch for.
 *
 * Returns: (transfer full): a client
 */
SageClient *
sage_client_new_trusting (const char *endpoint,
                          const char *access_key,
                          const char *secret,
                          const char *region,
                          SageTrust  *trust)
{
  SageClient *self;
  g_autoptr(GSocketAddress) address = NULL;

  g_return_val_if_fail (endpoint != NULL, NULL);
  g_return_val_if_fail ((access_key == NULL) == (secret == NULL), NULL);
  g_return_val_if_fail (SAGE_IS_TRUST (trust), NULL);

  self = g_object_new (SAGE_TYPE_CLIENT, NULL);
  self->endpoint = g_strdup (endpoint);
  self->access_key = g_strdup (access_key);
  self->secret = g_strdup (secret);
  self->region = g_strdup (region != NULL ? region : "us-east-1");
  self->trust = g_object_ref (trust);

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
  /* An object is stored with the encoding it was given, and is wanted as it is. */
  soup_session_remove_feature_by_type (self->session, SOUP_TYPE_CONTENT_DECODER);
  sage_trust_guard_session (trust, self->session);

  return self;
}

/**
 * sage_client_set_session_token:
 * @self: the client
 * @token: (nullable): what came with its keys; %NULL for keys that are good alone
 *
 * Sends @token with every request that is signed. Keys that somebody got for logging in need it.
 */
void
sage_client_set_session_token (SageClient *self,
                               const char *token)
{
  g_return_if_fail (SAGE_IS_CLIENT (self));

  g_set_str (&self->session_token, token);
}

static char *
hash_body (GBytes *body)
{
  guint8 digest[SAGE_SHA256_SIZE];

  sage_sha256 (body != NULL ? g_bytes_get_data (body, NULL) : NULL,
               body != NULL ? g_bytes_get_size (body) : 0, digest);

  return sage_hex (digest, sizeof digest);
}

/**
 * sage_client_sign:
 * @self: the client
 * @service: the signing name of the service
 * @method: the method
 * @uri: what is asked for
 * @headers: what is sent; those there now are signed, and what the signature needs is added
 * @payload_hash: the SHA-256 of the body, or what S3 takes instead
 *
 * Signs a request, if the client has a key.
 */
void
sage_client_sign (SageClient         *self,
                  const char         *service,
                  const char         *method,
                  GUri               *uri,
                  SoupMessageHeaders *headers,
                  const char         *payload_hash)
{
  g_autoptr(GPtrArray) pairs = g_ptr_array_new_null_terminated (8, NULL, TRUE);
  g_autoptr(GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *date = g_date_time_format (now, "%Y%m%dT%H%M%SZ");
  g_autofree char *host = sage_websocket_host (uri);
  g_autofree char *authorization = NULL;
  SageSigRequest request;
  SoupMessageHeadersIter iter;
  const char *name;
  const char *value;

  soup_message_headers_replace (headers, "Host", host);
  if (self->access_key == NULL)
    return;

  soup_message_headers_replace (headers, "X-Amz-Date", date);
  if (self->session_token != NULL)
    soup_message_headers_replace (headers, "X-Amz-Security-Token", self->session_token);
  if (strcmp (service, "s3") == 0)
    soup_message_headers_replace (headers, "X-Amz-Content-SHA256", payload_hash);
  soup_message_headers_iter_init (&iter, headers);
  while (soup_message_headers_iter_next (&iter, &name, &value))
    {
      g_ptr_array_add (pairs, (gpointer) name);
      g_ptr_array_add (pairs, (gpointer) value);
    }

  request.method = method;
  request.raw_path = g_uri_get_path (uri);
  request.raw_query = g_uri_get_query (uri) != NULL ? g_uri_get_query (uri) : "";
  request.headers = (const char *const *) pairs->pdata;
  request.body_sha256 = payload_hash;
  authorization = sage_sig_authorization (&request, self->access_key, self->secret, self->region,
                                          service, payload_hash);
  soup_message_headers_replace (headers, "Authorization", authorization);
}

/**
 * sage_client_make_uri:
 * @self: the client
 * @path: an encoded absolute path, perhaps with a query
 *
 * Returns: (transfer full) (nullable): @path below the endpoint; %NULL for an endpoint that is no
 *   URL
 */
GUri *
sage_client_make_uri (SageClient *self,
                      const char *path)
{
  const char *question = strchr (path, '?');
  g_autofree char *own = question != NULL ? g_strndup (path, question - path) : g_strdup (path);
  g_autofree char *prefix = NULL;
  g_autofree char *full = NULL;

  if (self->uri == NULL)
    return NULL;

  /* Not resolved as a link would be: the dots in a key of S3 are the key's. */
  prefix = g_strdup (g_uri_get_path (self->uri));
  if (g_str_has_suffix (prefix, "/"))
    prefix[strlen (prefix) - 1] = '\0';
  full = g_strconcat (prefix, prefix[0] != '\0' && strcmp (own, "/") == 0 ? "" : own, NULL);

  return g_uri_build (SOUP_HTTP_URI_FLAGS, g_uri_get_scheme (self->uri), NULL,
                      g_uri_get_host (self->uri), g_uri_get_port (self->uri), full,
                      question != NULL ? question + 1 : NULL, NULL);
}

/**
 * sage_client_make_message:
 * @self: the client
 * @service: the signing name of the service
 * @method: the method
 * @path: an encoded absolute path, perhaps with a query
 * @headers: (nullable): name, value, name, value, …, %NULL
 * @body: (nullable): the body; without one, and for S3, the payload is not signed if
 *   @unsigned_payload
 * @unsigned_payload: the body comes later, as a stream
 *
 * Returns: (transfer full) (nullable): a signed message, or %NULL for an endpoint that is no URL
 */
SoupMessage *
sage_client_make_message (SageClient         *self,
                          const char         *service,
                          const char         *method,
                          const char         *path,
                          const char * const *headers,
                          GBytes             *body,
                          gboolean            unsigned_payload)
{
  g_autoptr(GUri) uri = sage_client_make_uri (self, path);
  g_autoptr(SoupMessage) message = NULL;
  g_autofree char *hash = NULL;
  SoupMessageHeaders *own;

  if (uri == NULL)
    return NULL;

  message = soup_message_new_from_uri (method, uri);
  soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT);
  own = soup_message_get_request_headers (message);
  if (body != NULL)
    soup_message_set_request_body_from_bytes (message, NULL, body);
  for (guint i = 0; headers != NULL && headers[i] != NULL; i += 2)
    soup_message_headers_replace (own, headers[i], headers[i + 1]);
  hash = unsigned_payload ? g_strdup ("UNSIGNED-PAYLOAD") : hash_body (body);
  sage_client_sign (self, service, method, soup_message_get_uri (message), own, hash);

  return g_steal_pointer (&message);
}

/**
 * sage_client_throw_endpoint:
 *
 * Sets the error of an endpoint that is no URL.
 */
gboolean
sage_client_throw_endpoint (SageClient  *self,
                            GError     **error)
{
  return sage_throw (error, SAGE_ERROR_INVALID,
                     "'%s' is neither an HTTP URL nor the path of a socket", self->endpoint);
}

/**
 * sage_client_translate_error:
 *
 * Cancellation stays what it is, and so does what this layer found; everything else says that
 * nobody could be reached, or nobody who could be trusted.
 */
void
sage_client_translate_error (SageClient  *self,
                             GError     **error)
{
  GError *cause = *error;

  if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_CANCELLED) || cause->domain == SAGE_ERROR)
    return;

  *error = NULL;
  if (g_error_matches (cause, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE))
    sage_trust_throw_refused (self->trust, self->endpoint, error);
  else
    sage_throw (error, SAGE_ERROR_UNREACHABLE, "The engine at '%s' does not answer: %s",
                self->endpoint, cause->message);
  g_error_free (cause);
}

const char *
sage_client_get_endpoint (SageClient *self)
{
  g_return_val_if_fail (SAGE_IS_CLIENT (self), NULL);

  return self->endpoint;
}

/**
 * sage_client_get_trust:
 * @self: the client
 *
 * Returns: (transfer none): which certificates it takes
 */
SageTrust *
sage_client_get_trust (SageClient *self)
{
  g_return_val_if_fail (SAGE_IS_CLIENT (self), NULL);

  return self->trust;
}

/**
 * sage_client_is_local:
 * @self: the client
 *
 * Returns: whether it talks through a Unix socket
 */
gboolean
sage_client_is_local (SageClient *self)
{
  g_return_val_if_fail (SAGE_IS_CLIENT (self), FALSE);

  return g_path_is_absolute (self->endpoint);
}

/**
 * sage_client_get_credentials:
 * @self: a client
 * @access_key: (out) (transfer none) (nullable): what its requests are signed with
 * @secret: (out) (transfer none) (nullable): likewise; it is not to be kept
 *
 * For what speaks to the same engine in another protocol.
 */
void
sage_client_get_credentials (SageClient  *self,
                             const char **access_key,
                             const char **secret)
{
  g_return_if_fail (SAGE_IS_CLIENT (self));

  *access_key = self->access_key;
  *secret = self->secret;
}
