/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-log-text"

#include "config.h"

#include <string.h>

#include "sage-log-text-private.h"

/* What belongs to a word beside letters and digits: a path and a name are one. */
#define WORD_CHARACTERS "-#%&+,./=?@\\_~"

static const SageLogLine *
line_of (SageLogText        *self,
         const SageLogPlace *place)
{
  return self->buffer != NULL ? sage_log_buffer_get_line (self->buffer, place->line) : NULL;
}

/**
 * sage_log_place_compare:
 * @a: a place
 * @b: another
 *
 * Returns: below, above or equal to 0 as @a stands before, after or at @b
 */
int
sage_log_place_compare (const SageLogPlace *a,
                        const SageLogPlace *b)
{
  if (a->line != b->line)
    return a->line < b->line ? -1 : 1;

  return (a->byte > b->byte) - (a->byte < b->byte);
}

/**
 * sage_log_text_get_range:
 * @self: a log text
 * @start: (out): where the selection begins
 * @end: (out): where it ends
 *
 * Returns: whether anything is selected
 */
gboolean
sage_log_text_get_range (SageLogText  *self,
                         SageLogPlace *start,
                         SageLogPlace *end)
{
  gboolean forward = sage_log_place_compare (&self->anchor, &self->caret) <= 0;

  *start = forward ? self->anchor : self->caret;
  *end = forward ? self->caret : self->anchor;

  return start->line != SAGE_LOG_NO_LINE && sage_log_place_compare (start, end) != 0;
}

/**
 * sage_log_text_select:
 * @self: a log text
 * @anchor: the end of the selection that stays
 * @caret: the end that moves
 */
void
sage_log_text_select (SageLogText        *self,
                      const SageLogPlace *anchor,
                      const SageLogPlace *caret)
{
  gboolean moved = sage_log_place_compare (&self->caret, caret) != 0;
  gboolean bound = sage_log_place_compare (&self->anchor, anchor) != 0;

  if (!moved && !bound)
    return;

  self->anchor = *anchor;
  self->caret = *caret;
  sage_log_text_notify_selection (self);
  if (moved)
    gtk_accessible_text_update_caret_position (GTK_ACCESSIBLE_TEXT (self));
  gtk_accessible_text_update_selection_bound (GTK_ACCESSIBLE_TEXT (self));
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static SageLogPlace
clamp_place (SageLogText  *self,
             SageLogPlace  place)
{
  gint64 first = sage_log_buffer_get_first (self->buffer);
  gint64 last = first + sage_log_buffer_get_n_lines (self->buffer) - 1;

  if (place.line == SAGE_LOG_NO_LINE || last < first)
    return (SageLogPlace) { SAGE_LOG_NO_LINE, 0 };
  if (place.line < first)
    return (SageLogPlace) { first, 0 };
  if (place.line > last)
    return (SageLogPlace) { last, sage_log_buffer_get_line (self->buffer, last)->length };

  return place;
}

/**
 * sage_log_text_clamp:
 * @self: a log text with a buffer
 *
 * Takes back the selection to the lines that are held.
 */
void
sage_log_text_clamp (SageLogText *self)
{
  SageLogPlace anchor = clamp_place (self, self->anchor);
  SageLogPlace caret = clamp_place (self, self->caret);

  sage_log_text_select (self, &anchor, &caret);
}

static gboolean
is_of_word (gunichar character)
{
  return g_unichar_isalnum (character) || g_unichar_iszerowidth (character) ||
         (character < 0x80 && character != 0 && strchr (WORD_CHARACTERS, (int) character) != NULL);
}

/**
 * sage_log_text_expand:
 * @self: a log text
 * @place: where was clicked
 * @clicks: how often: twice takes the word, three times the line
 * @start: (out): where that begins
 * @end: (out): where it ends
 */
void
sage_log_text_expand (SageLogText        *self,
                      const SageLogPlace *place,
                      int                 clicks,
                      SageLogPlace       *start,
                      SageLogPlace       *end)
{
  const SageLogLine *line = line_of (self, place);
  const char *at;

  *start = *end = *place;
  if (line == NULL || clicks < 2)
    return;
  if (clicks > 2)
    {
      start->byte = 0;
      end->byte = line->length;
      return;
    }

  at = line->text + place->byte;
  while (at > line->text && is_of_word (g_utf8_get_char (g_utf8_prev_char (at))))
    at = g_utf8_prev_char (at);
  start->byte = (guint) (at - line->text);
  at = line->text + place->byte;
  while (at < line->text + line->length && is_of_word (g_utf8_get_char (at)))
    at = g_utf8_next_char (at);
  end->byte = (guint) (at - line->text);
}

/* --- the caret -------------------------------------------------------------------------------- */

/* Returns: where the caret is; where it comes to be if it was nowhere: where one looks */
static SageLogPlace
get_caret (SageLogText *self)
{
  guint row_in_line;
  gint64 first = sage_log_buffer_get_first (self->buffer);

  if (line_of (self, &self->caret) != NULL)
    return self->caret;
  if (self->follow)
    return (SageLogPlace) { first + self->rows->len - 1, 0 };

  return (SageLogPlace) {
    sage_log_text_line_at_row (self, sage_log_text_row_at (self, self->row_height - 1),
                               &row_in_line), 0,
  };
}

static SageLogPlace
end_of_line (SageLogText *self,
             gint64       number)
{
  return (SageLogPlace) { number, sage_log_buffer_get_line (self->buffer, number)->length };
}

static SageLogPlace
step_character (SageLogText  *self,
                SageLogPlace  place,
                gboolean      forward)
{
  const SageLogLine *line = line_of (self, &place);
  const char *at = line->text + place.byte;
  const char *end = line->text + line->length;

  if (forward && at == end)
    {
      SageLogPlace next = { place.line + 1, 0 };

      return line_of (self, &next) != NULL ? next : place;
    }
  if (!forward && at == line->text)
    {
      SageLogPlace previous = { place.line - 1, 0 };

      return line_of (self, &previous) != NULL ? end_of_line (self, previous.line) : place;
    }

  do
    at = forward ? g_utf8_next_char (at) : g_utf8_prev_char (at);
  while (at > line->text && at < end && g_unichar_iszerowidth (g_utf8_get_char (at)));
  place.byte = (guint) (at - line->text);

  return place;
}

static gboolean
stands_before_word (SageLogText  *self,
                    SageLogPlace  place)
{
  const SageLogLine *line = line_of (self, &place);

  return place.byte < line->length && is_of_word (g_utf8_get_char (line->text + place.byte));
}

/* Forward to the end of a word, backward to the start of one. */
static SageLogPlace
step_word (SageLogText  *self,
           SageLogPlace  place,
           gboolean      forward)
{
  gboolean in_word = FALSE;

  while (TRUE)
    {
      SageLogPlace next = step_character (self, place, forward);
      gboolean is_word = stands_before_word (self, forward ? place : next);

      if (sage_log_place_compare (&next, &place) == 0 || (in_word && !is_word))
        return place;
      in_word |= is_word;
      place = next;
    }
}

static SageLogPlace
step_rows (SageLogText  *self,
           SageLogPlace  place,
           int           rows)
{
  graphene_rect_t bounds;
  double goal;

  if (!sage_log_text_place_bounds (self, &place, &bounds))
    return place;

  goal = self->goal >= 0 ? self->goal : bounds.origin.x - sage_log_text_origin (self);
  place = sage_log_text_place_at (self, goal + sage_log_text_origin (self),
                                  bounds.origin.y + (rows + 0.5) * self->row_height);
  self->goal = goal;

  return place;
}

static SageLogPlace
step_to_edge (SageLogText  *self,
              SageLogPlace  place,
              gboolean      forward)
{
  GArray *segments = sage_log_text_segments (self, place.line);
  guint index = sage_log_text_segment_of (segments, place.byte);
  const SageLogSegment *segment = &g_array_index (segments, SageLogSegment, index);

  if (!self->wrap)
    place.byte = forward ? line_of (self, &place)->length : 0;
  else if (!forward)
    place.byte = segment->start;
  else if (index + 1 == segments->len)
    place.byte = segment->end;
  else /* the place after the last character is that before the first one of the next row */
    place.byte = (guint) (g_utf8_prev_char (line_of (self, &place)->text + segment->end) -
                          line_of (self, &place)->text);

  return place;
}

/* To an end of the log itself, whatever is held of it. */
static SageLogPlace
go_to_edge (SageLogText *self,
            gboolean     end)
{
  gint64 first = sage_log_buffer_get_first (self->buffer);

  if (end)
    {
      sage_log_text_set_follow (self, TRUE);
      return end_of_line (self, first + self->rows->len - 1);
    }

  sage_log_text_set_follow (self, FALSE);
  if (!sage_log_buffer_get_at_start (self->buffer))
    sage_log_buffer_go_to_start (self->buffer);

  return (SageLogPlace) { first, 0 };
}

static SageLogPlace
step (SageLogText     *self,
      SageLogPlace     place,
      GtkMovementStep  kind,
      int              count)
{
  int page = MAX (gtk_widget_get_height (GTK_WIDGET (self)) / self->row_height - 1, 1);

  switch ((int) kind)
    {
    case GTK_MOVEMENT_WORDS:
      return step_word (self, place, count > 0);
    case GTK_MOVEMENT_DISPLAY_LINES:
      return step_rows (self, place, count);
    case GTK_MOVEMENT_PAGES:
      return step_rows (self, place, count * page);
    case GTK_MOVEMENT_DISPLAY_LINE_ENDS:
      return step_to_edge (self, place, count > 0);
    case GTK_MOVEMENT_BUFFER_ENDS:
      return go_to_edge (self, count > 0);
    case GTK_MOVEMENT_VISUAL_POSITIONS:
    default:
      return step_character (self, place, count > 0);
    }
}

/**
 * sage_log_text_move:
 * @self: a log text
 * @step_kind: by what to move the caret
 * @count: how far, below 0 backward
 * @extend: whether the selection goes with it
 */
void
sage_log_text_move (SageLogText     *self,
                    GtkMovementStep  step_kind,
                    int              count,
                    gboolean         extend)
{
  SageLogPlace caret;
  SageLogPlace start;
  SageLogPlace end;

  if (self->rows->len == 0)
    return;

  if (step_kind != GTK_MOVEMENT_DISPLAY_LINES && step_kind != GTK_MOVEMENT_PAGES)
    self->goal = -1;
  caret = get_caret (self);
  if (!extend && step_kind == GTK_MOVEMENT_VISUAL_POSITIONS &&
      sage_log_text_get_range (self, &start, &end))
    caret = count > 0 ? end : start;
  else
    caret = step (self, caret, step_kind, count);

  sage_log_text_select (self, extend && line_of (self, &self->anchor) != NULL ? &self->anchor : &caret,
                        &caret);
  sage_log_text_reveal_caret (self);
}

static void
reveal (GtkAdjustment *adjustment,
        double         start,
        double         end)
{
  double value = gtk_adjustment_get_value (adjustment);
  double page = gtk_adjustment_get_page_size (adjustment);

  if (start < 0)
    gtk_adjustment_set_value (adjustment, value + start);
  else if (end > page)
    gtk_adjustment_set_value (adjustment, value + end - page);
}

/**
 * sage_log_text_reveal_caret:
 * @self: a log text
 *
 * Scrolls as far as it takes to see the caret.
 */
void
sage_log_text_reveal_caret (SageLogText *self)
{
  double left = SAGE_LOG_MARGIN + sage_log_text_gutter_width (self);
  graphene_rect_t bounds;

  if (self->adjustments[0] == NULL || self->adjustments[1] == NULL ||
      !sage_log_text_place_bounds (self, &self->caret, &bounds))
    return;

  reveal (self->adjustments[GTK_ORIENTATION_VERTICAL], bounds.origin.y,
          bounds.origin.y + bounds.size.height);
  reveal (self->adjustments[GTK_ORIENTATION_HORIZONTAL], bounds.origin.x - left,
          bounds.origin.x + SAGE_LOG_MARGIN);
}

/* --- the text --------------------------------------------------------------------------------- */

/**
 * sage_log_text_select_all:
 * @self: a log text
 *
 * Selects all lines that are held.
 */
void
sage_log_text_select_all (SageLogText *self)
{
  gint64 first;
  SageLogPlace start;
  SageLogPlace end;

  if (self->rows->len == 0)
    return;

  first = sage_log_buffer_get_first (self->buffer);
  start = (SageLogPlace) { first, 0 };
  end = end_of_line (self, first + self->rows->len - 1);
  sage_log_text_select (self, &start, &end);
}

/**
 * sage_log_text_dup_selection:
 * @self: a log text
 *
 * Returns: (transfer full) (nullable): the text that is selected, plain; of a line that is selected
 *   to its end all of it, however much is shown; %NULL if nothing is selected
 */
char *
sage_log_text_dup_selection (SageLogText *self)
{
  SageLogPlace start;
  SageLogPlace end;
  GString *text;

  g_return_val_if_fail (SAGE_IS_LOG_TEXT (self), NULL);

  if (self->buffer == NULL || !sage_log_text_get_range (self, &start, &end))
    return NULL;

  text = g_string_new (NULL);
  for (gint64 number = start.line; number <= end.line; number++)
    {
      const SageLogLine *line = sage_log_buffer_get_line (self->buffer, number);
      guint first = number == start.line ? start.byte : 0;
      guint last = number == end.line ? end.byte : line->length;

      if (line->truncated && last == line->length)
        {
          g_autofree char *all = sage_log_line_dup_text (line);

          g_string_append (text, all + first);
        }
      else
        g_string_append_len (text, line->text + first, last - first);
      if (number < end.line)
        g_string_append_c (text, '\n');
    }

  return g_string_free_and_steal (text);
}

/**
 * sage_log_text_copy:
 * @self: a log text
 *
 * Puts what is selected on the clipboard.
 */
void
sage_log_text_copy (SageLogText *self)
{
  g_autofree char *text = sage_log_text_dup_selection (self);

  if (text != NULL)
    gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), text);
}
