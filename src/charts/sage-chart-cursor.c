/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-chart-cursor"

#include "config.h"

#include <glib/gi18n.h>
#include <math.h>

#include "sage-chart-palette.h"
#include "sage-chart-private.h"

/* A point this near the cursor, in pixels, is read with it. */
#define READ_DISTANCE 4.0

#define MOST_READINGS 10
#define DOT_RADIUS 4.0f
#define LINE_ALPHA 0.45f
#define SELECTION_ALPHA 0.18f

/* How far into the view a cursor that leaves it brings it back, in widths of the view. */
#define FOLLOW_PART 0.1

static SageChartSeries *
get_visible_series (SageChart *self,
                    guint      i)
{
  g_autoptr(SageChartSeries) series = g_list_model_get_item (G_LIST_MODEL (self->series), i);

  if (!sage_chart_series_get_visible (series) || sage_chart_series_get_n_points (series) == 0)
    return NULL;

  return series; /* the list holds it */
}

static guint
get_n_series (SageChart *self)
{
  return g_list_model_get_n_items (G_LIST_MODEL (self->series));
}

/* Returns the series whose values the keyboard reads: the chosen one as long as it can be seen, or
 * the first that can; (transfer none) (nullable). */
SageChartSeries *
sage_chart_get_current (SageChart *self)
{
  SageChartSeries *first = NULL;

  for (guint i = 0; i < get_n_series (self); i++)
    {
      SageChartSeries *series = get_visible_series (self, i);

      if (series != NULL && series == self->current)
        return series;
      if (first == NULL)
        first = series;
    }

  return first;
}

/* Returns where the point nearest to @x is, of any series in sight, or NaN if there is none. */
static double
sage_chart_pick (SageChart *self,
                 double     x)
{
  const SageChartPlot *plot = sage_chart_get_plot (self);
  double nearest = NAN;

  for (guint i = 0; i < get_n_series (self); i++)
    {
      SageChartSeries *series = get_visible_series (self, i);
      SageChartData *data;
      double there;

      if (series == NULL)
        continue;
      data = sage_chart_series_get_data (series);
      there = sage_chart_data_get_x (data)[sage_chart_data_find_nearest (data, x)];
      if (there >= plot->frame.x.min && there <= plot->frame.x.max &&
          (isnan (nearest) || fabs (there - x) < fabs (nearest - x)))
        nearest = there;
    }

  return nearest;
}

/* Reads a series at the cursor. Returns whether it has a point there. */
static gboolean
sage_chart_read (SageChart       *self,
                 SageChartSeries *series,
                 double          *value)
{
  const SageChartPlot *plot = sage_chart_get_plot (self);
  SageChartData *data = sage_chart_series_get_data (series);
  gsize i = sage_chart_data_find_nearest (data, self->cursor.x);
  double there = sage_chart_data_get_x (data)[i];

  *value = sage_chart_data_get_y (data)[i];

  return fabs (sage_chart_plot_get_x (plot, there) -
               sage_chart_plot_get_x (plot, self->cursor.x)) <= READ_DISTANCE;
}

static void
clear_reading (gpointer reading)
{
  g_clear_object (&((SageChartReading *) reading)->series);
}

static int
compare_distance (gconstpointer a,
                  gconstpointer b)
{
  const SageChartReading *left = a;
  const SageChartReading *right = b;

  return (left->distance > right->distance) - (left->distance < right->distance);
}

static int
compare_value (gconstpointer a,
               gconstpointer b)
{
  const SageChartReading *left = a;
  const SageChartReading *right = b;

  return (left->value < right->value) - (left->value > right->value);
}

/* Reads all series at the cursor, in the order of the legend; of very many only those that are
 * nearest to the pointer, from top to bottom. Returns how many were left out. */
static guint
sage_chart_read_all (SageChart *self)
{
  const SageChartPlot *plot = sage_chart_get_plot (self);
  SageChartSeries *current = sage_chart_get_current (self);
  GArray *readings = g_array_new (FALSE, FALSE, sizeof (SageChartReading));
  guint n_more = 0;

  g_array_set_clear_func (readings, clear_reading);
  g_clear_pointer (&self->cursor.readings, g_array_unref);
  self->cursor.readings = readings;

  for (guint i = 0; i < get_n_series (self); i++)
    {
      SageChartReading reading = { .series = get_visible_series (self, i) };

      if (reading.series == NULL || !sage_chart_read (self, reading.series, &reading.value))
        continue;
      g_object_ref (reading.series);
      reading.distance = INFINITY;
      if (self->cursor.by_pointer && isfinite (reading.value))
        reading.distance = fabs (sage_chart_plot_get_y (plot, reading.value) -
                                 self->cursor.pointer_y);
      if (!self->cursor.by_pointer && reading.series == current)
        reading.distance = 0;
      g_array_append_val (readings, reading);
    }

  if (readings->len > MOST_READINGS)
    {
      n_more = readings->len - MOST_READINGS;
      g_array_sort (readings, compare_distance);
      g_array_set_size (readings, MOST_READINGS);
      g_array_sort (readings, compare_value);
    }

  return n_more;
}

/* Returns the reading that words are made of: that of the current series, or for the pointer the
 * nearest one; %NULL if there is none. */
static const SageChartReading *
sage_chart_get_main_reading (SageChart *self)
{
  SageChartSeries *current = sage_chart_get_current (self);
  const SageChartReading *best = NULL;

  for (guint i = 0; i < self->cursor.readings->len; i++)
    {
      const SageChartReading *reading = &g_array_index (self->cursor.readings, SageChartReading, i);

      if (!self->cursor.by_pointer && reading->series == current)
        return reading;
      if (best == NULL || reading->distance < best->distance)
        best = reading;
    }

  return best;
}

/* Returns where the cursor is, in words. */
static char *
sage_chart_describe_place (SageChart *self)
{
  g_autofree char *x = sage_chart_format_value (self->x_format, self->cursor.x);

  if (self->x_label == NULL || *self->x_label == '\0')
    return g_steal_pointer (&x);

  /* Translators: the name of the x axis and a place on it, such as "Round 12" */
  return g_strdup_printf (C_("place on an axis", "%s %s"), self->x_label, x);
}

/* Returns a value of the y axis in words, as finely as the chart shows it. */
static char *
sage_chart_read_out (SageChart *self,
                     double     value)
{
  const SageChartPlot *plot = sage_chart_get_plot (self);
  double resolution = self->logarithmic
                      ? 0 : sage_chart_scale_get_span (&plot->frame.y) / plot->frame.height;

  return sage_chart_format_read_out (self->y_format, value, resolution);
}

static void
sage_chart_show_readings (SageChart *self,
                          guint      n_more)
{
  g_autofree char *place = sage_chart_describe_place (self);
  const SageChartReading *best = sage_chart_get_main_reading (self);

  sage_chart_readout_begin (self->readout, place);
  for (guint i = 0; i < self->cursor.readings->len; i++)
    {
      const SageChartReading *reading = &g_array_index (self->cursor.readings, SageChartReading, i);
      g_autofree char *value = sage_chart_read_out (self, reading->value);

      sage_chart_readout_add (self->readout, reading->series, value,
                              reading == best && self->cursor.readings->len > 1);
    }
  sage_chart_readout_finish (self->readout, n_more);

  g_clear_pointer (&self->cursor.text, g_free);
  if (best != NULL)
    {
      g_autofree char *value = sage_chart_read_out (self, best->value);

      /* Translators: what a screen reader says at the cursor of a chart: the name of a series, its
       * value, and where that is, such as "validation:auc 0.93, Round 12" */
      self->cursor.text = g_strdup_printf (_("%s %s, %s"), sage_chart_series_get_name (best->series),
                                           value, place);
    }

  gtk_widget_set_child_visible (GTK_WIDGET (self->readout), TRUE);
  gtk_widget_queue_allocate (GTK_WIDGET (self));
}

/* Puts the cursor at a value of the x axis where there is a point. */
static void
sage_chart_cursor_put (SageChart *self,
                       double     x)
{
  gboolean moved = !self->cursor.shown || self->cursor.x != x;

  self->cursor.shown = TRUE;
  self->cursor.x = x;
  sage_chart_show_readings (self, sage_chart_read_all (self));
  gtk_widget_queue_draw (GTK_WIDGET (self));
  if (moved)
    sage_chart_notify_cursor (self);
}

/* Takes the cursor away. */
void
sage_chart_cursor_hide (SageChart *self)
{
  if (!self->cursor.shown)
    return;

  self->cursor.shown = FALSE;
  self->cursor.x = NAN;
  g_clear_pointer (&self->cursor.text, g_free);
  g_clear_pointer (&self->cursor.readings, g_array_unref);
  sage_line_layer_set_highlight (self->lines, self->highlight);
  gtk_widget_set_child_visible (GTK_WIDGET (self->readout), FALSE);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  sage_chart_notify_cursor (self);
}

/* Has the cursor follow the pointer. */
void
sage_chart_cursor_point_at (SageChart *self,
                            double     x,
                            double     y)
{
  const SageChartPlot *plot = sage_chart_get_plot (self);
  double there = sage_chart_pick (self, sage_chart_plot_get_value (plot, x));

  if (isnan (there) || sage_chart_get_message (self) != NULL)
    {
      sage_chart_cursor_hide (self);
      return;
    }

  if (!self->cursor.by_pointer)
    sage_line_layer_set_highlight (self->lines, self->highlight);
  self->cursor.by_pointer = TRUE;
  self->cursor.pointer_x = x;
  self->cursor.pointer_y = y;
  sage_chart_cursor_put (self, there);
}

/* Reads again what is at the cursor, after something has changed. */
void
sage_chart_cursor_refresh (SageChart *self)
{
  double there;

  if (!self->cursor.shown)
    return;
  if (self->cursor.by_pointer)
    {
      sage_chart_cursor_point_at (self, self->cursor.pointer_x, self->cursor.pointer_y);
      return;
    }

  there = sage_chart_pick (self, self->cursor.x);
  if (isnan (there) || sage_chart_get_message (self) != NULL)
    sage_chart_cursor_hide (self);
  else
    sage_chart_cursor_put (self, there);
}

/* Moves the view so far that the cursor is in it. */
static void
sage_chart_cursor_follow (SageChart *self,
                          double     x)
{
  const SageChartPlot *plot = sage_chart_get_plot (self);
  double position = sage_chart_scale_get_position (&plot->frame.x, x);

  if (position < 0)
    sage_chart_pan_by (self, position - FOLLOW_PART);
  else if (position > 1)
    sage_chart_pan_by (self, position - 1 + FOLLOW_PART);
}

/* Puts the cursor on a point of the current series and says what is there. */
static void
sage_chart_cursor_speak_at (SageChart       *self,
                            SageChartSeries *current,
                            double           x)
{
  guint n_visible = 0;

  for (guint i = 0; i < get_n_series (self); i++)
    n_visible += get_visible_series (self, i) != NULL;

  g_set_object (&self->current, current);
  self->cursor.by_pointer = FALSE;
  sage_chart_cursor_follow (self, x);
  sage_line_layer_set_highlight (self->lines, n_visible > 1 ? current : self->highlight);
  sage_chart_cursor_put (self, x);
  if (self->cursor.text != NULL)
    sage_chart_announce (self, self->cursor.text);
}

/* Moves the cursor along the current series by at least @least_pixels, up or down the x axis. */
void
sage_chart_cursor_step (SageChart *self,
                        int        direction,
                        double     least_pixels)
{
  const SageChartPlot *plot = sage_chart_get_plot (self);
  SageChartSeries *current = sage_chart_get_current (self);
  SageChartData *data;
  const double *x;
  gsize n_points, i;
  double start;

  if (current == NULL || sage_chart_get_message (self) != NULL)
    return;

  data = sage_chart_series_get_data (current);
  x = sage_chart_data_get_x (data);
  n_points = sage_chart_data_get_n_points (data);
  if (!self->cursor.shown)
    {
      i = sage_chart_data_find_nearest (data, direction > 0 ? plot->frame.x.min : plot->frame.x.max);
      sage_chart_cursor_speak_at (self, current, x[i]);
      return;
    }

  start = sage_chart_plot_get_x (plot, self->cursor.x);
  i = sage_chart_data_find_nearest (data, self->cursor.x);
  while (x[i] == self->cursor.x || (x[i] - self->cursor.x) * direction < 0 ||
         fabs (sage_chart_plot_get_x (plot, x[i]) - start) < least_pixels)
    {
      if (i == (direction > 0 ? n_points - 1 : 0))
        break;
      i += direction;
    }
  sage_chart_cursor_speak_at (self, current, x[i]);
}

/* Moves the cursor to the first or last point of the current series. */
void
sage_chart_cursor_to_end (SageChart *self,
                          int        direction)
{
  SageChartSeries *current = sage_chart_get_current (self);
  SageChartData *data;

  if (current == NULL || sage_chart_get_message (self) != NULL)
    return;

  data = sage_chart_series_get_data (current);
  sage_chart_cursor_speak_at (self, current, sage_chart_data_get_x (data)[
    direction > 0 ? sage_chart_data_get_n_points (data) - 1 : 0]);
}

/* Reads the next series, or the one before. Returns whether there is one. */
gboolean
sage_chart_cursor_next_series (SageChart *self,
                               int        direction)
{
  SageChartSeries *current = sage_chart_get_current (self);
  SageChartData *data;
  SageChartSeries *next = NULL;
  guint position;

  if (current == NULL || !g_list_store_find (self->series, current, &position))
    return FALSE;

  for (gint64 i = (gint64) position + direction; next == NULL && i >= 0 && i < get_n_series (self);
       i += direction)
    next = get_visible_series (self, (guint) i);
  if (next == NULL)
    return FALSE;

  data = sage_chart_series_get_data (next);
  sage_chart_cursor_speak_at (self, next, sage_chart_data_get_x (data)[
    sage_chart_data_find_nearest (data, self->cursor.shown ? self->cursor.x : -INFINITY)]);

  return TRUE;
}

/* Draws the line and the dots of the cursor, and the range that is being chosen. */
void
sage_chart_cursor_draw (SageChart   *self,
                        GtkSnapshot *snapshot)
{
  const SageChartPlot *plot = sage_chart_get_plot (self);
  const graphene_rect_t *area = &plot->area;
  GdkRGBA colour = plot->style.foreground;

  if (self->drag == SAGE_CHART_DRAG_SELECT)
    {
      GdkRGBA accent = plot->style.accent;

      accent.alpha = SELECTION_ALPHA;
      gtk_snapshot_append_color (snapshot, &accent, &GRAPHENE_RECT_INIT (
        MIN (self->drag_start, self->drag_end), area->origin.y,
        fabs (self->drag_end - self->drag_start), area->size.height));
    }

  if (!self->cursor.shown)
    return;

  colour.alpha *= plot->style.high_contrast ? 1 : LINE_ALPHA;
  gtk_snapshot_append_color (snapshot, &colour, &GRAPHENE_RECT_INIT (
    round (sage_chart_plot_get_x (plot, self->cursor.x) - 0.5), area->origin.y, 1,
    area->size.height));
  for (guint i = 0; i < self->cursor.readings->len; i++)
    {
      const SageChartReading *reading = &g_array_index (self->cursor.readings, SageChartReading, i);
      double y = sage_chart_plot_get_y (plot, reading->value);
      GskRoundedRect dot;

      if (!isfinite (y) || y < area->origin.y - 1 || y > area->origin.y + area->size.height + 1)
        continue;
      sage_chart_palette_get_colour (sage_chart_series_get_colour (reading->series),
                                     plot->style.dark, &colour);
      gsk_rounded_rect_init_from_rect (&dot, &GRAPHENE_RECT_INIT (
        sage_chart_plot_get_x (plot, self->cursor.x) - DOT_RADIUS, y - DOT_RADIUS, 2 * DOT_RADIUS,
        2 * DOT_RADIUS), DOT_RADIUS);
      gtk_snapshot_push_rounded_clip (snapshot, &dot);
      gtk_snapshot_append_color (snapshot, &colour, &dot.bounds);
      gtk_snapshot_pop (snapshot);
    }
}

/**
 * sage_chart_get_cursor_x:
 *
 * Returns: where the cursor is, a value of the x axis where there is a point, or NaN
 */
double
sage_chart_get_cursor_x (SageChart *self)
{
  g_return_val_if_fail (SAGE_IS_CHART (self), NAN);

  return self->cursor.x;
}

/**
 * sage_chart_set_cursor_x:
 * @x: where to put the cursor; NaN or minus infinity to take it away
 *
 * Puts the cursor on the point nearest to @x, if any is in sight.
 */
void
sage_chart_set_cursor_x (SageChart *self,
                         double     x)
{
  double there;

  g_return_if_fail (SAGE_IS_CHART (self));

  if (isnan (x) || x == -INFINITY)
    {
      sage_chart_cursor_hide (self);
      return;
    }

  there = sage_chart_pick (self, x);
  if (isnan (there) || (self->cursor.shown && self->cursor.x == there))
    return;
  self->cursor.by_pointer = FALSE;
  sage_chart_cursor_put (self, there);
}

/**
 * sage_chart_get_cursor_text:
 *
 * Returns: (transfer none) (nullable): what is at the cursor, in words, as it is spoken when the
 *   keyboard moves it; %NULL without a cursor
 */
const char *
sage_chart_get_cursor_text (SageChart *self)
{
  g_return_val_if_fail (SAGE_IS_CHART (self), NULL);

  return self->cursor.text;
}
