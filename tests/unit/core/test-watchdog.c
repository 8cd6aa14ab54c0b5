/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib.h>
#include <time.h>

#include "sage-watchdog.h"

#define PATIENCE 2

/* The processor time of this thread, in µs. */
static gint64
used (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return (gint64) now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

static gboolean
spin_cb (gpointer user_data)
{
  volatile gboolean endless = TRUE;

  while (endless)
    ;

  return G_SOURCE_REMOVE;
}

/* Waits for longer than it may compute. */
static gboolean
wait_cb (gpointer user_data)
{
  g_usleep ((PATIENCE + 1) * G_USEC_PER_SEC);
  g_main_loop_quit (user_data);

  return G_SOURCE_REMOVE;
}

/* Computes for longer than it may, but comes back again and again. */
static gboolean
work_cb (gpointer user_data)
{
  static gint64 begun;
  gint64 round = used ();

  if (begun == 0)
    begun = round;
  while (used () - round < 20 * 1000)
    ;
  if (used () - begun < (PATIENCE + 1) * G_USEC_PER_SEC)
    return G_SOURCE_CONTINUE;
  g_main_loop_quit (user_data);

  return G_SOURCE_REMOVE;
}

static void
run (GSourceFunc func)
{
  g_autoptr(GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr(GError) error = NULL;
  g_autoptr(SageWatchdog) watchdog = sage_watchdog_new (PATIENCE, &error);

  g_assert_no_error (error);
  g_idle_add_full (G_PRIORITY_DEFAULT, func, loop, NULL);
  g_main_loop_run (loop);
}

static void
test_spin (void)
{
  if (g_test_subprocess ())
    run (spin_cb);

  g_test_trap_subprocess (NULL, 60 * G_USEC_PER_SEC, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_failed ();
  g_test_trap_assert_stderr ("*without coming back*test-watchdog*thread *test-watchdog*");
}

static void
test_wait (void)
{
  run (wait_cb);
}

static void
test_work (void)
{
  run (work_cb);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add_func ("/core/watchdog/spin", test_spin);
  g_test_add_func ("/core/watchdog/wait", test_wait);
  g_test_add_func ("/core/watchdog/work", test_work);
  return g_test_run ();
}
