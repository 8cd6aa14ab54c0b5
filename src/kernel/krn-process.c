/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "krn-process"

#include "config.h"

#include <fcntl.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "krn-output.h"
#include "krn-process.h"
#include "krn-usage.h"
#include "sage-error.h"

/* Where the memory is short the kernel goes before its host, which has to say so. */
#define OOM_SCORE "300"

/* Between two looks at the memory of one that may not take all. */
#define LOOK_MS 100

/* Killed with a peak as near to its limit as this, it was for the memory. */
#define NEAR_LIMIT 0.95

struct _KrnProcess
{
  pid_t            pid;      /* 0 once it is reaped */
  pid_t            group;
  int              pidfd;    /* (owned) */
  guint            source;
  KrnOutput       *output;   /* (owned) */
  KrnMemoryLimit   memory;
  guint            look;      /* source: at what memory it takes */
  guint64          peak;      /* that was measured so, near the limit; of all its processes */
  guint64          oom_kills; /* of the control group when it started */
  gboolean         was_killed; /* by us */
  gboolean         was_too_large;
  KrnProcessEnded  ended;
  gpointer         user_data;
};

/**
 * krn_end_clear:
 *
 * Frees what is in it.
 */
void
krn_end_clear (KrnEnd *end)
{
  g_clear_pointer (&end->stderr_tail, g_free);
}

/* In the child, between fork and exec: only what is safe there. */
static void
prepare_child (gpointer user_data)
{
  const pid_t *host = user_data;
  int fd;

  setpgid (0, 0);
  umask (022); /* the host keeps its files to itself; the kernel's are as a user's usually are */
  prctl (PR_SET_PDEATHSIG, SIGKILL); /* nobody else could ever reach it */
  if (getppid () != *host)
    _exit (127);

  fd = open ("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
  if (fd >= 0)
    {
      if (write (fd, OOM_SCORE, strlen (OOM_SCORE)) < 0)
        {
          /* it stays as it is */
        }
      close (fd);
    }
}

static gboolean
is_oom (KrnProcess   *self,
        const KrnEnd *end)
{
  if (self->was_too_large)
    return TRUE;
  if (end->signal != SIGKILL || self->was_killed)
    return FALSE;
  if (krn_usage_oom_kills () > self->oom_kills)
    return TRUE;

  return self->memory.known > 0 && (double) end->peak_bytes >= NEAR_LIMIT * (double) self->memory.known;
}

static gboolean
process_ended_cb (int          fd,
                  GIOCondition condition,
                  gpointer     user_data)
{
  KrnProcess *self = user_data;
  g_auto(KrnEnd) end = { .exit_code = -1 };
  struct rusage usage;
  int status;

  if (wait4 (self->pid, &status, WNOHANG, &usage) != self->pid)
    return G_SOURCE_CONTINUE;

  self->source = 0;
  self->pid = 0;
  g_clear_handle_id (&self->look, g_source_remove);
  kill (-self->group, SIGKILL); /* what it left behind */

  if (WIFEXITED (status))
    end.exit_code = WEXITSTATUS (status);
  else
    end.signal = WTERMSIG (status);
  end.peak_bytes = MAX ((guint64) usage.ru_maxrss * 1024, self->peak);
  end.oom = is_oom (self, &end);
  krn_output_drain (self->output);
  end.stderr_tail = krn_output_dup_tail (self->output);
  self->ended (&end, self->user_data);

  return G_SOURCE_REMOVE;
}

/* Too large, it is ended before the machine has no memory left for others. */
static gboolean
look_cb (gpointer user_data)
{
  KrnProcess *self = user_data;
  guint64 bytes;

  self->was_too_large = krn_usage_exceeds (self->pid, self->memory.kept, &bytes);
  self->peak = MAX (self->peak, bytes);
  if (!self->was_too_large)
    return G_SOURCE_CONTINUE;

  self->look = 0;
  kill (-self->group, SIGKILL);

  return G_SOURCE_REMOVE;
}

/**
 * krn_process_start:
 * @argv: the command
 * @environment: all of its variables
 * @cwd: where it starts
 * @output_path: the file for what it writes
 * @memory: what it may take
 * @ended: called once, when it has ended and all that it wrote was read
 * @user_data: for @ended
 *
 * Returns: (transfer full): the process, or %NULL with %SAGE_ERROR_NOT_FOUND or %SAGE_ERROR_FAILED
 */
KrnProcess *
krn_process_start (const char * const  *argv,
                   const char * const  *environment,
                   const char          *cwd,
                   const char          *output_path,
                   KrnMemoryLimit       memory,
                   KrnProcessEnded      ended,
                   gpointer             user_data,
                   GError             **error)
{
  g_autoptr(KrnProcess) self = g_new0 (KrnProcess, 1);
  g_autoptr(GError) local_error = NULL;
  pid_t host = getpid ();
  int stdout_fd;
  int stderr_fd;

  self->pidfd = -1;
  self->output = krn_output_new (output_path);
  self->memory = memory;
  self->oom_kills = krn_usage_oom_kills ();
  self->ended = ended;
  self->user_data = user_data;

  if (!g_spawn_async_with_pipes_and_fds (cwd, argv, environment,
                                         G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_SEARCH_PATH_FROM_ENVP,
                                         prepare_child, &host, -1, -1, -1, NULL, NULL, 0, &self->pid,
                                         NULL, &stdout_fd, &stderr_fd, &local_error))
    {
      sage_throw (error, g_error_matches (local_error, G_SPAWN_ERROR, G_SPAWN_ERROR_NOENT)
                           ? SAGE_ERROR_NOT_FOUND : SAGE_ERROR_FAILED,
                  "The kernel cannot be started: %s", local_error->message);
      return NULL;
    }

  self->group = self->pid;
  setpgid (self->pid, self->pid); /* whoever of us comes first */
  krn_output_watch (self->output, stdout_fd, stderr_fd);
  self->pidfd = pidfd_open (self->pid, 0);
  if (self->pidfd < 0)
    {
      sage_throw_errno (error, "The kernel cannot be watched");
      return NULL;
    }
  self->source = g_unix_fd_add (self->pidfd, G_IO_IN, process_ended_cb, self);
  if (memory.kept > 0)
    self->look = g_timeout_add (LOOK_MS, look_cb, self);

  return g_steal_pointer (&self);
}

/**
 * krn_process_free:
 *
 * Ends the process at once if it lives. Nothing is called any more.
 */
void
krn_process_free (KrnProcess *process)
{
  g_clear_handle_id (&process->source, g_source_remove);
  g_clear_handle_id (&process->look, g_source_remove);
  if (process->pid != 0)
    {
      krn_process_signal (process, SIGKILL);
      waitpid (process->pid, NULL, 0);
    }
  g_clear_fd (&process->pidfd, NULL);
  krn_output_free (process->output);
  g_free (process);
}

/**
 * krn_process_get_pid:
 *
 * Returns: its process id; 0 once it has ended
 */
pid_t
krn_process_get_pid (KrnProcess *process)
{
  return process->pid;
}

/**
 * krn_process_signal:
 * @number: a signal
 *
 * Sends it to the kernel and all that runs in its group.
 */
void
krn_process_signal (KrnProcess *process,
                    int         number)
{
  if (process->pid == 0)
    return;

  process->was_killed = process->was_killed || number == SIGKILL;
  kill (-process->group, number);
}
