/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-merge-sort"

#include "config.h"

#include <string.h>

#include "sage-merge-sort.h"

#define MIN_RUN 24 /* shorter runs are made this long by insertion before they are merged */

/*
 * First the items are cut into runs that ascend. Then, pass by pass, runs side by side are merged
 * from one array into the other, until one run is left.
 */
struct _SageMergeSort
{
  GCompareDataFunc  compare;
  gpointer          user_data;
  guint             n;
  gpointer         *from;       /* (owned) */
  gpointer         *to;         /* (owned) */
  GArray           *runs;       /* of guint: where the runs of `from` end */
  GArray           *merged;     /* of guint: where those of `to` end */

  gboolean          cut;        /* all of `runs` is known */
  guint             start;      /* of the run being looked for */
  guint             end;
  gboolean          descending;

  guint             run;        /* the first of the two that are being merged */
  guint             i, i_end;
  guint             j, j_end;
  guint             out;
};

/**
 * sage_merge_sort_new:
 * @items: (array length=n_items): what to sort; it is copied
 * @n_items: how many there are
 * @compare: how
 * @user_data: for @compare
 *
 * Returns: (transfer full): a sort that has not begun
 */
SageMergeSort *
sage_merge_sort_new (gconstpointer    *items,
                     guint             n_items,
                     GCompareDataFunc  compare,
                     gpointer          user_data)
{
  SageMergeSort *self = g_new0 (SageMergeSort, 1);

  self->compare = compare;
  self->user_data = user_data;
  self->n = n_items;
  self->from = g_memdup2 (items, n_items * sizeof (gpointer));
  self->to = g_new (gpointer, n_items);
  self->runs = g_array_new (FALSE, FALSE, sizeof (guint));
  self->merged = g_array_new (FALSE, FALSE, sizeof (guint));
  self->end = 1;

  return self;
}

void
sage_merge_sort_free (SageMergeSort *self)
{
  if (self == NULL)
    return;

  g_free (self->from);
  g_free (self->to);
  g_array_unref (self->runs);
  g_array_unref (self->merged);
  g_free (self);
}

static gboolean
is_after (SageMergeSort *self,
          gconstpointer  a,
          gconstpointer  b)
{
  return self->compare (a, b, self->user_data) > 0;
}

/* Lets the run from start to end, which ascends, grow to MIN_RUN or the end. */
static void
insert_to_min_run (SageMergeSort *self)
{
  guint limit = MIN (self->start + MIN_RUN, self->n);

  for (; self->end < limit; self->end++)
    {
      gpointer item = self->from[self->end];
      guint low = self->start;
      guint high = self->end;

      while (low < high)
        {
          guint middle = (low + high) / 2;

          if (is_after (self, self->from[middle], item))
            high = middle;
          else
            low = middle + 1;
        }
      memmove (&self->from[low + 1], &self->from[low], (self->end - low) * sizeof (gpointer));
      self->from[low] = item;
    }
}

static void
close_run (SageMergeSort *self)
{
  if (self->descending)
    for (guint a = self->start, b = self->end - 1; a < b; a++, b--)
      {
        gpointer item = self->from[a];

        self->from[a] = self->from[b];
        self->from[b] = item;
      }

  insert_to_min_run (self);
  g_array_append_val (self->runs, self->end);
  self->start = self->end;
  self->end = self->start + 1;
  self->cut = self->start >= self->n;
}

/* Looks for runs. A descending one must do so strictly, or turning it around would not be stable. */
static void
cut_runs (SageMergeSort *self,
          guint         *budget)
{
  while (!self->cut && *budget > 0)
    {
      gboolean after;

      if (self->end >= self->n)
        {
          close_run (self);
          continue;
        }

      (*budget)--;
      after = is_after (self, self->from[self->end - 1], self->from[self->end]);
      if (self->end == self->start + 1)
        self->descending = after;
      if (after == self->descending)
        self->end++;
      else
        {
          close_run (self);
          *budget -= MIN (*budget, MIN_RUN);
        }
    }
}

/* Where the run @index of `from` begins; the end of all if there is none. */
static guint
run_start (SageMergeSort *self,
           guint          index)
{
  return index == 0 ? 0 : g_array_index (self->runs, guint, MIN (index, self->runs->len) - 1);
}

static void
open_merge (SageMergeSort *self,
            guint          run)
{
  self->run = run;
  self->i = run_start (self, run);
  self->i_end = self->j = run_start (self, run + 1);
  self->j_end = run_start (self, run + 2);
}

static void
begin_pass (SageMergeSort *self)
{
  self->out = 0;
  g_array_set_size (self->merged, 0);
  open_merge (self, 0);
}

static void
end_pass (SageMergeSort *self)
{
  gpointer *items = self->from;
  GArray *runs = self->runs;

  self->from = self->to;
  self->to = items;
  self->runs = self->merged;
  self->merged = runs;
  begin_pass (self);
}

static void
merge_runs (SageMergeSort *self,
            guint         *budget)
{
  while (*budget > 0 && (self->i < self->i_end || self->j < self->j_end))
    {
      gboolean second = self->i == self->i_end
                        || (self->j < self->j_end
                            && is_after (self, self->from[self->i], self->from[self->j]));

      self->to[self->out++] = self->from[second ? self->j++ : self->i++];
      (*budget)--;
    }

  if (self->i < self->i_end || self->j < self->j_end)
    return;

  g_array_append_val (self->merged, self->out);
  if (self->out == self->n)
    end_pass (self);
  else
    open_merge (self, self->run + 2);
}

/**
 * sage_merge_sort_step:
 * @self: a sort
 * @budget: (inout): how many steps of about one comparison to take at most; what is left of them
 *
 * Returns: whether all is sorted
 */
gboolean
sage_merge_sort_step (SageMergeSort *self,
                      guint         *budget)
{
  g_return_val_if_fail (self != NULL && budget != NULL, TRUE);

  if (self->n < 2)
    return TRUE;

  if (!self->cut)
    {
      cut_runs (self, budget);
      if (!self->cut)
        return FALSE;
      begin_pass (self);
    }

  while (self->runs->len > 1 && *budget > 0)
    merge_runs (self, budget);

  return self->runs->len == 1;
}

/**
 * sage_merge_sort_steal:
 * @self: (transfer full): a sort that is done
 *
 * Returns: (transfer full): the items in their order, to be freed with g_free()
 */
gpointer *
sage_merge_sort_steal (SageMergeSort *self)
{
  gpointer *items = g_steal_pointer (&self->from);

  sage_merge_sort_free (self);

  return items;
}
