/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-embedded"

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "sage-embedded.h"
#include "sage-error.h"
#include "sage-file.h"
#include "sage-json.h"

/* A start takes a tenth of a second; checking a large database after a crash takes longer. */
#define DEADLINE_US (30 * G_USEC_PER_SEC)
#define POLL_MS 20

/* How long the engine that won the lock may take before another try to start one. */
#define WINNER_US (2 * G_USEC_PER_SEC)

#define MAX_LOG_BYTES (1024 * 1024)
#define MAX_TAIL_BYTES 1000

/* One start under way. Owned by its task. */
typedef struct
{
  char         *data_dir;  /* (owned) */
  char         *log;       /* (owned): what the engine says */
  off_t         log_start; /* where this start begins in it */
  GSubprocess  *process;   /* (owned) (nullable): the engine that was started here */
  GCancellable *watching;  /* (owned): ends the wait for its end */
  gint64        deadline;
  gint64        start_at;  /* when to start an engine, if none is there by then */
  gboolean      done;      /* the task has its result */
} Start;

static void
start_free (Start *start)
{
  g_cancellable_cancel (start->watching);
  g_object_unref (start->watching);
  g_clear_object (&start->process);
  g_free (start->data_dir);
  g_free (start->log);
  g_free (start);
}

/* Whether the process listens. A socket file alone says nothing: it outlives a kill, and so does for a
 * moment the socket itself, in a child that was being started. */
static gboolean
is_listening (const char *path,
              gint64      pid)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  struct ucred peer = { 0 };
  socklen_t length = sizeof peer;
  gboolean listening;
  int fd;

  if (g_strlcpy (address.sun_path, path, sizeof address.sun_path) >= sizeof address.sun_path)
    return FALSE;
  fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0)
    return FALSE;

  /* EAGAIN: there is someone, who does not come round to accept. A process of another namespace
   * has the number 0 here. */
  if (connect (fd, (struct sockaddr *) &address, sizeof address) == 0)
    listening = getsockopt (fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0
                && (peer.pid == 0 || peer.pid == pid);
  else
    listening = errno == EAGAIN;
  close (fd);

  return listening;
}

/* Returns: (transfer full) (nullable): what the running engine says about itself */
static JsonObject *
find_engine (Start *start)
{
  g_autoptr(JsonObject) ready = sage_embedded_read_ready (start->data_dir, NULL);
  const char *socket = ready != NULL ? sage_json_string (ready, "socket", NULL) : NULL;

  if (socket == NULL || !g_path_is_absolute (socket)
      || !is_listening (socket, sage_json_int (ready, "pid", 0)))
    return NULL;

  return g_steal_pointer (&ready);
}

/* Whether the lock of the data directory names a living process: the engine of somebody who
 * started one at the same time. */
static gboolean
is_taken (Start *start)
{
  g_autofree char *path = g_build_filename (start->data_dir, "lock", NULL);
  g_autoptr(GBytes) bytes = sage_file_read (path, 32, NULL);
  g_autofree char *text = NULL;
  gint64 pid;

  if (bytes == NULL)
    return FALSE;

  text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  pid = g_ascii_strtoll (text, NULL, 10);

  return pid > 0 && pid <= G_MAXINT32 && (kill ((pid_t) pid, 0) == 0 || errno == EPERM);
}

/* Returns: (transfer full): the last of what the engine said since it was started; "" for nothing */
static char *
read_tail (Start *start)
{
  char buffer[MAX_TAIL_BYTES + 1];
  int fd = open (start->log, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  struct stat info;
  ssize_t n = -1;

  if (fd >= 0 && fstat (fd, &info) == 0)
    n = pread (fd, buffer, MAX_TAIL_BYTES, MAX (start->log_start, info.st_size - MAX_TAIL_BYTES));
  if (fd >= 0)
    close (fd);
  if (n <= 0)
    return g_strdup ("");

  buffer[n] = '\0';

  return g_utf8_make_valid (g_strstrip (buffer), -1);
}

static void
return_failure (GTask      *task,
                SageError   code,
                const char *what)
{
  Start *start = g_task_get_task_data (task);
  g_autofree char *tail = read_tail (start);

  start->done = TRUE;
  g_task_return_new_error (task, SAGE_ERROR, code, "The engine on '%s' %s: %s", start->data_dir, what,
                           tail[0] != '\0' ? tail : "it says nothing about why");
}

static void
ended_cb (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Start *start = g_task_get_task_data (task);

  g_subprocess_wait_finish (G_SUBPROCESS (object), result, NULL);
  if (start->done)
    return;

  g_clear_object (&start->process);
  if (is_taken (start))
    start->start_at = g_get_monotonic_time () + WINNER_US;
  else
    return_failure (task, SAGE_ERROR_FAILED, "did not start");
}

static int
open_log (Start   *start,
          GError **error)
{
  struct stat info;
  int fd;

  if (lstat (start->log, &info) == 0 && info.st_size > MAX_LOG_BYTES)
    {
      g_autofree char *old = g_strconcat (start->log, ".old", NULL);

      if (rename (start->log, old) != 0)
        g_debug ("Cannot put '%s' aside", start->log);
    }

  fd = open (start->log, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0)
    sage_throw_errno (error, "Cannot open '%s'", start->log);
  else
    start->log_start = fstat (fd, &info) == 0 ? info.st_size : 0;

  return fd;
}

/* Between fork and exec. No signal of our terminal and no end of our session reaches it. */
static void
child_setup (gpointer user_data)
{
  setsid ();
}

static gboolean
spawn (GTask   *task,
       GError **error)
{
  Start *start = g_task_get_task_data (task);
  g_autofree char *program = sage_embedded_find_program ("sagebrushd", error);
  g_autoptr(GSubprocessLauncher) launcher = NULL;
  int fd;

  if (program == NULL || !sage_dir_make (start->data_dir, 0700, error))
    return FALSE;
  fd = open_log (start, error);
  if (fd < 0)
    return FALSE;

  launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE);
  g_subprocess_launcher_take_stderr_fd (launcher, fd);
  g_subprocess_launcher_set_cwd (launcher, "/");
  g_subprocess_launcher_set_child_setup (launcher, child_setup, NULL, NULL);
  start->process = g_subprocess_launcher_spawn (launcher, error, program, "--data-dir",
                                                start->data_dir, NULL);
  if (start->process == NULL)
    {
      g_prefix_error (error, "Starting '%s': ", program);
      return FALSE;
    }

  g_subprocess_wait_async (start->process, start->watching, ended_cb, g_object_ref (task));

  return TRUE;
}

/* Looks whether the engine is there, and starts it when it is time to. */
static gboolean
step_cb (gpointer user_data)
{
  GTask *task = G_TASK (user_data);
  Start *start = g_task_get_task_data (task);
  gint64 now = g_get_monotonic_time ();
  g_autoptr(GError) error = NULL;
  JsonObject *ready;

  if (start->done)
    return G_SOURCE_REMOVE;
  if (g_task_return_error_if_cancelled (task))
    ready = NULL;
  else if ((ready = find_engine (start)) != NULL)
    g_task_return_pointer (task, ready, (GDestroyNotify) json_object_unref);
  else if (now > start->deadline)
    return_failure (task, SAGE_ERROR_UNREACHABLE, "is not ready yet");
  else if (start->process != NULL || now < start->start_at || spawn (task, &error))
    return G_SOURCE_CONTINUE;
  else
    g_task_return_error (task, g_steal_pointer (&error));

  start->done = TRUE;
  g_cancellable_cancel (start->watching);

  return G_SOURCE_REMOVE;
}

/**
 * sage_embedded_start_async:
 * @data_dir: (type filename): the data directory
 * @cancellable: (nullable): stops waiting; an engine that was started goes on
 * @callback: called when an engine is there, or cannot be
 * @user_data: for @callback
 *
 * Finds the engine of a data directory, and starts one if none runs. It is detached: it survives
 * the end of this process, and its messages go to `engine.log` in the data directory. Of several
 * that are started at once one wins, and everybody uses that.
 */
void
sage_embedded_start_async (const char          *data_dir,
                           GCancellable        *cancellable,
                           GAsyncReadyCallback  callback,
                           gpointer             user_data)
{
  g_autoptr(GTask) task = NULL;
  g_autoptr(GSource) source = NULL;
  Start *start;

  g_return_if_fail (data_dir != NULL);

  start = g_new0 (Start, 1);
  start->data_dir = g_canonicalize_filename (data_dir, NULL);
  start->log = g_build_filename (start->data_dir, "engine.log", NULL);
  start->watching = g_cancellable_new ();
  start->deadline = g_get_monotonic_time () + DEADLINE_US;

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, sage_embedded_start_async);
  g_task_set_task_data (task, start, (GDestroyNotify) start_free);

  if (step_cb (task) == G_SOURCE_CONTINUE)
    {
      source = g_timeout_source_new (POLL_MS);
      g_task_attach_source (task, source, step_cb);
    }
}

/**
 * sage_embedded_start_finish:
 * @result: what the callback got
 * @error: return location
 *
 * Returns: (transfer full): what the engine says about itself (see sage_embedded_read_ready()), or
 *   %NULL with %SAGE_ERROR_NOT_FOUND without the program, %SAGE_ERROR_FAILED with the end of the
 *   engine's log if it ended, %SAGE_ERROR_UNREACHABLE if it was not ready in time
 */
JsonObject *
sage_embedded_start_finish (GAsyncResult  *result,
                            GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
