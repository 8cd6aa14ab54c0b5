/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-log"

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "eng-job.h"
#include "eng-log-private.h"
#include "eng-log.h"
#include "sage-error.h"

static void
entry_free (EngLogEntry *entry)
{
  g_free (entry->message);
  g_free (entry);
}

/* `<milliseconds>\t<line>`; a line that has lost its time (a disk was full) keeps its text. */
static EngLogEntry *
entry_new (const char *record,
           gsize       length,
           guint64     offset)
{
  const char *tab = memchr (record, '\t', MIN (length, 24));
  EngLogEntry *entry = g_new0 (EngLogEntry, 1);
  const char *text = tab != NULL ? tab + 1 : record;

  entry->offset = offset;
  entry->timestamp_ms = tab != NULL ? g_ascii_strtoll (record, NULL, 10) : 0;
  entry->message = g_utf8_make_valid (text, (gssize) (record + length - text));

  return entry;
}

/* Opens a log; -1 with @error set if there is none. */
int
eng_log_open (const char  *path,
              guint64     *size,
              GError     **error)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  struct stat info;

  if (fd < 0 || fstat (fd, &info) != 0 || !S_ISREG (info.st_mode))
    {
      sage_throw_errno (error, "Cannot open the log '%s'", path);
      g_clear_fd (&fd, NULL);
      return -1;
    }

  *size = (guint64) info.st_size;

  return fd;
}

/* Reads @size bytes, fewer only at the end; -1 with errno set if that fails. */
gssize
eng_log_read_at (int      fd,
                 char    *buffer,
                 gsize    size,
                 guint64  offset)
{
  gsize length = 0;

  while (length < size)
    {
      gssize n = pread (fd, buffer + length, size - length, (off_t) (offset + length));

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return -1;
      if (n == 0)
        break;
      length += (gsize) n;
    }

  return (gssize) length;
}

/**
 * eng_log_read:
 * @path: a job's log
 * @offset: where to start: 0, or what an earlier call gave
 * @max_lines: how many lines to return at most
 * @next_offset: (out): where the next call goes on; @offset when nothing is new
 *
 * Reads complete lines forward. The file may grow meanwhile; it is never loaded whole.
 *
 * Returns: (transfer full) (element-type EngLogEntry): the lines, oldest first, or %NULL with
 *   @error set
 */
GPtrArray *
eng_log_read (const char  *path,
              guint64      offset,
              guint        max_lines,
              guint64     *next_offset,
              GError     **error)
{
  g_autoptr(GPtrArray) entries = g_ptr_array_new_with_free_func ((GDestroyNotify) entry_free);
  g_autofree char *buffer = g_malloc (ENG_LOG_CHUNK_BYTES);
  guint64 size;
  g_autofd int fd = eng_log_open (path, &size, error);

  if (fd < 0)
    return NULL;

  while (entries->len < max_lines)
    {
      gssize length = eng_log_read_at (fd, buffer, ENG_LOG_CHUNK_BYTES, offset);
      const char *at = buffer;
      const char *end;

      if (length < 0)
        {
          sage_throw_errno (error, "Cannot read the log '%s'", path);
          return NULL;
        }

      while (entries->len < max_lines &&
             (end = memchr (at, '\n', (gsize) (buffer + length - at))) != NULL)
        {
          g_ptr_array_add (entries, entry_new (at, (gsize) (end - at),
                                               offset + (guint64) (at - buffer)));
          at = end + 1;
        }

      if (at == buffer)
        break;
      offset += (guint64) (at - buffer);
    }

  *next_offset = offset;

  return g_steal_pointer (&entries);
}

/**
 * eng_log_goes_on:
 * @path: a job's log
 * @offset: where an earlier call ended
 *
 * A log that was cut off, or replaced by another, does not go on where one has stopped reading.
 *
 * Returns: %FALSE if no line can begin at @offset; %TRUE also where the log cannot be read
 */
gboolean
eng_log_goes_on (const char *path,
                 guint64     offset)
{
  guint64 size;
  g_autofd int fd = eng_log_open (path, &size, NULL);
  char before = '\n';

  if (fd < 0 || offset == 0)
    return TRUE;

  return offset <= size && eng_log_read_at (fd, &before, 1, offset - 1) == 1 && before == '\n';
}

/* Adds the records of @buffer from the last one backwards. Returns: where the first one added
 * starts in @buffer, or @length when there was none; what stands before it may be incomplete. */
static gsize
take_backwards (GPtrArray  *entries,
                const char *buffer,
                gsize       length,
                guint64     offset,
                guint       max_lines)
{
  gsize end = length;

  while (entries->len < max_lines && end > 0)
    {
      const char *before = memrchr (buffer, '\n', end - 1);
      gsize start = before != NULL ? (gsize) (before - buffer) + 1 : 0;

      /* the first record of the chunk may have begun before it */
      if (before == NULL && offset > 0)
        break;

      g_ptr_array_add (entries, entry_new (buffer + start, end - 1 - start, offset + start));
      end = start;
    }

  return end;
}

static void
reverse (GPtrArray *entries)
{
  for (guint i = 0, j = entries->len; i + 1 < j; i++)
    {
      gpointer first = entries->pdata[i];

      entries->pdata[i] = entries->pdata[--j];
      entries->pdata[j] = first;
    }
}

/**
 * eng_log_read_before:
 * @path: a job's log
 * @offset: lines that start before this are read; %G_MAXUINT64 for the end of the log
 * @max_lines: how many lines to return at most
 * @previous_offset: (out): where the first line returned starts: for the next call
 *
 * Reads complete lines backwards, without reading what stands before them.
 *
 * Returns: (transfer full) (element-type EngLogEntry): the lines, oldest first, or %NULL with
 *   @error set
 */
GPtrArray *
eng_log_read_before (const char  *path,
                     guint64      offset,
                     guint        max_lines,
                     guint64     *previous_offset,
                     GError     **error)
{
  g_autoptr(GPtrArray) entries = g_ptr_array_new_with_free_func ((GDestroyNotify) entry_free);
  g_autofree char *buffer = g_malloc (ENG_LOG_CHUNK_BYTES);
  guint64 size;
  g_autofd int fd = eng_log_open (path, &size, error);

  if (fd < 0)
    return NULL;

  offset = MIN (offset, size);
  while (entries->len < max_lines && offset > 0)
    {
      guint64 start = offset > ENG_LOG_CHUNK_BYTES ? offset - ENG_LOG_CHUNK_BYTES : 0;
      gssize length = eng_log_read_at (fd, buffer, (gsize) (offset - start), start);
      const char *last = length > 0 ? memrchr (buffer, '\n', (gsize) length) : NULL;
      gsize taken;

      if (length < 0)
        {
          sage_throw_errno (error, "Cannot read the log '%s'", path);
          return NULL;
        }
      if (last == NULL)
        break;

      /* a line that is still being written does not count */
      length = last + 1 - buffer;
      taken = take_backwards (entries, buffer, (gsize) length, start, max_lines);
      if (taken == (gsize) length)
        break;
      offset = start + taken;
    }

  reverse (entries);
  *previous_offset = entries->len > 0 ? ((EngLogEntry *) entries->pdata[0])->offset : offset;

  return g_steal_pointer (&entries);
}

/* Appends @text with everything that could act on a terminal made visible. */
static void
append_escaped (GString    *out,
                const char *text)
{
  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at))
    {
      gunichar character = g_utf8_get_char (at);

      if (character == '\t')
        g_string_append_c (out, ' ');
      else if (g_unichar_iscntrl (character) || g_unichar_type (character) == G_UNICODE_FORMAT)
        g_string_append_printf (out, "\\u%04x", character);
      else
        g_string_append_unichar (out, character);
    }
}

/**
 * eng_job_log_tail:
 * @job_dir: the job directory
 * @max_lines: how many lines at most
 * @max_bytes: how many bytes at most; the end is kept
 *
 * Returns: (transfer full): the last lines of the log, without their times, control characters
 *   escaped, for a message; empty when there is none
 */
char *
eng_job_log_tail (const char *job_dir,
                  guint       max_lines,
                  gsize       max_bytes)
{
  g_autofree char *path = g_build_filename (job_dir, "log", NULL);
  g_autoptr(GPtrArray) entries = NULL;
  GString *out = g_string_new (NULL);
  guint64 previous;

  entries = eng_log_read_before (path, G_MAXUINT64, max_lines, &previous, NULL);
  for (guint i = 0; entries != NULL && i < entries->len; i++)
    {
      if (i > 0)
        g_string_append_c (out, '\n');
      append_escaped (out, ((EngLogEntry *) entries->pdata[i])->message);
    }

  if (out->len > max_bytes)
    {
      gsize cut = out->len - max_bytes;

      while (cut < out->len && (out->str[cut] & 0xc0) == 0x80)
        cut++;
      g_string_erase (out, 0, (gssize) cut);
    }

  return g_string_free (out, FALSE);
}
