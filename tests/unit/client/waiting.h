/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

/* Turns the default main context until the condition holds; fails after a deadline. */
#define wait_until(condition) \
  G_STMT_START { \
    gint64 wait_end = g_get_monotonic_time () + 60 * G_USEC_PER_SEC; \
    guint wait_ticker = g_timeout_add (10, wait_tick_cb, NULL); \
    while (!(condition)) \
      { \
        if (g_get_monotonic_time () > wait_end) \
          g_error ("%s:%d: waited in vain for %s", __FILE__, __LINE__, #condition); \
        g_main_context_iteration (NULL, TRUE); \
      } \
    g_source_remove (wait_ticker); \
  } G_STMT_END

/* Lets go of the last reference to an object, whose parts may be a turn of the main loop away. */
#define assert_finalizes(object) \
  G_STMT_START { \
    gpointer finalizing = (object); \
    g_assert_true (G_IS_OBJECT (finalizing)); \
    g_object_add_weak_pointer (finalizing, &finalizing); \
    g_object_unref (finalizing); \
    wait_until (finalizing == NULL); \
  } G_STMT_END

gboolean wait_tick_cb (gpointer user_data);
void     wait_ms      (guint    milliseconds);
