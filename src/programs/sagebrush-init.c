/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "eng-init.h"

/* The first process inside a job's sandbox; started by sagebrush-shim. */
int
main (int    argc,
      char **argv)
{
  return eng_init_main (argc, argv);
}
