/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-index-model"

#include "config.h"

#include "sage-index-model-private.h"

/* The work of SageIndexModel that looks at every row, in slices. */

#define FIRST_SLICE 4096   /* rows or comparisons: done at once, so that short lists never wait */
#define SLICE 1024         /* between two looks at the clock */
#define SLICE_TIME_US 2000 /* of the 16 ms of a frame */

static void
count_some (SageIndexModel *self,
            guint          *budget)
{
  for (; self->next < self->rows->len && *budget > 0; self->next++, (*budget)--)
    {
      SageIndexRow *row = &g_array_index (self->rows, SageIndexRow, self->next);

      sage_index_model_uncount_row (self, row);
      sage_index_model_count_row (self, row);
      if (row->state != SAGE_INDEX_UNCOUNTED)
        g_ptr_array_add (self->pool, row->resource);
    }

  if (self->next == self->rows->len)
    self->step = SAGE_INDEX_SORT;
}

/*
 * A row that changes while it is compared leaves others out of order, so then all is sorted again,
 * which takes little by now. Such rows are left out of it: they find their places in the end. So it
 * comes to an end even where rows change all the time.
 */
static void
sort_some (SageIndexModel *self,
           guint          *budget)
{
  guint n = self->pool->len;

  if (self->sort == NULL)
    {
      self->upset = FALSE;
      self->sort = sage_merge_sort_new ((gconstpointer *) self->pool->pdata, n,
                                        sage_index_model_compare, self);
    }
  if (!sage_merge_sort_step (self->sort, budget))
    return;

  g_clear_pointer (&self->pool, g_ptr_array_unref);
  self->pool = g_ptr_array_new_take (sage_merge_sort_steal (g_steal_pointer (&self->sort)), n, NULL);
  if (self->upset)
    {
      sage_index_model_drop (self, self->pool);
      return;
    }

  self->step = SAGE_INDEX_FILTER;
  self->next = 0;
}

static void
filter_some (SageIndexModel *self,
             guint          *budget)
{
  if (self->matched == NULL)
    self->matched = g_ptr_array_new ();

  for (; self->next < self->pool->len && *budget > 0; self->next++, (*budget)--)
    {
      SageResource *row = g_ptr_array_index (self->pool, self->next);

      if (self->matches (row, self->user_data))
        g_ptr_array_add (self->matched, row);
    }

  if (self->next == self->pool->len)
    self->step = SAGE_INDEX_REST;
}

static void
drop_results (SageIndexModel *self)
{
  g_clear_pointer (&self->pool, g_ptr_array_unref);
  g_clear_pointer (&self->matched, g_ptr_array_unref);
  g_clear_pointer (&self->sort, sage_merge_sort_free);
  self->next = 0;
}

/* Puts what was made into the place of what is shown. */
static void
commit (SageIndexModel *self)
{
  GPtrArray *sorted = g_steal_pointer (&self->pool);
  GPtrArray *shown = g_steal_pointer (&self->matched);

  sage_index_model_stop (self);
  sage_index_model_show (self, sorted, shown);
}

/* Works for about @budget rows; returns whether all is done. */
static gboolean
work (SageIndexModel *self,
      guint           budget)
{
  while (budget > 0 && self->step != SAGE_INDEX_REST)
    switch (self->step)
      {
      case SAGE_INDEX_COUNT:
        count_some (self, &budget);
        break;
      case SAGE_INDEX_SORT:
        sort_some (self, &budget);
        break;
      case SAGE_INDEX_FILTER:
        filter_some (self, &budget);
        break;
      case SAGE_INDEX_REST:
      default:
        break;
      }

  return self->step == SAGE_INDEX_REST;
}

static gboolean
work_cb (gpointer user_data)
{
  SageIndexModel *self = user_data;
  gint64 end = g_get_monotonic_time () + SLICE_TIME_US;

  while (!work (self, SLICE))
    if (g_get_monotonic_time () >= end)
      return G_SOURCE_CONTINUE;

  commit (self);

  return G_SOURCE_REMOVE;
}

/* Gives up what is under way. */
void
sage_index_model_stop (SageIndexModel *self)
{
  g_clear_handle_id (&self->work, g_source_remove);
  drop_results (self);
  self->step = SAGE_INDEX_REST;
  self->first = SAGE_INDEX_REST;
}

/* What has been touched until now is seen by a count anyway, except that what has gone is needed. */
static void
forget_touched (SageIndexModel *self)
{
  GHashTableIter iter;
  gpointer row;

  g_hash_table_iter_init (&iter, self->touched);
  while (g_hash_table_iter_next (&iter, &row, NULL))
    {
      g_hash_table_iter_steal (&iter);
      g_ptr_array_add (self->gone, row);
    }
}

/*
 * Makes the rows anew from @step on, or from where the work under way began if that was earlier: its
 * results are not in place yet.
 */
void
sage_index_model_begin (SageIndexModel *self,
                        SageIndexStep   step)
{
  SageIndexStep first = MIN (step, self->first);

  sage_index_model_stop (self);
  self->step = self->first = first;

  if (first == SAGE_INDEX_COUNT)
    {
      forget_touched (self);
      self->pool = g_ptr_array_new ();
    }
  else
    self->pool = g_ptr_array_copy (self->sorted, NULL, NULL);

  if (work (self, FIRST_SLICE))
    {
      commit (self);
      return;
    }

  self->work = g_idle_add (work_cb, self);
  g_source_set_name_by_id (self->work, "[sagebrush] rows of an index");
  sage_index_model_updated (self);
}
