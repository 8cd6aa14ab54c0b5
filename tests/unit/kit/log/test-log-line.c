/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "sage-log-level.h"
#include "sage-log-line.h"
#include "sage-log-needle.h"
#include "sage-log-wrap.h"

static void
test_levels (void)
{
  static const struct
  {
    const char   *line;
    SageLogLevel  level;
  } cases[] = {
    { "", SAGE_LOG_LEVEL_NONE },
    { "ERROR", SAGE_LOG_LEVEL_ERROR },
    { "ERROR: disk is full", SAGE_LOG_LEVEL_ERROR },
    { "Error: disk is full", SAGE_LOG_LEVEL_ERROR },
    { "error: disk is full", SAGE_LOG_LEVEL_ERROR },
    { "error is small", SAGE_LOG_LEVEL_NONE },
    { "[ERROR] x", SAGE_LOG_LEVEL_ERROR },
    { "[warn] x", SAGE_LOG_LEVEL_WARNING },
    { "FATAL x", SAGE_LOG_LEVEL_ERROR },
    { "  INFO  x", SAGE_LOG_LEVEL_INFO },
    { "INFORMATION x", SAGE_LOG_LEVEL_NONE },
    { "DEBUG:root:x", SAGE_LOG_LEVEL_DEBUG },
    { "WARNING:root:x", SAGE_LOG_LEVEL_WARNING },
    { "CRITICAL:a.b:x", SAGE_LOG_LEVEL_ERROR },
    { "2026-01-31 12:00:00,123 - train - ERROR - x", SAGE_LOG_LEVEL_ERROR },
    { "2026-01-31 12:00:00,123 train.py:42 WARNING x", SAGE_LOG_LEVEL_WARNING },
    { "2026-01-31 12:00:00,123 INFO x", SAGE_LOG_LEVEL_INFO },
    { "2026-01-31T12:00:00.123Z DEBUG x", SAGE_LOG_LEVEL_DEBUG },
    { "[2026-01-31 12:00:00,123: INFO/MainProcess] x", SAGE_LOG_LEVEL_INFO },
    { "[12:00:00] ERROR x", SAGE_LOG_LEVEL_ERROR },
    { "12:00:00 no known ERROR", SAGE_LOG_LEVEL_NONE },
    { "There was an ERROR", SAGE_LOG_LEVEL_NONE },
    { "E0131 12:00:00.123456 17 a.cc:10] x", SAGE_LOG_LEVEL_ERROR },
    { "W0131 12:00:00.123456 17 a.cc:10] x", SAGE_LOG_LEVEL_WARNING },
    { "E013", SAGE_LOG_LEVEL_NONE },
    { "Traceback (most recent call last):", SAGE_LOG_LEVEL_ERROR },
    { "ValueError: x", SAGE_LOG_LEVEL_ERROR },
    { "KeyboardInterrupt", SAGE_LOG_LEVEL_ERROR },
    { "numpy.linalg.LinAlgError: x", SAGE_LOG_LEVEL_ERROR },
    { "TheError x", SAGE_LOG_LEVEL_NONE },
    { "sklearn.exceptions.ConvergenceWarning: x", SAGE_LOG_LEVEL_WARNING },
    { "/usr/lib/python3/x.py:12: UserWarning: y", SAGE_LOG_LEVEL_WARNING },
    { "  File \"/opt/ml/code/x.py\", line 3, in f", SAGE_LOG_LEVEL_NONE },
    { "[0]#011train-error:0.1", SAGE_LOG_LEVEL_NONE },
    { "epoch 1: loss 0.5", SAGE_LOG_LEVEL_NONE },
    { "\303\204RROR", SAGE_LOG_LEVEL_NONE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      gsize length = strlen (cases[i].line);

      g_test_message ("%s", cases[i].line);
      g_assert_cmpint (sage_log_level_find (cases[i].line, length), ==, cases[i].level);
    }
}

/* The rows of a wrapped line, divided by bars. */
static char *
wrap (const char *text,
      guint       columns)
{
  g_autoptr(GArray) rows = sage_log_wrap (text, strlen (text), columns);
  GString *out = g_string_new (NULL);
  guint at = 0;

  for (guint i = 0; i < rows->len; i++)
    {
      const SageLogSegment *row = &g_array_index (rows, SageLogSegment, i);

      g_assert_cmpuint (row->start, ==, at);
      g_string_append_len (out, text + row->start, row->end - row->start);
      g_string_append_c (out, '|');
      at = row->end;
    }
  g_assert_cmpuint (at, ==, strlen (text));
  g_assert_cmpuint (rows->len, ==, sage_log_count_rows (text, strlen (text), columns));

  return g_string_free_and_steal (out);
}

static void
test_wrapping (void)
{
  static const struct
  {
    const char *text;
    guint       columns;
    const char *rows;
  } cases[] = {
    { "", 10, "|" },
    { "0123456789", 10, "0123456789|" },
    { "0123456789a", 10, "0123456789|a|" },
    { "01234567 9 abcdefg", 10, "01234567 9 |abcdefg|" },
    { "0123456 89a", 10, "0123456 |89a|" },
    { "01 3456789abc", 10, "01 3456789|abc|" },
    { "0123456789abcdefghij", 10, "0123456789|abcdefgh|ij|" },
    { "a\tb", 8, "a\t|b|" },
    { "\346\227\245\346\234\254\350\252\236", 4, "\346\227\245\346\234\254|\350\252\236|" },
    { "\346\227\245\346\234\254", 1, "\346\227\245|\346\234\254|" },
    { "e\314\201e\314\201", 1, "e\314\201|e\314\201|" },
    { "xy", 0, "x|y|" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *got = wrap (cases[i].text, cases[i].columns);

      g_assert_cmpstr (got, ==, cases[i].rows);
    }

  g_assert_cmpuint (sage_log_columns ("a\tb", 3), ==, 9);
  g_assert_cmpuint (sage_log_columns ("e\314\201\346\227\245", 6), ==, 3);
}

static void
test_cutting (void)
{
  const char *text = "0123456789\346\227\245e\314\201xyz";
  g_autoptr(GArray) cut = sage_log_cut (text, strlen (text), 11);
  g_autoptr(GArray) none = sage_log_cut ("", 0, 11);
  const SageLogSegment *second = &g_array_index (cut, SageLogSegment, 1);

  g_assert_cmpuint (none->len, ==, 1);
  g_assert_cmpuint (cut->len, ==, 2);
  g_assert_cmpuint (second->start, ==, 13); /* a wide one is not cut */
  g_assert_cmpuint (second->column, ==, 12);
  g_assert_cmpuint (second->end, ==, strlen (text));
}

static void
test_needle (void)
{
  static const struct
  {
    const char *needle;
    const char *text;
    int         start; /* -1: it is not there */
    int         end;
  } cases[] = {
    { "error", "an ERROR", 3, 8 },
    { "ERROR", "an error", 3, 8 },
    { "aab", "aaab", 1, 4 },
    { "x", "", -1, 0 },
    { "abc", "ab", -1, 0 },
    { "\303\204PFEL", "3 \303\244pfel", 2, 8 },
    { "k", "\342\204\252", 0, 3 },
    { "<b>&", "a<B>&amp;", 1, 5 },
    { "\346\227\245", "x\346\227\245", 1, 4 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(SageLogNeedle) needle = sage_log_needle_new (cases[i].needle);
      gsize start = 0;
      gsize end = 0;
      gboolean found = sage_log_needle_find (needle, cases[i].text, strlen (cases[i].text), 0,
                                             &start, &end);

      g_test_message ("%s", cases[i].needle);
      g_assert_cmpint (found, ==, cases[i].start >= 0);
      if (!found)
        continue;
      g_assert_cmpuint (start, ==, cases[i].start);
      g_assert_cmpuint (end, ==, cases[i].end);
      found = sage_log_needle_find (needle, cases[i].text, strlen (cases[i].text), end, &start, &end);
      g_assert_false (found);
    }
}

/* The pattern, without its percent signs, is a regular expression that finds the same. */
static void
test_needle_pattern (void)
{
  static const char * const needles[] = {
    "error", "100%", "a.b*c", "[x] (y) {z}", "back\\slash", "\"quoted\"", "\303\204pfel", "_-/#@", "^$|?+",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (needles); i++)
    {
      g_autoptr(SageLogNeedle) needle = sage_log_needle_new (needles[i]);
      g_autofree char *pattern = sage_log_needle_dup_pattern (needle);
      g_autofree char *inside = g_strndup (pattern + 1, strlen (pattern) - 2);
      g_autofree char *upper = g_utf8_strup (needles[i], -1);
      g_autoptr(GError) error = NULL;
      g_autoptr(GRegex) regex = NULL;

      g_test_message ("%s", pattern);
      g_assert_true (g_str_has_prefix (pattern, "%") && g_str_has_suffix (pattern, "%"));
      regex = g_regex_new (inside, 0, 0, &error);
      g_assert_no_error (error);
      g_assert_true (g_regex_match (regex, needles[i], 0, NULL));
      g_assert_true (g_regex_match (regex, upper, 0, NULL));
      g_assert_false (g_regex_match (regex, "nothing of it", 0, NULL));
    }
}

static void
test_lines (void)
{
  g_autoptr(SageLogLine) plain = sage_log_line_new (1, "plain", 5);
  g_autoptr(SageLogLine) coloured = sage_log_line_new (2, "\033[31mr\303\244d\033[m", 12);
  g_autofree char *data = g_strnfill (5000, 'x');
  g_autoptr(SageLogLine) longer = sage_log_line_new (3, data, 5000);
  g_autofree char *all = NULL;

  g_assert_cmpstr (plain->text, ==, "plain");
  g_assert_cmpuint (plain->columns, ==, 5);
  g_assert_null (plain->raw);
  g_assert_cmpstr (coloured->text, ==, "r\303\244d");
  g_assert_cmpuint (coloured->columns, ==, 3);
  g_assert_cmpuint (coloured->n_runs, ==, 1);

  g_assert_true (longer->truncated);
  g_assert_cmpuint (longer->length, ==, SAGE_LOG_LINE_SHORT);
  all = sage_log_line_dup_text (longer);
  g_assert_cmpstr (all, ==, data);
  sage_log_line_expand (longer);
  g_assert_false (longer->truncated);
  g_assert_cmpuint (longer->length, ==, 5000);
}

/* A line of 10 MB is cut short at once, and still not all of it is shown when asked for. */
static void
test_very_long_line (void)
{
  const gsize size = 10 * 1000 * 1000;
  g_autofree char *data = g_strnfill (size, 'x');
  g_autofree char *coloured = g_strnfill (size, 'x');
  gint64 start = g_get_monotonic_time ();
  g_autoptr(SageLogLine) line = sage_log_line_new (1, data, size);
  g_autoptr(SageLogLine) other = NULL;

  for (gsize i = 0; i + 5 < size; i += 10)
    memcpy (coloured + i, "\033[31m", 5);
  other = sage_log_line_new (1, coloured, size);
  g_test_message ("two lines: %" G_GINT64_FORMAT " ms", (g_get_monotonic_time () - start) / 1000);
  g_assert_cmpint (g_get_monotonic_time () - start, <, 5 * G_USEC_PER_SEC);

  g_assert_cmpuint (line->length, ==, SAGE_LOG_LINE_SHORT);
  g_assert_cmpuint (other->length, ==, SAGE_LOG_LINE_SHORT);
  g_assert_cmpuint (other->n_runs, ==, 1);
  sage_log_line_expand (line);
  g_assert_cmpuint (line->length, ==, SAGE_LOG_LINE_LONG);
  g_assert_true (line->truncated);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/log-line/levels", test_levels);
  g_test_add_func ("/log-line/wrapping", test_wrapping);
  g_test_add_func ("/log-line/cutting", test_cutting);
  g_test_add_func ("/log-line/needle", test_needle);
  g_test_add_func ("/log-line/needle-pattern", test_needle_pattern);
  g_test_add_func ("/log-line/lines", test_lines);
  g_test_add_func ("/log-line/very-long", test_very_long_line);

  return g_test_run ();
}
