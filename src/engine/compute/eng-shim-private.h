/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "eng-job.h"
#include "eng-limits-private.h"
#include "eng-log-writer.h"

G_BEGIN_DECLS

/* The shim's side of status.json. */
void          eng_job_status_reserve (int                 job_fd);
gboolean      eng_job_status_write   (int                 job_fd,
                                      const EngJobStatus *status,
                                      const char         *limits,
                                      gboolean            durable);

/* One shim: a single thread, one job, from the lock to the final status. */
typedef struct
{
  char         *job_dir;   /* (owned): absolute */
  int           job_fd;    /* (owned) */
  int           lock_fd;   /* (owned): held until the end of the process */
  int           signal_fd; /* (owned) */
  EngJobSpec   *spec;      /* (owned) */
  EngLimits    *limits;    /* (owned) */
  EngDiskWatch *disk;      /* (owned) */
  EngLogWriter *log;       /* (owned) */
  int           output_fd;   /* (owned): what the job prints */
  int           channel_fd;  /* (owned): to sagebrush-init */
  int           control_fd;  /* (owned): listens for the engine */
  GArray       *clients;     /* (owned): of int: who is connected to it */
  pid_t         sandbox;     /* bubblewrap */
  gboolean      sandbox_ended;
  int           init_pidfd;  /* (owned): the first process inside, once it has reported */
  pid_t         init_pid;
  gboolean      program_started;
  gboolean      program_ended;
  guint64       max_rss;
  EngJobStatus  status;

  /* microseconds of the monotonic clock; G_MAXINT64: never */
  gint64        stop_at; /* the runtime limit */
  gint64        kill_at; /* the grace has passed */
  gint64        limits_at;
  gint64        disk_at;
  gint64        round_began; /* of the disk watch; 0: none is under way */
  gint64        round_at;    /* none before, unless it is urgent */
  gint64        output_at; /* output is not read before, it came too fast */
  gint64        output_window;
  guint64       output_in_window;
} EngShim;

void     eng_shim_loop         (EngShim *self);
void     eng_shim_begin_stop   (EngShim *self,
                                gint64   grace_seconds);
void     eng_shim_kill         (EngShim *self);
void     eng_shim_come_first   (pid_t    pid);
void     eng_shim_check_limits (EngShim *self);
gboolean eng_shim_control_open (EngShim *self,
                                GError **error);
void     eng_shim_control_accept (EngShim *self);
gboolean eng_shim_control_serve (EngShim *self,
                                int      client);
int      eng_shim_listen       (EngShim     *self,
                                const char  *name,
                                int          type,
                                GError     **error);

G_END_DECLS
