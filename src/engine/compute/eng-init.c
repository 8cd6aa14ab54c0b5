/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "eng-init.h"
#include "eng-relay.h"

/* Below the engine, which must answer while jobs spin. */
#define JOB_NICENESS 5

/* Under memory pressure the kernel takes a job before it takes the engine or the desktop. */
#define JOB_OOM_SCORE "500"

#define MAX_OPEN_FILES 65536

/* The first process of the sandbox's pid namespace: when it ends, the kernel ends all others. */
static struct
{
  int      channel; /* to the shim */
  int      signals;
  pid_t    program;
  EngReady channel_ready;
  EngReady signals_ready;
} init;

static void
report (EngInitKind kind,
        int         value)
{
  EngInitMessage message = { .kind = kind, .value = value };
  struct rusage usage;

  if (getrusage (RUSAGE_CHILDREN, &usage) == 0)
    message.max_rss = (uint64_t) usage.ru_maxrss * 1024;

  /* a shim that is gone needs no report, and this process ends at the closed channel */
  (void) !send (init.channel, &message, sizeof message, MSG_NOSIGNAL);
}

static void
close_all_but (int a,
               int b)
{
  int low = a < b ? a : b;
  int high = a < b ? b : a;

  if (low > 3)
    close_range (3, (unsigned) low - 1, 0);
  if (high > 3)
    close_range (low < 3 ? 3 : (unsigned) low + 1, (unsigned) high - 1, 0);
  close_range (high < 3 ? 3 : (unsigned) high + 1, ~0u, 0);
}

static void
limit (int    resource,
       rlim_t value)
{
  struct rlimit limits;

  if (getrlimit (resource, &limits) != 0)
    return;

  if (limits.rlim_max == RLIM_INFINITY || value < limits.rlim_max)
    limits.rlim_max = value;
  limits.rlim_cur = limits.rlim_max;
  setrlimit (resource, &limits);
}

static void
set_limits (char **argv)
{
  unsigned long long processes = strtoull (argv[ENG_INIT_ARG_PROCESSES], NULL, 10);
  int fd = open ("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

  if (fd >= 0)
    {
      (void) !write (fd, JOB_OOM_SCORE, strlen (JOB_OOM_SCORE));
      close (fd);
    }

  (void) !nice (JOB_NICENESS);
  limit (RLIMIT_CORE, 0);
  limit (RLIMIT_NOFILE, MAX_OPEN_FILES);
  limit (RLIMIT_MEMLOCK, 64 << 20);
  limit (RLIMIT_FSIZE, strtoull (argv[ENG_INIT_ARG_FILE_SIZE], NULL, 10));
  if (processes > 0)
    limit (RLIMIT_NPROC, processes);
  prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

static void
become_program (char **argv)
{
  struct sigaction standard = { .sa_handler = SIG_DFL };
  sigset_t none;

  for (int signal_number = 1; signal_number < NSIG; signal_number++)
    sigaction (signal_number, &standard, NULL);
  sigemptyset (&none);
  sigprocmask (SIG_SETMASK, &none, NULL);

  /* bubblewrap's own; the variables inside are those of the spec and no others */
  unsetenv ("PWD");
  /* a program that signals its own group must not reach us */
  setpgid (0, 0);
  execvp (argv[0], argv);
}

/* Returns: 0, or the errno with which the program could not be run */
static int
start_program (char **argv)
{
  volatile int failure = 0;
  pid_t pid = vfork ();

  if (pid == 0)
    {
      become_program (argv);
      failure = errno;
      _exit (127);
    }

  init.program = pid;

  return pid < 0 ? errno : failure;
}

static void
reap (void)
{
  int status;
  pid_t pid;

  while ((pid = waitpid (-1, &status, WNOHANG)) > 0)
    {
      if (pid != init.program)
        continue;

      if (WIFSIGNALED (status))
        report (ENG_INIT_KILLED, WTERMSIG (status));
      else
        report (ENG_INIT_EXITED, WEXITSTATUS (status));
      _exit (0);
    }
}

static void
signals_ready (void     *self,
               uint32_t  events)
{
  struct signalfd_siginfo info;

  (void) self;
  (void) events;

  while (read (init.signals, &info, sizeof info) == sizeof info)
    if (info.ssi_signo != SIGCHLD)
      kill (init.program, (int) info.ssi_signo);
  reap ();
}

static void
channel_ready (void     *self,
               uint32_t  events)
{
  EngInitMessage message;
  ssize_t n = recv (init.channel, &message, sizeof message, MSG_DONTWAIT);

  (void) self;
  (void) events;

  /* the shim is gone: so is its job */
  if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
    _exit (128 + SIGKILL);

  if (n == sizeof message && message.kind == ENG_INIT_SIGNAL)
    kill (init.program, message.value);
}

static bool
watch (int       epoll_fd,
       int       fd,
       EngReady *ready)
{
  struct epoll_event event = { .events = EPOLLIN, .data.ptr = ready };

  return epoll_ctl (epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0;
}

static bool
block_signals (void)
{
  sigset_t set;

  signal (SIGPIPE, SIG_IGN);
  sigemptyset (&set);
  sigaddset (&set, SIGCHLD);
  sigaddset (&set, SIGTERM);
  sigaddset (&set, SIGINT);
  sigaddset (&set, SIGHUP);
  sigaddset (&set, SIGUSR1);
  sigprocmask (SIG_SETMASK, &set, NULL);
  init.signals = signalfd (-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);

  return init.signals >= 0;
}

static void
run_loop (int epoll_fd)
{
  for (;;)
    {
      struct epoll_event events[64];
      int n = epoll_wait (epoll_fd, events, 64, -1);

      for (int i = 0; i < n; i++)
        ((EngReady *) events[i].data.ptr)->ready (events[i].data.ptr, events[i].events);
      eng_relay_sweep ();
    }
}

/**
 * eng_init_main:
 *
 * Runs the user's program inside the sandbox: sets its limits, reports its end to the shim, reaps
 * orphans, passes signals on, relays connections. Takes the arguments of #EngInitArg.
 *
 * Returns: an exit status when the program could not be started; else it never returns
 */
int
eng_init_main (int    argc,
               char **argv)
{
  int epoll_fd, listener, failure;

  if (argc <= ENG_INIT_ARG_PROGRAM || strcmp (argv[ENG_INIT_ARG_DASHES], "--") != 0)
    {
      fputs ("sagebrush-init is started by sagebrush-shim only\n", stderr);
      return 2;
    }

  init.channel = atoi (argv[ENG_INIT_ARG_CHANNEL]);
  listener = atoi (argv[ENG_INIT_ARG_LISTENER]);
  close_all_but (init.channel, listener);
  fcntl (init.channel, F_SETFD, FD_CLOEXEC);
  if (listener >= 0)
    fcntl (listener, F_SETFD, FD_CLOEXEC);

  init.channel_ready.ready = channel_ready;
  init.signals_ready.ready = signals_ready;
  set_limits (argv);
  /* the program must not look into our memory or descriptors through /proc/1 */
  prctl (PR_SET_DUMPABLE, 0, 0, 0, 0);
  epoll_fd = epoll_create1 (EPOLL_CLOEXEC);
  if (epoll_fd < 0 || !block_signals () ||
      !watch (epoll_fd, init.channel, &init.channel_ready) ||
      !watch (epoll_fd, init.signals, &init.signals_ready) ||
      (listener >= 0 &&
       !eng_relay_start (epoll_fd, listener, (uint16_t) atoi (argv[ENG_INIT_ARG_PORT]))))
    failure = errno;
  else
    failure = start_program (argv + ENG_INIT_ARG_PROGRAM);

  if (failure != 0)
    {
      report (ENG_INIT_EXEC_FAILED, failure);
      return 127;
    }

  report (ENG_INIT_STARTED, 0);
  run_loop (epoll_fd);

  return 0;
}
