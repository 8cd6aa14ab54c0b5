/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "alg-xgboost-booster.h"

G_BEGIN_DECLS

/* One metric of one data set after one round. */
typedef struct
{
  char   *data;   /* (owned): "train" or "validation" */
  char   *metric; /* (owned) */
  double  value;
} AlgXgboostScore;

GPtrArray             *alg_xgboost_eval        (BoosterHandle      booster,
                                                AlgXgboostParams  *params,
                                                DMatrixHandle     *matrices,
                                                guint              n_matrices,
                                                guint              round,
                                                GError           **error);
char                  *alg_xgboost_eval_format (GPtrArray         *scores,
                                                guint              round);
const AlgXgboostScore *alg_xgboost_eval_find   (GPtrArray         *scores,
                                                const char        *data,
                                                const char        *metric);

G_END_DECLS
