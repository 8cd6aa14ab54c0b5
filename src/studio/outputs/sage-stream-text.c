/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-stream-text"

#include "config.h"

#include <string.h>

#include "sage-stream-text.h"

/* A line that goes on is kept as it came up to this, and then as it looks. */
#define MAX_OPEN (2 * SAGE_STREAM_MAX_LINE)

#define MAX_CARRIED 256 /* bytes of sequences that the next line begins with */

struct _SageStreamText
{
  GQueue       *lines;     /* of SageAnsiText: those that have ended */
  gsize         bytes;     /* of these */
  gint64        first;     /* the number of the first of them */
  GString      *carried;   /* the style that the open line begins with, as sequences */
  GString      *open;      /* the line that goes on, as it came */
  SageAnsiText *open_text; /* (owned) (nullable): as it looks; made when it is asked for */
  gboolean      truncated; /* a line was cut */

  GList        *last_link;   /* (nullable): of `lines`: lines are asked for in order */
  gint64        last_number; /* of `last_link` */
};

/**
 * sage_stream_text_new:
 *
 * Returns: (transfer full): an empty text
 */
SageStreamText *
sage_stream_text_new (void)
{
  SageStreamText *self = g_new0 (SageStreamText, 1);

  self->lines = g_queue_new ();
  self->carried = g_string_new (NULL);
  self->open = g_string_new (NULL);

  return self;
}

/**
 * sage_stream_text_free:
 * @self: (nullable): a text
 */
void
sage_stream_text_free (SageStreamText *self)
{
  if (self == NULL)
    return;

  g_queue_free_full (self->lines, (GDestroyNotify) sage_ansi_text_free);
  g_string_free (self->carried, TRUE);
  g_string_free (self->open, TRUE);
  sage_ansi_text_free (self->open_text);
  g_free (self);
}

/* A line begins in the style that the one before it ended in; sage_ansi_parse() knows one line only.
 * So the sequences that make up the style go in front of it. */
static void
carry_style (SageStreamText *self,
             const char     *data,
             gsize           length)
{
  const char *end = data + length;

  while ((data = memchr (data, '\033', (gsize) (end - data))) != NULL)
    {
      const char *start = data++;
      const char *at = data;
      gsize parameters;

      if (at == end || *at != '[')
        continue;
      for (at++; at < end && (g_ascii_isdigit (*at) || *at == ';' || *at == ':'); at++)
        ;
      if (at == end || *at != 'm')
        continue;

      parameters = (gsize) (at - start - 2);
      if (parameters == 0 || (start[2] == '0' && (parameters == 1 || start[3] == ';')))
        g_string_truncate (self->carried, 0);
      if (parameters > 1 || (parameters == 1 && start[2] != '0'))
        g_string_append_len (self->carried, start, at + 1 - start);
      if (self->carried->len > MAX_CARRIED) /* nobody means that */
        g_string_truncate (self->carried, 0);
      data = at;
    }
}

static SageAnsiText *
parse_line (SageStreamText *self,
            const char     *data,
            gsize           length)
{
  SageAnsiText *line;

  if (self->carried->len == 0)
    line = sage_ansi_parse (data, length, SAGE_STREAM_MAX_LINE);
  else
    {
      g_autoptr(GString) whole = g_string_new_len (self->carried->str, (gssize) self->carried->len);

      g_string_append_len (whole, data, (gssize) length);
      line = sage_ansi_parse (whole->str, whole->len, SAGE_STREAM_MAX_LINE);
    }
  self->truncated |= line->truncated;

  return line;
}

static void
drop_first (SageStreamText *self)
{
  SageAnsiText *line = g_queue_pop_head (self->lines);

  self->bytes -= line->length + 1;
  self->first++;
  sage_ansi_text_free (line);
}

static void
add_line (SageStreamText *self,
          SageAnsiText   *line)
{
  g_queue_push_tail (self->lines, line);
  self->bytes += line->length + 1;
  while (self->lines->length >= SAGE_STREAM_MAX_LINES || self->bytes > SAGE_STREAM_MAX_BYTES)
    drop_first (self);
}

/* The style and the text of a line as it looks, as a program would write them. */
static void
encode (GString            *out,
        const SageAnsiText *line)
{
  static const char flag_codes[] = { 1, 2, 3, 4, 7, 9 };
  gsize at = 0;

  for (gsize i = 0; i <= line->n_runs; i++)
    {
      gsize end = i < line->n_runs ? line->runs[i].start : line->length;
      const SageAnsiStyle *style;

      g_string_append_len (out, line->text + at, (gssize) (end - at));
      at = end;
      if (i == line->n_runs)
        break;
      style = &line->runs[i].style;
      g_string_append (out, "\033[0");
      for (guint flag = 0; flag < G_N_ELEMENTS (flag_codes); flag++)
        if (style->flags & 1u << flag)
          g_string_append_printf (out, ";%d", flag_codes[flag]);
      for (guint layer = 0; layer < 2; layer++)
        {
          SageAnsiColour colour = layer == 0 ? style->foreground : style->background;

          if (SAGE_ANSI_IS_INDEXED (colour))
            g_string_append_printf (out, ";%d;5;%u", layer == 0 ? 38 : 48, colour & 0xff);
          else if (SAGE_ANSI_IS_RGB (colour))
            g_string_append_printf (out, ";%d;2;%u;%u;%u", layer == 0 ? 38 : 48, colour >> 16 & 0xff,
                                    colour >> 8 & 0xff, colour & 0xff);
        }
      g_string_append_c (out, 'm');
    }
}

/* A progress bar is one line that is written over again and again: what stands before its last
 * return is replaced by how it looks, so that it gets no longer. */
static void
compact_open (SageStreamText *self)
{
  const char *last = memrchr (self->open->str, '\r', self->open->len);
  gsize length = last != NULL ? (gsize) (last - self->open->str) : 0;
  GString *compact;

  if (last == NULL || length == 0)
    {
      /* one long line: what is beyond what is shown will never be seen */
      if (self->open->len > 4 * MAX_OPEN)
        g_string_truncate (self->open, 2 * MAX_OPEN);
      return;
    }

  compact = g_string_new (NULL);
  {
    g_autoptr(SageAnsiText) line = parse_line (self, self->open->str, length);

    encode (compact, line);
  }
  carry_style (self, self->open->str, length);
  g_string_append_c (compact, '\r');
  /* the style that the rest goes on in */
  g_string_append (compact, "\033[0m");
  g_string_append_len (compact, self->carried->str, (gssize) self->carried->len);
  g_string_append_len (compact, last + 1, (gssize) (self->open->len - length - 1));
  g_string_truncate (self->carried, 0);
  g_string_free (self->open, TRUE);
  self->open = compact;
}

/* Where the last lines that fit begin. Counts the others. */
static const char *
skip_lines (SageStreamText *self,
            const char     *data,
            gsize           length,
            gint64         *n_skipped)
{
  const char *at = data + length;
  const char *first = data;
  guint n = 0;

  *n_skipped = 0;
  while (n <= SAGE_STREAM_MAX_LINES && (at = memrchr (data, '\n', (gsize) (at - data))) != NULL)
    n++;
  if (at == NULL)
    return data;

  first = at + 1;
  for (at = data; at < first; at++)
    {
      at = memchr (at, '\n', (gsize) (first - at));
      ++*n_skipped;
    }

  return first;
}

/**
 * sage_stream_text_feed:
 * @self: a text
 * @data: what was written: any bytes
 * @length: how many
 *
 * Goes on with the text.
 *
 * Returns: the number of the first line that is another now, or new
 */
gint64
sage_stream_text_feed (SageStreamText *self,
                       const char     *data,
                       gsize           length)
{
  const char *end = data + length;
  gint64 changed = sage_stream_text_get_end (self) - (self->open->len > 0 ? 1 : 0);
  gint64 n_skipped;
  const char *at = skip_lines (self, data, length, &n_skipped);
  const char *newline;

  self->last_link = NULL;
  g_clear_pointer (&self->open_text, sage_ansi_text_free);
  if (n_skipped > 0)
    {
      while (self->lines->length > 0)
        drop_first (self);
      self->first += n_skipped;
      g_string_truncate (self->open, 0);
      g_string_truncate (self->carried, 0);
    }

  while ((newline = memchr (at, '\n', (gsize) (end - at))) != NULL)
    {
      g_string_append_len (self->open, at, newline - at);
      add_line (self, parse_line (self, self->open->str, self->open->len));
      carry_style (self, self->open->str, self->open->len);
      g_string_truncate (self->open, 0);
      at = newline + 1;
    }
  g_string_append_len (self->open, at, end - at);
  if (self->open->len > MAX_OPEN)
    compact_open (self);

  return MAX (changed, self->first);
}

/**
 * sage_stream_text_get_first:
 * @self: a text
 *
 * Returns: the number of the first line that is still held: how many are not
 */
gint64
sage_stream_text_get_first (SageStreamText *self)
{
  return self->first;
}

/**
 * sage_stream_text_get_end:
 * @self: a text
 *
 * Returns: how many lines there were so far, the one that goes on included
 */
gint64
sage_stream_text_get_end (SageStreamText *self)
{
  return self->first + self->lines->length + (self->open->len > 0 ? 1 : 0);
}

/**
 * sage_stream_text_get_line:
 * @self: a text
 * @number: from the first that is held to the end
 *
 * Returns: (transfer none): the line; it is valid until more is fed
 */
const SageAnsiText *
sage_stream_text_get_line (SageStreamText *self,
                           gint64          number)
{
  gint64 index = number - self->first;

  g_return_val_if_fail (index >= 0 && number < sage_stream_text_get_end (self), NULL);

  if (index == self->lines->length)
    {
      if (self->open_text == NULL)
        self->open_text = parse_line (self, self->open->str, self->open->len);
      return self->open_text;
    }

  if (self->last_link != NULL && self->last_number + 1 == number && self->last_link->next != NULL)
    self->last_link = self->last_link->next;
  else
    self->last_link = g_queue_peek_nth_link (self->lines, (guint) index);
  self->last_number = number;

  return self->last_link->data;
}

/**
 * sage_stream_text_is_truncated:
 * @self: a text
 *
 * Returns: whether some of what was written is not held
 */
gboolean
sage_stream_text_is_truncated (SageStreamText *self)
{
  return self->first > 0 || self->truncated;
}
