/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-logs"

#include "config.h"

#include <string.h>

#include "eng-log-events.h"
#include "eng-log-streams.h"
#include "eng-page-token.h"
#include "sage-error.h"
#include "sage-json.h"

/* Lines read in one go. */
#define BATCH 1000

/* What gives a bare term of a pattern a meaning of its own at CloudWatch Logs. */
#define SPECIAL "{}[]?*%^\"\\"

/* Reads `"a phrase"`, in which a backslash takes the character after it as it is. */
static char *
parse_phrase (const char **at)
{
  GString *phrase = g_string_new (NULL);
  const char *c;

  for (c = *at + 1; *c != '\0' && *c != '"'; c++)
    {
      if (*c == '\\' && c[1] != '\0')
        c++;
      g_string_append_c (phrase, *c);
    }
  if (*c == '\0')
    {
      g_string_free (phrase, TRUE);
      return NULL;
    }
  *at = c + 1;

  return g_string_free_and_steal (phrase);
}

static char *
parse_term (const char **at)
{
  gsize length = strcspn (*at, " \t\n");
  g_autofree char *term = g_strndup (*at, length);

  if (*term == '-' || strpbrk (term, SPECIAL) != NULL)
    return NULL;
  *at += length;

  return g_steal_pointer (&term);
}

/* A filter pattern of plain terms and "quoted phrases": all of them must occur. */
static GStrv
parse_pattern (const char  *pattern,
               GError     **error)
{
  g_autoptr(GStrvBuilder) terms = g_strv_builder_new ();

  for (const char *at = pattern + strspn (pattern, " \t\n"); *at != '\0'; at += strspn (at, " \t\n"))
    {
      char *term = *at == '"' ? parse_phrase (&at) : parse_term (&at);

      if (term == NULL)
        {
          sage_throw (error, SAGE_ERROR_INVALID,
                      "The filter pattern may only hold terms and quoted phrases");
          return NULL;
        }
      g_strv_builder_take (terms, term);
    }

  return g_strv_builder_end (terms);
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

/* Returns FALSE when the page is full; *offset is where the next one begins. */
static gboolean
filter_stream (Filter             *filter,
               const EngLogStream *stream,
               guint64            *offset)
{
  while (TRUE)
    {
      guint64 next = *offset;
      g_autoptr(GPtrArray) entries = eng_log_read (stream->path, *offset, BATCH, &next, NULL);

      if (entries == NULL || entries->len == 0)
        return TRUE;
      for (guint i = 0; i < entries->len; i++)
        {
          const EngLogEntry *entry = g_ptr_array_index (entries, i);

          *offset = entry->offset;
          if (json_array_get_length (filter->events) >= filter->limit ||
              filter->bytes > ENG_LOG_PAGE_BYTES)
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

/* Positions are `OFFSET STREAM`. */
static void
filter_streams (Filter      *filter,
                GPtrArray   *streams,
                const char  *position,
                gint64       index,
                char       **token)
{
  const char *space = position != NULL ? strchr (position, ' ') : NULL;
  guint at = space != NULL ? eng_log_streams_index (streams, space + 1, index) : 0;

  for (guint i = at; i < streams->len; i++)
    {
      const EngLogStream *stream = g_ptr_array_index (streams, i);
      gboolean is_same = space != NULL && strcmp (stream->name, space + 1) == 0;
      guint64 offset = is_same ? g_ascii_strtoull (position, NULL, 10) : 0;

      if (is_wanted (filter->call, stream) && !filter_stream (filter, stream, &offset))
        {
          g_autofree char *made = g_strdup_printf ("%" G_GUINT64_FORMAT " %s", offset, stream->name);

          *token = eng_page_token_make (filter->call, made, i);
          return;
        }
    }
}

/**
 * eng_log_events_filter:
 * @call: a FilterLogEvents call
 *
 * Answers one page of the events of many streams, stream by stream.
 */
gboolean
eng_log_events_filter (EngCall  *call,
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
  gint64 index = 0;
  Filter filter = {
    .call = call,
    .events = json_array_new (),
    .limit = sage_json_int (call->input, "limit", ENG_LOG_PAGE_EVENTS),
    .start = sage_json_int (call->input, "startTime", 0),
    .end = sage_json_int (call->input, "endTime", G_MAXINT64),
  };

  json_object_set_array_member (reply, "events", filter.events);
  if (streams == NULL ||
      (token != NULL && !eng_page_token_parse (call, token, &position, &index, error)))
    return FALSE;
  terms = parse_pattern (sage_json_string (call->input, "filterPattern", ""), error);
  if (terms == NULL)
    return FALSE;

  filter.terms = terms;
  filter_streams (&filter, streams, position, index, &next);
  json_object_set_array_member (reply, "searchedLogStreams", json_array_new ());
  if (next != NULL)
    json_object_set_string_member (reply, "nextToken", next);
  eng_call_reply (call, reply);

  return TRUE;
}
