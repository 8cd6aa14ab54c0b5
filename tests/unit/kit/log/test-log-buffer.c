/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "memory-pager.h"
#include "sage-error.h"
#include "sage-log-buffer.h"
#include "sage-log-window.h"
#include "waiting.h"

static char *
make_number (guint64  index,
             gpointer user_data)
{
  return g_strdup_printf ("line %" G_GUINT64_FORMAT, index);
}

/* The number in a line of make_number(). */
static guint64
value_of (SageLogBuffer *buffer,
          gint64         number)
{
  SageLogLine *line = sage_log_buffer_get_line (buffer, number);

  g_assert_nonnull (line);
  g_assert_true (g_str_has_prefix (line->text, "line "));

  return g_ascii_strtoull (line->text + 5, NULL, 10);
}

/* Every line is there, in order, without gaps, and within what may be held. */
static void
assert_consistent (SageLogBuffer *buffer)
{
  gint64 first = sage_log_buffer_get_first (buffer);
  guint n = sage_log_buffer_get_n_lines (buffer);

  g_assert_cmpuint (n, <=, SAGE_LOG_WINDOW_LINES + SAGE_LOG_PAGE_RECORDS);
  g_assert_null (sage_log_buffer_get_line (buffer, first - 1));
  g_assert_null (sage_log_buffer_get_line (buffer, first + n));
  for (guint i = 1; i < n; i++)
    g_assert_cmpuint (value_of (buffer, first + i), ==, value_of (buffer, first + i - 1) + 1);
}

static guint64
first_value (SageLogBuffer *buffer)
{
  return value_of (buffer, sage_log_buffer_get_first (buffer));
}

static guint64
last_value (SageLogBuffer *buffer)
{
  return value_of (buffer, sage_log_buffer_get_first (buffer) +
                             sage_log_buffer_get_n_lines (buffer) - 1);
}

static gboolean
is_ready (SageLogBuffer *buffer)
{
  return sage_log_buffer_get_state (buffer) == SAGE_LOG_BUFFER_READY &&
         !sage_log_buffer_get_reading (buffer);
}

static void
extend (SageLogBuffer    *buffer,
        SageLogDirection  direction)
{
  sage_log_buffer_extend (buffer, direction);
  WAIT_FOR (!sage_log_buffer_get_reading (buffer));
  assert_consistent (buffer);
}

static void
test_ends (void)
{
  g_autoptr(MemoryPager) pager = memory_pager_new_made (50000, make_number, NULL);
  SageLogBuffer *buffer = sage_log_buffer_new (SAGE_LOG_PAGER (pager));

  g_assert_cmpint (sage_log_buffer_get_state (buffer), ==, SAGE_LOG_BUFFER_LOADING);
  sage_log_buffer_go_to_end (buffer);
  WAIT_FOR (is_ready (buffer));
  g_assert_cmpuint (last_value (buffer), ==, 49999);
  g_assert_true (sage_log_buffer_get_at_end (buffer));
  g_assert_false (sage_log_buffer_get_at_start (buffer));

  sage_log_buffer_go_to_start (buffer);
  WAIT_FOR (!sage_log_buffer_get_reading (buffer));
  g_assert_cmpuint (first_value (buffer), ==, 0);
  g_assert_true (sage_log_buffer_get_at_start (buffer));
  g_assert_false (sage_log_buffer_get_at_end (buffer));
  assert_consistent (buffer);

  g_assert_finalize_object (buffer);
}

/* From one end to the other and back, never holding more than the window. */
static void
test_walk (void)
{
  g_autoptr(MemoryPager) pager = memory_pager_new_made (30000, make_number, NULL);
  SageLogBuffer *buffer = sage_log_buffer_new (SAGE_LOG_PAGER (pager));
  gint64 number;
  guint64 value;

  sage_log_buffer_go_to_end (buffer);
  WAIT_FOR (is_ready (buffer));
  number = sage_log_buffer_get_first (buffer);
  value = first_value (buffer);
  while (!sage_log_buffer_get_at_start (buffer))
    {
      extend (buffer, SAGE_LOG_BACKWARD);
      if (sage_log_buffer_get_line (buffer, number) != NULL)
        g_assert_cmpuint (value_of (buffer, number), ==, value); /* it keeps its number */
    }
  g_assert_cmpuint (first_value (buffer), ==, 0);
  g_assert_false (sage_log_buffer_get_at_end (buffer));
  g_assert_cmpuint (sage_log_buffer_get_n_lines (buffer), ==, SAGE_LOG_WINDOW_LINES);

  while (!sage_log_buffer_get_at_end (buffer))
    extend (buffer, SAGE_LOG_FORWARD);
  g_assert_cmpuint (last_value (buffer), ==, 29999);
  g_assert_false (sage_log_buffer_get_at_start (buffer));
  g_assert_finalize_object (buffer);
}

static void
test_go_to_time (void)
{
  g_autoptr(MemoryPager) pager = memory_pager_new_made (30000, make_number, NULL);
  SageLogBuffer *buffer = sage_log_buffer_new (SAGE_LOG_PAGER (pager));
  gint64 start_ms = 1700000000000;

  sage_log_buffer_go_to_time (buffer, start_ms + 15000 * 1000 - 3);
  WAIT_FOR (is_ready (buffer));
  g_assert_cmpuint (first_value (buffer), ==, 15000);
  g_assert_false (sage_log_buffer_get_at_start (buffer));
  extend (buffer, SAGE_LOG_BACKWARD);
  g_assert_cmpuint (first_value (buffer), ==, 14000);
  extend (buffer, SAGE_LOG_BACKWARD);
  extend (buffer, SAGE_LOG_FORWARD);
  g_assert_cmpuint (first_value (buffer), ==, 13000);
  g_assert_cmpuint (last_value (buffer), ==, 16999);

  /* The page that has no token before it, at the start of the window again. */
  while (first_value (buffer) < 15000)
    extend (buffer, SAGE_LOG_FORWARD);
  g_assert_cmpuint (first_value (buffer), ==, 15000);
  extend (buffer, SAGE_LOG_BACKWARD);
  g_assert_cmpuint (first_value (buffer), ==, 14000);

  /* After the last line is the end. */
  sage_log_buffer_go_to_time (buffer, G_MAXINT64 - 1);
  WAIT_FOR (!sage_log_buffer_get_reading (buffer));
  g_assert_cmpuint (last_value (buffer), ==, 29999);
  g_assert_true (sage_log_buffer_get_at_end (buffer));
  g_assert_finalize_object (buffer);
}

static void
test_following (void)
{
  g_autoptr(MemoryPager) pager = memory_pager_new_made (100, make_number, NULL);
  SageLogBuffer *buffer = sage_log_buffer_new (SAGE_LOG_PAGER (pager));
  guint reads;

  sage_log_buffer_set_live (buffer, TRUE);
  sage_log_buffer_set_active (buffer, TRUE);
  sage_log_buffer_go_to_end (buffer);
  WAIT_FOR (is_ready (buffer));
  memory_pager_grow (pager, 25000);
  WAIT_FOR (last_value (buffer) == 25099);
  assert_consistent (buffer);
  g_assert_cmpuint (sage_log_buffer_get_unseen (buffer), ==, 0);
  g_assert_false (sage_log_buffer_get_at_start (buffer));

  /* Nobody looks: nothing is asked for. */
  sage_log_buffer_set_active (buffer, FALSE);
  WAIT_FOR (!sage_log_buffer_get_reading (buffer));
  memory_pager_grow (pager, 10);
  reads = memory_pager_get_reads (pager);
  RUN_FOR (600);
  g_assert_cmpuint (memory_pager_get_reads (pager), ==, reads);
  sage_log_buffer_set_active (buffer, TRUE);
  WAIT_FOR (last_value (buffer) == 25109);

  /* The end of the job: the rest is read, then it is quiet. */
  memory_pager_grow (pager, 5000);
  sage_log_buffer_set_live (buffer, FALSE);
  WAIT_FOR (last_value (buffer) == 30109);
  RUN_FOR (600);
  reads = memory_pager_get_reads (pager);
  RUN_FOR (2500);
  g_assert_cmpuint (memory_pager_get_reads (pager), ==, reads);
  g_assert_finalize_object (buffer);
}

/* What somebody reads further up stays; what is new is counted. */
static void
test_not_following (void)
{
  g_autoptr(MemoryPager) pager = memory_pager_new_made (9500, make_number, NULL);
  SageLogBuffer *buffer = sage_log_buffer_new (SAGE_LOG_PAGER (pager));

  sage_log_buffer_set_live (buffer, TRUE);
  sage_log_buffer_go_to_end (buffer);
  WAIT_FOR (is_ready (buffer));
  while (!sage_log_buffer_get_at_start (buffer))
    extend (buffer, SAGE_LOG_BACKWARD);
  sage_log_buffer_set_following (buffer, FALSE);
  sage_log_buffer_set_active (buffer, TRUE);

  memory_pager_grow (pager, 300);
  WAIT_FOR (sage_log_buffer_get_unseen (buffer) == 300);
  g_assert_cmpuint (last_value (buffer), ==, 9799);
  memory_pager_grow (pager, 20000);
  WAIT_FOR (sage_log_buffer_get_unseen (buffer) == 20300);
  g_assert_cmpuint (first_value (buffer), ==, 0);
  g_assert_false (sage_log_buffer_get_at_end (buffer));
  assert_consistent (buffer);

  sage_log_buffer_set_following (buffer, TRUE);
  WAIT_FOR (last_value (buffer) == 29799);
  g_assert_cmpuint (sage_log_buffer_get_unseen (buffer), ==, 0);
  g_assert_finalize_object (buffer);
}

/* From the start of a log, what is new can be counted too. */
static void
test_not_following_from_start (void)
{
  g_autoptr(MemoryPager) pager = memory_pager_new_made (30000, make_number, NULL);
  SageLogBuffer *buffer = sage_log_buffer_new (SAGE_LOG_PAGER (pager));

  sage_log_buffer_set_following (buffer, FALSE);
  sage_log_buffer_set_live (buffer, TRUE);
  sage_log_buffer_set_active (buffer, TRUE);
  sage_log_buffer_go_to_start (buffer);
  WAIT_FOR (is_ready (buffer));
  RUN_FOR (300);
  g_assert_cmpuint (sage_log_buffer_get_unseen (buffer), ==, 0);
  memory_pager_grow (pager, 7);
  WAIT_FOR (sage_log_buffer_get_unseen (buffer) == 7);
  g_assert_cmpuint (first_value (buffer), ==, 0);
  g_assert_finalize_object (buffer);
}

static void
test_empty_then_not (void)
{
  g_autoptr(MemoryPager) pager = memory_pager_new_made (0, make_number, NULL);
  SageLogBuffer *buffer = sage_log_buffer_new (SAGE_LOG_PAGER (pager));

  sage_log_buffer_set_live (buffer, TRUE);
  sage_log_buffer_set_active (buffer, TRUE);
  sage_log_buffer_go_to_end (buffer);
  WAIT_FOR (sage_log_buffer_get_state (buffer) == SAGE_LOG_BUFFER_EMPTY);
  memory_pager_grow (pager, 3);
  WAIT_FOR (is_ready (buffer));
  g_assert_cmpuint (sage_log_buffer_get_n_lines (buffer), ==, 3);
  g_assert_finalize_object (buffer);
}

static void
test_errors (void)
{
  g_autoptr(MemoryPager) pager = memory_pager_new_made (50, make_number, NULL);
  SageLogBuffer *buffer = sage_log_buffer_new (SAGE_LOG_PAGER (pager));

  sage_log_buffer_set_live (buffer, TRUE);
  sage_log_buffer_set_active (buffer, TRUE);
  memory_pager_set_failing (pager, TRUE);
  sage_log_buffer_go_to_end (buffer);
  WAIT_FOR (sage_log_buffer_get_state (buffer) == SAGE_LOG_BUFFER_ERROR);
  g_assert_error (sage_log_buffer_get_error (buffer), SAGE_ERROR, SAGE_ERROR_UNREACHABLE);

  memory_pager_set_failing (pager, FALSE);
  sage_log_buffer_retry (buffer);
  WAIT_FOR (is_ready (buffer));
  g_assert_null (sage_log_buffer_get_error (buffer));

  /* Away later: what was read stays, and it goes on by itself. */
  memory_pager_set_failing (pager, TRUE);
  WAIT_FOR (sage_log_buffer_get_error (buffer) != NULL);
  g_assert_cmpint (sage_log_buffer_get_state (buffer), ==, SAGE_LOG_BUFFER_READY);
  g_assert_cmpuint (last_value (buffer), ==, 49);
  memory_pager_grow (pager, 10);
  memory_pager_set_failing (pager, FALSE);
  WAIT_FOR (last_value (buffer) == 59);
  g_assert_null (sage_log_buffer_get_error (buffer));
  g_assert_finalize_object (buffer);
}

/* A read of a window that is no longer wanted changes nothing. */
static void
test_changes_of_mind (void)
{
  g_autoptr(MemoryPager) pager = memory_pager_new_made (50000, make_number, NULL);
  SageLogBuffer *buffer = sage_log_buffer_new (SAGE_LOG_PAGER (pager));

  sage_log_buffer_go_to_end (buffer);
  sage_log_buffer_go_to_start (buffer);
  sage_log_buffer_go_to_time (buffer, 1700000000000 + 7000 * 1000);
  sage_log_buffer_go_to_start (buffer);
  WAIT_FOR (is_ready (buffer));
  g_assert_cmpuint (first_value (buffer), ==, 0);
  sage_log_buffer_extend (buffer, SAGE_LOG_FORWARD);
  sage_log_buffer_go_to_end (buffer);
  WAIT_FOR (!sage_log_buffer_get_reading (buffer));
  g_assert_cmpuint (last_value (buffer), ==, 49999);
  assert_consistent (buffer);

  /* Nor does one of lines that are about to go. */
  sage_log_buffer_set_active (buffer, TRUE);
  sage_log_buffer_go_to_start (buffer);
  sage_log_buffer_extend (buffer, SAGE_LOG_BACKWARD);
  sage_log_buffer_set_live (buffer, TRUE);
  WAIT_FOR (!sage_log_buffer_get_reading (buffer));
  g_assert_cmpuint (first_value (buffer), ==, 0);
  assert_consistent (buffer);
  RUN_FOR (300);
  assert_consistent (buffer);

  sage_log_buffer_go_to_end (buffer);
  WAIT_FOR (!sage_log_buffer_get_reading (buffer));
  sage_log_buffer_extend (buffer, SAGE_LOG_BACKWARD); /* under way when it goes */
  g_object_unref (buffer);
  RUN_FOR (50);
}

static void
test_messages_of_many_lines (void)
{
  g_autoptr(MemoryPager) pager = memory_pager_new ();
  SageLogBuffer *buffer = sage_log_buffer_new (SAGE_LOG_PAGER (pager));
  g_autofree char *newlines = g_strnfill (100000, '\n');
  gint64 first;

  memory_pager_add (pager, 1, "a\nb\n\nc\n");
  memory_pager_add (pager, 2, "");
  memory_pager_add (pager, 3, "d");
  memory_pager_add (pager, 4, newlines);
  sage_log_buffer_go_to_end (buffer);
  WAIT_FOR (is_ready (buffer));
  first = sage_log_buffer_get_first (buffer);
  g_assert_cmpstr (sage_log_buffer_get_line (buffer, first)->text, ==, "a");
  g_assert_cmpstr (sage_log_buffer_get_line (buffer, first + 2)->text, ==, "");
  g_assert_cmpstr (sage_log_buffer_get_line (buffer, first + 3)->text, ==, "c");
  g_assert_cmpstr (sage_log_buffer_get_line (buffer, first + 4)->text, ==, "");
  g_assert_cmpstr (sage_log_buffer_get_line (buffer, first + 5)->text, ==, "d");
  g_assert_cmpuint (sage_log_buffer_get_n_lines (buffer), <, 1100);
  g_assert_finalize_object (buffer);
}

static char *
make_wide (guint64  index,
           gpointer user_data)
{
  char *message = g_strnfill (60000, 'x');

  memcpy (message, "\033[31m", 5);

  return message;
}

/* Long lines fill a window sooner. */
static void
test_bytes (void)
{
  g_autoptr(SageLogWindow) window = sage_log_window_new ();
  gint64 time_ms;

  for (guint i = 0; i < 100; i++)
    {
      g_autoptr(SageLogRecords) page = sage_log_records_new ();

      for (guint j = 0; j < 17; j++)
        {
          g_autofree char *message = make_wide (j, NULL);

          sage_log_records_add (page, i, message);
        }
      page->backward = g_strdup_printf ("%u", i);
      page->forward = g_strdup_printf ("%u", i + 1);
      sage_log_window_add (window, SAGE_LOG_FORWARD, page);
      sage_log_window_trim (window, SAGE_LOG_BACKWARD);
    }
  g_assert_cmpuint (sage_log_window_get_n_lines (window) * 60000, <=,
                    SAGE_LOG_WINDOW_BYTES + 3 * SAGE_LOG_PAGE_RECORDS * 60000);
  g_assert_cmpstr (sage_log_window_get_token (window, SAGE_LOG_FORWARD, &time_ms), ==, "100");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/log-buffer/ends", test_ends);
  g_test_add_func ("/log-buffer/walk", test_walk);
  g_test_add_func ("/log-buffer/go-to-time", test_go_to_time);
  g_test_add_func ("/log-buffer/following", test_following);
  g_test_add_func ("/log-buffer/not-following", test_not_following);
  g_test_add_func ("/log-buffer/not-following-from-start", test_not_following_from_start);
  g_test_add_func ("/log-buffer/empty-then-not", test_empty_then_not);
  g_test_add_func ("/log-buffer/errors", test_errors);
  g_test_add_func ("/log-buffer/changes-of-mind", test_changes_of_mind);
  g_test_add_func ("/log-buffer/messages-of-many-lines", test_messages_of_many_lines);
  g_test_add_func ("/log-buffer/bytes", test_bytes);

  return g_test_run ();
}
