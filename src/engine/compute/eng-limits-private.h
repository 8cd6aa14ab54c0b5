/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <sys/types.h>

#include "eng-job.h"
#include "eng-sandbox.h"

G_BEGIN_DECLS

/* How the limits of one job are kept. */
typedef enum
{
  ENG_LIMITS_WATCHED,   /* rlimits, and the memory of the process tree looked at regularly */
  ENG_LIMITS_CGROUP_V1,
  ENG_LIMITS_CGROUP_V2,
} EngLimitsKind;

typedef struct _EngLimits EngLimits;

EngLimits     *eng_limits_new         (EngJobSpec *spec);
void           eng_limits_free        (EngLimits  *self);
EngLimitsKind  eng_limits_kind        (EngLimits  *self);
void           eng_limits_cgroups     (EngLimits  *self,
                                       EngSandboxCgroups *cgroups);
guint          eng_limits_rlimit_processes (EngLimits *self);
gint64         eng_limits_interval    (EngLimits  *self);
gboolean       eng_limits_out_of_memory (EngLimits *self,
                                       pid_t       root);
gboolean       eng_limits_too_many    (EngLimits  *self);
guint64        eng_limits_peak        (EngLimits  *self);

/* Memory and number of the processes beneath @root. */
void           eng_process_tree_measure (pid_t     root,
                                       gboolean    exact,
                                       guint64    *bytes,
                                       guint      *n_processes);

/* Counts what a directory holds on disk, a slice at a time. */
typedef struct _EngDiskWatch EngDiskWatch;

EngDiskWatch  *eng_disk_watch_new     (int         dir_fd,
                                       const char *name,
                                       guint64     limit);
void           eng_disk_watch_free    (EngDiskWatch *self);
gboolean       eng_disk_watch_step    (EngDiskWatch *self);
gboolean       eng_disk_watch_breached  (EngDiskWatch *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EngLimits, eng_limits_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EngDiskWatch, eng_disk_watch_free)

G_END_DECLS
