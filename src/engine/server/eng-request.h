/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "eng-engine.h"
#include "eng-s3.h"
#include "sage-http-server.h"
#include "sage-sigv4.h"

G_BEGIN_DECLS

/* The protocols that share the engine's port (api: one base URL serves every client). */
typedef enum
{
  ENG_DIALECT_AWS_JSON,  /* X-Amz-Target: SageMaker.…, Logs_20140328.… */
  ENG_DIALECT_AWS_QUERY, /* form posts: STS, IAM */
  ENG_DIALECT_RUNTIME,   /* /endpoints/NAME/invocations */
  ENG_DIALECT_S3,
  ENG_DIALECT_SAGEBRUSH, /* /sagebrush/v1/… */
  ENG_DIALECT_NONE,
} EngDialect;

/* What the server knows of a request between its headers and its reply. */
typedef struct
{
  EngDialect    dialect;
  SageSigResult sig;            /* filled in for every authenticated request */
  char         *principal;      /* (owned): who calls; NULL until authenticated */
  char         *source;         /* (owned): user agent, cut and escaped */
  EngS3Call    *s3;             /* (owned) (nullable): for ENG_DIALECT_S3 */
  char          request_id[37];
} EngRequest;

EngRequest *eng_request_new         (SageHttpRequest *http);
void        eng_request_free        (EngRequest      *request);
EngDialect  eng_request_classify    (SageHttpRequest *http);
void        eng_request_refuse      (SageHttpRequest *http,
                                     EngRequest      *request,
                                     guint            status,
                                     const char      *code,
                                     const char      *message);
void        eng_request_refuse_skew (SageHttpRequest *http,
                                     EngRequest      *request,
                                     const char      *message);

G_END_DECLS
