/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-chart-decimate"

#include "config.h"

#include <math.h>

#include "sage-chart-decimate.h"

/* Up to this many points of a column are kept as they are; more become as many corners: first,
 * extremes, last. */
#define MOST_PER_COLUMN 4

/* How far a line runs on beyond the area before it is cut, in pixels: out of sight, yet near enough
 * for coordinates of single precision. */
#define OVERRUN 16.0

typedef struct
{
  const SageChartFrame *frame;
  const double         *x;
  const double         *y;
  double                x_factor; /* pixels in a half of what one counts in, on even scales */
  double                y_factor;
  SageChartVertex      *next;     /* where the next corner goes; there is room for all */
  gboolean              begins;
} Decimation;

/* The position on the scale, without its division: this is done for every corner of every line. */
static double
x_of (const Decimation *self,
      double            value)
{
  const SageChartScale *scale = &self->frame->x;

  if (scale->logarithmic)
    return sage_chart_scale_get_position (scale, value) * self->frame->width;

  return (value / 2 - scale->min / 2) * self->x_factor;
}

/* What lies outside the area is kept near it, so that a line that leaves it does so. */
static double
y_of (const Decimation *self,
      double            value)
{
  const SageChartScale *scale = &self->frame->y;
  double height = self->frame->height;
  double y;

  if (scale->logarithmic)
    y = (1 - sage_chart_scale_get_position (scale, value)) * height;
  else
    y = height - (value / 2 - scale->min / 2) * self->y_factor;

  return CLAMP (y, -height - OVERRUN, 2 * height + OVERRUN);
}

static void
add_vertex (Decimation *self,
            double      x,
            double      y)
{
  *self->next++ = (SageChartVertex) { (float) x, (float) y, self->begins };
  self->begins = FALSE;
}

static void
add_point (Decimation *self,
           gsize       i)
{
  if (isfinite (self->y[i]))
    add_vertex (self, x_of (self, self->x[i]), y_of (self, self->y[i]));
  else
    self->begins = TRUE;
}

/* Adds the point @outside the area, moved along its line to @inside until it is just out of sight. */
static void
add_outer_point (Decimation *self,
                 gsize       outside,
                 gsize       inside)
{
  const SageChartFrame *frame = self->frame;
  double x = x_of (self, self->x[outside]);
  double limit = CLAMP (x, -OVERRUN, frame->width + OVERRUN);
  double y, inner_x, part;

  if (!isfinite (self->y[outside]))
    {
      self->begins = TRUE;
      return;
    }

  y = y_of (self, self->y[outside]);
  if (x != limit && isfinite (self->y[inside]))
    {
      inner_x = x_of (self, self->x[inside]);
      part = (limit - inner_x) / (x - inner_x);
      y = y_of (self, self->y[inside]) * (1 - part) + y * part;
    }
  add_vertex (self, limit, y);
}

/* Adds what a column shows of many points: where the line comes in, all it covers, where it goes
 * out. Gaps inside are narrower than a pixel. */
static void
add_column (Decimation            *self,
            gsize                  from,
            gsize                  to,
            const SageChartExtent *extent,
            double                 middle)
{
  double low, high;
  gboolean low_first;

  add_point (self, from);
  if (sage_chart_extent_is_empty (extent))
    return;

  low = y_of (self, extent->min);
  high = y_of (self, extent->max);
  low_first = isfinite (self->y[from]) &&
              fabs (y_of (self, self->y[from]) - low) <
              fabs (y_of (self, self->y[from]) - high);
  add_vertex (self, middle, low_first ? low : high);
  if (low != high)
    add_vertex (self, middle, low_first ? high : low);
  add_point (self, to - 1);
}

static void
add_columns (Decimation    *self,
             SageChartData *data,
             gsize          from,
             gsize          to)
{
  const SageChartFrame *frame = self->frame;

  for (guint column = 0; column < frame->n_columns && from < to; column++)
    {
      double end = (column + 1.0) / frame->n_columns;
      gsize next = to;

      if (column + 1 < frame->n_columns)
        next = MIN (sage_chart_data_find (data, sage_chart_scale_get_value (&frame->x, end), from), to);

      if (next - from > MOST_PER_COLUMN)
        {
          SageChartExtent extent;

          sage_chart_data_get_extent (data, from, next, &extent);
          add_column (self, from, next, &extent, (end - 0.5 / frame->n_columns) * frame->width);
        }
      else
        {
          for (gsize i = from; i < next; i++)
            add_point (self, i);
        }
      from = next;
    }
}

/**
 * sage_chart_decimate:
 * @data: the points
 * @frame: where they are drawn
 * @dense: (out) (optional): whether there are more points than columns
 *
 * Finds the few corners that draw the same picture as all points in sight: a column of pixels
 * covers exactly what it would, from its lowest to its highest value. The time it takes depends on
 * the number of columns and only by its logarithm on that of points.
 *
 * Returns: (transfer full) (element-type SageChartVertex): the corners; those out of sight at both
 *   ends are kept near the area
 */
GArray *
sage_chart_decimate (SageChartData        *data,
                     const SageChartFrame *frame,
                     gboolean             *dense)
{
  gsize n_points = sage_chart_data_get_n_points (data);
  gsize from = sage_chart_data_find (data, frame->x.min, 0);
  gsize to = sage_chart_data_find (data, nextafter (frame->x.max, INFINITY), from);
  gboolean all = to - from <= 2 * (gsize) frame->n_columns;
  gsize most = (all ? to - from : MOST_PER_COLUMN * (gsize) frame->n_columns) + 2;
  GArray *vertices = g_array_sized_new (FALSE, FALSE, sizeof (SageChartVertex), most);
  Decimation self = {
    .frame = frame,
    .x = sage_chart_data_get_x (data),
    .y = sage_chart_data_get_y (data),
    .x_factor = frame->width / (frame->x.max / 2 - frame->x.min / 2),
    .y_factor = frame->height / (frame->y.max / 2 - frame->y.min / 2),
    .next = (SageChartVertex *) vertices->data,
    .begins = TRUE,
  };

  if (from > 0 && from < n_points)
    add_outer_point (&self, from - 1, from);

  if (!all)
    add_columns (&self, data, from, to);
  for (gsize i = from; all && i < to; i++)
    add_point (&self, i);

  if (to > 0 && to < n_points)
    add_outer_point (&self, to, to - 1);

  if (dense != NULL)
    *dense = to - from > frame->n_columns;

  g_array_set_size (vertices, self.next - (SageChartVertex *) vertices->data);
  g_assert (vertices->len <= most);

  return vertices;
}

/**
 * sage_chart_vertex_travel:
 *
 * Returns: how far a pen goes along @vertices, in pixels, counted across and down: what stroking
 *   them costs grows with it
 */
double
sage_chart_vertex_travel (const GArray *vertices)
{
  double travel = 0;

  for (guint i = 1; i < vertices->len; i++)
    {
      const SageChartVertex *a = &g_array_index (vertices, SageChartVertex, i - 1);
      const SageChartVertex *b = &g_array_index (vertices, SageChartVertex, i);

      if (!b->begins)
        travel += fabsf (b->x - a->x) + fabsf (b->y - a->y);
    }

  return travel;
}
