/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "alg-libsvm"

#include "config.h"

#include <math.h>

#include "sage-error.h"

#include "alg-libsvm.h"
#include "alg-number.h"
#include "alg-text.h"

/* The walk over one file. */
typedef struct
{
  AlgLibsvm  *table;
  const char *at;
  const char *end;
  const char *name; /* for messages */
  gsize       line; /* from 1 */
  gsize       item; /* of the line, from 1: the label is the first */
} Reader;

/**
 * alg_libsvm_init:
 * @table: (out caller-allocates): an empty table
 */
void
alg_libsvm_init (AlgLibsvm *table)
{
  const guint64 zero = 0;

  *table = (AlgLibsvm) {
    .offsets = g_array_new (FALSE, FALSE, sizeof (guint64)),
    .indices = g_array_new (FALSE, FALSE, sizeof (guint32)),
    .values = g_array_new (FALSE, FALSE, sizeof (float)),
    .labels = g_array_new (FALSE, FALSE, sizeof (float)),
    .weights = g_array_new (FALSE, FALSE, sizeof (float)),
    .groups = g_array_new (FALSE, FALSE, sizeof (guint32)),
  };
  g_array_append_val (table->offsets, zero);
}

/**
 * alg_libsvm_clear:
 * @table: the table
 *
 * Frees what it holds.
 */
void
alg_libsvm_clear (AlgLibsvm *table)
{
  g_clear_pointer (&table->offsets, g_array_unref);
  g_clear_pointer (&table->indices, g_array_unref);
  g_clear_pointer (&table->values, g_array_unref);
  g_clear_pointer (&table->labels, g_array_unref);
  g_clear_pointer (&table->weights, g_array_unref);
  g_clear_pointer (&table->groups, g_array_unref);
  table->columns = 0;
}

static gboolean
refuse (const Reader  *reader,
        const char    *what,
        GError       **error)
{
  return sage_throw (error, SAGE_ERROR_SYNTAX,
                     "%s, row %" G_GSIZE_FORMAT ", item %" G_GSIZE_FORMAT " %s",
                     reader->name, reader->line, reader->item, what);
}

static inline gboolean
at_item_end (const Reader *reader)
{
  return reader->at == reader->end || *reader->at == ' ' || *reader->at == '\t'
         || *reader->at == '\n' || *reader->at == '\r';
}

static inline void
skip_blanks (Reader *reader)
{
  while (reader->at < reader->end && (*reader->at == ' ' || *reader->at == '\t'))
    reader->at++;
}

static gboolean
parse_value (Reader      *reader,
             const char  *expected,
             float       *value,
             GError     **error)
{
  double number;
  AlgNumber kind = alg_number_parse (&reader->at, reader->end, &number);

  if (kind == ALG_NUMBER_NONE)
    return refuse (reader, expected, error);

  if (kind == ALG_NUMBER_RANGE || fabs (number) > (double) FLT_MAX)
    return refuse (reader, "is beyond the range of a 32-bit float", error);

  *value = (float) number;

  return TRUE;
}

/* Reads a whole number up to @max. */
static gboolean
parse_index (Reader   *reader,
             guint64   max,
             guint32  *index,
             GError  **error)
{
  AlgDigits digits = alg_digits_parse (reader->at, reader->end, 0);

  if (digits.digits == 0)
    return refuse (reader, "is not of the form index:value", error);

  if (digits.digits > 19 || digits.mantissa > max)
    return sage_throw (error, SAGE_ERROR_TOO_LARGE,
                       "%s, row %" G_GSIZE_FORMAT ", item %" G_GSIZE_FORMAT ": the index is above "
                       "%" G_GUINT64_FORMAT,
                       reader->name, reader->line, reader->item, max);

  reader->at = digits.cursor;
  *index = (guint32) digits.mantissa;

  return TRUE;
}

/* `label` or `label:weight`. Either every row has a weight or none. */
static gboolean
parse_label (Reader  *reader,
             GError **error)
{
  AlgLibsvm *table = reader->table;
  float label, weight;

  if (!parse_value (reader, "is not a label: libsvm rows are 'label index:value …'", &label, error))
    return FALSE;

  if (reader->at < reader->end && *reader->at == ':')
    {
      reader->at++;

      if (!parse_value (reader, "is not of the form label:weight", &weight, error))
        return FALSE;

      if (weight < 0.0f)
        return refuse (reader, "has a negative weight", error);

      g_array_append_val (table->weights, weight);
    }

  if (!at_item_end (reader))
    return refuse (reader, "is not a label: libsvm rows are 'label index:value …'", error);

  g_array_append_val (table->labels, label);

  if (table->weights->len != 0 && table->weights->len != table->labels->len)
    return refuse (reader, "breaks the rule that every row has a weight, or none", error);

  return TRUE;
}

/* `qid:N`, which must not fall: the rows of a query stand together. */
static gboolean
parse_group (Reader  *reader,
             GError **error)
{
  AlgLibsvm *table = reader->table;
  guint32 group;

  reader->at += 4;

  if (!parse_index (reader, G_MAXUINT32, &group, error))
    return FALSE;

  if (!at_item_end (reader) || reader->item != 2)
    return refuse (reader, "is not a query id of the form qid:N behind the label", error);

  if (table->groups->len > 0
      && g_array_index (table->groups, guint32, table->groups->len - 1) > group)
    return refuse (reader, "has a query id below that of the row before it", error);

  g_array_append_val (table->groups, group);

  return TRUE;
}

static gboolean
parse_feature (Reader  *reader,
               GError **error)
{
  AlgLibsvm *table = reader->table;
  guint32 index;
  float value;

  if (!parse_index (reader, ALG_LIBSVM_MAX_INDEX, &index, error))
    return FALSE;

  if (reader->at == reader->end || *reader->at != ':')
    return refuse (reader, "is not of the form index:value", error);

  reader->at++;

  if (reader->end - reader->at >= 3 && g_ascii_strncasecmp (reader->at, "nan", 3) == 0)
    {
      reader->at += 3;
      value = NAN;
    }
  else if (!parse_value (reader, "is not of the form index:value", &value, error))
    return FALSE;

  if (!at_item_end (reader))
    return refuse (reader, "is not of the form index:value", error);

  if (!isnan (value))
    {
      g_array_append_val (table->indices, index);
      g_array_append_val (table->values, value);
    }

  table->columns = MAX (table->columns, (gsize) index + 1);

  return TRUE;
}

typedef struct
{
  guint32 index;
  float   value;
} Entry;

static int
compare_entries (gconstpointer a,
                 gconstpointer b)
{
  const Entry *first = a;
  const Entry *second = b;

  return (first->index > second->index) - (first->index < second->index);
}

/* The format asks for ascending indices; files in the wild do not all obey. */
static void
sort_row (AlgLibsvm *table,
          guint      start)
{
  guint count = table->indices->len - start;
  g_autofree Entry *entries = g_new (Entry, count);

  for (guint i = 0; i < count; i++)
    entries[i] = (Entry) { g_array_index (table->indices, guint32, start + i),
                           g_array_index (table->values, float, start + i) };

  qsort (entries, count, sizeof (Entry), compare_entries);

  for (guint i = 0; i < count; i++)
    {
      g_array_index (table->indices, guint32, start + i) = entries[i].index;
      g_array_index (table->values, float, start + i) = entries[i].value;
    }
}

static gboolean
finish_row (Reader  *reader,
            guint    start,
            GError **error)
{
  AlgLibsvm *table = reader->table;
  const guint32 *indices = (const guint32 *) (gpointer) table->indices->data;
  guint64 offset = table->indices->len;

  for (guint i = start + 1; i < table->indices->len; i++)
    if (indices[i - 1] >= indices[i])
      {
        sort_row (table, start);
        break;
      }

  for (guint i = start + 1; i < table->indices->len; i++)
    if (indices[i - 1] == indices[i])
      return sage_throw (error, SAGE_ERROR_SYNTAX,
                         "%s, row %" G_GSIZE_FORMAT " has index %u twice",
                         reader->name, reader->line, indices[i]);

  if (table->groups->len != 0 && table->groups->len != table->labels->len)
    return sage_throw (error, SAGE_ERROR_SYNTAX,
                       "%s, row %" G_GSIZE_FORMAT " breaks the rule that every row has a query id, "
                       "or none", reader->name, reader->line);

  g_array_append_val (table->offsets, offset);

  return TRUE;
}

static gboolean
parse_row (Reader  *reader,
           GError **error)
{
  guint start = reader->table->indices->len;

  reader->item = 1;

  if (!parse_label (reader, error))
    return FALSE;

  for (;;)
    {
      skip_blanks (reader);
      reader->item++;

      if (alg_text_skip_line_end (&reader->at, reader->end))
        break;

      if (*reader->at == '#')
        {
          while (reader->at < reader->end && *reader->at != '\n')
            reader->at++;
          continue;
        }

      if (reader->end - reader->at >= 4 && memcmp (reader->at, "qid:", 4) == 0)
        {
          if (!parse_group (reader, error))
            return FALSE;
        }
      else if (!parse_feature (reader, error))
        return FALSE;
    }

  return finish_row (reader, start, error);
}

/**
 * alg_libsvm_parse:
 * @table: where the rows are added
 * @data: the file, which need not be terminated
 * @length: its length in bytes
 * @name: what messages call it
 * @error: (out): %SAGE_ERROR_SYNTAX or %SAGE_ERROR_TOO_LARGE, with the row and the item in it
 *
 * Reads rows of `label[:weight] [qid:N] index:value …`, indices from 0 as XGBoost takes them;
 * `#` starts a comment behind them. A value not listed is missing, and so is `nan`.
 *
 * Returns: %TRUE when all of it was understood
 */
gboolean
alg_libsvm_parse (AlgLibsvm   *table,
                  const char  *data,
                  gsize        length,
                  const char  *name,
                  GError     **error)
{
  Reader reader = { .table = table, .at = data, .end = data + length, .name = name, .line = 1 };

  if (!alg_text_check_start (&reader.at, reader.end, name, error))
    return FALSE;

  for (; reader.at < reader.end; reader.line++)
    {
      skip_blanks (&reader);

      if (alg_text_skip_line_end (&reader.at, reader.end))
        continue;

      if (!parse_row (&reader, error))
        return FALSE;
    }

  return TRUE;
}
