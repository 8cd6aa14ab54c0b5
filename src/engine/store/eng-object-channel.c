/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-objects"

#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "eng-objects-private.h"
#include "sage-error.h"
#include "sage-file.h"

#define DEPTH_MAX 64

/* Objects on their way into a directory. All names are checked before the first file is made. */
typedef struct
{
  EngObjects *objects;
  EngS3Uri    uri;         /* cleared by its owner */
  GPtrArray  *found;       /* (owned): of EngObject */
  GHashTable *files;       /* (owned): relative name → its key (in found) */
  GHashTable *directories; /* (owned): relative name → a key beneath it (in found) */
} Download;

/* The file name of @key under the S3Prefix @prefix: what follows `prefix/`, or else what follows
 * the last slash of the prefix, as SageMaker lays a channel out. Points into @key. */
static const char *
relative_name (const char *prefix,
               const char *key)
{
  gsize length = strlen (prefix);
  const char *slash;

  if (length > 0 && prefix[length - 1] != '/' && key[length] == '/')
    return key + length + 1;

  slash = strrchr (prefix, '/');

  return slash != NULL ? key + (slash - prefix) + 1 : key;
}

/* Whether @name can be a path below a directory: no empty part, no "." or "..", no part longer
 * than a file system takes. */
static gboolean
is_plain_path (const char *name)
{
  const char *part = name;

  for (;;)
    {
      const char *end = strchrnul (part, '/');
      gsize length = (gsize) (end - part);

      if (length == 0 || length > NAME_MAX || (length == 1 && part[0] == '.') ||
          (length == 2 && part[0] == '.' && part[1] == '.'))
        return FALSE;
      if (*end == '\0')
        return TRUE;
      part = end + 1;
    }
}

static gboolean
refuse_twins (Download    *self,
              const char  *one,
              const char  *other,
              GError     **error)
{
  return sage_throw (error, SAGE_ERROR_INVALID,
                     "The objects '%s' and '%s' of bucket '%s' cannot be files side by side", one,
                     other, self->uri.bucket);
}

/* Notes the file of @object and the directories above it. */
static gboolean
download_plan (Download         *self,
               const EngObject  *object,
               GError          **error)
{
  const char *name = relative_name (self->uri.key, object->key);
  const char *twin;

  if (!is_plain_path (name))
    {
      g_autofree char *shown = g_strescape (object->key, NULL);

      return sage_throw (error, SAGE_ERROR_INVALID,
                         "The key '%s' of bucket '%s' cannot be a file in a channel", shown,
                         self->uri.bucket);
    }

  twin = g_hash_table_lookup (self->files, name);
  if (twin != NULL)
    return refuse_twins (self, twin, object->key, error);
  g_hash_table_insert (self->files, g_strdup (name), object->key);

  for (const char *slash = strchr (name, '/'); slash != NULL; slash = strchr (slash + 1, '/'))
    {
      char *above = g_strndup (name, (gsize) (slash - name));

      if (g_hash_table_contains (self->directories, above))
        g_free (above);
      else
        g_hash_table_insert (self->directories, above, object->key);
    }

  return TRUE;
}

/* A name cannot be both a file and a directory, although S3 has nothing against it. */
static gboolean
download_check_twins (Download  *self,
                      GError   **error)
{
  GHashTableIter iter;
  gpointer name, key;

  g_hash_table_iter_init (&iter, self->files);
  while (g_hash_table_iter_next (&iter, &name, &key))
    {
      const char *twin = g_hash_table_lookup (self->directories, name);

      if (twin != NULL)
        return refuse_twins (self, key, twin, error);
    }

  return TRUE;
}

/* Lists everything under the prefix. Empty objects whose key ends in a slash are the folders that
 * web consoles make; they hold nothing. */
static gboolean
download_list (Download  *self,
               GError   **error)
{
  g_autoptr(GPtrArray) all = eng_objects_list_all (self->objects, self->uri.bucket, self->uri.key,
                                                   error);

  if (all == NULL)
    return FALSE;

  for (guint i = 0; i < all->len; i++)
    {
      EngObject *object = g_ptr_array_index (all, i);

      if (object->size == 0 && g_str_has_suffix (object->key, "/"))
        continue;
      g_ptr_array_add (self->found, object);
      g_ptr_array_index (all, i) = NULL;
    }

  return self->found->len > 0 ||
         sage_throw (error, SAGE_ERROR_NOT_FOUND, "No S3 objects found under 's3://%s/%s'",
                     self->uri.bucket, self->uri.key);
}

/* Makes the directories above @name, each beneath @root. */
static gboolean
make_parents (int          root,
              const char  *name,
              GError     **error)
{
  for (const char *slash = strchr (name, '/'); slash != NULL; slash = strchr (slash + 1, '/'))
    {
      g_autofree char *above = g_strndup (name, (gsize) (slash - name));
      g_autofree char *parent = g_path_get_dirname (above);
      g_autofree char *leaf = g_path_get_basename (above);
      int fd = sage_open_beneath (root, parent, O_RDONLY | O_DIRECTORY, 0);
      gboolean ok = fd >= 0 && (mkdirat (fd, leaf, 0755) == 0 || errno == EEXIST);

      if (!ok)
        sage_throw_errno (error, "Cannot make the directory '%s'", above);
      if (fd >= 0)
        close (fd);
      if (!ok)
        return FALSE;
    }

  return TRUE;
}

static gboolean
copy_all (int          from,
          int          to,
          const char  *name,
          GError     **error)
{
  guint8 buffer[64 * 1024];
  ssize_t n;

  while ((n = copy_file_range (from, NULL, to, NULL, 1 << 30, 0)) > 0)
    continue;
  if (n == 0)
    return TRUE;
  if (errno != EXDEV && errno != EINVAL && errno != ENOSYS && errno != EOPNOTSUPP)
    return sage_throw_errno (error, "Cannot write '%s'", name);

  while ((n = read (from, buffer, sizeof buffer)) > 0)
    for (ssize_t done = 0, m; done < n; done += m)
      if ((m = write (to, buffer + done, (gsize) (n - done))) < 0)
        return sage_throw_errno (error, "Cannot write '%s'", name);

  return n == 0 || sage_throw_errno (error, "Cannot read '%s'", name);
}

/* Gives the checked file @fd the name @leaf in @directory: a second name of the same bytes where
 * the file system allows it, else a copy. */
static gboolean
place (int          fd,
       int          directory,
       const char  *leaf,
       GError     **error)
{
  g_autofree char *source = g_strdup_printf ("/proc/self/fd/%d", fd);
  gboolean ok;
  int to;

  if (linkat (AT_FDCWD, source, directory, leaf, AT_SYMLINK_FOLLOW) == 0)
    return TRUE;
  if (errno != EXDEV && errno != EPERM && errno != EMLINK && errno != ENOENT && errno != EOPNOTSUPP)
    return sage_throw_errno (error, "Cannot make the file '%s'", leaf);

  to = openat (directory, leaf, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0444);
  if (to < 0)
    return sage_throw_errno (error, "Cannot make the file '%s'", leaf);
  ok = copy_all (fd, to, leaf, error);
  if (close (to) != 0 && ok)
    ok = sage_throw_errno (error, "Cannot write '%s'", leaf);

  return ok;
}

static gboolean
download_one (Download         *self,
              const EngObject  *object,
              int               root,
              GError          **error)
{
  const char *name = relative_name (self->uri.key, object->key);
  g_autofree char *parent = g_path_get_dirname (name);
  g_autofree char *leaf = g_path_get_basename (name);
  g_autoptr(EngObject) opened = NULL;
  int directory, fd = -1;
  gboolean ok;

  if (!make_parents (root, name, error))
    return FALSE;
  opened = eng_objects_open_key (self->objects, object->bucket, object->key, &fd, error);
  if (opened == NULL)
    return FALSE;

  directory = sage_open_beneath (root, parent, O_RDONLY | O_DIRECTORY, 0);
  ok = directory >= 0 ? place (fd, directory, leaf, error)
                      : sage_throw_errno (error, "Cannot open the directory '%s'", parent);
  if (directory >= 0)
    close (directory);
  close (fd);

  if (!ok)
    g_prefix_error (error, "Fetching s3://%s/%s: ", object->bucket, object->key);

  return ok;
}

static gboolean
download_run (Download    *self,
              const char  *directory,
              GError     **error)
{
  int root;
  gboolean ok = TRUE;

  if (!download_list (self, error))
    return FALSE;
  for (guint i = 0; i < self->found->len; i++)
    if (!download_plan (self, g_ptr_array_index (self->found, i), error))
      return FALSE;
  if (!download_check_twins (self, error))
    return FALSE;

  root = open (directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (root < 0)
    return sage_throw_errno (error, "Cannot open the directory '%s'", directory);
  for (guint i = 0; ok && i < self->found->len; i++)
    ok = download_one (self, g_ptr_array_index (self->found, i), root, error);
  close (root);

  return ok;
}

/**
 * eng_objects_download_prefix:
 * @objects: the object store
 * @s3_uri: an S3Prefix: every key that begins with it is meant
 * @directory: an existing directory, best an empty one
 * @n_files: (out) (optional): how many files were made
 * @error: (out) (optional): where the error goes
 *
 * Lays objects out as files for a job's channel. The files are names of the store's own bytes, so
 * they are read-only and must be mounted so. Keys that cannot be files below @directory, or not
 * side by side, are refused before anything is made.
 *
 * Returns: whether all files are there; else %SAGE_ERROR_NOT_FOUND (nothing under the prefix),
 *   %SAGE_ERROR_INVALID naming the keys, %SAGE_ERROR_CORRUPT, %SAGE_ERROR_NO_SPACE, %SAGE_ERROR_IO
 */
gboolean
eng_objects_download_prefix (EngObjects  *objects,
                             const char  *s3_uri,
                             const char  *directory,
                             guint       *n_files,
                             GError     **error)
{
  g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func ((GDestroyNotify) eng_object_free);
  g_autoptr(GHashTable) files = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr(GHashTable) directories = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_auto(EngS3Uri) uri = { 0 };
  Download self = { .objects = objects, .found = found, .files = files,
                    .directories = directories };

  if (!eng_s3_uri_parse (s3_uri, &uri, error))
    return FALSE;

  self.uri = uri;
  if (!download_run (&self, directory, error))
    return FALSE;

  if (n_files != NULL)
    *n_files = found->len;

  return TRUE;
}

/* A directory on its way into the store. */
typedef struct
{
  EngObjects *objects;
  const char *bucket;
  guint       n_files;
} Upload;

static gboolean upload_directory (Upload      *self,
                                  int          fd,
                                  const char  *prefix,
                                  guint        depth,
                                  GError     **error);

/* Uploads one entry; links, sockets, pipes and devices are passed over. */
static gboolean
upload_entry (Upload      *self,
              int          parent,
              const char  *name,
              const char  *prefix,
              guint        depth,
              GError     **error)
{
  g_autofree char *key = *prefix != '\0' ? g_strconcat (prefix, "/", name, NULL) : g_strdup (name);
  struct stat info;
  gboolean ok;
  int fd;

  if (fstatat (parent, name, &info, AT_SYMLINK_NOFOLLOW) != 0)
    return errno == ENOENT || sage_throw_errno (error, "Cannot read '%s'", key);
  if (!S_ISREG (info.st_mode) && !S_ISDIR (info.st_mode))
    return TRUE;
  if (!eng_s3_key_check (key, strlen (key), error))
    {
      g_autofree char *shown = g_strescape (key, NULL);

      g_prefix_error (error, "'%s': ", shown);
      return FALSE;
    }

  fd = openat (parent, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0)
    return sage_throw_errno (error, "Cannot open '%s'", key);
  if (S_ISDIR (info.st_mode))
    return upload_directory (self, fd, key, depth + 1, error);

  ok = eng_objects_put_fd (self->objects, self->bucket, key, fd, key, NULL, error);
  close (fd);
  if (ok)
    self->n_files++;

  return ok;
}

/* Uploads what is in the directory @fd, which it closes. */
static gboolean
upload_directory (Upload      *self,
                  int          fd,
                  const char  *prefix,
                  guint        depth,
                  GError     **error)
{
  DIR *dir = fdopendir (fd);
  struct dirent *entry;
  gboolean ok = TRUE;

  if (dir == NULL)
    {
      sage_throw_errno (error, "Cannot read the directory '%s'", prefix);
      close (fd);
      return FALSE;
    }

  if (depth > DEPTH_MAX)
    ok = sage_throw (error, SAGE_ERROR_LIMIT, "The directory '%s' is nested too deep", prefix);
  while (ok && (entry = readdir (dir)) != NULL)
    if (strcmp (entry->d_name, ".") != 0 && strcmp (entry->d_name, "..") != 0)
      ok = upload_entry (self, dirfd (dir), entry->d_name, prefix, depth, error);
  closedir (dir);

  return ok;
}

/**
 * eng_objects_upload_directory:
 * @objects: the object store
 * @directory: what to upload; nobody's links in it are followed
 * @s3_uri: the prefix, to which a slash and each file's relative path are added
 * @n_files: (out) (optional): how many files were uploaded
 * @error: (out) (optional): where the error goes
 *
 * Stores every regular file below @directory. Files that are there when it fails stay.
 *
 * Returns: whether all are stored; fails as eng_objects_put_file() does
 */
gboolean
eng_objects_upload_directory (EngObjects  *objects,
                              const char  *directory,
                              const char  *s3_uri,
                              guint       *n_files,
                              GError     **error)
{
  g_auto(EngS3Uri) uri = { 0 };
  Upload self = { .objects = objects };
  int fd;

  if (!eng_s3_uri_parse (s3_uri, &uri, error))
    return FALSE;

  fd = open (directory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0)
    return sage_throw_errno (error, "Cannot open the directory '%s'", directory);

  if (g_str_has_suffix (uri.key, "/"))
    uri.key[strlen (uri.key) - 1] = '\0';
  self.bucket = uri.bucket;
  if (!upload_directory (&self, fd, uri.key, 0, error))
    {
      g_prefix_error (error, "Uploading to %s: ", s3_uri);
      return FALSE;
    }

  if (n_files != NULL)
    *n_files = self.n_files;

  return TRUE;
}
