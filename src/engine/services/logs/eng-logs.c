/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-logs"

#include "config.h"

#include <string.h>

#include "eng-log-events.h"
#include "eng-log-streams.h"
#include "eng-log.h"
#include "eng-logs.h"
#include "eng-page-token.h"
#include "sage-error.h"
#include "sage-json.h"

#define DEFAULT_STREAMS 50

static const EngLogEntry *
entry_at (GPtrArray *entries,
          guint      index)
{
  return entries != NULL && index < entries->len ? g_ptr_array_index (entries, index) : NULL;
}

static JsonObject *
stream_to_json (EngCall            *call,
                const char         *group,
                const EngLogStream *stream)
{
  JsonObject *object = json_object_new ();
  g_autofree char *arn = g_strdup_printf ("arn:aws:logs:%s:%s:log-group:%s:log-stream:%s",
                                          call->engine->region, call->engine->account, group,
                                          stream->name);
  g_autoptr(GPtrArray) first = NULL;
  g_autoptr(GPtrArray) last = NULL;
  guint64 unused;

  json_object_set_string_member (object, "logStreamName", stream->name);
  json_object_set_string_member (object, "arn", arn);
  json_object_set_int_member (object, "creationTime", stream->created);
  json_object_set_int_member (object, "storedBytes", 0);

  first = eng_log_read (stream->path, 0, 1, &unused, NULL);
  last = eng_log_read_before (stream->path, G_MAXUINT64, 1, &unused, NULL);
  if (entry_at (first, 0) != NULL && entry_at (last, 0) != NULL)
    {
      gint64 when = entry_at (last, 0)->timestamp_ms;

      json_object_set_int_member (object, "firstEventTimestamp", entry_at (first, 0)->timestamp_ms);
      json_object_set_int_member (object, "lastEventTimestamp", when);
      json_object_set_int_member (object, "lastIngestionTime", when);
    }

  return object;
}

/* Time of the last line, 0 for an empty log. */
static gint64
last_time (const EngLogStream *stream)
{
  guint64 unused;
  g_autoptr(GPtrArray) last = eng_log_read_before (stream->path, G_MAXUINT64, 1, &unused, NULL);

  return entry_at (last, 0) != NULL ? entry_at (last, 0)->timestamp_ms : 0;
}

static int
compare_times (gconstpointer a,
               gconstpointer b)
{
  gint64 left = last_time (*(EngLogStream * const *) a);
  gint64 right = last_time (*(EngLogStream * const *) b);

  return (left > right) - (left < right);
}

/* Streams come in the order of their names. */
static void
sort_streams (EngCall   *call,
              GPtrArray *streams)
{
  if (strcmp (sage_json_string (call->input, "orderBy", "LogStreamName"), "LastEventTime") == 0)
    g_ptr_array_sort (streams, compare_times);
  if (sage_json_bool (call->input, "descending", FALSE))
    for (guint i = 0; i < streams->len / 2; i++)
      {
        gpointer *other = &streams->pdata[streams->len - 1 - i];
        gpointer swapped = streams->pdata[i];

        streams->pdata[i] = *other;
        *other = swapped;
      }
}

/* No token is sent when all fits: the SageMaker SDK would ask for ever. */
static gboolean
describe_streams (EngCall  *call,
                  GError  **error)
{
  const char *group = sage_json_string (call->input, "logGroupName", "");
  const char *token = sage_json_string (call->input, "nextToken", NULL);
  guint limit = (guint) sage_json_int (call->input, "limit", DEFAULT_STREAMS);
  g_autoptr(GPtrArray) streams =
    eng_log_streams_find (call->engine, group,
                          sage_json_string (call->input, "logStreamNamePrefix", NULL), error);
  g_autoptr(JsonObject) reply = json_object_new ();
  g_autofree char *next_name = NULL;
  JsonArray *list = json_array_new ();
  gint64 position = 0;
  guint at = 0;

  json_object_set_array_member (reply, "logStreams", list);
  if (streams == NULL ||
      (token != NULL && !eng_page_token_parse (call, token, &next_name, &position, error)))
    return FALSE;

  sort_streams (call, streams);
  if (next_name != NULL)
    at = eng_log_streams_index (streams, next_name, position);
  for (; at < streams->len && json_array_get_length (list) < limit; at++)
    json_array_add_object_element (list, stream_to_json (call, group,
                                                         g_ptr_array_index (streams, at)));
  if (at < streams->len)
    {
      const EngLogStream *next = g_ptr_array_index (streams, at);
      g_autofree char *made = eng_page_token_make (call, next->name, at);

      json_object_set_string_member (reply, "nextToken", made);
    }
  eng_call_reply (call, reply);

  return TRUE;
}

static gboolean
describe_groups (EngCall  *call,
                 GError  **error)
{
  const char *prefix = sage_json_string (call->input, "logGroupNamePrefix", "");
  const char * const *names = eng_log_streams_groups ();
  g_autoptr(JsonObject) reply = json_object_new ();
  JsonArray *list = json_array_new ();

  json_object_set_array_member (reply, "logGroups", list);
  for (guint i = 0; names[i] != NULL; i++)
    {
      g_autofree char *arn = NULL;
      JsonObject *group;

      if (!g_str_has_prefix (names[i], prefix))
        continue;
      group = json_object_new ();
      arn = g_strdup_printf ("arn:aws:logs:%s:%s:log-group:%s:*", call->engine->region,
                             call->engine->account, names[i]);
      json_object_set_string_member (group, "logGroupName", names[i]);
      json_object_set_string_member (group, "arn", arn);
      json_object_set_int_member (group, "creationTime", 0);
      json_array_add_object_element (list, group);
    }
  eng_call_reply (call, reply);

  return TRUE;
}

static const EngOperation operations[] = {
  { "logs", "DescribeLogGroups", ENG_ACCESS_READ, describe_groups },
  { "logs", "DescribeLogStreams", ENG_ACCESS_READ, describe_streams },
  { "logs", "GetLogEvents", ENG_ACCESS_READ, eng_log_events_get },
  { "logs", "FilterLogEvents", ENG_ACCESS_READ, eng_log_events_filter },
};

/**
 * eng_logs_register:
 * @engine: the engine
 *
 * Adds the operations of CloudWatch Logs that read jobs' logs to the table.
 */
void
eng_logs_register (EngEngine *engine)
{
  eng_operations_add (engine->operations, operations, G_N_ELEMENTS (operations));
}
