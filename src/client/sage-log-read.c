/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-log-source"

#include "config.h"

#include "sage-error.h"
#include "sage-json.h"
#include "sage-log-source-private.h"

#define MAX_STREAMS 50

/* As many as CloudWatch Logs gives at once. */
#define MAX_RECORDS 10000

/* One call to CloudWatch Logs, which may have to find the stream first. Owned by its task. */
typedef struct
{
  gboolean    filter;
  JsonObject *input;    /* (owned): without the stream */
  GPtrArray  *streams;  /* (owned): of those that were found */
} Read;

static void
read_free (Read *read)
{
  g_clear_pointer (&read->input, json_object_unref);
  g_ptr_array_unref (read->streams);
  g_free (read);
}

static GTask *
read_new (SageLogSource       *self,
          JsonObject          *input,
          gboolean             filter,
          GCancellable        *cancellable,
          GAsyncReadyCallback  callback,
          gpointer             user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Read *read = g_new0 (Read, 1);

  read->filter = filter;
  read->input = input;
  read->streams = g_ptr_array_new_with_free_func (g_free);
  g_task_set_task_data (task, read, (GDestroyNotify) read_free);

  return task;
}

/* Endpoints have a group each, jobs of one kind share one. */
static char *
dup_group (SageLogSource *self)
{
  SageResource *resource = sage_log_source_get_resource (self);
  const SageKindInfo *info = sage_kind_info (sage_resource_get_kind (resource));

  if (info->log_group == NULL)
    return NULL;
  if (sage_resource_get_kind (resource) == SAGE_KIND_ENDPOINT)
    return g_strconcat (info->log_group, "/", sage_resource_get_name (resource), NULL);

  return g_strdup (info->log_group);
}

/* Takes over the caller's reference on @task. */
static void
call (GTask               *task,
      const char          *operation,
      JsonObject          *input,
      GAsyncReadyCallback  callback)
{
  SageLogSource *self = g_task_get_source_object (task);
  g_autofree char *group = dup_group (self);
  g_autofree char *target = g_strconcat ("Logs_20140328.", operation, NULL);
  SageClient *client;

  client = sage_connection_get_client (sage_log_source_get_connection (self));
  if (group == NULL || client == NULL)
    {
      g_task_return_new_error (task, SAGE_ERROR,
                               group == NULL ? SAGE_ERROR_UNSUPPORTED : SAGE_ERROR_UNREACHABLE,
                               group == NULL ? "This has no log" : "The engine is not there");
      g_object_unref (task);
      return;
    }

  json_object_set_string_member (input, "logGroupName", group);
  sage_client_call_async (client, target, input, g_task_get_cancellable (task), callback, task);
}

static void
take_events (SageLogRecords *records,
             JsonObject     *reply)
{
  JsonArray *events = sage_json_array (reply, "events");

  for (guint i = 0; events != NULL && i < json_array_get_length (events); i++)
    {
      JsonObject *event = sage_json_array_object (events, i);
      const char *message = event != NULL ? sage_json_string (event, "message", NULL) : NULL;

      if (message != NULL)
        sage_log_records_add (records, sage_json_int (event, "timestamp", 0), message);
    }
}

static void
page_cb (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Read *read = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr(JsonObject) reply = sage_client_call_finish (SAGE_CLIENT (object), result, &error);
  SageLogRecords *records;

  if (reply == NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  records = sage_log_records_new ();
  take_events (records, reply);
  records->forward = g_strdup (sage_json_string (reply, read->filter ? "nextToken"
                                                                     : "nextForwardToken", NULL));
  records->backward = g_strdup (sage_json_string (reply, "nextBackwardToken", NULL));
  g_task_return_pointer (task, records, (GDestroyNotify) sage_log_records_free);
}

/* Takes over the caller's reference on @task. */
static void
read_page (GTask *task)
{
  SageLogSource *self = g_task_get_source_object (task);
  Read *read = g_task_get_task_data (task);
  const char *stream = sage_log_source_get_stream (self);
  JsonArray *streams;

  if (read->filter)
    {
      streams = json_array_new ();
      json_array_add_string_element (streams, stream);
      json_object_set_array_member (read->input, "logStreamNames", streams);
    }
  else
    json_object_set_string_member (read->input, "logStreamName", stream);

  call (task, read->filter ? "FilterLogEvents" : "GetLogEvents", read->input, page_cb);
}

/* --- Streams ---------------------------------------------------------------------------------- */

/* A group that is not there yet has no streams. */
static gboolean
take_streams (Read          *read,
              JsonObject    *reply,
              GError       **error)
{
  JsonArray *streams = reply != NULL ? sage_json_array (reply, "logStreams") : NULL;
  guint n = streams != NULL ? json_array_get_length (streams) : 0;

  if (g_error_matches (*error, SAGE_ERROR, SAGE_ERROR_NOT_FOUND))
    g_clear_error (error);
  for (guint i = 0; i < n; i++)
    {
      JsonObject *stream = sage_json_array_object (streams, i);
      const char *name = stream != NULL ? sage_json_string (stream, "logStreamName", NULL) : NULL;

      if (name != NULL && name[0] != '\0')
        g_ptr_array_add (read->streams, g_strdup (name));
    }

  return *error == NULL;
}

static void
found_stream_cb (GObject      *object,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  SageLogSource *self = g_task_get_source_object (task);
  Read *read = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr(JsonObject) reply = sage_client_call_finish (SAGE_CLIENT (object), result, &error);

  if (!take_streams (read, reply, &error))
    g_task_return_error (task, error);
  else if (read->streams->len == 0)
    g_task_return_pointer (task, sage_log_records_new (),
                           (GDestroyNotify) sage_log_records_free);
  else
    {
      if (sage_log_source_get_stream (self) == NULL)
        sage_log_source_set_stream (self, g_ptr_array_index (read->streams, 0));
      read_page (g_steal_pointer (&task));
    }
}

static void
found_streams_cb (GObject      *object,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Read *read = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr(JsonObject) reply = sage_client_call_finish (SAGE_CLIENT (object), result, &error);

  if (!take_streams (read, reply, &error))
    {
      g_task_return_error (task, error);
      return;
    }

  g_ptr_array_add (read->streams, NULL);
  g_task_return_pointer (task, g_ptr_array_free (g_steal_pointer (&read->streams), FALSE),
                         (GDestroyNotify) g_strfreev);
  read->streams = g_ptr_array_new_with_free_func (g_free);
}

/* Takes over the caller's reference on @task. */
static void
find_streams (GTask               *task,
              GAsyncReadyCallback  callback)
{
  SageResource *resource = sage_log_source_get_resource (g_task_get_source_object (task));
  g_autoptr(JsonObject) input = json_object_new ();
  g_autofree char *prefix = g_strconcat (sage_resource_get_name (resource), "/", NULL);

  if (sage_resource_get_kind (resource) != SAGE_KIND_ENDPOINT)
    json_object_set_string_member (input, "logStreamNamePrefix", prefix);
  json_object_set_int_member (input, "limit", MAX_STREAMS);
  call (task, "DescribeLogStreams", input, callback);
}

/* Takes over the caller's reference on @task. */
static void
start (GTask *task)
{
  if (sage_log_source_get_stream (g_task_get_source_object (task)) != NULL)
    read_page (task);
  else
    find_streams (task, found_stream_cb);
}

/**
 * sage_log_source_streams_async:
 * @self: a log
 * @cancellable: (nullable): gives it up
 * @callback: called with the streams
 * @user_data: for @callback
 *
 * Finds the streams of the log, one for each host.
 */
void
sage_log_source_streams_async (SageLogSource       *self,
                               GCancellable        *cancellable,
                               GAsyncReadyCallback  callback,
                               gpointer             user_data)
{
  GTask *task;

  g_return_if_fail (SAGE_IS_LOG_SOURCE (self));

  task = read_new (self, NULL, FALSE, cancellable, callback, user_data);
  g_task_set_source_tag (task, sage_log_source_streams_async);
  find_streams (task, found_streams_cb);
}

/**
 * sage_log_source_streams_finish:
 * @self: a log
 * @result: what the callback got
 * @error: return location
 *
 * Returns: (transfer full): their names, none as long as nothing was written
 */
GStrv
sage_log_source_streams_finish (SageLogSource  *self,
                                GAsyncResult   *result,
                                GError        **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* --- Pages ------------------------------------------------------------------------------------ */

static void
sage_log_source_read_async (SageLogPager        *pager,
                            SageLogDirection     direction,
                            const char          *token,
                            gint64               time_ms,
                            guint                max_records,
                            GCancellable        *cancellable,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  gboolean forward = direction == SAGE_LOG_FORWARD;
  JsonObject *input = json_object_new ();
  GTask *task;

  json_object_set_boolean_member (input, "startFromHead", forward);
  json_object_set_int_member (input, "limit", CLAMP (max_records, 1, MAX_RECORDS));
  if (token != NULL)
    json_object_set_string_member (input, "nextToken", token);
  else if (time_ms > 0)
    json_object_set_int_member (input, forward ? "startTime" : "endTime", time_ms);

  task = read_new (SAGE_LOG_SOURCE (pager), input, FALSE, cancellable, callback, user_data);
  g_task_set_source_tag (task, sage_log_source_read_async);
  start (task);
}

static void
sage_log_source_filter_async (SageLogPager        *pager,
                              const char          *pattern,
                              const char          *token,
                              guint                max_records,
                              GCancellable        *cancellable,
                              GAsyncReadyCallback  callback,
                              gpointer             user_data)
{
  JsonObject *input = json_object_new ();
  GTask *task;

  json_object_set_string_member (input, "filterPattern", pattern);
  json_object_set_int_member (input, "limit", CLAMP (max_records, 1, MAX_RECORDS));
  if (token != NULL)
    json_object_set_string_member (input, "nextToken", token);

  task = read_new (SAGE_LOG_SOURCE (pager), input, TRUE, cancellable, callback, user_data);
  g_task_set_source_tag (task, sage_log_source_filter_async);
  start (task);
}

static SageLogRecords *
sage_log_source_finish (SageLogPager  *pager,
                        GAsyncResult  *result,
                        GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, pager), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* How a log is read by whoever reads logs. */
void
sage_log_source_pager_init (SageLogPagerInterface *iface)
{
  iface->read_async = sage_log_source_read_async;
  iface->read_finish = sage_log_source_finish;
  iface->filter_async = sage_log_source_filter_async;
  iface->filter_finish = sage_log_source_finish;
}
