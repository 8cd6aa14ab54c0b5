/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "krn-output"

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "krn-output.h"

#define MAX_FILE (1024 * 1024) /* of each of two */
#define MAX_TAIL 8192
#define READ_BYTES 65536
#define DRAIN_READS 64 /* what an orphan goes on writing is not waited for */

/* One end of a pipe that the kernel writes to. */
typedef struct
{
  KrnOutput *output;
  int        fd;     /* (owned); -1 once it ended */
  guint      source; /* 0 once it ended */
  gboolean   is_stderr;
} Pipe;

struct _KrnOutput
{
  char    *path; /* (owned) */
  int      fd;   /* (owned): the file; -1 where it cannot be written */
  gsize    size;
  GString *tail; /* (owned): of stderr */
  Pipe     pipes[2];
};

/**
 * krn_output_new:
 * @path: the file; what was in it goes to the one named `@path.1`
 *
 * Returns: (transfer full): the output
 */
KrnOutput *
krn_output_new (const char *path)
{
  KrnOutput *self = g_new0 (KrnOutput, 1);

  self->path = g_strdup (path);
  self->tail = g_string_new (NULL);
  self->fd = -1;
  for (guint i = 0; i < G_N_ELEMENTS (self->pipes); i++)
    self->pipes[i] = (Pipe) { .output = self, .fd = -1, .is_stderr = i == 1 };

  return self;
}

static void
pipe_close (Pipe *end)
{
  g_clear_handle_id (&end->source, g_source_remove);
  g_clear_fd (&end->fd, NULL);
}

/**
 * krn_output_free:
 *
 * Closes it all.
 */
void
krn_output_free (KrnOutput *output)
{
  for (guint i = 0; i < G_N_ELEMENTS (output->pipes); i++)
    pipe_close (&output->pipes[i]);
  g_clear_fd (&output->fd, NULL);
  g_string_free (output->tail, TRUE);
  g_free (output->path);
  g_free (output);
}

/* A full disk loses what is written there, not the kernel. */
static void
write_file (KrnOutput  *self,
            const char *data,
            gsize       length)
{
  if (self->fd < 0 || self->size >= MAX_FILE)
    {
      g_autofree char *former = g_strconcat (self->path, ".1", NULL);

      g_clear_fd (&self->fd, NULL);
      g_rename (self->path, former);
      self->fd = open (self->path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
      self->size = 0;
    }
  if (self->fd >= 0 && write (self->fd, data, length) > 0)
    self->size += length;
}

static void
take (KrnOutput  *self,
      const char *data,
      gsize       length,
      gboolean    is_stderr)
{
  write_file (self, data, length);
  if (!is_stderr)
    return;

  g_string_append_len (self->tail, data, (gssize) length);
  if (self->tail->len > MAX_TAIL)
    g_string_erase (self->tail, 0, (gssize) (self->tail->len - MAX_TAIL));
}

/* Reads once. Returns: whether there may be more now. */
static gboolean
read_once (Pipe *end)
{
  char buffer[READ_BYTES];
  ssize_t n;

  if (end->fd < 0)
    return FALSE;

  do
    n = read (end->fd, buffer, sizeof buffer);
  while (n < 0 && errno == EINTR);

  if (n > 0)
    {
      take (end->output, buffer, (gsize) n, end->is_stderr);
      return TRUE;
    }
  if (n == 0 || errno != EAGAIN)
    {
      end->source = 0; /* its callback returns that it is to go */
      g_clear_fd (&end->fd, NULL);
    }

  return FALSE;
}

static gboolean
pipe_readable_cb (int          fd,
                  GIOCondition condition,
                  gpointer     user_data)
{
  Pipe *end = user_data;

  read_once (end);

  return end->fd >= 0 ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

/**
 * krn_output_watch:
 * @stdout_fd: (transfer full): the end of a pipe to read from
 * @stderr_fd: (transfer full): another
 *
 * Reads from now on what is written to them.
 */
void
krn_output_watch (KrnOutput *output,
                  int        stdout_fd,
                  int        stderr_fd)
{
  output->pipes[0].fd = stdout_fd;
  output->pipes[1].fd = stderr_fd;
  for (guint i = 0; i < G_N_ELEMENTS (output->pipes); i++)
    {
      Pipe *end = &output->pipes[i];

      g_unix_set_fd_nonblocking (end->fd, TRUE, NULL);
      end->source = g_unix_fd_add (end->fd, G_IO_IN | G_IO_HUP | G_IO_ERR, pipe_readable_cb, end);
    }
}

/**
 * krn_output_drain:
 *
 * Reads what is there, and no more after it.
 */
void
krn_output_drain (KrnOutput *output)
{
  for (guint i = 0; i < G_N_ELEMENTS (output->pipes); i++)
    {
      Pipe *end = &output->pipes[i];
      guint source = end->source;

      for (guint n = 0; n < DRAIN_READS && read_once (end);)
        n++;
      end->source = 0;
      if (source != 0)
        g_source_remove (source);
      g_clear_fd (&end->fd, NULL);
    }
}

/**
 * krn_output_dup_tail:
 *
 * Returns: (transfer full): the last lines of stderr, in UTF-8
 */
char *
krn_output_dup_tail (KrnOutput *output)
{
  g_autofree char *text = g_utf8_make_valid (output->tail->str, (gssize) output->tail->len);
  const char *line = output->tail->len >= MAX_TAIL ? strchr (text, '\n') : NULL;

  return g_strdup (line != NULL && line[1] != '\0' ? line + 1 : text);
}
