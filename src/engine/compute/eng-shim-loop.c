/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-shim"

#include "config.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "eng-init.h"
#include "eng-shim-private.h"

#define READ_BYTES 65536

/* A job that prints faster waits for us, so that reading what the log will not take costs little. */
#define OUTPUT_WINDOW_US (100 * 1000)
#define OUTPUT_WINDOW_BYTES (6400 * 1024)

#define DISK_INTERVAL_US (500 * 1000)

/* A round over a large tree may take this share of the time, unless it is urgent. */
#define DISK_PAUSE_FACTOR 10

/* The fixed descriptors of the loop; the control's clients follow. */
enum
{
  POLL_SIGNAL,
  POLL_CHANNEL,
  POLL_CONTROL,
  POLL_OUTPUT,
  N_POLLS,
};

static gint64
now_ms (void)
{
  return g_get_real_time () / 1000;
}

static gboolean
is_child_of (pid_t pid,
             pid_t parent)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/stat", (int) pid);
  g_autofree char *text = NULL;
  const char *after_name;
  int its_parent = 0;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return FALSE;

  after_name = strrchr (text, ')');

  return after_name != NULL && sscanf (after_name, ") %*c %d", &its_parent) == 1 &&
         its_parent == parent;
}

/**
 * eng_shim_kill:
 * @self: the shim
 *
 * Ends every process of the job at once: that of its pid namespace's first process is the end
 * of all.
 */
void
eng_shim_kill (EngShim *self)
{
  if (self->sandbox_ended)
    return;

  /* thousands take their time to end */
  eng_limits_lift_cpu (self->limits);
  if (self->init_pidfd >= 0)
    {
      if (is_child_of (self->init_pid, self->sandbox))
        eng_shim_come_first (self->init_pid);
      pidfd_send_signal (self->init_pidfd, SIGKILL, NULL, 0);
    }
  else
    kill (self->sandbox, SIGKILL);
}

/**
 * eng_shim_begin_stop:
 * @self: the shim
 * @grace_seconds: what the job gets to end by itself
 *
 * Sends SIGTERM, and SIGKILL once the grace has passed. A second call can only shorten it.
 */
void
eng_shim_begin_stop (EngShim *self,
                     gint64   grace_seconds)
{
  EngInitMessage message = { .kind = ENG_INIT_SIGNAL, .value = SIGTERM };

  (void) !send (self->channel_fd, &message, sizeof message, MSG_NOSIGNAL | MSG_DONTWAIT);
  self->kill_at = MIN (self->kill_at, g_get_monotonic_time () + grace_seconds * G_USEC_PER_SEC);
}

/* The process id that the kernel attached to a message, as seen here. */
static pid_t
sender_of (struct msghdr *header)
{
  for (struct cmsghdr *c = CMSG_FIRSTHDR (header); c != NULL; c = CMSG_NXTHDR (header, c))
    if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_CREDENTIALS)
      {
        struct ucred credentials;

        memcpy (&credentials, CMSG_DATA (c), sizeof credentials);
        return credentials.pid;
      }

  return 0;
}

/* Keeps a hold on the first process inside. It may have ended and its number been given away
 * between its message and now; then bubblewrap is not its parent. */
static void
hold_init (EngShim *self,
           pid_t    pid)
{
  int fd;

  if (self->init_pidfd >= 0 || pid <= 0)
    return;

  fd = pidfd_open (pid, 0);
  if (fd >= 0 && is_child_of (pid, self->sandbox))
    {
      self->init_pidfd = fd;
      self->init_pid = pid;
      eng_limits_look_inside (self->limits, pid);
    }
  else if (fd >= 0)
    close (fd);
}

static void
take_report (EngShim              *self,
             const EngInitMessage *message)
{
  switch ((EngInitKind) message->kind)
    {
    case ENG_INIT_STARTED:
      self->program_started = TRUE;
      break;
    case ENG_INIT_EXEC_FAILED:
      self->program_ended = TRUE;
      self->status.exit_code = -1;
      self->status.failure = g_strdup_printf ("Cannot run '%s': %s", self->spec->argv[0],
                                              g_strerror (message->value));
      break;
    case ENG_INIT_EXITED:
      self->program_ended = TRUE;
      self->status.exit_code = message->value;
      break;
    case ENG_INIT_KILLED:
      self->program_ended = TRUE;
      self->status.exit_code = -1;
      self->status.signal = message->value;
      break;
    case ENG_INIT_SIGNAL:
      break;
    }

  self->max_rss = MAX (self->max_rss, message->max_rss);
}

static void
read_channel (EngShim *self)
{
  for (;;)
    {
      EngInitMessage message = { 0 };
      union { char bytes[CMSG_SPACE (sizeof (struct ucred))]; struct cmsghdr align; } control;
      struct iovec data = { &message, sizeof message };
      struct msghdr header = { .msg_iov = &data, .msg_iovlen = 1, .msg_control = &control,
                               .msg_controllen = sizeof control };
      gssize n = recvmsg (self->channel_fd, &header, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);

      if (n == 0)
        g_clear_fd (&self->channel_fd, NULL);
      if (n != sizeof message)
        return;

      hold_init (self, sender_of (&header));
      if (!self->program_ended)
        take_report (self, &message);
    }
}

static void
throttle (EngShim *self,
          gsize    length)
{
  gint64 now = g_get_monotonic_time ();

  if (now - self->output_window >= OUTPUT_WINDOW_US)
    {
      self->output_window = now;
      self->output_in_window = 0;
    }
  self->output_in_window += length;
  if (self->output_in_window > OUTPUT_WINDOW_BYTES)
    self->output_at = self->output_window + OUTPUT_WINDOW_US;
}

/* Returns: whether there may be more */
static gboolean
read_output (EngShim *self)
{
  static char buffer[READ_BYTES];
  gssize n = read (self->output_fd, buffer, sizeof buffer);

  if (n < 0)
    return errno == EINTR;
  if (n == 0)
    {
      /* the job closed its output, and may well run on */
      g_clear_fd (&self->output_fd, NULL);
      return FALSE;
    }

  eng_log_writer_feed (self->log, buffer, (gsize) n, now_ms ());
  throttle (self, (gsize) n);

  return TRUE;
}

static void
read_signals (EngShim *self)
{
  struct signalfd_siginfo info;

  while (read (self->signal_fd, &info, sizeof info) == sizeof info)
    if (info.ssi_signo != SIGCHLD)
      {
        self->status.stopped = TRUE;
        eng_shim_begin_stop (self, self->spec->grace_seconds);
      }

  if (!self->sandbox_ended && waitpid (self->sandbox, NULL, WNOHANG) == self->sandbox)
    self->sandbox_ended = TRUE;
}

/**
 * eng_shim_check_limits:
 * @self: the shim
 *
 * Looks at memory and processes of the job, and ends it when it passed a limit. The first one that
 * is seen is the one that is told.
 */
void
eng_shim_check_limits (EngShim *self)
{
  EngJobStatus *status = &self->status;

  eng_limits_look (self->limits);
  if (eng_job_status_passed_limit (status))
    return;

  if (eng_limits_out_of_memory (self->limits))
    {
      status->out_of_memory = TRUE;
      status->limit = self->spec->memory_bytes;
      eng_shim_kill (self);
    }
  else if (eng_limits_too_many (self->limits) > 0)
    {
      status->out_of_processes = TRUE;
      status->limit = eng_limits_too_many (self->limits);
      eng_shim_kill (self);
    }
}

static void
check_disk (EngShim *self,
            gint64   now)
{
  EngDiskBreach breach;
  guint64 limit;

  if (self->round_began == 0 && now < self->round_at && !eng_disk_watch_is_urgent (self->disk))
    {
      self->disk_at = now + DISK_INTERVAL_US;
      return;
    }
  if (self->round_began == 0)
    self->round_began = now;

  if (!eng_disk_watch_step (self->disk))
    {
      self->disk_at = now; /* go on after a look at the pipes */
      return;
    }

  breach = eng_disk_watch_breach (self->disk, &limit);
  if (breach != ENG_DISK_FITS && !eng_job_status_passed_limit (&self->status))
    {
      self->status.out_of_disk = breach == ENG_DISK_BYTES;
      self->status.out_of_files = breach == ENG_DISK_ENTRIES;
      self->status.limit = limit;
      eng_shim_kill (self);
    }

  now = g_get_monotonic_time ();
  self->disk_at = now + DISK_INTERVAL_US;
  self->round_at = now + (now - self->round_began) * DISK_PAUSE_FACTOR;
  self->round_began = 0;
}

static void
run_timers (EngShim *self)
{
  gint64 now = g_get_monotonic_time ();

  if (now >= self->stop_at)
    {
      self->stop_at = G_MAXINT64;
      self->status.timed_out = TRUE;
      eng_shim_begin_stop (self, self->spec->grace_seconds);
    }
  if (now >= self->kill_at)
    {
      eng_shim_kill (self);
      /* again, should it have hit between two processes at the start */
      self->kill_at = now + G_USEC_PER_SEC;
    }
  if (now >= self->limits_at)
    {
      eng_shim_check_limits (self);
      self->limits_at = now + eng_limits_interval (self->limits);
    }
  if (now >= self->disk_at)
    check_disk (self, now);
}

static int
poll_timeout (EngShim *self)
{
  gint64 next = MIN (MIN (self->stop_at, self->kill_at), MIN (self->limits_at, self->disk_at));
  gint64 now = g_get_monotonic_time ();

  if (self->output_at > now)
    next = MIN (next, self->output_at);

  return (int) CLAMP ((next - now + 999) / 1000, 0, 60 * 1000);
}

static void
serve_clients (EngShim       *self,
               struct pollfd *polls)
{
  for (guint i = self->clients->len; i-- > 0;)
    {
      int client = g_array_index (self->clients, int, i);

      if (polls[N_POLLS + i].revents != 0 && !eng_shim_control_serve (self, client))
        {
          close (client);
          g_array_remove_index_fast (self->clients, i);
        }
    }
}

static void
wait_and_serve (EngShim *self)
{
  guint n = N_POLLS + self->clients->len;
  g_autofree struct pollfd *polls = g_new0 (struct pollfd, n);
  gboolean throttled = self->output_at > g_get_monotonic_time ();

  polls[POLL_SIGNAL].fd = self->signal_fd;
  polls[POLL_CHANNEL].fd = self->channel_fd;
  polls[POLL_CONTROL].fd = self->control_fd;
  polls[POLL_OUTPUT].fd = throttled ? -1 : self->output_fd;
  for (guint i = N_POLLS; i < n; i++)
    polls[i].fd = g_array_index (self->clients, int, i - N_POLLS);
  for (guint i = 0; i < n; i++)
    polls[i].events = POLLIN;

  if (poll (polls, n, poll_timeout (self)) <= 0)
    return;

  if (polls[POLL_CHANNEL].revents != 0)
    read_channel (self);
  if (polls[POLL_OUTPUT].revents != 0)
    read_output (self);
  serve_clients (self, polls);
  if (polls[POLL_CONTROL].revents != 0)
    eng_shim_control_accept (self);
  if (polls[POLL_SIGNAL].revents != 0)
    read_signals (self);
}

/**
 * eng_shim_loop:
 * @self: the shim, its sandbox started
 *
 * Serves the job until every process of it has ended and all it printed is logged.
 */
void
eng_shim_loop (EngShim *self)
{
  while (!self->sandbox_ended)
    {
      wait_and_serve (self);
      run_timers (self);
    }

  if (self->channel_fd >= 0)
    read_channel (self);
  while (self->output_fd >= 0 && read_output (self))
    continue;
  eng_log_writer_finish (self->log, now_ms ());
}
