/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "alg-cells"

#include "config.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "alg-cells.h"
#include "alg-job.h"
#include "sage-error.h"
#include "sage-json.h"
#include "sage-notebook-report.h"

/* One cell that runs. */
typedef struct
{
  AlgKernel *kernel;
  SageCell  *cell;
  char      *msg_id;   /* (owned) */
  char      *status;   /* (owned) (nullable): of the reply */
  gboolean   has_idle;
  gboolean   in_line;  /* what it printed last does not end a line */
} Run;

static void
run_clear (Run *run)
{
  g_free (run->msg_id);
  g_free (run->status);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Run, run_clear)

/* What the notebook prints is the job's log too, where metrics are read from. */
static void
print (Run        *run,
       const char *text)
{
  if (*text == '\0')
    return;
  fputs (text, stdout);
  run->in_line = text[strlen (text) - 1] != '\n';
}

static void
print_traceback (Run        *run,
                 JsonObject *content)
{
  JsonArray *lines = sage_json_array (content, "traceback");

  for (guint i = 0; lines != NULL && i < json_array_get_length (lines); i++)
    {
      const char *line = sage_json_array_string (lines, i);

      print (run, line != NULL ? line : "");
      print (run, "\n");
    }
}

static void
take (Run                *run,
      SageJupyterMessage *message)
{
  const char *type = sage_jupyter_message_get_msg_type (message);
  JsonObject *content = sage_jupyter_message_get_content (message);

  if (g_str_equal (type, "execute_reply"))
    g_set_str (&run->status, sage_json_string (content, "status", "error"));
  else if (g_str_equal (type, "status"))
    run->has_idle = run->has_idle
                    || g_str_equal (sage_json_string (content, "execution_state", ""), "idle");
  else
    sage_cell_take_message (run->cell, type, content);

  if (g_str_equal (type, "stream"))
    print (run, sage_json_string (content, "text", ""));
  else if (g_str_equal (type, "error"))
    print_traceback (run, content);
}

/* The kernel's host says how its kernel died, after it has answered in its place. */
static gboolean
check_alive (SageJupyterMessage *message,
             GError            **error)
{
  JsonObject *content = sage_jupyter_message_get_content (message);
  JsonObject *end;
  g_autofree char *death = NULL;

  if (!g_str_equal (sage_jupyter_message_get_msg_type (message), "status")
      || !g_str_equal (sage_json_string (content, "execution_state", ""), "dead"))
    return TRUE;
  end = sage_json_object (sage_jupyter_message_get_metadata (message), "sagebrush_end");
  fputs (sage_json_string (end, "stderr_tail", ""), stderr);
  death = sage_notebook_report_death (end);

  return sage_throw (error, SAGE_ERROR_FAILED, "%s", death);
}

/* A cell that was aborted waits for the word that the kernel is dead. */
static gboolean
is_complete (Run *run)
{
  return run->status != NULL && run->has_idle && !g_str_equal (run->status, "aborted");
}

/* The word to stop may have come before it was blocked; and a wait that is over at once, as there is
 * always a message of a cell that floods, lets no signal in. */
static gboolean
check_stop (GError **error)
{
  sigset_t pending;

  if (!alg_job_stop_requested () && sigpending (&pending) == 0 && sigismember (&pending, SIGTERM) != 1)
    return TRUE;

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "The run was stopped");

  return FALSE;
}

static gboolean
follow (Run             *run,
        const sigset_t  *unblocked,
        GError         **error)
{
  while (!is_complete (run))
    {
      g_autoptr(GError) local_error = NULL;
      g_autoptr(SageJupyterMessage) message = NULL;

      if (!check_stop (error))
        return FALSE;
      message = krn_link_receive (run->kernel->link, unblocked, &local_error);
      if (message == NULL && !check_stop (error))
        return FALSE;
      if (g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        continue;
      if (message == NULL)
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return FALSE;
        }
      if (sage_jupyter_message_get_content (message) == NULL)
        continue;
      if (g_strcmp0 (sage_jupyter_message_get_parent_id (message), run->msg_id) == 0)
        take (run, message);
      if (!check_alive (message, error))
        return FALSE;
    }

  return TRUE;
}

/* Returns: whether the kernel can go on with the next */
static gboolean
run_cell (AlgKernel       *kernel,
          SageCell        *cell,
          const sigset_t  *unblocked,
          GError         **error)
{
  g_auto(Run) run = { .kernel = kernel, .cell = cell };
  g_autoptr(SageJupyterMessage) request =
    sage_jupyter_message_new_execute (kernel->session, sage_cell_get_source (cell),
                                      SAGE_EXECUTE_STORE_HISTORY | SAGE_EXECUTE_STOP_ON_ERROR,
                                      sage_cell_get_id (cell));
  gboolean ok;

  run.msg_id = g_strdup (sage_jupyter_message_get_msg_id (request));
  sage_cell_prepare_run (cell);
  ok = check_stop (error) && krn_link_send (kernel->link, request, error)
       && follow (&run, unblocked, error);
  if (run.in_line)
    print (&run, "\n");
  sage_cell_set_state (cell, ok && g_str_equal (run.status, "ok") ? SAGE_CELL_SUCCEEDED
                                                                  : SAGE_CELL_FAILED);

  return ok;
}

/**
 * alg_cells_run:
 * @notebook: what to run; gets the outputs
 * @kernel: the kernel to run it on
 * @ended: called for each cell that has run
 * @user_data: for @ended
 *
 * Runs the code cells one after the other, until one fails. There is nobody to answer a question.
 *
 * Returns: %TRUE if every cell ran; else %FALSE with %SAGE_ERROR_FAILED (a cell failed, or the kernel
 *   died), or %G_IO_ERROR_CANCELLED if the job was told to stop
 */
gboolean
alg_cells_run (SageNotebook  *notebook,
               AlgKernel     *kernel,
               AlgCellEnded   ended,
               gpointer       user_data,
               GError       **error)
{
  g_autoptr(GPtrArray) cells = sage_notebook_list_runnable (notebook);
  g_autofree char *failure = NULL;
  sigset_t blocked, before;
  gboolean ok = TRUE;

  /* so that the word to stop cannot slip in before the wait */
  sigemptyset (&blocked);
  sigaddset (&blocked, SIGTERM);
  sigprocmask (SIG_BLOCK, &blocked, &before);
  for (guint i = 0; ok && i < cells->len; i++)
    {
      SageCell *cell = g_ptr_array_index (cells, i);

      ok = run_cell (kernel, cell, &before, error);
      ended (cell, i + 1, cells->len, user_data);
      if (ok && sage_cell_get_state (cell) == SAGE_CELL_FAILED)
        {
          failure = sage_notebook_report_failure (notebook);
          ok = sage_throw (error, SAGE_ERROR_FAILED, "%s",
                           failure != NULL ? failure : "A cell failed and did not say why");
        }
    }
  sigprocmask (SIG_SETMASK, &before, NULL);

  return ok;
}
