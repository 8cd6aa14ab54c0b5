/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <float.h>
#include <math.h>

#include "sage-chart-ticks.h"

#define HOUR 3600.0
#define DAY 86400.0
#define NEW_YEAR 1767225600.0 /* 2026-01-01T00:00:00Z */

typedef struct
{
  const char      *name;
  double           min;
  double           max;
  gboolean         logarithmic;
  SageChartFormat  format;
  gboolean         whole;
  guint            max_ticks;
  const char      *labels; /* with | between them */
} Case;

static const Case cases[] = {
  { "unit", 0, 1, FALSE, SAGE_CHART_FORMAT_NUMBER, FALSE, 5, "0|0.2|0.4|0.6|0.8|1.0" },
  { "rounds", 0, 119, FALSE, SAGE_CHART_FORMAT_NUMBER, TRUE, 7, "0|20|40|60|80|100" },
  { "two-rounds", 0, 2, FALSE, SAGE_CHART_FORMAT_NUMBER, TRUE, 9, "0|1|2" },
  { "negative", -1, 1, FALSE, SAGE_CHART_FORMAT_NUMBER, FALSE, 4, "−1.0|−0.5|0|0.5|1.0" },
  { "thousands", 0, 1e6, FALSE, SAGE_CHART_FORMAT_NUMBER, FALSE, 5,
    "0|0.2 M|0.4 M|0.6 M|0.8 M|1.0 M" },
  { "hundreds-of-thousands", 0, 9e5, FALSE, SAGE_CHART_FORMAT_NUMBER, FALSE, 5,
    "0|200 k|400 k|600 k|800 k" },
  { "far-in", 123456, 123457, FALSE, SAGE_CHART_FORMAT_NUMBER, FALSE, 4,
    "123456.0|123456.5|123457.0" },
  { "small", 0, 3e-6, FALSE, SAGE_CHART_FORMAT_NUMBER, FALSE, 3, "0|1e−6|2e−6|3e−6" },
  { "large", 0, 3e20, FALSE, SAGE_CHART_FORMAT_NUMBER, FALSE, 3, "0|1e20|2e20|3e20" },
  { "everything", -DBL_MAX, DBL_MAX, FALSE, SAGE_CHART_FORMAT_NUMBER, FALSE, 4,
    "−1e308|0|1e308" },
  { "decades", 1e-3, 1e3, TRUE, SAGE_CHART_FORMAT_NUMBER, FALSE, 7,
    "0.001|0.01|0.1|1|10|100|1000" },
  { "many-decades", 1e-6, 10, TRUE, SAGE_CHART_FORMAT_NUMBER, FALSE, 5, "10⁻⁶|10⁻⁴|10⁻²|10⁰" },
  { "two-decades", 1, 100, TRUE, SAGE_CHART_FORMAT_NUMBER, FALSE, 9, "1|2|5|10|20|50|100" },
  { "within-a-decade", 2, 8, TRUE, SAGE_CHART_FORMAT_NUMBER, FALSE, 4, "2|4|6|8" },
  { "bytes", 0, 8.0 * (1 << 30), FALSE, SAGE_CHART_FORMAT_BYTES, FALSE, 4,
    "0|2 GiB|4 GiB|6 GiB|8 GiB" },
  { "bytes-mixed", 0, 2048, FALSE, SAGE_CHART_FORMAT_BYTES, FALSE, 4,
    "0|512 B|1 KiB|1.5 KiB|2 KiB" },
  { "seconds", 0, 90, FALSE, SAGE_CHART_FORMAT_DURATION, FALSE, 4, "0|30 s|1 min 00 s|1 min 30 s" },
  { "minutes", 0, 1800, FALSE, SAGE_CHART_FORMAT_DURATION, FALSE, 4, "0|10 min|20 min|30 min" },
  { "hours", 0, 12 * HOUR, FALSE, SAGE_CHART_FORMAT_DURATION, FALSE, 4, "0|3 h|6 h|9 h|12 h" },
  { "milliseconds", 0, 0.02, FALSE, SAGE_CHART_FORMAT_DURATION, FALSE, 4,
    "0|0.005 s|0.010 s|0.015 s|0.020 s" },
  { "clock", NEW_YEAR, NEW_YEAR + 4 * HOUR, FALSE, SAGE_CHART_FORMAT_TIME, FALSE, 4,
    "1 Jan|01:00|02:00|03:00|04:00" },
  { "clock-seconds", NEW_YEAR + 10, NEW_YEAR + 40, FALSE, SAGE_CHART_FORMAT_TIME, FALSE, 3,
    "00:00:10|00:00:20|00:00:30|00:00:40" },
  { "days", NEW_YEAR, NEW_YEAR + 4 * DAY, FALSE, SAGE_CHART_FORMAT_TIME, FALSE, 4,
    "1 Jan|2 Jan|3 Jan|4 Jan|5 Jan" },
  { "months", NEW_YEAR, NEW_YEAR + 120 * DAY, FALSE, SAGE_CHART_FORMAT_TIME, FALSE, 4,
    "Jan 2026|Feb 2026|Mar 2026|Apr 2026|May 2026" },
  { "years", NEW_YEAR, NEW_YEAR + 3 * 366 * DAY, FALSE, SAGE_CHART_FORMAT_TIME, FALSE, 4,
    "2026|2027|2028|2029" },
};

static void
test_case (gconstpointer user_data)
{
  const Case *c = user_data;
  SageChartScale scale = { c->min, c->max, c->logarithmic };
  g_autoptr(GArray) ticks = sage_chart_ticks_new (&scale, c->format, c->whole, c->max_ticks);
  g_autoptr(GString) labels = g_string_new (NULL);

  for (guint i = 0; i < ticks->len; i++)
    g_string_append_printf (labels, "%s%s", i > 0 ? "|" : "",
                            g_array_index (ticks, SageChartTick, i).label);
  g_string_replace (labels, "\302\240", " ", 0);
  g_assert_cmpstr (labels->str, ==, c->labels);
}

/* Whatever the domain: few ticks, inside it, rising, with words. */
static void
test_wild_domains (void)
{
  static const double bounds[] = {
    -DBL_MAX, -1e300, -1e17, -3, -1e-8, -1e-280, 0, 1e-280, 1e-8, 1, 1 + 1e-9, 1e9, 1e9 + 1, 1e17,
    1e17 + 64, 1e300, DBL_MAX,
  };

  for (guint i = 0; i < G_N_ELEMENTS (bounds); i++)
    for (guint j = i; j < G_N_ELEMENTS (bounds); j++)
      for (guint kind = 0; kind < 8; kind++)
        {
          SageChartExtent extent = SAGE_CHART_EXTENT_EMPTY;
          SageChartFormat format = kind % 4;
          SageChartScale scale;
          g_autoptr(GArray) ticks = NULL;

          sage_chart_extent_add (&extent, bounds[i]);
          sage_chart_extent_add (&extent, bounds[j]);
          sage_chart_scale_fit (&scale, &extent, kind >= 4);
          for (guint round = 0; round < 2; round++)
            {
              g_assert_true (isfinite (scale.min) && isfinite (scale.max));
              g_assert_cmpfloat (scale.min, <, scale.max);
              g_assert_true (kind < 4 || scale.min > 0);
              g_assert_cmpfloat_with_epsilon (sage_chart_scale_get_position (&scale, scale.min), 0,
                                              1e-9);
              g_assert_cmpfloat_with_epsilon (sage_chart_scale_get_position (&scale, scale.max), 1,
                                              1e-9);
              g_clear_pointer (&ticks, g_array_unref);
              ticks = sage_chart_ticks_new (&scale, format, FALSE, 5);
              g_assert_cmpuint (ticks->len, <=, 9);
              for (guint t = 0; t < ticks->len; t++)
                {
                  const SageChartTick *tick = &g_array_index (ticks, SageChartTick, t);
                  double position = sage_chart_scale_get_position (&scale, tick->value);

                  if (position < -1e-4 || position > 1 + 1e-4)
                    g_test_message ("%g to %g, kind %u: %s at %g", scale.min, scale.max, kind,
                                    tick->label, position);
                  g_assert_cmpfloat (position, >=, -1e-4);
                  g_assert_cmpfloat (position, <=, 1 + 1e-4);
                  g_assert_cmpstr (tick->label, !=, "");
                  g_assert_true (g_utf8_validate (tick->label, -1, NULL));
                  if (t > 0)
                    g_assert_cmpfloat (tick->value, >, (tick - 1)->value);
                }
              sage_chart_ticks_round_out (&scale, format, 5);
            }
        }
}

static void
test_round_out (void)
{
  SageChartScale even = { 0.103, 0.418, FALSE };
  SageChartScale decades = { 0.0031, 42, TRUE };
  g_autoptr(GArray) ticks = NULL;

  sage_chart_ticks_round_out (&even, SAGE_CHART_FORMAT_NUMBER, 5);
  g_assert_cmpfloat_with_epsilon (even.min, 0.1, 1e-12);
  g_assert_cmpfloat_with_epsilon (even.max, 0.5, 1e-12);
  ticks = sage_chart_ticks_new (&even, SAGE_CHART_FORMAT_NUMBER, FALSE, 5);
  g_assert_cmpuint (ticks->len, ==, 5);

  sage_chart_ticks_round_out (&decades, SAGE_CHART_FORMAT_NUMBER, 5);
  g_assert_cmpfloat_with_epsilon (decades.min, 0.001, 1e-12);
  g_assert_cmpfloat_with_epsilon (decades.max, 100, 1e-9);
}

static void
test_scale (void)
{
  SageChartExtent extent = SAGE_CHART_EXTENT_EMPTY;
  SageChartScale scale, part;

  g_assert_false (sage_chart_scale_fit (&scale, &extent, FALSE));
  g_assert_cmpfloat (scale.min, ==, 0);
  g_assert_cmpfloat (scale.max, ==, 1);
  g_assert_false (sage_chart_scale_fit (&scale, &extent, TRUE));
  g_assert_cmpfloat (scale.min, ==, 1);

  /* nothing above zero */
  sage_chart_extent_add (&extent, -4);
  sage_chart_extent_add (&extent, 0);
  g_assert_false (sage_chart_scale_fit (&scale, &extent, TRUE));
  g_assert_true (sage_chart_scale_fit (&scale, &extent, FALSE));

  sage_chart_extent_add (&extent, 100);
  sage_chart_extent_add (&extent, 1);
  g_assert_true (sage_chart_scale_fit (&scale, &extent, TRUE));
  g_assert_cmpfloat (scale.min, ==, 1);
  g_assert_cmpfloat_with_epsilon (sage_chart_scale_get_position (&scale, 10), 0.5, 1e-12);
  g_assert_cmpfloat_with_epsilon (sage_chart_scale_get_value (&scale, 0.5), 10, 1e-9);
  g_assert_true (isinf (sage_chart_scale_get_position (&scale, 0)));
  g_assert_true (isinf (sage_chart_scale_get_position (&scale, -3)));

  scale = (SageChartScale) { 1000, 2000, FALSE };
  g_assert_true (sage_chart_scale_crop (&scale, 0.75, 0.25, &part));
  g_assert_cmpfloat (part.min, ==, 1250);
  g_assert_cmpfloat (part.max, ==, 1750);
  g_assert_false (sage_chart_scale_crop (&scale, 0.5, 0.5 + 1e-13, &part));
}

static void
test_values (void)
{
  static const struct { SageChartFormat format; double value; const char *text; } values[] = {
    { SAGE_CHART_FORMAT_NUMBER, 0, "0" },
    { SAGE_CHART_FORMAT_NUMBER, 119, "119" },
    { SAGE_CHART_FORMAT_NUMBER, 1234567, "1234567" },
    { SAGE_CHART_FORMAT_NUMBER, 0.123456, "0.1235" },
    { SAGE_CHART_FORMAT_NUMBER, -2.5, "−2.5" },
    { SAGE_CHART_FORMAT_NUMBER, 12345.678, "12345.7" },
    { SAGE_CHART_FORMAT_NUMBER, 1.5e-7, "1.500e−7" },
    { SAGE_CHART_FORMAT_NUMBER, -1e300, "−1.000e300" },
    { SAGE_CHART_FORMAT_NUMBER, NAN, "NaN" },
    { SAGE_CHART_FORMAT_NUMBER, INFINITY, "∞" },
    { SAGE_CHART_FORMAT_BYTES, -INFINITY, "−∞" },
    { SAGE_CHART_FORMAT_BYTES, 1536, "1.5 KiB" },
    { SAGE_CHART_FORMAT_BYTES, 1e300, "8.674e281 EiB" },
    { SAGE_CHART_FORMAT_DURATION, 3840, "1 h 04 min" },
    { SAGE_CHART_FORMAT_DURATION, 0.25, "0.25 s" },
    { SAGE_CHART_FORMAT_DURATION, -75, "−1 min 15 s" },
    { SAGE_CHART_FORMAT_DURATION, 1e30, "1.16e25 d" },
    { SAGE_CHART_FORMAT_TIME, 1e30, "1.000e30" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    {
      g_autofree char *text = sage_chart_format_value (values[i].format, values[i].value);
      g_autoptr(GString) plain = g_string_new (text);

      g_string_replace (plain, "\302\240", " ", 0);
      g_assert_cmpstr (plain->str, ==, values[i].text);
    }
}

static void
test_all_digits (void)
{
  static const double values[] = { 0.1, 1.0 / 3, 1e300, -5e-324, 123456789.125, 2, DBL_MAX };

  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    {
      g_autofree char *text = sage_chart_format_all_digits (values[i]);

      g_assert_cmpfloat (g_ascii_strtod (text, NULL), ==, values[i]);
    }
  for (guint i = 0; i < 1000; i++)
    {
      double value = g_test_rand_double ();
      g_autofree char *text = sage_chart_format_all_digits (value);

      g_assert_cmpfloat (g_ascii_strtod (text, NULL), ==, value);
    }
}

static void
test_read_out (void)
{
  g_autofree char *a = sage_chart_format_read_out (SAGE_CHART_FORMAT_NUMBER, 0.5, 0.002);
  g_autofree char *b = sage_chart_format_read_out (SAGE_CHART_FORMAT_NUMBER, 12, 0.5);
  g_autofree char *c = sage_chart_format_read_out (SAGE_CHART_FORMAT_NUMBER, 1234567, 5000);
  g_autofree char *d = sage_chart_format_read_out (SAGE_CHART_FORMAT_NUMBER, NAN, 0.1);
  g_autofree char *e = sage_chart_format_read_out (SAGE_CHART_FORMAT_NUMBER, 0.93412345, 1e-7);

  g_assert_cmpstr (a, ==, "0.5000");
  g_assert_cmpstr (b, ==, "12.00");
  g_assert_cmpstr (c, ==, "1234567");
  g_assert_cmpstr (d, ==, "NaN");
  g_assert_cmpstr (e, ==, "0.93412345");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat ("/charts/ticks/", cases[i].name, NULL);

      g_test_add_data_func (path, &cases[i], test_case);
    }
  g_test_add_func ("/charts/ticks/wild-domains", test_wild_domains);
  g_test_add_func ("/charts/ticks/round-out", test_round_out);
  g_test_add_func ("/charts/scale", test_scale);
  g_test_add_func ("/charts/format/values", test_values);
  g_test_add_func ("/charts/format/all-digits", test_all_digits);
  g_test_add_func ("/charts/format/read-out", test_read_out);

  return g_test_run ();
}
