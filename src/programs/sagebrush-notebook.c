/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sagebrush-notebook"

#include "config.h"

#include <stdio.h>

#include <gio/gio.h>

#include "alg-notebook.h"
#include "krn-host.h"

#define EXIT_USAGE 64

static int
run_notebook (gboolean is_prepared)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(AlgJob) job = alg_job_load (&error);

  if (job == NULL || (!is_prepared && !alg_notebook_prepare (job, &error)))
    return alg_job_fail (error);

  alg_job_watch_stop ();
  if (alg_notebook_run (job, &error))
    return 0;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return ALG_EXIT_STOPPED;

  return alg_job_fail (error);
}

int
main (int    argc,
      char **argv)
{
  if (argc == 3 && g_str_equal (argv[1], "host"))
    return krn_host_run (argv[2]);
  /* The log shows each line as it comes. */
  setvbuf (stdout, NULL, _IOLBF, 0);
  if (argc > 2 || (argc == 2 && !g_str_equal (argv[1], "prepared")))
    {
      fprintf (stderr, "Usage: %s\nRuns the notebook that SM_INPUT_NOTEBOOK_NAME names.\n", argv[0]);
      return EXIT_USAGE;
    }

  return run_notebook (argc == 2);
}
