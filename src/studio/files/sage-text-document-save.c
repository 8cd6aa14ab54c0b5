/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-text-document"

#include "config.h"

#include <string.h>

#include "sage-error.h"
#include "sage-text-document-private.h"

/* Saving, one after the other. */

/* A save that was asked for. */
typedef struct
{
  GTask    *task;   /* (owned) */
  GFile    *target; /* (owned) (nullable) */
  gboolean  overwrite;
} Save;

static void
save_free (Save *save)
{
  g_object_unref (save->task);
  g_clear_object (&save->target);
  g_free (save);
}

static void save_next (SageTextDocument *self);

static void
saved_cb (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr(SageTextDocument) self = user_data;
  Save *save = g_queue_pop_head (&self->saves);
  g_autofree char *text = sage_text_document_dup_text (self);
  g_autoptr(GError) error = NULL;

  if (sage_text_file_save_finish (self->file, result, &error))
    {
      /* One may have typed on, or undone something, while it was written. */
      gboolean same = strcmp (text, g_task_get_task_data (save->task)) == 0;

      self->disk = SAGE_DISK_SAME;
      sage_file_trace_note (self->trace);
      self->restored = FALSE;
      gtk_text_buffer_set_modified (GTK_TEXT_BUFFER (self->buffer), !same);
      if (!same)
        sage_text_document_copy_later (self);
      g_task_return_boolean (save->task, TRUE);
    }
  else
    {
      if (g_error_matches (error, SAGE_ERROR, SAGE_ERROR_CONFLICT))
        self->disk = SAGE_DISK_CHANGED;
      g_task_return_error (save->task, g_steal_pointer (&error));
    }
  save_free (save);
  sage_text_document_emit_updated (self);
  if (!g_queue_is_empty (&self->saves))
    save_next (self);
}

/* Begins the first of the saves that were asked for. */
static void
save_next (SageTextDocument *self)
{
  Save *save = g_queue_peek_head (&self->saves);
  char *text = sage_text_document_dup_text (self);

  g_task_set_task_data (save->task, text, g_free);
  if (save->target != NULL && !g_file_equal (save->target, sage_text_file_get_file (self->file)))
    sage_text_document_set_place (self, save->target);
  g_clear_handle_id (&self->copy_id, g_source_remove);
  sage_text_file_save_async (self->file, text, save->overwrite, NULL, saved_cb, g_object_ref (self));
}

/**
 * sage_text_document_save_async:
 * @self: a document that is ready and not read-only
 * @target: (nullable): another file that it is from now on
 * @overwrite: whatever another program has put there
 * @cancellable: (nullable): gives up waiting
 *
 * Saves the document; while it is being saved, once more when that is done. A conflict is kept as its
 * sage_text_document_get_disk().
 */
void
sage_text_document_save_async (SageTextDocument    *self,
                               GFile               *target,
                               gboolean             overwrite,
                               GCancellable        *cancellable,
                               GAsyncReadyCallback  callback,
                               gpointer             user_data)
{
  Save *save = g_new0 (Save, 1);

  g_return_if_fail (SAGE_IS_TEXT_DOCUMENT (self));

  save->task = g_task_new (self, cancellable, callback, user_data);
  save->target = target != NULL ? g_object_ref (target) : NULL;
  save->overwrite = overwrite;
  g_task_set_source_tag (save->task, sage_text_document_save_async);
  g_queue_push_tail (&self->saves, save);
  if (self->saves.length == 1)
    save_next (self);
}

/* Returns: whether it is being saved just now */
gboolean
sage_text_document_is_saving (SageTextDocument *self)
{
  g_return_val_if_fail (SAGE_IS_TEXT_DOCUMENT (self), FALSE);

  return !g_queue_is_empty (&self->saves);
}

/* Returns: as sage_text_file_save_finish() */
gboolean
sage_text_document_save_finish (SageTextDocument  *self,
                                GAsyncResult      *result,
                                GError           **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
