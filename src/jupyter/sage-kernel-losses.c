/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-kernel-client"

#include "config.h"

#include "sage-error.h"
#include "sage-kernel-client-private.h"

/* Tells whoever asked why a request gets no answer; takes it over, which is not among the remembered
 * ones any more. */
static void
lose (SageKernelClient *self,
      SagePending      *pending,
      const GError     *error)
{
  const char *msg_id = sage_jupyter_message_get_msg_id (pending->message);

  sage_kernel_client_take_out (self, msg_id);
  if (pending->task != NULL)
    g_task_return_error (pending->task, g_error_copy (error));
  else if (!pending->is_info)
    sage_kernel_client_emit_lost (self, msg_id, error);
  sage_pending_free (pending);
}

static int
compare_pending (gconstpointer a,
                 gconstpointer b)
{
  const SagePending *first = *(SagePending *const *) a;
  const SagePending *second = *(SagePending *const *) b;

  return first->number < second->number ? -1 : first->number > second->number;
}

typedef gboolean (*Choose) (SagePending *pending,
                            gpointer     data);

/* Takes those that @choose wants out of the remembered ones, in the order they were sent. */
static GPtrArray *
steal (SageKernelClient *self,
       Choose            choose,
       gpointer          data)
{
  GPtrArray *stolen = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->pending);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (choose (value, data))
      {
        g_hash_table_iter_steal (&iter);
        g_ptr_array_add (stolen, value);
      }
  g_ptr_array_sort (stolen, compare_pending);

  return stolen;
}

static void
lose_stolen (SageKernelClient *self,
             GPtrArray        *stolen,
             const GError     *error)
{
  for (guint i = 0; i < stolen->len; i++)
    lose (self, g_ptr_array_index (stolen, i), error);
  g_ptr_array_unref (stolen);
}

static gboolean
has_begun (SagePending *pending,
           gpointer     but_session)
{
  return pending->seen_session != NULL && g_strcmp0 (pending->seen_session, but_session) != 0;
}

/**
 * sage_kernel_client_lose_begun:
 * @self: a client
 * @but_session: (nullable): the session of the process that lives; what that has begun goes on
 * @reason: what to tell those who wait
 *
 * The process that had begun with requests is gone.
 */
void
sage_kernel_client_lose_begun (SageKernelClient *self,
                               const char       *but_session,
                               const char       *reason)
{
  g_autoptr(GError) error = g_error_new_literal (SAGE_ERROR, SAGE_ERROR_CONFLICT, reason);

  lose_stolen (self, steal (self, has_begun, (gpointer) but_session), error);
}

static gboolean
is_heard (SagePending *pending,
          gpointer     data)
{
  return pending->is_heard;
}

/**
 * sage_kernel_client_lose_heard:
 * @self: a client of our engine
 * @reason: what to tell those who wait
 *
 * Nothing more comes for requests that came to the kernel before this.
 */
void
sage_kernel_client_lose_heard (SageKernelClient *self,
                               const char       *reason)
{
  g_autoptr(GError) error = g_error_new_literal (SAGE_ERROR, SAGE_ERROR_CONFLICT, reason);

  lose_stolen (self, steal (self, is_heard, NULL), error);
}

static gboolean
is_below (SagePending *pending,
          gpointer     number)
{
  return pending->is_sent && pending->number < *(guint64 *) number;
}

/**
 * sage_kernel_client_lose_sent:
 * @self: a client
 * @below: the number before which a request was sent
 * @may_repeat: our engine's journal tells whether the kernel got it; if not, it is sent once more
 * @reason: what to tell those who wait
 *
 * Nothing more comes for requests that were sent.
 */
void
sage_kernel_client_lose_sent (SageKernelClient *self,
                              guint64           below,
                              gboolean          may_repeat,
                              const char       *reason)
{
  g_autoptr(GError) error = g_error_new_literal (SAGE_ERROR, SAGE_ERROR_UNREACHABLE, reason);
  g_autoptr(GPtrArray) stolen = steal (self, is_below, &below);
  gboolean repeat = may_repeat && sage_jupyter_server_is_sagebrush (self->server);

  for (guint i = 0; i < stolen->len; i++)
    {
      SagePending *pending = g_ptr_array_index (stolen, i);

      if (repeat && !pending->is_info && !pending->is_heard)
        {
          g_hash_table_insert (self->pending,
                               (gpointer) sage_jupyter_message_get_msg_id (pending->message), pending);
          sage_kernel_client_post (self, pending->message);
        }
      else
        lose (self, pending, error);
    }
}

static gboolean
is_any (SagePending *pending,
        gpointer     data)
{
  return TRUE;
}

/**
 * sage_kernel_client_lose_all:
 * @self: a client
 * @error: why nothing gets an answer any more
 */
void
sage_kernel_client_lose_all (SageKernelClient *self,
                             const GError     *error)
{
  lose_stolen (self, steal (self, is_any, NULL), error);
  g_queue_clear_full (&self->outbox, (GDestroyNotify) sage_jupyter_message_unref);
}
