/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "alg-job.h"

G_BEGIN_DECLS

AlgResult alg_xgboost_train (AlgJob  *job,
                             GError **error);

G_END_DECLS
