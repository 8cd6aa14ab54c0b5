/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-kernel-host"

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <poll.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "eng-kernel-host.h"
#include "eng-kernels-private.h"
#include "eng-spawn.h"
#include "sage-error.h"
#include "sage-file.h"
#include "sage-json.h"
#include "sage-time.h"

#define PROGRAM "sagebrush-kernel"
#define STATUS_FILE "kernel.json"

/* How long a host may take until it answers; the kernel itself comes later. */
#define LAUNCH_MS 20000

#define LAUNCH_POLL_MS 2

/* Of a line from the host, and of kernel.json, which holds the end of what the kernel said last. */
#define MAX_ANSWER (1024 * 1024)

/**
 * eng_kernel_host_directory:
 * @engine: the engine
 * @id: the kernel
 *
 * Returns: (transfer full): path of the kernel's directory, which belongs to its host
 */
char *
eng_kernel_host_directory (EngEngine  *engine,
                           const char *id)
{
  return g_build_filename (engine->data_dir, "kernels", id, NULL);
}

static void
add_strings (JsonObject         *object,
             const char         *member,
             const char * const *values)
{
  JsonArray *array = json_array_new ();

  for (guint i = 0; values[i] != NULL; i++)
    json_array_add_string_element (array, values[i]);
  json_object_set_array_member (object, member, array);
}

/* A kernel that was killed when it had nearly all the memory there is was killed for that, and its host
 * can say so; where it may not take all, its host sees to that. */
static JsonObject *
make_limits (EngKernels *kernels)
{
  JsonObject *limits = json_object_new ();

  json_object_set_int_member (limits, "memory_bytes",
                              (gint64) sysconf (_SC_PHYS_PAGES) * sysconf (_SC_PAGESIZE));
  if (kernels->memory_bytes > 0)
    json_object_set_int_member (limits, "memory_kept_bytes", (gint64) kernels->memory_bytes);

  return limits;
}

/**
 * eng_kernel_host_prepare:
 * @engine: the engine
 * @id: the kernel
 * @start: what to start
 *
 * Makes the kernel's directory with its `kernel-spec.json`.
 */
gboolean
eng_kernel_host_prepare (EngEngine             *engine,
                         const char            *id,
                         const EngKernelStart  *start,
                         GError               **error)
{
  g_autofree char *directory = eng_kernel_host_directory (engine, id);
  g_autofree char *path = g_build_filename (directory, "kernel-spec.json", NULL);
  g_autoptr(JsonObject) spec = json_object_new ();
  g_autofree char *text = NULL;

  json_object_set_string_member (spec, "kernel_name", start->name);
  add_strings (spec, "argv", start->argv);
  json_object_set_object_member (spec, "env", json_object_ref (start->environment));
  json_object_set_string_member (spec, "cwd", start->directory);
  json_object_set_string_member (spec, "interrupt_mode", start->interrupt_mode);
  if (start->standby_seconds > 0)
    json_object_set_int_member (spec, "standby_seconds", start->standby_seconds);
  json_object_set_object_member (spec, "limits", make_limits (engine->kernels));
  text = sage_json_object_to_string (spec);

  return sage_dir_make (directory, 0700, error) &&
         g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, error);
}

/**
 * eng_kernel_host_connect:
 * @engine: the engine
 * @id: the kernel
 *
 * Connects to the kernel's host, by way of its directory: the whole path can be longer than an
 * address.
 *
 * Returns: (transfer full): a socket; -1 with %SAGE_ERROR_UNREACHABLE where no host runs
 */
int
eng_kernel_host_connect (EngEngine   *engine,
                         const char  *id,
                         GError     **error)
{
  g_autofree char *directory = eng_kernel_host_directory (engine, id);
  g_autofd int folder = open (directory, O_PATH | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
  g_autofd int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  struct sockaddr_un address = { .sun_family = AF_UNIX };

  if (fd >= 0 && folder >= 0)
    {
      g_snprintf (address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d/kernel.sock",
                  folder);
      if (connect (fd, (struct sockaddr *) &address, sizeof address) == 0)
        return g_steal_fd (&fd);
    }

  sage_throw (error, SAGE_ERROR_UNREACHABLE, "The kernel %s is not there: %s", id,
              g_strerror (errno));

  return -1;
}

/**
 * eng_kernel_host_hold:
 * @connection: a connection to a host
 *
 * Returns: (transfer full): a descriptor of the host's process, readable once it has ended; -1 if
 *   it has ended already
 */
int
eng_kernel_host_hold (int connection)
{
  struct ucred credentials;
  socklen_t length = sizeof credentials;

  if (getsockopt (connection, SOL_SOCKET, SO_PEERCRED, &credentials, &length) != 0)
    return -1;

  return pidfd_open (credentials.pid, 0);
}

/* What the host said before it gave up. */
static gboolean
throw_launch (const char  *directory,
              const char  *why,
              GError     **error)
{
  g_autofree char *path = g_build_filename (directory, "host.err", NULL);
  g_autoptr(GBytes) said = sage_file_read (path, 64 * 1024, NULL);
  g_autofree char *text = said != NULL && g_bytes_get_size (said) > 0
                            ? g_utf8_make_valid (g_bytes_get_data (said, NULL),
                                                 (gssize) g_bytes_get_size (said)) : NULL;

  return sage_throw (error, SAGE_ERROR_FAILED, "%s%s%s", why, text != NULL ? ": " : "",
                     text != NULL ? g_strstrip (text) : "");
}

/* The host holds the other end of @alive for as long as it runs. */
static gboolean
await (EngEngine   *engine,
       const char  *id,
       const char  *directory,
       int          alive,
       GError     **error)
{
  gint64 deadline = g_get_monotonic_time () + LAUNCH_MS * (G_USEC_PER_SEC / 1000);

  while (g_get_monotonic_time () < deadline)
    {
      struct pollfd ended = { alive, POLLIN, 0 };
      g_autofd int fd = eng_kernel_host_connect (engine, id, NULL);

      if (fd >= 0)
        return TRUE;
      if (poll (&ended, 1, LAUNCH_POLL_MS) > 0)
        return throw_launch (directory, "The kernel's host ended at its start", error);
    }

  return throw_launch (directory, "The kernel's host does not answer", error);
}

/**
 * eng_kernel_host_launch:
 * @engine: the engine
 * @id: a kernel whose directory is prepared and that has no host
 * @environment: "NAME=value"
 * @held: (out) (optional): readable once the host has ended; one that stands by ends when it is closed
 *
 * Starts the kernel's host. No supervisor stands above it, as it does above a job: a kernel is the
 * user's own process without a sandbox, and its host is what records its end.
 *
 * Returns: whether it answers; it may still be starting the kernel
 */
gboolean
eng_kernel_host_launch (EngEngine           *engine,
                        const char          *id,
                        const char * const  *environment,
                        int                 *held,
                        GError             **error)
{
  g_autofree char *program = g_build_filename (engine->libexec_dir, PROGRAM, NULL);
  g_autofree char *directory = eng_kernel_host_directory (engine, id);
  g_autofree char *errors = g_build_filename (directory, "host.err", NULL);
  g_autofree char *status = g_build_filename (directory, STATUS_FILE, NULL);
  const char *argv[] = { PROGRAM, directory, NULL };
  g_autofd int alive = -1;
  int ends[2];
  gboolean ok;

  if (pipe2 (ends, O_CLOEXEC) != 0)
    return sage_throw_errno (error, "Cannot start a kernel");
  alive = ends[0];
  /* what a host before this one has written would be taken for this one's word */
  unlink (status);
  unlink (errors);
  ok = eng_spawn_detached (program, argv, environment, errors, ends[1], error);
  close (ends[1]);

  if (!ok || !await (engine, id, directory, alive, error))
    return FALSE;
  if (held != NULL)
    *held = g_steal_fd (&alive);

  return TRUE;
}

static gboolean
send_line (int          fd,
           JsonObject  *request,
           GError     **error)
{
  g_autofree char *text = sage_json_object_to_string (request);
  g_autofree char *line = g_strconcat (text, "\n", NULL);
  gsize length = strlen (line);
  gsize sent = 0;

  while (sent < length)
    {
      gssize n = send (fd, line + sent, length - sent, MSG_NOSIGNAL);

      if (n < 0 && errno != EINTR)
        return sage_throw_errno (error, "The kernel's host does not listen");
      sent += n > 0 ? (gsize) n : 0;
    }

  return TRUE;
}

static gboolean
read_line (int          fd,
           GByteArray  *line,
           gint64       deadline,
           GError     **error)
{
  guint8 buffer[4096];

  while (line->len == 0 || line->data[line->len - 1] != '\n')
    {
      struct pollfd ready = { fd, POLLIN, 0 };
      gint64 left = (deadline - g_get_monotonic_time ()) / 1000;
      gssize n;

      if (left <= 0 || poll (&ready, 1, (int) left) == 0)
        return sage_throw (error, SAGE_ERROR_UNREACHABLE, "The kernel's host does not answer");
      n = recv (fd, buffer, sizeof buffer, 0);
      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return sage_throw (error, SAGE_ERROR_UNREACHABLE, "The kernel's host ended");
      g_byte_array_append (line, buffer, (guint) n);
      if (line->len > MAX_ANSWER)
        return sage_throw (error, SAGE_ERROR_PROTOCOL, "The kernel's host says too much");
    }

  return TRUE;
}

/**
 * eng_kernel_host_call:
 * @engine: the engine
 * @id: the kernel
 * @request: `{"op": …}`
 * @timeout_ms: how long it may take
 *
 * Asks the kernel's host. Blocks.
 *
 * Returns: (transfer full): its answer; else why there is none, or what it refused
 */
JsonObject *
eng_kernel_host_call (EngEngine   *engine,
                      const char  *id,
                      JsonObject  *request,
                      guint        timeout_ms,
                      GError     **error)
{
  gint64 deadline = g_get_monotonic_time () + (gint64) timeout_ms * 1000;
  g_autofd int fd = eng_kernel_host_connect (engine, id, error);
  g_autoptr(GByteArray) line = g_byte_array_new ();
  g_autoptr(JsonNode) node = NULL;
  JsonObject *answer;

  if (fd < 0 || !send_line (fd, request, error) || !read_line (fd, line, deadline, error))
    return NULL;
  node = sage_json_parse_object ((const char *) line->data, line->len, NULL, error);
  if (node == NULL)
    return NULL;
  answer = json_node_get_object (node);
  if (!sage_json_bool (answer, "ok", FALSE))
    {
      sage_throw (error, SAGE_ERROR_CONFLICT, "%s",
                  sage_json_string (answer, "error", "The kernel's host refused"));
      return NULL;
    }

  return json_object_ref (answer);
}

/**
 * eng_kernel_host_tell:
 * @engine: the engine
 * @id: the kernel
 * @op: what it is to do
 * @timeout_ms: how long it may take
 *
 * As eng_kernel_host_call(), where the request is nothing but its name.
 *
 * Returns: (transfer full): the answer
 */
JsonObject *
eng_kernel_host_tell (EngEngine   *engine,
                      const char  *id,
                      const char  *op,
                      guint        timeout_ms,
                      GError     **error)
{
  g_autoptr(JsonObject) request = json_object_new ();

  json_object_set_string_member (request, "op", op);

  return eng_kernel_host_call (engine, id, request, timeout_ms, error);
}

/**
 * eng_kernel_host_status:
 * @engine: the engine
 * @id: the kernel
 *
 * Returns: (transfer full): what the host has last written of the kernel and of itself; it may be
 *   dead
 */
JsonObject *
eng_kernel_host_status (EngEngine   *engine,
                        const char  *id,
                        GError     **error)
{
  g_autofree char *directory = eng_kernel_host_directory (engine, id);
  g_autofree char *path = g_build_filename (directory, STATUS_FILE, NULL);
  g_autoptr(GBytes) bytes = sage_file_read (path, MAX_ANSWER, error);
  g_autoptr(JsonNode) node = NULL;

  if (bytes != NULL)
    node = sage_json_parse_object (g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes),
                                   NULL, error);
  if (node == NULL)
    return NULL;

  return json_object_ref (json_node_get_object (node));
}

/**
 * eng_kernel_host_activity:
 * @status: (nullable): what eng_kernel_host_status() read
 *
 * Returns: when the kernel last did something; seconds since the epoch, 0 where it is not known
 */
double
eng_kernel_host_activity (JsonObject *status)
{
  const char *text = sage_json_string (status, "last_activity", NULL);
  double seconds;

  return text != NULL && sage_time_parse_iso8601 (text, &seconds) ? seconds : 0;
}
