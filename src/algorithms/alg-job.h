/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

typedef enum
{
  ALG_RESULT_FAILED,  /* the error says why */
  ALG_RESULT_DONE,    /* the model is saved */
  ALG_RESULT_STOPPED, /* told to stop before there was anything to keep */
} AlgResult;

#define ALG_EXIT_FAILED 1
#define ALG_EXIT_STOPPED 143 /* as a process that SIGTERM ends */

/**
 * AlgJob:
 *
 * The container's view of its training job: what SageMaker lays out beneath /opt/ml (or beneath
 * the directory that SAGEBRUSH_OPT_ML names).
 */
typedef struct
{
  char       *root;            /* (owned): /opt/ml */
  JsonObject *hyperparameters; /* (owned): as in hyperparameters.json, {} when absent */
  JsonObject *channels;        /* (owned): as in inputdataconfig.json, {} when absent */
  JsonObject *resources;       /* (owned): as in resourceconfig.json, {} when absent */
  char       *checkpoint_dir;  /* (owned) (nullable): where checkpoints go, if they are wanted */
  guint       cpus;            /* how many threads make sense */
} AlgJob;

AlgJob *alg_job_load           (GError      **error);
void    alg_job_free           (AlgJob       *job);
char   *alg_job_path           (AlgJob       *job,
                                const char   *relative);
char   *alg_job_hyperparameter (AlgJob       *job,
                                const char   *name);
void    alg_job_write_failure  (const char   *text);
int     alg_job_fail           (const GError *error);

void     alg_job_watch_stop     (void);
gboolean alg_job_stop_requested (void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AlgJob, alg_job_free)

G_END_DECLS
