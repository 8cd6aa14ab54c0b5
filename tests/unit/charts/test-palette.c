/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <math.h>

#include "sage-chart-palette.h"

/* The least differences (CIEDE2000) of any two colours. About 2 is just noticed side by side; lines
 * in a chart are thin and apart. */
#define LEAST_DIFFERENCE 15.0
#define LEAST_DIFFERENCE_IMPAIRED 9.5
#define LEAST_DIFFERENCE_OF_FIRST_TWO 15.0
#define LEAST_CONTRAST 3.0 /* of graphics, by WCAG 1.4.11 */

typedef struct
{
  double l, a, b;
} Lab;

/* What people see, in linear light: everybody, then those who lack one kind of cone (G. M. Machado
 * et al., 2009, full severity). */
static const double visions[][3][3] = {
  { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 } },
  { { 0.152286, 1.052583, -0.204868 }, { 0.114503, 0.786281, 0.099216 },
    { -0.003882, -0.048116, 1.051998 } },
  { { 0.367322, 0.860646, -0.227968 }, { 0.280085, 0.672501, 0.047413 },
    { -0.011820, 0.042940, 0.968881 } },
  { { 1.255528, -0.076749, -0.178779 }, { -0.078411, 0.930809, 0.147602 },
    { 0.004733, 0.691367, 0.303900 } },
};

static double
linear (double value)
{
  return value <= 0.04045 ? value / 12.92 : pow ((value + 0.055) / 1.055, 2.4);
}

static double
luminance (const GdkRGBA *colour)
{
  return 0.2126 * linear (colour->red) + 0.7152 * linear (colour->green) +
         0.0722 * linear (colour->blue);
}

static double
contrast (const GdkRGBA *a,
          const GdkRGBA *b)
{
  double first = luminance (a) + 0.05;
  double second = luminance (b) + 0.05;

  return MAX (first, second) / MIN (first, second);
}

static double
lab_share (double value)
{
  return value > 0.008856 ? cbrt (value) : (903.3 * value + 16) / 116;
}

static Lab
seen (const GdkRGBA *colour,
      guint          vision)
{
  double rgb[3] = { linear (colour->red), linear (colour->green), linear (colour->blue) };
  double v[3], x, y, z;

  for (guint i = 0; i < 3; i++)
    v[i] = CLAMP (visions[vision][i][0] * rgb[0] + visions[vision][i][1] * rgb[1] +
                  visions[vision][i][2] * rgb[2], 0, 1);
  x = lab_share ((0.4124564 * v[0] + 0.3575761 * v[1] + 0.1804375 * v[2]) / 0.95047);
  y = lab_share (0.2126729 * v[0] + 0.7151522 * v[1] + 0.0721750 * v[2]);
  z = lab_share ((0.0193339 * v[0] + 0.1191920 * v[1] + 0.9503041 * v[2]) / 1.08883);

  return (Lab) { 116 * y - 16, 500 * (x - y), 200 * (y - z) };
}

static double
degrees (double y,
         double x)
{
  double angle = atan2 (y, x) * 180 / G_PI;

  return angle < 0 ? angle + 360 : angle;
}

static double
cosine (double angle)
{
  return cos (angle * G_PI / 180);
}

/* CIEDE2000, as published by Sharma, Wu and Dalal in 2005. */
static double
difference (Lab one,
            Lab two)
{
  double mean_c = (hypot (one.a, one.b) + hypot (two.a, two.b)) / 2;
  double g = 0.5 * (1 - sqrt (pow (mean_c, 7) / (pow (mean_c, 7) + pow (25, 7))));
  double a1 = (1 + g) * one.a, a2 = (1 + g) * two.a;
  double c1 = hypot (a1, one.b), c2 = hypot (a2, two.b);
  double h1 = degrees (one.b, a1), h2 = degrees (two.b, a2);
  double dh = h2 - h1, mean_h = (h1 + h2) / 2;
  double dl = two.l - one.l, dc = c2 - c1;
  double mean_l = (one.l + two.l) / 2, cm = (c1 + c2) / 2;
  double t, sl, sc, sh, rt, big_dh;

  if (fabs (dh) > 180)
    {
      dh += dh > 0 ? -360 : 360;
      mean_h += mean_h < 180 ? 180 : -180;
    }
  big_dh = 2 * sqrt (c1 * c2) * sin (dh / 2 * G_PI / 180);
  t = 1 - 0.17 * cosine (mean_h - 30) + 0.24 * cosine (2 * mean_h) +
      0.32 * cosine (3 * mean_h + 6) - 0.2 * cosine (4 * mean_h - 63);
  sl = 1 + 0.015 * pow (mean_l - 50, 2) / sqrt (20 + pow (mean_l - 50, 2));
  sc = 1 + 0.045 * cm;
  sh = 1 + 0.015 * cm * t;
  rt = -2 * sqrt (pow (cm, 7) / (pow (cm, 7) + pow (25, 7))) *
       sin (60 * exp (-pow ((mean_h - 275) / 25, 2)) * G_PI / 180);

  return sqrt (pow (dl / sl, 2) + pow (dc / sc, 2) + pow (big_dh / sh, 2) +
               rt * (dc / sc) * (big_dh / sh));
}

/* The formula itself, by pairs that its authors published. */
static void
test_formula (void)
{
  static const struct { Lab a, b; double difference; } pairs[] = {
    { { 50, 2.6772, -79.7751 }, { 50, 0, -82.7485 }, 2.0425 },
    { { 50, 2.5, 0 }, { 61, -5, 29 }, 22.8977 },
    { { 50, -1, 2 }, { 50, 0, 0 }, 2.3669 },
    { { 2.0776, 0.0795, -1.135 }, { 0.9033, -0.0636, -0.5514 }, 0.9082 },
    { { 60.2574, -34.0099, 36.2677 }, { 60.4626, -34.1751, 39.4387 }, 1.2644 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
    g_assert_cmpfloat_with_epsilon (difference (pairs[i].a, pairs[i].b), pairs[i].difference, 2e-4);
}

static void
test_differences (gconstpointer data)
{
  gboolean dark = GPOINTER_TO_INT (data);

  for (guint vision = 0; vision < G_N_ELEMENTS (visions); vision++)
    {
      double least = 1000;

      for (guint i = 0; i < SAGE_CHART_N_COLOURS; i++)
        for (guint j = i + 1; j < SAGE_CHART_N_COLOURS; j++)
          {
            GdkRGBA a, b;
            double apart;

            sage_chart_palette_get_colour (i, dark, &a);
            sage_chart_palette_get_colour (j, dark, &b);
            apart = difference (seen (&a, vision), seen (&b, vision));
            least = MIN (least, apart);
            if (i == 0 && j == 1)
              g_assert_cmpfloat (apart, >=, LEAST_DIFFERENCE_OF_FIRST_TWO);
          }
      g_test_message ("%s, vision %u: least difference %.1f", dark ? "dark" : "light", vision, least);
      g_assert_cmpfloat (least, >=, vision == 0 ? LEAST_DIFFERENCE : LEAST_DIFFERENCE_IMPAIRED);
    }
}

static void
test_contrast (gconstpointer data)
{
  gboolean dark = GPOINTER_TO_INT (data);
  /* cards, windows and views of libadwaita */
  static const char * const grounds[2][3] = {
    { "#ffffff", "#fafafb", "#ffffff" },
    { "#36363a", "#222226", "#1d1d20" },
  };

  for (guint i = 0; i < SAGE_CHART_N_COLOURS; i++)
    for (guint j = 0; j < 3; j++)
      {
        GdkRGBA colour, ground;

        sage_chart_palette_get_colour (i, dark, &colour);
        g_assert_true (gdk_rgba_parse (&ground, grounds[dark][j]));
        g_assert_cmpfloat (contrast (&colour, &ground), >=, LEAST_CONTRAST);
      }
}

/* Colours repeat with another pattern: 32 lines can be told apart. */
static void
test_patterns (void)
{
  g_autoptr(GHashTable) seen_before = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < 4 * SAGE_CHART_N_COLOURS; i++)
    {
      GskStroke *stroke = sage_chart_palette_new_stroke (i, 2);
      GString *key = g_string_new (NULL);
      const float *dash;
      gsize n_dash;
      GdkRGBA colour;

      sage_chart_palette_get_colour (i, FALSE, &colour);
      dash = gsk_stroke_get_dash (stroke, &n_dash);
      g_string_append_printf (key, "%.3f %.3f %.3f", colour.red, colour.green, colour.blue);
      for (gsize d = 0; d < n_dash; d++)
        g_string_append_printf (key, " %.2f", dash[d]);
      g_assert_true (g_hash_table_add (seen_before, g_string_free (key, FALSE)));
      gsk_stroke_free (stroke);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/charts/palette/formula", test_formula);
  g_test_add_data_func ("/charts/palette/differences/light", GINT_TO_POINTER (FALSE), test_differences);
  g_test_add_data_func ("/charts/palette/differences/dark", GINT_TO_POINTER (TRUE), test_differences);
  g_test_add_data_func ("/charts/palette/contrast/light", GINT_TO_POINTER (FALSE), test_contrast);
  g_test_add_data_func ("/charts/palette/contrast/dark", GINT_TO_POINTER (TRUE), test_contrast);
  g_test_add_func ("/charts/palette/patterns", test_patterns);

  return g_test_run ();
}
