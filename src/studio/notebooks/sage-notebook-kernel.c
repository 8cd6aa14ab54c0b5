/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-notebook-kernel"

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "sage-json.h"
#include "sage-notebook-kernel-private.h"
#include "sage-session-moves.h"

typedef enum
{
  PROP_STATE = 1,
  PROP_NAME,
  PROP_MEMORY,
  PROP_PROCESSOR,
  PROP_IDLE_ENDS,
  PROP_N_PENDING,
  PROP_INPUT,
} SageNotebookKernelProperty;

static GParamSpec *properties[PROP_INPUT + 1];

enum
{
  SIGNAL_FAILED,
  SIGNAL_ENDED,
  SIGNAL_CELL_ENDED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SageNotebookKernel, sage_notebook_kernel, G_TYPE_OBJECT)

/* --- What it tells ---------------------------------------------------------------------------- */

static void tell_ended (SageNotebookKernel *self);

static SageNotebookKernelState
find_state (SageNotebookKernel *self)
{
  SageKernelLink link;

  if (self->client == NULL)
    return self->starting ? SAGE_NOTEBOOK_KERNEL_STARTING : SAGE_NOTEBOOK_KERNEL_NONE;

  link = sage_kernel_client_get_state (self->client);
  if (sage_kernel_client_get_kernel_state (self->client) == SAGE_KERNEL_DEAD)
    return SAGE_NOTEBOOK_KERNEL_DEAD;
  if (link == SAGE_KERNEL_LINK_AWAY || link == SAGE_KERNEL_LINK_DEAD)
    return SAGE_NOTEBOOK_KERNEL_AWAY;
  if (link != SAGE_KERNEL_LINK_CONNECTED)
    return SAGE_NOTEBOOK_KERNEL_STARTING;

  switch (sage_kernel_client_get_kernel_state (self->client))
    {
    case SAGE_KERNEL_IDLE:
      return SAGE_NOTEBOOK_KERNEL_IDLE;
    case SAGE_KERNEL_BUSY:
      return SAGE_NOTEBOOK_KERNEL_BUSY;
    case SAGE_KERNEL_DEAD:
      return SAGE_NOTEBOOK_KERNEL_DEAD;
    case SAGE_KERNEL_UNKNOWN:
    case SAGE_KERNEL_STARTING:
    case SAGE_KERNEL_RESTARTING:
    default:
      return SAGE_NOTEBOOK_KERNEL_STARTING;
    }
}

/* Has the state follow from what is known. */
void
sage_notebook_kernel_update (SageNotebookKernel *self)
{
  SageNotebookKernelState state = find_state (self);
  SageNotebookKernelState before = self->state;

  if (state == before)
    return;

  self->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
  if (state == SAGE_NOTEBOOK_KERNEL_DEAD)
    tell_ended (self);
}

void
sage_notebook_kernel_tell (SageNotebookKernel *self,
                           const char         *what,
                           const GError       *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  g_debug ("%s", error->message);
  g_signal_emit (self, signals[SIGNAL_FAILED], 0, what, error);
}

/* @memory: bytes; @processor: percent of a core, -1 where that is not known */
void
sage_notebook_kernel_set_usage (SageNotebookKernel *self,
                                guint64             memory,
                                double              processor)
{
  if (memory != self->memory)
    {
      self->memory = memory;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MEMORY]);
    }
  if (processor < self->processor || processor > self->processor)
    {
      self->processor = processor;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PROCESSOR]);
    }
}

/* @time: seconds since 1970; 0 where it is not to end */
void
sage_notebook_kernel_set_idle_ends (SageNotebookKernel *self,
                                    double              time)
{
  if (time < self->idle_ends || time > self->idle_ends)
    {
      self->idle_ends = time;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_IDLE_ENDS]);
    }
}

void
sage_notebook_kernel_emit_ended (SageNotebookKernel *self)
{
  g_signal_emit (self, signals[SIGNAL_ENDED], 0);
}

/* It ended by itself; the engine knows how. */
static void
tell_ended (SageNotebookKernel *self)
{
  g_signal_emit (self, signals[SIGNAL_ENDED], 0);
  sage_notebook_kernel_load_facts (self);
}

/* --- The client ------------------------------------------------------------------------------- */

static void
message_cb (SageNotebookKernel *self,
            SageJupyterMessage *message)
{
  sage_comms_take_message (sage_notebook_document_get_comms (self->document),
                           sage_jupyter_message_get_msg_type (message),
                           sage_jupyter_message_get_content (message));
}

static void
state_cb (SageNotebookKernel *self)
{
  sage_notebook_kernel_update (self);
}

static void
cell_ended_cb (SageNotebookKernel *self,
               SageCell           *cell)
{
  if (sage_cell_get_state (cell) != SAGE_CELL_CANCELLED)
    g_set_str (&self->last_cell, sage_cell_get_id (cell));
  g_signal_emit (self, signals[SIGNAL_CELL_ENDED], 0, cell);
}

static void
displayed_cb (SageNotebookKernel *self,
              SageCell           *cell,
              JsonObject         *content)
{
  sage_plot_history_take (self->plots, cell, content);
}

static void
pending_cb (SageNotebookKernel *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_PENDING]);
}

static void
input_cb (SageNotebookKernel *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_INPUT]);
}

static void
drop_client (SageNotebookKernel *self)
{
  g_signal_handlers_disconnect_by_data (self->client, self);
  g_signal_handlers_disconnect_by_data (self->queue, self);
  sage_kernel_client_close (self->client);
  g_clear_object (&self->queue);
  g_clear_object (&self->client);
}

/* @client: (nullable): the connection to the kernel there is now, which is not open yet */
void
sage_notebook_kernel_set_client (SageNotebookKernel *self,
                                 SageKernelClient   *client)
{
  if (self->client != NULL)
    {
      drop_client (self);
      sage_comms_clear (sage_notebook_document_get_comms (self->document));
    }
  g_clear_pointer (&self->facts, json_object_unref);
  sage_notebook_kernel_set_usage (self, 0, -1);
  sage_notebook_kernel_set_idle_ends (self, 0);
  self->saving_seq = 0; /* another kernel counts from the beginning */
  if (client != NULL)
    {
      self->client = g_object_ref (client);
      self->queue = sage_execution_queue_new (sage_notebook_document_get_notebook (self->document),
                                              client);
      g_signal_connect_object (client, "message", G_CALLBACK (message_cb), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (client, "notify::state", G_CALLBACK (state_cb), self,
                               G_CONNECT_SWAPPED);
      g_signal_connect_object (client, "notify::kernel-state", G_CALLBACK (state_cb), self,
                               G_CONNECT_SWAPPED);
      g_signal_connect_object (self->queue, "cell-ended", G_CALLBACK (cell_ended_cb), self,
                               G_CONNECT_SWAPPED);
      g_signal_connect_object (self->queue, "displayed", G_CALLBACK (displayed_cb), self,
                               G_CONNECT_SWAPPED);
      g_signal_connect_object (self->queue, "notify::n-pending", G_CALLBACK (pending_cb), self,
                               G_CONNECT_SWAPPED);
      g_signal_connect_object (self->queue, "notify::input", G_CALLBACK (input_cb), self,
                               G_CONNECT_SWAPPED);
    }
  sage_notebook_kernel_update (self);
  pending_cb (self);
  input_cb (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NAME]);
}

/* The kernel itself is the queue: what waits there runs on when Studio is closed. */
void
sage_notebook_kernel_send (SageNotebookKernel *self,
                           GPtrArray          *cells)
{
  if (cells->len > 0)
    sage_execution_queue_run (self->queue, (SageCell *const *) cells->pdata, cells->len);
}

/* Returns: (transfer none) (nullable): the engine's side; NULL before the engine is connected */
SageJupyterServer *
sage_notebook_kernel_ensure_server (SageNotebookKernel *self)
{
  SageConnection *connection = sage_notebook_document_get_connection (self->document);

  if (self->server == NULL && connection != NULL)
    self->server = sage_session_server_new (connection);

  return self->server;
}

/* --- Commands --------------------------------------------------------------------------------- */

/**
 * sage_notebook_kernel_attach:
 * @self: a kernel
 *
 * Looks whether one runs for the file, and shows what it has put out since the file was saved.
 */
void
sage_notebook_kernel_attach (SageNotebookKernel *self)
{
  g_return_if_fail (SAGE_IS_NOTEBOOK_KERNEL (self));

  sage_notebook_kernel_start (self);
}

/**
 * sage_notebook_kernel_run:
 * @self: a kernel
 * @cells: (element-type SageCell): code
 *
 * Runs them one after the other; the first that fails ends it. Starts a kernel if there is none.
 */
void
sage_notebook_kernel_run (SageNotebookKernel *self,
                          GPtrArray          *cells)
{
  g_return_if_fail (SAGE_IS_NOTEBOOK_KERNEL (self));

  if (self->client != NULL && self->state != SAGE_NOTEBOOK_KERNEL_DEAD)
    {
      sage_notebook_kernel_send (self, cells);
      return;
    }
  if (self->client != NULL)
    {
      sage_notebook_kernel_restart (self, cells);
      return;
    }

  for (guint i = 0; i < cells->len; i++)
    {
      sage_cell_prepare_run (cells->pdata[i]);
      g_ptr_array_add (self->waiting, g_object_ref (cells->pdata[i]));
    }
  sage_notebook_kernel_start (self);
}

static void
interrupted_cb (GObject      *object,
                GAsyncResult *result,
                gpointer      user_data)
{
  g_autoptr(SageNotebookKernel) self = user_data;
  g_autoptr(GError) error = NULL;

  if (!sage_jupyter_server_interrupt_finish (SAGE_JUPYTER_SERVER (object), result, &error))
    sage_notebook_kernel_tell (self, _("The kernel could not be interrupted"), error);
}

void
sage_notebook_kernel_interrupt (SageNotebookKernel *self)
{
  g_return_if_fail (SAGE_IS_NOTEBOOK_KERNEL (self));

  if (self->client != NULL)
    sage_jupyter_server_interrupt_async (self->server,
                                         sage_kernel_client_get_kernel_id (self->client),
                                         self->cancellable, interrupted_cb, g_object_ref (self));
}

static void
restarted_cb (GObject      *object,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  SageNotebookKernel *self = g_task_get_source_object (task);
  GPtrArray *cells = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;

  if (!sage_kernel_client_restart_finish (SAGE_KERNEL_CLIENT (object), result, &error))
    sage_notebook_kernel_tell (self, _("The kernel could not be restarted"), error);
  else if (cells != NULL && self->client != NULL)
    sage_notebook_kernel_send (self, cells);
  sage_notebook_kernel_update (self);
}

/**
 * sage_notebook_kernel_restart:
 * @self: a kernel
 * @cells: (nullable) (element-type SageCell): what to run after that
 *
 * What the kernel held is gone. Without a kernel, one is started if there is something to run.
 */
void
sage_notebook_kernel_restart (SageNotebookKernel *self,
                              GPtrArray          *cells)
{
  GTask *task;

  g_return_if_fail (SAGE_IS_NOTEBOOK_KERNEL (self));

  if (self->client == NULL)
    {
      if (cells != NULL)
        sage_notebook_kernel_run (self, cells);
      return;
    }

  sage_comms_clear (sage_notebook_document_get_comms (self->document));
  task = g_task_new (self, self->cancellable, NULL, NULL);
  if (cells != NULL)
    g_task_set_task_data (task, g_ptr_array_ref (cells), (GDestroyNotify) g_ptr_array_unref);
  sage_kernel_client_restart_async (self->client, self->cancellable, restarted_cb, task);
}

static void
shut_down_cb (GObject      *object,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  SageNotebookKernel *self = g_task_get_source_object (task);
  gboolean start = GPOINTER_TO_INT (g_task_get_task_data (task));
  g_autoptr(GError) error = NULL;

  if (!sage_jupyter_server_delete_session_finish (SAGE_JUPYTER_SERVER (object), result, &error))
    sage_notebook_kernel_tell (self, _("The kernel could not be shut down"), error);
  else if (start)
    {
      /* A session with a new kernel, although nothing is to be run yet. */
      self->starting = TRUE;
      self->wants_session = TRUE;
      sage_notebook_kernel_update (self);
      sage_notebook_kernel_load_specs (self);
    }
}

static void
end_session (SageNotebookKernel *self,
             gboolean            start)
{
  g_autofree char *session_id = g_steal_pointer (&self->session_id);
  GTask *task;

  if (self->client == NULL || session_id == NULL)
    return;

  sage_notebook_kernel_set_client (self, NULL);
  task = g_task_new (self, self->cancellable, NULL, NULL);
  g_task_set_task_data (task, GINT_TO_POINTER (start), NULL);
  sage_jupyter_server_delete_session_async (self->server, session_id, self->cancellable,
                                            shut_down_cb, task);
}

/* Ends the kernel, and what it holds. */
void
sage_notebook_kernel_shut_down (SageNotebookKernel *self)
{
  g_return_if_fail (SAGE_IS_NOTEBOOK_KERNEL (self));

  end_session (self, FALSE);
}

/**
 * sage_notebook_kernel_change:
 * @self: a kernel
 * @spec: the name of what to start in its place, now if one runs
 */
void
sage_notebook_kernel_change (SageNotebookKernel *self,
                             const char         *spec)
{
  gboolean running;

  g_return_if_fail (SAGE_IS_NOTEBOOK_KERNEL (self));

  running = self->client != NULL;
  g_set_str (&self->spec, spec);
  for (guint i = 0; self->specs != NULL && i < self->specs->len; i++)
    {
      const SageServerSpec *known = self->specs->pdata[i];

      if (strcmp (known->name, spec) == 0)
        sage_notebook_set_kernelspec (sage_notebook_document_get_notebook (self->document),
                                      known->name, known->display_name, known->language);
    }
  if (running)
    end_session (self, TRUE);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NAME]);
}

/**
 * sage_notebook_kernel_answer:
 * @self: a kernel that waits for an answer
 * @text: the answer
 */
void
sage_notebook_kernel_answer (SageNotebookKernel *self,
                             const char         *text)
{
  g_return_if_fail (SAGE_IS_NOTEBOOK_KERNEL (self));

  if (self->queue != NULL)
    sage_execution_queue_answer (self->queue, text);
}

static void
held_cb (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr(GError) error = NULL;

  if (!sage_jupyter_server_hold_journal_finish (SAGE_JUPYTER_SERVER (object), result, &error))
    g_debug ("%s", error->message); /* it keeps more than it needs to */
}

/* The file tells the language of its kernel; what comes while it is being written is not in it. */
static void
saving_cb (SageNotebookKernel *self)
{
  JsonObject *info = self->client != NULL ? sage_kernel_client_get_info (self->client) : NULL;
  JsonObject *language = info != NULL ? sage_json_object (info, "language_info") : NULL;

  if (language != NULL)
    sage_notebook_set_language_info (sage_notebook_document_get_notebook (self->document), language);
  self->saving_seq = self->queue != NULL ? sage_execution_queue_get_safe_seq (self->queue) : 0;
}

/* Tells the engine that it need not keep any longer what is in the file. */
static void
saved_cb (SageNotebookKernel *self)
{
  if (self->saving_seq > 0 && sage_jupyter_server_is_sagebrush (self->server))
    sage_jupyter_server_hold_journal_async (self->server,
                                            sage_kernel_client_get_kernel_id (self->client),
                                            self->saving_seq, NULL, held_cb, NULL);
  self->saving_seq = 0;
}

/* --- Getters ---------------------------------------------------------------------------------- */

/* Returns: (transfer none): the pictures that its runs have shown */
SagePlotHistory *
sage_notebook_kernel_get_plots (SageNotebookKernel *self)
{
  g_return_val_if_fail (SAGE_IS_NOTEBOOK_KERNEL (self), NULL);

  return self->plots;
}

SageNotebookKernelState
sage_notebook_kernel_get_state (SageNotebookKernel *self)
{
  g_return_val_if_fail (SAGE_IS_NOTEBOOK_KERNEL (self), SAGE_NOTEBOOK_KERNEL_NONE);

  return self->state;
}

/**
 * sage_notebook_kernel_get_language:
 * @self: a kernel
 *
 * Returns: (transfer none) (nullable): the language that it speaks by its own word, such as "python";
 *   %NULL while none runs
 */
const char *
sage_notebook_kernel_get_language (SageNotebookKernel *self)
{
  JsonObject *info;

  g_return_val_if_fail (SAGE_IS_NOTEBOOK_KERNEL (self), NULL);

  info = self->client != NULL ? sage_kernel_client_get_info (self->client) : NULL;

  return info != NULL ? sage_json_string (sage_json_object (info, "language_info"), "name", NULL) : NULL;
}

/**
 * sage_notebook_kernel_get_spec:
 * @self: a kernel
 *
 * Returns: (nullable): the name of what it is started by
 */
const char *
sage_notebook_kernel_get_spec (SageNotebookKernel *self)
{
  SageNotebook *notebook;

  g_return_val_if_fail (SAGE_IS_NOTEBOOK_KERNEL (self), NULL);

  notebook = sage_notebook_document_get_notebook (self->document);
  if (self->spec != NULL || notebook == NULL)
    return self->spec;

  return sage_notebook_get_kernel_name (notebook);
}

/**
 * sage_notebook_kernel_get_name:
 * @self: a kernel
 *
 * Returns: (nullable): what a person calls it
 */
const char *
sage_notebook_kernel_get_name (SageNotebookKernel *self)
{
  SageNotebook *notebook;
  const char *spec = sage_notebook_kernel_get_spec (self);
  const SageServerSpec *chosen;
  JsonObject *metadata;

  notebook = sage_notebook_document_get_notebook (self->document);
  chosen = spec == NULL && notebook != NULL && self->specs != NULL
             ? sage_notebook_kernel_choose_spec (self) : NULL;
  if (chosen != NULL) /* a new notebook has none yet: it is what the first cell starts */
    return chosen->display_name;
  for (guint i = 0; self->specs != NULL && i < self->specs->len; i++)
    {
      const SageServerSpec *known = self->specs->pdata[i];

      if (g_strcmp0 (known->name, spec) == 0)
        return known->display_name;
    }

  metadata = notebook != NULL ? sage_notebook_get_metadata (notebook) : NULL;
  metadata = metadata != NULL ? sage_json_object (metadata, "kernelspec") : NULL;

  return metadata != NULL ? sage_json_string (metadata, "display_name", spec) : spec;
}

guint64
sage_notebook_kernel_get_memory (SageNotebookKernel *self)
{
  g_return_val_if_fail (SAGE_IS_NOTEBOOK_KERNEL (self), 0);

  return self->memory;
}

/**
 * sage_notebook_kernel_get_processor:
 * @self: a kernel
 *
 * Returns: how much it and its processes have computed lately, in percent of one core; -1 where that
 *   is not known yet
 */
double
sage_notebook_kernel_get_processor (SageNotebookKernel *self)
{
  g_return_val_if_fail (SAGE_IS_NOTEBOOK_KERNEL (self), -1);

  return self->processor;
}

/**
 * sage_notebook_kernel_get_idle_ends:
 * @self: a kernel
 * @since: (out) (optional): since when it has had nothing to do, in seconds since 1970
 *
 * Returns: when the engine shuts it down if it is not used, in seconds since 1970; 0: not soon
 */
double
sage_notebook_kernel_get_idle_ends (SageNotebookKernel *self,
                                    double             *since)
{
  g_return_val_if_fail (SAGE_IS_NOTEBOOK_KERNEL (self), 0);

  if (since != NULL)
    *since = self->facts != NULL ? sage_json_double (self->facts, "idle_since", 0) : 0;

  return self->idle_ends;
}

guint
sage_notebook_kernel_get_n_pending (SageNotebookKernel *self)
{
  g_return_val_if_fail (SAGE_IS_NOTEBOOK_KERNEL (self), 0);

  return self->queue != NULL ? sage_execution_queue_get_n_pending (self->queue) : 0;
}

/* (nullable): the connection, while there is a kernel that lives */
SageKernelClient *
sage_notebook_kernel_get_client (SageNotebookKernel *self)
{
  g_return_val_if_fail (SAGE_IS_NOTEBOOK_KERNEL (self), NULL);

  return self->client;
}

/* (nullable) (element-type SageServerSpec): what the engine can start, once that is known */
GPtrArray *
sage_notebook_kernel_get_specs (SageNotebookKernel *self)
{
  g_return_val_if_fail (SAGE_IS_NOTEBOOK_KERNEL (self), NULL);

  return self->specs;
}

/* (nullable): what the engine told of the kernel last */
JsonObject *
sage_notebook_kernel_get_facts (SageNotebookKernel *self)
{
  g_return_val_if_fail (SAGE_IS_NOTEBOOK_KERNEL (self), NULL);

  return self->facts;
}

/* (nullable): what the kernel waits for an answer to */
SageJupyterMessage *
sage_notebook_kernel_get_input (SageNotebookKernel *self)
{
  g_return_val_if_fail (SAGE_IS_NOTEBOOK_KERNEL (self), NULL);

  return self->queue != NULL ? sage_execution_queue_get_input (self->queue) : NULL;
}

/* (nullable): the cell that waits for an answer */
SageCell *
sage_notebook_kernel_get_input_cell (SageNotebookKernel *self)
{
  g_return_val_if_fail (SAGE_IS_NOTEBOOK_KERNEL (self), NULL);

  return self->queue != NULL ? sage_execution_queue_get_input_cell (self->queue) : NULL;
}

/* How many cells are to run before @cell; G_MAXUINT if it is not to run. */
guint
sage_notebook_kernel_get_place (SageNotebookKernel *self,
                                SageCell           *cell)
{
  g_return_val_if_fail (SAGE_IS_NOTEBOOK_KERNEL (self), G_MAXUINT);

  return self->queue != NULL ? sage_execution_queue_get_place (self->queue, cell) : G_MAXUINT;
}

/* (nullable): the cell that ran last, or ran when the kernel ended */
SageCell *
sage_notebook_kernel_get_last_cell (SageNotebookKernel *self)
{
  SageNotebook *notebook;

  g_return_val_if_fail (SAGE_IS_NOTEBOOK_KERNEL (self), NULL);

  notebook = sage_notebook_document_get_notebook (self->document);

  return self->last_cell != NULL && notebook != NULL
           ? sage_notebook_find_cell (notebook, self->last_cell, NULL) : NULL;
}

/* --- The object ------------------------------------------------------------------------------- */

static void
sage_notebook_kernel_dispose (GObject *object)
{
  SageNotebookKernel *self = SAGE_NOTEBOOK_KERNEL (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (self->client != NULL)
    drop_client (self);
  g_clear_object (&self->server);
  g_clear_pointer (&self->specs, g_ptr_array_unref);
  g_clear_pointer (&self->facts, json_object_unref);
  g_clear_pointer (&self->waiting, g_ptr_array_unref);
  g_clear_object (&self->plots);

  G_OBJECT_CLASS (sage_notebook_kernel_parent_class)->dispose (object);
}

static void
sage_notebook_kernel_finalize (GObject *object)
{
  SageNotebookKernel *self = SAGE_NOTEBOOK_KERNEL (object);

  g_free (self->session_id);
  g_free (self->spec);
  g_free (self->last_cell);

  G_OBJECT_CLASS (sage_notebook_kernel_parent_class)->finalize (object);
}

static void
sage_notebook_kernel_get_property (GObject    *object,
                                   guint       prop_id,
                                   GValue     *value,
                                   GParamSpec *pspec)
{
  SageNotebookKernel *self = SAGE_NOTEBOOK_KERNEL (object);

  switch ((SageNotebookKernelProperty) prop_id)
    {
    case PROP_STATE:
      g_value_set_uint (value, self->state);
      break;
    case PROP_NAME:
      g_value_set_string (value, sage_notebook_kernel_get_name (self));
      break;
    case PROP_MEMORY:
      g_value_set_uint64 (value, self->memory);
      break;
    case PROP_PROCESSOR:
      g_value_set_double (value, self->processor);
      break;
    case PROP_IDLE_ENDS:
      g_value_set_double (value, self->idle_ends);
      break;
    case PROP_N_PENDING:
      g_value_set_uint (value, sage_notebook_kernel_get_n_pending (self));
      break;
    case PROP_INPUT:
      g_value_set_boxed (value, sage_notebook_kernel_get_input (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
sage_notebook_kernel_class_init (SageNotebookKernelClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->dispose = sage_notebook_kernel_dispose;
  object_class->finalize = sage_notebook_kernel_finalize;
  object_class->get_property = sage_notebook_kernel_get_property;

  properties[PROP_STATE] = g_param_spec_uint ("state", NULL, NULL, 0, SAGE_NOTEBOOK_KERNEL_AWAY, 0,
                                              flags);
  properties[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, flags);
  properties[PROP_MEMORY] = g_param_spec_uint64 ("memory", NULL, NULL, 0, G_MAXUINT64, 0, flags);
  properties[PROP_PROCESSOR] = g_param_spec_double ("processor", NULL, NULL, -1, G_MAXDOUBLE, -1, flags);
  properties[PROP_IDLE_ENDS] = g_param_spec_double ("idle-ends", NULL, NULL, 0, G_MAXDOUBLE, 0, flags);
  properties[PROP_N_PENDING] = g_param_spec_uint ("n-pending", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_INPUT] = g_param_spec_boxed ("input", NULL, NULL, SAGE_TYPE_JUPYTER_MESSAGE, flags);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  signals[SIGNAL_FAILED] = g_signal_new ("failed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_ERROR);
  signals[SIGNAL_ENDED] = g_signal_new ("ended", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                        NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_CELL_ENDED] = g_signal_new ("cell-ended", G_TYPE_FROM_CLASS (klass),
                                             G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                             SAGE_TYPE_CELL);
}

static void
sage_notebook_kernel_init (SageNotebookKernel *self)
{
  self->cancellable = g_cancellable_new ();
  self->processor = -1;
  self->plots = sage_plot_history_new ();
  self->waiting = g_ptr_array_new_with_free_func (g_object_unref);
}

/* The document goes: what comes back to the kernel from now on is cancelled. */
static void
release (gpointer data)
{
  SageNotebookKernel *self = data;

  g_object_run_dispose (G_OBJECT (self));
  self->document = NULL;
  g_object_unref (self);
}

static void
changed_session_cb (GObject      *object,
                    GAsyncResult *result,
                    gpointer      user_data)
{
  g_autoptr(SageNotebookKernel) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(SageServerSession) session = NULL;

  session = sage_jupyter_server_change_session_finish (SAGE_JUPYTER_SERVER (object), result, &error);
  if (session == NULL)
    sage_notebook_kernel_tell (self, _("The kernel could not be told where the file is now"), error);
}

/* The file has been moved: the session that binds the kernel to it goes with it. */
void
sage_notebook_kernel_follow_file (SageNotebookKernel *self)
{
  g_autofree char *path = g_file_get_path (sage_notebook_document_get_run_file (self->document));

  if (self->session_id != NULL && path != NULL)
    sage_jupyter_server_change_session_async (self->server, self->session_id, path, NULL,
                                              self->cancellable, changed_session_cb, g_object_ref (self));
}

/**
 * sage_notebook_kernel_for:
 * @document: a document
 *
 * Returns: (transfer none): its kernel, which lives as long as the document
 */
SageNotebookKernel *
sage_notebook_kernel_for (SageNotebookDocument *document)
{
  SageNotebookKernel *self = g_object_get_data (G_OBJECT (document), "sage-kernel");

  if (self == NULL)
    {
      self = g_object_new (SAGE_TYPE_NOTEBOOK_KERNEL, NULL);
      self->document = document;
      sage_notebook_kernel_follow_events (self);
      g_signal_connect_object (document, "saving", G_CALLBACK (saving_cb), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (document, "saved", G_CALLBACK (saved_cb), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (document, "notify::file", G_CALLBACK (sage_notebook_kernel_follow_file), self,
                               G_CONNECT_SWAPPED);
      g_object_set_data_full (G_OBJECT (document), "sage-kernel", self, release);
    }

  return self;
}
