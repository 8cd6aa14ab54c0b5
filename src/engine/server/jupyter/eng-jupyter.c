/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-jupyter"

#include "config.h"

#include <string.h>

#include "eng-jupyter-private.h"
#include "sage-http-uri.h"
#include "sage-json.h"
#include "sage-time.h"

/* The Jupyter Server protocol as jupyter_server speaks it, whose version this is:
 * <https://jupyter-server.readthedocs.io/en/latest/developers/rest-api.html>. */
#define SERVER_VERSION "2.15.0"

/**
 * eng_jupyter_has_path:
 * @path: of a request, as sent
 *
 * Buckets are named by the first word of a path, too; so only what is answered here is taken.
 *
 * Returns: whether it is one of the Jupyter Server protocol
 */
gboolean
eng_jupyter_has_path (const char *path)
{
  static const char * const exact[] = { "/api", "/api/", "/api/status", "/api/me", NULL };
  static const char * const below[] = { "/api/kernels", "/api/kernelspecs", "/api/sessions" };
  const char *name;

  if (g_strv_contains (exact, path))
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (below); i++)
    if (g_str_has_prefix (path, below[i]) && strchr ("/", path[strlen (below[i])]) != NULL)
      return TRUE;

  if (!g_str_has_prefix (path, "/kernelspecs/"))
    return FALSE;
  name = path + strlen ("/kernelspecs/");

  return *name != '/' && strchr (name, '/') != NULL;
}

/* When something last happened in any kernel. */
static void
reply_status (EngJupyter *self)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) rows = eng_kernel_rows_load (self->engine, &error);
  JsonObject *status;
  g_autofree char *started = sage_time_to_iso8601 (self->engine->started);
  g_autofree char *last = g_strdup (started);
  gint64 connections = 0;

  if (rows == NULL)
    {
      eng_jupyter_throw (self, error);
      return;
    }
  for (guint i = 0; i < rows->len; i++)
    {
      g_autoptr(JsonObject) model = eng_kernel_model (self->engine, g_ptr_array_index (rows, i));
      const char *activity = sage_json_string (model, "last_activity", "");

      connections += sage_json_int (model, "connections", 0);
      if (strcmp (activity, last) > 0)
        g_set_str (&last, activity);
    }

  status = json_object_new ();
  json_object_set_string_member (status, "started", started);
  json_object_set_string_member (status, "last_activity", last);
  json_object_set_int_member (status, "kernels", rows->len);
  json_object_set_int_member (status, "connections", connections);
  eng_jupyter_reply_object (self, 200, status);
}

/* Everybody who is let in may do everything; so whatever a client asks for is permitted. */
static JsonNode *
read_permissions (EngJupyter *self)
{
  g_autoptr(SageHttpParams) params =
    sage_http_uri_parse_query (sage_http_request_query (self->http), NULL);
  const char *asked = params != NULL ? sage_http_params_get (params, "permissions") : NULL;
  g_autoptr(JsonNode) node = NULL;
  JsonObjectIter iter;
  JsonNode *actions;

  if (asked == NULL || *asked == '\0')
    return sage_json_take_object (json_object_new ());

  node = sage_json_parse_object (asked, -1, NULL, NULL);
  if (node == NULL)
    return NULL;
  json_object_iter_init (&iter, json_node_get_object (node));
  while (json_object_iter_next (&iter, NULL, &actions))
    {
      JsonArray *array = JSON_NODE_HOLDS_ARRAY (actions) ? json_node_get_array (actions) : NULL;

      for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
        if (sage_json_array_string (array, i) == NULL)
          array = NULL;
      if (array == NULL)
        return NULL;
    }

  return g_steal_pointer (&node);
}

static void
reply_identity (EngJupyter *self)
{
  JsonNode *permissions = read_permissions (self);
  const char *user = self->request->caller.user;
  const char *name = user != NULL ? user : g_get_user_name ();
  const char *real = user != NULL ? user : g_get_real_name ();
  g_autofree char *initial = g_utf8_substring (name, 0, MIN (1, g_utf8_strlen (name, -1)));
  JsonObject *identity;
  JsonObject *reply;

  if (permissions == NULL)
    {
      eng_jupyter_refuse (self->http, 400, "Bad Request",
                          "permissions should be a JSON dict of {\"resource\": [\"action\",]}");
      return;
    }
  identity = json_object_new ();
  json_object_set_string_member (identity, "username", name);
  json_object_set_string_member (identity, "name", name);
  json_object_set_string_member (identity, "display_name", *real != '\0' ? real : name);
  json_object_set_string_member (identity, "initials", initial);
  json_object_set_null_member (identity, "avatar_url");
  json_object_set_null_member (identity, "color");
  reply = json_object_new ();
  json_object_set_object_member (reply, "identity", identity);
  json_object_set_member (reply, "permissions", permissions);
  eng_jupyter_reply_object (self, 200, reply);
}

/* Jupyter's version, and ours, by which our own client knows that kernels have a journal. */
static void
reply_version (EngJupyter *self)
{
  JsonObject *reply = json_object_new ();

  json_object_set_string_member (reply, "version", SERVER_VERSION);
  json_object_set_string_member (reply, "sagebrush", SAGEBRUSH_VERSION);
  eng_jupyter_reply_object (self, 200, reply);
}

static void
route (EngJupyter *self)
{
  const char *first = self->words[0];
  const char *second = self->n_words > 1 ? self->words[1] : "";

  if (strcmp (first, "kernelspecs") == 0)
    eng_jupyter_resource (self);
  else if (strcmp (second, "kernels") == 0)
    eng_jupyter_kernels (self);
  else if (strcmp (second, "kernelspecs") == 0)
    eng_jupyter_kernelspecs (self);
  else if (strcmp (second, "sessions") == 0)
    eng_jupyter_sessions (self);
  else if (strcmp (self->method, "GET") != 0)
    eng_jupyter_wrong_method (self);
  else if (strcmp (second, "status") == 0)
    reply_status (self);
  else if (strcmp (second, "me") == 0)
    reply_identity (self);
  else
    reply_version (self);
}

/**
 * eng_jupyter_handle:
 * @engine: the engine
 * @request: the request's record, authenticated
 * @http: a request whose path eng_jupyter_has_path() knows
 *
 * Answers one request of the Jupyter Server protocol.
 */
void
eng_jupyter_handle (EngEngine       *engine,
                    EngRequest      *request,
                    SageHttpRequest *http)
{
  g_autoptr(GError) error = NULL;
  g_auto(GStrv) words = sage_http_uri_split_path (sage_http_request_path (http), &error);
  EngJupyter self = { engine, request, http, sage_http_request_method (http), words, 0 };

  self.n_words = words != NULL ? g_strv_length (words) : 0;
  /* a path may end in a slash */
  if (self.n_words > 1 && *words[self.n_words - 1] == '\0')
    self.n_words--;
  if (self.n_words == 0)
    eng_jupyter_refuse (http, 400, "Bad Request", error != NULL ? error->message : "No path");
  else
    route (&self);
}
