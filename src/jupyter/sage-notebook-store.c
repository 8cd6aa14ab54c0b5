/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-notebook-store"

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sage-error.h"
#include "sage-failpoint.h"
#include "sage-file.h"
#include "sage-notebook-private.h"
#include "sage-notebook-store-private.h"

/* Blocking work on a notebook's file; call it from a worker thread. Paths are resolved: what they end
 * in is no symbolic link, and is refused if it has become one. */

/* Opens a regular file; a FIFO, a device or a link must neither block nor be followed. */
static int
open_regular (const char   *path,
              struct stat  *info,
              GError      **error)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

  if (fd < 0 || fstat (fd, info) != 0)
    {
      sage_throw_errno (error, "Cannot open '%s'", path);
    }
  else if (!S_ISREG (info->st_mode))
    {
      sage_throw (error, SAGE_ERROR_INVALID, "'%s' is not a regular file", path);
    }
  else if ((guint64) info->st_size > SAGE_NOTEBOOK_MAX_BYTES)
    {
      sage_throw (error, SAGE_ERROR_TOO_LARGE,
                  "'%s' has %" G_GINT64_FORMAT " MiB, and a notebook may have %u", path,
                  (gint64) info->st_size >> 20, (guint) (SAGE_NOTEBOOK_MAX_BYTES >> 20));
    }
  else
    {
      return fd;
    }

  if (fd >= 0)
    close (fd);

  return -1;
}

static void
take_stat (SageStamp         *stamp,
           const struct stat *info)
{
  stamp->exists = TRUE;
  stamp->inode = info->st_ino;
  stamp->mtime = (gint64) info->st_mtim.tv_sec * G_GINT64_CONSTANT (1000000000) +
                 info->st_mtim.tv_nsec;
  stamp->size = info->st_size;
}

static GBytes *
read_all (int          fd,
          gsize        size,
          const char  *path,
          GError     **error)
{
  g_autofree char *data = g_malloc (size + 1);
  gsize length = 0;

  while (length < size)
    {
      ssize_t n = read (fd, data + length, size - length);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        {
          sage_throw_errno (error, "Cannot read '%s'", path);
          return NULL;
        }
      if (n == 0)
        break;
      length += (gsize) n;
    }

  return g_bytes_new_take (g_steal_pointer (&data), length);
}

/* Completes the stamp of a file that was loaded. */
void
sage_stamp_digest (SageStamp *stamp,
                   GBytes    *bytes)
{
  gsize length;
  const void *data = g_bytes_get_data (bytes, &length);

  sage_sha256 (data, length, stamp->digest);
}

/* Reads a notebook's file and notes what it was, but for the digest: sage_stamp_digest() is for that,
 * while the notebook is being parsed. */
GBytes *
sage_notebook_store_load (const char  *path,
                          SageStamp   *stamp,
                          GError     **error)
{
  struct stat info;
  int fd = open_regular (path, &info, error);
  GBytes *bytes;

  if (fd < 0)
    return NULL;

  *stamp = (SageStamp) { 0 };
  take_stat (stamp, &info);
  bytes = read_all (fd, (gsize) info.st_size, path, error);
  close (fd);

  return bytes;
}

/* Reads a notebook's file and notes what it was. */
GBytes *
sage_notebook_store_read (const char  *path,
                          SageStamp   *stamp,
                          GError     **error)
{
  GBytes *bytes = sage_notebook_store_load (path, stamp, error);

  if (bytes != NULL)
    sage_stamp_digest (stamp, bytes);

  return bytes;
}

/* Whether the content is the same; a file that is not there is the same as another. */
gboolean
sage_stamp_is_same (const SageStamp *a,
                    const SageStamp *b)
{
  if (a->exists != b->exists)
    return FALSE;

  return !a->exists || (a->size == b->size && memcmp (a->digest, b->digest, sizeof a->digest) == 0);
}

/* Notes what the file is now. One of another size than @known is not read: its digest is zero. */
gboolean
sage_notebook_store_stamp (const char       *path,
                           const SageStamp  *known,
                           SageStamp        *stamp,
                           GError          **error)
{
  struct stat info;
  g_autoptr(GBytes) bytes = NULL;

  *stamp = (SageStamp) { 0 };
  if (lstat (path, &info) != 0)
    return errno == ENOENT || sage_throw_errno (error, "Cannot open '%s'", path);

  take_stat (stamp, &info);
  if (S_ISREG (info.st_mode) && known->exists && known->size == stamp->size)
    {
      bytes = sage_notebook_store_read (path, stamp, error);
      return bytes != NULL;
    }

  return TRUE;
}

/* Whether nothing happened to the file since @seen was noted, as far as its inode tells. */
static gboolean
is_untouched (const char      *path,
              const SageStamp *seen)
{
  SageStamp now = { 0 };
  struct stat info;

  if (lstat (path, &info) != 0)
    return errno == ENOENT && !seen->exists;
  take_stat (&now, &info);

  return seen->exists && now.inode == seen->inode && now.mtime == seen->mtime &&
         now.size == seen->size;
}

static gboolean
write_all (int          fd,
           GBytes      *bytes,
           const char  *path,
           GError     **error)
{
  gsize length;
  const char *at = g_bytes_get_data (bytes, &length);

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

static gboolean
throw_conflict (const char  *path,
                GError     **error)
{
  return sage_throw (error, SAGE_ERROR_CONFLICT, "'%s' was changed by another program", path);
}

/* Opens a file to be written beside @path: one without a name where the file system can, so that a
 * process that dies leaves nothing behind. *@has_name says whether it is @temporary already. */
static int
open_temporary (const char  *temporary,
                const char  *folder,
                mode_t       mode,
                gboolean    *has_name,
                GError     **error)
{
  int fd = open (folder, O_TMPFILE | O_WRONLY | O_CLOEXEC, mode);

  *has_name = fd < 0;
  if (fd < 0)
    fd = open (temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
  if (fd < 0)
    sage_throw_errno (error, "Cannot create a file in '%s'", folder);

  return fd;
}

static gboolean
give_name (int          fd,
           const char  *temporary,
           GError     **error)
{
  char link[64];

  g_snprintf (link, sizeof link, "/proc/self/fd/%d", fd);

  return linkat (AT_FDCWD, link, AT_FDCWD, temporary, AT_SYMLINK_FOLLOW) == 0 ||
         sage_throw_errno (error, "Cannot create '%s'", temporary);
}

/* Writes a temporary file beside @path with the mode of the file that it will replace. */
static gboolean
write_temporary (const char  *temporary,
                 const char  *folder,
                 GBytes      *bytes,
                 const char  *path,
                 SageStamp   *stamp,
                 GError     **error)
{
  struct stat old;
  struct stat info;
  gboolean keeps_mode = lstat (path, &old) == 0 && S_ISREG (old.st_mode);
  gboolean has_name;
  int fd = open_temporary (temporary, folder, keeps_mode ? 0600 : 0666, &has_name, error);
  gboolean ok;

  if (fd < 0)
    return FALSE;

  ok = write_all (fd, bytes, path, error);
  if (ok && keeps_mode && fchmod (fd, old.st_mode & 07777) != 0)
    ok = sage_throw_errno (error, "Cannot set the permissions of '%s'", temporary);
  if (ok && fsync (fd) != 0)
    ok = sage_throw_errno (error, "Cannot write '%s'", path);
  if (ok && fstat (fd, &info) != 0)
    ok = sage_throw_errno (error, "Cannot write '%s'", path);
  if (ok && !has_name)
    ok = give_name (fd, temporary, error);
  if (ok)
    {
      take_stat (stamp, &info);
      sage_stamp_digest (stamp, bytes);
    }
  close (fd);

  return ok;
}

/* Replaces the file: temporary file, fsync, rename, fsync of the folder, so that at any moment it holds
 * the old content or the new. Where it is not what @expected says it is left alone:
 * %SAGE_ERROR_CONFLICT. A file that is gone is written anew: there is nothing to lose. */
gboolean
sage_notebook_store_write (const char       *path,
                           GBytes           *bytes,
                           const SageStamp  *expected,
                           SageStamp        *stamp,
                           GError          **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *name = g_path_get_basename (path);
  g_autofree char *temporary = g_strdup_printf ("%s/.%.200s.%08x.tmp", folder, name,
                                                g_random_int ());
  g_autoptr(GError) sync_error = NULL;
  SageStamp seen;
  gboolean ok;

  if (!sage_notebook_store_stamp (path, expected != NULL ? expected : &(SageStamp) { 0 }, &seen,
                                  error))
    return FALSE;
  if (expected != NULL && seen.exists && !sage_stamp_is_same (expected, &seen))
    return throw_conflict (path, error);

  *stamp = (SageStamp) { 0 };
  ok = write_temporary (temporary, folder, bytes, path, stamp, error);
  SAGE_FAILPOINT ("notebook-before-rename");
  if (ok && expected != NULL && !is_untouched (path, &seen))
    ok = throw_conflict (path, error);
  if (ok && rename (temporary, path) != 0)
    ok = sage_throw_errno (error, "Cannot replace '%s'", path);
  if (!ok)
    {
      unlink (temporary);
      return FALSE;
    }

  /* The new content is in place; some file systems cannot sync a folder. */
  if (!sage_dir_sync (folder, &sync_error))
    g_warning ("%s", sync_error->message);

  return TRUE;
}
