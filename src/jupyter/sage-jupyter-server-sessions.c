/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-jupyter-server"

#include "config.h"

#include "sage-jupyter-server-private.h"

static char *
session_path (const char *id)
{
  g_autofree char *escaped = g_uri_escape_string (id, NULL, TRUE);

  return g_strconcat ("/api/sessions/", escaped, NULL);
}

static void
set_kernel (JsonObject *body,
            const char *member,
            const char *value)
{
  JsonObject *kernel = json_object_new ();

  json_object_set_string_member (kernel, member, value);
  json_object_set_object_member (body, "kernel", kernel);
}

static void
set_path (JsonObject *body,
          const char *path)
{
  g_autofree char *name = g_path_get_basename (path);

  json_object_set_string_member (body, "path", path);
  json_object_set_string_member (body, "name", name);
  json_object_set_string_member (body, "type", "notebook");
}

/**
 * sage_jupyter_server_list_sessions_async:
 * @self: a server
 * @cancellable: (nullable): gives it up
 * @callback: called with what came of it
 * @user_data: for @callback
 *
 * Lists which kernel belongs to which document.
 */
void
sage_jupyter_server_list_sessions_async (SageJupyterServer   *self,
                                         GCancellable        *cancellable,
                                         GAsyncReadyCallback  callback,
                                         gpointer             user_data)
{
  GTask *task;

  g_return_if_fail (SAGE_IS_JUPYTER_SERVER (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, sage_jupyter_server_list_sessions_async);
  sage_jupyter_server_send (self, SOUP_METHOD_GET, "/api/sessions", NULL, NULL,
                            (SageServerRead) sage_server_sessions_read,
                            (GDestroyNotify) g_ptr_array_unref, task);
}

/**
 * sage_jupyter_server_list_sessions_finish:
 * @self: a server
 * @result: what the callback got
 * @error: return location
 *
 * Returns: (transfer full) (element-type SageServerSession): the sessions, or %NULL with
 *   %SAGE_ERROR_UNREACHABLE, %SAGE_ERROR_UNAUTHENTICATED, %SAGE_ERROR_PROTOCOL or what else the
 *   server says
 */
GPtrArray *
sage_jupyter_server_list_sessions_finish (SageJupyterServer  *self,
                                          GAsyncResult       *result,
                                          GError            **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * sage_jupyter_server_create_session_async:
 * @self: a server
 * @path: of the notebook
 * @spec: (nullable): the name of the spec of the new kernel; %NULL for the default
 * @kernel_id: (nullable): a kernel that runs, to be used instead
 * @cancellable: (nullable): gives it up
 * @callback: called with what came of it
 * @user_data: for @callback
 *
 * Makes a session for a notebook, with a new kernel or one that runs. A notebook that has a session
 * keeps it: the answer is that one.
 */
void
sage_jupyter_server_create_session_async (SageJupyterServer   *self,
                                          const char          *path,
                                          const char          *spec,
                                          const char          *kernel_id,
                                          GCancellable        *cancellable,
                                          GAsyncReadyCallback  callback,
                                          gpointer             user_data)
{
  g_autoptr(JsonObject) body = json_object_new ();
  g_autofree char *subject = g_strdup_printf ("kernel named '%s'", spec != NULL ? spec : "");
  GTask *task;

  g_return_if_fail (SAGE_IS_JUPYTER_SERVER (self));
  g_return_if_fail (path != NULL);

  set_path (body, path);
  if (kernel_id != NULL)
    set_kernel (body, "id", kernel_id);
  else if (spec != NULL)
    set_kernel (body, "name", spec);
  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, sage_jupyter_server_create_session_async);
  sage_jupyter_server_send (self, SOUP_METHOD_POST, "/api/sessions", body, subject,
                            (SageServerRead) sage_server_session_read,
                            (GDestroyNotify) sage_server_session_free, task);
}

/**
 * sage_jupyter_server_create_session_finish:
 * @self: a server
 * @result: what the callback got
 * @error: return location
 *
 * Returns: (transfer full): the session, or %NULL with %SAGE_ERROR_UNREACHABLE,
 *   %SAGE_ERROR_UNAUTHENTICATED, %SAGE_ERROR_NOT_FOUND, %SAGE_ERROR_PROTOCOL or what else the
 *   server says
 */
SageServerSession *
sage_jupyter_server_create_session_finish (SageJupyterServer  *self,
                                           GAsyncResult       *result,
                                           GError            **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * sage_jupyter_server_change_session_async:
 * @self: a server
 * @id: of a session
 * @path: (nullable): where the notebook is now
 * @spec: (nullable): the name of the spec of the kernel it is to get
 * @cancellable: (nullable): gives it up
 * @callback: called with what came of it
 * @user_data: for @callback
 *
 * Tells that a notebook has moved, or gives it another kernel; the one it had is ended.
 */
void
sage_jupyter_server_change_session_async (SageJupyterServer   *self,
                                          const char          *id,
                                          const char          *path,
                                          const char          *spec,
                                          GCancellable        *cancellable,
                                          GAsyncReadyCallback  callback,
                                          gpointer             user_data)
{
  g_autoptr(JsonObject) body = json_object_new ();
  g_autofree char *uri_path = NULL;
  g_autofree char *subject = NULL;
  GTask *task;

  g_return_if_fail (SAGE_IS_JUPYTER_SERVER (self));
  g_return_if_fail (id != NULL);

  uri_path = session_path (id);
  subject = g_strdup_printf ("session '%s'", id);
  if (path != NULL)
    set_path (body, path);
  if (spec != NULL)
    set_kernel (body, "name", spec);
  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, sage_jupyter_server_change_session_async);
  sage_jupyter_server_send (self, "PATCH", uri_path, body, subject,
                            (SageServerRead) sage_server_session_read,
                            (GDestroyNotify) sage_server_session_free, task);
}

/**
 * sage_jupyter_server_change_session_finish:
 * @self: a server
 * @result: what the callback got
 * @error: return location
 *
 * Returns: (transfer full): the session as it is now, or %NULL with %SAGE_ERROR_UNREACHABLE,
 *   %SAGE_ERROR_UNAUTHENTICATED, %SAGE_ERROR_NOT_FOUND, %SAGE_ERROR_PROTOCOL or what else the
 *   server says
 */
SageServerSession *
sage_jupyter_server_change_session_finish (SageJupyterServer  *self,
                                           GAsyncResult       *result,
                                           GError            **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * sage_jupyter_server_delete_session_async:
 * @self: a server
 * @id: of a session
 * @cancellable: (nullable): gives it up
 * @callback: called with what came of it
 * @user_data: for @callback
 *
 * Ends a session and its kernel.
 */
void
sage_jupyter_server_delete_session_async (SageJupyterServer   *self,
                                          const char          *id,
                                          GCancellable        *cancellable,
                                          GAsyncReadyCallback  callback,
                                          gpointer             user_data)
{
  g_autofree char *path = NULL;
  g_autofree char *subject = NULL;
  GTask *task;

  g_return_if_fail (SAGE_IS_JUPYTER_SERVER (self));
  g_return_if_fail (id != NULL);

  path = session_path (id);
  subject = g_strdup_printf ("session '%s'", id);
  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, sage_jupyter_server_delete_session_async);
  sage_jupyter_server_send (self, SOUP_METHOD_DELETE, path, NULL, subject,
                            NULL, NULL, task);
}

/**
 * sage_jupyter_server_delete_session_finish:
 * @self: a server
 * @result: what the callback got
 * @error: return location
 *
 * Returns: %TRUE when both are gone, or %FALSE with %SAGE_ERROR_UNREACHABLE,
 *   %SAGE_ERROR_UNAUTHENTICATED, %SAGE_ERROR_NOT_FOUND, %SAGE_ERROR_PROTOCOL or what else the
 *   server says
 */
gboolean
sage_jupyter_server_delete_session_finish (SageJupyterServer  *self,
                                           GAsyncResult       *result,
                                           GError            **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
