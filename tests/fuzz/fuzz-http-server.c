/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fuzz-http-server"

#include "config.h"

#include <errno.h>
#include <linux/sockios.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sage-error.h"
#include "sage-http-server.h"

int LLVMFuzzerTestOneInput (const guint8 *data,
                            size_t        size);

/* Longer than anything takes: a connection that lives on after its input ended is a finding. */
#define PATIENCE_US (8 * G_USEC_PER_SEC)
#define PREVIEW_BYTES 8192 /* as in sage-http-fresh.c */

static gboolean
sink (SageHttpRequest  *request,
      const guint8     *data,
      gsize             length,
      gpointer          user_data,
      GError          **error)
{
  if (memchr (data, '!', length) != NULL)
    return sage_throw (error, SAGE_ERROR_NO_SPACE, "Disk is full");
  return TRUE;
}

static void
begin (SageHttpRequest *request,
       gpointer         user_data)
{
  const char *path = sage_http_request_path (request);

  if (g_str_has_prefix (path, "/sink"))
    sage_http_request_set_sink (request, sink, NULL, NULL);
  else if (g_str_has_prefix (path, "/limit"))
    sage_http_request_set_limit (request, 10);
  else if (g_str_has_prefix (path, "/deny"))
    sage_http_reply (request, 403, "text/plain", "no", 2);
}

/* What reaches the handler keeps the promises of the header file. */
static void
handle (SageHttpRequest *request,
        gpointer         user_data)
{
  const char * const *fields = sage_http_request_headers (request);

  g_assert_cmpint (sage_http_request_path (request)[0], ==, '/');
  for (const char *at = sage_http_request_path (request); *at != '\0'; at++)
    g_assert_true (*at > 0x20 && *at < 0x7f);
  for (const char *at = sage_http_request_query (request); *at != '\0'; at++)
    g_assert_true (*at > 0x20 && *at < 0x7f);
  g_assert_cmpuint (sage_http_request_count_header (request, "Host"), ==, 1);
  g_assert_cmpuint (sage_http_request_count_header (request, "Content-Length") +
                    sage_http_request_count_header (request, "Transfer-Encoding"), <=, 1);
  for (; *fields != NULL; fields += 2)
    g_assert_null (strpbrk (fields[1], "\r\n"));

  sage_http_reply_bytes (request, sage_http_request_sink_error (request) != NULL ? 507 : 200, NULL,
                         sage_http_request_body (request));
}

static SageHttpServer *
get_server (void)
{
  static const SageHttpHandler handler = { begin, handle };
  static const SageHttpOptions options = { .threading = SAGE_HTTP_EVENTS, .n_threads = 1 };
  static SageHttpServer *server;

  if (server == NULL)
    server = sage_http_server_new (&handler, NULL, &options);
  return server;
}

/* Whether the server has read all that was sent. What is sent and ended in one go it may see as one
 * event, and then the end only when it next looks after idle connections, which takes long. */
static gboolean
is_read (int fd)
{
  int unread = 0;

  return ioctl (fd, SIOCOUTQ, &unread) == 0 && unread == 0;
}

/* A head that is not whole the server only looks at, and leaves unread. */
static gboolean
has_whole_head (const guint8 *data,
                size_t        size)
{
  if (size == 0)
    return FALSE;
  return size >= PREVIEW_BYTES || memmem (data, size, "\n\r\n", 3) != NULL
         || memmem (data, size, "\n\n", 2) != NULL;
}

/* Sends what can be sent and drops what comes until the server ends the connection. */
static void
talk (int           fd,
      const guint8 *data,
      size_t        size)
{
  gint64 until = g_get_monotonic_time () + PATIENCE_US;
  gboolean writing = TRUE;
  gboolean whole = has_whole_head (data, size);

  for (;;)
    {
      struct pollfd pfd = { .fd = fd, .events = POLLIN | (size > 0 ? POLLOUT : 0) };
      char buffer[4096];
      ssize_t n;

      g_assert_cmpint (g_get_monotonic_time (), <, until);
      (void) poll (&pfd, 1, writing ? 1 : 100);
      n = recv (fd, buffer, sizeof buffer, MSG_DONTWAIT);
      if (n == 0 || (n < 0 && errno != EAGAIN))
        return;
      n = size > 0 ? send (fd, data, size, MSG_DONTWAIT | MSG_NOSIGNAL) : 0;
      if (n > 0)
        {
          data += n;
          size -= (size_t) n;
        }
      if (writing && size == 0 && (!whole || is_read (fd)))
        {
          shutdown (fd, SHUT_WR);
          writing = FALSE;
        }
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        size_t        size)
{
  g_autoptr(GError) error = NULL;
  int pair[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), ==, 0);
  if (sage_http_server_adopt (get_server (), pair[1], &error))
    talk (pair[0], data, size);
  else
    g_assert_error (error, SAGE_ERROR, SAGE_ERROR_BUSY);
  close (pair[0]);
  return 0;
}
