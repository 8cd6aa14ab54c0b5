/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <sys/types.h>

#include "eng-job.h"
#include "eng-sandbox.h"

G_BEGIN_DECLS

/* The limits of one job: kept by the kernel where we may make cgroups, else by rlimits and by looking
 * at its processes regularly. */
typedef struct _EngLimits EngLimits;

EngLimits     *eng_limits_new         (EngJobSpec *spec);
void           eng_limits_free        (EngLimits  *self);
gboolean       eng_limits_count       (EngLimits  *self);
const char    *eng_limits_name        (EngLimits  *self);
void           eng_limits_cgroups     (EngLimits  *self,
                                       EngSandboxCgroups *cgroups);
guint          eng_limits_rlimit_processes (EngLimits *self);
void           eng_limits_look_inside (EngLimits  *self,
                                       pid_t       init);
gint64         eng_limits_interval    (EngLimits  *self);
void           eng_limits_look        (EngLimits  *self);
gboolean       eng_limits_out_of_memory (EngLimits *self);
guint          eng_limits_too_many    (EngLimits  *self);
guint64        eng_limits_peak        (EngLimits  *self);
void           eng_limits_lift_cpu    (EngLimits  *self);

/* The cgroups of a job. */
typedef struct _EngCgroups EngCgroups;

EngCgroups    *eng_cgroups_new        (EngJobSpec *spec);
void           eng_cgroups_free       (EngCgroups *self);
const char    *eng_cgroups_name       (EngCgroups *self);
gboolean       eng_cgroups_bound_processes (EngCgroups *self);
void           eng_cgroups_join       (EngCgroups *self,
                                       EngSandboxCgroups *how);
guint64        eng_cgroups_memory     (EngCgroups *self);
gboolean       eng_cgroups_out_of_memory (EngCgroups *self);
gboolean       eng_cgroups_refused_process (EngCgroups *self);
void           eng_cgroups_lift_cpu   (EngCgroups *self);

/* The processes of a job, where nothing but we count them. */
typedef struct _EngProcesses EngProcesses;

EngProcesses  *eng_processes_new      (pid_t         init);
void           eng_processes_free     (EngProcesses *self);
guint          eng_processes_count    (EngProcesses *self);
void           eng_processes_measure  (EngProcesses *self,
                                       guint64      *bytes,
                                       guint        *n_tasks);
guint64        eng_processes_exact_memory (EngProcesses *self);

/* Counts what a directory holds on disk, a slice at a time. */
typedef struct _EngDiskWatch EngDiskWatch;

typedef enum
{
  ENG_DISK_FITS,
  ENG_DISK_BYTES,   /* more bytes than allowed */
  ENG_DISK_ENTRIES, /* more files and folders than allowed, or nested too deep */
} EngDiskBreach;

EngDiskWatch  *eng_disk_watch_new     (int         dir_fd,
                                       const char *name,
                                       guint64     max_bytes);
void           eng_disk_watch_free    (EngDiskWatch *self);
gboolean       eng_disk_watch_step    (EngDiskWatch *self);
gboolean       eng_disk_watch_is_urgent (EngDiskWatch *self);
EngDiskBreach  eng_disk_watch_breach  (EngDiskWatch *self,
                                       guint64      *limit);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EngLimits, eng_limits_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EngDiskWatch, eng_disk_watch_free)

G_END_DECLS
