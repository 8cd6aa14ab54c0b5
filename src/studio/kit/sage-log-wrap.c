/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-log-wrap"

#include "config.h"

#include "sage-ansi.h"
#include "sage-log-wrap.h"

#define TAB 8

/* Rows of a line after the first begin so much further in than the line, to be told from lines. */
#define INDENT 2

/* How many columns of a monospaced font @character takes when it stands at @column. */
static guint
columns_of (gunichar character,
            guint    column)
{
  if (character == '\t')
    return TAB - column % TAB;
  if (character < 0x300)
    return 1;
  if (g_unichar_iszerowidth (character))
    return 0;

  return g_unichar_iswide (character) ? 2 : 1;
}

/**
 * sage_log_columns:
 * @text: valid UTF-8
 * @length: its length in bytes
 *
 * Returns: how many columns it takes on one row
 */
guint
sage_log_columns (const char *text,
                  gsize       length)
{
  guint column = 0;

  if (sage_ansi_is_plain (text, length))
    return (guint) length;

  for (const char *at = text; at < text + length; at = g_utf8_next_char (at))
    column += columns_of (g_utf8_get_char (at), column);

  return column;
}

/* Returns: where the row that begins at @at ends: after its last space if that leaves no less than
 * half of it, else after the last character that fits; at least one character in any case */
static const char *
end_of_row (const char *at,
            const char *end,
            guint       columns)
{
  const char *after_space = NULL;
  guint column = 0;

  for (const char *next = at; next < end; next = g_utf8_next_char (next))
    {
      gunichar character = g_utf8_get_char (next);
      guint width = columns_of (character, column);

      if (column + width > columns && next > at)
        {
          if (character == ' ')
            return next + 1; /* it hangs over the edge, unseen */
          return after_space != NULL ? after_space : next;
        }
      column += width;
      if ((character == ' ' || character == '\t') && column > columns / 2)
        after_space = next + 1;
    }

  return end;
}

/**
 * sage_log_indent:
 * @text: valid UTF-8
 * @length: its length in bytes
 * @columns: how many columns a row has
 *
 * Returns: the column where the rows after the first begin: a little further in than the text, but
 *   not beyond the middle
 */
guint
sage_log_indent (const char *text,
                 gsize       length,
                 guint       columns)
{
  guint spaces = 0;

  while (spaces < length && spaces < columns && text[spaces] == ' ')
    spaces++;

  return MIN (spaces + INDENT, columns / 2);
}

/**
 * sage_log_count_rows:
 * @text: valid UTF-8
 * @length: its length in bytes
 * @columns: how many columns a row has
 *
 * Returns: how many rows sage_log_wrap() makes of it, at least 1
 */
guint
sage_log_count_rows (const char *text,
                     gsize       length,
                     guint       columns)
{
  const char *end = text + length;
  const char *at = end_of_row (text, end, columns);
  guint n;

  columns -= sage_log_indent (text, length, columns);
  for (n = 1; at < end; n++)
    at = end_of_row (at, end, columns);

  return n;
}

/**
 * sage_log_wrap:
 * @text: valid UTF-8
 * @length: its length in bytes
 * @columns: how many columns a row has
 *
 * Breaks a line into rows of a monospaced font; those after the first begin at sage_log_indent().
 *
 * Returns: (transfer full) (element-type SageLogSegment): the rows, at least one
 */
GArray *
sage_log_wrap (const char *text,
               gsize       length,
               guint       columns)
{
  GArray *segments = g_array_new (FALSE, FALSE, sizeof (SageLogSegment));
  guint indent = sage_log_indent (text, length, columns);
  const char *end = text + length;
  const char *at = text;

  do
    {
      guint column = at > text ? indent : 0;
      const char *next = end_of_row (at, end, columns - column);
      SageLogSegment segment = { (guint) (at - text), (guint) (next - text), column };

      g_array_append_val (segments, segment);
      at = next;
    }
  while (at < end);

  return segments;
}

/**
 * sage_log_cut:
 * @text: valid UTF-8
 * @length: its length in bytes
 * @columns: how many columns a stretch has
 *
 * Cuts a line that stays on one row into stretches, so that only those in sight need laying out.
 *
 * Returns: (transfer full) (element-type SageLogSegment): the stretches, at least one
 */
GArray *
sage_log_cut (const char *text,
              gsize       length,
              guint       columns)
{
  GArray *segments = g_array_new (FALSE, FALSE, sizeof (SageLogSegment));
  SageLogSegment segment = { 0, 0, 0 };
  guint column = 0;

  for (const char *at = text; at < text + length; at = g_utf8_next_char (at))
    {
      guint width = columns_of (g_utf8_get_char (at), column);

      /* a mark stays with its character */
      if (column - segment.column >= columns && width > 0)
        {
          segment.end = (guint) (at - text);
          g_array_append_val (segments, segment);
          segment.start = segment.end;
          segment.column = column;
        }
      column += width;
    }
  segment.end = (guint) length;
  g_array_append_val (segments, segment);

  return segments;
}
