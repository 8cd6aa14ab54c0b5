/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-event-stream"

#include "config.h"

#include "sage-error.h"
#include "sage-event-stream-private.h"
#include "sage-websocket.h"

/* The embedded engine answers at once or stands still; elsewhere a packet may get lost. */
static const SageLivenessLimits local_limits = { .ping_seconds = 1, .silence = 1800 * 1000 };
static const SageLivenessLimits remote_limits = { .ping_seconds = 2, .silence = 4500 * 1000 };

static void
message_cb (SoupWebsocketConnection *socket,
            int                      type,
            GBytes                  *text,
            SageEventStream         *self)
{
  g_autoptr(JsonNode) node = NULL;
  SageEvent event = { 0 };
  gboolean usable = FALSE;

  if (type == SOUP_WEBSOCKET_DATA_TEXT)
    node = sage_event_parse (text, &event, &usable);
  if (node == NULL)
    {
      g_debug ("A message of the event stream is none");
      return;
    }

  if (event.seq <= self->seq)
    return;

  self->seq = event.seq;
  self->seq_time = event.time;
  if (usable)
    self->func (&event, self->user_data);
}

static void
closed_cb (SoupWebsocketConnection *socket,
           SageEventStream         *self)
{
  GError *error = NULL;

  sage_throw (&error, SAGE_ERROR_UNREACHABLE, "The engine at '%s' ended the connection",
              sage_client_get_endpoint (self->client));
  sage_event_stream_lost (self, error);
}

static void
silent_cb (gpointer user_data)
{
  SageEventStream *self = SAGE_EVENT_STREAM (user_data);
  GError *error = NULL;

  sage_throw (&error, SAGE_ERROR_UNREACHABLE, "The engine at '%s' does not answer any more",
              sage_client_get_endpoint (self->client));
  sage_event_stream_lost (self, error);
}

/**
 * sage_event_stream_take_socket:
 * @self: a stream
 * @socket: (transfer full): an open connection, over a #SagePacedStream
 *
 * Follows the events that come over it.
 */
void
sage_event_stream_take_socket (SageEventStream         *self,
                               SoupWebsocketConnection *socket)
{
  self->socket = socket;
  g_signal_connect (socket, "message", G_CALLBACK (message_cb), self);
  g_signal_connect (socket, "closed", G_CALLBACK (closed_cb), self);
  self->liveness = sage_liveness_new (socket, sage_client_is_local (self->client) ? &local_limits
                                                                                   : &remote_limits,
                                      silent_cb, self);
  sage_event_stream_set_connected (self, FALSE, self->seq >= 0);
}

/**
 * sage_event_stream_drop_socket:
 * @self: a stream
 *
 * Lets go of the connection, if there is one; nothing is heard of it any more.
 */
void
sage_event_stream_drop_socket (SageEventStream *self)
{
  g_clear_pointer (&self->liveness, sage_liveness_free);
  sage_websocket_drop (g_steal_pointer (&self->socket), self);
}
