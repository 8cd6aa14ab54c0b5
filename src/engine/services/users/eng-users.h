/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "eng-store.h"
#include "eng-grant.h"
#include "eng-user-table.h"

G_BEGIN_DECLS

typedef enum
{
  ENG_GRANT_GOOD,
  ENG_GRANT_WRONG,   /* not made here, of another kind, or its user has changed since */
  ENG_GRANT_EXPIRED,
} EngGrantVerdict;

/* What whoever logged in gets. Clear with eng_login_clear(). */
typedef struct
{
  EngGrant  session;
  gint64     ends;          /* seconds since the epoch by the wall clock, for whoever is told */
  EngRole    role;
  char      *bearer;        /* (owned): the token to show */
  char      *session_token; /* (owned): what goes with signed requests */
  char       secret[ENG_GRANT_SECRET_SIZE]; /* with which they are signed */
} EngLogin;

EngUsers         *eng_users_open         (EngStore        *store,
                                          const guint8     key[ENG_GRANT_KEY_SIZE],
                                          GError         **error);
void              eng_users_free         (EngUsers        *users);
EngUserTable     *eng_users_table        (EngUsers        *users);
gboolean          eng_users_reload       (EngUsers        *users,
                                          GError         **error);
gboolean          eng_users_is_current   (EngUsers        *users,
                                          const EngCaller *caller);
double            eng_users_now          (EngUsers        *users);
EngGrantVerdict  eng_users_check_grant (EngUsers        *users,
                                          const char      *text,
                                          EngGrantKind    kind,
                                          EngGrant       *grant,
                                          EngRole         *role);
void              eng_users_secret       (EngUsers        *users,
                                          const EngGrant *session,
                                          char             secret[ENG_GRANT_SECRET_SIZE]);
gboolean          eng_users_verify       (EngUsers        *users,
                                          const char      *name,
                                          const char      *password,
                                          const char      *peer,
                                          gint64          *epoch,
                                          guint           *wait);
guint             eng_users_wrong_token  (EngUsers        *users,
                                          const char      *peer);
gboolean          eng_users_log_in       (EngUsers        *users,
                                          const char      *name,
                                          gint64           epoch,
                                          guint            seconds,
                                          EngLogin        *login,
                                          GError         **error);
void              eng_login_clear        (EngLogin        *login);
gboolean          eng_users_new_key      (const char      *prefix,
                                          char             id[ENG_ACCESS_KEY_LENGTH + 1],
                                          char           **secret,
                                          GError         **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EngUsers, eng_users_free)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (EngLogin, eng_login_clear)

G_END_DECLS
