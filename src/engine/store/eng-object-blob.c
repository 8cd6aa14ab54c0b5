/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-objects"

#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "eng-objects-private.h"
#include "sage-digest.h"
#include "sage-error.h"
#include "sage-failpoint.h"
#include "sage-file.h"

#define BLOB_ID_BYTES 16
#define SOUND_MAX 65536

/* A crash leaves files that no row names; a day is more than any write takes. */
#define ORPHAN_SECONDS (24 * 60 * 60)

/* A large file as it was when its content was found to be right. */
typedef struct
{
  gint64 size;
  gint64 mtime; /* nanoseconds; not ctime, which every job that links the file would move */
} EngSeen;

static gint64
nanoseconds (const struct timespec *time)
{
  return (gint64) time->tv_sec * G_GINT64_CONSTANT (1000000000) + time->tv_nsec;
}

/* A name for a new file: random, so that nothing a client sends can choose or guess it. */
char *
eng_blob_id (void)
{
  guint8 random[BLOB_ID_BYTES];

  while (getrandom (random, sizeof random, 0) != (ssize_t) sizeof random)
    continue;

  return sage_hex (random, sizeof random);
}

char *
eng_blob_path (EngObjects *objects,
               const char *id)
{
  return g_strdup_printf ("%s/%.2s/%s", objects->blobs, id, id);
}

void
eng_blob_clear (EngBlob *blob)
{
  g_clear_pointer (&blob->id, g_free);
  g_clear_pointer (&blob->path, g_free);
}

/* Makes the directory that a file goes to, durably, when the first one goes there: to make all 256
 * at the first start would take most of its time. */
static gboolean
blob_make_directory (EngObjects  *objects,
                     const char  *id,
                     GError     **error)
{
  guint slot = (guint) (g_ascii_xdigit_value (id[0]) << 4 | g_ascii_xdigit_value (id[1]));
  g_autofree char *directory = g_strdup_printf ("%s/%.2s", objects->blobs, id);
  gboolean made;

  g_mutex_lock (&objects->lock);
  made = objects->made[slot];
  g_mutex_unlock (&objects->lock);
  if (made)
    return TRUE;

  /* one that is there already may still be on its way to the disk, by another thread's hand */
  if (!sage_dir_make (directory, 0700, error) || !sage_dir_sync (objects->blobs, error))
    return FALSE;

  g_mutex_lock (&objects->lock);
  objects->made[slot] = TRUE;
  g_mutex_unlock (&objects->lock);

  return TRUE;
}

static gboolean
blob_sync_directory (EngObjects  *objects,
                     const char  *id,
                     GError     **error)
{
  g_autofree char *directory = g_strdup_printf ("%s/%.2s", objects->blobs, id);

  return sage_dir_sync (directory, error);
}

/* Gives the synced file @temporary its final name, durably. */
gboolean
eng_blob_publish (EngObjects  *objects,
                  const char  *id,
                  const char  *temporary,
                  EngBlob     *blob,
                  GError     **error)
{
  g_autofree char *path = eng_blob_path (objects, id);
  struct stat info;

  if (!blob_make_directory (objects, id, error))
    return FALSE;
  if (stat (temporary, &info) != 0 || rename (temporary, path) != 0)
    return sage_throw_errno (error, "Cannot store the object's file '%s'", path);

  SAGE_FAILPOINT ("object-renamed");

  if (!blob_sync_directory (objects, id, error))
    {
      unlink (path);
      return FALSE;
    }

  blob->id = g_strdup (id);
  blob->path = g_steal_pointer (&path);
  blob->mtime = nanoseconds (&info.st_mtim);

  return TRUE;
}

/* Gives the open file of another object a second name, durably: a copy that costs no bytes. */
gboolean
eng_blob_link (EngObjects  *objects,
               int          fd,
               EngBlob     *blob,
               GError     **error)
{
  g_autofree char *id = eng_blob_id ();
  g_autofree char *path = eng_blob_path (objects, id);
  g_autofree char *source = g_strdup_printf ("/proc/self/fd/%d", fd);
  struct stat info;

  if (!blob_make_directory (objects, id, error))
    return FALSE;
  if (fstat (fd, &info) != 0 ||
      linkat (AT_FDCWD, source, AT_FDCWD, path, AT_SYMLINK_FOLLOW) != 0)
    return sage_throw_errno (error, "Cannot link the object's file '%s'", path);

  if (!blob_sync_directory (objects, id, error))
    {
      unlink (path);
      return FALSE;
    }

  blob->id = g_steal_pointer (&id);
  blob->path = g_steal_pointer (&path);
  blob->mtime = nanoseconds (&info.st_mtim);

  return TRUE;
}

/* Removes a file that no row names any more. Who has it open keeps reading it. */
void
eng_blob_remove (EngObjects *objects,
                 const char *id)
{
  g_autofree char *path = eng_blob_path (objects, id);

  if (unlink (path) != 0 && errno != ENOENT)
    g_warning ("Cannot remove the unused file '%s': %s", path, g_strerror (errno));

  g_mutex_lock (&objects->lock);
  g_hash_table_remove (objects->sound, path);
  g_mutex_unlock (&objects->lock);
}

/* Remembers, under the lock, that the file at @path is as its row says. */
static void
remember_sound (EngObjects        *objects,
                const char        *path,
                const struct stat *info)
{
  EngSeen *seen = g_new (EngSeen, 1);

  seen->size = info->st_size;
  seen->mtime = nanoseconds (&info->st_mtim);
  if (g_hash_table_size (objects->sound) >= SOUND_MAX)
    g_hash_table_remove_all (objects->sound);
  g_hash_table_insert (objects->sound, g_strdup (path), seen);
}

/* Spares a file that this process has just written its first check. */
void
eng_blob_trust (EngObjects    *objects,
                const EngBlob *blob,
                gint64         size)
{
  struct stat info;

  if (size <= ENG_OBJECT_SMALL || stat (blob->path, &info) != 0)
    return;

  g_mutex_lock (&objects->lock);
  remember_sound (objects, blob->path, &info);
  g_mutex_unlock (&objects->lock);
}

/* Reads the whole of @fd against the SHA-256 of @object. */
static gboolean
blob_read_through (const EngObject  *object,
                   int               fd,
                   GError          **error)
{
  g_autoptr(SageDigest) digest = sage_digest_new (SAGE_DIGEST_SHA256);
  g_autofree guint8 *buffer = g_malloc (256 * 1024);
  guint8 sum[SAGE_SHA256_SIZE];
  g_autofree char *hex = NULL;
  gint64 offset = 0;
  ssize_t n;

  while ((n = pread (fd, buffer, 256 * 1024, offset)) != 0)
    {
      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return sage_throw_errno (error, "Cannot read s3://%s/%s", object->bucket, object->key);
      sage_digest_update (digest, buffer, (gsize) n);
      offset += n;
    }

  sage_digest_finish (digest, sum);
  hex = sage_hex (sum, sizeof sum);
  if (offset != object->size || strcmp (hex, object->sha256) != 0)
    return sage_throw (error, SAGE_ERROR_CORRUPT,
                       "s3://%s/%s is damaged: its file '%s' does not have the SHA-256 it was "
                       "stored with",
                       object->bucket, object->key, object->path);

  return TRUE;
}

/* Whether the file is known to be right. Called with the lock held. */
static gboolean
is_sound (EngObjects        *objects,
          const char        *path,
          const struct stat *info)
{
  const EngSeen *seen = g_hash_table_lookup (objects->sound, path);

  return seen != NULL && seen->size == info->st_size &&
         seen->mtime == nanoseconds (&info->st_mtim);
}

/* Checks a large file once in the life of this process and again whenever its time stamps or size
 * change. Several readers of one file (a client fetching ranges) wait for the first to check it. */
static gboolean
blob_check_large (EngObjects       *objects,
                  const EngObject  *object,
                  int               fd,
                  struct stat      *info,
                  GError          **error)
{
  gboolean ok;

  g_mutex_lock (&objects->lock);
  while (g_hash_table_contains (objects->checking, object->path))
    g_cond_wait (&objects->checked, &objects->lock);
  if (is_sound (objects, object->path, info))
    {
      g_mutex_unlock (&objects->lock);
      return TRUE;
    }
  g_hash_table_add (objects->checking, g_strdup (object->path));
  g_mutex_unlock (&objects->lock);

  ok = blob_read_through (object, fd, error);

  g_mutex_lock (&objects->lock);
  if (ok)
    remember_sound (objects, object->path, info);
  g_hash_table_remove (objects->checking, object->path);
  g_cond_broadcast (&objects->checked);
  g_mutex_unlock (&objects->lock);

  return ok;
}

/* Whether the open file of @object holds what was stored; small files are read each time. */
gboolean
eng_blob_check (EngObjects       *objects,
                const EngObject  *object,
                int               fd,
                GError          **error)
{
  struct stat info;

  if (fstat (fd, &info) != 0)
    return sage_throw_errno (error, "Cannot read s3://%s/%s", object->bucket, object->key);
  if (info.st_size != object->size)
    return sage_throw (error, SAGE_ERROR_CORRUPT,
                       "s3://%s/%s is damaged: its file '%s' has %" G_GINT64_FORMAT
                       " bytes instead of %" G_GINT64_FORMAT, object->bucket, object->key,
                       object->path, (gint64) info.st_size, object->size);

  if (object->size <= ENG_OBJECT_SMALL)
    return blob_read_through (object, fd, error);

  return blob_check_large (objects, object, fd, &info, error);
}

/* Makes the directories, and empties the one of unfinished files: nobody is writing them now. */
gboolean
eng_blobs_prepare (EngObjects  *objects,
                   GError     **error)
{
  g_autofree char *parent = g_path_get_dirname (objects->blobs);

  return sage_dir_remove (objects->temporary, error) &&
         sage_dir_make (objects->temporary, 0700, error) &&
         sage_dir_make (objects->blobs, 0700, error) && sage_dir_sync (parent, error);
}

/* Every file that a row names. */
static GHashTable *
referenced_blobs (EngConnection  *reader,
                  GError        **error)
{
  g_autoptr(GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr(EngRows) rows = NULL;
  g_autoptr(GError) local = NULL;

  rows = eng_query (reader, error, "SELECT blob FROM object UNION ALL SELECT blob FROM upload_part",
                    "");
  if (rows == NULL)
    return NULL;

  while (eng_rows_next (rows, &local))
    g_hash_table_add (names, eng_rows_dup_text (rows, 0));
  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }

  return g_steal_pointer (&names);
}

/* Removes the old files of one directory that are not in @names. The age is that of the name
 * (ctime), not of the bytes: a linked copy of an old object is young. */
static guint
collect_directory (const char *path,
                   GHashTable *names)
{
  DIR *dir = opendir (path);
  gint64 limit = g_get_real_time () / G_USEC_PER_SEC - ORPHAN_SECONDS;
  struct dirent *entry;
  struct stat info;
  guint removed = 0;

  if (dir == NULL)
    return 0;

  while ((entry = readdir (dir)) != NULL)
    {
      if (entry->d_name[0] == '.' || g_hash_table_contains (names, entry->d_name))
        continue;
      if (fstatat (dirfd (dir), entry->d_name, &info, AT_SYMLINK_NOFOLLOW) == 0 &&
          info.st_ctim.tv_sec < limit && unlinkat (dirfd (dir), entry->d_name, 0) == 0)
        removed++;
    }
  closedir (dir);

  return removed;
}

/* Removes what crashes left behind: files over a day old that no row names. A database without a
 * single bucket beside files is more likely the wrong database than a store of nothing but
 * orphans, so nothing is removed then. */
gboolean
eng_blobs_collect (EngObjects  *objects,
                   GError     **error)
{
  g_autoptr(EngReader) reader = eng_store_reader (objects->store, error);
  g_autoptr(EngRows) rows = NULL;
  g_autoptr(GHashTable) names = NULL;
  guint removed = 0;

  if (reader == NULL)
    return FALSE;

  rows = eng_query (reader, error, "SELECT 1 FROM bucket LIMIT 1", "");
  if (rows == NULL)
    return FALSE;
  if (!eng_rows_next (rows, NULL))
    return TRUE;

  names = referenced_blobs (reader, error);
  if (names == NULL)
    return FALSE;

  for (guint i = 0; i < 256; i++)
    {
      g_autofree char *path = g_strdup_printf ("%s/%02x", objects->blobs, i);

      removed += collect_directory (path, names);
    }

  if (removed > 0)
    g_message ("Removed %u files that no object names", removed);

  return TRUE;
}
