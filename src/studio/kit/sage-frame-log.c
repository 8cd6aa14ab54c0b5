/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-frame"

#include "config.h"

#include <time.h>

#include "sage-frame-log.h"

static gint64
get_cpu_time (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);

  return (gint64) now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

/* What the main thread computed since the frame before: what the events led to, the layout, the
 * painting. */
static void
after_paint_cb (GdkFrameClock *clock,
                gpointer       user_data)
{
  static gint64 before;
  gint64 now = get_cpu_time ();

  g_debug ("frame %" G_GINT64_FORMAT " us", now - before);
  before = now;
}

static void
realize_cb (GtkWidget *window)
{
  g_signal_connect (gtk_widget_get_frame_clock (window), "after-paint", G_CALLBACK (after_paint_cb),
                    NULL);
}

/**
 * sage_frame_log_follow:
 * @window: a window that is not realized yet
 *
 * Logs what each of its frames costs, if the log has a reader: the benchmark of scrolling is one.
 */
void
sage_frame_log_follow (GtkWidget *window)
{
  g_return_if_fail (GTK_IS_WINDOW (window));

  if (!g_log_writer_default_would_drop (G_LOG_LEVEL_DEBUG, G_LOG_DOMAIN))
    g_signal_connect (window, "realize", G_CALLBACK (realize_cb), NULL);
}
