/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "eng-mlflow-artifacts.h"
#include "eng-request.h"

G_BEGIN_DECLS

gboolean eng_mlflow_has_path   (const char      *method,
                                const char      *path);
gsize    eng_mlflow_limit      (SageHttpRequest *http);
void     eng_mlflow_handle     (EngEngine       *engine,
                                EngRequest      *request,
                                SageHttpRequest *http);
void     eng_mlflow_refuse     (SageHttpRequest *http,
                                guint            status,
                                const char      *message);
void     eng_mlflow_throw      (SageHttpRequest *http,
                                const GError    *why);

G_END_DECLS
