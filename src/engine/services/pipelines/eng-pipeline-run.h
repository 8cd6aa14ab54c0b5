/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "eng-operation.h"
#include "eng-pipeline-definition.h"
#include "eng-pipeline-rows.h"
#include "eng-pipeline-task.h"

G_BEGIN_DECLS

/* One step of an execution under way. */
typedef struct
{
  EngStepRow       row;
  EngPipelineStep *step;
  guint            waits;         /* needs that have not succeeded */
  gboolean         skipped;       /* stands, or needs a step that stands, in the branch not taken */
  gboolean         resumed;       /* its row is from an earlier life of the engine */
  gboolean         launched;      /* counts among the steps that run */
  gboolean         in_flight;     /* a task of it is under way */
  gboolean         woken;         /* its job ended while a task was under way */
  gboolean         stop_asked;
  gboolean         dirty;         /* the row is newer than the stored one */
  gint64           due;           /* monotonic us when something is tried again; 0: nothing is */
  gint64           first_failure; /* monotonic us; 0 before any */
  JsonNode        *outputs;       /* (owned) (nullable): what Get can read of it */
} EngRunStep;

/* An execution under way. It lives on the controller's thread alone; all that matters is in its
 * rows, from which it can be made again at any time. */
typedef struct
{
  EngEngine   *engine;
  gint64       id;
  char        *name;          /* (owned): PIPELINE/execution/ID */
  char        *arn;           /* (owned) */
  char        *role;          /* (owned) (nullable): ARN that its jobs have where they name none */
  char        *principal;     /* (owned): on whose behalf it calls */
  EngRole      authority;     /* what it may call, as when it was started */
  EngPipeline *definition;    /* (owned) */
  JsonObject  *parameters;    /* (owned): name → value of the declared type */
  JsonObject  *variables;     /* (owned): execution variables */
  guint        max_parallel;  /* 0: no limit */
  gboolean     stopping;
  gboolean     closing;       /* a Fail step was reached: nothing new starts */
  gboolean     ended;         /* the last status is known, and perhaps not stored yet */
  gboolean     touched;       /* something happened since it was last moved and stored */
  gint64       next_due;      /* monotonic us of the earliest step's due; 0: none */
  EngRunStep  *steps;         /* (owned): as many as the definition has */
  guint        n_active;      /* steps launched and not ended */
  guint        n_delayed;     /* steps that wait for a retry */
  GQueue       inline_ready;  /* of positions: conditions and fails to evaluate */
  GQueue       job_ready;     /* of positions: steps to launch as the limit allows */
  GPtrArray   *outbox;        /* (owned): of EngPipelineTask: to run once the rows are stored */
} EngRun;

EngRun     *eng_run_load       (EngEngine        *engine,
                                const char       *name,
                                GError          **error);
void        eng_run_free       (EngRun           *run);
gboolean    eng_run_refresh    (EngRun           *run,
                                GError          **error);
void        eng_run_advance    (EngRun           *run);
void        eng_run_job_ended  (EngRun           *run,
                                guint             position,
                                const char       *status);
void        eng_run_task_done  (EngRun           *run,
                                EngPipelineTask  *task);
void        eng_run_due        (EngRun           *run,
                                gint64            now);
gboolean    eng_run_is_dirty   (EngRun           *run);
gboolean    eng_run_store      (EngTx            *tx,
                                EngRun           *run,
                                GError          **error);
void        eng_run_stored     (EngRun           *run);
gboolean    eng_run_abandon    (EngEngine        *engine,
                                const char       *name,
                                const char       *why,
                                GError          **error);

/* For the parts of a run alone. */
void        eng_run_push_ready (EngRun           *run,
                                EngRunStep       *step);
void        eng_run_skip_branch (EngRun          *run,
                                EngRunStep       *condition);
EngPipelineTask *eng_run_post  (EngRun           *run,
                                EngRunStep       *step,
                                EngTaskKind       kind);
void        eng_run_end_step   (EngRun           *run,
                                EngRunStep       *step,
                                EngStepStatus     status,
                                const char       *failure);
void        eng_run_launch     (EngRun           *run,
                                EngRunStep       *step);
void        eng_run_evaluate   (EngRun           *run,
                                EngRunStep       *step);
void        eng_run_begin_step (EngRun           *run,
                                EngRunStep       *step);
void        eng_run_fail_step  (EngRun           *run,
                                EngRunStep       *step,
                                guint             causes,
                                const char       *failure);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EngRun, eng_run_free)

G_END_DECLS
