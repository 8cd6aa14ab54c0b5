/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-job"

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "eng-job.h"
#include "eng-spawn.h"
#include "sage-error.h"

/* The descriptor on which the shim tells that the job runs: ENG_SPAWN_FD. */
#define READY_FD_TEXT "3"

#define LAUNCH_TIMEOUT_MS 20000

/* What the shim is told of our environment: where bubblewrap is, and what tests need. None of it
 * goes into the sandbox. */
static const char *const passed_variables[] = { "PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS",
                                                "LSAN_OPTIONS", "SAGEBRUSH_LIMITS",
                                                "SAGEBRUSH_FAILPOINT" };

/* "K", or "E", a code of SageError, a space and a message. */
static gboolean
read_answer (int          fd,
             const char  *job_dir,
             GError     **error)
{
  char answer[2048];
  gsize length = 0;
  char *end;
  long code;

  for (;;)
    {
      struct pollfd ready = { fd, POLLIN, 0 };
      gssize n;

      if (poll (&ready, 1, LAUNCH_TIMEOUT_MS) == 0)
        return sage_throw (error, SAGE_ERROR_UNREACHABLE,
                           "The shim of '%s' did not say in time whether the job runs", job_dir);

      n = read (fd, answer + length, sizeof answer - 1 - length);
      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        break;
      length += (gsize) n;
      if (answer[0] == 'K')
        return TRUE;
    }

  answer[length] = '\0';
  if (answer[0] != 'E')
    return sage_throw (error, SAGE_ERROR_FAILED, "The shim of '%s' died at its start", job_dir);

  code = strtol (answer + 1, &end, 10);

  return sage_throw (error, (SageError) CLAMP (code, SAGE_ERROR_FAILED, SAGE_ERROR_PROTOCOL), "%s",
                     *end == ' ' ? end + 1 : end);
}

static char **
shim_environment (void)
{
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();

  g_strv_builder_add (builder, "LC_ALL=C.UTF-8");
  for (guint i = 0; i < G_N_ELEMENTS (passed_variables); i++)
    {
      const char *value = g_getenv (passed_variables[i]);

      if (value != NULL)
        g_strv_builder_take (builder, g_strconcat (passed_variables[i], "=", value, NULL));
    }

  return g_strv_builder_end (builder);
}

/**
 * eng_job_launch:
 * @shim_path: the program `sagebrush-shim`
 * @job_dir: a job directory with its `spec.json`, never launched before
 *
 * Starts the job under a shim that outlives this process and is nobody's child here. Safe to call
 * from any thread.
 *
 * Returns: %TRUE once the shim holds the lock and has written that the job runs; else why it does
 *   not: %SAGE_ERROR_CONFLICT when a shim has the directory already, %SAGE_ERROR_EXISTS when it
 *   was used before, %SAGE_ERROR_UNSUPPORTED when this machine has no sandbox
 */
gboolean
eng_job_launch (const char  *shim_path,
                const char  *job_dir,
                GError     **error)
{
  const char *argv[] = { "sagebrush-shim", job_dir, READY_FD_TEXT, NULL };
  g_auto(GStrv) environment = shim_environment ();
  g_autofree char *errors_path = g_build_filename (job_dir, "shim.err", NULL);
  g_autofd int read_end = -1;
  int pipe_fds[2];
  gboolean ok;

  if (pipe2 (pipe_fds, O_CLOEXEC) != 0)
    return sage_throw_errno (error, "Cannot start the job of '%s'", job_dir);

  read_end = pipe_fds[0];
  ok = eng_spawn_detached (shim_path, argv, (const char * const *) environment, errors_path,
                           pipe_fds[1], error);
  close (pipe_fds[1]);

  return ok && read_answer (read_end, job_dir, error);
}
