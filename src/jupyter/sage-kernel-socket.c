/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-kernel-client"

#include "config.h"

#include "sage-error.h"
#include "sage-kernel-client-private.h"
#include "sage-websocket.h"

/* A Jupyter server does its work on one thread and may be slow to answer. */
static const SageLivenessLimits local_limits = { .ping_seconds = 1, .silence = 4 * G_USEC_PER_SEC };
static const SageLivenessLimits remote_limits = { .ping_seconds = 4, .silence = 15 * G_USEC_PER_SEC };

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

static void
silent_cb (gpointer user_data)
{
  SageKernelClient *self = SAGE_KERNEL_CLIENT (user_data);
  GError *error = NULL;

  sage_throw (&error, SAGE_ERROR_UNREACHABLE, "The Jupyter server at '%s' does not answer any more",
              sage_jupyter_server_get_address (self->server));
  sage_kernel_client_lost (self, error);
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
  const char *protocol = soup_websocket_connection_get_protocol (socket);

  self->framing = g_strcmp0 (protocol, SAGE_JUPYTER_V1_PROTOCOL) == 0 ? SAGE_JUPYTER_FRAMING_V1
                                                                      : SAGE_JUPYTER_FRAMING_DEFAULT;
  self->socket = socket;
  g_signal_connect (socket, "message", G_CALLBACK (message_cb), self);
  g_signal_connect (socket, "closed", G_CALLBACK (closed_cb), self);
  self->liveness = sage_liveness_new (socket, sage_jupyter_server_is_local (self->server)
                                                ? &local_limits : &remote_limits,
                                      silent_cb, self);
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
  g_clear_pointer (&self->liveness, sage_liveness_free);
  g_clear_handle_id (&self->prodder, g_source_remove);
  self->is_gated = FALSE;
  sage_kernel_client_drop_frames (self);
  sage_websocket_drop (g_steal_pointer (&self->socket), self);
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
