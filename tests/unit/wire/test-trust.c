/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "sage-error.h"
#include "sage-exchange.h"
#include "sage-websocket.h"

/* Of one.pem, as `openssl x509 -fingerprint -sha256` prints it. */
#define FINGERPRINT_ONE "7D:82:D6:99:55:22:10:26:DC:6F:07:2C:A2:D0:C4:86:9A:A9:D5:51:AF:90:67:13:4F:BB:6C:86:06:C9:6D:8F"
#define FINGERPRINT_TWO "58:71:83:BA:D5:9E:74:BF:86:2D:33:17:B4:11:9D:62:B5:30:9D:E8:83:BF:A4:B5:5A:B5:B2:A1:9F:7D:83:D9"

static const char *folder; /* of the certificates */

/* A peer that answers each request with a page, on threads of its own. */
typedef struct
{
  GSocketService  *service;
  GTlsCertificate *certificate;
  GUri            *uri;
  int              heard;  /* atomic: requests that came to it */
  GAsyncResult    *result; /* (nullable): of the call under way */
} Fixture;

static GTlsCertificate *
load (const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr(GError) error = NULL;
  GTlsCertificate *certificate = g_tls_certificate_new_from_file (path, &error);

  g_assert_no_error (error);

  return certificate;
}

static gboolean
run_cb (GThreadedSocketService *service,
        GSocketConnection      *connection,
        GObject                *source,
        gpointer                user_data)
{
  static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello";
  Fixture *fixture = user_data;
  g_autoptr(GIOStream) tls = NULL;
  char request[4096];

  tls = g_tls_server_connection_new (G_IO_STREAM (connection), fixture->certificate, NULL);
  if (g_input_stream_read (g_io_stream_get_input_stream (tls), request, sizeof request, NULL, NULL) > 0)
    {
      g_atomic_int_inc (&fixture->heard);
      g_output_stream_write_all (g_io_stream_get_output_stream (tls), answer, strlen (answer), NULL,
                                 NULL, NULL);
    }
  g_io_stream_close (tls, NULL, NULL);

  return TRUE;
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  g_autoptr(GError) error = NULL;
  guint16 port;

  fixture->certificate = load ("one.pem");
  fixture->service = g_threaded_socket_service_new (4);
  port = g_socket_listener_add_any_inet_port (G_SOCKET_LISTENER (fixture->service), NULL, &error);
  g_assert_no_error (error);
  g_signal_connect (fixture->service, "run", G_CALLBACK (run_cb), fixture);
  fixture->uri = g_uri_build (SOUP_HTTP_URI_FLAGS, "https", NULL, "127.0.0.1", port, "/", NULL, NULL);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  g_socket_service_stop (fixture->service);
  g_socket_listener_close (G_SOCKET_LISTENER (fixture->service));
  g_object_unref (fixture->service);
  g_object_unref (fixture->certificate);
  g_uri_unref (fixture->uri);
}

static void
done_cb (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  Fixture *fixture = user_data;

  fixture->result = g_object_ref (result);
}

static GAsyncResult *
wait (Fixture *fixture)
{
  while (fixture->result == NULL)
    g_main_context_iteration (NULL, TRUE);

  return g_steal_pointer (&fixture->result);
}

/* A session whose machine vouches for one.pem, if @vouched. */
static SoupSession *
make_session (gboolean vouched)
{
  SoupSession *session = soup_session_new ();
  g_autofree char *path = g_build_filename (folder, "one.pem", NULL);
  g_autoptr(GTlsDatabase) database = NULL;
  g_autoptr(GError) error = NULL;

  if (vouched)
    {
      database = g_tls_file_database_new (path, &error);
      g_assert_no_error (error);
      soup_session_set_tls_database (session, database);
    }

  return session;
}

/* Asks the peer through a session. Returns: whether it answered; else it has heard nothing. */
static gboolean
ask (Fixture   *fixture,
     SageTrust *trust,
     gboolean   vouched)
{
  g_autoptr(SoupSession) session = make_session (vouched);
  g_autoptr(SoupMessage) message = soup_message_new_from_uri ("GET", fixture->uri);
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GBytes) body = NULL;
  g_autoptr(GError) error = NULL;

  g_atomic_int_set (&fixture->heard, 0);
  sage_trust_guard_session (trust, session);
  sage_exchange_async (session, message, 1024, NULL, done_cb, fixture);
  result = wait (fixture);
  body = sage_exchange_finish (result, &error);

  if (body != NULL)
    {
      g_assert_cmpint (g_atomic_int_get (&fixture->heard), ==, 1);
      return TRUE;
    }

  g_assert_error (error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE);
  g_assert_cmpint (g_atomic_int_get (&fixture->heard), ==, 0);

  return FALSE;
}

/* The same with the handshake of a WebSocket, which this peer answers with a page. */
static gboolean
open_socket (Fixture   *fixture,
             SageTrust *trust)
{
  g_autoptr(GUri) uri = g_uri_parse_relative (fixture->uri, "/socket", SOUP_HTTP_URI_FLAGS, NULL);
  g_autoptr(GSocketConnectable) peer = sage_websocket_peer (uri, NULL);
  g_autoptr(SoupMessageHeaders) headers = soup_message_headers_new (SOUP_MESSAGE_HEADERS_REQUEST);
  g_autoptr(GAsyncResult) result = NULL;
  g_autofree char *host = sage_websocket_host (uri);
  g_autoptr(GError) error = NULL;
  guint status;

  g_atomic_int_set (&fixture->heard, 0);
  soup_message_headers_replace (headers, "Host", host);
  sage_websocket_open_async (peer, uri, headers, trust, 1024, NULL, done_cb, fixture);
  result = wait (fixture);
  g_assert_null (sage_websocket_open_finish (result, &status, NULL, &error));

  if (status == SOUP_STATUS_OK)
    {
      g_assert_error (error, SAGE_ERROR, SAGE_ERROR_PROTOCOL);
      g_assert_cmpint (g_atomic_int_get (&fixture->heard), ==, 1);
      return TRUE;
    }

  g_assert_error (error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE);
  g_assert_cmpint (g_atomic_int_get (&fixture->heard), ==, 0);

  return FALSE;
}

static void
test_authorities (Fixture       *fixture,
                  gconstpointer  data)
{
  g_autoptr(SageTrust) trust = sage_trust_new (NULL);

  g_assert_null (sage_trust_get_pin (trust));
  g_assert_true (ask (fixture, trust, TRUE));
  g_assert_null (sage_trust_get_refused (trust));

  g_assert_false (ask (fixture, trust, FALSE));
  g_assert_cmpstr (sage_trust_get_refused (trust), ==, FINGERPRINT_ONE);
}

static void
test_pin (Fixture       *fixture,
          gconstpointer  data)
{
  g_autoptr(SageTrust) trust = sage_trust_new (FINGERPRINT_ONE);

  g_assert_true (ask (fixture, trust, FALSE));
  g_assert_true (open_socket (fixture, trust));
  g_assert_null (sage_trust_get_refused (trust));
}

/* Not even an authority makes up for it. */
static void
test_wrong_pin (Fixture       *fixture,
                gconstpointer  data)
{
  const char * const wrong[] = { FINGERPRINT_TWO, "", "*" };

  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr(SageTrust) trust = sage_trust_new (wrong[i]);

      g_assert_false (ask (fixture, trust, TRUE));
      g_assert_cmpstr (sage_trust_get_refused (trust), ==, FINGERPRINT_ONE);
      g_assert_false (open_socket (fixture, trust));
    }
}

static void
test_socket (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr(SageTrust) trust = sage_trust_new (NULL);

  g_assert_false (open_socket (fixture, trust));
  g_assert_cmpstr (sage_trust_get_refused (trust), ==, FINGERPRINT_ONE);
  g_assert_false (open_socket (fixture, NULL));
}

static void
test_words (void)
{
  g_autoptr(SageTrust) trust = sage_trust_new (NULL);
  g_autoptr(SageTrust) pinned = sage_trust_new (FINGERPRINT_ONE);
  g_autoptr(GError) error = NULL;
  g_autoptr(GError) changed = NULL;

  sage_trust_throw_refused (trust, "https://e", &error);
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_UNTRUSTED);
  g_assert_nonnull (strstr (error->message, "no authority"));
  sage_trust_throw_refused (pinned, "https://e", &changed);
  g_assert_error (changed, SAGE_ERROR, SAGE_ERROR_UNTRUSTED);
  g_assert_nonnull (strstr (changed->message, "another certificate"));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (argc, ==, 2);
  folder = argv[1];

  g_test_add ("/trust/authorities", Fixture, NULL, set_up, test_authorities, tear_down);
  g_test_add ("/trust/pin", Fixture, NULL, set_up, test_pin, tear_down);
  g_test_add ("/trust/wrong-pin", Fixture, NULL, set_up, test_wrong_pin, tear_down);
  g_test_add ("/trust/socket", Fixture, NULL, set_up, test_socket, tear_down);
  g_test_add_func ("/trust/words", test_words);

  return g_test_run ();
}
