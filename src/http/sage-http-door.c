/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-http"

#include "config.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sage-error.h"
#include "sage-http-private.h"

/*
 * The door: one small thread a server that accepts connections, counts them, hands them to
 * libmicrohttpd once their first bytes are there, and watches their deadlines.
 */

#define MAX_LISTENERS 8
#define ACCEPTS_A_ROUND 64
#define OUT_OF_FILES_US (100 * 1000)

typedef struct
{
  int    fd;   /* (owned) */
  char  *path; /* (owned) (nullable): of a Unix socket */
  dev_t  device;
  ino_t  inode;
} Listener;

struct _SageHttpDoor
{
  SageHttpServer *server;
  GThread        *thread; /* (owned) */
  int             wake;   /* (owned): an eventfd */
  gint64          sweep_us;
  SageHttpFresh  *fresh;     /* (owned) */
  SageHttpLinger *lingerers; /* (owned) */
  GArray         *fds;       /* (owned): of struct pollfd; the thread only */

  GMutex          lock;
  Listener        listeners[MAX_LISTENERS];
  guint           n_listeners;
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
  if (sage_http_linger_add (door->lingerers, fd))
    sage_http_door_wake (door);
}

/* Takes over a connected socket, or turns it away when there is no room. May be called from any
 * thread.
 * @tls: (nullable): who has come, if it was through TLS */
gboolean
sage_http_door_admit (SageHttpDoor    *door,
                      int              fd,
                      SageHttpTlsPeer *tls)
{
  return sage_http_fresh_admit (door->fresh, fd, tls);
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
          (void) sage_http_door_admit (door, fd, NULL);
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

static void
add_fd (SageHttpDoor *door,
        int           fd)
{
  struct pollfd pfd = { .fd = fd, .events = POLLIN };

  g_array_append_val (door->fds, pfd);
}

/* Lists what to wait for: [0] is the eventfd, then come the listeners, then fresh connections. */
static void
gather (SageHttpDoor *door,
        guint        *n_listeners,
        guint        *n_fresh)
{
  g_array_set_size (door->fds, 0);
  add_fd (door, door->wake);

  g_mutex_lock (&door->lock);
  *n_listeners = g_get_monotonic_time () >= door->accept_from ? door->n_listeners : 0;
  for (guint i = 0; i < *n_listeners; i++)
    add_fd (door, door->listeners[i].fd);
  g_mutex_unlock (&door->lock);

  *n_fresh = sage_http_fresh_gather (door->fresh, door->fds);
  sage_http_linger_gather (door->lingerers, door->fds);
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

/* Tells whether the thread shall leave; closes the listeners, and connections without a request,
 * as soon as none shall be accepted. */
static gboolean
is_finished (SageHttpDoor *door)
{
  gboolean stopping;
  gboolean finished;

  g_mutex_lock (&door->lock);
  if (door->stopping)
    close_listeners (door);
  stopping = door->stopping;
  finished = door->finished;
  g_mutex_unlock (&door->lock);

  if (stopping)
    sage_http_fresh_drop_all (door->fresh);
  return finished;
}

/* Waits until something happens; the sweep's time at most, where there is anything to sweep. */
static void
wait (SageHttpDoor *door,
      gboolean      has_deadlines)
{
  int timeout = has_deadlines ? (int) (door->sweep_us / 1000) : -1;

  if (poll ((struct pollfd *) door->fds->data, door->fds->len, timeout) < 0 && errno != EINTR)
    g_warning ("Cannot wait for connections: %s", g_strerror (errno));
}

static gpointer
sage_http_door_run (gpointer data)
{
  SageHttpDoor *door = data;
  gint64 next_sweep = 0;
  gboolean any = TRUE;

  while (!is_finished (door))
    {
      guint n_listeners;
      guint n_fresh;
      guint64 count;

      gather (door, &n_listeners, &n_fresh);
      wait (door, any || door->fds->len > 1 + n_listeners || n_listeners == 0);
      if (g_array_index (door->fds, struct pollfd, 0).revents != 0)
        any = read (door->wake, &count, sizeof count) > 0;
      sage_http_fresh_see (door->fresh, &g_array_index (door->fds, struct pollfd, 1 + n_listeners),
                           n_fresh);
      for (guint i = 0; i < n_listeners; i++)
        {
          const struct pollfd *listener = &g_array_index (door->fds, struct pollfd, 1 + i);

          if (listener->revents != 0)
            {
              accept_some (door, listener->fd);
              any = TRUE;
            }
        }
      sage_http_linger_drain (door->lingerers);
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
  door->lingerers = sage_http_linger_new ();
  door->fds = g_array_new (FALSE, TRUE, sizeof (struct pollfd));
  door->fresh = sage_http_fresh_new (server, door);
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
    port = sage_http_socket_port (door->listeners[i].fd);
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
  sage_http_fresh_drop_all (door->fresh);
  sage_http_linger_finish (door->lingerers);
}

void
sage_http_door_free (SageHttpDoor *door)
{
  close (door->wake);
  sage_http_fresh_free (door->fresh);
  sage_http_linger_free (door->lingerers);
  g_array_unref (door->fds);
  g_mutex_clear (&door->lock);
  g_free (door);
}
