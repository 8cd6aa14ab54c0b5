/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "alg-rows"

#include "config.h"

#include <math.h>
#include <string.h>

#include "sage-error.h"

#include "alg-number.h"
#include "alg-rows.h"

#define MAX_VALUES (64 * 1048576) /* 256 MiB of them */

void
alg_rows_init (AlgRows *rows)
{
  memset (rows, 0, sizeof *rows);
}

void
alg_rows_clear (AlgRows *rows)
{
  g_clear_pointer (&rows->values, g_free);
  rows->n_rows = 0;
  rows->capacity = 0;
}

/**
 * alg_rows_format:
 * @media_type: (nullable): the Content-Type of a request
 *
 * Returns: the format it names, parameters aside
 */
AlgRowsFormat
alg_rows_format (const char *media_type)
{
  static const struct
  {
    const char    *name;
    AlgRowsFormat  format;
  } formats[] = {
    { "text/csv", ALG_ROWS_CSV },
    { "text/libsvm", ALG_ROWS_LIBSVM },
    { "text/x-libsvm", ALG_ROWS_LIBSVM },
    { "application/json", ALG_ROWS_JSON },
    { "application/jsonlines", ALG_ROWS_JSON },
    { "application/x-jsonlines", ALG_ROWS_JSON },
    { "application/octet-stream", ALG_ROWS_GUESS },
  };
  gsize length;

  if (media_type == NULL || media_type[0] == '\0')
    return ALG_ROWS_GUESS;

  length = strcspn (media_type, "; \t");
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    if (strlen (formats[i].name) == length &&
        g_ascii_strncasecmp (formats[i].name, media_type, length) == 0)
      return formats[i].format;

  return ALG_ROWS_UNKNOWN;
}

/**
 * alg_rows_append:
 * @rows: the matrix
 * @error: return location
 *
 * Returns: (transfer none): a new last row, not set, valid until the next call; or %NULL with
 *   %SAGE_ERROR_TOO_LARGE
 */
float *
alg_rows_append (AlgRows  *rows,
                 GError  **error)
{
  if (rows->n_rows == rows->capacity)
    {
      gsize capacity = MAX (rows->capacity * 2, MAX (4096 / rows->n_features, 1));
      gsize most = MAX (MAX_VALUES / rows->n_features, 1);

      if (rows->n_rows == most)
        {
          sage_throw (error, SAGE_ERROR_TOO_LARGE, "More than %" G_GSIZE_FORMAT " rows", most);
          return NULL;
        }

      rows->capacity = MIN (capacity, most);
      rows->values = g_renew (float, rows->values, rows->capacity * rows->n_features);
    }

  return rows->values + rows->n_rows++ * rows->n_features;
}

static AlgRowsFormat
guess (const char *text,
       gsize       length)
{
  for (gsize i = 0; i < length && text[i] != '\n'; i++)
    {
      if (text[i] == '{' || text[i] == '[')
        return ALG_ROWS_JSON;
      if (text[i] == ':')
        return ALG_ROWS_LIBSVM;
    }

  return ALG_ROWS_CSV;
}

/**
 * alg_rows_parse:
 * @rows: the matrix; what it held is forgotten
 * @format: what the text is
 * @n_features: how many values each row must have
 * @text: the body of a request, from anyone
 * @length: its length in bytes
 * @error: return location
 *
 * Reads the rows a request asks about. CSV has no label and no heading; an empty field and `nan`
 * are missing. LIBSVM may have a label; indices begin with 0, what is left out is missing. JSON is
 * one of the forms that SageMaker's algorithms take: `{"instances": […]}` with each instance a
 * list, `{"features": […]}` or `{"data": {"features": {"values": […]}}}`, one such instance, or a
 * list of lists; `null` is missing.
 *
 * Returns: whether there is at least one row; else @error is %SAGE_ERROR_INVALID, naming the row
 *   and the column, or %SAGE_ERROR_TOO_LARGE
 */
gboolean
alg_rows_parse (AlgRows        *rows,
                AlgRowsFormat   format,
                guint           n_features,
                const char     *text,
                gsize           length,
                GError        **error)
{
  gboolean ok;

  if (rows->n_features != n_features)
    {
      alg_rows_clear (rows);
      rows->n_features = n_features;
    }
  rows->n_rows = 0;

  if (format == ALG_ROWS_GUESS)
    format = guess (text, length);

  switch (format)
    {
    case ALG_ROWS_CSV:
      ok = alg_rows_parse_csv (rows, text, length, error);
      break;
    case ALG_ROWS_LIBSVM:
      ok = alg_rows_parse_libsvm (rows, text, length, error);
      break;
    case ALG_ROWS_JSON:
      ok = alg_rows_parse_json (rows, text, length, error);
      break;
    case ALG_ROWS_GUESS:
    case ALG_ROWS_UNKNOWN:
      return sage_throw (error, SAGE_ERROR_UNSUPPORTED, "The content type is not supported");
    default:
      g_assert_not_reached ();
    }

  if (ok && rows->n_rows == 0)
    return sage_throw (error, SAGE_ERROR_INVALID, "The request holds no rows");

  return ok;
}
