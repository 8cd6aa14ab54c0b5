/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "test-http-tls"

#include "config.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sage-error.h"
#include "tls-peer.h"

#define GET "GET /x HTTP/1.1\r\n" HTTP_HOST "\r\n"

/* A server with a TLS port, beside those of its fixture. */
typedef struct
{
  char        *dir;    /* (owned) */
  TlsIdentity *server; /* (owned) */
  TlsIdentity *alice;  /* (owned) */
  guint16      port;
} Tls;

static SageHttpTls *
make_tls (Tls             *tls,
          SageHttpClients  clients,
          const char      *pin,
          const char      *user)
{
  g_autoptr(GHashTable) pins = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr(GError) error = NULL;
  SageHttpTls *made;

  if (pin != NULL)
    g_hash_table_insert (pins, sage_http_tls_parse_pin (pin, &error), (char *) user);
  g_assert_no_error (error);
  made = sage_http_tls_new (tls->server->certificate, tls->server->key, clients, pins, &error);
  g_assert_no_error (error);
  return made;
}

static void
tls_set_up (Tls             *tls,
            HttpFixture     *fixture,
            SageHttpClients  clients,
            gboolean         by_key)
{
  g_autoptr(SageHttpTls) what = NULL;
  g_autoptr(GError) error = NULL;

  tls->dir = g_dir_make_tmp ("sage-http-tls-XXXXXX", &error);
  g_assert_no_error (error);
  tls->server = tls_identity_new (tls->dir, "server", "localhost", 10);
  tls->alice = tls_identity_new (tls->dir, "alice", "Alice", 10);
  what = make_tls (tls, clients, by_key ? tls->alice->key_pin : tls->alice->pin, "alice");
  tls->port = sage_http_server_listen_tls (fixture->server, "127.0.0.1", 0, what, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (tls->port, !=, 0);
}

static void
tls_clear (Tls *tls)
{
  tls_identity_free (tls->server);
  tls_identity_free (tls->alice);
  g_assert_cmpint (g_rmdir (tls->dir), ==, 0);
  g_free (tls->dir);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Tls, tls_clear)

/* Tries one request. Returns: (transfer full): what came back, "" for a refusal */
static char *
try (Tls         *tls,
     const char  *certificate,
     const char  *key)
{
  g_autoptr(TlsPeer) peer = tls_peer_new (tls->port, certificate, key);

  if (tls_peer_shake (peer) != 0)
    return g_strdup ("");
  tls_peer_send (peer, GET);
  return tls_peer_read (peer, "\r\n\r\n", NULL);
}

static void
test_request (HttpFixture   *fixture,
              gconstpointer  data)
{
  g_auto(Tls) tls = { 0 };
  g_autofree char *reply = NULL;

  tls_set_up (&tls, fixture, SAGE_HTTP_CLIENTS_NONE, FALSE);
  reply = try (&tls, NULL, NULL);
  g_assert_true (g_str_has_prefix (reply, "HTTP/1.1 200 "));
  /* the pair of sockets between relay and server is the server's own: that must say nothing */
  g_assert_cmpint (fixture->uid, ==, -1);
  g_assert_cmpstr (fixture->peer, ==, "127.0.0.1");
  g_assert_null (fixture->client);
  g_assert_true (fixture->is_tls);
}

/* H14: who may come, and as whom. */
static void
test_clients (HttpFixture   *fixture,
              gconstpointer  data)
{
  g_auto(Tls) tls = { 0 };
  g_autoptr(TlsIdentity) other = NULL;
  g_autofree char *alice = NULL;
  g_autofree char *none = NULL;
  g_autofree char *unpinned = NULL;
  g_autofree char *stolen = NULL;

  tls_set_up (&tls, fixture, SAGE_HTTP_CLIENTS_REQUIRED, FALSE);
  other = tls_identity_new (tls.dir, "other", "Alice", 10);
  alice = try (&tls, tls.alice->certificate, tls.alice->key);
  g_assert_true (g_str_has_prefix (alice, "HTTP/1.1 200 "));
  g_assert_cmpstr (fixture->client, ==, "alice");

  none = try (&tls, NULL, NULL);
  g_assert_cmpstr (none, ==, "");
  unpinned = try (&tls, other->certificate, other->key);
  g_assert_cmpstr (unpinned, ==, "");
  /* whoever has her certificate, which is no secret, has not her key */
  stolen = try (&tls, tls.alice->certificate, other->key);
  g_assert_cmpstr (stolen, ==, "");
  g_assert_cmpuint (fixture->n_begun, ==, 1);
}

static void
test_expired (HttpFixture   *fixture,
              gconstpointer  data)
{
  g_auto(Tls) tls = { 0 };
  g_autoptr(TlsIdentity) expired = NULL;
  g_autoptr(SageHttpTls) what = NULL;
  g_autofree char *reply = NULL;

  tls_set_up (&tls, fixture, SAGE_HTTP_CLIENTS_OPTIONAL, FALSE);
  expired = tls_identity_new (tls.dir, "expired", "Alice", -1);
  what = make_tls (&tls, SAGE_HTTP_CLIENTS_OPTIONAL, expired->pin, "alice");
  sage_http_server_set_tls (fixture->server, what);
  reply = try (&tls, expired->certificate, expired->key);
  g_assert_cmpstr (reply, ==, "");
  g_assert_cmpuint (fixture->n_begun, ==, 0);
}

static void
test_optional (HttpFixture   *fixture,
               gconstpointer  data)
{
  g_auto(Tls) tls = { 0 };
  g_autofree char *alice = NULL;
  g_autofree char *none = NULL;

  tls_set_up (&tls, fixture, SAGE_HTTP_CLIENTS_OPTIONAL, TRUE);
  alice = try (&tls, tls.alice->certificate, tls.alice->key);
  g_assert_true (g_str_has_prefix (alice, "HTTP/1.1 200 "));
  g_assert_cmpstr (fixture->client, ==, "alice");
  none = try (&tls, NULL, NULL);
  g_assert_true (g_str_has_prefix (none, "HTTP/1.1 200 "));
  g_assert_null (fixture->client);
}

/* A pin that is taken away ends what it had let in, a WebSocket too. */
static void
test_revoked (HttpFixture   *fixture,
              gconstpointer  data)
{
  g_auto(Tls) tls = { 0 };
  g_autoptr(SageHttpTls) what = NULL;
  g_autoptr(TlsPeer) alice = NULL;
  g_autoptr(TlsPeer) nobody = NULL;
  g_autofree char *first = NULL;
  g_autofree char *rest = NULL;
  g_autofree char *other = NULL;
  g_autofree char *again = NULL;
  int result;

  tls_set_up (&tls, fixture, SAGE_HTTP_CLIENTS_OPTIONAL, FALSE);
  alice = tls_peer_new (tls.port, tls.alice->certificate, tls.alice->key);
  nobody = tls_peer_new (tls.port, NULL, NULL);
  g_assert_cmpint (tls_peer_shake (alice), ==, 0);
  g_assert_cmpint (tls_peer_shake (nobody), ==, 0);
  tls_peer_send (alice, GET);
  first = tls_peer_read (alice, "\r\n\r\n", &result);
  g_assert_cmpint (result, ==, 1);

  what = make_tls (&tls, SAGE_HTTP_CLIENTS_OPTIONAL, NULL, NULL);
  sage_http_server_set_tls (fixture->server, what);
  rest = tls_peer_read (alice, NULL, &result);
  g_assert_cmpint (result, <, 1);
  tls_peer_send (nobody, GET);
  other = tls_peer_read (nobody, "\r\n\r\n", &result);
  g_assert_cmpint (result, ==, 1);
  again = try (&tls, tls.alice->certificate, tls.alice->key);
  g_assert_cmpstr (again, ==, "");
}

/* A10: neither a handshake that does not get on, nor a head, nor a second one. */
static void
test_slow (HttpFixture   *fixture,
           gconstpointer  data)
{
  g_auto(Tls) tls = { 0 };
  g_autoptr(TlsPeer) silent = NULL;
  g_autoptr(TlsPeer) shy = NULL;
  g_autoptr(TlsPeer) slow = NULL;
  g_autofree char *first = NULL;
  g_autofree char *nothing = NULL;
  g_autofree char *rest = NULL;
  char byte;
  int result;

  tls_set_up (&tls, fixture, SAGE_HTTP_CLIENTS_NONE, FALSE);
  silent = tls_peer_new (tls.port, NULL, NULL);
  g_assert_cmpint (recv (silent->fd, &byte, 1, 0), ==, 0);

  shy = tls_peer_new (tls.port, NULL, NULL);
  g_assert_cmpint (tls_peer_shake (shy), ==, 0);
  tls_peer_send (shy, "GET /");
  nothing = tls_peer_read (shy, NULL, &result);
  g_assert_cmpstr (nothing, ==, "");
  g_assert_cmpint (result, ==, 0); /* with a goodbye */

  slow = tls_peer_new (tls.port, NULL, NULL);
  g_assert_cmpint (tls_peer_shake (slow), ==, 0);
  tls_peer_send (slow, GET);
  first = tls_peer_read (slow, "\r\n\r\n", &result);
  g_assert_cmpint (result, ==, 1);
  g_usleep (300 * 1000); /* seen to be idle */
  tls_peer_send (slow, "GET /y");
  rest = tls_peer_read (slow, NULL, &result);
  g_assert_cmpint (result, ==, 0);
  g_assert_false (http_fixture_saw (fixture, "GET /y?"));
}

static guint
count_sockets (void)
{
  g_autoptr(GDir) dir = g_dir_open ("/proc/self/fd", 0, NULL);
  const char *name;
  guint n = 0;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename ("/proc/self/fd", name, NULL);
      g_autofree char *target = g_file_read_link (path, NULL);

      n += target != NULL && g_str_has_prefix (target, "socket:");
    }
  return n;
}

/* A10: who takes no answers is let go, though the server's end was closed before. */
static void
test_stalled (HttpFixture   *fixture,
              gconstpointer  data)
{
  g_auto(Tls) tls = { 0 };
  g_autoptr(TlsPeer) peer = NULL;
  g_autoptr(GString) requests = g_string_new (NULL);
  gint64 until;
  guint before;
  int size = 4096;

  tls_set_up (&tls, fixture, SAGE_HTTP_CLIENTS_NONE, FALSE);
  before = count_sockets ();
  peer = tls_peer_new (tls.port, NULL, NULL);
  g_assert_cmpint (setsockopt (peer->fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size), ==, 0);
  g_assert_cmpint (tls_peer_shake (peer), ==, 0);
  for (guint i = 0; i < 8000; i++) /* more than the buffers of the sockets hold */
    g_string_append (requests, "GET /file HTTP/1.1\r\n" HTTP_HOST "\r\n");
  tls_peer_send (peer, requests->str);
  http_fixture_wait (fixture, &fixture->n_begun, 100);

  until = g_get_monotonic_time () + 6 * HTTP_WAIT_US;
  while (count_sockets () > before + 1 && g_get_monotonic_time () < until)
    g_usleep (20 * 1000);
  g_assert_cmpuint (count_sockets (), ==, before + 1); /* the peer's */
}

/* An end without a goodbye may be anybody's doing. */
static void
test_cut_off (HttpFixture   *fixture,
              gconstpointer  data)
{
  g_auto(Tls) tls = { 0 };
  TlsPeer *peer;
  g_autofree char *alive = NULL;

  tls_set_up (&tls, fixture, SAGE_HTTP_CLIENTS_NONE, FALSE);
  peer = tls_peer_new (tls.port, NULL, NULL);
  g_assert_cmpint (tls_peer_shake (peer), ==, 0);
  tls_peer_send (peer, "PUT /sink HTTP/1.1\r\n" HTTP_HOST "Content-Length: 10\r\n\r\n12345");
  http_fixture_wait (fixture, &fixture->n_begun, 1);
  tls_peer_free (peer);
  http_fixture_wait (fixture, &fixture->n_gone, 1);
  g_assert_false (http_fixture_saw (fixture, "PUT /sink?"));
  alive = try (&tls, NULL, NULL);
  g_assert_true (g_str_has_prefix (alive, "HTTP/1.1 200 "));
}

static void
test_upgrade (HttpFixture   *fixture,
              gconstpointer  data)
{
  g_auto(Tls) tls = { 0 };
  g_autoptr(TlsPeer) peer = NULL;
  g_autofree char *reply = NULL;
  g_autofree char *said = NULL;
  g_autofree char *rest = NULL;
  int result;

  tls_set_up (&tls, fixture, SAGE_HTTP_CLIENTS_NONE, FALSE);
  peer = tls_peer_new (tls.port, NULL, NULL);
  g_assert_cmpint (tls_peer_shake (peer), ==, 0);
  tls_peer_send (peer, "GET /upgrade HTTP/1.1\r\n" HTTP_HOST "Upgrade: websocket\r\n"
                       "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                       "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\nearly");
  reply = tls_peer_read (peer, "\r\n\r\n", &result);
  g_assert_true (g_str_has_prefix (reply, "HTTP/1.1 101 "));
  while (fixture->streams->len == 0)
    g_main_context_iteration (NULL, TRUE);
  {
    GIOStream *stream = g_ptr_array_index (fixture->streams, 0);
    char early[6] = "";
    gsize n;

    g_assert_true (g_input_stream_read_all (g_io_stream_get_input_stream (stream), early, 5, &n, NULL,
                                            NULL));
    g_assert_cmpstr (early, ==, "early");
    g_assert_true (g_output_stream_write_all (g_io_stream_get_output_stream (stream), "hello", 5, &n,
                                              NULL, NULL));
    said = tls_peer_read (peer, "hello", &result);
    g_assert_cmpstr (said, ==, "hello");
    g_assert_true (g_io_stream_close (stream, NULL, NULL));
  }
  rest = tls_peer_read (peer, NULL, &result);
  g_assert_cmpint (result, ==, 0);
}

/* --- Files and pins --------------------------------------------------------------------------- */

static void
test_pins (void)
{
  static const char good[] = "sha256:00112233445566778899aabbccddeeff00112233445566778899AABBCCDDEEFF";
  static const char colons[] = "sha256:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:"
                               "55:66:77:88:99:aa:bb:cc:dd:ee:ff";
  static const char * const bad[] = {
    "", "sha256:", "sha1:00", "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff",
    "sha256:00112233445566778899aabbccddeeff00112233445566778899aabbccddeef",
    "sha256:00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff0",
    "sha256:00112233445566778899aabbccddeeff00112233445566778899aabbccddeefg",
    "sha256::00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff",
    "sha256:00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff:",
    "sha256:0:0112233445566778899aabbccddeeff00112233445566778899aabbccddeeff",
    "sha256:00::112233445566778899aabbccddeeff00112233445566778899aabbccddeeff",
    "SHA256:00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff",
  };
  g_autofree char *a = sage_http_tls_parse_pin (good, NULL);
  g_autofree char *b = sage_http_tls_parse_pin (colons, NULL);

  g_assert_cmpstr (a, ==, "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff");
  g_assert_cmpstr (a, ==, b);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr(GError) error = NULL;

      g_assert_null (sage_http_tls_parse_pin (bad[i], &error));
      g_assert_error (error, SAGE_ERROR, SAGE_ERROR_INVALID);
    }
}

static void
assert_refused (const char *certificate,
                const char *key,
                SageError   code,
                const char *word)
{
  g_autoptr(GError) error = NULL;

  g_assert_null (sage_http_tls_new (certificate, key, SAGE_HTTP_CLIENTS_NONE, NULL, &error));
  g_assert_error (error, SAGE_ERROR, (int) code);
  g_assert_nonnull (strstr (error->message, word));
}

static void
test_files (void)
{
  g_autofree char *dir = g_dir_make_tmp ("sage-http-tls-XXXXXX", NULL);
  g_autoptr(TlsIdentity) one = tls_identity_new (dir, "one", "localhost", 10);
  g_autoptr(TlsIdentity) two = tls_identity_new (dir, "two", "localhost", 10);
  g_autoptr(SageHttpTls) tls = NULL;
  g_autofree char *link = g_build_filename (dir, "link.pem", NULL);
  g_autofree char *chmod_command = g_strdup_printf ("chmod 600 '%s'", one->key);

  g_assert_cmpint (symlink (one->certificate, link), ==, 0);
  tls = sage_http_tls_new (link, one->key, SAGE_HTTP_CLIENTS_NONE, NULL, NULL);
  g_assert_nonnull (tls);
  g_assert_cmpuint (strlen (sage_http_tls_fingerprint (tls)), ==, 95);
  assert_refused (one->certificate, two->key, SAGE_ERROR_INVALID, "together");
  assert_refused (one->certificate, "/nowhere", SAGE_ERROR_NOT_FOUND, "/nowhere");
  assert_refused ("/nowhere", one->key, SAGE_ERROR_NOT_FOUND, "/nowhere");
  assert_refused (one->certificate, one->certificate, SAGE_ERROR_INVALID, "together");
  assert_refused (one->certificate, dir, SAGE_ERROR_INVALID, "no regular file");
  g_assert_cmpint (g_chmod (one->key, 0640), ==, 0);
  assert_refused (one->certificate, one->key, SAGE_ERROR_DENIED, chmod_command);
  g_assert_cmpint (g_unlink (link), ==, 0);
  g_clear_pointer (&one, tls_identity_free);
  g_clear_pointer (&two, tls_identity_free);
  g_assert_cmpint (g_rmdir (dir), ==, 0);
}

/* Rubbish after a good request, from one who says that nothing more will follow and waits. */
static void
test_last_words (HttpFixture   *fixture,
                 gconstpointer  data)
{
  static const char * const rubbish[] = {
    "QUIT\r\n",
    "\x01\x02\x03\r\n\r\n",
    "GET /x\r\n\r\n",
    " GET /x HTTP/1.1\r\n" HTTP_HOST "\r\n",
    "GET /x\ry HTTP/1.1\r\n" HTTP_HOST "\r\n",
    "POST /x HTTP/1.1\r\n" HTTP_HOST "Content-Length: 99999999999999999999\r\n\r\n",
  };
  g_auto(Tls) tls = { 0 };

  tls_set_up (&tls, fixture, SAGE_HTTP_CLIENTS_NONE, FALSE);
  for (guint i = 0; i < G_N_ELEMENTS (rubbish); i++)
    {
      g_autoptr(TlsPeer) peer = tls_peer_new (tls.port, NULL, NULL);
      g_autofree char *good = NULL;
      g_autofree char *reply = NULL;
      int result;

      g_assert_cmpint (tls_peer_shake (peer), ==, 0);
      tls_peer_send (peer, GET);
      good = tls_peer_read (peer, "\r\n\r\n", NULL);
      g_assert_true (g_str_has_prefix (good, "HTTP/1.1 200 "));
      tls_peer_send (peer, rubbish[i]);
      g_assert_cmpint (gnutls_bye (peer->session, GNUTLS_SHUT_WR), ==, 0);
      reply = tls_peer_read (peer, NULL, &result);
      g_test_message ("%u: %s", i, reply);
      g_assert_nonnull (strstr (reply, "HTTP/1.1 400 "));
      g_assert_cmpint (result, ==, 0);
    }
}

int
main (int   argc,
      char *argv[])
{
  static const HttpTest tests[] = {
    { "request", test_request },
    { "clients", test_clients },
    { "expired", test_expired },
    { "optional", test_optional },
    { "revoked", test_revoked },
    { "cut-off", test_cut_off },
    { "upgrade", test_upgrade },
    { "last-words", test_last_words },
  };
  static const HttpTest slow_tests[] = {
    { "slow", test_slow },
  };
  static const HttpTest stalled_tests[] = {
    { "stalled", test_stalled },
  };
  const SageHttpOptions stalled = { .header_ms = 1000, .idle_ms = 600000, .request_seconds = 1 };
  const SageHttpOptions slow = { .header_ms = 400, .idle_ms = 60000 };

  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  http_fixture_add_tests ("tls", NULL, tests, G_N_ELEMENTS (tests));
  http_fixture_add_tests ("tls", &slow, slow_tests, G_N_ELEMENTS (slow_tests));
  http_fixture_add_tests ("tls", &stalled, stalled_tests, G_N_ELEMENTS (stalled_tests));
  g_test_add_func ("/http/tls/pins", test_pins);
  g_test_add_func ("/http/tls/files", test_files);
  return g_test_run ();
}
