/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <stdio.h>
#include <time.h>

/* Says when its first instruction ran: microseconds of the monotonic clock. Linked statically, so
 * that it adds next to nothing. */
int
main (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  printf ("%lld\n", (long long) now.tv_sec * 1000000 + now.tv_nsec / 1000);

  return 0;
}
