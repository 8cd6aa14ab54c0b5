/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-watchdog"

#include "config.h"

#include <dirent.h>
#include <execinfo.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "sage-error.h"
#include "sage-watchdog.h"

/*
 * Ends a process whose main loop does not come back. What is measured is not how long that takes but
 * how much processor time the loop's thread uses meanwhile: whoever waits for a slow disk or a lock,
 * is stopped, or sleeps with the machine uses none, and is left alone. The kernel keeps the time.
 */

#define MAX_FRAMES 64
#define TICK_MS 1000

struct _SageWatchdog
{
  timer_t           timer; /* of the loop's thread's processor time */
  struct itimerspec patience;
  GSource          *tick; /* (owned) */
  struct sigaction  former;
};

/* From here to bark() only what a signal handler may call: the thread may hold any lock. */

static void
say (const char *text)
{
  (void) !write (STDERR_FILENO, text, strlen (text));
}

/* Says one line of a file of /proc. */
static void
say_line (int         task,
          const char *name)
{
  char text[256];
  int fd = openat (task, name, O_RDONLY | O_CLOEXEC);
  ssize_t n = fd >= 0 ? read (fd, text, sizeof text - 1) : 0;

  if (fd >= 0)
    close (fd);
  while (n > 0 && text[n - 1] == '\n')
    n--;
  text[MAX (n, 0)] = '\0';
  say (" ");
  say (n > 0 ? text : "?");
}

/* What each thread is called, and in what part of the kernel it waits. */
static void
say_threads (void)
{
  int tasks = open ("/proc/self/task", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  _Alignas (struct dirent64) char entries[4096];
  long n;

  while (tasks >= 0 && (n = syscall (SYS_getdents64, tasks, entries, sizeof entries)) > 0)
    for (long at = 0; at < n;)
      {
        const struct dirent64 *entry = (const struct dirent64 *) (gconstpointer) (entries + at);
        int task = entry->d_name[0] != '.' ? openat (tasks, entry->d_name, O_DIRECTORY | O_CLOEXEC)
                                           : -1;

        at += entry->d_reclen;
        if (task < 0)
          continue;
        say ("thread ");
        say (entry->d_name);
        say_line (task, "comm");
        say_line (task, "wchan");
        say ("\n");
        close (task);
      }
  if (tasks >= 0)
    close (tasks);
}

/* On the loop's thread, in the midst of what it does. */
static void
bark (int number)
{
  void *frames[MAX_FRAMES];

  say ("The main loop computes on and on without coming back: this process ends. It is at:\n");
  backtrace_symbols_fd (frames, backtrace (frames, MAX_FRAMES), STDERR_FILENO);
  say_threads ();
  signal (SIGABRT, SIG_DFL);
  abort ();
}

static gboolean
tick_cb (gpointer user_data)
{
  SageWatchdog *self = user_data;

  timer_settime (self->timer, 0, &self->patience, NULL);

  return G_SOURCE_CONTINUE;
}

/**
 * sage_watchdog_new:
 * @seconds: of processor time that the loop may take between two rounds; more than 1
 * @error: return location
 *
 * Watches the default main context, which must be run by this thread from now on. If it does not come
 * back in time, the process says where each of its threads is and aborts. Takes SIGXCPU for itself;
 * one at a time.
 *
 * Returns: (transfer full): the watchdog, to be freed by this thread; %NULL with %SAGE_ERROR_IO
 */
SageWatchdog *
sage_watchdog_new (guint    seconds,
                   GError **error)
{
  struct sigevent event = {
    .sigev_notify = SIGEV_THREAD_ID,
    .sigev_signo = SIGXCPU,
    ._sigev_un._tid = gettid (),
  };
  const struct sigaction action = { .sa_handler = bark, .sa_flags = (int) SA_RESETHAND };
  SageWatchdog *self = g_new0 (SageWatchdog, 1);
  void *first;

  if (timer_create (CLOCK_THREAD_CPUTIME_ID, &event, &self->timer) != 0)
    {
      sage_throw_errno (error, "Cannot watch the main loop");
      g_free (self);
      return NULL;
    }

  backtrace (&first, 1); /* loads what it needs, for which bark() is no place */
  sigaction (SIGXCPU, &action, &self->former);
  self->patience.it_value.tv_sec = seconds;
  self->tick = g_timeout_source_new (TICK_MS);
  g_source_set_callback (self->tick, tick_cb, self, NULL);
  g_source_attach (self->tick, NULL);
  tick_cb (self);

  return self;
}

/**
 * sage_watchdog_free:
 * @watchdog: (nullable): the watchdog
 */
void
sage_watchdog_free (SageWatchdog *watchdog)
{
  if (watchdog == NULL)
    return;

  timer_delete (watchdog->timer);
  sigaction (SIGXCPU, &watchdog->former, NULL);
  g_source_destroy (watchdog->tick);
  g_source_unref (watchdog->tick);
  g_free (watchdog);
}
