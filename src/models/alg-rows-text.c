/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "alg-rows"

#include "config.h"

#include <math.h>
#include <string.h>

#include "sage-error.h"

#include "alg-number.h"
#include "alg-rows.h"

static inline gboolean
is_blank (char c)
{
  return c == ' ' || c == '\t';
}

static const char *
skip_blanks (const char *p,
             const char *end)
{
  while (p < end && is_blank (*p))
    p++;

  return p;
}

/* The end of the line at @p, without the carriage return that may stand before it. */
static const char *
line_end (const char  *p,
          const char  *end,
          const char **next)
{
  const char *newline = memchr (p, '\n', end - p);
  const char *stop = newline != NULL ? newline : end;

  *next = newline != NULL ? newline + 1 : end;

  return stop > p && stop[-1] == '\r' ? stop - 1 : stop;
}

/* What of a field is shown in an error: short, and nothing that would break a line. */
static char *
show (const char *text,
      gsize       length)
{
  g_autofree char *start = g_strndup (text, MIN (length, 40));
  g_autofree char *valid = g_utf8_make_valid (start, -1);

  return g_strescape (valid, "");
}

static gboolean
throw_field (AlgRows     *rows,
             const char  *text,
             gsize        length,
             guint        column,
             GError     **error)
{
  g_autofree char *shown = show (text, length);

  return sage_throw (error, SAGE_ERROR_INVALID, "Row %" G_GSIZE_FORMAT ", column %u: '%s' is not a "
                     "finite number", rows->n_rows, column, shown);
}

/* Reads the number that @text is as a whole, blanks aside. */
static gboolean
parse_field (AlgRows     *rows,
             const char  *text,
             gsize        length,
             guint        column,
             float       *value,
             GError     **error)
{
  while (length > 0 && is_blank (*text))
    {
      text++;
      length--;
    }
  while (length > 0 && is_blank (text[length - 1]))
    length--;

  if (length == 0 || (length == 3 && g_ascii_strncasecmp (text, "nan", 3) == 0))
    {
      *value = NAN;
      return TRUE;
    }
  if (alg_float_parse (text, length, value) != length || isinf (*value))
    return throw_field (rows, text, length, column, error);

  return TRUE;
}

static gboolean
parse_csv_line (AlgRows     *rows,
                const char  *p,
                const char  *end,
                GError     **error)
{
  float *row = alg_rows_append (rows, error);
  guint n = 0;

  if (row == NULL)
    return FALSE;

  for (;;)
    {
      gsize length = 0;
      const char *comma;

      /* Most fields are a number and nothing else. */
      if (p < end && n < rows->n_features)
        length = alg_float_parse (p, end - p, &row[n]);
      if (length == 0 || (p + length < end && p[length] != ',') || isinf (row[n]))
        {
          comma = memchr (p, ',', end - p);
          length = (comma != NULL ? comma : end) - p;
          if (n < rows->n_features && !parse_field (rows, p, length, n + 1, &row[n], error))
            return FALSE;
        }

      n++;
      p += length;
      if (p == end)
        break;
      p++;
    }

  if (n != rows->n_features)
    return sage_throw (error, SAGE_ERROR_INVALID,
                       "Row %" G_GSIZE_FORMAT " has %u values, the model wants %u",
                       rows->n_rows, n, rows->n_features);

  return TRUE;
}

/**
 * alg_rows_parse_csv:
 *
 * Returns: whether every line that is not blank is a row
 */
gboolean
alg_rows_parse_csv (AlgRows     *rows,
                    const char  *text,
                    gsize        length,
                    GError     **error)
{
  const char *end = text + length;
  const char *next;

  for (const char *p = text; p < end; p = next)
    {
      const char *stop = line_end (p, end, &next);

      if (skip_blanks (p, stop) != stop && !parse_csv_line (rows, p, stop, error))
        return FALSE;
    }

  return TRUE;
}

/* Reads the digits of an index; a number too high for one stays too high. */
static const char *
parse_index (const char *p,
             const char *end,
             guint64    *index)
{
  const char *begin = p;

  *index = 0;
  for (; p < end && g_ascii_isdigit (*p); p++)
    *index = MIN (*index * 10 + (*p - '0'), G_MAXUINT32);

  return p > begin ? p : NULL;
}

static gboolean
parse_pair (AlgRows     *rows,
            float       *row,
            const char  *p,
            const char  *end,
            GError     **error)
{
  guint64 index;
  const char *colon = parse_index (p, end, &index);
  g_autofree char *shown = NULL;

  if (colon == NULL || colon == end || *colon != ':')
    {
      shown = show (p, end - p);
      return sage_throw (error, SAGE_ERROR_INVALID, "Row %" G_GSIZE_FORMAT ": '%s' is no index:value",
                         rows->n_rows, shown);
    }
  if (index >= rows->n_features)
    return sage_throw (error, SAGE_ERROR_INVALID,
                       "Row %" G_GSIZE_FORMAT ": the index %" G_GUINT64_FORMAT " is not below %u, "
                       "the number of features", rows->n_rows, index, rows->n_features);

  return parse_field (rows, colon + 1, end - colon - 1, (guint) index, &row[index], error);
}

static gboolean
parse_libsvm_line (AlgRows     *rows,
                   const char  *p,
                   const char  *end,
                   GError     **error)
{
  float *row = alg_rows_append (rows, error);
  gboolean first = TRUE;

  if (row == NULL)
    return FALSE;
  for (guint i = 0; i < rows->n_features; i++)
    row[i] = NAN;

  for (p = skip_blanks (p, end); p < end; p = skip_blanks (p, end))
    {
      const char *word = p;
      float label;

      while (p < end && !is_blank (*p))
        p++;

      /* A label may stand first; nothing is done with it. */
      if (first && memchr (word, ':', p - word) == NULL)
        {
          if (!parse_field (rows, word, p - word, 0, &label, error))
            return FALSE;
        }
      else if (!parse_pair (rows, row, word, p, error))
        {
          return FALSE;
        }
      first = FALSE;
    }

  return TRUE;
}

/**
 * alg_rows_parse_libsvm:
 *
 * Returns: whether every line that is not blank or a comment is a row
 */
gboolean
alg_rows_parse_libsvm (AlgRows     *rows,
                       const char  *text,
                       gsize        length,
                       GError     **error)
{
  const char *end = text + length;
  const char *next;

  for (const char *p = text; p < end; p = next)
    {
      const char *stop = line_end (p, end, &next);
      const char *comment = memchr (p, '#', stop - p);

      if (comment != NULL)
        stop = comment;
      if (skip_blanks (p, stop) != stop && !parse_libsvm_line (rows, p, stop, error))
        return FALSE;
    }

  return TRUE;
}
