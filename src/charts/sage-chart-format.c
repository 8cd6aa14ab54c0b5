/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-chart-format"

#include "config.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "sage-chart-format.h"

#define MINUTE 60.0
#define HOUR 3600.0
#define DAY 86400.0

#define NO_BREAK_SPACE "\302\240"
#define MINUS "\342\210\222"

/* Beyond these a number is written with an exponent. */
#define LARGEST_PLAIN 1e15
#define SMALLEST_PLAIN 1e-4

GType
sage_chart_format_get_type (void)
{
  static GType type;

  if (g_once_init_enter (&type))
    {
      static const GEnumValue values[] = {
        { SAGE_CHART_FORMAT_NUMBER, "SAGE_CHART_FORMAT_NUMBER", "number" },
        { SAGE_CHART_FORMAT_BYTES, "SAGE_CHART_FORMAT_BYTES", "bytes" },
        { SAGE_CHART_FORMAT_DURATION, "SAGE_CHART_FORMAT_DURATION", "duration" },
        { SAGE_CHART_FORMAT_TIME, "SAGE_CHART_FORMAT_TIME", "time" },
        { 0, NULL, NULL },
      };

      g_once_init_leave (&type, g_enum_register_static ("SageChartFormat", values));
    }

  return type;
}

/* Gives a number as printf() writes it its typographic minus, and its exponent no ballast:
 * -1.5e+07 becomes −1.5e7. */
static char *
polish (char *text)
{
  GString *polished = g_string_new (NULL);

  for (const char *p = text; *p != '\0'; p++)
    {
      if (*p == '-')
        g_string_append (polished, MINUS);
      else if (*p != '+')
        g_string_append_c (polished, *p);
      if (*p == 'e' && (p[1] == '-' || p[1] == '+'))
        {
          p++;
          if (*p == '-')
            g_string_append (polished, MINUS);
          while (p[1] == '0' && p[2] != '\0')
            p++;
        }
    }
  g_free (text);

  return g_string_free (polished, FALSE);
}

/* Returns how many decimals tell multiples of @step apart. */
static int
decimals_of (double step)
{
  return CLAMP ((int) ceil (-log10 (step) - 1e-9), 0, 17);
}

/* What is not finite has a name instead of digits. */
static const char *
name_of_not_finite (double value)
{
  if (isnan (value))
    return "NaN";

  return value > 0 ? "∞" : MINUS "∞";
}

static char *
format_number (double value)
{
  double size = fabs (value);

  if (size == floor (size) && size < LARGEST_PLAIN)
    return polish (g_strdup_printf ("%.0f", value));
  if (size >= 1e6 || size < SMALLEST_PLAIN)
    return polish (g_strdup_printf ("%.3e", value));
  if (size >= 1e4)
    return polish (g_strdup_printf ("%.1f", value));

  return polish (g_strdup_printf ("%.4g", value));
}

static char *
format_bytes (double value)
{
  static const char * const units[] = { "B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
  guint unit = 0;

  while (unit + 1 < G_N_ELEMENTS (units) && fabs (value) >= 1024)
    {
      value /= 1024;
      unit++;
    }

  return polish (g_strdup_printf ("%.4g" NO_BREAK_SPACE "%s", value, units[unit]));
}

static char *
format_duration (double seconds)
{
  double size = fabs (seconds);
  const char *sign = seconds < 0 ? MINUS : "";

  if (size >= 100 * 365 * DAY)
    return polish (g_strdup_printf (_("%.3g d"), seconds / DAY));
  if (size < MINUTE)
    return polish (g_strdup_printf (_("%.3g s"), seconds));
  if (size < HOUR)
    return g_strdup_printf (_("%s%d min %02d s"), sign, (int) (size / MINUTE),
                            (int) fmod (size, MINUTE));
  if (size < DAY)
    return g_strdup_printf (_("%s%d h %02d min"), sign, (int) (size / HOUR),
                            (int) (fmod (size, HOUR) / MINUTE));

  return g_strdup_printf (_("%s%d d %02d h"), sign, (int) (size / DAY),
                          (int) (fmod (size, DAY) / HOUR));
}

/* Returns local time, or %NULL beyond the years a calendar has names for. */
static GDateTime *
date_time_of (double seconds)
{
  if (!(fabs (seconds) < 2e11))
    return NULL;

  return g_date_time_new_from_unix_local ((gint64) floor (seconds));
}

static char *
format_time (double      seconds,
             const char *pattern)
{
  g_autoptr(GDateTime) time = date_time_of (seconds);
  char *text = time != NULL ? g_date_time_format (time, pattern) : NULL;

  return text != NULL ? text : format_number (seconds);
}

/**
 * sage_chart_format_value:
 *
 * Returns: (transfer full): @value to be read: four significant digits, units, in the user's
 *   language
 */
char *
sage_chart_format_value (SageChartFormat format,
                         double          value)
{
  if (!isfinite (value))
    return g_strdup (name_of_not_finite (value));

  switch (format)
    {
    case SAGE_CHART_FORMAT_BYTES:
      return format_bytes (value);
    case SAGE_CHART_FORMAT_DURATION:
      return format_duration (value);
    case SAGE_CHART_FORMAT_TIME:
      return format_time (value, "%x %X");
    case SAGE_CHART_FORMAT_NUMBER:
    default:
      return format_number (value);
    }
}

/**
 * sage_chart_format_read_out:
 * @resolution: what a pixel of the axis comes to; 0 if pixels differ
 *
 * Returns: (transfer full): @value to be read off a chart, with as many decimals as can be seen there
 *   and one more, so that values beside each other line up
 */
char *
sage_chart_format_read_out (SageChartFormat format,
                            double          value,
                            double          resolution)
{
  if (format != SAGE_CHART_FORMAT_NUMBER || !isfinite (value) || !(resolution > SMALLEST_PLAIN / 1e6) ||
      fabs (value) >= LARGEST_PLAIN || decimals_of (resolution / 10) == 0)
    return sage_chart_format_value (format, value);

  return polish (g_strdup_printf ("%.*f", decimals_of (resolution / 10), value));
}

/**
 * sage_chart_format_all_digits:
 *
 * Returns: (transfer full): the shortest text that reads back as @value, the same in every language
 */
char *
sage_chart_format_all_digits (double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  for (int digits = 15; digits <= 17; digits++)
    {
      char pattern[8];

      g_snprintf (pattern, sizeof pattern, "%%.%dg", digits);
      g_ascii_formatd (text, sizeof text, pattern, value);
      if (g_ascii_strtod (text, NULL) == value)
        break;
    }

  return g_strdup (text);
}

static char *
format_tick_number (double value,
                    double step,
                    double largest)
{
  static const struct { double size; const char *name; } units[] = {
    { 1e12, "T" }, { 1e9, "G" }, { 1e6, "M" }, { 1e3, "k" },
  };

  if (value == 0)
    return g_strdup ("0");
  if (largest >= LARGEST_PLAIN || (largest < 1 && step < SMALLEST_PLAIN / 10))
    {
      int decimals = decimals_of (step / pow (10, floor (log10 (fabs (value)))));

      return polish (g_strdup_printf ("%.*e", decimals, value));
    }

  for (guint i = 0; largest >= 1e4 && i < G_N_ELEMENTS (units); i++)
    if (largest >= units[i].size && decimals_of (step / units[i].size) <= 2)
      return polish (g_strdup_printf ("%.*f" NO_BREAK_SPACE "%s", decimals_of (step / units[i].size),
                                      value / units[i].size, units[i].name));

  return polish (g_strdup_printf ("%.*f", decimals_of (step), value));
}

static char *
format_tick_duration (double seconds,
                      double step)
{
  if (seconds == 0)
    return g_strdup ("0");
  if (step >= DAY)
    return polish (g_strdup_printf (_("%.4g d"), seconds / DAY));
  if (step >= HOUR && fabs (seconds) < DAY)
    return polish (g_strdup_printf (_("%.4g h"), seconds / HOUR));
  if (step >= MINUTE && fabs (seconds) < HOUR)
    return polish (g_strdup_printf (_("%.4g min"), seconds / MINUTE));
  if (step < 1)
    return polish (g_strdup_printf (_("%.*f s"), decimals_of (step), seconds));

  return format_duration (seconds);
}

/* The coarsest part of the time that changes between ticks names them; where a day begins, the day
 * does. */
static char *
format_tick_time (double seconds,
                  double step)
{
  g_autoptr(GDateTime) time = date_time_of (seconds);
  gboolean midnight;

  if (time == NULL)
    return format_number (seconds);
  if (step < 1)
    return g_strdup_printf ("%02d:%0*.*f", g_date_time_get_minute (time), decimals_of (step) + 3,
                            decimals_of (step),
                            g_date_time_get_second (time) + seconds - floor (seconds));

  midnight = g_date_time_get_hour (time) == 0 && g_date_time_get_minute (time) == 0 &&
             g_date_time_get_second (time) == 0;
  if (step >= 360 * DAY)
    return g_date_time_format (time, "%Y");
  if (step >= 28 * DAY)
    /* Translators: a month on the axis of a chart, as g_date_time_format() takes it */
    return g_date_time_format (time, _("%b %Y"));
  if (step >= DAY || midnight)
    /* Translators: a day on the axis of a chart, as g_date_time_format() takes it */
    return g_date_time_format (time, _("%-d %b"));

  return g_date_time_format (time, step >= MINUTE ? "%H:%M" : "%H:%M:%S");
}

/**
 * sage_chart_format_tick:
 * @value: where the tick is
 * @step: the distance to the next one
 * @largest: the largest size on the axis, which decides on the unit
 *
 * Returns: (transfer full): as few characters as tell the ticks of an axis apart
 */
char *
sage_chart_format_tick (SageChartFormat format,
                        double          value,
                        double          step,
                        double          largest)
{
  switch (format)
    {
    case SAGE_CHART_FORMAT_BYTES:
      return value == 0 ? g_strdup ("0") : format_bytes (value);
    case SAGE_CHART_FORMAT_DURATION:
      return format_tick_duration (value, step);
    case SAGE_CHART_FORMAT_TIME:
      return format_tick_time (value, step);
    case SAGE_CHART_FORMAT_NUMBER:
    default:
      return format_tick_number (value, step, largest);
    }
}
