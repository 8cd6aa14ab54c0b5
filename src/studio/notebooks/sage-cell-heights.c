/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-cell-heights"

#include "config.h"

#include "sage-cell-heights.h"

struct _SageCellHeights
{
  GArray   *heights;  /* (owned): of int */
  GArray   *sums;     /* (owned): of gint64: a Fenwick tree over heights and gaps, from index 1 */
  gboolean  is_stale; /* the sums are to be made anew */
  int       gap;      /* after each row */
  int       padding;  /* before the first */
};

/**
 * sage_cell_heights_new:
 * @gap: between two rows
 * @padding: above the first and below the last
 *
 * Returns: (transfer full): the heights of no rows yet
 */
SageCellHeights *
sage_cell_heights_new (int gap,
                       int padding)
{
  SageCellHeights *self = g_new0 (SageCellHeights, 1);

  self->heights = g_array_new (FALSE, FALSE, sizeof (int));
  self->sums = g_array_new (FALSE, TRUE, sizeof (gint64));
  self->is_stale = TRUE;
  self->gap = gap;
  self->padding = padding;

  return self;
}

void
sage_cell_heights_free (SageCellHeights *self)
{
  g_array_unref (self->heights);
  g_array_unref (self->sums);
  g_free (self);
}

guint
sage_cell_heights_get_n (SageCellHeights *self)
{
  return self->heights->len;
}

int
sage_cell_heights_get (SageCellHeights *self,
                       guint            position)
{
  g_return_val_if_fail (position < self->heights->len, 0);

  return g_array_index (self->heights, int, position);
}

/* The sums of all runs, in one pass: each run is a part of the next longer one. */
static gint64 *
ensure_sums (SageCellHeights *self)
{
  guint n = self->heights->len;
  gint64 *sums;

  if (self->is_stale)
    {
      g_array_set_size (self->sums, 0);
      g_array_set_size (self->sums, n + 1);
      sums = (gint64 *) (gpointer) self->sums->data;
      for (guint i = 1; i <= n; i++)
        {
          guint next = i + (i & -i);

          sums[i] += g_array_index (self->heights, int, i - 1) + self->gap;
          if (next <= n)
            sums[next] += sums[i];
        }
      self->is_stale = FALSE;
    }

  return (gint64 *) (gpointer) self->sums->data;
}

void
sage_cell_heights_set (SageCellHeights *self,
                       guint            position,
                       int              height)
{
  int difference;
  gint64 *sums;

  g_return_if_fail (position < self->heights->len);

  difference = height - g_array_index (self->heights, int, position);
  if (difference == 0)
    return;
  sums = ensure_sums (self);
  g_array_index (self->heights, int, position) = height;
  for (guint i = position + 1; i <= self->heights->len; i += i & -i)
    sums[i] += difference;
}

/**
 * sage_cell_heights_splice:
 * @self: heights
 * @position: of the first row that changes
 * @removed: how many go
 * @heights: (array length=added): of those that come in their place
 * @added: how many come
 */
void
sage_cell_heights_splice (SageCellHeights *self,
                          guint            position,
                          guint            removed,
                          const int       *heights,
                          guint            added)
{
  g_return_if_fail (position + removed <= self->heights->len);

  if (removed > 0)
    g_array_remove_range (self->heights, position, removed);
  if (added > 0)
    g_array_insert_vals (self->heights, position, heights, added);
  self->is_stale = TRUE;
}

/* Where a row begins, from the start of the column; one after the last: where the column ends. */
double
sage_cell_heights_get_top (SageCellHeights *self,
                           guint            position)
{
  gint64 *sums = ensure_sums (self);
  gint64 top = self->padding;

  for (guint i = MIN (position, self->heights->len); i > 0; i -= i & -i)
    top += sums[i];

  return (double) top;
}

double
sage_cell_heights_get_total (SageCellHeights *self)
{
  return sage_cell_heights_get_top (self, self->heights->len) - self->gap + self->padding;
}

/**
 * sage_cell_heights_find:
 * @self: heights
 * @y: a distance from the start of the column
 * @top: (out) (optional): where the row begins
 *
 * Returns: the row there, which the gap after it is a part of; the last one after the end
 */
guint
sage_cell_heights_find (SageCellHeights *self,
                        double           y,
                        double          *top)
{
  gint64 *sums = ensure_sums (self);
  guint n = self->heights->len;
  guint last = n > 0 ? n - 1 : 0; /* no more rows than that end before it */
  gint64 at = self->padding;
  guint passed = 0;

  for (guint step = 1u << (g_bit_storage (last) - 1); step > 0; step /= 2)
    if (passed + step <= last && (double) (at + sums[passed + step]) <= y)
      {
        passed += step;
        at += sums[passed];
      }
  if (top != NULL)
    *top = (double) at;

  return passed;
}
