/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "alg-script-process"

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <glib-unix.h>
#include <glib/gstdio.h>

#include "sage-error.h"

#include "alg-job.h"
#include "alg-script-process.h"

#define TAIL_BYTES 8192
#define MESSAGE_BYTES 600

/* The user's program gets SIGTERM the way it would have without us. */
static void
child_setup_cb (gpointer user_data)
{
  sigset_t none;

  signal (SIGTERM, SIG_DFL);
  sigemptyset (&none);
  sigprocmask (SIG_SETMASK, &none, NULL);
}

static void
write_all (int         fd,
           const char *data,
           gsize       length)
{
  while (length > 0)
    {
      gssize written = write (fd, data, length);

      if (written < 0 && errno != EINTR)
        return;

      if (written > 0)
        {
          data += written;
          length -= (gsize) written;
        }
    }
}

/* Passes on what there is to read and keeps its end; %FALSE at the end of the stream. */
static gboolean
pump (int      fd,
      GString *tail)
{
  char buffer[16384];
  gssize count;

  while ((count = read (fd, buffer, sizeof buffer)) > 0)
    {
      write_all (STDERR_FILENO, buffer, (gsize) count);
      g_string_append_len (tail, buffer, count);

      if (tail->len > 2 * TAIL_BYTES)
        g_string_erase (tail, 0, (gssize) (tail->len - TAIL_BYTES));
    }

  return count < 0 && (errno == EAGAIN || errno == EINTR);
}

/* Until the process has ended; a grandchild that keeps standard error open does not hold us up.
 * SIGTERM is blocked but for the time of the wait, so that it cannot slip in between. */
static void
supervise (GPid      pid,
           int       process,
           int       output,
           sigset_t *unblocked,
           GString  *tail)
{
  struct pollfd fds[] = { { .fd = process, .events = POLLIN }, { .fd = output, .events = POLLIN } };
  gboolean told = FALSE;

  while ((fds[0].revents & POLLIN) == 0)
    {
      fds[0].revents = fds[1].revents = 0;

      if (ppoll (fds, G_N_ELEMENTS (fds), NULL, unblocked) < 0 && errno != EINTR)
        break;

      if (fds[1].revents != 0 && !pump (output, tail))
        fds[1].fd = -1;

      if (alg_job_stop_requested () && !told)
        {
          kill (pid, SIGTERM);
          told = TRUE;
        }
    }

  if (fds[1].fd >= 0)
    pump (output, tail);
}

/**
 * alg_script_process_run:
 * @directory: where it runs
 * @argv: program and arguments; the program is looked up in PATH
 * @environment: all of its environment
 * @result: (out caller-allocates): how it ended; free its tail
 * @error: (out): it could not be started
 *
 * Runs a program to its end. Its output is ours, a SIGTERM to us goes to it too.
 *
 * Returns: %TRUE when it ran, however it ended
 */
gboolean
alg_script_process_run (const char     *directory,
                        GStrv           argv,
                        GStrv           environment,
                        AlgScriptExit  *result,
                        GError        **error)
{
  g_autofd int output = -1;
  g_autofd int process = -1;
  sigset_t blocked, before;
  GPid pid;
  int status;

  sigemptyset (&blocked);
  sigaddset (&blocked, SIGTERM);
  sigprocmask (SIG_BLOCK, &blocked, &before);

  if (!g_spawn_async_with_pipes (directory, argv, environment,
                                 G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD
                                 | G_SPAWN_CHILD_INHERITS_STDIN,
                                 child_setup_cb, NULL, &pid, NULL, NULL, &output, error))
    {
      sigprocmask (SIG_SETMASK, &before, NULL);
      return FALSE;
    }

  result->tail = g_string_new (NULL);
  process = pidfd_open (pid, 0);
  g_unix_set_fd_nonblocking (output, TRUE, NULL);

  if (process >= 0)
    supervise (pid, process, output, &before, result->tail);

  while (waitpid (pid, &status, 0) < 0 && errno == EINTR)
    ;

  sigprocmask (SIG_SETMASK, &before, NULL);
  result->signal = WIFSIGNALED (status) ? WTERMSIG (status) : 0;
  result->exit_code = WIFEXITED (status) ? WEXITSTATUS (status) : 128 + result->signal;

  return TRUE;
}

/* What follows the frames of the last Python traceback; %NULL when there is none. */
static const char *
after_traceback (const char *tail)
{
  const char *at = g_strrstr (tail, "Traceback (most recent call last):\n");

  if (at == NULL)
    return NULL;

  for (at = strchr (at, '\n') + 1; *at == ' '; at++)
    {
      at = strchr (at, '\n');

      if (at == NULL)
        return NULL;
    }

  return *at != '\0' ? at : NULL;
}

/**
 * alg_script_last_error:
 * @tail: the end of what a program wrote to standard error
 *
 * Returns: (transfer full): the exception of the last Python traceback, or the last lines
 */
char *
alg_script_last_error (const char *tail)
{
  const char *found = after_traceback (tail);
  g_autofree char *text = g_strstrip (g_strdup (found != NULL ? found : tail));
  gsize length = strlen (text);
  const char *start = text;
  g_autofree char *cut = NULL;

  if (found == NULL && length > MESSAGE_BYTES)
    {
      start = text + length - MESSAGE_BYTES;
      start = strchr (start, '\n') != NULL ? strchr (start, '\n') + 1 : start;
    }

  cut = g_strndup (start, MESSAGE_BYTES);

  return g_utf8_make_valid (cut, -1);
}
