/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "krn-journal"

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "krn-journal-private.h"
#include "krn-record.h"

struct _KrnCursor
{
  KrnJournal *journal;
  int         fd;      /* of the segment; -1: none is open */
  guint64     segment; /* its first number */
  guint64     offset;
  guint64     seq;     /* what was read, or skipped, last */
};

/**
 * krn_cursor_new:
 * @journal: a journal, which must outlive the cursor
 * @after: the number after which to read
 *
 * Returns: (transfer full): the cursor
 */
KrnCursor *
krn_cursor_new (KrnJournal *journal,
                guint64     after)
{
  KrnCursor *self = g_new0 (KrnCursor, 1);

  self->journal = journal;
  self->fd = -1;
  self->seq = after;

  return self;
}

/**
 * krn_cursor_free:
 *
 * Closes it.
 */
void
krn_cursor_free (KrnCursor *cursor)
{
  g_clear_fd (&cursor->fd, NULL);
  g_free (cursor);
}

/**
 * krn_cursor_get_seq:
 *
 * Returns: the number that was read or skipped last
 */
guint64
krn_cursor_get_seq (KrnCursor *cursor)
{
  return cursor->seq;
}

/**
 * krn_cursor_skip:
 * @seq: a number
 *
 * Reads on after @seq. Who has been given the newest record otherwise need not read it.
 */
void
krn_cursor_skip (KrnCursor *cursor,
                 guint64    seq)
{
  cursor->seq = MAX (cursor->seq, seq);
}

/* The segment to read next: behind the open one, or the one that holds what comes after @seq. */
static const KrnSegment *
find_segment (KrnCursor *self)
{
  GArray *segments = self->journal->segments;
  const KrnSegment *found = NULL;

  for (guint i = 0; i < segments->len; i++)
    {
      const KrnSegment *segment = &g_array_index (segments, KrnSegment, i);

      if (segment->first <= self->segment)
        continue;
      if (found != NULL && segment->first > self->seq + 1)
        break;
      found = segment;
    }

  return found;
}

static gboolean
open_segment (KrnCursor *self)
{
  const KrnSegment *segment;

  while ((segment = find_segment (self)) != NULL)
    {
      g_autofree char *path = krn_segment_path (self->journal, segment->first);

      g_clear_fd (&self->fd, NULL);
      self->fd = open (path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
      self->segment = segment->first;
      self->offset = KRN_SEGMENT_HEAD;
      if (self->fd >= 0)
        return TRUE;
    }

  return FALSE;
}

static gboolean
read_at (KrnCursor *self,
         void      *out,
         gsize      length)
{
  ssize_t n;

  do
    n = pread (self->fd, out, length, (off_t) self->offset);
  while (n < 0 && errno == EINTR);

  return n == (ssize_t) length;
}

/* The record at the offset; %NULL with *@size 0 where the segment ends, for now or for good, and
 * %NULL with its size where it was read before. */
static GBytes *
read_record (KrnCursor *self,
             gsize     *size,
             guint64   *seq)
{
  guint8 head[KRN_RECORD_HEAD];
  g_autofree guint8 *data = NULL;
  KrnRecord record;
  guint64 number;

  *size = 0;
  if (!read_at (self, head, sizeof head) || krn_record_size (head) == 0)
    return NULL;

  memcpy (&number, head + 8, sizeof number);
  if (GUINT64_FROM_LE (number) <= self->seq)
    {
      *size = krn_record_size (head);
      return NULL;
    }

  data = g_try_malloc (krn_record_size (head));
  if (data == NULL || !read_at (self, data, krn_record_size (head)) ||
      !krn_record_read (data, krn_record_size (head), &record))
    return NULL;

  *size = krn_record_size (head);
  *seq = record.seq;

  return g_bytes_new (record.payload, record.length);
}

/**
 * krn_cursor_next:
 * @seq: (out): its number
 *
 * Returns: (transfer full) (nullable): the next record; %NULL where there is none yet
 */
GBytes *
krn_cursor_next (KrnCursor *cursor,
                 guint64   *seq)
{
  if (cursor->fd < 0 && !open_segment (cursor))
    return NULL;

  while (cursor->seq < cursor->journal->last)
    {
      gsize size;
      GBytes *payload = read_record (cursor, &size, seq);

      cursor->offset += size;
      if (payload != NULL)
        {
          cursor->seq = *seq;
          return payload;
        }
      if (size == 0 && !open_segment (cursor))
        return NULL;
    }

  return NULL;
}
