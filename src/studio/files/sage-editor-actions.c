/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-editor-page"

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "sage-editor-page-private.h"
#include "sage-file-location.h"
#include "sage-notebook-create.h"
#include "sage-text.h"

static void
reload_action (GtkWidget  *widget,
               const char *action_name,
               GVariant   *parameter)
{
  sage_text_document_reload (SAGE_EDITOR_PAGE (widget)->document);
}

static void
replace_action (GtkWidget  *widget,
                const char *action_name,
                GVariant   *parameter)
{
  SageEditorPage *self = SAGE_EDITOR_PAGE (widget);

  if (!self->set_up)
    return;

  adw_toggle_group_set_active_name (self->views, "text");
  gtk_revealer_set_reveal_child (self->find_revealer, TRUE);
  sage_find_bar_open (self->find_bar, TRUE);
}

static void
go_to_line_action (GtkWidget  *widget,
                   const char *action_name,
                   GVariant   *parameter)
{
  SageEditorPage *self = SAGE_EDITOR_PAGE (widget);

  if (!self->set_up)
    return;

  adw_toggle_group_set_active_name (self->views, "text");
  gtk_editable_set_text (self->go_entry, "");
  gtk_menu_button_popup (self->position);
  gtk_widget_grab_focus (GTK_WIDGET (self->go_entry));
}

static void
wrap_action (GtkWidget  *widget,
             const char *action_name,
             GVariant   *parameter)
{
  SageEditorPage *self = SAGE_EDITOR_PAGE (widget);

  self->wrap = !self->wrap;
  gtk_text_view_set_wrap_mode (GTK_TEXT_VIEW (self->view),
                               self->wrap ? GTK_WRAP_WORD_CHAR : GTK_WRAP_NONE);
}

static void
spaces_action (GtkWidget  *widget,
               const char *action_name,
               GVariant   *parameter)
{
  SageEditorPage *self = SAGE_EDITOR_PAGE (widget);
  GtkSourceSpaceDrawer *drawer = gtk_source_view_get_space_drawer (self->view);

  self->spaces = !self->spaces;
  gtk_source_space_drawer_set_types_for_locations (drawer, GTK_SOURCE_SPACE_LOCATION_ALL,
                                                   GTK_SOURCE_SPACE_TYPE_SPACE
                                                     | GTK_SOURCE_SPACE_TYPE_TAB
                                                     | GTK_SOURCE_SPACE_TYPE_NBSP);
  gtk_source_space_drawer_set_enable_matrix (drawer, self->spaces);
}

static void
copy_path_action (GtkWidget  *widget,
                  const char *action_name,
                  GVariant   *parameter)
{
  g_autofree char *path = g_file_get_parse_name (sage_editor_page_get_file (SAGE_EDITOR_PAGE (widget)));

  sage_text_copy (widget, path);
}

/* Opens the comparison that the action names. */
static void
compare_action (GtkWidget  *widget,
                const char *action_name,
                GVariant   *parameter)
{
  g_autofree char *location = sage_file_location_new (strchr (action_name, '.') + 1,
                                                      sage_editor_page_get_file (SAGE_EDITOR_PAGE (widget)));

  gtk_widget_activate_action (widget, "win.open-new-tab", "s", location);
}

static void
launched_cb (GObject      *object,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr(GtkWidget) widget = user_data;
  g_autoptr(GError) error = NULL;

  if (!gtk_file_launcher_launch_finish (GTK_FILE_LAUNCHER (object), result, &error)
      && !g_error_matches (error, GTK_DIALOG_ERROR, GTK_DIALOG_ERROR_DISMISSED))
    sage_toast_error (widget, _("Could not open the file"), error);
}

static void
open_with_action (GtkWidget  *widget,
                  const char *action_name,
                  GVariant   *parameter)
{
  g_autoptr(GtkFileLauncher) launcher
    = gtk_file_launcher_new (sage_editor_page_get_file (SAGE_EDITOR_PAGE (widget)));

  gtk_file_launcher_set_always_ask (launcher, TRUE);
  gtk_file_launcher_launch (launcher, GTK_WINDOW (gtk_widget_get_root (widget)), NULL, launched_cb,
                            g_object_ref (widget));
}

/* Runs the file that is on the disk by now. */
static void
run_saved (SageEditorPage *self)
{
  g_autofree char *path = g_file_get_path (sage_editor_page_get_file (self));
  g_autofree char *quoted = g_shell_quote (path);
  g_autofree char *command = g_strconcat (g_str_has_suffix (path, ".sh") ? "sh " : "python3 ", quoted,
                                          NULL);

  /* A line end in a name would end the line of the shell. */
  if (strpbrk (path, "\n\r") != NULL || !g_utf8_validate (path, -1, NULL))
    sage_toast (GTK_WIDGET (self), _("A file with such a name cannot be run from here"));
  else
    gtk_widget_activate_action (GTK_WIDGET (self), "win.run-in-terminal", "s", command);
}

static void
saved_for_run_cb (GObject      *object,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  /* What was not saved has been said, and is not run. */
  if (sage_page_save_finish (SAGE_PAGE (object), result, NULL))
    run_saved (SAGE_EDITOR_PAGE (object));
}

static void
run_action (GtkWidget  *widget,
            const char *action_name,
            GVariant   *parameter)
{
  sage_page_save_async (SAGE_PAGE (widget), NULL, saved_for_run_cb, NULL);
}

/* A notebook of what the editor has, saved or not. */
static void
to_notebook_action (GtkWidget  *widget,
                    const char *action_name,
                    GVariant   *parameter)
{
  SageEditorPage *self = SAGE_EDITOR_PAGE (widget);
  g_autofree char *text = sage_text_document_dup_text (self->document);

  sage_notebook_create_from_script (widget, sage_editor_page_get_file (self), text);
}

void
sage_editor_actions_install (GtkWidgetClass *klass)
{
  gtk_widget_class_install_action (klass, "document.run", NULL, run_action);
  gtk_widget_class_add_binding_action (klass, GDK_KEY_F5, GDK_CONTROL_MASK, "document.run", NULL);
  gtk_widget_class_install_action (klass, "document.reload", NULL, reload_action);
  gtk_widget_class_install_action (klass, "document.replace", NULL, replace_action);
  gtk_widget_class_install_action (klass, "document.go-to-line", NULL, go_to_line_action);
  gtk_widget_class_install_action (klass, "document.wrap", NULL, wrap_action);
  gtk_widget_class_install_action (klass, "document.spaces", NULL, spaces_action);
  gtk_widget_class_install_action (klass, "document.compare-disk", NULL, compare_action);
  gtk_widget_class_install_action (klass, "document.compare-head", NULL, compare_action);
  gtk_widget_class_install_action (klass, "document.copy-path", NULL, copy_path_action);
  gtk_widget_class_install_action (klass, "document.open-with", NULL, open_with_action);
  gtk_widget_class_install_action (klass, "document.to-notebook", NULL, to_notebook_action);
}
