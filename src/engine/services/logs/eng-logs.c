/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-logs"

#include "config.h"

#include <string.h>

#include "eng-log-streams.h"
#include "eng-log.h"
#include "eng-logs.h"
#include "eng-page-token.h"
#include "sage-error.h"
#include "sage-json.h"

/* CloudWatch Logs' own limits and defaults. */
#define MAX_EVENTS 10000
#define DEFAULT_STREAMS 50

/* A page of events is at most 1 MiB there; ours ends soon after. */
#define MAX_PAGE_BYTES (1024 * 1024)

/* The end of time, in milliseconds. */
#define FOREVER G_MAXINT64

static JsonObject *
event_to_json (const EngLogEntry *entry)
{
  JsonObject *event = json_object_new ();

  json_object_set_int_member (event, "timestamp", entry->timestamp_ms);
  json_object_set_string_member (event, "message", entry->message);
  json_object_set_int_member (event, "ingestionTime", entry->timestamp_ms);

  return event;
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
  g_autoptr(GPtrArray) last = NULL;
  guint64 unused;

  json_object_set_string_member (object, "logStreamName", stream->name);
  json_object_set_string_member (object, "arn", arn);
  json_object_set_int_member (object, "creationTime", stream->created);
  json_object_set_int_member (object, "storedBytes", 0);

  last = eng_log_read_before (stream->path, G_MAXUINT64, 1, &unused, NULL);
  if (last != NULL && last->len > 0)
    {
      const EngLogEntry *entry = g_ptr_array_index (last, 0);

      json_object_set_int_member (object, "firstEventTimestamp", stream->created);
      json_object_set_int_member (object, "lastEventTimestamp", entry->timestamp_ms);
      json_object_set_int_member (object, "lastIngestionTime", entry->timestamp_ms);
    }

  return object;
}

/* Pages go by position in the order of names. No token is sent when all fits: the SageMaker SDK
 * would ask for ever. */
static gboolean
describe_streams (EngCall  *call,
                  GError  **error)
{
  const char *group = sage_json_string (call->input, "logGroupName", "");
  const char *token = sage_json_string (call->input, "nextToken", NULL);
  gint64 limit = sage_json_int (call->input, "limit", DEFAULT_STREAMS);
  g_autoptr(GPtrArray) streams =
    eng_log_streams_find (call->engine, group,
                          sage_json_string (call->input, "logStreamNamePrefix", NULL), error);
  g_autoptr(JsonObject) reply = json_object_new ();
  g_autofree char *unused = NULL;
  JsonArray *list = json_array_new ();
  gint64 from = 0;

  json_object_set_array_member (reply, "logStreams", list);
  if (streams == NULL ||
      (token != NULL && !eng_page_token_parse (call, token, &unused, &from, error)))
    return FALSE;

  for (gint64 i = from; i < MIN (from + limit, (gint64) streams->len); i++)
    json_array_add_object_element (list, stream_to_json (call, group,
                                                         g_ptr_array_index (streams, i)));
  if (from + limit < (gint64) streams->len)
    {
      g_autofree char *next = eng_page_token_make (call, "", from + limit);

      json_object_set_string_member (reply, "nextToken", next);
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

/* Tokens are `f/OFFSET` and `b/OFFSET`: byte positions in a file that only grows. */
static gboolean
parse_position (const char  *token,
                char        *direction,
                guint64     *offset,
                GError     **error)
{
  char *end;

  if ((token[0] != 'f' && token[0] != 'b') || token[1] != '/' || !g_ascii_isdigit (token[2]))
    return sage_throw (error, SAGE_ERROR_INVALID, "The specified nextToken is invalid.");

  *direction = token[0];
  *offset = g_ascii_strtoull (token + 2, &end, 10);
  if (*end != '\0')
    return sage_throw (error, SAGE_ERROR_INVALID, "The specified nextToken is invalid.");

  return TRUE;
}

/* Reads one page in the direction asked for; `first` and `next` bound what was read. */
static GPtrArray *
read_page (EngCall       *call,
           EngLogStream  *stream,
           guint64       *first,
           guint64       *next,
           GError       **error)
{
  const char *token = sage_json_string (call->input, "nextToken", NULL);
  gboolean from_head = sage_json_bool (call->input, "startFromHead", FALSE);
  guint limit = (guint) sage_json_int (call->input, "limit", MAX_EVENTS);
  char direction = from_head ? 'f' : 'b';
  guint64 offset = from_head ? 0 : G_MAXUINT64;
  GPtrArray *entries;

  if (token != NULL && !parse_position (token, &direction, &offset, error))
    return NULL;

  if (direction == 'f')
    {
      *first = offset;
      return eng_log_read (stream->path, offset, limit, next, error);
    }

  entries = eng_log_read_before (stream->path, offset, limit, first, error);
  *next = offset;
  if (entries != NULL && offset == G_MAXUINT64)
    {
      /* The end as it is now, so that following goes on from here. */
      const EngLogEntry *last = entries->len > 0 ? g_ptr_array_index (entries, entries->len - 1)
                                                 : NULL;
      g_autoptr(GPtrArray) tail = eng_log_read (stream->path, last != NULL ? last->offset : 0,
                                                last != NULL ? 1 : 0, next, NULL);
    }

  return entries;
}

static gboolean
get_events (EngCall  *call,
            GError  **error)
{
  const char *group = sage_json_string (call->input, "logGroupName", "");
  const char *name = sage_json_string (call->input, "logStreamName", "");
  gint64 start = sage_json_int (call->input, "startTime", 0);
  gint64 end = sage_json_int (call->input, "endTime", FOREVER);
  g_autoptr(EngLogStream) stream = eng_log_streams_get (call->engine, group, name, error);
  g_autoptr(GPtrArray) entries = NULL;
  g_autoptr(JsonObject) reply = json_object_new ();
  g_autofree char *forward = NULL;
  g_autofree char *backward = NULL;
  JsonArray *events = json_array_new ();
  guint64 first = 0;
  guint64 next = 0;

  json_object_set_array_member (reply, "events", events);
  if (stream == NULL)
    return FALSE;
  entries = read_page (call, stream, &first, &next, error);
  if (entries == NULL)
    return FALSE;

  for (guint i = 0; i < entries->len; i++)
    {
      const EngLogEntry *entry = g_ptr_array_index (entries, i);

      if (entry->timestamp_ms >= start && entry->timestamp_ms < end)
        json_array_add_object_element (events, event_to_json (entry));
    }
  forward = g_strdup_printf ("f/%" G_GUINT64_FORMAT, next);
  backward = g_strdup_printf ("b/%" G_GUINT64_FORMAT, first);
  json_object_set_string_member (reply, "nextForwardToken", forward);
  json_object_set_string_member (reply, "nextBackwardToken", backward);
  eng_call_reply (call, reply);

  return TRUE;
}

/* A filter pattern of plain terms and "quoted phrases": all of them must occur. */
static GStrv
parse_pattern (const char  *pattern,
               GError     **error)
{
  g_auto(GStrv) terms = NULL;

  if (*pattern == '\0')
    return g_new0 (char *, 1);
  if (strpbrk (pattern, "{}[]?*%") != NULL || *pattern == '-')
    {
      sage_throw (error, SAGE_ERROR_INVALID,
                  "The filter pattern may only hold terms and quoted phrases");
      return NULL;
    }
  if (!g_shell_parse_argv (pattern, NULL, &terms, NULL))
    {
      sage_throw (error, SAGE_ERROR_INVALID, "The filter pattern has an unbalanced quote");
      return NULL;
    }

  return g_steal_pointer (&terms);
}

static gboolean
matches (const EngLogEntry *entry,
         GStrv              terms)
{
  for (guint i = 0; terms[i] != NULL; i++)
    if (strstr (entry->message, terms[i]) == NULL)
      return FALSE;

  return TRUE;
}

/* One FilterLogEvents call under way. */
typedef struct
{
  EngCall   *call;
  GStrv      terms;
  JsonArray *events;
  gint64     limit;
  gint64     start;
  gint64     end;
  gsize      bytes;
} Filter;

static void
add_match (Filter             *filter,
           const EngLogStream *stream,
           const EngLogEntry  *entry)
{
  g_autofree char *id = g_strdup_printf ("%020" G_GUINT64_FORMAT, entry->offset);
  JsonObject *event = event_to_json (entry);

  json_object_set_string_member (event, "logStreamName", stream->name);
  json_object_set_string_member (event, "eventId", id);
  json_array_add_object_element (filter->events, event);
  filter->bytes += strlen (entry->message);
}

/* Returns FALSE when the page is full; *offset is where the next one begins. */
static gboolean
filter_stream (Filter             *filter,
               const EngLogStream *stream,
               guint64            *offset)
{
  while (TRUE)
    {
      guint64 next = *offset;
      g_autoptr(GPtrArray) entries = eng_log_read (stream->path, *offset, 1000, &next, NULL);

      if (entries == NULL || entries->len == 0)
        return TRUE;
      for (guint i = 0; i < entries->len; i++)
        {
          const EngLogEntry *entry = g_ptr_array_index (entries, i);

          *offset = entry->offset;
          if (json_array_get_length (filter->events) >= filter->limit ||
              filter->bytes > MAX_PAGE_BYTES)
            return FALSE;
          if (entry->timestamp_ms >= filter->start && entry->timestamp_ms < filter->end &&
              matches (entry, filter->terms))
            add_match (filter, stream, entry);
        }
      *offset = next;
    }
}

static gboolean
is_wanted (EngCall            *call,
           const EngLogStream *stream)
{
  JsonArray *names = sage_json_array (call->input, "logStreamNames");

  for (guint i = 0; names != NULL && i < json_array_get_length (names); i++)
    if (g_strcmp0 (sage_json_array_string (names, i), stream->name) == 0)
      return TRUE;

  return names == NULL;
}

static void
filter_streams (Filter    *filter,
                GPtrArray *streams,
                gint64     from,
                guint64    offset,
                char     **token)
{
  for (gint64 i = from; i < (gint64) streams->len; i++)
    {
      const EngLogStream *stream = g_ptr_array_index (streams, i);

      if (is_wanted (filter->call, stream) && !filter_stream (filter, stream, &offset))
        {
          g_autofree char *position = g_strdup_printf ("%" G_GUINT64_FORMAT, offset);

          *token = eng_page_token_make (filter->call, position, i);
          return;
        }
      offset = 0;
    }
}

static gboolean
filter_events (EngCall  *call,
               GError  **error)
{
  const char *token = sage_json_string (call->input, "nextToken", NULL);
  g_autoptr(GPtrArray) streams =
    eng_log_streams_find (call->engine, sage_json_string (call->input, "logGroupName", ""),
                          sage_json_string (call->input, "logStreamNamePrefix", NULL), error);
  g_auto(GStrv) terms = NULL;
  g_autoptr(JsonObject) reply = json_object_new ();
  g_autofree char *position = NULL;
  g_autofree char *next = NULL;
  gint64 from = 0;
  Filter filter = {
    .call = call,
    .events = json_array_new (),
    .limit = sage_json_int (call->input, "limit", MAX_EVENTS),
    .start = sage_json_int (call->input, "startTime", 0),
    .end = sage_json_int (call->input, "endTime", FOREVER),
  };

  json_object_set_array_member (reply, "events", filter.events);
  if (streams == NULL ||
      (token != NULL && !eng_page_token_parse (call, token, &position, &from, error)))
    return FALSE;
  terms = parse_pattern (sage_json_string (call->input, "filterPattern", ""), error);
  if (terms == NULL)
    return FALSE;

  filter.terms = terms;
  filter_streams (&filter, streams, from,
                  position != NULL ? g_ascii_strtoull (position, NULL, 10) : 0, &next);
  json_object_set_array_member (reply, "searchedLogStreams", json_array_new ());
  if (next != NULL)
    json_object_set_string_member (reply, "nextToken", next);
  eng_call_reply (call, reply);

  return TRUE;
}

static const EngOperation operations[] = {
  { "logs", "DescribeLogGroups", ENG_ACCESS_READ, describe_groups },
  { "logs", "DescribeLogStreams", ENG_ACCESS_READ, describe_streams },
  { "logs", "GetLogEvents", ENG_ACCESS_READ, get_events },
  { "logs", "FilterLogEvents", ENG_ACCESS_READ, filter_events },
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
