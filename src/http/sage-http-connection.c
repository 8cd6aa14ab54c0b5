/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-http"

#include "config.h"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <time.h>

#include "sage-http-private.h"

/*
 * The deadlines of connections. libmicrohttpd's own timeout starts anew with every byte, so a peer
 * that sends one now and then could stay for ever. The door looks at every connection a few times
 * a second; what it needs to know the connection's thread leaves in atomics.
 */

void
sage_http_connection_free (SageHttpConnection *connection)
{
  g_clear_pointer (&connection->spare, sage_http_request_free);
  g_clear_pointer (&connection->tls, sage_http_tls_peer_unref);
  g_free (connection->peer);
  g_free (connection);
}

/* The time at which @phase begins. An idle phase and one that reads a body are told from the next of
 * their kind by it. For the others a clock that ticks a hundred times a second will do; this is asked
 * for several times a request. */
static gint64
time_for (SageHttpPhase phase)
{
  struct timespec now;

  if (phase == SAGE_HTTP_PHASE_IDLE || phase == SAGE_HTTP_PHASE_BODY)
    return g_get_monotonic_time ();

  clock_gettime (CLOCK_MONOTONIC_COARSE, &now);
  return (gint64) now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

/* Notes, on the connection's thread, what the connection does from now on. */
void
sage_http_connection_enter (SageHttpConnection *connection,
                            SageHttpPhase       phase)
{
  gint64 now = time_for (phase);

  if (phase == SAGE_HTTP_PHASE_HEADERS)
    __atomic_store_n (&connection->request_since, now, __ATOMIC_RELAXED);
  /* the first request's headers have been on the clock since the connection was accepted */
  if (phase != SAGE_HTTP_PHASE_HEADERS || connection->phase != SAGE_HTTP_PHASE_FRESH)
    __atomic_store_n (&connection->since, now, __ATOMIC_RELAXED);
  __atomic_store_n (&connection->phase, (int) phase, __ATOMIC_RELEASE);
}

/* Ends a connection from outside. To be called under the server's lock, so that libmicrohttpd has
 * not closed the descriptor yet. */
void
sage_http_connection_kill (SageHttpConnection *connection)
{
  if (connection->killed || !connection->started)
    return;
  connection->killed = TRUE;
  shutdown (connection->fd, SHUT_RDWR);
  if (connection->suspended != NULL)
    sage_http_request_release (connection->suspended);
}

/* How many bytes the peer has sent; the end of them counts as one. Over the Unix socket it is not told:
 * 0. Through TLS it is those in clear. */
guint64
sage_http_connection_received (SageHttpConnection *connection)
{
  struct tcp_info info = { 0 };
  socklen_t length = sizeof info;

  if (connection->tls != NULL)
    return __atomic_load_n (&connection->tls->received, __ATOMIC_RELAXED);
  if (connection->peer == NULL ||
      getsockopt (connection->fd, IPPROTO_TCP, TCP_INFO, &info, &length) != 0)
    return 0;
  return info.tcpi_bytes_received;
}

/* Tells whether the peer has ended the connection, or its half of it. */
static gboolean
has_hung_up (SageHttpConnection *connection)
{
  struct pollfd pfd = { .fd = connection->fd, .events = POLLRDHUP };

  return poll (&pfd, 1, 0) == 1;
}

/* Tells whether the peer has ended both halves of the connection, so that nobody hears an answer. */
gboolean
sage_http_connection_is_gone (SageHttpConnection *connection)
{
  struct pollfd pfd = { .fd = connection->fd };

  return poll (&pfd, 1, 0) == 1 && (pfd.revents & (POLLHUP | POLLERR)) != 0;
}

/* No request, and there will be none. libmicrohttpd, which waits for edges, misses the end of a
 * connection when it comes together with the last bytes. Whoever was seen so once may have a
 * request just being read; who is seen so twice has not. */
static gboolean
is_hangup_missed (SageHttpConnection *connection,
                  gint64              since)
{
  if (!has_hung_up (connection))
    return FALSE;
  if (connection->hangup_since == since)
    return TRUE;
  connection->hangup_since = since;
  return FALSE;
}

/* Between two requests: idle for long, or half a request line that does not get on. Over the Unix
 * socket both share the idle deadline. */
static gboolean
is_idle_late (SageHttpConnection *connection,
              gint64              since,
              gint64              now)
{
  guint64 received = sage_http_connection_received (connection);

  if (connection->idle_since != since)
    {
      connection->idle_since = since;
      connection->idle_bytes = received;
      connection->grown_since = 0;
    }
  else if (received > connection->idle_bytes && connection->grown_since == 0)
    connection->grown_since = now;

  if (connection->grown_since != 0)
    return now - connection->grown_since > connection->server->header_us;
  return now - since > connection->server->idle_us;
}

/* Every stretch of a body must bring its share; a sink that is slow to take it is not the peer's
 * fault. */
static gboolean
is_body_late (SageHttpConnection *connection,
              gint64              since,
              gint64              now)
{
  SageHttpServer *server = connection->server;
  guint64 bytes = __atomic_load_n (&connection->body_bytes, __ATOMIC_RELAXED);
  gint64 elapsed;

  if (connection->window_phase != since)
    {
      connection->window_phase = connection->window_since = since;
      connection->window_bytes = 0;
    }

  elapsed = now - connection->window_since;
  if (elapsed <= server->body_us)
    return FALSE;
  if (!__atomic_load_n (&connection->in_sink, __ATOMIC_RELAXED) &&
      (gint64) (bytes - connection->window_bytes) <
      server->body_rate * server->body_us / G_USEC_PER_SEC)
    return TRUE;
  connection->window_since = now;
  connection->window_bytes = bytes;
  return FALSE;
}

/* Tells, in the door's thread and under the server's lock, whether a deadline has passed. */
gboolean
sage_http_connection_late (SageHttpConnection *connection,
                           gint64              now)
{
  SageHttpServer *server = connection->server;
  SageHttpPhase phase = __atomic_load_n (&connection->phase, __ATOMIC_ACQUIRE);
  gint64 since = __atomic_load_n (&connection->since, __ATOMIC_RELAXED);
  gint64 request_since = __atomic_load_n (&connection->request_since, __ATOMIC_RELAXED);
  gboolean request_late = server->request_us > 0 && now - request_since > server->request_us;

  switch (phase)
    {
    case SAGE_HTTP_PHASE_FRESH:
      return now - since > server->header_us || is_hangup_missed (connection, since);
    case SAGE_HTTP_PHASE_IDLE:
      return is_idle_late (connection, since, now) || is_hangup_missed (connection, since);
    case SAGE_HTTP_PHASE_HEADERS:
      return request_late || now - since > server->header_us;
    case SAGE_HTTP_PHASE_BODY:
      return request_late || is_body_late (connection, since, now);
    case SAGE_HTTP_PHASE_BUSY:
      return request_late;
    default:
      g_assert_not_reached ();
    }
}
