/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What a job of any kind may have at a time. */
#define ENG_JOB_MAX_PROCESSES 4096

/* No job nests folders this deep; one that tries to hide or to exhaust the file system does. */
#define ENG_JOB_MAX_DEPTH 128

/**
 * EngJobSpec:
 *
 * What one process needs to run: written once as `spec.json` into its job directory, read by the
 * shim. A job directory holds `spec.json`, `status.json` (replaced atomically by the shim), `log`
 * (`<milliseconds since the epoch>\t<line>\n`), `control` (Unix socket), `lock` (held by the live
 * shim), `opt-ml/` (mounted at /opt/ml) and, for servers, `socket`.
 */
typedef struct
{
  char      *name;             /* (owned): for messages */
  GStrv      argv;             /* (owned): run inside the sandbox, argv[0] found there */
  GStrv      environment;      /* (owned): "KEY=value"; the only variables inside */
  char      *working_directory; /* (owned): inside the sandbox */
  GPtrArray *mounts;           /* (owned): of EngMount */
  double     cpus;
  guint64    memory_bytes;     /* resident memory over the whole process tree */
  guint64    disk_bytes;       /* what the job may write beneath opt-ml/ */
  guint      max_processes;    /* threads count as well */
  gint64     max_runtime_seconds; /* 0: no limit */
  guint      grace_seconds;    /* between SIGTERM and SIGKILL */
  gboolean   network;          /* FALSE: a network namespace of its own, loopback only */
  guint      serve_port;       /* >0: `socket` in the job directory is relayed to this TCP port inside */
} EngJobSpec;

typedef struct
{
  char     *source; /* (owned): absolute path outside */
  char     *target; /* (owned): absolute path inside */
  gboolean  writable;
} EngMount;

typedef enum
{
  ENG_JOB_NONE,    /* no shim was started, or it died before it wrote anything */
  ENG_JOB_RUNNING, /* the process runs; the shim holds the lock */
  ENG_JOB_EXITED,  /* the process ended; the fields say how */
  ENG_JOB_LOST,    /* the shim died without a final status */
} EngJobState;

typedef struct
{
  EngJobState state;
  gint64      pid;
  double      started;       /* seconds since the epoch */
  double      ended;         /* seconds since the epoch */
  int         exit_code;     /* -1 when killed by a signal or never started */
  int         signal;        /* 0 when it exited */
  guint64     peak_memory;   /* bytes */
  gboolean    out_of_memory; /* killed because it passed memory_bytes */
  gboolean    out_of_disk;   /* killed because it passed disk_bytes */
  gboolean    out_of_files;  /* killed because it made more files than such a disk holds */
  gboolean    out_of_processes; /* killed because it passed max_processes */
  guint64     limit;         /* the one of these that it passed, in bytes, files or processes */
  gboolean    timed_out;     /* stopped because it passed max_runtime_seconds */
  gboolean    stopped;       /* stopped because eng_job_stop() asked */
  char       *failure;       /* (owned) (nullable): why it never started */
} EngJobStatus;

EngJobSpec *eng_job_spec_new    (const char    *name);
void        eng_job_spec_free   (EngJobSpec    *spec);
void        eng_job_spec_add_mount (EngJobSpec *spec,
                                 const char    *source,
                                 const char    *target,
                                 gboolean       writable);
gboolean    eng_job_spec_write  (EngJobSpec    *spec,
                                 const char    *job_dir,
                                 GError       **error);
EngJobSpec *eng_job_spec_read   (const char    *job_dir,
                                 GError       **error);
EngJobSpec *eng_job_spec_parse  (const char    *text,
                                 gsize          length,
                                 GError       **error);

gboolean    eng_job_launch      (const char    *shim_path,
                                 const char    *job_dir,
                                 GError       **error);
gboolean    eng_job_status_read (const char    *job_dir,
                                 EngJobStatus  *status,
                                 GError       **error);
void        eng_job_status_clear (EngJobStatus *status);
gboolean    eng_job_wait        (const char    *job_dir,
                                 int            wake_fd,
                                 gint64         deadline,
                                 EngJobStatus  *status,
                                 GError       **error);
gboolean    eng_job_stop        (const char    *job_dir,
                                 guint          grace_seconds,
                                 GError       **error);
gboolean    eng_job_is_alive    (const char    *job_dir);
gboolean    eng_job_status_passed_limit (const EngJobStatus *status);
char       *eng_job_status_describe_limit (const EngJobStatus *status);
char       *eng_job_log_tail    (const char    *job_dir,
                                 guint          max_lines,
                                 gsize          max_bytes);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EngJobSpec, eng_job_spec_free)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (EngJobStatus, eng_job_status_clear)

G_END_DECLS
