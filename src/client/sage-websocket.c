/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-websocket"

#include "config.h"

#include <gio/gunixsocketaddress.h>
#include <string.h>

#include "sage-aws-error.h"
#include "sage-client-private.h"
#include "sage-error.h"
#include "sage-paced-stream-private.h"
#include "sage-websocket-private.h"

#define CHUNK 4096
#define MAX_HEAD (16 * 1024)
#define MAX_MESSAGE (64 * 1024)

/* RFC 6455, section 1.3. */
#define GUID "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

/* The hash of no body. */
#define EMPTY_SHA256 "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

/* A handshake under way. Owned by its task. libsoup's own would not let us pace the stream. */
typedef struct
{
  GUri              *uri;     /* (owned) */
  char              *key;     /* (owned) */
  char              *request; /* (owned) */
  GSocketConnection *io;      /* (owned) (nullable) */
  GByteArray        *answer;  /* (owned) */
  guint              status;  /* of the answer; 0 as long as there is none */
} Handshake;

static void
handshake_free (Handshake *handshake)
{
  g_clear_pointer (&handshake->uri, g_uri_unref);
  g_free (handshake->key);
  g_free (handshake->request);
  g_clear_object (&handshake->io);
  g_byte_array_unref (handshake->answer);
  g_free (handshake);
}

static void
return_error (GTask  *task,
              GError *error)
{
  sage_client_translate_error (g_task_get_source_object (task), &error);
  g_task_return_error (task, error);
}

static char *
make_request (SageClient *self,
              Handshake  *handshake)
{
  SoupMessageHeaders *headers = soup_message_headers_new (SOUP_MESSAGE_HEADERS_REQUEST);
  const char *query = g_uri_get_query (handshake->uri);
  GString *text = g_string_new (NULL);
  SoupMessageHeadersIter iter;
  const char *name;
  const char *value;

  sage_client_sign (self, "sagemaker", SOUP_METHOD_GET, handshake->uri, headers, EMPTY_SHA256);
  soup_message_headers_replace (headers, "Connection", "Upgrade");
  soup_message_headers_replace (headers, "Upgrade", "websocket");
  soup_message_headers_replace (headers, "Sec-WebSocket-Version", "13");
  soup_message_headers_replace (headers, "Sec-WebSocket-Key", handshake->key);
  soup_message_headers_replace (headers, "User-Agent", "sagebrush/" SAGEBRUSH_VERSION);

  g_string_append_printf (text, "GET %s%s%s HTTP/1.1\r\n", g_uri_get_path (handshake->uri),
                          query != NULL ? "?" : "", query != NULL ? query : "");
  soup_message_headers_iter_init (&iter, headers);
  while (soup_message_headers_iter_next (&iter, &name, &value))
    g_string_append_printf (text, "%s: %s\r\n", name, value);
  g_string_append (text, "\r\n");
  soup_message_headers_unref (headers);

  return g_string_free_and_steal (text);
}

static gboolean
is_accepted (Handshake          *handshake,
             SoupMessageHeaders *headers)
{
  const char *accept = soup_message_headers_get_one (headers, "Sec-WebSocket-Accept");
  g_autofree char *text = g_strconcat (handshake->key, GUID, NULL);
  g_autofree char *expected = NULL;
  g_autoptr(GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA1);
  guint8 digest[20];
  gsize length = sizeof digest;

  g_checksum_update (checksum, (const guchar *) text, -1);
  g_checksum_get_digest (checksum, digest, &length);
  expected = g_base64_encode (digest, length);

  return soup_message_headers_header_contains (headers, "Connection", "Upgrade")
         && soup_message_headers_header_equals (headers, "Upgrade", "websocket")
         && g_strcmp0 (accept, expected) == 0
         && soup_message_headers_get_list (headers, "Sec-WebSocket-Extensions") == NULL
         && soup_message_headers_get_one (headers, "Sec-WebSocket-Protocol") == NULL;
}

/* Returns: (transfer full) (nullable): the connection, if the head of @length bytes allows it */
static SoupWebsocketConnection *
read_answer (SageClient  *self,
             Handshake   *handshake,
             gsize        length,
             GError     **error)
{
  SoupMessageHeaders *headers = soup_message_headers_new (SOUP_MESSAGE_HEADERS_RESPONSE);
  g_autofree char *head = g_strndup ((const char *) handshake->answer->data, length);
  g_autoptr(GBytes) rest = NULL;
  g_autoptr(GIOStream) paced = NULL;
  SoupWebsocketConnection *connection = NULL;
  SoupHTTPVersion version;

  if (!soup_headers_parse_response (head, (int) length - 2, headers, &version, &handshake->status, NULL))
    sage_throw (error, SAGE_ERROR_PROTOCOL, "'%s' does not speak HTTP", self->endpoint);
  else if (handshake->status != SOUP_STATUS_SWITCHING_PROTOCOLS)
    sage_throw (error, sage_aws_error_from_code (
                  soup_message_headers_get_one (headers, "x-amzn-ErrorType"), handshake->status),
                "'%s' gives no event stream: %s", self->endpoint,
                soup_status_get_phrase (handshake->status));
  else if (!is_accepted (handshake, headers))
    sage_throw (error, SAGE_ERROR_PROTOCOL, "'%s' does not speak WebSocket", self->endpoint);
  else
    {
      rest = g_bytes_new (handshake->answer->data + length, handshake->answer->len - length);
      paced = sage_paced_stream_new (G_IO_STREAM (handshake->io), rest);
      connection = soup_websocket_connection_new (paced, handshake->uri,
                                                  SOUP_WEBSOCKET_CONNECTION_CLIENT, NULL, NULL, NULL);
      soup_websocket_connection_set_max_incoming_payload_size (connection, MAX_MESSAGE);
    }
  soup_message_headers_unref (headers);

  return connection;
}

static void read_on (GTask *task);

static void
read_cb (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Handshake *handshake = g_task_get_task_data (task);
  SoupWebsocketConnection *connection = NULL;
  g_autoptr(GBytes) bytes = NULL;
  const guint8 *end;
  GError *error = NULL;

  bytes = g_input_stream_read_bytes_finish (G_INPUT_STREAM (object), result, &error);
  if (bytes != NULL && g_bytes_get_size (bytes) == 0)
    sage_throw (&error, SAGE_ERROR_UNREACHABLE, "The peer closed the connection");
  if (error != NULL)
    {
      return_error (task, error);
      return;
    }

  g_byte_array_append (handshake->answer, g_bytes_get_data (bytes, NULL),
                       (guint) g_bytes_get_size (bytes));
  end = memmem (handshake->answer->data, handshake->answer->len, "\r\n\r\n", 4);
  if (end == NULL && handshake->answer->len < MAX_HEAD)
    {
      read_on (g_steal_pointer (&task));
      return;
    }

  if (end != NULL)
    connection = read_answer (g_task_get_source_object (task), handshake,
                              (gsize) (end - handshake->answer->data) + 4, &error);
  else
    sage_throw (&error, SAGE_ERROR_PROTOCOL, "The head of the answer does not end");

  if (connection != NULL)
    g_task_return_pointer (task, connection, g_object_unref);
  else
    return_error (task, error);
}

static void
read_on (GTask *task)
{
  Handshake *handshake = g_task_get_task_data (task);

  g_input_stream_read_bytes_async (g_io_stream_get_input_stream (G_IO_STREAM (handshake->io)), CHUNK,
                                   G_PRIORITY_DEFAULT, g_task_get_cancellable (task), read_cb, task);
}

static void
written_cb (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  GError *error = NULL;

  if (g_output_stream_write_all_finish (G_OUTPUT_STREAM (object), result, NULL, &error))
    read_on (g_steal_pointer (&task));
  else
    return_error (task, error);
}

static void
connected_cb (GObject      *object,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  GCancellable *cancellable = g_task_get_cancellable (task);
  Handshake *handshake = g_task_get_task_data (task);
  GError *error = NULL;

  handshake->io = g_socket_client_connect_finish (G_SOCKET_CLIENT (object), result, &error);
  if (handshake->io == NULL)
    {
      return_error (task, error);
      return;
    }

  g_output_stream_write_all_async (g_io_stream_get_output_stream (G_IO_STREAM (handshake->io)),
                                   handshake->request, strlen (handshake->request),
                                   G_PRIORITY_DEFAULT, cancellable, written_cb,
                                   g_steal_pointer (&task));
}

static GSocketConnectable *
make_connectable (SageClient *self)
{
  int port;

  if (sage_client_is_local (self))
    return G_SOCKET_CONNECTABLE (g_unix_socket_address_new (self->endpoint));

  port = g_uri_get_port (self->uri);
  if (port <= 0)
    port = strcmp (g_uri_get_scheme (self->uri), "https") == 0 ? 443 : 80;

  return g_network_address_new (g_uri_get_host (self->uri), (guint16) port);
}

/**
 * sage_client_websocket_async:
 * @self: the client
 * @path: an encoded absolute path, perhaps with a query
 * @cancellable: (nullable): gives it up
 * @callback: called when the connection is open
 * @user_data: for @callback
 *
 * Opens a WebSocket, signed as a GET is.
 */
void
sage_client_websocket_async (SageClient          *self,
                             const char          *path,
                             GCancellable        *cancellable,
                             GAsyncReadyCallback  callback,
                             gpointer             user_data)
{
  g_autoptr(GTask) task = NULL;
  g_autoptr(GSocketClient) socket_client = NULL;
  g_autoptr(GSocketConnectable) connectable = NULL;
  g_autoptr(GError) error = NULL;
  guint32 random[4] = { g_random_int (), g_random_int (), g_random_int (), g_random_int () };
  Handshake *handshake;

  g_return_if_fail (SAGE_IS_CLIENT (self));
  g_return_if_fail (path != NULL && path[0] == '/');

  handshake = g_new0 (Handshake, 1);
  handshake->answer = g_byte_array_new ();
  handshake->uri = sage_client_make_uri (self, path);
  handshake->key = g_base64_encode ((const guchar *) random, sizeof random);
  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, sage_client_websocket_async);
  g_task_set_task_data (task, handshake, (GDestroyNotify) handshake_free);
  if (handshake->uri == NULL)
    {
      sage_client_throw_endpoint (self, &error);
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }

  handshake->request = make_request (self, handshake);
  socket_client = g_socket_client_new ();
  g_socket_client_set_enable_proxy (socket_client, FALSE);
  g_socket_client_set_tls (socket_client, strcmp (g_uri_get_scheme (self->uri), "https") == 0);
  connectable = make_connectable (self);
  g_socket_client_connect_async (socket_client, connectable, cancellable, connected_cb,
                                 g_steal_pointer (&task));
}

/**
 * sage_client_websocket_finish:
 * @self: the client
 * @result: what the callback got
 * @status: (out): the HTTP status of the answer; 0 if there was none
 * @error: return location
 *
 * Returns: (transfer full): the open connection, over a #SagePacedStream, or %NULL with
 *   %SAGE_ERROR_UNREACHABLE, %SAGE_ERROR_PROTOCOL or what the status stands for
 */
SoupWebsocketConnection *
sage_client_websocket_finish (SageClient    *self,
                              GAsyncResult  *result,
                              guint         *status,
                              GError       **error)
{
  Handshake *handshake = g_task_get_task_data (G_TASK (result));

  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  *status = handshake->status;

  return g_task_propagate_pointer (G_TASK (result), error);
}
