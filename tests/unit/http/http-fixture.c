/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "test-http"

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "http-fixture.h"
#include "sage-error.h"

#define MAX_SUITES 4

static void
request_data_gone (gpointer data)
{
  HttpFixture *fixture = data;

  g_mutex_lock (&fixture->lock);
  fixture->n_gone++;
  g_cond_broadcast (&fixture->changed);
  g_mutex_unlock (&fixture->lock);
}

/* Fails at the byte '!'. */
static gboolean
sink (SageHttpRequest  *request,
      const guint8     *data,
      gsize             length,
      gpointer          user_data,
      GError          **error)
{
  HttpFixture *fixture = user_data;

  g_mutex_lock (&fixture->lock);
  fixture->sunk += length;
  g_mutex_unlock (&fixture->lock);
  if (memchr (data, '!', length) != NULL)
    return sage_throw (error, SAGE_ERROR_NO_SPACE, "Disk is full");
  return TRUE;
}

static void
begin (SageHttpRequest *request,
       gpointer         user_data)
{
  HttpFixture *fixture = user_data;
  const char *path = sage_http_request_path (request);

  g_mutex_lock (&fixture->lock);
  fixture->n_begun++;
  fixture->uid = sage_http_request_peer_uid (request);
  g_free (fixture->peer);
  fixture->peer = sage_http_request_peer (request);
  g_free (fixture->client);
  fixture->client = sage_http_request_client (request);
  fixture->is_tls = sage_http_request_is_tls (request);
  g_cond_broadcast (&fixture->changed);
  g_mutex_unlock (&fixture->lock);

  sage_http_request_set_data (request, fixture, request_data_gone);
  if (g_str_has_prefix (path, "/sink"))
    sage_http_request_set_sink (request, sink, fixture, NULL);
  if (g_str_has_prefix (path, "/sink-limit") || g_str_equal (path, "/limit"))
    sage_http_request_set_limit (request, 1000);
  if (g_str_has_prefix (path, "/deny"))
    sage_http_reply (request, 403, "text/plain", "no", 2);
}

static gpointer
answer_later (gpointer data)
{
  SageHttpRequest *request = data;
  GError *error = sage_http_request_sink_error (request);

  sage_http_reply_header (request, "X-Thread", "other");
  if (error != NULL)
    sage_http_reply (request, 507, "text/plain", error->message, strlen (error->message));
  else
    sage_http_reply_bytes (request, 200, "text/plain", sage_http_request_body (request));
  sage_http_resume (request);
  return NULL;
}

static void
upgraded (GIOStream *stream,
          gpointer   user_data)
{
  HttpFixture *fixture = user_data;

  g_ptr_array_add (fixture->streams, g_object_ref (stream));
}

static void
reply_file (HttpFixture     *fixture,
            SageHttpRequest *request)
{
  g_autofree char *path = g_build_filename (fixture->dir, "file", NULL);
  int fd = open (path, O_RDONLY | O_CLOEXEC);

  g_assert_cmpint (fd, >=, 0);
  sage_http_reply_fd (request, 206, "application/octet-stream", fd, 3, 1000);
}

static void
hold (HttpFixture     *fixture,
      SageHttpRequest *request)
{
  sage_http_suspend (request);
  g_mutex_lock (&fixture->lock);
  fixture->held = request;
  g_cond_broadcast (&fixture->changed);
  g_mutex_unlock (&fixture->lock);
}

static void
block (HttpFixture     *fixture,
       SageHttpRequest *request)
{
  g_mutex_lock (&fixture->lock);
  while (!fixture->open)
    g_cond_wait (&fixture->changed, &fixture->lock);
  g_mutex_unlock (&fixture->lock);
  sage_http_reply (request, 200, "text/plain", "open", 4);
}

static void
reply_echo (SageHttpRequest *request)
{
  GError *error = sage_http_request_sink_error (request);

  sage_http_reply_header (request, "X-Echo", "1");
  if (g_str_equal (sage_http_request_path (request), "/split"))
    sage_http_reply_header (request, "X-Split", "a\r\nX-Evil: 1");
  if (error != NULL)
    sage_http_reply (request, 507, "text/plain", error->message, strlen (error->message));
  else
    sage_http_reply_bytes (request, 200, "text/plain", sage_http_request_body (request));
}

static void
handle (SageHttpRequest *request,
        gpointer         user_data)
{
  HttpFixture *fixture = user_data;
  const char *path = sage_http_request_path (request);

  g_mutex_lock (&fixture->lock);
  g_ptr_array_add (fixture->seen, g_strdup_printf ("%s %s?%s", sage_http_request_method (request),
                                                   path, sage_http_request_query (request)));
  g_mutex_unlock (&fixture->lock);

  if (g_str_has_suffix (path, "-later"))
    {
      sage_http_suspend (request);
      g_thread_unref (g_thread_new ("later", answer_later, request));
    }
  else if (g_str_equal (path, "/hold"))
    hold (fixture, request);
  else if (g_str_equal (path, "/block"))
    block (fixture, request);
  else if (g_str_equal (path, "/file"))
    reply_file (fixture, request);
  else if (g_str_equal (path, "/head"))
    sage_http_reply_head (request, 200, "application/octet-stream", G_GUINT64_CONSTANT (5000000000));
  else if (g_str_equal (path, "/upgrade"))
    sage_http_reply_upgrade (request, NULL, upgraded, fixture, NULL);
  else
    reply_echo (request);
}

void
http_fixture_start (HttpFixture           *fixture,
                    const SageHttpOptions *options)
{
  static const SageHttpHandler handler = { begin, handle };
  g_autoptr(GError) error = NULL;
  g_autofree char *file = NULL;
  g_autofree char *content = g_malloc (100000);

  g_mutex_init (&fixture->lock);
  g_cond_init (&fixture->changed);
  fixture->seen = g_ptr_array_new_with_free_func (g_free);
  fixture->streams = g_ptr_array_new_with_free_func (g_object_unref);
  fixture->dir = g_dir_make_tmp ("sage-http-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->socket_path = g_build_filename (fixture->dir, "socket", NULL);
  file = g_build_filename (fixture->dir, "file", NULL);
  for (guint i = 0; i < 100000; i++)
    content[i] = (char) ('a' + i % 26);
  g_file_set_contents (file, content, 100000, &error);
  g_assert_no_error (error);

  fixture->server = sage_http_server_new (&handler, fixture, options);
  sage_http_server_listen_tcp (fixture->server, "127.0.0.1", 0, &error);
  g_assert_no_error (error);
  sage_http_server_listen_unix (fixture->server, fixture->socket_path, &error);
  g_assert_no_error (error);
  fixture->port = sage_http_server_port (fixture->server);
  g_assert_cmpuint (fixture->port, !=, 0);
}

void
http_fixture_stop (HttpFixture *fixture)
{
  g_autofree char *file = g_build_filename (fixture->dir, "file", NULL);

  g_ptr_array_unref (fixture->streams);
  g_clear_pointer (&fixture->server, sage_http_server_free);
  g_assert_false (g_file_test (fixture->socket_path, G_FILE_TEST_EXISTS));
  g_assert_cmpint (g_unlink (file), ==, 0);
  g_assert_cmpint (g_rmdir (fixture->dir), ==, 0);
  g_free (fixture->dir);
  g_free (fixture->peer);
  g_free (fixture->client);
  g_free (fixture->socket_path);
  g_ptr_array_unref (fixture->seen);
  g_mutex_clear (&fixture->lock);
  g_cond_clear (&fixture->changed);
}

static void
set_up (HttpFixture   *fixture,
        gconstpointer  data)
{
  http_fixture_start (fixture, data);
}

static void
tear_down (HttpFixture   *fixture,
           gconstpointer  data)
{
  http_fixture_stop (fixture);
}

/* Adds each of @tests once with a thread a connection and once with event threads, every time with
 * a server of its own. At most MAX_SUITES times. */
void
http_fixture_add_tests (const char            *suite,
                        const SageHttpOptions *options,
                        const HttpTest        *tests,
                        gsize                  n_tests)
{
  static const struct
  {
    const char        *name;
    SageHttpThreading  threading;
  } modes[] = {
    { "threaded", SAGE_HTTP_THREADED },
    { "events", SAGE_HTTP_EVENTS },
  };
  static SageHttpOptions kept[MAX_SUITES * G_N_ELEMENTS (modes)];
  static gsize n_kept;

  for (gsize m = 0; m < G_N_ELEMENTS (modes); m++)
    {
      SageHttpOptions *mode = &kept[n_kept++];

      g_assert_cmpuint (n_kept, <=, G_N_ELEMENTS (kept));
      if (options != NULL)
        *mode = *options;
      mode->threading = modes[m].threading;
      for (gsize t = 0; t < n_tests; t++)
        {
          g_autofree char *path = g_strdup_printf ("/http/%s/%s/%s", suite, modes[m].name,
                                                   tests[t].name);

          g_test_add (path, HttpFixture, mode, set_up, tests[t].func, tear_down);
        }
    }
}

gboolean
http_fixture_saw (HttpFixture *fixture,
                  const char  *request)
{
  gboolean saw;

  g_mutex_lock (&fixture->lock);
  saw = g_ptr_array_find_with_equal_func (fixture->seen, request, g_str_equal, NULL);
  g_mutex_unlock (&fixture->lock);
  return saw;
}

/* Waits until a counter of the fixture reaches @value. */
void
http_fixture_wait (HttpFixture *fixture,
                   guint       *counter,
                   guint        value)
{
  gint64 until = g_get_monotonic_time () + HTTP_WAIT_US;

  g_mutex_lock (&fixture->lock);
  while (*counter < value)
    g_assert_true (g_cond_wait_until (&fixture->changed, &fixture->lock, until));
  g_mutex_unlock (&fixture->lock);
}

void
http_fixture_open (HttpFixture *fixture)
{
  g_mutex_lock (&fixture->lock);
  fixture->open = TRUE;
  g_cond_broadcast (&fixture->changed);
  g_mutex_unlock (&fixture->lock);
}

/* Waits for a request that /hold has suspended. */
SageHttpRequest *
http_fixture_held (HttpFixture *fixture)
{
  gint64 until = g_get_monotonic_time () + HTTP_WAIT_US;
  SageHttpRequest *request;

  g_mutex_lock (&fixture->lock);
  while (fixture->held == NULL)
    g_assert_true (g_cond_wait_until (&fixture->changed, &fixture->lock, until));
  request = g_steal_pointer (&fixture->held);
  g_mutex_unlock (&fixture->lock);
  return request;
}

int
http_connect (HttpFixture *fixture)
{
  return http_connect_from (fixture, 1);
}

/* Connects as another peer: from 127.0.0.@peer. */
int
http_connect_from (HttpFixture *fixture,
                   guint8       peer)
{
  struct sockaddr_in from = { .sin_family = AF_INET,
                              .sin_addr.s_addr = htonl ((INADDR_LOOPBACK & ~0xffu) | peer) };
  struct sockaddr_in where = { .sin_family = AF_INET, .sin_port = htons (fixture->port),
                               .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_assert_cmpint (fd, >=, 0);
  if (peer != 1)
    g_assert_cmpint (bind (fd, (struct sockaddr *) &from, sizeof from), ==, 0);
  g_assert_cmpint (connect (fd, (struct sockaddr *) &where, sizeof where), ==, 0);
  return fd;
}

int
http_connect_unix (HttpFixture *fixture)
{
  struct sockaddr_un where = { .sun_family = AF_UNIX };
  int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_assert_cmpint (fd, >=, 0);
  g_strlcpy (where.sun_path, fixture->socket_path, sizeof where.sun_path);
  g_assert_cmpint (connect (fd, (struct sockaddr *) &where, sizeof where), ==, 0);
  return fd;
}

/* Sends all, unless the server ends the connection. */
gboolean
http_try_send (int         fd,
               const void *data,
               gsize       length)
{
  const char *at = data;

  while (length > 0)
    {
      ssize_t n = send (fd, at, length, MSG_NOSIGNAL);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return FALSE;
      at += n;
      length -= (gsize) n;
    }
  return TRUE;
}

void
http_send (int         fd,
           const void *data,
           gssize      length)
{
  g_assert_true (http_try_send (fd, data, length < 0 ? strlen (data) : (gsize) length));
}

/* Reads one byte; -1 at the end or after the deadline. */
static int
read_byte (int    fd,
           gint64 until)
{
  for (;;)
    {
      struct pollfd pfd = { .fd = fd, .events = POLLIN };
      gint64 left = until - g_get_monotonic_time ();
      guint8 byte;
      ssize_t n;

      if (left <= 0 || poll (&pfd, 1, (int) (left / 1000) + 1) == 0)
        return -1;
      n = recv (fd, &byte, 1, MSG_DONTWAIT);
      if (n == 1)
        return byte;
      if (n == 0 || (errno != EAGAIN && errno != EINTR))
        return -1;
    }
}

static gsize
announced_length (const char *head)
{
  const char *line = strcasestr (head, "\r\nContent-Length:");

  return line != NULL ? g_ascii_strtoull (line + strlen ("\r\nContent-Length:"), NULL, 10) : 0;
}

/* Reads the next reply, as far as it comes. */
HttpReply *
http_read_reply (int      fd,
                 gboolean is_head)
{
  g_autoptr(GString) head = g_string_new (NULL);
  gint64 until = g_get_monotonic_time () + HTTP_WAIT_US;
  HttpReply *reply = g_new0 (HttpReply, 1);
  gsize length;
  int byte;

  reply->body = g_string_new (NULL);
  while (!g_str_has_suffix (head->str, "\r\n\r\n") && (byte = read_byte (fd, until)) >= 0)
    g_string_append_c (head, (char) byte);
  if (g_str_has_prefix (head->str, "HTTP/1.1 ") && g_str_has_suffix (head->str, "\r\n\r\n"))
    reply->status = (guint) g_ascii_strtoull (head->str + strlen ("HTTP/1.1 "), NULL, 10);

  length = is_head || reply->status < 200 ? 0 : announced_length (head->str);
  while (reply->body->len < length && (byte = read_byte (fd, until)) >= 0)
    g_string_append_c (reply->body, (char) byte);
  reply->head = g_strdup (head->str);
  return reply;
}

HttpReply *
http_exchange (int         fd,
               const char *request)
{
  http_send (fd, request, -1);
  return http_read_reply (fd, FALSE);
}

/* Tells whether the server ends the connection in time. What still comes is dropped. */
gboolean
http_is_closed (int    fd,
                gint64 within_us)
{
  gint64 until = g_get_monotonic_time () + within_us;

  while (read_byte (fd, until) >= 0)
    ;
  return g_get_monotonic_time () < until;
}

void
http_reply_free (HttpReply *reply)
{
  g_free (reply->head);
  g_string_free (reply->body, TRUE);
  g_free (reply);
}
