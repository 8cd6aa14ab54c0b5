/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "alg-rows"

#include "config.h"

#include <math.h>
#include <string.h>

#include "sage-error.h"

#include "alg-rows.h"

typedef struct
{
  AlgDocument  document;
  AlgRows     *rows;
  GArray      *keys; /* (owned) (nullable): of gint64: the columns of a sparse instance */
} Reader;

static void
reader_clear (Reader *reader)
{
  alg_document_clear (&reader->document);
  g_clear_pointer (&reader->keys, g_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Reader, reader_clear)

/* The document's own complaint, where there is one, is the better one. */
static gboolean
throw_shape (Reader      *reader,
             const char  *what,
             GError     **error)
{
  if (error != NULL && *error != NULL)
    return FALSE;

  return sage_throw (error, SAGE_ERROR_INVALID, "Row %" G_GSIZE_FORMAT ": %s",
                     MAX (reader->rows->n_rows, 1), what);
}

/* Reads one value of a row. */
static gboolean
read_value (Reader    *reader,
            AlgToken   token,
            guint      column,
            float     *value,
            GError   **error)
{
  if (token == ALG_TOKEN_NULL)
    {
      *value = NAN;
      return TRUE;
    }
  if (token == ALG_TOKEN_TRUE || token == ALG_TOKEN_FALSE)
    {
      *value = token == ALG_TOKEN_TRUE;
      return TRUE;
    }
  if ((token != ALG_TOKEN_NUMBER && token != ALG_TOKEN_STRING) ||
      !alg_document_float (&reader->document, value, NULL) || isinf (*value))
    return sage_throw (error, SAGE_ERROR_INVALID,
                       "Row %" G_GSIZE_FORMAT ", column %u: not a finite number",
                       reader->rows->n_rows, column);

  return TRUE;
}

/* Reads the values of a row whose list has begun. Returns how many there are, -1 with @error. */
static gint64
read_values (Reader  *reader,
             float   *row,
             GError **error)
{
  guint n = 0;
  AlgToken token;

  while ((token = alg_document_next (&reader->document, error)) != ALG_TOKEN_ARRAY_END)
    {
      float surplus;

      if (token == ALG_TOKEN_ERROR ||
          !read_value (reader, token, n + 1,
                       n < reader->rows->n_features ? &row[n] : &surplus, error))
        return -1;
      n++;
    }

  return n;
}

static gboolean
check_count (Reader  *reader,
             gint64   n,
             GError **error)
{
  if (n < 0)
    return FALSE;
  if (n != reader->rows->n_features)
    return sage_throw (error, SAGE_ERROR_INVALID,
                       "Row %" G_GSIZE_FORMAT " has %" G_GINT64_FORMAT " values, the model wants %u",
                       reader->rows->n_rows, n, reader->rows->n_features);

  return TRUE;
}

static gboolean
read_keys (Reader  *reader,
           GError **error)
{
  AlgToken token;
  gint64 key;

  if (reader->keys == NULL)
    reader->keys = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_array_set_size (reader->keys, 0);

  if (!alg_document_expect (&reader->document, ALG_TOKEN_ARRAY, error))
    return FALSE;
  while ((token = alg_document_next (&reader->document, error)) == ALG_TOKEN_NUMBER)
    {
      if (!alg_document_integer (&reader->document, 0, reader->rows->n_features - 1, &key, error))
        return FALSE;
      g_array_append_val (reader->keys, key);
    }

  return token == ALG_TOKEN_ARRAY_END ? TRUE : throw_shape (reader, "the keys are no numbers", error);
}

/* Moves the first @n values of @row to the columns their keys name. */
static gboolean
scatter (Reader  *reader,
         float   *row,
         gint64   n,
         GError **error)
{
  g_autofree float *values = NULL;

  if (n < 0)
    return FALSE;
  if (n != reader->keys->len || n > reader->rows->n_features)
    return throw_shape (reader, "as many keys as values are wanted", error);

  values = g_memdup2 (row, n * sizeof (float));
  for (guint i = 0; i < reader->rows->n_features; i++)
    row[i] = NAN;
  for (gint64 i = 0; i < n; i++)
    row[g_array_index (reader->keys, gint64, i)] = values[i];

  return TRUE;
}

/* Reads `{"values": […], "keys": […], "shape": […]}`; the keys make it sparse. */
static gboolean
read_tensor (Reader  *reader,
             float   *row,
             GError **error)
{
  gboolean sparse = FALSE;
  gint64 n = -1;
  AlgToken token;

  while ((token = alg_document_next (&reader->document, error)) == ALG_TOKEN_KEY)
    {
      if (alg_document_is (&reader->document, "values"))
        {
          if (!alg_document_expect (&reader->document, ALG_TOKEN_ARRAY, error))
            return FALSE;
          n = read_values (reader, row, error);
          if (n < 0)
            return FALSE;
        }
      else if (alg_document_is (&reader->document, "keys"))
        {
          sparse = TRUE;
          if (!read_keys (reader, error))
            return FALSE;
        }
      else if (!alg_document_skip (&reader->document, error))
        {
          return FALSE;
        }
    }

  if (token != ALG_TOKEN_OBJECT_END)
    return FALSE;
  if (n < 0)
    return throw_shape (reader, "the values are missing", error);

  return sparse ? scatter (reader, row, n, error) : check_count (reader, n, error);
}

/* Reads what stands behind "features": a list or a tensor. */
static gboolean
read_features (Reader  *reader,
               float   *row,
               GError **error)
{
  AlgToken token = alg_document_next (&reader->document, error);

  if (token == ALG_TOKEN_ERROR)
    return FALSE;
  if (token == ALG_TOKEN_ARRAY)
    return check_count (reader, read_values (reader, row, error), error);
  if (token == ALG_TOKEN_OBJECT)
    return read_tensor (reader, row, error);

  return throw_shape (reader, "the features are no list", error);
}

/* Reads an instance that is an object, whose opening was taken: "features", in "data" or not. */
static gboolean
read_instance (Reader   *reader,
               float    *row,
               gboolean  inside_data,
               GError  **error)
{
  gboolean found = FALSE;
  AlgToken token;

  while ((token = alg_document_next (&reader->document, error)) == ALG_TOKEN_KEY)
    {
      gboolean ok;

      if (!found && alg_document_is (&reader->document, "features"))
        {
          found = TRUE;
          ok = read_features (reader, row, error);
        }
      else if (!found && !inside_data && alg_document_is (&reader->document, "data"))
        {
          found = TRUE;
          ok = alg_document_expect (&reader->document, ALG_TOKEN_OBJECT, error) &&
               read_instance (reader, row, TRUE, error);
        }
      else
        {
          ok = alg_document_skip (&reader->document, error);
        }
      if (!ok)
        return FALSE;
    }

  if (token != ALG_TOKEN_OBJECT_END)
    return FALSE;

  return found ? TRUE : throw_shape (reader, "there are no features", error);
}

/* Reads instances up to the end of their list, which began before @token. */
static gboolean
read_instances (Reader    *reader,
                AlgToken   token,
                GError   **error)
{
  for (; token != ALG_TOKEN_ARRAY_END; token = alg_document_next (&reader->document, error))
    {
      float *row;

      if (token == ALG_TOKEN_ERROR)
        return FALSE;
      row = alg_rows_append (reader->rows, error);
      if (row == NULL)
        return FALSE;

      if (token == ALG_TOKEN_ARRAY)
        {
          if (!check_count (reader, read_values (reader, row, error), error))
            return FALSE;
        }
      else if (token != ALG_TOKEN_OBJECT)
        {
          return throw_shape (reader, "an instance is neither a list nor an object", error);
        }
      else if (!read_instance (reader, row, FALSE, error))
        {
          return FALSE;
        }
    }

  return TRUE;
}

/* Reads the top object: `{"instances": […]}`, or one instance of its own. */
static gboolean
read_top_object (Reader  *reader,
                 GError **error)
{
  AlgDocument start = reader->document;
  AlgToken token;
  float *row;

  while ((token = alg_document_next (&reader->document, error)) == ALG_TOKEN_KEY)
    {
      if (alg_document_is (&reader->document, "instances"))
        {
          if (!alg_document_expect (&reader->document, ALG_TOKEN_ARRAY, error) ||
              !read_instances (reader, alg_document_next (&reader->document, error), error))
            return FALSE;
          token = ALG_TOKEN_OBJECT;
          break;
        }
      if (!alg_document_skip (&reader->document, error))
        return FALSE;
    }

  if (token == ALG_TOKEN_ERROR)
    return FALSE;
  if (token == ALG_TOKEN_OBJECT)
    {
      while ((token = alg_document_next (&reader->document, error)) == ALG_TOKEN_KEY)
        if (!alg_document_skip (&reader->document, error))
          return FALSE;
      return token == ALG_TOKEN_OBJECT_END;
    }

  /* Not there: read it again as an instance. What escapes have allocated stays with the reader. */
  start.unescaped = reader->document.unescaped;
  reader->document = start;
  row = alg_rows_append (reader->rows, error);

  return row != NULL && read_instance (reader, row, FALSE, error);
}

/* Reads the top list: rows, or the values of the only one. */
static gboolean
read_top_list (Reader  *reader,
               GError **error)
{
  AlgToken token = alg_document_next (&reader->document, error);
  gint64 n = 1;
  float *row;

  if (token == ALG_TOKEN_ERROR || token == ALG_TOKEN_ARRAY_END)
    return token == ALG_TOKEN_ARRAY_END;
  if (token == ALG_TOKEN_ARRAY || token == ALG_TOKEN_OBJECT)
    return read_instances (reader, token, error);

  row = alg_rows_append (reader->rows, error);
  if (row == NULL || !read_value (reader, token, 1, row, error))
    return FALSE;

  for (; (token = alg_document_next (&reader->document, error)) != ALG_TOKEN_ARRAY_END; n++)
    {
      float surplus;

      if (token == ALG_TOKEN_ERROR ||
          !read_value (reader, token, n + 1, n < reader->rows->n_features ? &row[n] : &surplus, error))
        return FALSE;
    }

  return check_count (reader, n, error);
}

/**
 * alg_rows_parse_json:
 *
 * Returns: whether every document in the text is one of the forms of alg_rows_parse()
 */
gboolean
alg_rows_parse_json (AlgRows     *rows,
                     const char  *text,
                     gsize        length,
                     GError     **error)
{
  g_auto(Reader) reader;
  AlgToken token;

  alg_document_init_json (&reader.document, text, length);
  reader.document.several = TRUE;
  reader.rows = rows;
  reader.keys = NULL;

  while ((token = alg_document_next (&reader.document, error)) != ALG_TOKEN_END)
    {
      gboolean ok;

      if (token == ALG_TOKEN_OBJECT)
        ok = read_top_object (&reader, error);
      else if (token == ALG_TOKEN_ARRAY)
        ok = read_top_list (&reader, error);
      else
        ok = token == ALG_TOKEN_ERROR ? FALSE
                                      : throw_shape (&reader, "neither a list nor an object", error);
      if (!ok)
        return FALSE;
    }

  return TRUE;
}
