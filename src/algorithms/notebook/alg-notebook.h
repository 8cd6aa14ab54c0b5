/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "alg-job.h"

G_BEGIN_DECLS

gboolean alg_notebook_prepare (AlgJob  *job,
                               GError **error);
gboolean alg_notebook_run     (AlgJob  *job,
                               GError **error);

G_END_DECLS
