/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-file"

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sage-error.h"
#include "sage-file.h"
#include "sage-file-replace.h"

#define CHUNK (64 * 1024)

/* Returns: (transfer full) (nullable): the file that @path leads to over symbolic links */
static char *
resolve (const char  *path,
         GError     **error)
{
  g_autofree char *directory = NULL;
  g_autofree char *name = NULL;
  char *real = realpath (path, NULL); /* glibc's own, which g_free() may not take elsewhere */
  char *copy;
  struct stat info;

  if (real == NULL && errno == ENOENT && lstat (path, &info) != 0)
    {
      /* Nothing there yet: it becomes a file of its folder. */
      directory = g_path_get_dirname (path);
      name = g_path_get_basename (path);
      real = realpath (directory, NULL);
      if (real != NULL)
        {
          copy = g_build_filename (real, name, NULL);
          free (real);
          return copy;
        }
    }
  if (real == NULL)
    {
      sage_throw_errno (error, "Cannot reach '%s'", path);
      return NULL;
    }

  copy = g_strdup (real);
  free (real);

  return copy;
}

static void
write_digest (const guint8 *data,
              gsize         length,
              char          digest[SAGE_SHA256_HEX])
{
  guint8 sum[SAGE_SHA256_SIZE];

  sage_sha256 (data, length, sum);
  sage_hex_write (sum, sizeof sum, digest);
}

/**
 * sage_file_read_marked:
 * @path: a regular file, or a symbolic link to one
 * @max_bytes: more is %SAGE_ERROR_TOO_LARGE
 * @digest: (out caller-allocates): the SHA-256 of the content, for sage_file_replace()
 *
 * Returns: (transfer full): the content
 */
GBytes *
sage_file_read_marked (const char  *path,
                       gsize        max_bytes,
                       char         digest[SAGE_SHA256_HEX],
                       GError     **error)
{
  g_autofree char *real = resolve (path, error);
  GBytes *bytes = real != NULL ? sage_file_read (real, max_bytes, error) : NULL;

  if (bytes != NULL)
    write_digest (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), digest);

  return bytes;
}

/* Whether the file holds what @expected is the digest of; the file may have grown beyond memory. */
static gboolean
check_expected (const char  *path,
                const char  *expected,
                GError     **error)
{
  g_autoptr(SageDigest) digest = sage_digest_new (SAGE_DIGEST_SHA256);
  g_autofree guint8 *chunk = g_malloc (CHUNK);
  guint8 sum[SAGE_SHA256_SIZE];
  char found[SAGE_SHA256_HEX] = SAGE_FILE_ABSENT;
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  ssize_t n;

  if (fd < 0 && errno != ENOENT)
    return sage_throw_errno (error, "Cannot open '%s'", path);

  while (fd >= 0 && (n = read (fd, chunk, CHUNK)) != 0)
    {
      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        {
          sage_throw_errno (error, "Cannot read '%s'", path);
          close (fd);
          return FALSE;
        }
      sage_digest_update (digest, chunk, (gsize) n);
    }
  if (fd >= 0)
    {
      close (fd);
      sage_digest_finish (digest, sum);
      sage_hex_write (sum, sizeof sum, found);
    }

  if (strcmp (found, expected) != 0)
    return sage_throw (error, SAGE_ERROR_CONFLICT, "'%s' has been changed by another program", path);

  return TRUE;
}

static gboolean
write_out (int          fd,
           const char  *data,
           gsize        length,
           const char  *path,
           GError     **error)
{
  while (length > 0)
    {
      ssize_t n = write (fd, data, length);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return sage_throw_errno (error, "Cannot write '%s'", path);
      data += n;
      length -= (gsize) n;
    }
  if (fsync (fd) != 0)
    return sage_throw_errno (error, "Cannot sync '%s'", path);

  return TRUE;
}

/* Owner, group and permissions as they are; who may not give a file away keeps it as its own, without
 * the bits that would then mean another's rights. */
static gboolean
keep_rights (int                fd,
             const struct stat *old,
             const char        *path,
             GError           **error)
{
  mode_t mode = old->st_mode & 07777;

  if (fchown (fd, old->st_uid, old->st_gid) != 0 && fchown (fd, (uid_t) -1, old->st_gid) != 0)
    mode &= 01777;
  if (fchmod (fd, mode) != 0)
    return sage_throw_errno (error, "Cannot set the permissions of '%s'", path);

  return TRUE;
}

/**
 * sage_file_replace:
 * @path: a regular file, a symbolic link to one, or nothing yet
 * @data: its whole new content
 * @length: bytes
 * @expected: (nullable): the digest of what it must still hold, %SAGE_FILE_ABSENT that it must not be
 *   there; %NULL replaces whatever is there
 * @digest: (out caller-allocates): the digest of the new content
 *
 * Replaces a file so that it holds either the old or the new content at any time, the new one for
 * good once this returned. A link stays a link, permissions stay. Fails with %SAGE_ERROR_CONFLICT if
 * the file does not hold what is expected, %SAGE_ERROR_NO_SPACE on a full disk, %SAGE_ERROR_INVALID
 * for what is no regular file; it is untouched then.
 */
gboolean
sage_file_replace (const char  *path,
                   const void  *data,
                   gsize        length,
                   const char  *expected,
                   char         digest[SAGE_SHA256_HEX],
                   GError     **error)
{
  g_autofree char *real = resolve (path, error);
  g_autofree char *directory = NULL;
  g_autofree char *temporary = NULL;
  struct stat old;
  gboolean exists;
  gboolean ok;
  int fd;

  if (real == NULL)
    return FALSE;

  exists = lstat (real, &old) == 0;
  if (exists && !S_ISREG (old.st_mode))
    return sage_throw (error, SAGE_ERROR_INVALID, "'%s' is not a regular file", path);

  /* A name of its own, because that of the file may be as long as names can be. */
  directory = g_path_get_dirname (real);
  temporary = g_strdup_printf ("%s/.sage-%d-%08x.tmp", directory, (int) getpid (), g_random_int ());
  fd = open (temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, exists ? 0600 : 0666);
  if (fd < 0)
    return sage_throw_errno (error, "Cannot create a file in '%s'", directory);

  ok = (!exists || keep_rights (fd, &old, temporary, error))
       && write_out (fd, data, length, temporary, error);
  close (fd);
  if (ok && expected != NULL)
    ok = check_expected (real, expected, error);
  if (ok && rename (temporary, real) != 0)
    ok = sage_throw_errno (error, "Cannot replace '%s'", real);
  if (!ok)
    {
      unlink (temporary);
      return FALSE;
    }

  write_digest (data, length, digest);

  return sage_dir_sync (directory, error);
}
