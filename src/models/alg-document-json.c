/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "alg-document"

#include "config.h"

#include <string.h>

#include "alg-document.h"

static void
skip_space (AlgDocument *document)
{
  while (document->offset < document->length)
    {
      guint8 c = document->data[document->offset];

      if (c != ' ' && c != '\n' && c != '\r' && c != '\t')
        break;
      document->offset++;
    }
}

static AlgToken
fail (AlgDocument  *document,
      GError      **error,
      const char   *what)
{
  alg_document_throw (document, error, "%s", what);

  return ALG_TOKEN_ERROR;
}

/* Reads four hexadecimal digits at @p, -1 if they are none. */
static int
read_hex (const guint8 *p,
          const guint8 *end)
{
  int value = 0;

  if (end - p < 4)
    return -1;

  for (guint i = 0; i < 4; i++)
    {
      int digit = g_ascii_xdigit_value (p[i]);

      if (digit < 0)
        return -1;
      value = value * 16 + digit;
    }

  return value;
}

/* Appends what the \u escape at @p stands for, a pair of them if need be. Returns what follows. */
static const guint8 *
unescape_unicode (GString      *out,
                  const guint8 *p,
                  const guint8 *end)
{
  int first = read_hex (p, end);
  int second;

  if (first < 0)
    return NULL;
  if (first < 0xd800 || first > 0xdfff)
    {
      g_string_append_unichar (out, first);
      return p + 4;
    }

  if (first > 0xdbff || end - p < 10 || p[4] != '\\' || p[5] != 'u')
    return NULL;
  second = read_hex (p + 6, end);
  if (second < 0xdc00 || second > 0xdfff)
    return NULL;

  g_string_append_unichar (out, 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00));

  return p + 10;
}

/* Decodes the string between @begin and @end into document->unescaped. */
static gboolean
unescape (AlgDocument  *document,
          const guint8 *begin,
          const guint8 *end)
{
  static const char names[] = "\"\\/bfnrt";
  static const char values[] = "\"\\/\b\f\n\r\t";

  if (document->unescaped == NULL)
    document->unescaped = g_string_new (NULL);
  g_string_truncate (document->unescaped, 0);

  for (const guint8 *p = begin; p != NULL && p < end;)
    {
      const char *name;

      if (*p != '\\')
        {
          g_string_append_c (document->unescaped, *p++);
          continue;
        }
      if (++p == end)
        return FALSE;

      name = strchr (names, *p);
      if (*p == 'u')
        p = unescape_unicode (document->unescaped, p + 1, end);
      else if (*p != '\0' && name != NULL)
        {
          g_string_append_c (document->unescaped, values[name - names]);
          p++;
        }
      else
        p = NULL;

      if (p == NULL)
        return FALSE;
    }

  document->text = document->unescaped->str;
  document->text_length = document->unescaped->len;

  return TRUE;
}

/* Reads a string whose opening quote is the current byte. */
static gboolean
read_string (AlgDocument  *document,
             GError      **error)
{
  const guint8 *begin = document->data + document->offset + 1;
  const guint8 *end = document->data + document->length;
  gboolean escaped = FALSE;
  const guint8 *p;

  for (p = begin; p < end && *p != '"'; p++)
    {
      if (*p < 0x20)
        return alg_document_throw (document, error, "A control character in a string");
      if (*p == '\\')
        {
          escaped = TRUE;
          p++;
        }
    }
  if (p >= end)
    return alg_document_throw (document, error, "A string without an end");

  document->text = (const char *) begin;
  document->text_length = p - begin;
  if (escaped && !unescape (document, begin, p))
    return alg_document_throw (document, error, "A wrong escape in a string");

  document->offset = p + 1 - document->data;

  return TRUE;
}

static gsize
count_digits (const guint8 *p,
              const guint8 *end)
{
  gsize n = 0;

  while (p + n < end && (guint8) (p[n] - '0') < 10)
    n++;

  return n;
}

/* Reads a number of JSON's grammar, leaving its text for whoever wants it. */
static AlgToken
read_number (AlgDocument  *document,
             GError      **error)
{
  const guint8 *begin = document->data + document->offset;
  const guint8 *end = document->data + document->length;
  const guint8 *p = begin + (*begin == '-');
  gsize n = count_digits (p, end);

  if (n == 0 || (n > 1 && *p == '0'))
    return fail (document, error, "A value was expected");
  p += n;

  if (p < end && *p == '.')
    {
      n = count_digits (p + 1, end);
      if (n == 0)
        return fail (document, error, "A number without digits after its point");
      p += n + 1;
    }
  if (p < end && (*p == 'e' || *p == 'E'))
    {
      p++;
      if (p < end && (*p == '+' || *p == '-'))
        p++;
      n = count_digits (p, end);
      if (n == 0)
        return fail (document, error, "A number without digits in its exponent");
      p += n;
    }

  document->text = (const char *) begin;
  document->text_length = p - begin;
  document->offset += p - begin;

  return ALG_TOKEN_NUMBER;
}

static gboolean
read_word (AlgDocument *document,
           const char  *word)
{
  gsize length = strlen (word);

  if (document->length - document->offset < length ||
      memcmp (document->data + document->offset, word, length) != 0)
    return FALSE;

  document->text = (const char *) document->data + document->offset;
  document->text_length = length;
  document->offset += length;

  return TRUE;
}

static AlgToken
read_value (AlgDocument  *document,
            GError      **error)
{
  if (document->offset == document->length)
    return fail (document, error, "The text ends too early");

  switch (document->data[document->offset])
    {
    case '{':
      document->offset++;
      return alg_document_open (document, TRUE, error);
    case '[':
      document->offset++;
      return alg_document_open (document, FALSE, error);
    case '"':
      return read_string (document, error) ? ALG_TOKEN_STRING : ALG_TOKEN_ERROR;
    case 't':
      return read_word (document, "true") ? ALG_TOKEN_TRUE : fail (document, error, "An unknown word");
    case 'f':
      return read_word (document, "false") ? ALG_TOKEN_FALSE : fail (document, error, "An unknown word");
    case 'n':
      return read_word (document, "null") ? ALG_TOKEN_NULL : fail (document, error, "An unknown word");
    case 'N':
      return read_word (document, "NaN") ? ALG_TOKEN_NUMBER : fail (document, error, "An unknown word");
    case 'I':
      return read_word (document, "Infinity") ? ALG_TOKEN_NUMBER : fail (document, error, "An unknown word");
    default:
      return read_word (document, "-Infinity") ? ALG_TOKEN_NUMBER : read_number (document, error);
    }
}

static AlgToken
read_key (AlgDocument  *document,
          AlgContainer *top,
          GError      **error)
{
  if (document->offset == document->length || document->data[document->offset] != '"')
    return fail (document, error, "A key was expected");
  if (!read_string (document, error))
    return ALG_TOKEN_ERROR;

  skip_space (document);
  if (document->offset == document->length || document->data[document->offset] != ':')
    return fail (document, error, "A colon was expected");
  document->offset++;
  top->wants_value = TRUE;

  return ALG_TOKEN_KEY;
}

/* Outside all containers: a value, or the end. */
static AlgToken
read_top (AlgDocument  *document,
          GError      **error)
{
  if (document->begun && document->offset == document->length)
    return ALG_TOKEN_END;
  if (document->begun && !document->several)
    return fail (document, error, "Something follows the value");

  document->begun = TRUE;

  return read_value (document, error);
}

/**
 * alg_document_next_json:
 *
 * Returns: the next token of JSON text
 */
AlgToken
alg_document_next_json (AlgDocument  *document,
                        GError      **error)
{
  AlgContainer *top;
  guint8 c;

  skip_space (document);

  if (document->depth == 0)
    return read_top (document, error);

  top = &document->stack[document->depth - 1];
  if (top->object && top->wants_value)
    {
      top->wants_value = FALSE;
      return read_value (document, error);
    }
  if (document->offset == document->length)
    return fail (document, error, "The text ends too early");

  c = document->data[document->offset];
  if (c == (top->object ? '}' : ']'))
    {
      document->offset++;
      document->depth--;
      return top->object ? ALG_TOKEN_OBJECT_END : ALG_TOKEN_ARRAY_END;
    }
  if (!top->first)
    {
      if (c != ',')
        return fail (document, error, "A comma was expected");
      document->offset++;
      skip_space (document);
    }
  top->first = FALSE;

  return top->object ? read_key (document, top, error) : read_value (document, error);
}
