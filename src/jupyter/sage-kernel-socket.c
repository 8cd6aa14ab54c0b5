/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-kernel-client"

#include "config.h"

#include "sage-error.h"
#include "sage-kernel-client-private.h"
#include "sage-paced-stream.h"

/* The peer is asked every so often whether it is there, and is not if nothing came for so long. A
 * Jupyter server does its work on one thread and may be slow to answer. */
#define CHECK_SECONDS 1
#define LATE_US (1500 * G_GINT64_CONSTANT (1000))
#define LOCAL_PING_SECONDS 1
#define LOCAL_SILENCE_US (4 * G_USEC_PER_SEC)
#define REMOTE_PING_SECONDS 4
#define REMOTE_SILENCE_US (15 * G_USEC_PER_SEC)

static void
message_cb (SoupWebsocketConnection *socket,
            int                      type,
            GBytes                  *bytes,
            SageKernelClient        *self)
{
  g_autoptr(SageKernelClient) guard = g_object_ref (self);

  sage_kernel_client_take_frame (self, bytes, type == SOUP_WEBSOCKET_DATA_TEXT);
}

static void
closed_cb (SoupWebsocketConnection *socket,
           SageKernelClient        *self)
{
  g_autoptr(SageKernelClient) guard = g_object_ref (self);
  GError *error = NULL;

  sage_throw (&error, SAGE_ERROR_UNREACHABLE, "The Jupyter server at '%s' ended the connection",
              sage_jupyter_server_get_address (self->server));
  sage_kernel_client_lost (self, error);
}

/* Something that came and was not read yet is an answer too. */
static gboolean
is_silent (SageKernelClient *self,
           gint64            now)
{
  GIOStream *io = soup_websocket_connection_get_io_stream (self->socket);
  gint64 limit = sage_jupyter_server_is_local (self->server) ? LOCAL_SILENCE_US : REMOTE_SILENCE_US;

  return now - sage_paced_stream_heard (SAGE_PACED_STREAM (io)) > limit
         && !g_pollable_input_stream_is_readable (
              G_POLLABLE_INPUT_STREAM (g_io_stream_get_input_stream (io)));
}

static gboolean
check_cb (gpointer user_data)
{
  SageKernelClient *self = SAGE_KERNEL_CLIENT (user_data);
  gint64 now = g_get_monotonic_time ();
  gboolean late = now - self->checked > LATE_US;
  GError *error = NULL;

  /* If it is us who stood still, the peer gets another chance to answer. */
  self->checked = now;
  if (late || !is_silent (self, now))
    return G_SOURCE_CONTINUE;

  self->checker = 0;
  sage_throw (&error, SAGE_ERROR_UNREACHABLE, "The Jupyter server at '%s' does not answer any more",
              sage_jupyter_server_get_address (self->server));
  sage_kernel_client_lost (self, error);

  return G_SOURCE_REMOVE;
}

/**
 * sage_kernel_client_take_socket:
 * @self: a client
 * @socket: (transfer full): an open connection, over a #SagePacedStream
 *
 * Takes the messages that come over it. The peer has chosen the framing.
 */
void
sage_kernel_client_take_socket (SageKernelClient        *self,
                                SoupWebsocketConnection *socket)
{
  guint interval = sage_jupyter_server_is_local (self->server) ? LOCAL_PING_SECONDS : REMOTE_PING_SECONDS;
  const char *protocol = soup_websocket_connection_get_protocol (socket);

  self->framing = g_strcmp0 (protocol, SAGE_JUPYTER_V1_PROTOCOL) == 0 ? SAGE_JUPYTER_FRAMING_V1
                                                                      : SAGE_JUPYTER_FRAMING_DEFAULT;
  self->socket = socket;
  g_signal_connect (socket, "message", G_CALLBACK (message_cb), self);
  g_signal_connect (socket, "closed", G_CALLBACK (closed_cb), self);
  soup_websocket_connection_set_keepalive_interval (socket, interval);
  self->checked = g_get_monotonic_time ();
  self->checker = g_timeout_add_seconds (CHECK_SECONDS, check_cb, self);
}

static void
unref_later_cb (gpointer object)
{
  g_object_unref (object);
}

/**
 * sage_kernel_client_drop_socket:
 * @self: a client
 *
 * Lets go of the connection, if there is one; nothing is heard of it any more.
 */
void
sage_kernel_client_drop_socket (SageKernelClient *self)
{
  SoupWebsocketConnection *socket = g_steal_pointer (&self->socket);

  g_clear_handle_id (&self->checker, g_source_remove);
  g_clear_handle_id (&self->prodder, g_source_remove);
  self->is_gated = FALSE;
  sage_kernel_client_drop_frames (self);
  if (socket == NULL)
    return;

  g_signal_handlers_disconnect_by_data (socket, self);
  if (soup_websocket_connection_get_state (socket) == SOUP_WEBSOCKET_STATE_OPEN)
    soup_websocket_connection_close (socket, SOUP_WEBSOCKET_CLOSE_NORMAL, NULL);

  /* It may be in the middle of a message, and does not hold itself then. */
  g_idle_add_once (unref_later_cb, socket);
}

/**
 * sage_kernel_client_write:
 * @self: a client that is connected
 * @message: what to send
 */
void
sage_kernel_client_write (SageKernelClient   *self,
                          SageJupyterMessage *message)
{
  gboolean is_text = FALSE;
  g_autoptr(GBytes) bytes = sage_jupyter_frame_write (message, self->framing, &is_text);

  soup_websocket_connection_send_message (self->socket,
                                          is_text ? SOUP_WEBSOCKET_DATA_TEXT : SOUP_WEBSOCKET_DATA_BINARY,
                                          bytes);
}
