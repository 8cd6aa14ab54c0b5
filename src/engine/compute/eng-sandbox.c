/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-sandbox"

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <linux/sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "eng-sandbox.h"
#include "sage-error.h"
#include "sage-file.h"

#define INIT_INSIDE "/run/sagebrush/init"

/* An ordinary user inside; outside it is whoever runs the engine, so the job's files are ours. */
#define INSIDE_ID "1000"

/* Builds one bubblewrap call. The arguments go through a descriptor (--args), so that they are
 * neither limited in length nor shown to other users of the machine. */
struct _EngSandbox
{
  EngJobSpec        *spec;    /* (unowned) */
  int                job_fd;  /* (unowned) */
  const char        *job_dir; /* (unowned) */
  EngSandboxWithout  without;
  GString           *arguments; /* (owned): NUL after each */
  GArray            *passed;    /* (owned): of int: descriptors that bubblewrap inherits */
  GPtrArray         *command;   /* (owned): of char*: bubblewrap's own argv */
};

static void
add (EngSandbox *self,
     ...) G_GNUC_NULL_TERMINATED;

/* Adds arguments for bubblewrap, each in full. */
static void
add (EngSandbox *self,
     ...)
{
  const char *argument;
  va_list list;

  va_start (list, self);
  while ((argument = va_arg (list, const char *)) != NULL)
    g_string_append_len (self->arguments, argument, strlen (argument) + 1);
  va_end (list);
}

/* Adds `OPTION FD DEST` and passes @fd. */
static void
add_fd (EngSandbox *self,
        const char *option,
        int         fd,
        const char *target)
{
  char number[16];

  g_snprintf (number, sizeof number, "%d", eng_sandbox_pass (self, fd));
  add (self, option, number, target, NULL);
}

static int
memory_file (const char *content,
             gsize       length)
{
  int fd = memfd_create ("sandbox", MFD_CLOEXEC);

  if (fd < 0)
    return -1;

  while (length > 0)
    {
      gssize n = write (fd, content, length);

      if (n <= 0)
        {
          close (fd);
          return -1;
        }
      content += n;
      length -= (gsize) n;
    }
  lseek (fd, 0, SEEK_SET);

  return fd;
}

static gboolean
add_text_file (EngSandbox  *self,
               const char  *target,
               const char  *content,
               GError     **error)
{
  int fd = memory_file (content, strlen (content));

  if (fd < 0)
    return sage_throw_errno (error, "Cannot make '%s' for the sandbox", target);

  add (self, "--perms", "0444", NULL);
  add_fd (self, "--file", fd, target);

  return TRUE;
}

/* Copies a file of the system when it is there. */
static void
add_copy (EngSandbox *self,
          const char *path)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC);

  if (fd < 0)
    return;

  add (self, "--perms", "0444", NULL);
  add_fd (self, "--file", fd, path);
}

static void
add_namespaces (EngSandbox *self)
{
  add (self, "--unshare-user", "--unshare-pid", "--as-pid-1", "--unshare-uts",
       "--unshare-cgroup-try", "--hostname", "algo-1", "--uid", INSIDE_ID, "--gid", INSIDE_ID,
       "--cap-drop", "ALL", "--new-session", "--die-with-parent", "--clearenv", NULL);

  if (!(self->without & ENG_SANDBOX_SHARE_IPC))
    add (self, "--unshare-ipc", NULL);
  if (!(self->without & ENG_SANDBOX_KEEP_USERNS))
    add (self, "--disable-userns", NULL);
  if (!self->spec->network && !(self->without & ENG_SANDBOX_SHARE_NET))
    add (self, "--unshare-net", NULL);
}

/* Each thing that is mounted costs a tenth of a millisecond of every start: hence only what
 * programs in /usr reach through links or look up. Nothing names this machine's users, keys or
 * services. */
static void
add_system (EngSandbox *self)
{
  static const char *const roots[] = { "/bin", "/sbin", "/lib", "/lib32", "/lib64" };
  static const char *const certificates[] = { "/etc/ssl/certs", "/etc/pki/ca-trust" };

  add (self, "--ro-bind", "/usr", "/usr", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (roots); i++)
    {
      g_autofree char *link = g_file_read_link (roots[i], NULL);

      if (link != NULL)
        add (self, "--symlink", link, roots[i], NULL);
      else
        add (self, "--ro-bind-try", roots[i], roots[i], NULL);
    }

  if (access ("/etc/alternatives", F_OK) == 0)
    add (self, "--ro-bind", "/etc/alternatives", "/etc/alternatives", NULL);
  for (guint i = 0; self->spec->network && i < G_N_ELEMENTS (certificates); i++)
    if (access (certificates[i], F_OK) == 0)
      add (self, "--ro-bind", certificates[i], certificates[i], NULL);
}

static gboolean
add_etc (EngSandbox  *self,
         GError     **error)
{
  static const char *const for_network[] = { "/etc/resolv.conf", "/etc/services",
                                             "/etc/protocols", "/etc/ssl/openssl.cnf" };
  g_autofree char *zone = g_file_read_link ("/etc/localtime", NULL);

  add_copy (self, "/etc/ld.so.cache");
  for (guint i = 0; self->spec->network && i < G_N_ELEMENTS (for_network); i++)
    add_copy (self, for_network[i]);

  if (zone != NULL)
    add (self, "--symlink", zone, "/etc/localtime", NULL);
  else
    add_copy (self, "/etc/localtime");

  return add_text_file (self, "/etc/passwd",
                        "root:x:0:0:root:/:/usr/sbin/nologin\n"
                        "sagemaker:x:" INSIDE_ID ":" INSIDE_ID ":job:/tmp:/bin/sh\n"
                        "nobody:x:65534:65534:nobody:/:/usr/sbin/nologin\n", error) &&
         add_text_file (self, "/etc/group",
                        "root:x:0:\nsagemaker:x:" INSIDE_ID ":\nnogroup:x:65534:\n", error) &&
         add_text_file (self, "/etc/hosts",
                        "127.0.0.1 localhost algo-1\n::1 localhost algo-1\n", error) &&
         add_text_file (self, "/etc/hostname", "algo-1\n", error) &&
         add_text_file (self, "/etc/nsswitch.conf",
                        "passwd: files\ngroup: files\nhosts: files dns\nservices: files\n", error);
}

static void
add_devices (EngSandbox *self)
{
  static const char *const devices[] = { "/dev/null", "/dev/zero", "/dev/urandom" };
  char size[32];

  for (guint i = 0; i < G_N_ELEMENTS (devices); i++)
    add (self, "--dev-bind", devices[i], devices[i], NULL);
  add (self, "--symlink", "urandom", "/dev/random", /* the same generator */
       "--symlink", "/proc/self/fd", "/dev/fd",
       "--symlink", "/proc/self/fd/0", "/dev/stdin",
       "--symlink", "/proc/self/fd/1", "/dev/stdout",
       "--symlink", "/proc/self/fd/2", "/dev/stderr", NULL);

  /* what lies in them is memory, and only a cgroup would count it */
  g_snprintf (size, sizeof size, "%" G_GUINT64_FORMAT,
              MAX (self->spec->memory_bytes / 2, 1 << 20));
  add (self, "--perms", "1777", "--size", size, "--tmpfs", "/dev/shm",
       "--perms", "1777", "--size", size, "--tmpfs", "/tmp",
       "--symlink", "../tmp", "/var/tmp", NULL);
}

/* Root's own id stands behind the job's when root runs the engine, and the kernel lets that id
 * read and write in /proc what is its own, without asking for a capability: /proc/sys most of all.
 * Bubblewrap covers these only where the directory itself could be written. What asks for a
 * capability (kcore, kmsg, mtrr) needs no cover, and each costs a tenth of a millisecond. */
static void
add_proc (EngSandbox *self)
{
  static const char *const read_only[] = { "/proc/sys", "/proc/irq", "/proc/bus", "/proc/fs",
                                           "/proc/acpi", "/proc/scsi", "/proc/asound",
                                           "/proc/dynamic_debug" };
  static const char *const hidden[] = { "/proc/kpagecount", "/proc/kpageflags",
                                        "/proc/vmallocinfo", "/proc/slabinfo" };

  add (self, "--proc", "/proc", NULL);
  if (geteuid () != 0 || (self->without & ENG_SANDBOX_OPEN_PROC))
    return;

  for (guint i = 0; i < G_N_ELEMENTS (read_only); i++)
    if (access (read_only[i], F_OK) == 0)
      add (self, "--ro-bind", read_only[i], read_only[i], NULL);
  for (guint i = 0; i < G_N_ELEMENTS (hidden); i++)
    if (access (hidden[i], F_OK) == 0)
      add (self, "--ro-bind", "/dev/null", hidden[i], NULL);
}

/* Opens what is to be mounted. Bubblewrap gets the descriptor, so nothing can be swapped for a
 * symbolic link in between. */
static int
open_source (EngSandbox  *self,
             const char  *source,
             GError     **error)
{
  gsize prefix = strlen (self->job_dir);
  gboolean in_job = g_str_has_prefix (source, self->job_dir) && source[prefix] == '/';
  struct stat info;
  int fd;

  /* earlier attempts of the user's program may have written there */
  if (in_job)
    fd = sage_open_beneath (self->job_fd, source + prefix + 1, O_PATH | O_NOFOLLOW | O_CLOEXEC, 0);
  else
    fd = open (source, O_PATH | O_NOFOLLOW | O_CLOEXEC);

  if (fd < 0 || fstat (fd, &info) != 0)
    {
      sage_throw_errno (error, "Cannot open '%s' to mount it", source);
      g_clear_fd (&fd, NULL);
    }
  else if (!S_ISDIR (info.st_mode) && !S_ISREG (info.st_mode))
    {
      sage_throw (error, SAGE_ERROR_INVALID,
                  "Cannot mount '%s': it is neither a directory nor a plain file", source);
      g_clear_fd (&fd, NULL);
    }

  return fd;
}

static gboolean
add_mount (EngSandbox  *self,
           const char  *source,
           const char  *target,
           gboolean     writable,
           GError     **error)
{
  int fd = open_source (self, source, error);

  if (fd < 0)
    return FALSE;

  add_fd (self, writable ? "--bind-fd" : "--ro-bind-fd", fd, target);

  return TRUE;
}

static gboolean
has_target (EngJobSpec *spec,
            const char *target)
{
  for (guint i = 0; i < spec->mounts->len; i++)
    if (strcmp (((EngMount *) g_ptr_array_index (spec->mounts, i))->target, target) == 0)
      return TRUE;

  return FALSE;
}

static int
compare_targets (gconstpointer a,
                 gconstpointer b)
{
  const EngMount *const *left = a;
  const EngMount *const *right = b;

  return strcmp ((*left)->target, (*right)->target);
}

/* The job's own tree: all of opt-ml/ writable except what was put in for it. Parents come first. */
static gboolean
add_mounts (EngSandbox  *self,
            GError     **error)
{
  g_autofree char *opt_ml = g_build_filename (self->job_dir, "opt-ml", NULL);
  g_autofree char *input = g_build_filename (opt_ml, "input", NULL);
  g_autoptr(GPtrArray) mounts = g_ptr_array_copy (self->spec->mounts, NULL, NULL);
  EngMount own[] = { { opt_ml, (char *) "/opt/ml", TRUE },
                     { input, (char *) "/opt/ml/input",
                       (self->without & ENG_SANDBOX_WRITABLE_INPUT) != 0 } };

  g_ptr_array_set_free_func (mounts, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (own); i++)
    if (!has_target (self->spec, own[i].target) && access (own[i].source, F_OK) == 0)
      g_ptr_array_add (mounts, &own[i]);
  g_ptr_array_sort (mounts, compare_targets);

  for (guint i = 0; i < mounts->len; i++)
    {
      const EngMount *mount = g_ptr_array_index (mounts, i);

      if (!add_mount (self, mount->source, mount->target, mount->writable, error))
        return FALSE;
    }

  return TRUE;
}

static void
add_environment (EngSandbox *self)
{
  for (guint i = 0; self->spec->environment != NULL && self->spec->environment[i] != NULL; i++)
    {
      const char *variable = self->spec->environment[i];
      const char *equals = strchr (variable, '=');
      g_autofree char *name = g_strndup (variable, equals - variable);

      add (self, "--setenv", name, equals + 1, NULL);
    }
}

static gboolean
add_filter (EngSandbox  *self,
            GError     **error)
{
  char number[16];
  int fd;

  if (self->without & ENG_SANDBOX_NO_SECCOMP)
    return TRUE;

  fd = eng_seccomp_export (error);
  if (fd < 0)
    return FALSE;

  g_snprintf (number, sizeof number, "%d", eng_sandbox_pass (self, fd));
  add (self, "--seccomp", number, NULL);

  return TRUE;
}

/**
 * eng_sandbox_new:
 * @spec: what is to run; must outlive the sandbox
 * @job_fd: the job directory, open
 * @job_dir: its absolute path
 * @without: protections to leave out; 0 outside the tests
 *
 * Prepares a sandbox. Nothing starts before eng_sandbox_spawn(). A job that shares the network
 * also reaches what listens on this machine's loopback and on abstract Unix sockets: those belong
 * to the network namespace. Sockets with a path stay out of reach.
 *
 * Returns: (transfer full): the sandbox, or %NULL with @error set
 */
EngSandbox *
eng_sandbox_new (EngJobSpec         *spec,
                 int                 job_fd,
                 const char         *job_dir,
                 EngSandboxWithout   without,
                 GError            **error)
{
  g_autoptr(EngSandbox) self = g_new0 (EngSandbox, 1);

  self->spec = spec;
  self->job_fd = job_fd;
  self->job_dir = job_dir;
  self->without = without;
  self->arguments = g_string_sized_new (8192);
  self->passed = g_array_new (FALSE, FALSE, sizeof (int));
  self->command = g_ptr_array_new_with_free_func (g_free);

  add_namespaces (self);
  add_system (self);
  if (!add_etc (self, error))
    return NULL;
  add_proc (self);
  add_devices (self);
  if (!add_mounts (self, error))
    return NULL;
  add_environment (self);
  if (!add_filter (self, error))
    return NULL;

  return g_steal_pointer (&self);
}

/**
 * eng_sandbox_free:
 * @self: (transfer full): the sandbox; what was spawned goes on
 */
void
eng_sandbox_free (EngSandbox *self)
{
  for (guint i = 0; i < self->passed->len; i++)
    close (g_array_index (self->passed, int, i));
  g_array_unref (self->passed);
  g_string_free (self->arguments, TRUE);
  g_ptr_array_unref (self->command);
  g_free (self);
}

/**
 * eng_sandbox_pass:
 * @self: the sandbox
 * @fd: (transfer full): a descriptor that the spawned process is to inherit
 *
 * Returns: its number inside, the same as here
 */
int
eng_sandbox_pass (EngSandbox *self,
                  int         fd)
{
  g_array_append_val (self->passed, fd);

  return fd;
}

/**
 * eng_sandbox_finish:
 * @self: the sandbox
 * @init_path: our program that runs first inside, outside's path
 * @init_argv: its arguments; the spec's argv follows after "--"
 *
 * Completes the command line.
 *
 * Returns: whether it could be
 */
gboolean
eng_sandbox_finish (EngSandbox          *self,
                    const char          *init_path,
                    const char * const  *init_argv,
                    GError             **error)
{
  g_autofree char *bwrap = g_find_program_in_path ("bwrap");
  int fd;

  if (bwrap == NULL)
    return sage_throw (error, SAGE_ERROR_UNSUPPORTED,
                       "Jobs need bubblewrap, and no 'bwrap' is installed");

  if (!add_mount (self, init_path, INIT_INSIDE, FALSE, error))
    return FALSE;
  add (self, "--remount-ro", "/", "--chdir", self->spec->working_directory, NULL);

  fd = memory_file (self->arguments->str, self->arguments->len);
  if (fd < 0)
    return sage_throw_errno (error, "Cannot pass the sandbox's arguments");

  g_ptr_array_add (self->command, g_steal_pointer (&bwrap));
  g_ptr_array_add (self->command, g_strdup ("--args"));
  g_ptr_array_add (self->command, g_strdup_printf ("%d", eng_sandbox_pass (self, fd)));
  g_ptr_array_add (self->command, g_strdup ("--"));
  g_ptr_array_add (self->command, g_strdup (INIT_INSIDE));
  for (guint i = 0; init_argv[i] != NULL; i++)
    g_ptr_array_add (self->command, g_strdup (init_argv[i]));
  g_ptr_array_add (self->command, g_strdup ("--"));
  for (guint i = 0; self->spec->argv[i] != NULL; i++)
    g_ptr_array_add (self->command, g_strdup (self->spec->argv[i]));
  g_ptr_array_add (self->command, NULL);

  return TRUE;
}

/* Runs in the child between fork and exec: nothing but system calls. */
static void
child_prepare (EngSandbox              *self,
               int                      output_fd,
               const EngSandboxCgroups *cgroups)
{
  sigset_t none;

  for (guint i = 0; i < cgroups->n_tasks; i++)
    if (write (cgroups->tasks[i], "0", 1) != 1)
      _exit (126);

  if (dup2 (output_fd, STDOUT_FILENO) < 0 || dup2 (output_fd, STDERR_FILENO) < 0)
    _exit (126);
  for (guint i = 0; i < self->passed->len; i++)
    if (fcntl (g_array_index (self->passed, int, i), F_SETFD, 0) != 0)
      _exit (126);

  /* the shim keeps its files to itself; the job's are as a user's usually are */
  umask (022);
  sigemptyset (&none);
  sigprocmask (SIG_SETMASK, &none, NULL);
}

/* As fork(), but the child is born in a cgroup of version 2. */
static pid_t
fork_into (int cgroup_fd)
{
  struct clone_args arguments = {
    .flags = CLONE_INTO_CGROUP,
    .exit_signal = SIGCHLD,
    .cgroup = (guint64) cgroup_fd,
  };

  return (pid_t) syscall (SYS_clone3, &arguments, sizeof arguments);
}

/**
 * eng_sandbox_spawn:
 * @self: the sandbox, finished
 * @output_fd: where standard output and error go
 * @cgroups: what to enter before bubblewrap forks, so that nothing of the job is ever outside
 *
 * Starts bubblewrap as a child. It ends when the calling thread does.
 *
 * Returns: its process id, or -1 with @error set
 */
pid_t
eng_sandbox_spawn (EngSandbox               *self,
                   int                       output_fd,
                   const EngSandboxCgroups  *cgroups,
                   GError                  **error)
{
  static char *const no_environment[] = { NULL };
  char *const *argv = (char *const *) self->command->pdata;
  pid_t pid = cgroups->born_in >= 0 ? fork_into (cgroups->born_in) : vfork ();

  if (pid == 0)
    {
      child_prepare (self, output_fd, cgroups);
      execve (argv[0], argv, no_environment);
      _exit (127);
    }

  if (pid < 0)
    sage_throw_errno (error, "Cannot start the sandbox");

  return pid;
}
