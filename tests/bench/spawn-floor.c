/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spawn-floor"

#include "config.h"

#include <glib.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/*
 * The floor of starting something: spawn-floor COUNT COMMAND [ARGUMENT…] spawns a command again and
 * again, waiting for each, and prints the median in microseconds.
 */

static int
compare_times (gconstpointer a,
               gconstpointer b)
{
  gint64 x = *(const gint64 *) a;
  gint64 y = *(const gint64 *) b;

  return (x > y) - (x < y);
}

int
main (int   argc,
      char *argv[])
{
  g_autoptr(GArray) times = g_array_new (FALSE, FALSE, sizeof (gint64));
  int count = argc > 2 ? atoi (argv[1]) : 0;

  if (count <= 0)
    {
      g_printerr ("Usage: spawn-floor COUNT COMMAND [ARGUMENT…]\n");
      return 2;
    }

  for (int i = 0; i < count; i++)
    {
      gint64 start = g_get_monotonic_time ();
      gint64 took;
      int status;
      pid_t pid;

      if (posix_spawnp (&pid, argv[2], NULL, NULL, argv + 2, environ) != 0 ||
          waitpid (pid, &status, 0) != pid || status != 0)
        {
          g_printerr ("spawn-floor: %s failed\n", argv[2]);
          return 1;
        }
      took = g_get_monotonic_time () - start;
      g_array_append_val (times, took);
    }

  g_array_sort (times, compare_times);
  g_print ("%" G_GINT64_FORMAT "\n", g_array_index (times, gint64, count / 2));

  return 0;
}
