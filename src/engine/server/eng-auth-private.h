/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "eng-auth.h"
#include "eng-users.h"
#include "sage-sig-backoff.h"
#include "sage-sig-memory.h"

G_BEGIN_DECLS

/* What a request shows in place of a signature. */
typedef enum
{
  ENG_TOKEN_NONE,  /* nothing: it may be signed */
  ENG_TOKEN_WRONG,
  ENG_TOKEN_EXPIRED, /* it was right once */
  ENG_TOKEN_RIGHT,
} EngTokenVerdict;

/* Finds the secret of the access key that a request names, and whose it is. */
typedef struct
{
  EngAuth         *auth;
  SageHttpRequest *http;
  EngUserTable    *table;   /* (owned) (nullable): what the caller may point into */
  EngGrant        grant;  /* of a session: what the caller may point into */
  char             secret[ENG_GRANT_SECRET_SIZE]; /* of a session */
  gboolean         expired; /* a session that was right once */
  EngCaller        caller;  /* whose key it is; nobody if it is unknown */
} EngKeySearch;

const char     *eng_auth_find_secret (const char      *access_key,
                                      gpointer         search);
void            eng_key_search_clear (EngKeySearch    *search);

EngUsers       *eng_auth_users       (EngAuth         *auth);
void            eng_auth_owner       (EngAuth         *auth,
                                      EngCaller       *caller);
EngTokenVerdict eng_auth_check_token (EngAuth         *auth,
                                      SageHttpRequest *http,
                                      EngRequest      *request);

void eng_auth_refuse        (SageHttpRequest *http,
                             EngRequest      *request,
                             SageSigVerdict   verdict,
                             const char      *message);
void eng_auth_refuse_expired (SageHttpRequest *http,
                             EngRequest      *request);
void eng_auth_refuse_guess  (SageHttpRequest *http,
                             EngRequest      *request,
                             guint            wait);
void eng_auth_refuse_repeat (SageHttpRequest *http,
                             EngRequest      *request,
                             SageSigSight     sight,
                             double           seconds);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (EngKeySearch, eng_key_search_clear)

G_END_DECLS
