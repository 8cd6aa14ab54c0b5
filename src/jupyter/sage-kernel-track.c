/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-kernel-client"

#include "config.h"

#include <string.h>

#include "sage-json.h"
#include "sage-kernel-client-private.h"

/* More requests than this a kernel does not work on at once; it is a sign that ends got lost. */
#define MAX_BUSY 1000

#define RESTARTED "The kernel was restarted before this had ended; run it again"
#define DIED "The kernel died before this had ended; restart it and run it again"

/* Someone has restarted a kernel that was dead. */
static void
take_start (SageKernelClient *self)
{
  gboolean was_dead = self->kernel_state == SAGE_KERNEL_DEAD;

  g_hash_table_remove_all (self->busy);
  sage_kernel_client_set_kernel_state (self, SAGE_KERNEL_STARTING);
  if (was_dead && self->socket != NULL && !self->is_restarting)
    sage_kernel_client_await_process (self);
}

/* The process that worked for us is gone. Our engine's journal may tell of it later than it happened:
 * it concerns what the journal has before that. */
static void
take_end (SageKernelClient *self,
          SageKernelState   state)
{
  const char *reason = state == SAGE_KERNEL_DEAD ? DIED : RESTARTED;

  g_hash_table_remove_all (self->busy);
  sage_kernel_client_set_kernel_state (self, state);
  if (sage_jupyter_server_is_sagebrush (self->server))
    sage_kernel_client_lose_heard (self, reason);
  else
    sage_kernel_client_lose_sent (self, G_MAXUINT64, FALSE, reason);

  if (self->socket == NULL || self->is_restarting)
    return;
  if (state == SAGE_KERNEL_RESTARTING)
    sage_kernel_client_await_process (self);
  else
    sage_kernel_client_await_restart (self);
}

static void
take_status (SageKernelClient   *self,
             SageJupyterMessage *message)
{
  const char *word = sage_json_string (sage_jupyter_message_get_content (message), "execution_state", NULL);
  const char *parent = sage_jupyter_message_get_parent_id (message);
  SageKernelState state = sage_kernel_state_parse (word);

  switch (state)
    {
    case SAGE_KERNEL_BUSY:
      if (g_hash_table_size (self->busy) >= MAX_BUSY)
        g_hash_table_remove_all (self->busy);
      if (parent != NULL && parent[0] != '\0')
        g_hash_table_add (self->busy, g_strdup (parent));
      sage_kernel_client_set_kernel_state (self, SAGE_KERNEL_BUSY);
      break;
    case SAGE_KERNEL_IDLE:
      if (parent != NULL)
        g_hash_table_remove (self->busy, parent);
      if (g_hash_table_size (self->busy) == 0)
        sage_kernel_client_set_kernel_state (self, SAGE_KERNEL_IDLE);
      break;
    case SAGE_KERNEL_STARTING:
      take_start (self);
      break;
    case SAGE_KERNEL_RESTARTING:
    case SAGE_KERNEL_DEAD:
      take_end (self, state);
      break;
    case SAGE_KERNEL_UNKNOWN:
    default:
      g_debug ("The kernel is '%s', whatever that means", word);
    }
}

/* A message with a parent comes from the kernel's process itself, whose session is in its header. With
 * another process what the former had begun is lost, whoever restarted it. */
static void
take_session (SageKernelClient   *self,
              SageJupyterMessage *message)
{
  const char *parent = sage_jupyter_message_get_parent_id (message);
  const char *session = sage_jupyter_message_get_session (message);
  SagePending *pending;

  if (parent == NULL || parent[0] == '\0' || session == NULL || session[0] == '\0'
      || sage_jupyter_message_get_channel (message) != SAGE_JUPYTER_IOPUB
      || strcmp (sage_jupyter_message_get_msg_type (message), "status") != 0)
    return;

  if (g_strcmp0 (session, self->kernel_session) != 0)
    {
      if (self->kernel_session != NULL)
        {
          g_hash_table_remove_all (self->busy);
          sage_kernel_client_lose_begun (self, session, RESTARTED);
          if (self->kernel_state == SAGE_KERNEL_DEAD)
            take_start (self);
        }
      g_set_str (&self->kernel_session, session);
    }

  pending = g_hash_table_lookup (self->pending, parent);
  if (pending != NULL && pending->seen_session == NULL)
    pending->seen_session = g_strdup (session);
}

/* Our own request in the journal, or something that came of it. */
static void
note_heard (SageKernelClient   *self,
            SageJupyterMessage *message)
{
  const char *parent = sage_jupyter_message_get_parent_id (message);
  const char *id = parent != NULL && parent[0] != '\0' ? parent : sage_jupyter_message_get_msg_id (message);
  SagePending *pending = id != NULL ? g_hash_table_lookup (self->pending, id) : NULL;

  if (pending != NULL)
    pending->is_heard = TRUE;
}

/**
 * sage_kernel_client_track:
 * @self: a client
 * @message: a message that is about to be emitted
 *
 * Takes from it what the kernel does.
 */
void
sage_kernel_client_track (SageKernelClient   *self,
                          SageJupyterMessage *message)
{
  note_heard (self, message);
  if (sage_jupyter_message_get_channel (message) != SAGE_JUPYTER_IOPUB)
    return;

  take_session (self, message);
  if (strcmp (sage_jupyter_message_get_msg_type (message), "status") == 0)
    take_status (self, message);
}

/* --- Replies ---------------------------------------------------------------------------------- */

static gboolean
is_reply (SageJupyterMessage *message)
{
  SageJupyterChannel channel = sage_jupyter_message_get_channel (message);

  return (channel == SAGE_JUPYTER_SHELL || channel == SAGE_JUPYTER_CONTROL)
         && g_str_has_suffix (sage_jupyter_message_get_msg_type (message), "_reply");
}

static gboolean
is_idle (SageJupyterMessage *message)
{
  return sage_jupyter_message_get_channel (message) == SAGE_JUPYTER_IOPUB
         && strcmp (sage_jupyter_message_get_msg_type (message), "status") == 0
         && sage_kernel_state_parse (sage_json_string (sage_jupyter_message_get_content (message),
                                                       "execution_state", NULL)) == SAGE_KERNEL_IDLE;
}

/* The server's answer for a kernel that will give none: no idle follows it. */
static gboolean
is_aborted (SageJupyterMessage *message)
{
  return g_strcmp0 (sage_json_string (sage_jupyter_message_get_content (message), "status", NULL),
                    "aborted") == 0;
}

/* A kernel does one thing after the other, so that whatever was asked for before this has its answer
 * by now, or will have none. */
static void
end_info (SageKernelClient *self,
          guint64           number)
{
  self->is_gated = FALSE;
  g_clear_handle_id (&self->prodder, g_source_remove);
  sage_kernel_client_lose_sent (self, number, TRUE,
                                "The answer of the kernel got lost with the connection; "
                                "what it did may be done");
  sage_kernel_client_post_outbox (self);
}

static void
take_info (SageKernelClient   *self,
           SageJupyterMessage *message)
{
  JsonObject *content = sage_jupyter_message_get_content (message);

  if (content == NULL || g_strcmp0 (sage_json_string (content, "status", "ok"), "ok") != 0)
    return;

  sage_kernel_client_set_info (self, content);
}

/**
 * sage_kernel_client_match:
 * @self: a client
 * @message: a message that was emitted
 *
 * Ends the request whose answer it completes. What was asked for with a callback is complete with
 * the reply, everything else with the reply and the kernel's word that it is idle.
 */
void
sage_kernel_client_match (SageKernelClient   *self,
                          SageJupyterMessage *message)
{
  const char *parent = sage_jupyter_message_get_parent_id (message);
  SagePending *pending = parent != NULL ? g_hash_table_lookup (self->pending, parent) : NULL;
  g_autoptr(GTask) task = NULL;
  guint64 number;
  gboolean is_info;
  gboolean is_void = FALSE;

  if (pending == NULL)
    return;

  if (is_reply (message))
    {
      pending->has_reply = TRUE;
      is_void = is_aborted (message);
      task = g_steal_pointer (&pending->task);
      if (pending->is_info)
        take_info (self, message);
    }
  else if (is_idle (message))
    pending->has_idle = TRUE;

  /* Setting what the kernel told may have ended it. */
  pending = g_hash_table_lookup (self->pending, parent);
  if (pending != NULL && pending->has_reply && (task != NULL || is_void || pending->has_idle))
    {
      number = pending->number;
      is_info = pending->is_info && !is_void;
      g_hash_table_remove (self->pending, parent);
      if (is_info)
        end_info (self, number);
    }

  if (task != NULL)
    g_task_return_pointer (task, sage_jupyter_message_ref (message),
                           (GDestroyNotify) sage_jupyter_message_unref);
}
