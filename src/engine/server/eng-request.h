/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "eng-caller.h"
#include "eng-mlflow-artifacts.h"
#include "eng-s3.h"
#include "sage-http-server.h"
#include "sage-sigv4.h"
#include "sage-uuid.h"

G_BEGIN_DECLS

/* The protocols that share the engine's port (api: one base URL serves every client). */
typedef enum
{
  ENG_DIALECT_AWS_JSON,  /* X-Amz-Target: SageMaker.…, Logs_20140328.… */
  ENG_DIALECT_AWS_QUERY, /* form posts: STS, IAM */
  ENG_DIALECT_RUNTIME,   /* /endpoints/NAME/invocations */
  ENG_DIALECT_S3,
  ENG_DIALECT_SAGEBRUSH, /* /sagebrush/v1/… */
  ENG_DIALECT_JUPYTER,   /* /api/kernels… */
  ENG_DIALECT_MLFLOW,    /* /api/2.0/mlflow/… */
  ENG_DIALECT_NONE,
} EngDialect;

/* What the server knows of a request between its headers and its reply. */
struct _EngRequest
{
  EngDialect    dialect;
  SageSigResult sig;            /* filled in for every authenticated request */
  EngCaller     caller;         /* who calls; nobody until authenticated */
  char         *name;           /* (owned) (nullable): the caller's words point into it */
  gboolean      has_token;      /* by the secret itself, and not by a signature */
  gboolean      has_certificate; /* of a client, and no signature */
  char         *source;         /* (owned): user agent, cut and escaped */
  EngS3Call    *s3;             /* (owned) (nullable): for ENG_DIALECT_S3 */
  EngMlflowUpload *upload;      /* (owned) (nullable): for ENG_DIALECT_MLFLOW, of an artifact */
  gboolean      is_known;       /* authenticated before the body came */
  char          request_id[SAGE_UUID_SIZE];
};

EngRequest *eng_request_new         (SageHttpRequest *http);
void        eng_request_free        (EngRequest      *request);
void        eng_request_set_caller  (EngRequest      *request,
                                     const EngCaller *caller);
EngDialect  eng_request_classify    (SageHttpRequest *http);
void        eng_request_refuse      (SageHttpRequest *http,
                                     EngRequest      *request,
                                     guint            status,
                                     const char      *code,
                                     const char      *message);
void        eng_request_throw       (SageHttpRequest *http,
                                     EngRequest      *request,
                                     const GError    *why);
void        eng_request_refuse_skew (SageHttpRequest *http,
                                     EngRequest      *request,
                                     const char      *message);

G_END_DECLS
