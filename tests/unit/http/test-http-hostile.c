/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "test-http-hostile"

#include "config.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http-fixture.h"

/*
 * The attacks of reliability.md §3.1 that the HTTP layer itself must stop, written as raw bytes.
 * Each ends in a refusal and a closed connection, and what follows is not taken for a request.
 */

#define SMUGGLED "GET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n"
#define BYTES(text) text, sizeof (text) - 1

typedef struct
{
  const char *name;
  const char *bytes;
  gsize       length;
  guint       status;
} Row;

static const Row rows[] = {
  /* A1, A2: framing */
  { "A1 CL then TE", BYTES ("POST /x HTTP/1.1\r\n" HTTP_HOST "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" SMUGGLED), 400 },
  { "A1 TE then CL", BYTES ("POST /x HTTP/1.1\r\n" HTTP_HOST "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n" SMUGGLED), 400 },
  { "A2 two CL", BYTES ("POST /x HTTP/1.1\r\n" HTTP_HOST "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd" SMUGGLED), 400 },
  { "A2 same CL twice", BYTES ("POST /x HTTP/1.1\r\n" HTTP_HOST "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc" SMUGGLED), 400 },
  { "A2 CL list", BYTES ("POST /x HTTP/1.1\r\n" HTTP_HOST "Content-Length: 3, 3\r\n\r\nabc" SMUGGLED), 400 },
  { "A2 CL plus", BYTES ("POST /x HTTP/1.1\r\n" HTTP_HOST "Content-Length: +3\r\n\r\nabc" SMUGGLED), 400 },
  { "A2 CL hex", BYTES ("POST /x HTTP/1.1\r\n" HTTP_HOST "Content-Length: 0x3\r\n\r\nabc" SMUGGLED), 400 },
  { "A2 CL negative", BYTES ("POST /x HTTP/1.1\r\n" HTTP_HOST "Content-Length: -1\r\n\r\nabc" SMUGGLED), 400 },
  { "A2 CL empty", BYTES ("POST /x HTTP/1.1\r\n" HTTP_HOST "Content-Length: \r\n\r\n" SMUGGLED), 400 },
  { "A2 CL 20 digits", BYTES ("POST /x HTTP/1.1\r\n" HTTP_HOST "Content-Length: 99999999999999999999\r\n\r\nabc" SMUGGLED), 400 },
  { "A2 CL 19 digits", BYTES ("POST /x HTTP/1.1\r\n" HTTP_HOST "Content-Length: 9223372036854775808\r\n\r\nabc" SMUGGLED), 400 },
  { "A2 CL on GET", BYTES ("GET /x HTTP/1.1\r\n" HTTP_HOST "Content-Length: 3, 4\r\n\r\nabc" SMUGGLED), 400 },

  /* A3, A4: transfer codings and chunks */
  { "A3 TE gzip", BYTES ("POST /x HTTP/1.1\r\n" HTTP_HOST "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n" SMUGGLED), 400 },
  { "A3 TE identity", BYTES ("POST /x HTTP/1.1\r\n" HTTP_HOST "Transfer-Encoding: identity\r\n\r\n0\r\n\r\n" SMUGGLED), 400 },
  { "A3 TE case", BYTES ("POST /x HTTP/1.1\r\n" HTTP_HOST "Transfer-Encoding: Chunked\r\n\r\n0\r\n\r\n" SMUGGLED), 400 },
  { "A3 TE quoted", BYTES ("POST /x HTTP/1.1\r\n" HTTP_HOST "Transfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n" SMUGGLED), 400 },
  { "A3 TE twice", BYTES ("POST /x HTTP/1.1\r\n" HTTP_HOST "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" SMUGGLED), 400 },
  { "A3 TE twice differing", BYTES ("POST /x HTTP/1.1\r\n" HTTP_HOST "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n" SMUGGLED), 400 },
  { "A4 chunk zz", BYTES ("POST /x HTTP/1.1\r\n" HTTP_HOST "Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n" SMUGGLED), 400 },
  { "A4 chunk -1", BYTES ("POST /x HTTP/1.1\r\n" HTTP_HOST "Transfer-Encoding: chunked\r\n\r\n-1\r\nabc\r\n0\r\n\r\n" SMUGGLED), 400 },
  { "A4 chunk huge", BYTES ("POST /x HTTP/1.1\r\n" HTTP_HOST "Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\nabc\r\n0\r\n\r\n" SMUGGLED), 413 },
  { "A4 chunk LF only", BYTES ("POST /x HTTP/1.1\r\n" HTTP_HOST "Transfer-Encoding: chunked\r\n\r\n3\nabc\n0\n\n" SMUGGLED), 400 },
  { "A4 chunk extension", BYTES ("POST /x HTTP/1.1\r\n" HTTP_HOST "Transfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n0\r\n\r\n" SMUGGLED), 400 },
  { "A4 chunk overrun", BYTES ("POST /x HTTP/1.1\r\n" HTTP_HOST "Transfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n" SMUGGLED), 400 },

  /* A5: Host */
  { "A5 no Host", BYTES ("GET /x HTTP/1.1\r\n\r\n" SMUGGLED), 400 },
  { "A5 two Hosts", BYTES ("GET /x HTTP/1.1\r\nHost: localhost\r\nHost: 127.0.0.1\r\n\r\n" SMUGGLED), 400 },
  { "A5 empty Host", BYTES ("GET /x HTTP/1.1\r\nHost: \r\n\r\n" SMUGGLED), 400 },
  { "A5 foreign", BYTES ("GET /x HTTP/1.1\r\nHost: evil.example\r\n\r\n" SMUGGLED), 421 },
  { "A5 rebinding", BYTES ("GET /x HTTP/1.1\r\nHost: 127.0.0.1.nip.io\r\n\r\n" SMUGGLED), 421 },
  { "A5 prefix", BYTES ("GET /x HTTP/1.1\r\nHost: localhost.evil.example:80\r\n\r\n" SMUGGLED), 421 },
  { "A5 suffix", BYTES ("GET /x HTTP/1.1\r\nHost: evil-localhost\r\n\r\n" SMUGGLED), 421 },
  { "A5 bad port", BYTES ("GET /x HTTP/1.1\r\nHost: localhost:80x\r\n\r\n" SMUGGLED), 400 },
  { "A5 user", BYTES ("GET /x HTTP/1.1\r\nHost: localhost@evil.example\r\n\r\n" SMUGGLED), 400 },
  { "A5 Host list", BYTES ("GET /x HTTP/1.1\r\nHost: localhost, localhost\r\n\r\n" SMUGGLED), 400 },
  { "A5 absolute differs", BYTES ("GET http://evil.example/x HTTP/1.1\r\nHost: localhost\r\n\r\n" SMUGGLED), 400 },
  { "A5 absolute with user", BYTES ("GET http://u@localhost/x HTTP/1.1\r\nHost: localhost\r\n\r\n" SMUGGLED), 400 },
  { "A5 absolute https", BYTES ("GET https://localhost/x HTTP/1.1\r\nHost: localhost\r\n\r\n" SMUGGLED), 400 },

  /* A6: header syntax */
  { "A6 space before colon", BYTES ("POST /x HTTP/1.1\r\n" HTTP_HOST "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n" SMUGGLED), 400 },
  { "A6 name with space", BYTES ("GET /x HTTP/1.1\r\n" HTTP_HOST "X Y: 1\r\n\r\n" SMUGGLED), 400 },
  { "A6 name with brace", BYTES ("GET /x HTTP/1.1\r\n" HTTP_HOST "X{Y: 1\r\n\r\n" SMUGGLED), 400 },
  { "A6 name not ASCII", BYTES ("GET /x HTTP/1.1\r\n" HTTP_HOST "X\xc3\xa9: 1\r\n\r\n" SMUGGLED), 400 },
  { "A6 empty name", BYTES ("GET /x HTTP/1.1\r\n" HTTP_HOST ": 1\r\n\r\n" SMUGGLED), 400 },
  { "A6 no colon", BYTES ("GET /x HTTP/1.1\r\n" HTTP_HOST "Xy\r\n\r\n" SMUGGLED), 400 },
  { "A6 fold", BYTES ("GET /x HTTP/1.1\r\n" HTTP_HOST "X: a\r\n b\r\n\r\n" SMUGGLED), 400 },
  { "A6 fold first", BYTES ("GET /x HTTP/1.1\r\n X: a\r\n" HTTP_HOST "\r\n" SMUGGLED), 400 },
  { "A6 bare LF", BYTES ("GET /x HTTP/1.1\n" HTTP_HOST "\n" SMUGGLED), 400 },
  { "A6 bare LF in headers", BYTES ("GET /x HTTP/1.1\r\n" HTTP_HOST "X: a\nY: b\r\n\r\n" SMUGGLED), 400 },
  { "A6 bare CR", BYTES ("GET /x HTTP/1.1\r\n" HTTP_HOST "X: a\rY: b\r\n\r\n" SMUGGLED), 400 },
  { "A6 NUL in value", BYTES ("GET /x HTTP/1.1\r\n" HTTP_HOST "X: a\0b\r\n\r\n" SMUGGLED), 400 },
  { "A6 NUL in name", BYTES ("GET /x HTTP/1.1\r\n" HTTP_HOST "X\0: a\r\n\r\n" SMUGGLED), 400 },
  { "A6 control in value", BYTES ("GET /x HTTP/1.1\r\n" HTTP_HOST "X: a\x1b[2J\r\n\r\n" SMUGGLED), 400 },

  /* A15: bytes that may not stand in a target */
  { "A15 NUL in path", BYTES ("GET /x\0y HTTP/1.1\r\n" HTTP_HOST "\r\n" SMUGGLED), 400 },
  { "A15 NUL in method", BYTES ("G\0T /x HTTP/1.1\r\n" HTTP_HOST "\r\n" SMUGGLED), 400 },
  { "A15 NUL in version", BYTES ("GET /x HTTP/1.1\0\r\n" HTTP_HOST "\r\n" SMUGGLED), 400 },
  { "A15 NUL first", BYTES ("\0GET /x HTTP/1.1\r\n" HTTP_HOST "\r\n" SMUGGLED), 400 },
  { "A15 CR in path", BYTES ("GET /x\ry HTTP/1.1\r\n" HTTP_HOST "\r\n" SMUGGLED), 400 },
  { "A15 LF in path", BYTES ("GET /x\ny HTTP/1.1\r\n" HTTP_HOST "\r\n" SMUGGLED), 400 },
  { "A15 tab in path", BYTES ("GET /x\ty HTTP/1.1\r\n" HTTP_HOST "\r\n" SMUGGLED), 400 },
  { "A15 space in path", BYTES ("GET /x y HTTP/1.1\r\n" HTTP_HOST "\r\n" SMUGGLED), 400 },
  { "A15 not ASCII", BYTES ("GET /\xff HTTP/1.1\r\n" HTTP_HOST "\r\n" SMUGGLED), 400 },
  { "A15 not ASCII in query", BYTES ("GET /?a=\xc3\xa9 HTTP/1.1\r\n" HTTP_HOST "\r\n" SMUGGLED), 400 },
  { "A15 backslash", BYTES ("GET /a\\b HTTP/1.1\r\n" HTTP_HOST "\r\n" SMUGGLED), 400 },
  { "A15 fragment", BYTES ("GET /a#b HTTP/1.1\r\n" HTTP_HOST "\r\n" SMUGGLED), 400 },
  { "A15 no path", BYTES ("GET x HTTP/1.1\r\n" HTTP_HOST "\r\n" SMUGGLED), 400 },
  { "A15 empty target", BYTES ("GET  HTTP/1.1\r\n" HTTP_HOST "\r\n" SMUGGLED), 400 },

  /* A16: methods */
  { "A16 gEt", BYTES ("gEt /x HTTP/1.1\r\n" HTTP_HOST "\r\n" SMUGGLED), 405 },
  { "A16 G@T", BYTES ("G@T /x HTTP/1.1\r\n" HTTP_HOST "\r\n" SMUGGLED), 400 },
  { "A16 CONNECT", BYTES ("CONNECT localhost:80 HTTP/1.1\r\n" HTTP_HOST "\r\n" SMUGGLED), 405 },
  { "A16 TRACE", BYTES ("TRACE /x HTTP/1.1\r\n" HTTP_HOST "\r\n" SMUGGLED), 405 },
  { "A16 OPTIONS *", BYTES ("OPTIONS * HTTP/1.1\r\n" HTTP_HOST "\r\n" SMUGGLED), 405 },
  { "A16 PATCH", BYTES ("PATCH /x HTTP/1.1\r\n" HTTP_HOST "Content-Length: 3\r\n\r\nabc" SMUGGLED), 405 },
  { "A16 GET *", BYTES ("GET * HTTP/1.1\r\n" HTTP_HOST "\r\n" SMUGGLED), 400 },
  { "A16 long method", BYTES ("GETGETGETGETGETGETGETGETGETGET /x HTTP/1.1\r\n" HTTP_HOST "\r\n" SMUGGLED), 405 },

  /* A17: other protocols */
  { "A17 1.0", BYTES ("GET /x HTTP/1.0\r\n" HTTP_HOST "\r\n" SMUGGLED), 505 },
  { "A17 1.0 keep-alive", BYTES ("GET /x HTTP/1.0\r\n" HTTP_HOST "Connection: keep-alive\r\n\r\n" SMUGGLED), 505 },
  { "A17 1.2", BYTES ("GET /x HTTP/1.2\r\n" HTTP_HOST "\r\n" SMUGGLED), 505 },
  { "A17 2.0", BYTES ("GET /x HTTP/2.0\r\n" HTTP_HOST "\r\n" SMUGGLED), 505 },
  { "A17 h2 preface", BYTES ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), 505 },
  { "A17 0.9", BYTES ("GET /x\r\n" SMUGGLED), 400 },
  { "A17 lower case", BYTES ("GET /x http/1.1\r\n" HTTP_HOST "\r\n" SMUGGLED), 400 },
  { "A17 no version", BYTES ("GET /x \r\n" HTTP_HOST "\r\n" SMUGGLED), 400 },
  { "A17 empty line first", BYTES ("\r\nGET /x HTTP/1.1\r\n" HTTP_HOST "\r\n" SMUGGLED), 400 },
  { "A17 space first", BYTES (" GET /x HTTP/1.1\r\n" HTTP_HOST "\r\n" SMUGGLED), 400 },
  { "A17 unknown method and words", BYTES ("HELO mail example com\r\n" SMUGGLED), 400 },
  { "A17 one word", BYTES ("QUIT\r\n" SMUGGLED), 400 },
  { "A17 SSH", BYTES ("SSH-2.0-OpenSSH_9.9\r\n"), 400 },
  { "A17 TLS", BYTES ("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n"), 400 },

  { "Expect unknown", BYTES ("POST /x HTTP/1.1\r\n" HTTP_HOST "Expect: 200-ok\r\nContent-Length: 3\r\n\r\nabc" SMUGGLED), 417 },
};

/* Sends @bytes on a connection and checks that they are answered with @status, and that the
 * connection ends. */
static void
check_refused (int         fd,
               const char *name,
               const char *bytes,
               gsize       length,
               guint       status)
{
  g_autoptr(HttpReply) reply = NULL;

  http_try_send (fd, bytes, length);
  reply = http_read_reply (fd, FALSE);
  if (reply->status != status)
    g_error ("%s: %u instead of %u: %s", name, reply->status, status, reply->head);
  if (!http_is_closed (fd, G_USEC_PER_SEC))
    g_error ("%s: the connection stays open", name);
  close (fd);
}

static void
test_table (HttpFixture   *fixture,
            gconstpointer  data)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const Row *row = &rows[i];

      check_refused (http_connect (fixture), row->name, row->bytes, row->length, row->status);
    }
  g_assert_cmpuint (fixture->seen->len, ==, 0);
}

/* The same after a good request. */
static void
test_table_later (HttpFixture   *fixture,
                  gconstpointer  data)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const Row *row = &rows[i];
      int fd = http_connect (fixture);
      g_autoptr(HttpReply) good = http_exchange (fd, HTTP_GET ("/good"));

      g_assert_cmpuint (good->status, ==, 200);
      check_refused (fd, row->name, row->bytes, row->length, row->status);
    }
  g_assert_cmpuint (fixture->seen->len, ==, G_N_ELEMENTS (rows));
}

/* The same bytes, one at a time: the decisions may not depend on how they arrive. */
static void
test_table_in_drops (HttpFixture   *fixture,
                     gconstpointer  data)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const Row *row = &rows[i];
      int fd = http_connect (fixture);
      g_autoptr(HttpReply) reply = NULL;

      for (gsize at = 0; at < row->length; at++)
        {
          if (!http_try_send (fd, row->bytes + at, 1))
            break;
        }
      reply = http_read_reply (fd, FALSE);
      /* a reset may have overtaken the reply, as bytes were still being sent */
      if (reply->status != row->status && reply->status != 0)
        g_error ("%s: %u instead of %u", row->name, reply->status, row->status);
      g_assert_true (http_is_closed (fd, G_USEC_PER_SEC));
      close (fd);
    }
  g_assert_cmpuint (fixture->seen->len, ==, 0);
}

/* Many connections in the hands of few threads: only who sends rubbish hears of it. */
static void
test_table_in_company (HttpFixture   *fixture,
                       gconstpointer  data)
{
  static const char request[] = HTTP_GET ("/half");
  int others[8];

  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    {
      g_autoptr(HttpReply) good = http_exchange (others[i] = http_connect (fixture),
                                                 HTTP_GET ("/good"));

      g_assert_cmpuint (good->status, ==, 200);
      if (i % 2 == 0)
        http_send (others[i], request, 7);
    }
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const Row *row = &rows[i];
      int last = http_connect (fixture);
      int fd = http_connect (fixture);
      g_autoptr(HttpReply) good = http_exchange (fd, HTTP_GET ("/good"));
      g_autoptr(HttpReply) reply = NULL;

      /* at the same time, a peer that asks for the end, and one that leaves */
      http_send (last, BYTES ("GET /last HTTP/1.1\r\n" HTTP_HOST "Connection: close\r\n\r\n"));
      check_refused (fd, row->name, row->bytes, row->length, row->status);
      reply = http_read_reply (last, FALSE);
      g_assert_cmpuint (reply->status, ==, 200);
      g_assert_true (http_is_closed (last, G_USEC_PER_SEC));
      close (last);
    }
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    {
      g_autoptr(HttpReply) reply = http_exchange (others[i], request + (i % 2 == 0 ? 7 : 0));

      g_assert_cmpuint (reply->status, ==, 200);
      close (others[i]);
    }
}

/* Sends @row after a good request, as one who has nothing more to say and waits for the answer. */
static void
check_last_words (int        fd,
                  const Row *row)
{
  g_autoptr(HttpReply) good = http_exchange (fd, HTTP_GET ("/good"));
  g_autoptr(HttpReply) reply = NULL;

  g_assert_cmpuint (good->status, ==, 200);
  /* held back, so that the end comes with it */
  g_assert_cmpint (send (fd, row->bytes, row->length, MSG_MORE | MSG_NOSIGNAL), ==, row->length);
  g_assert_cmpint (shutdown (fd, SHUT_WR), ==, 0);
  reply = http_read_reply (fd, FALSE);
  if (reply->status != row->status)
    g_error ("%s: %u instead of %u: %s", row->name, reply->status, row->status, reply->head);
  g_assert_true (http_is_closed (fd, G_USEC_PER_SEC));
  close (fd);
}

static void
test_table_as_last_words (HttpFixture   *fixture,
                          gconstpointer  data)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    check_last_words (http_connect (fixture), &rows[i]);
}

/* The same over the Unix socket, where any Host will do. */
static void
test_table_as_last_words_over_unix (HttpFixture   *fixture,
                                    gconstpointer  data)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (rows[i].status != 421)
      check_last_words (http_connect_unix (fixture), &rows[i]);
}

/* Who only leaves hears nothing of what others have sent, though they do not stay for the answer. */
static void
test_leaving_in_company (HttpFixture   *fixture,
                         gconstpointer  data)
{
  static const char body[] = "POST /good HTTP/1.1\r\n" HTTP_HOST "Content-Length: 3\r\n\r\nabc";
  static const struct linger reset = { .l_onoff = 1 };

  for (guint i = 0; i < 50; i++)
    {
      int offender = http_connect (fixture);
      int leaving = http_connect (fixture);
      g_autoptr(HttpReply) one = http_exchange (offender, HTTP_GET ("/good"));
      g_autoptr(HttpReply) other = http_exchange (leaving, i % 2 == 0 ? HTTP_GET ("/good") : body);
      g_autoptr(HttpReply) last = NULL;

      g_assert_cmpuint (one->status, ==, 200);
      g_assert_cmpuint (other->status, ==, 200);
      http_send (offender, BYTES ("QUIT\r\n"));
      g_assert_cmpint (setsockopt (offender, SOL_SOCKET, SO_LINGER, &reset, sizeof reset), ==, 0);
      close (offender);
      g_assert_cmpint (shutdown (leaving, SHUT_WR), ==, 0);
      last = http_read_reply (leaving, FALSE);
      g_assert_cmpstr (last->head, ==, "");
      close (leaving);
    }
}

static void
test_good_hosts (HttpFixture   *fixture,
                 gconstpointer  data)
{
  static const char * const requests[] = {
    "GET /ok HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "GET /ok HTTP/1.1\r\nHost: LocalHost:5577\r\n\r\n",
    "GET /ok HTTP/1.1\r\nhost:127.0.0.1:1\r\n\r\n",
    "GET /ok HTTP/1.1\r\nHost: [::1]\r\n\r\n",
    "GET /ok HTTP/1.1\r\nHost: [::1]:5577\r\n\r\n",
    "GET /ok HTTP/1.1\r\nHost: box.example:80\r\n\r\n",
    "GET /ok HTTP/1.1\r\nHost: bucket.s3.example\r\n\r\n",
    "GET http://localhost:5577/ok HTTP/1.1\r\nHost: localhost:5577\r\n\r\n",
    "GET http://box.example/ok HTTP/1.1\r\nHost: BOX.example\r\n\r\n",
  };
  int fd = http_connect (fixture);

  for (guint i = 0; i < G_N_ELEMENTS (requests); i++)
    {
      g_autoptr(HttpReply) reply = http_exchange (fd, requests[i]);

      if (reply->status != 200)
        g_error ("%s: %s", requests[i], reply->head);
    }
  close (fd);
  check_refused (http_connect (fixture), "the suffix alone",
                 BYTES ("GET / HTTP/1.1\r\nHost: .s3.example\r\n\r\n"), 421);
  check_refused (http_connect (fixture), "outside it",
                 BYTES ("GET / HTTP/1.1\r\nHost: s3.example\r\n\r\n"), 421);
}

/* Over the Unix socket no web page can speak: any Host will do, but not two. */
static void
test_any_host_over_unix (HttpFixture   *fixture,
                         gconstpointer  data)
{
  int fd = http_connect_unix (fixture);
  g_autoptr(HttpReply) reply = http_exchange (fd, "GET /ok HTTP/1.1\r\nHost: engine\r\n\r\n");
  g_autoptr(HttpReply) two = http_exchange (fd, "GET /ok HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n");

  g_assert_cmpuint (reply->status, ==, 200);
  g_assert_cmpuint (two->status, ==, 400);
  g_assert_true (http_is_closed (fd, G_USEC_PER_SEC));
  close (fd);
}

/* Makes @n header fields. */
static char *
make_fields (guint n)
{
  GString *all = g_string_new (NULL);

  for (guint i = 0; i < n; i++)
    g_string_append_printf (all, "X-%u: 1\r\n", i);
  return g_string_free_and_steal (all);
}

static void
test_limits (HttpFixture   *fixture,
             gconstpointer  data)
{
  static const struct
  {
    guint fields;      /* beside Host */
    guint value;       /* length of one more field's value */
    guint target;
    guint status;
    guint in_events; /* where a connection has less memory */
  } sizes[] = {
    { 99, 0, 10, 200, 200 },
    { 100, 0, 10, 431, 431 },
    { 1000, 0, 10, 431, 431 },
    { 3, 8000, 10, 200, 200 },
    { 1, 32 * 1024, 10, 431, 431 },
    { 1, 200 * 1024, 10, 431, 431 },
    { 1, 0, 8192, 200, 200 },
    { 99, 31 * 1024, 8192, 200, 414 }, /* all there may be */
    { 1, 0, 8193, 414, 414 },
    { 1, 0, 200 * 1024, 414, 414 },
  };
  const SageHttpOptions *mode = data;

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      guint status = mode->threading == SAGE_HTTP_EVENTS ? sizes[i].in_events : sizes[i].status;
      g_autofree char *fields = make_fields (sizes[i].fields - (sizes[i].value > 0));
      g_autofree char *value = g_strnfill (sizes[i].value, 'v');
      g_autofree char *target = g_strnfill (sizes[i].target - 1, 'a');
      g_autofree char *request =
        g_strdup_printf ("GET /%s HTTP/1.1\r\n" HTTP_HOST "%s%s%s%s\r\n", target, fields,
                         sizes[i].value > 0 ? "X-Value: " : "", value,
                         sizes[i].value > 0 ? "\r\n" : "");
      int fd = http_connect (fixture);
      g_autoptr(HttpReply) reply = NULL;

      http_try_send (fd, request, strlen (request));
      reply = http_read_reply (fd, FALSE);
      if (reply->status != status)
        g_error ("Limit %u: %u instead of %u", i, reply->status, status);
      if (reply->status != 200)
        g_assert_true (http_is_closed (fd, G_USEC_PER_SEC));
      close (fd);
    }
}

int
main (int    argc,
      char **argv)
{
  static const HttpTest tests[] = {
    { "table", test_table },
    { "table-later", test_table_later },
    { "table-in-company", test_table_in_company },
    { "table-as-last-words", test_table_as_last_words },
    { "table-as-last-words-over-unix", test_table_as_last_words_over_unix },
    { "leaving-in-company", test_leaving_in_company },
    { "table-in-drops", test_table_in_drops },
    { "good-hosts", test_good_hosts },
    { "any-host-over-unix", test_any_host_over_unix },
    { "limits", test_limits },
  };
  static const char * const hosts[] = { "box.example", ".s3.example", NULL };
  static const SageHttpOptions options = { .allowed_hosts = hosts };

  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  http_fixture_add_tests ("hostile", &options, tests, G_N_ELEMENTS (tests));
  return g_test_run ();
}
