/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-notebook-job"

#include "config.h"

#include <string.h>

#include "sage-defaults.h"
#include "sage-error.h"
#include "sage-json.h"
#include "sage-notebook-job-start.h"

#define MAX_REPLY (1024 * 1024)

/* A notebook on its way to the engine. Owned by its task. */
typedef struct
{
  GBytes     *notebook; /* (owned) */
  JsonObject *request;  /* (owned) */
  char       *bucket;   /* (owned): that the notebook goes to */
} Start;

static void
start_free (Start *start)
{
  g_bytes_unref (start->notebook);
  json_object_unref (start->request);
  g_free (start->bucket);
  g_free (start);
}

static void
created_cb (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(JsonObject) reply = NULL;
  GError *error = NULL;

  reply = sage_connection_call_finish (SAGE_CONNECTION (object), result, &error);
  if (reply == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

static void
uploaded_cb (GObject      *object,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Start *start = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr(SageReply) reply = sage_client_send_finish (SAGE_CLIENT (object), result, &error);

  if (reply == NULL || !sage_reply_check (reply, &error))
    {
      g_prefix_error (&error, "Uploading the notebook: ");
      g_task_return_error (task, error);
      return;
    }

  sage_connection_call_async (g_task_get_source_object (task), "CreateTrainingJob", start->request,
                              g_task_get_cancellable (task), created_cb, g_object_ref (task));
}

/* Returns: (transfer full) (nullable): where the job expects the notebook: the folder of its channel, and the
 * name in its environment; %NULL if that is not in our bucket */
static char *
dup_object_path (Start *start)
{
  JsonObject *request = start->request;
  JsonArray *channels = sage_json_array (request, "InputDataConfig");
  JsonObject *channel = sage_json_array_object (channels, 0);
  JsonObject *s3 = sage_json_object (sage_json_object (channel, "DataSource"), "S3DataSource");
  const char *folder = sage_json_string (s3, "S3Uri", "");
  const char *name = sage_json_string (sage_json_object (request, "Environment"),
                                       "SM_INPUT_NOTEBOOK_NAME", "");
  g_autofree char *uri = g_strconcat ("s3://", start->bucket, "/", NULL);
  g_autofree char *key = NULL;

  if (!g_str_has_prefix (folder, uri))
    return NULL;

  key = g_strconcat (folder + strlen (uri), name, NULL);

  return sage_client_object_path (start->bucket, key);
}

static void
bucket_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Start *start = g_task_get_task_data (task);
  g_autofree char *path = NULL;
  GError *error = NULL;
  g_autoptr(SageReply) reply = sage_client_send_finish (SAGE_CLIENT (object), result, &error);

  if (reply == NULL || !sage_reply_check_bucket (reply, &error))
    {
      g_prefix_error (&error, "Making the bucket: ");
      g_task_return_error (task, error);
      return;
    }

  path = dup_object_path (start);
  if (path == NULL)
    {
      g_task_return_new_error (task, SAGE_ERROR, SAGE_ERROR_INVALID,
                               "The job does not take its notebook from 's3://%s/'", start->bucket);
      return;
    }
  sage_client_send_async (SAGE_CLIENT (object), "s3", "PUT", path, NULL, start->notebook, MAX_REPLY,
                          g_task_get_cancellable (task), uploaded_cb, g_object_ref (task));
}

/**
 * sage_notebook_job_start_async:
 * @connection: the engine
 * @notebook: the notebook's file
 * @request: made by sage_notebook_job_request()
 * @cancellable: (nullable): gives it up
 * @callback: called when the job is there
 * @user_data: for @callback
 *
 * Brings the notebook to the engine and creates the job that runs it.
 */
void
sage_notebook_job_start_async (SageConnection      *connection,
                               GBytes              *notebook,
                               JsonObject          *request,
                               GCancellable        *cancellable,
                               GAsyncReadyCallback  callback,
                               gpointer             user_data)
{
  g_autoptr(GTask) task = g_task_new (connection, cancellable, callback, user_data);
  SageClient *client = sage_connection_get_client (connection);
  Start *start = g_new0 (Start, 1);
  g_autofree char *path = NULL;

  start->notebook = g_bytes_ref (notebook);
  start->request = json_object_ref (request);
  start->bucket = sage_defaults_dup_bucket (connection);
  path = g_strconcat ("/", start->bucket, NULL);
  g_task_set_source_tag (task, sage_notebook_job_start_async);
  g_task_set_task_data (task, start, (GDestroyNotify) start_free);
  if (client == NULL)
    g_task_return_new_error (task, SAGE_ERROR, SAGE_ERROR_UNREACHABLE, "The engine is away");
  else
    sage_client_send_async (client, "s3", "PUT", path, NULL, NULL, MAX_REPLY,
                            cancellable, bucket_cb, g_steal_pointer (&task));
}

/**
 * sage_notebook_job_start_finish:
 * @connection: the engine
 * @result: what the callback got
 * @error: return location
 *
 * Returns: whether the job is there
 */
gboolean
sage_notebook_job_start_finish (SageConnection  *connection,
                                GAsyncResult    *result,
                                GError         **error)
{
  g_return_val_if_fail (g_task_is_valid (result, connection), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
