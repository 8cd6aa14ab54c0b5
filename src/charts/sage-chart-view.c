/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-chart-view"

#include "config.h"

#include <math.h>

#include "sage-chart-private.h"

/* A view within this part of everything is everything. */
#define NEARLY_ALL 1e-6

/**
 * sage_chart_get_zoomed:
 *
 * Returns: whether only a part of the x axis is in sight
 */
gboolean
sage_chart_get_zoomed (SageChart *self)
{
  g_return_val_if_fail (SAGE_IS_CHART (self), FALSE);

  return self->zoomed;
}

/**
 * sage_chart_get_range:
 * @from: (out): the x value where the chart begins
 * @to: (out): the x value where it ends
 */
void
sage_chart_get_range (SageChart *self,
                      double    *from,
                      double    *to)
{
  const SageChartPlot *plot;

  g_return_if_fail (SAGE_IS_CHART (self));

  plot = sage_chart_get_plot (self);
  *from = plot->frame.x.min;
  *to = plot->frame.x.max;
}

/**
 * sage_chart_reset_zoom:
 *
 * Shows all there is, and what will come.
 */
void
sage_chart_reset_zoom (SageChart *self)
{
  g_return_if_fail (SAGE_IS_CHART (self));

  if (!self->zoomed)
    return;

  self->zoomed = FALSE;
  sage_chart_view_changed (self);
  sage_chart_notify_zoomed (self);
}

/**
 * sage_chart_zoom_to:
 * @from: the x value to begin at
 * @to: the x value to end at
 *
 * Shows a part of what there is; what lies outside of it is cut off. The y axis follows. A part too
 * narrow for its numbers to differ changes nothing.
 */
void
sage_chart_zoom_to (SageChart *self,
                    double     from,
                    double     to)
{
  const SageChartScale *full;
  SageChartScale part;
  double start, end;

  g_return_if_fail (SAGE_IS_CHART (self));
  g_return_if_fail (!isnan (from) && !isnan (to));

  sage_chart_get_plot (self);
  full = &self->full_x;
  start = sage_chart_scale_get_position (full, MAX (MIN (from, to), full->min));
  end = sage_chart_scale_get_position (full, MIN (MAX (from, to), full->max));

  if (end - start >= 1 - NEARLY_ALL)
    {
      sage_chart_reset_zoom (self);
      return;
    }
  if (start >= end || !sage_chart_scale_crop (full, start, end, &part))
    return;

  self->from = part.min;
  self->to = part.max;
  if (self->zoomed)
    sage_chart_view_changed (self);
  else
    {
      self->zoomed = TRUE;
      sage_chart_view_changed (self);
      sage_chart_notify_zoomed (self);
    }
}

/* Shows the part of the present view between two positions, moved so far that it lies inside what
 * there is. */
static void
sage_chart_show_part (SageChart *self,
                      double     start,
                      double     end)
{
  const SageChartPlot *plot = sage_chart_get_plot (self);
  double first = sage_chart_scale_get_position (&plot->frame.x, self->full_x.min);
  double last = sage_chart_scale_get_position (&plot->frame.x, self->full_x.max);
  double shift = 0;

  if (start < first)
    shift = first - start;
  else if (end > last)
    shift = last - end;

  sage_chart_zoom_to (self, sage_chart_scale_get_value (&plot->frame.x, start + shift),
                      sage_chart_scale_get_value (&plot->frame.x, end + shift));
}

/**
 * sage_chart_zoom_by:
 * @factor: how much larger things become; below 1 smaller
 * @around: the position that stays where it is, 0 to 1 along the x axis
 */
void
sage_chart_zoom_by (SageChart *self,
                    double     factor,
                    double     around)
{
  g_return_if_fail (SAGE_IS_CHART (self));
  g_return_if_fail (factor > 0);

  around = CLAMP (around, 0, 1);
  sage_chart_show_part (self, around - around / factor, around + (1 - around) / factor);
}

/**
 * sage_chart_pan_by:
 * @part: how far to move the view, in its own widths; below 0 to the start
 */
void
sage_chart_pan_by (SageChart *self,
                   double     part)
{
  g_return_if_fail (SAGE_IS_CHART (self));

  if (self->zoomed)
    sage_chart_show_part (self, part, 1 + part);
}
