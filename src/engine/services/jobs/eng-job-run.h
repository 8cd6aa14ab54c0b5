/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "eng-engine.h"
#include "eng-job.h"

G_BEGIN_DECLS

typedef struct _EngJobRun EngJobRun;

/* How a job ended, in the words of the families. */
typedef enum
{
  ENG_JOB_COMPLETED,
  ENG_JOB_FAILED,
  ENG_JOB_STOPPED,
  ENG_JOB_TIMED_OUT,
} EngJobOutcome;

/* Instants at which a family may want to show something. */
typedef enum
{
  ENG_JOB_PHASE_WAITING,     /* for capacity; the message says why */
  ENG_JOB_PHASE_DOWNLOADING, /* inputs are being laid out */
  ENG_JOB_PHASE_RUNNING,     /* the user's process was started */
  ENG_JOB_PHASE_UPLOADING,   /* outputs are being stored */
} EngJobPhase;

/**
 * EngJobFamily:
 *
 * What tells training from processing. Every function may run again after a crash and must then
 * come to the same end.
 */
typedef struct
{
  const char *kind;
  guint       grace_seconds; /* between SIGTERM and SIGKILL when stopped */

  /* Instance type of the request. */
  const char *(*instance_type) (JsonObject *doc);

  /* Lays out `opt-ml` in the job directory and fills in the spec. */
  gboolean (*prepare) (EngJobRun   *run,
                       EngJobSpec  *spec,
                       GError     **error);

  /* Stores what the process made; runs only once it ended. */
  gboolean (*collect) (EngJobRun           *run,
                       const EngJobStatus  *status,
                       EngJobOutcome        outcome,
                       GError             **error);

  /* Writes a phase into the document. */
  void (*show_phase) (JsonObject  *doc,
                      EngJobPhase  phase,
                      double       when,
                      const char  *message);

  /* Writes the end into the document. Returns the final status word. */
  const char *(*show_end) (EngJobRun           *run,
                           JsonObject          *doc,
                           const EngJobStatus  *status,
                           EngJobOutcome        outcome,
                           const char          *reason,
                           double               when);
} EngJobFamily;

/* One job under way, on a thread of its own. */
struct _EngJobRun
{
  EngEngine          *engine;
  const EngJobFamily *family;
  char               *name;      /* (owned) */
  EngResource        *resource;  /* (owned): as it was read last */
  JsonObject         *doc;       /* (owned): its document, read-only */
  JsonObject         *results;   /* (owned): what collect() found, for show_end() */
  char               *directory; /* (owned): the job directory */
  int                 wake_fd;   /* readable when the row changed or the engine stops */
  int                *quit;      /* atomic: the engine stops */
};

char     *eng_job_run_directory (EngEngine          *engine,
                                 EngResource        *resource);
gboolean  eng_job_run_show      (EngEngine          *engine,
                                 const EngJobFamily *family,
                                 const char         *name,
                                 EngJobPhase         phase,
                                 const char         *message,
                                 GError            **error);
void      eng_job_sweep         (EngEngine          *engine,
                                 const EngJobFamily *family,
                                 int                *quit);
void      eng_job_run           (EngEngine          *engine,
                                 const EngJobFamily *family,
                                 const char         *name,
                                 int                 wake_fd,
                                 int                *quit);

G_END_DECLS
