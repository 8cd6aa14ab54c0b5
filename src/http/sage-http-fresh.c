/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-http"

#include "config.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sage-http-private.h"

/*
 * New connections: they are counted, and wait in the door's thread for the head of their first
 * request. Only then libmicrohttpd, and with it a thread of their own, is troubled. A longer head
 * than we preview it reads itself.
 */

#define PREVIEW_BYTES 8192
#define EVENTS_A_ROUND 64

/* A connection whose first head is not complete. It is in the server's books already. */
typedef struct
{
  int                     fd; /* (owned) */
  gint64                  since; /* monotonic µs */
  gboolean                begun;   /* some of the head is there */
  gboolean                stirred; /* begun, and something happened to it */
  struct sockaddr_storage from;
  socklen_t               from_length;
} Fresh;

struct _SageHttpFresh
{
  SageHttpServer *server;
  SageHttpDoor   *door;
  GMutex          lock;
  GArray         *waiting; /* (owned): of Fresh; only the door's thread removes */

  /* the door's thread only */
  int             arrivals; /* (owned): an epoll descriptor. poll() would tell of bytes that are
                               left unread again and again, this tells of those that come. */
  guint           n_begun;
};

/* Answers before libmicrohttpd, and lets go. */
static void
turn_away (SageHttpFresh *self,
           int            fd,
           const char    *status,
           const char    *reason)
{
  sage_http_turn_away (fd, status, reason);
  sage_http_door_linger (self->door, fd);
}

/* Tells the address of a TCP peer; %NULL for that of any other. */
char *
sage_http_peer_name (const struct sockaddr_storage *from)
{
  char text[INET6_ADDRSTRLEN] = "";

  if (from->ss_family == AF_INET)
    inet_ntop (AF_INET, &((const struct sockaddr_in *) from)->sin_addr, text, sizeof text);
  else if (from->ss_family == AF_INET6)
    inet_ntop (AF_INET6, &((const struct sockaddr_in6 *) from)->sin6_addr, text, sizeof text);
  else
    return NULL;
  return g_strdup (text);
}

/* Finds room for a connection from @peer (%NULL: over a Unix socket), or none. To be called under
 * the server's lock. */
static gboolean
has_room (SageHttpServer *server,
          const char     *peer)
{
  if (peer == NULL)
    return server->n_unix < SAGE_HTTP_UNIX_SLOTS;
  if (server->n_tcp + sage_http_upgrades_count (server->upgrades) >= server->max_connections)
    return FALSE;
  return GPOINTER_TO_UINT (g_hash_table_lookup (server->peers, peer)) < server->max_per_peer;
}

/* Enters a connection into the server's books; %NULL if there is no room. A pair of sockets is
 * between the server and a client that came through TLS: that it is our own says nothing. */
static SageHttpConnection *
register_connection (SageHttpServer  *server,
                     int              fd,
                     char            *peer,
                     SageHttpTlsPeer *tls)
{
  SageHttpConnection *connection = NULL;

  g_mutex_lock (&server->lock);
  if (has_room (server, peer))
    {
      connection = g_new0 (SageHttpConnection, 1);
      connection->server = server;
      connection->fd = fd;
      connection->peer = peer;
      connection->tls = tls != NULL ? sage_http_tls_peer_ref (tls) : NULL;
      connection->uid = peer == NULL ? sage_http_socket_uid (fd) : -1;
      connection->phase = SAGE_HTTP_PHASE_FRESH;
      connection->since = g_get_monotonic_time ();
      /* an entry of the same descriptor is one that libmicrohttpd closed without a word */
      sage_http_server_forget (server, fd);
      g_hash_table_insert (server->connections, GINT_TO_POINTER (fd), connection);
      if (peer != NULL)
        {
          guint n = GPOINTER_TO_UINT (g_hash_table_lookup (server->peers, peer));

          g_hash_table_insert (server->peers, g_strdup (peer), GUINT_TO_POINTER (n + 1));
          server->n_tcp++;
        }
      else
        server->n_unix++;
    }
  g_mutex_unlock (&server->lock);
  return connection;
}

/* Takes over a connected socket, or turns it away when there is no room.
 * @tls: (nullable): who has come, if it was through TLS */
gboolean
sage_http_fresh_admit (SageHttpFresh   *self,
                       int              fd,
                       SageHttpTlsPeer *tls)
{
  Fresh fresh = { .fd = fd, .from_length = sizeof fresh.from };
  char *peer;
  int one = 1;

  if (getpeername (fd, (struct sockaddr *) &fresh.from, &fresh.from_length) != 0)
    {
      close (fd);
      return FALSE;
    }
  peer = tls != NULL ? g_strdup (tls->address) : sage_http_peer_name (&fresh.from);
  if (peer != NULL && tls == NULL)
    (void) setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);

  if (register_connection (self->server, fd, peer, tls) == NULL)
    {
      g_free (peer);
      turn_away (self, fd, "503 Service Unavailable", "Too many connections");
      return FALSE;
    }
  fresh.since = g_get_monotonic_time ();
  g_mutex_lock (&self->lock);
  g_array_append_val (self->waiting, fresh);
  g_mutex_unlock (&self->lock);
  return TRUE;
}

static void
forget (SageHttpFresh *self,
        int            fd)
{
  g_mutex_lock (&self->server->lock);
  sage_http_server_forget (self->server, fd);
  g_mutex_unlock (&self->server->lock);
}

/* Drops a connection that nobody has answered on. */
static void
drop (SageHttpFresh *self,
      int            fd)
{
  forget (self, fd);
  close (fd);
}

static gboolean
is_late (SageHttpFresh *self,
         const Fresh   *fresh)
{
  return g_get_monotonic_time () - fresh->since > self->server->header_us;
}

/* Has a connection wait for the rest of its head, unless it had its time or has hung up. */
static gboolean
wait_for_rest (SageHttpFresh *self,
               Fresh         *fresh)
{
  struct epoll_event event = { .events = EPOLLIN | EPOLLET | EPOLLRDHUP, .data.fd = fresh->fd };
  struct pollfd pfd = { .fd = fresh->fd, .events = POLLRDHUP };

  if (is_late (self, fresh) || poll (&pfd, 1, 0) == 1 ||
      (!fresh->begun && epoll_ctl (self->arrivals, EPOLL_CTL_ADD, fresh->fd, &event) != 0))
    return FALSE;
  if (!fresh->begun)
    self->n_begun++;
  fresh->begun = TRUE;
  fresh->stirred = FALSE;
  g_mutex_lock (&self->lock);
  g_array_append_vals (self->waiting, fresh, 1);
  g_mutex_unlock (&self->lock);
  return TRUE;
}

/* Waits no more for the rest of a head. */
static void
leave_wait (SageHttpFresh *self,
            const Fresh   *fresh)
{
  if (!fresh->begun)
    return;
  epoll_ctl (self->arrivals, EPOLL_CTL_DEL, fresh->fd, NULL);
  self->n_begun--;
}

/* Bytes have come: hands the connection to libmicrohttpd when they are a head, or more than is
 * looked at, and unless they are none. */
static void
hand_over (SageHttpFresh *self,
           Fresh         *fresh)
{
  char bytes[PREVIEW_BYTES];
  ssize_t n = recv (fresh->fd, bytes, sizeof bytes, MSG_PEEK | MSG_DONTWAIT);
  gboolean whole = FALSE;
  const char *reason = n > 0 ? sage_http_preview (bytes, (gsize) n, &whole) : NULL;

  if (n > 0 && n < PREVIEW_BYTES && !whole && reason == NULL && wait_for_rest (self, fresh))
    return;
  leave_wait (self, fresh);
  if (n <= 0 || (!whole && n < PREVIEW_BYTES && reason == NULL))
    {
      drop (self, fresh->fd);
      return;
    }
  if (reason != NULL)
    {
      g_debug ("Refused a connection with 400: %s", reason);
      forget (self, fresh->fd);
      turn_away (self, fresh->fd, "400 Bad Request", reason);
      return;
    }
  /* libmicrohttpd closes the descriptor itself if it fails */
  if (MHD_add_connection (self->server->daemon, fresh->fd, (const struct sockaddr *) &fresh->from,
                          fresh->from_length) != MHD_YES)
    forget (self, fresh->fd);
}

/* Takes the connection at @index out, if it is time: it has sent something, or too little for too
 * long. */
static gboolean
take (SageHttpFresh *self,
      guint          index,
      gboolean       is_ready,
      Fresh         *taken)
{
  gboolean is_time;

  g_mutex_lock (&self->lock);
  *taken = g_array_index (self->waiting, Fresh, index);
  taken->stirred |= is_ready;
  is_time = taken->stirred || is_late (self, taken);
  if (is_time)
    g_array_remove_index_fast (self->waiting, index);
  g_mutex_unlock (&self->lock);
  return is_time;
}

SageHttpFresh *
sage_http_fresh_new (SageHttpServer *server,
                     SageHttpDoor   *door)
{
  SageHttpFresh *self = g_new0 (SageHttpFresh, 1);

  self->server = server;
  self->door = door;
  self->waiting = g_array_new (FALSE, FALSE, sizeof (Fresh));
  self->arrivals = epoll_create1 (EPOLL_CLOEXEC); /* without, a head must come in one piece */
  g_mutex_init (&self->lock);
  return self;
}

/* Appends what to wait for to @fds, an array of struct pollfd. Returns how many connections there
 * are; behind them comes the descriptor that tells of those that have begun, if there are any. */
guint
sage_http_fresh_gather (SageHttpFresh *self,
                        GArray        *fds)
{
  guint n;

  g_mutex_lock (&self->lock);
  n = self->waiting->len;
  for (guint i = 0; i < n; i++)
    {
      const Fresh *fresh = &g_array_index (self->waiting, Fresh, i);
      struct pollfd pfd = { .fd = fresh->begun ? -1 : fresh->fd, .events = POLLIN };

      g_array_append_val (fds, pfd);
    }
  g_mutex_unlock (&self->lock);
  if (self->n_begun > 0)
    {
      struct pollfd pfd = { .fd = self->arrivals, .events = POLLIN };

      g_array_append_val (fds, pfd);
    }
  return n;
}

/* Marks the connections among the first @n for whose heads something came. */
static void
mark_stirred (SageHttpFresh *self,
              guint          n)
{
  struct epoll_event events[EVENTS_A_ROUND];
  int n_events = epoll_wait (self->arrivals, events, EVENTS_A_ROUND, 0);

  g_mutex_lock (&self->lock);
  for (int i = 0; i < n_events; i++)
    {
      for (guint j = 0; j < n; j++)
        {
          Fresh *fresh = &g_array_index (self->waiting, Fresh, j);

          if (fresh->begun && fresh->fd == events[i].data.fd)
            fresh->stirred = TRUE;
        }
    }
  g_mutex_unlock (&self->lock);
}

/* Looks after the connections that were gathered, as poll() left them in @fds. From the last to the
 * first, so that those still to be seen stay where they are. */
void
sage_http_fresh_see (SageHttpFresh       *self,
                     const struct pollfd *fds,
                     guint                n)
{
  if (self->n_begun > 0 && fds[n].revents != 0)
    mark_stirred (self, n);

  for (guint i = n; i-- > 0;)
    {
      gboolean is_ready = fds[i].revents != 0;
      Fresh fresh;

      if (!take (self, i, is_ready, &fresh))
        continue;
      if (fresh.stirred)
        hand_over (self, &fresh);
      else
        {
          leave_wait (self, &fresh);
          drop (self, fresh.fd);
        }
    }
}

/* Ends all that wait. In the door's thread, or after it. */
void
sage_http_fresh_drop_all (SageHttpFresh *self)
{
  g_autoptr(GArray) all = g_array_new (FALSE, FALSE, sizeof (Fresh));

  g_mutex_lock (&self->lock);
  g_array_append_vals (all, self->waiting->data, self->waiting->len);
  g_array_set_size (self->waiting, 0);
  g_mutex_unlock (&self->lock);

  for (guint i = 0; i < all->len; i++)
    {
      leave_wait (self, &g_array_index (all, Fresh, i));
      drop (self, g_array_index (all, Fresh, i).fd);
    }
}

void
sage_http_fresh_free (SageHttpFresh *self)
{
  sage_http_fresh_drop_all (self);
  g_array_unref (self->waiting);
  if (self->arrivals >= 0)
    close (self->arrivals);
  g_mutex_clear (&self->lock);
  g_free (self);
}
