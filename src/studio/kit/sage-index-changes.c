/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-index-model"

#include "config.h"

#include <string.h>

#include "sage-index-model-private.h"
#include "sage-natural.h"

/* How SageIndexModel follows its source, and puts what has changed to where it belongs. */

#define SAGE_INDEX_FEW 50 /* rows: their widgets are quickly made */
#define FEW_TOUCHED 4 /* rows: comparing with each is faster than looking up in a table */
#define PACE_MS 100

/* Total, so that a row is found where it was put: by the order, then newest first, then by name. */
int
sage_index_model_compare (gconstpointer a,
                          gconstpointer b,
                          gpointer      user_data)
{
  SageIndexModel *self = user_data;
  SageResource *row_a = (SageResource *) a;
  SageResource *row_b = (SageResource *) b;
  double created_a;
  double created_b;
  int result = 0;

  if (self->order != NULL)
    result = gtk_sorter_compare (self->order, row_a, row_b);
  if (result != 0)
    return result;

  created_a = sage_resource_get_created (row_a);
  created_b = sage_resource_get_created (row_b);
  if (created_a != created_b)
    return created_a > created_b ? -1 : 1;

  result = sage_natural_compare (sage_resource_get_name (row_a), sage_resource_get_name (row_b));

  return result != 0 ? result : (a > b) - (a < b);
}

void
sage_index_model_count_row (SageIndexModel *self,
                            SageIndexRow   *row)
{
  if (!self->belongs (row->resource, self->user_data))
    return;

  row->state = sage_resource_get_state (row->resource);
  self->counts[row->state]++;
  self->total++;
}

void
sage_index_model_uncount_row (SageIndexModel *self,
                              SageIndexRow   *row)
{
  if (row->state == SAGE_INDEX_UNCOUNTED)
    return;

  self->counts[row->state]--;
  self->total--;
  row->state = SAGE_INDEX_UNCOUNTED;
}

/* The touched rows, in the form in which each of 100,000 is compared with them fastest. */
typedef struct
{
  GHashTable *table;
  gpointer    few[FEW_TOUCHED];
  gboolean    are_few;
} Touched;

static void
touched_init (Touched    *touched,
              GHashTable *table)
{
  guint n = 0;
  GHashTableIter iter;
  gpointer row;

  *touched = (Touched) { .table = table, .are_few = g_hash_table_size (table) <= FEW_TOUCHED };
  if (!touched->are_few)
    return;

  g_hash_table_iter_init (&iter, table);
  while (g_hash_table_iter_next (&iter, &row, NULL))
    touched->few[n++] = row;
}

static inline gboolean
touched_has (const Touched *self,
             gconstpointer  row)
{
  if (self->are_few)
    return row == self->few[0] || row == self->few[1] || row == self->few[2] || row == self->few[3];

  return g_hash_table_contains (self->table, row);
}

/* Counts the rows that have changed where they stand; forgets those that are none of ours. */
static void
count_changed (SageIndexModel *self,
               const Touched  *touched)
{
  GHashTableIter iter;
  gpointer fate;

  for (guint i = 0; i < self->rows->len; i++)
    {
      SageIndexRow *row = &g_array_index (self->rows, SageIndexRow, i);

      if (touched_has (touched, row->resource))
        {
          sage_index_model_uncount_row (self, row);
          sage_index_model_count_row (self, row);
          g_hash_table_replace (self->touched, g_object_ref (row->resource),
                                GINT_TO_POINTER (SAGE_INDEX_ADDED));
        }
    }

  g_hash_table_iter_init (&iter, self->touched);
  while (g_hash_table_iter_next (&iter, NULL, &fate))
    if (GPOINTER_TO_INT (fate) == SAGE_INDEX_CHANGED)
      g_hash_table_iter_remove (&iter);
}

static void
remove_touched (GPtrArray     *array,
                const Touched *touched)
{
  guint kept = 0;

  for (guint i = 0; i < array->len; i++)
    if (!touched_has (touched, array->pdata[i]))
      array->pdata[kept++] = array->pdata[i];
  g_ptr_array_set_size (array, kept);
}

/* Takes the touched rows out of @rows. */
void
sage_index_model_drop (SageIndexModel *self,
                       GPtrArray      *rows)
{
  Touched touched;

  touched_init (&touched, self->touched);
  remove_touched (rows, &touched);
}

/* Where in @array, which is in order, @row comes. */
static guint
find_place (SageIndexModel *self,
            GPtrArray      *array,
            gconstpointer   row)
{
  guint low = 0;
  guint high = array->len;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (sage_index_model_compare (array->pdata[middle], row, self) < 0)
        low = middle + 1;
      else
        high = middle;
    }

  return low;
}

/* Puts @rows, which are in order, into @array, which is too; each part of it moves but once. */
static void
insert_rows (SageIndexModel *self,
             GPtrArray      *array,
             GPtrArray      *rows)
{
  g_autofree guint *places = g_new (guint, rows->len);
  guint end = array->len;

  for (guint i = 0; i < rows->len; i++)
    places[i] = find_place (self, array, rows->pdata[i]);

  g_ptr_array_set_size (array, array->len + rows->len);
  for (guint i = rows->len; i-- > 0;)
    {
      memmove (&array->pdata[places[i] + i + 1], &array->pdata[places[i]],
               (end - places[i]) * sizeof (gpointer));
      array->pdata[places[i] + i] = rows->pdata[i];
      end = places[i];
    }
}

/* Brings @sorted and @shown up to date with the touched rows. */
static void
apply_touched (SageIndexModel *self,
               GPtrArray      *sorted,
               GPtrArray      *shown)
{
  g_autoptr(GPtrArray) rows = g_ptr_array_new ();
  g_autoptr(GPtrArray) matching = g_ptr_array_new ();
  Touched touched;
  GHashTableIter iter;
  gpointer row;
  gpointer fate;

  touched_init (&touched, self->touched);
  remove_touched (sorted, &touched);
  remove_touched (shown, &touched);
  count_changed (self, &touched);

  g_hash_table_iter_init (&iter, self->touched);
  while (g_hash_table_iter_next (&iter, &row, &fate))
    if (GPOINTER_TO_INT (fate) != SAGE_INDEX_REMOVED && self->belongs (row, self->user_data))
      g_ptr_array_add (rows, row);
  g_ptr_array_sort_values_with_data (rows, sage_index_model_compare, self);

  for (guint i = 0; i < rows->len; i++)
    if (self->matches (rows->pdata[i], self->user_data))
      g_ptr_array_add (matching, rows->pdata[i]);

  insert_rows (self, sorted, rows);
  insert_rows (self, shown, matching);
}

/* Tells which of the rows from @start on are selected. Returns: (transfer full) (nullable) */
static GHashTable *
collect_selected (SageIndexModel *self,
                  guint           start,
                  guint           n)
{
  GHashTable *set;
  GtkBitsetIter iter;
  guint position;

  if (n == 0 || gtk_bitset_get_size_in_range (self->selected, start, start + n - 1) == 0)
    return NULL;

  set = g_hash_table_new (NULL, NULL);
  if (gtk_bitset_iter_init_at (&iter, self->selected, start, &position))
    do
      g_hash_table_add (set, self->shown->pdata[position]);
    while (gtk_bitset_iter_next (&iter, &position) && position < start + n);

  return set;
}

/* Tells of the part of the rows that differs from @old. What was selected and still is there stays so. */
static void
tell_changes (SageIndexModel *self,
              GPtrArray      *old,
              GHashTable     *selected,
              guint           start,
              guint           end)
{
  guint removed = old->len - end - start;
  guint added = self->shown->len - end - start;

  gtk_bitset_splice (self->selected, start, removed, added);
  for (guint i = start; selected != NULL && i < start + added; i++)
    if (g_hash_table_contains (selected, self->shown->pdata[i]))
      gtk_bitset_add (self->selected, i);

  if (removed > 0 || added > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), start, removed, added);
}

/*
 * Tells of rows that are other ones altogether. A view that is told to replace rows destroys their
 * widgets and makes new ones, 200 times; one that scrolls uses them again. So the new rows come in
 * above the old, the view scrolls up to them, and the old ones leave when they have no widgets.
 */
static void
tell_anew (SageIndexModel *self,
           GPtrArray      *old,
           GHashTable     *selected)
{
  guint n = self->shown->len;

  self->leaving = old;
  gtk_bitset_splice (self->selected, 0, 0, n);
  for (guint i = 0; selected != NULL && i < n; i++)
    if (g_hash_table_contains (selected, self->shown->pdata[i]))
      gtk_bitset_add (self->selected, i);
  g_list_model_items_changed (G_LIST_MODEL (self), 0, 0, n);

  sage_index_model_go_to_top (self);

  self->leaving = NULL;
  gtk_bitset_splice (self->selected, n, old->len, 0);
  g_list_model_items_changed (G_LIST_MODEL (self), n, old->len, 0);
}

/*
 * Shows the rows of @shown, which are those of @sorted that match, with what has been touched since
 * they were collected; both (transfer full). They may hold rows that have gone.
 */
void
sage_index_model_show (SageIndexModel *self,
                       GPtrArray      *sorted,
                       GPtrArray      *shown)
{
  g_autoptr(GHashTable) touched = g_hash_table_ref (self->touched);
  g_autoptr(GPtrArray) gone = g_ptr_array_ref (self->gone);
  g_autoptr(GPtrArray) old = self->shown;
  g_autoptr(GHashTable) selected = NULL;
  guint start = 0;
  guint end = 0;
  gboolean anew = self->anew && old->len > SAGE_INDEX_FEW && shown->len > 0;

  self->anew = FALSE;
  g_clear_handle_id (&self->flush, g_source_remove);
  if (g_hash_table_size (touched) > 0)
    apply_touched (self, sorted, shown);

  while (start < MIN (old->len, shown->len) && old->pdata[start] == shown->pdata[start])
    start++;
  while (end < MIN (old->len, shown->len) - start
         && old->pdata[old->len - 1 - end] == shown->pdata[shown->len - 1 - end])
    end++;
  if (start == old->len && start == shown->len)
    anew = FALSE;
  if (anew)
    start = end = 0;
  selected = collect_selected (self, start, old->len - end - start);

  /* Whoever is told may touch rows: those belong to the next time. */
  g_hash_table_unref (self->touched);
  self->touched = g_hash_table_new_full (NULL, NULL, g_object_unref, NULL);
  g_ptr_array_unref (self->gone);
  self->gone = g_ptr_array_new_with_free_func (g_object_unref);
  g_ptr_array_unref (self->sorted);
  self->sorted = sorted;
  self->shown = shown;

  if (anew)
    tell_anew (self, old, selected);
  else
    tell_changes (self, old, selected, start, end);
  sage_index_model_updated (self);
}

static gboolean
flush_cb (gpointer user_data)
{
  SageIndexModel *self = user_data;

  self->flush = 0;
  self->flushed = g_get_monotonic_time ();
  if (self->step != SAGE_INDEX_REST)
    return G_SOURCE_REMOVE; /* the work under way takes them along */

  if (g_hash_table_size (self->touched) > SAGE_INDEX_MANY)
    sage_index_model_begin (self, SAGE_INDEX_COUNT);
  else
    sage_index_model_show (self, g_ptr_array_copy (self->sorted, NULL, NULL),
                           g_ptr_array_copy (self->shown, NULL, NULL));

  return G_SOURCE_REMOVE;
}

/* A view may show some other rows at each change, which takes it a frame's time: where changes come
 * one after the other nobody could read more of them a second. What comes alone is shown at once. */
static void
queue_flush (SageIndexModel *self)
{
  gint64 wait = self->flushed + PACE_MS * 1000 - g_get_monotonic_time ();

  if (wait <= 0)
    self->flush = g_idle_add_full (G_PRIORITY_HIGH_IDLE, flush_cb, self, NULL);
  else
    self->flush = g_timeout_add_full (G_PRIORITY_HIGH_IDLE, (guint) (wait / 1000) + 1, flush_cb, self, NULL);
  g_source_set_name_by_id (self->flush, "[sagebrush] changed rows of an index");
}

/* Remembers what has become of a row until the next frame, or until PACE_MS after the last change. */
void
sage_index_model_touch (SageIndexModel *self,
                        SageResource   *row,
                        SageIndexFate   fate)
{
  if (self->step == SAGE_INDEX_SORT && fate == SAGE_INDEX_CHANGED
      && !g_hash_table_contains (self->touched, row))
    self->upset = TRUE;
  g_hash_table_replace (self->touched, g_object_ref (row), GINT_TO_POINTER (fate));
  if (self->flush == 0 && self->step == SAGE_INDEX_REST)
    queue_flush (self);
}

/* Takes rows of the source out; @many: a count follows, which is told of no single row. */
void
sage_index_model_remove_rows (SageIndexModel *self,
                              guint           position,
                              guint           n,
                              gboolean        many)
{
  for (guint i = position; i < position + n; i++)
    {
      SageIndexRow *row = &g_array_index (self->rows, SageIndexRow, i);

      sage_index_model_uncount_row (self, row);
      if (!many)
        sage_index_model_touch (self, row->resource, SAGE_INDEX_REMOVED);
      g_ptr_array_add (self->gone, row->resource);
    }
  if (n > 0)
    g_array_remove_range (self->rows, position, n);
}

/* Takes rows of the source in. */
void
sage_index_model_add_rows (SageIndexModel *self,
                           guint           position,
                           guint           n,
                           gboolean        many)
{
  guint old = self->rows->len;

  if (n == 0)
    return;

  g_array_set_size (self->rows, old + n);
  memmove (&g_array_index (self->rows, SageIndexRow, position + n),
           &g_array_index (self->rows, SageIndexRow, position),
           (old - position) * sizeof (SageIndexRow));

  for (guint i = position; i < position + n; i++)
    {
      SageIndexRow *row = &g_array_index (self->rows, SageIndexRow, i);

      row->resource = g_list_model_get_item (self->source, i);
      row->state = SAGE_INDEX_UNCOUNTED;
      if (!many)
        {
          sage_index_model_count_row (self, row);
          sage_index_model_touch (self, row->resource, SAGE_INDEX_ADDED);
        }
    }
}
