/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-job"

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "eng-job.h"
#include "sage-error.h"
#include "sage-file.h"
#include "sage-json.h"

#define MAX_STATUS_BYTES 65536

/**
 * eng_job_status_clear:
 * @status: the status
 *
 * Frees what it holds and resets it to %ENG_JOB_NONE.
 */
void
eng_job_status_clear (EngJobStatus *status)
{
  g_free (status->failure);
  memset (status, 0, sizeof *status);
}

/**
 * eng_job_is_alive:
 * @job_dir: the job directory
 *
 * Returns: whether a shim holds the directory's lock, be it running or frozen. Asking does not
 *   take the lock, not even for a moment.
 */
gboolean
eng_job_is_alive (const char *job_dir)
{
  g_autofree char *path = g_build_filename (job_dir, "lock", NULL);
  struct flock lock = { .l_type = F_RDLCK, .l_whence = SEEK_SET };
  g_autofd int fd = -1;

  /* closing a descriptor that could write would wake those who wait for the shim to do so */
  fd = open (path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

  return fd >= 0 && fcntl (fd, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

static gboolean
parse_status (GBytes        *bytes,
              EngJobStatus  *status,
              GError       **error)
{
  g_autoptr(JsonNode) node = NULL;
  JsonObject *object;
  const char *state;

  node = sage_json_parse_object (g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes),
                                 NULL, error);
  if (node == NULL)
    return FALSE;

  object = json_node_get_object (node);
  state = sage_json_string (object, "state", "");
  if (strcmp (state, "running") != 0 && strcmp (state, "exited") != 0)
    return sage_throw (error, SAGE_ERROR_CORRUPT, "The state '%s' is none", state);

  status->state = strcmp (state, "exited") == 0 ? ENG_JOB_EXITED : ENG_JOB_RUNNING;
  status->pid = sage_json_int (object, "pid", 0);
  status->started = sage_json_double (object, "started", 0);
  status->ended = sage_json_double (object, "ended", 0);
  status->exit_code = (int) sage_json_int (object, "exit_code", -1);
  status->signal = (int) sage_json_int (object, "signal", 0);
  status->peak_memory = (guint64) sage_json_int (object, "peak_memory", 0);
  status->out_of_memory = sage_json_bool (object, "out_of_memory", FALSE);
  status->out_of_disk = sage_json_bool (object, "out_of_disk", FALSE);
  status->out_of_files = sage_json_bool (object, "out_of_files", FALSE);
  status->out_of_processes = sage_json_bool (object, "out_of_processes", FALSE);
  status->limit = (guint64) sage_json_int (object, "limit", 0);
  status->timed_out = sage_json_bool (object, "timed_out", FALSE);
  status->stopped = sage_json_bool (object, "stopped", FALSE);
  status->failure = g_strdup (sage_json_string (object, "failure", NULL));

  return TRUE;
}

static gboolean
read_once (const char    *job_dir,
           EngJobStatus  *status,
           GError       **error)
{
  g_autofree char *path = g_build_filename (job_dir, "status.json", NULL);
  g_autoptr(GError) local_error = NULL;
  g_autoptr(GBytes) bytes = sage_file_read (path, MAX_STATUS_BYTES, &local_error);

  eng_job_status_clear (status);
  status->exit_code = -1;

  if (bytes == NULL && g_error_matches (local_error, SAGE_ERROR, SAGE_ERROR_NOT_FOUND))
    return TRUE;

  if (bytes != NULL && parse_status (bytes, status, &local_error))
    return TRUE;

  g_propagate_prefixed_error (error, g_steal_pointer (&local_error), "Reading '%s': ", path);

  return FALSE;
}

/**
 * eng_job_status_read:
 * @job_dir: the job directory
 * @status: (inout): initialised with zeros or a former status; becomes the current one
 *
 * Reads what the shim wrote last. A status of a running job without a living shim becomes
 * %ENG_JOB_LOST.
 *
 * Returns: whether it could be read; nothing written yet is %ENG_JOB_NONE, not an error. After a
 *   power cut the file may be damaged: %SAGE_ERROR_SYNTAX
 */
gboolean
eng_job_status_read (const char    *job_dir,
                     EngJobStatus  *status,
                     GError       **error)
{
  if (!read_once (job_dir, status, error))
    return FALSE;

  if (status->state != ENG_JOB_RUNNING || eng_job_is_alive (job_dir))
    return TRUE;

  /* it may have ended properly in between: the final status is written before the lock goes */
  if (!read_once (job_dir, status, error))
    return FALSE;
  if (status->state == ENG_JOB_RUNNING)
    status->state = ENG_JOB_LOST;

  return TRUE;
}

/**
 * eng_job_status_passed_limit:
 * @status: a status
 *
 * Returns: whether the job was ended because it took more than it may: memory, disk, files or
 *   processes
 */
gboolean
eng_job_status_passed_limit (const EngJobStatus *status)
{
  return status->out_of_memory || status->out_of_disk || status->out_of_files ||
         status->out_of_processes;
}

/**
 * eng_job_status_describe_limit:
 * @status: a status
 *
 * Returns: (transfer full) (nullable): which limit the job passed and what helps, to stand behind a
 *   colon; %NULL when it passed none
 */
char *
eng_job_status_describe_limit (const EngJobStatus *status)
{
  double gib = (double) status->limit / (1 << 30);

  if (status->out_of_memory)
    return g_strdup_printf ("out of memory; more than the %.4g GiB of the instance were used. "
                            "Choose an instance type with more memory.", gib);
  if (status->out_of_disk)
    return g_strdup_printf ("out of disk; more than the %.4g GiB of the volume were written. "
                            "Choose a larger VolumeSizeInGB.", gib);
  if (status->out_of_files)
    return g_strdup_printf ("too many files; a volume of this size holds %" G_GUINT64_FORMAT
                            ", at most %d folders deep. Choose a larger VolumeSizeInGB or pack "
                            "them.", status->limit, ENG_JOB_MAX_DEPTH);
  if (status->out_of_processes)
    return g_strdup_printf ("too many processes; %" G_GUINT64_FORMAT " may run at a time, threads "
                            "included. Start fewer.", status->limit);

  return NULL;
}
