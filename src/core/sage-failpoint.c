/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-failpoint"

#include "config.h"

#include "sage-failpoint.h"

#if SAGEBRUSH_FAILPOINTS

#include <signal.h>
#include <string.h>
#include <unistd.h>

void
sage_failpoint_pass (const char *name)
{
  static int passages;
  const char *wanted = g_getenv ("SAGEBRUSH_FAILPOINT");
  g_auto(GStrv) parts = NULL;
  int nth;

  if (wanted == NULL)
    return;

  parts = g_strsplit (wanted, ":", 3);
  if (g_strv_length (parts) < 2 || strcmp (parts[0], name) != 0 || strcmp (parts[1], "kill") != 0)
    return;

  nth = parts[2] != NULL ? (int) g_ascii_strtoll (parts[2], NULL, 10) : 1;
  if (g_atomic_int_add (&passages, 1) + 1 == nth)
    kill (getpid (), SIGKILL);
}

#endif
