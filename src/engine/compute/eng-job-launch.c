/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-job"

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "eng-job.h"
#include "sage-error.h"

/* The descriptor on which the shim tells that the job runs. */
#define READY_FD 3
#define READY_FD_TEXT "3"

#define LAUNCH_TIMEOUT_MS 20000
#define STACK_BYTES (64 * 1024)

/* What the shim is told of our environment: where bubblewrap is, and what tests need. None of it
 * goes into the sandbox. */
static const char *const passed_variables[] = { "PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS",
                                                "LSAN_OPTIONS", "SAGEBRUSH_LIMITS",
                                                "SAGEBRUSH_FAILPOINT" };

typedef struct
{
  const char *shim_path;
  char      **argv;
  char      **environment;
  const char *errors_path;
  int         ready_fd;
  int         result; /* 0, or an errno */
} Launch;

static int
spawn_shim (Launch *launch)
{
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  sigset_t none;
  pid_t pid;
  int rc;

  sigemptyset (&none);
  posix_spawnattr_init (&attributes);
  posix_spawnattr_setsigmask (&attributes, &none);
  posix_spawnattr_setflags (&attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK);

  posix_spawn_file_actions_init (&actions);
  posix_spawn_file_actions_addopen (&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen (&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addopen (&actions, STDERR_FILENO, launch->errors_path,
                                    O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW, 0600);
  posix_spawn_file_actions_adddup2 (&actions, launch->ready_fd, READY_FD);
  posix_spawn_file_actions_addclosefrom_np (&actions, READY_FD + 1);

  rc = posix_spawn (&pid, launch->shim_path, &actions, &attributes, launch->argv,
                    launch->environment);

  posix_spawn_file_actions_destroy (&actions);
  posix_spawnattr_destroy (&attributes);

  return rc;
}

/* Runs in a process that shares our memory while we stand still, and that ends at once: so the
 * shim's parent is the machine's init, and we have no child to look after. */
static int
launch_child (void *data)
{
  Launch *launch = data;

  launch->result = spawn_shim (launch);

  return 0; /* clone() ends the process with it */
}

static gboolean
double_spawn (Launch  *launch,
              GError **error)
{
  char *stack = mmap (NULL, STACK_BYTES, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
  sigset_t all, old;
  pid_t pid;

  if (stack == MAP_FAILED)
    return sage_throw_errno (error, "No memory to start '%s'", launch->shim_path);

  /* no handler of ours may run in the child */
  sigfillset (&all);
  pthread_sigmask (SIG_SETMASK, &all, &old);
  pid = clone (launch_child, stack + STACK_BYTES, CLONE_VM | CLONE_VFORK, launch);
  if (pid > 0)
    waitpid (pid, NULL, __WCLONE);
  else
    launch->result = errno;
  pthread_sigmask (SIG_SETMASK, &old, NULL);
  munmap (stack, STACK_BYTES);

  if (launch->result != 0)
    {
      errno = launch->result;
      return sage_throw_errno (error, "Cannot start '%s'", launch->shim_path);
    }

  return TRUE;
}

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
  char *argv[] = { (char *) "sagebrush-shim", (char *) job_dir, (char *) READY_FD_TEXT, NULL };
  g_auto(GStrv) environment = shim_environment ();
  g_autofree char *errors_path = g_build_filename (job_dir, "shim.err", NULL);
  g_autofd int read_end = -1;
  int pipe_fds[2];
  Launch launch;
  gboolean ok;

  if (pipe2 (pipe_fds, O_CLOEXEC) != 0)
    return sage_throw_errno (error, "Cannot start the job of '%s'", job_dir);

  read_end = pipe_fds[0];
  launch = (Launch) { shim_path, argv, environment, errors_path, pipe_fds[1], 0 };
  ok = double_spawn (&launch, error);
  close (pipe_fds[1]);

  return ok && read_answer (read_end, job_dir, error);
}
