/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-jupyter-server"

#include "config.h"

#include "sage-jupyter-frame.h"
#include "sage-jupyter-server-private.h"
#include "sage-websocket.h"

static void
opened_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  SageJupyterServer *self = g_task_get_source_object (task);
  SoupWebsocketConnection *connection;
  GError *error = NULL;
  guint status = 0;

  connection = sage_websocket_open_finish (result, &status, NULL, &error);
  if (connection != NULL)
    {
      g_task_return_pointer (task, connection, g_object_unref);
      return;
    }

  if (status != 0 && status != SOUP_STATUS_SWITCHING_PROTOCOLS)
    {
      g_clear_error (&error);
      sage_jupyter_server_throw_status (self, status, g_task_get_task_data (task), NULL, &error);
      g_task_return_error (task, error);
    }
  else
    g_task_return_error (task, sage_jupyter_server_translate (self, error));
}

/**
 * sage_jupyter_server_websocket_async:
 * @self: a server
 * @path: an encoded absolute path below the server's base, perhaps with a query
 * @subject: what is asked for, in words
 * @cancellable: (nullable): gives it up
 * @callback: called when the connection is open
 * @user_data: for @callback
 *
 * Opens a WebSocket for messages of a kernel, in the newer framing if the server knows it.
 */
void
sage_jupyter_server_websocket_async (SageJupyterServer   *self,
                                     const char          *path,
                                     const char          *subject,
                                     GCancellable        *cancellable,
                                     GAsyncReadyCallback  callback,
                                     gpointer             user_data)
{
  g_autoptr(GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr(GSocketConnectable) peer = NULL;
  g_autoptr(SoupMessageHeaders) headers = NULL;
  g_autoptr(GUri) uri = NULL;
  g_autofree char *host = NULL;

  g_task_set_source_tag (task, sage_jupyter_server_websocket_async);
  g_task_set_task_data (task, g_strdup (subject), g_free);
  if (self->uri == NULL)
    {
      sage_jupyter_server_throw_no_url (self, task);
      return;
    }

  uri = sage_jupyter_server_make_uri (self, path);
  host = sage_websocket_host (uri);
  peer = sage_websocket_peer (uri, self->socket_path);
  headers = soup_message_headers_new (SOUP_MESSAGE_HEADERS_REQUEST);
  soup_message_headers_replace (headers, "Host", host);
  soup_message_headers_replace (headers, "Sec-WebSocket-Protocol", SAGE_JUPYTER_V1_PROTOCOL);
  if (self->authorization != NULL)
    soup_message_headers_replace (headers, "Authorization", self->authorization);
  sage_websocket_open_async (peer, uri, headers, self->trust, SAGE_JUPYTER_MAX_BYTES, cancellable,
                             opened_cb, g_steal_pointer (&task));
}

/**
 * sage_jupyter_server_websocket_finish:
 * @self: a server
 * @result: what the callback got
 * @error: return location
 *
 * Returns: (transfer full): the open connection, over a #SagePacedStream, or %NULL with
 *   %SAGE_ERROR_UNREACHABLE, %SAGE_ERROR_PROTOCOL or what the status stands for
 */
SoupWebsocketConnection *
sage_jupyter_server_websocket_finish (SageJupyterServer  *self,
                                      GAsyncResult       *result,
                                      GError            **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
