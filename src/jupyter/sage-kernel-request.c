/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-kernel-client"

#include "config.h"

#include "sage-error.h"
#include "sage-kernel-client-private.h"

/**
 * sage_kernel_client_execute:
 * @self: a client
 * @code: what to run
 * @flags: how
 * @cell_id: (nullable): the cell whose source it is; goes into the metadata, so that whoever reads the
 *   journal knows where its outputs belong
 *
 * Asks the kernel to run code, as soon as there is a connection. What comes of it comes as messages
 * with the returned id as their parent's; the end is the reply together with the idle status, or
 * "request-lost".
 *
 * Returns: (transfer full): the id of the request
 */
char *
sage_kernel_client_execute (SageKernelClient *self,
                            const char       *code,
                            SageExecuteFlags  flags,
                            const char       *cell_id)
{
  SageJupyterMessage *message;
  char *msg_id;

  g_return_val_if_fail (SAGE_IS_KERNEL_CLIENT (self), NULL);
  g_return_val_if_fail (code != NULL, NULL);

  message = sage_jupyter_message_new_execute (self->session, code, flags, cell_id);
  msg_id = g_strdup (sage_jupyter_message_get_msg_id (message));
  sage_kernel_client_ask (self, message, NULL);

  return msg_id;
}

/**
 * sage_kernel_client_input_reply:
 * @self: a client
 * @request: the `input_request` that came
 * @value: what was typed
 *
 * Answers a kernel that asks for input.
 */
void
sage_kernel_client_input_reply (SageKernelClient   *self,
                                SageJupyterMessage *request,
                                const char         *value)
{
  g_autoptr(SageJupyterMessage) message = NULL;
  g_autoptr(JsonObject) content = NULL;

  g_return_if_fail (SAGE_IS_KERNEL_CLIENT (self));
  g_return_if_fail (request != NULL && value != NULL);

  content = json_object_new ();
  json_object_set_string_member (content, "value", value);
  message = sage_jupyter_message_new_answer (request, SAGE_JUPYTER_STDIN, "input_reply", self->session, "",
                                             content);
  sage_kernel_client_post (self, message);
}

/**
 * sage_kernel_client_request_async:
 * @self: a client
 * @channel: %SAGE_JUPYTER_SHELL or %SAGE_JUPYTER_CONTROL
 * @msg_type: e.g. `complete_request`
 * @content: (nullable): its content
 * @cancellable: (nullable): nobody waits for the reply any more; the kernel may give it all the same
 * @callback: called with the reply
 * @user_data: for @callback
 *
 * Asks the kernel something, as soon as there is a connection. A kernel that works answers when it
 * has done so. The client lives at least until the reply, the cancellation or
 * sage_kernel_client_close().
 */
void
sage_kernel_client_request_async (SageKernelClient    *self,
                                  SageJupyterChannel   channel,
                                  const char          *msg_type,
                                  JsonObject          *content,
                                  GCancellable        *cancellable,
                                  GAsyncReadyCallback  callback,
                                  gpointer             user_data)
{
  GTask *task;

  g_return_if_fail (SAGE_IS_KERNEL_CLIENT (self));
  g_return_if_fail (channel == SAGE_JUPYTER_SHELL || channel == SAGE_JUPYTER_CONTROL);
  g_return_if_fail (msg_type != NULL && g_str_has_suffix (msg_type, "_request"));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, sage_kernel_client_request_async);
  if (self->state == SAGE_KERNEL_LINK_DEAD || self->state == SAGE_KERNEL_LINK_CLOSED)
    {
      g_task_return_new_error (task, SAGE_ERROR, SAGE_ERROR_UNREACHABLE,
                               "There is no connection to the kernel");
      g_object_unref (task);
      return;
    }

  sage_kernel_client_ask (self,
                          sage_jupyter_message_new_request (channel, msg_type, self->session, "", NULL,
                                                            content),
                          task);
}

/**
 * sage_kernel_client_request_finish:
 * @self: a client
 * @result: what the callback got
 * @error: return location
 *
 * Returns: (transfer full): the reply, whatever its `status`, or %NULL with %SAGE_ERROR_UNREACHABLE
 *   (there is no connection, or it broke) or %SAGE_ERROR_CONFLICT (the kernel was restarted)
 */
SageJupyterMessage *
sage_kernel_client_request_finish (SageKernelClient  *self,
                                   GAsyncResult      *result,
                                   GError           **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* --- Restart ---------------------------------------------------------------------------------- */

static void
restarted_cb (GObject      *object,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  SageKernelClient *self = g_task_get_source_object (task);
  GError *error = NULL;

  self->is_restarting = FALSE;
  if (sage_jupyter_server_restart_finish (SAGE_JUPYTER_SERVER (object), result, &error))
    /* Nothing was sent meanwhile: what was sent went to the process that ended. */
    sage_kernel_client_lose_sent (self, G_MAXUINT64, FALSE,
                                  "The kernel was restarted before this had ended; run it again");

  if (self->socket != NULL)
    sage_kernel_client_await_process (self);
  else if (error == NULL && self->state == SAGE_KERNEL_LINK_DEAD)
    sage_kernel_client_open (self); /* it had ended before anybody here was connected to it */

  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

/**
 * sage_kernel_client_restart_async:
 * @self: a client
 * @cancellable: (nullable): nobody waits any more; the kernel is restarted all the same
 * @callback: called when the kernel runs again
 * @user_data: for @callback
 *
 * Restarts the kernel. What it was asked for before is lost; what is asked meanwhile waits.
 */
void
sage_kernel_client_restart_async (SageKernelClient    *self,
                                  GCancellable        *cancellable,
                                  GAsyncReadyCallback  callback,
                                  gpointer             user_data)
{
  GTask *task;

  g_return_if_fail (SAGE_IS_KERNEL_CLIENT (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, sage_kernel_client_restart_async);
  self->is_restarting = TRUE;
  g_hash_table_remove_all (self->busy);
  sage_kernel_client_set_kernel_state (self, SAGE_KERNEL_RESTARTING);
  sage_jupyter_server_restart_async (self->server, self->kernel_id, NULL, restarted_cb, task);
}

/**
 * sage_kernel_client_restart_finish:
 * @self: a client
 * @result: what the callback got
 * @error: return location
 *
 * Returns: %TRUE when it runs again, or %FALSE with the errors of
 *   sage_jupyter_server_restart_finish()
 */
gboolean
sage_kernel_client_restart_finish (SageKernelClient  *self,
                                   GAsyncResult      *result,
                                   GError           **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* --- Comms ------------------------------------------------------------------------------------ */

static void
post_comm (SageKernelClient *self,
           const char       *msg_type,
           const char       *comm_id,
           const char       *target_name,
           JsonObject       *metadata,
           JsonObject       *data)
{
  g_autoptr(SageJupyterMessage) message = NULL;
  g_autoptr(JsonObject) content = json_object_new ();

  json_object_set_string_member (content, "comm_id", comm_id);
  if (target_name != NULL)
    json_object_set_string_member (content, "target_name", target_name);
  json_object_set_object_member (content, "data",
                                 data != NULL ? json_object_ref (data) : json_object_new ());
  message = sage_jupyter_message_new_request (SAGE_JUPYTER_SHELL, msg_type, self->session, "", metadata,
                                              content);
  sage_kernel_client_post (self, message);
}

/**
 * sage_kernel_client_comm_open:
 * @self: a client
 * @comm_id: a new id
 * @target_name: who is to take it in the kernel
 * @metadata: (nullable): of the message, such as the version of what is spoken
 * @data: (nullable): what to tell it
 *
 * Opens a channel between something here and something in the kernel.
 */
void
sage_kernel_client_comm_open (SageKernelClient *self,
                              const char       *comm_id,
                              const char       *target_name,
                              JsonObject       *metadata,
                              JsonObject       *data)
{
  g_return_if_fail (SAGE_IS_KERNEL_CLIENT (self));
  g_return_if_fail (comm_id != NULL && target_name != NULL);

  post_comm (self, "comm_open", comm_id, target_name, metadata, data);
}

/**
 * sage_kernel_client_comm_msg:
 * @self: a client
 * @comm_id: an open channel
 * @data: (nullable): what to say
 *
 * Says something to the other side of a channel.
 */
void
sage_kernel_client_comm_msg (SageKernelClient *self,
                             const char       *comm_id,
                             JsonObject       *data)
{
  g_return_if_fail (SAGE_IS_KERNEL_CLIENT (self));
  g_return_if_fail (comm_id != NULL);

  post_comm (self, "comm_msg", comm_id, NULL, NULL, data);
}

/**
 * sage_kernel_client_comm_close:
 * @self: a client
 * @comm_id: an open channel
 * @data: (nullable): what to say last
 *
 * Closes a channel.
 */
void
sage_kernel_client_comm_close (SageKernelClient *self,
                               const char       *comm_id,
                               JsonObject       *data)
{
  g_return_if_fail (SAGE_IS_KERNEL_CLIENT (self));
  g_return_if_fail (comm_id != NULL);

  post_comm (self, "comm_close", comm_id, NULL, NULL, data);
}
