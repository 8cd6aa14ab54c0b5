/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-file-tree"

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "sage-error.h"
#include "sage-file-location.h"
#include "sage-file-tree-private.h"
#include "sage-notebook-create.h"
#include "sage-notebook-document.h"
#include "sage-page.h"
#include "sage-text-document.h"
#include "sage-text.h"
#include "sage-trash.h"

#define OPEN_AFTER_MS 250 /* that a menu or a dialog takes to go, and to give the focus back */

/* A name that is asked for. */
typedef struct
{
  SageFileTree *tree;   /* (owned) */
  GFile        *folder; /* (owned): that the name is to be in */
  AdwAlertDialog *dialog; /* (owned) (nullable): that asks */
  GFile        *made;   /* (owned) (nullable): the new file */
  gboolean      is_folder;
} Naming;

static void
naming_free (gpointer data)
{
  Naming *naming = data;

  g_object_unref (naming->tree);
  g_object_unref (naming->folder);
  g_clear_object (&naming->made);
  g_clear_object (&naming->dialog);
  g_free (naming);
}

/* Whether its menu is there, or has just gone and not given the focus back yet. */
static gboolean
has_menu (SageFileTree *self)
{
  return self->menu_id != 0 || (self->menu != NULL && gtk_widget_get_visible (GTK_WIDGET (self->menu)));
}

/* Where something new goes: into the folder that is chosen, or beside the file that is. */
static GFile *
get_target_folder (SageFileTree *self)
{
  g_autoptr(GFile) file = sage_file_tree_get_selected (self);

  if (file == NULL)
    return g_object_ref (self->folder);
  if (g_file_query_file_type (file, G_FILE_QUERY_INFO_NOFOLLOW_SYMLINKS, NULL) == G_FILE_TYPE_DIRECTORY)
    return g_object_ref (file);

  return g_file_get_parent (file);
}

static void
open_file (SageFileTree *self,
           GFile        *file)
{
  g_autofree char *uri = g_file_get_uri (file);

  gtk_widget_activate_action (GTK_WIDGET (self), "win.open-file", "(s@a{sv})", uri,
                              g_variant_new_array (G_VARIANT_TYPE ("{sv}"), NULL, 0));
}

/* --- Names ------------------------------------------------------------------------------------ */

/* Does what the name was asked for; nothing that is there is replaced. */
static gboolean
apply_name (Naming      *naming,
            const char  *name,
            GError     **error)
{
  g_autoptr(GFile) target = g_file_get_child (naming->folder, name);

  if (naming->is_folder)
    return g_file_make_directory (target, NULL, error);
  {
    g_autoptr(GFileOutputStream) stream = g_file_create (target, G_FILE_CREATE_NONE, NULL, error);

    if (stream == NULL)
      return FALSE;
  }
  naming->made = g_object_ref (target);

  return TRUE;
}

/* Once the dialog has given the focus back. */
static gboolean
open_cb (gpointer user_data)
{
  Naming *naming = user_data;

  if (gtk_widget_get_root (GTK_WIDGET (naming->tree)) != NULL)
    open_file (naming->tree, naming->made);
  naming_free (naming);

  return G_SOURCE_REMOVE;
}

static void
named_cb (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  Naming *naming = user_data;
  AdwAlertDialog *dialog = ADW_ALERT_DIALOG (object);
  GtkEditable *entry = GTK_EDITABLE (adw_alert_dialog_get_extra_child (dialog));
  g_autofree char *name = g_strdup (gtk_editable_get_text (entry));
  g_autoptr(GError) error = NULL;

  if (strcmp (adw_alert_dialog_choose_finish (dialog, result), "apply") == 0
      && !apply_name (naming, name, &error))
    sage_toast_error (GTK_WIDGET (naming->tree), _("Could not make it"), error);
  if (naming->made != NULL)
    g_timeout_add (OPEN_AFTER_MS, open_cb, naming);
  else
    naming_free (naming);
}

static void
name_changed_cb (AdwAlertDialog *dialog,
                 GtkEditable    *entry)
{
  adw_alert_dialog_set_response_enabled (dialog, "apply", sage_file_tree_is_name (gtk_editable_get_text (entry)));
}

/* After the menu is gone, which gives the focus back to where it was. */
static void
ask_cb (gpointer user_data)
{
  Naming *naming = user_data;

  if (gtk_widget_get_root (GTK_WIDGET (naming->tree)) != NULL)
    adw_alert_dialog_choose (naming->dialog, GTK_WIDGET (naming->tree), NULL, named_cb, naming);
  else
    naming_free (naming);
}

/* Asks for a name, with @name to begin with. Takes over @naming. */
static void
ask_name (Naming     *naming,
          const char *heading,
          const char *verb,
          const char *name)
{
  AdwAlertDialog *dialog = ADW_ALERT_DIALOG (adw_alert_dialog_new (heading, NULL));
  GtkWidget *entry = gtk_entry_new ();

  gtk_editable_set_text (GTK_EDITABLE (entry), name);
  gtk_entry_set_activates_default (GTK_ENTRY (entry), TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Name"), -1);
  adw_alert_dialog_set_extra_child (dialog, entry);
  adw_alert_dialog_add_responses (dialog, "cancel", _("_Cancel"), "apply", verb, NULL);
  adw_alert_dialog_set_response_appearance (dialog, "apply", ADW_RESPONSE_SUGGESTED);
  adw_alert_dialog_set_default_response (dialog, "apply");
  adw_alert_dialog_set_close_response (dialog, "cancel");
  adw_dialog_set_focus (ADW_DIALOG (dialog), entry);
  g_signal_connect_object (entry, "changed", G_CALLBACK (name_changed_cb), dialog, G_CONNECT_SWAPPED);
  name_changed_cb (dialog, GTK_EDITABLE (entry));
  naming->dialog = ADW_ALERT_DIALOG (g_object_ref_sink (dialog));
  g_timeout_add_once (has_menu (naming->tree) ? OPEN_AFTER_MS : 0, ask_cb, naming);
}

static Naming *
naming_new (SageFileTree *self,
            GFile        *folder)
{
  Naming *naming = g_new0 (Naming, 1);

  naming->tree = g_object_ref (self);
  naming->folder = folder;

  return naming;
}

/* --- Actions ---------------------------------------------------------------------------------- */

static void
new_action (GtkWidget  *widget,
            const char *action_name,
            GVariant   *parameter)
{
  SageFileTree *self = SAGE_FILE_TREE (widget);
  Naming *naming;

  if (self->folder == NULL)
    return;

  naming = naming_new (self, get_target_folder (self));
  naming->is_folder = strcmp (action_name, "files.new-folder") == 0;
  ask_name (naming, naming->is_folder ? _("New folder") : _("New file"), _("C_reate"),
            naming->is_folder ? "" : "untitled.py");
}

/* What is to be renamed once the menu has given the focus back. */
typedef struct
{
  SageFileTree *tree; /* (owned) */
  GFile        *file; /* (owned) */
} Renaming;

static void
rename_cb (gpointer user_data)
{
  Renaming *renaming = user_data;
  g_autoptr(GFile) file = renaming->tree->view != NULL ? sage_file_tree_get_selected (renaming->tree)
                                                       : NULL;

  /* Another one may have been chosen in the meantime. */
  if (file != NULL && g_file_equal (file, renaming->file))
    sage_file_tree_begin_rename (renaming->tree);
  g_object_unref (renaming->file);
  g_object_unref (renaming->tree);
  g_free (renaming);
}

static void
rename_action (GtkWidget  *widget,
               const char *action_name,
               GVariant   *parameter)
{
  SageFileTree *self = SAGE_FILE_TREE (widget);
  g_autoptr(GFile) file = sage_file_tree_get_selected (self);
  Renaming *renaming;

  if (file == NULL)
    return;
  if (!has_menu (self))
    {
      sage_file_tree_begin_rename (self);
      return;
    }

  renaming = g_new0 (Renaming, 1);
  renaming->tree = g_object_ref (self);
  renaming->file = g_steal_pointer (&file);
  g_timeout_add_once (OPEN_AFTER_MS, rename_cb, renaming);
}

static void
new_notebook_action (GtkWidget  *widget,
                     const char *action_name,
                     GVariant   *parameter)
{
  SageFileTree *self = SAGE_FILE_TREE (widget);
  g_autoptr(GFile) folder = self->folder != NULL ? get_target_folder (self) : NULL;

  if (folder != NULL)
    sage_notebook_create (widget, folder);
}

static void
trash_action (GtkWidget  *widget,
              const char *action_name,
              GVariant   *parameter)
{
  g_autoptr(GFile) file = sage_file_tree_get_selected (SAGE_FILE_TREE (widget));

  if (file != NULL)
    sage_trash_put (widget, file);
}

static void
copied_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(SageFileTree) self = user_data;
  g_autoptr(GError) error = NULL;

  if (!g_file_copy_finish (G_FILE (object), result, &error))
    sage_toast_error (GTK_WIDGET (self), _("Could not duplicate it"), error);
}

/* The first name of the kind “train (2).py” that is free. */
static GFile *
find_free_name (GFile *file)
{
  g_autoptr(GFile) folder = g_file_get_parent (file);
  g_autofree char *base = g_file_get_basename (file);
  const char *dot = strrchr (base, '.');
  gsize stem = dot != NULL && dot != base ? (gsize) (dot - base) : strlen (base);

  for (guint i = 2; i < 1000; i++)
    {
      g_autofree char *name = g_strdup_printf ("%.*s (%u)%s", (int) stem, base, i, base + stem);
      g_autoptr(GFile) candidate = g_file_get_child (folder, name);

      if (g_file_query_file_type (candidate, G_FILE_QUERY_INFO_NOFOLLOW_SYMLINKS, NULL)
          == G_FILE_TYPE_UNKNOWN)
        return g_steal_pointer (&candidate);
    }

  return NULL;
}

static void
duplicate_action (GtkWidget  *widget,
                  const char *action_name,
                  GVariant   *parameter)
{
  g_autoptr(GFile) file = sage_file_tree_get_selected (SAGE_FILE_TREE (widget));
  g_autoptr(GFile) copy = file != NULL ? find_free_name (file) : NULL;

  if (copy == NULL)
    return;
  if (g_file_query_file_type (file, G_FILE_QUERY_INFO_NOFOLLOW_SYMLINKS, NULL) != G_FILE_TYPE_REGULAR)
    sage_toast (widget, _("Only files can be duplicated"));
  else
    g_file_copy_async (file, copy, G_FILE_COPY_NOFOLLOW_SYMLINKS, G_PRIORITY_DEFAULT, NULL, NULL, NULL,
                       copied_cb, g_object_ref (widget));
}

/* A comparison that is to be opened. */
typedef struct
{
  SageFileTree *tree;     /* (owned) */
  char         *location; /* (owned) */
} Opening;

/* Once the menu has given the focus back, which the comparison takes then. */
static void
compare_cb (gpointer user_data)
{
  Opening *opening = user_data;

  gtk_widget_activate_action (GTK_WIDGET (opening->tree), "win.open-new-tab", "s", opening->location);
  g_object_unref (opening->tree);
  g_free (opening->location);
  g_free (opening);
}

/* Opens the comparison that the action names, of a notebook by cells and of any other file by lines. */
static void
compare_action (GtkWidget  *widget,
                const char *action_name,
                GVariant   *parameter)
{
  g_autoptr(GFile) file = sage_file_tree_get_selected (SAGE_FILE_TREE (widget));
  Opening *opening;

  if (file == NULL)
    return;
  opening = g_new0 (Opening, 1);
  opening->tree = SAGE_FILE_TREE (g_object_ref (widget));
  opening->location = sage_file_location_new (strchr (action_name, '.') + 1, file);
  g_timeout_add_once (OPEN_AFTER_MS, compare_cb, opening);
}

static void
copy_path_action (GtkWidget  *widget,
                  const char *action_name,
                  GVariant   *parameter)
{
  g_autoptr(GFile) file = sage_file_tree_get_selected (SAGE_FILE_TREE (widget));
  g_autofree char *path = file != NULL ? g_file_get_parse_name (file) : NULL;

  if (path != NULL)
    sage_text_copy (widget, path);
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
  g_autoptr(GFile) file = sage_file_tree_get_selected (SAGE_FILE_TREE (widget));
  g_autoptr(GtkFileLauncher) launcher = file != NULL ? gtk_file_launcher_new (file) : NULL;

  if (launcher == NULL)
    return;
  gtk_file_launcher_set_always_ask (launcher, TRUE);
  gtk_file_launcher_launch (launcher, GTK_WINDOW (gtk_widget_get_root (widget)), NULL, launched_cb,
                            g_object_ref (widget));
}

static void
hidden_action (GtkWidget  *widget,
               const char *action_name,
               GVariant   *parameter)
{
  SageFileTree *self = SAGE_FILE_TREE (widget);

  self->show_hidden = !self->show_hidden;
  gtk_filter_changed (self->filter, self->show_hidden ? GTK_FILTER_CHANGE_LESS_STRICT
                                                      : GTK_FILTER_CHANGE_MORE_STRICT);
}

/* --- The menu --------------------------------------------------------------------------------- */

static GMenuModel *
make_menu (void)
{
  static const struct { const char *label; const char *action; } items[] = {
    { N_("New file…"), "files.new-file" }, { N_("New folder…"), "files.new-folder" },
    { N_("New notebook"), "files.new-notebook" },
    { NULL, NULL },
    { N_("Rename"), "files.rename" }, { N_("Duplicate"), "files.duplicate" },
    { N_("Move to the trash"), "files.trash" },
    { NULL, NULL },
    { N_("Compare with the file on disk"), "files.compare-disk" },
    { N_("Compare with the last commit"), "files.compare-head" },
    { NULL, NULL },
    { N_("Copy the path"), "files.copy-path" }, { N_("Open with…"), "files.open-with" },
    { NULL, NULL },
    { N_("Hidden files"), "files.show-hidden" },
  };
  GMenu *menu = g_menu_new ();
  g_autoptr(GMenu) section = g_menu_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (items); i++)
    if (items[i].label != NULL)
      {
        g_autoptr(GMenuItem) item = g_menu_item_new (_(items[i].label), items[i].action);

        if (g_str_has_prefix (items[i].action, "files.compare-"))
          g_menu_item_set_attribute (item, "hidden-when", "s", "action-disabled");
        g_menu_append_item (section, item);
      }
    else
      {
        g_menu_append_section (menu, NULL, G_MENU_MODEL (section));
        g_object_unref (section);
        section = g_menu_new ();
      }
  g_menu_append_section (menu, NULL, G_MENU_MODEL (section));

  return G_MENU_MODEL (menu);
}

/* A folder is not compared; and a file that is not open is what is on the disk. */
static void
allow_comparing (SageFileTree *self)
{
  g_autoptr(GFile) file = sage_file_tree_get_selected (self);
  gboolean is_file = file != NULL && g_file_query_file_type (file, G_FILE_QUERY_INFO_NONE, NULL)
                                       == G_FILE_TYPE_REGULAR;
  gboolean is_open = is_file && (sage_text_document_find (file) != NULL
                                 || sage_notebook_document_find (file) != NULL);

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "files.compare-disk", is_open);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "files.compare-head", is_file);
}

static gboolean
gone_cb (gpointer user_data)
{
  SAGE_FILE_TREE (user_data)->menu_id = 0;

  return G_SOURCE_REMOVE;
}

static void
closed_cb (SageFileTree *self)
{
  g_clear_handle_id (&self->menu_id, g_source_remove);
  self->menu_id = g_timeout_add (OPEN_AFTER_MS, gone_cb, self);
}

static void
show_menu (SageFileTree *self,
           double        x,
           double        y)
{
  if (self->menu == NULL)
    {
      g_autoptr(GMenuModel) model = make_menu ();

      self->menu = GTK_POPOVER (gtk_popover_menu_new_from_model (model));
      gtk_popover_set_has_arrow (self->menu, FALSE);
      gtk_widget_set_halign (GTK_WIDGET (self->menu), GTK_ALIGN_START);
      g_signal_connect_swapped (self->menu, "closed", G_CALLBACK (closed_cb), self);
      gtk_widget_set_parent (GTK_WIDGET (self->menu), GTK_WIDGET (self));
    }
  allow_comparing (self);
  gtk_popover_set_pointing_to (self->menu, &(GdkRectangle) { (int) x, (int) y, 1, 1 });
  gtk_popover_popup (self->menu);
}

static void
menu_action (GtkWidget  *widget,
             const char *action_name,
             GVariant   *parameter)
{
  GtkRoot *root = gtk_widget_get_root (widget);
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;
  graphene_rect_t bounds;

  if (focus != NULL && gtk_widget_compute_bounds (focus, widget, &bounds))
    show_menu (SAGE_FILE_TREE (widget), bounds.origin.x + 24, bounds.origin.y + bounds.size.height);
  else
    show_menu (SAGE_FILE_TREE (widget), 24, 24);
}

/* Returns: (transfer none) (nullable): the expander in the row that @item is of */
static GtkTreeExpander *
expander_in (GtkWidget *item)
{
  for (GtkWidget *child = gtk_widget_get_first_child (item); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (GTK_IS_TREE_EXPANDER (child))
      return GTK_TREE_EXPANDER (child);

  return NULL;
}

/* Returns: (transfer none) (nullable): what shows the file at a place of the tree */
GtkTreeExpander *
sage_file_tree_find_expander (SageFileTree *self,
                              double        x,
                              double        y)
{
  GtkWidget *at = gtk_widget_pick (GTK_WIDGET (self), x, y, GTK_PICK_DEFAULT);
  GtkWidget *expander = at != NULL ? gtk_widget_get_ancestor (at, GTK_TYPE_TREE_EXPANDER) : NULL;

  if (expander != NULL || at == NULL)
    return (GtkTreeExpander *) expander;

  return expander_in (at);
}

/* Returns: (transfer none) (nullable): what shows the file that is chosen, if it is in sight */
GtkTreeExpander *
sage_file_tree_find_selected_expander (SageFileTree *self)
{
  g_autoptr(GtkTreeListRow) row = sage_file_tree_get_selected_row (self);

  for (GtkWidget *item = gtk_widget_get_first_child (GTK_WIDGET (self->view)); item != NULL;
       item = gtk_widget_get_next_sibling (item))
    {
      GtkTreeExpander *expander = expander_in (item);

      if (expander != NULL && row != NULL && gtk_tree_expander_get_list_row (expander) == row)
        return expander;
    }

  return NULL;
}

/* The row under the pointer is chosen, and its menu shown. */
static void
pressed_cb (SageFileTree    *self,
            int              n_press,
            double           x,
            double           y,
            GtkGestureClick *click)
{
  GtkTreeExpander *expander = sage_file_tree_find_expander (self, x, y);
  GtkTreeListRow *row = expander != NULL ? gtk_tree_expander_get_list_row (expander) : NULL;

  gtk_single_selection_set_selected (GTK_SINGLE_SELECTION (gtk_list_view_get_model (self->view)),
                                     row != NULL ? gtk_tree_list_row_get_position (row)
                                                 : GTK_INVALID_LIST_POSITION);
  gtk_gesture_set_state (GTK_GESTURE (click), GTK_EVENT_SEQUENCE_CLAIMED);
  show_menu (self, x, y);
}

void
sage_file_tree_actions_install (GtkWidgetClass *klass)
{
  gtk_widget_class_install_action (klass, "files.new-file", NULL, new_action);
  gtk_widget_class_install_action (klass, "files.new-folder", NULL, new_action);
  gtk_widget_class_install_action (klass, "files.new-notebook", NULL, new_notebook_action);
  gtk_widget_class_install_action (klass, "files.rename", NULL, rename_action);
  gtk_widget_class_install_action (klass, "files.trash", NULL, trash_action);
  gtk_widget_class_install_action (klass, "files.duplicate", NULL, duplicate_action);
  gtk_widget_class_install_action (klass, "files.compare-disk", NULL, compare_action);
  gtk_widget_class_install_action (klass, "files.compare-head", NULL, compare_action);
  gtk_widget_class_install_action (klass, "files.copy-path", NULL, copy_path_action);
  gtk_widget_class_install_action (klass, "files.open-with", NULL, open_with_action);
  gtk_widget_class_install_action (klass, "files.show-hidden", NULL, hidden_action);
  gtk_widget_class_install_action (klass, "files.menu", NULL, menu_action);
  gtk_widget_class_add_binding_action (klass, GDK_KEY_F2, 0, "files.rename", NULL);
  gtk_widget_class_add_binding_action (klass, GDK_KEY_Delete, 0, "files.trash", NULL);
  gtk_widget_class_add_binding_action (klass, GDK_KEY_h, GDK_CONTROL_MASK, "files.show-hidden", NULL);
  gtk_widget_class_add_binding_action (klass, GDK_KEY_F10, GDK_SHIFT_MASK, "files.menu", NULL);
  gtk_widget_class_add_binding_action (klass, GDK_KEY_Menu, 0, "files.menu", NULL);
}

void
sage_file_tree_actions_init (SageFileTree *self)
{
  GtkGesture *click = gtk_gesture_click_new ();

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (click), GDK_BUTTON_SECONDARY);
  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (click), GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (click, "pressed", G_CALLBACK (pressed_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
}
