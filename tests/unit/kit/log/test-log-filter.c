/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "memory-pager.h"
#include "sage-error.h"
#include "sage-log-buffer.h"
#include "sage-log-filter.h"
#include "waiting.h"

#define START_MS 1700000000000

/* How far apart needles are. */
#define STEP 100
#define DENSE 10

/* Each so-many-th line is a needle. */
static char *
make_hay (guint64  index,
          gpointer user_data)
{
  guint step = GPOINTER_TO_UINT (user_data);

  return g_strdup_printf ("%s %" G_GUINT64_FORMAT, index % step == step / 2 ? "Needle" : "hay", index);
}

static char *
make_needles (guint64  index,
              gpointer user_data)
{
  return g_strdup ("needle");
}

static SageLogFilter *
filter_new (MemoryPager *pager,
            const char  *text)
{
  g_autoptr(SageLogNeedle) needle = sage_log_needle_new (text);

  return sage_log_filter_new (SAGE_LOG_PAGER (pager), needle);
}

static void
test_count (void)
{
  g_autoptr(MemoryPager) pager = memory_pager_new_made (200000, make_hay, GUINT_TO_POINTER (STEP));
  SageLogFilter *filter = filter_new (pager, "needle");

  memory_pager_set_scan (pager, 12000);
  sage_log_filter_search (filter);
  g_assert_true (sage_log_filter_get_searching (filter));
  WAIT_FOR (sage_log_filter_get_complete (filter));
  g_assert_cmpuint (sage_log_filter_get_count (filter), ==, 2000);
  g_assert_false (sage_log_filter_get_searching (filter));

  /* More was written: only the last page is looked at again. */
  memory_pager_grow (pager, 200);
  sage_log_filter_search (filter);
  WAIT_FOR (sage_log_filter_get_count (filter) == 2002);
  g_assert_cmpuint (memory_pager_get_filters (pager), <=, 200000 / 12000 + 3);
  sage_log_filter_stop (filter);
  WAIT_FOR (!sage_log_filter_get_searching (filter));
  g_assert_finalize_object (filter);
}

/* What matches in colours only, or was overwritten, is not shown and does not match. */
static void
test_what_is_shown_counts (void)
{
  g_autoptr(MemoryPager) pager = memory_pager_new ();
  SageLogFilter *filter = filter_new (pager, "31m");

  memory_pager_add (pager, 1, "\033[31mred\033[m");
  memory_pager_add (pager, 2, "31m");
  memory_pager_add (pager, 3, "31m\rxxx");
  sage_log_filter_search (filter);
  WAIT_FOR (sage_log_filter_get_complete (filter));
  g_assert_cmpuint (sage_log_filter_get_count (filter), ==, 1);
  g_assert_finalize_object (filter);
}

static void
test_most (void)
{
  g_autoptr(MemoryPager) pager = memory_pager_new_made (300000, make_needles, NULL);
  SageLogFilter *filter = filter_new (pager, "needle");

  sage_log_filter_search (filter);
  WAIT_FOR (!sage_log_filter_get_searching (filter));
  g_assert_cmpuint (sage_log_filter_get_count (filter), ==, SAGE_LOG_FILTER_MOST);
  g_assert_false (sage_log_filter_get_complete (filter));
  g_assert_finalize_object (filter);
}

static void
test_error (void)
{
  g_autoptr(MemoryPager) pager = memory_pager_new_made (3000, make_hay, GUINT_TO_POINTER (STEP));
  SageLogFilter *filter = filter_new (pager, "needle");

  memory_pager_set_failing (pager, TRUE);
  sage_log_filter_search (filter);
  WAIT_FOR (sage_log_filter_get_error (filter) != NULL);
  g_assert_false (sage_log_filter_get_searching (filter));
  memory_pager_set_failing (pager, FALSE);
  sage_log_filter_search (filter);
  WAIT_FOR (sage_log_filter_get_complete (filter));
  g_assert_null (sage_log_filter_get_error (filter));
  g_assert_cmpuint (sage_log_filter_get_count (filter), ==, 30);
  g_assert_finalize_object (filter);
}

typedef struct
{
  gboolean done;
  gint64   time_ms;
  GError  *error; /* (owned) (nullable) */
} Found;

static void
found_cb (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  Found *found = user_data;

  found->time_ms = sage_log_filter_find_finish (SAGE_LOG_FILTER (object), result, &found->error);
  found->done = TRUE;
}

static gint64
find (SageLogFilter    *filter,
      SageLogDirection  direction,
      gint64            time_ms)
{
  Found found = { 0 };

  sage_log_filter_find_async (filter, direction, time_ms, NULL, found_cb, &found);
  WAIT_FOR (found.done);
  g_assert_no_error (found.error);

  return found.time_ms;
}

/* A search for a place waits until the search has come as far, and goes on for it. */
static void
test_find (void)
{
  g_autoptr(MemoryPager) pager = memory_pager_new_made (200000, make_hay, GUINT_TO_POINTER (STEP));
  SageLogFilter *filter = filter_new (pager, "needle");

  memory_pager_set_scan (pager, 5000);
  g_assert_cmpint (find (filter, SAGE_LOG_FORWARD, START_MS + 123400 * 1000LL), ==,
                   START_MS + 123450 * 1000LL);
  g_assert_cmpint (find (filter, SAGE_LOG_FORWARD, START_MS + 123450 * 1000LL), ==,
                   START_MS + 123550 * 1000LL);
  g_assert_cmpint (find (filter, SAGE_LOG_BACKWARD, START_MS + 123450 * 1000LL), ==,
                   START_MS + 123350 * 1000LL);
  g_assert_cmpint (find (filter, SAGE_LOG_BACKWARD, START_MS + 50 * 1000LL), ==, -1);
  g_assert_cmpint (find (filter, SAGE_LOG_FORWARD, START_MS + 199950 * 1000LL), ==, -1);
  g_assert_cmpint (find (filter, SAGE_LOG_BACKWARD, G_MAXINT64), ==, START_MS + 199950 * 1000LL);
  g_assert_cmpint (find (filter, SAGE_LOG_FORWARD, 0), ==, START_MS + 50 * 1000LL);
  g_assert_finalize_object (filter);
}

static void
test_stop (void)
{
  g_autoptr(MemoryPager) pager = memory_pager_new_made (200000, make_hay, GUINT_TO_POINTER (STEP));
  SageLogFilter *filter = filter_new (pager, "needle");
  Found found = { 0 };

  memory_pager_set_scan (pager, 100);
  sage_log_filter_find_async (filter, SAGE_LOG_BACKWARD, G_MAXINT64, NULL, found_cb, &found);
  RUN_FOR (20);
  sage_log_filter_stop (filter);
  WAIT_FOR (found.done);
  g_assert_error (found.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&found.error);
  RUN_FOR (20);
  g_assert_finalize_object (filter);
}

/* --- as a log --------------------------------------------------------------------------------- */

static guint64
value_of (SageLogBuffer *buffer,
          gint64         number)
{
  SageLogLine *line = sage_log_buffer_get_line (buffer, number);

  g_assert_nonnull (line);
  g_assert_true (g_str_has_prefix (line->text, "Needle "));

  return g_ascii_strtoull (line->text + 7, NULL, 10);
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

static void
assert_consistent (SageLogBuffer *buffer,
                   guint          step)
{
  gint64 first = sage_log_buffer_get_first (buffer);

  for (guint i = 1; i < sage_log_buffer_get_n_lines (buffer); i++)
    g_assert_cmpuint (value_of (buffer, first + i), ==, value_of (buffer, first + i - 1) + step);
}

static void
walk (SageLogBuffer    *buffer,
      guint             step,
      SageLogDirection  direction)
{
  while (!(direction == SAGE_LOG_FORWARD ? sage_log_buffer_get_at_end (buffer)
                                         : sage_log_buffer_get_at_start (buffer)))
    {
      sage_log_buffer_extend (buffer, direction);
      WAIT_FOR (!sage_log_buffer_get_reading (buffer));
      assert_consistent (buffer, step);
    }
}

static void
test_as_log (void)
{
  g_autoptr(MemoryPager) pager = memory_pager_new_made (200000, make_hay, GUINT_TO_POINTER (DENSE));
  SageLogFilter *filter = filter_new (pager, "needle");
  SageLogBuffer *buffer = sage_log_buffer_new (SAGE_LOG_PAGER (filter));

  memory_pager_set_scan (pager, 7001);
  sage_log_buffer_go_to_start (buffer);
  WAIT_FOR (sage_log_buffer_get_state (buffer) == SAGE_LOG_BUFFER_READY);
  g_assert_cmpuint (first_value (buffer), ==, 5);
  walk (buffer, DENSE, SAGE_LOG_FORWARD);
  g_assert_cmpuint (last_value (buffer), ==, 199995);
  walk (buffer, DENSE, SAGE_LOG_BACKWARD);
  g_assert_cmpuint (first_value (buffer), ==, 5);

  sage_log_buffer_go_to_end (buffer);
  WAIT_FOR (!sage_log_buffer_get_reading (buffer));
  g_assert_cmpuint (last_value (buffer), ==, 199995);
  walk (buffer, DENSE, SAGE_LOG_BACKWARD);
  g_assert_cmpuint (first_value (buffer), ==, 5);
  g_assert_finalize_object (buffer);
  g_assert_finalize_object (filter);
}

/* Matching lines that come are shown as they come, once. */
static void
test_following (void)
{
  g_autoptr(MemoryPager) pager = memory_pager_new_made (10000, make_hay, GUINT_TO_POINTER (STEP));
  SageLogFilter *filter = filter_new (pager, "needle");
  SageLogBuffer *buffer = sage_log_buffer_new (SAGE_LOG_PAGER (filter));

  sage_log_buffer_set_live (buffer, TRUE);
  sage_log_buffer_set_active (buffer, TRUE);
  sage_log_buffer_go_to_end (buffer);
  WAIT_FOR (sage_log_buffer_get_state (buffer) == SAGE_LOG_BUFFER_READY);
  for (guint i = 0; i < 5; i++)
    {
      memory_pager_grow (pager, 7777);
      WAIT_FOR (last_value (buffer) + 100 > 10000 + (i + 1) * 7777);
      RUN_FOR (400);
      assert_consistent (buffer, STEP);
    }
  g_assert_finalize_object (buffer);
  g_assert_finalize_object (filter);
}

/* As long as nothing matches, what was searched is not searched again. */
static void
test_nothing_matches_yet (void)
{
  g_autoptr(MemoryPager) pager = memory_pager_new_made (49, make_hay, GUINT_TO_POINTER (STEP));
  SageLogFilter *filter = filter_new (pager, "needle");
  SageLogBuffer *buffer = sage_log_buffer_new (SAGE_LOG_PAGER (filter));
  guint filters;

  memory_pager_set_scan (pager, 7);
  sage_log_buffer_set_live (buffer, TRUE);
  sage_log_buffer_set_active (buffer, TRUE);
  sage_log_buffer_go_to_end (buffer);
  WAIT_FOR (sage_log_buffer_get_state (buffer) == SAGE_LOG_BUFFER_EMPTY);
  filters = memory_pager_get_filters (pager);
  RUN_FOR (1200);
  g_assert_cmpuint (memory_pager_get_filters (pager), <=, filters + 4);
  memory_pager_grow (pager, 10);
  WAIT_FOR (sage_log_buffer_get_state (buffer) == SAGE_LOG_BUFFER_READY);
  g_assert_cmpuint (first_value (buffer), ==, 50);
  g_assert_finalize_object (buffer);
  g_assert_finalize_object (filter);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/log-filter/count", test_count);
  g_test_add_func ("/log-filter/what-is-shown-counts", test_what_is_shown_counts);
  g_test_add_func ("/log-filter/most", test_most);
  g_test_add_func ("/log-filter/error", test_error);
  g_test_add_func ("/log-filter/find", test_find);
  g_test_add_func ("/log-filter/stop", test_stop);
  g_test_add_func ("/log-filter/as-log", test_as_log);
  g_test_add_func ("/log-filter/following", test_following);
  g_test_add_func ("/log-filter/nothing-matches-yet", test_nothing_matches_yet);

  return g_test_run ();
}
