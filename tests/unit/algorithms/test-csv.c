/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <math.h>
#include <string.h>

#include "sage-error.h"

#include "alg-csv.h"

#define TEXT(literal) literal, sizeof literal - 1

typedef struct
{
  const char *data;
  gsize       length;
  const char *expected; /* values, "|" between rows; or a part of the message */
} Case;

static char *
to_text (const AlgCsv *csv)
{
  GString *out = g_string_new (NULL);

  for (gsize i = 0; i < csv->rows * csv->columns; i++)
    {
      if (i > 0)
        g_string_append_c (out, i % csv->columns == 0 ? '|' : ' ');

      if (isnan (csv->values[i]))
        g_string_append_c (out, '?');
      else
        g_string_append_printf (out, "%.9g", (double) csv->values[i]);
    }

  return g_string_free (out, FALSE);
}

static const Case good[] = {
  { TEXT (""), "" },
  { TEXT ("\n\r\n\n"), "" },
  { TEXT ("1,2\n"), "1 2" },
  { TEXT ("1,2"), "1 2" },
  { TEXT ("1,2\r\n3,4\r\n"), "1 2|3 4" },
  { TEXT ("1,2\r"), "1 2" },
  { TEXT ("\n\n1,2\n\n3,4\n\n"), "1 2|3 4" },
  { TEXT ("1,,3\n2,5,\n"), "1 ? 3|2 5 ?" },
  { TEXT ("1, 2 ,\t3\n"), "1 2 3" },
  { TEXT ("\"1\",\"-2.5\"\n"), "1 -2.5" },
  { TEXT ("1,\"\"\n"), "1 ?" },
  { TEXT ("1,nan\n0,NaN\n"), "1 ?|0 ?" },
  { TEXT ("1;2;3\n4;5;6\n"), "1 2 3|4 5 6" },
  { TEXT ("1\t\t3\n"), "1 ? 3" },
  { TEXT ("1|2\n"), "1 2" },
  { TEXT ("5\n6\n"), "5|6" },
  { TEXT ("\xEF\xBB\xBF" "1,2\n"), "1 2" },
  { TEXT ("-0,00012,+3,1e-400\n"), "-0 12 3 0" },
  { TEXT ("1,1e38\n"), "1 9.99999968e+37" },
  { TEXT ("1,0.30000000000000004,16777217\n"), "1 0.300000012 16777216" },
};

static const Case bad[] = {
  { TEXT ("churn,age,plan\n1,2,3\n"), "file.csv, row 1, column 1: 'churn' is not a number" },
  { TEXT ("1,age\n1,2\n"), "row 1, column 2: 'age' is not a number" },
  { TEXT ("1,12abc\n"), "row 1, column 2: '12abc'" },
  { TEXT ("1,2\n3,x\n"), "row 2, column 2 is not a number" },
  { TEXT ("1,2\n\n\n3,x\n"), "row 4, column 2 is not a number" },
  { TEXT ("1,2\n3,0x10\n"), "row 2, column 2 is not a number" },
  { TEXT ("1,2\n3,1_000\n"), "row 2, column 2 is not a number" },
  { TEXT ("1,2\n3,\xD9\xA3\n"), "row 2, column 2 is not a number" },
  { TEXT ("1,2\n3,1.2.3\n"), "row 2, column 2 is not a number" },
  { TEXT ("1,2\n3,inf\n"), "row 2, column 2 is not a number" },
  { TEXT ("1,2\n3,-Infinity\n"), "row 2, column 2 is not a number" },
  { TEXT ("1,2\n3,1e400\n"), "row 2, column 2 is beyond the range" },
  { TEXT ("1,2\n3,-1e39\n"), "row 2, column 2 is beyond the range" },
  { TEXT ("1,2\n3,4,5\n"), "row 2 has 3 values, but rows before it have 2" },
  { TEXT ("1,2,3\n4,5\n"), "row 2 has 2 values, but rows before it have 3" },
  { TEXT ("1,2\n3,4,\n"), "row 2 has 3 values" },
  { TEXT ("1,2\n,4\n"), "row 2, column 1 is missing: every row needs its label" },
  { TEXT ("1,2\nnan,4\n"), "row 2, column 1 is missing" },
  { TEXT ("1,2\n3,\"4\n"), "row 2, column 2 is not a number" },
  { TEXT ("1,2\n3,\"4\"5\n"), "row 2, column 2 is not a number" },
  { TEXT ("1,2\n3,4\0\n"), "row 2, column 2 holds a NUL byte" },
  { TEXT ("1,2\r3,4\r"), "row 1, column 2 ends in a carriage return" },
  { TEXT ("\0\0\0\0"), "row 1, column 1 holds a NUL byte" },
  { TEXT ("\xFF\xFE" "1\0,\0"), "UTF-16" },
  { TEXT ("\x1F\x8B\x08"), "gzip" },
  { TEXT ("PAR1\x15\x04"), "Parquet" },
  { TEXT ("PK\x03\x04..."), "spreadsheet" },
  { TEXT ("1,2\n3,40000000000000000000000000000000000000000000000000000000000000000000000\n"),
    "row 2, column 2 is beyond the range" },
  { TEXT ("a\x1b[31mred,2\n"), "'a [31mred'" },
};

static void
test_good (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autoptr(GError) error = NULL;
      g_auto(AlgCsv) csv;
      g_autofree char *text = NULL;
      /* A copy of exactly the size, so that reading past its end is found. */
      g_autofree char *data = g_memdup2 (good[i].data, good[i].length);

      alg_csv_init (&csv, 1);
      alg_csv_parse (&csv, data, good[i].length, "file.csv", &error);
      g_assert_no_error (error);
      text = to_text (&csv);
      g_assert_cmpstr (text, ==, good[i].expected);
    }
}

static void
test_bad (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr(GError) error = NULL;
      g_auto(AlgCsv) csv;
      g_autofree char *data = g_memdup2 (bad[i].data, bad[i].length);

      alg_csv_init (&csv, 1);
      g_assert_false (alg_csv_parse (&csv, data, bad[i].length, "file.csv", &error));
      g_assert_nonnull (error);

      if (strstr (error->message, bad[i].expected) == NULL)
        g_error ("Case %" G_GSIZE_FORMAT ": '%s' does not say '%s'", i, error->message,
                 bad[i].expected);
    }
}

static void
test_two_files (void)
{
  g_autoptr(GError) error = NULL;
  g_auto(AlgCsv) csv;

  alg_csv_init (&csv, 1);
  g_assert_true (alg_csv_parse (&csv, TEXT ("1,2\n"), "a.csv", &error));
  g_assert_true (alg_csv_parse (&csv, TEXT ("3;4\n5;6"), "b.csv", &error));
  g_assert_no_error (error);
  g_assert_cmpuint (csv.rows, ==, 3);
  g_assert_cmpfloat (csv.values[5], ==, 6.0f);

  g_assert_false (alg_csv_parse (&csv, TEXT ("1,2,3\n"), "c.csv", &error));
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_SYNTAX);
  g_assert_nonnull (strstr (error->message, "c.csv, row 1 has 3 values"));
}

/* A first line that is not typical must not fool the guess of how many rows there will be. */
static void
test_growth (void)
{
  g_autoptr(GString) data = g_string_new ("1.000000000000000,2.000000000000000\n");
  g_autoptr(GError) error = NULL;
  g_auto(AlgCsv) csv;

  for (guint i = 0; i < 100000; i++)
    g_string_append (data, "3,4\n");

  alg_csv_init (&csv, 1);
  alg_csv_parse (&csv, data->str, data->len, "file.csv", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (csv.rows, ==, 100001);
  g_assert_cmpfloat (csv.values[2 * 100000 + 1], ==, 4.0f);
}

static void
test_too_wide (void)
{
  g_autofree char *data = g_malloc (ALG_CSV_MAX_COLUMNS + 1);
  g_autoptr(GError) error = NULL;
  g_auto(AlgCsv) csv;

  memset (data, ',', ALG_CSV_MAX_COLUMNS);
  data[ALG_CSV_MAX_COLUMNS] = '\n';
  alg_csv_init (&csv, 0);
  g_assert_false (alg_csv_parse (&csv, data, ALG_CSV_MAX_COLUMNS + 1, "file.csv", &error));
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_TOO_LARGE);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/algorithms/csv/good", test_good);
  g_test_add_func ("/algorithms/csv/bad", test_bad);
  g_test_add_func ("/algorithms/csv/two-files", test_two_files);
  g_test_add_func ("/algorithms/csv/growth", test_growth);
  g_test_add_func ("/algorithms/csv/too-wide", test_too_wide);

  return g_test_run ();
}
