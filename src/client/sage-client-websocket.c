/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-client"

#include "config.h"

#include "sage-aws-error.h"
#include "sage-client-private.h"
#include "sage-client-websocket-private.h"
#include "sage-error.h"
#include "sage-websocket.h"

#define MAX_MESSAGE (64 * 1024)

/* The hash of no body. */
#define EMPTY_SHA256 "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

static void
opened_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  SageClient *self = g_task_get_source_object (task);
  g_autoptr(SoupMessageHeaders) answer = NULL;
  SoupWebsocketConnection *connection;
  GError *error = NULL;
  guint status = 0;

  connection = sage_websocket_open_finish (result, &status, &answer, &error);
  g_task_set_task_data (task, GUINT_TO_POINTER (status), NULL);
  if (connection != NULL)
    {
      g_task_return_pointer (task, connection, g_object_unref);
      return;
    }

  if (status != 0 && status != SOUP_STATUS_SWITCHING_PROTOCOLS)
    error->code = (int) sage_aws_error_from_code (
      soup_message_headers_get_one (answer, "x-amzn-ErrorType"), status);
  if (error->domain == SAGE_ERROR)
    g_prefix_error (&error, "The engine at '%s': ", self->endpoint);
  sage_client_translate_error (self, &error);
  g_task_return_error (task, error);
}

/**
 * sage_client_websocket_async:
 * @self: the client
 * @path: an encoded absolute path, perhaps with a query
 * @cancellable: (nullable): gives it up
 * @callback: called when the connection is open
 * @user_data: for @callback
 *
 * Opens a WebSocket, signed as a GET is.
 */
void
sage_client_websocket_async (SageClient          *self,
                             const char          *path,
                             GCancellable        *cancellable,
                             GAsyncReadyCallback  callback,
                             gpointer             user_data)
{
  g_autoptr(GTask) task = NULL;
  g_autoptr(GUri) uri = NULL;
  g_autoptr(GSocketConnectable) peer = NULL;
  g_autoptr(SoupMessageHeaders) headers = NULL;
  g_autoptr(GError) error = NULL;

  g_return_if_fail (SAGE_IS_CLIENT (self));
  g_return_if_fail (path != NULL && path[0] == '/');

  uri = sage_client_make_uri (self, path);
  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, sage_client_websocket_async);
  if (uri == NULL)
    {
      sage_client_throw_endpoint (self, &error);
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }

  headers = soup_message_headers_new (SOUP_MESSAGE_HEADERS_REQUEST);
  sage_client_sign (self, "sagemaker", SOUP_METHOD_GET, uri, headers, EMPTY_SHA256);
  peer = sage_websocket_peer (uri, sage_client_is_local (self) ? self->endpoint : NULL);
  sage_websocket_open_async (peer, uri, headers, self->trust, MAX_MESSAGE, cancellable, opened_cb,
                             g_steal_pointer (&task));
}

/**
 * sage_client_websocket_finish:
 * @self: the client
 * @result: what the callback got
 * @status: (out): the HTTP status of the answer; 0 if there was none
 * @error: return location
 *
 * Returns: (transfer full): the open connection, over a #SagePacedStream, or %NULL with
 *   %SAGE_ERROR_UNREACHABLE, %SAGE_ERROR_PROTOCOL or what the status stands for
 */
SoupWebsocketConnection *
sage_client_websocket_finish (SageClient    *self,
                              GAsyncResult  *result,
                              guint         *status,
                              GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  *status = GPOINTER_TO_UINT (g_task_get_task_data (G_TASK (result)));

  return g_task_propagate_pointer (G_TASK (result), error);
}
