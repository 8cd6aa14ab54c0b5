/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-http"

#include "config.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sage-http-link-private.h"

/*
 * One TLS connection: its handshake, and the bytes that go through it, both ways, without ever
 * blocking. What cannot go on holds up its own direction only, so the server's pace is the peer's.
 *
 * The end of a TLS connection that its peer has not announced may be anybody's doing: then the
 * server's end is cut, and no half of a body is taken for a whole one.
 */

#define BUFFER_BYTES (16 * 1024) /* a record of TLS */
#define RECORDS_A_TURN 16
#define ALERTS_A_TURN 4
#define GRACE_US (5 * G_USEC_PER_SEC) /* what libmicrohttpd is given beyond the idle time */
#define DRAIN_US (2 * G_USEC_PER_SEC)
#define DRAIN_BYTES (4 * 1024 * 1024)

SageHttpTlsPeer *
sage_http_tls_peer_ref (SageHttpTlsPeer *peer)
{
  g_atomic_ref_count_inc (&peer->ref_count);
  return peer;
}

void
sage_http_tls_peer_unref (SageHttpTlsPeer *peer)
{
  if (!g_atomic_ref_count_dec (&peer->ref_count))
    return;
  g_free (peer->address);
  g_free (peer->client);
  g_free (peer);
}

/* Begins with the handshake on @fd. Takes over @fd and @address; %NULL if there is no memory. */
SageHttpLink *
sage_http_link_new (SageHttpTls *tls,
                    int          epoll,
                    int          fd,
                    char        *address)
{
  SageHttpLink *link = g_new0 (SageHttpLink, 1);

  link->epoll = epoll;
  link->place.data = link;
  link->outer = (SageHttpLinkEnd) { .link = link, .fd = fd, .want = EPOLLIN };
  link->inner = (SageHttpLinkEnd) { .link = link, .fd = -1 };
  link->since = link->progress = g_get_monotonic_time ();
  link->peer = g_new0 (SageHttpTlsPeer, 1);
  g_atomic_ref_count_init (&link->peer->ref_count);
  link->peer->address = address;
  link->tls = sage_http_tls_session_new (tls, fd);
  if (link->tls == NULL)
    {
      sage_http_link_free (link);
      return NULL;
    }
  return link;
}

/* Opens a link whose handshake is done. Returns: the server's end of it, -1 on failure */
int
sage_http_link_connect (SageHttpLink *link)
{
  int pair[2];

  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair) != 0)
    {
      g_warning ("Cannot take a TLS connection: %s", g_strerror (errno));
      return -1;
    }
  link->stage = SAGE_HTTP_LINK_OPEN;
  link->since = link->progress = g_get_monotonic_time ();
  link->inner.fd = pair[0];
  link->in.bytes = g_malloc (BUFFER_BYTES);
  link->out.bytes = g_malloc (BUFFER_BYTES);
  return pair[1];
}

/* Has the relay wait for what an end wants. epoll tells of a hang-up unasked: an end that wants
 * nothing is taken out. */
void
sage_http_link_watch (SageHttpLinkEnd *end,
                      int              epoll)
{
  struct epoll_event event = { .events = end->want, .data.ptr = end };
  int operation = end->watched == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;

  if (end->fd < 0 || end->want == end->watched)
    return;
  if (end->want == 0)
    operation = EPOLL_CTL_DEL;
  if (epoll_ctl (epoll, operation, end->fd, &event) == 0)
    end->watched = end->want;
  else
    g_warning ("Cannot wait for a TLS connection: %s", g_strerror (errno));
}

/* By hand: a process that is just being started may still have a copy of the descriptor, and epoll
 * would go on to tell of it. */
static void
close_end (SageHttpLink    *link,
           SageHttpLinkEnd *end)
{
  end->want = 0;
  sage_http_link_watch (end, link->epoll);
  if (end->fd >= 0)
    close (end->fd);
  end->fd = -1;
}

/* Cuts the server's end off; what it has said is still sent. */
void
sage_http_link_close (SageHttpLink *link)
{
  if (link->stage == SAGE_HTTP_LINK_CLOSING)
    return;
  link->stage = SAGE_HTTP_LINK_CLOSING;
  link->since = link->progress = g_get_monotonic_time ();
  close_end (link, &link->inner);
}

/* A refusal in clear, for who speaks it. */
static SageHttpLinkVerdict
refuse_clear (SageHttpLink *link)
{
  sage_http_turn_away (link->outer.fd, "400 Bad Request", "This port speaks HTTPS");
  sage_http_link_close (link);
  link->flushed = TRUE;
  return SAGE_HTTP_LINK_MORE;
}

static SageHttpLinkVerdict
fail_handshake (SageHttpLink *link,
                int           result)
{
  g_debug ("A TLS handshake failed: %s", gnutls_strerror (result));
  (void) gnutls_alert_send_appropriate (link->tls->session, result);
  sage_http_link_close (link);
  link->flushed = TRUE;
  shutdown (link->outer.fd, SHUT_WR);
  return SAGE_HTTP_LINK_MORE;
}

/* What GnuTLS waits for after GNUTLS_E_AGAIN. */
static guint32
direction (SageHttpLink *link)
{
  return gnutls_record_get_direction (link->tls->session) == 1 ? EPOLLOUT : EPOLLIN;
}

static SageHttpLinkVerdict
shake (SageHttpLink *link)
{
  guint8 first;
  ssize_t n = link->begun ? 1 : recv (link->outer.fd, &first, 1, MSG_PEEK | MSG_DONTWAIT);
  int result = GNUTLS_E_AGAIN;

  if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
    return SAGE_HTTP_LINK_DEAD;
  if (n == 1 && !link->begun && g_ascii_isupper ((char) first))
    return refuse_clear (link);
  link->begun |= n == 1;

  for (guint i = 0; link->begun && i < ALERTS_A_TURN; i++)
    {
      result = gnutls_handshake (link->tls->session);
      if (result == GNUTLS_E_SUCCESS)
        return SAGE_HTTP_LINK_SHAKEN;
      if (result == GNUTLS_E_AGAIN)
        break;
      if (gnutls_error_is_fatal (result))
        return fail_handshake (link, result);
    }
  if (result != GNUTLS_E_AGAIN)
    return fail_handshake (link, result); /* warnings without end */

  link->outer.want = link->begun ? direction (link) : EPOLLIN;
  return SAGE_HTTP_LINK_WAITS;
}

/* Gives the server what there is for it. Returns whether there is nothing left. */
static gboolean
deliver (SageHttpLink *link)
{
  SageHttpLinkBuffer *in = &link->in;

  while (in->at < in->length && !link->deaf)
    {
      ssize_t n = send (link->inner.fd, in->bytes + in->at, in->length - in->at,
                        MSG_NOSIGNAL | MSG_DONTWAIT);

      if (n > 0)
        in->at += (gsize) n;
      else if (errno == EAGAIN)
        {
          link->inner.want |= EPOLLOUT;
          return FALSE;
        }
      else if (errno != EINTR)
        link->deaf = TRUE;
    }
  in->at = in->length = 0;
  return TRUE;
}

/* Takes a record from the client; its length, or what GnuTLS says. */
static ssize_t
read_record (SageHttpLink *link)
{
  for (guint i = 0; i < ALERTS_A_TURN; i++)
    {
      ssize_t n = gnutls_record_recv (link->tls->session, link->in.bytes, BUFFER_BYTES);

      /* another handshake within the connection is not for us */
      if (n >= 0 || n == GNUTLS_E_AGAIN || n == GNUTLS_E_REHANDSHAKE || gnutls_error_is_fatal ((int) n))
        return n;
    }
  return GNUTLS_E_UNEXPECTED_PACKET;
}

static SageHttpLinkVerdict
carry_in (SageHttpLink *link)
{
  for (guint i = 0; i < RECORDS_A_TURN; i++)
    {
      ssize_t n;

      if (!deliver (link) || link->outer_eof)
        return SAGE_HTTP_LINK_WAITS;
      n = read_record (link);
      if (n == GNUTLS_E_AGAIN)
        {
          link->outer.want |= direction (link);
          return SAGE_HTTP_LINK_WAITS;
        }
      if (n < 0)
        {
          g_debug ("A TLS connection was cut off: %s", gnutls_strerror ((int) n));
          return SAGE_HTTP_LINK_DEAD;
        }
      /* before the server has it, who may look at once how much there was; the end is one, as in TCP */
      __atomic_fetch_add (&link->peer->received, n > 0 ? (guint64) n : 1, __ATOMIC_RELAXED);
      if (n == 0)
        {
          link->outer_eof = TRUE;
          shutdown (link->inner.fd, SHUT_WR);
        }
      link->in.length = (gsize) n;
    }
  return SAGE_HTTP_LINK_MORE;
}

/* Sends what there is for the client. Returns: GNUTLS_E_SUCCESS when there is nothing left, or what
 * GnuTLS says */
static int
flush (SageHttpLink *link)
{
  SageHttpLinkBuffer *out = &link->out;

  while (out->at < out->length)
    {
      ssize_t n = gnutls_record_send (link->tls->session, out->bytes + out->at,
                                      out->length - out->at);

      if (n > 0)
        {
          out->at += (gsize) n;
          link->progress = g_get_monotonic_time ();
        }
      else if (n == GNUTLS_E_AGAIN)
        {
          link->outer.want |= EPOLLOUT;
          return GNUTLS_E_AGAIN;
        }
      else if (n != GNUTLS_E_INTERRUPTED)
        return (int) n;
    }
  out->at = out->length = 0;
  return GNUTLS_E_SUCCESS;
}

static SageHttpLinkVerdict
carry_out (SageHttpLink *link)
{
  for (guint i = 0; i < RECORDS_A_TURN; i++)
    {
      int result = flush (link);
      ssize_t n;

      if (result != GNUTLS_E_SUCCESS)
        return result == GNUTLS_E_AGAIN ? SAGE_HTTP_LINK_WAITS : SAGE_HTTP_LINK_DEAD;
      n = recv (link->inner.fd, link->out.bytes, BUFFER_BYTES, MSG_DONTWAIT);
      if (n > 0)
        {
          link->out.length = (gsize) n;
          link->progress = g_get_monotonic_time ();
        }
      else if (n == 0 || (errno != EAGAIN && errno != EINTR))
        {
          sage_http_link_close (link);
          return SAGE_HTTP_LINK_MORE;
        }
      else if (errno == EAGAIN)
        {
          link->inner.want |= EPOLLIN;
          return SAGE_HTTP_LINK_WAITS;
        }
    }
  return SAGE_HTTP_LINK_MORE;
}

static SageHttpLinkVerdict
carry (SageHttpLink *link)
{
  SageHttpLinkVerdict in = carry_in (link);
  SageHttpLinkVerdict out = in == SAGE_HTTP_LINK_DEAD ? in : carry_out (link);

  return MAX (in, out);
}

/* Sends the end of the connection, behind all else. */
static SageHttpLinkVerdict
say_goodbye (SageHttpLink *link)
{
  int result = flush (link);

  if (result == GNUTLS_E_SUCCESS)
    {
      do
        result = gnutls_bye (link->tls->session, GNUTLS_SHUT_WR);
      while (result == GNUTLS_E_INTERRUPTED);
      if (result == GNUTLS_E_AGAIN)
        link->outer.want |= EPOLLOUT;
    }
  if (result == GNUTLS_E_AGAIN)
    return SAGE_HTTP_LINK_WAITS;
  if (result != GNUTLS_E_SUCCESS)
    return SAGE_HTTP_LINK_DEAD;

  link->flushed = TRUE;
  link->since = g_get_monotonic_time ();
  shutdown (link->outer.fd, SHUT_WR);
  return SAGE_HTTP_LINK_WAITS;
}

/* Closing a socket with unread input resets it, and the peer would lose what was sent last. */
static SageHttpLinkVerdict
wind_up (SageHttpLink *link)
{
  guint8 scratch[BUFFER_BYTES];
  ssize_t n = 1;

  if (!link->flushed && say_goodbye (link) == SAGE_HTTP_LINK_DEAD)
    return SAGE_HTTP_LINK_DEAD;
  for (guint i = 0; i < RECORDS_A_TURN && n > 0 && !link->outer_eof; i++)
    {
      n = recv (link->outer.fd, scratch, sizeof scratch, MSG_DONTWAIT);
      link->dropped += (gsize) MAX (n, 0);
    }
  if (link->dropped > DRAIN_BYTES || (n < 0 && errno != EAGAIN && errno != EINTR))
    return SAGE_HTTP_LINK_DEAD;
  if (n == 0)
    link->outer_eof = TRUE;
  if (link->outer_eof)
    return link->flushed ? SAGE_HTTP_LINK_DEAD : SAGE_HTTP_LINK_WAITS;
  link->outer.want |= EPOLLIN;
  return SAGE_HTTP_LINK_WAITS;
}

/* Does what can be done without waiting, and says in the ends' `want` what is waited for. */
SageHttpLinkVerdict
sage_http_link_pump (SageHttpLink *link)
{
  link->outer.want = link->inner.want = 0;
  switch (link->stage)
    {
    case SAGE_HTTP_LINK_HANDSHAKE:
      return shake (link);
    case SAGE_HTTP_LINK_OPEN:
      return carry (link);
    case SAGE_HTTP_LINK_CLOSING:
      return wind_up (link);
    default:
      g_assert_not_reached ();
    }
}

/* Tells whether the client of an open link does not take what there is for it. */
gboolean
sage_http_link_is_stalled (SageHttpLink *link)
{
  return link->stage == SAGE_HTTP_LINK_OPEN && link->out.at < link->out.length;
}

/* Tells whether a stalled link is all that is left of a connection: the server has said its last and
 * counts it no more. Nothing is read from it before the client takes some, so epoll does not tell. */
gboolean
sage_http_link_is_left (SageHttpLink *link)
{
  struct pollfd end = { .fd = link->inner.fd, .events = POLLRDHUP };

  return sage_http_link_is_stalled (link) && poll (&end, 1, 0) > 0;
}

/* Tells whether a deadline of @server has passed. Of an open link the server keeps them, but cannot
 * know whether the client takes the last that it has said. */
gboolean
sage_http_link_is_late (SageHttpLink   *link,
                        SageHttpServer *server,
                        gint64          now)
{
  switch (link->stage)
    {
    case SAGE_HTTP_LINK_HANDSHAKE:
      return now - link->since > server->header_us;
    case SAGE_HTTP_LINK_OPEN:
      if (!sage_http_link_is_stalled (link) || now - link->progress <= server->header_us)
        return FALSE;
      return now - link->progress > server->idle_us + GRACE_US || sage_http_link_is_left (link);
    case SAGE_HTTP_LINK_CLOSING:
      return link->flushed ? now - link->since > DRAIN_US : now - link->progress > server->header_us;
    default:
      g_assert_not_reached ();
    }
}

void
sage_http_link_free (SageHttpLink *link)
{
  close_end (link, &link->inner);
  g_clear_pointer (&link->tls, sage_http_tls_session_free);
  close_end (link, &link->outer);
  sage_http_tls_peer_unref (link->peer);
  g_free (link->in.bytes);
  g_free (link->out.bytes);
  g_free (link);
}
