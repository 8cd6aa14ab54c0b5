/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-client"

#include "config.h"

#include "sage-client-private.h"
#include "sage-reply-private.h"

static void
exchanged_cb (GObject      *object,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GBytes) body = NULL;
  GError *error = NULL;

  body = sage_client_exchange_finish (SAGE_CLIENT (object), result, &error);
  if (body == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, sage_reply_new (g_task_get_task_data (task), body),
                           (GDestroyNotify) sage_reply_unref);
}

/**
 * sage_client_send_async:
 * @self: the client
 * @service: what it is signed for: `sagemaker` (endpoints too) or `s3`
 * @method: e.g. `POST`
 * @path: an encoded absolute path, perhaps with a query: `/endpoints/NAME/invocations`
 * @headers: (nullable) (array zero-terminated=1): name, value, name, value, …, e.g. `Content-Type`,
 *   `text/csv`, `Accept`, `application/json`
 * @body: (nullable): what to send
 * @max_bytes: how long the answer may be; 0 for %SAGE_CLIENT_MAX_REPLY
 * @cancellable: (nullable): gives it up; the engine may have carried it out
 * @callback: called with the answer
 * @user_data: for @callback
 *
 * Sends any request.
 */
void
sage_client_send_async (SageClient          *self,
                        const char          *service,
                        const char          *method,
                        const char          *path,
                        const char * const  *headers,
                        GBytes              *body,
                        gsize                max_bytes,
                        GCancellable        *cancellable,
                        GAsyncReadyCallback  callback,
                        gpointer             user_data)
{
  SoupMessage *message;
  GTask *task;

  g_return_if_fail (SAGE_IS_CLIENT (self));
  g_return_if_fail (service != NULL && method != NULL);
  g_return_if_fail (path != NULL && path[0] == '/');

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, sage_client_send_async);
  message = sage_client_make_message (self, service, method, path, headers, body, FALSE);
  if (message != NULL)
    g_task_set_task_data (task, message, g_object_unref);
  sage_client_exchange_async (self, message, max_bytes != 0 ? max_bytes : SAGE_CLIENT_MAX_REPLY,
                              cancellable, exchanged_cb, task);
}

/**
 * sage_client_send_finish:
 * @self: the client
 * @result: what the callback got
 * @error: return location
 *
 * Returns: (transfer full): the answer, whatever its status (see sage_reply_check()), or %NULL with
 *   %SAGE_ERROR_UNREACHABLE or %SAGE_ERROR_TOO_LARGE
 */
SageReply *
sage_client_send_finish (SageClient    *self,
                         GAsyncResult  *result,
                         GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
