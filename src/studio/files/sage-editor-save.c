/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-editor-page"

#include "config.h"

#include <glib/gi18n.h>

#include "sage-editor-page-private.h"
#include "sage-error.h"

static void
say_error (SageEditorPage *self,
           const GError   *error)
{
  /* A conflict has a bar of its own. */
  if (!g_error_matches (error, SAGE_ERROR, SAGE_ERROR_CONFLICT))
    sage_toast_error (GTK_WIDGET (self), _("Could not save the file"), error);
}

static void
saved_cb (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  SageEditorPage *self = g_task_get_source_object (task);
  g_autoptr(GError) error = NULL;

  if (sage_text_document_save_finish (SAGE_TEXT_DOCUMENT (object), result, &error))
    {
      sage_announce (GTK_WIDGET (self), _("Saved"));
      g_task_return_boolean (task, TRUE);
      return;
    }

  say_error (self, error);
  g_task_return_error (task, g_steal_pointer (&error));
}

/* A file that is not modified is not written: nothing of it is ours. */
void
sage_editor_save_async (SagePage            *page,
                        GCancellable        *cancellable,
                        GAsyncReadyCallback  callback,
                        gpointer             user_data)
{
  SageEditorPage *self = SAGE_EDITOR_PAGE (page);
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, sage_editor_save_async);
  if ((!sage_page_get_modified (page) && !sage_text_document_is_saving (self->document))
      || sage_text_document_is_read_only (self->document))
    {
      g_task_return_boolean (task, TRUE);
      g_object_unref (task);
      return;
    }

  sage_text_document_save_async (self->document, NULL, FALSE, cancellable, saved_cb, task);
}

gboolean
sage_editor_save_finish (SagePage      *page,
                         GAsyncResult  *result,
                         GError       **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* --- Save again, save as ---------------------------------------------------------------------- */

static void
written_cb (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(SageEditorPage) self = user_data;
  g_autoptr(GError) error = NULL;

  if (sage_text_document_save_finish (SAGE_TEXT_DOCUMENT (object), result, &error))
    sage_announce (GTK_WIDGET (self), _("Saved"));
  else
    say_error (self, error);
}

static void
overwrite_action (GtkWidget  *widget,
                  const char *action_name,
                  GVariant   *parameter)
{
  SageEditorPage *self = SAGE_EDITOR_PAGE (widget);

  sage_text_document_save_async (self->document, NULL, TRUE, NULL, written_cb, g_object_ref (self));
}

static void
place_chosen_cb (GObject      *object,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr(SageEditorPage) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GFile) file = gtk_file_dialog_save_finish (GTK_FILE_DIALOG (object), result, &error);

  /* The dialog has asked already whether what is there may go. */
  if (file != NULL)
    sage_text_document_save_async (self->document, file, TRUE, NULL, written_cb,
                                   g_object_ref (self));
  else if (!g_error_matches (error, GTK_DIALOG_ERROR, GTK_DIALOG_ERROR_DISMISSED))
    say_error (self, error);
}

static void
save_as_action (GtkWidget  *widget,
                const char *action_name,
                GVariant   *parameter)
{
  SageEditorPage *self = SAGE_EDITOR_PAGE (widget);
  g_autoptr(GtkFileDialog) dialog = gtk_file_dialog_new ();

  gtk_file_dialog_set_title (dialog, _("Save as"));
  gtk_file_dialog_set_initial_file (dialog, sage_editor_page_get_file (self));
  gtk_file_dialog_save (dialog, GTK_WINDOW (gtk_widget_get_root (widget)), self->cancellable,
                        place_chosen_cb, g_object_ref (self));
}

void
sage_editor_save_install (GtkWidgetClass *klass)
{
  gtk_widget_class_install_action (klass, "document.overwrite", NULL, overwrite_action);
  gtk_widget_class_install_action (klass, "document.save-as", NULL, save_as_action);
}
