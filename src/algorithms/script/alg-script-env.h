/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "alg-job.h"

G_BEGIN_DECLS

GStrv alg_script_arguments   (GPtrArray   *values);
GStrv alg_script_environment (AlgJob      *job,
                              GPtrArray   *values,
                              const char  *program);

G_END_DECLS
