/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-csv-reader"

#include "config.h"

#include <string.h>

#include "sage-csv-reader.h"

#define GUESS_RECORDS 20 /* that tell the delimiter */
#define GUESS_FIELDS 1000

/**
 * sage_csv_scanner_init:
 * @scanner: (out caller-allocates): a scanner at the beginning of a table
 * @delimiter: what stands between fields
 */
void
sage_csv_scanner_init (SageCsvScanner *scanner,
                       char            delimiter)
{
  *scanner = (SageCsvScanner) { .delimiter = delimiter, .line = -1 };
}

/* From the present record on quotes are plain characters. Returns: where to go on */
static goffset
give_up_quotes (SageCsvScanner *scanner)
{
  goffset line = scanner->line;

  scanner->literal = TRUE;
  scanner->literal_row = scanner->rows - 1;
  scanner->in_record = FALSE;
  scanner->quoted = FALSE;
  scanner->quote_seen = FALSE;
  scanner->after_cr = FALSE;
  scanner->line = -1;

  return line;
}

/* A byte in a record. Returns: whether the record ends with it */
static gboolean
step (SageCsvScanner *scanner,
      char            byte,
      goffset         at)
{
  if (scanner->quoted && !scanner->quote_seen)
    {
      scanner->quote_seen = byte == '"';
      if ((byte == '\n' || byte == '\r') && scanner->line < 0)
        scanner->line = at + 1;
      return FALSE;
    }
  if (scanner->quote_seen)
    {
      scanner->quote_seen = FALSE;
      if (byte == '"')
        return FALSE;
      scanner->quoted = FALSE;
    }

  if (byte == '\n' || byte == '\r')
    {
      scanner->after_cr = byte == '\r';
      return TRUE;
    }
  scanner->quoted = byte == '"' && scanner->field_start && !scanner->literal;
  scanner->field_start = byte == scanner->delimiter;

  return FALSE;
}

/**
 * sage_csv_scanner_feed:
 * @scanner: a scanner
 * @data: what stands at @offset
 * @length: bytes of it
 * @offset: where the scanner is
 * @starts: (element-type guint64): where the offsets of the records that begin go
 *
 * Reads on. A quote that is open for longer than %SAGE_CSV_MAX_RECORD is none, nor is any after it.
 *
 * Returns: where to go on: after @data, or at an earlier place that has to be read again
 */
goffset
sage_csv_scanner_feed (SageCsvScanner *scanner,
                       const char     *data,
                       gsize           length,
                       goffset         offset,
                       GArray         *starts)
{
  for (gsize i = 0; i < length; i++)
    {
      goffset at = offset + (goffset) i;

      if (!scanner->in_record)
        {
          gboolean end_of_line = scanner->after_cr && data[i] == '\n';
          guint64 start = (guint64) at;

          scanner->after_cr = FALSE;
          if (end_of_line)
            continue;
          g_array_append_val (starts, start);
          scanner->rows++;
          scanner->record = at;
          scanner->line = -1;
          scanner->in_record = TRUE;
          scanner->field_start = TRUE;
        }

      if (step (scanner, data[i], at))
        {
          scanner->in_record = FALSE;
          scanner->line = -1;
        }
      else if (scanner->quoted && scanner->line >= 0
               && at - scanner->record > SAGE_CSV_MAX_RECORD)
        return give_up_quotes (scanner);
    }

  return offset + (goffset) length;
}

/**
 * sage_csv_scanner_finish:
 * @scanner: a scanner that has been fed all there is
 *
 * Returns: -1, or a place that has to be read again, because the last quote was never closed
 */
goffset
sage_csv_scanner_finish (SageCsvScanner *scanner)
{
  if (scanner->in_record && scanner->quoted && !scanner->quote_seen && scanner->line >= 0)
    return give_up_quotes (scanner);

  return -1;
}

/* Returns: (transfer full): bytes of a field as text on one line */
static char *
make_field (const char *data,
            gsize       length)
{
  char *text = g_utf8_make_valid (data, (gssize) MIN (length, SAGE_CSV_MAX_FIELD));

  for (char *at = text; *at != '\0'; at++)
    if ((guchar) *at < 0x20 || *at == 0x7f)
      *at = ' ';

  return text;
}

/* The field in quotes that begins after the quote at @at. Returns: where it ends in @record */
static gsize
split_quoted (const char *record,
              gsize       length,
              gsize       at,
              GPtrArray  *fields,
              char        delimiter)
{
  g_autoptr(GString) text = g_string_new (NULL);

  for (at++; at < length; at++)
    {
      if (record[at] == '"' && at + 1 < length && record[at + 1] == '"')
        at++;
      else if (record[at] == '"')
        {
          at++;
          break;
        }
      if (text->len < SAGE_CSV_MAX_FIELD)
        g_string_append_c (text, record[at]);
    }
  /* What follows the quote belongs to the field, as it does in every other program. */
  for (; at < length && record[at] != delimiter; at++)
    if (text->len < SAGE_CSV_MAX_FIELD)
      g_string_append_c (text, record[at]);
  g_ptr_array_add (fields, make_field (text->str, text->len));

  return at;
}

/**
 * sage_csv_split:
 * @record: a record, with or without the end of its line
 * @length: bytes of it
 * @delimiter: what stands between fields
 * @literal: quotes are plain characters
 * @max_fields: what is beyond is left out
 * @fields: (element-type utf8): where the fields go, as text on one line each
 */
void
sage_csv_split (const char *record,
                gsize       length,
                char        delimiter,
                gboolean    literal,
                guint       max_fields,
                GPtrArray  *fields)
{
  gsize at = 0;

  if (length > 0 && record[length - 1] == '\n')
    length--;
  if (length > 0 && record[length - 1] == '\r')
    length--;

  while (fields->len < max_fields)
    {
      if (at < length && record[at] == '"' && !literal)
        at = split_quoted (record, length, at, fields, delimiter);
      else
        {
          const char *end = at < length ? memchr (record + at, delimiter, length - at) : NULL;
          gsize n = end != NULL ? (gsize) (end - record) - at : length - at;

          g_ptr_array_add (fields, make_field (record + at, n));
          at += n;
        }
      if (at >= length)
        return;
      at++;
    }
}

/**
 * sage_csv_parse_number:
 * @text: a field, without white space around it
 * @delimiter: what stands between fields; with a semicolon a comma is the decimal point
 * @value: (out): the number, perhaps NaN
 *
 * Returns: whether the field is a number
 */
gboolean
sage_csv_parse_number (const char *text,
                       char        delimiter,
                       double     *value)
{
  char copy[64];
  char *comma;
  char *end;

  if (strlen (text) >= sizeof copy)
    return FALSE;

  g_strlcpy (copy, text, sizeof copy);
  comma = delimiter == ';' && strchr (copy, '.') == NULL ? strchr (copy, ',') : NULL;
  if (comma != NULL)
    *comma = '.';
  *value = g_ascii_strtod (copy, &end);

  return copy[0] != '\0' && *end == '\0';
}

/* How well a delimiter fits: many fields, as many in each record. */
static double
score_delimiter (const char *data,
                 gsize       length,
                 char        delimiter)
{
  g_autoptr(GArray) starts = g_array_new (FALSE, FALSE, sizeof (guint64));
  SageCsvScanner scanner;
  guint first = 0;
  guint same = 0;
  guint n;

  sage_csv_scanner_init (&scanner, delimiter);
  sage_csv_scanner_feed (&scanner, data, length, 0, starts);
  /* The last record may be cut off. */
  n = MIN (starts->len > 1 ? starts->len - 1 : starts->len, GUESS_RECORDS);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr(GPtrArray) fields = g_ptr_array_new_with_free_func (g_free);
      guint64 from = g_array_index (starts, guint64, i);
      guint64 to = i + 1 < starts->len ? g_array_index (starts, guint64, i + 1) : length;

      sage_csv_split (data + from, to - from, delimiter, FALSE, GUESS_FIELDS, fields);
      if (i == 0)
        first = fields->len;
      same += fields->len == first;
    }

  return n > 0 && first > 1 ? (double) same / n + MIN (first, 50) / 1000.0 : 0;
}

/**
 * sage_csv_guess_delimiter:
 * @data: the beginning of a table
 * @length: bytes of it
 *
 * Returns: what most likely stands between its fields; a comma if nothing does
 */
char
sage_csv_guess_delimiter (const char *data,
                          gsize       length)
{
  static const char delimiters[] = { ',', ';', '\t', '|' };
  double best = 0;
  char chosen = ',';

  for (gsize i = 0; i < G_N_ELEMENTS (delimiters); i++)
    {
      double score = score_delimiter (data, length, delimiters[i]);

      if (score > best)
        {
          best = score;
          chosen = delimiters[i];
        }
    }

  return chosen;
}

/**
 * sage_csv_is_heading:
 * @fields: (element-type utf8): the first record
 *
 * Returns: whether they are names of columns: none is empty, and none is a number
 */
gboolean
sage_csv_is_heading (GPtrArray *fields)
{
  for (guint i = 0; i < fields->len; i++)
    {
      const char *text = fields->pdata[i];
      char *end;

      if (*text == '\0')
        return FALSE;
      g_ascii_strtod (text, &end);
      if (*end == '\0')
        return FALSE;
    }

  return fields->len > 0;
}
