/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-json-cursor"

#include "config.h"

#include <string.h>

#include "sage-json-cursor-private.h"

/*
 * core's scanner decides what a document of ours is. A notebook is written by others: Python's json
 * writes NaN and Infinity, lone surrogates, NUL escapes and integers of any size, and a notebook
 * that has them must open and keep them. So this reader takes what Python's does (but no broken
 * UTF-8, which it looks for when told to), in place: a document of 50 MB is walked once, eight
 * characters of a string at a time, without a copy.
 */

#define EACH(byte) (G_GUINT64_CONSTANT (0x0101010101010101) * (byte)) /* eight of a byte */

void
sage_json_cursor_init (SageJsonCursor *self,
                       const char     *data,
                       gsize           length)
{
  *self = (SageJsonCursor) { .start = data, .at = data, .end = data + length };
}

/* Always FALSE, for the caller to return. */
gboolean
sage_json_cursor_fail (SageJsonCursor *self,
                       const char     *problem)
{
  if (self->problem == NULL)
    self->problem = problem;

  return FALSE;
}

static inline void
skip_space (SageJsonCursor *self)
{
  while (self->at < self->end &&
         (*self->at == ' ' || *self->at == '\n' || *self->at == '\r' || *self->at == '\t'))
    self->at++;
}

/* Skips white space. Returns: the character that follows; NUL at the end or after a fault. */
char
sage_json_cursor_peek (SageJsonCursor *self)
{
  skip_space (self);

  return self->problem == NULL && self->at < self->end ? *self->at : '\0';
}

static gboolean
skip_word (SageJsonCursor *self,
           const char     *word)
{
  gsize length = strlen (word);

  if ((gsize) (self->end - self->at) < length || memcmp (self->at, word, length) != 0)
    return sage_json_cursor_fail (self, "unknown word");
  self->at += length;

  return TRUE;
}

static gboolean
skip_escape (SageJsonCursor *self)
{
  char c = self->at < self->end ? *self->at++ : '\0';

  if (c == 'u')
    {
      for (guint i = 0; i < 4; i++, self->at++)
        if (self->at >= self->end || !g_ascii_isxdigit (*self->at))
          return sage_json_cursor_fail (self, "bad \\u escape");
      if (self->at[-4] != '0' || self->at[-3] != '0' || self->at[-2] >= '8')
        self->has_escaped = TRUE;
      return TRUE;
    }

  return (c != '\0' && strchr ("\"\\/bfnrt", c) != NULL) ||
         sage_json_cursor_fail (self, "unknown escape");
}

/* Past characters that stand for themselves; @seen gathers their bits. Of a word of eight bytes the
 * high bit of a byte is left set where it is a quote, a backslash or a control character. A borrow
 * may set more, but only above the first one, which alone counts. */
static inline const char *
skip_plain (const char *at,
            const char *end,
            guint64    *seen)
{
  for (; end - at >= 8; at += 8)
    {
      guint64 word;
      guint64 quote;
      guint64 backslash;
      guint64 found;

      memcpy (&word, at, sizeof word);
      word = GUINT64_FROM_LE (word);
      quote = word ^ EACH ('"');
      backslash = word ^ EACH ('\\');
      found = (((quote - EACH (1)) & ~quote) | ((backslash - EACH (1)) & ~backslash)
               | ((word - EACH (0x20)) & ~word)) & EACH (0x80);
      if (found != 0)
        {
          guint plain = (guint) __builtin_ctzll (found) / 8;

          *seen |= plain > 0 ? word << (64 - plain * 8) : 0;
          return at + plain;
        }
      *seen |= word;
    }
  for (; at < end && *at != '"' && *at != '\\' && (guchar) *at >= 0x20; at++)
    *seen |= (guchar) *at;

  return at;
}

/* Notes that a string has more than ASCII, which ends at its closing quote. */
static gboolean
pass_raw (SageJsonCursor *self,
          const char     *start)
{
  const char *bad;

  self->has_raw = TRUE;
  if (!self->checks_utf8 || g_utf8_validate_len (start, (gsize) (self->at - start), &bad))
    return TRUE;
  self->at = bad;

  return sage_json_cursor_fail (self, "not UTF-8");
}

/* From the opening quote past the closing one. */
static gboolean
skip_string (SageJsonCursor *self)
{
  const char *start = self->at + 1;
  const char *at = start;
  guint64 seen = 0;

  while (TRUE)
    {
      at = skip_plain (at, self->end, &seen);

      self->at = at;
      if (at >= self->end)
        return sage_json_cursor_fail (self, "string without an end");
      if (*at == '"')
        break;
      if (*at != '\\')
        return sage_json_cursor_fail (self, "control character in a string");

      self->at++;
      if (!skip_escape (self))
        return FALSE;
      at = self->at;
    }

  if ((seen & EACH (0x80)) != 0 && !pass_raw (self, start))
    return FALSE;
  self->at++;

  return TRUE;
}

static gboolean
skip_digits (SageJsonCursor *self)
{
  const char *first = self->at;

  while (self->at < self->end && g_ascii_isdigit (*self->at))
    self->at++;

  return self->at > first || sage_json_cursor_fail (self, "bad number");
}

static gboolean
skip_number (SageJsonCursor *self)
{
  if (*self->at == '-')
    self->at++;
  if (self->at < self->end && *self->at == 'I')
    return skip_word (self, "Infinity");
  if (self->end - self->at > 1 && self->at[0] == '0' && g_ascii_isdigit (self->at[1]))
    return sage_json_cursor_fail (self, "number with a leading zero");
  if (!skip_digits (self))
    return FALSE;

  if (self->at < self->end && *self->at == '.')
    {
      self->at++;
      if (!skip_digits (self))
        return FALSE;
    }
  if (self->at < self->end && (*self->at == 'e' || *self->at == 'E'))
    {
      self->at++;
      if (self->at < self->end && (*self->at == '+' || *self->at == '-'))
        self->at++;
      return skip_digits (self);
    }

  return TRUE;
}

static gboolean
skip_scalar (SageJsonCursor *self)
{
  switch (*self->at)
    {
    case '"':
      return skip_string (self);
    case 't':
      return skip_word (self, "true");
    case 'f':
      return skip_word (self, "false");
    case 'n':
      return skip_word (self, "null");
    case 'N':
      return skip_word (self, "NaN");
    case 'I':
      return skip_word (self, "Infinity");
    case '-': case '0': case '1': case '2': case '3': case '4':
    case '5': case '6': case '7': case '8': case '9':
      return skip_number (self);
    default:
      return sage_json_cursor_fail (self, "a value was expected");
    }
}

static gboolean
skip_key (SageJsonCursor *self)
{
  if (sage_json_cursor_peek (self) != '"')
    return sage_json_cursor_fail (self, "a key was expected");
  if (!skip_string (self))
    return FALSE;
  if (sage_json_cursor_peek (self) != ':')
    return sage_json_cursor_fail (self, "':' was expected");
  self->at++;

  return TRUE;
}

/* Past @open, which must come next. */
gboolean
sage_json_cursor_enter (SageJsonCursor *self,
                        char            open)
{
  if (sage_json_cursor_peek (self) != open)
    return sage_json_cursor_fail (self, open == '{' ? "an object was expected"
                                                    : "an array was expected");
  if (++self->depth > SAGE_JSON_CURSOR_DEPTH)
    return sage_json_cursor_fail (self, "nested too deeply");
  self->at++;

  return TRUE;
}

/* Past the comma before the next part of a container, if there is one; else past @close, and FALSE.
 * *@is_first is TRUE before the first call. */
gboolean
sage_json_cursor_next (SageJsonCursor *self,
                       char            close,
                       gboolean       *is_first)
{
  char c = sage_json_cursor_peek (self);

  if (c == close && c != '\0')
    {
      self->at++;
      self->depth--;
      return FALSE;
    }
  if (!*is_first)
    {
      if (c != ',')
        return sage_json_cursor_fail (self, c == '\0' ? "unexpected end"
                                                      : "',' or a closing bracket was expected");
      self->at++;
      c = sage_json_cursor_peek (self);
    }
  *is_first = FALSE;

  return c != '\0' || sage_json_cursor_fail (self, "unexpected end");
}

/* The next key of an object; its value comes next then. FALSE past the object's end. */
gboolean
sage_json_cursor_member (SageJsonCursor *self,
                         gboolean       *is_first,
                         SageJsonPiece  *key)
{
  if (!sage_json_cursor_next (self, '}', is_first))
    return FALSE;

  sage_json_cursor_peek (self);
  key->at = self->at;
  if (!skip_key (self))
    return FALSE;

  for (const char *end = self->at - 1; ; end--)
    if (*end == '"')
      {
        key->length = (gsize) (end + 1 - key->at);
        return TRUE;
      }
}

/* Skips one container, without recursion: a bit a level says what it is. */
static gboolean
skip_container (SageJsonCursor *self)
{
  guint bottom = self->depth;
  gboolean is_object[SAGE_JSON_CURSOR_DEPTH + 1];
  gboolean is_first = TRUE;

  do
    {
      char c = sage_json_cursor_peek (self);

      if (self->depth > bottom)
        {
          if (!sage_json_cursor_next (self, is_object[self->depth] ? '}' : ']', &is_first))
            {
              is_first = FALSE;
              continue;
            }
          if (is_object[self->depth] && !skip_key (self))
            return FALSE;
          c = sage_json_cursor_peek (self);
        }

      if (c == '{' || c == '[')
        {
          if (!sage_json_cursor_enter (self, c))
            return FALSE;
          is_object[self->depth] = c == '{';
          is_first = TRUE;
        }
      else if (c == '\0' || !skip_scalar (self))
        {
          return sage_json_cursor_fail (self, "unexpected end");
        }
    }
  while (self->problem == NULL && self->depth > bottom);

  return self->problem == NULL;
}

/* Reads past one value of any kind. */
gboolean
sage_json_cursor_value (SageJsonCursor *self,
                        SageJsonPiece  *value)
{
  char c = sage_json_cursor_peek (self);

  value->at = self->at;
  if (c == '\0')
    return sage_json_cursor_fail (self, "unexpected end");
  if (!(c == '{' || c == '[' ? skip_container (self) : skip_scalar (self)))
    return FALSE;
  value->length = (gsize) (self->at - value->at);

  return TRUE;
}

/* Whether the reading went well and nothing but white space is left. */
gboolean
sage_json_cursor_finish (SageJsonCursor *self)
{
  if (self->problem != NULL)
    return FALSE;
  skip_space (self);

  return self->at == self->end || sage_json_cursor_fail (self, "text after the end");
}

/* Returns: (transfer full): "line L, column C" of @at; columns are characters, both from 1. */
char *
sage_json_place (const char *start,
                 const char *at)
{
  guint line = 1;
  guint column = 1;

  for (const char *c = start; c < at; c++)
    if (*c == '\n')
      {
        line++;
        column = 1;
      }
    else if (((guchar) *c & 0xc0) != 0x80)
      {
        column++;
      }

  return g_strdup_printf ("line %u, column %u", line, column);
}
