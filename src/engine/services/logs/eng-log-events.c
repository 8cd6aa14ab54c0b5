/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-logs"

#include "config.h"

#include <string.h>

#include "eng-log-events.h"
#include "eng-log-streams.h"
#include "sage-error.h"
#include "sage-json.h"

/* Lines read in one go. */
#define BATCH 1000

/* No log is as long. */
#define MAX_OFFSET ((guint64) G_MAXINT64 / 2)

/**
 * eng_log_event_to_json:
 * @entry: a line of a log
 *
 * Returns: (transfer full): the members that every form of a log event has
 */
JsonObject *
eng_log_event_to_json (const EngLogEntry *entry)
{
  JsonObject *event = json_object_new ();

  json_object_set_int_member (event, "timestamp", entry->timestamp_ms);
  json_object_set_string_member (event, "message", entry->message);
  json_object_set_int_member (event, "ingestionTime", entry->timestamp_ms);

  return event;
}

static const EngLogEntry *
entry_at (GPtrArray *entries,
          guint      index)
{
  return g_ptr_array_index (entries, index);
}

/* Tokens are `f/OFFSET` and `b/OFFSET`: byte positions in a file that only grows, unless somebody
 * cuts it off or puts another in its place. */
static gboolean
parse_position (const char  *token,
                char        *direction,
                guint64     *offset,
                GError     **error)
{
  char *end = NULL;

  if ((token[0] == 'f' || token[0] == 'b') && token[1] == '/' && g_ascii_isdigit (token[2]))
    *offset = g_ascii_strtoull (token + 2, &end, 10);
  if (end == NULL || *end != '\0' || *offset > MAX_OFFSET)
    return sage_throw (error, SAGE_ERROR_INVALID, "The specified nextToken is invalid.");

  *direction = token[0];

  return TRUE;
}

/* One GetLogEvents call under way. */
typedef struct
{
  GPtrArray *events; /* (owned): of JsonObject */
  gint64     start;
  gint64     end;
  guint      limit;
  gsize      bytes;
  guint64    first;  /* the lines read stand from here … */
  guint64    next;   /* … to here in the file */
  gboolean   backward; /* events are newest first */
} Page;

/* Returns FALSE when the page is full; the entry is then left to the next one. */
static gboolean
take (Page              *page,
      const EngLogEntry *entry)
{
  if (page->events->len >= page->limit || page->bytes > ENG_LOG_PAGE_BYTES)
    return FALSE;

  if (entry->timestamp_ms >= page->start && entry->timestamp_ms < page->end)
    {
      g_ptr_array_add (page->events, eng_log_event_to_json (entry));
      page->bytes += strlen (entry->message);
    }

  return TRUE;
}

/* A page that is empty means the end of the log to every client, so lines out of range are passed
 * over, however many there are. */
static gboolean
read_forward (Page        *page,
              const char  *path,
              guint64      offset,
              GError     **error)
{
  page->first = page->next = offset;

  while (TRUE)
    {
      guint64 next;
      g_autoptr(GPtrArray) entries = eng_log_read (path, page->next, BATCH, &next, error);

      if (entries == NULL)
        return FALSE;
      if (entries->len == 0)
        return TRUE;
      for (guint i = 0; i < entries->len; i++)
        if (!take (page, entry_at (entries, i)))
          {
            page->next = entry_at (entries, i)->offset;
            return TRUE;
          }
      page->next = next;
    }
}

/* The end as it is now, so that following goes on from here. */
static guint64
end_of (const char *path,
        GPtrArray  *entries)
{
  guint64 next = 0;
  g_autoptr(GPtrArray) last = NULL;

  if (entries->len > 0)
    last = eng_log_read (path, entry_at (entries, entries->len - 1)->offset, 1, &next, NULL);

  return next;
}

static gboolean
read_backward (Page        *page,
               const char  *path,
               guint64      offset,
               GError     **error)
{
  page->first = page->next = offset;

  while (TRUE)
    {
      guint64 first;
      g_autoptr(GPtrArray) entries = eng_log_read_before (path, page->first, BATCH, &first, error);

      if (entries == NULL)
        return FALSE;
      if (page->next == G_MAXUINT64)
        page->first = page->next = end_of (path, entries);
      if (entries->len == 0)
        return TRUE;
      for (guint i = entries->len; i > 0; i--)
        {
          if (!take (page, entry_at (entries, i - 1)))
            return TRUE;
          page->first = entry_at (entries, i - 1)->offset;
        }
    }
}

/* Says in the log itself that who follows it has missed something. */
static void
mark_gap (Page *page)
{
  char text[] = "[sagebrush] the log was taken away or cut off while it was read; it goes on from "
                "its beginning";
  EngLogEntry entry = {
    .timestamp_ms = g_get_real_time () / 1000,
    .message = text,
  };

  take (page, &entry);
}

/* Where a page without a token begins: at the times that are asked for, which are sought. */
static gboolean
find_start (const Page          *page,
            const EngLogStream  *stream,
            gboolean             from_head,
            guint64             *offset,
            GError             **error)
{
  *offset = from_head ? 0 : G_MAXUINT64;
  if (from_head && page->start > 0)
    return eng_log_seek (stream->path, page->start, offset, error);
  if (!from_head && page->end < G_MAXINT64)
    return eng_log_seek (stream->path, page->end, offset, error);

  return TRUE;
}

static gboolean
read_page (EngCall       *call,
           EngLogStream  *stream,
           Page          *page,
           GError       **error)
{
  const char *token = sage_json_string (call->input, "nextToken", NULL);
  gboolean from_head = sage_json_bool (call->input, "startFromHead", FALSE);
  char direction = from_head ? 'f' : 'b';
  guint64 offset = 0;

  if (token != NULL ? !parse_position (token, &direction, &offset, error)
                    : !find_start (page, stream, from_head, &offset, error))
    return FALSE;

  page->backward = direction == 'b';
  if (token != NULL && !page->backward && !eng_log_goes_on (stream->path, offset))
    {
      mark_gap (page);
      offset = 0;
    }

  return page->backward ? read_backward (page, stream->path, offset, error)
                        : read_forward (page, stream->path, offset, error);
}

static void
reply_page (EngCall *call,
            Page    *page)
{
  g_autoptr(JsonObject) reply = json_object_new ();
  g_autofree char *forward = g_strdup_printf ("f/%" G_GUINT64_FORMAT, page->next);
  g_autofree char *backward = g_strdup_printf ("b/%" G_GUINT64_FORMAT, page->first);
  JsonArray *events = json_array_new ();
  guint n = page->events->len;

  for (guint i = 0; i < n; i++)
    json_array_add_object_element (events, json_object_ref (
      g_ptr_array_index (page->events, page->backward ? n - 1 - i : i)));
  json_object_set_array_member (reply, "events", events);
  json_object_set_string_member (reply, "nextForwardToken", forward);
  json_object_set_string_member (reply, "nextBackwardToken", backward);
  eng_call_reply (call, reply);
}

/**
 * eng_log_events_get:
 * @call: a GetLogEvents call
 *
 * Answers one page of one stream, with the tokens that go on from it in both directions. At either
 * end the token there is the one that was sent, which is how clients know the end.
 */
gboolean
eng_log_events_get (EngCall  *call,
                    GError  **error)
{
  JsonObject *input = call->input;
  g_autoptr(GPtrArray) events = g_ptr_array_new_with_free_func ((GDestroyNotify) json_object_unref);
  g_autoptr(EngLogStream) stream =
    eng_log_streams_get (call->engine, sage_json_string (input, "logGroupName", ""),
                         sage_json_string (input, "logStreamName", ""), error);
  Page page = {
    .events = events,
    .start = sage_json_int (input, "startTime", 0),
    .end = sage_json_int (input, "endTime", G_MAXINT64),
    .limit = (guint) sage_json_int (input, "limit", ENG_LOG_PAGE_EVENTS),
  };

  if (stream == NULL || !read_page (call, stream, &page, error))
    return FALSE;
  reply_page (call, &page);

  return TRUE;
}
