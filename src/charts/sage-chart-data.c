/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-chart-data"

#include "config.h"

#include <math.h>
#include <stdlib.h>

#include "sage-chart-data.h"

/* A block of the lowest level covers 16 points, one of the next 16 such blocks, and so on: a
 * stretch of any length is the sum of at most 30 blocks a level, and a million points cost 1.6 MB. */
#define FAN_OUT_BITS 4
#define FAN_OUT (1 << FAN_OUT_BITS)
#define N_LEVELS 8

struct _SageChartData
{
  double   *x;                /* (owned) */
  double   *y;                /* (owned) */
  gsize     n_points;
  gsize     n_allocated;

  gsize     n_ordered;        /* points from the first that are in order of x */
  guint     epoch;            /* changes when points that were there before move or go */
  gsize     n_gaps;           /* points whose y is not finite */
  gboolean  whole_x;          /* no x has a fraction */

  GArray   *levels[N_LEVELS]; /* (owned): of SageChartExtent, full blocks only */
};

/* A point on its way through the sort; the index keeps points of one x in the order they came. */
typedef struct
{
  double x;
  double y;
  gsize  index;
} LatePoint;

/**
 * sage_chart_extent_is_empty:
 *
 * Returns: whether no finite value was added to @self
 */
gboolean
sage_chart_extent_is_empty (const SageChartExtent *self)
{
  return self->min > self->max;
}

/**
 * sage_chart_extent_add:
 * @value: what to make room for; ignored unless finite
 */
void
sage_chart_extent_add (SageChartExtent *self,
                       double           value)
{
  if (!isfinite (value))
    return;

  if (value < self->min)
    self->min = value;
  if (value > self->max)
    self->max = value;
  if (value > 0 && value < self->min_positive)
    self->min_positive = value;
}

/**
 * sage_chart_extent_union:
 *
 * Makes @self cover @other too.
 */
void
sage_chart_extent_union (SageChartExtent       *self,
                         const SageChartExtent *other)
{
  self->min = MIN (self->min, other->min);
  self->max = MAX (self->max, other->max);
  self->min_positive = MIN (self->min_positive, other->min_positive);
}

/**
 * sage_chart_data_new:
 *
 * Returns: (transfer full): no points yet
 */
SageChartData *
sage_chart_data_new (void)
{
  SageChartData *self = g_new0 (SageChartData, 1);

  self->whole_x = TRUE;
  for (guint i = 0; i < N_LEVELS; i++)
    self->levels[i] = g_array_new (FALSE, FALSE, sizeof (SageChartExtent));

  return self;
}

/**
 * sage_chart_data_free:
 * @self: (transfer full): the points
 */
void
sage_chart_data_free (SageChartData *self)
{
  for (guint i = 0; i < N_LEVELS; i++)
    g_array_unref (self->levels[i]);
  g_free (self->x);
  g_free (self->y);
  g_free (self);
}

/**
 * sage_chart_data_append:
 * @x: where the point is; one that is not finite has no place
 * @y: its value; one that is not finite is kept, and is a gap in the line
 *
 * Points may come in any order of @x.
 *
 * Returns: whether the point was taken
 */
gboolean
sage_chart_data_append (SageChartData *self,
                        double         x,
                        double         y)
{
  if (!isfinite (x))
    return FALSE;

  if (self->n_points == self->n_allocated)
    {
      self->n_allocated = MAX (64, self->n_allocated * 2);
      self->x = g_renew (double, self->x, self->n_allocated);
      self->y = g_renew (double, self->y, self->n_allocated);
    }

  if (self->n_ordered == self->n_points &&
      (self->n_points == 0 || self->x[self->n_points - 1] <= x))
    self->n_ordered++;

  self->whole_x = self->whole_x && x == floor (x);
  self->n_gaps += !isfinite (y);
  self->x[self->n_points] = x;
  self->y[self->n_points] = y;
  self->n_points++;

  return TRUE;
}

/* Forgets the extents of the points from @from on. */
static void
sage_chart_data_cut_levels (SageChartData *self,
                            gsize          from)
{
  for (guint i = 0; i < N_LEVELS; i++)
    {
      from >>= FAN_OUT_BITS;
      g_array_set_size (self->levels[i], MIN (from, self->levels[i]->len));
    }
}

/**
 * sage_chart_data_clear:
 *
 * Removes every point; the memory stays for the next ones.
 */
void
sage_chart_data_clear (SageChartData *self)
{
  self->n_points = 0;
  self->n_ordered = 0;
  self->n_gaps = 0;
  self->whole_x = TRUE;
  self->epoch++;
  sage_chart_data_cut_levels (self, 0);
}

static int
compare_late_points (const void *a,
                     const void *b)
{
  const LatePoint *left = a;
  const LatePoint *right = b;

  if (left->x != right->x)
    return left->x < right->x ? -1 : 1;

  return left->index < right->index ? -1 : 1;
}

/* Puts the points that came late where they belong: they are sorted apart and merged from the
 * end, so one late point costs little and a million in reverse still one sort. */
static void
sage_chart_data_order (SageChartData *self)
{
  g_autofree LatePoint *late = NULL;
  gsize n_late = self->n_points - self->n_ordered;
  gsize target = self->n_points;
  gsize source = self->n_ordered;

  if (n_late == 0)
    return;

  late = g_new (LatePoint, n_late);
  for (gsize i = 0; i < n_late; i++)
    late[i] = (LatePoint) { self->x[source + i], self->y[source + i], i };
  qsort (late, n_late, sizeof *late, compare_late_points);

  while (n_late > 0)
    {
      target--;
      if (source > 0 && self->x[source - 1] > late[n_late - 1].x)
        {
          source--;
          self->x[target] = self->x[source];
          self->y[target] = self->y[source];
        }
      else
        {
          n_late--;
          self->x[target] = late[n_late].x;
          self->y[target] = late[n_late].y;
        }
    }

  self->n_ordered = self->n_points;
  self->epoch++;
  sage_chart_data_cut_levels (self, target);
}

/* Returns what a block of the level @i covers, from the points or blocks below it. */
static SageChartExtent
sage_chart_data_sum_block (SageChartData *self,
                           guint          i,
                           gsize          block)
{
  SageChartExtent extent = SAGE_CHART_EXTENT_EMPTY;
  gsize first = block << FAN_OUT_BITS;

  for (gsize j = first; j < first + FAN_OUT; j++)
    {
      if (i == 0)
        sage_chart_extent_add (&extent, self->y[j]);
      else
        sage_chart_extent_union (&extent,
                                 &g_array_index (self->levels[i - 1], SageChartExtent, j));
    }

  return extent;
}

/* Adds the blocks that have become full since the last time. */
static void
sage_chart_data_extend_levels (SageChartData *self)
{
  gsize n_below = self->n_points;

  for (guint i = 0; i < N_LEVELS; i++)
    {
      gsize n_full = n_below >> FAN_OUT_BITS;

      for (gsize block = self->levels[i]->len; block < n_full; block++)
        {
          SageChartExtent extent = sage_chart_data_sum_block (self, i, block);

          g_array_append_val (self->levels[i], extent);
        }
      n_below = n_full;
    }
}

/**
 * sage_chart_data_get_n_points:
 *
 * Returns: how many points were taken
 */
gsize
sage_chart_data_get_n_points (const SageChartData *self)
{
  return self->n_points;
}

/**
 * sage_chart_data_get_x:
 *
 * Returns: (transfer none): where the points are, in order; valid until the next change
 */
const double *
sage_chart_data_get_x (SageChartData *self)
{
  sage_chart_data_order (self);

  return self->x;
}

/**
 * sage_chart_data_get_y:
 *
 * Returns: (transfer none): their values, in order of x; valid until the next change
 */
const double *
sage_chart_data_get_y (SageChartData *self)
{
  sage_chart_data_order (self);

  return self->y;
}

/**
 * sage_chart_data_get_epoch:
 *
 * Returns: a number that stays the same as long as points are only added at the end
 */
guint
sage_chart_data_get_epoch (SageChartData *self)
{
  sage_chart_data_order (self);

  return self->epoch;
}

/**
 * sage_chart_data_get_whole_x:
 *
 * Returns: whether x counts something: rounds, epochs, steps
 */
gboolean
sage_chart_data_get_whole_x (const SageChartData *self)
{
  return self->whole_x;
}

/**
 * sage_chart_data_get_n_gaps:
 *
 * Returns: how many points have a value that is not finite
 */
gsize
sage_chart_data_get_n_gaps (const SageChartData *self)
{
  return self->n_gaps;
}

/**
 * sage_chart_data_get_extent:
 * @from: the first point
 * @to: the point after the last one
 * @extent: (out caller-allocates): what their finite values cover
 */
void
sage_chart_data_get_extent (SageChartData   *self,
                            gsize            from,
                            gsize            to,
                            SageChartExtent *extent)
{
  SageChartExtent sum = SAGE_CHART_EXTENT_EMPTY;

  g_return_if_fail (from <= to && to <= self->n_points);

  sage_chart_data_order (self);
  if (self->levels[0]->len != self->n_points >> FAN_OUT_BITS)
    sage_chart_data_extend_levels (self);

  while (from < to)
    {
      int level = -1;
      gsize size = 1;

      /* The largest block that begins here and ends in time; such a block is full. */
      while (level + 1 < N_LEVELS && (from & (size * FAN_OUT - 1)) == 0 &&
             to - from >= size * FAN_OUT)
        {
          level++;
          size *= FAN_OUT;
        }

      if (level < 0)
        sage_chart_extent_add (&sum, self->y[from]);
      else
        sage_chart_extent_union (&sum, &g_array_index (self->levels[level], SageChartExtent,
                                                       from >> (FAN_OUT_BITS * (level + 1))));
      from += size;
    }

  *extent = sum;
}

/**
 * sage_chart_data_find:
 * @x: where to look
 * @from: a point that the answer is not before, or 0
 *
 * Takes longer the farther the answer is from @from, but only by the logarithm.
 *
 * Returns: the first point, from @from on, that is at @x or after it; the number of points if none
 */
gsize
sage_chart_data_find (SageChartData *self,
                      double         x,
                      gsize          from)
{
  gsize step = 1;
  gsize to = from;

  sage_chart_data_order (self);

  while (to < self->n_points && self->x[to] < x)
    {
      from = to + 1;
      to += step;
      step *= 2;
    }
  to = MIN (to, self->n_points);

  while (from < to)
    {
      gsize middle = from + (to - from) / 2;

      if (self->x[middle] < x)
        from = middle + 1;
      else
        to = middle;
    }

  return from;
}

/**
 * sage_chart_data_find_nearest:
 * @x: where to look
 *
 * Returns: the point nearest to @x, the first of several at one place; there must be points
 */
gsize
sage_chart_data_find_nearest (SageChartData *self,
                              double         x)
{
  gsize after = sage_chart_data_find (self, x, 0);

  g_return_val_if_fail (self->n_points > 0, 0);

  if (after == self->n_points ||
      (after > 0 && x - self->x[after - 1] < self->x[after] - x))
    return sage_chart_data_find (self, self->x[after - 1], 0);

  return after;
}
