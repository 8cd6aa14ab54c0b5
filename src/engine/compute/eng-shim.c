/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-shim"

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <linux/close_range.h>
#include <glib/gstdio.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "eng-sandbox.h"
#include "eng-shim-private.h"
#include "eng-shim.h"
#include "sage-error.h"

#define INIT_PROGRAM "sagebrush-init"

#define EXIT_LOCKED 3

static const EngLogLimits log_limits = {
  .max_file_bytes = G_GUINT64_CONSTANT (1) << 30,
  .bytes_per_second = 8 << 20,
  .burst_bytes = 32 << 20,
};

static const char *
limits_name (EngShim *self)
{
  return self->limits != NULL ? eng_limits_name (self->limits) : "none";
}

/* A lock of the open file, not of the process: it goes with the last descriptor, which bubblewrap
 * does not inherit, and F_OFD_GETLK can ask about it without taking it. */
static gboolean
take_lock (EngShim  *self,
           GError  **error)
{
  struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
  g_autofree char *pid = g_strdup_printf ("%d\n", (int) getpid ());

  self->lock_fd = openat (self->job_fd, "lock", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (self->lock_fd < 0)
    return sage_throw_errno (error, "Cannot open the lock of '%s'", self->job_dir);

  if (fcntl (self->lock_fd, F_OFD_SETLK, &lock) != 0)
    return sage_throw (error, SAGE_ERROR_CONFLICT, "'%s' already runs under another shim",
                       self->job_dir);

  if (faccessat (self->job_fd, "status.json", F_OK, AT_SYMLINK_NOFOLLOW) == 0)
    return sage_throw (error, SAGE_ERROR_EXISTS, "'%s' has run already: an attempt needs a"
                       " directory of its own", self->job_dir);

  if (ftruncate (self->lock_fd, 0) != 0 ||
      write (self->lock_fd, pid, strlen (pid)) != (gssize) strlen (pid))
    return sage_throw_errno (error, "Cannot write the lock of '%s'", self->job_dir);

  return TRUE;
}

static gboolean
open_signals (EngShim  *self,
              GError  **error)
{
  sigset_t set;

  signal (SIGPIPE, SIG_IGN);
  sigemptyset (&set);
  sigaddset (&set, SIGCHLD);
  sigaddset (&set, SIGTERM);
  sigaddset (&set, SIGINT);
  sigaddset (&set, SIGHUP);
  sigprocmask (SIG_SETMASK, &set, NULL);
  self->signal_fd = signalfd (-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
  if (self->signal_fd < 0)
    return sage_throw_errno (error, "Cannot receive signals");

  return TRUE;
}

static gboolean
open_log (EngShim  *self,
          GError  **error)
{
  int fd = openat (self->job_fd, "log", O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC,
                   0600);

  if (fd < 0)
    return sage_throw_errno (error, "Cannot open the log of '%s'", self->job_dir);

  self->log = eng_log_writer_new (fd, &log_limits);
  eng_log_writer_set_place (self->log, self->job_fd, "log");

  return TRUE;
}

/* Beside this program, wherever that is installed. */
static char *
init_path (void)
{
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *folder = self != NULL ? g_path_get_dirname (self) : NULL;

  return folder != NULL ? g_build_filename (folder, INIT_PROGRAM, NULL) : NULL;
}

/* Completes the sandbox with the arguments of the first program inside. */
static gboolean
add_init (EngShim     *self,
          EngSandbox  *sandbox,
          int          channel,
          GError     **error)
{
  g_autofree char *path = init_path ();
  g_autofree char *channel_text = g_strdup_printf ("%d", eng_sandbox_pass (sandbox, channel));
  g_autofree char *port = g_strdup_printf ("%u", self->spec->serve_port);
  g_autofree char *file_size = g_strdup_printf ("%" G_GUINT64_FORMAT, self->spec->disk_bytes);
  g_autofree char *processes = g_strdup_printf ("%u", eng_limits_rlimit_processes (self->limits));
  g_autofree char *listener_text = NULL;
  int listener = -1;

  if (self->spec->serve_port > 0)
    {
      listener = eng_shim_listen (self, "socket", SOCK_NONBLOCK, error);
      if (listener < 0)
        return FALSE;
      eng_sandbox_pass (sandbox, listener);
    }
  listener_text = g_strdup_printf ("%d", listener);

  return eng_sandbox_finish (sandbox, path,
                             (const char *[]) { channel_text, listener_text, port, file_size,
                                                processes, NULL }, error);
}

static gboolean
start_sandbox (EngShim  *self,
               GError  **error)
{
  g_autoptr(EngSandbox) sandbox = NULL;
  g_autofd int output = -1;
  int channel[2];
  int pipe_fds[2];
  EngSandboxCgroups cgroups;
  int one = 1;

  sandbox = eng_sandbox_new (self->spec, self->job_fd, self->job_dir, 0, error);
  if (sandbox == NULL)
    return FALSE;

  if (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, channel) != 0)
    return sage_throw_errno (error, "Cannot make a channel into the sandbox");
  self->channel_fd = channel[0];
  setsockopt (channel[0], SOL_SOCKET, SO_PASSCRED, &one, sizeof one);
  if (!add_init (self, sandbox, channel[1], error))
    return FALSE;

  if (pipe2 (pipe_fds, O_CLOEXEC) != 0)
    return sage_throw_errno (error, "Cannot make a pipe for the job's output");
  self->output_fd = pipe_fds[0];
  output = pipe_fds[1];
  fcntl (self->output_fd, F_SETFL, O_NONBLOCK);
  fcntl (self->output_fd, F_SETPIPE_SZ, 256 * 1024);

  eng_limits_cgroups (self->limits, &cgroups);
  self->sandbox = eng_sandbox_spawn (sandbox, output, &cgroups, error);

  return self->sandbox > 0;
}

/* An instance type may have more memory than this machine. A job that takes all there is must hit
 * its own limit, not the whole machine's. */
static guint64
affordable_memory (guint64 wanted)
{
  guint64 physical = (guint64) sysconf (_SC_PHYS_PAGES) * (guint64) sysconf (_SC_PAGESIZE);

  return MIN (wanted, physical - physical / 16);
}

/**
 * eng_shim_come_first:
 * @pid: a process, or 0 for this one
 *
 * Lets it run before others: where only the shim stands between a job and the machine, thousands of
 * the job's processes must not keep it waiting for its turn. Done where it is allowed; what @pid
 * starts is an ordinary process again.
 */
void
eng_shim_come_first (pid_t pid)
{
  struct sched_param parameters = { .sched_priority = sched_get_priority_min (SCHED_RR) };

  if (sched_setscheduler (pid, SCHED_RR | SCHED_RESET_ON_FORK, &parameters) != 0)
    g_debug ("Process %d may not come first: %s", (int) pid, g_strerror (errno));
}

static gboolean
start (EngShim  *self,
       GError  **error)
{
  gint64 now;

  self->spec = eng_job_spec_read (".", error);
  if (self->spec == NULL || !open_signals (self, error) || !open_log (self, error) ||
      !eng_shim_control_open (self, error))
    return FALSE;

  self->spec->memory_bytes = affordable_memory (self->spec->memory_bytes);
  self->limits = eng_limits_new (self->spec);
  if (eng_limits_count (self->limits))
    eng_shim_come_first (0);
  self->disk = eng_disk_watch_new (self->job_fd, "opt-ml", self->spec->disk_bytes);
  if (!start_sandbox (self, error))
    return FALSE;

  now = g_get_monotonic_time ();
  self->status.state = ENG_JOB_RUNNING;
  self->status.pid = self->sandbox;
  self->status.started = (double) g_get_real_time () / G_USEC_PER_SEC;
  self->limits_at = now + eng_limits_interval (self->limits);
  self->disk_at = now + eng_limits_interval (self->limits);
  self->kill_at = G_MAXINT64;
  self->stop_at = self->spec->max_runtime_seconds > 0
                    ? now + self->spec->max_runtime_seconds * G_USEC_PER_SEC
                    : G_MAXINT64;

  if (!eng_job_status_write (self->job_fd, &self->status, limits_name (self), FALSE))
    {
      sage_throw_errno (error, "Cannot write the status of '%s'", self->job_dir);
      eng_shim_kill (self);
      return FALSE;
    }
  eng_job_status_reserve (self->job_fd);

  return TRUE;
}

/* What the sandbox alone knows: how the job ended when its first process could not tell. */
static void
conclude (EngShim *self)
{
  EngJobStatus *status = &self->status;

  if (!self->program_started && !self->program_ended && !status->stopped && !status->timed_out)
    {
      const char *said = eng_log_writer_last (self->log);

      status->exit_code = -1;
      g_free (status->failure);
      status->failure = g_strdup_printf ("The sandbox could not be set up: %s",
                                         said != NULL ? said : "it ended without a word");
    }
  else if (!self->program_ended)
    {
      status->exit_code = -1;
      status->signal = SIGKILL;
    }

  if (status->exit_code != 0 && !eng_job_status_passed_limit (status))
    eng_shim_check_limits (self);
  if (status->signal == SIGXFSZ)
    {
      status->out_of_disk = TRUE;
      status->limit = self->spec->disk_bytes;
    }
  status->peak_memory = MAX (eng_limits_peak (self->limits), self->max_rss);
}

/* Tells whoever started us: 'K', or 'E', a code of SageError and a message. */
static void
tell (int           ready_fd,
      const GError *error)
{
  g_autofree char *text = NULL;

  if (ready_fd < 0)
    {
      if (error != NULL)
        g_warning ("%s", error->message);
      return;
    }

  if (error == NULL)
    text = g_strdup ("K");
  else
    text = g_strdup_printf ("E%d %s", error->domain == SAGE_ERROR ? error->code : SAGE_ERROR_FAILED,
                            error->message);
  (void) !write (ready_fd, text, strlen (text));
  close (ready_fd);
}

/* Our standard error is a file there; it is kept when something was said. */
static void
remove_empty_errors (EngShim *self)
{
  struct stat info;

  if (fstatat (self->job_fd, "shim.err", &info, AT_SYMLINK_NOFOLLOW) == 0 && info.st_size == 0)
    unlinkat (self->job_fd, "shim.err", 0);
}

static void
finish (EngShim *self)
{
  self->status.state = ENG_JOB_EXITED;
  self->status.ended = (double) g_get_real_time () / G_USEC_PER_SEC;
  unlinkat (self->job_fd, "control", 0);
  unlinkat (self->job_fd, "socket", 0);
  remove_empty_errors (self);
  if (!eng_job_status_write (self->job_fd, &self->status, limits_name (self), TRUE))
    g_warning ("Cannot write the final status of '%s': %s", self->job_dir, g_strerror (errno));
}

static void
shim_clear (EngShim *self)
{
  for (guint i = 0; i < self->clients->len; i++)
    close (g_array_index (self->clients, int, i));
  g_array_unref (self->clients);
  g_clear_pointer (&self->spec, eng_job_spec_free);
  g_clear_pointer (&self->limits, eng_limits_free);
  g_clear_pointer (&self->disk, eng_disk_watch_free);
  g_clear_pointer (&self->log, eng_log_writer_free);
  g_clear_pointer (&self->status.failure, g_free);
  g_clear_pointer (&self->job_dir, g_free);
  g_clear_fd (&self->output_fd, NULL);
  g_clear_fd (&self->channel_fd, NULL);
  g_clear_fd (&self->control_fd, NULL);
  g_clear_fd (&self->signal_fd, NULL);
  g_clear_fd (&self->init_pidfd, NULL);
  g_clear_fd (&self->job_fd, NULL);
  /* last: whoever gets the lock finds everything done */
  g_clear_fd (&self->lock_fd, NULL);
}

static gboolean
enter_job_dir (EngShim     *self,
               const char  *job_dir,
               GError     **error)
{
  self->job_dir = g_canonicalize_filename (job_dir, NULL);
  self->job_fd = open (self->job_dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (self->job_fd < 0 || fchdir (self->job_fd) != 0)
    return sage_throw_errno (error, "Cannot enter the job directory '%s'", self->job_dir);

  return take_lock (self, error);
}

/**
 * eng_shim_run:
 * @job_dir: the job directory, with its `spec.json`
 * @ready_fd: (transfer full): where to tell that the job runs or why not; -1 for nobody
 *
 * Runs the job of @job_dir from start to final status. The process belongs to it alone.
 *
 * Returns: the exit status of the process: 0 when the final status says all, 3 when @job_dir has
 *   a shim already, 1 when nothing could be written there
 */
int
eng_shim_run (const char *job_dir,
              int         ready_fd)
{
  g_autoptr(GError) error = NULL;
  EngShim self = {
    .job_fd = -1, .lock_fd = -1, .signal_fd = -1, .output_fd = -1, .channel_fd = -1,
    .control_fd = -1, .init_pidfd = -1, .clients = g_array_new (FALSE, FALSE, sizeof (int)),
    .status.exit_code = -1,
  };
  int rc = 0;

  umask (077);
  /* whatever was left open for us, @ready_fd too, ends here: nothing of it gets into the sandbox */
  close_range (3, ~0u, CLOSE_RANGE_CLOEXEC);

  if (!enter_job_dir (&self, job_dir, &error))
    {
      rc = g_error_matches (error, SAGE_ERROR, SAGE_ERROR_CONFLICT) ? EXIT_LOCKED : 1;
      tell (ready_fd, error);
    }
  else if (!start (&self, &error))
    {
      g_set_str (&self.status.failure, error->message);
      finish (&self);
      tell (ready_fd, error);
    }
  else
    {
      tell (ready_fd, NULL);
      eng_shim_loop (&self);
      conclude (&self);
      finish (&self);
    }

  shim_clear (&self);

  return rc;
}
