/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-file"

#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sage-error.h"
#include "sage-file.h"

/* How deep a removal goes before it moves what is deeper up. */
#define REMOVE_DEPTH 32

static gboolean
write_all (int          fd,
           const void  *data,
           gsize        length,
           const char  *path,
           GError     **error)
{
  const char *at = data;

  while (length > 0)
    {
      ssize_t n = write (fd, at, length);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return sage_throw_errno (error, "Cannot write '%s'", path);
      at += n;
      length -= (gsize) n;
    }

  return TRUE;
}

/**
 * sage_dir_sync:
 * @path: a directory
 *
 * Makes the directory's entries (created, renamed, removed files) survive a power cut.
 */
gboolean
sage_dir_sync (const char  *path,
               GError     **error)
{
  int fd = open (path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  gboolean ok;

  if (fd < 0)
    return sage_throw_errno (error, "Cannot open '%s'", path);

  ok = fsync (fd) == 0;
  if (!ok)
    sage_throw_errno (error, "Cannot sync '%s'", path);
  close (fd);

  return ok;
}

/**
 * sage_file_write_durable:
 * @path: the file
 * @data: its whole new content
 * @length: bytes
 * @mode: permissions of a new file
 *
 * Replaces a file so that after a crash or power cut it holds either the old or the new content,
 * and the new one once this returned: temporary file, fsync, rename, fsync of the directory.
 */
gboolean
sage_file_write_durable (const char  *path,
                         const void  *data,
                         gsize        length,
                         mode_t       mode,
                         GError     **error)
{
  g_autofree char *temporary = g_strdup_printf ("%s.%d.%x.tmp", path, (int) getpid (),
                                                g_random_int ());
  g_autofree char *directory = g_path_get_dirname (path);
  int fd = open (temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
  gboolean ok;

  if (fd < 0)
    return sage_throw_errno (error, "Cannot create '%s'", temporary);

  ok = write_all (fd, data, length, temporary, error);
  if (ok && fsync (fd) != 0)
    ok = sage_throw_errno (error, "Cannot sync '%s'", temporary);
  close (fd);

  if (ok && rename (temporary, path) != 0)
    ok = sage_throw_errno (error, "Cannot replace '%s'", path);

  if (!ok)
    {
      unlink (temporary);
      return FALSE;
    }

  return sage_dir_sync (directory, error);
}

/**
 * sage_file_read:
 * @path: a regular file; symbolic links and special files are refused
 * @max_bytes: more is %SAGE_ERROR_TOO_LARGE
 *
 * Returns: (transfer full): the content
 */
GBytes *
sage_file_read (const char  *path,
                gsize        max_bytes,
                GError     **error)
{
  g_autofree char *data = NULL;
  gsize length = 0;
  struct stat info;
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

  if (fd < 0 || fstat (fd, &info) != 0)
    {
      sage_throw_errno (error, "Cannot open '%s'", path);
      if (fd >= 0)
        close (fd);
      return NULL;
    }
  if (!S_ISREG (info.st_mode) || (gsize) info.st_size > max_bytes)
    {
      sage_throw (error, S_ISREG (info.st_mode) ? SAGE_ERROR_TOO_LARGE : SAGE_ERROR_INVALID,
                  S_ISREG (info.st_mode) ? "'%s' is larger than allowed" : "'%s' is not a regular file",
                  path);
      close (fd);
      return NULL;
    }

  data = g_malloc ((gsize) info.st_size + 1);
  while (length < (gsize) info.st_size)
    {
      ssize_t n = read (fd, data + length, (gsize) info.st_size - length);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        break;
      length += (gsize) n;
    }
  close (fd);

  return g_bytes_new_take (g_steal_pointer (&data), length);
}

/**
 * sage_dir_make:
 * @path: a directory to make, parents included
 * @mode: permissions of what is made
 */
gboolean
sage_dir_make (const char  *path,
               mode_t       mode,
               GError     **error)
{
  if (g_mkdir_with_parents (path, (int) mode) != 0)
    return sage_throw_errno (error, "Cannot make the directory '%s'", path);

  return TRUE;
}

/* A directory of which the owner may do everything: a job may have taken its permissions away. */
static int
open_own_dir (int         parent_fd,
              const char *name)
{
  char link[64];
  int path_fd = openat (parent_fd, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  int fd;

  if (path_fd < 0)
    return -1;

  g_snprintf (link, sizeof link, "/proc/self/fd/%d", path_fd);
  chmod (link, 0700);
  fd = openat (path_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  close (path_fd);

  return fd;
}

/* One removal. */
typedef struct
{
  int   top_fd; /* the directory that goes; -1 until it is open */
  guint moved;  /* directories brought up to it, to be removed by a further pass */
} Removal;

/* What lies too deep is moved up, so that a tree of any depth takes few descriptors and little
 * stack. */
static gboolean
move_up (Removal    *self,
         int         parent_fd,
         const char *name)
{
  char fresh[64];

  g_snprintf (fresh, sizeof fresh, ".removed-%08x%08x", g_random_int (), g_random_int ());
  if (renameat (parent_fd, name, self->top_fd, fresh) != 0)
    return FALSE;
  self->moved++;

  return TRUE;
}

/* Removes what is beneath @parent_fd under @name; links are removed, never followed. */
static gboolean
remove_at (Removal    *self,
           int         parent_fd,
           const char *name,
           guint       depth)
{
  int fd;
  DIR *dir;
  struct dirent *entry;

  if (unlinkat (parent_fd, name, 0) == 0 || errno == ENOENT)
    return TRUE;

  fd = open_own_dir (parent_fd, name);
  dir = fd >= 0 && depth < REMOVE_DEPTH ? fdopendir (fd) : NULL;
  if (dir == NULL)
    {
      if (fd >= 0)
        close (fd);
      return fd >= 0 && depth == REMOVE_DEPTH && move_up (self, parent_fd, name);
    }

  if (depth == 0)
    self->top_fd = fd;
  while ((entry = readdir (dir)) != NULL)
    if (strcmp (entry->d_name, ".") != 0 && strcmp (entry->d_name, "..") != 0)
      remove_at (self, fd, entry->d_name, depth + 1);
  closedir (dir);

  return unlinkat (parent_fd, name, AT_REMOVEDIR) == 0;
}

/**
 * sage_dir_remove:
 * @path: a file or directory; nothing there is success
 *
 * Removes @path and everything beneath it, however deep.
 */
gboolean
sage_dir_remove (const char  *path,
                 GError     **error)
{
  Removal removal;

  do
    {
      removal = (Removal) { .top_fd = -1 };
      if (remove_at (&removal, AT_FDCWD, path, 0))
        return TRUE;
    }
  while (removal.moved > 0);

  return sage_throw_errno (error, "Cannot remove '%s'", path);
}

/**
 * sage_open_beneath:
 * @dir_fd: a directory
 * @path: a relative path that may come from anywhere
 * @flags: as for open()
 * @mode: permissions of a new file
 *
 * Opens a path that cannot leave @dir_fd: no "..", no absolute path, no symbolic link on the way,
 * checked by the kernel at the moment of opening.
 *
 * Returns: a descriptor, or -1 with errno set
 */
int
sage_open_beneath (int         dir_fd,
                   const char *path,
                   int         flags,
                   mode_t      mode)
{
  struct open_how how = {
    .flags = (guint64) (flags | O_CLOEXEC),
    .mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? mode : 0,
    .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
  };

  return (int) syscall (SYS_openat2, dir_fd, path, &how, sizeof how);
}
