/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-metrics-load"

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "sage-error.h"
#include "sage-json.h"
#include "sage-metrics-load.h"

/* Reports are a few KiB; what is longer is no report. */
#define MAX_REPORT ((gsize) 1024 * 1024)

/**
 * sage_metrics_uri:
 * @package: the description of a model package
 *
 * Returns: (transfer none) (nullable): where its evaluation report is
 */
const char *
sage_metrics_uri (JsonObject *package)
{
  JsonObject *metrics = sage_json_object (package, "ModelMetrics");
  JsonObject *quality = metrics != NULL ? sage_json_object (metrics, "ModelQuality") : NULL;
  JsonObject *statistics = quality != NULL ? sage_json_object (quality, "Statistics") : NULL;

  return statistics != NULL ? sage_json_string (statistics, "S3Uri", NULL) : NULL;
}

/* Returns: (transfer full) (nullable): the path of the object in the engine's S3 */
static char *
path_of (const char  *uri,
         GError     **error)
{
  const char *bucket = g_str_has_prefix (uri, "s3://") ? uri + strlen ("s3://") : "";
  const char *slash = strchr (bucket, '/');
  g_autofree char *name = NULL;

  if (slash == NULL || slash == bucket || slash[1] == '\0')
    {
      g_set_error (error, SAGE_ERROR, SAGE_ERROR_INVALID,
                   _("“%s” names no object in S3; the metrics of a version are expected at "
                     "s3://bucket/key"), uri);
      return NULL;
    }

  name = g_strndup (bucket, (gsize) (slash - bucket));

  return sage_client_object_path (name, slash + 1);
}

static void
replied_cb (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(SageReply) reply = NULL;
  g_autoptr(JsonNode) node = NULL;
  GBytes *body;
  GError *error = NULL;

  reply = sage_client_send_finish (SAGE_CLIENT (object), result, &error);
  if (reply == NULL || !sage_reply_check (reply, &error))
    {
      g_task_return_error (task, error);
      return;
    }

  body = sage_reply_get_body (reply);
  node = sage_json_parse_object (g_bytes_get_data (body, NULL), (gssize) g_bytes_get_size (body),
                                 NULL, &error);
  if (node == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, sage_metrics_flatten (json_node_get_object (node)),
                           (GDestroyNotify) g_ptr_array_unref);
}

/**
 * sage_metrics_load_async:
 * @connection: an engine
 * @uri: where the report is, `s3://bucket/key`
 * @cancellable: (nullable): gives it up
 * @callback: called with the numbers
 * @user_data: for @callback
 *
 * Reads the evaluation report of a model version through the engine.
 */
void
sage_metrics_load_async (SageConnection      *connection,
                         const char          *uri,
                         GCancellable        *cancellable,
                         GAsyncReadyCallback  callback,
                         gpointer             user_data)
{
  g_autoptr(GTask) task = g_task_new (connection, cancellable, callback, user_data);
  g_autofree char *path = NULL;
  SageClient *client;
  GError *error = NULL;

  g_task_set_source_tag (task, sage_metrics_load_async);
  client = sage_connection_get_client (connection);
  path = path_of (uri, &error);
  if (path == NULL)
    g_task_return_error (task, error);
  else if (client == NULL)
    g_task_return_new_error (task, SAGE_ERROR, SAGE_ERROR_UNREACHABLE, "Not connected");
  else
    sage_client_send_async (client, "s3", "GET", path, NULL, NULL, MAX_REPORT, cancellable,
                            replied_cb, g_steal_pointer (&task));
}

/**
 * sage_metrics_load_finish:
 * @connection: the engine
 * @result: what the callback got
 * @error: return location
 *
 * Returns: (transfer full) (nullable) (element-type SageMetric): the numbers
 */
GPtrArray *
sage_metrics_load_finish (SageConnection  *connection,
                          GAsyncResult    *result,
                          GError         **error)
{
  g_return_val_if_fail (g_task_is_valid (result, connection), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
