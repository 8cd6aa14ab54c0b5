/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-notebook-file"

#include "config.h"

#include "sage-error.h"
#include "sage-notebook-file-private.h"

static void
work_free (gpointer data)
{
  SageFileWork *work = data;

  g_free (work->path);
  sage_notebook_pieces_free (work->pieces);
  g_clear_pointer (&work->bytes, g_bytes_unref);
  g_clear_object (&work->notebook);
  g_free (work);
}

/* Returns: (transfer full): a task with its work, to be run in a thread */
GTask *
sage_notebook_file_start (SageNotebookFile    *self,
                          GCancellable        *cancellable,
                          GAsyncReadyCallback  callback,
                          gpointer             user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  SageFileWork *work = g_new0 (SageFileWork, 1);

  work->path = g_strdup (self->path);
  work->expected = self->stamp;
  g_task_set_task_data (task, work, work_free);

  return task;
}

static gpointer
digest_thread (gpointer data)
{
  SageFileWork *work = data;

  sage_stamp_digest (&work->stamp, work->bytes);

  return NULL;
}

/* The digest takes as long as the parsing: both at once. */
static void
load_thread (GTask        *task,
             gpointer      source,
             gpointer      data,
             GCancellable *cancellable)
{
  SageFileWork *work = data;
  GError *error = NULL;

  if (work->path == NULL)
    sage_throw (&error, SAGE_ERROR_UNSUPPORTED, "Only files of this machine can be opened");
  else
    work->bytes = sage_notebook_store_load (work->path, &work->stamp, &error);
  if (work->bytes != NULL)
    {
      GThread *digest = g_thread_new ("notebook-digest", digest_thread, work);

      work->notebook = sage_notebook_parse (work->bytes, &error);
      g_thread_join (digest);
    }

  if (work->notebook != NULL)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/**
 * sage_notebook_file_load_async:
 * @cancellable: (nullable): gives up waiting
 *
 * Reads the file and makes its notebook, in a thread.
 */
void
sage_notebook_file_load_async (SageNotebookFile    *self,
                               GCancellable        *cancellable,
                               GAsyncReadyCallback  callback,
                               gpointer             user_data)
{
  g_autoptr(GTask) task = NULL;

  g_return_if_fail (SAGE_IS_NOTEBOOK_FILE (self));
  g_return_if_fail (self->file != NULL);

  task = sage_notebook_file_start (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, sage_notebook_file_load_async);
  g_task_run_in_thread (task, load_thread);
}

/**
 * sage_notebook_file_load_finish:
 *
 * Returns: whether sage_notebook_file_get_notebook() has it now; else the errors of
 *   sage_notebook_parse(), %SAGE_ERROR_NOT_FOUND, or %SAGE_ERROR_INVALID for what is no regular file
 */
gboolean
sage_notebook_file_load_finish (SageNotebookFile  *self,
                                GAsyncResult      *result,
                                GError           **error)
{
  SageFileWork *work;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  if (!g_task_propagate_boolean (G_TASK (result), error))
    return FALSE;

  work = g_task_get_task_data (G_TASK (result));
  sage_notebook_file_set_notebook (self, work->notebook);
  sage_notebook_file_take_base (self, work->bytes, &work->stamp);

  return TRUE;
}

static void
save_thread (GTask        *task,
             gpointer      source,
             gpointer      data,
             GCancellable *cancellable)
{
  SageFileWork *work = data;
  GError *error = NULL;

  work->bytes = sage_notebook_pieces_join (work->pieces);
  if (work->path == NULL)
    sage_throw (&error, SAGE_ERROR_UNSUPPORTED, "Only files of this machine can be written");
  else
    sage_notebook_store_write (work->path, work->bytes, work->overwrite ? NULL : &work->expected,
                               &work->stamp, &error);

  if (error == NULL)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* A save has ended, whether or not anybody still waits for it. */
static void
saved_cb (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  SageNotebookFile *self = SAGE_NOTEBOOK_FILE (object);
  g_autoptr(GTask) task = user_data;
  SageFileWork *work = g_task_get_task_data (G_TASK (result));
  GError *error = NULL;
  gboolean is_here = g_strcmp0 (self->path, work->path) == 0;

  self->n_saving--;
  g_clear_pointer (&work->pieces, sage_notebook_pieces_free); /* not on the thread, which may end later */
  if (!g_task_propagate_boolean (G_TASK (result), &error))
    {
      if (g_error_matches (error, SAGE_ERROR, SAGE_ERROR_CONFLICT) && is_here && self->stamp.exists)
        sage_notebook_file_set_changed (self, TRUE);
      g_task_return_error (task, error);
      return;
    }

  if (is_here && work->notebook == self->notebook)
    {
      sage_notebook_mark_saved_at (work->notebook, &work->mark);
      sage_notebook_file_take_base (self, work->bytes, &work->stamp);
      if (!sage_notebook_is_modified (self->notebook))
        sage_notebook_recovery_discard (self->recovery);
    }
  g_task_return_boolean (task, TRUE);
}

/**
 * sage_notebook_file_save_async:
 * @overwrite: whether to write even where another program has changed the file
 * @cancellable: (nullable): gives up waiting; what is being written is written
 *
 * Writes the notebook as it is now. At any moment the file holds the old content or the new.
 */
void
sage_notebook_file_save_async (SageNotebookFile    *self,
                               gboolean             overwrite,
                               GCancellable        *cancellable,
                               GAsyncReadyCallback  callback,
                               gpointer             user_data)
{
  g_autoptr(GTask) task = NULL;
  g_autoptr(GTask) writing = NULL;
  SageFileWork *work;

  g_return_if_fail (SAGE_IS_NOTEBOOK_FILE (self));
  g_return_if_fail (self->file != NULL && self->notebook != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, sage_notebook_file_save_async);
  if (self->n_saving > 0)
    {
      g_task_return_new_error (task, SAGE_ERROR, SAGE_ERROR_BUSY, "'%s' is being saved already",
                               self->path);
      return;
    }

  self->n_saving++;
  writing = sage_notebook_file_start (self, NULL, saved_cb, g_steal_pointer (&task));
  work = g_task_get_task_data (writing);
  work->overwrite = overwrite;
  work->pieces = sage_notebook_compose (self->notebook);
  work->notebook = g_object_ref (self->notebook);
  work->mark = sage_notebook_get_mark (self->notebook);
  g_task_run_in_thread (writing, save_thread);
}

/**
 * sage_notebook_file_save_finish:
 *
 * Returns: whether it is on disk; else %SAGE_ERROR_CONFLICT where another program has changed the
 *   file, which stays as it is then, %SAGE_ERROR_NO_SPACE, %SAGE_ERROR_BUSY while another save is
 *   under way, or %SAGE_ERROR_IO
 */
gboolean
sage_notebook_file_save_finish (SageNotebookFile  *self,
                                GAsyncResult      *result,
                                GError           **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * sage_notebook_file_read_theirs_async:
 * @cancellable: (nullable): gives up waiting
 *
 * Reads what another program has written to the file, to be merged or taken.
 */
void
sage_notebook_file_read_theirs_async (SageNotebookFile    *self,
                                      GCancellable        *cancellable,
                                      GAsyncReadyCallback  callback,
                                      gpointer             user_data)
{
  g_autoptr(GTask) task = NULL;

  g_return_if_fail (SAGE_IS_NOTEBOOK_FILE (self));
  g_return_if_fail (self->file != NULL);

  task = sage_notebook_file_start (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, sage_notebook_file_read_theirs_async);
  g_task_run_in_thread (task, load_thread);
}

/**
 * sage_notebook_file_read_theirs_finish:
 *
 * Returns: (transfer full): their notebook, or %NULL with the errors of
 *   sage_notebook_file_load_finish()
 */
SageNotebook *
sage_notebook_file_read_theirs_finish (SageNotebookFile  *self,
                                       GAsyncResult      *result,
                                       GError           **error)
{
  SageFileWork *work;

  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  if (!g_task_propagate_boolean (G_TASK (result), error))
    return NULL;

  work = g_task_get_task_data (G_TASK (result));
  g_clear_pointer (&self->seen, g_bytes_unref);
  self->seen = g_bytes_ref (work->bytes);
  self->seen_stamp = work->stamp;

  return g_steal_pointer (&work->notebook);
}
