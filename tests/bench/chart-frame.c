/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <adwaita.h>

#include "sage-chart.h"

/* How long a chart of noisy lines takes to draw into an image: chart-frame ours|naive SERIES POINTS.
 * Ours is a whole frame, from one more point in each series to pixels: domain, ticks, words,
 * decimation, drawing. Naive strokes every point with cairo and draws nothing else. Prints the
 * median in milliseconds. */

#define WIDTH 1200
#define HEIGHT 400
#define PIECE 1000 /* points; one path of a million would take cairo ten times as long */

/* Processor time: drawing waits for nothing, so that is what a frame takes on an idle machine. */
static double
now_ms (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);

  return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}

static double
noise (guint64 *state)
{
  *state = *state * 6364136223846793005u + 1442695040888963407u;

  return (double) (*state >> 11) / 9007199254740992.0 * 2 - 1;
}

/* A loss as it is logged batch by batch: it falls, wanders, and jumps about by a tenth. */
static double
value_at (guint64  i,
          guint64  n,
          guint64 *state)
{
  static double wander;

  wander = wander * 0.9999 + noise (state) * 0.002;

  return 2 + exp (-3.0 * (double) i / (double) n) + wander + 0.1 * noise (state);
}

static double
draw_ours (cairo_surface_t  *surface,
           SageChart        *chart,
           SageChartSeries **series,
           guint             n_series,
           guint64           n_points,
           guint64          *state)
{
  cairo_t *cr = cairo_create (surface);
  double start = now_ms ();
  GtkSnapshot *snapshot;
  GskRenderNode *node;

  for (guint i = 0; i < n_series; i++)
    {
      guint64 n = sage_chart_series_get_n_points (series[i]);

      sage_chart_series_append (series[i], (double) n, value_at (n, n_points, state));
    }
  snapshot = gtk_snapshot_new ();
  sage_chart_draw (chart, snapshot, WIDTH, HEIGHT, 1);
  node = gtk_snapshot_free_to_node (snapshot);
  gsk_render_node_draw (node, cr);
  cairo_surface_flush (surface);
  start = now_ms () - start;

  gsk_render_node_unref (node);
  cairo_destroy (cr);

  return start;
}

static double
draw_naive (cairo_surface_t *surface,
            const double    *values,
            guint            n_series,
            guint64          n_points)
{
  cairo_t *cr = cairo_create (surface);
  double start = now_ms ();

  cairo_set_line_width (cr, 2);
  cairo_set_source_rgb (cr, 0.1, 0.4, 0.9);
  for (guint s = 0; s < n_series; s++)
    {
      for (guint64 i = 0; i < n_points; i++)
        {
          cairo_line_to (cr, (double) i / (double) n_points * WIDTH,
                         HEIGHT - (values[s * n_points + i] - 1) / 3 * HEIGHT);
          if (i % PIECE == PIECE - 1)
            cairo_stroke (cr);
        }
      cairo_stroke (cr);
    }
  cairo_surface_flush (surface);
  start = now_ms () - start;

  cairo_destroy (cr);

  return start;
}

static int
compare (const void *a,
         const void *b)
{
  double left = *(const double *) a;
  double right = *(const double *) b;

  return (left > right) - (left < right);
}

int
main (int    argc,
      char **argv)
{
  gboolean ours = argc == 4 && g_str_equal (argv[1], "ours");
  guint n_series = argc == 4 ? (guint) atoi (argv[2]) : 0;
  guint64 n_points = argc == 4 ? (guint64) atoll (argv[3]) : 0;
  int n_frames = ours ? 31 : 3;
  double times[31];
  guint64 state = 7;
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, WIDTH, HEIGHT);

  if (n_series == 0 || n_points == 0)
    {
      fprintf (stderr, "Usage: chart-frame ours|naive SERIES POINTS\n");
      return 2;
    }

  if (ours)
    {
      SageChart *chart;
      g_autofree SageChartSeries **series = g_new (SageChartSeries *, n_series);

      adw_init ();
      chart = g_object_ref_sink (SAGE_CHART (sage_chart_new ()));
      for (guint s = 0; s < n_series; s++)
        {
          series[s] = sage_chart_series_new ("noise");
          for (guint64 i = 0; i < n_points; i++)
            sage_chart_series_append (series[s], (double) i, value_at (i, n_points, &state));
          sage_chart_add_series (chart, series[s]);
        }
      for (int i = -3; i < n_frames; i++)
        times[MAX (i, 0)] = draw_ours (surface, chart, series, n_series, n_points, &state);
      for (guint s = 0; s < n_series; s++)
        g_object_unref (series[s]);
      g_object_unref (chart);
    }
  else
    {
      g_autofree double *values = g_new (double, n_series * n_points);

      for (guint64 i = 0; i < n_series * n_points; i++)
        values[i] = value_at (i % n_points, n_points, &state);
      for (int i = 0; i < n_frames; i++)
        times[i] = draw_naive (surface, values, n_series, n_points);
    }

  cairo_surface_destroy (surface);
  qsort (times, n_frames, sizeof *times, compare);
  printf ("%.3f\n", times[n_frames / 2]);

  return 0;
}
