/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-file-tree"

#include "config.h"

#include <glib/gi18n.h>

#include "sage-file-location.h"
#include "sage-file-tree-private.h"
#include "sage-page.h"
#include "sage-strip.h"

#define TIP_CHARS 24 /* of a name that may be cut off */
#define ATTRIBUTES "standard::name,standard::display-name,standard::type,standard::is-hidden," \
                   "standard::symbolic-icon"

G_DEFINE_FINAL_TYPE (SageFileTree, sage_file_tree, ADW_TYPE_BIN)

static GFile *
file_of (gpointer info)
{
  return G_FILE (g_file_info_get_attribute_object (info, "standard::file"));
}

static gboolean
is_shown (gpointer item,
          gpointer user_data)
{
  return SAGE_FILE_TREE (user_data)->show_hidden || !g_file_info_get_is_hidden (item);
}

static int
get_rank (GFileInfo *info,
          gpointer   user_data)
{
  return g_file_info_get_file_type (info) == G_FILE_TYPE_DIRECTORY ? 0 : 1;
}

static char *
get_name (GFileInfo *info,
          gpointer   user_data)
{
  return g_strdup (g_file_info_get_display_name (info));
}

/* Folders first, then by name. By expressions, of which GTK keeps the keys: comparing names anew each
 * time would take seconds in a folder of many thousands. */
static GtkSorter *
make_sorter (void)
{
  GtkMultiSorter *sorter = gtk_multi_sorter_new ();
  GtkExpression *rank = gtk_cclosure_expression_new (G_TYPE_INT, NULL, 0, NULL, G_CALLBACK (get_rank),
                                                     NULL, NULL);
  GtkExpression *name = gtk_cclosure_expression_new (G_TYPE_STRING, NULL, 0, NULL,
                                                     G_CALLBACK (get_name), NULL, NULL);

  gtk_multi_sorter_append (sorter, GTK_SORTER (gtk_numeric_sorter_new (rank)));
  gtk_multi_sorter_append (sorter, GTK_SORTER (gtk_string_sorter_new (name)));

  return GTK_SORTER (sorter);
}

static GListModel *
list_folder (SageFileTree *self,
             GFile        *folder)
{
  GtkDirectoryList *directory = gtk_directory_list_new (ATTRIBUTES, folder);
  GtkFilterListModel *shown = gtk_filter_list_model_new (G_LIST_MODEL (directory),
                                                         g_object_ref (self->filter));
  GtkSortListModel *sorted = gtk_sort_list_model_new (G_LIST_MODEL (shown), make_sorter ());

  gtk_sort_list_model_set_incremental (sorted, TRUE);
  sage_file_tree_watch_marks (self, folder, G_LIST_MODEL (sorted));

  return G_LIST_MODEL (sorted);
}

static GListModel *
list_children (gpointer item,
               gpointer user_data)
{
  if (g_file_info_get_file_type (item) != G_FILE_TYPE_DIRECTORY)
    return NULL;

  return list_folder (user_data, file_of (item));
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

/* Text opens here; for other files the desktop knows a program. */
static void
open_file (SageFileTree *self,
           GFile        *file)
{
  g_autofree char *name = g_file_get_basename (file);

  if (g_file_peek_path (file) != NULL && sage_file_is_text (name))
    {
      g_autofree char *uri = g_file_get_uri (file);

      gtk_widget_activate_action (GTK_WIDGET (self), "win.open-file", "(s@a{sv})", uri,
                                  g_variant_new_array (G_VARIANT_TYPE ("{sv}"), NULL, 0));
    }
  else
    {
      g_autoptr(GtkFileLauncher) launcher = gtk_file_launcher_new (file);

      gtk_file_launcher_launch (launcher, GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))),
                                NULL, launched_cb, g_object_ref (self));
    }
}

static void
activate_cb (SageFileTree *self,
             guint         position)
{
  g_autoptr(GtkTreeListRow) row
    = g_list_model_get_item (G_LIST_MODEL (gtk_list_view_get_model (self->view)), position);
  g_autoptr(GFileInfo) info = gtk_tree_list_row_get_item (row);

  if (gtk_tree_list_row_is_expandable (row))
    gtk_tree_list_row_set_expanded (row, !gtk_tree_list_row_get_expanded (row));
  else
    open_file (self, file_of (info));
}

static void
setup_cb (GtkSignalListItemFactory *factory,
          GtkListItem              *item)
{
  GtkWidget *expander = gtk_tree_expander_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_box_append (GTK_BOX (box), gtk_image_new ());
  gtk_box_append (GTK_BOX (box), label);
  sage_file_tree_add_mark (GTK_BOX (box));
  gtk_tree_expander_set_child (GTK_TREE_EXPANDER (expander), box);
  gtk_list_item_set_child (item, expander);
}

static void
bind_cb (SageFileTree *self,
         GtkListItem  *item)
{
  GtkTreeListRow *row = gtk_list_item_get_item (item);
  g_autoptr(GFileInfo) info = gtk_tree_list_row_get_item (row);
  g_autofree char *name = sage_file_name_to_show (g_file_info_get_name (info));
  GtkTreeExpander *expander = GTK_TREE_EXPANDER (gtk_list_item_get_child (item));
  GtkWidget *image = gtk_widget_get_first_child (gtk_tree_expander_get_child (expander));
  GtkWidget *label = gtk_widget_get_next_sibling (image);

  gtk_tree_expander_set_list_row (expander, row);
  gtk_image_set_from_gicon (GTK_IMAGE (image), g_file_info_get_symbolic_icon (info));
  gtk_label_set_text (GTK_LABEL (label), name);
  gtk_widget_set_tooltip_text (label, g_utf8_strlen (name, -1) > TIP_CHARS ? name : NULL);
  gtk_list_item_set_accessible_label (item, name);
  sage_file_tree_bind_mark (self, item);
}

static void
unbind_cb (SageFileTree *self,
           GtkListItem  *item)
{
  GtkWidget *expander = gtk_list_item_get_child (item);

  if (self->name != NULL && gtk_widget_is_ancestor (GTK_WIDGET (self->name), expander))
    sage_file_tree_end_rename (self);
  sage_file_tree_unbind_mark (self, item);
  gtk_tree_expander_set_list_row (GTK_TREE_EXPANDER (expander), NULL);
}

/* Returns: (transfer full) (nullable): the row that is chosen */
GtkTreeListRow *
sage_file_tree_get_selected_row (SageFileTree *self)
{
  GtkSelectionModel *selection = gtk_list_view_get_model (self->view);
  gpointer row = selection != NULL
                   ? gtk_single_selection_get_selected_item (GTK_SINGLE_SELECTION (selection)) : NULL;

  return row != NULL ? g_object_ref (row) : NULL;
}

/* Returns: (transfer full) (nullable): the file that is chosen */
GFile *
sage_file_tree_get_selected (SageFileTree *self)
{
  g_autoptr(GtkTreeListRow) row = sage_file_tree_get_selected_row (self);
  g_autoptr(GFileInfo) info = row != NULL ? gtk_tree_list_row_get_item (row) : NULL;

  return info != NULL ? g_object_ref (file_of (info)) : NULL;
}

static void
sage_file_tree_dispose (GObject *object)
{
  SageFileTree *self = SAGE_FILE_TREE (object);

  g_clear_handle_id (&self->left_id, g_source_remove);
  g_clear_weak_pointer (&self->drop_target);
  if (self->view != NULL)
    gtk_list_view_set_model (self->view, NULL);
  g_clear_object (&self->renamed);
  g_clear_pointer ((GtkWidget **) &self->menu, gtk_widget_unparent);
  g_clear_handle_id (&self->menu_id, g_source_remove);
  adw_bin_set_child (ADW_BIN (self), NULL);
  self->view = NULL;
  g_clear_object (&self->marks);
  g_clear_object (&self->filter);
  g_clear_object (&self->folder);

  G_OBJECT_CLASS (sage_file_tree_parent_class)->dispose (object);
}

static void
sage_file_tree_finalize (GObject *object)
{
  g_string_free (SAGE_FILE_TREE (object)->typed, TRUE);

  G_OBJECT_CLASS (sage_file_tree_parent_class)->finalize (object);
}

static void
sage_file_tree_class_init (SageFileTreeClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sage_file_tree_dispose;
  G_OBJECT_CLASS (klass)->finalize = sage_file_tree_finalize;
  sage_file_tree_actions_install (GTK_WIDGET_CLASS (klass));
}

static void
sage_file_tree_init (SageFileTree *self)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();

  g_signal_connect (factory, "setup", G_CALLBACK (setup_cb), NULL);
  g_signal_connect_swapped (factory, "bind", G_CALLBACK (bind_cb), self);
  g_signal_connect_swapped (factory, "unbind", G_CALLBACK (unbind_cb), self);
  self->view = GTK_LIST_VIEW (gtk_list_view_new (NULL, factory));
  gtk_widget_add_css_class (GTK_WIDGET (self->view), "navigation-sidebar");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->view), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("Files of the project"), -1);
  g_signal_connect_swapped (self->view, "activate", G_CALLBACK (activate_cb), self);
  self->filter = GTK_FILTER (gtk_custom_filter_new (is_shown, self, NULL));
  adw_bin_set_child (ADW_BIN (self),
                     g_object_new (GTK_TYPE_SCROLLED_WINDOW, "child", self->view, "vexpand", TRUE,
                                   "hscrollbar-policy", GTK_POLICY_NEVER, "propagate-natural-height",
                                   TRUE, "min-content-height", 120, NULL));
  sage_file_tree_actions_init (self);
  sage_file_tree_move_init (self);
  sage_file_tree_type_init (self);
}

/**
 * sage_file_tree_set_folder:
 * @self: a file tree
 * @folder: (nullable): what to show the files of
 */
void
sage_file_tree_set_folder (SageFileTree *self,
                           GFile        *folder)
{
  g_autoptr(GtkSingleSelection) selection = NULL;

  g_return_if_fail (SAGE_IS_FILE_TREE (self));

  g_set_object (&self->folder, folder);
  g_clear_object (&self->marks);
  if (folder != NULL)
    {
      g_autofree char *strip = sage_strip_command ();
      GtkTreeListModel *tree;

      self->marks = sage_git_marks_new (folder, strip);
      tree = gtk_tree_list_model_new (list_folder (self, folder), FALSE, FALSE, list_children, self,
                                      NULL);
      selection = gtk_single_selection_new (G_LIST_MODEL (tree));
      gtk_single_selection_set_autoselect (selection, FALSE);
      gtk_single_selection_set_can_unselect (selection, TRUE);
    }
  gtk_list_view_set_model (self->view, GTK_SELECTION_MODEL (selection));
}
