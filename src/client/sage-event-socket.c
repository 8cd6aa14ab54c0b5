/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-event-stream"

#include "config.h"

#include "sage-error.h"
#include "sage-event-stream-private.h"
#include "sage-paced-stream.h"

/* The peer is asked every so often whether it is there, and is not if nothing came for so long. The
 * embedded engine answers at once or stands still; elsewhere a packet may get lost. */
#define CHECK_SECONDS 1
#define LATE_US (1500 * G_GINT64_CONSTANT (1000))
#define LOCAL_PING_SECONDS 1
#define LOCAL_SILENCE_US (1800 * G_GINT64_CONSTANT (1000))
#define REMOTE_PING_SECONDS 2
#define REMOTE_SILENCE_US (4500 * G_GINT64_CONSTANT (1000))

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

/* Something that came and was not read yet is an answer too. */
static gboolean
is_silent (SageEventStream *self,
           gint64           now)
{
  GIOStream *io = soup_websocket_connection_get_io_stream (self->socket);
  gint64 limit = sage_client_is_local (self->client) ? LOCAL_SILENCE_US : REMOTE_SILENCE_US;

  return now - sage_paced_stream_heard (SAGE_PACED_STREAM (io)) > limit
         && !g_pollable_input_stream_is_readable (
              G_POLLABLE_INPUT_STREAM (g_io_stream_get_input_stream (io)));
}

static gboolean
check_cb (gpointer user_data)
{
  SageEventStream *self = SAGE_EVENT_STREAM (user_data);
  gint64 now = g_get_monotonic_time ();
  gboolean late = now - self->checked > LATE_US;
  GError *error = NULL;

  /* If it is us who stood still, the peer gets another chance to answer. */
  self->checked = now;
  if (late || !is_silent (self, now))
    return G_SOURCE_CONTINUE;

  self->checker = 0;
  sage_throw (&error, SAGE_ERROR_UNREACHABLE, "The engine at '%s' does not answer any more",
              sage_client_get_endpoint (self->client));
  sage_event_stream_lost (self, error);

  return G_SOURCE_REMOVE;
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
  guint interval = sage_client_is_local (self->client) ? LOCAL_PING_SECONDS : REMOTE_PING_SECONDS;

  self->socket = socket;
  g_signal_connect (socket, "message", G_CALLBACK (message_cb), self);
  g_signal_connect (socket, "closed", G_CALLBACK (closed_cb), self);
  soup_websocket_connection_set_keepalive_interval (socket, interval);
  self->checked = g_get_monotonic_time ();
  self->checker = g_timeout_add_seconds (CHECK_SECONDS, check_cb, self);
  sage_event_stream_set_connected (self, FALSE, self->seq >= 0);
}

static void
unref_later_cb (gpointer object)
{
  g_object_unref (object);
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
  SoupWebsocketConnection *socket = g_steal_pointer (&self->socket);

  g_clear_handle_id (&self->checker, g_source_remove);
  if (socket == NULL)
    return;

  g_signal_handlers_disconnect_by_data (socket, self);
  if (soup_websocket_connection_get_state (socket) == SOUP_WEBSOCKET_STATE_OPEN)
    soup_websocket_connection_close (socket, SOUP_WEBSOCKET_CLOSE_NORMAL, NULL);

  /* It may be in the middle of a message, and does not hold itself then. */
  g_idle_add_once (unref_later_cb, socket);
}
