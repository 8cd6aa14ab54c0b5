/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "test-http-server"

#include "config.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "http-fixture.h"
#include "sage-error.h"


static void
test_echo (HttpFixture   *fixture,
           gconstpointer  data)
{
  int fd = http_connect (fixture);
  g_autoptr(HttpReply) reply = http_exchange (fd, "POST /echo?a=%2F+b HTTP/1.1\r\n" HTTP_HOST
                                                  "Content-Length: 5\r\n\r\nhello");

  g_assert_cmpuint (reply->status, ==, 200);
  g_assert_cmpstr (reply->body->str, ==, "hello");
  g_assert_nonnull (strstr (reply->head, "\r\nX-Echo: 1\r\n"));
  g_assert_nonnull (strstr (reply->head, "\r\nDate: "));
  g_assert_true (http_fixture_saw (fixture, "POST /echo?a=%2F+b"));
  close (fd);
}

/* A reply header with a line end in it is left out, not sent. */
static void
test_split (HttpFixture   *fixture,
            gconstpointer  data)
{
  int fd = http_connect (fixture);
  g_autoptr(HttpReply) reply = http_exchange (fd, HTTP_GET ("/split"));

  g_assert_cmpuint (reply->status, ==, 200);
  g_assert_nonnull (strstr (reply->head, "X-Echo"));
  g_assert_null (strstr (reply->head, "X-Evil"));
  g_assert_null (strstr (reply->head, "X-Split"));
  close (fd);
}

/* The path goes up exactly as it came. */
static void
test_raw_path (HttpFixture   *fixture,
               gconstpointer  data)
{
  static const char * const paths[] = {
    "/a/../../etc/passwd", "/%2e%2e/x", "/a%2Fb", "/%252e", "/a;x=1", "//evil/x", "/%00", "/%0d%0a",
    "/%ff", "/a+b", "/%zz",
  };
  int fd = http_connect (fixture);

  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autofree char *request = g_strdup_printf ("GET %s HTTP/1.1\r\n" HTTP_HOST "\r\n", paths[i]);
      g_autofree char *expected = g_strdup_printf ("GET %s?", paths[i]);
      g_autoptr(HttpReply) reply = http_exchange (fd, request);

      g_assert_cmpuint (reply->status, ==, 200);
      g_assert_true (http_fixture_saw (fixture, expected));
    }
  close (fd);
}

#define PIPELINED 10000

static gpointer
send_pipelined (gpointer data)
{
  int fd = GPOINTER_TO_INT (data);
  g_autoptr(GString) all = g_string_new (NULL);

  for (guint i = 0; i < PIPELINED; i++)
    g_string_append_printf (all, "PUT /n%s HTTP/1.1\r\n" HTTP_HOST
                            "Content-Length: 4\r\n\r\n%04u", i % 7 == 0 ? "-later" : "", i);
  http_send (fd, all->str, (gssize) all->len);
  return NULL;
}

/* A12: one after the other, in order, and nobody else waits for them. */
static void
test_pipelining (HttpFixture   *fixture,
                 gconstpointer  data)
{
  int fd = http_connect (fixture);
  int other = http_connect (fixture);
  GThread *sender = g_thread_new ("sender", send_pipelined, GINT_TO_POINTER (fd));

  for (guint i = 0; i < PIPELINED; i++)
    {
      g_autoptr(HttpReply) reply = http_read_reply (fd, FALSE);
      g_autofree char *expected = g_strdup_printf ("%04u", i);

      g_assert_cmpuint (reply->status, ==, 200);
      g_assert_cmpstr (reply->body->str, ==, expected);
      if (i % 1000 == 0)
        {
          /* if it had to wait for them it would do so for ever: nobody reads them meanwhile */
          g_autoptr(HttpReply) between = http_exchange (other, HTTP_GET ("/other"));

          g_assert_cmpuint (between->status, ==, 200);
        }
    }
  g_thread_join (sender);
  close (other);
  close (fd);
}

static void
test_chunked (HttpFixture   *fixture,
              gconstpointer  data)
{
  int fd = http_connect (fixture);
  g_autoptr(HttpReply) reply =
    http_exchange (fd, "POST /echo HTTP/1.1\r\n" HTTP_HOST "Transfer-Encoding: chunked\r\n\r\n"
                       "3\r\nabc\r\nA\r\n0123456789\r\n0\r\nX-Trailer: 1\r\n\r\n");
  g_autoptr(HttpReply) next = http_exchange (fd, HTTP_GET ("/next"));

  g_assert_cmpuint (reply->status, ==, 200);
  g_assert_cmpstr (reply->body->str, ==, "abc0123456789");
  g_assert_cmpuint (next->status, ==, 200);
  close (fd);
}

static void
test_head (HttpFixture   *fixture,
           gconstpointer  data)
{
  int fd = http_connect (fixture);
  g_autoptr(HttpReply) reply = NULL;
  g_autoptr(HttpReply) file = NULL;
  g_autoptr(HttpReply) next = NULL;

  http_send (fd, "HEAD /head HTTP/1.1\r\n" HTTP_HOST "\r\n", -1);
  reply = http_read_reply (fd, TRUE);
  g_assert_cmpuint (reply->status, ==, 200);
  g_assert_nonnull (strstr (reply->head, "\r\nContent-Length: 5000000000\r\n"));

  http_send (fd, "HEAD /file HTTP/1.1\r\n" HTTP_HOST "\r\n", -1);
  file = http_read_reply (fd, TRUE);
  g_assert_cmpuint (file->status, ==, 206);
  g_assert_nonnull (strstr (file->head, "\r\nContent-Length: 1000\r\n"));

  next = http_exchange (fd, HTTP_GET ("/next"));
  g_assert_cmpuint (next->status, ==, 200);
  close (fd);
}

static void
test_file (HttpFixture   *fixture,
           gconstpointer  data)
{
  int fd = http_connect (fixture);
  g_autoptr(HttpReply) reply = http_exchange (fd, HTTP_GET ("/file"));

  g_assert_cmpuint (reply->status, ==, 206);
  g_assert_cmpuint (reply->body->len, ==, 1000);
  g_assert_true (g_str_has_prefix (reply->body->str, "defghi"));
  close (fd);
}

static void
test_later (HttpFixture   *fixture,
            gconstpointer  data)
{
  int fd = http_connect (fixture);

  for (guint i = 0; i < 50; i++)
    {
      g_autoptr(HttpReply) reply = http_exchange (fd, "POST /echo-later HTTP/1.1\r\n" HTTP_HOST
                                                      "Content-Length: 5\r\n\r\nhello");

      g_assert_cmpuint (reply->status, ==, 200);
      g_assert_cmpstr (reply->body->str, ==, "hello");
      g_assert_nonnull (strstr (reply->head, "X-Thread: other"));
    }
  close (fd);
}

static void
test_continue (HttpFixture   *fixture,
               gconstpointer  data)
{
  int fd = http_connect (fixture);
  g_autoptr(HttpReply) first = NULL;
  g_autoptr(HttpReply) reply = NULL;
  g_autoptr(HttpReply) refused = NULL;
  g_autoptr(HttpReply) too_long = NULL;

  first = http_exchange (fd, "PUT /echo HTTP/1.1\r\n" HTTP_HOST "Content-Length: 3\r\n"
                             "Expect: 100-continue\r\n\r\n");
  g_assert_cmpuint (first->status, ==, 100);
  reply = http_exchange (fd, "abc");
  g_assert_cmpuint (reply->status, ==, 200);
  g_assert_cmpstr (reply->body->str, ==, "abc");

  refused = http_exchange (fd, "PUT /deny HTTP/1.1\r\n" HTTP_HOST "Content-Length: 3\r\n"
                               "Expect: 100-continue\r\n\r\n");
  g_assert_cmpuint (refused->status, ==, 403);
  g_assert_true (http_is_closed (fd, G_USEC_PER_SEC));
  close (fd);

  /* A8 */
  fd = http_connect (fixture);
  too_long = http_exchange (fd, "PUT /echo HTTP/1.1\r\n" HTTP_HOST "Content-Length: 10000000000\r\n"
                                "Expect: 100-continue\r\n\r\n");
  g_assert_cmpuint (too_long->status, ==, 413);
  g_assert_true (http_is_closed (fd, G_USEC_PER_SEC));
  close (fd);
  g_assert_cmpuint (fixture->seen->len, ==, 1);
}

/* Refused before the body, which is small and comes anyway: the connection goes on. */
static void
test_deny_small (HttpFixture   *fixture,
                 gconstpointer  data)
{
  int fd = http_connect (fixture);
  g_autoptr(HttpReply) reply = http_exchange (fd, "POST /deny HTTP/1.1\r\n" HTTP_HOST
                                                  "Content-Length: 5\r\n\r\nhello");
  g_autoptr(HttpReply) next = http_exchange (fd, HTTP_GET ("/next"));
  g_autoptr(HttpReply) get = http_exchange (fd, HTTP_GET ("/deny"));

  g_assert_cmpuint (reply->status, ==, 403);
  g_assert_cmpuint (next->status, ==, 200);
  g_assert_cmpuint (get->status, ==, 403);
  g_assert_false (http_fixture_saw (fixture, "POST /deny?"));
  close (fd);
}

/* Sends up to @total bytes, as a client does that only then looks for the reply. */
static void
send_much (int   fd,
           gsize total)
{
  g_autofree char *block = g_malloc0 (65536);
  struct timeval patience = { .tv_sec = 5 };

  setsockopt (fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  while (total > 0 && http_try_send (fd, block, MIN (total, 65536)))
    total -= MIN (total, 65536);
}

static void
test_too_long (HttpFixture   *fixture,
               gconstpointer  data)
{
  static const char * const heads[] = {
    "POST /echo HTTP/1.1\r\n" HTTP_HOST "Content-Length: 2000000\r\n\r\n",
    "POST /echo HTTP/1.1\r\n" HTTP_HOST "Transfer-Encoding: chunked\r\n\r\n1E8480\r\n",
    "POST /limit HTTP/1.1\r\n" HTTP_HOST "Content-Length: 2000000\r\n\r\n",
    "POST /limit HTTP/1.1\r\n" HTTP_HOST "Transfer-Encoding: chunked\r\n\r\n1E8480\r\n",
    "POST /limit HTTP/1.1\r\n" HTTP_HOST "Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n",
    "POST /sink-limit HTTP/1.1\r\n" HTTP_HOST "Content-Length: 2000000\r\n\r\n",
    "POST /sink-limit HTTP/1.1\r\n" HTTP_HOST "Transfer-Encoding: chunked\r\n\r\n1E8480\r\n",
    "POST /deny HTTP/1.1\r\n" HTTP_HOST "Content-Length: 2000000\r\n\r\n",
    "POST /deny HTTP/1.1\r\n" HTTP_HOST "Transfer-Encoding: chunked\r\n\r\n1E8480\r\n",
  };

  for (guint i = 0; i < G_N_ELEMENTS (heads); i++)
    {
      int fd = http_connect (fixture);
      g_autoptr(HttpReply) reply = NULL;

      http_send (fd, heads[i], -1);
      send_much (fd, 2000000);
      reply = http_read_reply (fd, FALSE);
      if (reply->status != (strstr (heads[i], "/deny") != NULL ? 403 : 413))
        g_error ("%s: %s", heads[i], reply->head);
      g_assert_true (http_is_closed (fd, 5 * G_USEC_PER_SEC));
      close (fd);
    }
  g_assert_cmpuint (fixture->seen->len, ==, 0);
}

/* Exactly the limit is allowed, one more is not. */
static void
test_limit_edge (HttpFixture   *fixture,
                 gconstpointer  data)
{
  for (guint extra = 0; extra < 2; extra++)
    {
      g_autofree char *body = g_strnfill (1000 + extra, 'b');
      g_autofree char *known = g_strdup_printf ("POST /limit HTTP/1.1\r\n" HTTP_HOST
                                                "Content-Length: %u\r\n\r\n%s", 1000 + extra, body);
      g_autofree char *chunked = g_strdup_printf ("POST /limit HTTP/1.1\r\n" HTTP_HOST
                                                  "Transfer-Encoding: chunked\r\n\r\n"
                                                  "1F4\r\n%.500s\r\n%X\r\n%s\r\n0\r\n\r\n", body,
                                                  500 + extra, body + 500);
      int first = http_connect (fixture);
      int second = http_connect (fixture);
      g_autoptr(HttpReply) reply = http_exchange (first, known);
      g_autoptr(HttpReply) other = http_exchange (second, chunked);

      g_assert_cmpuint (reply->status, ==, extra ? 413 : 200);
      g_assert_cmpuint (other->status, ==, extra ? 413 : 200);
      close (first);
      close (second);
    }
}

static void
test_sink (HttpFixture   *fixture,
           gconstpointer  data)
{
  const guint64 total = 64 * 1024 * 1024;
  int fd = http_connect (fixture);
  g_autoptr(HttpReply) reply = NULL;
  g_autoptr(HttpReply) chunked = NULL;

  http_send (fd, "PUT /sink HTTP/1.1\r\n" HTTP_HOST "Content-Length: 67108864\r\n\r\n", -1);
  send_much (fd, total);
  reply = http_read_reply (fd, FALSE);
  g_assert_cmpuint (reply->status, ==, 200);
  g_assert_cmpuint (fixture->sunk, ==, total);

  http_send (fd, "PUT /sink HTTP/1.1\r\n" HTTP_HOST "Transfer-Encoding: chunked\r\n\r\n", -1);
  for (guint i = 0; i < 16; i++)
    {
      http_send (fd, "100000\r\n", -1);
      send_much (fd, 0x100000);
      http_send (fd, "\r\n", -1);
    }
  http_send (fd, "0\r\n\r\n", -1);
  chunked = http_read_reply (fd, FALSE);
  g_assert_cmpuint (chunked->status, ==, 200);
  g_assert_cmpuint (fixture->sunk, ==, total + 16 * 0x100000);
  close (fd);
}

/* The sink fails in the middle: the handler says why, and nothing more is read. */
static void
test_sink_error (HttpFixture   *fixture,
                 gconstpointer  data)
{
  static const char * const paths[] = { "/sink", "/sink-later" };

  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autofree char *head = g_strdup_printf ("PUT %s HTTP/1.1\r\n" HTTP_HOST
                                               "Content-Length: 10000000\r\n\r\nabc!", paths[i]);
      int fd = http_connect (fixture);
      g_autoptr(HttpReply) reply = NULL;

      http_send (fd, head, -1);
      send_much (fd, 3000000);
      reply = http_read_reply (fd, FALSE);
      g_assert_cmpuint (reply->status, ==, 507);
      g_assert_cmpstr (reply->body->str, ==, "Disk is full");
      g_assert_nonnull (strstr (reply->head, "\r\nConnection: close\r\n"));
      g_assert_true (http_is_closed (fd, 5 * G_USEC_PER_SEC));
      g_assert_cmpuint (fixture->sunk, <, 1000000);
      close (fd);
    }
  g_assert_cmpuint (fixture->seen->len, ==, 2);
}

/* A31: no handler for a truncated body, and what belonged to it is freed. */
static void
test_truncated (HttpFixture   *fixture,
                gconstpointer  data)
{
  int fd = http_connect (fixture);

  http_send (fd, "PUT /sink HTTP/1.1\r\n" HTTP_HOST "Content-Length: 1000\r\n\r\nabc", -1);
  http_fixture_wait (fixture, &fixture->n_begun, 1);
  close (fd);
  http_fixture_wait (fixture, &fixture->n_gone, 1);
  g_assert_cmpuint (fixture->seen->len, ==, 0);
}

static void
test_gone (HttpFixture   *fixture,
           gconstpointer  data)
{
  int fd = http_connect (fixture);
  gint64 until = g_get_monotonic_time () + HTTP_WAIT_US;
  SageHttpRequest *request;

  http_send (fd, HTTP_GET ("/hold"), -1);
  request = http_fixture_held (fixture);
  g_assert_false (sage_http_request_gone (request));
  close (fd);
  while (!sage_http_request_gone (request))
    g_assert_cmpint (g_get_monotonic_time (), <, until);
  g_assert_cmpstr (sage_http_request_header (request, "host"), ==, "localhost");
  sage_http_reply (request, 200, NULL, NULL, 0);
  sage_http_resume (request);
  http_fixture_wait (fixture, &fixture->n_gone, 1);
}

/* For servers that never get a request. */
static void
handle_nothing (SageHttpRequest *request,
                gpointer         user_data)
{
  g_assert_not_reached ();
}

static const SageHttpHandler no_handler = { NULL, handle_nothing };

static void
test_unix (HttpFixture   *fixture,
           gconstpointer  data)
{
  g_autoptr(SageHttpServer) second = NULL;
  g_autoptr(GError) error = NULL;
  int fd = http_connect_unix (fixture);
  g_autoptr(HttpReply) reply = http_exchange (fd, HTTP_GET ("/a"));
  struct stat st;

  g_assert_cmpuint (reply->status, ==, 200);
  g_assert_cmpint (fixture->uid, ==, (gint64) getuid ());
  g_assert_null (fixture->peer);
  close (fd);
  fd = http_connect (fixture);
  http_reply_free (http_exchange (fd, HTTP_GET ("/a")));
  g_assert_cmpint (fixture->uid, ==, -1);
  g_assert_cmpstr (fixture->peer, ==, "127.0.0.1");
  close (fd);

  g_assert_cmpint (stat (fixture->socket_path, &st), ==, 0);
  g_assert_cmpint (st.st_mode & 0777, ==, 0600);

  /* a live socket is left alone */
  second = sage_http_server_new (&no_handler, NULL, NULL);
  g_assert_false (sage_http_server_listen_unix (second, fixture->socket_path, &error));
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_BUSY);
}

static void
test_unix_stale (HttpFixture   *fixture,
                 gconstpointer  data)
{
  g_autoptr(SageHttpServer) server = sage_http_server_new (&no_handler, NULL, NULL);
  g_autofree char *stale = g_build_filename (fixture->dir, "stale", NULL);
  g_autofree char *file = g_build_filename (fixture->dir, "file", NULL);
  g_autofree char *long_path = g_strnfill (200, 'x');
  struct sockaddr_un where = { .sun_family = AF_UNIX };
  g_autoptr(GError) error = NULL;
  int fd = socket (AF_UNIX, SOCK_STREAM, 0);

  g_strlcpy (where.sun_path, stale, sizeof where.sun_path);
  g_assert_cmpint (bind (fd, (struct sockaddr *) &where, sizeof where), ==, 0);
  close (fd);
  g_assert_true (sage_http_server_listen_unix (server, stale, &error));
  g_assert_no_error (error);

  g_assert_false (sage_http_server_listen_unix (server, file, &error));
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_EXISTS);
  g_clear_error (&error);
  g_assert_false (sage_http_server_listen_unix (server, long_path, &error));
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_false (sage_http_server_listen_tcp (server, "localhost", 0, &error));
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_false (sage_http_server_listen_tcp (server, "127.0.0.1", fixture->port, &error));
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_IO);
}

static void
test_adopt (HttpFixture   *fixture,
            gconstpointer  data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(HttpReply) reply = NULL;
  int pair[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), ==, 0);
  g_assert_true (sage_http_server_adopt (fixture->server, pair[1], &error));
  g_assert_no_error (error);
  reply = http_exchange (pair[0], HTTP_GET ("/a"));
  g_assert_cmpuint (reply->status, ==, 200);
  close (pair[0]);
}

static gpointer
stop_server (gpointer data)
{
  sage_http_server_stop (data);
  return NULL;
}

/* Stopping lets a running request finish, and ends idle connections at once. */
static void
test_stop_waits (HttpFixture   *fixture,
                 gconstpointer  data)
{
  int idle = http_connect (fixture);
  int busy = http_connect (fixture);
  g_autoptr(HttpReply) reply = NULL;
  SageHttpRequest *request;
  GThread *stop;

  http_reply_free (http_exchange (idle, HTTP_GET ("/a")));
  http_send (busy, HTTP_GET ("/hold"), -1);
  request = http_fixture_held (fixture);
  stop = g_thread_new ("stop", stop_server, fixture->server);
  g_assert_true (http_is_closed (idle, HTTP_WAIT_US));
  sage_http_reply (request, 200, "text/plain", "done", 4);
  sage_http_resume (request);
  reply = http_read_reply (busy, FALSE);
  g_assert_cmpuint (reply->status, ==, 200);
  g_thread_join (stop);
  close (idle);
  close (busy);
}

/* Nobody answers: stopping does not wait for ever, and the owner may still answer later. */
static void
test_stop_gives_up (HttpFixture   *fixture,
                    gconstpointer  data)
{
  int held = http_connect (fixture);
  int half = http_connect (fixture);
  int body = http_connect (fixture);
  gint64 start;
  SageHttpRequest *request;

  http_send (held, "POST /hold HTTP/1.1\r\n" HTTP_HOST "Content-Length: 3\r\n\r\nabc", -1);
  request = http_fixture_held (fixture);
  http_send (half, "GET /a HTTP/1.1\r\nHos", -1);
  http_send (body, "PUT /sink HTTP/1.1\r\n" HTTP_HOST "Content-Length: 3\r\n\r\nab", -1);
  http_fixture_wait (fixture, &fixture->n_begun, 2);

  start = g_get_monotonic_time ();
  sage_http_server_stop (fixture->server);
  g_assert_cmpint (g_get_monotonic_time () - start, <, HTTP_WAIT_US);
  g_clear_pointer (&fixture->server, sage_http_server_free);

  g_assert_true (sage_http_request_gone (request));
  g_assert_cmpuint (g_bytes_get_size (sage_http_request_body (request)), ==, 3);
  sage_http_reply_header (request, "X", "1");
  sage_http_reply (request, 200, "text/plain", "late", 4);
  sage_http_resume (request);
  close (held);
  close (half);
  close (body);
}

/* Two threads at once under two event threads, and answers from a third. */
static gpointer
hammer (gpointer data)
{
  HttpFixture *fixture = data;

  for (guint round = 0; round < 20; round++)
    {
      int fd = http_connect (fixture);

      for (guint i = 0; i < 20; i++)
        {
          g_autoptr(HttpReply) reply =
            http_exchange (fd, i % 2 == 0 ? HTTP_GET ("/a")
                                          : "POST /echo-later HTTP/1.1\r\n" HTTP_HOST
                                            "Content-Length: 3\r\n\r\nabc");

          g_assert_cmpuint (reply->status, ==, 200);
        }
      close (fd);
    }
  return NULL;
}

static void
test_many (HttpFixture   *fixture,
           gconstpointer  data)
{
  GThread *threads[4];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("hammer", hammer, fixture);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  g_assert_cmpuint (fixture->seen->len, ==, 4 * 20 * 20);
}

int
main (int    argc,
      char **argv)
{
  static const HttpTest tests[] = {
    { "echo", test_echo },
    { "split", test_split },
    { "raw-path", test_raw_path },
    { "pipelining", test_pipelining },
    { "chunked", test_chunked },
    { "head", test_head },
    { "file", test_file },
    { "later", test_later },
    { "continue", test_continue },
    { "deny-small", test_deny_small },
    { "too-long", test_too_long },
    { "limit-edge", test_limit_edge },
    { "sink", test_sink },
    { "sink-error", test_sink_error },
    { "truncated", test_truncated },
    { "gone", test_gone },
    { "unix", test_unix },
    { "unix-stale", test_unix_stale },
    { "adopt", test_adopt },
    { "stop-waits", test_stop_waits },
    { "stop-gives-up", test_stop_gives_up },
    { "many", test_many },
  };

  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  /* /split is worth a warning */
  g_log_set_always_fatal (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL);

  http_fixture_add_tests ("server", NULL, tests, G_N_ELEMENTS (tests));
  return g_test_run ();
}
