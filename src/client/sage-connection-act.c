/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-connection"

#include "config.h"

#include "sage-connection-private.h"
#include "sage-error.h"

/* --- Calls ------------------------------------------------------------------------------------ */

static void
called_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  SageConnection *self = g_task_get_source_object (task);
  GError *error = NULL;
  JsonObject *reply = sage_client_call_finish (SAGE_CLIENT (object), result, &error);

  if (reply != NULL)
    {
      g_task_return_pointer (task, reply, (GDestroyNotify) json_object_unref);
      return;
    }

  sage_connection_suspect (self, error);
  g_task_return_error (task, error);
}

/**
 * sage_connection_call_async:
 * @self: a connection
 * @operation: an operation of SageMaker, e.g. `StartPipelineExecution`
 * @input: (nullable): its input
 * @cancellable: (nullable): gives the call up; the engine may have carried it out
 * @callback: called with the reply
 * @user_data: for @callback
 *
 * Calls an operation. What comes of it shows in lists and resources by itself.
 */
void
sage_connection_call_async (SageConnection      *self,
                            const char          *operation,
                            JsonObject          *input,
                            GCancellable        *cancellable,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  g_autoptr(GTask) task = NULL;
  g_autofree char *target = NULL;
  SageClient *client;

  g_return_if_fail (SAGE_IS_CONNECTION (self));
  g_return_if_fail (operation != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, sage_connection_call_async);
  client = sage_connection_get_client (self);
  if (client == NULL)
    {
      g_task_return_new_error (task, SAGE_ERROR, SAGE_ERROR_UNREACHABLE, "The engine of '%s' is not "
                               "there", sage_profile_get_name (sage_connection_get_profile (self)));
      return;
    }

  sage_connection_hurry (self);
  target = g_strconcat ("SageMaker.", operation, NULL);
  sage_client_call_async (client, target, input, cancellable, called_cb, g_steal_pointer (&task));
}

/**
 * sage_connection_call_finish:
 * @self: a connection
 * @result: what the callback got
 * @error: return location
 *
 * Returns: (transfer full): as sage_client_call_finish()
 */
JsonObject *
sage_connection_call_finish (SageConnection  *self,
                             GAsyncResult    *result,
                             GError         **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* --- Acts on a resource ----------------------------------------------------------------------- */

/* Something done to a resource. Owned by its task. */
typedef struct
{
  SageResource *resource;  /* (owned) */
  const char   *operation;
  char         *key;       /* (owned): what the connection knows it by while it is under way */
} Act;

static void
act_free (Act *act)
{
  g_object_unref (act->resource);
  g_free (act->key);
  g_free (act);
}

/* Tells everybody who asked for the same. */
static void
return_outcome (SageConnection *self,
                GTask          *task,
                const GError   *error)
{
  Act *act = g_task_get_task_data (task);
  g_autoptr(GPtrArray) followers = sage_connection_end_act (self, act->key);

  for (guint i = 0; i < followers->len; i++)
    {
      GTask *follower = g_ptr_array_index (followers, i);

      if (error != NULL)
        g_task_return_error (follower, g_error_copy (error));
      else
        g_task_return_boolean (follower, TRUE);
    }
}

static void
acted_cb (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  SageConnection *self = g_task_get_source_object (task);
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonObject) reply = sage_client_call_finish (SAGE_CLIENT (object), result, &error);

  if (error != NULL)
    sage_connection_suspect (self, error);
  else
    sage_connection_touch (self, ((Act *) g_task_get_task_data (task))->resource);
  return_outcome (self, task, error);
}

/* Takes over the caller's reference on @task. */
static void
act_on (GTask      *task,
        const char *name_or_arn)
{
  SageConnection *self = g_task_get_source_object (task);
  Act *act = g_task_get_task_data (task);
  const SageKindInfo *info = sage_kind_info (sage_resource_get_kind (act->resource));
  g_autofree char *target = g_strconcat ("SageMaker.", act->operation, NULL);
  g_autofree char *token = NULL;
  g_autoptr(JsonObject) input = json_object_new ();

  json_object_set_string_member (input, info->describe_key, name_or_arn);
  if (sage_resource_get_kind (act->resource) == SAGE_KIND_EXECUTION)
    {
      token = g_uuid_string_random ();
      json_object_set_string_member (input, "ClientRequestToken", token);
    }

  /* Not to be given up: half of those who asked may still wait for it. */
  sage_client_call_async (sage_connection_get_client (self), target, input, NULL, acted_cb, task);
}

static void
found_arn_cb (GObject      *object,
              GAsyncResult *result,
              gpointer      user_data)
{
  SageConnection *self = SAGE_CONNECTION (object);
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  g_autofree char *arn = sage_connection_find_arn_finish (self, result, &error);

  if (arn != NULL)
    act_on (g_steal_pointer (&task), arn);
  else
    return_outcome (self, task, error);
}

static void
act_async (SageConnection      *self,
           SageResource        *resource,
           const char          *operation,
           GCancellable        *cancellable,
           GAsyncReadyCallback  callback,
           gpointer             user_data)
{
  g_autoptr(GTask) task = g_task_new (self, cancellable, callback, user_data);
  const char *name = sage_resource_get_name (resource);
  SageKind kind = sage_resource_get_kind (resource);
  Act *act;

  g_task_set_source_tag (task, act_async);
  if (operation == NULL || sage_connection_get_client (self) == NULL)
    {
      g_task_return_new_error (task, SAGE_ERROR,
                               operation == NULL ? SAGE_ERROR_UNSUPPORTED : SAGE_ERROR_UNREACHABLE,
                               operation == NULL ? "There is no such operation on '%s'"
                                                 : "The engine of '%s' is not there", name);
      return;
    }

  act = g_new0 (Act, 1);
  act->resource = g_object_ref (resource);
  act->operation = operation;
  act->key = g_strconcat (operation, " ", name, NULL);
  g_task_set_task_data (task, act, (GDestroyNotify) act_free);

  /* Who presses a button twice wants it once. */
  if (!sage_connection_begin_act (self, act->key, task))
    return;

  sage_connection_hurry (self);
  if (sage_kind_info (kind)->key_is_arn)
    sage_connection_find_arn_async (self, kind, name, NULL, found_arn_cb, g_steal_pointer (&task));
  else
    act_on (g_steal_pointer (&task), name);
}

/**
 * sage_connection_stop_async:
 * @self: a connection
 * @resource: a job or an execution
 * @cancellable: (nullable): stops waiting; it is stopped all the same
 * @callback: called when the engine has taken notice
 * @user_data: for @callback
 *
 * Stops what runs. Asked for several times at once, it is done once.
 */
void
sage_connection_stop_async (SageConnection      *self,
                            SageResource        *resource,
                            GCancellable        *cancellable,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  g_return_if_fail (SAGE_IS_CONNECTION (self));
  g_return_if_fail (SAGE_IS_RESOURCE (resource));

  act_async (self, resource, sage_kind_info (sage_resource_get_kind (resource))->stop, cancellable,
             callback, user_data);
}

/**
 * sage_connection_remove_async:
 * @self: a connection
 * @resource: what to delete
 * @cancellable: (nullable): stops waiting; it is deleted all the same
 * @callback: called when the engine has taken notice
 * @user_data: for @callback
 *
 * Deletes a resource. Asked for several times at once, it is done once.
 */
void
sage_connection_remove_async (SageConnection      *self,
                              SageResource        *resource,
                              GCancellable        *cancellable,
                              GAsyncReadyCallback  callback,
                              gpointer             user_data)
{
  g_return_if_fail (SAGE_IS_CONNECTION (self));
  g_return_if_fail (SAGE_IS_RESOURCE (resource));

  act_async (self, resource, sage_kind_info (sage_resource_get_kind (resource))->remove, cancellable,
             callback, user_data);
}

/**
 * sage_connection_act_finish:
 * @self: a connection
 * @result: what the callback got
 * @error: return location
 *
 * Returns: whether it was done; if not, @error is what the engine says, %SAGE_ERROR_UNSUPPORTED for
 *   a kind that cannot be stopped or deleted, or %SAGE_ERROR_UNREACHABLE
 */
gboolean
sage_connection_act_finish (SageConnection  *self,
                            GAsyncResult    *result,
                            GError         **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
