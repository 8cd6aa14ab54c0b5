/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "eng-store.h"

G_BEGIN_DECLS

#define ENG_PIPELINE_KIND  "pipeline"
#define ENG_EXECUTION_KIND "pipeline-execution"
#define ENG_STEP_KIND      "pipeline-execution-step" /* of events alone */

typedef enum
{
  ENG_STEP_ABSENT, /* not reached: no row */
  ENG_STEP_STARTING,
  ENG_STEP_EXECUTING,
  ENG_STEP_STOPPING,
  ENG_STEP_STOPPED,
  ENG_STEP_FAILED,
  ENG_STEP_SUCCEEDED,
} EngStepStatus;

/* What a step's result can be found by again; digests in hex. All NULL where nothing is cached. */
typedef struct
{
  char *key;     /* (owned) (nullable): what makes the result: request, inputs, code, runtime */
  char *inputs;  /* (owned) (nullable): the versions of the inputs' objects at that time */
  char *outputs; /* (owned) (nullable): what the job left behind, once it may be taken again */
  char *source;  /* (owned) (nullable): ARN of the execution whose result was taken */
  char *parts;   /* (owned) (nullable): JSON object of the key's parts, name → digest */
  char *miss;    /* (owned) (nullable): JSON object that says why no result was taken */
} EngStepCache;

/* A result that may be taken. */
typedef struct
{
  char *job;     /* (owned): name of what made it */
  char *arn;     /* (owned): its ARN */
  char *outputs; /* (owned): what it left behind */
  char *source;  /* (owned): ARN of its execution */
  char *key;     /* (owned): what made it */
  char *parts;   /* (owned) (nullable): JSON object of the key's parts, name → digest */
} EngStepResult;

/* One row of `pipeline_step`. */
typedef struct
{
  gint64         execution; /* id of the execution's resource */
  guint          position;  /* in the definition */
  char          *name;      /* (owned) */
  EngStepStatus  status;
  guint          attempt;   /* starts so far; never reset */
  guint          tries;     /* retries spent by the step's policies since it was last set going */
  double         wait;      /* seconds of back-off still owed by a step in Starting */
  double         started;   /* seconds since the epoch */
  double         ended;     /* seconds since the epoch; 0 while it goes on */
  char          *job;       /* (owned) (nullable): name of what the present attempt makes */
  char          *arn;       /* (owned) (nullable): its ARN, once it exists */
  char          *outcome;   /* (owned) (nullable): "True" or "False" of a condition */
  char          *failure;   /* (owned) (nullable) */
  char          *outputs;   /* (owned) (nullable): JSON text of the Describe answer */
  EngStepCache   cache;
} EngStepRow;

const char *eng_step_status_word   (EngStepStatus       status);
gboolean    eng_step_status_is_end (EngStepStatus       status);

void        eng_step_row_clear     (EngStepRow         *row);
void        eng_step_row_free      (EngStepRow         *row);
GPtrArray  *eng_step_rows_load     (EngConnection      *connection,
                                    gint64              execution,
                                    GError            **error);
gboolean    eng_step_row_store     (EngTx              *tx,
                                    const EngStepRow   *row,
                                    GError            **error);

void        eng_step_cache_clear   (EngStepCache       *cache);
void        eng_step_cache_copy    (const EngStepCache *from,
                                    EngStepCache       *to);
void        eng_step_result_free   (EngStepResult      *result);
GPtrArray  *eng_step_results_find  (EngConnection      *connection,
                                    const char         *key,
                                    double              since,
                                    double              until,
                                    GError            **error);
GPtrArray  *eng_step_results_latest (EngConnection     *connection,
                                    const char         *pipeline,
                                    const char         *step,
                                    GError            **error);

gboolean    eng_definition_store   (EngTx              *tx,
                                    gint64              pipeline,
                                    const char         *text,
                                    gint64             *id,
                                    GError            **error);
char       *eng_definition_load    (EngConnection      *connection,
                                    gint64              id,
                                    GError            **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EngStepRow, eng_step_row_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EngStepResult, eng_step_result_free)

G_END_DECLS
