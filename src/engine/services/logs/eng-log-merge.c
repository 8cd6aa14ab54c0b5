/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-logs"

#include "config.h"

#include <string.h>

#include "eng-log-merge.h"

/*
 * Reads many logs as one, in the order of time. Each log has a cursor; the one whose next line is
 * the earliest is read on. Lines that wait are kept for few of the logs: with many, or with long
 * lines, those that were read longest ago are dropped and read again when it is their turn.
 */

/* Lines read from one log in one go, and how long those that are kept may be together. */
#define BATCH 256
#define KEPT_BYTES (16 * 1024 * 1024)

typedef struct
{
  const EngLogStream *stream;
  gint64              timestamp_ms; /* of the next line */
  guint64             offset;       /* of the next line */
  guint64             next;         /* of what follows the lines kept */
  GPtrArray          *lines;        /* (owned) (nullable): kept, the next one at `at` */
  guint               at;
  gsize               bytes;        /* of the lines kept */
  GList               link;         /* in `kept` while there are lines */
} Cursor;

struct _EngLogMerge
{
  GSequence *cursors; /* (owned): of Cursor, by their next lines */
  GQueue     kept;    /* of Cursor, the last read first */
  gsize      bytes;   /* of all lines kept */
};

static void
drop_lines (EngLogMerge *self,
            Cursor      *cursor)
{
  if (cursor->lines == NULL)
    return;

  g_queue_unlink (&self->kept, &cursor->link);
  self->bytes -= cursor->bytes;
  g_clear_pointer (&cursor->lines, g_ptr_array_unref);
}

static const EngLogEntry *
next_line (Cursor *cursor)
{
  return g_ptr_array_index (cursor->lines, cursor->at);
}

static int
compare_cursors (gconstpointer a,
                 gconstpointer b,
                 gpointer      user_data)
{
  const Cursor *left = a;
  const Cursor *right = b;

  if (left->timestamp_ms != right->timestamp_ms)
    return left->timestamp_ms < right->timestamp_ms ? -1 : 1;

  return strcmp (left->stream->name, right->stream->name);
}

/* Reads the lines at the cursor; %FALSE when there is none (any more). A job may be deleted while
 * its log is read. */
static gboolean
read_lines (EngLogMerge *self,
            Cursor      *cursor,
            guint        max_lines)
{
  drop_lines (self, cursor);
  cursor->lines = eng_log_read (cursor->stream->path, cursor->offset, max_lines, &cursor->next, NULL);
  if (cursor->lines == NULL || cursor->lines->len == 0)
    {
      g_clear_pointer (&cursor->lines, g_ptr_array_unref);
      return FALSE;
    }

  cursor->at = 0;
  cursor->bytes = 0;
  for (guint i = 0; i < cursor->lines->len; i++)
    cursor->bytes += sizeof (EngLogEntry) +
                     strlen (((EngLogEntry *) g_ptr_array_index (cursor->lines, i))->message);
  cursor->link.data = cursor;
  g_queue_push_head_link (&self->kept, &cursor->link);
  self->bytes += cursor->bytes;
  while (self->bytes > KEPT_BYTES && self->kept.tail != &cursor->link)
    drop_lines (self, self->kept.tail->data);

  return TRUE;
}

/* Takes the time of the next line, which must be kept. It never goes back within a log. */
static void
take_time (Cursor *cursor)
{
  cursor->offset = next_line (cursor)->offset;
  cursor->timestamp_ms = MAX (cursor->timestamp_ms, next_line (cursor)->timestamp_ms);
}

/* Puts the cursor where the page begins. */
static gboolean
find_start (Cursor            *cursor,
            gint64             start_ms,
            const EngLogPlace *after)
{
  const char *path = cursor->stream->path;
  int order = after != NULL ? strcmp (cursor->stream->name, after->stream) : 0;

  if (after == NULL)
    return eng_log_seek (path, start_ms, &cursor->offset, NULL);

  cursor->timestamp_ms = after->timestamp_ms;
  if (order == 0)
    {
      g_autoptr(GPtrArray) last = eng_log_read (path, after->offset, 1, &cursor->offset, NULL);

      return last != NULL;
    }

  return eng_log_seek (path, order < 0 ? after->timestamp_ms + 1 : after->timestamp_ms,
                       &cursor->offset, NULL);
}

static void
cursor_free (gpointer data)
{
  Cursor *cursor = data;

  g_clear_pointer (&cursor->lines, g_ptr_array_unref);
  g_free (cursor);
}

/* A log that has nothing behind the start, or is gone, gets no cursor. Of the others only the time
 * of the next line is kept for now. */
static void
add_cursor (EngLogMerge        *self,
            const EngLogStream *stream,
            gint64              start_ms,
            const EngLogPlace  *after)
{
  Cursor *cursor = g_new0 (Cursor, 1);

  cursor->stream = stream;
  cursor->timestamp_ms = G_MININT64;
  if (!find_start (cursor, start_ms, after) || !read_lines (self, cursor, 1))
    {
      cursor_free (cursor);
      return;
    }
  take_time (cursor);
  drop_lines (self, cursor);
  g_sequence_append (self->cursors, cursor);
}

/**
 * eng_log_merge_new:
 * @streams: (element-type EngLogStream): the streams; must outlive the merge
 * @start_ms: milliseconds since the epoch, before which nothing is wanted
 * @after: (nullable): the line to go on after; it need not be there any more
 *
 * Returns: (transfer full): the lines of all streams in the order of time
 */
EngLogMerge *
eng_log_merge_new (GPtrArray         *streams,
                   gint64             start_ms,
                   const EngLogPlace *after)
{
  EngLogMerge *self = g_new0 (EngLogMerge, 1);

  self->cursors = g_sequence_new (cursor_free);
  g_queue_init (&self->kept);
  for (guint i = 0; i < streams->len; i++)
    add_cursor (self, g_ptr_array_index (streams, i), start_ms, after);
  g_sequence_sort (self->cursors, compare_cursors, NULL);

  return self;
}

/**
 * eng_log_merge_free:
 * @merge: (nullable): the merge
 */
void
eng_log_merge_free (EngLogMerge *merge)
{
  if (merge == NULL)
    return;

  g_sequence_free (merge->cursors);
  g_free (merge);
}

/**
 * eng_log_merge_peek:
 * @merge: the merge
 * @place: (out): where the line stands
 * @stream: (out) (transfer none): the stream it is of
 *
 * Returns: (transfer none) (nullable): the next line, until it is taken; %NULL at the end
 */
const EngLogEntry *
eng_log_merge_peek (EngLogMerge         *merge,
                    EngLogPlace         *place,
                    const EngLogStream **stream)
{
  while (!g_sequence_is_empty (merge->cursors))
    {
      GSequenceIter *first = g_sequence_get_begin_iter (merge->cursors);
      Cursor *cursor = g_sequence_get (first);

      if (cursor->lines == NULL && !read_lines (merge, cursor, BATCH))
        {
          g_sequence_remove (first);
          continue;
        }
      *place = (EngLogPlace) { cursor->timestamp_ms, cursor->stream->name, cursor->offset };
      *stream = cursor->stream;
      return next_line (cursor);
    }

  return NULL;
}

/**
 * eng_log_merge_take:
 * @merge: the merge
 *
 * Goes on to the line after the one that eng_log_merge_peek() gave.
 */
void
eng_log_merge_take (EngLogMerge *merge)
{
  GSequenceIter *first = g_sequence_get_begin_iter (merge->cursors);
  Cursor *cursor = g_sequence_get (first);

  cursor->at++;
  if (cursor->at == cursor->lines->len)
    {
      cursor->offset = cursor->next;
      if (!read_lines (merge, cursor, BATCH))
        {
          g_sequence_remove (first);
          return;
        }
    }
  take_time (cursor);
  g_sequence_sort_changed (first, compare_cursors, NULL);
}
