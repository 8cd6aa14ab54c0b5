/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-notebook-run"

#include "config.h"

#include "sage-error.h"
#include "sage-execution-queue.h"
#include "sage-json.h"
#include "sage-notebook-report.h"
#include "sage-notebook-run.h"

struct _SageNotebookRun
{
  GObject             parent_instance;

  SageJupyterServer  *server;       /* (owned) */
  SageNotebook       *notebook;     /* (owned) */
  char               *path;         /* (owned) (nullable) */
  char               *kernel_name;  /* (owned) (nullable) */

  char               *kernel_id;    /* (owned) (nullable): while it is ours to end */
  SageKernelClient   *client;       /* (owned) (nullable) */
  SageExecutionQueue *queue;        /* (owned) (nullable) */
  GTask              *task;         /* (owned) (nullable): the run under way */
  gulong              cancelled_id;
  GError             *error;        /* (owned) (nullable): why it ended early */
  guint               n_asked;      /* how often what the kernel died of was asked for */
  guint               n_done;
  guint               n_total;
};

/* How often, and how many times, the engine is asked what a kernel died of. */
#define FACTS_MS 100
#define FACTS_MOST 30

static guint cell_ended_signal;

G_DEFINE_FINAL_TYPE (SageNotebookRun, sage_notebook_run, G_TYPE_OBJECT)

static void ask_for_facts (SageNotebookRun *self);

/* --- The end ---------------------------------------------------------------------------------- */

static void
let_go (SageNotebookRun *self)
{
  if (self->queue != NULL)
    g_signal_handlers_disconnect_by_data (self->queue, self);
  g_clear_object (&self->queue);
  if (self->client != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->client, self);
      sage_kernel_client_close (self->client);
    }
  g_clear_object (&self->client);
}

static void
return_outcome (SageNotebookRun *self)
{
  g_autoptr(GTask) task = g_steal_pointer (&self->task);

  if (self->cancelled_id != 0)
    g_signal_handler_disconnect (g_task_get_cancellable (task), self->cancelled_id);
  self->cancelled_id = 0;
  if (self->error != NULL)
    g_task_return_error (task, g_steal_pointer (&self->error));
  else
    g_task_return_boolean (task, TRUE);
}

static void
shut_down_cb (GObject      *object,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr(SageNotebookRun) self = user_data;
  g_autoptr(GError) error = NULL;

  if (!sage_jupyter_server_shutdown_finish (SAGE_JUPYTER_SERVER (object), result, &error))
    g_debug ("The kernel of a run is left to itself: %s", error->message);
  return_outcome (self);
}

/* Ends the run and its kernel. Takes over @error, %NULL if all is well; the first one counts. */
static void
end (SageNotebookRun *self,
     GError          *error)
{
  g_autofree char *kernel_id = g_steal_pointer (&self->kernel_id);

  if (self->error == NULL)
    self->error = error;
  else
    g_clear_error (&error);
  if (self->client == NULL && kernel_id == NULL)
    return; /* it is ending */

  let_go (self);
  sage_jupyter_server_shutdown_async (self->server, kernel_id, NULL, shut_down_cb,
                                      g_object_ref (self));
}

/* --- Cells ------------------------------------------------------------------------------------ */

static gboolean
ask_again_cb (gpointer user_data)
{
  ask_for_facts (user_data);
  return G_SOURCE_REMOVE;
}

/* Why the kernel is dead, as the engine knows it; that takes it a moment. */
static void
facts_cb (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr(SageNotebookRun) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonObject) facts =
    sage_jupyter_server_get_facts_finish (SAGE_JUPYTER_SERVER (object), result, &error);
  const char *reason = facts != NULL ? sage_json_string (facts, "reason", NULL) : NULL;

  if (facts != NULL && reason == NULL && ++self->n_asked < FACTS_MOST && self->client != NULL)
    g_timeout_add_full (G_PRIORITY_DEFAULT, FACTS_MS, ask_again_cb, g_object_ref (self),
                        g_object_unref);
  else if (reason != NULL)
    end (self, g_error_new (SAGE_ERROR, SAGE_ERROR_FAILED, "%s", reason));
  else
    end (self, g_error_new (SAGE_ERROR, SAGE_ERROR_FAILED,
                            "A cell was ended and did not say why, and its kernel lives"));
}

/* Nothing of what the queue and the client say from now on matters. */
static void
ask_for_facts (SageNotebookRun *self)
{
  if (self->client == NULL)
    return; /* ended meanwhile */
  g_signal_handlers_disconnect_by_data (self->queue, self);
  g_signal_handlers_disconnect_by_data (self->client, self);
  sage_jupyter_server_get_facts_async (self->server, self->kernel_id,
                                       g_task_get_cancellable (self->task), facts_cb,
                                       g_object_ref (self));
}

static gboolean
has_cell_in_state (SageNotebookRun *self,
                   SageCellState    state)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->notebook));

  for (guint i = 0; i < n; i++)
    {
      if (sage_cell_get_state (sage_notebook_get_cell (self->notebook, i)) == state)
        return TRUE;
    }
  return FALSE;
}

/* All that was asked for is over. What waits behind a failure is over before the failure is. */
static void
conclude (SageNotebookRun *self)
{
  g_autofree char *failure = sage_notebook_report_failure (self->notebook);

  if (failure != NULL)
    end (self, g_error_new (SAGE_ERROR, SAGE_ERROR_FAILED, "%s", failure));
  else if (has_cell_in_state (self, SAGE_CELL_FAILED)
           || has_cell_in_state (self, SAGE_CELL_CANCELLED))
    ask_for_facts (self); /* the kernel died, before it told that it had begun or after */
  else
    end (self, NULL);
}

static void
cell_ended_cb (SageNotebookRun *self,
               SageCell        *cell)
{
  if (sage_cell_get_state (cell) != SAGE_CELL_CANCELLED)
    g_signal_emit (self, cell_ended_signal, 0, cell, ++self->n_done, self->n_total);
  /* who was told may have ended it */
  if (self->queue != NULL && sage_execution_queue_get_n_pending (self->queue) == 0)
    conclude (self);
}

static void
input_cb (SageNotebookRun *self)
{
  if (sage_execution_queue_get_input (self->queue) != NULL)
    end (self, g_error_new (SAGE_ERROR, SAGE_ERROR_UNSUPPORTED,
                            "The notebook asks for input, and there is nobody to give it"));
}

static void
kernel_state_cb (SageNotebookRun *self)
{
  if (sage_kernel_client_get_kernel_state (self->client) != SAGE_KERNEL_DEAD
      || self->kernel_id == NULL)
    return;
  ask_for_facts (self);
}

static void
link_cb (SageNotebookRun *self)
{
  if (sage_kernel_client_get_state (self->client) == SAGE_KERNEL_LINK_DEAD)
    end (self, g_error_copy (sage_kernel_client_get_error (self->client)));
}

/* Asks for all code cells that hold something. */
static void
run_cells (SageNotebookRun *self)
{
  g_autoptr(GPtrArray) cells = sage_notebook_list_runnable (self->notebook);

  self->n_total = cells->len;
  sage_execution_queue_run (self->queue, (SageCell *const *) cells->pdata, cells->len);
  if (cells->len == 0)
    end (self, NULL);
}

/* --- The kernel ------------------------------------------------------------------------------- */

static void
started_cb (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(SageNotebookRun) self = user_data;
  g_autoptr(SageServerKernel) kernel = NULL;

  kernel = sage_jupyter_server_start_kernel_finish (SAGE_JUPYTER_SERVER (object), result,
                                                    &self->error);
  if (kernel == NULL)
    {
      return_outcome (self);
      return;
    }
  self->kernel_id = g_strdup (kernel->id);
  self->client = sage_kernel_client_new (self->server, kernel->id, 0);
  self->queue = sage_execution_queue_new (self->notebook, self->client);
  if (g_cancellable_set_error_if_cancelled (g_task_get_cancellable (self->task), &self->error))
    {
      end (self, NULL);
      return;
    }
  g_signal_connect_swapped (self->queue, "cell-ended", G_CALLBACK (cell_ended_cb), self);
  g_signal_connect_swapped (self->queue, "notify::input", G_CALLBACK (input_cb), self);
  g_signal_connect_swapped (self->client, "notify::kernel-state", G_CALLBACK (kernel_state_cb),
                            self);
  g_signal_connect_swapped (self->client, "notify::state", G_CALLBACK (link_cb), self);
  sage_kernel_client_open (self->client);
  run_cells (self);
}

static gboolean
cancelled_idle_cb (gpointer user_data)
{
  SageNotebookRun *self = user_data;

  if (self->task != NULL && self->client != NULL)
    end (self, g_error_new (G_IO_ERROR, G_IO_ERROR_CANCELLED, "The run was stopped"));
  return G_SOURCE_REMOVE;
}

/* Whoever cancels may hold locks, and the handler is taken away in the end: not here, then. */
static void
cancelled_cb (GCancellable *cancellable,
              gpointer      user_data)
{
  g_idle_add_full (G_PRIORITY_DEFAULT, cancelled_idle_cb, g_object_ref (user_data), g_object_unref);
}

/* --- The object ------------------------------------------------------------------------------- */

static void
sage_notebook_run_dispose (GObject *object)
{
  SageNotebookRun *self = SAGE_NOTEBOOK_RUN (object);

  let_go (self);
  g_clear_object (&self->server);
  g_clear_object (&self->notebook);

  G_OBJECT_CLASS (sage_notebook_run_parent_class)->dispose (object);
}

static void
sage_notebook_run_finalize (GObject *object)
{
  SageNotebookRun *self = SAGE_NOTEBOOK_RUN (object);

  g_free (self->path);
  g_free (self->kernel_name);
  g_free (self->kernel_id);
  g_clear_error (&self->error);

  G_OBJECT_CLASS (sage_notebook_run_parent_class)->finalize (object);
}

static void
sage_notebook_run_class_init (SageNotebookRunClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sage_notebook_run_dispose;
  G_OBJECT_CLASS (klass)->finalize = sage_notebook_run_finalize;

  cell_ended_signal =
    g_signal_new ("cell-ended", SAGE_TYPE_NOTEBOOK_RUN, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 3, SAGE_TYPE_CELL, G_TYPE_UINT, G_TYPE_UINT);
}

static void
sage_notebook_run_init (SageNotebookRun *self)
{
}

/**
 * sage_notebook_run_new:
 * @server: where to run it
 * @notebook: the document, which gets the outputs
 * @path: (nullable): its absolute path; the kernel works beside it
 * @kernel_name: (nullable): the kernel; the one that the notebook names when %NULL
 *
 * Returns: (transfer full): a run that has not begun
 */
SageNotebookRun *
sage_notebook_run_new (SageJupyterServer *server,
                       SageNotebook      *notebook,
                       const char        *path,
                       const char        *kernel_name)
{
  SageNotebookRun *self;

  g_return_val_if_fail (SAGE_IS_JUPYTER_SERVER (server), NULL);
  g_return_val_if_fail (SAGE_IS_NOTEBOOK (notebook), NULL);

  self = g_object_new (SAGE_TYPE_NOTEBOOK_RUN, NULL);
  self->server = g_object_ref (server);
  self->notebook = g_object_ref (notebook);
  self->path = g_strdup (path);
  self->kernel_name =
    g_strdup (kernel_name != NULL ? kernel_name : sage_notebook_get_kernel_name (notebook));

  return self;
}

/**
 * sage_notebook_run_async:
 * @self: a run that has not begun
 * @cancellable: (nullable): stops it; the kernel ends, the outputs so far stay
 * @callback: called when the kernel has ended
 * @user_data: for @callback
 *
 * Runs the code cells one after the other; a cell that fails ends it.
 */
void
sage_notebook_run_async (SageNotebookRun     *self,
                         GCancellable        *cancellable,
                         GAsyncReadyCallback  callback,
                         gpointer             user_data)
{
  g_return_if_fail (SAGE_IS_NOTEBOOK_RUN (self) && self->task == NULL);

  self->n_done = 0;
  self->task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (self->task, sage_notebook_run_async);
  g_task_set_check_cancellable (self->task, FALSE);
  if (cancellable != NULL)
    self->cancelled_id = g_signal_connect (cancellable, "cancelled", G_CALLBACK (cancelled_cb), self);
  sage_jupyter_server_start_kernel_async (self->server, self->kernel_name, self->path, cancellable,
                                          started_cb, g_object_ref (self));
}

/**
 * sage_notebook_run_finish:
 *
 * Returns: %TRUE if every cell ran; else %FALSE with %SAGE_ERROR_FAILED (a cell failed, or the
 *   kernel died: the message says which, and of what), %SAGE_ERROR_UNSUPPORTED (it asked for input),
 *   %G_IO_ERROR_CANCELLED, or why there was no kernel
 */
gboolean
sage_notebook_run_finish (SageNotebookRun  *self,
                          GAsyncResult     *result,
                          GError          **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
