/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <sys/types.h>

G_BEGIN_DECLS

/* What a process and its descendants use now. */
typedef struct
{
  guint64 memory_bytes; /* proportional where the system tells it, else resident */
  double  cpu_seconds;  /* so far; of the ended ones too that were waited for */
  guint   n_processes;
} KrnUsage;

void     krn_usage_measure   (pid_t     pid,
                              KrnUsage *usage);
gboolean krn_usage_exceeds   (pid_t     pid,
                              guint64   limit,
                              guint64  *bytes);
guint64  krn_usage_oom_kills (void);

G_END_DECLS
