/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-login"

#include "config.h"

#include <string.h>

#include "eng-login.h"
#include "eng-operation.h"
#include "eng-user-input.h"
#include "eng-user-rows.h"
#include "eng-user-setup.h"
#include "eng-users.h"
#include "sage-aws-error.h"
#include "sage-error.h"
#include "sage-json.h"
#include "sage-time.h"

#define LOGIN "/sagebrush/v1/login"
#define SETUP "/sagebrush/v1/setup"

/* As AWS's STS has them. */
#define MIN_SECONDS 900
#define MAX_SECONDS (12 * 3600)
#define DEFAULT_SECONDS 3600

static const EngOperation login_operation = { "sagebrush", "Login", ENG_ACCESS_WRITE, NULL };
static const EngOperation setup_operation = { "sagebrush", "MakeFirstAdmin", ENG_ACCESS_WRITE, NULL };

/* What somebody sends who wants to log in. */
typedef struct
{
  const char *user;
  const char *password;
  guint       seconds;
} Wish;

/**
 * eng_login_has_path:
 * @path: of a request
 *
 * Returns: whether it is where one is let in without being anybody yet
 */
gboolean
eng_login_has_path (const char *path)
{
  return strcmp (path, LOGIN) == 0 || strcmp (path, SETUP) == 0;
}

static JsonNode *
read_body (SageHttpRequest  *http,
           GError          **error)
{
  GBytes *body = sage_http_request_body (http);

  return sage_json_parse_object (body != NULL ? g_bytes_get_data (body, NULL) : "",
                                 body != NULL ? (gssize) g_bytes_get_size (body) : 0, NULL, error);
}

static gboolean
read_wish (JsonObject  *input,
           Wish        *wish,
           GError     **error)
{
  static const char * const members[] = { "User", "Password", "DurationSeconds", NULL };
  gint64 seconds = json_object_has_member (input, "DurationSeconds")
                     ? sage_json_int (input, "DurationSeconds", -1) : DEFAULT_SECONDS;

  if (!eng_user_input_check (input, members, error) ||
      !(wish->user = eng_user_input_text (input, "User", error)) ||
      !(wish->password = eng_user_input_text (input, "Password", error)))
    return FALSE;
  if (seconds < MIN_SECONDS || seconds > MAX_SECONDS)
    return sage_throw (error, SAGE_ERROR_INVALID, "DurationSeconds must be from %d to %d",
                       MIN_SECONDS, MAX_SECONDS);
  wish->seconds = (guint) seconds;

  return TRUE;
}

static void
refuse_guess (SageHttpRequest *http,
              EngRequest      *request,
              const char      *what,
              guint            wait)
{
  g_autofree char *seconds = g_strdup_printf ("%u", wait);
  g_autofree char *message = g_strdup_printf ("Too many wrong %s; wait %u seconds", what, wait);

  sage_http_reply_header (http, "Retry-After", seconds);
  eng_request_refuse (http, request, 429, "ThrottlingException", message);
}

static void
reply (SageHttpRequest *http,
       const EngLogin  *login)
{
  g_autoptr(JsonObject) out = json_object_new ();
  JsonObject *credentials = json_object_new ();
  g_autofree char *expires = sage_time_to_iso8601 ((double) login->ends);
  g_autofree char *text = NULL;

  json_object_set_string_member (credentials, "AccessKeyId", login->session.access_key);
  json_object_set_string_member (credentials, "SecretAccessKey", login->secret);
  json_object_set_string_member (credentials, "SessionToken", login->session_token);
  json_object_set_string_member (credentials, "Expiration", expires);
  json_object_set_string_member (out, "User", login->session.user);
  json_object_set_string_member (out, "Role", eng_role_name (login->role));
  json_object_set_string_member (out, "Token", login->bearer);
  json_object_set_string_member (out, "Expiration", expires);
  json_object_set_object_member (out, "Credentials", credentials);
  text = sage_json_object_to_string (out);
  sage_http_reply_header (http, "Cache-Control", "no-store");
  sage_http_reply (http, 200, "application/json", text, strlen (text));
}

/* A record for every login, and for what was refused as long as anybody listened. A name that cannot
 * be a user's is not repeated. */
static gboolean
keep_record (EngEngine   *engine,
             EngRequest  *request,
             const char  *user,
             gboolean     ok,
             GError     **error)
{
  gboolean is_name = eng_user_name_check (user, NULL);
  const EngCaller caller = { .principal = is_name ? user : "-" };
  g_autofree char *arn = is_name ? eng_user_arn (engine, user) : NULL;
  g_autoptr(GError) why = NULL;
  EngCall call;

  eng_call_init (&call, engine, &login_operation, &caller, request->source, request->request_id);
  if (ok)
    return eng_call_write (&call, arn, NULL, NULL, error);
  why = g_error_new_literal (SAGE_ERROR, SAGE_ERROR_UNAUTHENTICATED, "");
  eng_call_audit_refusal (&call, why);

  return TRUE;
}

static void
log_in (EngEngine       *engine,
        EngRequest      *request,
        SageHttpRequest *http,
        const Wish      *wish)
{
  g_autofree char *peer = sage_http_request_peer (http);
  g_auto(EngLogin) login = { 0 };
  g_autoptr(GError) error = NULL;
  gint64 epoch;
  guint wait;

  if (!eng_users_verify (engine->users, wish->user, wish->password, peer != NULL ? peer : "", &epoch,
                         &wait))
    {
      if (wait > 0)
        refuse_guess (http, request, "passwords", wait);
      else
        {
          keep_record (engine, request, wish->user, FALSE, NULL);
          eng_request_refuse (http, request, 403, "UnrecognizedClientException",
                              "User name or password is wrong");
        }
      return;
    }

  if (eng_users_log_in (engine->users, wish->user, epoch, wish->seconds, &login, &error) &&
      keep_record (engine, request, wish->user, TRUE, &error))
    reply (http, &login);
  else if (g_error_matches (error, SAGE_ERROR, SAGE_ERROR_CONFLICT))
    eng_request_refuse (http, request, 409, "ConflictException", error->message);
  else
    eng_request_refuse (http, request, 500, "InternalFailure", error->message);
}

static void
refuse_setup (EngCall         *call,
              EngRequest      *request,
              SageHttpRequest *http,
              gboolean         trusted,
              const GError    *why)
{
  g_autofree char *peer = sage_http_request_peer (http);
  guint wait = 0;

  /* Strangers must not be able to fill the disk, so only of whoever has the token is a record kept. */
  if (trusted)
    eng_call_audit_refusal (call, why);
  else if (g_error_matches (why, SAGE_ERROR, SAGE_ERROR_DENIED))
    wait = eng_users_wrong_token (call->engine->users, peer != NULL ? peer : "");

  if (wait > 0)
    refuse_guess (http, request, "tokens", wait);
  else
    eng_request_refuse (http, request, sage_aws_error_status (why), sage_aws_error_code (why),
                        why->message);
}

/* Makes the first administrator of somebody who has the token for that. */
static void
set_up (EngEngine       *engine,
        EngRequest      *request,
        SageHttpRequest *http,
        JsonObject      *input)
{
  const EngCaller caller = { .principal = "setup" };
  g_autoptr(GString) output = g_string_new (NULL);
  g_autoptr(GError) error = NULL;
  gboolean trusted;
  EngCall call;

  eng_call_init (&call, engine, &setup_operation, &caller, request->source, request->request_id);
  call.input = input;
  call.output = output;
  if (eng_user_setup_use (&call, &trusted, &error))
    sage_http_reply (http, 200, "application/json", output->str, output->len);
  else
    refuse_setup (&call, request, http, trusted, error);
}

/**
 * eng_login_handle:
 * @engine: the engine
 * @request: the request's record; nobody has been authenticated
 * @http: a request whose path eng_login_has_path() knows
 *
 * Answers a user's name and password with a token and temporary credentials. Why they are refused is
 * not told, nor does it show in the time. Or, where there is no user yet, makes the first one.
 */
void
eng_login_handle (EngEngine       *engine,
                  EngRequest      *request,
                  SageHttpRequest *http)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) body = NULL;
  Wish wish;

  if (strcmp (sage_http_request_method (http), "POST") != 0)
    {
      eng_request_refuse (http, request, 405, "MethodNotAllowed", "Only POST is possible here");
      return;
    }

  body = read_body (http, &error);
  if (body != NULL && strcmp (sage_http_request_path (http), SETUP) == 0)
    set_up (engine, request, http, json_node_get_object (body));
  else if (body != NULL && read_wish (json_node_get_object (body), &wish, &error))
    log_in (engine, request, http, &wish);
  else
    eng_request_refuse (http, request, 400, "ValidationException", error->message);
}
