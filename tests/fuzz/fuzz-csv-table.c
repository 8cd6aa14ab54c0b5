/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "sage-csv-reader.h"

int LLVMFuzzerTestOneInput (const guint8 *data,
                            size_t        size);

/* Finds the records of a table that is fed in pieces of @piece bytes. */
static GArray *
scan (const char     *data,
      gsize           size,
      gsize           piece,
      SageCsvScanner *scanner)
{
  GArray *starts = g_array_new (FALSE, FALSE, sizeof (guint64));
  goffset at = 0;

  sage_csv_scanner_init (scanner, sage_csv_guess_delimiter (data, size));
  do
    {
      while ((gsize) at < size)
        at = sage_csv_scanner_feed (scanner, data + at, MIN (piece, size - (gsize) at), at, starts);
      at = sage_csv_scanner_finish (scanner);
    }
  while (at >= 0);

  return starts;
}

/* Any bytes are a table: its records begin one after the other within it, at the same places however
 * it is read, and all of its fields are text on one line. */
int
LLVMFuzzerTestOneInput (const guint8 *data,
                        size_t        size)
{
  const char *text = (const char *) data;
  SageCsvScanner scanner;
  SageCsvScanner other;
  g_autoptr(GArray) starts = scan (text, size, size + 1, &scanner);
  g_autoptr(GArray) pieces = scan (text, size, 7, &other);

  g_assert_cmpuint (starts->len, ==, pieces->len);
  g_assert_cmpuint (starts->len, ==, scanner.rows);
  for (guint i = 0; i < starts->len; i++)
    {
      guint64 from = g_array_index (starts, guint64, i);
      guint64 to = i + 1 < starts->len ? g_array_index (starts, guint64, i + 1) : size;
      g_autoptr(GPtrArray) fields = g_ptr_array_new_with_free_func (g_free);

      g_assert_cmpuint (from, ==, g_array_index (pieces, guint64, i));
      g_assert_cmpuint (from, <, to);
      sage_csv_split (text + from, to - from, scanner.delimiter,
                      scanner.literal && i >= scanner.literal_row, 50, fields);
      g_assert_cmpuint (fields->len, >, 0);
      g_assert_cmpuint (fields->len, <=, 50);
      for (guint j = 0; j < fields->len; j++)
        {
          g_assert_true (g_utf8_validate (fields->pdata[j], -1, NULL));
          for (const char *at = fields->pdata[j]; *at != '\0'; at++)
            g_assert_true ((guchar) *at >= 0x20);
        }
    }

  return 0;
}
