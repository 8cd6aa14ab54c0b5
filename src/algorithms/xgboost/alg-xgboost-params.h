/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "alg-job.h"

G_BEGIN_DECLS

/* What a training job's hyperparameters ask for, checked. */
typedef struct
{
  GPtrArray *names;         /* (owned): what libxgboost is told… */
  GPtrArray *values;        /* (owned): …in this order */
  GPtrArray *metrics;       /* (owned): eval_metric and the tuning objective, in that order */
  char      *stop_metric;   /* (owned) (nullable): what early stopping watches, if named */
  guint      rounds;
  guint      stop_rounds;   /* 0: no early stopping */
  gboolean   csv_weights;
  gboolean   save_on_termination;
  GPtrArray *notices;       /* (owned): what was accepted and has no effect, a line each */
} AlgXgboostParams;

AlgXgboostParams *alg_xgboost_params_parse (AlgJob            *job,
                                            GError           **error);
void              alg_xgboost_params_free  (AlgXgboostParams  *params);
const char       *alg_xgboost_params_get   (AlgXgboostParams  *params,
                                            const char        *name);
gboolean          alg_xgboost_metric_maximizes (const char    *metric);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AlgXgboostParams, alg_xgboost_params_free)

G_END_DECLS
