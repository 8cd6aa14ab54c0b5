/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "eng-operation.h"
#include "eng-pass-role.h"
#include "eng-pipeline-rows.h"

G_BEGIN_DECLS

/* One write of a pipeline operation, with the token that makes it safe to repeat. */
typedef struct _EngPipelineWrite EngPipelineWrite;

/* Does the change and sets write->arn; runs on the writer thread, on a first call alone. */
typedef gboolean (*EngPipelineWriteFunc) (EngTx             *tx,
                                          EngPipelineWrite  *write,
                                          GError           **error);

struct _EngPipelineWrite
{
  EngCall              *call;
  EngPipelineWriteFunc  func;
  gpointer              user_data;
  char                 *request; /* (owned): hash of the request */
  char                 *arn;     /* (owned): the answer */
};

char        *eng_pipeline_name_of       (const char        *name_or_arn);
char        *eng_pipeline_arn_of        (EngEngine         *engine,
                                         const char        *name_or_arn);
EngResource *eng_pipeline_load          (EngEngine         *engine,
                                         EngConnection     *connection,
                                         const char        *name_or_arn,
                                         GError           **error);
EngResource *eng_pipeline_execution_load (EngConnection    *connection,
                                         const char        *arn,
                                         GError           **error);
EngRole      eng_pipeline_role          (const EngEngine   *engine,
                                         JsonObject        *doc);
EngRole      eng_pipeline_authority     (JsonObject        *state);
gboolean     eng_pipeline_write         (EngCall           *call,
                                         const char        *target,
                                         const char        *reply_member,
                                         EngPipelineWriteFunc func,
                                         gpointer           user_data,
                                         GError           **error);
void         eng_pipeline_copy_member   (JsonObject        *from,
                                         JsonObject        *to,
                                         const char        *member);
char        *eng_pipeline_definition_text (EngCall         *call,
                                         GError           **error);

/* The calls, by the resource that they are about. */
gboolean     eng_pipeline_start_execution (EngCall         *call,
                                         GError           **error);
gboolean     eng_pipeline_stop_execution (EngCall          *call,
                                         GError           **error);
gboolean     eng_pipeline_retry_execution (EngCall         *call,
                                         GError           **error);
gboolean     eng_pipeline_update_execution (EngCall        *call,
                                         GError           **error);
gboolean     eng_pipeline_describe_execution (EngCall      *call,
                                         GError           **error);
gboolean     eng_pipeline_list_executions (EngCall         *call,
                                         GError           **error);
gboolean     eng_pipeline_list_steps    (EngCall           *call,
                                         GError           **error);
gboolean     eng_pipeline_list_parameters (EngCall         *call,
                                         GError           **error);
gboolean     eng_pipeline_describe_execution_definition (EngCall *call,
                                         GError           **error);

G_END_DECLS
