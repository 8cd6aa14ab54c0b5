/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-chart-scale"

#include "config.h"

#include <float.h>
#include <math.h>

#include "sage-chart-scale.h"

/* A domain narrower than this part of its values is one value: closer, doubles run out of digits
 * to put ticks at. So is one narrower than the other, which cannot be divided by. */
#define NARROWEST 1e-12
#define NARROWEST_OF_ALL 1e-290

static double
clamp_to_finite (double value)
{
  return CLAMP (value, -DBL_MAX, DBL_MAX);
}

/* Sums and differences of values near the end of what doubles hold are infinite, so all arithmetic
 * on domains is done on halves. */
static double
half_span (const SageChartScale *self)
{
  return self->max / 2 - self->min / 2;
}

static gboolean
is_narrow (double min,
           double max)
{
  double half = max / 2 - min / 2;

  return half <= MAX (fabs (min), fabs (max)) * NARROWEST || half <= NARROWEST_OF_ALL;
}

static void
sage_chart_scale_set (SageChartScale *self,
                      double          min,
                      double          max,
                      gboolean        logarithmic)
{
  self->min = clamp_to_finite (min);
  self->max = clamp_to_finite (max);
  self->logarithmic = logarithmic;
}

/**
 * sage_chart_scale_fit:
 * @self: (out caller-allocates): the domain
 * @extent: what shall be seen
 * @logarithmic: whether only what is above zero counts, by its logarithm
 *
 * Makes the narrowest domain that shows @extent, with room around a single value. When there is
 * nothing to show the domain is 0 to 1, or 1 to 10.
 *
 * Returns: whether there is something to show
 */
gboolean
sage_chart_scale_fit (SageChartScale        *self,
                      const SageChartExtent *extent,
                      gboolean               logarithmic)
{
  double min = logarithmic ? MAX (extent->min_positive, 2 * DBL_MIN) : extent->min;
  double max = logarithmic ? MAX (extent->max, min) : extent->max;

  if (sage_chart_extent_is_empty (extent) || (logarithmic && extent->max <= 0))
    {
      sage_chart_scale_set (self, logarithmic ? 1 : 0, logarithmic ? 10 : 1, logarithmic);
      return FALSE;
    }

  if (logarithmic && max / min <= 1 + NARROWEST)
    sage_chart_scale_set (self, min / 2, max * 2, TRUE);
  else if (!logarithmic && is_narrow (min, max))
    {
      double magnitude = MAX (fabs (min), fabs (max));
      double room = magnitude > NARROWEST_OF_ALL * 100 ? magnitude / 10 : 1;

      sage_chart_scale_set (self, min - room, max + room, FALSE);
    }
  else
    sage_chart_scale_set (self, min, max, logarithmic);

  return TRUE;
}

/**
 * sage_chart_scale_get_position:
 *
 * Returns: where @value lies: 0 at the start of the domain, 1 at its end; minus infinity for what
 *   has no logarithm on a logarithmic scale
 */
double
sage_chart_scale_get_position (const SageChartScale *self,
                               double                value)
{
  if (!self->logarithmic)
    return (value / 2 - self->min / 2) / half_span (self);
  if (value <= 0)
    return -INFINITY;

  return (log (value) - log (self->min)) / (log (self->max) - log (self->min));
}

/**
 * sage_chart_scale_get_value:
 * @position: 0 for the start of the domain, 1 for its end
 *
 * Returns: the value that lies there
 */
double
sage_chart_scale_get_value (const SageChartScale *self,
                            double                position)
{
  double value;

  if (self->logarithmic)
    value = exp (log (self->min) * (1 - position) + log (self->max) * position);
  else
    value = self->min * (1 - position) + self->max * position;

  return clamp_to_finite (value);
}

/**
 * sage_chart_scale_get_span:
 *
 * Returns: the length of the domain, finite
 */
double
sage_chart_scale_get_span (const SageChartScale *self)
{
  return clamp_to_finite (half_span (self) * 2);
}

/**
 * sage_chart_scale_crop:
 * @from: the position to start at, 0 to 1
 * @to: the position to end at, 0 to 1
 * @cropped: (out caller-allocates): the part of the domain between the two
 *
 * Returns: whether there is such a part; it is %FALSE where doubles run out of digits
 */
gboolean
sage_chart_scale_crop (const SageChartScale *self,
                       double                from,
                       double                to,
                       SageChartScale       *cropped)
{
  SageChartScale part = *self;

  part.min = sage_chart_scale_get_value (self, MIN (from, to));
  part.max = sage_chart_scale_get_value (self, MAX (from, to));
  if (is_narrow (part.min, part.max))
    return FALSE;

  *cropped = part;

  return TRUE;
}
