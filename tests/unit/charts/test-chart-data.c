/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <float.h>
#include <gdk/gdk.h>
#include <math.h>

#include "sage-chart-data.h"
#include "sage-chart-decimate.h"
#include "sage-chart-raster.h"
#include "sage-chart-rows.h"
#include "sage-chart-smoothing.h"

#define WIDTH 300
#define HEIGHT 200

/* Returns what the points from @from to @to cover, one by one. */
static SageChartExtent
naive_extent (SageChartData *data,
              gsize          from,
              gsize          to)
{
  const double *y = sage_chart_data_get_y (data);
  SageChartExtent extent = SAGE_CHART_EXTENT_EMPTY;

  for (gsize i = from; i < to; i++)
    sage_chart_extent_add (&extent, y[i]);

  return extent;
}

static void
assert_same_extent (const SageChartExtent *a,
                    const SageChartExtent *b)
{
  g_assert_cmpfloat (a->min, ==, b->min);
  g_assert_cmpfloat (a->max, ==, b->max);
  g_assert_cmpfloat (a->min_positive, ==, b->min_positive);
}

static void
test_extents (void)
{
  g_autoptr(SageChartData) data = sage_chart_data_new ();

  /* In pieces, so that the pyramid grows between questions, with gaps and values up to zero. */
  for (guint piece = 0; piece < 20; piece++)
    {
      gsize n_points;

      for (guint i = 0; i < 500; i++)
        sage_chart_data_append (data, piece * 500 + i,
                                g_test_rand_int_range (0, 50) == 0
                                ? NAN : g_test_rand_double_range (-10, 10));
      n_points = sage_chart_data_get_n_points (data);
      for (guint i = 0; i < 200; i++)
        {
          gsize a = (gsize) g_test_rand_int_range (0, (gint32) n_points + 1);
          gsize b = (gsize) g_test_rand_int_range (0, (gint32) n_points + 1);
          SageChartExtent naive = naive_extent (data, MIN (a, b), MAX (a, b));
          SageChartExtent fast;

          sage_chart_data_get_extent (data, MIN (a, b), MAX (a, b), &fast);
          assert_same_extent (&naive, &fast);
        }
    }
}

static void
test_any_order (void)
{
  g_autoptr(SageChartData) data = sage_chart_data_new ();
  SageChartExtent extent, naive;
  const double *x;
  const double *y;
  guint epoch;

  for (guint i = 0; i < 1000; i++)
    sage_chart_data_append (data, i, i);
  sage_chart_data_get_extent (data, 0, 1000, &extent);
  epoch = sage_chart_data_get_epoch (data);
  sage_chart_data_append (data, 1000, 1000);
  g_assert_cmpuint (sage_chart_data_get_epoch (data), ==, epoch);

  /* late ones, two of them at a place that is taken: they come after what was there, in order */
  sage_chart_data_append (data, 500, -1);
  sage_chart_data_append (data, 10.5, 7000);
  sage_chart_data_append (data, 500, -2);
  g_assert_cmpuint (sage_chart_data_get_epoch (data), !=, epoch);

  x = sage_chart_data_get_x (data);
  y = sage_chart_data_get_y (data);
  g_assert_cmpuint (sage_chart_data_get_n_points (data), ==, 1004);
  for (guint i = 1; i < 1004; i++)
    g_assert_cmpfloat (x[i - 1], <=, x[i]);
  g_assert_cmpfloat (y[11], ==, 7000);
  g_assert_cmpfloat (y[501], ==, 500);
  g_assert_cmpfloat (y[502], ==, -1);
  g_assert_cmpfloat (y[503], ==, -2);
  g_assert_cmpfloat (y[1003], ==, 1000);

  sage_chart_data_get_extent (data, 0, 1004, &extent);
  naive = naive_extent (data, 0, 1004);
  assert_same_extent (&extent, &naive);
  g_assert_cmpfloat (extent.max, ==, 7000);
}

static void
test_reverse_order_is_fast (void)
{
  g_autoptr(SageChartData) data = sage_chart_data_new ();
  gint64 start = g_get_monotonic_time ();
  const double *x;

  for (guint i = 0; i < 300000; i++)
    sage_chart_data_append (data, -(double) i, i);
  x = sage_chart_data_get_x (data);
  g_assert_cmpfloat (x[0], ==, -299999);
  g_assert_cmpfloat (x[299999], ==, 0);
  /* one by one it would be some 10^11 moves */
  g_assert_cmpint (g_get_monotonic_time () - start, <, 10 * G_USEC_PER_SEC);
}

static void
test_hostile_points (void)
{
  g_autoptr(SageChartData) data = sage_chart_data_new ();
  SageChartExtent extent;

  g_assert_false (sage_chart_data_append (data, NAN, 1));
  g_assert_false (sage_chart_data_append (data, INFINITY, 1));
  g_assert_false (sage_chart_data_append (data, -INFINITY, 1));
  g_assert_cmpuint (sage_chart_data_get_n_points (data), ==, 0);
  g_assert_true (sage_chart_data_get_whole_x (data));

  g_assert_true (sage_chart_data_append (data, 0, NAN));
  g_assert_true (sage_chart_data_append (data, 1, INFINITY));
  g_assert_true (sage_chart_data_append (data, 2, -INFINITY));
  g_assert_cmpuint (sage_chart_data_get_n_gaps (data), ==, 3);
  sage_chart_data_get_extent (data, 0, 3, &extent);
  g_assert_true (sage_chart_extent_is_empty (&extent));

  sage_chart_data_append (data, 2.5, DBL_MAX);
  sage_chart_data_append (data, 3, -DBL_MAX);
  sage_chart_data_get_extent (data, 0, 5, &extent);
  g_assert_cmpfloat (extent.max, ==, DBL_MAX);
  g_assert_cmpfloat (extent.min, ==, -DBL_MAX);
  g_assert_false (sage_chart_data_get_whole_x (data));

  sage_chart_data_clear (data);
  g_assert_cmpuint (sage_chart_data_get_n_points (data), ==, 0);
  g_assert_cmpuint (sage_chart_data_get_n_gaps (data), ==, 0);
  g_assert_true (sage_chart_data_get_whole_x (data));
}

static void
test_find (void)
{
  g_autoptr(SageChartData) data = sage_chart_data_new ();

  g_assert_cmpuint (sage_chart_data_find (data, 3, 0), ==, 0);
  for (guint i = 0; i < 100; i++)
    sage_chart_data_append (data, i / 2 * 10, i);

  g_assert_cmpuint (sage_chart_data_find (data, -INFINITY, 0), ==, 0);
  g_assert_cmpuint (sage_chart_data_find (data, 0, 0), ==, 0);
  g_assert_cmpuint (sage_chart_data_find (data, 30, 0), ==, 6);
  g_assert_cmpuint (sage_chart_data_find (data, 30, 7), ==, 7);
  g_assert_cmpuint (sage_chart_data_find (data, 31, 3), ==, 8);
  g_assert_cmpuint (sage_chart_data_find (data, 491, 0), ==, 100);
  g_assert_cmpuint (sage_chart_data_find (data, INFINITY, 100), ==, 100);

  g_assert_cmpuint (sage_chart_data_find_nearest (data, 34), ==, 6);
  g_assert_cmpuint (sage_chart_data_find_nearest (data, 36), ==, 8);
  g_assert_cmpuint (sage_chart_data_find_nearest (data, 1e9), ==, 98);
  g_assert_cmpuint (sage_chart_data_find_nearest (data, -1e9), ==, 0);
}

static SageChartFrame
frame_of (SageChartData *data,
          double         from,
          double         to)
{
  SageChartFrame frame = { .width = WIDTH, .height = HEIGHT, .n_columns = WIDTH };
  SageChartExtent extent;

  sage_chart_data_get_extent (data, 0, sage_chart_data_get_n_points (data), &extent);
  frame.x = (SageChartScale) { from, to, FALSE };
  sage_chart_scale_fit (&frame.y, &extent, FALSE);

  return frame;
}

/* Returns what the points between two pixels cover, in pixels from the top. */
static void
cover_of_points (SageChartData        *data,
                 const SageChartFrame *frame,
                 double                from,
                 double                to,
                 double               *top,
                 double               *bottom)
{
  double first = sage_chart_scale_get_value (&frame->x, MAX (from / frame->width, 0));
  double last = sage_chart_scale_get_value (&frame->x, MIN (to / frame->width, 1));
  gsize i = sage_chart_data_find (data, first, 0);
  SageChartExtent extent =
    naive_extent (data, i, sage_chart_data_find (data, nextafter (last, INFINITY), i));

  *top = INFINITY;
  *bottom = -INFINITY;
  if (!sage_chart_extent_is_empty (&extent))
    {
      *top = (1 - sage_chart_scale_get_position (&frame->y, extent.max)) * frame->height;
      *bottom = (1 - sage_chart_scale_get_position (&frame->y, extent.min)) * frame->height;
    }
}

static void
cover_of_corners (const GArray *vertices,
                  double        from,
                  double        to,
                  double       *top,
                  double       *bottom)
{
  *top = INFINITY;
  *bottom = -INFINITY;
  for (guint i = 0; i < vertices->len; i++)
    {
      const SageChartVertex *vertex = &g_array_index (vertices, SageChartVertex, i);

      if (vertex->x >= from && vertex->x <= to)
        {
          *top = MIN (*top, vertex->y);
          *bottom = MAX (*bottom, vertex->y);
        }
    }
}

/* The anchor: in each column of pixels, the corners cover what the points cover, and no more. What
 * lies on the edge of two columns may belong to either. */
static void
assert_anchor (SageChartData        *data,
               const SageChartFrame *frame)
{
  const double edge = 1e-3;
  g_autoptr(GArray) vertices = sage_chart_decimate (data, frame, NULL);

  for (guint column = 0; column < frame->n_columns; column++)
    {
      double from = column * frame->width / frame->n_columns;
      double to = (column + 1) * frame->width / frame->n_columns;
      double top, bottom, drawn_top, drawn_bottom;

      cover_of_points (data, frame, from + edge, to - edge, &top, &bottom);
      cover_of_corners (vertices, from - edge, to + edge, &drawn_top, &drawn_bottom);
      g_assert_cmpfloat (drawn_top, <=, top + 1e-3);
      g_assert_cmpfloat (drawn_bottom, >=, bottom - 1e-3);

      cover_of_points (data, frame, from - edge, to + edge, &top, &bottom);
      cover_of_corners (vertices, from + edge, to - edge, &drawn_top, &drawn_bottom);
      g_assert_cmpfloat (drawn_top, >=, top - 1e-3);
      g_assert_cmpfloat (drawn_bottom, <=, bottom + 1e-3);
    }
}

static void
test_decimation_anchor (void)
{
  static const guint sizes[] = { 100, 601, 5000, 200000 };

  for (guint s = 0; s < G_N_ELEMENTS (sizes); s++)
    {
      g_autoptr(SageChartData) data = sage_chart_data_new ();
      SageChartFrame frame;

      /* not spaced evenly, with gaps, and spikes of a single point */
      for (guint i = 0; i < sizes[s]; i++)
        sage_chart_data_append (data, i + g_test_rand_double_range (0, 0.9),
                                g_test_rand_int_range (0, 100) == 0 ? NAN
                                : g_test_rand_int_range (0, 1000) == 0 ? 40
                                : sin (i * 0.001) + g_test_rand_double_range (-1, 1));

      frame = frame_of (data, 0, sizes[s]);
      assert_anchor (data, &frame);
      frame = frame_of (data, sizes[s] * 0.3, sizes[s] * 0.31);
      assert_anchor (data, &frame);
      frame = frame_of (data, sizes[s] * 0.9, sizes[s] * 2.0);
      assert_anchor (data, &frame);
    }
}

static void
test_decimation_is_small (void)
{
  g_autoptr(SageChartData) data = sage_chart_data_new ();
  g_autoptr(GArray) vertices = NULL;
  SageChartFrame frame;
  gboolean dense;

  for (guint i = 0; i < 1000000; i++)
    sage_chart_data_append (data, i, i % 977);
  frame = frame_of (data, 0, 1e6);
  vertices = sage_chart_decimate (data, &frame, &dense);
  g_assert_true (dense);
  g_assert_cmpuint (vertices->len, <=, 4 * WIDTH + 2);
}

static void
test_decimation_gaps (void)
{
  static const double y[] = { NAN, 1, 2, NAN, 3, INFINITY, 4, 5, NAN };
  static const struct { double y; gboolean begins; } expected[] = {
    { 1, TRUE }, { 2, FALSE }, { 3, TRUE }, { 4, TRUE }, { 5, FALSE },
  };
  g_autoptr(SageChartData) data = sage_chart_data_new ();
  g_autoptr(GArray) vertices = NULL;
  SageChartFrame frame;

  for (guint i = 0; i < G_N_ELEMENTS (y); i++)
    sage_chart_data_append (data, i, y[i]);
  frame = frame_of (data, 0, 8);
  vertices = sage_chart_decimate (data, &frame, NULL);

  g_assert_cmpuint (vertices->len, ==, G_N_ELEMENTS (expected));
  for (guint i = 0; i < vertices->len; i++)
    {
      const SageChartVertex *vertex = &g_array_index (vertices, SageChartVertex, i);

      g_assert_cmpint (vertex->begins, ==, expected[i].begins);
      g_assert_cmpfloat_with_epsilon (vertex->y, HEIGHT - (expected[i].y - 1) / 4 * HEIGHT, 1e-3);
    }
}

/* Between two points, far in: the line still goes through, at the right height. */
static void
test_decimation_between_points (void)
{
  g_autoptr(SageChartData) data = sage_chart_data_new ();
  g_autoptr(GArray) vertices = NULL;
  SageChartFrame frame;

  sage_chart_data_append (data, 0, 0);
  sage_chart_data_append (data, 1e9, 1e9);
  frame = frame_of (data, 5e8, 5e8 + 1);
  vertices = sage_chart_decimate (data, &frame, NULL);

  g_assert_cmpuint (vertices->len, ==, 2);
  for (guint i = 0; i < 2; i++)
    {
      const SageChartVertex *vertex = &g_array_index (vertices, SageChartVertex, i);

      g_assert_cmpfloat (fabsf (vertex->x), <, WIDTH + 20);
      g_assert_cmpfloat_with_epsilon (vertex->y, HEIGHT / 2.0, 1e-2);
    }
  g_assert_cmpfloat (g_array_index (vertices, SageChartVertex, 0).x, <, 0);
  g_assert_cmpfloat (g_array_index (vertices, SageChartVertex, 1).x, >, WIDTH);
}

/* Every pixel that cairo touches without antialiasing is touched by the raster too. */
static void
test_raster_against_cairo (void)
{
  g_autoptr(SageChartData) data = sage_chart_data_new ();
  g_autoptr(SageChartRaster) raster = sage_chart_raster_new (WIDTH, HEIGHT);
  g_autoptr(GArray) vertices = NULL;
  g_autoptr(GdkTexture) texture = NULL;
  g_autofree guint32 *ours = g_new (guint32, WIDTH * HEIGHT);
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, WIDTH, HEIGHT);
  cairo_t *cr = cairo_create (surface);
  GdkRGBA black = { 0, 0, 0, 1 };
  SageChartFrame frame;
  const guint32 *naive;
  guint touched = 0;

  for (guint i = 0; i < 20000; i++)
    sage_chart_data_append (data, i, sin (i * 0.002) + (i % 3777 == 0 ? 3 : 0) +
                                     g_test_rand_double_range (-0.2, 0.2));
  frame = frame_of (data, 0, 20000);

  vertices = sage_chart_decimate (data, &frame, NULL);
  sage_chart_raster_add (raster, vertices, 1, 2, &black);
  texture = sage_chart_raster_new_texture (raster);
  gdk_texture_download (texture, (guchar *) ours, WIDTH * sizeof (guint32));

  cairo_set_antialias (cr, CAIRO_ANTIALIAS_NONE);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_BEVEL); /* mitres would stick out where nothing is */
  cairo_set_line_width (cr, 1);
  for (guint i = 0; i < 20000; i++)
    {
      double y = sage_chart_scale_get_position (&frame.y, sage_chart_data_get_y (data)[i]);

      cairo_line_to (cr, i / 20000.0 * WIDTH, (1 - y) * HEIGHT);
      if (i % 500 == 499)
        {
          cairo_stroke (cr);
          cairo_move_to (cr, i / 20000.0 * WIDTH, (1 - y) * HEIGHT);
        }
    }
  cairo_surface_flush (surface);
  naive = (const guint32 *) cairo_image_surface_get_data (surface);

  for (guint y = 0; y < HEIGHT; y++)
    for (guint x = 0; x < WIDTH; x++)
      if (naive[y * WIDTH + x] != 0)
        {
          /* its pen is half a pixel to each side of where ours has its column */
          gboolean near = ours[y * WIDTH + x] != 0 || (x > 0 && ours[y * WIDTH + x - 1] != 0) ||
                          (x + 1 < WIDTH && ours[y * WIDTH + x + 1] != 0);

          g_assert_true (near);
          touched++;
        }
  g_assert_cmpuint (touched, >, 5000);

  cairo_destroy (cr);
  cairo_surface_destroy (surface);
}

static void
test_raster_blends (void)
{
  SageChartVertex line[] = { { 0, 2.5f, TRUE }, { 3, 2.5f, FALSE } };
  g_autoptr(GArray) vertices = g_array_new (FALSE, FALSE, sizeof (SageChartVertex));
  g_autoptr(SageChartRaster) raster = sage_chart_raster_new (3, 5);
  g_autoptr(GdkTexture) texture = NULL;
  GdkRGBA half_red = { 1, 0, 0, 0.5f };
  guint32 pixels[15];

  g_array_append_vals (vertices, line, 2);
  sage_chart_raster_add (raster, vertices, 1, 2, &half_red);
  sage_chart_raster_add (raster, vertices, 1, 2, &half_red);
  texture = sage_chart_raster_new_texture (raster);
  gdk_texture_download (texture, (guchar *) pixels, 12);

  for (guint x = 0; x < 3; x++)
    {
      g_assert_cmphex (pixels[x], ==, 0);
      g_assert_cmphex (pixels[12 + x], ==, 0);
      /* half of half, twice: 1 - 0.75 * 0.75; and half, twice: 0.75 */
      g_assert_cmpint (ABS ((int) (pixels[3 + x] >> 24) - 112), <=, 2);
      g_assert_cmpint (ABS ((int) (pixels[6 + x] >> 24) - 191), <=, 2);
      g_assert_cmpint (ABS ((int) ((pixels[6 + x] >> 16) & 0xff) - 191), <=, 2);
      g_assert_cmphex (pixels[6 + x] & 0xffff, ==, 0);
    }
}

static void
test_smoothing (void)
{
  g_autoptr(SageChartData) data = sage_chart_data_new ();
  g_autoptr(SageChartSmoothing) smoothing = sage_chart_smoothing_new ();
  SageChartData *smoothed;

  for (guint i = 0; i < 100; i++)
    sage_chart_data_append (data, i, 7);
  smoothed = sage_chart_smoothing_apply (smoothing, data, 0.9);
  g_assert_cmpuint (sage_chart_data_get_n_points (smoothed), ==, 100);
  for (guint i = 0; i < 100; i++)
    g_assert_cmpfloat_with_epsilon (sage_chart_data_get_y (smoothed)[i], 7, 1e-9);

  /* a gap stays one and does not disturb the average */
  sage_chart_data_append (data, 100, NAN);
  sage_chart_data_append (data, 101, 17);
  smoothed = sage_chart_smoothing_apply (smoothing, data, 0.9);
  g_assert_true (isnan (sage_chart_data_get_y (smoothed)[100]));
  g_assert_cmpfloat_with_epsilon (sage_chart_data_get_y (smoothed)[101], 8, 0.01);

  /* a late point and another weight start over */
  sage_chart_data_append (data, 50.5, 7);
  smoothed = sage_chart_smoothing_apply (smoothing, data, 0.9);
  g_assert_cmpuint (sage_chart_data_get_n_points (smoothed), ==, 103);
  smoothed = sage_chart_smoothing_apply (smoothing, data, 0);
  g_assert_cmpfloat (sage_chart_data_get_y (smoothed)[102], ==, 17);
  sage_chart_data_clear (data);
  smoothed = sage_chart_smoothing_apply (smoothing, data, 0);
  g_assert_cmpuint (sage_chart_data_get_n_points (smoothed), ==, 0);
}

static void
count_changed_cb (GListModel *model,
                  guint       position,
                  guint       n_removed,
                  guint       n_added,
                  guint      *changed)
{
  changed[0] = position;
  changed[1] = n_removed;
  changed[2] = n_added;
}

static void
assert_row (SageChartRows   *rows,
            guint            position,
            double           x,
            SageChartSeries *series,
            double           expected)
{
  g_autoptr(SageChartRow) row = g_list_model_get_item (G_LIST_MODEL (rows), position);
  double value;

  g_assert_cmpfloat (sage_chart_row_get_x (row), ==, x);
  if (isnan (expected))
    g_assert_false (sage_chart_row_get_value (row, series, &value));
  else
    {
      g_assert_true (sage_chart_row_get_value (row, series, &value));
      g_assert_cmpfloat (value, ==, expected);
    }
}

static void
test_rows (void)
{
  g_autoptr(GListStore) list = g_list_store_new (SAGE_TYPE_CHART_SERIES);
  g_autoptr(SageChartSeries) a = sage_chart_series_new ("a");
  g_autoptr(SageChartSeries) b = sage_chart_series_new ("b");
  SageChartRows *rows;
  guint changed[3] = { 0 };

  for (guint i = 0; i < 10; i++)
    sage_chart_series_append (a, i, i);
  sage_chart_series_append (b, 3, 30);
  sage_chart_series_append (b, 3, 31);
  sage_chart_series_append (b, 4.5, 45);
  g_list_store_append (list, a);
  g_list_store_append (list, b);
  rows = sage_chart_rows_new (G_LIST_MODEL (list));
  g_signal_connect (rows, "items-changed", G_CALLBACK (count_changed_cb), changed);

  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (rows)), ==, 12);
  assert_row (rows, 2, 2, b, NAN);
  assert_row (rows, 3, 3, a, 3);
  assert_row (rows, 3, 3, b, 30);
  assert_row (rows, 4, 3, a, NAN);
  assert_row (rows, 4, 3, b, 31);
  assert_row (rows, 6, 4.5, b, 45);
  assert_row (rows, 11, 9, a, 9);
  g_assert_null (g_list_model_get_item (G_LIST_MODEL (rows), 12));

  /* a new row at the end leaves the others alone */
  sage_chart_series_append (a, 10, 10);
  sage_chart_rows_update (rows);
  g_assert_cmpuint (changed[0], >=, 11);
  assert_row (rows, 12, 10, a, 10);

  /* so does a value in a row that is there; the row is announced */
  sage_chart_series_append (b, 9, 90);
  sage_chart_rows_update (rows);
  g_assert_cmpuint (changed[0], <=, 11);
  g_assert_cmpuint (changed[1], ==, changed[2]);
  assert_row (rows, 11, 9, b, 90);

  sage_chart_series_set_visible (a, FALSE);
  sage_chart_rows_update (rows);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (rows)), ==, 4);
  sage_chart_series_set_visible (b, FALSE);
  sage_chart_rows_update (rows);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (rows)), ==, 0);

  g_assert_finalize_object (rows);
}

static void
count_cb (GObject *object,
          guint   *count)
{
  (*count)++;
}

static void
test_series (void)
{
  SageChartSeries *series = sage_chart_series_new ("<b>\xff");
  const double x[] = { 2, 1, NAN };
  const double y[] = { 20, 10, 0 };
  guint count = 0;
  guint64 n_points;

  /* what is not UTF-8 would stop Pango */
  g_assert_true (g_utf8_validate (sage_chart_series_get_name (series), -1, NULL));
  g_assert_true (g_str_has_prefix (sage_chart_series_get_name (series), "<b>"));

  g_signal_connect (series, "changed", G_CALLBACK (count_cb), &count);
  sage_chart_series_append_many (series, x, y, 3);
  g_assert_cmpuint (count, ==, 1);
  g_object_get (series, "n-points", &n_points, NULL);
  g_assert_cmpuint (n_points, ==, 2);
  sage_chart_series_append (series, NAN, 1);
  g_assert_cmpuint (count, ==, 1);
  sage_chart_series_clear (series);
  sage_chart_series_clear (series);
  g_assert_cmpuint (count, ==, 2);
  g_object_set (series, "visible", FALSE, "name", NULL, NULL);
  g_assert_cmpstr (sage_chart_series_get_name (series), ==, "");
  g_assert_false (sage_chart_series_get_visible (series));

  g_assert_finalize_object (series);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/charts/data/extents", test_extents);
  g_test_add_func ("/charts/data/any-order", test_any_order);
  g_test_add_func ("/charts/data/reverse-order-is-fast", test_reverse_order_is_fast);
  g_test_add_func ("/charts/data/hostile-points", test_hostile_points);
  g_test_add_func ("/charts/data/find", test_find);
  g_test_add_func ("/charts/decimate/anchor", test_decimation_anchor);
  g_test_add_func ("/charts/decimate/is-small", test_decimation_is_small);
  g_test_add_func ("/charts/decimate/gaps", test_decimation_gaps);
  g_test_add_func ("/charts/decimate/between-points", test_decimation_between_points);
  g_test_add_func ("/charts/raster/against-cairo", test_raster_against_cairo);
  g_test_add_func ("/charts/raster/blends", test_raster_blends);
  g_test_add_func ("/charts/smoothing", test_smoothing);
  g_test_add_func ("/charts/rows", test_rows);
  g_test_add_func ("/charts/series", test_series);

  return g_test_run ();
}
