/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-window-actions"

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "sage-connections-dialog.h"
#include "sage-notebook-create.h"
#include "sage-palette.h"
#include "sage-shortcut-table.h"
#include "sage-shortcuts-dialog.h"
#include "sage-take-back.h"
#include "sage-undo.h"
#include "sage-window-private.h"

static void
toggle_sidebar_action (GtkWidget  *widget,
                       const char *action_name,
                       GVariant   *parameter)
{
  SageWindow *self = SAGE_WINDOW (widget);
  AdwOverlaySplitView *split = strcmp (action_name, "win.sidebar") == 0 ? self->sidebar_split
                                                                        : self->inspector_split;

  adw_overlay_split_view_set_show_sidebar (split, !adw_overlay_split_view_get_show_sidebar (split));
}

static void
panel_action (GtkWidget  *widget,
              const char *action_name,
              GVariant   *parameter)
{
  SageWindow *self = SAGE_WINDOW (widget);

  panel_dock_set_reveal_bottom (self->dock, !panel_dock_get_reveal_bottom (self->dock));
}

/* Shows the log of a job in the bottom panel. */
static void
show_log_action (GtkWidget  *widget,
                 const char *action_name,
                 GVariant   *parameter)
{
  SageWindow *self = SAGE_WINDOW (widget);
  const char *location = g_variant_get_string (parameter, NULL);
  const char *slash = strchr (location, '/');
  g_autofree char *id = slash != NULL ? g_strndup (location, slash - location) : NULL;
  g_autoptr(SageResource) resource = NULL;
  SageKind kind;

  if (id == NULL || self->connection == NULL || !sage_kind_from_id (id, &kind))
    return;

  resource = sage_connection_get_resource (self->connection, kind, slash + 1);
  sage_log_panel_set_resource (sage_window_ensure_log (self), resource);
  panel_dock_set_reveal_bottom (self->dock, TRUE);
  panel_widget_raise (self->log_page);
}

static void
find_action (GtkWidget  *widget,
             const char *action_name,
             GVariant   *parameter)
{
  SageTab *tab = sage_window_get_current_tab (SAGE_WINDOW (widget));

  if (tab != NULL)
    sage_page_find (sage_tab_get_page (tab));
}

static void
saved_cb (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr(GError) error = NULL;

  if (!sage_page_save_finish (SAGE_PAGE (object), result, &error))
    g_debug ("%s", error->message); /* the page has shown it */
}

static void
save_action (GtkWidget  *widget,
             const char *action_name,
             GVariant   *parameter)
{
  SageTab *tab = sage_window_get_current_tab (SAGE_WINDOW (widget));

  if (tab != NULL && sage_page_can_save (sage_tab_get_page (tab)))
    sage_page_save_async (sage_tab_get_page (tab), NULL, saved_cb, NULL);
  else
    sage_toast (widget, _("There is nothing to save in this page"));
}

static void
undo_action (GtkWidget  *widget,
             const char *action_name,
             GVariant   *parameter)
{
  if (!sage_undo_take_back () && !sage_take_back_last (widget))
    sage_toast (widget, _("There is nothing to undo"));
}

/* Sidebar, documents, bottom panel, inspector, as far as they are in sight, and around. */
static void
next_pane_action (GtkWidget  *widget,
                  const char *action_name,
                  GVariant   *parameter)
{
  SageWindow *self = SAGE_WINDOW (widget);
  SageTab *tab = sage_window_get_current_tab (self);
  GtkWidget *panes[] = {
    GTK_WIDGET (self->sidebar),
    tab != NULL ? GTK_WIDGET (tab) : NULL,
    GTK_WIDGET (self->bottom_frame),
    GTK_WIDGET (self->inspector),
  };
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (self));
  gsize at = G_N_ELEMENTS (panes) - 1;

  for (gsize i = 0; i < G_N_ELEMENTS (panes); i++)
    if (panes[i] != NULL && focus != NULL
        && (focus == panes[i] || gtk_widget_is_ancestor (focus, panes[i])))
      at = i;

  for (gsize i = 1; i <= G_N_ELEMENTS (panes); i++)
    {
      GtkWidget *pane = panes[(at + i) % G_N_ELEMENTS (panes)];

      if (pane != NULL && gtk_widget_get_mapped (pane)
          && (SAGE_IS_TAB (pane) ? panel_widget_focus_default (PANEL_WIDGET (pane))
                                 : gtk_widget_child_focus (pane, GTK_DIR_TAB_FORWARD)))
        return;
    }
}

static void
palette_action (GtkWidget  *widget,
                const char *action_name,
                GVariant   *parameter)
{
  gboolean commands = strcmp (action_name, "win.palette") == 0;

  sage_palette_present (SAGE_WINDOW (widget), commands);
}

static void
connections_action (GtkWidget  *widget,
                    const char *action_name,
                    GVariant   *parameter)
{
  SageWindow *self = SAGE_WINDOW (widget);

  adw_dialog_present (ADW_DIALOG (sage_connections_dialog_new (self)), widget);
}

static void
connect_action (GtkWidget  *widget,
                const char *action_name,
                GVariant   *parameter)
{
  SageWindow *self = SAGE_WINDOW (widget);
  SageProfile *profile = sage_connections_find (self->connections,
                                                g_variant_get_string (parameter, NULL));

  if (profile != NULL)
    sage_window_connect (self, profile);
}

static void
shortcuts_action (GtkWidget  *widget,
                  const char *action_name,
                  GVariant   *parameter)
{
  adw_dialog_present (ADW_DIALOG (sage_shortcuts_dialog_new ()), widget);
}

static void
menu_action (GtkWidget  *widget,
             const char *action_name,
             GVariant   *parameter)
{
  gtk_menu_button_popup (GTK_MENU_BUTTON (SAGE_WINDOW (widget)->menu_button));
}

static void
fullscreen_action (GtkWidget  *widget,
                   const char *action_name,
                   GVariant   *parameter)
{
  if (gtk_window_is_fullscreen (GTK_WINDOW (widget)))
    gtk_window_unfullscreen (GTK_WINDOW (widget));
  else
    gtk_window_fullscreen (GTK_WINDOW (widget));
}

static void
new_notebook_action (GtkWidget  *widget,
                     const char *action_name,
                     GVariant   *parameter)
{
  sage_notebook_create (widget, SAGE_WINDOW (widget)->project);
}

static void
folder_chosen_cb (GObject      *object,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr(SageWindow) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GFile) folder = NULL;

  folder = gtk_file_dialog_select_folder_finish (GTK_FILE_DIALOG (object), result, &error);
  if (folder != NULL)
    sage_window_set_project (self, folder);
  else if (!g_error_matches (error, GTK_DIALOG_ERROR, GTK_DIALOG_ERROR_DISMISSED))
    sage_toast_error (GTK_WIDGET (self), _("Could not open the folder"), error);
}

static void
open_folder_action (GtkWidget  *widget,
                    const char *action_name,
                    GVariant   *parameter)
{
  g_autoptr(GtkFileDialog) dialog = gtk_file_dialog_new ();

  gtk_file_dialog_set_title (dialog, _("Open a project folder"));
  gtk_file_dialog_select_folder (dialog, GTK_WINDOW (widget), NULL, folder_chosen_cb,
                                 g_object_ref (widget));
}

static void
open_project_action (GtkWidget  *widget,
                     const char *action_name,
                     GVariant   *parameter)
{
  SageWindow *self = SAGE_WINDOW (widget);
  g_autoptr(GFile) folder = g_file_new_for_uri (g_variant_get_string (parameter, NULL));

  sage_window_set_project (self, folder);
  adw_overlay_split_view_set_show_sidebar (self->sidebar_split, TRUE);
}

static void
close_project_action (GtkWidget  *widget,
                      const char *action_name,
                      GVariant   *parameter)
{
  sage_window_set_project (SAGE_WINDOW (widget), NULL);
}

void
sage_window_actions_install (GtkWidgetClass *klass)
{
  gtk_widget_class_install_action (klass, "win.sidebar", NULL, toggle_sidebar_action);
  gtk_widget_class_install_action (klass, "win.inspector", NULL, toggle_sidebar_action);
  gtk_widget_class_install_action (klass, "win.panel", NULL, panel_action);
  gtk_widget_class_install_action (klass, "win.show-log", "s", show_log_action);
  gtk_widget_class_install_action (klass, "win.find", NULL, find_action);
  gtk_widget_class_install_action (klass, "win.save", NULL, save_action);
  gtk_widget_class_install_action (klass, "win.undo", NULL, undo_action);
  gtk_widget_class_install_action (klass, "win.next-pane", NULL, next_pane_action);
  gtk_widget_class_install_action (klass, "win.palette", NULL, palette_action);
  gtk_widget_class_install_action (klass, "win.open-anything", NULL, palette_action);
  gtk_widget_class_install_action (klass, "win.connections", NULL, connections_action);
  gtk_widget_class_install_action (klass, "win.connect", "s", connect_action);
  gtk_widget_class_install_action (klass, "win.shortcuts", NULL, shortcuts_action);
  gtk_widget_class_install_action (klass, "win.menu", NULL, menu_action);
  gtk_widget_class_install_action (klass, "win.fullscreen", NULL, fullscreen_action);
  gtk_widget_class_install_action (klass, "win.new-notebook", NULL, new_notebook_action);
  gtk_widget_class_install_action (klass, "win.open-folder", NULL, open_folder_action);
  gtk_widget_class_install_action (klass, "win.open-project", "s", open_project_action);
  gtk_widget_class_install_action (klass, "win.close-project", NULL, close_project_action);
}

static void
append_items (GMenu             *menu,
              const char *const *actions)
{
  g_autoptr(GMenu) section = g_menu_new ();

  for (; *actions != NULL; actions++)
    {
      g_autoptr(GMenuItem) item = sage_shortcut_menu_item (*actions);

      g_menu_append_item (section, item);
    }
  g_menu_append_section (menu, NULL, G_MENU_MODEL (section));
}

/* Returns: (transfer full): the main menu */
GMenuModel *
sage_window_make_menu (void)
{
  static const char * const windows[] = { "win.new-notebook", "app.new-window", "win.fullscreen",
                                          NULL };
  static const char * const panes[] = { "win.sidebar", "win.panel", "win.inspector", NULL };
  static const char * const rest[] = {
    "win.connections", "app.preferences", "win.shortcuts", "app.help", "app.about", NULL,
  };
  GMenu *menu = g_menu_new ();

  append_items (menu, windows);
  append_items (menu, panes);
  append_items (menu, rest);

  return G_MENU_MODEL (menu);
}
