/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-index-model"

#include "config.h"

#include "sage-index-model-private.h"
#include "sage-index-rows.h"

enum
{
  SIGNAL_UPDATED,
  SIGNAL_GO_TO_TOP,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void sage_index_model_list_init      (GListModelInterface        *iface);
static void sage_index_model_selection_init (GtkSelectionModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (SageIndexModel, sage_index_model, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL,
                                                      sage_index_model_list_init)
                               G_IMPLEMENT_INTERFACE (GTK_TYPE_SELECTION_MODEL,
                                                      sage_index_model_selection_init))

static void
items_changed_cb (GListModel     *source,
                  guint           position,
                  guint           removed,
                  guint           added,
                  SageIndexModel *self)
{
  gboolean many = removed + added > SAGE_INDEX_MANY;

  sage_index_model_remove_rows (self, position, removed, many);
  sage_index_model_add_rows (self, position, added, many);

  /* A count under way has lost its place. */
  if (many || self->step == SAGE_INDEX_COUNT)
    sage_index_model_begin (self, SAGE_INDEX_COUNT);
}

static void
order_changed_cb (GtkSorter       *order,
                  GtkSorterChange  change,
                  SageIndexModel  *self)
{
  self->anew = TRUE;
  sage_index_model_begin (self, SAGE_INDEX_SORT);
}

static void
sage_index_model_dispose (GObject *object)
{
  SageIndexModel *self = SAGE_INDEX_MODEL (object);

  sage_index_model_stop (self);
  g_clear_handle_id (&self->flush, g_source_remove);
  if (self->source != NULL)
    g_signal_handlers_disconnect_by_data (self->source, self);
  g_clear_object (&self->source);
  if (self->order != NULL)
    g_signal_handlers_disconnect_by_data (self->order, self);
  g_clear_object (&self->order);

  G_OBJECT_CLASS (sage_index_model_parent_class)->dispose (object);
}

static void
sage_index_model_finalize (GObject *object)
{
  SageIndexModel *self = SAGE_INDEX_MODEL (object);

  for (guint i = 0; i < self->rows->len; i++)
    g_object_unref (g_array_index (self->rows, SageIndexRow, i).resource);
  g_array_unref (self->rows);
  g_ptr_array_unref (self->sorted);
  g_ptr_array_unref (self->shown);
  g_ptr_array_unref (self->gone);
  g_hash_table_unref (self->touched);
  gtk_bitset_unref (self->selected);

  G_OBJECT_CLASS (sage_index_model_parent_class)->finalize (object);
}

static void
sage_index_model_class_init (SageIndexModelClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = sage_index_model_dispose;
  object_class->finalize = sage_index_model_finalize;

  signals[SIGNAL_UPDATED] = g_signal_new ("updated", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                          0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_GO_TO_TOP] = g_signal_new ("go-to-top", G_TYPE_FROM_CLASS (klass),
                                            G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
sage_index_model_init (SageIndexModel *self)
{
  self->rows = g_array_new (FALSE, FALSE, sizeof (SageIndexRow));
  self->sorted = g_ptr_array_new ();
  self->shown = g_ptr_array_new ();
  self->gone = g_ptr_array_new_with_free_func (g_object_unref);
  self->touched = g_hash_table_new_full (NULL, NULL, g_object_unref, NULL);
  self->selected = gtk_bitset_new_empty ();
  self->step = SAGE_INDEX_REST;
  self->first = SAGE_INDEX_REST;
}

static GType
sage_index_model_get_item_type (GListModel *list)
{
  return SAGE_TYPE_RESOURCE;
}

static guint
sage_index_model_get_n_items (GListModel *list)
{
  SageIndexModel *self = SAGE_INDEX_MODEL (list);

  return self->shown->len + (self->leaving != NULL ? self->leaving->len : 0);
}

static gpointer
sage_index_model_get_item (GListModel *list,
                           guint       position)
{
  SageIndexModel *self = SAGE_INDEX_MODEL (list);

  if (position < self->shown->len)
    return g_object_ref (self->shown->pdata[position]);

  position -= self->shown->len;

  return self->leaving != NULL && position < self->leaving->len
           ? g_object_ref (self->leaving->pdata[position]) : NULL;
}

static void
sage_index_model_list_init (GListModelInterface *iface)
{
  iface->get_item_type = sage_index_model_get_item_type;
  iface->get_n_items = sage_index_model_get_n_items;
  iface->get_item = sage_index_model_get_item;
}

static gboolean
sage_index_model_is_selected (GtkSelectionModel *model,
                              guint              position)
{
  return gtk_bitset_contains (SAGE_INDEX_MODEL (model)->selected, position);
}

static GtkBitset *
sage_index_model_get_selection_in_range (GtkSelectionModel *model,
                                         guint              position,
                                         guint              n_items)
{
  return gtk_bitset_copy (SAGE_INDEX_MODEL (model)->selected);
}

/* The other ways to select come down to this one. */
static gboolean
sage_index_model_set_selection (GtkSelectionModel *model,
                                GtkBitset         *selected,
                                GtkBitset         *mask)
{
  SageIndexModel *self = SAGE_INDEX_MODEL (model);
  g_autoptr(GtkBitset) next = gtk_bitset_copy (self->selected);
  g_autoptr(GtkBitset) within = gtk_bitset_copy (selected);
  g_autoptr(GtkBitset) changes = NULL;
  guint start;

  gtk_bitset_intersect (within, mask);
  gtk_bitset_subtract (next, mask);
  gtk_bitset_union (next, within);
  gtk_bitset_remove_range_closed (next, self->shown->len, G_MAXUINT);

  changes = gtk_bitset_copy (next);
  gtk_bitset_difference (changes, self->selected);
  if (gtk_bitset_is_empty (changes))
    return TRUE;

  gtk_bitset_unref (self->selected);
  self->selected = g_steal_pointer (&next);
  start = gtk_bitset_get_minimum (changes);
  gtk_selection_model_selection_changed (model, start,
                                         gtk_bitset_get_maximum (changes) - start + 1);

  return TRUE;
}

static void
sage_index_model_selection_init (GtkSelectionModelInterface *iface)
{
  iface->is_selected = sage_index_model_is_selected;
  iface->get_selection_in_range = sage_index_model_get_selection_in_range;
  iface->set_selection = sage_index_model_set_selection;
}

void
sage_index_model_updated (SageIndexModel *self)
{
  g_signal_emit (self, signals[SIGNAL_UPDATED], 0);
}

void
sage_index_model_go_to_top (SageIndexModel *self)
{
  g_signal_emit (self, signals[SIGNAL_GO_TO_TOP], 0);
}

/**
 * sage_index_model_new:
 * @belongs: whether a row is in the list at all
 * @matches: whether a row that belongs is shown
 * @user_data: for them; it must outlive the model
 *
 * Returns: (transfer full): a model without rows
 */
SageIndexModel *
sage_index_model_new (SageIndexTest belongs,
                      SageIndexTest matches,
                      gpointer      user_data)
{
  SageIndexModel *self = g_object_new (SAGE_TYPE_INDEX_MODEL, NULL);

  self->belongs = belongs;
  self->matches = matches;
  self->user_data = user_data;

  return self;
}

/**
 * sage_index_model_set_source:
 * @self: a model
 * @source: (nullable): a list of #SageResource, each of them once
 */
void
sage_index_model_set_source (SageIndexModel *self,
                             GListModel     *source)
{
  g_return_if_fail (SAGE_IS_INDEX_MODEL (self));

  if (self->source == source)
    return;

  if (self->source != NULL)
    g_signal_handlers_disconnect_by_data (self->source, self);
  g_set_object (&self->source, source);
  if (source != NULL)
    g_signal_connect (source, "items-changed", G_CALLBACK (items_changed_cb), self);

  sage_index_model_remove_rows (self, 0, self->rows->len, TRUE);
  if (source != NULL)
    sage_index_model_add_rows (self, 0, g_list_model_get_n_items (source), TRUE);
  sage_index_model_begin (self, SAGE_INDEX_COUNT);
}

/**
 * sage_index_model_set_order:
 * @self: a model
 * @order: (nullable): what comes first; newest first breaks its ties
 */
void
sage_index_model_set_order (SageIndexModel *self,
                            GtkSorter      *order)
{
  g_return_if_fail (SAGE_IS_INDEX_MODEL (self));

  if (self->order != NULL)
    g_signal_handlers_disconnect_by_data (self->order, self);
  g_set_object (&self->order, order);
  if (order != NULL)
    g_signal_connect (order, "changed", G_CALLBACK (order_changed_cb), self);
  sage_index_model_begin (self, SAGE_INDEX_SORT);
}

/**
 * sage_index_model_refilter:
 * @self: a model
 * @anew: whether the user has asked for other rows; otherwise what is in sight stays there
 *
 * To be called when other rows match.
 */
void
sage_index_model_refilter (SageIndexModel *self,
                           gboolean        anew)
{
  g_return_if_fail (SAGE_IS_INDEX_MODEL (self));

  self->anew |= anew;
  sage_index_model_begin (self, SAGE_INDEX_FILTER);
}

/**
 * sage_index_model_recount:
 * @self: a model
 *
 * To be called when other rows belong, or when rows have changed that nobody knows of.
 */
void
sage_index_model_recount (SageIndexModel *self)
{
  g_return_if_fail (SAGE_IS_INDEX_MODEL (self));

  sage_index_model_begin (self, SAGE_INDEX_COUNT);
}

/**
 * sage_index_model_row_changed:
 * @self: a model
 * @row: a resource, whether it is one of the rows or not
 *
 * Puts the row to where it now belongs, before the next frame.
 */
void
sage_index_model_row_changed (SageIndexModel *self,
                              SageResource   *row)
{
  gpointer fate;

  g_return_if_fail (SAGE_IS_INDEX_MODEL (self));
  g_return_if_fail (SAGE_IS_RESOURCE (row));

  if (!g_hash_table_lookup_extended (self->touched, row, NULL, &fate)
      || GPOINTER_TO_INT (fate) != SAGE_INDEX_REMOVED)
    sage_index_model_touch (self, row, SAGE_INDEX_CHANGED);
}

/**
 * sage_index_model_get_total:
 * @self: a model
 *
 * Returns: how many rows belong, whether they match or not
 */
guint
sage_index_model_get_total (SageIndexModel *self)
{
  g_return_val_if_fail (SAGE_IS_INDEX_MODEL (self), 0);

  return self->total;
}

/**
 * sage_index_model_get_count:
 * @self: a model
 * @state: a state
 *
 * Returns: how many of the rows that belong are in it
 */
guint
sage_index_model_get_count (SageIndexModel *self,
                            SageState       state)
{
  g_return_val_if_fail (SAGE_IS_INDEX_MODEL (self), 0);
  g_return_val_if_fail (state < SAGE_INDEX_N_STATES, 0);

  return self->counts[state];
}

/**
 * sage_index_model_is_busy:
 * @self: a model
 *
 * Returns: whether other rows are about to be shown
 */
gboolean
sage_index_model_is_busy (SageIndexModel *self)
{
  g_return_val_if_fail (SAGE_IS_INDEX_MODEL (self), FALSE);

  return self->step != SAGE_INDEX_REST || self->flush != 0;
}

/**
 * sage_index_model_find:
 * @self: a model
 * @row: (nullable): a resource
 *
 * Returns: where it is among the rows shown; %GTK_INVALID_LIST_POSITION if it is not
 */
guint
sage_index_model_find (SageIndexModel *self,
                       SageResource   *row)
{
  guint position;

  g_return_val_if_fail (SAGE_IS_INDEX_MODEL (self), GTK_INVALID_LIST_POSITION);

  return row != NULL && g_ptr_array_find (self->shown, row, &position) ? position
                                                                       : GTK_INVALID_LIST_POSITION;
}

guint
sage_index_model_n_selected (SageIndexModel *self)
{
  g_return_val_if_fail (SAGE_IS_INDEX_MODEL (self), 0);

  return gtk_bitset_get_size (self->selected);
}

/**
 * sage_index_model_dup_selected:
 * @self: a model
 *
 * Returns: (transfer full): the rows that are selected now; the list does not change any more
 */
GListModel *
sage_index_model_dup_selected (SageIndexModel *self)
{
  g_autoptr(GPtrArray) rows = NULL;
  GtkBitsetIter iter;
  guint position;

  g_return_val_if_fail (SAGE_IS_INDEX_MODEL (self), NULL);

  rows = g_ptr_array_new_full (gtk_bitset_get_size (self->selected), g_object_unref);
  if (gtk_bitset_iter_init_first (&iter, self->selected, &position))
    do
      g_ptr_array_add (rows, g_object_ref (self->shown->pdata[position]));
    while (gtk_bitset_iter_next (&iter, &position));

  return G_LIST_MODEL (sage_index_rows_new (rows));
}
