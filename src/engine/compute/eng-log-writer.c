/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-shim"

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "eng-log-writer.h"

/* The time, the tab and the line's end that a line gets. */
#define RECORD_BYTES 15

/* A longer line becomes several. */
#define MAX_LINE_BYTES 65536

struct _EngLogWriter
{
  int          fd; /* (owned) */
  int          directory; /* -1: nobody looks whether the log is still there */
  char        *name;      /* (owned) (nullable): in the directory */
  EngLogLimits limits;
  GString     *line;  /* (owned): begun, not ended */
  GString     *out;   /* (owned): complete lines, not yet written */
  char        *last;  /* (owned) (nullable): the last complete line */
  guint64      written;
  guint64      tokens;      /* bytes that may be written now */
  gint64       refilled_ms; /* when they were last added to */
  gint64       line_ms;     /* time of the last line */
  guint64      dropped_lines;
  guint64      dropped_bytes;
  gboolean     disk_full;   /* and that is why they were dropped */
  gboolean     full;        /* the file has reached its limit */
};

/**
 * eng_log_writer_new:
 * @fd: (transfer full): the log, open for appending
 * @limits: how much and how fast
 *
 * Returns: (transfer full): the writer
 */
EngLogWriter *
eng_log_writer_new (int                 fd,
                    const EngLogLimits *limits)
{
  EngLogWriter *self = g_new0 (EngLogWriter, 1);

  self->fd = fd;
  self->directory = -1;
  self->limits = *limits;
  self->tokens = limits->burst_bytes;
  self->line = g_string_new (NULL);
  self->out = g_string_new (NULL);

  return self;
}

/**
 * eng_log_writer_set_place:
 * @self: the writer
 * @directory: a directory; must stay open
 * @name: the log's name in it
 *
 * Has the writer look, before it writes, whether its file is still there. One that was deleted or
 * moved away is made anew, and the log says that something is missing.
 */
void
eng_log_writer_set_place (EngLogWriter *self,
                          int           directory,
                          const char   *name)
{
  struct stat info;

  self->directory = directory;
  g_set_str (&self->name, name);
  if (fstat (self->fd, &info) == 0)
    self->written = (guint64) info.st_size;
}

/**
 * eng_log_writer_free:
 * @self: (transfer full): the writer
 */
void
eng_log_writer_free (EngLogWriter *self)
{
  close (self->fd);
  g_free (self->name);
  g_string_free (self->line, TRUE);
  g_string_free (self->out, TRUE);
  g_free (self->last);
  g_free (self);
}

/* The times of a log never go back, even when the clock is set back: they are searched. */
static void
append_line (EngLogWriter *self,
             gint64        now_ms,
             const char   *line,
             gsize         length)
{
  self->line_ms = MAX (self->line_ms, now_ms);
  g_string_append_printf (self->out, "%" G_GINT64_FORMAT "\t", self->line_ms);
  g_string_append_len (self->out, line, length);
  g_string_append_c (self->out, '\n');
}

/* Says how much is missing, once there is room for a line again. */
static void
append_gap (EngLogWriter *self,
            gint64        now_ms)
{
  g_autofree char *text = NULL;

  if (self->dropped_lines == 0 || self->full)
    return;

  text = g_strdup_printf ("[sagebrush] %" G_GUINT64_FORMAT " lines (%" G_GUINT64_FORMAT " bytes)"
                          " left out: %s", self->dropped_lines, self->dropped_bytes,
                          self->disk_full ? "the disk was full" : "they came too fast");
  append_line (self, now_ms, text, strlen (text));
  self->dropped_lines = 0;
  self->dropped_bytes = 0;
  self->disk_full = FALSE;
}

static void
refill (EngLogWriter *self,
        gint64        now_ms)
{
  gint64 elapsed = CLAMP (now_ms - self->refilled_ms, 0, 10000);

  self->refilled_ms = now_ms;
  self->tokens = MIN (self->tokens + (guint64) elapsed * self->limits.bytes_per_second / 1000,
                      self->limits.burst_bytes);
}

static void
end_line (EngLogWriter *self,
          gint64        now_ms)
{
  gsize length = self->line->len;

  if (self->full || length + RECORD_BYTES > self->tokens)
    {
      self->dropped_lines++;
      self->dropped_bytes += length;
    }
  else if (self->written + self->out->len + length > self->limits.max_file_bytes)
    {
      static const char marker[] = "[sagebrush] the log has reached its limit and ends here";

      append_line (self, now_ms, marker, strlen (marker));
      self->full = TRUE;
    }
  else
    {
      append_gap (self, now_ms);
      append_line (self, now_ms, self->line->str, length);
      self->tokens -= length + RECORD_BYTES;
    }

  g_free (self->last);
  self->last = g_strndup (self->line->str, MIN (length, 1024));
  g_string_truncate (self->line, 0);
}

/* Puts the file back where it belongs. Returns whether something of it is gone. */
static gboolean
find_file (EngLogWriter *self)
{
  struct stat ours;
  struct stat there;
  int fd;

  if (self->directory < 0 || fstat (self->fd, &ours) != 0)
    return FALSE;
  if (fstatat (self->directory, self->name, &there, AT_SYMLINK_NOFOLLOW) == 0 &&
      there.st_dev == ours.st_dev && there.st_ino == ours.st_ino)
    return (guint64) ours.st_size < self->written;

  fd = openat (self->directory, self->name,
               O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
  if (fd < 0)
    return FALSE; /* a job's output goes on into the old one */
  close (self->fd);
  self->fd = fd;

  return TRUE;
}

/* Begins what is written next with a word on what is missing. */
static void
mark_loss (EngLogWriter *self)
{
  g_autofree char *line =
    g_strdup_printf ("%" G_GINT64_FORMAT "\t[sagebrush] the log was taken away or cut off; "
                     "what came before is not here\n", self->line_ms);
  struct stat info;

  g_string_prepend (self->out, line);
  self->written = fstat (self->fd, &info) == 0 ? (guint64) info.st_size : 0;
}

/* A full disk costs log lines, never the job. */
static void
flush (EngLogWriter *self)
{
  const char *at;
  gsize length;

  if (self->out->len > 0 && find_file (self))
    mark_loss (self);
  at = self->out->str;
  length = self->out->len;
  while (length > 0)
    {
      gssize n = write (self->fd, at, length);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        break;
      at += n;
      length -= (gsize) n;
      self->written += (guint64) n;
    }

  if (length > 0)
    {
      self->dropped_lines++;
      self->dropped_bytes += length;
      self->disk_full = TRUE;
    }
  g_string_truncate (self->out, 0);
}

/**
 * eng_log_writer_feed:
 * @self: the writer
 * @data: output of the job, any bytes
 * @length: how many
 * @now_ms: milliseconds since the epoch
 *
 * Logs the lines that @data completes; the rest waits for its end.
 */
void
eng_log_writer_feed (EngLogWriter *self,
                     const char   *data,
                     gsize         length,
                     gint64        now_ms)
{
  refill (self, now_ms);

  while (length > 0)
    {
      const char *newline = memchr (data, '\n', length);
      gsize take = newline != NULL ? (gsize) (newline - data) : length;
      gsize room = MAX_LINE_BYTES - self->line->len;

      if (take > room)
        {
          g_string_append_len (self->line, data, room);
          end_line (self, now_ms);
          data += room;
          length -= room;
          continue;
        }

      g_string_append_len (self->line, data, take);
      data += take;
      length -= take;
      if (newline != NULL)
        {
          end_line (self, now_ms);
          data++;
          length--;
        }
    }

  flush (self);
}

/**
 * eng_log_writer_finish:
 * @self: the writer
 * @now_ms: milliseconds since the epoch
 *
 * Logs a last line without end and what was left out.
 */
void
eng_log_writer_finish (EngLogWriter *self,
                       gint64        now_ms)
{
  refill (self, now_ms);
  if (self->line->len > 0)
    end_line (self, now_ms);
  append_gap (self, now_ms);
  flush (self);
}

/**
 * eng_log_writer_last:
 * @self: the writer
 *
 * Returns: (nullable): the last line that ended, logged or not
 */
const char *
eng_log_writer_last (EngLogWriter *self)
{
  return self->last;
}
