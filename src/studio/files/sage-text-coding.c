/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-text-coding"

#include "config.h"

#include <string.h>

#include "sage-error.h"
#include "sage-text-coding.h"

#define BOM "\xef\xbb\xbf"
#define INDENT_LINES 500 /* that tell how a file is indented */

static SageNewline
find_newline (const char *text,
              gsize       length)
{
  const char *end = text + length;
  gsize lf = 0;
  gsize crlf = 0;
  gsize cr = 0;

  for (const char *at = text; at < end; at++)
    if (*at == '\n')
      lf++;
    else if (*at == '\r' && at + 1 < end && at[1] == '\n')
      {
        crlf++;
        at++;
      }
    else if (*at == '\r')
      cr++;

  if ((lf > 0) + (crlf > 0) + (cr > 0) > 1)
    return SAGE_NEWLINE_MIXED;
  if (crlf > 0)
    return SAGE_NEWLINE_CRLF;

  return cr > 0 ? SAGE_NEWLINE_CR : SAGE_NEWLINE_LF;
}

/* Makes every line of @text end in a line feed, in place. */
static void
unify_newlines (char        *text,
                gsize        length,
                SageNewline  newline)
{
  char *to = text;

  for (const char *at = text; at < text + length; at++)
    if (*at != '\r')
      *to++ = *at;
    else if (newline == SAGE_NEWLINE_CR)
      *to++ = '\n';
  *to = '\0';
}

/* What is not UTF-8 is shown as what it most likely is; every byte is a character of Windows-1252,
 * but for five, and of ISO-8859-1. */
static char *
decode_foreign (const char      *data,
                gsize            length,
                SageTextCoding  *coding,
                gsize           *decoded,
                GError         **error)
{
  static const char * const charsets[] = { "UTF-16LE", "UTF-16BE", "WINDOWS-1252", "ISO-8859-1" };
  gsize first = 2;

  if (length >= 2 && memcmp (data, "\xff\xfe", 2) == 0)
    first = 0;
  else if (length >= 2 && memcmp (data, "\xfe\xff", 2) == 0)
    first = 1;
  else if (memchr (data, '\0', length) != NULL)
    {
      sage_throw (error, SAGE_ERROR_SYNTAX, "It is not text");
      return NULL;
    }

  for (gsize i = first; i < G_N_ELEMENTS (charsets); i = MAX (i + 1, 2))
    {
      gsize skip = i < 2 ? 2 : 0;
      char *text = g_convert (data + skip, (gssize) (length - skip), "UTF-8", charsets[i], NULL,
                              decoded, NULL);

      if (text != NULL && memchr (text, '\0', *decoded) == NULL)
        {
          coding->charset = charsets[i];
          coding->bom = i < 2;
          return text;
        }
      g_free (text);
    }

  sage_throw (error, SAGE_ERROR_SYNTAX, "It is not text");

  return NULL;
}

/**
 * sage_text_decode:
 * @data: what is in a file
 * @length: bytes
 * @coding: (out caller-allocates): how the text stands in it
 *
 * Reads text. Unless its lines end in different ways they end in a line feed in what is returned.
 *
 * Returns: (transfer full): the text, which sage_text_encode() makes the same bytes of if it is
 *   UTF-8; %NULL with %SAGE_ERROR_SYNTAX for what is no text
 */
char *
sage_text_decode (const char      *data,
                  gsize            length,
                  SageTextCoding  *coding,
                  GError         **error)
{
  gboolean bom = length >= 3 && memcmp (data, BOM, 3) == 0;
  gsize skip = bom ? 3 : 0;
  gsize decoded = length - skip;
  char *text;

  *coding = (SageTextCoding) { "UTF-8", bom, SAGE_NEWLINE_LF };
  if (length == 0)
    return g_strdup ("");

  /* g_utf8_validate_len() takes no zero byte either. */
  if (g_utf8_validate_len (data + skip, decoded, NULL))
    text = g_strndup (data + skip, decoded);
  else
    text = decode_foreign (data, length, coding, &decoded, error);
  if (text == NULL)
    return NULL;

  coding->newline = find_newline (text, decoded);
  if (coding->newline == SAGE_NEWLINE_CRLF || coding->newline == SAGE_NEWLINE_CR)
    unify_newlines (text, decoded, coding->newline);

  return text;
}

/**
 * sage_text_encode:
 * @text: UTF-8
 * @length: bytes of it
 * @coding: how it is to stand in the file
 * @written: (out): bytes that came of it
 *
 * Returns: (transfer full): what to write, always in UTF-8
 */
char *
sage_text_encode (const char           *text,
                  gsize                 length,
                  const SageTextCoding *coding,
                  gsize                *written)
{
  GString *out = g_string_sized_new (length + length / 16 + 4);
  const char *end = text + length;

  if (coding->bom)
    g_string_append_len (out, BOM, 3);

  if (coding->newline == SAGE_NEWLINE_CRLF || coding->newline == SAGE_NEWLINE_CR)
    for (const char *at = text; at < end;)
      {
        const char *line = memchr (at, '\n', end - at);
        gssize n = line != NULL ? line - at : end - at;

        g_string_append_len (out, at, n);
        if (line != NULL)
          g_string_append (out, coding->newline == SAGE_NEWLINE_CRLF ? "\r\n" : "\r");
        at += n + 1;
      }
  else
    g_string_append_len (out, text, (gssize) length);

  *written = out->len;

  return g_string_free_and_steal (out);
}

/**
 * sage_newline_get_name:
 *
 * Returns: what people call it; the same in every language
 */
const char *
sage_newline_get_name (SageNewline newline)
{
  static const char * const names[] = { "LF", "CRLF", "CR", "LF/CRLF/CR" };

  return names[newline];
}

/**
 * sage_text_is_hidden_char:
 * @character: a character
 *
 * Returns: whether it makes source code read other than it runs, or is not seen at all: the bidi
 *   controls (CVE-2021-42574), and what has no width
 */
gboolean
sage_text_is_hidden_char (gunichar character)
{
  return character == 0x00ad || character == 0x061c || character == 0x180e
         || (character >= 0x200b && character <= 0x200f)
         || (character >= 0x202a && character <= 0x202e)
         || (character >= 0x2060 && character <= 0x2069) || character == 0xfeff
         || (character >= 0xe0000 && character <= 0xe007f);
}

/**
 * sage_text_guess_indent:
 * @text: a text
 * @tabs: (out): whether it is indented by tabs
 *
 * Returns: by how many spaces a level is indented; 0 when nothing tells
 */
guint
sage_text_guess_indent (const char *text,
                        gboolean   *tabs)
{
  guint steps[9] = { 0 };
  guint n_tabs = 0;
  guint n_spaces = 0;
  guint before = 0;
  guint best = 0;

  for (guint line = 0; line < INDENT_LINES && *text != '\0'; line++)
    {
      guint indent = (guint) strspn (text, " ");
      guint step = indent > before ? indent - before : before - indent;

      n_tabs += *text == '\t';
      if (text[indent] != '\n' && text[indent] != '\0' && text[indent] != '\t')
        {
          n_spaces += indent > 1;
          if (step > 1 && step < G_N_ELEMENTS (steps))
            steps[step]++;
          before = indent;
        }
      text += strcspn (text, "\n");
      text += *text == '\n';
    }

  *tabs = n_tabs > n_spaces;
  for (guint i = 2; i < G_N_ELEMENTS (steps); i++)
    if (steps[i] > 0 && (best == 0 || steps[i] > steps[best]))
      best = i;

  return best;
}
