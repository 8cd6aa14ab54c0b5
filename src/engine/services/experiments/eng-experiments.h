/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "eng-operation.h"

G_BEGIN_DECLS

/* Where artifacts are that clients send through the engine: `mlflow-artifacts:/PATH` is
 * `s3://mlflow-artifacts/PATH`. */
#define ENG_MLFLOW_BUCKET "mlflow-artifacts"
#define ENG_MLFLOW_SCHEME "mlflow-artifacts:/"

gboolean eng_artifact_path_check (const char  *path,
                                  GError     **error);
gboolean eng_artifact_list       (EngCall     *call,
                                  const char  *bucket,
                                  const char  *root,
                                  const char  *path,
                                  GError     **error);
void     eng_experiments_register (EngEngine  *engine);

G_END_DECLS
