/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "eng-engine.h"

G_BEGIN_DECLS

/* What a caller may do; each may what those before it may. */
typedef enum
{
  ENG_ROLE_NONE,
  ENG_ROLE_VIEWER,    /* see everything, change nothing */
  ENG_ROLE_DEVELOPER, /* what a SageMaker execution role may */
  ENG_ROLE_ADMIN,     /* and manage users, and run code as the engine's owner */
} EngRole;

/* What an operation asks of its caller: the least role that may call it. */
typedef enum
{
  ENG_ACCESS_READ,  /* a viewer */
  ENG_ACCESS_WRITE, /* a developer */
  ENG_ACCESS_ADMIN, /* an administrator */
} EngAccess;

/* Who calls, as authentication found it. All zero is nobody, who may do nothing. */
typedef struct
{
  const char *principal; /* for records: a user's name; an access key id or "uid:1000" for the engine's
                          * owner; "engine:…" for the engine itself */
  const char *user;      /* (nullable): the user's name; NULL for the owner and the engine */
  EngRole     role;
  gint64      epoch;     /* of the user when he was authenticated; 0 without one */
  const char *peer;      /* (nullable): the address he calls from, where it matters and is known */
} EngCaller;

EngRole     eng_role_parse   (const char      *name);
const char *eng_role_name    (EngRole          role);

gboolean    eng_caller_may   (const EngCaller *caller,
                              EngAccess        access);
char       *eng_caller_arn   (const EngEngine *engine,
                              const EngCaller *caller);
gboolean    eng_caller_check (const EngEngine *engine,
                              const EngCaller *caller,
                              const char      *service,
                              const char      *action,
                              EngAccess        access,
                              GError         **error);

G_END_DECLS
