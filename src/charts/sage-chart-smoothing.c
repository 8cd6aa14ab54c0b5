/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-chart-smoothing"

#include "config.h"

#include <math.h>

#include "sage-chart-smoothing.h"

/* An exponential moving average that is not drawn to zero at its start: the sum is divided by the
 * weight that went into it, which begins at zero and nears one. */
struct _SageChartSmoothing
{
  SageChartData *smoothed; /* (owned) */
  double         weight;
  guint          epoch;    /* of the source when it was read */
  gsize          n_read;   /* points of it */
  double         sum;
  double         sum_weight;
};

/**
 * sage_chart_smoothing_new:
 *
 * Returns: (transfer full): nothing smoothed yet
 */
SageChartSmoothing *
sage_chart_smoothing_new (void)
{
  SageChartSmoothing *self = g_new0 (SageChartSmoothing, 1);

  self->smoothed = sage_chart_data_new ();

  return self;
}

/**
 * sage_chart_smoothing_free:
 * @self: (transfer full): the average
 */
void
sage_chart_smoothing_free (SageChartSmoothing *self)
{
  sage_chart_data_free (self->smoothed);
  g_free (self);
}

/**
 * sage_chart_smoothing_apply:
 * @source: the same line each time
 * @weight: how much of the past each value keeps, 0 to less than 1
 *
 * Gaps stay gaps and leave the average alone. Only points that are new cost time, as long as
 * @source only grew and @weight is the same.
 *
 * Returns: (transfer none): the average at each point; valid until the next call
 */
SageChartData *
sage_chart_smoothing_apply (SageChartSmoothing *self,
                            SageChartData      *source,
                            double              weight)
{
  const double *x = sage_chart_data_get_x (source);
  const double *y = sage_chart_data_get_y (source);
  gsize n_points = sage_chart_data_get_n_points (source);

  if (self->weight != weight || self->epoch != sage_chart_data_get_epoch (source))
    {
      sage_chart_data_clear (self->smoothed);
      self->weight = weight;
      self->epoch = sage_chart_data_get_epoch (source);
      self->n_read = 0;
      self->sum = 0;
      self->sum_weight = 0;
    }

  for (; self->n_read < n_points; self->n_read++)
    {
      double value = y[self->n_read];

      if (isfinite (value))
        {
          self->sum = self->sum * weight + value * (1 - weight);
          self->sum_weight = self->sum_weight * weight + (1 - weight);
          value = self->sum / self->sum_weight;
        }
      sage_chart_data_append (self->smoothed, x[self->n_read], value);
    }

  return self->smoothed;
}
