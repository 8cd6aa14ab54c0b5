/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-search-view"

#include "config.h"

#include <glib/gi18n.h>

#include "sage-search-row.h"
#include "sage-search-view.h"

struct _SageSearchView
{
  AdwBin             parent_instance;

  SageProjectSearch *search;      /* (owned) (nullable) */
  char              *replacement; /* (owned) (nullable): what is to take the place of what is chosen */
  GPtrArray         *bound;       /* (owned): of GtkListItem (unowned): those in sight */
  GtkListView       *list;
};

enum
{
  SIGNAL_CHOSEN_CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SageSearchView, sage_search_view, ADW_TYPE_BIN)

/* --- Rows ------------------------------------------------------------------------------------- */

static SageSearchRow *
row_of (GtkListItem *item)
{
  GtkTreeExpander *expander = GTK_TREE_EXPANDER (gtk_list_item_get_child (item));

  return SAGE_SEARCH_ROW (gtk_tree_expander_get_child (expander));
}

static void
update_row (SageSearchView *self,
            GtkListItem    *item)
{
  sage_search_row_update (row_of (item), sage_project_search_get_pattern (self->search),
                          self->replacement);
  gtk_list_item_set_accessible_label (item, sage_search_row_get_name (row_of (item)));
}

static void
update_rows (SageSearchView *self)
{
  for (guint i = 0; i < self->bound->len; i++)
    update_row (self, self->bound->pdata[i]);
}

static void
chosen_cb (SageSearchView *self)
{
  update_rows (self);
  g_signal_emit (self, signals[SIGNAL_CHOSEN_CHANGED], 0);
}

static void
setup_cb (SageSearchView *self,
          GtkListItem    *item)
{
  GtkWidget *expander = gtk_tree_expander_new ();
  GtkWidget *row = sage_search_row_new ();

  gtk_tree_expander_set_child (GTK_TREE_EXPANDER (expander), row);
  gtk_list_item_set_child (item, expander);
  g_signal_connect_object (row, "chosen", G_CALLBACK (chosen_cb), self, G_CONNECT_SWAPPED);
}

static void
bind_cb (SageSearchView *self,
         GtkListItem    *item)
{
  GtkTreeListRow *row = gtk_list_item_get_item (item);
  g_autoptr(GObject) found = gtk_tree_list_row_get_item (row);

  gtk_tree_expander_set_list_row (GTK_TREE_EXPANDER (gtk_list_item_get_child (item)), row);
  sage_search_row_set_item (row_of (item), found);
  g_ptr_array_add (self->bound, item);
  update_row (self, item);
}

static void
unbind_cb (SageSearchView *self,
           GtkListItem    *item)
{
  gtk_tree_expander_set_list_row (GTK_TREE_EXPANDER (gtk_list_item_get_child (item)), NULL);
  sage_search_row_set_item (row_of (item), NULL);
  g_ptr_array_remove_fast (self->bound, item);
}

/* --- Opening ---------------------------------------------------------------------------------- */

static void
open_match (SageSearchView  *self,
            SageSearchFile  *file,
            SageSearchMatch *match)
{
  g_autofree char *uri = g_file_get_uri (file->file);
  GVariantDict state;

  g_variant_dict_init (&state, NULL);
  if (match->cell == SAGE_SEARCH_NO_CELL)
    {
      g_variant_dict_insert (&state, "line", "i", (int) match->line);
      g_variant_dict_insert (&state, "column", "i", (int) match->column);
      g_variant_dict_insert (&state, "length", "i", (int) g_utf8_strlen (match->matched, -1));
    }
  else
    {
      g_variant_dict_insert (&state, "current", "u", match->cell);
      if (!match->in_output)
        g_variant_dict_insert (&state, "range", "(tt)", (guint64) match->start,
                               (guint64) (match->end - match->start));
    }
  gtk_widget_activate_action (GTK_WIDGET (self), "win.open-file", "(s@a{sv})", uri,
                              g_variant_dict_end (&state));
}

static void
activate_cb (SageSearchView *self,
             guint           position)
{
  g_autoptr(GtkTreeListRow) row
    = g_list_model_get_item (G_LIST_MODEL (gtk_list_view_get_model (self->list)), position);
  g_autoptr(GtkTreeListRow) outer = gtk_tree_list_row_get_parent (row);
  g_autoptr(GObject) found = gtk_tree_list_row_get_item (row);
  g_autoptr(GObject) file = outer != NULL ? gtk_tree_list_row_get_item (outer) : NULL;

  if (file != NULL)
    open_match (self, SAGE_SEARCH_FILE (file), SAGE_SEARCH_MATCH (found));
  else
    gtk_tree_list_row_set_expanded (row, !gtk_tree_list_row_get_expanded (row));
}

/* Space chooses, where there is something to choose. */
static gboolean
key_cb (SageSearchView  *self,
        guint            key,
        guint            code,
        GdkModifierType  state)
{
  GtkSingleSelection *selection = GTK_SINGLE_SELECTION (gtk_list_view_get_model (self->list));

  if (key != GDK_KEY_space || selection == NULL
      || (state & (GDK_CONTROL_MASK | GDK_SHIFT_MASK | GDK_ALT_MASK)) != 0)
    return GDK_EVENT_PROPAGATE;

  for (guint i = 0; i < self->bound->len; i++)
    {
      GtkListItem *item = self->bound->pdata[i];

      if (gtk_list_item_get_position (item) == gtk_single_selection_get_selected (selection))
        return sage_search_row_flip (row_of (item));
    }

  return GDK_EVENT_PROPAGATE;
}

/* --- The view --------------------------------------------------------------------------------- */

static GListModel *
list_matches (gpointer item,
              gpointer user_data)
{
  return SAGE_IS_SEARCH_FILE (item) ? G_LIST_MODEL (g_object_ref (SAGE_SEARCH_FILE (item)->matches))
                                    : NULL;
}

static void
sage_search_view_dispose (GObject *object)
{
  SageSearchView *self = SAGE_SEARCH_VIEW (object);

  if (self->list != NULL)
    gtk_list_view_set_model (self->list, NULL);
  adw_bin_set_child (ADW_BIN (self), NULL);
  self->list = NULL;
  g_clear_object (&self->search);
  g_clear_pointer (&self->bound, g_ptr_array_unref);
  g_clear_pointer (&self->replacement, g_free);

  G_OBJECT_CLASS (sage_search_view_parent_class)->dispose (object);
}

static void
sage_search_view_class_init (SageSearchViewClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sage_search_view_dispose;

  signals[SIGNAL_CHOSEN_CHANGED] = g_signal_new ("chosen-changed", G_TYPE_FROM_CLASS (klass),
                                                 G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
sage_search_view_init (SageSearchView *self)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  GtkEventController *keys = gtk_event_controller_key_new ();

  self->bound = g_ptr_array_new ();
  g_signal_connect_swapped (factory, "setup", G_CALLBACK (setup_cb), self);
  g_signal_connect_swapped (factory, "bind", G_CALLBACK (bind_cb), self);
  g_signal_connect_swapped (factory, "unbind", G_CALLBACK (unbind_cb), self);
  self->list = GTK_LIST_VIEW (gtk_list_view_new (NULL, factory));
  gtk_widget_add_css_class (GTK_WIDGET (self->list), "search-results");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("What was found"), -1);
  g_signal_connect_swapped (self->list, "activate", G_CALLBACK (activate_cb), self);
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (key_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self->list), keys);
  adw_bin_set_child (ADW_BIN (self), g_object_new (GTK_TYPE_SCROLLED_WINDOW, "child", self->list,
                                                   "vexpand", TRUE, "hscrollbar-policy",
                                                   GTK_POLICY_NEVER, NULL));
}

/* @search: (nullable): whose matches to show */
void
sage_search_view_set_search (SageSearchView    *self,
                             SageProjectSearch *search)
{
  g_autoptr(GtkSingleSelection) selection = NULL;

  g_return_if_fail (SAGE_IS_SEARCH_VIEW (self));

  gtk_list_view_set_model (self->list, NULL);
  g_set_object (&self->search, search);
  if (search == NULL)
    return;

  selection = gtk_single_selection_new (G_LIST_MODEL (gtk_tree_list_model_new (
    g_object_ref (sage_project_search_get_files (search)), FALSE, TRUE, list_matches, NULL, NULL)));
  gtk_single_selection_set_autoselect (selection, FALSE);
  gtk_single_selection_set_can_unselect (selection, TRUE);
  gtk_list_view_set_model (self->list, GTK_SELECTION_MODEL (selection));
}

/* @replacement: (nullable): what is to take the place of what is chosen; %NULL when nothing is to */
void
sage_search_view_set_replacement (SageSearchView *self,
                                  const char     *replacement)
{
  g_return_if_fail (SAGE_IS_SEARCH_VIEW (self));

  if (g_set_str (&self->replacement, replacement))
    update_rows (self);
}
