/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-csv-source"

#include "config.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "sage-csv-reader.h"
#include "sage-csv-source-private.h"

#define CHUNK (256 * 1024)

/* @fd: taken over; -1 to read @bytes */
SageCsvSource *
sage_csv_source_new (GBytes  *bytes,
                     int      fd,
                     goffset  size)
{
  SageCsvSource *source = g_new0 (SageCsvSource, 1);

  g_atomic_ref_count_init (&source->refs);
  g_mutex_init (&source->lock);
  source->starts = g_array_new (FALSE, FALSE, sizeof (guint64));
  source->bytes = bytes != NULL ? g_bytes_ref (bytes) : NULL;
  source->fd = fd;
  source->size = size;

  return source;
}

SageCsvSource *
sage_csv_source_ref (SageCsvSource *source)
{
  g_atomic_ref_count_inc (&source->refs);

  return source;
}

void
sage_csv_source_unref (gpointer data)
{
  SageCsvSource *source = data;

  if (!g_atomic_ref_count_dec (&source->refs))
    return;

  g_clear_pointer (&source->bytes, g_bytes_unref);
  if (source->fd >= 0)
    close (source->fd);
  g_array_unref (source->starts);
  g_mutex_clear (&source->lock);
  g_free (source);
}

/* Returns: how many bytes at @offset were there */
gsize
sage_csv_source_read (SageCsvSource  *source,
             goffset  offset,
             char    *to,
             gsize    length)
{
  gsize got = 0;

  if (source->bytes != NULL)
    {
      got = offset < source->size ? MIN (length, (gsize) (source->size - offset)) : 0;
      if (got > 0)
        memcpy (to, (const char *) g_bytes_get_data (source->bytes, NULL) + offset, got);
      return got;
    }

  while (got < length)
    {
      ssize_t n = pread (source->fd, to + got, length - got, offset + (goffset) got);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        break;
      got += (gsize) n;
    }

  return got;
}

/* Returns: (transfer full): the bytes of a record, at most as many as a record has */
char *
sage_csv_source_read_record (SageCsvSource   *source,
                    guint64   record,
                    gsize    *length,
                    gboolean *literal)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&source->lock);
  goffset from = (goffset) g_array_index (source->starts, guint64, record);
  goffset to = record + 1 < source->starts->len
                 ? (goffset) g_array_index (source->starts, guint64, record + 1) : source->size;
  char *data;

  *literal = source->literal && record >= source->literal_row;
  *length = (gsize) CLAMP (to - from, 0, SAGE_CSV_MAX_RECORD);
  g_clear_pointer (&locker, g_mutex_locker_free);

  data = g_malloc (*length + 1);
  *length = sage_csv_source_read (source, from, data, *length);

  return data;
}

/* Returns: (transfer full): the fields of a record, at most @most of them */
GPtrArray *
sage_csv_source_split (SageCsvSource  *source,
              guint64  record,
              guint    most)
{
  GPtrArray *fields = g_ptr_array_new_with_free_func (g_free);
  gboolean literal;
  gsize length;
  g_autofree char *data = sage_csv_source_read_record (source, record, &length, &literal);

  sage_csv_split (data, length, source->delimiter, literal, most, fields);

  return fields;
}

/* --- Reading, in a thread --------------------------------------------------------------------- */

/* Makes what was found known. */
static void
publish (SageCsvSource         *source,
         SageCsvScanner *scanner,
         GArray         *starts,
         gboolean        done)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&source->lock);

  g_array_append_vals (source->starts, starts->data, starts->len);
  g_array_set_size (starts, 0);
  source->literal = scanner->literal;
  source->literal_row = scanner->literal_row;
  source->done = done;
}

/* The task of a thread: finds all records of its source. */
void
sage_csv_source_scan (GTask        *task,
             gpointer      object,
             gpointer      task_data,
             GCancellable *cancellable)
{
  SageCsvSource *source = task_data;
  g_autoptr(GArray) starts = g_array_new (FALSE, FALSE, sizeof (guint64));
  g_autofree char *chunk = g_malloc (CHUNK);
  SageCsvScanner scanner;
  goffset at = 0;

  sage_csv_scanner_init (&scanner, source->delimiter);
  while (!g_cancellable_is_cancelled (cancellable))
    {
      gsize n = sage_csv_source_read (source, at, chunk, (gsize) MIN (CHUNK, source->size - at));
      gsize skip = at == 0 && n >= 3 && memcmp (chunk, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;

      if (n > 0)
        at = sage_csv_scanner_feed (&scanner, chunk + skip, n - skip, at + (goffset) skip, starts);
      else
        {
          at = sage_csv_scanner_finish (&scanner);
          if (at < 0)
            break;
        }
      publish (source, &scanner, starts, FALSE);
    }
  publish (source, &scanner, starts, TRUE);
  g_task_return_boolean (task, TRUE);
}

/* Returns: how many records have been found */
guint64
sage_csv_source_count (SageCsvSource *source)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&source->lock);

  return source->starts->len;
}
