/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-auth"

#include "config.h"

#include <string.h>

#include "eng-auth-private.h"
#include "sage-digest.h"
#include "sage-http-uri.h"

/* Longer than any key with its secret. */
#define MAX_SHOWN 1024

/* In the same time whatever @shown is, and without telling how long @kept is. */
static gboolean
is_same (const char *shown,
         const char *kept)
{
  guint8 a[SAGE_SHA256_SIZE];
  guint8 b[SAGE_SHA256_SIZE];

  sage_sha256 (shown, strlen (shown), a);
  sage_sha256 (kept, strlen (kept), b);

  return sage_equal_constant_time (a, b, sizeof a);
}

/* `Basic`: base64 of "access key:secret" (RFC 7617). Of sessions the secret alone proves nothing. */
static EngTokenVerdict
check_basic (EngAuth    *auth,
             const char *encoded,
             EngRequest *request)
{
  g_auto(EngKeySearch) search = { .auth = auth };
  gsize length = 0;
  g_autofree char *pair = strlen (encoded) <= MAX_SHOWN
                            ? (char *) g_base64_decode (encoded, &length) : NULL;
  g_autofree char *copy = pair != NULL ? g_strndup (pair, length) : NULL;
  char *colon = copy != NULL ? strchr (copy, ':') : NULL;
  const char *secret;
  gboolean same;

  if (colon == NULL)
    return ENG_TOKEN_WRONG;
  *colon = '\0';
  secret = g_str_has_prefix (copy, "ASIA") ? NULL : eng_auth_find_secret (copy, &search);
  /* An unknown key takes as long as a wrong secret. */
  same = is_same (colon + 1, secret != NULL ? secret : eng_auth_secret (auth));
  if (!same || secret == NULL)
    return ENG_TOKEN_WRONG;
  eng_request_set_caller (request, &search.caller);

  return ENG_TOKEN_RIGHT;
}

/* The owner's secret, or what a user got for logging in. */
static EngTokenVerdict
check_bearer (EngAuth    *auth,
              const char *token,
              EngRequest *request)
{
  EngCaller caller;
  EngGrant grant;
  EngRole role;

  if (strlen (token) > MAX_SHOWN)
    return ENG_TOKEN_WRONG;

  if (is_same (token, eng_auth_secret (auth)))
    {
      eng_auth_owner (auth, &caller);
      eng_request_set_caller (request, &caller);
      return ENG_TOKEN_RIGHT;
    }

  switch (eng_users_check_grant (eng_auth_users (auth), token, ENG_GRANT_BEARER, &grant, &role))
    {
    case ENG_GRANT_GOOD:
      caller = (EngCaller) { grant.user, grant.user, role, grant.epoch };
      eng_request_set_caller (request, &caller);
      return ENG_TOKEN_RIGHT;
    case ENG_GRANT_EXPIRED:
      return ENG_TOKEN_EXPIRED;
    case ENG_GRANT_WRONG:
    default:
      return ENG_TOKEN_WRONG;
    }
}

/* Returns: (nullable): what follows @scheme in @header */
static const char *
after_scheme (const char *header,
              const char *scheme)
{
  gsize length = strlen (scheme);

  if (header == NULL || g_ascii_strncasecmp (header, scheme, length) != 0 || header[length] != ' ')
    return NULL;

  return header + length + strspn (header + length, " ");
}

/**
 * eng_auth_check_token:
 * @auth: the keys
 * @http: the request
 * @request: its record; the caller is filled in where the token is right
 *
 * Looks for the forms in which clients of Jupyter servers show who they are: `Authorization: token
 * TOKEN`, `Bearer TOKEN`, `Basic` with access key and secret, or `?token=TOKEN`, where the token is
 * the owner's secret or what a user has from logging in.
 *
 * Returns: what the request shows
 */
EngTokenVerdict
eng_auth_check_token (EngAuth         *auth,
                      SageHttpRequest *http,
                      EngRequest      *request)
{
  const char *header = sage_http_request_header (http, "Authorization");
  const char *basic = after_scheme (header, "Basic");
  const char *token = after_scheme (header, "token");
  g_autoptr(SageHttpParams) params = NULL;

  if (basic != NULL)
    return check_basic (auth, basic, request);
  if (token == NULL)
    token = after_scheme (header, "Bearer");
  if (header == NULL && strstr (sage_http_request_query (http), "token=") != NULL)
    {
      params = sage_http_uri_parse_query (sage_http_request_query (http), NULL);
      token = params != NULL ? sage_http_params_get (params, "token") : NULL;
    }

  return token != NULL ? check_bearer (auth, token, request) : ENG_TOKEN_NONE;
}
