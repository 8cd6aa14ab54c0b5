/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* Runs the main loop until @condition holds; a wait has an end, so that a test that fails does. */
#define WAIT_FOR(condition) \
  G_STMT_START \
    { \
      gint64 deadline_ = g_get_monotonic_time () + 60 * G_USEC_PER_SEC; \
      guint tick_ = g_timeout_add (10, (GSourceFunc) waiting_tick, NULL); \
      while (!(condition) && g_get_monotonic_time () < deadline_) \
        g_main_context_iteration (NULL, TRUE); \
      g_source_remove (tick_); \
      g_assert_true (condition); \
    } \
  G_STMT_END

/* Runs what is ready, and gives what must not happen the time to happen. */
#define RUN_FOR(milliseconds) \
  G_STMT_START \
    { \
      gint64 end_ = g_get_monotonic_time () + (milliseconds) * 1000; \
      guint tick_ = g_timeout_add (5, (GSourceFunc) waiting_tick, NULL); \
      while (g_get_monotonic_time () < end_) \
        g_main_context_iteration (NULL, TRUE); \
      g_source_remove (tick_); \
    } \
  G_STMT_END

static inline gboolean
waiting_tick (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}
