/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-execution-queue"

#include "config.h"

#include <string.h>

#include "sage-execution-queue-private.h"

typedef enum
{
  PROP_N_PENDING = 1,
  PROP_INPUT,
} SageExecutionQueueProperty;

static GParamSpec *properties[PROP_INPUT + 1];

G_DEFINE_FINAL_TYPE (SageExecutionQueue, sage_execution_queue, G_TYPE_OBJECT)

static void
sage_execution_queue_dispose (GObject *object)
{
  SageExecutionQueue *self = SAGE_EXECUTION_QUEUE (object);

  if (self->client != NULL)
    g_signal_handlers_disconnect_by_data (self->client, self);
  g_clear_object (&self->client);
  g_clear_pointer (&self->marks, sage_stale_marks_free);
  g_clear_object (&self->notebook);
  g_clear_pointer (&self->input, sage_jupyter_message_unref);
  g_queue_clear_full (&self->runs, (GDestroyNotify) sage_run_free);

  G_OBJECT_CLASS (sage_execution_queue_parent_class)->dispose (object);
}

static void
sage_execution_queue_get_property (GObject    *object,
                                   guint       prop_id,
                                   GValue     *value,
                                   GParamSpec *pspec)
{
  SageExecutionQueue *self = SAGE_EXECUTION_QUEUE (object);

  switch ((SageExecutionQueueProperty) prop_id)
    {
    case PROP_N_PENDING:
      g_value_set_uint (value, self->runs.length);
      break;
    case PROP_INPUT:
      g_value_set_boxed (value, self->input);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
sage_execution_queue_class_init (SageExecutionQueueClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->dispose = sage_execution_queue_dispose;
  object_class->get_property = sage_execution_queue_get_property;

  properties[PROP_N_PENDING] = g_param_spec_uint ("n-pending", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_INPUT] = g_param_spec_boxed ("input", NULL, NULL, SAGE_TYPE_JUPYTER_MESSAGE, flags);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  g_signal_new ("cell-ended", SAGE_TYPE_EXECUTION_QUEUE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                G_TYPE_NONE, 1, SAGE_TYPE_CELL);
  g_signal_new ("displayed", SAGE_TYPE_EXECUTION_QUEUE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                G_TYPE_NONE, 2, SAGE_TYPE_CELL, JSON_TYPE_OBJECT);
}

static void
sage_execution_queue_init (SageExecutionQueue *self)
{
  g_queue_init (&self->runs);
}

/**
 * sage_execution_queue_new:
 * @notebook: whose cells are to run
 * @client: the kernel; may be opened later, and is to have a queue of its own from the beginning, so
 *   that no message is missed
 *
 * Returns: (transfer full): an empty queue
 */
SageExecutionQueue *
sage_execution_queue_new (SageNotebook     *notebook,
                          SageKernelClient *client)
{
  SageExecutionQueue *self;

  g_return_val_if_fail (SAGE_IS_NOTEBOOK (notebook), NULL);
  g_return_val_if_fail (SAGE_IS_KERNEL_CLIENT (client), NULL);

  self = g_object_new (SAGE_TYPE_EXECUTION_QUEUE, NULL);
  self->notebook = g_object_ref (notebook);
  self->client = g_object_ref (client);
  self->marks = sage_stale_marks_new (notebook);
  sage_execution_queue_follow (self);

  return self;
}

/**
 * sage_execution_queue_run:
 * @self: a queue
 * @cells: (array length=n): cells of its notebook
 * @n: how many
 *
 * Runs the code cells among @cells in that order, behind what runs or waits. Behind one that fails
 * nothing of this runs: the kernel drops it.
 */
void
sage_execution_queue_run (SageExecutionQueue *self,
                          SageCell *const    *cells,
                          guint               n)
{
  g_return_if_fail (SAGE_IS_EXECUTION_QUEUE (self));
  g_return_if_fail (cells != NULL || n == 0);

  for (guint i = 0; i < n; i++)
    {
      const char *id = sage_cell_get_id (cells[i]);
      g_autofree char *msg_id = NULL;

      if (sage_cell_get_kind (cells[i]) != SAGE_CELL_CODE)
        continue;

      sage_cell_prepare_run (cells[i]);
      msg_id = sage_kernel_client_execute (self->client, sage_cell_get_source (cells[i]),
                                           SAGE_EXECUTE_STORE_HISTORY | SAGE_EXECUTE_ALLOW_STDIN
                                             | SAGE_EXECUTE_STOP_ON_ERROR,
                                           id);
      sage_execution_queue_add_run (self, msg_id, id);
    }
}

/**
 * sage_execution_queue_get_n_pending:
 * @self: a queue
 *
 * Returns: how many runs are not over
 */
guint
sage_execution_queue_get_n_pending (SageExecutionQueue *self)
{
  g_return_val_if_fail (SAGE_IS_EXECUTION_QUEUE (self), 0);

  return self->runs.length;
}

/**
 * sage_execution_queue_get_place:
 * @self: a queue
 * @cell: a cell
 *
 * Returns: how many runs are before its own: 0 for the one that runs; %G_MAXUINT if it has none
 */
guint
sage_execution_queue_get_place (SageExecutionQueue *self,
                                SageCell           *cell)
{
  guint place = 0;

  g_return_val_if_fail (SAGE_IS_EXECUTION_QUEUE (self), G_MAXUINT);
  g_return_val_if_fail (SAGE_IS_CELL (cell), G_MAXUINT);

  for (GList *link = self->runs.head; link != NULL; link = link->next, place++)
    if (strcmp (((SageRun *) link->data)->cell_id, sage_cell_get_id (cell)) == 0)
      return place;

  return G_MAXUINT;
}

/**
 * sage_execution_queue_get_safe_seq:
 * @self: a queue
 *
 * Tells what a notebook that is saved now holds for good. The output of a run that is not over
 * belongs to a cell only together with the request, so that who goes on after this number must get
 * both.
 *
 * Returns: the number of a message; what sage_jupyter_server_hold_journal_async() may be told, and
 *   what sage_kernel_client_new() goes on after
 */
gint64
sage_execution_queue_get_safe_seq (SageExecutionQueue *self)
{
  gint64 seq;

  g_return_val_if_fail (SAGE_IS_EXECUTION_QUEUE (self), 0);

  seq = sage_kernel_client_get_last_seq (self->client);
  for (GList *link = self->runs.head; link != NULL; link = link->next)
    {
      SageRun *run = link->data;

      if (run->seq > 0)
        seq = MIN (seq, run->seq - 1);
    }

  return seq;
}

/**
 * sage_execution_queue_get_input:
 * @self: a queue
 *
 * Returns: (transfer none) (nullable): the `input_request` that the kernel waits for an answer to
 */
SageJupyterMessage *
sage_execution_queue_get_input (SageExecutionQueue *self)
{
  g_return_val_if_fail (SAGE_IS_EXECUTION_QUEUE (self), NULL);

  return self->input;
}

/**
 * sage_execution_queue_get_input_cell:
 * @self: a queue
 *
 * Returns: (transfer none) (nullable): the cell that asks
 */
SageCell *
sage_execution_queue_get_input_cell (SageExecutionQueue *self)
{
  SageRun *run;

  g_return_val_if_fail (SAGE_IS_EXECUTION_QUEUE (self), NULL);

  if (self->input == NULL)
    return NULL;

  run = sage_execution_queue_find_run (self, sage_jupyter_message_get_parent_id (self->input));

  return run != NULL ? sage_notebook_find_cell (self->notebook, run->cell_id, NULL) : NULL;
}

/**
 * sage_execution_queue_answer:
 * @self: a queue whose kernel waits for input
 * @text: what was typed
 *
 * Answers the kernel.
 */
void
sage_execution_queue_answer (SageExecutionQueue *self,
                             const char         *text)
{
  g_return_if_fail (SAGE_IS_EXECUTION_QUEUE (self));
  g_return_if_fail (self->input != NULL);
  g_return_if_fail (text != NULL);

  sage_kernel_client_input_reply (self->client, self->input, text);
  sage_execution_queue_set_input (self, NULL);
}
