/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-client"

#include "config.h"

#include "sage-client-private.h"
#include "sage-error.h"
#include "sage-exchange.h"

/* What went wrong names the engine. */
static GError *
translate (SageClient *self,
           GError     *error)
{
  if (error->domain == SAGE_ERROR)
    g_prefix_error (&error, "The engine at '%s': ", self->endpoint);
  sage_client_translate_error (self, &error);

  return error;
}

static void
exchanged_cb (GObject      *object,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  GError *error = NULL;
  GBytes *body = sage_exchange_finish (result, &error);

  if (body != NULL)
    g_task_return_pointer (task, body, (GDestroyNotify) g_bytes_unref);
  else
    g_task_return_error (task, translate (g_task_get_source_object (task), error));
}

/**
 * sage_client_exchange_async:
 * @self: the client
 * @message: (nullable): what to send; %NULL is the error of an endpoint that is no URL
 * @max_bytes: how long the body of the answer may be
 * @cancellable: (nullable): gives it up
 * @callback: called with the answer
 * @user_data: for @callback
 *
 * Sends a message and reads its answer; the status and the headers are then in @message.
 */
void
sage_client_exchange_async (SageClient          *self,
                            SoupMessage         *message,
                            gsize                max_bytes,
                            GCancellable        *cancellable,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  g_autoptr(GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr(GError) error = NULL;

  g_task_set_source_tag (task, sage_client_exchange_async);
  if (message == NULL)
    {
      sage_client_throw_endpoint (self, &error);
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }

  sage_exchange_async (self->session, message, max_bytes, cancellable, exchanged_cb,
                       g_steal_pointer (&task));
}

/**
 * sage_client_exchange_finish:
 *
 * Returns: (transfer full): the body, perhaps empty, or %NULL with %SAGE_ERROR_UNREACHABLE,
 *   %SAGE_ERROR_TOO_LARGE or %SAGE_ERROR_INVALID
 */
GBytes *
sage_client_exchange_finish (SageClient    *self,
                             GAsyncResult  *result,
                             GError       **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * sage_client_exchange:
 *
 * As sage_client_exchange_async(), for programs without a main loop.
 *
 * Returns: (transfer full): as sage_client_exchange_finish()
 */
GBytes *
sage_client_exchange (SageClient    *self,
                      SoupMessage   *message,
                      gsize          max_bytes,
                      GCancellable  *cancellable,
                      GError       **error)
{
  GError *local_error = NULL;
  GBytes *body;

  if (message == NULL)
    {
      sage_client_throw_endpoint (self, error);
      return NULL;
    }

  body = sage_exchange (self->session, message, max_bytes, cancellable, &local_error);
  if (body == NULL)
    g_propagate_error (error, translate (self, local_error));

  return body;
}
