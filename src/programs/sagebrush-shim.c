/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <stdlib.h>

#include "eng-shim.h"

/* sagebrush-shim JOB_DIR [READY_FD]: runs one job and outlives the engine. */
int
main (int    argc,
      char **argv)
{
  if (argc < 2 || argc > 3)
    {
      g_printerr ("Usage: sagebrush-shim JOB_DIR\n");
      return 2;
    }

  return eng_shim_run (argv[1], argc > 2 ? atoi (argv[2]) : -1);
}
