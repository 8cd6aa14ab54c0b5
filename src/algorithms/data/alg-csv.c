/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "alg-csv"

#include "config.h"

#include <math.h>
#include <stdlib.h>

#include "sage-error.h"

#include "alg-csv.h"
#include "alg-number.h"
#include "alg-text.h"

/* The walk over one file. */
typedef struct
{
  AlgCsv     *csv;
  const char *at;
  const char *end;
  const char *cell;      /* where the current one starts */
  const char *name;      /* for messages */
  gsize       line;      /* from 1 */
  gsize       column;    /* from 1 */
  char        delimiter;
} Reader;

/**
 * alg_csv_init:
 * @csv: (out caller-allocates): an empty table
 * @required: how many of the first columns (the label, a weight) must not be missing
 */
void
alg_csv_init (AlgCsv *csv,
              gsize   required)
{
  *csv = (AlgCsv) { .required = required };
}

/**
 * alg_csv_clear:
 * @csv: the table
 *
 * Frees the values and leaves an empty table.
 */
void
alg_csv_clear (AlgCsv *csv)
{
  g_clear_pointer (&csv->values, free);
  *csv = (AlgCsv) { 0 };
}

/* Training data often is one long file: grows by half, so that copying stays linear. */
static gboolean
csv_reserve (AlgCsv  *csv,
             gsize    more,
             GError **error)
{
  gsize wanted = csv->rows * csv->columns + more;
  float *grown;

  if (wanted <= csv->allocated)
    return TRUE;

  wanted = MAX (wanted, csv->allocated + csv->allocated / 2);

  if (wanted > G_MAXSIZE / sizeof (float)
      || (grown = realloc (csv->values, wanted * sizeof (float))) == NULL)
    return sage_throw (error, SAGE_ERROR_LIMIT,
                       "Not enough memory for %" G_GSIZE_FORMAT " values", wanted);

  csv->values = grown;
  csv->allocated = wanted;

  return TRUE;
}

/* A row holds one delimiter less than it has values. The commonest of the usual separators wins,
 * as the sniffing of the SageMaker container does; a comma where there is none. */
static char
find_delimiter (const char *at,
                const char *end)
{
  static const char candidates[] = ",;\t|";
  gsize counts[G_N_ELEMENTS (candidates)] = { 0 };
  guint best = 0;

  for (; at < end && *at != '\n'; at++)
    {
      const char *found = *at != '\0' ? strchr (candidates, *at) : NULL;

      if (found != NULL)
        counts[found - candidates]++;
    }

  for (guint i = 1; i < G_N_ELEMENTS (counts); i++)
    if (counts[i] > counts[best])
      best = i;

  return candidates[best];
}

/* The line behind @at, as a count of bytes and of values at most. */
static void
measure_line (const Reader *reader,
              gsize        *bytes,
              gsize        *values)
{
  const char *stop = memchr (reader->at, '\n', (gsize) (reader->end - reader->at));

  *values = 1;

  if (stop == NULL)
    stop = reader->end;

  *bytes = (gsize) (stop - reader->at) + 1;

  for (const char *at = reader->at; at < stop; at++)
    if (*at == reader->delimiter)
      ++*values;
}

static gboolean
refuse_cell (const Reader  *reader,
             GError       **error)
{
  const char *stop = reader->cell;
  const char *what = "is not a number";
  g_autofree char *cell = NULL;

  while (stop < reader->end && *stop != reader->delimiter && *stop != '\n' && *stop != '\r'
         && *stop != '\0')
    stop++;

  if (stop < reader->end && *stop == '\0')
    what = "holds a NUL byte: this is not a text file";
  else if (stop < reader->end && *stop == '\r' && stop + 1 < reader->end && stop[1] != '\n')
    what = "ends in a carriage return without a line feed";
  else if (reader->line == 1)
    {
      /* A header names columns; a cell of a later row may hold what nobody wants in a log. */
      cell = alg_text_excerpt (reader->cell, (gsize) (stop - reader->cell));

      return sage_throw (error, SAGE_ERROR_SYNTAX,
                         "%s, row 1, column %" G_GSIZE_FORMAT ": '%s' is not a number. CSV for "
                         "training has no header row; the label is the first column",
                         reader->name, reader->column, cell);
    }

  return sage_throw (error, SAGE_ERROR_SYNTAX,
                     "%s, row %" G_GSIZE_FORMAT ", column %" G_GSIZE_FORMAT " %s",
                     reader->name, reader->line, reader->column, what);
}

static inline void
skip_blanks (Reader *reader)
{
  while (reader->at < reader->end
         && (*reader->at == ' ' || (*reader->at == '\t' && reader->delimiter != '\t')))
    reader->at++;
}

/* Leaves the cursor on the delimiter or line end behind the cell. */
static inline gboolean
parse_cell (Reader  *reader,
            float   *value,
            GError **error)
{
  gboolean quoted;
  double number = NAN;
  AlgNumber kind;

  reader->cell = reader->at;
  skip_blanks (reader);
  quoted = reader->at < reader->end && *reader->at == '"';
  reader->at += quoted;
  kind = alg_number_parse (&reader->at, reader->end, &number);

  if (G_UNLIKELY (kind == ALG_NUMBER_NONE && reader->end - reader->at >= 3
                  && g_ascii_strncasecmp (reader->at, "nan", 3) == 0))
    reader->at += 3;

  if (quoted)
    {
      if (reader->at == reader->end || *reader->at != '"')
        return refuse_cell (reader, error);
      reader->at++;
    }

  skip_blanks (reader);

  if (reader->at < reader->end && *reader->at != reader->delimiter && *reader->at != '\n'
      && !(*reader->at == '\r' && (reader->at + 1 == reader->end || reader->at[1] == '\n')))
    return refuse_cell (reader, error);

  if (kind == ALG_NUMBER_RANGE || fabs (number) > (double) FLT_MAX)
    return sage_throw (error, SAGE_ERROR_INVALID,
                       "%s, row %" G_GSIZE_FORMAT ", column %" G_GSIZE_FORMAT
                       " is beyond the range of a 32-bit float",
                       reader->name, reader->line, reader->column);

  if (G_UNLIKELY (isnan (number)) && reader->column <= reader->csv->required)
    return sage_throw (error, SAGE_ERROR_INVALID,
                       "%s, row %" G_GSIZE_FORMAT ", column %" G_GSIZE_FORMAT
                       " is missing: every row needs its label",
                       reader->name, reader->line, reader->column);

  *value = (float) number;

  return TRUE;
}

static gboolean
refuse_width (const Reader  *reader,
              gsize          width,
              GError       **error)
{
  if (width > ALG_CSV_MAX_COLUMNS)
    return sage_throw (error, SAGE_ERROR_TOO_LARGE,
                       "%s, row %" G_GSIZE_FORMAT " has more than %d columns",
                       reader->name, reader->line, ALG_CSV_MAX_COLUMNS);

  return sage_throw (error, SAGE_ERROR_SYNTAX,
                     "%s, row %" G_GSIZE_FORMAT " has %" G_GSIZE_FORMAT " values, but rows before "
                     "it have %" G_GSIZE_FORMAT,
                     reader->name, reader->line, width, reader->csv->columns);
}

/* Counts the cells of the current line, to say how wide a ragged row is. */
static gsize
line_width (const Reader *reader,
            const char   *start)
{
  Reader line = *reader;
  gsize bytes, values;

  line.at = start;
  measure_line (&line, &bytes, &values);

  return values;
}

static gboolean
parse_row (Reader  *reader,
           GError **error)
{
  AlgCsv *csv = reader->csv;
  const char *start = reader->at;
  float *row = csv->values + csv->rows * csv->columns;

  for (gsize i = 0; i < csv->columns; i++)
    {
      reader->column = i + 1;

      if (!parse_cell (reader, &row[i], error))
        return FALSE;

      if (i + 1 < csv->columns)
        {
          if (reader->at == reader->end || *reader->at != reader->delimiter)
            return refuse_width (reader, line_width (reader, start), error);
          reader->at++;
        }
    }

  if (reader->at < reader->end && *reader->at == reader->delimiter)
    return refuse_width (reader, line_width (reader, start), error);

  csv->rows++;

  return TRUE;
}

/* The first row of a table decides how wide it is; of every file, how much room to take. */
static gboolean
prepare (Reader  *reader,
         GError **error)
{
  AlgCsv *csv = reader->csv;
  gsize bytes, values, remaining = (gsize) (reader->end - reader->at);

  measure_line (reader, &bytes, &values);

  if (values > ALG_CSV_MAX_COLUMNS)
    return refuse_width (reader, values, error);

  if (csv->columns == 0)
    csv->columns = values;

  return csv_reserve (csv, (remaining / bytes + 1) * csv->columns, error);
}

/**
 * alg_csv_parse:
 * @csv: where the rows are added; its first row ever decides the number of columns
 * @data: the file, which need not be terminated
 * @length: its length in bytes
 * @name: what messages call it
 * @error: (out): %SAGE_ERROR_SYNTAX, %SAGE_ERROR_INVALID, %SAGE_ERROR_TOO_LARGE or
 *   %SAGE_ERROR_LIMIT, with row and column (from 1)
 *
 * Reads numbers separated by commas (or semicolons, tabs or bars, when the first line has more of
 * them). There is no header row. An empty cell and `nan` are missing. Empty lines are skipped, and
 * lines may end in CR LF. Each value is what a float64 reader such as pandas gives, narrowed to
 * 32 bits; a value that would become infinite is refused.
 *
 * Returns: %TRUE when all of it was understood
 */
gboolean
alg_csv_parse (AlgCsv      *csv,
               const char  *data,
               gsize        length,
               const char  *name,
               GError     **error)
{
  Reader reader = { .csv = csv, .at = data, .end = data + length, .name = name, .line = 1 };
  gboolean prepared = FALSE;

  if (!alg_text_check_start (&reader.at, reader.end, name, error))
    return FALSE;

  reader.delimiter = find_delimiter (reader.at, reader.end);

  for (; reader.at < reader.end; reader.line++)
    {
      if (alg_text_skip_line_end (&reader.at, reader.end))
        continue;

      if (!prepared && !prepare (&reader, error))
        return FALSE;

      prepared = TRUE;

      if (!csv_reserve (csv, csv->columns, error) || !parse_row (&reader, error))
        return FALSE;

      alg_text_skip_line_end (&reader.at, reader.end);
    }

  return TRUE;
}
