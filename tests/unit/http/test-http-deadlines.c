/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "test-http-deadlines"

#include "config.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http-fixture.h"

#define MS 1000

/* Sends one byte of @bytes every 20 ms, round and round. Returns how long the server bore it. */
static gint64
trickle (int         fd,
         const char *bytes)
{
  gint64 start = g_get_monotonic_time ();
  gsize at = 0;

  while (http_try_send (fd, bytes + at, 1) && !http_is_closed (fd, 20 * MS))
    {
      at = bytes[at + 1] != '\0' ? at + 1 : 0;
      g_assert_cmpint (g_get_monotonic_time () - start, <, HTTP_WAIT_US);
    }
  return g_get_monotonic_time () - start;
}

/* Nothing, half a header, and a header that never ends. */
static void
test_headers (HttpFixture   *fixture,
              gconstpointer  data)
{
  int silent = http_connect (fixture);
  int half = http_connect (fixture);
  int endless = http_connect (fixture);
  int on_unix = http_connect_unix (fixture);

  http_send (half, "GET /a HTTP/1.1\r\nHost: loc", -1);
  http_send (endless, "GET /a HTTP/1.1\r\n" HTTP_HOST, -1);
  http_send (on_unix, "GET /a HTTP/1.1\r\n" HTTP_HOST, -1);
  g_assert_cmpint (trickle (endless, "X: 1\r\n"), <, 3000 * MS);
  g_assert_cmpint (trickle (on_unix, "X: 1\r\n"), <, 3000 * MS);
  g_assert_true (http_is_closed (silent, 2000 * MS));
  g_assert_true (http_is_closed (half, 2000 * MS));
  close (silent);
  close (half);
  close (endless);
  close (on_unix);
  g_assert_cmpuint (fixture->seen->len, ==, 0);
}

static void
test_idle (HttpFixture   *fixture,
           gconstpointer  data)
{
  int fd = http_connect (fixture);
  gint64 start;

  http_reply_free (http_exchange (fd, HTTP_GET ("/a")));
  start = g_get_monotonic_time ();
  g_assert_true (http_is_closed (fd, HTTP_WAIT_US));
  /* it is kept for the idle time (1.2 s), which is longer than the header time (0.4 s) */
  g_assert_cmpint (g_get_monotonic_time () - start, >, 700 * MS);
  g_assert_cmpint (g_get_monotonic_time () - start, <, 4000 * MS);
  close (fd);
}

/* A next request that has begun is on the header clock, and is not kept for the idle time. */
static void
test_idle_then_half (HttpFixture   *fixture,
                     gconstpointer  data)
{
  int fd = http_connect (fixture);

  http_reply_free (http_exchange (fd, HTTP_GET ("/a")));
  /* give the server a look at the idle connection first */
  g_assert_false (http_is_closed (fd, 300 * MS));
  g_assert_cmpint (trickle (fd, "GET /a"), <, 3000 * MS);
  close (fd);
}

/* The client ends its side together with the last request: it gets the reply, and does not hold a
 * connection for the idle time. */
static void
test_hang_up (HttpFixture   *fixture,
              gconstpointer  data)
{
  for (guint i = 0; i < 20; i++)
    {
      int fd = i % 2 == 0 ? http_connect (fixture) : http_connect_unix (fixture);
      g_autoptr(HttpReply) reply = NULL;

      http_send (fd, HTTP_GET ("/a"), -1);
      shutdown (fd, SHUT_WR);
      reply = http_read_reply (fd, FALSE);
      g_assert_cmpuint (reply->status, ==, 200);
      g_assert_true (http_is_closed (fd, 900 * MS));
      close (fd);
    }
}

static void
test_body (HttpFixture   *fixture,
           gconstpointer  data)
{
  int slow = http_connect (fixture);
  int stuck = http_connect (fixture);
  int endless = http_connect (fixture);
  int huge = http_connect (fixture);

  http_send (slow, "PUT /sink HTTP/1.1\r\n" HTTP_HOST "Content-Length: 100000\r\n\r\n", -1);
  http_send (stuck, "PUT /a HTTP/1.1\r\n" HTTP_HOST "Content-Length: 100\r\n\r\nabc", -1);
  http_send (endless, "PUT /sink HTTP/1.1\r\n" HTTP_HOST "Transfer-Encoding: chunked\r\n\r\n", -1);
  http_send (huge, "PUT /sink HTTP/1.1\r\n" HTTP_HOST "Transfer-Encoding: chunked\r\n\r\n"
                   "ffffffffffffffff\r\nabc", -1);
  g_assert_cmpint (trickle (slow, "x"), <, 3000 * MS);
  g_assert_cmpint (trickle (endless, "1\r\nx\r\n"), <, 3000 * MS);
  g_assert_true (http_is_closed (stuck, 2000 * MS));
  g_assert_true (http_is_closed (huge, 2000 * MS));
  close (slow);
  close (stuck);
  close (huge);
  close (endless);
  g_assert_cmpuint (fixture->seen->len, ==, 0);
}

/* Slow, but not too slow: takes several of the server's stretches and gets through. */
static void
test_body_fast_enough (HttpFixture   *fixture,
                       gconstpointer  data)
{
  g_autofree char *block = g_strnfill (2000, 'x');
  int fd = http_connect (fixture);
  g_autoptr(HttpReply) reply = NULL;

  http_send (fd, "PUT /sink HTTP/1.1\r\n" HTTP_HOST "Content-Length: 40000\r\n\r\n", -1);
  for (guint i = 0; i < 20; i++)
    {
      http_send (fd, block, -1);
      if (i < 19)
        g_assert_false (http_is_closed (fd, 60 * MS));
    }
  reply = http_read_reply (fd, FALSE);
  g_assert_cmpuint (reply->status, ==, 200);
  close (fd);
}

/* The whole request has a deadline too, which a suspended request meets. */
static void
test_request (HttpFixture   *fixture,
              gconstpointer  data)
{
  int fd = http_connect (fixture);
  SageHttpRequest *request;

  http_send (fd, HTTP_GET ("/hold"), -1);
  request = http_fixture_held (fixture);
  g_assert_true (http_is_closed (fd, 4000 * MS));
  g_assert_true (sage_http_request_gone (request));
  sage_http_reply (request, 200, NULL, NULL, 0);
  sage_http_resume (request);
  close (fd);
  http_fixture_wait (fixture, &fixture->n_gone, 1);
}

/* The caps: more connections than allowed are told so at once; the Unix socket has its own. */
static void
test_caps (HttpFixture   *fixture,
           gconstpointer  data)
{
  int fds[12];
  int on_unix;
  g_autoptr(HttpReply) local = NULL;
  gint64 until = g_get_monotonic_time () + HTTP_WAIT_US;
  guint status = 0;

  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    {
      g_autoptr(HttpReply) reply = NULL;

      fds[i] = http_connect (fixture);
      http_try_send (fds[i], HTTP_GET ("/a"), strlen (HTTP_GET ("/a")));
      reply = http_read_reply (fds[i], FALSE);
      g_assert_cmpuint (reply->status, ==, i < 8 ? 200 : 503);
      if (i >= 8)
        g_assert_true (http_is_closed (fds[i], 500 * MS));
    }

  on_unix = http_connect_unix (fixture);
  local = http_exchange (on_unix, HTTP_GET ("/a"));
  g_assert_cmpuint (local->status, ==, 200);
  close (on_unix);

  /* one leaves: there is room for another, as soon as the server has noticed */
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    close (fds[i]);
  while (status != 200)
    {
      int fd = http_connect (fixture);
      g_autoptr(HttpReply) reply = NULL;

      g_assert_cmpint (g_get_monotonic_time (), <, until);
      http_try_send (fd, HTTP_GET ("/a"), strlen (HTTP_GET ("/a")));
      reply = http_read_reply (fd, FALSE);
      status = reply->status;
      close (fd);
    }
}

/* Peers together have a cap too, and whoever says nothing counts. */
static void
test_cap_of_all (HttpFixture   *fixture,
                 gconstpointer  data)
{
  int fds[12];
  int on_unix = http_connect_unix (fixture);
  g_autoptr(HttpReply) local = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    fds[i] = http_connect_from (fixture, (guint8) (1 + i % 3));
  for (guint i = 0; i < 8; i++)
    {
      int fd = http_connect_from (fixture, (guint8) (4 + i));
      g_autoptr(HttpReply) reply = http_read_reply (fd, FALSE);

      g_assert_cmpuint (reply->status, ==, 503);
      close (fd);
    }
  local = http_exchange (on_unix, HTTP_GET ("/a"));
  g_assert_cmpuint (local->status, ==, 200);

  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    {
      g_assert_true (http_is_closed (fds[i], 2000 * MS));
      close (fds[i]);
    }
  close (on_unix);
}

int
main (int    argc,
      char **argv)
{
  static const HttpTest tests[] = {
    { "headers", test_headers },
    { "idle", test_idle },
    { "idle-then-half", test_idle_then_half },
    { "hang-up", test_hang_up },
    { "body", test_body },
    { "body-fast-enough", test_body_fast_enough },
    { "request", test_request },
    { "caps", test_caps },
    { "cap-of-all", test_cap_of_all },
  };
  static const SageHttpOptions options = {
    .max_connections = 12,
    .max_per_peer = 8,
    .header_ms = 400,
    .idle_ms = 1200,
    .body_ms = 400,
    .body_rate = 10000,
    .request_seconds = 2,
  };

  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  http_fixture_add_tests ("deadlines", &options, tests, G_N_ELEMENTS (tests));
  return g_test_run ();
}
