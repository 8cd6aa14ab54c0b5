/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-jupyter"

#include "config.h"

#include <string.h>

#include "eng-jupyter-private.h"
#include "sage-error.h"
#include "sage-json.h"

/* Of a path, a name and a type. */
#define MAX_TEXT 4096

static const EngOperation open_operation = { "jupyter", "OpenSession", ENG_ACCESS_WRITE, NULL };
static const EngOperation change_operation = { "jupyter", "ChangeSession", ENG_ACCESS_WRITE, NULL };
static const EngOperation close_operation = { "jupyter", "CloseSession", ENG_ACCESS_WRITE, NULL };

/* Returns: (transfer full) (nullable): NULL where the kernel has just gone */
static JsonObject *
describe (EngJupyter             *self,
          const EngKernelSession *session)
{
  g_autoptr(EngKernelRow) row = eng_kernel_row_load (self->engine, session->kernel, NULL);
  JsonObject *model;

  if (row == NULL)
    return NULL;

  model = json_object_new ();
  json_object_set_string_member (model, "id", session->id);
  json_object_set_string_member (model, "path", session->path);
  json_object_set_string_member (model, "name", session->name);
  json_object_set_string_member (model, "type", session->type);
  json_object_set_object_member (model, "kernel", eng_kernel_model (self->engine, row));
  if (strcmp (session->type, "notebook") == 0)
    {
      JsonObject *notebook = json_object_new ();

      json_object_set_string_member (notebook, "path", session->path);
      json_object_set_string_member (notebook, "name", session->name);
      json_object_set_object_member (model, "notebook", notebook);
    }

  return model;
}

static void
reply_session (EngJupyter             *self,
               guint                   status,
               const EngKernelSession *session)
{
  JsonObject *model = describe (self, session);

  if (model != NULL)
    eng_jupyter_reply_object (self, status, model);
  else
    eng_jupyter_refuse (self->http, 404, "Not Found", "Session not found");
}

static void
list (EngJupyter *self)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) sessions = eng_kernel_sessions_load (self->engine, &error);
  JsonArray *all;

  if (sessions == NULL)
    {
      eng_jupyter_throw (self, error);
      return;
    }
  all = json_array_new ();
  for (guint i = 0; i < sessions->len; i++)
    {
      JsonObject *model = describe (self, g_ptr_array_index (sessions, i));

      if (model != NULL)
        json_array_add_object_element (all, model);
    }
  eng_jupyter_reply (self, 200, sage_json_take_array (all));
}

/* Takes a text of the body over into a session. FALSE: it is too long, and the request is answered. */
static gboolean
take_text (EngJupyter  *self,
           JsonObject  *object,
           const char  *member,
           char       **text)
{
  const char *value = sage_json_string (object, member, NULL);

  if (value == NULL)
    return TRUE;
  if (strlen (value) > MAX_TEXT)
    {
      eng_jupyter_refuse (self->http, 400, "Bad Request", "A path, name or type is too long");
      return FALSE;
    }
  g_set_str (text, value);

  return TRUE;
}

/* Older clients say what they open in `notebook`. */
static gboolean
take_texts (EngJupyter       *self,
            JsonObject       *body,
            EngKernelSession *session)
{
  JsonObject *notebook = sage_json_object (body, "notebook");

  if (notebook != NULL && (!take_text (self, notebook, "path", &session->path) ||
                           !take_text (self, notebook, "name", &session->name)))
    return FALSE;
  if (notebook != NULL)
    g_set_str (&session->type, "notebook");

  return take_text (self, body, "path", &session->path) &&
         take_text (self, body, "name", &session->name) &&
         take_text (self, body, "type", &session->type);
}

/* In jupyter_server's words. */
static void
refuse_kernel (EngJupyter   *self,
               EngCall      *call,
               const char   *name,
               const GError *why)
{
  JsonObject *reply;
  g_autofree char *message = NULL;
  g_autofree char *short_message = NULL;

  eng_call_audit_refusal (call, why);
  if (!g_error_matches (why, SAGE_ERROR, SAGE_ERROR_NOT_FOUND))
    {
      eng_jupyter_throw (self, why);
      return;
    }
  message = g_strdup_printf ("The '%s' kernel is not available. Please pick another suitable kernel "
                             "instead, or install that kernel.", name != NULL ? name : "python3");
  short_message = g_strdup_printf ("%s not found", name != NULL ? name : "python3");
  reply = json_object_new ();
  json_object_set_string_member (reply, "message", message);
  json_object_set_string_member (reply, "short_message", short_message);
  eng_jupyter_reply_object (self, 501, reply);
}

static void
open_session (EngJupyter *self)
{
  g_autoptr(JsonNode) node = NULL;
  g_autoptr(EngKernelSession) wanted = g_new0 (EngKernelSession, 1);
  g_autoptr(EngKernelSession) session = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *location = NULL;
  JsonObject *kernel;
  const char *name;
  EngCall call;

  if (!eng_jupyter_body (self, &node))
    return;
  if (node == NULL)
    {
      eng_jupyter_refuse (self->http, 400, "Bad Request", "No JSON data provided");
      return;
    }
  wanted->name = g_strdup ("");
  if (!take_texts (self, json_node_get_object (node), wanted))
    return;
  if (wanted->path == NULL || wanted->type == NULL)
    {
      eng_jupyter_refuse (self->http, 400, "Bad Request", wanted->path == NULL
                          ? "Missing field in JSON data: path" : "Missing field in JSON data: type");
      return;
    }
  kernel = sage_json_object (json_node_get_object (node), "kernel");
  name = sage_json_string (kernel, "name", NULL);
  wanted->kernel = g_strdup (sage_json_string (kernel, "id", NULL));

  eng_jupyter_call (self, &open_operation, &call);
  session = eng_kernel_session_open (&call, g_steal_pointer (&wanted), name, &error);
  if (session == NULL)
    {
      refuse_kernel (self, &call, name, error);
      return;
    }
  location = g_strconcat ("/api/sessions/", session->id, NULL);
  sage_http_reply_header (self->http, "Location", location);
  reply_session (self, 201, session);
}

static void
change_session (EngJupyter       *self,
                EngKernelSession *session)
{
  g_autoptr(JsonNode) node = NULL;
  g_autoptr(EngKernelRow) row = NULL;
  g_autoptr(GError) error = NULL;
  JsonObject *kernel;
  const char *id;
  const char *name;
  EngCall call;

  if (!eng_jupyter_body (self, &node))
    return;
  if (node == NULL)
    {
      eng_jupyter_refuse (self->http, 400, "Bad Request", "No JSON data provided");
      return;
    }
  kernel = sage_json_object (json_node_get_object (node), "kernel");
  id = sage_json_string (kernel, "id", NULL);
  name = sage_json_string (kernel, "name", NULL);
  if (id != NULL && (row = eng_kernel_row_load (self->engine, id, NULL)) == NULL)
    {
      eng_jupyter_refuse (self->http, 400, "Bad Request", "No such kernel");
      return;
    }
  if (!take_texts (self, json_node_get_object (node), session))
    return;

  eng_jupyter_call (self, &change_operation, &call);
  if (eng_kernel_session_change (&call, session, id, id == NULL ? name : NULL, &error))
    reply_session (self, 200, session);
  else
    refuse_kernel (self, &call, name, error);
}

static void
close_session (EngJupyter *self,
               const char *id)
{
  g_autoptr(GError) error = NULL;
  EngCall call;

  eng_jupyter_call (self, &close_operation, &call);
  if (eng_kernel_session_close (&call, id, &error))
    sage_http_reply (self->http, 204, NULL, NULL, 0);
  else
    {
      eng_call_audit_refusal (&call, error);
      eng_jupyter_throw (self, error);
    }
}

static void
one_session (EngJupyter *self,
             const char *id)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(EngKernelSession) session = eng_kernel_session_load (self->engine, id, &error);

  if (session == NULL)
    eng_jupyter_throw (self, error);
  else if (strcmp (self->method, "GET") == 0)
    reply_session (self, 200, session);
  else if (strcmp (self->method, "PATCH") == 0)
    change_session (self, session);
  else if (strcmp (self->method, "DELETE") == 0)
    close_session (self, id);
  else
    eng_jupyter_wrong_method (self);
}

/**
 * eng_jupyter_sessions:
 * @self: a request for `/api/sessions[/ID]`
 *
 * Answers it.
 */
void
eng_jupyter_sessions (EngJupyter *self)
{
  if (self->n_words == 2 && strcmp (self->method, "GET") == 0)
    list (self);
  else if (self->n_words == 2 && strcmp (self->method, "POST") == 0)
    open_session (self);
  else if (self->n_words == 2)
    eng_jupyter_wrong_method (self);
  else if (self->n_words > 3 || !g_uuid_string_is_valid (self->words[2]))
    eng_jupyter_refuse (self->http, 404, "Not Found", "Session not found");
  else
    one_session (self, self->words[2]);
}
