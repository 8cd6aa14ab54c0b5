/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-kernel-client"

#include "config.h"

#include <string.h>

#include "sage-json.h"
#include "sage-kernel-client-private.h"
#include "sage-paced-stream.h"

/* A turn of the main loop brings a few KiB (see SagePacedStream), whose messages are read at once. One
 * that took many turns to come is read on a thread, and nothing is taken off the socket meanwhile. */
#define LONG_FRAME ((gsize) 256 * 1024)

/* Output is joined up to this, in bytes. */
#define MAX_JOINED ((gsize) 64 * 1024)

typedef struct
{
  GBytes   *bytes;   /* (owned) */
  gboolean  is_text;
} SageFrame;

static void
sage_frame_free (SageFrame *frame)
{
  g_bytes_unref (frame->bytes);
  g_free (frame);
}

/* --- Joining ---------------------------------------------------------------------------------- */

static void read_frames (SageKernelClient *self);

static void
set_paused (SageKernelClient *self,
            gboolean          paused)
{
  GIOStream *io = self->socket != NULL ? soup_websocket_connection_get_io_stream (self->socket) : NULL;

  if (SAGE_IS_PACED_STREAM (io))
    sage_paced_stream_set_paused (SAGE_PACED_STREAM (io), paused);
}

static gsize
held_length (SageKernelClient *self)
{
  return self->held_text != NULL ? self->held_text->len - self->held_offset : 0;
}

/* Emits @text as output like that of @held. */
static void
emit_text (SageKernelClient   *self,
           SageJupyterMessage *held,
           const char         *text,
           gint64              seq)
{
  g_autoptr(SageJupyterMessage) piece = NULL;
  g_autoptr(JsonObject) content = json_object_new ();
  const char *name = sage_json_string (sage_jupyter_message_get_content (held), "name", "");

  json_object_set_string_member (content, "name", name);
  json_object_set_string_member (content, "text", text);
  piece = sage_jupyter_message_with_content (held, content);
  sage_kernel_client_emit (self, piece, seq);
}

/* Emits one piece of a long text, and leaves the rest. */
static void
flush_some (SageKernelClient *self)
{
  g_autoptr(SageJupyterMessage) held = sage_jupyter_message_ref (self->held);
  const char *text = self->held_text->str + self->held_offset;
  g_autofree char *piece = NULL;
  gsize length = MAX_JOINED;

  while (length > 1 && (text[length] & 0xc0) == 0x80) /* not within a character */
    length--;
  piece = g_strndup (text, length);
  self->held_offset += length;
  emit_text (self, held, piece, -1);
}

/* Emits all that is held. A handler may close the client, which comes back here. */
static void
flush_held (SageKernelClient *self)
{
  g_autoptr(SageJupyterMessage) held = NULL;
  g_autofree char *text = NULL;
  gsize offset;

  g_clear_handle_id (&self->flusher, g_source_remove);
  while (held_length (self) > MAX_JOINED)
    flush_some (self);
  if (self->held == NULL)
    return;

  held = g_steal_pointer (&self->held);
  if (self->held_text != NULL)
    {
      offset = self->held_offset;
      text = g_string_free_and_steal (g_steal_pointer (&self->held_text));
      emit_text (self, held, text + offset, self->held_seq);
    }
  else
    sage_kernel_client_emit (self, held, self->held_seq);
}

static gboolean
flush_cb (gpointer user_data)
{
  SageKernelClient *self = SAGE_KERNEL_CLIENT (user_data);
  g_autoptr(SageKernelClient) guard = g_object_ref (self);

  if (held_length (self) > MAX_JOINED)
    {
      flush_some (self);
      return G_SOURCE_CONTINUE;
    }

  self->flusher = 0;
  flush_held (self);
  if (self->is_draining)
    {
      self->is_draining = FALSE;
      set_paused (self, FALSE);
      read_frames (self);
    }

  return G_SOURCE_REMOVE;
}

static gboolean
is_stream (SageJupyterMessage *message)
{
  return sage_jupyter_message_get_channel (message) == SAGE_JUPYTER_IOPUB
         && strcmp (sage_jupyter_message_get_msg_type (message), "stream") == 0
         && sage_jupyter_message_get_content (message) != NULL;
}

/* Whether @message goes on where the held output ends; then it is joined with it. */
static gboolean
join (SageKernelClient   *self,
      SageJupyterMessage *message,
      gint64              seq)
{
  JsonObject *content = sage_jupyter_message_get_content (message);
  JsonObject *held_content;
  const char *text;
  const char *held_text;

  if (self->held == NULL)
    return FALSE;

  held_content = sage_jupyter_message_get_content (self->held);
  text = sage_json_string (content, "text", NULL);
  held_text = sage_json_string (held_content, "text", NULL);
  if (text == NULL || held_text == NULL
      || g_strcmp0 (sage_jupyter_message_get_parent_id (message),
                    sage_jupyter_message_get_parent_id (self->held)) != 0
      || g_strcmp0 (sage_json_string (content, "name", NULL),
                    sage_json_string (held_content, "name", NULL)) != 0
      || (self->held_text != NULL ? self->held_text->len : strlen (held_text)) + strlen (text) > MAX_JOINED)
    return FALSE;

  if (self->held_text == NULL)
    {
      self->held_text = g_string_new (held_text);
      self->held_offset = 0;
    }
  g_string_append (self->held_text, text);

  /* The newest one's number says how far the journal is held. */
  sage_jupyter_message_unref (self->held);
  self->held = sage_jupyter_message_ref (message);
  self->held_seq = MAX (self->held_seq, seq);

  return TRUE;
}

/* Returns: the number of a message in our engine's journal; -1 for one that has none */
static gint64
get_seq (SageJupyterMessage *message)
{
  JsonNode *node = json_object_get_member (sage_jupyter_message_get_metadata (message), "sagebrush_seq");

  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_INT64)
    return -1;

  return json_node_get_int (node);
}

/* Output that is longer than a turn of the main loop may bring goes out in pieces, and what comes
 * behind it waits. */
static void
hold (SageKernelClient   *self,
      SageJupyterMessage *message,
      gint64              seq)
{
  const char *text = sage_json_string (sage_jupyter_message_get_content (message), "text", "");

  self->held = sage_jupyter_message_ref (message);
  self->held_seq = seq;
  self->flusher = g_idle_add (flush_cb, self);
  if (strlen (text) <= MAX_JOINED)
    return;

  self->held_text = g_string_new (text);
  self->held_offset = 0;
  self->is_draining = TRUE;
  set_paused (self, TRUE);
}

static void
take_message (SageKernelClient   *self,
              SageJupyterMessage *message)
{
  gboolean holds = is_stream (message);
  gint64 seq = get_seq (message);

  /* It came before, over another connection perhaps. */
  if (seq >= 0 && (seq <= self->last_seq || (self->held != NULL && seq <= self->held_seq)))
    return;
  if (holds && join (self, message, seq))
    return;

  flush_held (self);
  if (!holds)
    {
      sage_kernel_client_emit (self, message, seq);
      return;
    }

  if (self->socket == NULL)
    return;
  hold (self, message, seq);
}

/* --- Reading ---------------------------------------------------------------------------------- */

/* A long frame, read on a thread of the pool. */
typedef struct
{
  SageFrame          *frame;   /* (owned) */
  SageJupyterFraming  framing;
} Reading;

static void
reading_free (Reading *reading)
{
  sage_frame_free (reading->frame);
  g_free (reading);
}

static void
read_thread (GTask        *task,
             gpointer      source,
             gpointer      task_data,
             GCancellable *cancellable)
{
  Reading *reading = task_data;
  GError *error = NULL;
  SageJupyterMessage *message;

  message = sage_jupyter_frame_read (reading->frame->bytes, reading->framing, reading->frame->is_text,
                                     &error);
  if (message == NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  /* Parsed here, once and for all. */
  sage_jupyter_message_get_content (message);
  g_task_return_pointer (task, message, (GDestroyNotify) sage_jupyter_message_unref);
}

static void
long_frame_cb (GObject      *object,
               GAsyncResult *result,
               gpointer      user_data)
{
  SageKernelClient *self = user_data;
  g_autoptr(SageKernelClient) guard = NULL;
  g_autoptr(SageJupyterMessage) message = NULL;
  g_autoptr(GError) error = NULL;

  message = g_task_propagate_pointer (G_TASK (result), &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  guard = g_object_ref (self);
  g_clear_object (&self->reading);
  set_paused (self, FALSE);
  if (message != NULL)
    take_message (self, message);
  else
    g_debug ("A message of the kernel is none: %s", error->message);
  read_frames (self);
}

/* Takes over @frame. */
static void
read_elsewhere (SageKernelClient *self,
                SageFrame        *frame)
{
  g_autoptr(GTask) task = NULL;
  Reading *reading = g_new0 (Reading, 1);

  reading->frame = frame;
  reading->framing = self->framing;
  self->reading = g_cancellable_new ();
  set_paused (self, TRUE);
  task = g_task_new (NULL, self->reading, long_frame_cb, self);
  g_task_set_task_data (task, reading, (GDestroyNotify) reading_free);
  g_task_run_in_thread (task, read_thread);
}

static void
read_here (SageKernelClient *self,
           SageFrame        *frame)
{
  g_autoptr(SageJupyterMessage) message = NULL;
  g_autoptr(GError) error = NULL;

  message = sage_jupyter_frame_read (frame->bytes, self->framing, frame->is_text, &error);
  if (message != NULL)
    take_message (self, message);
  else
    g_debug ("A message of the kernel is none: %s", error->message);
}

static void
read_frames (SageKernelClient *self)
{
  SageFrame *frame;

  while (self->socket != NULL && self->reading == NULL && !self->is_draining
         && (frame = g_queue_pop_head (&self->frames)) != NULL)
    if (g_bytes_get_size (frame->bytes) > LONG_FRAME)
      read_elsewhere (self, frame);
    else
      {
        read_here (self, frame);
        sage_frame_free (frame);
      }
}

/**
 * sage_kernel_client_take_frame:
 * @self: a client; the caller holds it
 * @bytes: the payload of a WebSocket message, from anywhere
 * @is_text: whether it came as a text frame
 *
 * Reads a message and emits it, in the order in which they come. What is no message is left out.
 */
void
sage_kernel_client_take_frame (SageKernelClient *self,
                               GBytes           *bytes,
                               gboolean          is_text)
{
  SageFrame *frame = g_new0 (SageFrame, 1);

  frame->bytes = g_bytes_ref (bytes);
  frame->is_text = is_text;
  g_queue_push_tail (&self->frames, frame);
  read_frames (self);
}

/**
 * sage_kernel_client_drop_frames:
 * @self: a client whose connection is gone
 *
 * Emits the output that is held, and forgets what was not read yet.
 */
void
sage_kernel_client_drop_frames (SageKernelClient *self)
{
  g_cancellable_cancel (self->reading);
  g_clear_object (&self->reading);
  g_queue_clear_full (&self->frames, (GDestroyNotify) sage_frame_free);
  self->is_draining = FALSE;
  flush_held (self);
}
