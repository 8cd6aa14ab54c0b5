/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-file-tree"

#include "config.h"

#include <glib/gi18n.h>

#include "sage-file-tree-private.h"

/* What git says of the files, beside their names. */
typedef struct
{
  const char *letter; /* (nullable) */
  const char *word;   /* (nullable) */
  const char *style;  /* (nullable) */
} Look;

static const Look looks[] = {
  [SAGE_GIT_UNCHANGED] = { NULL, NULL, NULL },
  /* Translators: one letter for a file that is modified */
  [SAGE_GIT_MODIFIED] = { NC_("git mark", "M"), N_("Modified since the last commit"), "accent" },
  /* Translators: one letter for a file that is new */
  [SAGE_GIT_NEW] = { NC_("git mark", "N"), N_("Not in the last commit"), "success" },
  [SAGE_GIT_CONFLICT] = { "!", N_("A merge left conflicts"), "error" },
  [SAGE_GIT_CONTAINS] = { "•", N_("Contains changes since the last commit"), "accent" },
  [SAGE_GIT_IGNORED] = { NULL, N_("Ignored by git"), NULL },
};

static GtkWidget *
find_mark (GtkListItem *item)
{
  GtkTreeExpander *expander = GTK_TREE_EXPANDER (gtk_list_item_get_child (item));

  return gtk_widget_get_last_child (gtk_tree_expander_get_child (expander));
}

static void
show_mark (GtkListItem  *item,
           SageGitMarks *marks)
{
  GtkTreeListRow *row = gtk_list_item_get_item (item);
  g_autoptr(GFileInfo) info = gtk_tree_list_row_get_item (row);
  GFile *file = G_FILE (g_file_info_get_attribute_object (info, "standard::file"));
  GtkWidget *label = find_mark (item);
  SageGitMark mark = sage_git_marks_get (marks, file);
  const Look *look = &looks[mark];
  const char *classes[] = { "caption-heading", look->style, NULL };

  gtk_label_set_text (GTK_LABEL (label),
                      look->letter != NULL ? g_dpgettext2 (NULL, "git mark", look->letter) : "");
  gtk_widget_set_css_classes (label, classes);
  gtk_widget_set_visible (label, look->letter != NULL);
  gtk_widget_set_tooltip_text (label, look->word != NULL ? _(look->word) : NULL);
  gtk_list_item_set_accessible_description (item, look->word != NULL ? _(look->word) : "");
  if (mark == SAGE_GIT_IGNORED)
    gtk_widget_add_css_class (gtk_widget_get_parent (label), "dimmed");
  else
    gtk_widget_remove_css_class (gtk_widget_get_parent (label), "dimmed");
}

/* Adds what will show the mark to a row's @box, as its last. */
void
sage_file_tree_add_mark (GtkBox *box)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_widget_set_hexpand (label, TRUE);
  gtk_widget_set_halign (label, GTK_ALIGN_END);
  gtk_box_append (box, label);
}

void
sage_file_tree_bind_mark (SageFileTree *self,
                          GtkListItem  *item)
{
  g_signal_connect_object (self->marks, "changed", G_CALLBACK (show_mark), item, G_CONNECT_SWAPPED);
  show_mark (item, self->marks);
}

void
sage_file_tree_unbind_mark (SageFileTree *self,
                            GtkListItem  *item)
{
  if (self->marks != NULL)
    g_signal_handlers_disconnect_by_func (self->marks, show_mark, item);
}

/* Has changes of the files in @folder noticed, as long as @list is there. */
void
sage_file_tree_watch_marks (SageFileTree *self,
                            GFile        *folder,
                            GListModel   *list)
{
  GFileMonitor *monitor = sage_git_marks_watch (self->marks, folder);

  if (monitor != NULL)
    g_object_set_data_full (G_OBJECT (list), "sage-git-monitor", monitor, g_object_unref);
}
