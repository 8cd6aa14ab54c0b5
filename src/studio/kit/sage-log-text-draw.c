/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-log-text"

#include "config.h"

#include "sage-log-text-private.h"

/* How strongly the accent colour shows behind text. */
#define SELECTED_ALPHA 0.3f
#define HOVERED_ALPHA 0.1f

/* A segment that is being drawn. */
typedef struct
{
  SageLogText          *self;
  GtkSnapshot          *snapshot;
  gint64                number;
  const SageLogLine    *line;
  const SageLogSegment *segment;
  SageLogLayout        *layout;
  float                 x;
  float                 y;
} Drawing;

/* Fills what stands behind the bytes from @start to @end of the line. */
static void
fill_behind (const Drawing *drawing,
             guint          start,
             guint          end,
             const GdkRGBA *colour)
{
  PangoLayoutLine *row = pango_layout_get_line_readonly (drawing->layout->layout, 0);
  g_autofree int *ranges = NULL;
  int n;

  start = MAX (start, drawing->segment->start) - drawing->segment->start;
  end = MIN (end, drawing->segment->end) - drawing->segment->start;
  pango_layout_line_get_x_ranges (row, (int) start, (int) end, &ranges, &n);
  for (int i = 0; i < n; i++)
    {
      float x = drawing->x + (float) ranges[2 * i] / PANGO_SCALE;
      float width = (float) (ranges[2 * i + 1] - ranges[2 * i]) / PANGO_SCALE;

      gtk_snapshot_append_color (drawing->snapshot, colour,
                                 &GRAPHENE_RECT_INIT (x, drawing->y, width,
                                                      (float) drawing->self->row_height));
    }
}

static gboolean
touches (const Drawing *drawing,
         guint          start,
         guint          end)
{
  return end > drawing->segment->start && start < drawing->segment->end;
}

static void
draw_backgrounds (const Drawing *drawing)
{
  const SageLogLine *line = drawing->line;
  GdkRGBA foreground;
  GdkRGBA background;

  for (guint i = 0; i < line->n_runs; i++)
    {
      guint start = line->runs[i].start;
      guint end = i + 1 < line->n_runs ? line->runs[i + 1].start : line->length;

      if (touches (drawing, start, end) &&
          sage_log_palette_resolve (&drawing->self->palette, &line->runs[i].style,
                                    SAGE_LOG_LEVEL_NONE, &foreground, &background))
        fill_behind (drawing, start, end, &background);
    }
}

static void
draw_matches (const Drawing *drawing)
{
  SageLogText *self = drawing->self;
  GdkRGBA foreground;
  GdkRGBA background;
  gsize start;
  gsize end;

  if (self->needle == NULL)
    return;

  sage_log_palette_match (&self->palette, drawing->number == self->found, &foreground, &background);
  for (gsize from = 0; from < drawing->segment->end; from = end)
    {
      if (!sage_log_needle_find (self->needle, drawing->line->text, drawing->line->length, from,
                                 &start, &end))
        break;
      if (touches (drawing, (guint) start, (guint) end))
        fill_behind (drawing, (guint) start, (guint) end, &background);
    }
}

/* The end of a line that is selected shows as a cell of its own, so that empty lines show too. */
static void
draw_selection (const Drawing *drawing)
{
  SageLogText *self = drawing->self;
  SageLogPlace start;
  SageLogPlace end;
  guint first;
  guint last;
  GdkRGBA colour = self->accent;

  if (!sage_log_text_get_range (self, &start, &end) || drawing->number < start.line ||
      drawing->number > end.line)
    return;

  colour.alpha = SELECTED_ALPHA;
  first = drawing->number == start.line ? start.byte : 0;
  last = drawing->number == end.line ? end.byte : drawing->line->length;
  if (touches (drawing, first, last))
    fill_behind (drawing, first, last, &colour);
  if (drawing->number < end.line && drawing->segment->end == drawing->line->length)
    {
      int width;

      pango_layout_get_size (drawing->layout->layout, &width, NULL);
      gtk_snapshot_append_color (drawing->snapshot, &colour,
                                 &GRAPHENE_RECT_INIT (drawing->x + (float) width / PANGO_SCALE,
                                                      drawing->y, (float) self->cell_width / 2,
                                                      (float) self->row_height));
    }
}

/* Text is drawn once and then kept: scrolling only moves it. */
static void
draw_layout (SageLogText   *self,
             GtkSnapshot   *snapshot,
             SageLogLayout *layout,
             float          x,
             float          y)
{
  float baseline = (float) pango_layout_get_baseline (layout->layout) / PANGO_SCALE;

  if (layout->node == NULL)
    {
      GtkSnapshot *inner = gtk_snapshot_new ();

      gtk_snapshot_append_layout (inner, layout->layout, &self->palette.foreground);
      layout->node = gtk_snapshot_free_to_node (inner);
    }
  if (layout->node == NULL)
    return; /* nothing but spaces */

  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot,
                          &GRAPHENE_POINT_INIT (x, y + (float) self->baseline - baseline));
  gtk_snapshot_append_node (snapshot, layout->node);
  gtk_snapshot_restore (snapshot);
}

static void
draw_segment (SageLogText *self,
              GtkSnapshot *snapshot,
              gint64       number,
              guint        index,
              gint64       row)
{
  GArray *segments = sage_log_text_segments (self, number);
  Drawing drawing = {
    .self = self,
    .snapshot = snapshot,
    .number = number,
    .line = sage_log_buffer_get_line (self->buffer, number),
    .segment = &g_array_index (segments, SageLogSegment, index),
    .layout = sage_log_text_layout (self, number, index),
    .x = (float) (sage_log_text_origin (self) + sage_log_text_segment_x (self, segments, index)),
    .y = (float) sage_log_text_row_y (self, row),
  };

  draw_backgrounds (&drawing);
  draw_matches (&drawing);
  draw_selection (&drawing);
  draw_layout (self, snapshot, drawing.layout, drawing.x, drawing.y);
}

/* The segments of one row: all of them that are in sight. */
static void
draw_stretches (SageLogText *self,
                GtkSnapshot *snapshot,
                gint64       number,
                gint64       row)
{
  GArray *segments = sage_log_text_segments (self, number);
  double origin = sage_log_text_origin (self);
  double width = gtk_widget_get_width (GTK_WIDGET (self));

  for (guint i = 0; i < segments->len; i++)
    {
      double start = origin + sage_log_text_segment_x (self, segments, i);
      double end = i + 1 < segments->len ? origin + sage_log_text_segment_x (self, segments, i + 1)
                                         : G_MAXDOUBLE;

      if (end > 0 && start < width)
        draw_segment (self, snapshot, number, i, row);
    }
}

static void
draw_line (SageLogText *self,
           GtkSnapshot *snapshot,
           gint64       number,
           gint64       first_row,
           gint64       last_row)
{
  gint64 row = sage_log_text_row_of_line (self, number);
  const SageLogLine *line = sage_log_buffer_get_line (self->buffer, number);
  gint64 n = self->wrap ? sage_log_text_segments (self, number)->len : 1;
  float left = SAGE_LOG_MARGIN + (float) sage_log_text_gutter_width (self);

  if (number == self->hovered)
    {
      GdkRGBA colour = self->accent;

      colour.alpha = HOVERED_ALPHA;
      gtk_snapshot_append_color (snapshot, &colour,
                                 &GRAPHENE_RECT_INIT (0, (float) sage_log_text_row_y (self, row),
                                                      (float) gtk_widget_get_width (GTK_WIDGET (self)),
                                                      (float) (n * self->row_height)));
    }

  if (!self->wrap)
    draw_stretches (self, snapshot, number, row);
  for (gint64 i = MAX (first_row - row, 0); self->wrap && i < n && row + i <= last_row; i++)
    draw_segment (self, snapshot, number, (guint) i, row + i);
  if (line->truncated && row + n <= last_row)
    draw_layout (self, snapshot, sage_log_text_layout (self, number, SAGE_LOG_MORE), left,
                 (float) sage_log_text_row_y (self, row + n));
}

static void
draw_caret (SageLogText *self,
            GtkSnapshot *snapshot)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  graphene_rect_t bounds;

  if (gtk_widget_has_focus (GTK_WIDGET (self)) && GTK_IS_WINDOW (root) &&
      gtk_window_get_focus_visible (GTK_WINDOW (root)) &&
      sage_log_text_place_bounds (self, &self->caret, &bounds))
    gtk_snapshot_append_color (snapshot, &self->palette.foreground,
                               &GRAPHENE_RECT_INIT (bounds.origin.x - 1, bounds.origin.y, 2,
                                                    bounds.size.height));
}

static void
draw_times (SageLogText *self,
            GtkSnapshot *snapshot,
            gint64       first,
            gint64       last_row)
{
  gint64 end = sage_log_buffer_get_first (self->buffer) + self->rows->len;

  for (gint64 number = first; number < end; number++)
    {
      gint64 row = sage_log_text_row_of_line (self, number);

      if (row > last_row)
        break;
      draw_layout (self, snapshot, sage_log_text_layout (self, number, SAGE_LOG_TIME),
                   SAGE_LOG_MARGIN, (float) sage_log_text_row_y (self, row));
    }
}

/**
 * sage_log_text_snapshot:
 * @widget: a log text
 * @snapshot: what to draw to
 *
 * Draws the rows in sight.
 */
void
sage_log_text_snapshot (GtkWidget   *widget,
                        GtkSnapshot *snapshot)
{
  SageLogText *self = SAGE_LOG_TEXT (widget);
  float width = (float) gtk_widget_get_width (widget);
  float height = (float) gtk_widget_get_height (widget);
  float left = self->show_times ? (float) sage_log_text_gutter_width (self) : 0;
  gint64 first_row;
  gint64 last_row;
  gint64 first;
  gint64 end;
  guint row_in_line;

  if (self->rows->len == 0)
    return;

  self->frame++;
  first_row = sage_log_text_row_at (self, 0);
  last_row = sage_log_text_row_at (self, height);
  first = sage_log_text_line_at_row (self, first_row, &row_in_line);
  end = sage_log_buffer_get_first (self->buffer) + self->rows->len;

  gtk_snapshot_push_clip (snapshot, &GRAPHENE_RECT_INIT (left, 0, MAX (width - left, 0), height));
  for (gint64 number = first; number < end; number++)
    {
      if (sage_log_text_row_of_line (self, number) > last_row)
        break;
      draw_line (self, snapshot, number, first_row, last_row);
    }
  draw_caret (self, snapshot);
  gtk_snapshot_pop (snapshot);

  if (self->show_times)
    draw_times (self, snapshot, first, last_row);
  sage_log_text_forget_old (self);
}
