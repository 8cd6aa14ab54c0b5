/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-job"

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "eng-job.h"
#include "sage-error.h"

/* The kernel tells of the closed lock file before it frees the lock. */
#define LOCK_RETRY_MS 5
#define LOCK_RETRIES 20

/* Should an event ever be missing. */
#define RECHECK_MS 10000

#define STOP_TIMEOUT_SECONDS 2

/* Takes the events off the queue. Returns: whether the lock file was closed, that is, the shim
 * may have ended */
static gboolean
drain_events (int fd)
{
  char buffer[4096] __attribute__ ((aligned (__alignof__ (struct inotify_event))));
  gboolean lock_closed = FALSE;
  gssize n;

  while ((n = read (fd, buffer, sizeof buffer)) > 0)
    for (char *at = buffer; at < buffer + n;)
      {
        const struct inotify_event *event = (const struct inotify_event *) at;

        if (event->len > 0 && strcmp (event->name, "lock") == 0)
          lock_closed = TRUE;
        at += sizeof *event + event->len;
      }

  return lock_closed;
}

static gboolean
is_over (const EngJobStatus *status)
{
  switch (status->state)
    {
    case ENG_JOB_RUNNING:
      return FALSE;
    case ENG_JOB_NONE:
    case ENG_JOB_EXITED:
    case ENG_JOB_LOST:
    default:
      return TRUE;
    }
}

static int
milliseconds_until (gint64 deadline,
                    int    at_most)
{
  if (deadline < 0)
    return at_most;

  return (int) CLAMP ((deadline - g_get_monotonic_time () + 999) / 1000, 0, at_most);
}

/* Waits on @watch, already in place, so that a change between reading and waiting is not missed. */
static gboolean
wait_on (int            watch,
         const char    *job_dir,
         int            wake_fd,
         gint64         deadline,
         EngJobStatus  *status,
         GError       **error)
{
  guint retries = 0;

  for (;;)
    {
      struct pollfd polls[] = { { watch, POLLIN, 0 }, { wake_fd, POLLIN, 0 } };
      int timeout;

      if (!eng_job_status_read (job_dir, status, error))
        return FALSE;
      if (is_over (status))
        return TRUE;

      timeout = milliseconds_until (deadline, retries > 0 ? LOCK_RETRY_MS : RECHECK_MS);
      if (poll (polls, 2, timeout) < 0 && errno != EINTR)
        return sage_throw_errno (error, "Cannot wait for '%s'", job_dir);

      if (drain_events (watch))
        retries = LOCK_RETRIES;
      else if (retries > 0)
        retries--;

      if (polls[1].revents != 0 || milliseconds_until (deadline, 1) == 0)
        return eng_job_status_read (job_dir, status, error);
    }
}

static gpointer
close_thread (gpointer data)
{
  close (GPOINTER_TO_INT (data));

  return NULL;
}

/* To close a watch is to wait until no reader of the kernel's list of watches is left, which takes
 * longer than to start a job. */
static void
close_later (int fd)
{
  g_autoptr(GThread) thread = g_thread_try_new ("eng-close", close_thread, GINT_TO_POINTER (fd),
                                                NULL);

  if (thread == NULL)
    close (fd);
}

/**
 * eng_job_wait:
 * @job_dir: the job directory
 * @wake_fd: a descriptor that ends the wait when it becomes readable; -1 for none
 * @deadline: the end of the wait on the clock of g_get_monotonic_time(), in microseconds; -1 for
 *   none
 * @status: (inout): initialised with zeros or a former status; becomes the current one
 *
 * Waits until the job has ended. Returns at once when it has, or when nothing was ever started
 * there. Any number of threads may wait.
 *
 * Returns: %TRUE with @status set when the job ended, @wake_fd became readable or @deadline
 *   passed; %FALSE with @error set when the status could not be read
 */
gboolean
eng_job_wait (const char    *job_dir,
              int            wake_fd,
              gint64         deadline,
              EngJobStatus  *status,
              GError       **error)
{
  int watch = inotify_init1 (IN_CLOEXEC | IN_NONBLOCK);
  gboolean ok;

  if (watch >= 0 &&
      inotify_add_watch (watch, job_dir, IN_MOVED_TO | IN_CLOSE_WRITE | IN_ONLYDIR) >= 0)
    ok = wait_on (watch, job_dir, wake_fd, deadline, status, error);
  else
    ok = sage_throw_errno (error, "Cannot watch '%s'", job_dir);

  if (watch >= 0)
    close_later (watch);

  return ok;
}

/* A socket's path may be 107 bytes long; through /proc it always is short enough. */
static int
connect_control (const char *job_dir)
{
  const struct timeval timeout = { .tv_sec = STOP_TIMEOUT_SECONDS };
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  g_autofd int dir = open (job_dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
  g_autofd int fd = -1;

  if (dir < 0)
    return -1;

  g_snprintf (address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d/control", dir);
  fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0)
    return -1;

  setsockopt (fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
  setsockopt (fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof timeout);
  if (connect (fd, (struct sockaddr *) &address, sizeof address) != 0)
    return -1;

  return g_steal_fd (&fd);
}

/**
 * eng_job_stop:
 * @job_dir: the job directory
 * @grace_seconds: what the job gets between SIGTERM and SIGKILL; 0 to kill it at once
 *
 * Asks the shim to stop its job. A second call may shorten the grace. Blocks for 2 s at most.
 *
 * Returns: whether the shim took it on: eng_job_wait() tells when it is done. Else
 *   %SAGE_ERROR_UNREACHABLE: it does not answer, because it has ended or is frozen
 */
gboolean
eng_job_stop (const char  *job_dir,
              guint        grace_seconds,
              GError     **error)
{
  g_autofree char *command = g_strdup_printf ("{\"op\": \"stop\", \"grace\": %u}\n",
                                              MIN (grace_seconds, 3600));
  g_autofd int fd = connect_control (job_dir);
  char answer[64] = "";

  if (fd < 0 || send (fd, command, strlen (command), MSG_NOSIGNAL) < 0 ||
      recv (fd, answer, sizeof answer - 1, 0) <= 0)
    return sage_throw (error, SAGE_ERROR_UNREACHABLE, "The shim of '%s' does not answer: %s",
                       job_dir, g_strerror (errno == EAGAIN ? ETIMEDOUT : errno));

  if (strstr (answer, "true") == NULL)
    return sage_throw (error, SAGE_ERROR_PROTOCOL, "The shim of '%s' refused to stop its job",
                       job_dir);

  return TRUE;
}
