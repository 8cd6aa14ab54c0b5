/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-job-failure"

#include "config.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "eng-job-failure.h"
#include "sage-file.h"

/* AWS's limit of FailureReason. */
#define MAX_REASON 1024

/* Bytes to read for that many characters, each at most four. */
#define READ_FACTOR 4

/* Makes text that came out of a sandbox fit for a JSON reply and a terminal. */
static char *
clean (const char *text,
       gssize      length,
       gsize       max_characters)
{
  g_autofree char *valid = g_utf8_make_valid (text, length);
  GString *out = g_string_new (NULL);
  gsize n = 0;

  for (const char *at = valid; *at != '\0' && n < max_characters; at = g_utf8_next_char (at))
    {
      gunichar c = g_utf8_get_char (at);
      gboolean plain = c == '\n' || c == '\t' || g_unichar_isprint (c);
      g_autofree char *escape = plain ? NULL : g_strdup_printf ("\\x%02x", c);

      n += plain ? 1 : strlen (escape);
      if (plain)
        g_string_append_unichar (out, c);
      else if (n <= max_characters)
        g_string_append (out, escape);
    }
  g_strchomp (out->str);
  out->len = strlen (out->str);

  return g_string_free_and_steal (out);
}

/**
 * eng_job_read_message:
 * @job_dir: the job directory
 * @path: a file that the job may have written, relative to `opt-ml`, e.g. "output/failure"
 * @max_characters: where to cut
 *
 * Reads what a job left for the user. The job chose what is there: links and special files are
 * not opened, a huge file is not read.
 *
 * Returns: (transfer full) (nullable): the text, control characters escaped; %NULL if there is none
 */
char *
eng_job_read_message (const char *job_dir,
                      const char *path,
                      gsize       max_characters)
{
  g_autofree char *root = g_build_filename (job_dir, "opt-ml", NULL);
  gsize size = max_characters * READ_FACTOR;
  g_autofree char *buffer = g_malloc (size);
  int root_fd = open (root, O_PATH | O_DIRECTORY | O_CLOEXEC);
  int fd = root_fd >= 0 ? sage_open_beneath (root_fd, path, O_RDONLY | O_NONBLOCK, 0) : -1;
  struct stat info;
  ssize_t n = -1;

  if (fd >= 0 && fstat (fd, &info) == 0 && S_ISREG (info.st_mode))
    n = read (fd, buffer, size);
  if (fd >= 0)
    close (fd);
  if (root_fd >= 0)
    close (root_fd);
  if (n <= 0)
    return NULL;

  return clean (buffer, n, max_characters);
}

static char *
describe_cause (const EngJobStatus *status)
{
  g_autofree char *limit = eng_job_status_describe_limit (status);

  if (status->failure != NULL)
    return g_strdup_printf ("ClientError: the job could not be started. %s", status->failure);
  if (status->state == ENG_JOB_LOST)
    return g_strdup ("InternalServerError: the job's supervisor ended without a result, so the job "
                     "was killed with it. Start the job again.");
  if (limit != NULL)
    return g_strconcat ("ClientError: ", limit, NULL);
  if (status->signal != 0)
    return g_strdup_printf ("AlgorithmError: the process was killed by signal %d (%s)",
                            status->signal, strsignal (status->signal));

  return NULL;
}

/* The built-in algorithms say themselves whose fault it was. */
static gboolean
names_a_culprit (const char *text)
{
  return g_str_has_prefix (text, "ClientError: ") || g_str_has_prefix (text, "AlgorithmError: ");
}

/**
 * eng_job_failure_reason:
 * @job_dir: the job directory
 * @status: how the process ended
 *
 * Says why a job failed: what the job itself wrote to /opt/ml/output/failure, else the cause that
 * the shim saw, with the exit code or signal and the last lines of the log.
 *
 * Returns: (transfer full): at most 1024 characters
 */
char *
eng_job_failure_reason (const char         *job_dir,
                        const EngJobStatus *status)
{
  g_autofree char *cause = describe_cause (status);
  g_autofree char *written = eng_job_read_message (job_dir, "output/failure", MAX_REASON - 100);
  g_autofree char *tail = NULL;
  g_autoptr(GString) reason = g_string_new (NULL);

  if (cause != NULL)
    g_string_append (reason, cause);
  else if (written != NULL)
    g_string_append_printf (reason, "%s%s, exit code: %d",
                            names_a_culprit (written) ? "" : "AlgorithmError: ", written,
                            status->exit_code);
  else
    g_string_append_printf (reason, "AlgorithmError: the process ended with exit code: %d",
                            status->exit_code);

  if (cause != NULL || written == NULL)
    tail = eng_job_log_tail (job_dir, 10, 700);
  if (tail != NULL && *tail != '\0')
    g_string_append_printf (reason, "%s Last log lines:\n%s",
                            reason->str[reason->len - 1] == '.' ? "" : ".", tail);

  return clean (reason->str, (gssize) reason->len, MAX_REASON);
}
