/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-execution-queue"

#include "config.h"

#include <string.h>

#include "sage-execution-queue-private.h"
#include "sage-json.h"

void
sage_run_free (SageRun *run)
{
  g_free (run->msg_id);
  g_free (run->cell_id);
  g_free (run->status);
  g_free (run);
}

/* --- Runs ------------------------------------------------------------------------------------- */

static GList *
find_link (SageExecutionQueue *self,
           const char         *msg_id)
{
  if (msg_id != NULL)
    for (GList *link = self->runs.head; link != NULL; link = link->next)
      if (strcmp (((SageRun *) link->data)->msg_id, msg_id) == 0)
        return link;

  return NULL;
}

SageRun *
sage_execution_queue_find_run (SageExecutionQueue *self,
                               const char         *msg_id)
{
  GList *link = find_link (self, msg_id);

  return link != NULL ? link->data : NULL;
}

SageRun *
sage_execution_queue_add_run (SageExecutionQueue *self,
                              const char         *msg_id,
                              const char         *cell_id)
{
  SageRun *run = g_new0 (SageRun, 1);

  run->msg_id = g_strdup (msg_id);
  run->cell_id = g_strdup (cell_id);
  run->seq = -1;
  g_queue_push_tail (&self->runs, run);
  g_object_notify (G_OBJECT (self), "n-pending");

  return run;
}

void
sage_execution_queue_set_input (SageExecutionQueue *self,
                                SageJupyterMessage *input)
{
  if (self->input == input)
    return;

  g_clear_pointer (&self->input, sage_jupyter_message_unref);
  if (input != NULL)
    self->input = sage_jupyter_message_ref (input);
  g_object_notify (G_OBJECT (self), "input");
}

/* What waits behind another run of the same cell stays queued. */
static gboolean
has_other_run (SageExecutionQueue *self,
               const char         *cell_id)
{
  for (GList *link = self->runs.head; link != NULL; link = link->next)
    if (strcmp (((SageRun *) link->data)->cell_id, cell_id) == 0)
      return TRUE;

  return FALSE;
}

static void
end_run (SageExecutionQueue *self,
         GList              *link,
         SageCellState       state)
{
  g_autoptr(SageExecutionQueue) guard = g_object_ref (self);
  SageRun *run = link->data;
  SageCell *cell = sage_notebook_find_cell (self->notebook, run->cell_id, NULL);

  g_queue_delete_link (&self->runs, link);
  if (self->input != NULL
      && g_strcmp0 (sage_jupyter_message_get_parent_id (self->input), run->msg_id) == 0)
    sage_execution_queue_set_input (self, NULL);
  if (cell != NULL)
    {
      g_object_ref (cell);
      sage_cell_set_state (cell, has_other_run (self, run->cell_id) ? SAGE_CELL_QUEUED : state);
    }
  sage_run_free (run);
  g_object_notify (G_OBJECT (self), "n-pending");
  if (cell != NULL)
    {
      g_signal_emit_by_name (self, "cell-ended", cell);
      g_object_unref (cell);
    }
}

/* A run ends with its reply and the kernel's word that it is idle, whichever comes first; one that was
 * dropped has only a reply. */
static void
end_if_complete (SageExecutionQueue *self,
                 const char         *msg_id)
{
  GList *link = find_link (self, msg_id);
  SageRun *run = link != NULL ? link->data : NULL;

  if (run == NULL || run->status == NULL)
    return;

  if (strcmp (run->status, "aborted") == 0)
    end_run (self, link, run->has_begun ? SAGE_CELL_FAILED : SAGE_CELL_CANCELLED);
  else if (run->has_idle)
    end_run (self, link, strcmp (run->status, "ok") == 0 ? SAGE_CELL_SUCCEEDED : SAGE_CELL_FAILED);
}

/* --- Messages --------------------------------------------------------------------------------- */

static gint64
get_seq (SageJupyterMessage *message)
{
  return sage_json_int (sage_jupyter_message_get_metadata (message), "sagebrush_seq", -1);
}

/* A request in the journal: ours comes back with its number; another was sent before this program was
 * started, or by someone else, and its cell runs all the same. */
static void
take_request (SageExecutionQueue *self,
              SageJupyterMessage *message)
{
  const char *msg_id = sage_jupyter_message_get_msg_id (message);
  const char *cell_id = sage_json_string (sage_jupyter_message_get_metadata (message), "cellId", NULL);
  SageRun *run = sage_execution_queue_find_run (self, msg_id);
  SageCell *cell;

  if (run == NULL && cell_id != NULL
      && (cell = sage_notebook_find_cell (self->notebook, cell_id, NULL)) != NULL
      && sage_cell_get_kind (cell) == SAGE_CELL_CODE)
    {
      sage_cell_prepare_run (cell);
      run = sage_execution_queue_add_run (self, msg_id, cell_id);
    }
  if (run != NULL)
    run->seq = get_seq (message);
}

static gboolean
is_bundle (const char *type)
{
  return strcmp (type, "display_data") == 0 || strcmp (type, "update_display_data") == 0
         || strcmp (type, "execute_result") == 0;
}

static void
take_output (SageExecutionQueue *self,
             SageRun            *run,
             SageJupyterMessage *message)
{
  const char *type = sage_jupyter_message_get_msg_type (message);
  JsonObject *content = sage_jupyter_message_get_content (message);
  SageCell *cell = sage_notebook_find_cell (self->notebook, run->cell_id, NULL);

  if (cell != NULL)
    sage_cell_take_message (cell, type, content);
  if (cell != NULL && is_bundle (type))
    g_signal_emit_by_name (self, "displayed", cell, content);
  if (strcmp (type, "execute_input") == 0 && !run->has_begun)
    {
      run->has_begun = TRUE;
      sage_stale_marks_begin (self->marks, run->cell_id);
    }
}

/* Of a status only the end counts: a request that the kernel drops makes it busy too. */
static void
take_status (SageExecutionQueue *self,
             SageRun            *run,
             JsonObject         *content)
{
  if (strcmp (sage_json_string (content, "execution_state", ""), "idle") == 0)
    {
      run->has_idle = TRUE;
      end_if_complete (self, run->msg_id);
    }
}

static void
message_cb (SageKernelClient   *client,
            SageJupyterMessage *message,
            SageExecutionQueue *self)
{
  const char *type = sage_jupyter_message_get_msg_type (message);
  JsonObject *content = sage_jupyter_message_get_content (message);
  SageRun *run = sage_execution_queue_find_run (self, sage_jupyter_message_get_parent_id (message));

  if (content == NULL)
    return;

  if (strcmp (type, "execute_request") == 0)
    take_request (self, message);
  else if (run == NULL)
    return;
  else if (strcmp (type, "execute_reply") == 0)
    {
      g_set_str (&run->status, sage_json_string (content, "status", "error"));
      end_if_complete (self, run->msg_id);
    }
  else if (strcmp (type, "input_request") == 0)
    sage_execution_queue_set_input (self, message);
  else if (strcmp (type, "status") == 0)
    take_status (self, run, content);
  else
    take_output (self, run, message);
}

static void
lost_cb (SageKernelClient   *client,
         const char         *msg_id,
         const GError       *error,
         SageExecutionQueue *self)
{
  GList *link = find_link (self, msg_id);
  SageRun *run = link != NULL ? link->data : NULL;

  if (run == NULL)
    return;

  /* A reply that did come tells more than that the rest did not. */
  if (g_strcmp0 (run->status, "ok") == 0)
    end_run (self, link, SAGE_CELL_SUCCEEDED);
  else
    end_run (self, link, run->has_begun ? SAGE_CELL_FAILED : SAGE_CELL_CANCELLED);
}

/* Runs that are known from the journal only have nobody else who tells that they are lost. */
static void
link_cb (SageKernelClient   *client,
         GParamSpec         *pspec,
         SageExecutionQueue *self)
{
  g_autoptr(SageExecutionQueue) guard = g_object_ref (self);

  if (sage_kernel_client_get_state (client) != SAGE_KERNEL_LINK_DEAD)
    return;

  while (self->runs.head != NULL)
    end_run (self, self->runs.head,
             ((SageRun *) self->runs.head->data)->has_begun ? SAGE_CELL_FAILED : SAGE_CELL_CANCELLED);
}

/* A process that ends at once takes with it what it had yet to say, that it had begun among it: ipykernel
 * publishes from a thread of its own. It does one after the other, so it was at the first request which
 * it had got and not answered. */
static void
begin_first (SageExecutionQueue *self)
{
  for (GList *link = self->runs.head; link != NULL; link = link->next)
    {
      SageRun *run = link->data;

      if (run->status == NULL)
        {
          run->has_begun |= run->seq > 0;
          return;
        }
    }
}

/* Another process knows nothing of what ran. */
static void
kernel_state_cb (SageKernelClient   *client,
                 GParamSpec         *pspec,
                 SageExecutionQueue *self)
{
  SageKernelState state = sage_kernel_client_get_kernel_state (client);

  if (state != SAGE_KERNEL_RESTARTING && state != SAGE_KERNEL_DEAD)
    return;

  begin_first (self);
  sage_stale_marks_reset (self->marks);
  sage_execution_queue_set_input (self, NULL);
}

/**
 * sage_execution_queue_follow:
 * @self: a queue
 *
 * Begins to hear what the client of its kernel says.
 */
void
sage_execution_queue_follow (SageExecutionQueue *self)
{
  g_signal_connect (self->client, "message", G_CALLBACK (message_cb), self);
  g_signal_connect (self->client, "request-lost", G_CALLBACK (lost_cb), self);
  g_signal_connect (self->client, "notify::state", G_CALLBACK (link_cb), self);
  g_signal_connect (self->client, "notify::kernel-state", G_CALLBACK (kernel_state_cb), self);
}
