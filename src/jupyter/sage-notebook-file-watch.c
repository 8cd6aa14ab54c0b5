/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-notebook-file"

#include "config.h"

#include <string.h>

#include "sage-notebook-file-private.h"

/* After a change on disk this long nothing may follow before it is looked at: writers write in pieces. */
#define SETTLE_MS 200

static void
look_thread (GTask        *task,
             gpointer      source,
             gpointer      data,
             GCancellable *cancellable)
{
  SageFileWork *work = data;
  GError *error = NULL;

  if (sage_notebook_store_stamp (work->path, &work->expected, &work->stamp, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
looked_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  SageNotebookFile *self = SAGE_NOTEBOOK_FILE (object);
  SageFileWork *work = g_task_get_task_data (G_TASK (result));
  g_autoptr(GError) error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    {
      g_debug ("%s", error->message);
      return;
    }

  /* A save under way, or one that ended meanwhile, knows better. */
  if (self->n_saving > 0 || self->path == NULL || strcmp (self->path, work->path) != 0 ||
      !sage_stamp_is_same (&self->stamp, &work->expected))
    return;
  if (work->stamp.exists && !sage_stamp_is_same (&work->stamp, &self->stamp))
    sage_notebook_file_set_changed (self, TRUE);
  else if (work->stamp.exists)
    sage_notebook_file_set_changed (self, FALSE);
}

static gboolean
settled_cb (gpointer data)
{
  SageNotebookFile *self = data;
  g_autoptr(GTask) task = NULL;

  self->settle_id = 0;
  if (self->n_saving == 0 && self->path != NULL && self->stamp.exists)
    {
      task = sage_notebook_file_start (self, NULL, looked_cb, NULL);
      g_task_run_in_thread (task, look_thread);
    }

  return G_SOURCE_REMOVE;
}

static void
file_changed_cb (GFileMonitor      *monitor,
                 GFile             *file,
                 GFile             *other,
                 GFileMonitorEvent  event,
                 SageNotebookFile  *self)
{
  g_clear_handle_id (&self->settle_id, g_source_remove);
  self->settle_id = g_timeout_add (SETTLE_MS, settled_cb, self);
}

/* Begins to watch the file, once there is content to compare with. */
void
sage_notebook_file_watch (SageNotebookFile *self)
{
  g_autoptr(GFile) file = NULL;
  g_autoptr(GError) error = NULL;

  if (self->monitor != NULL)
    return;

  file = g_file_new_for_path (self->path);
  self->monitor = g_file_monitor_file (file, G_FILE_MONITOR_WATCH_MOVES, NULL, &error);
  if (self->monitor == NULL)
    {
      g_warning ("Cannot watch '%s': %s", self->path, error->message);
      return;
    }
  g_signal_connect (self->monitor, "changed", G_CALLBACK (file_changed_cb), self);
}

/* Ends what sage_notebook_file_watch() began. */
void
sage_notebook_file_stop_watching (SageNotebookFile *self)
{
  g_clear_handle_id (&self->settle_id, g_source_remove);
  if (self->monitor != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->monitor, self);
      g_file_monitor_cancel (self->monitor);
      g_clear_object (&self->monitor);
    }
}
