/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-log-text"

#include "config.h"

#include <string.h>

#include "sage-log-text-private.h"

/*
 * The lines that are held, as one text for assistive technologies: each line and a newline. Offsets
 * are in characters from the first line that is held. A screen reader asks for the line that it is
 * at, so characters are counted when somebody asks; nobody pays for it else.
 */

static gint64
first_of (SageLogText *self)
{
  return self->buffer != NULL ? sage_log_buffer_get_first (self->buffer) : 0;
}

static const SageLogLine *
line_at (SageLogText *self,
         guint        index)
{
  return sage_log_buffer_get_line (self->buffer, first_of (self) + index);
}

static guint
count_characters (const SageLogLine *line)
{
  return (guint) g_utf8_strlen (line->text, line->length) + 1;
}

/* Returns: the line that holds the character; @offset becomes the one in that line */
static guint
find_line (SageLogText *self,
           guint       *offset)
{
  guint index;

  for (index = 0; index + 1 < self->rows->len; index++)
    {
      guint n = count_characters (line_at (self, index));

      if (*offset < n)
        break;
      *offset -= n;
    }

  return index;
}

static guint
offset_of_line (SageLogText *self,
                gint64       number)
{
  guint offset = 0;

  for (gint64 i = first_of (self); i < number; i++)
    offset += count_characters (sage_log_buffer_get_line (self->buffer, i));

  return offset;
}

static guint
offset_of_place (SageLogText        *self,
                 const SageLogPlace *place)
{
  const SageLogLine *line =
    self->buffer != NULL ? sage_log_buffer_get_line (self->buffer, place->line) : NULL;

  if (line == NULL)
    return 0;

  return offset_of_line (self, place->line) +
         (guint) g_utf8_strlen (line->text, MIN (place->byte, line->length));
}

/* Returns: (transfer full): @length characters from @start on, or fewer at the end */
static GBytes *
get_characters (SageLogText *self,
                guint        start,
                guint        length)
{
  g_autoptr(GString) text = g_string_new (NULL);
  guint index;

  if (self->rows->len == 0)
    return g_bytes_new (NULL, 0);

  for (index = find_line (self, &start); index < self->rows->len && length > 0; index++)
    {
      const SageLogLine *line = line_at (self, index);
      guint n = count_characters (line) - 1;
      guint taken = MIN (n - MIN (start, n), length);
      const char *from = g_utf8_offset_to_pointer (line->text, MIN (start, n));
      const char *to = g_utf8_offset_to_pointer (from, taken);

      g_string_append_len (text, from, to - from);
      length -= taken;
      if (length > 0)
        {
          g_string_append_c (text, '\n');
          length--;
        }
      start = 0;
    }

  return g_string_free_to_bytes (g_steal_pointer (&text));
}

static GBytes *
get_contents (GtkAccessibleText *text,
              unsigned int       start,
              unsigned int       end)
{
  return get_characters (SAGE_LOG_TEXT (text), start, end > start ? end - start : 0);
}

static gboolean
is_word_character (const char *at)
{
  return g_unichar_isalnum (g_utf8_get_char (at)) || *at == '_';
}

/* A word and what follows it, up to the next one. */
static void
find_word (const SageLogLine *line,
           guint              offset,
           guint             *start,
           guint             *end)
{
  const char *limit = line->text + line->length;
  const char *at = g_utf8_offset_to_pointer (line->text, offset);
  const char *first = at;
  const char *last = at;

  while (first > line->text && !is_word_character (first))
    first = g_utf8_prev_char (first);
  while (first > line->text && is_word_character (g_utf8_prev_char (first)))
    first = g_utf8_prev_char (first);
  while (last < limit && is_word_character (last))
    last = g_utf8_next_char (last);
  while (last < limit && !is_word_character (last))
    last = g_utf8_next_char (last);
  *start = offset - (guint) g_utf8_strlen (first, at - first);
  *end = offset + (guint) g_utf8_strlen (at, last - at);
}

/* The rows of a wrapped line are lines to whoever reads the screen. */
static void
find_row (SageLogText       *self,
          gint64             number,
          const SageLogLine *line,
          guint              offset,
          guint             *start,
          guint             *end)
{
  GArray *segments = sage_log_text_segments (self, number);
  guint byte = (guint) (g_utf8_offset_to_pointer (line->text, offset) - line->text);
  const SageLogSegment *segment =
    &g_array_index (segments, SageLogSegment, sage_log_text_segment_of (segments, byte));

  *start = (guint) g_utf8_strlen (line->text, segment->start);
  *end = (guint) g_utf8_strlen (line->text, segment->end) + (segment->end == line->length ? 1 : 0);
}

static GBytes *
get_contents_at (GtkAccessibleText            *text,
                 unsigned int                  offset,
                 GtkAccessibleTextGranularity  granularity,
                 unsigned int                 *start,
                 unsigned int                 *end)
{
  SageLogText *self = SAGE_LOG_TEXT (text);
  guint in_line = offset;
  const SageLogLine *line;
  guint before;
  guint index;

  *start = *end = 0;
  if (self->rows->len == 0)
    return g_bytes_new (NULL, 0);

  index = find_line (self, &in_line);
  before = offset - in_line;
  line = line_at (self, index);
  in_line = MIN (in_line, count_characters (line) - 1);
  switch (granularity)
    {
    case GTK_ACCESSIBLE_TEXT_GRANULARITY_CHARACTER:
      *start = in_line;
      *end = in_line + 1;
      break;
    case GTK_ACCESSIBLE_TEXT_GRANULARITY_WORD:
      find_word (line, in_line, start, end);
      break;
    case GTK_ACCESSIBLE_TEXT_GRANULARITY_LINE:
      if (self->wrap)
        {
          find_row (self, first_of (self) + index, line, in_line, start, end);
          break;
        }
      *end = count_characters (line);
      break;
    case GTK_ACCESSIBLE_TEXT_GRANULARITY_SENTENCE:
    case GTK_ACCESSIBLE_TEXT_GRANULARITY_PARAGRAPH:
    default:
      *end = count_characters (line);
      break;
    }
  *start += before;
  *end += before;

  return get_characters (self, *start, *end - *start);
}

static unsigned int
get_caret_position (GtkAccessibleText *text)
{
  SageLogText *self = SAGE_LOG_TEXT (text);

  return offset_of_place (self, &self->caret);
}

static gboolean
get_selection (GtkAccessibleText       *text,
               gsize                   *n_ranges,
               GtkAccessibleTextRange **ranges)
{
  SageLogText *self = SAGE_LOG_TEXT (text);
  SageLogPlace start;
  SageLogPlace end;

  if (self->buffer == NULL || !sage_log_text_get_range (self, &start, &end))
    return FALSE;

  *n_ranges = 1;
  if (ranges != NULL)
    {
      *ranges = g_new (GtkAccessibleTextRange, 1);
      (*ranges)->start = offset_of_place (self, &start);
      (*ranges)->length = offset_of_place (self, &end) - (*ranges)->start;
    }

  return TRUE;
}

static gboolean
get_attributes (GtkAccessibleText        *text,
                unsigned int              offset,
                gsize                    *n_ranges,
                GtkAccessibleTextRange  **ranges,
                char                   ***names,
                char                   ***values)
{
  *n_ranges = 0;

  return FALSE;
}

static void
get_default_attributes (GtkAccessibleText   *text,
                        char              ***names,
                        char              ***values)
{
  *names = g_new0 (char *, 1);
  *values = g_new0 (char *, 1);
}

static gboolean
place_of_offset (SageLogText  *self,
                 guint         offset,
                 SageLogPlace *place)
{
  const SageLogLine *line;
  guint index;

  if (self->rows->len == 0)
    return FALSE;

  index = find_line (self, &offset);
  line = line_at (self, index);
  offset = MIN (offset, count_characters (line) - 1);
  place->line = first_of (self) + index;
  place->byte = (guint) (g_utf8_offset_to_pointer (line->text, offset) - line->text);

  return TRUE;
}

static gboolean
get_extents (GtkAccessibleText *text,
             unsigned int       start,
             unsigned int       end,
             graphene_rect_t   *extents)
{
  SageLogText *self = SAGE_LOG_TEXT (text);
  SageLogPlace first;
  SageLogPlace last;
  graphene_rect_t bounds;

  if (!place_of_offset (self, start, &first) || !place_of_offset (self, end, &last) ||
      !sage_log_text_place_bounds (self, &first, extents) ||
      !sage_log_text_place_bounds (self, &last, &bounds))
    return FALSE;

  graphene_rect_union (extents, &bounds, extents);

  return TRUE;
}

static gboolean
get_offset (GtkAccessibleText      *text,
            const graphene_point_t *point,
            unsigned int           *offset)
{
  SageLogText *self = SAGE_LOG_TEXT (text);
  SageLogPlace place;

  if (self->rows->len == 0)
    return FALSE;

  place = sage_log_text_place_at (self, point->x, point->y);
  *offset = offset_of_place (self, &place);

  return TRUE;
}

/**
 * sage_log_text_accessible_init:
 * @iface: the interface of log texts
 */
void
sage_log_text_accessible_init (GtkAccessibleTextInterface *iface)
{
  iface->get_contents = get_contents;
  iface->get_contents_at = get_contents_at;
  iface->get_caret_position = get_caret_position;
  iface->get_selection = get_selection;
  iface->get_attributes = get_attributes;
  iface->get_default_attributes = get_default_attributes;
  iface->get_extents = get_extents;
  iface->get_offset = get_offset;
}
