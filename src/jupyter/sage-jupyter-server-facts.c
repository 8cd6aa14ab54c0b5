/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-jupyter-server"

#include "config.h"

#include "sage-error.h"
#include "sage-json.h"
#include "sage-jupyter-server-private.h"

static gpointer
read_object (JsonNode  *node,
             GError   **error)
{
  if (JSON_NODE_HOLDS_OBJECT (node))
    return json_node_dup_object (node);

  sage_throw (error, SAGE_ERROR_PROTOCOL, "An object was expected");

  return NULL;
}

/* Whether the answer of `/api` is our engine's, which says so in a member of its own. */
static gpointer
read_probe (JsonNode  *node,
            GError   **error)
{
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;

  if (sage_json_string (object, "version", NULL) == NULL)
    {
      sage_throw (error, SAGE_ERROR_PROTOCOL, "It does not tell its version");
      return NULL;
    }

  return GINT_TO_POINTER (json_object_has_member (object, "sagebrush") ? 2 : 1);
}

/**
 * sage_jupyter_server_probe_async:
 * @self: a server
 * @cancellable: (nullable): gives it up
 * @callback: called with what came of it
 * @user_data: for @callback
 *
 * Asks the server what it is. Jupyter's own answers this to everyone, so that a success does not
 * say that the token is right.
 */
void
sage_jupyter_server_probe_async (SageJupyterServer   *self,
                                 GCancellable        *cancellable,
                                 GAsyncReadyCallback  callback,
                                 gpointer             user_data)
{
  GTask *task;

  g_return_if_fail (SAGE_IS_JUPYTER_SERVER (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, sage_jupyter_server_probe_async);
  sage_jupyter_server_send (self, SOUP_METHOD_GET, "/api", NULL, NULL,
                            read_probe, NULL, task);
}

/**
 * sage_jupyter_server_probe_finish:
 * @self: a server
 * @result: what the callback got
 * @error: return location
 *
 * Returns: %TRUE when "is-sagebrush" is known, or %FALSE with %SAGE_ERROR_UNREACHABLE,
 *   %SAGE_ERROR_UNAUTHENTICATED, %SAGE_ERROR_PROTOCOL or what else the server says
 */
gboolean
sage_jupyter_server_probe_finish (SageJupyterServer  *self,
                                  GAsyncResult       *result,
                                  GError            **error)
{
  int kind;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  kind = GPOINTER_TO_INT (g_task_propagate_pointer (G_TASK (result), error));
  if (kind != 0)
    sage_jupyter_server_set_sagebrush (self, kind == 2 || self->is_engine);

  return kind != 0;
}

/**
 * sage_jupyter_server_list_specs_async:
 * @self: a server
 * @folder: (nullable): of a notebook: our engine adds the virtual environments of its project
 * @cancellable: (nullable): gives it up
 * @callback: called with what came of it
 * @user_data: for @callback
 *
 * Lists the kernels that the server can start.
 */
void
sage_jupyter_server_list_specs_async (SageJupyterServer   *self,
                                      const char          *folder,
                                      GCancellable        *cancellable,
                                      GAsyncReadyCallback  callback,
                                      gpointer             user_data)
{
  g_autofree char *path = g_strdup ("/api/kernelspecs");
  GTask *task;

  g_return_if_fail (SAGE_IS_JUPYTER_SERVER (self));

  if (folder != NULL && (self->is_engine || self->is_sagebrush))
    {
      g_autofree char *escaped = g_uri_escape_string (folder, NULL, FALSE);

      g_free (path);
      path = g_strconcat ("/api/kernelspecs?project=", escaped, NULL);
    }
  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, sage_jupyter_server_list_specs_async);
  sage_jupyter_server_send (self, SOUP_METHOD_GET, path, NULL, NULL,
                            (SageServerRead) sage_server_specs_read,
                            (GDestroyNotify) g_ptr_array_unref, task);
}

/**
 * sage_jupyter_server_list_specs_finish:
 * @self: a server
 * @result: what the callback got
 * @error: return location
 *
 * Returns: (transfer full) (element-type SageServerSpec): the kernels, the default first, or %NULL
 *   with %SAGE_ERROR_UNREACHABLE, %SAGE_ERROR_UNAUTHENTICATED, %SAGE_ERROR_PROTOCOL or what else
 *   the server says
 */
GPtrArray *
sage_jupyter_server_list_specs_finish (SageJupyterServer  *self,
                                       GAsyncResult       *result,
                                       GError            **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * sage_jupyter_server_get_facts_async:
 * @self: a server
 * @id: of a kernel
 * @cancellable: (nullable): gives it up
 * @callback: called with what came of it
 * @user_data: for @callback
 *
 * Asks our engine how a kernel fares: memory, processor, its journal, how it ended.
 */
void
sage_jupyter_server_get_facts_async (SageJupyterServer   *self,
                                     const char          *id,
                                     GCancellable        *cancellable,
                                     GAsyncReadyCallback  callback,
                                     gpointer             user_data)
{
  g_autofree char *escaped = NULL;
  g_autofree char *path = NULL;
  g_autofree char *subject = NULL;
  GTask *task;

  g_return_if_fail (SAGE_IS_JUPYTER_SERVER (self));
  g_return_if_fail (id != NULL);

  escaped = g_uri_escape_string (id, NULL, TRUE);
  path = g_strconcat ("/sagebrush/v1/kernels/", escaped, NULL);
  subject = g_strdup_printf ("kernel '%s'", id);
  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, sage_jupyter_server_get_facts_async);
  sage_jupyter_server_send (self, SOUP_METHOD_GET, path, NULL, subject,
                            read_object, (GDestroyNotify) json_object_unref, task);
}

/**
 * sage_jupyter_server_get_facts_finish:
 * @self: a server
 * @result: what the callback got
 * @error: return location
 *
 * Returns: (transfer full): what the engine tells, to be read by sage_json_int() and its like, or
 *   %NULL with %SAGE_ERROR_UNREACHABLE, %SAGE_ERROR_UNAUTHENTICATED, %SAGE_ERROR_NOT_FOUND,
 *   %SAGE_ERROR_PROTOCOL or what else the server says
 */
JsonObject *
sage_jupyter_server_get_facts_finish (SageJupyterServer  *self,
                                      GAsyncResult       *result,
                                      GError            **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * sage_jupyter_server_hold_journal_async:
 * @self: a server
 * @id: of a kernel
 * @seq: the last message that the notebook holds
 * @cancellable: (nullable): gives it up
 * @callback: called with what came of it
 * @user_data: for @callback
 *
 * Tells our engine that a saved notebook holds all that a kernel said so far, which its journal may
 * then forget.
 */
void
sage_jupyter_server_hold_journal_async (SageJupyterServer   *self,
                                        const char          *id,
                                        gint64               seq,
                                        GCancellable        *cancellable,
                                        GAsyncReadyCallback  callback,
                                        gpointer             user_data)
{
  g_autoptr(JsonObject) body = json_object_new ();
  g_autofree char *escaped = NULL;
  g_autofree char *path = NULL;
  g_autofree char *subject = NULL;
  GTask *task;

  g_return_if_fail (SAGE_IS_JUPYTER_SERVER (self));
  g_return_if_fail (id != NULL);

  escaped = g_uri_escape_string (id, NULL, TRUE);
  path = g_strconcat ("/sagebrush/v1/kernels/", escaped, "/journal", NULL);
  subject = g_strdup_printf ("kernel '%s'", id);
  json_object_set_int_member (body, "held", seq);
  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, sage_jupyter_server_hold_journal_async);
  sage_jupyter_server_send (self, SOUP_METHOD_POST, path, body, subject,
                            NULL, NULL, task);
}

/**
 * sage_jupyter_server_hold_journal_finish:
 * @self: a server
 * @result: what the callback got
 * @error: return location
 *
 * Returns: %TRUE when it knows, or %FALSE with %SAGE_ERROR_UNREACHABLE,
 *   %SAGE_ERROR_UNAUTHENTICATED, %SAGE_ERROR_NOT_FOUND, %SAGE_ERROR_PROTOCOL or what else the
 *   server says
 */
gboolean
sage_jupyter_server_hold_journal_finish (SageJupyterServer  *self,
                                         GAsyncResult       *result,
                                         GError            **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
