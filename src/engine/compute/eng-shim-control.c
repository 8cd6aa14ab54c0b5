/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-shim"

#include "config.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "eng-cursor-private.h"
#include "eng-shim-private.h"
#include "sage-error.h"
#include "sage-json.h"

/* The engine connects, sends a line, reads a line. More at once than this is no engine. */
#define MAX_CLIENTS 16
#define MAX_COMMAND_BYTES 4096
#define MAX_GRACE_SECONDS 3600

/**
 * eng_shim_listen:
 * @self: the shim; its working directory is the job directory
 * @name: the socket's file name there
 * @type: flags for socket() beside SOCK_STREAM
 *
 * Makes a listening Unix socket that only this user may connect to. A relative name is bound, as
 * a socket's whole path may be 107 bytes long only.
 *
 * Returns: the descriptor, or -1 with @error set
 */
int
eng_shim_listen (EngShim     *self,
                 const char  *name,
                 int          type,
                 GError     **error)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | type, 0);

  g_strlcpy (address.sun_path, name, sizeof address.sun_path);
  if (fd < 0 || bind (fd, (struct sockaddr *) &address, sizeof address) != 0 ||
      chmod (name, 0600) != 0 || listen (fd, 128) != 0)
    {
      sage_throw_errno (error, "Cannot make the socket '%s/%s'", self->job_dir, name);
      g_clear_fd (&fd, NULL);
    }

  return fd;
}

/**
 * eng_shim_control_open:
 * @self: the shim
 *
 * Returns: whether the control socket listens
 */
gboolean
eng_shim_control_open (EngShim  *self,
                       GError  **error)
{
  self->control_fd = eng_shim_listen (self, "control", SOCK_NONBLOCK, error);

  return self->control_fd >= 0;
}

static gboolean
peer_is_us (int client)
{
  struct ucred peer;
  socklen_t length = sizeof peer;

  return getsockopt (client, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0 &&
         (peer.uid == geteuid () || peer.uid == 0);
}

/**
 * eng_shim_control_accept:
 * @self: the shim
 *
 * Lets the next client in.
 */
void
eng_shim_control_accept (EngShim *self)
{
  int client = accept4 (self->control_fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

  if (client < 0)
    return;

  if (self->clients->len >= MAX_CLIENTS || !peer_is_us (client))
    close (client);
  else
    g_array_append_val (self->clients, client);
}

/* Runs `{"op": "stop", "grace": seconds}`. */
static gboolean
run_command (EngShim     *self,
             const char  *text,
             gsize        length,
             GError     **error)
{
  g_autofree char *copy = g_strndup (text, length);
  g_autofree char *op = NULL;
  guint64 grace = self->spec->grace_seconds;
  EngCursor cursor = { copy };
  gboolean ok = TRUE;
  char *name;

  if (!sage_json_scan (text, length, NULL, error))
    return FALSE;
  if (!eng_cursor_accept (&cursor, '{'))
    return sage_throw (error, SAGE_ERROR_SYNTAX, "A command is a JSON object");

  while (ok && (name = eng_cursor_next_member (&cursor)) != NULL)
    {
      if (strcmp (name, "op") == 0)
        ok = eng_cursor_text (&cursor, &op);
      else if (strcmp (name, "grace") == 0)
        ok = eng_cursor_integer (&cursor, MAX_GRACE_SECONDS, &grace);
      else
        eng_cursor_skip_value (&cursor);
      g_free (name);
    }

  if (!ok || g_strcmp0 (op, "stop") != 0)
    return sage_throw (error, SAGE_ERROR_INVALID, "The commands are: stop, with grace");

  self->status.stopped = TRUE;
  eng_shim_begin_stop (self, (gint64) grace);

  return TRUE;
}

/**
 * eng_shim_control_serve:
 * @self: the shim
 * @client: a connected client with something to read
 *
 * Reads a command and answers it. A command comes in one piece: it is far smaller than a socket's
 * buffer and its sender writes it at once.
 *
 * Returns: whether the client is to be kept
 */
gboolean
eng_shim_control_serve (EngShim *self,
                        int      client)
{
  g_autoptr(GError) error = NULL;
  char command[MAX_COMMAND_BYTES];
  const char *answer;
  gssize n = recv (client, command, sizeof command, 0);

  if (n < 0)
    return errno == EAGAIN || errno == EINTR;
  if (n == 0)
    return FALSE;

  if (run_command (self, command, (gsize) n, &error))
    answer = "{\"ok\": true}\n";
  else
    answer = "{\"ok\": false}\n";
  if (error != NULL)
    g_debug ("Refused a command: %s", error->message);

  return send (client, answer, strlen (answer), MSG_NOSIGNAL) > 0;
}
