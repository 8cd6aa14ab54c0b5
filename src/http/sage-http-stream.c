/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-http"

#include "config.h"

#include <string.h>

#include "sage-http-stream-private.h"

/*
 * The stream of an upgraded connection: a socket, in front of which stand the bytes that
 * libmicrohttpd had read past the end of the request. It tells the server when it is closed.
 */

#define SAGE_TYPE_HTTP_INPUT (sage_http_input_get_type ())
G_DECLARE_FINAL_TYPE (SageHttpInput, sage_http_input, SAGE, HTTP_INPUT, GFilterInputStream)

struct _SageHttpInput
{
  GFilterInputStream parent_instance;
  GBytes            *early; /* (owned) (nullable): NULL once read */
  gsize              at;
};

static void sage_http_input_pollable_init (GPollableInputStreamInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (SageHttpInput, sage_http_input, G_TYPE_FILTER_INPUT_STREAM,
                               G_IMPLEMENT_INTERFACE (G_TYPE_POLLABLE_INPUT_STREAM,
                                                      sage_http_input_pollable_init))

static gsize
sage_http_input_take_early (SageHttpInput *self,
                            void          *buffer,
                            gsize          count)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (self->early, &size);
  gsize n = MIN (count, size - self->at);

  memcpy (buffer, data + self->at, n);
  self->at += n;
  if (self->at == size)
    g_clear_pointer (&self->early, g_bytes_unref);
  return n;
}

static gssize
sage_http_input_read (GInputStream  *stream,
                      void          *buffer,
                      gsize          count,
                      GCancellable  *cancellable,
                      GError       **error)
{
  SageHttpInput *self = SAGE_HTTP_INPUT (stream);

  if (self->early != NULL)
    return (gssize) sage_http_input_take_early (self, buffer, count);
  return g_input_stream_read (g_filter_input_stream_get_base_stream (G_FILTER_INPUT_STREAM (self)),
                              buffer, count, cancellable, error);
}

static GPollableInputStream *
sage_http_input_base (SageHttpInput *self)
{
  return G_POLLABLE_INPUT_STREAM (
    g_filter_input_stream_get_base_stream (G_FILTER_INPUT_STREAM (self)));
}

static gboolean
sage_http_input_is_readable (GPollableInputStream *stream)
{
  SageHttpInput *self = SAGE_HTTP_INPUT (stream);

  return self->early != NULL || g_pollable_input_stream_is_readable (sage_http_input_base (self));
}

static GSource *
sage_http_input_create_source (GPollableInputStream *stream,
                               GCancellable         *cancellable)
{
  SageHttpInput *self = SAGE_HTTP_INPUT (stream);
  g_autoptr(GSource) source = NULL;

  if (self->early != NULL)
    source = g_timeout_source_new (0);
  else
    source = g_pollable_input_stream_create_source (sage_http_input_base (self), NULL);
  return g_pollable_source_new_full (self, source, cancellable);
}

static gssize
sage_http_input_read_nonblocking (GPollableInputStream  *stream,
                                  void                  *buffer,
                                  gsize                  count,
                                  GError               **error)
{
  SageHttpInput *self = SAGE_HTTP_INPUT (stream);

  if (self->early != NULL)
    return (gssize) sage_http_input_take_early (self, buffer, count);
  return g_pollable_input_stream_read_nonblocking (sage_http_input_base (self), buffer, count,
                                                   NULL, error);
}

static void
sage_http_input_pollable_init (GPollableInputStreamInterface *iface)
{
  iface->is_readable = sage_http_input_is_readable;
  iface->create_source = sage_http_input_create_source;
  iface->read_nonblocking = sage_http_input_read_nonblocking;
}

static void
sage_http_input_dispose (GObject *object)
{
  SageHttpInput *self = SAGE_HTTP_INPUT (object);

  g_clear_pointer (&self->early, g_bytes_unref);
  G_OBJECT_CLASS (sage_http_input_parent_class)->dispose (object);
}

static void
sage_http_input_class_init (SageHttpInputClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sage_http_input_dispose;
  G_INPUT_STREAM_CLASS (klass)->read_fn = sage_http_input_read;
}

static void
sage_http_input_init (SageHttpInput *self)
{
}

struct _SageHttpStream
{
  GIOStream          parent_instance;
  GSocketConnection *base;     /* (owned) */
  GInputStream      *input;    /* (owned) */
  SageHttpUpgrades  *upgrades; /* (owned) (nullable): NULL once closed */
};

G_DEFINE_FINAL_TYPE (SageHttpStream, sage_http_stream, G_TYPE_IO_STREAM)

static GInputStream *
sage_http_stream_get_input (GIOStream *stream)
{
  return SAGE_HTTP_STREAM (stream)->input;
}

static GOutputStream *
sage_http_stream_get_output (GIOStream *stream)
{
  return g_io_stream_get_output_stream (G_IO_STREAM (SAGE_HTTP_STREAM (stream)->base));
}

/* The server shuts the descriptor down when it stops: it forgets it before it is closed. */
static gboolean
sage_http_stream_close (GIOStream     *stream,
                        GCancellable  *cancellable,
                        GError       **error)
{
  SageHttpStream *self = SAGE_HTTP_STREAM (stream);

  if (self->upgrades != NULL)
    {
      int fd = g_socket_get_fd (g_socket_connection_get_socket (self->base));

      sage_http_upgrades_remove (self->upgrades, fd);
      g_clear_pointer (&self->upgrades, sage_http_upgrades_unref);
    }
  return g_io_stream_close (G_IO_STREAM (self->base), cancellable, error);
}

static void
sage_http_stream_dispose (GObject *object)
{
  SageHttpStream *self = SAGE_HTTP_STREAM (object);

  /* closes the stream, which needs the members still */
  G_OBJECT_CLASS (sage_http_stream_parent_class)->dispose (object);
  g_clear_object (&self->input);
  g_clear_object (&self->base);
}

static void
sage_http_stream_class_init (SageHttpStreamClass *klass)
{
  GIOStreamClass *stream_class = G_IO_STREAM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sage_http_stream_dispose;
  stream_class->get_input_stream = sage_http_stream_get_input;
  stream_class->get_output_stream = sage_http_stream_get_output;
  stream_class->close_fn = sage_http_stream_close;
}

static void
sage_http_stream_init (SageHttpStream *self)
{
}

/* Makes the stream of the connected socket @fd, which is entered in @upgrades. Takes over @fd if it
 * succeeds. */
GIOStream *
sage_http_stream_new (int                fd,
                      GBytes            *early,
                      SageHttpUpgrades  *upgrades,
                      GError           **error)
{
  g_autoptr(GSocket) socket = g_socket_new_from_fd (fd, error);
  SageHttpStream *self;
  SageHttpInput *input;

  if (socket == NULL)
    return NULL;

  self = g_object_new (SAGE_TYPE_HTTP_STREAM, NULL);
  self->base = g_socket_connection_factory_create_connection (socket);
  input = g_object_new (SAGE_TYPE_HTTP_INPUT,
                        "base-stream", g_io_stream_get_input_stream (G_IO_STREAM (self->base)),
                        "close-base-stream", FALSE,
                        NULL);
  if (early != NULL && g_bytes_get_size (early) > 0)
    input->early = g_bytes_ref (early);
  self->input = G_INPUT_STREAM (input);
  self->upgrades = sage_http_upgrades_ref (upgrades);
  return G_IO_STREAM (self);
}
