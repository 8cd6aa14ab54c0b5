/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-cloud-log"

#include "config.h"

#include "sage-cloud-log.h"
#include "sage-error.h"
#include "sage-json.h"

/* As many as CloudWatch Logs gives at once. */
#define MAX_EVENTS 10000

/* Streams of one thing that are listed; a job has one for each of its instances. */
#define MAX_STREAMS 50

struct _SageCloudLog
{
  GObject         parent_instance;

  SageConnection *connection; /* (owned), never changes */
  char           *group;      /* (owned), never changes */
  char           *stream;     /* (owned), never changes */
};

static void sage_cloud_log_pager_init (SageLogPagerInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (SageCloudLog, sage_cloud_log, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (SAGE_TYPE_LOG_PAGER,
                                                      sage_cloud_log_pager_init))

/* --- pages ------------------------------------------------------------------------------------ */

/* Takes @input over. */
static void
call (SageConnection      *connection,
      const char          *target,
      JsonObject          *input,
      GAsyncReadyCallback  callback,
      GTask               *task)
{
  SageClient *client = sage_connection_get_client (connection);
  g_autoptr(JsonObject) owned = input;

  if (client != NULL)
    sage_client_call_async (client, target, owned, g_task_get_cancellable (task), callback,
                            g_object_ref (task));
  else
    g_task_return_new_error (task, SAGE_ERROR, SAGE_ERROR_UNREACHABLE, "The engine is not there");
}

static void
take_events (SageLogPage *page,
             JsonObject  *reply)
{
  JsonArray *events = sage_json_array (reply, "events");

  for (guint i = 0; events != NULL && i < json_array_get_length (events); i++)
    {
      JsonObject *event = sage_json_array_object (events, i);

      if (event != NULL)
        sage_log_page_add (page, sage_json_int (event, "timestamp", 0),
                           sage_json_string (event, "message", ""));
    }
}

static void
sage_cloud_log_read_cb (GObject      *object,
                        GAsyncResult *result,
                        gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonObject) reply = sage_client_call_finish (SAGE_CLIENT (object), result, &error);
  g_autoptr(SageLogPage) page = NULL;

  if (reply == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }

  page = sage_log_page_new ();
  take_events (page, reply);
  page->backward = g_strdup (sage_json_string (reply, "nextBackwardToken", NULL));
  page->forward = g_strdup (sage_json_string (reply, "nextForwardToken", NULL));
  if (page->backward != NULL && page->forward != NULL)
    g_task_return_pointer (task, g_steal_pointer (&page), (GDestroyNotify) sage_log_page_free);
  else
    g_task_return_new_error (task, SAGE_ERROR, SAGE_ERROR_PROTOCOL,
                             "A page of the log does not say how to go on");
}

static void
sage_cloud_log_read_async (SageLogPager        *pager,
                           SageLogDirection     direction,
                           const char          *token,
                           gint64               time_ms,
                           guint                max_events,
                           GCancellable        *cancellable,
                           GAsyncReadyCallback  callback,
                           gpointer             user_data)
{
  SageCloudLog *self = SAGE_CLOUD_LOG (pager);
  g_autoptr(GTask) task = g_task_new (self, cancellable, callback, user_data);
  JsonObject *input = json_object_new ();

  g_task_set_source_tag (task, sage_cloud_log_read_async);
  json_object_set_string_member (input, "logGroupName", self->group);
  json_object_set_string_member (input, "logStreamName", self->stream);
  json_object_set_boolean_member (input, "startFromHead", direction == SAGE_LOG_FORWARD);
  json_object_set_int_member (input, "limit", MIN (max_events, MAX_EVENTS));
  if (token != NULL)
    json_object_set_string_member (input, "nextToken", token);
  else if (direction == SAGE_LOG_FORWARD && time_ms > 0)
    json_object_set_int_member (input, "startTime", time_ms);
  else if (direction == SAGE_LOG_BACKWARD && time_ms < G_MAXINT64)
    json_object_set_int_member (input, "endTime", time_ms);
  call (self->connection, "Logs_20140328.GetLogEvents", input, sage_cloud_log_read_cb, task);
}

static void
sage_cloud_log_filter_cb (GObject      *object,
                          GAsyncResult *result,
                          gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonObject) reply = sage_client_call_finish (SAGE_CLIENT (object), result, &error);
  g_autoptr(SageLogPage) page = NULL;

  if (reply == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }

  page = sage_log_page_new ();
  take_events (page, reply);
  page->forward = g_strdup (sage_json_string (reply, "nextToken", NULL));
  g_task_return_pointer (task, g_steal_pointer (&page), (GDestroyNotify) sage_log_page_free);
}

static void
sage_cloud_log_filter_async (SageLogPager        *pager,
                             SageLogNeedle       *needle,
                             const char          *token,
                             guint                max_events,
                             GCancellable        *cancellable,
                             GAsyncReadyCallback  callback,
                             gpointer             user_data)
{
  SageCloudLog *self = SAGE_CLOUD_LOG (pager);
  g_autoptr(GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autofree char *pattern = sage_log_needle_dup_pattern (needle);
  JsonObject *input = json_object_new ();
  JsonArray *names = json_array_new ();

  g_task_set_source_tag (task, sage_cloud_log_filter_async);
  json_array_add_string_element (names, self->stream);
  json_object_set_string_member (input, "logGroupName", self->group);
  json_object_set_array_member (input, "logStreamNames", names);
  json_object_set_string_member (input, "filterPattern", pattern);
  json_object_set_int_member (input, "limit", MIN (max_events, MAX_EVENTS));
  if (token != NULL)
    json_object_set_string_member (input, "nextToken", token);
  call (self->connection, "Logs_20140328.FilterLogEvents", input, sage_cloud_log_filter_cb, task);
}

static SageLogPage *
sage_cloud_log_finish (SageLogPager  *pager,
                       GAsyncResult  *result,
                       GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, pager), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
sage_cloud_log_pager_init (SageLogPagerInterface *iface)
{
  iface->read_async = sage_cloud_log_read_async;
  iface->read_finish = sage_cloud_log_finish;
  iface->filter_async = sage_cloud_log_filter_async;
  iface->filter_finish = sage_cloud_log_finish;
}

/* --- streams ---------------------------------------------------------------------------------- */

static void
sage_cloud_log_list_cb (GObject      *object,
                        GAsyncResult *result,
                        gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonObject) reply = sage_client_call_finish (SAGE_CLIENT (object), result, &error);
  g_autoptr(GStrvBuilder) names = NULL;
  JsonArray *streams;

  if (reply == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }

  names = g_strv_builder_new ();
  streams = sage_json_array (reply, "logStreams");
  for (guint i = 0; streams != NULL && i < json_array_get_length (streams); i++)
    {
      JsonObject *stream = sage_json_array_object (streams, i);
      const char *name = stream != NULL ? sage_json_string (stream, "logStreamName", NULL) : NULL;

      if (name != NULL)
        g_strv_builder_add (names, name);
    }
  g_task_return_pointer (task, g_strv_builder_end (names), (GDestroyNotify) g_strfreev);
}

/**
 * sage_cloud_log_list_async:
 * @connection: the engine
 * @group: a log group
 * @prefix: (nullable): what the names of the streams begin with
 * @cancellable: (nullable): gives it up
 * @callback: called with the names
 * @user_data: for @callback
 *
 * Looks for the streams that something writes to.
 */
void
sage_cloud_log_list_async (SageConnection      *connection,
                           const char          *group,
                           const char          *prefix,
                           GCancellable        *cancellable,
                           GAsyncReadyCallback  callback,
                           gpointer             user_data)
{
  g_autoptr(GTask) task = g_task_new (connection, cancellable, callback, user_data);
  JsonObject *input = json_object_new ();

  g_task_set_source_tag (task, sage_cloud_log_list_async);
  json_object_set_string_member (input, "logGroupName", group);
  if (prefix != NULL)
    json_object_set_string_member (input, "logStreamNamePrefix", prefix);
  json_object_set_int_member (input, "limit", MAX_STREAMS);
  call (connection, "Logs_20140328.DescribeLogStreams", input, sage_cloud_log_list_cb, task);
}

/**
 * sage_cloud_log_list_finish:
 * @connection: the engine
 * @result: what the callback got
 * @error: return location
 *
 * Returns: (transfer full): the names of the streams, none before anything was printed; %NULL with
 *   %SAGE_ERROR_NOT_FOUND for a group that is not there, or with what the engine's reply stands for
 */
GStrv
sage_cloud_log_list_finish (SageConnection  *connection,
                            GAsyncResult    *result,
                            GError         **error)
{
  g_return_val_if_fail (g_task_is_valid (result, connection), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* --- the type --------------------------------------------------------------------------------- */

/**
 * sage_cloud_log_get_stream:
 * @self: a log
 *
 * Returns: the name of its stream
 */
const char *
sage_cloud_log_get_stream (SageCloudLog *self)
{
  g_return_val_if_fail (SAGE_IS_CLOUD_LOG (self), NULL);

  return self->stream;
}

static void
sage_cloud_log_finalize (GObject *object)
{
  SageCloudLog *self = SAGE_CLOUD_LOG (object);

  g_clear_object (&self->connection);
  g_free (self->group);
  g_free (self->stream);

  G_OBJECT_CLASS (sage_cloud_log_parent_class)->finalize (object);
}

static void
sage_cloud_log_class_init (SageCloudLogClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sage_cloud_log_finalize;
}

static void
sage_cloud_log_init (SageCloudLog *self)
{
}

/**
 * sage_cloud_log_new:
 * @connection: the engine
 * @group: the log group, e.g. `/aws/sagemaker/TrainingJobs`
 * @stream: the stream's name
 *
 * Returns: (transfer full): the log
 */
SageCloudLog *
sage_cloud_log_new (SageConnection *connection,
                    const char     *group,
                    const char     *stream)
{
  SageCloudLog *self;

  g_return_val_if_fail (SAGE_IS_CONNECTION (connection), NULL);
  g_return_val_if_fail (group != NULL && stream != NULL, NULL);

  self = g_object_new (SAGE_TYPE_CLOUD_LOG, NULL);
  self->connection = g_object_ref (connection);
  self->group = g_strdup (group);
  self->stream = g_strdup (stream);

  return self;
}
