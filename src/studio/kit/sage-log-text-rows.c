/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-log-text"

#include "config.h"

#include <math.h>
#include <string.h>

#include "sage-log-text-private.h"

/*
 * Where lines stand. All rows have one height, so that where a line stands follows from how many
 * rows the lines before it take, which needs no layout. Rows are counted from one that stays where
 * it is: what is added or dropped before a row moves the bounds of the adjustment, never its value,
 * so that nothing jumps while somebody scrolls.
 */

/* Space above the first line and below the last one, in pixels. */
#define PADDING 6

/* More is read when an end of what is held is this many heights away. */
#define NEAR 3

/* Space between two rows, as a share of the font's height. */
#define LEADING 0.15

static guint
count_rows (SageLogText       *self,
            const SageLogLine *line)
{
  guint n = 1;

  if (self->wrap && line->columns > self->columns)
    n = sage_log_count_rows (line->text, line->length, self->columns);

  return n + (line->truncated ? 1 : 0); /* one more says so */
}

/**
 * sage_log_text_measure_font:
 * @self: a log text
 *
 * Measures the font that the style gives.
 */
void
sage_log_text_measure_font (SageLogText *self)
{
  PangoContext *context = gtk_widget_get_pango_context (GTK_WIDGET (self));
  PangoFontMetrics *metrics = pango_context_get_metrics (context, NULL, NULL);
  g_autoptr(PangoLayout) layout = pango_layout_new (context);
  double height = (double) pango_font_metrics_get_height (metrics) / PANGO_SCALE;
  double ascent = (double) pango_font_metrics_get_ascent (metrics) / PANGO_SCALE;
  int width;

  pango_font_metrics_unref (metrics);
  pango_layout_set_text (layout, "0000000000000000000000000000000000000000", 40);
  pango_layout_get_size (layout, &width, NULL);
  self->cell_width = MAX ((double) width / PANGO_SCALE / 40, 1);
  self->row_height = MAX ((int) ceil (height * (1 + LEADING)), 1);
  self->baseline = (int) round ((self->row_height - height) / 2 + ascent);
  self->measured = TRUE;
}

/**
 * sage_log_text_gutter_width:
 * @self: a log text
 *
 * Returns: the width of the times beside the lines, in pixels
 */
double
sage_log_text_gutter_width (SageLogText *self)
{
  const char *widest = self->dated ? "2026-01-31 12:00:00.000" : "12:00:00.000";

  return self->show_times ? (double) strlen (widest) * self->cell_width + SAGE_LOG_MARGIN : 0;
}

/**
 * sage_log_text_origin:
 * @self: a log text
 *
 * Returns: where the first column of text is, in pixels of the widget
 */
double
sage_log_text_origin (SageLogText *self)
{
  GtkAdjustment *adjustment = self->adjustments[GTK_ORIENTATION_HORIZONTAL];

  return SAGE_LOG_MARGIN + sage_log_text_gutter_width (self) -
         (adjustment != NULL ? gtk_adjustment_get_value (adjustment) : 0);
}

static gboolean
is_of_today (const SageLogLine *line)
{
  g_autoptr(GDateTime) time = g_date_time_new_from_unix_local (line->time_ms / 1000);
  g_autoptr(GDateTime) now = g_date_time_new_now_local ();

  return time != NULL && g_date_time_get_day_of_year (time) == g_date_time_get_day_of_year (now) &&
         g_date_time_get_year (time) == g_date_time_get_year (now);
}

static gboolean
needs_dates (SageLogText *self)
{
  gint64 first = sage_log_buffer_get_first (self->buffer);
  guint n = sage_log_buffer_get_n_lines (self->buffer);

  return n > 0 && (!is_of_today (sage_log_buffer_get_line (self->buffer, first)) ||
                   !is_of_today (sage_log_buffer_get_line (self->buffer, first + n - 1)));
}

static void
update_starts (SageLogText *self)
{
  gint64 first = self->buffer != NULL ? sage_log_buffer_get_first (self->buffer) : 0;
  gint64 start = 0;

  self->widest = 0;
  g_array_set_size (self->starts, self->rows->len + 1);
  for (guint i = 0; i < self->rows->len; i++)
    {
      g_array_index (self->starts, gint64, i) = start;
      start += g_array_index (self->rows, guint, i);
      self->widest = MAX (self->widest, sage_log_buffer_get_line (self->buffer, first + i)->columns);
    }
  g_array_index (self->starts, gint64, self->rows->len) = start;
}

/* What stood at the top stays there when rows are counted anew. */
typedef struct
{
  gint64 line;
  double rows; /* of the line that are above the top; the last one in part */
} Top;

static Top
remember_top (SageLogText *self)
{
  GtkAdjustment *adjustment = self->adjustments[GTK_ORIENTATION_VERTICAL];
  double value = adjustment != NULL ? gtk_adjustment_get_value (adjustment) : 0;
  Top top = { SAGE_LOG_NO_LINE, 0 };
  guint row_in_line;

  if (self->rows->len == 0 || self->row_height == 0)
    return top;

  top.line = sage_log_text_line_at_row (self, (gint64) floor (value / self->row_height),
                                        &row_in_line);
  top.rows = value / self->row_height - (double) sage_log_text_row_of_line (self, top.line);

  return top;
}

static void
restore_top (SageLogText *self,
             const Top   *top)
{
  gint64 index = top->line - (self->buffer != NULL ? sage_log_buffer_get_first (self->buffer) : 0);
  double rows;

  if (top->line == SAGE_LOG_NO_LINE || index < 0 || index >= self->rows->len || self->follow)
    return;

  rows = MIN (top->rows, g_array_index (self->rows, guint, index) - 1.0);
  sage_log_text_scroll_to (self, ((double) sage_log_text_row_of_line (self, top->line) + rows) *
                                   self->row_height);
}

/**
 * sage_log_text_rebuild_rows:
 * @self: a log text
 *
 * Counts the rows of all lines: the lines are others, or the width is.
 */
void
sage_log_text_rebuild_rows (SageLogText *self)
{
  double width = gtk_widget_get_width (GTK_WIDGET (self));
  gint64 first = self->buffer != NULL ? sage_log_buffer_get_first (self->buffer) : 0;
  guint n = self->buffer != NULL ? sage_log_buffer_get_n_lines (self->buffer) : 0;
  Top top = remember_top (self);

  if (!self->measured)
    sage_log_text_measure_font (self);

  self->dated = self->buffer != NULL && needs_dates (self);
  width -= 2 * SAGE_LOG_MARGIN + sage_log_text_gutter_width (self);
  self->columns = (guint) MAX (floor (width / self->cell_width), 8);
  g_array_set_size (self->rows, n);
  for (guint i = 0; i < n; i++)
    g_array_index (self->rows, guint, i) =
      count_rows (self, sage_log_buffer_get_line (self->buffer, first + i));
  update_starts (self);

  sage_log_text_forget (self);
  sage_log_text_configure (self);
  restore_top (self, &top);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
insert_rows (SageLogText *self,
             gint64       number,
             guint        index,
             guint        n)
{
  g_autofree guint *counts = g_new (guint, n);
  gint64 total = 0;

  for (guint i = 0; i < n; i++)
    {
      counts[i] = count_rows (self, sage_log_buffer_get_line (self->buffer, number + i));
      total += counts[i];
    }
  g_array_insert_vals (self->rows, index, counts, n);
  if (index == 0 && self->rows->len > n)
    self->base -= total;
}

/**
 * sage_log_text_change_rows:
 * @self: a log text
 * @head: so many lines came at the start; below 0, went
 * @tail: the same of the end
 */
void
sage_log_text_change_rows (SageLogText *self,
                           int          head,
                           int          tail)
{
  gint64 first = sage_log_buffer_get_first (self->buffer);

  if (head < 0)
    {
      self->base += g_array_index (self->starts, gint64, -head);
      g_array_remove_range (self->rows, 0, (guint) -head);
    }
  if (tail < 0)
    g_array_set_size (self->rows, self->rows->len - (guint) -tail);
  if (tail > 0)
    insert_rows (self, first + self->rows->len, self->rows->len, (guint) tail);
  if (head > 0)
    insert_rows (self, first, 0, (guint) head);
  update_starts (self);

  if (needs_dates (self) != self->dated)
    sage_log_text_rebuild_rows (self); /* the times take another width */
  else
    sage_log_text_configure (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/**
 * sage_log_text_update_line:
 * @self: a log text
 * @number: a line of which more is shown than before
 */
void
sage_log_text_update_line (SageLogText *self,
                           gint64       number)
{
  gint64 index = number - sage_log_buffer_get_first (self->buffer);

  if (index < 0 || index >= self->rows->len)
    return;

  g_array_index (self->rows, guint, index) =
    count_rows (self, sage_log_buffer_get_line (self->buffer, number));
  update_starts (self);
  sage_log_text_forget_line (self, number);
  sage_log_text_configure (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
configure_vertical (SageLogText   *self,
                    GtkAdjustment *adjustment)
{
  double page = gtk_widget_get_height (GTK_WIDGET (self));
  double value = gtk_adjustment_get_value (adjustment);
  double lower = (double) self->base * self->row_height - PADDING;
  double rows = self->rows->len > 0
                  ? (double) g_array_index (self->starts, gint64, self->rows->len) : 0;
  double upper = MAX (lower + rows * self->row_height + 2 * PADDING, lower + page);

  if (self->follow)
    value = upper - page;
  gtk_adjustment_configure (adjustment, CLAMP (value, lower, upper - page), lower, upper,
                            self->row_height * 3, page * 0.9, page);
}

static void
configure_horizontal (SageLogText   *self,
                      GtkAdjustment *adjustment)
{
  double page = gtk_widget_get_width (GTK_WIDGET (self));
  double upper = page;

  if (!self->wrap)
    upper = MAX (page, 2 * SAGE_LOG_MARGIN + sage_log_text_gutter_width (self) +
                         self->widest * self->cell_width);
  gtk_adjustment_configure (adjustment,
                            CLAMP (gtk_adjustment_get_value (adjustment), 0, upper - page), 0,
                            upper, self->cell_width * 8, page * 0.9, page);
}

/**
 * sage_log_text_configure:
 * @self: a log text
 *
 * Tells the adjustments how much there is.
 */
void
sage_log_text_configure (SageLogText *self)
{
  if (!self->measured)
    return;

  self->configuring = TRUE;
  if (self->adjustments[GTK_ORIENTATION_VERTICAL] != NULL)
    configure_vertical (self, self->adjustments[GTK_ORIENTATION_VERTICAL]);
  if (self->adjustments[GTK_ORIENTATION_HORIZONTAL] != NULL)
    configure_horizontal (self, self->adjustments[GTK_ORIENTATION_HORIZONTAL]);
  self->configuring = FALSE;
  sage_log_text_update_end (self);
}

/**
 * sage_log_text_scroll_to:
 * @self: a log text
 * @value: what comes to the top, in pixels as the adjustment counts them
 *
 * Scrolls without that being taken for somebody's scrolling.
 */
void
sage_log_text_scroll_to (SageLogText *self,
                         double       value)
{
  GtkAdjustment *adjustment = self->adjustments[GTK_ORIENTATION_VERTICAL];

  if (adjustment == NULL)
    return;

  self->configuring = TRUE;
  gtk_adjustment_set_value (adjustment, value);
  self->configuring = FALSE;
  sage_log_text_update_end (self);
}

/**
 * sage_log_text_check_edges:
 * @self: a log text
 *
 * Has more read where what is held ends close to what is in sight.
 */
void
sage_log_text_check_edges (SageLogText *self)
{
  GtkAdjustment *adjustment = self->adjustments[GTK_ORIENTATION_VERTICAL];
  double value;
  double page;

  if (adjustment == NULL || self->buffer == NULL || !gtk_widget_get_mapped (GTK_WIDGET (self)) ||
      sage_log_buffer_get_state (self->buffer) != SAGE_LOG_BUFFER_READY)
    return;

  value = gtk_adjustment_get_value (adjustment);
  page = gtk_adjustment_get_page_size (adjustment);
  if (value - gtk_adjustment_get_lower (adjustment) < NEAR * page)
    sage_log_buffer_extend (self->buffer, SAGE_LOG_BACKWARD);
  if (gtk_adjustment_get_upper (adjustment) - value - page < NEAR * page)
    sage_log_buffer_extend (self->buffer, SAGE_LOG_FORWARD);
}

/**
 * sage_log_text_row_of_line:
 * @self: a log text
 * @number: a line that is held
 *
 * Returns: its first row
 */
gint64
sage_log_text_row_of_line (SageLogText *self,
                           gint64       number)
{
  gint64 index = number - sage_log_buffer_get_first (self->buffer);

  return self->base + g_array_index (self->starts, gint64, CLAMP (index, 0, self->rows->len));
}

/**
 * sage_log_text_line_at_row:
 * @self: a log text that holds lines
 * @row: a row
 * @row_in_line: (out): which of the line's rows it is
 *
 * Returns: the line there; the first one or the last one for a row beyond
 */
gint64
sage_log_text_line_at_row (SageLogText *self,
                           gint64       row,
                           guint       *row_in_line)
{
  gint64 relative = row - self->base;
  guint low = 0;
  guint high = self->rows->len - 1;

  while (low < high)
    {
      guint middle = low + (high - low + 1) / 2;

      if (g_array_index (self->starts, gint64, middle) <= relative)
        low = middle;
      else
        high = middle - 1;
    }
  relative -= g_array_index (self->starts, gint64, low);
  *row_in_line = (guint) CLAMP (relative, 0, g_array_index (self->rows, guint, low) - 1);

  return sage_log_buffer_get_first (self->buffer) + low;
}

/**
 * sage_log_text_row_at:
 * @self: a log text
 * @y: a height in pixels of the widget
 *
 * Returns: the row there, whether there is a line or not
 */
gint64
sage_log_text_row_at (SageLogText *self,
                      double       y)
{
  GtkAdjustment *adjustment = self->adjustments[GTK_ORIENTATION_VERTICAL];
  double value = adjustment != NULL ? gtk_adjustment_get_value (adjustment) : 0;

  return (gint64) floor ((value + y) / self->row_height);
}
