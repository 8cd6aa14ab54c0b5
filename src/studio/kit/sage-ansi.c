/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-ansi"

#include "config.h"

#include <string.h>

#include "sage-ansi-private.h"

#define ESCAPE '\033'

/* Sequences that are longer than this are none: their bytes are text. */
#define MAX_SEQUENCE 256

/* Marks on one character that are kept; more are a way to paint over other lines. */
#define MAX_MARKS 8

#define REPLACEMENT "\xef\xbf\xbd"

/* One place on the screen: a character and the marks that combine with it. */
typedef struct
{
  const char *text;   /* in the input, or constant; NULL when it was erased */
  guint32     style;  /* index among the styles */
  guint16     length; /* in bytes */
  guint16     marks;
} Cell;

/* What has been printed so far. */
typedef struct
{
  GArray   *cells;  /* of Cell */
  GArray   *styles; /* of SageAnsiStyle: those in use; the last one is the current one */
  gboolean  used;   /* something was printed in the current style */
  gsize     cursor; /* index of the cell that the next character goes to */
  gsize     limit;  /* cells beyond it are not kept */
  gboolean  truncated;

  const char *end_of_mark; /* (nullable): where the last one ended in the input */
} Screen;

/* --- the screen ------------------------------------------------------------------------------- */

static void
screen_put (Screen     *screen,
            const char *text,
            gsize       length)
{
  Cell cell = { text, screen->styles->len - 1, (guint16) length, 0 };

  if (screen->cursor >= screen->limit)
    {
      screen->truncated = TRUE;
      return;
    }

  if (screen->cursor < screen->cells->len)
    g_array_index (screen->cells, Cell, screen->cursor) = cell;
  else
    g_array_append_val (screen->cells, cell);
  screen->cursor++;
  screen->used = TRUE;
}

/* A mark belongs to the character before it; without one it stands for itself. */
static void
screen_put_mark (Screen     *screen,
                 const char *text,
                 gsize       length)
{
  Cell *cell;

  if (screen->cursor == 0)
    {
      screen_put (screen, text, length);
      return;
    }
  if (screen->cursor > screen->cells->len)
    return;

  cell = &g_array_index (screen->cells, Cell, screen->cursor - 1);
  if (cell->text == NULL || (cell->text + cell->length != text && screen->end_of_mark != text))
    {
      screen_put (screen, text, length); /* something else stood between them */
      return;
    }

  screen->end_of_mark = text + length;
  if (cell->marks < MAX_MARKS)
    {
      cell->length += (guint16) length;
      cell->marks++;
    }
}

static void
screen_erase (Screen     *screen,
              const char *parameters,
              gsize       length)
{
  static const Cell blank = { NULL, 0, 0, 0 };
  gboolean all = length == 1 && parameters[0] == '2';
  gboolean left = all || (length == 1 && parameters[0] == '1');
  gboolean right = all || length == 0 || (length == 1 && parameters[0] == '0');

  if (right && screen->cells->len > screen->cursor)
    {
      g_array_set_size (screen->cells, (guint) screen->cursor);
      screen->truncated = FALSE;
    }
  for (gsize i = 0; left && i < screen->cells->len && i <= screen->cursor; i++)
    g_array_index (screen->cells, Cell, i) = blank;
}

static void
screen_set_style (Screen     *screen,
                  const char *parameters,
                  gsize       length)
{
  SageAnsiStyle style = g_array_index (screen->styles, SageAnsiStyle, screen->styles->len - 1);

  sage_ansi_apply_sgr (&style, parameters, length);
  if (screen->used)
    g_array_append_val (screen->styles, style);
  else
    g_array_index (screen->styles, SageAnsiStyle, screen->styles->len - 1) = style;
  screen->used = FALSE;
}

/* --- escape sequences ------------------------------------------------------------------------- */

/* `ESC [ parameters intermediates final`. Returns: where the text goes on; @start if it is none */
static const char *
read_control_sequence (Screen     *screen,
                       const char *start,
                       const char *end)
{
  const char *limit = end - start > MAX_SEQUENCE ? start + MAX_SEQUENCE : end;
  const char *intermediates = start;
  const char *final;

  while (intermediates < limit && *intermediates >= 0x30 && *intermediates <= 0x3f)
    intermediates++;
  final = intermediates;
  while (final < limit && *final >= 0x20 && *final <= 0x2f)
    final++;
  if (final == limit || *final < 0x40 || *final > 0x7e)
    return start;

  /* `ESC [ > … m` and the like ask a terminal for other things */
  if (final == intermediates && (start == final || *start < '<'))
    {
      if (*final == 'm')
        screen_set_style (screen, start, (gsize) (final - start));
      else if (*final == 'K')
        screen_erase (screen, start, (gsize) (final - start));
    }

  return final + 1;
}

/* A title, a link, a device's string: up to BEL or `ESC \`. One that does not end hides nothing. */
static const char *
skip_string (const char *start,
             const char *end)
{
  for (const char *at = start; at < end; at++)
    {
      guchar byte = (guchar) *at;
      guchar next = at + 1 < end ? (guchar) at[1] : 0;

      if (byte == '\a')
        return at + 1;
      if (byte == ESCAPE)
        return next == '\\' ? at + 2 : start;
      if (byte == 0xc2 && next == 0x9c)
        return at + 2;
      if (byte == 0x18 || byte == 0x1a || (byte == 0xc2 && next >= 0x80 && next < 0xa0))
        return start;
    }

  return start;
}

/* Returns: where the text goes on after the escape character at @at */
static const char *
read_escape (Screen     *screen,
             const char *at,
             const char *end)
{
  const char *final = at + 1;

  if (final == end)
    return end;

  switch (*final)
    {
    case '[':
      return read_control_sequence (screen, final + 1, end);
    case ']':
    case 'P':
    case 'X':
    case '^':
    case '_':
      return skip_string (final + 1, end);
    default:
      break;
    }

  /* `ESC ( B` and the like: intermediates, then one more */
  while (final < end && final - at < MAX_SEQUENCE && *final >= 0x20 && *final <= 0x2f)
    final++;
  if (final < end && *final >= 0x30 && *final <= 0x7e)
    return final + 1;

  return at + 1;
}

/* The controls that a byte with the eighth bit set stands for, as characters. */
static const char *
read_c1 (Screen     *screen,
         gunichar    control,
         const char *next,
         const char *end)
{
  switch (control)
    {
    case 0x9b:
      return read_control_sequence (screen, next, end);
    case 0x90:
    case 0x98:
    case 0x9d:
    case 0x9e:
    case 0x9f:
      return skip_string (next, end);
    default:
      return next;
    }
}

/* --- characters ------------------------------------------------------------------------------- */

/* What would let a line show in another order than it is written in. */
static gboolean
reorders (gunichar character)
{
  return (character >= 0x202a && character <= 0x202e) ||
         (character >= 0x2066 && character <= 0x2069);
}

static const char *
read_wide (Screen     *screen,
           const char *at,
           const char *end)
{
  gunichar character = g_utf8_get_char_validated (at, end - at);
  const char *next;

  if (character == (gunichar) -1 || character == (gunichar) -2)
    {
      screen_put (screen, REPLACEMENT, strlen (REPLACEMENT));
      return at + 1;
    }

  next = g_utf8_next_char (at);
  if (character >= 0x80 && character < 0xa0)
    return read_c1 (screen, character, next, end);
  if (character == 0x2028 || character == 0x2029) /* would begin another line */
    screen_put (screen, " ", 1);
  else if (g_unichar_iszerowidth (character) && !reorders (character))
    screen_put_mark (screen, at, (gsize) (next - at));
  else if (!reorders (character))
    screen_put (screen, at, (gsize) (next - at));

  return next;
}

static const char *
read_control (Screen     *screen,
              const char *at,
              const char *end)
{
  switch (*at)
    {
    case ESCAPE:
      return read_escape (screen, at, end);
    case '\r':
      screen->cursor = 0;
      break;
    case '\b':
      screen->cursor -= screen->cursor > 0;
      break;
    case '\t':
      screen_put (screen, at, 1);
      break;
    default:
      break;
    }

  return at + 1;
}

/* --- the result ------------------------------------------------------------------------------- */

static void
add_run (GArray              *runs,
         gsize                start,
         const SageAnsiStyle *style)
{
  static const SageAnsiStyle plain = { 0 };
  const SageAnsiStyle *last =
    runs->len > 0 ? &g_array_index (runs, SageAnsiRun, runs->len - 1).style : &plain;
  SageAnsiRun run = { (guint) start, *style };

  if (memcmp (last, style, sizeof *style) != 0)
    {
      if (runs->len == 0 && start > 0)
        {
          SageAnsiRun first = { 0, plain };

          g_array_append_val (runs, first);
        }
      g_array_append_val (runs, run);
    }
}

static SageAnsiText *
screen_to_text (Screen *screen,
                gsize   max_bytes)
{
  g_autoptr(GArray) runs = g_array_new (FALSE, FALSE, sizeof (SageAnsiRun));
  GString *text = g_string_sized_new (screen->cells->len + 1);
  SageAnsiText *result = g_new0 (SageAnsiText, 1);
  guint n = screen->cells->len;

  while (n > 0 && g_array_index (screen->cells, Cell, n - 1).text == NULL)
    n--; /* what was erased at the end is not there */
  for (guint i = 0; i < n; i++)
    {
      const Cell *cell = &g_array_index (screen->cells, Cell, i);

      if (text->len + MAX (cell->length, 1) > max_bytes)
        {
          screen->truncated = TRUE;
          break;
        }
      add_run (runs, text->len, &g_array_index (screen->styles, SageAnsiStyle, cell->style));
      if (cell->text != NULL)
        g_string_append_len (text, cell->text, cell->length);
      else
        g_string_append_c (text, ' ');
    }

  result->length = text->len;
  result->text = g_string_free_and_steal (text);
  result->n_runs = runs->len;
  if (runs->len > 0)
    result->runs = (SageAnsiRun *) g_array_free (g_steal_pointer (&runs), FALSE);
  result->truncated = screen->truncated;

  return result;
}

/**
 * sage_ansi_is_plain:
 * @data: bytes
 * @length: how many
 *
 * Returns: whether they are printable ASCII, which needs no reading: it is its own text, and a byte
 *   is a column
 */
gboolean
sage_ansi_is_plain (const char *data,
                    gsize       length)
{
  gboolean plain = TRUE;

  for (gsize i = 0; i < length; i++)
    plain &= (guchar) (data[i] - 0x20) < 0x5f;

  return plain;
}

/* Returns: (nullable): the last byte that moves the cursor back */
static const char *
find_last_return (const char *data,
                  gsize       length)
{
  const char *carriage = length > 0 ? memrchr (data, '\r', length) : NULL;
  const char *backspace = length > 0 ? memrchr (data, '\b', length) : NULL;

  return MAX (carriage, backspace);
}

/**
 * sage_ansi_parse:
 * @data: a line of output without its end: any bytes
 * @length: how many
 * @max_bytes: how long the text may become; the rest is left out
 *
 * Prints a line on an imaginary terminal: carriage returns and backspaces write over what stands
 * there, and Select Graphic Rendition and Erase in Line do what they are for. Every other sequence
 * and control character is left out; what is not UTF-8 becomes U+FFFD. A line starts in the default
 * style, whatever stood before it, so that it looks the same wherever reading began.
 *
 * Returns: (transfer full): the line
 */
SageAnsiText *
sage_ansi_parse (const char *data,
                 gsize       length,
                 gsize       max_bytes)
{
  static const SageAnsiStyle plain = { 0 };
  g_autoptr(GArray) cells = g_array_sized_new (FALSE, FALSE, sizeof (Cell),
                                               (guint) MIN (length, max_bytes));
  g_autoptr(GArray) styles = g_array_new (FALSE, FALSE, sizeof (SageAnsiStyle));
  Screen screen = { cells, styles, TRUE, 0, max_bytes, FALSE, NULL };
  const char *last_return;
  const char *end;

  g_return_val_if_fail (data != NULL || length == 0, NULL);

  g_array_append_val (styles, plain);
  while (length > 0 && data[length - 1] == '\r') /* of a line that ends in CR LF */
    length--;
  end = data + length;
  last_return = find_last_return (data, length);

  for (const char *at = data; at < end;)
    {
      guchar byte = (guchar) *at;

      if (screen.truncated && screen.cursor >= screen.limit && at > last_return)
        break; /* nothing that is kept can change any more */
      if (byte >= 0x80)
        at = read_wide (&screen, at, end);
      else if (byte < 0x20 || byte == 0x7f)
        at = read_control (&screen, at, end);
      else
        screen_put (&screen, at++, 1);
    }

  return screen_to_text (&screen, max_bytes);
}

/**
 * sage_ansi_text_free:
 * @text: (nullable): a line
 */
void
sage_ansi_text_free (SageAnsiText *text)
{
  if (text == NULL)
    return;

  g_free (text->text);
  g_free (text->runs);
  g_free (text);
}
