/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-log-text"

#include "config.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "sage-log-text-private.h"
#include "sage-words.h"

/* Columns of a line that are laid out together when lines are not wrapped. */
#define STRETCH 256

/* Layouts that are kept although they are not in sight. */
#define MAX_LAYOUTS 600
#define MAX_SEGMENTED 600

/* --- what is kept ----------------------------------------------------------------------------- */

static guint
layout_hash (gconstpointer data)
{
  const SageLogLayout *layout = data;

  return (guint) layout->line * 31 + layout->segment;
}

static gboolean
layout_equal (gconstpointer a,
              gconstpointer b)
{
  const SageLogLayout *first = a;
  const SageLogLayout *second = b;

  return first->line == second->line && first->segment == second->segment;
}

static void
layout_free (gpointer data)
{
  SageLogLayout *layout = data;

  g_clear_object (&layout->layout);
  g_clear_pointer (&layout->node, gsk_render_node_unref);
  g_free (layout);
}

static void
segments_free (gpointer data)
{
  g_array_unref (data);
}

/**
 * sage_log_text_forget:
 * @self: a log text
 *
 * Drops everything that was laid out: the font, the colours or the width are others.
 */
void
sage_log_text_forget (SageLogText *self)
{
  g_clear_pointer (&self->layouts, g_hash_table_unref);
  g_clear_pointer (&self->segments, g_hash_table_unref);
  self->layouts = g_hash_table_new_full (layout_hash, layout_equal, layout_free, NULL);
  self->segments = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, segments_free);
}

/**
 * sage_log_text_forget_line:
 * @self: a log text
 * @number: a line that is another than it was
 */
void
sage_log_text_forget_line (SageLogText *self,
                           gint64       number)
{
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, self->layouts);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    if (((SageLogLayout *) key)->line == number)
      g_hash_table_iter_remove (&iter);
  g_hash_table_remove (self->segments, &number);
}

/**
 * sage_log_text_forget_old:
 * @self: a log text
 *
 * Drops what the last frames did not need, once there is much of it.
 */
void
sage_log_text_forget_old (SageLogText *self)
{
  GHashTableIter iter;
  gpointer key;

  if (g_hash_table_size (self->segments) > MAX_SEGMENTED)
    g_hash_table_remove_all (self->segments);
  if (g_hash_table_size (self->layouts) <= MAX_LAYOUTS)
    return;

  g_hash_table_iter_init (&iter, self->layouts);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    if (((SageLogLayout *) key)->used + 1 < self->frame)
      g_hash_table_iter_remove (&iter);
}

/* --- segments --------------------------------------------------------------------------------- */

/**
 * sage_log_text_segments:
 * @self: a log text
 * @number: a line that is held
 *
 * Returns: (transfer none): its rows when lines are wrapped, else stretches of its one row
 */
GArray *
sage_log_text_segments (SageLogText *self,
                        gint64       number)
{
  const SageLogLine *line = sage_log_buffer_get_line (self->buffer, number);
  GArray *segments = g_hash_table_lookup (self->segments, &number);

  if (segments == NULL)
    {
      segments = self->wrap ? sage_log_wrap (line->text, line->length, self->columns)
                            : sage_log_cut (line->text, line->length, STRETCH);
      g_hash_table_insert (self->segments, g_memdup2 (&number, sizeof number), segments);
    }

  return segments;
}

/**
 * sage_log_text_segment_of:
 * @segments: segments of a line
 * @byte: a byte of it
 *
 * Returns: the segment that holds the byte; at the border of two, the second
 */
guint
sage_log_text_segment_of (GArray *segments,
                          guint   byte)
{
  guint index = segments->len - 1;

  while (index > 0 && g_array_index (segments, SageLogSegment, index).start > byte)
    index--;

  return index;
}

/**
 * sage_log_text_segment_x:
 * @self: a log text
 * @segments: segments of a line
 * @index: one of them
 *
 * Returns: where it begins, in pixels from the first column
 */
double
sage_log_text_segment_x (SageLogText *self,
                         GArray      *segments,
                         guint        index)
{
  return g_array_index (segments, SageLogSegment, index).column * self->cell_width;
}

/**
 * sage_log_text_row_y:
 * @self: a log text
 * @row: a row
 *
 * Returns: its top, in pixels of the widget
 */
double
sage_log_text_row_y (SageLogText *self,
                     gint64       row)
{
  GtkAdjustment *adjustment = self->adjustments[GTK_ORIENTATION_VERTICAL];
  double value = adjustment != NULL ? gtk_adjustment_get_value (adjustment) : 0;

  return (double) row * self->row_height - value;
}

/* --- layouts ---------------------------------------------------------------------------------- */

static void
add_attribute (PangoAttrList  *list,
               PangoAttribute *attribute,
               guint           start,
               guint           end)
{
  attribute->start_index = start;
  attribute->end_index = end;
  pango_attr_list_insert (list, attribute);
}

static void
add_colour (PangoAttrList *list,
            const GdkRGBA *colour,
            guint          start,
            guint          end)
{
  add_attribute (list, pango_attr_foreground_new ((guint16) (colour->red * G_MAXUINT16),
                                                  (guint16) (colour->green * G_MAXUINT16),
                                                  (guint16) (colour->blue * G_MAXUINT16)),
                 start, end);
}

static void
add_style (SageLogText         *self,
           PangoAttrList       *list,
           const SageAnsiStyle *style,
           SageLogLevel         level,
           guint                start,
           guint                end)
{
  GdkRGBA foreground;
  GdkRGBA background;

  sage_log_palette_resolve (&self->palette, style, level, &foreground, &background);
  add_colour (list, &foreground, start, end);
  if (style->flags & SAGE_ANSI_BOLD)
    add_attribute (list, pango_attr_weight_new (PANGO_WEIGHT_BOLD), start, end);
  if (style->flags & SAGE_ANSI_ITALIC)
    add_attribute (list, pango_attr_style_new (PANGO_STYLE_ITALIC), start, end);
  if (style->flags & SAGE_ANSI_UNDERLINE)
    add_attribute (list, pango_attr_underline_new (PANGO_UNDERLINE_SINGLE), start, end);
  if (style->flags & SAGE_ANSI_STRIKE)
    add_attribute (list, pango_attr_strikethrough_new (TRUE), start, end);
}

/* What was searched for has a colour of its own behind it, and so before it. */
static void
colour_matches (SageLogText          *self,
                PangoAttrList        *list,
                const SageLogLine    *line,
                gint64                number,
                const SageLogSegment *segment)
{
  gsize start;
  gsize end;
  GdkRGBA foreground;
  GdkRGBA background;

  sage_log_palette_match (&self->palette, number == self->found, &foreground, &background);
  for (gsize from = 0; from < segment->end; from = end)
    {
      PangoAttribute *attribute;

      if (!sage_log_needle_find (self->needle, line->text, line->length, from, &start, &end))
        break;
      if (end <= segment->start || start >= segment->end)
        continue;

      attribute = pango_attr_foreground_new ((guint16) (foreground.red * G_MAXUINT16),
                                             (guint16) (foreground.green * G_MAXUINT16),
                                             (guint16) (foreground.blue * G_MAXUINT16));
      attribute->start_index = (guint) MAX (start, segment->start) - segment->start;
      attribute->end_index = (guint) MIN (end, segment->end) - segment->start;
      pango_attr_list_change (list, attribute);
    }
}

static PangoAttrList *
make_attributes (SageLogText          *self,
                 const SageLogLine    *line,
                 gint64                number,
                 const SageLogSegment *segment)
{
  static const SageAnsiStyle plain = { 0 };
  PangoAttrList *list = pango_attr_list_new ();
  SageLogLevel level = sage_log_level_find (line->text, line->length);

  add_style (self, list, &plain, level, 0, segment->end - segment->start);
  for (guint i = 0; i < line->n_runs; i++)
    {
      guint start = line->runs[i].start;
      guint end = i + 1 < line->n_runs ? line->runs[i + 1].start : line->length;

      if (end > segment->start && start < segment->end)
        add_style (self, list, &line->runs[i].style, level,
                   MAX (start, segment->start) - segment->start,
                   MIN (end, segment->end) - segment->start);
    }
  if (self->needle != NULL)
    colour_matches (self, list, line, number, segment);

  return list;
}

static void
set_tabs (SageLogText *self,
          PangoLayout *layout)
{
  g_autoptr(PangoTabArray) tabs = pango_tab_array_new (1, FALSE);

  pango_tab_array_set_tab (tabs, 0, PANGO_TAB_LEFT, (int) (8 * self->cell_width * PANGO_SCALE));
  pango_layout_set_tabs (layout, tabs);
}

static PangoLayout *
lay_out_segment (SageLogText       *self,
                 const SageLogLine *line,
                 gint64             number,
                 guint              index)
{
  GArray *segments = sage_log_text_segments (self, number);
  const SageLogSegment *segment = &g_array_index (segments, SageLogSegment, index);
  PangoLayout *layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), NULL);
  g_autoptr(PangoAttrList) attributes = make_attributes (self, line, number, segment);

  pango_layout_set_auto_dir (layout, FALSE); /* a log starts at the left, whatever it says */
  pango_layout_set_single_paragraph_mode (layout, TRUE);
  pango_layout_set_text (layout, line->text + segment->start, (int) (segment->end - segment->start));
  pango_layout_set_attributes (layout, attributes);
  if (memchr (line->text + segment->start, '\t', segment->end - segment->start) != NULL)
    set_tabs (self, layout);

  return layout;
}

static PangoLayout *
lay_out_time (SageLogText       *self,
              const SageLogLine *line)
{
  g_autoptr(GDateTime) time = g_date_time_new_from_unix_local_usec (line->time_ms * 1000);
  g_autofree char *text =
    time != NULL ? g_date_time_format (time, self->dated ? "%Y-%m-%d %H:%M:%S" : "%H:%M:%S") : NULL;
  g_autofree char *exact = NULL;
  g_autoptr(PangoAttrList) attributes = pango_attr_list_new ();
  static const SageAnsiStyle dim = { .flags = SAGE_ANSI_DIM };
  PangoLayout *layout;

  if (text != NULL && line->time_ms > 0)
    exact = g_strdup_printf ("%s.%03d", text, (int) (line->time_ms % 1000));
  add_style (self, attributes, &dim, SAGE_LOG_LEVEL_NONE, 0, G_MAXUINT);

  layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), exact);
  pango_layout_set_attributes (layout, attributes);

  return layout;
}

/* The words of the row that says that a line is cut short, and where its links are. */
typedef struct
{
  char  *text;      /* (owned) */
  guint  starts[3]; /* by SageLogLink */
  guint  ends[3];
} More;

static void
add_link (GString     *text,
          More        *more,
          SageLogLink  link,
          const char  *word)
{
  g_string_append (text, "   ");
  more->starts[link] = (guint) text->len;
  g_string_append (text, word);
  more->ends[link] = (guint) text->len;
}

static void
more_init (More              *more,
           const SageLogLine *line)
{
  g_autofree char *shown = sage_words_bytes (line->length);
  g_autofree char *all = sage_words_bytes (line->raw_length);
  GString *text = g_string_new (NULL);

  memset (more, 0, sizeof *more);
  /* Translators: of a long line of a log: the first 4 KiB of 10 MiB */
  g_string_append_printf (text, _("The first %s of %s"), shown, all);
  if (!line->expanded)
    add_link (text, more, SAGE_LOG_LINK_EXPAND, _("Show all"));
  add_link (text, more, SAGE_LOG_LINK_SAVE, _("Save line…"));
  more->text = g_string_free_and_steal (text);
}

static PangoLayout *
lay_out_more (SageLogText       *self,
              const SageLogLine *line)
{
  static const SageAnsiStyle dim = { .flags = SAGE_ANSI_DIM };
  static const SageAnsiStyle link_style = { .flags = SAGE_ANSI_UNDERLINE };
  g_autoptr(PangoAttrList) attributes = pango_attr_list_new ();
  PangoLayout *layout;
  More more;

  more_init (&more, line);
  add_style (self, attributes, &dim, SAGE_LOG_LEVEL_NONE, 0, G_MAXUINT);
  for (guint link = SAGE_LOG_LINK_EXPAND; link <= SAGE_LOG_LINK_SAVE; link++)
    if (more.ends[link] > 0)
      add_style (self, attributes, &link_style, SAGE_LOG_LEVEL_NONE, more.starts[link],
                 more.ends[link]);
  layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), more.text);
  pango_layout_set_attributes (layout, attributes);
  g_free (more.text);

  return layout;
}

/**
 * sage_log_text_layout:
 * @self: a log text
 * @number: a line that is held
 * @segment: one of its segments, %SAGE_LOG_TIME or %SAGE_LOG_MORE
 *
 * Returns: (transfer none): it, laid out; good until the end of the frame
 */
SageLogLayout *
sage_log_text_layout (SageLogText *self,
                      gint64       number,
                      guint        segment)
{
  const SageLogLine *line = sage_log_buffer_get_line (self->buffer, number);
  const SageLogLayout key = { .line = number, .segment = segment };
  SageLogLayout *layout = g_hash_table_lookup (self->layouts, &key);

  if (layout == NULL)
    {
      layout = g_memdup2 (&key, sizeof key);
      if (segment == SAGE_LOG_TIME)
        layout->layout = lay_out_time (self, line);
      else if (segment == SAGE_LOG_MORE)
        layout->layout = lay_out_more (self, line);
      else
        layout->layout = lay_out_segment (self, line, number, segment);
      g_hash_table_add (self->layouts, layout);
    }
  layout->used = self->frame;

  return layout;
}

/* --- places ----------------------------------------------------------------------------------- */

/**
 * sage_log_text_link_at:
 * @self: a log text
 * @x: pixels of the widget
 * @y: pixels of the widget
 * @number: (out): the line that the link is about
 *
 * Returns: the link there
 */
SageLogLink
sage_log_text_link_at (SageLogText *self,
                       double       x,
                       double       y,
                       gint64      *number)
{
  SageLogLayout *layout;
  SageLogLink found = SAGE_LOG_LINK_NONE;
  guint row_in_line;
  guint index;
  int byte;
  int trailing;
  More more;

  if (self->rows->len == 0)
    return SAGE_LOG_LINK_NONE;

  *number = sage_log_text_line_at_row (self, sage_log_text_row_at (self, y), &row_in_line);
  index = (guint) (*number - sage_log_buffer_get_first (self->buffer));
  if (!sage_log_buffer_get_line (self->buffer, *number)->truncated ||
      row_in_line + 1 != g_array_index (self->rows, guint, index))
    return SAGE_LOG_LINK_NONE;

  layout = sage_log_text_layout (self, *number, SAGE_LOG_MORE);
  x -= SAGE_LOG_MARGIN + sage_log_text_gutter_width (self);
  if (!pango_layout_xy_to_index (layout->layout, (int) (x * PANGO_SCALE), 0, &byte, &trailing))
    return SAGE_LOG_LINK_NONE;

  more_init (&more, sage_log_buffer_get_line (self->buffer, *number));
  for (guint link = SAGE_LOG_LINK_EXPAND; link <= SAGE_LOG_LINK_SAVE; link++)
    if (byte >= (int) more.starts[link] && byte < (int) more.ends[link])
      found = link;
  g_free (more.text);

  return found;
}

static guint
segment_at (SageLogText *self,
            GArray      *segments,
            guint        row_in_line,
            double       x)
{
  guint index;

  if (self->wrap)
    return MIN (row_in_line, segments->len - 1);

  for (index = segments->len - 1; index > 0; index--)
    if (sage_log_text_segment_x (self, segments, index) <= x)
      break;

  return index;
}

/**
 * sage_log_text_place_at:
 * @self: a log text that holds lines
 * @x: pixels of the widget
 * @y: pixels of the widget
 *
 * Returns: the place that is nearest
 */
SageLogPlace
sage_log_text_place_at (SageLogText *self,
                        double       x,
                        double       y)
{
  gint64 row = sage_log_text_row_at (self, y);
  guint row_in_line;
  SageLogPlace place = { sage_log_text_line_at_row (self, row, &row_in_line), 0 };
  const SageLogLine *line = sage_log_buffer_get_line (self->buffer, place.line);
  GArray *segments = sage_log_text_segments (self, place.line);
  const SageLogSegment *segment;
  guint index;
  int byte;
  int trailing;

  if (row < self->base)
    return place;
  if (row >= self->base + g_array_index (self->starts, gint64, self->rows->len))
    {
      place.byte = line->length;
      return place;
    }

  x -= sage_log_text_origin (self);
  index = segment_at (self, segments, row_in_line, x);
  segment = &g_array_index (segments, SageLogSegment, index);
  x -= sage_log_text_segment_x (self, segments, index);
  pango_layout_xy_to_index (sage_log_text_layout (self, place.line, index)->layout,
                            (int) (CLAMP (x, -1, 1e6) * PANGO_SCALE), 0, &byte, &trailing);
  place.byte = segment->start + (guint) byte;
  for (; trailing > 0 && place.byte < segment->end; trailing--)
    place.byte = (guint) (g_utf8_next_char (line->text + place.byte) - line->text);

  return place;
}

/**
 * sage_log_text_place_bounds:
 * @self: a log text
 * @place: a place
 * @bounds: (out): the rectangle before it, as wide as a caret, in pixels of the widget
 *
 * Returns: whether its line is held
 */
gboolean
sage_log_text_place_bounds (SageLogText        *self,
                            const SageLogPlace *place,
                            graphene_rect_t    *bounds)
{
  const SageLogLine *line =
    self->buffer != NULL ? sage_log_buffer_get_line (self->buffer, place->line) : NULL;
  GArray *segments;
  guint index;
  guint start;
  gint64 row;
  PangoRectangle position;

  if (line == NULL || place->byte > line->length)
    return FALSE;

  segments = sage_log_text_segments (self, place->line);
  index = sage_log_text_segment_of (segments, place->byte);
  start = g_array_index (segments, SageLogSegment, index).start;
  row = sage_log_text_row_of_line (self, place->line) + (self->wrap ? index : 0);
  pango_layout_index_to_pos (sage_log_text_layout (self, place->line, index)->layout,
                             (int) (place->byte - start), &position);
  graphene_rect_init (bounds,
                      (float) (sage_log_text_origin (self) +
                               sage_log_text_segment_x (self, segments, index) +
                               (double) position.x / PANGO_SCALE),
                      (float) sage_log_text_row_y (self, row), 1, (float) self->row_height);

  return TRUE;
}
