/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-http"

#include "config.h"

#include <string.h>
#include <sys/socket.h>

#include "sage-http-private.h"

/*
 * Refusals past libmicrohttpd, and when it takes one. What it thinks of a request line it can make
 * nothing of, in a later request of a connection, it tells nobody but its log: it writes there and
 * ends the connection. So the log is listened to. Texts are compared that another version may word
 * differently: then the connection ends as libmicrohttpd ends it.
 *
 * Where a connection has a thread of its own, the thread tells which one the log speaks of, and it is
 * answered at once: the next thing libmicrohttpd does is to shut the socket down for writing.
 *
 * A thread that serves many does not tell. There libmicrohttpd, in its "turbo" mode, shuts no socket
 * down, and the answer is given when the connection is closed, which is in the same turn of the
 * thread: to the one that ends between two requests and has sent more than requests that were taken,
 * whether or not it has hung up then. That another one does so at the same time with half a request is
 * no harm: it hears what is true of it. Over the Unix socket nobody counts what is sent; who ends only
 * its half of such a connection, just then and having sent nothing, hears what was meant for another.
 *
 * Its own word on a Content-Length beyond 64 bits, a 413, comes after that in the log. The number
 * tells which connection is meant.
 *
 * A chunk's line that fills the connection's memory leaves none for the 413 that libmicrohttpd would
 * answer. Bodies come in chunks only where connections have threads of their own.
 */

#define COMPLAINT_US (5 * G_USEC_PER_SEC) /* more than one turn of a thread takes */

typedef struct
{
  const char   *text;  /* what libmicrohttpd's begins with */
  SageHttpPhase phase; /* in which it means the request that is being read */
  const char   *reason;
} Complaint;

static const Complaint complaints[] = {
  { "The request line is malformed.", SAGE_HTTP_PHASE_IDLE, "Malformed request line" },
  { "The request line starts with a whitespace.", SAGE_HTTP_PHASE_IDLE, "Malformed request line" },
  { "The request line has more than two whitespaces.", SAGE_HTTP_PHASE_IDLE,
    "Malformed request line" },
  { "Too many meaningless extra empty lines", SAGE_HTTP_PHASE_IDLE, "Malformed request line" },
  { "Bare LF characters are not allowed in the request line.", SAGE_HTTP_PHASE_IDLE,
    "The request line does not end in CR LF" },
  { "Bare CR characters are not allowed in the request line.", SAGE_HTTP_PHASE_IDLE,
    "Control character in the request line" },
  { "Invalid character is in the request line.", SAGE_HTTP_PHASE_IDLE,
    "Control character in the request line" },
  { "The NUL character is in the request line.", SAGE_HTTP_PHASE_IDLE,
    "Control character in the request line" },
  { "Too large value of 'Content-Length' header.", SAGE_HTTP_PHASE_HEADERS,
    "Malformed Content-Length" },
  { "Error processing request (HTTP response code is 413 ('<html><head><title>Request too big</title>"
    "</head><body><p>The total size of the request target, the request field lines and the chunk size "
    "line", SAGE_HTTP_PHASE_BODY,
    "The line with a chunk's size is too long" },
};

/* SAGE_HTTP_THREADED: the connection that this thread serves, once it has had a request. */
static _Thread_local SageHttpConnection *served; /* (unowned) (nullable) */

/* SAGE_HTTP_EVENTS: how many connections are about to be closed for what was complained of last. It
 * lapses: one that is gone altogether is not answered, and those that end later have nothing to do
 * with it; nor have those that end when all were answered, which may have had another answer. */
static _Thread_local guint n_unanswered;
static _Thread_local const char *unanswered;
static _Thread_local gint64 unanswered_since; /* monotonic µs */

/* Answers without libmicrohttpd, and says no more on @fd. */
void
sage_http_turn_away (int         fd,
                     const char *status,
                     const char *reason)
{
  g_autofree char *reply =
    g_strdup_printf ("HTTP/1.1 %s\r\n"
                     "Connection: close\r\n"
                     "%s"
                     "Content-Type: text/plain\r\n"
                     "Content-Length: %" G_GSIZE_FORMAT "\r\n"
                     "\r\n"
                     "%s\n", status, status[0] == '5' ? "Retry-After: 1\r\n" : "",
                     strlen (reason) + 1, reason);

  (void) !send (fd, reply, strlen (reply), MSG_DONTWAIT | MSG_NOSIGNAL);
  shutdown (fd, SHUT_WR);
}

static void
answer (SageHttpConnection *connection,
        const char         *reason)
{
  g_debug ("Refused a request with 400: %s", reason);
  sage_http_turn_away (connection->fd, "400 Bad Request", reason);
  connection->refused = TRUE;
}

/* Notes that this thread serves @connection. */
void
sage_http_complaint_expect (SageHttpConnection *connection)
{
  connection->thread = pthread_self ();
  if (connection->server->threading == SAGE_HTTP_THREADED)
    served = connection;
}

/* Counts what the peer has sent for @request, whose head is in: of what is more, libmicrohttpd may
 * complain. The empty lines that may stand before a request are not among it. */
void
sage_http_complaint_count (SageHttpRequest *request)
{
  SageHttpConnection *connection = request->connection;
  const union MHD_ConnectionInfo *info;

  if (request->server->threading != SAGE_HTTP_EVENTS || connection->taken == SAGE_HTTP_TAKEN_UNKNOWN)
    return;

  info = MHD_get_connection_info (connection->mhd, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
  if (info == NULL || request->content_length < 0)
    connection->taken = SAGE_HTTP_TAKEN_UNKNOWN;
  else
    connection->taken += info->header_size + (guint64) request->content_length;
}

/* Answers those of this thread's connections whose headers announce too much. */
static void
answer_huge_lengths (SageHttpServer *server,
                     const char     *reason)
{
  GHashTableIter iter;
  gpointer value;

  g_mutex_lock (&server->lock);
  g_hash_table_iter_init (&iter, server->connections);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      SageHttpConnection *connection = value;
      const char *length;

      if (__atomic_load_n (&connection->phase, __ATOMIC_ACQUIRE) != SAGE_HTTP_PHASE_HEADERS ||
          !pthread_equal (connection->thread, pthread_self ()))
        continue;
      length = MHD_lookup_connection_value (connection->mhd, MHD_HEADER_KIND, "Content-Length");
      if (length != NULL && sage_http_is_huge_length (length, length + strlen (length)))
        answer (connection, reason);
    }
  g_mutex_unlock (&server->lock);
}

static void
drop_lapsed (void)
{
  if (g_get_monotonic_time () - unanswered_since > COMPLAINT_US)
    n_unanswered = 0;
}

/* Takes note of what libmicrohttpd logs, and sees to it that the peer is answered if it is about a
 * request that would get a worse answer, or none. */
void
sage_http_complaint_hear (SageHttpServer *server,
                          const char     *complaint)
{
  for (guint i = 0; i < G_N_ELEMENTS (complaints); i++)
    {
      const Complaint *known = &complaints[i];

      if (!g_str_has_prefix (complaint, known->text))
        continue;
      if (server->threading == SAGE_HTTP_THREADED)
        {
          if (served != NULL && !served->refused && known->phase == (SageHttpPhase) served->phase)
            answer (served, known->reason);
        }
      else if (known->phase == SAGE_HTTP_PHASE_HEADERS)
        answer_huge_lengths (server, known->reason);
      else if (known->phase == SAGE_HTTP_PHASE_IDLE)
        {
          drop_lapsed ();
          unanswered = known->reason;
          unanswered_since = g_get_monotonic_time ();
          n_unanswered++;
        }
      return;
    }
}

/* Tells whether the peer has sent more than the requests that were taken. Where that is not known,
 * whoever can still hear an answer may have. */
static gboolean
has_sent_more (SageHttpConnection *connection)
{
  guint64 received = sage_http_connection_received (connection);

  if (received == 0 || connection->taken == SAGE_HTTP_TAKEN_UNKNOWN)
    return !sage_http_connection_is_gone (connection);

  return received > connection->taken + 1; /* the end of it is one */
}

/* libmicrohttpd is about to close @connection: tells the peer why if it is for a complaint. */
void
sage_http_complaint_answer (SageHttpConnection *connection)
{
  if (n_unanswered == 0 || connection->phase != SAGE_HTTP_PHASE_IDLE || connection->ending ||
      connection->refused || connection->killed || connection->upgraded)
    return;
  drop_lapsed ();
  if (n_unanswered == 0 || !has_sent_more (connection))
    return;
  answer (connection, unanswered);
  n_unanswered--;
}
