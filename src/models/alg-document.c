/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "alg-document"

#include "config.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "sage-error.h"

#include "alg-document.h"
#include "alg-number.h"

static void
init (AlgDocument *document,
      const void  *data,
      gsize        length)
{
  /* The stack needs no clearing: an entry is set when it is opened. */
  memset (document, 0, G_STRUCT_OFFSET (AlgDocument, stack));
  document->data = data;
  document->length = length;
}

/**
 * alg_document_init_json:
 * @document: (out): the reader
 * @data: the text; stays with the caller and outlives the reader
 * @length: its length in bytes
 *
 * Reads JSON, with the words NaN, Infinity and -Infinity that XGBoost and Python write. Keys may
 * repeat; the caller decides.
 */
void
alg_document_init_json (AlgDocument *document,
                        const void  *data,
                        gsize        length)
{
  init (document, data, length);
}

/**
 * alg_document_init_ubjson:
 * @document: (out): the reader
 * @data: the bytes; stay with the caller and outlive the reader
 * @length: how many there are
 *
 * Reads UBJSON (draft 12): counted and typed containers included, high-precision numbers not.
 */
void
alg_document_init_ubjson (AlgDocument *document,
                          const void  *data,
                          gsize        length)
{
  init (document, data, length);
  document->binary = TRUE;
}

void
alg_document_clear (AlgDocument *document)
{
  if (document->unescaped != NULL)
    g_string_free (g_steal_pointer (&document->unescaped), TRUE);
}

/**
 * alg_document_throw:
 * @document: the reader
 * @error: (out) (optional): where the error goes
 * @format: what is wrong, in printf() form; the position is put behind it
 *
 * Returns: %FALSE, always, with %SAGE_ERROR_SYNTAX set
 */
gboolean
alg_document_throw (AlgDocument  *document,
                    GError      **error,
                    const char   *format,
                    ...)
{
  g_autofree char *what = NULL;
  va_list args;

  if (error == NULL)
    return FALSE;

  va_start (args, format);
  what = g_strdup_vprintf (format, args);
  va_end (args);

  return sage_throw (error, SAGE_ERROR_SYNTAX, "%s (at byte %" G_GSIZE_FORMAT ")",
                     what, document->offset);
}

/**
 * alg_document_open:
 * @document: the reader
 * @object: whether an object begins, else an array
 * @error: return location
 *
 * Returns: the token to hand out
 */
AlgToken
alg_document_open (AlgDocument  *document,
                   gboolean      object,
                   GError      **error)
{
  if (document->depth == ALG_DOCUMENT_DEPTH)
    {
      alg_document_throw (document, error, "More than %d levels", ALG_DOCUMENT_DEPTH);
      return ALG_TOKEN_ERROR;
    }

  document->stack[document->depth++] = (AlgContainer) { .object = object, .first = TRUE };

  return object ? ALG_TOKEN_OBJECT : ALG_TOKEN_ARRAY;
}

/**
 * alg_document_next:
 * @document: the reader
 * @error: return location
 *
 * Reads one token. What it carries is found by alg_document_is(), alg_document_float() and so on
 * until the next call.
 *
 * Returns: the token, or %ALG_TOKEN_ERROR with %SAGE_ERROR_SYNTAX set
 */
AlgToken
alg_document_next (AlgDocument  *document,
                   GError      **error)
{
  return document->binary ? alg_document_next_ubjson (document, error)
                          : alg_document_next_json (document, error);
}

static const char *
token_name (AlgToken token)
{
  switch (token)
    {
    case ALG_TOKEN_ERROR:
      return "an error";
    case ALG_TOKEN_END:
      return "the end";
    case ALG_TOKEN_OBJECT:
      return "an object";
    case ALG_TOKEN_OBJECT_END:
      return "the end of an object";
    case ALG_TOKEN_ARRAY:
      return "an array";
    case ALG_TOKEN_ARRAY_END:
      return "the end of an array";
    case ALG_TOKEN_KEY:
      return "a key";
    case ALG_TOKEN_STRING:
      return "a string";
    case ALG_TOKEN_NUMBER:
      return "a number";
    case ALG_TOKEN_TRUE:
      return "true";
    case ALG_TOKEN_FALSE:
      return "false";
    case ALG_TOKEN_NULL:
      return "null";
    default:
      g_assert_not_reached ();
    }
}

/**
 * alg_document_expect:
 * @document: the reader
 * @token: what must come
 * @error: return location
 *
 * Returns: whether it came
 */
gboolean
alg_document_expect (AlgDocument  *document,
                     AlgToken      token,
                     GError      **error)
{
  AlgToken found = alg_document_next (document, error);

  if (found == ALG_TOKEN_ERROR)
    return FALSE;
  if (found != token)
    return alg_document_throw (document, error, "Expected %s, found %s",
                               token_name (token), token_name (found));

  return TRUE;
}

/**
 * alg_document_skip_rest:
 * @document: the reader
 * @opened: the token just read
 * @error: return location
 *
 * Reads on to the end of the value that @opened begins; at once when it is no container.
 *
 * Returns: whether that was well formed
 */
gboolean
alg_document_skip_rest (AlgDocument  *document,
                        AlgToken      opened,
                        GError      **error)
{
  guint depth = document->depth;

  if (opened == ALG_TOKEN_ERROR)
    return FALSE;
  if (opened != ALG_TOKEN_OBJECT && opened != ALG_TOKEN_ARRAY)
    return TRUE;

  while (document->depth >= depth)
    if (alg_document_next (document, error) == ALG_TOKEN_ERROR)
      return FALSE;

  return TRUE;
}

/**
 * alg_document_skip:
 * @document: the reader, before a value
 * @error: return location
 *
 * Reads over one whole value.
 *
 * Returns: whether it was well formed
 */
gboolean
alg_document_skip (AlgDocument  *document,
                   GError      **error)
{
  return alg_document_skip_rest (document, alg_document_next (document, error), error);
}

/**
 * alg_document_is:
 * @document: the reader, after a key or a string
 * @text: what to compare with
 *
 * Returns: whether the key or string just read is @text
 */
gboolean
alg_document_is (AlgDocument *document,
                 const char  *text)
{
  return strlen (text) == document->text_length &&
         memcmp (text, document->text, document->text_length) == 0;
}

/**
 * alg_document_dup:
 * @document: the reader, after a key, a string or a number in JSON
 *
 * Returns: (transfer full): the text just read; bytes that are not UTF-8 replaced
 */
char *
alg_document_dup (AlgDocument *document)
{
  return g_utf8_make_valid (document->text, document->text_length);
}

/**
 * alg_document_float:
 * @document: the reader, after a number or a string
 * @value: (out): the number as the nearest float
 * @error: return location
 *
 * Returns: whether it is one; a string counts when it holds nothing but a number
 */
gboolean
alg_document_float (AlgDocument  *document,
                    float        *value,
                    GError      **error)
{
  gboolean negative;
  gsize length;

  if (document->text == NULL)
    {
      *value = document->is_float ? (float) document->real : (float) document->integer;
      return TRUE;
    }

  length = alg_float_parse (document->text, document->text_length, value);
  if (length == document->text_length && length > 0)
    return TRUE;

  negative = document->text_length > 0 && document->text[0] == '-';
  if (alg_document_is (document, "NaN"))
    *value = NAN;
  else if (alg_document_is (document, negative ? "-Infinity" : "Infinity"))
    *value = negative ? -INFINITY : INFINITY;
  else
    return alg_document_throw (document, error, "Expected a number");

  return TRUE;
}

static gboolean
parse_integer (const char *text,
               gsize       length,
               gint64     *value)
{
  char buffer[24];
  char *end;

  if (length == 0 || length >= sizeof buffer || !(g_ascii_isdigit (text[0]) || text[0] == '-'))
    return FALSE;

  memcpy (buffer, text, length);
  buffer[length] = '\0';
  *value = g_ascii_strtoll (buffer, &end, 10);

  return end == buffer + length;
}

/**
 * alg_document_integer:
 * @document: the reader, after a number or a string
 * @minimum: the least that is allowed
 * @maximum: the most that is allowed
 * @value: (out): the number
 * @error: return location
 *
 * Returns: whether it is a whole number within the bounds; a string counts when it holds nothing
 *   but one
 */
gboolean
alg_document_integer (AlgDocument  *document,
                      gint64        minimum,
                      gint64        maximum,
                      gint64       *value,
                      GError      **error)
{
  if (document->text != NULL)
    {
      if (!parse_integer (document->text, document->text_length, value))
        return alg_document_throw (document, error, "Expected a whole number");
    }
  else if (document->is_float)
    {
      if (!(fabs (document->real) <= 9007199254740992.0) || floor (document->real) != document->real)
        return alg_document_throw (document, error, "Expected a whole number");
      *value = (gint64) document->real;
    }
  else
    {
      *value = document->integer;
    }

  if (*value < minimum || *value > maximum)
    return alg_document_throw (document, error,
                               "%" G_GINT64_FORMAT " is not between %" G_GINT64_FORMAT
                               " and %" G_GINT64_FORMAT, *value, minimum, maximum);

  return TRUE;
}
