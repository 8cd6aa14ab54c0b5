/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "alg-job.h"

G_BEGIN_DECLS

gboolean alg_script_wanted (AlgJob  *job);
int      alg_script_run    (AlgJob  *job,
                            GError **error);

G_END_DECLS
