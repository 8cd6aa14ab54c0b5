/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-aws-query"

#include "config.h"

#include <string.h>

#include "eng-aws-query.h"

#define STS_NAMESPACE "https://sts.amazonaws.com/doc/2011-06-15/"
#define IAM_NAMESPACE "https://iam.amazonaws.com/doc/2010-05-08/"

/* The roles of users, each by its name behind this. The owner's, which jobs of scripts run as too, has
 * a name of its own. */
#define ROLE_PREFIX "sagebrush-"
#define OWNER_ROLE "SagebrushExecution"

/* What any IAM client expects to find: SageMaker may assume the role. Percent-encoded JSON. */
#define TRUST_POLICY \
  "%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%7B%22Effect%22%3A%22Allow%22%2C" \
  "%22Principal%22%3A%7B%22Service%22%3A%22sagemaker.amazonaws.com%22%7D%2C" \
  "%22Action%22%3A%22sts%3AAssumeRole%22%7D%5D%7D"

static void
reply_xml (SageHttpRequest *http,
           EngRequest      *request,
           const char      *body)
{
  sage_http_reply_header (http, "x-amzn-RequestId", request->request_id);
  sage_http_reply (http, 200, "text/xml", body, strlen (body));
}

/* The SDK derives the execution role from exactly this form of ARN. */
static void
get_caller_identity (EngEngine       *engine,
                     EngRequest      *request,
                     SageHttpRequest *http)
{
  g_autofree char *arn = eng_caller_arn (engine, &request->caller);
  const char *name = strrchr (arn, '/') + 1;
  g_autofree char *body =
    g_markup_printf_escaped ("<GetCallerIdentityResponse xmlns=\"" STS_NAMESPACE "\">"
                             "<GetCallerIdentityResult><Arn>%s</Arn>"
                             "<UserId>AROASAGEBRUSH:%s</UserId><Account>%s</Account>"
                             "</GetCallerIdentityResult><ResponseMetadata><RequestId>%s</RequestId>"
                             "</ResponseMetadata></GetCallerIdentityResponse>",
                             arn, name, engine->account, request->request_id);

  reply_xml (http, request, body);
}

static gboolean
is_role (const char *name)
{
  return strcmp (name, OWNER_ROLE) == 0 ||
         (g_str_has_prefix (name, ROLE_PREFIX) &&
          eng_role_parse (name + strlen (ROLE_PREFIX)) != ENG_ROLE_NONE);
}

static void
get_role (EngEngine       *engine,
          EngRequest      *request,
          SageHttpRequest *http,
          GHashTable      *form)
{
  const char *name = g_hash_table_lookup (form, "RoleName");
  g_autofree char *body = NULL;

  if (name == NULL || !is_role (name))
    {
      eng_request_refuse (http, request, 404, "NoSuchEntity",
                          "The roles of this engine are " OWNER_ROLE ", " ROLE_PREFIX "viewer, "
                          ROLE_PREFIX "developer and " ROLE_PREFIX "admin");
      return;
    }

  body = g_markup_printf_escaped ("<GetRoleResponse xmlns=\"" IAM_NAMESPACE "\"><GetRoleResult>"
                                  "<Role><Path>/</Path><RoleName>%s</RoleName>"
                                  "<RoleId>AROASAGEBRUSHEXECUTION</RoleId>"
                                  "<Arn>arn:aws:iam::%s:role/%s</Arn>"
                                  "<CreateDate>2026-01-01T00:00:00Z</CreateDate>"
                                  "<AssumeRolePolicyDocument>" "%s"
                                  "</AssumeRolePolicyDocument></Role></GetRoleResult>"
                                  "<ResponseMetadata><RequestId>%s</RequestId></ResponseMetadata>"
                                  "</GetRoleResponse>",
                                  name, engine->account, name, TRUST_POLICY, request->request_id);
  reply_xml (http, request, body);
}

/* Returns: (transfer full) (nullable): what the form in the body says; NULL where it can be read in more
 * than one way, or in none */
static GHashTable *
read_form (SageHttpRequest *http)
{
  g_autoptr(GHashTable) form = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  GBytes *body = sage_http_request_body (http);
  gsize length = body != NULL ? g_bytes_get_size (body) : 0;
  const char *text = length > 0 ? g_bytes_get_data (body, NULL) : "";
  g_autoptr(GError) error = NULL;
  GUriParamsIter iter;
  char *name;
  char *value;

  if (memchr (text, '\0', length) != NULL)
    return NULL;

  g_uri_params_iter_init (&iter, text, (gssize) length, "&", G_URI_PARAMS_WWW_FORM);
  while (g_uri_params_iter_next (&iter, &name, &value, &error))
    if (!g_hash_table_insert (form, name, value))
      return NULL;

  return error == NULL ? g_steal_pointer (&form) : NULL;
}

/**
 * eng_aws_query_handle:
 * @engine: the engine
 * @request: the request's record, authenticated
 * @http: the request, its form in memory
 *
 * Answers the calls of STS and IAM that SageMaker clients make.
 */
void
eng_aws_query_handle (EngEngine       *engine,
                      EngRequest      *request,
                      SageHttpRequest *http)
{
  g_autoptr(GHashTable) form = read_form (http);
  const char *action = form != NULL ? g_hash_table_lookup (form, "Action") : NULL;

  if (form == NULL)
    eng_request_refuse (http, request, 400, "MalformedQueryString",
                        "The body is no form, or has something twice");
  else if (g_strcmp0 (action, "GetCallerIdentity") == 0)
    get_caller_identity (engine, request, http);
  else if (g_strcmp0 (action, "GetRole") == 0)
    get_role (engine, request, http, form);
  else
    eng_request_refuse (http, request, 400, "InvalidAction",
                        "This action is not supported here; STS offers GetCallerIdentity, "
                        "IAM GetRole");
}
