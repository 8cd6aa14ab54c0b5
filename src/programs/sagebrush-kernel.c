/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "krn-host.h"

/* sagebrush-kernel DIR: hosts the kernel that DIR/kernel-spec.json names, and outlives the engine. */
int
main (int    argc,
      char **argv)
{
  if (argc != 2)
    {
      g_printerr ("Usage: sagebrush-kernel DIR\n");
      return 2;
    }

  return krn_host_run (argv[1]);
}
