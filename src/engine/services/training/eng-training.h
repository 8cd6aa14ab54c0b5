/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "eng-job-run.h"
#include "eng-operation.h"

G_BEGIN_DECLS

extern const EngJobFamily eng_training_family;

void       eng_training_register      (EngEngine   *engine);
JsonArray *eng_training_final_metrics (const char  *log_path,
                                       JsonArray   *definitions,
                                       gboolean     built_in);

G_END_DECLS
