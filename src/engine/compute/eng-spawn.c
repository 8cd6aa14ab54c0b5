/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-spawn"

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "eng-spawn.h"
#include "sage-error.h"

#define STACK_BYTES (64 * 1024)

typedef struct
{
  const char *program;
  char      **argv;
  char      **environment;
  const char *errors_path;
  int         fd;
  int         result; /* 0, or an errno */
} Launch;

static int
spawn_program (Launch *launch)
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
  posix_spawn_file_actions_adddup2 (&actions, launch->fd, ENG_SPAWN_FD);
  posix_spawn_file_actions_addclosefrom_np (&actions, ENG_SPAWN_FD + 1);

  rc = posix_spawn (&pid, launch->program, &actions, &attributes, launch->argv,
                    launch->environment);

  posix_spawn_file_actions_destroy (&actions);
  posix_spawnattr_destroy (&attributes);

  return rc;
}

/* Runs in a process that shares our memory while we stand still, and that ends at once: so the
 * program's parent is the machine's init, and we have no child to look after. */
static int
launch_child (void *data)
{
  Launch *launch = data;

  launch->result = spawn_program (launch);

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
    return sage_throw_errno (error, "No memory to start '%s'", launch->program);

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
      return sage_throw_errno (error, "Cannot start '%s'", launch->program);
    }

  return TRUE;
}

/**
 * eng_spawn_detached:
 * @program: path of the program
 * @argv: its arguments, the first one its name
 * @environment: its environment
 * @errors_path: the file to which its standard error is appended
 * @fd: what it gets as %ENG_SPAWN_FD; nothing else is open there
 *
 * Starts a program that outlives this process and is nobody's child here. Safe to call from any
 * thread.
 *
 * Returns: whether it was started
 */
gboolean
eng_spawn_detached (const char          *program,
                    const char * const  *argv,
                    const char * const  *environment,
                    const char          *errors_path,
                    int                  fd,
                    GError             **error)
{
  Launch launch = { program, (char **) argv, (char **) environment, errors_path, fd, 0 };

  return double_spawn (&launch, error);
}
