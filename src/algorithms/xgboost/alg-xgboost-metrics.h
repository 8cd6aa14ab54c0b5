/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean alg_xgboost_metric_is_ours (const char  *name);
double   alg_xgboost_metric_compute (const char  *name,
                                     const float *predictions,
                                     gsize        outputs,
                                     const float *labels,
                                     gsize        rows);

G_END_DECLS
