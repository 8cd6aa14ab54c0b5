/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-host-link"

#include "config.h"

#include <errno.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "eng-host-link.h"
#include "sage-error.h"
#include "sage-json.h"

/* A message with its buffers, and what frames it. */
#define MAX_FRAME (257 * 1024 * 1024)

#define LENGTH_BYTES 4

/* What is read before other sources of the main loop have their turn. */
#define TURN_BYTES (256 * 1024)

/* What may wait for a host that does not read; it reads also while its kernel is busy. */
#define MAX_WAITING (64 * 1024 * 1024)

#define GREET_MS 20000
#define MAX_LINE 65536

struct _EngHostLink
{
  int                      fd;      /* (owned) */
  const EngHostLinkEvents *events;
  gpointer                 user_data;
  GSource                 *input;   /* (owned) (nullable): while it is not paused */
  GSource                 *output;  /* (owned) (nullable): while something waits */
  guint8                   head[LENGTH_BYTES];
  gsize                    n_head;
  guint8                  *frame;   /* (owned) (nullable): under way */
  gsize                    length;  /* of the whole of it */
  gsize                    n_frame;
  GQueue                   waiting; /* of GBytes (owned) */
  gsize                    sent;    /* of the first of them */
  gsize                    n_waiting; /* bytes of all */
};

static gboolean
read_line (int        fd,
           GString   *line,
           GError   **error)
{
  gint64 deadline = g_get_monotonic_time () + GREET_MS * (G_USEC_PER_SEC / 1000);
  char byte;

  /* one by one: what follows the line is not ours yet */
  while (line->len < MAX_LINE)
    {
      struct pollfd ready = { fd, POLLIN, 0 };
      gint64 left = (deadline - g_get_monotonic_time ()) / 1000;
      gssize n;

      if (left <= 0 || poll (&ready, 1, (int) left) == 0)
        return sage_throw (error, SAGE_ERROR_UNREACHABLE, "The kernel's host does not answer");
      n = recv (fd, &byte, 1, 0);
      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return sage_throw (error, SAGE_ERROR_UNREACHABLE, "The kernel's host ended");
      if (byte == '\n')
        return TRUE;
      g_string_append_c (line, byte);
    }

  return sage_throw (error, SAGE_ERROR_PROTOCOL, "The kernel's host says too much");
}

/**
 * eng_host_link_greet:
 * @fd: a new connection to a kernel's host
 * @session: (nullable): the client's session
 * @after: number of the message after which the journal is to be replayed; -1: only what comes
 *
 * Asks for the kernel's channels. Blocks. Frames follow on @fd.
 */
gboolean
eng_host_link_greet (int          fd,
                     const char  *session,
                     gint64       after,
                     GError     **error)
{
  g_autoptr(JsonObject) request = json_object_new ();
  g_autoptr(GString) line = g_string_new (NULL);
  g_autoptr(JsonNode) answer = NULL;
  g_autofree char *text = NULL;

  json_object_set_string_member (request, "op", "channels");
  if (after >= 0)
    json_object_set_int_member (request, "after", after);
  else
    json_object_set_null_member (request, "after");
  if (session != NULL)
    json_object_set_string_member (request, "session", session);
  text = sage_json_object_to_string (request);
  g_string_append_printf (line, "%s\n", text);
  if (send (fd, line->str, line->len, MSG_NOSIGNAL) != (gssize) line->len)
    return sage_throw (error, SAGE_ERROR_UNREACHABLE, "The kernel's host does not listen");

  g_string_truncate (line, 0);
  if (!read_line (fd, line, error))
    return FALSE;
  answer = sage_json_parse_object (line->str, (gssize) line->len, NULL, error);
  if (answer == NULL)
    return FALSE;
  if (!sage_json_bool (json_node_get_object (answer), "ok", FALSE))
    return sage_throw (error, SAGE_ERROR_CONFLICT, "%s",
                       sage_json_string (json_node_get_object (answer), "error",
                                         "The kernel's host refused"));

  return TRUE;
}

static void
close_link (EngHostLink  *self,
            const GError *error)
{
  eng_host_link_pause (self, TRUE);
  self->events->closed (error, self->user_data);
}

/* Reads as much of a frame as there is. Returns how many bytes; 0: none is there; -1 with @error, or
 * without at the end. */
static gssize
read_some (EngHostLink  *self,
           GError      **error)
{
  guint8 *at = self->frame != NULL ? self->frame + self->n_frame : self->head + self->n_head;
  gsize wanted = self->frame != NULL ? self->length - self->n_frame : LENGTH_BYTES - self->n_head;
  gssize n = wanted > 0 ? recv (self->fd, at, wanted, MSG_DONTWAIT) : 0;

  if (n < 0 && (errno == EAGAIN || errno == EINTR))
    return 0;
  if (n < 0)
    sage_throw_errno (error, "The kernel's host cannot be read");
  if (n <= 0 && wanted > 0)
    return -1;

  if (self->frame != NULL)
    self->n_frame += (gsize) n;
  else
    self->n_head += (gsize) n;

  return n;
}

/* Begins a frame whose length is known. */
static gboolean
begin_frame (EngHostLink  *self,
             GError      **error)
{
  guint32 length;

  memcpy (&length, self->head, sizeof length);
  self->length = GUINT32_FROM_LE (length);
  if (self->length == 0 || self->length > MAX_FRAME)
    return sage_throw (error, SAGE_ERROR_PROTOCOL, "The kernel's host sent a frame of %zu bytes",
                       self->length);
  self->frame = g_malloc (self->length);
  self->n_frame = 0;

  return TRUE;
}

static void
finish_frame (EngHostLink *self)
{
  g_autoptr(GBytes) frame = g_bytes_new_take (g_steal_pointer (&self->frame), self->length);

  self->n_head = 0;
  self->events->frame (frame, self->user_data);
}

static gboolean
input_cb (int          fd,
          GIOCondition condition,
          gpointer     user_data)
{
  EngHostLink *self = user_data;
  g_autoptr(GError) error = NULL;
  gsize turn = 0;
  gssize n = 1;

  while (n > 0 && turn < TURN_BYTES && self->input != NULL)
    {
      n = read_some (self, &error);
      turn += n > 0 ? (gsize) n : 0;
      if (n > 0 && self->frame == NULL && self->n_head == LENGTH_BYTES && !begin_frame (self, &error))
        n = -1;
      else if (n > 0 && self->frame != NULL && self->n_frame == self->length)
        finish_frame (self);
    }
  if (n < 0)
    {
      close_link (self, error);
      return G_SOURCE_REMOVE;
    }

  return self->input != NULL ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

static void
drop_source (GSource **source)
{
  if (*source != NULL)
    g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

/**
 * eng_host_link_pause:
 * @self: the link
 * @paused: whether nothing is to be read from the host
 *
 * A host whose frames are not read keeps them in its journal.
 */
void
eng_host_link_pause (EngHostLink *self,
                     gboolean     paused)
{
  if (paused)
    drop_source (&self->input);
  else if (self->input == NULL)
    {
      self->input = g_unix_fd_source_new (self->fd, G_IO_IN | G_IO_HUP | G_IO_ERR);
      g_source_set_callback (self->input, G_SOURCE_FUNC (input_cb), self, NULL);
      g_source_attach (self->input, NULL);
    }
}

/**
 * eng_host_link_new:
 * @fd: (transfer full): a connection that eng_host_link_greet() opened
 * @events: what to call
 * @user_data: for @events
 *
 * Returns: (transfer full): the link, which reads from now on
 */
EngHostLink *
eng_host_link_new (int                      fd,
                   const EngHostLinkEvents *events,
                   gpointer                 user_data)
{
  EngHostLink *self = g_new0 (EngHostLink, 1);

  self->fd = fd;
  self->events = events;
  self->user_data = user_data;
  g_queue_init (&self->waiting);
  eng_host_link_pause (self, FALSE);

  return self;
}

/**
 * eng_host_link_free:
 * @self: (nullable): the link
 *
 * Ends the connection; the kernel goes on. Not from within one of its events.
 */
void
eng_host_link_free (EngHostLink *self)
{
  if (self == NULL)
    return;

  drop_source (&self->input);
  drop_source (&self->output);
  g_queue_clear_full (&self->waiting, (GDestroyNotify) g_bytes_unref);
  g_free (self->frame);
  close (self->fd);
  g_free (self);
}

/* Writes as much as the host takes. FALSE: it takes no more, ever. */
static gboolean
flush (EngHostLink *self)
{
  while (!g_queue_is_empty (&self->waiting))
    {
      gsize length;
      const guint8 *data = g_bytes_get_data (g_queue_peek_head (&self->waiting), &length);
      gssize n = send (self->fd, data + self->sent, length - self->sent,
                       MSG_NOSIGNAL | MSG_DONTWAIT);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return errno == EAGAIN;
      self->sent += (gsize) n;
      self->n_waiting -= (gsize) n;
      if (self->sent == length)
        {
          g_bytes_unref (g_queue_pop_head (&self->waiting));
          self->sent = 0;
        }
    }

  return TRUE;
}

static gboolean
output_cb (int          fd,
           GIOCondition condition,
           gpointer     user_data)
{
  EngHostLink *self = user_data;

  /* that the host has ended is seen by who reads from it */
  if (flush (self) && !g_queue_is_empty (&self->waiting))
    return G_SOURCE_CONTINUE;
  drop_source (&self->output);

  return G_SOURCE_REMOVE;
}

/**
 * eng_host_link_send:
 * @self: the link
 * @frame: a message
 *
 * Sends a message to the kernel, at once or when the host takes it.
 *
 * Returns: whether it is on its way; too much waits already, otherwise
 */
gboolean
eng_host_link_send (EngHostLink *self,
                    GBytes      *frame)
{
  guint32 length = GUINT32_TO_LE ((guint32) g_bytes_get_size (frame));

  if (self->n_waiting + g_bytes_get_size (frame) > MAX_WAITING)
    return FALSE;

  g_queue_push_tail (&self->waiting, g_bytes_new (&length, sizeof length));
  g_queue_push_tail (&self->waiting, g_bytes_ref (frame));
  self->n_waiting += sizeof length + g_bytes_get_size (frame);
  if (self->output == NULL && flush (self) && !g_queue_is_empty (&self->waiting))
    {
      self->output = g_unix_fd_source_new (self->fd, G_IO_OUT);
      g_source_set_callback (self->output, G_SOURCE_FUNC (output_cb), self, NULL);
      g_source_attach (self->output, NULL);
    }

  return TRUE;
}
