/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-client"

#include "config.h"

#include <string.h>

#include "sage-client-private.h"
#include "sage-error.h"
#include "sage-json.h"
#include "sage-reply-private.h"

#define MAX_REPLY_KEYS 1000000

/* Reading more than this would hold up the main loop for longer than a frame allows. */
#define INLINE_BYTES (8 * 1024)

/* Returns: (transfer full): what a reply says, an empty object for an empty one */
static JsonObject *
read_reply (const char  *endpoint,
            SageReply   *reply,
            GError     **error)
{
  const SageJsonLimits limits = { SAGE_CLIENT_MAX_REPLY, 0, MAX_REPLY_KEYS };
  GBytes *body = sage_reply_get_body (reply);
  gsize length = g_bytes_get_size (body);
  g_autoptr(GError) local_error = NULL;
  g_autoptr(JsonNode) root = NULL;

  if (!sage_reply_check (reply, error))
    return NULL;
  if (length == 0)
    return json_object_new ();

  root = sage_json_parse_object (g_bytes_get_data (body, NULL), (gssize) length, &limits,
                                 &local_error);
  if (root == NULL)
    {
      sage_throw (error, SAGE_ERROR_PROTOCOL, "Reading the reply of '%s': %s", endpoint,
                  local_error->message);
      return NULL;
    }

  return json_node_dup_object (root);
}

/* The signing name of the service that @target is of. */
static const char *
service_for_target (const char *target)
{
  return target != NULL && g_str_has_prefix (target, "Logs_") ? "logs" : "sagemaker";
}

/* A %NULL @target makes a GET. */
static SoupMessage *
make_call (SageClient *self,
           const char *path,
           const char *target,
           JsonObject *input)
{
  const char *headers[] = { "Content-Type", "application/x-amz-json-1.1", "X-Amz-Target", target,
                            NULL };
  g_autoptr(GBytes) body = NULL;
  char *text;

  if (target == NULL)
    return sage_client_make_message (self, "sagemaker", SOUP_METHOD_GET, path, NULL, NULL, FALSE);

  text = input != NULL ? sage_json_object_to_string (input) : g_strdup ("{}");
  body = g_bytes_new_take (text, strlen (text));

  return sage_client_make_message (self, service_for_target (target), SOUP_METHOD_POST, path, headers,
                                   body, FALSE);
}

/* A long reply, read on a thread of the pool, which has nothing to wait for. It holds no reference
 * on the client, whose end must not come on that thread. */
typedef struct
{
  char      *endpoint; /* (owned) */
  SageReply *reply;    /* (owned) */
} Reading;

static void
reading_free (Reading *reading)
{
  g_free (reading->endpoint);
  sage_reply_unref (reading->reply);
  g_free (reading);
}

static void
read_thread (GTask        *task,
             gpointer      source,
             gpointer      task_data,
             GCancellable *cancellable)
{
  Reading *reading = task_data;
  GError *error = NULL;
  JsonObject *object = read_reply (reading->endpoint, reading->reply, &error);

  if (object != NULL)
    g_task_return_pointer (task, object, (GDestroyNotify) json_object_unref);
  else
    g_task_return_error (task, error);
}

static void
return_object (GTask      *task,
               JsonObject *object,
               GError     *error)
{
  if (object != NULL)
    g_task_return_pointer (task, object, (GDestroyNotify) json_object_unref);
  else
    g_task_return_error (task, error);
}

static void
read_cb (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  GError *error = NULL;
  JsonObject *reply = g_task_propagate_pointer (G_TASK (result), &error);

  return_object (task, reply, error);
}

/* Takes over the caller's references on @task and @reply. */
static void
read_elsewhere (GTask     *task,
                SageReply *reply)
{
  SageClient *self = g_task_get_source_object (task);
  g_autoptr(GTask) reader = g_task_new (NULL, NULL, read_cb, task);
  Reading *reading = g_new0 (Reading, 1);

  reading->endpoint = g_strdup (self->endpoint);
  reading->reply = reply;
  g_task_set_task_data (reader, reading, (GDestroyNotify) reading_free);
  g_task_run_in_thread (reader, read_thread);
}

static void
exchanged_cb (GObject      *object,
              GAsyncResult *result,
              gpointer      user_data)
{
  SageClient *self = SAGE_CLIENT (object);
  g_autoptr(GTask) task = user_data;
  g_autoptr(SageReply) reply = NULL;
  g_autoptr(GBytes) body = NULL;
  JsonObject *read = NULL;
  GError *error = NULL;

  body = sage_client_exchange_finish (self, result, &error);
  if (body != NULL)
    reply = sage_reply_new (g_task_get_task_data (task), body);

  if (body != NULL && g_bytes_get_size (body) > INLINE_BYTES)
    {
      read_elsewhere (g_steal_pointer (&task), g_steal_pointer (&reply));
      return;
    }

  if (reply != NULL)
    read = read_reply (self->endpoint, reply, &error);
  return_object (task, read, error);
}

static void
call_async (SageClient   *self,
            const char   *path,
            const char   *target,
            JsonObject   *input,
            GCancellable *cancellable,
            GTask        *task)
{
  SoupMessage *message = make_call (self, path, target, input);

  if (message != NULL)
    g_task_set_task_data (task, message, g_object_unref);
  sage_client_exchange_async (self, message, SAGE_CLIENT_MAX_REPLY, cancellable, exchanged_cb, task);
}

/**
 * sage_client_call_async:
 * @self: the client
 * @target: the operation, e.g. `SageMaker.ListTrainingJobs`
 * @input: (nullable): its input; %NULL for none
 * @cancellable: (nullable): gives the call up; the engine may have carried it out
 * @callback: called with the reply
 * @user_data: for @callback
 *
 * Calls an operation of an AWS JSON service.
 */
void
sage_client_call_async (SageClient          *self,
                        const char          *target,
                        JsonObject          *input,
                        GCancellable        *cancellable,
                        GAsyncReadyCallback  callback,
                        gpointer             user_data)
{
  GTask *task;

  g_return_if_fail (SAGE_IS_CLIENT (self));
  g_return_if_fail (target != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, sage_client_call_async);
  call_async (self, "/", target, input, cancellable, task);
}

/**
 * sage_client_call_finish:
 * @self: the client
 * @result: what the callback got
 * @error: return location
 *
 * Returns: (transfer full): the reply, empty for an operation without output, or %NULL with
 *   %SAGE_ERROR_UNREACHABLE, %SAGE_ERROR_PROTOCOL, %SAGE_ERROR_TOO_LARGE, or what the code of the
 *   engine's reply stands for
 */
JsonObject *
sage_client_call_finish (SageClient    *self,
                         GAsyncResult  *result,
                         GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * sage_client_get_async:
 * @self: the client
 * @path: what to read, e.g. `/sagebrush/v1/status`
 * @cancellable: (nullable): gives the call up
 * @callback: called with the reply
 * @user_data: for @callback
 *
 * Reads what the engine offers beside AWS's operations.
 */
void
sage_client_get_async (SageClient          *self,
                       const char          *path,
                       GCancellable        *cancellable,
                       GAsyncReadyCallback  callback,
                       gpointer             user_data)
{
  GTask *task;

  g_return_if_fail (SAGE_IS_CLIENT (self));
  g_return_if_fail (path != NULL && path[0] == '/');

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, sage_client_get_async);
  call_async (self, path, NULL, NULL, cancellable, task);
}

/**
 * sage_client_get_finish:
 * @self: the client
 * @result: what the callback got
 * @error: return location
 *
 * Returns: (transfer full): as sage_client_call_finish()
 */
JsonObject *
sage_client_get_finish (SageClient    *self,
                        GAsyncResult  *result,
                        GError       **error)
{
  return sage_client_call_finish (self, result, error);
}

static JsonObject *
call_and_wait (SageClient    *self,
               SoupMessage   *message,
               GCancellable  *cancellable,
               GError       **error)
{
  g_autoptr(SageReply) reply = NULL;
  g_autoptr(GBytes) body = NULL;

  body = sage_client_exchange (self, message, SAGE_CLIENT_MAX_REPLY, cancellable, error);
  if (body == NULL)
    return NULL;

  reply = sage_reply_new (message, body);

  return read_reply (self->endpoint, reply, error);
}

/**
 * sage_client_call:
 * @self: the client
 * @target: the operation, e.g. `SageMaker.ListTrainingJobs`
 * @input: (nullable): its input; %NULL for none
 * @cancellable: (nullable): gives the call up
 * @error: return location
 *
 * Calls an operation and waits for its reply; for programs without a main loop.
 *
 * Returns: (transfer full): as sage_client_call_finish()
 */
JsonObject *
sage_client_call (SageClient    *self,
                  const char    *target,
                  JsonObject    *input,
                  GCancellable  *cancellable,
                  GError       **error)
{
  g_autoptr(SoupMessage) message = NULL;

  g_return_val_if_fail (SAGE_IS_CLIENT (self), NULL);
  g_return_val_if_fail (target != NULL, NULL);

  message = make_call (self, "/", target, input);

  return call_and_wait (self, message, cancellable, error);
}

/**
 * sage_client_get:
 * @self: the client
 * @path: what to read, e.g. `/sagebrush/v1/status`
 * @cancellable: (nullable): gives the call up
 * @error: return location
 *
 * As sage_client_get_async(), and waits for it.
 *
 * Returns: (transfer full): as sage_client_call_finish()
 */
JsonObject *
sage_client_get (SageClient    *self,
                 const char    *path,
                 GCancellable  *cancellable,
                 GError       **error)
{
  g_autoptr(SoupMessage) message = NULL;

  g_return_val_if_fail (SAGE_IS_CLIENT (self), NULL);
  g_return_val_if_fail (path != NULL && path[0] == '/', NULL);

  message = make_call (self, path, NULL, NULL);

  return call_and_wait (self, message, cancellable, error);
}

/**
 * sage_client_request:
 * @self: the client
 * @method: the HTTP method
 * @path: what it is for, e.g. `/sagebrush/v1/users`
 * @input: (nullable): what to send; %NULL for nothing
 * @error: return location
 *
 * Asks for what the engine offers beside AWS's operations, and waits for it; for programs without a
 * main loop.
 *
 * Returns: (transfer full): as sage_client_call_finish()
 */
JsonObject *
sage_client_request (SageClient  *self,
                     const char  *method,
                     const char  *path,
                     JsonObject  *input,
                     GError     **error)
{
  static const char * const headers[] = { "Content-Type", "application/json", NULL };
  g_autoptr(SoupMessage) message = NULL;
  g_autoptr(GBytes) body = NULL;

  g_return_val_if_fail (SAGE_IS_CLIENT (self), NULL);
  g_return_val_if_fail (path != NULL && path[0] == '/', NULL);

  if (input != NULL)
    {
      char *text = sage_json_object_to_string (input);

      body = g_bytes_new_take (text, strlen (text));
    }
  message = sage_client_make_message (self, "sagemaker", method, path, input != NULL ? headers : NULL,
                                      body, FALSE);

  return call_and_wait (self, message, NULL, error);
}
