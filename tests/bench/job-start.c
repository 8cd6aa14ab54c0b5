/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "job-start"

#include "config.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "eng-job.h"
#include "eng-log.h"
#include "sage-file.h"

/*
 * job-start SHIM STAMP COUNT: starts COUNT jobs one after the other and prints three medians in
 * microseconds: from eng_job_launch() to the first instruction of the user's program, the time
 * that eng_job_launch() itself takes, and the first figure again with bubblewrap alone.
 */

static int
compare_times (gconstpointer a,
               gconstpointer b)
{
  gint64 x = *(const gint64 *) a;
  gint64 y = *(const gint64 *) b;

  return (x > y) - (x < y);
}

static gint64
median (GArray *times)
{
  g_array_sort (times, compare_times);

  return g_array_index (times, gint64, times->len / 2);
}

static gboolean
start_job (const char  *shim,
           const char  *stamp,
           const char  *dir,
           gint64      *first,
           gint64      *launch,
           GError     **error)
{
  g_autoptr(EngJobSpec) spec = eng_job_spec_new ("bench");
  g_autofree char *log = g_build_filename (dir, "log", NULL);
  g_autoptr(GPtrArray) lines = NULL;
  g_auto(EngJobStatus) status = { 0 };
  gint64 began, returned;
  guint64 next;

  spec->argv = g_strdupv ((char *[]) { (char *) "/opt/stamp", NULL });
  spec->memory_bytes = 256 << 20;
  eng_job_spec_add_mount (spec, stamp, "/opt/stamp", FALSE);
  if (!eng_job_spec_write (spec, dir, error))
    return FALSE;

  began = g_get_monotonic_time ();
  if (!eng_job_launch (shim, dir, error))
    return FALSE;
  returned = g_get_monotonic_time ();
  if (!eng_job_wait (dir, -1, -1, &status, error))
    return FALSE;

  lines = eng_log_read (log, 0, 1, &next, error);
  if (lines == NULL || lines->len != 1)
    return FALSE;
  *first = g_ascii_strtoll (((EngLogEntry *) lines->pdata[0])->message, NULL, 10) - began;
  *launch = returned - began;

  return TRUE;
}

static gboolean
start_bare (const char  *stamp,
            gint64      *first,
            GError     **error)
{
  const char *argv[] = { "bwrap", "--unshare-all", "--die-with-parent", "--ro-bind", "/", "/",
                         "--proc", "/proc", "--dev", "/dev", stamp, NULL };
  g_autofree char *out = NULL;
  gint64 began = g_get_monotonic_time ();

  if (!g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &out, NULL,
                     NULL, error))
    return FALSE;

  *first = g_ascii_strtoll (out, NULL, 10) - began;

  return TRUE;
}

int
main (int    argc,
      char **argv)
{
  g_autoptr(GArray) firsts = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr(GArray) launches = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr(GArray) bares = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr(GError) error = NULL;
  int count = argc == 4 ? atoi (argv[3]) : 0;
  gboolean ok = TRUE;

  if (count <= 0)
    {
      g_printerr ("Usage: job-start SHIM STAMP COUNT\n");
      return 2;
    }

  for (int i = 0; ok && i < count; i++)
    {
      g_autofree char *dir = g_dir_make_tmp ("job-start-XXXXXX", &error);
      gint64 first = 0, launch = 0, bare = 0;

      ok = dir != NULL && start_job (argv[1], argv[2], dir, &first, &launch, &error) &&
           start_bare (argv[2], &bare, &error);
      g_array_append_val (firsts, first);
      g_array_append_val (launches, launch);
      g_array_append_val (bares, bare);
      if (dir != NULL)
        sage_dir_remove (dir, NULL);
    }

  if (!ok)
    {
      g_printerr ("job-start: %s\n", error != NULL ? error->message : "the job printed nothing");
      return 1;
    }

  g_print ("%" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT "\n",
           median (firsts), median (launches), median (bares));

  return 0;
}
