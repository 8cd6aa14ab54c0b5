/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-websocket"

#include "config.h"

#include <gio/gunixsocketaddress.h>
#include <string.h>

#include "sage-error.h"
#include "sage-paced-stream.h"
#include "sage-websocket.h"

#define CHUNK 4096
#define MAX_HEAD (16 * 1024)

/* RFC 6455, section 1.3. */
#define GUID "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

/* A handshake under way. Owned by its task. libsoup's own would not let us pace the stream. */
typedef struct
{
  GUri               *uri;         /* (owned) */
  char               *key;         /* (owned) */
  char               *protocols;   /* (owned) (nullable): those that were offered */
  char               *request;     /* (owned) */
  GSocketConnection  *io;          /* (owned) (nullable) */
  GByteArray         *head;        /* (owned): of the answer, and what came after it */
  SoupMessageHeaders *answer;      /* (owned): its headers */
  guint               status;      /* of the answer; 0 as long as there is none */
  gsize               max_message;
} Handshake;

static void
handshake_free (Handshake *handshake)
{
  g_clear_pointer (&handshake->uri, g_uri_unref);
  g_free (handshake->key);
  g_free (handshake->protocols);
  g_free (handshake->request);
  g_clear_object (&handshake->io);
  g_byte_array_unref (handshake->head);
  soup_message_headers_unref (handshake->answer);
  g_free (handshake);
}

static char *
make_request (Handshake          *handshake,
              SoupMessageHeaders *headers)
{
  const char *query = g_uri_get_query (handshake->uri);
  GString *text = g_string_new (NULL);
  SoupMessageHeadersIter iter;
  const char *name;
  const char *value;

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

  return g_string_free_and_steal (text);
}

/* Whether the peer chose none of the protocols, or one that was offered. */
static gboolean
is_offered (Handshake  *handshake,
            const char *protocol)
{
  g_auto(GStrv) offered = NULL;

  if (protocol == NULL)
    return TRUE;
  if (handshake->protocols == NULL)
    return FALSE;

  offered = g_strsplit (handshake->protocols, ", ", -1);

  return g_strv_contains ((const char *const *) offered, protocol);
}

static gboolean
is_accepted (Handshake *handshake)
{
  SoupMessageHeaders *answer = handshake->answer;
  const char *accept = soup_message_headers_get_one (answer, "Sec-WebSocket-Accept");
  g_autofree char *text = g_strconcat (handshake->key, GUID, NULL);
  g_autofree char *expected = NULL;
  g_autoptr(GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA1);
  guint8 digest[20];
  gsize length = sizeof digest;

  g_checksum_update (checksum, (const guchar *) text, -1);
  g_checksum_get_digest (checksum, digest, &length);
  expected = g_base64_encode (digest, length);

  return soup_message_headers_header_contains (answer, "Connection", "Upgrade")
         && soup_message_headers_header_equals (answer, "Upgrade", "websocket")
         && g_strcmp0 (accept, expected) == 0
         && soup_message_headers_get_list (answer, "Sec-WebSocket-Extensions") == NULL
         && is_offered (handshake, soup_message_headers_get_one (answer, "Sec-WebSocket-Protocol"));
}

/* Returns: (transfer full) (nullable): the connection, if the head of @length bytes allows it */
static SoupWebsocketConnection *
read_answer (Handshake  *handshake,
             gsize       length,
             GError    **error)
{
  g_autofree char *head = g_strndup ((const char *) handshake->head->data, length);
  g_autoptr(GBytes) rest = NULL;
  g_autoptr(GIOStream) paced = NULL;
  SoupWebsocketConnection *connection;
  SoupHTTPVersion version;

  if (!soup_headers_parse_response (head, (int) length - 2, handshake->answer, &version,
                                    &handshake->status, NULL))
    sage_throw (error, SAGE_ERROR_PROTOCOL, "The peer does not speak HTTP");
  else if (handshake->status != SOUP_STATUS_SWITCHING_PROTOCOLS)
    sage_throw (error, SAGE_ERROR_PROTOCOL, "The peer opens no WebSocket: %s",
                soup_status_get_phrase (handshake->status));
  else if (!is_accepted (handshake))
    sage_throw (error, SAGE_ERROR_PROTOCOL, "The peer does not speak WebSocket");
  else
    {
      rest = g_bytes_new (handshake->head->data + length, handshake->head->len - length);
      paced = sage_paced_stream_new (G_IO_STREAM (handshake->io), rest);
      connection = soup_websocket_connection_new (
        paced, handshake->uri, SOUP_WEBSOCKET_CONNECTION_CLIENT, NULL,
        soup_message_headers_get_one (handshake->answer, "Sec-WebSocket-Protocol"), NULL);
      soup_websocket_connection_set_max_incoming_payload_size (connection, handshake->max_message);
      return connection;
    }

  return NULL;
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
    g_set_error_literal (&error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED,
                         "The peer closed the connection");
  if (error != NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  g_byte_array_append (handshake->head, g_bytes_get_data (bytes, NULL),
                       (guint) g_bytes_get_size (bytes));
  end = memmem (handshake->head->data, handshake->head->len, "\r\n\r\n", 4);
  if (end == NULL && handshake->head->len < MAX_HEAD)
    {
      read_on (g_steal_pointer (&task));
      return;
    }

  if (end != NULL)
    connection = read_answer (handshake, (gsize) (end - handshake->head->data) + 4, &error);
  else
    sage_throw (&error, SAGE_ERROR_PROTOCOL, "The head of the answer does not end");

  if (connection != NULL)
    g_task_return_pointer (task, connection, g_object_unref);
  else
    g_task_return_error (task, error);
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
    g_task_return_error (task, error);
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
      g_task_return_error (task, error);
      return;
    }

  g_output_stream_write_all_async (g_io_stream_get_output_stream (G_IO_STREAM (handshake->io)),
                                   handshake->request, strlen (handshake->request),
                                   G_PRIORITY_DEFAULT, cancellable, written_cb,
                                   g_steal_pointer (&task));
}

/**
 * sage_websocket_host:
 * @uri: an http or https URI
 *
 * Returns: (transfer full): what goes into the `Host` header: "127.0.0.1:5577", "[::1]:5577"
 */
char *
sage_websocket_host (GUri *uri)
{
  const char *host = g_uri_get_host (uri);
  const char *open = strchr (host, ':') != NULL ? "[" : "";
  const char *close = open[0] != '\0' ? "]" : "";
  int port = g_uri_get_port (uri);

  if (port <= 0)
    return g_strconcat (open, host, close, NULL);

  return g_strdup_printf ("%s%s%s:%d", open, host, close, port);
}

/**
 * sage_websocket_peer:
 * @uri: an http or https URI
 * @socket_path: (nullable): the Unix socket through which it is reached
 *
 * Returns: (transfer full): whom to connect to
 */
GSocketConnectable *
sage_websocket_peer (GUri       *uri,
                     const char *socket_path)
{
  int port = g_uri_get_port (uri);

  if (socket_path != NULL)
    return G_SOCKET_CONNECTABLE (g_unix_socket_address_new (socket_path));
  if (port <= 0)
    port = strcmp (g_uri_get_scheme (uri), "https") == 0 ? 443 : 80;

  return g_network_address_new (g_uri_get_host (uri), (guint16) port);
}

/**
 * sage_websocket_open_async:
 * @peer: whom to connect to
 * @uri: an http or https URI: what is asked for
 * @headers: what is sent, `Host` included; those of the handshake are added. The protocols in
 *   `Sec-WebSocket-Protocol` are parted by a comma and a space
 * @trust: (nullable): which certificates are taken; %NULL takes those that the machine's
 *   authorities vouch for
 * @max_message: how many bytes a message may have; one that is longer ends the connection
 * @cancellable: (nullable): gives it up
 * @callback: called when the connection is open
 * @user_data: for @callback
 *
 * Opens a WebSocket (RFC 6455).
 */
void
sage_websocket_open_async (GSocketConnectable  *peer,
                           GUri                *uri,
                           SoupMessageHeaders  *headers,
                           SageTrust           *trust,
                           gsize                max_message,
                           GCancellable        *cancellable,
                           GAsyncReadyCallback  callback,
                           gpointer             user_data)
{
  g_autoptr(GTask) task = NULL;
  g_autoptr(GSocketClient) socket_client = NULL;
  guint32 random[4] = { g_random_int (), g_random_int (), g_random_int (), g_random_int () };
  Handshake *handshake;

  g_return_if_fail (G_IS_SOCKET_CONNECTABLE (peer));
  g_return_if_fail (uri != NULL && headers != NULL);

  handshake = g_new0 (Handshake, 1);
  handshake->head = g_byte_array_new ();
  handshake->answer = soup_message_headers_new (SOUP_MESSAGE_HEADERS_RESPONSE);
  handshake->uri = g_uri_ref (uri);
  handshake->key = g_base64_encode ((const guchar *) random, sizeof random);
  handshake->protocols = g_strdup (soup_message_headers_get_one (headers, "Sec-WebSocket-Protocol"));
  handshake->request = make_request (handshake, headers);
  handshake->max_message = max_message;
  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, sage_websocket_open_async);
  g_task_set_task_data (task, handshake, (GDestroyNotify) handshake_free);

  socket_client = g_socket_client_new ();
  g_socket_client_set_enable_proxy (socket_client, FALSE);
  g_socket_client_set_tls (socket_client, strcmp (g_uri_get_scheme (uri), "https") == 0);
  if (trust != NULL)
    sage_trust_guard_socket (trust, socket_client);
  g_socket_client_connect_async (socket_client, peer, cancellable, connected_cb,
                                 g_steal_pointer (&task));
}

/**
 * sage_websocket_open_finish:
 * @result: what the callback got
 * @status: (out): the HTTP status of the answer; 0 if there was none
 * @answer: (out) (optional) (transfer full): its headers; free with soup_message_headers_unref()
 * @error: return location
 *
 * Returns: (transfer full): the open connection, over a #SagePacedStream, or %NULL with what the
 *   socket said, or %SAGE_ERROR_PROTOCOL for an answer (see @status) that opens no WebSocket
 */
SoupWebsocketConnection *
sage_websocket_open_finish (GAsyncResult        *result,
                            guint               *status,
                            SoupMessageHeaders **answer,
                            GError             **error)
{
  Handshake *handshake = g_task_get_task_data (G_TASK (result));

  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  *status = handshake->status;
  if (answer != NULL)
    *answer = soup_message_headers_ref (handshake->answer);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
unref_later_cb (gpointer object)
{
  g_object_unref (object);
}

/**
 * sage_websocket_drop:
 * @socket: (transfer full) (nullable): a connection
 * @listener: whose handlers its signals have
 *
 * Ends the connection; @listener hears nothing of it any more.
 */
void
sage_websocket_drop (SoupWebsocketConnection *socket,
                     gpointer                 listener)
{
  if (socket == NULL)
    return;

  g_signal_handlers_disconnect_by_data (socket, listener);
  if (soup_websocket_connection_get_state (socket) == SOUP_WEBSOCKET_STATE_OPEN)
    soup_websocket_connection_close (socket, SOUP_WEBSOCKET_CLOSE_NORMAL, NULL);

  /* It may be in the middle of a message, and does not hold itself then. */
  g_idle_add_once (unref_later_cb, socket);
}
