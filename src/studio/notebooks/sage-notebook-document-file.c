/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-notebook-document"

#include "config.h"

#include <glib/gi18n.h>
#include <sys/stat.h>

#include "sage-error.h"
#include "sage-file-tree.h"
#include "sage-notebook-document-private.h"
#include "sage-notebook-recovery.h"

#define AUTOSAVE_SECONDS 60

/* --- What was left unsaved -------------------------------------------------------------------- */

/* Returns: (transfer full) (nullable): the newest copy of this file that a process left which died */
static SageRecoveredNotebook *
find_recovered (SageNotebookDocument *self)
{
  g_autoptr(GPtrArray) copies = sage_notebook_recovery_list ();
  g_autofree char *path = g_file_get_path (self->file);

  for (guint i = 0; path != NULL && i < copies->len; i++)
    if (g_strcmp0 (((SageRecoveredNotebook *) copies->pdata[i])->path, path) == 0)
      return g_ptr_array_steal_index (copies, i);

  return NULL;
}

/**
 * sage_notebook_document_recover:
 * @self: a document that has been read
 *
 * Brings back what a process had not saved when it died, as a step that can be undone.
 *
 * Returns: whether there was anything
 */
gboolean
sage_notebook_document_recover (SageNotebookDocument *self)
{
  g_autoptr(SageRecoveredNotebook) copy = NULL;
  g_autoptr(SageNotebook) notebook = NULL;
  g_autoptr(GError) error = NULL;

  g_return_val_if_fail (SAGE_IS_NOTEBOOK_DOCUMENT (self), FALSE);

  copy = find_recovered (self);
  if (copy == NULL)
    return FALSE;

  notebook = sage_recovered_notebook_restore (copy, &error);
  if (notebook == NULL)
    {
      g_debug ("%s", error->message);
      return FALSE;
    }
  sage_notebook_take_over (self->notebook, notebook, _("Recover"));
  sage_recovered_notebook_remove (copy); /* it is in the copy of this process now */

  return TRUE;
}

static void
offer_recovered (SageNotebookDocument *self)
{
  g_autoptr(SageRecoveredNotebook) copy = find_recovered (self);
  g_autofree char *digest = NULL;

  if (copy == NULL || sage_notebook_is_read_only (self->notebook))
    return;

  digest = sage_notebook_file_get_digest (self->io);
  if (g_strcmp0 (copy->digest, digest) == 0)
    {
      if (sage_notebook_document_recover (self))
        sage_notebook_document_tell (self, SAGE_DOCUMENT_RECOVERED);
    }
  else
    sage_notebook_document_tell (self, SAGE_DOCUMENT_RECOVERABLE);
}

/* --- Changes of another program --------------------------------------------------------------- */

/* Shows what was read from the file. Returns: whether it could be */
static gboolean
take_read (SageNotebookDocument *self,
           GAsyncResult         *result)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(SageNotebook) theirs = NULL;

  theirs = sage_notebook_file_read_theirs_finish (self->io, result, &error);
  if (theirs == NULL)
    {
      /* Half-written, perhaps: the next change tells. */
      g_debug ("%s", error->message);
      return FALSE;
    }

  self->conflicting = FALSE;
  /* whoever wrote it may not be who was trusted */
  sage_notebook_document_set_trust (self, 0);
  sage_notebook_file_take_theirs (self->io, theirs);
  sage_notebook_document_check_trust (self);

  return TRUE;
}

static void
theirs_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(SageNotebookDocument) self = user_data;

  if (take_read (self, result))
    sage_notebook_document_tell (self, SAGE_DOCUMENT_RELOADED);
}

/**
 * sage_notebook_document_take_theirs:
 * @self: a document whose file another program has changed
 *
 * Shows what the other program wrote. It can be undone, to what was there before.
 */
void
sage_notebook_document_take_theirs (SageNotebookDocument *self)
{
  g_return_if_fail (SAGE_IS_NOTEBOOK_DOCUMENT (self));

  sage_notebook_file_read_theirs_async (self->io, self->cancellable, theirs_cb, g_object_ref (self));
}

static void
merge_theirs_cb (GObject      *object,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  SageNotebookDocument *self = g_task_get_source_object (task);
  g_autoptr(GError) error = NULL;
  g_autoptr(SageNotebook) theirs = NULL;
  g_autoptr(SageNotebook) base = NULL;
  SageNotebookMerge *merge = NULL;

  theirs = sage_notebook_file_read_theirs_finish (SAGE_NOTEBOOK_FILE (object), result, &error);
  if (theirs != NULL)
    base = sage_notebook_parse (sage_notebook_file_get_base (self->io), &error);
  if (base != NULL)
    merge = sage_notebook_merge_new (base, self->notebook, theirs, &error);

  if (merge != NULL)
    g_task_return_pointer (task, merge, (GDestroyNotify) sage_notebook_merge_free);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

/**
 * sage_notebook_document_merge_async:
 * @self: a document whose file another program has changed
 *
 * Finds what its changes and ours come to together.
 */
void
sage_notebook_document_merge_async (SageNotebookDocument *self,
                                    GCancellable         *cancellable,
                                    GAsyncReadyCallback   callback,
                                    gpointer              user_data)
{
  g_return_if_fail (SAGE_IS_NOTEBOOK_DOCUMENT (self));

  sage_notebook_file_read_theirs_async (self->io, self->cancellable, merge_theirs_cb,
                                        g_task_new (self, cancellable, callback, user_data));
}

/**
 * sage_notebook_document_merge_finish:
 *
 * Returns: (transfer full): the merge, or %NULL with @error set
 */
SageNotebookMerge *
sage_notebook_document_merge_finish (SageNotebookDocument  *self,
                                     GAsyncResult          *result,
                                     GError               **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * sage_notebook_document_take_merged:
 * @self: a document
 * @merge: what sage_notebook_document_merge_finish() gave; its notebook is empty afterwards
 *
 * The notebook becomes what the merge came to, as a step that can be undone; the next save replaces
 * what the other program wrote.
 */
void
sage_notebook_document_take_merged (SageNotebookDocument *self,
                                    SageNotebookMerge    *merge)
{
  g_return_if_fail (SAGE_IS_NOTEBOOK_DOCUMENT (self));

  self->conflicting = FALSE;
  sage_notebook_document_set_trust (self, 0);
  sage_notebook_file_take_theirs (self->io, merge->notebook);
}

static void
changed_elsewhere_cb (SageNotebookDocument *self)
{
  if (!sage_notebook_document_is_modified (self))
    sage_notebook_document_take_theirs (self);
  else
    {
      self->conflicting = TRUE;
      sage_notebook_document_tell (self, SAGE_DOCUMENT_CONFLICT);
    }
}

static void
monitor_cb (SageNotebookDocument *self,
            GFile                *file,
            GFile                *other,
            GFileMonitorEvent     event)
{
  sage_notebook_document_set_gone (self, self->state == SAGE_DOCUMENT_READY
                                           && !g_file_query_exists (self->file, NULL));
}

/* Another program has moved the file. */
static void
found_cb (SageNotebookDocument *self,
          GFile                *from,
          GFile                *to)
{
  g_autoptr(SageNotebookDocument) kept = g_object_ref (self);

  sage_file_tree_follow (from, to);
}

static void
lost_cb (SageNotebookDocument *self)
{
  sage_notebook_document_set_gone (self, self->state == SAGE_DOCUMENT_READY);
}

/* Notices when the file goes, or comes back, or goes elsewhere. */
void
sage_notebook_document_watch (SageNotebookDocument *self)
{
  if (self->monitor != NULL)
    g_signal_handlers_disconnect_by_data (self->monitor, self);
  g_clear_object (&self->monitor);
  self->monitor = g_file_monitor_file (self->file, G_FILE_MONITOR_WATCH_MOVES, NULL, NULL);
  if (self->monitor != NULL)
    g_signal_connect_object (self->monitor, "changed", G_CALLBACK (monitor_cb), self, G_CONNECT_SWAPPED);

  if (self->trace != NULL)
    {
      sage_file_trace_set_file (self->trace, self->file);
      return;
    }
  self->trace = sage_file_trace_new (self->file);
  g_signal_connect_object (self->trace, "found", G_CALLBACK (found_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->trace, "lost", G_CALLBACK (lost_cb), self, G_CONNECT_SWAPPED);
}

/* --- Loading ---------------------------------------------------------------------------------- */

/* An empty file is what a file manager makes of "new document". */
static gboolean
is_empty_file (SageNotebookDocument *self)
{
  struct stat info;

  return g_file_peek_path (self->file) != NULL && stat (g_file_peek_path (self->file), &info) == 0
         && S_ISREG (info.st_mode) && info.st_size == 0;
}

static void
loaded_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(SageNotebookDocument) self = user_data;
  g_autoptr(GError) error = NULL;
  gboolean loaded = sage_notebook_file_load_finish (SAGE_NOTEBOOK_FILE (object), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (!loaded && is_empty_file (self))
    {
      g_autoptr(SageNotebook) notebook = sage_notebook_new ();

      sage_notebook_file_set_notebook (self->io, notebook);
      loaded = TRUE;
    }
  if (!loaded)
    {
      g_clear_error (&self->error);
      self->error = g_steal_pointer (&error);
      sage_notebook_document_set_state (self, SAGE_DOCUMENT_FAILED);
      return;
    }

  sage_notebook_document_take (self, sage_notebook_file_get_notebook (self->io));
  g_signal_connect_object (self->io, "changed-elsewhere", G_CALLBACK (changed_elsewhere_cb), self,
                           G_CONNECT_SWAPPED);
  sage_notebook_document_check_trust (self);
  sage_notebook_document_set_state (self, SAGE_DOCUMENT_READY);
  offer_recovered (self);
}

/**
 * sage_notebook_document_load:
 * @self: a document
 *
 * Reads its file, once more if that failed.
 */
void
sage_notebook_document_load (SageNotebookDocument *self)
{
  g_return_if_fail (SAGE_IS_NOTEBOOK_DOCUMENT (self));

  if (self->monitor == NULL)
    sage_notebook_document_watch (self);
  if (self->io == NULL)
    self->io = sage_notebook_file_new (self->file);
  sage_notebook_document_set_state (self, SAGE_DOCUMENT_LOADING);
  sage_notebook_file_load_async (self->io, self->cancellable, loaded_cb, g_object_ref (self));
}

/* --- Saving ----------------------------------------------------------------------------------- */

static void write_file (SageNotebookDocument *self);

/* @error: (nullable): %NULL: they are saved */
static void
return_all (GPtrArray    *tasks,
            const GError *error)
{
  for (guint i = 0; i < tasks->len; i++)
    if (error == NULL)
      g_task_return_boolean (tasks->pdata[i], TRUE);
    else
      g_task_return_error (tasks->pdata[i], g_error_copy (error));
}

static void
written_cb (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(SageNotebookDocument) self = user_data;
  g_autoptr(GPtrArray) tasks = g_steal_pointer (&self->saving);
  g_autoptr(GError) error = NULL;

  if (sage_notebook_file_save_finish (SAGE_NOTEBOOK_FILE (object), result, &error))
    {
      self->conflicting = FALSE;
      sage_notebook_document_sign (self);
      sage_notebook_document_set_gone (self, FALSE);
      sage_file_trace_note (self->trace);
      sage_notebook_document_tell_saved (self);
      g_object_notify (G_OBJECT (self), "is-modified");
    }
  else if (g_error_matches (error, SAGE_ERROR, SAGE_ERROR_CONFLICT))
    {
      self->conflicting = TRUE;
      sage_notebook_document_tell (self, SAGE_DOCUMENT_CONFLICT);
    }
  return_all (tasks, error);
  write_file (self);
}

/* Begins to write what it is now, for all that want it to be saved, unless a save is under way: then
 * that is done as soon as this has ended. */
static void
write_file (SageNotebookDocument *self)
{
  gboolean overwrite = self->overwrites || self->is_gone;

  if (self->saving != NULL || self->to_save->len == 0)
    return;

  self->saving = g_steal_pointer (&self->to_save);
  self->to_save = g_ptr_array_new_with_free_func (g_object_unref);
  self->overwrites = FALSE;
  sage_notebook_document_judge_trust (self);
  sage_notebook_document_tell_saving (self);
  sage_notebook_file_save_async (self->io, overwrite, NULL, written_cb, g_object_ref (self));
}

/**
 * sage_notebook_document_save_async:
 * @self: a document that has been read
 * @overwrite: whether what another program wrote in the meantime is overwritten
 * @cancellable: (nullable): makes it fail; what is being written is written
 *
 * Writes it to its file, all or nothing. Asked for while another save is under way, it is written once
 * more after that. It fails with %SAGE_ERROR_CONFLICT, and says so by its signal, when the file is not
 * what was read or written last.
 */
void
sage_notebook_document_save_async (SageNotebookDocument *self,
                                   gboolean              overwrite,
                                   GCancellable         *cancellable,
                                   GAsyncReadyCallback   callback,
                                   gpointer              user_data)
{
  g_autoptr(GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_return_if_fail (SAGE_IS_NOTEBOOK_DOCUMENT (self));

  g_task_set_source_tag (task, sage_notebook_document_save_async);
  g_clear_handle_id (&self->autosave, g_source_remove);
  if (self->notebook == NULL || sage_notebook_is_read_only (self->notebook))
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_READ_ONLY,
                               "This notebook can only be read");
      return;
    }

  g_ptr_array_add (self->to_save, g_steal_pointer (&task));
  self->overwrites |= overwrite;
  write_file (self);
}

gboolean
sage_notebook_document_save_finish (SageNotebookDocument  *self,
                                    GAsyncResult          *result,
                                    GError               **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
discarded_cb (GObject      *object,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr(SageNotebookDocument) self = user_data;

  take_read (self, result);
}

/**
 * sage_notebook_document_discard:
 * @self: a document
 *
 * The user gives up what is not saved: no copy of it is kept, and where it is shown by more than the page
 * that closes, it is what the file holds.
 */
void
sage_notebook_document_discard (SageNotebookDocument *self)
{
  g_return_if_fail (SAGE_IS_NOTEBOOK_DOCUMENT (self));

  g_clear_handle_id (&self->autosave, g_source_remove);
  if (self->io != NULL)
    sage_notebook_file_discard_recovery (self->io);
  if (self->n_views > 1 && sage_notebook_document_is_modified (self))
    sage_notebook_file_read_theirs_async (self->io, self->cancellable, discarded_cb, g_object_ref (self));
}

static void
autosaved_cb (GObject      *object,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr(GError) error = NULL;

  if (!sage_notebook_document_save_finish (SAGE_NOTEBOOK_DOCUMENT (object), result, &error))
    g_debug ("Saving by itself: %s", error->message); /* it stays modified, which one sees */
}

static gboolean
autosave_cb (gpointer user_data)
{
  SageNotebookDocument *self = user_data;

  self->autosave = 0;
  if (sage_notebook_document_is_modified (self) && !self->conflicting && !self->is_gone)
    sage_notebook_document_save_async (self, FALSE, NULL, autosaved_cb, NULL);

  return G_SOURCE_REMOVE;
}

/* Something was changed: it is saved a while after that, if nobody does before. */
void
sage_notebook_document_autosave_later (SageNotebookDocument *self)
{
  if (self->autosave == 0)
    self->autosave = g_timeout_add_seconds (AUTOSAVE_SECONDS, autosave_cb, self);
}
