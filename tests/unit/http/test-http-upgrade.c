/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "test-http-upgrade"

#include "config.h"

#include <libsoup/soup.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http-fixture.h"

#define HANDSHAKE                                                                                 \
  "GET /upgrade HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: keep-alive, "     \
  "Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"

/* Runs the main context until @done or the deadline. */
#define WAIT_FOR(done)                                                                            \
  G_STMT_START                                                                                    \
  {                                                                                               \
    g_autoptr(GSource) wait_timeout = g_timeout_source_new (20);                                  \
    gint64 wait_until = g_get_monotonic_time () + HTTP_WAIT_US;                                   \
    g_source_set_callback (wait_timeout, keep_going, NULL, NULL);                                 \
    g_source_attach (wait_timeout, NULL);                                                         \
    while (!(done))                                                                               \
      {                                                                                           \
        g_assert_cmpint (g_get_monotonic_time (), <, wait_until);                                 \
        g_main_context_iteration (NULL, TRUE);                                                    \
      }                                                                                           \
    g_source_destroy (wait_timeout);                                                              \
  }                                                                                               \
  G_STMT_END

static gboolean
keep_going (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

static void
echo_cb (SoupWebsocketConnection *connection,
         int                      type,
         GBytes                  *message,
         gpointer                 user_data)
{
  soup_websocket_connection_send_message (connection, type, message);
}

/* Frames the newest upgraded stream, as the engine does, and sends back what comes. */
static SoupWebsocketConnection *
serve_newest (HttpFixture *fixture)
{
  g_autoptr(GUri) uri = g_uri_parse ("http://localhost/upgrade", G_URI_FLAGS_NONE, NULL);
  GIOStream *stream = g_ptr_array_index (fixture->streams, fixture->streams->len - 1);
  SoupWebsocketConnection *connection =
    soup_websocket_connection_new (stream, uri, SOUP_WEBSOCKET_CONNECTION_SERVER, NULL, NULL, NULL);

  soup_websocket_connection_set_max_incoming_payload_size (connection, 1024 * 1024);
  g_signal_connect (connection, "message", G_CALLBACK (echo_cb), NULL);
  return connection;
}

static void
connected_cb (GObject      *object,
              GAsyncResult *result,
              gpointer      user_data)
{
  SoupWebsocketConnection **client = user_data;
  g_autoptr(GError) error = NULL;

  *client = soup_session_websocket_connect_finish (SOUP_SESSION (object), result, &error);
  g_assert_no_error (error);
}

static void
message_cb (SoupWebsocketConnection *connection,
            int                      type,
            GBytes                  *message,
            gpointer                 user_data)
{
  g_ptr_array_add (user_data, g_bytes_ref (message));
}

static gboolean
is_closed (SoupWebsocketConnection *connection)
{
  return soup_websocket_connection_get_state (connection) == SOUP_WEBSOCKET_STATE_CLOSED;
}

static void
test_echo (HttpFixture   *fixture,
           gconstpointer  data)
{
  g_autoptr(SoupSession) session = soup_session_new_with_options ("proxy-resolver", NULL, NULL);
  g_autofree char *uri = g_strdup_printf ("ws://localhost:%u/upgrade", fixture->port);
  g_autoptr(SoupMessage) message = soup_message_new ("GET", uri);
  g_autoptr(SoupWebsocketConnection) client = NULL;
  g_autoptr(SoupWebsocketConnection) server = NULL;
  g_autoptr(GPtrArray) got = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autofree char *large = g_strnfill (100000, 'x');

  soup_session_websocket_connect_async (session, message, NULL, NULL, G_PRIORITY_DEFAULT, NULL,
                                        connected_cb, &client);
  WAIT_FOR (fixture->streams->len == 1 && client != NULL);
  server = serve_newest (fixture);
  g_signal_connect (client, "message", G_CALLBACK (message_cb), got);

  soup_websocket_connection_send_text (client, "hello");
  soup_websocket_connection_send_text (client, large);
  WAIT_FOR (got->len == 2);
  g_assert_cmpstr (g_bytes_get_data (g_ptr_array_index (got, 0), NULL), ==, "hello");
  g_assert_cmpuint (g_bytes_get_size (g_ptr_array_index (got, 1)), ==, 100000);

  soup_websocket_connection_close (client, SOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
  WAIT_FOR (is_closed (client) && is_closed (server));
}

static gboolean
has_received (int    fd,
              char  *buffer,
              gsize  size,
              gsize *got)
{
  ssize_t n = recv (fd, buffer + *got, size - *got, MSG_DONTWAIT);

  if (n > 0)
    *got += (gsize) n;
  return *got == size;
}

/* A frame that comes in the same packet as the handshake is not lost. */
static void
test_early_data (HttpFixture   *fixture,
                 gconstpointer  data)
{
  /* a masked text frame "hello", RFC 6455 §5.7 */
  static const char bytes[] = HANDSHAKE "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58";
  int fd = http_connect (fixture);
  g_autoptr(SoupWebsocketConnection) server = NULL;
  g_autoptr(HttpReply) reply = NULL;
  char frame[7] = "";
  gsize got = 0;

  http_send (fd, bytes, sizeof bytes - 1);
  reply = http_read_reply (fd, FALSE);
  g_assert_cmpuint (reply->status, ==, 101);
  /* RFC 6455 §1.3 */
  g_assert_nonnull (strstr (reply->head,
                            "\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"));
  g_assert_nonnull (strcasestr (reply->head, "\r\nUpgrade: websocket\r\n"));
  g_assert_nonnull (strcasestr (reply->head, "\r\nConnection: Upgrade\r\n"));

  WAIT_FOR (fixture->streams->len == 1);
  server = serve_newest (fixture);
  WAIT_FOR (has_received (fd, frame, 7, &got));
  g_assert_cmpmem (frame, 7, "\x81\x05Hello", 7);
  close (fd);
  WAIT_FOR (is_closed (server));
}

static void
test_refused (HttpFixture   *fixture,
              gconstpointer  data)
{
  static const struct
  {
    const char *headers;
    guint       status;
  } rows[] = {
    { "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 8\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", 426 },
    { "", 426 },
    { "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n", 400 },
    { "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
      "Sec-WebSocket-Key: short\r\n", 400 },
    { "Upgrade: h2c\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", 400 },
    { "Upgrade: websocket\r\nConnection: keep-alive\r\nSec-WebSocket-Version: 13\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", 400 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *request = g_strdup_printf ("GET /upgrade HTTP/1.1\r\nHost: localhost\r\n"
                                                  "%s\r\n", rows[i].headers);
      int fd = http_connect (fixture);
      g_autoptr(HttpReply) reply = http_exchange (fd, request);

      g_assert_cmpuint (reply->status, ==, rows[i].status);
      close (fd);
    }
}

/* Stopping the server ends upgraded connections; their streams may be kept longer than it. */
static void
test_stop (HttpFixture   *fixture,
           gconstpointer  data)
{
  int fd = http_connect (fixture);
  g_autoptr(SoupWebsocketConnection) server = NULL;
  g_autoptr(HttpReply) reply = http_exchange (fd, HANDSHAKE);
  int undelivered = http_connect (fixture);
  g_autoptr(HttpReply) other = NULL;

  g_assert_cmpuint (reply->status, ==, 101);
  WAIT_FOR (fixture->streams->len == 1);
  server = serve_newest (fixture);

  /* nobody runs the main context for this one before the server stops */
  other = http_exchange (undelivered, HANDSHAKE);
  g_assert_cmpuint (other->status, ==, 101);

  sage_http_server_stop (fixture->server);
  g_assert_true (http_is_closed (fd, G_USEC_PER_SEC));
  g_assert_true (http_is_closed (undelivered, G_USEC_PER_SEC));
  g_clear_pointer (&fixture->server, sage_http_server_free);
  WAIT_FOR (is_closed (server));
  WAIT_FOR (fixture->streams->len == 2);
  close (fd);
  close (undelivered);
}

int
main (int    argc,
      char **argv)
{
  static const HttpTest tests[] = {
    { "echo", test_echo },
    { "early-data", test_early_data },
    { "refused", test_refused },
    { "stop", test_stop },
  };

  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  http_fixture_add_tests ("upgrade", NULL, tests, G_N_ELEMENTS (tests));
  return g_test_run ();
}
