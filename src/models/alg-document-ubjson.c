/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "alg-document"

#include "config.h"

#include <string.h>

#include "alg-document.h"

static AlgToken
fail (AlgDocument  *document,
      GError      **error,
      const char   *what)
{
  alg_document_throw (document, error, "%s", what);

  return ALG_TOKEN_ERROR;
}

/* How many bytes a value of a fixed size takes, 0 for the types without one. */
static guint
type_size (guint8 type)
{
  switch (type)
    {
    case 'i':
    case 'U':
    case 'C':
      return 1;
    case 'I':
      return 2;
    case 'l':
    case 'd':
      return 4;
    case 'L':
    case 'D':
      return 8;
    default:
      return 0;
    }
}

static gboolean
read_byte (AlgDocument  *document,
           guint8       *byte,
           GError      **error)
{
  if (document->offset == document->length)
    return alg_document_throw (document, error, "The data ends too early");

  *byte = document->data[document->offset++];

  return TRUE;
}

/* Reads a marker; no-ops in between do not count. */
static gboolean
read_marker (AlgDocument  *document,
             guint8       *marker,
             GError      **error)
{
  do
    {
      if (!read_byte (document, marker, error))
        return FALSE;
    }
  while (*marker == 'N');

  return TRUE;
}

/* Reads a number of @type, whose bytes stand in network order. */
static gboolean
read_number (AlgDocument  *document,
             guint8        type,
             GError      **error)
{
  guint size = type_size (type);
  guint64 bits = 0;
  guint32 low;
  float narrow;

  if (size == 0 || document->length - document->offset < size)
    return alg_document_throw (document, error, "The data ends inside a number");

  for (guint i = 0; i < size; i++)
    bits = bits << 8 | document->data[document->offset + i];
  document->offset += size;

  document->text = NULL;
  document->is_float = type == 'd' || type == 'D';

  switch (type)
    {
    case 'd':
      low = bits;
      memcpy (&narrow, &low, sizeof narrow);
      document->real = narrow;
      break;
    case 'D':
      memcpy (&document->real, &bits, sizeof bits);
      break;
    case 'i':
      document->integer = (gint8) bits;
      break;
    case 'I':
      document->integer = (gint16) bits;
      break;
    case 'l':
      document->integer = (gint32) bits;
      break;
    default:
      document->integer = (gint64) bits;
      break;
    }

  return TRUE;
}

/* Reads the length of a string or the count of a container: a whole number with its marker. */
static gboolean
read_length (AlgDocument  *document,
             gint64       *length,
             GError      **error)
{
  guint8 type;

  if (!read_byte (document, &type, error))
    return FALSE;
  if (strchr ("iUIlL", type) == NULL || type == '\0')
    return alg_document_throw (document, error, "A length was expected");
  if (!read_number (document, type, error))
    return FALSE;

  *length = document->integer;
  if (*length < 0)
    return alg_document_throw (document, error, "A negative length");

  return TRUE;
}

static gboolean
read_text (AlgDocument  *document,
           GError      **error)
{
  gint64 length;

  if (!read_length (document, &length, error))
    return FALSE;
  if ((guint64) length > document->length - document->offset)
    return alg_document_throw (document, error, "A string longer than the data");

  document->text = (const char *) document->data + document->offset;
  document->text_length = length;
  document->offset += length;

  return TRUE;
}

/* After the mark that opens a container: the type and the count it may declare. What is declared
 * must fit the bytes that are left, so no count makes anyone wait or allocate. */
static AlgToken
open_container (AlgDocument  *document,
                gboolean      object,
                GError      **error)
{
  AlgToken token = alg_document_open (document, object, error);
  AlgContainer *top = &document->stack[document->depth - 1];
  guint8 type = 0;
  gint64 count;
  guint size;

  if (token == ALG_TOKEN_ERROR)
    return token;

  if (document->offset < document->length && document->data[document->offset] == '$')
    {
      document->offset++;
      if (!read_byte (document, &type, error))
        return ALG_TOKEN_ERROR;
      if (type_size (type) == 0 && type != 'S' && type != '[' && type != '{')
        return fail (document, error, "A container of a type that cannot be");
      if (document->offset == document->length || document->data[document->offset] != '#')
        return fail (document, error, "A typed container without a count");
    }
  if (document->offset == document->length || document->data[document->offset] != '#')
    return token;

  document->offset++;
  if (!read_length (document, &count, error))
    return ALG_TOKEN_ERROR;

  size = MAX (type_size (type), 1);
  if ((guint64) count > (document->length - document->offset) / size)
    return fail (document, error, "A container with more members than the data can hold");

  top->type = type;
  top->counted = TRUE;
  top->left = count;

  return token;
}

static AlgToken
read_value (AlgDocument  *document,
            guint8        type,
            GError      **error)
{
  switch (type)
    {
    case '{':
      return open_container (document, TRUE, error);
    case '[':
      return open_container (document, FALSE, error);
    case 'S':
      return read_text (document, error) ? ALG_TOKEN_STRING : ALG_TOKEN_ERROR;
    case 'C':
      if (document->offset == document->length)
        return fail (document, error, "The data ends too early");
      document->text = (const char *) document->data + document->offset++;
      document->text_length = 1;
      return ALG_TOKEN_STRING;
    case 'T':
      return ALG_TOKEN_TRUE;
    case 'F':
      return ALG_TOKEN_FALSE;
    case 'Z':
      return ALG_TOKEN_NULL;
    default:
      if (type_size (type) == 0)
        return fail (document, error, "An unknown type of value");
      return read_number (document, type, error) ? ALG_TOKEN_NUMBER : ALG_TOKEN_ERROR;
    }
}

static AlgToken
read_marked (AlgDocument  *document,
             guint8        type,
             GError      **error)
{
  if (type == 0 && !read_marker (document, &type, error))
    return ALG_TOKEN_ERROR;

  return read_value (document, type, error);
}

/* Whether the container on top ends here; takes its end mark if it has one. */
static gboolean
ends_here (AlgDocument  *document,
           AlgContainer *top)
{
  if (top->counted)
    return top->left == 0;

  while (document->offset < document->length && document->data[document->offset] == 'N')
    document->offset++;
  if (document->offset == document->length ||
      document->data[document->offset] != (top->object ? '}' : ']'))
    return FALSE;

  document->offset++;

  return TRUE;
}

/**
 * alg_document_next_ubjson:
 *
 * Returns: the next token of UBJSON data
 */
AlgToken
alg_document_next_ubjson (AlgDocument  *document,
                          GError      **error)
{
  AlgContainer *top;

  if (document->depth == 0)
    {
      if (document->begun && document->offset == document->length)
        return ALG_TOKEN_END;
      if (document->begun)
        return fail (document, error, "Something follows the value");
      document->begun = TRUE;
      return read_marked (document, 0, error);
    }

  top = &document->stack[document->depth - 1];
  if (top->wants_value)
    {
      top->wants_value = FALSE;
      return read_marked (document, top->type, error);
    }

  if (ends_here (document, top))
    {
      document->depth--;
      return top->object ? ALG_TOKEN_OBJECT_END : ALG_TOKEN_ARRAY_END;
    }

  if (top->counted)
    top->left--;
  if (!top->object)
    return read_marked (document, top->type, error);
  if (!read_text (document, error))
    return ALG_TOKEN_ERROR;
  top->wants_value = TRUE;

  return ALG_TOKEN_KEY;
}
