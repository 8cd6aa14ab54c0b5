/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <xgboost/c_api.h>

#include "alg-dataset.h"
#include "alg-xgboost-params.h"

G_BEGIN_DECLS

gboolean      alg_xgboost_check         (int                code,
                                         GError           **error);
void          alg_xgboost_log_to_stdout (void);
DMatrixHandle alg_xgboost_matrix_new    (AlgDataset        *dataset,
                                         gboolean           weighted,
                                         guint              threads,
                                         GError           **error);
BoosterHandle alg_xgboost_booster_new   (AlgXgboostParams  *params,
                                         DMatrixHandle     *matrices,
                                         guint              n_matrices,
                                         const char        *resume_from,
                                         GError           **error);
gboolean      alg_xgboost_booster_save  (BoosterHandle      booster,
                                         const char        *path,
                                         GError           **error);

void          alg_xgboost_matrix_free   (DMatrixHandle      matrix);
void          alg_xgboost_booster_free  (BoosterHandle      booster);

G_END_DECLS
