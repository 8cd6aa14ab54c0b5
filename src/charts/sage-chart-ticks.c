/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-chart-ticks"

#include "config.h"

#include <float.h>
#include <math.h>

#include "sage-chart-ticks.h"

#define MINUTE 60.0
#define HOUR 3600.0
#define DAY 86400.0
#define MONTH (30.4 * DAY)
#define YEAR (365.25 * DAY)

/* Steps that people count time in; below a second and above the last one they count in tens. */
static const double clock_steps[] = {
  1, 2, 5, 10, 15, 30,
  MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE,
  HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR,
  DAY, 2 * DAY, 7 * DAY, 14 * DAY,
};

static const int month_steps[] = { 1, 2, 3, 6 };

static void
clear_tick (gpointer tick)
{
  g_clear_pointer (&((SageChartTick *) tick)->label, g_free);
}

/* Returns the first of 1, 2 and 5 times a power of ten that is not below @least. */
static double
round_step (double least)
{
  double power = pow (10, floor (log10 (least)));

  for (guint i = 0; i < 3; i++)
    {
      static const double factors[] = { 1, 2, 5 };

      if (factors[i] * power >= least * (1 - 1e-9))
        return factors[i] * power;
    }

  return 10 * power;
}

static double
choose_step (const SageChartScale *scale,
             SageChartFormat       format,
             gboolean              whole,
             guint                 max_ticks)
{
  /* Halves, because the whole may be more than doubles hold. */
  double half = scale->max / 2 - scale->min / 2;
  double least = MAX (half / MAX (max_ticks, 1) * 2, DBL_MIN * 16);

  if (format == SAGE_CHART_FORMAT_BYTES && least > 0.5)
    return pow (2, ceil (log2 (least) - 1e-9));

  if (format == SAGE_CHART_FORMAT_DURATION || format == SAGE_CHART_FORMAT_TIME)
    {
      for (guint i = 0; least > 0.5 && i < G_N_ELEMENTS (clock_steps); i++)
        if (clock_steps[i] >= least * (1 - 1e-9))
          return clock_steps[i];
      if (least > 0.5)
        return round_step (least / DAY) * DAY;
    }

  return whole || format == SAGE_CHART_FORMAT_BYTES ? MAX (round_step (least), 1)
                                                    : round_step (least);
}

static void
add_tick (GArray          *ticks,
          SageChartFormat  format,
          double           value,
          double           step,
          double           largest)
{
  SageChartTick tick = { value, sage_chart_format_tick (format, value, step, largest) };

  g_array_append_val (ticks, tick);
}

static double
largest_of (const SageChartScale *scale)
{
  return MAX (fabs (scale->min), fabs (scale->max));
}

/* Ticks at the multiples of @step, counted from @origin. */
static void
add_even_ticks (GArray               *ticks,
                const SageChartScale *scale,
                SageChartFormat       format,
                double                step,
                double                origin,
                guint                 max_ticks)
{
  /* A whisker of tolerance, so that a domain that was rounded out to ticks has them. */
  double slack = MIN (step, sage_chart_scale_get_span (scale)) * 1e-6;
  double first = ceil ((scale->min - origin) / step - slack / step);
  double last_value = -INFINITY;

  for (guint i = 0; i <= max_ticks + 1; i++)
    {
      double value = (first + i) * step + origin;

      /* Where doubles are sparser than ticks, several fall together. */
      if (!isfinite (value) || value > scale->max + slack || value <= last_value)
        break;
      if (fabs (value) < slack)
        value = 0;
      last_value = value;
      if (value > 0 || !scale->logarithmic)
        add_tick (ticks, format, value, step, largest_of (scale));
    }
}

static double
local_midnight (double seconds)
{
  g_autoptr(GDateTime) time = g_date_time_new_from_unix_local ((gint64) floor (seconds));
  g_autoptr(GDateTime) midnight = NULL;

  if (time == NULL)
    return 0;
  midnight = g_date_time_new_local (g_date_time_get_year (time), g_date_time_get_month (time),
                                    g_date_time_get_day_of_month (time), 0, 0, 0);

  return midnight != NULL ? (double) g_date_time_to_unix (midnight) : 0;
}

/* Ticks where months and years begin: they are not evenly spaced. */
static void
add_calendar_ticks (GArray               *ticks,
                    const SageChartScale *scale,
                    guint                 max_ticks)
{
  double least = sage_chart_scale_get_span (scale) / MAX (max_ticks, 1);
  g_autoptr(GDateTime) start = g_date_time_new_from_unix_local ((gint64) floor (scale->min));
  int months = 12 * (int) round_step (MAX (least / YEAR, 1));
  int first;

  if (start == NULL)
    return;

  for (guint i = 0; i < G_N_ELEMENTS (month_steps); i++)
    if (month_steps[i] * MONTH >= least)
      {
        months = month_steps[i];
        break;
      }

  first = g_date_time_get_year (start) * 12 + g_date_time_get_month (start) - 1;
  first = first / months * months;
  for (guint i = 0; i <= max_ticks + 2; i++)
    {
      int month = first + (int) i * months;
      g_autoptr(GDateTime) time = g_date_time_new_local (month / 12, month % 12 + 1, 1, 0, 0, 0);
      double value;

      if (time == NULL)
        break;
      value = (double) g_date_time_to_unix (time);
      if (value > scale->max)
        break;
      if (value >= scale->min)
        add_tick (ticks, SAGE_CHART_FORMAT_TIME, value, months * MONTH, largest_of (scale));
    }
}

/* Returns ten to a power as it is written on paper; (transfer full). */
static char *
format_power (int power)
{
  static const char * const digits[] = { "⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹" };
  g_autofree char *plain = g_strdup_printf ("%d", ABS (power));
  GString *text = g_string_new (power < 0 ? "10⁻" : "10");

  for (const char *p = plain; *p != '\0'; p++)
    g_string_append (text, digits[*p - '0']);

  return g_string_free (text, FALSE);
}

/* Ticks at powers of ten, or at 1, 2 and 5 times them where there is room. */
static void
add_logarithmic_ticks (GArray               *ticks,
                       const SageChartScale *scale,
                       SageChartFormat       format,
                       guint                 max_ticks)
{
  static const double factors[] = { 1, 2, 5 };
  double from = floor (log10 (scale->min) + 1e-9);
  double to = floor (log10 (scale->max) + 1e-9);
  gboolean fine = (to - from + 1) * 3 <= max_ticks + 1;
  double stride = MAX (1, ceil ((to - from) / MAX (max_ticks, 1)));
  gboolean powers = format == SAGE_CHART_FORMAT_NUMBER && !fine && (from < -4 || to > 5);

  for (double power = ceil (from / stride) * stride; power <= to; power += stride)
    for (guint i = 0; i < (fine ? 3 : 1); i++)
      {
        double value = factors[i] * pow (10, power);

        if (value <= 0 || value < scale->min * (1 - 1e-9) || value > scale->max * (1 + 1e-9))
          continue;
        add_tick (ticks, format, value, pow (10, power), value);
        if (powers)
          {
            SageChartTick *tick = &g_array_index (ticks, SageChartTick, ticks->len - 1);

            g_free (tick->label);
            tick->label = format_power ((int) power);
          }
      }
}

/* On a logarithmic domain of little more than one power of ten, even steps tell more. */
static gboolean
is_evenly_divided (const SageChartScale *scale)
{
  return !scale->logarithmic || scale->max / 10 < scale->min;
}

/**
 * sage_chart_ticks_new:
 * @scale: the domain
 * @format: what its numbers are
 * @whole: whether there is nothing between whole numbers
 * @max_ticks: how many there is room for
 *
 * Returns: (transfer full) (element-type SageChartTick): round values inside the domain, rising,
 *   about @max_ticks at most; there may be none
 */
GArray *
sage_chart_ticks_new (const SageChartScale *scale,
                      SageChartFormat       format,
                      gboolean              whole,
                      guint                 max_ticks)
{
  GArray *ticks = g_array_new (FALSE, FALSE, sizeof (SageChartTick));
  double step = choose_step (scale, format, whole, max_ticks);

  g_array_set_clear_func (ticks, clear_tick);

  if (!is_evenly_divided (scale))
    add_logarithmic_ticks (ticks, scale, format, max_ticks);
  else if (format != SAGE_CHART_FORMAT_TIME || largest_of (scale) >= 2e11)
    add_even_ticks (ticks, scale, format, step, 0, max_ticks);
  else if (step > 14 * DAY)
    add_calendar_ticks (ticks, scale, max_ticks);
  else
    add_even_ticks (ticks, scale, format, step, step < 1 ? 0 : local_midnight (scale->min), max_ticks);

  return ticks;
}

/**
 * sage_chart_ticks_round_out:
 * @scale: the domain, which grows
 * @max_ticks: how many ticks it is going to have
 *
 * Has the domain begin and end at ticks, so that it holds still while values come in.
 */
void
sage_chart_ticks_round_out (SageChartScale  *scale,
                            SageChartFormat  format,
                            guint            max_ticks)
{
  double step;

  if (!is_evenly_divided (scale))
    {
      scale->min = MAX (pow (10, floor (log10 (scale->min) + 1e-9)), DBL_MIN);
      scale->max = MIN (pow (10, ceil (log10 (scale->max) - 1e-9)), DBL_MAX);
      return;
    }

  step = choose_step (scale, format, FALSE, max_ticks);
  scale->max = CLAMP (ceil (scale->max / step - 1e-6) * step, scale->max, DBL_MAX);
  if (!scale->logarithmic || scale->min > step)
    scale->min = CLAMP (floor (scale->min / step + 1e-6) * step, -DBL_MAX, scale->min);
}
