/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-client"

#include "config.h"

#include <string.h>

#include "sage-client-kernels.h"
#include "sage-json.h"

#define SETTINGS "/sagebrush/v1/kernel-settings"

/* --- What is asked, and answered by nothing but that it is done ------------------------------- */

static void
sent_cb (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(SageReply) reply = NULL;
  GError *error = NULL;

  reply = sage_client_send_finish (SAGE_CLIENT (object), result, &error);
  if (reply != NULL && sage_reply_check (reply, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
send (SageClient *self,
      const char *method,
      const char *path,
      const char *text,
      GTask      *task)
{
  static const char * const headers[] = { "Content-Type", "application/json", NULL };
  g_autoptr(GBytes) body = g_bytes_new (text, strlen (text));

  sage_client_send_async (self, "sagemaker", method, path, headers, body, 0,
                          g_task_get_cancellable (task), sent_cb, task);
}

/**
 * sage_client_keep_kernel_async:
 * @self: a client of an engine
 * @id: a kernel
 * @cancellable: (nullable): gives it up
 * @callback: called when the engine knows
 * @user_data: for @callback
 *
 * Takes back that the kernel is to be shut down soon because nobody uses it.
 */
void
sage_client_keep_kernel_async (SageClient          *self,
                               const char          *id,
                               GCancellable        *cancellable,
                               GAsyncReadyCallback  callback,
                               gpointer             user_data)
{
  g_autofree char *escaped = NULL;
  g_autofree char *path = NULL;
  GTask *task;

  g_return_if_fail (SAGE_IS_CLIENT (self) && id != NULL);

  escaped = g_uri_escape_string (id, NULL, TRUE);
  path = g_strdup_printf ("/sagebrush/v1/kernels/%s/keep", escaped);
  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, sage_client_keep_kernel_async);
  send (self, "POST", path, "{}", task);
}

/**
 * sage_client_keep_kernel_finish:
 * @self: the client
 * @result: what the callback got
 * @error: return location
 *
 * Returns: whether the engine keeps it, or %FALSE with %SAGE_ERROR_NOT_FOUND, %SAGE_ERROR_UNREACHABLE
 *   or what else it says
 */
gboolean
sage_client_keep_kernel_finish (SageClient    *self,
                                GAsyncResult  *result,
                                GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * sage_client_set_kernel_idle_async:
 * @self: a client of an engine
 * @seconds: how long a kernel may have nothing to do until it is shut down; 0: for ever
 * @cancellable: (nullable): gives it up
 * @callback: called when that holds
 * @user_data: for @callback
 *
 * Sets it for all kernels of the engine, from now on.
 */
void
sage_client_set_kernel_idle_async (SageClient          *self,
                                   guint                seconds,
                                   GCancellable        *cancellable,
                                   GAsyncReadyCallback  callback,
                                   gpointer             user_data)
{
  g_autofree char *text = g_strdup_printf ("{\"idle_seconds\":%u}", seconds);
  GTask *task;

  g_return_if_fail (SAGE_IS_CLIENT (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, sage_client_set_kernel_idle_async);
  send (self, "PUT", SETTINGS, text, task);
}

/**
 * sage_client_set_kernel_idle_finish:
 * @self: the client
 * @result: what the callback got
 * @error: return location
 *
 * Returns: whether it holds, or %FALSE with %SAGE_ERROR_CONFLICT where the engine was started with
 *   something else, %SAGE_ERROR_UNREACHABLE or what else it says
 */
gboolean
sage_client_set_kernel_idle_finish (SageClient    *self,
                                    GAsyncResult  *result,
                                    GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* --- What is set ------------------------------------------------------------------------------ */

static void
got_cb (GObject      *object,
        GAsyncResult *result,
        gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  JsonObject *settings;
  GError *error = NULL;

  settings = sage_client_get_finish (SAGE_CLIENT (object), result, &error);
  if (settings != NULL)
    g_task_return_pointer (task, settings, (GDestroyNotify) json_object_unref);
  else
    g_task_return_error (task, error);
}

/**
 * sage_client_get_kernel_idle_async:
 * @self: a client of an engine
 * @cancellable: (nullable): gives it up
 * @callback: called when it is known
 * @user_data: for @callback
 *
 * Asks how long a kernel may have nothing to do.
 */
void
sage_client_get_kernel_idle_async (SageClient          *self,
                                   GCancellable        *cancellable,
                                   GAsyncReadyCallback  callback,
                                   gpointer             user_data)
{
  GTask *task;

  g_return_if_fail (SAGE_IS_CLIENT (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, sage_client_get_kernel_idle_async);
  sage_client_get_async (self, SETTINGS, cancellable, got_cb, task);
}

/**
 * sage_client_get_kernel_idle_finish:
 * @self: the client
 * @result: what the callback got
 * @idle: (out caller-allocates): what is set
 * @error: return location
 *
 * Returns: whether it is known, or %FALSE with %SAGE_ERROR_NOT_FOUND where there is no engine of ours,
 *   %SAGE_ERROR_UNREACHABLE or what else it says
 */
gboolean
sage_client_get_kernel_idle_finish (SageClient      *self,
                                    GAsyncResult    *result,
                                    SageKernelIdle  *idle,
                                    GError         **error)
{
  g_autoptr(JsonObject) settings = NULL;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  settings = g_task_propagate_pointer (G_TASK (result), error);
  if (settings == NULL)
    return FALSE;
  idle->seconds = (guint) CLAMP (sage_json_int (settings, "idle_seconds", 0), 0, G_MAXINT);
  idle->is_fixed = sage_json_bool (settings, "fixed", FALSE);

  return TRUE;
}
