/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-chart-decimate"

#include "config.h"

#include <math.h>

#include "sage-chart-decimate.h"

/* Up to this many points of a column are kept as they are; more become first, extremes, last. */
#define MOST_PER_COLUMN 4

/* How far a line runs on beyond the area before it is cut, in pixels: out of sight, yet near enough
 * for coordinates of single precision. */
#define OVERRUN 16.0

typedef struct
{
  const SageChartFrame *frame;
  const double         *x;
  const double         *y;
  GArray               *vertices;
  gboolean              begins;
} Decimation;

static double
x_of (const SageChartFrame *frame,
      double                value)
{
  return sage_chart_scale_get_position (&frame->x, value) * frame->width;
}

/* What lies outside the area is kept near it, so that a line that leaves it does so. */
static double
y_of (const SageChartFrame *frame,
      double                value)
{
  double y = (1 - sage_chart_scale_get_position (&frame->y, value)) * frame->height;

  return CLAMP (y, -frame->height - OVERRUN, 2 * frame->height + OVERRUN);
}

static void
add_vertex (Decimation *self,
            double      x,
            double      y)
{
  SageChartVertex vertex = { (float) x, (float) y, self->begins };

  g_array_append_val (self->vertices, vertex);
  self->begins = FALSE;
}

static void
add_point (Decimation *self,
           gsize       i)
{
  if (isfinite (self->y[i]))
    add_vertex (self, x_of (self->frame, self->x[i]), y_of (self->frame, self->y[i]));
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
  double x = x_of (frame, self->x[outside]);
  double limit = CLAMP (x, -OVERRUN, frame->width + OVERRUN);
  double y, inner_x, part;

  if (!isfinite (self->y[outside]))
    {
      self->begins = TRUE;
      return;
    }

  y = y_of (frame, self->y[outside]);
  if (x != limit && isfinite (self->y[inside]))
    {
      inner_x = x_of (frame, self->x[inside]);
      part = (limit - inner_x) / (x - inner_x);
      y = y_of (frame, self->y[inside]) * (1 - part) + y * part;
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

  low = y_of (self->frame, extent->min);
  high = y_of (self->frame, extent->max);
  low_first = isfinite (self->y[from]) &&
              fabs (y_of (self->frame, self->y[from]) - low) <
              fabs (y_of (self->frame, self->y[from]) - high);
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
  Decimation self = {
    .frame = frame,
    .x = sage_chart_data_get_x (data),
    .y = sage_chart_data_get_y (data),
    .vertices = g_array_new (FALSE, FALSE, sizeof (SageChartVertex)),
    .begins = TRUE,
  };

  if (from > 0 && from < n_points)
    add_outer_point (&self, from - 1, from);

  if (to - from > 2 * (gsize) frame->n_columns)
    add_columns (&self, data, from, to);
  else
    {
      for (gsize i = from; i < to; i++)
        add_point (&self, i);
    }

  if (to > 0 && to < n_points)
    add_outer_point (&self, to, to - 1);

  if (dense != NULL)
    *dense = to - from > frame->n_columns;

  return self.vertices;
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
