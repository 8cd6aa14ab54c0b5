/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "eng-caller.h"

G_BEGIN_DECLS

typedef struct _EngCall EngCall;

/* What SageMaker has no call for. */
#define ENG_OWN_SERVICE "sagebrush"

/* MLflow's operations, as policies and signatures name their service. */
#define ENG_MLFLOW_SERVICE "sagemaker-mlflow"

/* Does the work of one validated call: reads call->input, appends JSON text to call->output (empty
 * for operations without a reply). Runs on a worker thread and may block on the store. */
typedef gboolean (*EngOperationFunc) (EngCall  *call,
                                      GError  **error);

/* One row of the operation table. Its input shape is found by service and name in the AWS model;
 * those of our own service, "sagebrush", and of MLflow's have none and read their input themselves. */
typedef struct
{
  const char       *service; /* "sagemaker", "logs", "sagebrush" */
  const char       *name;    /* "CreateTrainingJob" */
  EngAccess         access;  /* who may call it */
  EngOperationFunc  func;
} EngOperation;

struct _EngCall
{
  EngEngine          *engine;
  const EngOperation *operation;
  const EngCaller    *caller;     /* who calls */
  const char         *source;     /* user agent, cut and escaped */
  char                request_id[37];
  JsonObject         *input;      /* validated */
  GString            *output;     /* JSON text */
};

EngOperations      *eng_operations_new      (void);
void                eng_operations_free     (EngOperations       *operations);
void                eng_operations_add      (EngOperations       *operations,
                                             const EngOperation  *rows,
                                             gsize                n_rows);
const EngOperation *eng_operations_find     (EngOperations       *operations,
                                             const char          *service,
                                             const char          *name);
void                eng_operations_foreach  (EngOperations       *operations,
                                             GFunc                func,
                                             gpointer             user_data);

gboolean            eng_operation_run       (EngEngine           *engine,
                                             const EngOperation  *operation,
                                             const EngCaller     *caller,
                                             const char          *source,
                                             const char          *request_id,
                                             JsonObject          *input,
                                             GString             *output,
                                             GError             **error);
JsonObject         *eng_operation_invoke    (EngEngine           *engine,
                                             const EngCaller     *caller,
                                             const char          *name,
                                             JsonObject          *input,
                                             GError             **error);

void                eng_call_init           (EngCall             *call,
                                             EngEngine           *engine,
                                             const EngOperation  *operation,
                                             const EngCaller     *caller,
                                             const char          *source,
                                             const char          *request_id);
gboolean            eng_call_write          (EngCall             *call,
                                             const char          *target,
                                             EngWriteFunc         func,
                                             gpointer             user_data,
                                             GError             **error);
void                eng_call_audit_refusal  (EngCall             *call,
                                             const GError        *why);
void                eng_call_reply          (EngCall             *call,
                                             JsonObject          *reply);
void                eng_call_reply_arn      (EngCall             *call,
                                             const char          *member,
                                             const char          *arn);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EngOperations, eng_operations_free)

G_END_DECLS
