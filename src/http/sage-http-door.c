/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-http"

#include "config.h"

#include <arpa/inet.h>
#include <errno.h>
#include <glib/gstdio.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sage-error.h"
#include "sage-http-private.h"

/*
 * The door: one small thread a server that accepts connections, counts them, hands them to
 * libmicrohttpd, watches their deadlines, and reads off what refused peers still send (closing a
 * socket with unread input resets it, and the peer would lose the reply).
 */

#define MAX_LISTENERS 8
#define MAX_LINGERERS 256
#define LINGER_US (2 * G_USEC_PER_SEC)
#define LINGER_BYTES (4 * 1024 * 1024)
#define ACCEPTS_A_ROUND 64
#define OUT_OF_FILES_US (100 * 1000)

typedef struct
{
  int    fd;   /* (owned) */
  char  *path; /* (owned) (nullable): of a Unix socket */
  dev_t  device;
  ino_t  inode;
} Listener;

typedef struct
{
  int    fd; /* (owned) */
  gint64 until;
  gsize  bytes;
} Lingerer;

struct _SageHttpDoor
{
  SageHttpServer *server;
  GThread        *thread; /* (owned) */
  int             wake;   /* (owned): an eventfd */
  gint64          sweep_us;

  GMutex          lock;
  Listener        listeners[MAX_LISTENERS];
  guint           n_listeners;
  Lingerer        lingerers[MAX_LINGERERS];
  guint           n_lingerers;
  gboolean        stopping; /* accepts no more */
  gboolean        finished; /* leaves */
  gint64          accept_from; /* after running out of descriptors */
};

/* Makes the thread look around: something came that it does not wait for. */
void
sage_http_door_wake (SageHttpDoor *door)
{
  guint64 one = 1;

  while (write (door->wake, &one, sizeof one) < 0 && errno == EINTR)
    ;
}

/* Reads and drops what @fd still receives for a while, then closes it. Takes over @fd, whose
 * writing side is or will be shut down. */
void
sage_http_door_linger (SageHttpDoor *door,
                       int           fd)
{
  g_mutex_lock (&door->lock);
  if (door->n_lingerers < MAX_LINGERERS && !door->finished)
    {
      Lingerer *lingerer = &door->lingerers[door->n_lingerers++];

      lingerer->fd = fd;
      lingerer->until = g_get_monotonic_time () + LINGER_US;
      lingerer->bytes = 0;
      fd = -1;
    }
  g_mutex_unlock (&door->lock);

  if (fd >= 0)
    close (fd);
  else
    sage_http_door_wake (door);
}

/* Drops what has come; %FALSE when it is time to close. */
static gboolean
drain (Lingerer *lingerer,
       gint64    now)
{
  char buffer[16 * 1024];
  ssize_t n;

  do
    {
      n = recv (lingerer->fd, buffer, sizeof buffer, MSG_DONTWAIT);
      lingerer->bytes += MAX (n, 0);
    }
  while ((n > 0 && lingerer->bytes < LINGER_BYTES) || (n < 0 && errno == EINTR));

  if (n == 0 || (n < 0 && errno != EAGAIN))
    return FALSE;
  return lingerer->bytes < LINGER_BYTES && now < lingerer->until;
}

static void
sage_http_door_drain (SageHttpDoor *door)
{
  gint64 now = g_get_monotonic_time ();

  g_mutex_lock (&door->lock);
  for (guint i = 0; i < door->n_lingerers;)
    {
      if (drain (&door->lingerers[i], now))
        i++;
      else
        {
          close (door->lingerers[i].fd);
          door->lingerers[i] = door->lingerers[--door->n_lingerers];
        }
    }
  g_mutex_unlock (&door->lock);
}

/* Says that there is no room, and lets go. */
static void
turn_away (SageHttpDoor *door,
           int           fd)
{
  static const char reply[] =
    "HTTP/1.1 503 Service Unavailable\r\n"
    "Connection: close\r\n"
    "Retry-After: 1\r\n"
    "Content-Type: text/plain\r\n"
    "Content-Length: 21\r\n"
    "\r\n"
    "Too many connections\n";

  (void) !send (fd, reply, sizeof reply - 1, MSG_DONTWAIT | MSG_NOSIGNAL);
  shutdown (fd, SHUT_WR);
  sage_http_door_linger (door, fd);
}

static char *
peer_name (const struct sockaddr_storage *from)
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

/* Enters a connection into the server's books; %NULL if there is no room. */
static SageHttpConnection *
register_connection (SageHttpServer *server,
                     int             fd,
                     char           *peer)
{
  SageHttpConnection *connection = NULL;

  g_mutex_lock (&server->lock);
  if (has_room (server, peer))
    {
      connection = g_new0 (SageHttpConnection, 1);
      connection->server = server;
      connection->fd = fd;
      connection->peer = peer;
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

/* Hands a connected socket to libmicrohttpd, or turns it away. Takes over @fd. */
gboolean
sage_http_door_admit (SageHttpDoor *door,
                      int           fd)
{
  SageHttpServer *server = door->server;
  struct sockaddr_storage from = { 0 };
  socklen_t length = sizeof from;
  char *peer;
  int one = 1;

  if (getpeername (fd, (struct sockaddr *) &from, &length) != 0)
    {
      close (fd);
      return FALSE;
    }
  peer = peer_name (&from);
  if (peer != NULL)
    (void) setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);

  if (register_connection (server, fd, peer) == NULL)
    {
      g_free (peer);
      turn_away (door, fd);
      return FALSE;
    }
  if (MHD_add_connection (server->daemon, fd, (struct sockaddr *) &from, length) == MHD_YES)
    return TRUE;

  /* libmicrohttpd has closed the descriptor */
  g_mutex_lock (&server->lock);
  sage_http_server_forget (server, fd);
  g_mutex_unlock (&server->lock);
  return FALSE;
}

static void
accept_some (SageHttpDoor *door,
             int           listener)
{
  for (guint i = 0; i < ACCEPTS_A_ROUND; i++)
    {
      int fd = accept4 (listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

      if (fd >= 0)
        {
          (void) sage_http_door_admit (door, fd);
          continue;
        }
      if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
        {
          g_warning ("Cannot accept a connection: %s", g_strerror (errno));
          door->accept_from = g_get_monotonic_time () + OUT_OF_FILES_US;
        }
      if (errno != EINTR && errno != ECONNABORTED)
        return;
    }
}

/* Ends connections that are past a deadline. Returns whether there are any others. */
static gboolean
sweep (SageHttpServer *server)
{
  gint64 now = g_get_monotonic_time ();
  GHashTableIter iter;
  gpointer value;
  gboolean any;

  g_mutex_lock (&server->lock);
  g_hash_table_iter_init (&iter, server->connections);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      SageHttpConnection *connection = value;

      if (connection->started && !connection->killed &&
          sage_http_connection_late (connection, now))
        sage_http_connection_kill (connection);
    }
  any = g_hash_table_size (server->connections) > 0;
  g_mutex_unlock (&server->lock);
  return any;
}

/* Fills @fds with what to wait for; [0] is the eventfd, then come the listeners. */
static guint
gather (SageHttpDoor  *door,
        struct pollfd *fds,
        guint         *n_listeners)
{
  guint n = 0;

  g_mutex_lock (&door->lock);
  fds[n++] = (struct pollfd) { .fd = door->wake, .events = POLLIN };
  *n_listeners = 0;
  if (g_get_monotonic_time () >= door->accept_from)
    {
      for (; *n_listeners < door->n_listeners; ++*n_listeners)
        fds[n++] = (struct pollfd) { .fd = door->listeners[*n_listeners].fd, .events = POLLIN };
    }
  for (guint i = 0; i < door->n_lingerers; i++)
    fds[n++] = (struct pollfd) { .fd = door->lingerers[i].fd, .events = POLLIN };
  g_mutex_unlock (&door->lock);
  return n;
}

static void
close_listeners (SageHttpDoor *door)
{
  for (guint i = 0; i < door->n_listeners; i++)
    {
      Listener *listener = &door->listeners[i];
      struct stat st;

      /* a later server may have put its own socket there */
      if (listener->path != NULL && lstat (listener->path, &st) == 0 &&
          st.st_dev == listener->device && st.st_ino == listener->inode)
        g_unlink (listener->path);
      close (listener->fd);
      g_free (listener->path);
    }
  door->n_listeners = 0;
}

/* Tells whether the thread shall leave; closes the listeners as soon as none shall be accepted. */
static gboolean
is_finished (SageHttpDoor *door)
{
  gboolean finished;

  g_mutex_lock (&door->lock);
  if (door->stopping)
    close_listeners (door);
  finished = door->finished;
  g_mutex_unlock (&door->lock);
  return finished;
}

static gpointer
sage_http_door_run (gpointer data)
{
  SageHttpDoor *door = data;
  struct pollfd fds[1 + MAX_LISTENERS + MAX_LINGERERS];
  gint64 next_sweep = 0;
  gboolean any = TRUE;

  while (!is_finished (door))
    {
      guint n_listeners;
      guint n = gather (door, fds, &n_listeners);
      gboolean wait = any || n > 1 + n_listeners || n_listeners == 0;
      guint64 count;

      if (poll (fds, n, wait ? (int) (door->sweep_us / 1000) : -1) < 0 && errno != EINTR)
        g_warning ("Cannot wait for connections: %s", g_strerror (errno));
      if (fds[0].revents != 0)
        any = read (door->wake, &count, sizeof count) > 0;
      for (guint i = 0; i < n_listeners; i++)
        {
          if (fds[1 + i].revents != 0)
            {
              accept_some (door, fds[1 + i].fd);
              any = TRUE;
            }
        }
      sage_http_door_drain (door);
      if (g_get_monotonic_time () >= next_sweep)
        {
          any = sweep (door->server);
          next_sweep = g_get_monotonic_time () + door->sweep_us;
        }
    }
  return NULL;
}

/* Starts the door of @server, with no listener yet. */
SageHttpDoor *
sage_http_door_new (SageHttpServer  *server,
                    GError         **error)
{
  SageHttpDoor *door;
  int wake = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  gint64 shortest = MIN (server->header_us, MIN (server->idle_us, server->body_us));

  if (wake < 0)
    {
      sage_throw_errno (error, "Cannot create an event descriptor");
      return NULL;
    }
  if (server->request_us > 0)
    shortest = MIN (shortest, server->request_us);

  door = g_new0 (SageHttpDoor, 1);
  door->server = server;
  door->wake = wake;
  door->sweep_us = CLAMP (shortest / 4, 10 * 1000, G_USEC_PER_SEC);
  g_mutex_init (&door->lock);
  door->thread = g_thread_new ("http-door", sage_http_door_run, door);
  return door;
}

/* Tells whether another listener fits. */
gboolean
sage_http_door_is_full (SageHttpDoor *door)
{
  gboolean full;

  g_mutex_lock (&door->lock);
  full = door->n_listeners == MAX_LISTENERS;
  g_mutex_unlock (&door->lock);
  return full;
}

/* Accepts connections on @fd from now on. Takes over @fd; @unix_path is removed at the end. */
void
sage_http_door_add (SageHttpDoor *door,
                    int           fd,
                    const char   *unix_path)
{
  Listener listener = { .fd = fd, .path = g_strdup (unix_path) };
  struct stat st;

  if (unix_path != NULL && stat (unix_path, &st) == 0)
    {
      listener.device = st.st_dev;
      listener.inode = st.st_ino;
    }

  g_mutex_lock (&door->lock);
  g_assert (door->n_listeners < MAX_LISTENERS);
  door->listeners[door->n_listeners++] = listener;
  g_mutex_unlock (&door->lock);
  sage_http_door_wake (door);
}

/* Tells the port of the first TCP listener, 0 if there is none. */
guint16
sage_http_door_port (SageHttpDoor *door)
{
  guint16 port = 0;

  g_mutex_lock (&door->lock);
  for (guint i = 0; i < door->n_listeners && port == 0; i++)
    {
      struct sockaddr_storage where = { 0 };
      socklen_t length = sizeof where;

      if (getsockname (door->listeners[i].fd, (struct sockaddr *) &where, &length) != 0)
        continue;
      if (where.ss_family == AF_INET)
        port = ntohs (((struct sockaddr_in *) &where)->sin_port);
      else if (where.ss_family == AF_INET6)
        port = ntohs (((struct sockaddr_in6 *) &where)->sin6_port);
    }
  g_mutex_unlock (&door->lock);
  return port;
}

/* Accepts nothing any more; deadlines are still kept. */
void
sage_http_door_stop (SageHttpDoor *door)
{
  g_mutex_lock (&door->lock);
  door->stopping = TRUE;
  g_mutex_unlock (&door->lock);
  sage_http_door_wake (door);
}

/* Ends the thread. Nothing is swept after this. */
void
sage_http_door_finish (SageHttpDoor *door)
{
  g_mutex_lock (&door->lock);
  door->stopping = door->finished = TRUE;
  g_mutex_unlock (&door->lock);
  sage_http_door_wake (door);
  g_clear_pointer (&door->thread, g_thread_join);

  for (guint i = 0; i < door->n_lingerers; i++)
    close (door->lingerers[i].fd);
  door->n_lingerers = 0;
}

void
sage_http_door_free (SageHttpDoor *door)
{
  close (door->wake);
  g_mutex_clear (&door->lock);
  g_free (door);
}
