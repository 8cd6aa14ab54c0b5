/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "eng-operation.h"
#include "eng-pipeline-definition.h"
#include "eng-pipeline-rows.h"

G_BEGIN_DECLS

typedef enum
{
  ENG_TASK_START, /* make the step's job, unless it is there already */
  ENG_TASK_LOOK,  /* see how it is */
  ENG_TASK_STOP,  /* ask it to stop */
} EngTaskKind;

/* One call that a step makes of the engine; runs on a thread of the pool. */
typedef struct
{
  EngTaskKind  kind;
  char        *execution;   /* (owned): name of the execution */
  char        *step;        /* (owned): name of the step */
  char        *principal;   /* (owned): on whose behalf */
  EngRole      role;        /* what the execution was started to run as */
  guint        position;    /* of the step */
  guint        attempt;     /* of the step */
  EngStepType  type;
  char        *job;         /* (owned): the deterministic name, or the client token; out: that of
                             * the job that was taken instead */
  char        *arn;         /* (owned) (nullable): in: of LOOK and STOP; out: of START */
  JsonObject  *input;       /* (owned) (nullable): the Create request */
  gboolean     check_first; /* an earlier life of the engine may have made it */
  gboolean     describe;    /* the answer is wanted even if all went well at once */
  gint64       cache_seconds; /* how old a result may be that START takes instead; 0: none is */
  EngStepCache cache;       /* in: what is known of the attempt; out: what is known now */

  gboolean     found;       /* out: it exists */
  JsonObject  *answer;      /* (owned) (nullable): out: what Describe said */
  GError      *error;       /* (owned) (nullable): out: why it could not be made */
} EngPipelineTask;

#define ENG_PIPELINES_PRINCIPAL "engine:pipelines"

EngPipelineTask *eng_pipeline_task_new  (EngTaskKind       kind,
                                         EngStepType       type);
void             eng_pipeline_task_free (EngPipelineTask  *task);
void             eng_pipeline_task_run  (EngPipelineTask  *task,
                                         EngEngine        *engine);
JsonObject      *eng_pipeline_task_invoke (EngPipelineTask *task,
                                         EngEngine        *engine,
                                         const char       *operation,
                                         JsonObject       *input,
                                         GError          **error);
const char      *eng_pipeline_task_status (EngPipelineTask *task);
char            *eng_pipeline_job_name  (const char       *prefix,
                                         const char       *execution_arn,
                                         const char       *step,
                                         guint             attempt);
char            *eng_pipeline_job_token (const char       *execution_arn,
                                         const char       *step,
                                         guint             attempt);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EngPipelineTask, eng_pipeline_task_free)

G_END_DECLS
