/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "eng-engine.h"
#include "sage-http-server.h"

G_BEGIN_DECLS

typedef struct _EngRequest EngRequest;

/* A file on its way in. */
typedef struct _EngMlflowUpload EngMlflowUpload;

char            *eng_mlflow_artifact_path  (SageHttpRequest *http);
gboolean         eng_mlflow_is_upload      (SageHttpRequest *http);
EngMlflowUpload *eng_mlflow_upload_begin   (EngEngine       *engine,
                                            EngRequest      *request,
                                            SageHttpRequest *http);
void             eng_mlflow_upload_free    (EngMlflowUpload *upload);
void             eng_mlflow_artifact       (EngEngine       *engine,
                                            EngRequest      *request,
                                            SageHttpRequest *http);

G_END_DECLS
