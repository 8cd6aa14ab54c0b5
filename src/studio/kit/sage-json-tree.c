/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-json-tree"

#include "config.h"

#include "sage-json-item-private.h"
#include "sage-json-row-private.h"
#include "sage-json-search-private.h"
#include "sage-json-tree-private.h"
#include "sage-json-walk-private.h"
#include "sage-text.h"

#define FIRST_ROWS 60    /* a new document is unfolded level by level while it stays within these */
#define MAX_DEPTH 100    /* how deep a match is looked for in the tree */
#define KEPT_ROWS 5000   /* of a document that is replaced, what was unfolded in these stays so */

struct _SageJsonTree
{
  GtkWidget           parent_instance;

  JsonNode           *node;     /* (owned) (nullable) */
  GtkTreeListModel   *model;    /* (owned) (nullable) */
  char               *query;    /* (owned) (nullable) */
  GPtrArray          *matches;  /* (owned) (nullable): of SageJsonMatch */
  int                 position; /* which match is selected; -1: none */
  GHashTable         *bound;    /* (owned): SageJsonRow (unowned): those in sight */

  GMenuModel         *context_menu;
  GtkWidget          *popover;  /* (nullable): made when it is asked for */
  GtkWidget          *window;
  GtkWidget          *list;
  GtkSingleSelection *selection;
};

enum
{
  SIGNAL_MATCHES_CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SageJsonTree, sage_json_tree, GTK_TYPE_WIDGET)

/* --- Rows ------------------------------------------------------------------------------------ */

static void
setup_cb (GtkSignalListItemFactory *factory,
          GtkListItem              *list_item,
          SageJsonTree             *self)
{
  gtk_list_item_set_focusable (list_item, FALSE); /* the expander is, and folds on arrow keys */
  gtk_list_item_set_child (list_item, sage_json_row_new ());
}

static void
bind_cb (GtkSignalListItemFactory *factory,
         GtkListItem              *list_item,
         SageJsonTree             *self)
{
  SageJsonRow *row = SAGE_JSON_ROW (gtk_list_item_get_child (list_item));

  sage_json_row_set_row (row, gtk_list_item_get_item (list_item));
  sage_json_row_highlight (row, self->query);
  g_hash_table_add (self->bound, row);
}

static void
unbind_cb (GtkSignalListItemFactory *factory,
           GtkListItem              *list_item,
           SageJsonTree             *self)
{
  SageJsonRow *row = SAGE_JSON_ROW (gtk_list_item_get_child (list_item));

  g_hash_table_remove (self->bound, row);
  sage_json_row_set_row (row, NULL);
}

static void
activate_cb (GtkListView  *list,
             guint         position,
             SageJsonTree *self)
{
  g_autoptr(GtkTreeListRow) row = g_list_model_get_item (G_LIST_MODEL (self->selection), position);

  if (row != NULL)
    gtk_tree_list_row_set_expanded (row, !gtk_tree_list_row_get_expanded (row));
}

static GListModel *
create_children (gpointer item,
                 gpointer user_data)
{
  return sage_json_item_make_children (item);
}

/* --- Folding --------------------------------------------------------------------------------- */

static char *
dup_row_path (GtkTreeListRow *row)
{
  g_autoptr(SageJsonItem) item = gtk_tree_list_row_get_item (row);

  return sage_json_item_dup_path (item);
}

static guint
n_rows (SageJsonTree *self)
{
  return self->model != NULL ? g_list_model_get_n_items (G_LIST_MODEL (self->model)) : 0;
}

/* Level by level, as long as all of it can be taken in at a glance. */
static void
unfold_first (SageJsonTree *self)
{
  for (guint depth = 0; n_rows (self) < FIRST_ROWS; depth++)
    {
      guint before = n_rows (self);

      for (guint i = 0; i < n_rows (self) && n_rows (self) < FIRST_ROWS; i++)
        {
          g_autoptr(GtkTreeListRow) row = gtk_tree_list_model_get_row (self->model, i);
          g_autoptr(SageJsonItem) item = gtk_tree_list_row_get_item (row);
          guint n = sage_json_n_children (sage_json_item_get_node (item));

          if (gtk_tree_list_row_get_depth (row) == depth && n_rows (self) + n <= FIRST_ROWS)
            gtk_tree_list_row_set_expanded (row, TRUE);
        }
      if (n_rows (self) == before)
        return;
    }
}

/* Returns: (transfer full): the paths of what is unfolded */
static GHashTable *
collect_unfolded (SageJsonTree *self)
{
  GHashTable *paths = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < MIN (n_rows (self), KEPT_ROWS); i++)
    {
      g_autoptr(GtkTreeListRow) row = gtk_tree_list_model_get_row (self->model, i);

      if (gtk_tree_list_row_get_expanded (row))
        g_hash_table_add (paths, dup_row_path (row));
    }

  return paths;
}

/* Unfolding a row puts its children after it, so one pass reaches all. */
static void
restore_unfolded (SageJsonTree *self,
                  GHashTable   *paths,
                  const char   *selected)
{
  for (guint i = 0; i < MIN (n_rows (self), KEPT_ROWS); i++)
    {
      g_autoptr(GtkTreeListRow) row = gtk_tree_list_model_get_row (self->model, i);
      g_autofree char *path = dup_row_path (row);

      if (g_hash_table_contains (paths, path))
        gtk_tree_list_row_set_expanded (row, TRUE);
      if (g_strcmp0 (path, selected) == 0)
        gtk_single_selection_set_selected (self->selection, i);
    }
}

static char *
dup_selected_path (SageJsonTree *self)
{
  GtkTreeListRow *row = gtk_single_selection_get_selected_item (self->selection);

  return row != NULL ? dup_row_path (row) : NULL;
}

/* --- Copying --------------------------------------------------------------------------------- */

static void
copy_value_action (GtkWidget  *widget,
                   const char *action_name,
                   GVariant   *parameter)
{
  SageJsonTree *self = SAGE_JSON_TREE (widget);
  GtkTreeListRow *row = gtk_single_selection_get_selected_item (self->selection);
  g_autoptr(SageJsonItem) item = NULL;
  g_autofree char *text = NULL;
  JsonNode *node;

  if (row == NULL)
    return;

  item = gtk_tree_list_row_get_item (row);
  node = sage_json_item_get_node (item);
  text = sage_json_n_children (node) > 0 ? sage_json_pretty (node, 0) : sage_json_scalar_text (node);
  sage_text_copy (widget, text);
}

static void
copy_path_action (GtkWidget  *widget,
                  const char *action_name,
                  GVariant   *parameter)
{
  g_autofree char *path = dup_selected_path (SAGE_JSON_TREE (widget));

  if (path != NULL)
    sage_text_copy (widget, path);
}

static void
selection_cb (SageJsonTree *self)
{
  gboolean any = gtk_single_selection_get_selected_item (self->selection) != NULL;

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "json-tree.copy-value", any);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "json-tree.copy-path", any);
}

static void
popup_menu_at (SageJsonTree *self,
               double        x,
               double        y)
{
  if (self->popover == NULL)
    {
      self->popover = gtk_popover_menu_new_from_model (self->context_menu);
      gtk_popover_set_has_arrow (GTK_POPOVER (self->popover), FALSE);
      gtk_widget_set_halign (self->popover, GTK_ALIGN_START);
      gtk_widget_set_parent (self->popover, GTK_WIDGET (self));
    }

  gtk_popover_set_pointing_to (GTK_POPOVER (self->popover),
                               &(GdkRectangle) { (int) x, (int) y, 1, 1 });
  gtk_popover_popup (GTK_POPOVER (self->popover));
}

/* The row under the pointer, or with the focus. Returns: (nullable) (transfer none): it */
static GtkTreeListRow *
find_row (GtkWidget *widget)
{
  GtkWidget *row = gtk_widget_get_ancestor (widget, SAGE_TYPE_JSON_ROW);

  if (row == NULL && widget != NULL)
    row = gtk_widget_get_first_child (widget); /* the cell around it */

  return SAGE_IS_JSON_ROW (row) ? sage_json_row_get_row (SAGE_JSON_ROW (row)) : NULL;
}

static void
pressed_cb (GtkGestureClick *gesture,
            int              n_press,
            double           x,
            double           y,
            SageJsonTree    *self)
{
  GtkWidget *under = gtk_widget_pick (self->list, x, y, GTK_PICK_DEFAULT);
  GtkTreeListRow *row = under != NULL ? find_row (under) : NULL;
  graphene_point_t point;

  if (row == NULL
      || !gtk_widget_compute_point (self->list, GTK_WIDGET (self),
                                    &GRAPHENE_POINT_INIT ((float) x, (float) y), &point))
    return;

  gtk_single_selection_set_selected (self->selection, gtk_tree_list_row_get_position (row));
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  popup_menu_at (self, point.x, point.y);
}

static void
menu_action (GtkWidget  *widget,
             const char *action_name,
             GVariant   *parameter)
{
  SageJsonTree *self = SAGE_JSON_TREE (widget);
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (widget));
  graphene_rect_t bounds;

  if (focus == NULL || !gtk_widget_is_ancestor (focus, self->list)
      || !gtk_widget_compute_bounds (focus, widget, &bounds))
    return;

  popup_menu_at (self, bounds.origin.x, bounds.origin.y + bounds.size.height);
}

/* --- Searching ------------------------------------------------------------------------------- */

/* Unfolds what is around a match and selects it; or what is around it, where it is too deep to be
 * seen beside what it is in. */
static void
reveal (SageJsonTree  *self,
        SageJsonMatch *match)
{
  g_autoptr(GtkTreeListRow) row = NULL;
  guint position;

  for (guint i = 0; i < MIN (match->depth, MAX_DEPTH); i++)
    {
      GtkTreeListRow *child;

      if (i == 0)
        child = gtk_tree_list_model_get_child_row (self->model, match->indexes[0]);
      else
        {
          gtk_tree_list_row_set_expanded (row, TRUE);
          child = gtk_tree_list_row_get_child_row (row, match->indexes[i]);
        }
      g_clear_object (&row);
      row = child;
      if (row == NULL)
        return;
    }

  position = gtk_tree_list_row_get_position (row);
  gtk_list_view_scroll_to (GTK_LIST_VIEW (self->list), position, GTK_LIST_SCROLL_SELECT, NULL);
}

static void
search (SageJsonTree *self,
        gboolean      select)
{
  g_clear_pointer (&self->matches, g_ptr_array_unref);
  self->position = -1;
  if (self->query != NULL && self->node != NULL)
    self->matches = sage_json_search (self->node, self->query);

  if (select)
    sage_json_tree_step (self, TRUE);
  else
    g_signal_emit (self, signals[SIGNAL_MATCHES_CHANGED], 0);
}

/* --- The object ------------------------------------------------------------------------------ */

static void
sage_json_tree_dispose (GObject *object)
{
  SageJsonTree *self = SAGE_JSON_TREE (object);

  g_clear_pointer (&self->popover, gtk_widget_unparent);
  gtk_widget_dispose_template (GTK_WIDGET (self), SAGE_TYPE_JSON_TREE);
  g_clear_object (&self->model);

  G_OBJECT_CLASS (sage_json_tree_parent_class)->dispose (object);
}

static void
sage_json_tree_finalize (GObject *object)
{
  SageJsonTree *self = SAGE_JSON_TREE (object);

  g_clear_pointer (&self->node, json_node_unref);
  g_clear_pointer (&self->matches, g_ptr_array_unref);
  g_hash_table_unref (self->bound);
  g_free (self->query);

  G_OBJECT_CLASS (sage_json_tree_parent_class)->finalize (object);
}

static void
sage_json_tree_class_init (SageJsonTreeClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = sage_json_tree_dispose;
  object_class->finalize = sage_json_tree_finalize;

  signals[SIGNAL_MATCHES_CHANGED] = g_signal_new ("matches-changed", G_TYPE_FROM_CLASS (klass),
                                                  G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                                  G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/sagebrush/Studio/ui/kit/sage-json-tree.ui");
  gtk_widget_class_bind_template_child (widget_class, SageJsonTree, context_menu);
  gtk_widget_class_bind_template_child (widget_class, SageJsonTree, window);
  gtk_widget_class_bind_template_child (widget_class, SageJsonTree, list);
  gtk_widget_class_bind_template_child (widget_class, SageJsonTree, selection);
  gtk_widget_class_bind_template_callback (widget_class, setup_cb);
  gtk_widget_class_bind_template_callback (widget_class, bind_cb);
  gtk_widget_class_bind_template_callback (widget_class, unbind_cb);
  gtk_widget_class_bind_template_callback (widget_class, activate_cb);
  gtk_widget_class_bind_template_callback (widget_class, pressed_cb);

  gtk_widget_class_install_action (widget_class, "json-tree.copy-value", NULL, copy_value_action);
  gtk_widget_class_install_action (widget_class, "json-tree.copy-path", NULL, copy_path_action);
  gtk_widget_class_install_action (widget_class, "json-tree.menu", NULL, menu_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_c, GDK_CONTROL_MASK,
                                       "json-tree.copy-value", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_c, GDK_CONTROL_MASK | GDK_SHIFT_MASK,
                                       "json-tree.copy-path", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Menu, 0, "json-tree.menu", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_F10, GDK_SHIFT_MASK, "json-tree.menu",
                                       NULL);
}

static void
sage_json_tree_init (SageJsonTree *self)
{
  self->position = -1;
  self->bound = g_hash_table_new (NULL, NULL);
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (self->selection, "notify::selected-item", G_CALLBACK (selection_cb), self,
                           G_CONNECT_SWAPPED);
  selection_cb (self);
}

/* Returns: (transfer floating): a tree without a document */
GtkWidget *
sage_json_tree_new (void)
{
  return g_object_new (SAGE_TYPE_JSON_TREE, NULL);
}

/* Shows another document, or the next state of the same: what is unfolded, selected and in sight
 * stays so where it is still there. */
void
sage_json_tree_set_node (SageJsonTree *self,
                         JsonNode     *node)
{
  GtkAdjustment *adjustment =
    gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (self->window));
  double scroll = gtk_adjustment_get_value (adjustment);
  g_autoptr(GHashTable) unfolded = collect_unfolded (self);
  g_autofree char *selected = dup_selected_path (self);
  g_autoptr(SageJsonItem) root = sage_json_item_new (NULL, NULL, 0, node);
  GListModel *children = sage_json_item_make_children (root);
  gboolean first = self->node == NULL;

  if (children == NULL)
    children = G_LIST_MODEL (g_list_store_new (SAGE_TYPE_JSON_ITEM));
  g_clear_pointer (&self->node, json_node_unref);
  self->node = json_node_ref (node);
  g_clear_object (&self->model);
  self->model = gtk_tree_list_model_new (children, FALSE, FALSE, create_children, NULL, NULL);

  if (first)
    unfold_first (self);
  gtk_single_selection_set_model (self->selection, G_LIST_MODEL (self->model));
  if (!first)
    restore_unfolded (self, unfolded, selected);
  gtk_adjustment_set_value (adjustment, scroll);
  search (self, FALSE);
}

/* @query (nullable): what to search for; the first match is selected */
void
sage_json_tree_set_query (SageJsonTree *self,
                          const char   *query)
{
  GHashTableIter iter;
  gpointer row;

  if (query != NULL && query[0] == '\0')
    query = NULL;
  if (!g_set_str (&self->query, query))
    return;

  search (self, query != NULL);
  g_hash_table_iter_init (&iter, self->bound);
  while (g_hash_table_iter_next (&iter, &row, NULL))
    sage_json_row_highlight (row, query);
}

/* Selects the next match, or the one before; after the last comes the first. */
void
sage_json_tree_step (SageJsonTree *self,
                     gboolean      forward)
{
  int n = self->matches != NULL ? (int) self->matches->len : 0;

  if (n > 0)
    {
      if (self->position < 0)
        self->position = forward ? 0 : n - 1;
      else
        self->position = (self->position + (forward ? 1 : n - 1)) % n;
      reveal (self, g_ptr_array_index (self->matches, self->position));
    }

  g_signal_emit (self, signals[SIGNAL_MATCHES_CHANGED], 0);
}

/* Returns: how many matches there are; @position: (out): which one is selected, from 0; -1: none */
int
sage_json_tree_get_matches (SageJsonTree *self,
                            int          *position)
{
  *position = self->position;

  return self->matches != NULL ? (int) self->matches->len : 0;
}
