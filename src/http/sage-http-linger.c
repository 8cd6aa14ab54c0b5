/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-http"

#include "config.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sage-http-private.h"

/*
 * Sockets of refused peers. Closing one with unread input resets it, and the peer would lose the
 * reply: so what still comes is read and dropped for a while. The door does it; any thread may add.
 */

#define MAX_LINGERERS 256
#define LINGER_US (2 * G_USEC_PER_SEC)
#define LINGER_BYTES (4 * 1024 * 1024)

typedef struct
{
  int    fd; /* (owned) */
  gint64 until;
  gsize  bytes;
} Lingerer;

struct _SageHttpLinger
{
  GMutex   lock;
  Lingerer lingerers[MAX_LINGERERS];
  guint    n_lingerers;
  gboolean finished;
};

/* Makes an empty set. */
SageHttpLinger *
sage_http_linger_new (void)
{
  SageHttpLinger *self = g_new0 (SageHttpLinger, 1);

  g_mutex_init (&self->lock);
  return self;
}

/* Takes over @fd, whose writing side is or will be shut down; closes it when there is no room.
 * Returns whether it is kept for a while. */
gboolean
sage_http_linger_add (SageHttpLinger *self,
                      int             fd)
{
  gboolean kept;

  g_mutex_lock (&self->lock);
  kept = self->n_lingerers < MAX_LINGERERS && !self->finished;
  if (kept)
    self->lingerers[self->n_lingerers++] =
      (Lingerer) { .fd = fd, .until = g_get_monotonic_time () + LINGER_US };
  g_mutex_unlock (&self->lock);

  if (!kept)
    close (fd);
  return kept;
}

/* Appends what to wait for to @fds, an array of struct pollfd. */
void
sage_http_linger_gather (SageHttpLinger *self,
                         GArray         *fds)
{
  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->n_lingerers; i++)
    {
      struct pollfd pfd = { .fd = self->lingerers[i].fd, .events = POLLIN };

      g_array_append_val (fds, pfd);
    }
  g_mutex_unlock (&self->lock);
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

/* Drops what has come on all of them, and closes those that had their time. */
void
sage_http_linger_drain (SageHttpLinger *self)
{
  gint64 now = g_get_monotonic_time ();

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->n_lingerers;)
    {
      if (drain (&self->lingerers[i], now))
        i++;
      else
        {
          close (self->lingerers[i].fd);
          self->lingerers[i] = self->lingerers[--self->n_lingerers];
        }
    }
  g_mutex_unlock (&self->lock);
}

/* Closes all; what is added later is closed at once. */
void
sage_http_linger_finish (SageHttpLinger *self)
{
  g_mutex_lock (&self->lock);
  self->finished = TRUE;
  for (guint i = 0; i < self->n_lingerers; i++)
    close (self->lingerers[i].fd);
  self->n_lingerers = 0;
  g_mutex_unlock (&self->lock);
}

void
sage_http_linger_free (SageHttpLinger *self)
{
  sage_http_linger_finish (self);
  g_mutex_clear (&self->lock);
  g_free (self);
}
