/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-sagebrush"

#include "config.h"

#include <string.h>

#include "eng-operation.h"
#include "eng-sagebrush-users.h"
#include "sage-error.h"
#include "sage-http-uri.h"
#include "sage-json.h"

#define USERS "/sagebrush/v1/users"
#define OWN_PASSWORD "/sagebrush/v1/password"

/* What a method and a path come to. A word of `path` in capitals is the value of that parameter. */
static const struct
{
  const char *method;
  const char *path;
  const char *operation;
} routes[] = {
  { "GET", USERS, "ListUsers" },
  { "POST", USERS, "CreateUser" },
  { "GET", USERS "/NAME", "DescribeUser" },
  { "DELETE", USERS "/NAME", "DeleteUser" },
  { "PUT", USERS "/NAME/role", "ChangeUserRole" },
  { "PUT", USERS "/NAME/password", "ChangeUserPassword" },
  { "POST", USERS "/NAME/keys", "CreateUserKey" },
  { "DELETE", USERS "/NAME/keys/KEY", "DeleteUserKey" },
  { "PUT", OWN_PASSWORD, "ChangeOwnPassword" },
};

/**
 * eng_sagebrush_users_has_path:
 * @path: of a request
 *
 * Returns: whether it is one of those that manage users
 */
gboolean
eng_sagebrush_users_has_path (const char *path)
{
  return strcmp (path, OWN_PASSWORD) == 0 ||
         (g_str_has_prefix (path, USERS) && strchr ("/", path[strlen (USERS)]) != NULL);
}

static gboolean
fits (const char         *pattern,
      const char * const *words)
{
  g_auto(GStrv) parts = g_strsplit (pattern + 1, "/", -1);

  if (g_strv_length (parts) != g_strv_length ((char **) words))
    return FALSE;
  for (guint i = 0; parts[i] != NULL; i++)
    if (!g_ascii_isupper (parts[i][0]) && strcmp (parts[i], words[i]) != 0)
      return FALSE;

  return TRUE;
}

/* Returns: the operation's name; NULL, with the refusal sent, where there is none */
static const char *
find (EngRequest         *request,
      SageHttpRequest    *http,
      const char * const *words)
{
  const char *method = sage_http_request_method (http);
  gboolean is_path = FALSE;

  for (gsize i = 0; i < G_N_ELEMENTS (routes); i++)
    if (fits (routes[i].path, words))
      {
        is_path = TRUE;
        if (strcmp (method, routes[i].method) == 0)
          return routes[i].operation;
      }

  if (is_path)
    eng_request_refuse (http, request, 405, "MethodNotAllowed", "This method is not possible here");
  else
    eng_request_refuse (http, request, 404, "ResourceNotFound", "There is nothing at this path");

  return NULL;
}

/* The body, which may be absent, with what the path says. */
static JsonNode *
read_input (SageHttpRequest     *http,
            const char * const  *words,
            GError             **error)
{
  GBytes *body = sage_http_request_body (http);
  gsize length = body != NULL ? g_bytes_get_size (body) : 0;
  g_autoptr(JsonNode) node =
    sage_json_parse_object (length > 0 ? g_bytes_get_data (body, NULL) : "{}",
                            length > 0 ? (gssize) length : 2, NULL, error);
  guint n_words = g_strv_length ((char **) words);
  JsonObject *input = node != NULL ? json_node_get_object (node) : NULL;

  if (input == NULL)
    return NULL;
  if (n_words > 3 && json_object_has_member (input, "Name"))
    {
      sage_throw (error, SAGE_ERROR_INVALID, "Name stands in the path already");
      return NULL;
    }
  if (n_words > 3)
    json_object_set_string_member (input, "Name", words[3]);
  if (n_words > 5)
    json_object_set_string_member (input, "AccessKeyId", words[5]);

  return g_steal_pointer (&node);
}

/**
 * eng_sagebrush_users_handle:
 * @engine: the engine
 * @request: the request's record, authenticated
 * @http: a request whose path eng_sagebrush_users_has_path() knows
 *
 * Runs the operation that manages users as method and path say.
 */
void
eng_sagebrush_users_handle (EngEngine       *engine,
                            EngRequest      *request,
                            SageHttpRequest *http)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GString) output = g_string_new (NULL);
  g_auto(GStrv) words = sage_http_uri_split_path (sage_http_request_path (http), &error);
  g_autoptr(JsonNode) input = NULL;
  g_autofree char *peer = sage_http_request_peer (http);
  EngCaller caller = request->caller;
  const char *name;

  caller.peer = peer;
  if (words == NULL)
    {
      eng_request_throw (http, request, error);
      return;
    }
  name = find (request, http, (const char * const *) words);
  if (name == NULL)
    return;

  input = read_input (http, (const char * const *) words, &error);
  if (input != NULL &&
      eng_operation_run (engine, eng_operations_find (engine->operations, ENG_OWN_SERVICE, name),
                         &caller, request->source, request->request_id,
                         json_node_get_object (input), output, &error))
    sage_http_reply (http, 200, "application/json", output->str, output->len);
  else
    eng_request_throw (http, request, error);
}
