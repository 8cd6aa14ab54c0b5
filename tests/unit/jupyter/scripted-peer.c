/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "sage-json.h"
#include "scripted-peer.h"

#define KERNEL_SESSION "kernel-session"

SageJupyterMessage *
scripted_message (SageJupyterMessage *parent,
                  SageJupyterChannel  channel,
                  const char         *msg_type,
                  const char         *content)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) node = sage_json_parse_object (content, -1, NULL, &error);

  g_assert_no_error (error);

  return sage_jupyter_message_new_answer (parent, channel, msg_type, KERNEL_SESSION, "",
                                          json_node_get_object (node));
}

void
scripted_peer_send (ScriptedPeer       *peer,
                    SageJupyterMessage *message)
{
  gboolean is_text = FALSE;
  g_autoptr(GBytes) bytes = sage_jupyter_frame_write (message, peer->framing, &is_text);

  soup_websocket_connection_send_message (peer->socket,
                                          is_text ? SOUP_WEBSOCKET_DATA_TEXT : SOUP_WEBSOCKET_DATA_BINARY,
                                          bytes);
}

/* Sends what a kernel would; a @seq of -1 gives it no number. */
void
scripted_peer_say (ScriptedPeer       *peer,
                   SageJupyterMessage *parent,
                   SageJupyterChannel  channel,
                   const char         *msg_type,
                   const char         *content,
                   gint64              seq)
{
  g_autoptr(SageJupyterMessage) message = scripted_message (parent, channel, msg_type, content);
  g_autoptr(SageJupyterMessage) numbered = NULL;

  if (seq >= 0)
    numbered = sage_jupyter_message_with_number (message, "sagebrush_seq", seq);
  scripted_peer_send (peer, numbered != NULL ? numbered : message);
}

/* Bytes on the wire, past the framing of WebSockets. */
void
scripted_peer_write_raw (ScriptedPeer *peer,
                         const void   *data,
                         gsize         length)
{
  GOutputStream *output =
    g_io_stream_get_output_stream (soup_websocket_connection_get_io_stream (peer->socket));
  g_autoptr(GError) error = NULL;

  g_output_stream_write_all (output, data, length, NULL, NULL, &error);
  g_assert_no_error (error);
}

/* Ends the connection without a word. */
void
scripted_peer_cut (ScriptedPeer *peer)
{
  GIOStream *io = soup_websocket_connection_get_io_stream (peer->socket);

  g_io_stream_close (io, NULL, NULL);
  g_clear_object (&peer->socket);
}

static void
answer_info (ScriptedPeer       *peer,
             SageJupyterMessage *request)
{
  scripted_peer_say (peer, request, SAGE_JUPYTER_IOPUB, "status", "{\"execution_state\":\"busy\"}", -1);
  scripted_peer_say (peer, request, SAGE_JUPYTER_SHELL, "kernel_info_reply", "{\"status\":\"ok\"}", -1);
  scripted_peer_say (peer, request, SAGE_JUPYTER_IOPUB, "status", "{\"execution_state\":\"idle\"}", -1);
}

static void
message_cb (SoupWebsocketConnection *socket,
            int                      type,
            GBytes                  *bytes,
            ScriptedPeer            *peer)
{
  g_autoptr(GError) error = NULL;
  SageJupyterMessage *message = sage_jupyter_frame_read (bytes, peer->framing,
                                                         type == SOUP_WEBSOCKET_DATA_TEXT, &error);

  g_assert_no_error (error);
  if (strcmp (sage_jupyter_message_get_msg_type (message), "kernel_info_request") != 0)
    g_ptr_array_add (peer->received, message);
  else
    {
      if (!peer->is_mute)
        answer_info (peer, message);
      sage_jupyter_message_unref (message);
    }
}

static void
websocket_cb (SoupServer              *server,
              SoupServerMessage       *message,
              const char              *path,
              SoupWebsocketConnection *socket,
              gpointer                 user_data)
{
  ScriptedPeer *peer = user_data;
  const char *query = g_uri_get_query (soup_server_message_get_uri (message));
  const char *after = strstr (query, "after=");

  g_set_object (&peer->socket, socket);
  peer->n_connections++;
  peer->after = after != NULL ? g_ascii_strtoll (after + strlen ("after="), NULL, 10) : -1;
  g_signal_connect (socket, "message", G_CALLBACK (message_cb), peer);
}

static void
call_cb (SoupServer        *server,
         SoupServerMessage *message,
         const char        *path,
         GHashTable        *query,
         gpointer           user_data)
{
  ScriptedPeer *peer = user_data;
  const char *text = "{\"id\":\"k\",\"name\":\"python3\",\"execution_state\":\"idle\"}";

  if (strcmp (path, "/api") == 0)
    text = peer->is_sagebrush ? "{\"version\":\"2\",\"sagebrush\":\"1\"}" : "{\"version\":\"2\"}";
  soup_server_message_set_status (message, peer->refusal != 0 ? peer->refusal : SOUP_STATUS_OK, NULL);
  soup_server_message_set_response (message, "application/json", SOUP_MEMORY_STATIC, text, strlen (text));
}

void
scripted_peer_init (ScriptedPeer       *peer,
                    gboolean            is_sagebrush,
                    SageJupyterFraming  framing)
{
  char *protocols[] = { (char *) SAGE_JUPYTER_V1_PROTOCOL, NULL };
  g_autoslist(GUri) uris = NULL;
  g_autoptr(GError) error = NULL;

  memset (peer, 0, sizeof *peer);
  peer->is_sagebrush = is_sagebrush;
  peer->framing = framing;
  peer->received = g_ptr_array_new_with_free_func ((GDestroyNotify) sage_jupyter_message_unref);
  peer->server = soup_server_new (NULL, NULL);
  soup_server_add_handler (peer->server, "/api", call_cb, peer, NULL);
  soup_server_add_websocket_handler (peer->server, "/api/kernels/k/channels", NULL,
                                     framing == SAGE_JUPYTER_FRAMING_V1 ? protocols : NULL, websocket_cb,
                                     peer, NULL);
  soup_server_listen_local (peer->server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, &error);
  g_assert_no_error (error);
  uris = soup_server_get_uris (peer->server);
  peer->url = g_uri_to_string (uris->data);
}

void
scripted_peer_clear (ScriptedPeer *peer)
{
  g_clear_object (&peer->socket);
  soup_server_disconnect (peer->server);
  g_clear_object (&peer->server);
  g_ptr_array_unref (peer->received);
  g_free (peer->url);
}
