/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-window-files"

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "sage-file-location.h"
#include "sage-strip.h"
#include "sage-window-private.h"

/**
 * sage_window_open_file:
 * @self: a window
 * @file: a file of this machine
 * @state: (nullable): where to be in it, as the state of its page: `line`, `column` (i, from zero on)
 *
 * Opens a file by the page that is made for it; where a tab shows it already, that one comes to the
 * front.
 *
 * Returns: whether there is a page for it
 */
gboolean
sage_window_open_file (SageWindow *self,
                       GFile      *file,
                       GVariant   *state)
{
  g_autofree char *location = NULL;

  g_return_val_if_fail (SAGE_IS_WINDOW (self), FALSE);
  g_return_val_if_fail (G_IS_FILE (file), FALSE);

  location = sage_file_location_for (file);
  if (!sage_window_open (self, location, TRUE))
    return FALSE;
  if (state != NULL && self->current != NULL)
    sage_page_restore_state (sage_tab_get_page (self->current), state);

  return TRUE;
}

/* Parameters: the URI of a file, and where to be in it. */
static void
open_file_action (GtkWidget  *widget,
                  const char *action_name,
                  GVariant   *parameter)
{
  const char *uri;
  g_autoptr(GVariant) state = NULL;
  g_autoptr(GFile) file = NULL;

  g_variant_get (parameter, "(&s@a{sv})", &uri, &state);
  file = g_file_new_for_uri (uri);
  sage_window_open_file (SAGE_WINDOW (widget), file,
                         g_variant_n_children (state) > 0 ? state : NULL);
}

static void
file_chosen_cb (GObject      *object,
                GAsyncResult *result,
                gpointer      user_data)
{
  g_autoptr(SageWindow) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GFile) file = gtk_file_dialog_open_finish (GTK_FILE_DIALOG (object), result, &error);

  if (file != NULL)
    sage_window_open_file (self, file, NULL);
  else if (!g_error_matches (error, GTK_DIALOG_ERROR, GTK_DIALOG_ERROR_DISMISSED))
    sage_toast_error (GTK_WIDGET (self), _("Could not open the file"), error);
}

static void
choose_file_action (GtkWidget  *widget,
                    const char *action_name,
                    GVariant   *parameter)
{
  SageWindow *self = SAGE_WINDOW (widget);
  g_autoptr(GtkFileDialog) dialog = gtk_file_dialog_new ();

  gtk_file_dialog_set_title (dialog, _("Open a file"));
  if (self->project != NULL)
    gtk_file_dialog_set_initial_folder (dialog, self->project);
  gtk_file_dialog_open (dialog, GTK_WINDOW (widget), NULL, file_chosen_cb, g_object_ref (widget));
}

/* The document in sight does it, if it can: win.replace is its document.replace. */
static void
document_action (GtkWidget  *widget,
                 const char *action_name,
                 GVariant   *parameter)
{
  SageTab *tab = sage_window_get_current_tab (SAGE_WINDOW (widget));
  g_autofree char *name = g_strconcat ("document", strchr (action_name, '.'), NULL);

  if (tab == NULL
      || !gtk_widget_activate_action (GTK_WIDGET (sage_tab_get_page (tab)), name, NULL))
    sage_toast (widget, strstr (action_name, "difference") != NULL
                          ? _("The page in sight has no differences to go to")
                          : _("The page in sight is no text"));
}

/* Returns: (transfer full) (nullable): the folder of the file in sight, or else the project's */
static GFile *
find_folder (SageWindow *self)
{
  SageTab *tab = sage_window_get_current_tab (self);
  const char *location = tab != NULL ? sage_tab_get_location (tab) : "";

  if (g_str_has_prefix (location, "notebook/") || g_str_has_prefix (location, "file/"))
    {
      g_autoptr(GFile) file = sage_file_location_parse (location);

      return g_file_get_parent (file);
    }

  return self->project != NULL ? g_object_ref (self->project) : NULL;
}

static void
strip_outputs_action (GtkWidget  *widget,
                      const char *action_name,
                      GVariant   *parameter)
{
  g_autoptr(GFile) folder = find_folder (SAGE_WINDOW (widget));

  if (folder != NULL)
    sage_strip_ask (widget, folder);
  else
    sage_toast (widget, _("Open a folder or a notebook first"));
}

static void
find_in_project_action (GtkWidget  *widget,
                        const char *action_name,
                        GVariant   *parameter)
{
  SageWindow *self = SAGE_WINDOW (widget);

  panel_dock_set_reveal_bottom (self->dock, TRUE);
  panel_widget_raise (self->search_page);
  sage_search_pane_open (sage_window_ensure_search (self));
}

void
sage_window_files_install (GtkWidgetClass *klass)
{
  gtk_widget_class_install_action (klass, "win.open-file", "(sa{sv})", open_file_action);
  gtk_widget_class_install_action (klass, "win.choose-file", NULL, choose_file_action);
  gtk_widget_class_install_action (klass, "win.strip-outputs", NULL, strip_outputs_action);
  gtk_widget_class_install_action (klass, "win.replace", NULL, document_action);
  gtk_widget_class_install_action (klass, "win.go-to-line", NULL, document_action);
  gtk_widget_class_install_action (klass, "win.next-difference", NULL, document_action);
  gtk_widget_class_install_action (klass, "win.previous-difference", NULL, document_action);
  gtk_widget_class_install_action (klass, "win.find-in-project", NULL, find_in_project_action);
}
