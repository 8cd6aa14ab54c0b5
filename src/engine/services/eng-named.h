/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "eng-operation.h"

G_BEGIN_DECLS

/* A family whose rows are made, described and deleted by name, with the texts that AWS shares among
 * models, endpoint configurations and endpoints. */
typedef struct
{
  const char *kind;        /* "endpoint-config" */
  const char *name_member; /* "EndpointConfigName" */
  const char *arn_member;  /* "EndpointConfigArn" */
  const char *noun;        /* "endpoint configuration" */
} EngNamed;

extern const EngNamed eng_named_model;
extern const EngNamed eng_named_endpoint_config;
extern const EngNamed eng_named_endpoint;

char        *eng_named_arn      (EngEngine       *engine,
                                 const EngNamed  *named,
                                 const char      *name);
EngResource *eng_named_require  (EngConnection   *connection,
                                 EngEngine       *engine,
                                 const EngNamed  *named,
                                 const char      *name,
                                 GError         **error);
gboolean     eng_named_create   (EngCall         *call,
                                 const EngNamed  *named,
                                 JsonObject      *doc,
                                 JsonObject      *state,
                                 GError         **error);
gboolean     eng_named_insert   (EngTx           *tx,
                                 EngCall         *call,
                                 const EngNamed  *named,
                                 EngResource     *resource,
                                 GError         **error);
gboolean     eng_named_describe (EngCall         *call,
                                 const EngNamed  *named,
                                 GError         **error);
gboolean     eng_named_delete   (EngCall         *call,
                                 const EngNamed  *named,
                                 GError         **error);

G_END_DECLS
