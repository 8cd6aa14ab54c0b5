/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "eng-caller.h"
#include "eng-sqlite.h"

G_BEGIN_DECLS

/* A user, as stored. */
typedef struct
{
  char      *name;     /* (owned) */
  EngRole    role;
  char      *password; /* (owned): the verifier; "" for a user that cannot log in */
  gint64     epoch;    /* of the last change that ended the user's grants */
  double     created;  /* seconds since the epoch */
  double     modified; /* the same */
  GPtrArray *keys;     /* (owned): of EngUserKey, oldest first */
} EngUser;

/* An access key of a user. */
typedef struct
{
  char          *id;      /* (owned) */
  char          *secret;  /* (owned) */
  double         created; /* seconds since the epoch */
  const EngUser *user;    /* whose it is */
} EngUserKey;

/* All users at one moment; never changed, so that any thread reads it without a lock. */
typedef struct _EngUserTable EngUserTable;

EngUserTable     *eng_user_table_new      (void);
EngUserTable     *eng_user_table_load     (EngConnection  *connection,
                                           GError        **error);
EngUserTable     *eng_user_table_ref      (EngUserTable   *table);
void              eng_user_table_unref    (EngUserTable   *table);
const EngUser    *eng_user_table_find     (EngUserTable   *table,
                                           const char     *name);
const EngUserKey *eng_user_table_find_key (EngUserTable   *table,
                                           const char     *id);
GList            *eng_user_table_list     (EngUserTable   *table);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EngUserTable, eng_user_table_unref)

G_END_DECLS
