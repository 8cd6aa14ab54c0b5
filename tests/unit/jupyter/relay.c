/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "relay.h"

static gboolean
incoming_cb (GSocketService    *service,
             GSocketConnection *connection,
             GObject           *source,
             gpointer           user_data)
{
  Relay *relay = user_data;
  g_autoptr(GSocketClient) client = g_socket_client_new ();
  GSocketConnection *other;

  g_socket_client_set_enable_proxy (client, FALSE);
  other = g_socket_client_connect_to_host (client, "127.0.0.1", relay->to, NULL, NULL);
  if (other == NULL)
    return FALSE;

  g_ptr_array_add (relay->streams, g_object_ref (connection));
  g_ptr_array_add (relay->streams, other);
  g_io_stream_splice_async (G_IO_STREAM (connection), G_IO_STREAM (other),
                            G_IO_STREAM_SPLICE_CLOSE_STREAM1 | G_IO_STREAM_SPLICE_CLOSE_STREAM2,
                            G_PRIORITY_DEFAULT, NULL, NULL, NULL);

  return TRUE;
}

void
relay_init (Relay   *relay,
            guint16  to)
{
  g_autoptr(GError) error = NULL;

  relay->to = to;
  relay->streams = g_ptr_array_new_with_free_func (g_object_unref);
  relay->service = g_socket_service_new ();
  relay->port = g_socket_listener_add_any_inet_port (G_SOCKET_LISTENER (relay->service), NULL, &error);
  g_assert_no_error (error);
  g_signal_connect (relay->service, "incoming", G_CALLBACK (incoming_cb), relay);
}

/* Breaks all connections, without a word to either side. */
void
relay_cut (Relay *relay)
{
  for (guint i = 0; i < relay->streams->len; i++)
    {
      GSocketConnection *connection = g_ptr_array_index (relay->streams, i);

      g_socket_shutdown (g_socket_connection_get_socket (connection), TRUE, TRUE, NULL);
    }
  g_ptr_array_set_size (relay->streams, 0);
}

void
relay_clear (Relay *relay)
{
  relay_cut (relay);
  g_socket_service_stop (relay->service);
  g_socket_listener_close (G_SOCKET_LISTENER (relay->service));
  g_clear_object (&relay->service);
  g_ptr_array_unref (relay->streams);
}
