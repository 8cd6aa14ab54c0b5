/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-paced-stream"

#include "config.h"

#include <string.h>

#include "sage-paced-stream.h"

/* What one turn of the main loop may bring: some eighty events, a millisecond of work. */
#define PACE (16 * 1024)

/* --- Input ------------------------------------------------------------------------------------ */

#define SAGE_TYPE_PACED_INPUT (sage_paced_input_get_type ())

G_DECLARE_FINAL_TYPE (SagePacedInput, sage_paced_input, SAGE, PACED_INPUT, GInputStream)

struct _SagePacedInput
{
  GInputStream          parent_instance;

  GPollableInputStream *base;   /* (owned) */
  GBytes               *first;  /* (owned) (nullable): what was read already */
  gsize                 budget; /* bytes until the main loop has to turn */
  gint64                heard;  /* when something came last, monotonic */
  gboolean              paused; /* there is nothing until the owner says so */
  GSource              *gate;   /* (owned) (nullable): whom a reader waits for meanwhile */
};

static void pollable_init (GPollableInputStreamInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (SagePacedInput, sage_paced_input, G_TYPE_INPUT_STREAM,
  G_IMPLEMENT_INTERFACE (G_TYPE_POLLABLE_INPUT_STREAM, pollable_init))

static void
sage_paced_input_finalize (GObject *object)
{
  SagePacedInput *self = SAGE_PACED_INPUT (object);

  g_clear_object (&self->base);
  g_clear_pointer (&self->first, g_bytes_unref);
  g_clear_pointer (&self->gate, g_source_unref);

  G_OBJECT_CLASS (sage_paced_input_parent_class)->finalize (object);
}

static gsize
read_first (SagePacedInput *self,
            void           *buffer,
            gsize           count)
{
  gsize size = g_bytes_get_size (self->first);
  gsize length = MIN (size, count);
  GBytes *rest = NULL;

  memcpy (buffer, g_bytes_get_data (self->first, NULL), length);
  if (length < size)
    rest = g_bytes_new_from_bytes (self->first, length, size - length);
  g_bytes_unref (self->first);
  self->first = rest;

  return length;
}

static gssize
sage_paced_input_read_nonblocking (GPollableInputStream  *pollable,
                                   void                  *buffer,
                                   gsize                  count,
                                   GError               **error)
{
  SagePacedInput *self = SAGE_PACED_INPUT (pollable);
  gssize length;

  if (self->budget == 0 || self->paused)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK, "Enough for this turn");
      return -1;
    }

  count = MIN (count, self->budget);
  length = self->first != NULL
             ? (gssize) read_first (self, buffer, count)
             : g_pollable_input_stream_read_nonblocking (self->base, buffer, count, NULL, error);
  if (length > 0)
    {
      self->budget -= (gsize) length;
      self->heard = g_get_monotonic_time ();
    }

  return length;
}

/* Opens when its ready time is set. */
static GSource *
make_gate (SagePacedInput *self)
{
  GSource *gate = g_timeout_source_new (0);

  g_source_set_ready_time (gate, -1);
  g_clear_pointer (&self->gate, g_source_unref);
  self->gate = g_source_ref (gate);

  return gate;
}

/* A reader waits anew after each turn, which is when it gets more. It comes after what is drawn. */
static GSource *
sage_paced_input_create_source (GPollableInputStream *pollable,
                                GCancellable         *cancellable)
{
  SagePacedInput *self = SAGE_PACED_INPUT (pollable);
  g_autoptr(GSource) child = NULL;
  GSource *source;

  if (self->paused)
    child = make_gate (self);
  else if (self->first != NULL)
    child = g_timeout_source_new (0);
  else
    child = g_pollable_input_stream_create_source (self->base, NULL);
  source = g_pollable_source_new_full (self, child, cancellable);
  g_source_set_priority (source, G_PRIORITY_DEFAULT_IDLE);
  self->budget = PACE;

  return source;
}

static gboolean
sage_paced_input_is_readable (GPollableInputStream *pollable)
{
  SagePacedInput *self = SAGE_PACED_INPUT (pollable);

  return self->first != NULL || g_pollable_input_stream_is_readable (self->base);
}

static gboolean
sage_paced_input_can_poll (GPollableInputStream *pollable)
{
  return g_pollable_input_stream_can_poll (SAGE_PACED_INPUT (pollable)->base);
}

static void
pollable_init (GPollableInputStreamInterface *iface)
{
  iface->can_poll = sage_paced_input_can_poll;
  iface->is_readable = sage_paced_input_is_readable;
  iface->create_source = sage_paced_input_create_source;
  iface->read_nonblocking = sage_paced_input_read_nonblocking;
}

static void
sage_paced_input_class_init (SagePacedInputClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sage_paced_input_finalize;
}

static void
sage_paced_input_init (SagePacedInput *self)
{
  self->budget = PACE;
  self->heard = g_get_monotonic_time ();
}

/* --- Stream ----------------------------------------------------------------------------------- */

struct _SagePacedStream
{
  GIOStream       parent_instance;

  GIOStream      *base;  /* (owned) */
  SagePacedInput *input; /* (owned) */
};

G_DEFINE_FINAL_TYPE (SagePacedStream, sage_paced_stream, G_TYPE_IO_STREAM)

static void
sage_paced_stream_finalize (GObject *object)
{
  SagePacedStream *self = SAGE_PACED_STREAM (object);

  g_clear_object (&self->input);
  g_clear_object (&self->base);

  G_OBJECT_CLASS (sage_paced_stream_parent_class)->finalize (object);
}

static GInputStream *
sage_paced_stream_get_input_stream (GIOStream *stream)
{
  return G_INPUT_STREAM (SAGE_PACED_STREAM (stream)->input);
}

static GOutputStream *
sage_paced_stream_get_output_stream (GIOStream *stream)
{
  return g_io_stream_get_output_stream (SAGE_PACED_STREAM (stream)->base);
}

static gboolean
sage_paced_stream_close (GIOStream     *stream,
                         GCancellable  *cancellable,
                         GError       **error)
{
  return g_io_stream_close (SAGE_PACED_STREAM (stream)->base, cancellable, error);
}

/* Nothing waits in a socket's close; the default would be on a thread. */
static void
sage_paced_stream_close_async (GIOStream           *stream,
                               int                  priority,
                               GCancellable        *cancellable,
                               GAsyncReadyCallback  callback,
                               gpointer             user_data)
{
  g_autoptr(GTask) task = g_task_new (stream, NULL, callback, user_data);

  g_io_stream_close_async (SAGE_PACED_STREAM (stream)->base, priority, NULL, NULL, NULL);
  g_task_return_boolean (task, TRUE);
}

static gboolean
sage_paced_stream_close_finish (GIOStream     *stream,
                                GAsyncResult  *result,
                                GError       **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
sage_paced_stream_class_init (SagePacedStreamClass *klass)
{
  GIOStreamClass *stream_class = G_IO_STREAM_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = sage_paced_stream_finalize;
  stream_class->get_input_stream = sage_paced_stream_get_input_stream;
  stream_class->get_output_stream = sage_paced_stream_get_output_stream;
  stream_class->close_fn = sage_paced_stream_close;
  stream_class->close_async = sage_paced_stream_close_async;
  stream_class->close_finish = sage_paced_stream_close_finish;
}

static void
sage_paced_stream_init (SagePacedStream *self)
{
}

/**
 * sage_paced_stream_new:
 * @base: a connection whose streams can be polled
 * @first: (nullable): bytes that were read from it already and come first
 *
 * Returns: (transfer full): @base at a walking pace
 */
GIOStream *
sage_paced_stream_new (GIOStream *base,
                       GBytes    *first)
{
  SagePacedStream *self = g_object_new (SAGE_TYPE_PACED_STREAM, NULL);

  self->base = g_object_ref (base);
  self->input = g_object_new (SAGE_TYPE_PACED_INPUT, NULL);
  self->input->base = g_object_ref (G_POLLABLE_INPUT_STREAM (g_io_stream_get_input_stream (base)));
  if (first != NULL && g_bytes_get_size (first) > 0)
    self->input->first = g_bytes_ref (first);

  return G_IO_STREAM (self);
}

/**
 * sage_paced_stream_heard:
 * @self: a stream
 *
 * Returns: when something came last, in monotonic microseconds
 */
gint64
sage_paced_stream_heard (SagePacedStream *self)
{
  g_return_val_if_fail (SAGE_IS_PACED_STREAM (self), 0);

  return self->input->heard;
}

/**
 * sage_paced_stream_set_paused:
 * @self: a stream
 * @paused: whether its reader gets nothing for now
 *
 * Leaves what comes where it is, so that its sender has to wait in the end.
 */
void
sage_paced_stream_set_paused (SagePacedStream *self,
                              gboolean         paused)
{
  g_return_if_fail (SAGE_IS_PACED_STREAM (self));

  self->input->paused = paused;
  if (!paused && self->input->gate != NULL)
    {
      g_source_set_ready_time (self->input->gate, 0);
      g_clear_pointer (&self->input->gate, g_source_unref);
    }
}
