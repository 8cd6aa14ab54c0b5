/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-jupyter-server"

#include "config.h"

#include "sage-jupyter-server-private.h"

/* Returns: (transfer full): the path of a kernel, @rest behind it */
static char *
kernel_path (const char *prefix,
             const char *id,
             const char *rest)
{
  g_autofree char *escaped = g_uri_escape_string (id, NULL, TRUE);

  return g_strconcat (prefix, escaped, rest, NULL);
}

static char *
kernel_subject (const char *id)
{
  return g_strdup_printf ("kernel '%s'", id);
}

/* What is done to a kernel: @action behind its path. */
static void
act (SageJupyterServer *self,
     const char        *method,
     const char        *id,
     const char        *action,
     SageServerRead     read,
     GDestroyNotify     free_func,
     GTask             *task)
{
  g_autofree char *path = kernel_path ("/api/kernels/", id, action);
  g_autofree char *subject = kernel_subject (id);

  sage_jupyter_server_send (self, method, path, NULL, subject, read, free_func, task);
}

/**
 * sage_jupyter_server_list_kernels_async:
 * @self: a server
 * @cancellable: (nullable): gives it up
 * @callback: called with what came of it
 * @user_data: for @callback
 *
 * Lists the kernels that run.
 */
void
sage_jupyter_server_list_kernels_async (SageJupyterServer   *self,
                                        GCancellable        *cancellable,
                                        GAsyncReadyCallback  callback,
                                        gpointer             user_data)
{
  GTask *task;

  g_return_if_fail (SAGE_IS_JUPYTER_SERVER (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, sage_jupyter_server_list_kernels_async);
  sage_jupyter_server_send (self, SOUP_METHOD_GET, "/api/kernels", NULL, NULL,
                            (SageServerRead) sage_server_kernels_read,
                            (GDestroyNotify) g_ptr_array_unref, task);
}

/**
 * sage_jupyter_server_list_kernels_finish:
 * @self: a server
 * @result: what the callback got
 * @error: return location
 *
 * Returns: (transfer full) (element-type SageServerKernel): the kernels, or %NULL with
 *   %SAGE_ERROR_UNREACHABLE, %SAGE_ERROR_UNAUTHENTICATED, %SAGE_ERROR_PROTOCOL or what else the
 *   server says
 */
GPtrArray *
sage_jupyter_server_list_kernels_finish (SageJupyterServer  *self,
                                         GAsyncResult       *result,
                                         GError            **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * sage_jupyter_server_start_kernel_async:
 * @self: a server
 * @spec: (nullable): the name of its spec; %NULL for the default
 * @path: (nullable): the path of the document, beside which it works
 * @cancellable: (nullable): gives it up
 * @callback: called with what came of it
 * @user_data: for @callback
 *
 * Starts a kernel that belongs to no session.
 */
void
sage_jupyter_server_start_kernel_async (SageJupyterServer   *self,
                                        const char          *spec,
                                        const char          *path,
                                        GCancellable        *cancellable,
                                        GAsyncReadyCallback  callback,
                                        gpointer             user_data)
{
  g_autoptr(JsonObject) body = json_object_new ();
  g_autofree char *subject = g_strdup_printf ("kernel named '%s'", spec != NULL ? spec : "");
  GTask *task;

  g_return_if_fail (SAGE_IS_JUPYTER_SERVER (self));

  if (spec != NULL)
    json_object_set_string_member (body, "name", spec);
  if (path != NULL)
    json_object_set_string_member (body, "path", path);
  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, sage_jupyter_server_start_kernel_async);
  sage_jupyter_server_send (self, SOUP_METHOD_POST, "/api/kernels", body, subject,
                            (SageServerRead) sage_server_kernel_read,
                            (GDestroyNotify) sage_server_kernel_free, task);
}

/**
 * sage_jupyter_server_start_kernel_finish:
 * @self: a server
 * @result: what the callback got
 * @error: return location
 *
 * Returns: (transfer full): the kernel, or %NULL with %SAGE_ERROR_UNREACHABLE,
 *   %SAGE_ERROR_UNAUTHENTICATED, %SAGE_ERROR_NOT_FOUND, %SAGE_ERROR_PROTOCOL or what else the
 *   server says
 */
SageServerKernel *
sage_jupyter_server_start_kernel_finish (SageJupyterServer  *self,
                                         GAsyncResult       *result,
                                         GError            **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * sage_jupyter_server_get_kernel_async:
 * @self: a server
 * @id: of a kernel
 * @cancellable: (nullable): gives it up
 * @callback: called with what came of it
 * @user_data: for @callback
 *
 * Asks what a kernel does.
 */
void
sage_jupyter_server_get_kernel_async (SageJupyterServer   *self,
                                      const char          *id,
                                      GCancellable        *cancellable,
                                      GAsyncReadyCallback  callback,
                                      gpointer             user_data)
{
  GTask *task;

  g_return_if_fail (SAGE_IS_JUPYTER_SERVER (self));
  g_return_if_fail (id != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, sage_jupyter_server_get_kernel_async);
  act (self, SOUP_METHOD_GET, id, "", (SageServerRead) sage_server_kernel_read,
       (GDestroyNotify) sage_server_kernel_free, task);
}

/**
 * sage_jupyter_server_get_kernel_finish:
 * @self: a server
 * @result: what the callback got
 * @error: return location
 *
 * Returns: (transfer full): the kernel, or %NULL with %SAGE_ERROR_UNREACHABLE,
 *   %SAGE_ERROR_UNAUTHENTICATED, %SAGE_ERROR_NOT_FOUND, %SAGE_ERROR_PROTOCOL or what else the
 *   server says
 */
SageServerKernel *
sage_jupyter_server_get_kernel_finish (SageJupyterServer  *self,
                                       GAsyncResult       *result,
                                       GError            **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * sage_jupyter_server_interrupt_async:
 * @self: a server
 * @id: of a kernel
 * @cancellable: (nullable): gives it up
 * @callback: called with what came of it
 * @user_data: for @callback
 *
 * Interrupts what a kernel does; it says so itself.
 */
void
sage_jupyter_server_interrupt_async (SageJupyterServer   *self,
                                     const char          *id,
                                     GCancellable        *cancellable,
                                     GAsyncReadyCallback  callback,
                                     gpointer             user_data)
{
  GTask *task;

  g_return_if_fail (SAGE_IS_JUPYTER_SERVER (self));
  g_return_if_fail (id != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, sage_jupyter_server_interrupt_async);
  act (self, SOUP_METHOD_POST, id, "/interrupt", NULL, NULL, task);
}

/**
 * sage_jupyter_server_interrupt_finish:
 * @self: a server
 * @result: what the callback got
 * @error: return location
 *
 * Returns: %TRUE when it was told to, or %FALSE with %SAGE_ERROR_UNREACHABLE,
 *   %SAGE_ERROR_UNAUTHENTICATED, %SAGE_ERROR_NOT_FOUND, %SAGE_ERROR_PROTOCOL or what else the
 *   server says
 */
gboolean
sage_jupyter_server_interrupt_finish (SageJupyterServer  *self,
                                      GAsyncResult       *result,
                                      GError            **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * sage_jupyter_server_restart_async:
 * @self: a server
 * @id: of a kernel
 * @cancellable: (nullable): gives it up
 * @callback: called with what came of it
 * @user_data: for @callback
 *
 * Restarts a kernel; what it held is gone. A client of it calls sage_kernel_client_restart_async().
 */
void
sage_jupyter_server_restart_async (SageJupyterServer   *self,
                                   const char          *id,
                                   GCancellable        *cancellable,
                                   GAsyncReadyCallback  callback,
                                   gpointer             user_data)
{
  GTask *task;

  g_return_if_fail (SAGE_IS_JUPYTER_SERVER (self));
  g_return_if_fail (id != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, sage_jupyter_server_restart_async);
  act (self, SOUP_METHOD_POST, id, "/restart", NULL, NULL, task);
}

/**
 * sage_jupyter_server_restart_finish:
 * @self: a server
 * @result: what the callback got
 * @error: return location
 *
 * Returns: %TRUE when it runs again, or %FALSE with %SAGE_ERROR_UNREACHABLE,
 *   %SAGE_ERROR_UNAUTHENTICATED, %SAGE_ERROR_NOT_FOUND, %SAGE_ERROR_PROTOCOL or what else the
 *   server says
 */
gboolean
sage_jupyter_server_restart_finish (SageJupyterServer  *self,
                                    GAsyncResult       *result,
                                    GError            **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * sage_jupyter_server_shutdown_async:
 * @self: a server
 * @id: of a kernel
 * @cancellable: (nullable): gives it up
 * @callback: called with what came of it
 * @user_data: for @callback
 *
 * Ends a kernel.
 */
void
sage_jupyter_server_shutdown_async (SageJupyterServer   *self,
                                    const char          *id,
                                    GCancellable        *cancellable,
                                    GAsyncReadyCallback  callback,
                                    gpointer             user_data)
{
  GTask *task;

  g_return_if_fail (SAGE_IS_JUPYTER_SERVER (self));
  g_return_if_fail (id != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, sage_jupyter_server_shutdown_async);
  act (self, SOUP_METHOD_DELETE, id, "", NULL, NULL, task);
}

/**
 * sage_jupyter_server_shutdown_finish:
 * @self: a server
 * @result: what the callback got
 * @error: return location
 *
 * Returns: %TRUE when it has ended, or %FALSE with %SAGE_ERROR_UNREACHABLE,
 *   %SAGE_ERROR_UNAUTHENTICATED, %SAGE_ERROR_NOT_FOUND, %SAGE_ERROR_PROTOCOL or what else the
 *   server says
 */
gboolean
sage_jupyter_server_shutdown_finish (SageJupyterServer  *self,
                                     GAsyncResult       *result,
                                     GError            **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
