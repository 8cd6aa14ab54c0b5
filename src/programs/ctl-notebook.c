/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sagebrushctl"

#include "config.h"

#include <glib-unix.h>
#include <gio/gio.h>
#include <signal.h>

#include "ctl-notebook.h"
#include "sage-error.h"
#include "sage-file.h"
#include "sage-notebook-parameters.h"
#include "sage-notebook-report.h"
#include "sage-notebook-run.h"

/* `sagebrushctl run-notebook`: a notebook as a program. */

#define MAX_BYTES (200 * 1024 * 1024)
#define SAVE_US (2 * G_USEC_PER_SEC) /* between two saves of what there is */

typedef struct
{
  const char   *output;
  SageNotebook *notebook; /* (owned) */
  GCancellable *stop;     /* (owned) */
  GMainLoop    *loop;     /* (owned) */
  gint64        saved;    /* monotonic µs */
  gboolean      complete;
  GError       *error;    /* (owned) (nullable) */
} Running;

static void
running_clear (Running *running)
{
  g_clear_object (&running->notebook);
  g_clear_object (&running->stop);
  g_clear_pointer (&running->loop, g_main_loop_unref);
  g_clear_error (&running->error);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Running, running_clear)

static SageNotebook *
read_notebook (const char  *path,
               GError     **error)
{
  g_autoptr(GBytes) bytes = sage_file_read (path, MAX_BYTES, error);
  g_autoptr(SageNotebook) notebook = bytes != NULL ? sage_notebook_parse (bytes, error) : NULL;

  if (notebook == NULL)
    {
      g_prefix_error (error, "%s: ", path);
      return NULL;
    }
  if (sage_notebook_is_read_only (notebook))
    {
      sage_throw (error, SAGE_ERROR_CORRUPT, "%s is damaged: %s", path,
                  sage_notebook_get_fault (notebook));
      return NULL;
    }
  return g_steal_pointer (&notebook);
}

static gboolean
set_parameters (SageNotebook  *notebook,
                char         **assignments,
                GError       **error)
{
  g_autoptr(JsonObject) parameters = json_object_new ();

  if (assignments == NULL)
    return TRUE;
  for (char **p = assignments; *p != NULL; p++)
    {
      if (!sage_notebook_parameters_parse (*p, parameters, error))
        return FALSE;
    }
  return sage_notebook_parameters_inject (notebook, parameters, NULL, error);
}

static gboolean
save (Running  *running,
      GError  **error)
{
  g_autoptr(GBytes) bytes = sage_notebook_serialise (running->notebook);
  gsize length;
  const void *data = g_bytes_get_data (bytes, &length);

  running->saved = g_get_monotonic_time ();
  return sage_file_write_durable (running->output, data, length, 0644, error);
}

static void
cell_ended_cb (Running  *running,
               SageCell *cell,
               guint     done,
               guint     total)
{
  g_autofree char *line = sage_notebook_report_cell (running->notebook, cell, done, total);

  g_printerr ("%s\n", line);
  if (g_get_monotonic_time () - running->saved > SAVE_US && running->error == NULL
      && !save (running, &running->error))
    g_cancellable_cancel (running->stop);
}

static gboolean
interrupted_cb (gpointer user_data)
{
  g_cancellable_cancel (user_data);
  return G_SOURCE_CONTINUE;
}

static void
done_cb (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  Running *running = user_data;
  g_autoptr(GError) error = NULL;

  running->complete = sage_notebook_run_finish (SAGE_NOTEBOOK_RUN (object), result, &error);
  if (error != NULL && running->error == NULL)
    running->error = g_steal_pointer (&error);
  g_main_loop_quit (running->loop);
}

/* Runs it, and writes what came of it whatever that is. */
static gboolean
run (Running            *running,
     const CtlNotebook  *job,
     GError            **error)
{
  g_autoptr(SageJupyterServer) server =
    sage_jupyter_server_new_for_engine (job->socket, NULL, NULL);
  g_autofree char *path = g_canonicalize_filename (job->input, NULL);
  g_autoptr(SageNotebookRun) notebook_run =
    sage_notebook_run_new (server, running->notebook, path, job->kernel);
  guint on_interrupt = g_unix_signal_add (SIGINT, interrupted_cb, running->stop);
  guint on_terminate = g_unix_signal_add (SIGTERM, interrupted_cb, running->stop);
  g_autoptr(GError) save_error = NULL;

  g_signal_connect_swapped (notebook_run, "cell-ended", G_CALLBACK (cell_ended_cb), running);
  sage_notebook_run_async (notebook_run, running->stop, done_cb, running);
  g_main_loop_run (running->loop);
  g_signal_handlers_disconnect_by_data (notebook_run, running);
  g_source_remove (on_interrupt);
  g_source_remove (on_terminate);

  if (!save (running, &save_error) && running->error == NULL)
    running->error = g_steal_pointer (&save_error);
  if (running->error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&running->error));
      return FALSE;
    }
  return running->complete;
}

/**
 * ctl_notebook_run:
 * @job: what to run, and where to
 *
 * Runs a notebook on a kernel of the engine and writes the executed one, also when it failed.
 * Prints a line per cell to the standard error. SIGINT and SIGTERM stop it.
 *
 * Returns: whether every cell ran
 */
gboolean
ctl_notebook_run (const CtlNotebook  *job,
                  GError            **error)
{
  g_auto(Running) running = { .output = job->output, .saved = g_get_monotonic_time () };

  running.notebook = read_notebook (job->input, error);
  if (running.notebook == NULL || !set_parameters (running.notebook, job->assignments, error))
    return FALSE;

  /* an output that cannot be written is to be known before hours of work, not after */
  if (!save (&running, error))
    return FALSE;

  running.stop = g_cancellable_new ();
  running.loop = g_main_loop_new (NULL, FALSE);
  return run (&running, job, error);
}
