/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-auth"

#include "config.h"

#include <string.h>

#include "eng-auth-private.h"
#include "sage-http-uri.h"

/* What goes with the access key of a session, in a header or, presigned, in the query.
 * Returns: (transfer full) (nullable): the text */
static char *
session_token (SageHttpRequest *http)
{
  const char *token = sage_http_request_header (http, "X-Amz-Security-Token");
  g_autoptr(SageHttpParams) params = NULL;

  if (token != NULL)
    return g_strdup (token);

  params = sage_http_uri_parse_query (sage_http_request_query (http), NULL);
  if (params == NULL)
    return NULL;
  token = sage_http_params_get (params, "X-Amz-Security-Token");

  /* as version 2 spells it */
  return g_strdup (token != NULL ? token : sage_http_params_get (params, "x-amz-security-token"));
}

static const char *
find_session (EngKeySearch *search,
              const char   *access_key)
{
  EngUsers *users = eng_auth_users (search->auth);
  g_autofree char *token = session_token (search->http);
  EngGrantVerdict verdict;
  EngRole role;

  if (token == NULL)
    return NULL;
  verdict = eng_users_check_grant (users, token, ENG_GRANT_SESSION, &search->grant, &role);
  if (verdict == ENG_GRANT_WRONG || strcmp (search->grant.access_key, access_key) != 0)
    return NULL;

  search->expired = verdict == ENG_GRANT_EXPIRED;
  search->caller = (EngCaller) { search->grant.user, search->grant.user, role,
                                 search->grant.epoch };
  eng_users_secret (users, &search->grant, search->secret);

  return search->secret;
}

/**
 * eng_auth_find_secret:
 * @access_key: the key that a request names
 * @search: an #EngKeySearch, which then says whose key it is
 *
 * Returns: (transfer none) (nullable): its secret, as long as @search is there; %NULL where there is no
 *   such key, or its session is none of ours or has ended
 */
const char *
eng_auth_find_secret (const char *access_key,
                      gpointer    search)
{
  EngKeySearch *self = search;
  const EngUserKey *key;

  if (strcmp (access_key, eng_auth_access_key (self->auth)) == 0)
    {
      eng_auth_owner (self->auth, &self->caller);
      return eng_auth_secret (self->auth);
    }
  if (g_str_has_prefix (access_key, "ASIA"))
    return find_session (self, access_key);

  self->table = eng_users_table (eng_auth_users (self->auth));
  key = eng_user_table_find_key (self->table, access_key);
  if (key == NULL)
    return NULL;
  self->caller = (EngCaller) { key->user->name, key->user->name, key->user->role, key->user->epoch };

  return key->secret;
}

/**
 * eng_key_search_clear:
 * @search: a search
 *
 * Frees what it holds.
 */
void
eng_key_search_clear (EngKeySearch *search)
{
  g_clear_pointer (&search->table, eng_user_table_unref);
  explicit_bzero (search, sizeof *search);
}
