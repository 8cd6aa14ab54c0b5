/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "eng-operation.h"

G_BEGIN_DECLS

/* How one kind of job answers its calls; the texts differ by family as AWS's do. */
typedef struct
{
  const char *kind;        /* "training-job" */
  const char *name_member; /* "TrainingJobName" */
  const char *arn_member;  /* "TrainingJobArn" */
  const char *status_member; /* "TrainingJobStatus" */
  const char *noun;        /* "training job" */
  const char *noun_capital; /* "Training job" */
  const char *missing;     /* (nullable): the fixed text where AWS does not name the job */

  /* (nullable): writes into the document that it is asked to stop */
  void (*show_stopping) (JsonObject *doc,
                         double      when);
} EngJobCalls;

gboolean eng_job_request_create   (EngCall            *call,
                                   const EngJobCalls  *calls,
                                   JsonObject         *doc,
                                   GError            **error);
gboolean eng_job_request_describe (EngCall            *call,
                                   const EngJobCalls  *calls,
                                   GError            **error);
gboolean eng_job_request_stop     (EngCall            *call,
                                   const EngJobCalls  *calls,
                                   GError            **error);
gboolean eng_job_request_delete   (EngCall            *call,
                                   const EngJobCalls  *calls,
                                   GError            **error);
gboolean eng_job_request_check_cluster (EngCall       *call,
                                   JsonObject         *cluster,
                                   GError            **error);
gboolean eng_job_request_check_image (EngCall         *call,
                                   const char         *image,
                                   GError            **error);

G_END_DECLS
