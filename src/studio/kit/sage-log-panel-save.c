/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-log-panel"

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "sage-log-panel-private.h"
#include "sage-page.h"
#include "sage-words.h"

static GtkFileDialog *
make_dialog (SageLogPanel *self,
             const char   *title)
{
  GtkFileDialog *dialog = gtk_file_dialog_new ();
  const char *name = self->resource != NULL ? sage_resource_get_name (self->resource) : "log";
  g_autofree char *file = g_strconcat (name, ".log", NULL);

  g_strdelimit (file, "/", '-');
  gtk_file_dialog_set_title (dialog, title);
  gtk_file_dialog_set_initial_name (dialog, file);

  return dialog;
}

static GtkWindow *
get_window (SageLogPanel *self)
{
  return GTK_WINDOW (gtk_widget_get_ancestor (GTK_WIDGET (self), GTK_TYPE_WINDOW));
}

/* --- the log ---------------------------------------------------------------------------------- */

static void
update_progress (SageLogPanel *self)
{
  gboolean saving = self->saver != NULL;

  gtk_revealer_set_reveal_child (self->saving, saving);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "log.cancel-save", saving);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "log.save",
                                 !saving && sage_log_view_get_pager (self->view) != NULL);
  if (saving)
    {
      g_autofree char *size = sage_words_bytes (sage_log_saver_get_bytes (self->saver));
      /* Translators: so much of the log has been written */
      g_autofree char *text = g_strdup_printf (_("Saving the log: %s so far"), size);

      gtk_label_set_text (self->progress, text);
    }
}

static void
sage_log_panel_saved_cb (GObject      *object,
                         GAsyncResult *result,
                         gpointer      user_data)
{
  g_autoptr(SageLogPanel) self = user_data;
  g_autoptr(GError) error = NULL;
  gboolean saved = sage_log_saver_run_finish (SAGE_LOG_SAVER (object), result, &error);

  if (self->saver != SAGE_LOG_SAVER (object))
    return; /* the panel is gone */

  g_clear_object (&self->saver);
  g_clear_object (&self->cancellable);
  update_progress (self);
  if (saved)
    sage_toast (GTK_WIDGET (self), _("The log was saved"));
  else
    sage_toast_error (GTK_WIDGET (self), _("Could not save the log"), error);
}

static void
sage_log_panel_file_chosen_cb (GObject      *object,
                               GAsyncResult *result,
                               gpointer      user_data)
{
  g_autoptr(SageLogPanel) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GFile) file = gtk_file_dialog_save_finish (GTK_FILE_DIALOG (object), result, &error);

  if (file != NULL)
    sage_log_panel_save_to (self, file);
  else if (!g_error_matches (error, GTK_DIALOG_ERROR, GTK_DIALOG_ERROR_DISMISSED) &&
           !g_error_matches (error, GTK_DIALOG_ERROR, GTK_DIALOG_ERROR_CANCELLED))
    sage_toast_error (GTK_WIDGET (self), _("Could not choose a file"), error);
}

/**
 * sage_log_panel_save_to:
 * @self: a log panel
 * @file: the file to write
 *
 * Saves all of the log that is shown, with the times if they are shown, and tells how far it is.
 */
void
sage_log_panel_save_to (SageLogPanel *self,
                        GFile        *file)
{
  SageLogPager *pager;

  g_return_if_fail (SAGE_IS_LOG_PANEL (self));
  g_return_if_fail (G_IS_FILE (file));

  pager = sage_log_view_get_pager (self->view);
  if (pager == NULL || self->saver != NULL)
    return;

  self->saver = sage_log_saver_new (pager, self->show_times);
  self->cancellable = g_cancellable_new ();
  g_signal_connect_object (self->saver, "notify::bytes", G_CALLBACK (update_progress), self,
                           G_CONNECT_SWAPPED);
  update_progress (self);
  sage_log_saver_run_async (self->saver, file, self->cancellable, sage_log_panel_saved_cb,
                            g_object_ref (self));
}

/**
 * sage_log_panel_save:
 * @self: a log panel
 *
 * Asks for a file and saves the log.
 */
void
sage_log_panel_save (SageLogPanel *self)
{
  g_autoptr(GtkFileDialog) dialog = make_dialog (self, _("Save the log"));

  gtk_file_dialog_save (dialog, get_window (self), NULL, sage_log_panel_file_chosen_cb,
                        g_object_ref (self));
}

/**
 * sage_log_panel_cancel_save:
 * @self: a log panel
 *
 * Gives up saving; no file is left.
 */
void
sage_log_panel_cancel_save (SageLogPanel *self)
{
  g_cancellable_cancel (self->cancellable);
}

/* --- one line --------------------------------------------------------------------------------- */

/* A line that is to be saved. */
typedef struct
{
  SageLogPanel *self; /* (owned) */
  GBytes       *text; /* (owned) */
} Line;

static void
line_free (Line *line)
{
  g_object_unref (line->self);
  g_bytes_unref (line->text);
  g_free (line);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Line, line_free)

static void
sage_log_panel_line_saved_cb (GObject      *object,
                              GAsyncResult *result,
                              gpointer      user_data)
{
  g_autoptr(SageLogPanel) self = user_data;
  g_autoptr(GError) error = NULL;

  if (g_file_replace_contents_finish (G_FILE (object), result, NULL, &error))
    sage_toast (GTK_WIDGET (self), _("The line was saved"));
  else
    sage_toast_error (GTK_WIDGET (self), _("Could not save the line"), error);
}

static void
sage_log_panel_line_file_cb (GObject      *object,
                             GAsyncResult *result,
                             gpointer      user_data)
{
  g_autoptr(Line) line = user_data;
  g_autoptr(GFile) file = gtk_file_dialog_save_finish (GTK_FILE_DIALOG (object), result, NULL);

  if (file != NULL)
    g_file_replace_contents_bytes_async (file, line->text, NULL, FALSE, G_FILE_CREATE_NONE, NULL,
                                         sage_log_panel_line_saved_cb, g_object_ref (line->self));
}

/**
 * sage_log_panel_save_line:
 * @self: a log panel
 * @text: a line, however long
 *
 * Asks for a file and saves the line.
 */
void
sage_log_panel_save_line (SageLogPanel *self,
                          const char   *text)
{
  g_autoptr(GtkFileDialog) dialog = make_dialog (self, _("Save the line"));
  Line *line = g_new0 (Line, 1);

  line->self = g_object_ref (self);
  line->text = g_bytes_new (text, strlen (text));
  gtk_file_dialog_save (dialog, get_window (self), NULL, sage_log_panel_line_file_cb, line);
}

/**
 * sage_log_panel_update_save:
 * @self: a log panel
 *
 * Offers to save a log when there is one.
 */
void
sage_log_panel_update_save (SageLogPanel *self)
{
  update_progress (self);
}
