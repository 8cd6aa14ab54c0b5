/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "krn-client"

#include "config.h"

#include <errno.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>

#include "krn-host-private.h"
#include "sage-jupyter-frame.h"
#include "sage-json.h"

#define MAX_LINE 4096
#define LINE_SECONDS 10
#define MAX_FRAME (64 * 1024 * 1024) /* from a client */
#define READ_BYTES 65536
#define MAX_SESSIONS 16

/* So much is kept in memory for a client that is slow; what it has not got beyond that is read from
 * the journal later. */
#define QUEUE_BYTES (1024 * 1024)
/* Of replies that are not in the journal; one that takes none of them loses them. */
#define MAX_PASSED_BYTES (64 * 1024 * 1024)

struct _KrnClient
{
  KrnHost    *host;
  int         fd;          /* (owned); -1 once it is closed */
  guint       read_source;
  guint       write_source;
  guint       timeout_source;
  GByteArray *in;          /* (owned): not understood yet */
  GQueue      out;         /* (owned): of GBytes */
  gsize       out_bytes;
  gsize       out_offset;  /* sent of the first */
  gboolean    ends;        /* is closed once all is sent */
  KrnWait     wait;

  /* Of one with channels. */
  KrnCursor  *cursor;      /* (owned) (nullable): where it is in the journal */
  gboolean    is_level;    /* it has been given all that the journal has */
  gboolean    is_numbered;
  GPtrArray  *sessions;    /* (owned): its messages come from these */
  char       *session;     /* (owned) (nullable): the one that it named */
};

static void krn_client_close (KrnClient *self);
static void krn_client_pump  (KrnClient *self);

/* Sends what the socket takes. */
static void
send_some (KrnClient *self)
{
  GBytes *next;

  while (self->fd >= 0 && (next = g_queue_peek_head (&self->out)) != NULL)
    {
      gsize length;
      const guint8 *data = g_bytes_get_data (next, &length);
      ssize_t n = send (self->fd, data + self->out_offset, length - self->out_offset,
                        MSG_NOSIGNAL | MSG_DONTWAIT);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
        return;
      if (n < 0)
        {
          krn_client_close (self);
          return;
        }

      self->out_offset += (gsize) n;
      self->out_bytes -= (gsize) n;
      if (self->out_offset == length)
        {
          g_bytes_unref (g_queue_pop_head (&self->out));
          self->out_offset = 0;
        }
    }

  if (self->ends)
    krn_client_close (self);
}

static gboolean
writable_cb (int          fd,
             GIOCondition condition,
             gpointer     user_data)
{
  KrnClient *self = user_data;

  send_some (self);
  krn_client_pump (self);
  if (self->fd >= 0 && self->out.length > 0)
    return G_SOURCE_CONTINUE;
  self->write_source = 0;

  return G_SOURCE_REMOVE;
}

static void
send_or_wait (KrnClient *self)
{
  if (self->write_source != 0 || self->fd < 0)
    return;

  send_some (self);
  if (self->fd >= 0 && self->out.length > 0)
    self->write_source = g_unix_fd_add (self->fd, G_IO_OUT, writable_cb, self);
}

static void
enqueue (KrnClient *self,
         GBytes    *bytes)
{
  self->out_bytes += g_bytes_get_size (bytes);
  g_queue_push_tail (&self->out, g_bytes_ref (bytes));
}

static void
enqueue_frame (KrnClient *self,
               GBytes    *frame)
{
  guint32 length = GUINT32_TO_LE ((guint32) g_bytes_get_size (frame));
  g_autoptr(GBytes) head = g_bytes_new (&length, sizeof length);

  enqueue (self, head);
  enqueue (self, frame);
}

static gboolean
has_session (KrnClient  *self,
             const char *session)
{
  return session != NULL && g_ptr_array_find_with_equal_func (self->sessions, session, g_str_equal, NULL);
}

/* Whether any client of Jupyter would get it: what is published, and the answers to itself. */
static gboolean
concerns (KrnClient          *self,
          SageJupyterMessage *message)
{
  if (self->is_numbered || sage_jupyter_message_get_channel (message) == SAGE_JUPYTER_IOPUB)
    return TRUE;

  return has_session (self, sage_jupyter_message_get_parent_session (message));
}

static void
enqueue_message (KrnClient          *self,
                 SageJupyterMessage *message,
                 GBytes             *frame,
                 guint64             seq)
{
  g_autoptr(SageJupyterMessage) numbered = NULL;
  g_autoptr(GBytes) its_frame = NULL;

  if (!concerns (self, message))
    return;
  if (!self->is_numbered)
    {
      enqueue_frame (self, frame);
      return;
    }

  numbered = sage_jupyter_message_with_number (message, "sagebrush_seq", (gint64) seq);
  its_frame = sage_jupyter_frame_write (numbered, SAGE_JUPYTER_FRAMING_V1, NULL);
  enqueue_frame (self, its_frame);
}

/* Reads on in the journal as far as there is room. */
static void
krn_client_pump (KrnClient *self)
{
  while (self->fd >= 0 && self->cursor != NULL && !self->is_level && self->out_bytes < QUEUE_BYTES)
    {
      guint64 seq;
      g_autoptr(GBytes) frame = krn_cursor_next (self->cursor, &seq);
      g_autoptr(SageJupyterMessage) message = NULL;

      if (frame == NULL)
        {
          self->is_level = TRUE;
          break;
        }
      message = sage_jupyter_frame_read (frame, SAGE_JUPYTER_FRAMING_V1, FALSE, NULL);
      if (message != NULL)
        enqueue_message (self, message, frame, seq);
    }
}

/* Reads on until the socket takes no more: where the journal holds nothing for it, nothing would
 * wake it up again. */
static void
pump_and_send (KrnClient *self)
{
  do
    {
      krn_client_pump (self);
      send_or_wait (self);
    }
  while (self->fd >= 0 && self->cursor != NULL && !self->is_level && self->write_source == 0);
}

/**
 * krn_client_offer:
 * @message: what the kernel said
 * @frame: its frame
 * @seq: its number
 *
 * Gives it the newest record, or lets it read that from the journal when it has room.
 */
void
krn_client_offer (KrnClient          *client,
                  SageJupyterMessage *message,
                  GBytes             *frame,
                  guint64             seq)
{
  if (client->fd < 0 || client->cursor == NULL)
    return;

  if (client->is_level && client->out_bytes < QUEUE_BYTES)
    {
      enqueue_message (client, message, frame, seq);
      krn_cursor_skip (client->cursor, seq);
    }
  else
    {
      client->is_level = FALSE;
    }
  send_or_wait (client);
}

/**
 * krn_client_pass:
 * @message: an answer that is in no journal
 *
 * Gives it to the client if it answers that.
 */
void
krn_client_pass (KrnClient          *client,
                 SageJupyterMessage *message)
{
  g_autoptr(GBytes) frame = NULL;

  if (client->fd < 0 || client->cursor == NULL || client->out_bytes > MAX_PASSED_BYTES ||
      !has_session (client, sage_jupyter_message_get_parent_session (message)))
    return;

  frame = sage_jupyter_frame_write (message, SAGE_JUPYTER_FRAMING_V1, NULL);
  enqueue_frame (client, frame);
  send_or_wait (client);
}

static void
add_session (KrnClient  *self,
             const char *session)
{
  if (*session == '\0' || has_session (self, session))
    return;
  if (self->sessions->len == MAX_SESSIONS)
    g_ptr_array_remove_index (self->sessions, 0);
  g_ptr_array_add (self->sessions, g_strdup (session));
}

/* Takes the first frame of what came. Returns: whether there was a whole one. */
static gboolean
take_frame (KrnClient *self)
{
  g_autoptr(GBytes) frame = NULL;
  g_autoptr(SageJupyterMessage) message = NULL;
  g_autoptr(GError) error = NULL;
  guint32 length;

  if (self->in->len < sizeof length)
    return FALSE;
  memcpy (&length, self->in->data, sizeof length);
  length = GUINT32_FROM_LE (length);
  if (length > MAX_FRAME)
    {
      g_info ("A client's frame of %u bytes is refused", length);
      krn_client_close (self);
      return FALSE;
    }
  if (self->in->len - sizeof length < length)
    return FALSE;

  frame = g_bytes_new (self->in->data + sizeof length, length);
  g_byte_array_remove_range (self->in, 0, (guint) sizeof length + length);
  message = sage_jupyter_frame_read (frame, SAGE_JUPYTER_FRAMING_V1, FALSE, &error);
  if (message == NULL)
    {
      g_info ("A client's frame is refused: %s", error->message);
      krn_client_close (self);
      return FALSE;
    }

  add_session (self, sage_jupyter_message_get_session (message));
  krn_host_take_client (self->host, message);

  return self->fd >= 0;
}

static void
take_line (KrnClient *self)
{
  const guint8 *end = memchr (self->in->data, '\n', self->in->len);
  g_autofree char *line = NULL;
  gsize length;

  if (end == NULL)
    {
      if (self->in->len > MAX_LINE)
        krn_client_refuse (self, "The line is too long");
      return;
    }

  length = (gsize) (end - self->in->data);
  line = g_strndup ((const char *) self->in->data, length);
  g_byte_array_remove_range (self->in, 0, (guint) length + 1);
  g_clear_handle_id (&self->timeout_source, g_source_remove);
  krn_host_take_line (self->host, self, line, length);
}

static gboolean
readable_cb (int          fd,
             GIOCondition condition,
             gpointer     user_data)
{
  KrnClient *self = user_data;
  guint8 buffer[READ_BYTES];
  ssize_t n = recv (fd, buffer, sizeof buffer, MSG_DONTWAIT);

  if (n < 0 && (errno == EINTR || errno == EAGAIN))
    return G_SOURCE_CONTINUE;
  if (n == 0 && (self->ends || self->wait != KRN_WAITS_NOT))
    {
      self->read_source = 0; /* it only listens now */
      return G_SOURCE_REMOVE;
    }
  if (n <= 0)
    {
      krn_client_close (self);
      return G_SOURCE_REMOVE;
    }
  if (self->ends || self->wait != KRN_WAITS_NOT)
    return G_SOURCE_CONTINUE; /* it said what it wanted */

  g_byte_array_append (self->in, buffer, (guint) n);
  if (self->cursor == NULL)
    take_line (self);
  while (self->fd >= 0 && self->cursor != NULL && take_frame (self))
    ;

  return self->fd >= 0 ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

static gboolean
timeout_cb (gpointer user_data)
{
  KrnClient *self = user_data;

  self->timeout_source = 0;
  krn_client_close (self);

  return G_SOURCE_REMOVE;
}

static gboolean
reap_cb (gpointer user_data)
{
  KrnHost *host = user_data;

  host->reap_source = 0;
  for (guint i = host->clients->len; i-- > 0;)
    if (krn_client_is_closed (g_ptr_array_index (host->clients, i)))
      g_ptr_array_remove_index (host->clients, i);

  return G_SOURCE_REMOVE;
}

/* Its memory goes once nobody is at work with it. */
static void
krn_client_close (KrnClient *self)
{
  g_clear_handle_id (&self->timeout_source, g_source_remove);
  g_clear_handle_id (&self->read_source, g_source_remove);
  g_clear_handle_id (&self->write_source, g_source_remove);
  if (self->fd >= 0 && self->cursor != NULL && !self->is_numbered)
    krn_host_note_left (self->host, self->session, krn_cursor_get_seq (self->cursor));
  g_clear_fd (&self->fd, NULL);
  if (self->host->reap_source == 0)
    self->host->reap_source = g_idle_add (reap_cb, self->host);
}

/**
 * krn_client_new:
 * @host: the host
 * @fd: (transfer full): its connection
 *
 * Returns: (transfer full): the client, of whom a line is awaited
 */
KrnClient *
krn_client_new (KrnHost *host,
                int      fd)
{
  KrnClient *self = g_new0 (KrnClient, 1);

  self->host = host;
  self->fd = fd;
  self->in = g_byte_array_new ();
  self->sessions = g_ptr_array_new_with_free_func (g_free);
  g_queue_init (&self->out);
  self->read_source = g_unix_fd_add (fd, G_IO_IN | G_IO_HUP | G_IO_ERR, readable_cb, self);
  self->timeout_source = g_timeout_add_seconds (LINE_SECONDS, timeout_cb, self);

  return self;
}

/**
 * krn_client_free:
 *
 * Closes it and frees it.
 */
void
krn_client_free (KrnClient *client)
{
  g_clear_handle_id (&client->timeout_source, g_source_remove);
  g_clear_handle_id (&client->read_source, g_source_remove);
  g_clear_handle_id (&client->write_source, g_source_remove);
  g_clear_fd (&client->fd, NULL);
  g_clear_pointer (&client->cursor, krn_cursor_free);
  g_queue_clear_full (&client->out, (GDestroyNotify) g_bytes_unref);
  g_byte_array_unref (client->in);
  g_ptr_array_unref (client->sessions);
  g_free (client->session);
  g_free (client);
}

/**
 * krn_client_is_closed:
 *
 * Returns: whether it is gone
 */
gboolean
krn_client_is_closed (KrnClient *client)
{
  return client->fd < 0;
}

/**
 * krn_client_has_channels:
 *
 * Returns: whether it asked for the channels and is there
 */
gboolean
krn_client_has_channels (KrnClient *client)
{
  return client->fd >= 0 && client->cursor != NULL;
}

/**
 * krn_client_is_numbered:
 *
 * Returns: whether it follows the journal by numbers, and will tell what it has kept
 */
gboolean
krn_client_is_numbered (KrnClient *client)
{
  return client->is_numbered;
}

/**
 * krn_client_get_wait:
 *
 * Returns: what it waits for
 */
KrnWait
krn_client_get_wait (KrnClient *client)
{
  return client->wait;
}

/**
 * krn_client_set_wait:
 * @wait: what it is answered after
 */
void
krn_client_set_wait (KrnClient *client,
                     KrnWait    wait)
{
  client->wait = wait;
}

/**
 * krn_client_begin:
 * @after: the record after which it wants all; the last for what is new only
 * @is_numbered: it wants everything, with numbers
 * @session: what its messages come from; more may follow
 *
 * Makes it one with channels. The answer to it goes before.
 */
void
krn_client_begin (KrnClient  *client,
                  guint64     after,
                  gboolean    is_numbered,
                  const char *session)
{
  client->is_numbered = is_numbered;
  client->session = g_strdup (session);
  client->cursor = krn_cursor_new (client->host->journal, after);
  add_session (client, session);
  pump_and_send (client);
}

static void
send_line (KrnClient  *self,
           JsonObject *object)
{
  char *text = sage_json_object_to_string (object);
  char *line = g_strconcat (text, "\n", NULL);
  g_autoptr(GBytes) bytes = g_bytes_new_take (line, strlen (line));

  g_free (text);
  enqueue (self, bytes);
}

/**
 * krn_client_answer:
 * @answer: (transfer none): the answer
 *
 * Answers its line. krn_client_begin() or krn_client_end() follows, and sends it.
 */
void
krn_client_answer (KrnClient  *client,
                   JsonObject *answer)
{
  client->wait = KRN_WAITS_NOT;
  if (client->fd < 0)
    return;
  send_line (client, answer);
}

/**
 * krn_client_refuse:
 * @reason: why
 *
 * Answers that it cannot have what it wants, and ends it.
 */
void
krn_client_refuse (KrnClient  *client,
                   const char *reason)
{
  g_autoptr(JsonObject) answer = json_object_new ();

  json_object_set_boolean_member (answer, "ok", FALSE);
  json_object_set_string_member (answer, "error", reason);
  krn_client_answer (client, answer);
  krn_client_end (client);
}

/**
 * krn_client_end:
 *
 * Closes it once all is sent.
 */
void
krn_client_end (KrnClient *client)
{
  client->ends = TRUE;
  send_or_wait (client);
}
