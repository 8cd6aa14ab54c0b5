/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "krn-link"

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <gio/gio.h>
#include <glib/gstdio.h>

#include "krn-client.h"
#include "krn-link.h"
#include "sage-error.h"
#include "sage-jupyter-frame.h"

#define GREETING "{\"op\":\"channels\",\"after\":0}\n"
#define LENGTH_BYTES 4

/* A message with its buffers, and what frames it. */
#define MAX_FRAME (SAGE_JUPYTER_MAX_BYTES + 1024 * 1024)

#define READ_BYTES (64 * 1024)

struct _KrnLink
{
  int         fd;    /* (owned) */
  GByteArray *input; /* (owned): came, and is not read yet */
};

static gboolean
send_all (KrnLink       *self,
          gconstpointer  data,
          gsize          length,
          GError       **error)
{
  const guint8 *at = data;

  while (length > 0)
    {
      gssize n = send (self->fd, at, length, MSG_NOSIGNAL);

      if (n < 0 && errno != EINTR)
        return sage_throw_errno (error, "The kernel's host does not listen");
      at += MAX (n, 0);
      length -= (gsize) MAX (n, 0);
    }

  return TRUE;
}

/* Waits for more and takes it. */
static gboolean
fill (KrnLink         *self,
      const sigset_t  *unblocked,
      GError         **error)
{
  struct pollfd ready = { self->fd, POLLIN, 0 };
  guint had = self->input->len;
  gssize n;

  if (ppoll (&ready, 1, NULL, unblocked) < 0)
    {
      g_set_error (error, G_IO_ERROR, errno == EINTR ? G_IO_ERROR_CANCELLED : G_IO_ERROR_FAILED,
                   "Waiting for the kernel: %s", g_strerror (errno));
      return FALSE;
    }

  g_byte_array_set_size (self->input, had + READ_BYTES);
  n = recv (self->fd, self->input->data + had, READ_BYTES, 0);
  g_byte_array_set_size (self->input, had + (guint) MAX (n, 0));
  if (n == 0 || (n < 0 && errno != EINTR))
    return sage_throw (error, SAGE_ERROR_UNREACHABLE, "The kernel's host ended");

  return TRUE;
}

/* The answer to the greeting is one line; what it holds beside "ok" is for who goes on after a break. */
static gboolean
greet (KrnLink  *self,
       GError  **error)
{
  const guint8 *end;

  if (!send_all (self, GREETING, strlen (GREETING), error))
    return FALSE;
  while (self->input->len == 0 || (end = memchr (self->input->data, '\n', self->input->len)) == NULL)
    {
      if (!fill (self, NULL, error))
        return FALSE;
    }
  g_byte_array_remove_range (self->input, 0, (guint) (end - self->input->data) + 1);

  return TRUE;
}

/**
 * krn_link_open:
 * @directory: the directory of a kernel, whose path may be longer than an address
 *
 * Connects to the kernel's host.
 *
 * Returns: (transfer full): the channels; what the kernel has said so far comes first. %NULL with
 *   %SAGE_ERROR_UNREACHABLE where no host listens (yet)
 */
KrnLink *
krn_link_open (const char  *directory,
               GError     **error)
{
  g_autoptr(KrnLink) self = g_new0 (KrnLink, 1);
  g_autofd int folder = open (directory, O_PATH | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
  struct sockaddr_un address = { .sun_family = AF_UNIX };

  self->input = g_byte_array_new ();
  self->fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_snprintf (address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d/" KRN_SOCKET_FILE, folder);
  if (folder < 0 || self->fd < 0
      || connect (self->fd, (struct sockaddr *) &address, sizeof address) != 0)
    {
      sage_throw (error, SAGE_ERROR_UNREACHABLE, "The kernel in '%s' is not there: %s", directory,
                  g_strerror (errno));
      return NULL;
    }

  return greet (self, error) ? g_steal_pointer (&self) : NULL;
}

/**
 * krn_link_free:
 * @link: (transfer full): channels; the kernel goes on
 */
void
krn_link_free (KrnLink *link)
{
  if (link->fd >= 0)
    close (link->fd);
  g_byte_array_unref (link->input);
  g_free (link);
}

/**
 * krn_link_send:
 * @link: channels
 * @message: what to send
 */
gboolean
krn_link_send (KrnLink             *link,
               SageJupyterMessage  *message,
               GError             **error)
{
  g_autoptr(GBytes) frame = sage_jupyter_frame_write (message, SAGE_JUPYTER_FRAMING_V1, NULL);
  guint32 length = GUINT32_TO_LE ((guint32) g_bytes_get_size (frame));

  return send_all (link, &length, LENGTH_BYTES, error)
         && send_all (link, g_bytes_get_data (frame, NULL), g_bytes_get_size (frame), error);
}

/* The bytes of the frame that comes next, with its length; 0 while that is not there. */
static gsize
frame_size (KrnLink *link)
{
  guint32 length;

  if (link->input->len < LENGTH_BYTES)
    return 0;
  memcpy (&length, link->input->data, LENGTH_BYTES);

  return (gsize) GUINT32_FROM_LE (length) + LENGTH_BYTES;
}

/**
 * krn_link_receive:
 * @link: channels
 * @unblocked: (nullable): the signals that are let in while it waits
 *
 * Waits for the next message.
 *
 * Returns: (transfer full): the message; %NULL with %G_IO_ERROR_CANCELLED when a signal came,
 *   %SAGE_ERROR_UNREACHABLE when the host has ended, %SAGE_ERROR_PROTOCOL for what is no message
 */
SageJupyterMessage *
krn_link_receive (KrnLink         *link,
                  const sigset_t  *unblocked,
                  GError         **error)
{
  g_autoptr(GBytes) frame = NULL;
  gsize size;

  while ((size = frame_size (link)) == 0 || size > link->input->len)
    {
      if (size > MAX_FRAME)
        {
          sage_throw (error, SAGE_ERROR_PROTOCOL, "The kernel's host says too much");
          return NULL;
        }
      if (!fill (link, unblocked, error))
        return NULL;
    }

  frame = g_bytes_new (link->input->data + LENGTH_BYTES, size - LENGTH_BYTES);
  g_byte_array_remove_range (link->input, 0, (guint) size);

  return sage_jupyter_frame_read (frame, SAGE_JUPYTER_FRAMING_V1, FALSE, error);
}
