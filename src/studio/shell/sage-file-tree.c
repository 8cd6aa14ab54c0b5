/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-file-tree"

#include "config.h"

#include <glib/gi18n.h>

#include "sage-file-tree.h"
#include "sage-page.h"

#define ATTRIBUTES "standard::name,standard::display-name,standard::type,standard::is-hidden," \
                   "standard::symbolic-icon"

struct _SageFileTree
{
  AdwBin       parent_instance;

  GtkListView *view;
};

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
  return !g_file_info_get_is_hidden (item);
}

/* Folders first, then by name. */
static int
compare (gconstpointer a,
         gconstpointer b,
         gpointer      user_data)
{
  GFileInfo *left = (GFileInfo *) a;
  GFileInfo *right = (GFileInfo *) b;
  gboolean left_folder = g_file_info_get_file_type (left) == G_FILE_TYPE_DIRECTORY;
  gboolean right_folder = g_file_info_get_file_type (right) == G_FILE_TYPE_DIRECTORY;

  if (left_folder != right_folder)
    return left_folder ? -1 : 1;

  return g_utf8_collate (g_file_info_get_display_name (left), g_file_info_get_display_name (right));
}

static GListModel *
list_folder (GFile *folder)
{
  GtkDirectoryList *directory = gtk_directory_list_new (ATTRIBUTES, folder);
  GtkFilter *filter = GTK_FILTER (gtk_custom_filter_new (is_shown, NULL, NULL));
  GtkFilterListModel *shown = gtk_filter_list_model_new (G_LIST_MODEL (directory), filter);
  GtkSorter *sorter = GTK_SORTER (gtk_custom_sorter_new (compare, NULL, NULL));

  return G_LIST_MODEL (gtk_sort_list_model_new (G_LIST_MODEL (shown), sorter));
}

static GListModel *
list_children (gpointer item,
               gpointer user_data)
{
  if (g_file_info_get_file_type (item) != G_FILE_TYPE_DIRECTORY)
    return NULL;

  return list_folder (file_of (item));
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

/* A pipeline's definition opens here; for other files the desktop knows a program. */
static void
open_file (SageFileTree *self,
           GFile        *file)
{
  g_autofree char *path = g_file_get_path (file);

  if (path != NULL && g_str_has_suffix (path, ".json"))
    {
      g_autofree char *location = g_strconcat ("definition/", path, NULL);

      gtk_widget_activate_action (GTK_WIDGET (self), "win.open", "s", location);
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
  gtk_tree_expander_set_child (GTK_TREE_EXPANDER (expander), box);
  gtk_list_item_set_child (item, expander);
}

static void
bind_cb (GtkSignalListItemFactory *factory,
         GtkListItem              *item)
{
  GtkTreeListRow *row = gtk_list_item_get_item (item);
  g_autoptr(GFileInfo) info = gtk_tree_list_row_get_item (row);
  GtkTreeExpander *expander = GTK_TREE_EXPANDER (gtk_list_item_get_child (item));
  GtkWidget *image = gtk_widget_get_first_child (gtk_tree_expander_get_child (expander));
  GtkWidget *label = gtk_widget_get_next_sibling (image);

  gtk_tree_expander_set_list_row (expander, row);
  gtk_image_set_from_gicon (GTK_IMAGE (image), g_file_info_get_symbolic_icon (info));
  gtk_label_set_text (GTK_LABEL (label), g_file_info_get_display_name (info));
  gtk_list_item_set_accessible_label (item, g_file_info_get_display_name (info));
}

static void
unbind_cb (GtkSignalListItemFactory *factory,
           GtkListItem              *item)
{
  gtk_tree_expander_set_list_row (GTK_TREE_EXPANDER (gtk_list_item_get_child (item)), NULL);
}

static void
sage_file_tree_class_init (SageFileTreeClass *klass)
{
}

static void
sage_file_tree_init (SageFileTree *self)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();

  g_signal_connect (factory, "setup", G_CALLBACK (setup_cb), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_cb), NULL);
  g_signal_connect (factory, "unbind", G_CALLBACK (unbind_cb), NULL);
  self->view = GTK_LIST_VIEW (gtk_list_view_new (NULL, factory));
  gtk_widget_add_css_class (GTK_WIDGET (self->view), "navigation-sidebar");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->view), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("Files of the project"), -1);
  g_signal_connect_swapped (self->view, "activate", G_CALLBACK (activate_cb), self);
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->view));
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

  if (folder != NULL)
    {
      GtkTreeListModel *tree = gtk_tree_list_model_new (list_folder (folder), FALSE, FALSE,
                                                        list_children, NULL, NULL);

      selection = gtk_single_selection_new (G_LIST_MODEL (tree));
      gtk_single_selection_set_autoselect (selection, FALSE);
      gtk_single_selection_set_can_unselect (selection, TRUE);
    }
  gtk_list_view_set_model (self->view, GTK_SELECTION_MODEL (selection));
}
