/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-objects"

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "eng-objects-private.h"
#include "sage-error.h"

/* Between reading a row and opening its file a PUT may have replaced both; each try means that a
 * whole other PUT went through. */
#define OPEN_TRIES 16

/**
 * eng_objects_new:
 * @store: the database; outlives the object store
 * @directory: where the files go; made if it is missing
 * @error: (out) (optional): where the error goes
 *
 * Opens the object store and removes what an earlier crash left behind.
 *
 * Returns: (transfer full): the object store
 */
EngObjects *
eng_objects_new (EngStore    *store,
                 const char  *directory,
                 GError     **error)
{
  g_autoptr(EngObjects) objects = g_new0 (EngObjects, 1);

  objects->store = store;
  objects->blobs = g_build_filename (directory, "blobs", NULL);
  objects->temporary = g_build_filename (directory, "unfinished", NULL);
  g_mutex_init (&objects->lock);
  g_cond_init (&objects->checked);
  objects->sound = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  objects->checking = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  if (!eng_blobs_prepare (objects, error) || !eng_uploads_expire (objects, error) ||
      !eng_blobs_collect (objects, error))
    {
      g_prefix_error (error, "Opening the object store: ");
      return NULL;
    }

  return g_steal_pointer (&objects);
}

/**
 * eng_objects_free:
 * @objects: (nullable): the object store; no call is under way
 *
 * Frees @objects.
 */
void
eng_objects_free (EngObjects *objects)
{
  if (objects == NULL)
    return;

  g_hash_table_unref (objects->sound);
  g_hash_table_unref (objects->checking);
  g_mutex_clear (&objects->lock);
  g_cond_clear (&objects->checked);
  g_free (objects->blobs);
  g_free (objects->temporary);
  g_free (objects);
}

/**
 * eng_object_free:
 * @object: (nullable): the object's description
 *
 * Frees the description, not what it describes.
 */
void
eng_object_free (EngObject *object)
{
  if (object == NULL)
    return;

  g_free (object->bucket);
  g_free (object->key);
  g_free (object->etag);
  g_free (object->sha256);
  g_free (object->content_type);
  g_free (object->path);
  g_free (object->headers);
  g_free (object);
}

/* The key as the database holds it. */
GBytes *
eng_key_bytes (const char *key)
{
  return g_bytes_new (key, strlen (key));
}

/* Reads a row of ENG_OBJECT_COLUMNS. */
EngObject *
eng_object_from_row (EngObjects *objects,
                     const char *bucket,
                     EngRows    *rows)
{
  enum { KEY, SIZE, MODIFIED, ETAG, SHA256, CONTENT_TYPE, HEADERS, BLOB, BLOB_MTIME };
  EngObject *object = g_new0 (EngObject, 1);

  object->bucket = g_strdup (bucket);
  object->key = eng_rows_dup_text (rows, KEY);
  object->size = eng_rows_int (rows, SIZE);
  object->modified = eng_rows_double (rows, MODIFIED);
  object->etag = eng_rows_dup_text (rows, ETAG);
  object->sha256 = eng_rows_dup_text (rows, SHA256);
  object->content_type = eng_rows_dup_text (rows, CONTENT_TYPE);
  object->headers = eng_rows_dup_text (rows, HEADERS);
  object->path = eng_blob_path (objects, eng_rows_text (rows, BLOB));
  object->file_mtime = eng_rows_int (rows, BLOB_MTIME);

  return object;
}

/**
 * eng_objects_stat:
 * @objects: the object store
 * @bucket: the bucket
 * @key: the key
 * @error: (out) (optional): where the error goes
 *
 * Returns: (transfer full): what the store knows of the object, or %NULL with
 *   %SAGE_ERROR_NOT_FOUND
 */
EngObject *
eng_objects_stat (EngObjects  *objects,
                  const char  *bucket,
                  const char  *key,
                  GError     **error)
{
  g_autoptr(EngReader) reader = eng_store_reader (objects->store, error);
  g_autoptr(GBytes) key_bytes = eng_key_bytes (key);
  g_autoptr(EngRows) rows = NULL;
  g_autoptr(GError) local = NULL;

  if (reader == NULL)
    return NULL;

  rows = eng_query (reader, error,
                    "SELECT " ENG_OBJECT_COLUMNS " FROM object WHERE bucket = ?1 AND key = ?2",
                    "tb", bucket, key_bytes);
  if (rows == NULL)
    return NULL;

  if (eng_rows_next (rows, &local))
    return eng_object_from_row (objects, bucket, rows);

  if (local != NULL)
    g_propagate_error (error, g_steal_pointer (&local));
  else
    sage_throw (error, SAGE_ERROR_NOT_FOUND, "There is no object s3://%s/%s", bucket, key);

  return NULL;
}

/**
 * eng_objects_open:
 * @objects: the object store
 * @object: what eng_objects_stat() or a listing returned
 * @error: (out) (optional): where the error goes
 *
 * Opens the object's file after checking its content against the SHA-256 it was stored with:
 * small ones each time, large ones once and when their file changed.
 *
 * Returns: a descriptor to read from its start; or -1: %SAGE_ERROR_CORRUPT names the object,
 *   %SAGE_ERROR_NOT_FOUND says that it was replaced or deleted since @object was read
 */
int
eng_objects_open (EngObjects       *objects,
                  const EngObject  *object,
                  GError          **error)
{
  int fd = open (object->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  g_autoptr(EngObject) now = NULL;

  if (fd >= 0)
    {
      if (eng_blob_check (objects, object, fd, error))
        return fd;
      close (fd);
      return -1;
    }

  if (errno != ENOENT)
    {
      sage_throw_errno (error, "Cannot open s3://%s/%s", object->bucket, object->key);
      return -1;
    }

  now = eng_objects_stat (objects, object->bucket, object->key, error);
  if (now == NULL)
    return -1;

  if (strcmp (now->path, object->path) == 0)
    sage_throw (error, SAGE_ERROR_CORRUPT, "s3://%s/%s is damaged: its file '%s' is missing",
                object->bucket, object->key, object->path);
  else
    sage_throw (error, SAGE_ERROR_NOT_FOUND, "s3://%s/%s was replaced meanwhile", object->bucket,
                object->key);

  return -1;
}

/**
 * eng_objects_open_key:
 * @objects: the object store
 * @bucket: the bucket
 * @key: the key
 * @fd: (out): a descriptor of the checked content
 * @error: (out) (optional): where the error goes
 *
 * Looks up and opens an object in one go: description and descriptor are of the same version,
 * however many writers there are.
 *
 * Returns: (transfer full): the object, or %NULL as eng_objects_open() fails
 */
EngObject *
eng_objects_open_key (EngObjects  *objects,
                      const char  *bucket,
                      const char  *key,
                      int         *fd,
                      GError     **error)
{
  for (guint i = 0; i < OPEN_TRIES; i++)
    {
      g_autoptr(EngObject) object = eng_objects_stat (objects, bucket, key, error);
      g_autoptr(GError) local = NULL;

      if (object == NULL)
        return NULL;

      *fd = eng_objects_open (objects, object, &local);
      if (*fd >= 0)
        return g_steal_pointer (&object);
      if (!g_error_matches (local, SAGE_ERROR, SAGE_ERROR_NOT_FOUND))
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return NULL;
        }
    }

  sage_throw (error, SAGE_ERROR_BUSY, "s3://%s/%s is replaced faster than it can be read", bucket,
              key);

  return NULL;
}

/**
 * eng_objects_read:
 * @objects: the object store
 * @s3_uri: the object
 * @max_bytes: more is %SAGE_ERROR_TOO_LARGE
 * @error: (out) (optional): where the error goes
 *
 * Returns: (transfer full): the whole content, checked
 */
GBytes *
eng_objects_read (EngObjects  *objects,
                  const char  *s3_uri,
                  gsize        max_bytes,
                  GError     **error)
{
  g_auto(EngS3Uri) uri = { 0 };
  g_autoptr(EngObject) object = NULL;
  g_autofree char *data = NULL;
  gsize length = 0;
  int fd = -1;

  if (!eng_s3_uri_parse (s3_uri, &uri, error))
    return NULL;
  object = eng_objects_open_key (objects, uri.bucket, uri.key, &fd, error);
  if (object == NULL)
    return NULL;

  if ((guint64) object->size > max_bytes)
    {
      close (fd);
      sage_throw (error, SAGE_ERROR_TOO_LARGE, "%s has %" G_GINT64_FORMAT " bytes, at most %"
                  G_GSIZE_FORMAT " are allowed", s3_uri, object->size, max_bytes);
      return NULL;
    }

  data = g_malloc ((gsize) object->size + 1);
  while (length < (gsize) object->size)
    {
      ssize_t n = pread (fd, data + length, (gsize) object->size - length, (off_t) length);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        break;
      length += (gsize) n;
    }
  close (fd);

  if (length != (gsize) object->size)
    {
      sage_throw (error, SAGE_ERROR_IO, "Cannot read %s", s3_uri);
      return NULL;
    }

  return g_bytes_new_take (g_steal_pointer (&data), length);
}
