/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-shim"

#include "config.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "eng-shim-private.h"

#define STATUS_TEMPORARY "status.json.new"

/* A status is smaller. */
#define RESERVED_BYTES 4096

/* The shim does without json-glib; see eng-job-spec-read.c. */
static void
append_text (GString    *out,
             const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);

  g_string_append_c (out, '"');
  for (const char *at = valid; *at != '\0'; at++)
    if (*at == '"' || *at == '\\')
      g_string_append_printf (out, "\\%c", *at);
    else if ((guchar) *at < 0x20)
      g_string_append_printf (out, "\\u%04x", (guchar) *at);
    else
      g_string_append_c (out, *at);
  g_string_append_c (out, '"');
}

static const char *
yes_no (gboolean value)
{
  return value ? "true" : "false";
}

static GString *
status_to_json (const EngJobStatus *status,
                const char         *limits)
{
  char started[G_ASCII_DTOSTR_BUF_SIZE];
  char ended[G_ASCII_DTOSTR_BUF_SIZE];
  GString *out = g_string_new (NULL);

  g_ascii_formatd (started, sizeof started, "%.6f", status->started);
  g_ascii_formatd (ended, sizeof ended, "%.6f", status->ended);
  g_string_append_printf (out,
                          "{\"state\": \"%s\", \"pid\": %" G_GINT64_FORMAT ", \"shim_pid\": %d,"
                          " \"started\": %s, \"ended\": %s, \"exit_code\": %d, \"signal\": %d,"
                          " \"peak_memory\": %" G_GUINT64_FORMAT ", \"out_of_memory\": %s,"
                          " \"out_of_disk\": %s, \"out_of_files\": %s, \"out_of_processes\": %s,"
                          " \"limit\": %" G_GUINT64_FORMAT ", \"timed_out\": %s, \"stopped\": %s,"
                          " \"limits\": \"%s\"",
                          status->state == ENG_JOB_EXITED ? "exited" : "running",
                          status->pid, (int) getpid (), started, ended, status->exit_code,
                          status->signal, status->peak_memory, yes_no (status->out_of_memory),
                          yes_no (status->out_of_disk), yes_no (status->out_of_files),
                          yes_no (status->out_of_processes), status->limit,
                          yes_no (status->timed_out), yes_no (status->stopped), limits);
  if (status->failure != NULL)
    {
      g_string_append (out, ", \"failure\": ");
      append_text (out, status->failure);
    }
  g_string_append (out, "}\n");

  return out;
}

/**
 * eng_job_status_reserve:
 * @job_fd: the job directory, open
 *
 * Sets room aside for the final status, so that a disk that is full by then cannot hide how the
 * job ended.
 */
void
eng_job_status_reserve (int job_fd)
{
  int fd = openat (job_fd, STATUS_TEMPORARY, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);

  if (fd < 0)
    return;

  if (posix_fallocate (fd, 0, RESERVED_BYTES) != 0)
    g_debug ("No room to set aside");
  close (fd);
}

/**
 * eng_job_status_write:
 * @job_fd: the job directory, open
 * @status: what to write
 * @limits: how the limits are kept
 * @durable: whether a power cut must not lose it: so for the final status. An earlier one needs
 *   no sync, as no job survives the power cut either.
 *
 * Replaces `status.json` in one step.
 *
 * Returns: whether it was written; else errno is set
 */
gboolean
eng_job_status_write (int                 job_fd,
                      const EngJobStatus *status,
                      const char         *limits,
                      gboolean            durable)
{
  GString *text = status_to_json (status, limits);
  int fd = openat (job_fd, STATUS_TEMPORARY, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
  gboolean ok = fd >= 0 && write (fd, text->str, text->len) == (gssize) text->len &&
                ftruncate (fd, (off_t) text->len) == 0;

  if (ok && durable)
    ok = fsync (fd) == 0;
  if (fd >= 0)
    close (fd);
  if (ok)
    ok = renameat (job_fd, STATUS_TEMPORARY, job_fd, "status.json") == 0;
  if (ok && durable)
    ok = fsync (job_fd) == 0;

  g_string_free (text, TRUE);

  return ok;
}
