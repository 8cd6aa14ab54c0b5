/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "peer.h"

static gboolean
run_cb (GThreadedSocketService *service,
        GSocketConnection      *connection,
        GObject                *source,
        gpointer                user_data)
{
  Peer *peer = user_data;
  GOutputStream *output = g_io_stream_get_output_stream (G_IO_STREAM (connection));
  GInputStream *input = g_io_stream_get_input_stream (G_IO_STREAM (connection));
  g_autofree char *rubbish = g_malloc (64 * 1024);
  char buffer[4096];
  gint64 left = peer->limit;

  memset (rubbish, '[', 64 * 1024);
  g_input_stream_read (input, buffer, sizeof buffer, NULL, NULL);
  g_output_stream_write_all (output, peer->head, strlen (peer->head), NULL, NULL, NULL);
  while (left != 0)
    {
      gsize length = left < 0 ? 64 * 1024 : MIN (left, 64 * 1024);

      if (!g_output_stream_write_all (output, rubbish, length, NULL, NULL, NULL))
        {
          g_atomic_int_inc (&peer->hung_up);
          break;
        }
      left = left < 0 ? left : left - (gint64) length;
    }

  /* Closing before the request was read would take the answer back. */
  g_socket_shutdown (g_socket_connection_get_socket (connection), FALSE, TRUE, NULL);
  while (left == 0 && g_input_stream_read (input, buffer, sizeof buffer, NULL, NULL) > 0)
    ;

  return TRUE;
}

void
peer_init (Peer       *peer,
           const char *head,
           gint64      limit)
{
  g_autoptr(GError) error = NULL;
  guint16 port;

  peer->head = head;
  peer->limit = limit;
  peer->hung_up = 0;
  peer->service = g_threaded_socket_service_new (4);
  port = g_socket_listener_add_any_inet_port (G_SOCKET_LISTENER (peer->service), NULL, &error);
  g_assert_no_error (error);
  g_signal_connect (peer->service, "run", G_CALLBACK (run_cb), peer);
  peer->url = g_strdup_printf ("http://127.0.0.1:%u", port);
}

void
peer_clear (Peer *peer)
{
  g_socket_service_stop (peer->service);
  g_socket_listener_close (G_SOCKET_LISTENER (peer->service));
  g_clear_object (&peer->service);
  g_free (peer->url);
}
