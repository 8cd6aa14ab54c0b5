/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "eng-job-run.h"

G_BEGIN_DECLS

#define ENG_ALGORITHM_PATH "/opt/sagebrush-bin/sagebrush-algorithm"

/* The entry point of SageMaker's notebook jobs; its folder is in the job's PATH. */
#define ENG_NOTEBOOK_PATH "/opt/sagebrush-bin/amazon_sagemaker_scheduler"

char     *eng_job_layout_path        (EngJobRun   *run,
                                      const char  *inside);
gboolean  eng_job_layout_make_dir    (EngJobRun   *run,
                                      const char  *inside,
                                      GError     **error);
gboolean  eng_job_layout_write_json  (EngJobRun   *run,
                                      const char  *inside,
                                      JsonObject  *object,
                                      GError     **error);
gboolean  eng_job_layout_download    (EngJobRun   *run,
                                      EngJobSpec  *spec,
                                      const char  *s3_uri,
                                      const char  *inside,
                                      GError     **error);
gboolean  eng_job_layout_restore     (EngJobRun   *run,
                                      const char  *s3_uri,
                                      const char  *inside,
                                      GError     **error);
gboolean  eng_job_layout_unpack      (EngJobRun   *run,
                                      EngJobSpec  *spec,
                                      const char  *s3_uri,
                                      const char  *inside,
                                      GError     **error);
gboolean  eng_job_layout_check_local (const char  *path,
                                      const char  *root,
                                      const char  *member,
                                      GError     **error);
void      eng_job_layout_add_runtime (EngJobRun   *run,
                                      EngJobSpec  *spec);
void      eng_job_layout_environment (EngJobRun   *run,
                                      EngJobSpec  *spec,
                                      JsonObject  *environment,
                                      const char * const *extra);
GStrv     eng_job_layout_command     (JsonArray   *entrypoint,
                                      JsonArray   *arguments);
JsonObject *eng_job_layout_resources (const char  *instance_type);

G_END_DECLS
