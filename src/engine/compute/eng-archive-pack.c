/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-archive"

#include "config.h"

#include <archive.h>
#include <archive_entry.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sage-error.h"
#include "sage-file.h"

#include "eng-archive.h"

#define MAX_LEVELS  64
#define MAX_ENTRIES 100000
#define MAX_BYTES   (20 * G_GUINT64_CONSTANT (1073741824))

typedef struct
{
  struct archive *archive; /* (owned) */
  int             root;    /* descriptor of the folder being packed */
  guint           n_entries;
  guint64         bytes;
} Packing;

static gboolean pack_folder (Packing    *self,
                             int         fd,
                             const char *path,
                             guint       level,
                             GError    **error);

static gboolean
throw_archive (Packing     *self,
               const char  *path,
               GError     **error)
{
  const char *text = archive_error_string (self->archive);
  int saved_errno = archive_errno (self->archive);

  if (saved_errno == ENOSPC || saved_errno == EDQUOT)
    {
      errno = saved_errno;
      return sage_throw_errno (error, "Packing '%s' failed", path);
    }

  return sage_throw (error, SAGE_ERROR_IO, "Packing '%s' failed: %s", path,
                     text != NULL ? text : "no reason given");
}

static int
compare_names (gconstpointer a,
               gconstpointer b)
{
  return strcmp (*(char * const *) a, *(char * const *) b);
}

/* Lists the folder; @fd stays with the caller. */
static GPtrArray *
list_folder (int          fd,
             const char  *path,
             GError     **error)
{
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  int copy = openat (fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR *dir = copy >= 0 ? fdopendir (copy) : NULL;
  struct dirent *item;

  if (dir == NULL)
    {
      sage_throw_errno (error, "Reading the folder '%s' failed", path);
      if (copy >= 0)
        close (copy);
      return NULL;
    }

  while (names->len <= MAX_ENTRIES && (item = readdir (dir)) != NULL)
    if (!g_str_equal (item->d_name, ".") && !g_str_equal (item->d_name, ".."))
      g_ptr_array_add (names, g_strdup (item->d_name));
  closedir (dir);

  g_ptr_array_sort (names, compare_names);

  return g_steal_pointer (&names);
}

/* The same tree gives the same bytes: no times, no owners, one of two modes. */
static struct archive_entry *
new_entry (const char *path,
           mode_t      type,
           mode_t      mode,
           gint64      size)
{
  struct archive_entry *entry = archive_entry_new ();

  archive_entry_set_pathname (entry, path);
  archive_entry_set_filetype (entry, type);
  archive_entry_set_perm (entry, mode);
  archive_entry_set_size (entry, size);
  archive_entry_set_mtime (entry, 0, 0);
  archive_entry_set_uid (entry, 0);
  archive_entry_set_gid (entry, 0);

  return entry;
}

static gboolean
write_entry (Packing               *self,
             struct archive_entry  *entry,
             const char            *path,
             GError               **error)
{
  int status = archive_write_header (self->archive, entry);

  archive_entry_free (entry);

  return status == ARCHIVE_OK || status == ARCHIVE_WARN ? TRUE : throw_archive (self, path, error);
}

static gboolean
pack_file (Packing      *self,
           int           parent,
           const char   *name,
           const char   *path,
           GError      **error)
{
  g_autofree guint8 *buffer = g_malloc (65536);
  int fd = openat (parent, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  struct stat info;
  guint64 left;
  gboolean ok;

  if (fd < 0)
    return sage_throw_errno (error, "Reading '%s' failed", path);

  ok = fstat (fd, &info) == 0 && S_ISREG (info.st_mode);
  if (!ok)
    sage_throw (error, SAGE_ERROR_INVALID, "'%s' is no longer a file", path);
  else if ((guint64) info.st_size > MAX_BYTES - self->bytes)
    ok = sage_throw (error, SAGE_ERROR_TOO_LARGE, "The folder holds more than 20 GiB");
  else
    ok = write_entry (self, new_entry (path, AE_IFREG, (info.st_mode & 0111) != 0 ? 0755 : 0644,
                                       info.st_size), path, error);

  left = ok ? info.st_size : 0;
  self->bytes += left;

  while (ok && left > 0)
    {
      gssize n = read (fd, buffer, MIN (left, 65536));

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        ok = sage_throw (error, SAGE_ERROR_IO, "'%s' became shorter while it was packed", path);
      else if (archive_write_data (self->archive, buffer, n) != n)
        ok = throw_archive (self, path, error);
      else
        left -= n;
    }

  close (fd);

  return ok;
}

static gboolean
pack_symlink (Packing      *self,
              int           parent,
              const char   *name,
              const char   *path,
              GError      **error)
{
  struct open_how how = { .flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_BENEATH };
  struct archive_entry *entry;
  char target[4097];
  gssize length = readlinkat (parent, name, target, sizeof target - 1);
  int fd;

  if (length < 0)
    return sage_throw_errno (error, "Reading the link '%s' failed", path);
  target[length] = '\0';

  fd = target[0] == '/' ? -1 : (int) syscall (SYS_openat2, self->root, path, &how, sizeof how);
  if (fd < 0)
    return sage_throw (error, SAGE_ERROR_INVALID,
                       "The link '%s' does not lead to anything inside the folder", path);
  close (fd);

  entry = new_entry (path, AE_IFLNK, 0777, 0);
  archive_entry_set_symlink (entry, target);

  return write_entry (self, entry, path, error);
}

static gboolean
pack_item (Packing      *self,
           int           parent,
           const char   *name,
           const char   *path,
           guint         level,
           GError      **error)
{
  struct stat info;
  gboolean ok;
  int fd;

  if (++self->n_entries > MAX_ENTRIES)
    return sage_throw (error, SAGE_ERROR_TOO_LARGE, "The folder holds more than %d files", MAX_ENTRIES);
  if (level > MAX_LEVELS)
    return sage_throw (error, SAGE_ERROR_INVALID, "'%s' is more than %d folders deep", path, MAX_LEVELS);
  if (fstatat (parent, name, &info, AT_SYMLINK_NOFOLLOW) != 0)
    return sage_throw_errno (error, "Looking at '%s' failed", path);

  if (S_ISREG (info.st_mode))
    return pack_file (self, parent, name, path, error);
  if (S_ISLNK (info.st_mode))
    return pack_symlink (self, parent, name, path, error);
  if (!S_ISDIR (info.st_mode))
    return sage_throw (error, SAGE_ERROR_INVALID,
                       "'%s' is neither a file nor a folder nor a link", path);

  fd = openat (parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0)
    return sage_throw_errno (error, "Reading the folder '%s' failed", path);

  ok = write_entry (self, new_entry (path, AE_IFDIR, 0755, 0), path, error) &&
       pack_folder (self, fd, path, level + 1, error);
  close (fd);

  return ok;
}

static gboolean
pack_folder (Packing      *self,
             int           fd,
             const char   *path,
             guint         level,
             GError      **error)
{
  g_autoptr(GPtrArray) names = list_folder (fd, path, error);

  if (names == NULL)
    return FALSE;

  for (guint i = 0; i < names->len; i++)
    {
      const char *name = g_ptr_array_index (names, i);
      g_autofree char *child = path[0] != '\0' ? g_strconcat (path, "/", name, NULL)
                                               : g_strdup (name);

      if (!pack_item (self, fd, name, child, level, error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
pack_to (Packing      *self,
         int           out,
         const char   *out_path,
         GError      **error)
{
  gboolean ok;

  self->archive = archive_write_new ();
  archive_write_set_format_pax_restricted (self->archive);
  archive_write_set_format_option (self->archive, "pax", "hdrcharset", "BINARY");
  archive_write_add_filter_gzip (self->archive);
  archive_write_set_filter_option (self->archive, "gzip", "timestamp", NULL);
  archive_write_set_bytes_in_last_block (self->archive, 1);

  ok = archive_write_open_fd (self->archive, out) == ARCHIVE_OK ? TRUE
                                                                 : throw_archive (self, out_path, error);
  ok = ok && pack_folder (self, self->root, "", 0, error);

  if (ok && archive_write_close (self->archive) != ARCHIVE_OK)
    ok = throw_archive (self, out_path, error);
  archive_write_free (self->archive);

  if (ok && fsync (out) != 0)
    ok = sage_throw_errno (error, "Writing '%s' failed", out_path);

  return ok;
}

/**
 * eng_archive_pack:
 * @directory: the folder whose content is packed; its own name is not
 * @out_path: the `.tar.gz` to make; replaced atomically
 * @error: return location
 *
 * Packs a folder that a job has filled. The same content gives the same bytes: names are sorted,
 * times, owners and all but the execute bit are left out. Links must lead to something inside;
 * hard links become files of their own; sockets, devices and pipes are refused. At most 20 GiB and
 * 100,000 files.
 *
 * Returns: whether @out_path is there, durably; else @error is %SAGE_ERROR_INVALID (the file it
 *   names may not be packed), %SAGE_ERROR_TOO_LARGE, %SAGE_ERROR_NO_SPACE or %SAGE_ERROR_IO
 */
gboolean
eng_archive_pack (const char  *directory,
                  const char  *out_path,
                  GError     **error)
{
  g_autofree char *partial = g_strdup_printf ("%s.partial-XXXXXX", out_path);
  g_autofree char *folder = g_path_get_dirname (out_path);
  Packing self = { .root = -1 };
  gboolean ok;
  int out;

  self.root = open (directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (self.root < 0)
    return sage_throw_errno (error, "Reading the folder '%s' failed", directory);

  out = g_mkstemp_full (partial, O_WRONLY | O_CLOEXEC, 0644);
  if (out < 0)
    {
      sage_throw_errno (error, "Making '%s' failed", out_path);
      close (self.root);
      return FALSE;
    }

  ok = pack_to (&self, out, out_path, error);
  close (out);
  close (self.root);

  if (ok && rename (partial, out_path) != 0)
    ok = sage_throw_errno (error, "Making '%s' failed", out_path);
  if (!ok)
    unlink (partial);

  return ok && sage_dir_sync (folder, error);
}
