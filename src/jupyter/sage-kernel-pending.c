/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-kernel-client"

#include "config.h"

#include "sage-kernel-client-private.h"

void
sage_pending_free (SagePending *pending)
{
  if (pending->canceller != NULL)
    {
      g_source_destroy (pending->canceller);
      g_source_unref (pending->canceller);
    }
  g_clear_object (&pending->task);
  g_clear_pointer (&pending->message, sage_jupyter_message_unref);
  g_free (pending->seen_session);
  g_free (pending);
}

/* A new process is asked so often whether it is there. */
#define PROD_MS 500

/* --- Sending ---------------------------------------------------------------------------------- */

static gboolean
can_send (SageKernelClient *self)
{
  return self->socket != NULL && !self->is_restarting && !self->is_gated;
}

static void
mark_sent (SageKernelClient   *self,
           SageJupyterMessage *message)
{
  SagePending *pending = g_hash_table_lookup (self->pending, sage_jupyter_message_get_msg_id (message));

  if (pending != NULL)
    {
      pending->is_sent = TRUE;
      pending->number = ++self->n_requests;
    }
}

/**
 * sage_kernel_client_post:
 * @self: a client
 * @message: what to send
 *
 * Sends a message, as soon as there is a connection.
 */
void
sage_kernel_client_post (SageKernelClient   *self,
                         SageJupyterMessage *message)
{
  if (!can_send (self))
    {
      g_queue_push_tail (&self->outbox, sage_jupyter_message_ref (message));
      return;
    }

  mark_sent (self, message);
  sage_kernel_client_write (self, message);
}

/**
 * sage_kernel_client_post_outbox:
 * @self: a client
 *
 * Sends what has waited, if it can be sent now.
 */
void
sage_kernel_client_post_outbox (SageKernelClient *self)
{
  SageJupyterMessage *message;

  while (can_send (self) && (message = g_queue_pop_head (&self->outbox)) != NULL)
    {
      mark_sent (self, message);
      sage_kernel_client_write (self, message);
      sage_jupyter_message_unref (message);
    }
}

/**
 * sage_kernel_client_take_out:
 * @self: a client
 * @msg_id: a request
 *
 * What nobody waits for any more need not be sent either.
 */
void
sage_kernel_client_take_out (SageKernelClient *self,
                             const char       *msg_id)
{
  for (GList *link = self->outbox.head; link != NULL; link = link->next)
    if (g_strcmp0 (sage_jupyter_message_get_msg_id (link->data), msg_id) == 0)
      {
        sage_jupyter_message_unref (link->data);
        g_queue_delete_link (&self->outbox, link);
        return;
      }
}

static gboolean
cancelled_cb (GCancellable *cancellable,
              gpointer      user_data)
{
  SagePending *pending = user_data;
  SageKernelClient *self = pending->client;
  g_autoptr(GTask) task = g_steal_pointer (&pending->task);
  g_autofree char *msg_id = g_strdup (sage_jupyter_message_get_msg_id (pending->message));

  sage_kernel_client_take_out (self, msg_id);
  g_hash_table_remove (self->pending, msg_id);
  g_task_return_error_if_cancelled (task);

  return G_SOURCE_REMOVE;
}

static SagePending *
remember (SageKernelClient   *self,
          SageJupyterMessage *message,
          GTask              *task)
{
  SagePending *pending = g_new0 (SagePending, 1);
  GCancellable *cancellable = task != NULL ? g_task_get_cancellable (task) : NULL;

  pending->client = self;
  pending->message = message;
  pending->task = task;
  if (cancellable != NULL)
    {
      pending->canceller = g_cancellable_source_new (cancellable);
      g_source_set_callback (pending->canceller, G_SOURCE_FUNC (cancelled_cb), pending, NULL);
      g_source_attach (pending->canceller, g_main_context_get_thread_default ());
    }
  g_hash_table_insert (self->pending, (gpointer) sage_jupyter_message_get_msg_id (message), pending);

  return pending;
}

/**
 * sage_kernel_client_ask:
 * @self: a client
 * @message: (transfer full): a request
 * @task: (transfer full) (nullable): returns its reply
 *
 * Sends a request, as soon as it can be, and remembers it until its answer is complete.
 */
void
sage_kernel_client_ask (SageKernelClient   *self,
                        SageJupyterMessage *message,
                        GTask              *task)
{
  remember (self, message, task);
  sage_kernel_client_post (self, message);
}

/**
 * sage_kernel_client_ask_info:
 * @self: a client that is connected
 *
 * Asks the kernel what it is, which also tells when it has come as far as this.
 */
void
sage_kernel_client_ask_info (SageKernelClient *self)
{
  SageJupyterMessage *message =
    sage_jupyter_message_new_request (SAGE_JUPYTER_SHELL, "kernel_info_request", self->session, "", NULL,
                                      NULL);

  SagePending *pending = remember (self, message, NULL);

  pending->is_info = TRUE;
  mark_sent (self, message);
  sage_kernel_client_write (self, message);
}

static gboolean
prod_cb (gpointer user_data)
{
  sage_kernel_client_ask_info (SAGE_KERNEL_CLIENT (user_data));

  return G_SOURCE_CONTINUE;
}

static gboolean
asks_info (SageKernelClient *self)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->pending);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (((SagePending *) value)->is_info)
      return TRUE;

  return FALSE;
}

/**
 * sage_kernel_client_await_process:
 * @self: a client that is connected
 *
 * Holds requests back until the new process of a kernel has been heard on both channels. A server
 * may not listen to the output of it yet, and what a process writes unheard is lost; our engine
 * sees to that itself.
 */
void
sage_kernel_client_await_process (SageKernelClient *self)
{
  g_clear_handle_id (&self->prodder, g_source_remove);
  self->is_gated = !sage_jupyter_server_is_sagebrush (self->server);
  if (self->is_gated)
    self->prodder = g_timeout_add (PROD_MS, prod_cb, self);
  if (self->is_gated || !asks_info (self)) /* a journal may tell of many restarts at once */
    sage_kernel_client_ask_info (self);
  sage_kernel_client_post_outbox (self);
}

/**
 * sage_kernel_client_await_restart:
 * @self: a client whose kernel is dead
 *
 * Holds requests back until someone restarts the kernel; our engine answers that they are aborted.
 */
void
sage_kernel_client_await_restart (SageKernelClient *self)
{
  g_clear_handle_id (&self->prodder, g_source_remove);
  self->is_gated = !sage_jupyter_server_is_sagebrush (self->server);
}
