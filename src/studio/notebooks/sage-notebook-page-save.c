/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-notebook-page"

#include "config.h"

#include <glib/gi18n.h>

#include "sage-conflict-dialog.h"
#include "sage-error.h"
#include "sage-notebook-page-private.h"

/* --- Saving ----------------------------------------------------------------------------------- */

static void
saved_cb (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  SageNotebookPage *self = g_task_get_source_object (task);
  gboolean is_shown = self->document != NULL; /* the page may have gone meanwhile, as a console does */
  g_autoptr(GError) error = NULL;

  if (sage_notebook_document_save_finish (SAGE_NOTEBOOK_DOCUMENT (object), result, &error))
    {
      if (is_shown)
        sage_notebook_page_show_problem (self);
      g_task_return_boolean (task, TRUE);
      return;
    }

  if (is_shown && !g_error_matches (error, SAGE_ERROR, SAGE_ERROR_CONFLICT)) /* the banner tells of that */
    sage_toast_error (GTK_WIDGET (self), sage_notebook_page_is_console (self) ? _("The console could not be kept")
                                                                              : _("Could not save"), error);
  g_task_return_error (task, g_steal_pointer (&error));
}

static void
sage_notebook_page_save_async (SagePage            *page,
                               GCancellable        *cancellable,
                               GAsyncReadyCallback  callback,
                               gpointer             user_data)
{
  SageNotebookPage *self = SAGE_NOTEBOOK_PAGE (page);
  g_autoptr(GTask) task = g_task_new (self, cancellable, callback, user_data);

  if (sage_notebook_document_is_conflicting (self->document))
    {
      sage_notebook_page_solve_conflict (self);
      g_task_return_new_error (task, SAGE_ERROR, SAGE_ERROR_CONFLICT,
                               "Another program has changed the file");
      return;
    }

  sage_notebook_document_save_async (self->document, FALSE, cancellable, saved_cb,
                                     g_steal_pointer (&task));
}

static gboolean
sage_notebook_page_save_finish (SagePage      *page,
                                GAsyncResult  *result,
                                GError       **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
sage_notebook_page_discard (SagePage *page)
{
  sage_notebook_document_discard (SAGE_NOTEBOOK_PAGE (page)->document);
}

void
sage_notebook_page_install_saving (SagePageClass *klass)
{
  klass->save_async = sage_notebook_page_save_async;
  klass->save_finish = sage_notebook_page_save_finish;
  klass->discard = sage_notebook_page_discard;
}

/* --- Conflicts -------------------------------------------------------------------------------- */

static void
conflict_answer_cb (GObject      *object,
                    GAsyncResult *result,
                    gpointer      user_data)
{
  g_autoptr(SageNotebookPage) self = user_data;

  switch (sage_conflict_dialog_answer (ADW_DIALOG (object), result))
    {
    case SAGE_CONFLICT_MERGE:
      sage_notebook_document_take_merged (self->document,
                                          sage_conflict_dialog_get_merge (ADW_DIALOG (object)));
      break;
    case SAGE_CONFLICT_OURS:
      sage_notebook_document_save_async (self->document, TRUE, NULL, saved_cb,
                                         g_task_new (self, NULL, NULL, NULL));
      break;
    case SAGE_CONFLICT_CANCEL:
    default:
      break;
    }
  sage_notebook_page_show_problem (self);
}

static void
merged_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(SageNotebookPage) self = user_data;
  g_autoptr(GError) error = NULL;
  SageNotebookMerge *merge;

  merge = sage_notebook_document_merge_finish (SAGE_NOTEBOOK_DOCUMENT (object), result, &error);
  if (merge != NULL)
    adw_alert_dialog_choose (ADW_ALERT_DIALOG (sage_conflict_dialog_new (merge)), GTK_WIDGET (self),
                             NULL, conflict_answer_cb, g_object_ref (self));
  else
    sage_toast_error (GTK_WIDGET (self), _("The file could not be read"), error);
}

/* Asks what is to become of both versions. */
void
sage_notebook_page_solve_conflict (SageNotebookPage *self)
{
  sage_notebook_document_merge_async (self->document, NULL, merged_cb, g_object_ref (self));
}

/* --- What happens to the file ------------------------------------------------------------------ */

static void
undo_cb (SageNotebookPage *self)
{
  sage_notebook_undo (sage_notebook_document_get_notebook (self->document));
}

static void
recover_cb (SageNotebookPage *self)
{
  sage_notebook_document_recover (self->document);
}

static void
show_toast (SageNotebookPage *self,
            const char       *text,
            const char       *button,
            GCallback         callback)
{
  AdwToastOverlay *overlay = sage_toast_find_overlay (GTK_WIDGET (self));
  AdwToast *toast;

  if (overlay == NULL)
    return;

  toast = adw_toast_new (text);
  adw_toast_set_button_label (toast, button);
  adw_toast_set_timeout (toast, 10);
  g_signal_connect_object (toast, "button-clicked", callback, self, G_CONNECT_SWAPPED);
  adw_toast_overlay_add_toast (overlay, toast);
  sage_announce (GTK_WIDGET (self), text);
}

static void
event_cb (SageNotebookPage *self,
          guint             event)
{
  switch ((SageDocumentEvent) event)
    {
    case SAGE_DOCUMENT_RELOADED:
      show_toast (self, _("Another program has changed the file; this is what it wrote"), _("_Undo"),
                  G_CALLBACK (undo_cb));
      break;
    case SAGE_DOCUMENT_CONFLICT: /* the bar says so */
      break;
    case SAGE_DOCUMENT_RECOVERED:
      show_toast (self, _("Changes that had not been saved are back"), _("_Undo"),
                  G_CALLBACK (undo_cb));
      break;
    case SAGE_DOCUMENT_RECOVERABLE:
      show_toast (self, _("There are changes that had not been saved before the file was changed"),
                  _("_Recover"), G_CALLBACK (recover_cb));
      break;
    default:
      g_assert_not_reached ();
    }
  sage_notebook_page_show_problem (self);
}

/* --- The file --------------------------------------------------------------------------------- */

static void
modified_cb (SageNotebookPage *self)
{
  sage_page_set_modified (SAGE_PAGE (self), sage_notebook_document_is_modified (self->document));
  sage_notebook_page_show_problem (self); /* changes that are gone are in nobody's way any more */
}

void
sage_notebook_page_follow_file (SageNotebookPage *self)
{
  g_signal_connect_object (self->document, "notify::is-modified", G_CALLBACK (modified_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->document, "notify::is-gone",
                           G_CALLBACK (sage_notebook_page_show_problem), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->document, "event", G_CALLBACK (event_cb), self, G_CONNECT_SWAPPED);
  modified_cb (self); /* another page may have had it before */
}
