/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-logs"

#include "config.h"

#include <string.h>

#include "eng-log-events.h"
#include "eng-log-merge.h"
#include "eng-log-pattern.h"
#include "eng-log-streams.h"
#include "eng-page-token.h"
#include "sage-error.h"
#include "sage-json.h"

/* What is read for one page at most, so that a call ends soon that finds nothing. */
#define SCAN_BYTES (64 * 1024 * 1024)

/* And for how long: a regular expression may take its time on every line. */
#define SCAN_SECONDS 5

/* One FilterLogEvents call under way. */
typedef struct
{
  EngLogPattern *pattern;
  JsonArray     *events;
  gint64         limit;
  gint64         start;
  gint64         end;
  gsize          bytes;    /* of the events */
  gsize          scanned;  /* of all lines read */
  gint64         deadline; /* monotonic, in microseconds */
} Filter;

static void
add_match (Filter             *filter,
           const EngLogStream *stream,
           const EngLogEntry  *entry)
{
  /* Clients that follow tell events apart by this alone, over all streams. */
  g_autofree char *id = g_strdup_printf ("%013" G_GINT64_FORMAT "%010u%020" G_GUINT64_FORMAT,
                                         stream->created, g_str_hash (stream->name),
                                         entry->offset);
  JsonObject *event = eng_log_event_to_json (entry);

  json_object_set_string_member (event, "logStreamName", stream->name);
  json_object_set_string_member (event, "eventId", id);
  json_array_add_object_element (filter->events, event);
  filter->bytes += strlen (entry->message);
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

/* The streams that are asked for. */
static GPtrArray *
find_streams (EngCall  *call,
              GError  **error)
{
  g_autoptr(GPtrArray) streams =
    eng_log_streams_find (call->engine, sage_json_string (call->input, "logGroupName", ""),
                          sage_json_string (call->input, "logStreamNamePrefix", NULL), error);

  for (guint i = streams != NULL ? streams->len : 0; i-- > 0;)
    if (!is_wanted (call, g_ptr_array_index (streams, i)))
      g_ptr_array_remove_index (streams, i);

  return g_steal_pointer (&streams);
}

static gboolean
is_full (Filter *filter)
{
  return json_array_get_length (filter->events) >= filter->limit ||
         filter->bytes > ENG_LOG_PAGE_BYTES || filter->scanned > SCAN_BYTES ||
         (filter->scanned > 0 && g_get_monotonic_time () > filter->deadline);
}

/* Fills a page. @more says whether there is more behind @last, where it ended. */
static gboolean
filter_lines (Filter       *filter,
              EngLogMerge  *merge,
              EngLogPlace  *last,
              gboolean     *more,
              GError      **error)
{
  const EngLogEntry *entry;
  const EngLogStream *stream;
  EngLogPlace place;

  *more = FALSE;
  while ((entry = eng_log_merge_peek (merge, &place, &stream)) != NULL &&
         place.timestamp_ms < filter->end)
    {
      gboolean matches = entry->timestamp_ms >= filter->start && entry->timestamp_ms < filter->end;

      *more = is_full (filter);
      if (*more)
        return TRUE;
      if (matches && !eng_log_pattern_matches (filter->pattern, entry->message, &matches, error))
        return FALSE;
      if (matches)
        add_match (filter, stream, entry);
      filter->scanned += strlen (entry->message) + sizeof *entry;
      *last = place;
      eng_log_merge_take (merge);
    }

  return TRUE;
}

/* Positions are `TIME STREAM`, the id is the offset. */
static gboolean
read_token (EngCall      *call,
            const char   *token,
            char        **stream,
            EngLogPlace  *place,
            GError      **error)
{
  g_autofree char *position = NULL;
  gint64 offset;
  char *space;

  if (!eng_page_token_parse (call, token, &position, &offset, error))
    return FALSE;

  place->timestamp_ms = g_ascii_strtoll (position, &space, 10);
  place->offset = (guint64) offset;
  place->stream = *stream = g_strdup (*space != '\0' ? space + 1 : space);

  return TRUE;
}

static char *
make_token (EngCall           *call,
            const EngLogPlace *place)
{
  g_autofree char *position = g_strdup_printf ("%" G_GINT64_FORMAT " %s", place->timestamp_ms,
                                               place->stream);

  return eng_page_token_make (call, position, (gint64) place->offset);
}

/**
 * eng_log_events_filter:
 * @call: a FilterLogEvents call
 *
 * Answers one page of the events of many streams, in the order of time. A page may hold less than
 * was asked for, or nothing, where little of what was read is wanted.
 */
gboolean
eng_log_events_filter (EngCall  *call,
                       GError  **error)
{
  const char *token = sage_json_string (call->input, "nextToken", NULL);
  g_autoptr(GPtrArray) streams = find_streams (call, error);
  g_autoptr(EngLogMerge) merge = NULL;
  g_autoptr(EngLogPattern) pattern = NULL;
  g_autoptr(JsonObject) reply = json_object_new ();
  g_autofree char *stream = NULL;
  EngLogPlace place = { 0 };
  gboolean more;
  Filter filter = {
    .events = json_array_new (),
    .limit = sage_json_int (call->input, "limit", ENG_LOG_PAGE_EVENTS),
    .start = sage_json_int (call->input, "startTime", 0),
    .end = sage_json_int (call->input, "endTime", G_MAXINT64),
    .deadline = g_get_monotonic_time () + SCAN_SECONDS * G_USEC_PER_SEC,
  };

  json_object_set_array_member (reply, "events", filter.events);
  if (streams == NULL ||
      (token != NULL && !read_token (call, token, &stream, &place, error)))
    return FALSE;
  pattern = eng_log_pattern_new (sage_json_string (call->input, "filterPattern", ""), error);
  if (pattern == NULL)
    return FALSE;

  filter.pattern = pattern;
  merge = eng_log_merge_new (streams, filter.start, token != NULL ? &place : NULL);
  if (!filter_lines (&filter, merge, &place, &more, error))
    return FALSE;
  if (more)
    {
      g_autofree char *next = make_token (call, &place);

      json_object_set_string_member (reply, "nextToken", next);
    }
  json_object_set_array_member (reply, "searchedLogStreams", json_array_new ());
  eng_call_reply (call, reply);

  return TRUE;
}
