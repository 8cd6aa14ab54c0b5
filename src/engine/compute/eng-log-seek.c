/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-log"

#include "config.h"

#include <glib/gstdio.h>
#include <string.h>

#include "eng-log-private.h"
#include "eng-log.h"

/* Lines read in one go where the search has narrowed to a few. */
#define BATCH 256

/* Where a log is searched: all before `low` is too early, nothing from `high` on is. Both are where
 * a line starts, or the end. */
typedef struct
{
  int         fd;
  const char *path;
  char       *buffer;
  gint64      timestamp_ms;
  guint64     low;
  guint64     high;
} Seek;

/* Reads the time that a record of `<milliseconds>\t<line>` begins with. */
static gboolean
parse_time (const char *record,
            gsize       length,
            gint64     *timestamp_ms)
{
  gsize digits = 0;

  while (digits < MIN (length, 18) && g_ascii_isdigit (record[digits]))
    digits++;
  if (digits == 0 || digits == length || record[digits] != '\t')
    return FALSE;
  *timestamp_ms = g_ascii_strtoll (record, NULL, 10);

  return TRUE;
}

/* Finds the first line after the middle that has a time. */
static gboolean
find_line (const Seek *seek,
           guint64     middle,
           gsize       length,
           guint64    *offset,
           gint64     *timestamp_ms)
{
  const char *end = seek->buffer + length;
  const char *at = seek->buffer;

  while ((at = memchr (at, '\n', (gsize) (end - at))) != NULL)
    {
      at++;
      if (parse_time (at, (gsize) (end - at), timestamp_ms))
        {
          *offset = middle + (guint64) (at - seek->buffer);
          return *offset < seek->high;
        }
    }

  return FALSE;
}

/* Halves what is left to search; %FALSE when there is nothing to be won any more. */
static gboolean
halve (Seek *seek)
{
  guint64 middle = seek->low + (seek->high - seek->low) / 2;
  gssize length;
  guint64 offset;
  gint64 timestamp_ms;

  if (seek->high - seek->low <= ENG_LOG_CHUNK_BYTES)
    return FALSE;
  length = eng_log_read_at (seek->fd, seek->buffer, ENG_LOG_CHUNK_BYTES, middle);
  if (length <= 0 || !find_line (seek, middle, (gsize) length, &offset, &timestamp_ms))
    return FALSE;

  if (timestamp_ms < seek->timestamp_ms)
    seek->low = offset;
  else
    seek->high = offset;

  return TRUE;
}

/* Goes on line by line. */
static gboolean
walk (Seek     *seek,
      guint64  *offset,
      GError  **error)
{
  *offset = seek->low;

  while (TRUE)
    {
      guint64 next;
      g_autoptr(GPtrArray) entries = eng_log_read (seek->path, *offset, BATCH, &next, error);

      if (entries == NULL)
        return FALSE;
      for (guint i = 0; i < entries->len; i++)
        {
          const EngLogEntry *entry = g_ptr_array_index (entries, i);

          if (entry->timestamp_ms >= seek->timestamp_ms)
            {
              *offset = entry->offset;
              return TRUE;
            }
        }
      *offset = next;
      if (entries->len == 0)
        return TRUE;
    }
}

/**
 * eng_log_seek:
 * @path: a job's log
 * @timestamp_ms: milliseconds since the epoch
 * @offset: (out): where the first line starts that is not earlier; the end where all are
 *
 * Finds a time in a log without reading all of it.
 */
gboolean
eng_log_seek (const char  *path,
              gint64       timestamp_ms,
              guint64     *offset,
              GError     **error)
{
  guint64 size;
  g_autofd int fd = eng_log_open (path, &size, error);
  g_autofree char *buffer = NULL;
  Seek seek = { .fd = fd, .path = path, .timestamp_ms = timestamp_ms };

  if (fd < 0)
    return FALSE;

  buffer = g_malloc (ENG_LOG_CHUNK_BYTES);
  seek.buffer = buffer;
  seek.high = size;
  while (halve (&seek))
    continue;

  return walk (&seek, offset, error);
}
