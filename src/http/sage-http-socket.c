/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-http"

#include "config.h"

#include <errno.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "sage-error.h"
#include "sage-http-private.h"

#define BACKLOG 511

/* Opens a listening TCP socket on a numeric @address; -1 with @error set if that fails. */
int
sage_http_socket_tcp (const char  *address,
                      guint16      port,
                      GError     **error)
{
  g_autoptr(GInetAddress) inet = g_inet_address_new_from_string (address);
  g_autoptr(GSocketAddress) where = NULL;
  struct sockaddr_storage native;
  g_autofd int fd = -1;
  int one = 1;

  if (inet == NULL)
    {
      sage_throw (error, SAGE_ERROR_INVALID, "'%s' is no IP address to listen on", address);
      return -1;
    }
  where = g_inet_socket_address_new (inet, port);
  if (!g_socket_address_to_native (where, &native, sizeof native, error))
    return -1;

  fd = socket (native.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0)
    {
      sage_throw_errno (error, "Cannot create a socket for %s", address);
      return -1;
    }
  (void) setsockopt (fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (native.ss_family == AF_INET6)
    (void) setsockopt (fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof one);

  if (bind (fd, (struct sockaddr *) &native, g_socket_address_get_native_size (where)) != 0 ||
      listen (fd, BACKLOG) != 0)
    {
      sage_throw_errno (error, "Cannot listen on %s port %u", address, port);
      return -1;
    }
  return g_steal_fd (&fd);
}

/* Removes the socket of a server that is no more; fails if there is anything else. */
static gboolean
clear_stale_socket (const struct sockaddr_un  *where,
                    GError                   **error)
{
  struct stat st;
  g_autofd int probe = -1;

  if (lstat (where->sun_path, &st) != 0)
    return errno == ENOENT || sage_throw_errno (error, "Cannot look at '%s'", where->sun_path);
  if (!S_ISSOCK (st.st_mode))
    return sage_throw (error, SAGE_ERROR_EXISTS, "'%s' exists and is no socket", where->sun_path);

  probe = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (probe < 0)
    return sage_throw_errno (error, "Cannot create a socket for '%s'", where->sun_path);
  /* EAGAIN is a live server whose queue is full */
  if (connect (probe, (const struct sockaddr *) where, sizeof *where) == 0 || errno == EAGAIN)
    return sage_throw (error, SAGE_ERROR_BUSY, "Another server answers on '%s'", where->sun_path);
  if (errno != ECONNREFUSED)
    return sage_throw_errno (error, "Cannot try the socket '%s'", where->sun_path);
  if (g_unlink (where->sun_path) != 0 && errno != ENOENT)
    return sage_throw_errno (error, "Cannot remove the stale socket '%s'", where->sun_path);
  return TRUE;
}

/* Opens a listening Unix socket at @path that only this user can connect to, in place of a stale
 * one; -1 with @error set if that fails. */
int
sage_http_socket_unix (const char  *path,
                       GError     **error)
{
  struct sockaddr_un where = { .sun_family = AF_UNIX };
  g_autofd int fd = -1;

  if (strlen (path) >= sizeof where.sun_path)
    {
      sage_throw (error, SAGE_ERROR_INVALID, "Socket path '%s' is longer than %u bytes", path,
                  (guint) sizeof where.sun_path - 1);
      return -1;
    }
  strcpy (where.sun_path, path);
  if (!clear_stale_socket (&where, error))
    return -1;

  fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  /* The mode of the unbound socket becomes the file's: there is no moment at which others get in,
   * and the umask, which all threads share, stays as it is. */
  if (fd < 0 || fchmod (fd, 0600) != 0 ||
      bind (fd, (struct sockaddr *) &where, sizeof where) != 0)
    {
      sage_throw_errno (error, "Cannot create the socket '%s'", path);
      return -1;
    }
  if (listen (fd, BACKLOG) != 0)
    {
      sage_throw_errno (error, "Cannot listen on '%s'", path);
      g_unlink (path);
      return -1;
    }
  return g_steal_fd (&fd);
}

/* Tells who is at the other end of a Unix socket; -1 if @fd is none. */
gint64
sage_http_socket_uid (int fd)
{
  struct ucred credentials = { .uid = (uid_t) -1 };
  socklen_t length = sizeof credentials;

  if (getsockopt (fd, SOL_SOCKET, SO_PEERCRED, &credentials, &length) != 0 ||
      credentials.uid == (uid_t) -1)
    return -1;
  return credentials.uid;
}

/* Tells the TCP port that @fd is bound to; 0 if it is none. */
guint16
sage_http_socket_port (int fd)
{
  struct sockaddr_storage where = { 0 };
  socklen_t length = sizeof where;

  if (getsockname (fd, (struct sockaddr *) &where, &length) != 0)
    return 0;
  if (where.ss_family == AF_INET)
    return ntohs (((struct sockaddr_in *) &where)->sin_port);
  if (where.ss_family == AF_INET6)
    return ntohs (((struct sockaddr_in6 *) &where)->sin6_port);
  return 0;
}
