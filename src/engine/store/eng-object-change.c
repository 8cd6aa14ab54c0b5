/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-objects"

#include "config.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "eng-audit.h"
#include "eng-objects-private.h"
#include "sage-error.h"
#include "sage-failpoint.h"

/* Writes the audit row of a change that somebody asked for. @key may be NULL: the bucket itself. */
gboolean
eng_objects_audit (EngTx                  *tx,
                   const EngObjectCaller  *caller,
                   const char             *bucket,
                   const char             *key,
                   GError                **error)
{
  g_autofree char *target = NULL;

  if (caller == NULL)
    return TRUE;

  target = key != NULL ? g_strdup_printf ("s3://%s/%s", bucket, key)
                       : g_strdup_printf ("s3://%s", bucket);

  return eng_tx_audit (tx, caller->principal, caller->source, caller->operation, target,
                       caller->request_id, "ok", error);
}

/* Finds what the row names now, and whether the conditions of @put allow to replace it. */
static gboolean
check_replaced (EngTx         *tx,
                EngObjectPut  *put,
                GBytes        *key,
                GError       **error)
{
  const EngObjectCommit *commit = put->commit;
  g_autoptr(GError) local = NULL;
  g_autoptr(EngRows) rows = eng_query (tx->connection, error,
                                       "SELECT etag, blob FROM object"
                                       " WHERE bucket = ?1 AND key = ?2",
                                       "tb", commit->bucket, key);

  if (rows == NULL)
    return FALSE;

  if (!eng_rows_next (rows, &local))
    {
      if (local != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
      return commit->if_match == NULL ||
             sage_throw (error, SAGE_ERROR_NOT_FOUND, "There is no object s3://%s/%s",
                         commit->bucket, commit->key);
    }

  if (commit->only_if_absent)
    return sage_throw (error, SAGE_ERROR_EXISTS, "s3://%s/%s exists", commit->bucket, commit->key);
  if (commit->if_match != NULL && strcmp (commit->if_match, eng_rows_text (rows, 0)) != 0 &&
      strcmp (commit->if_match, "*") != 0)
    return sage_throw (error, SAGE_ERROR_CONFLICT, "s3://%s/%s has another ETag", commit->bucket,
                       commit->key);
  put->replaced = eng_rows_dup_text (rows, 1);

  return TRUE;
}

static gboolean
put_row (EngTx         *tx,
         EngObjectPut  *put,
         GError       **error)
{
  const EngObjectCommit *commit = put->commit;
  g_autoptr(GBytes) key = eng_key_bytes (commit->key);

  if (!eng_objects_need_bucket (tx->connection, commit->bucket, error) ||
      !check_replaced (tx, put, key, error))
    return FALSE;

  put->modified = tx->now;

  return eng_exec (tx->connection, error,
                   "INSERT OR REPLACE INTO object (bucket, key, size, modified, etag, sha256,"
                   " content_type, headers, blob, blob_mtime)"
                   " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
                   "tbidttttti", commit->bucket, key, put->size, tx->now, put->etag, put->sha256,
                   put->content_type, put->headers, put->blob->id, put->blob->mtime) &&
         eng_objects_audit (tx, commit->caller, commit->bucket, commit->key, error);
}

/* Writes the object's row; part of a transaction. */
gboolean
eng_object_put_row (EngTx         *tx,
                    EngObjectPut  *put,
                    GError       **error)
{
  g_clear_pointer (&put->replaced, g_free);
  put->refused = !put_row (tx, put, error);

  return !put->refused;
}

static gboolean
put_row_cb (EngTx     *tx,
            gpointer   user_data,
            GError   **error)
{
  return eng_object_put_row (tx, user_data, error);
}

/* Describes what was written. */
EngObject *
eng_object_put_result (const EngObjectPut *put)
{
  EngObject *object = g_new0 (EngObject, 1);

  object->bucket = g_strdup (put->commit->bucket);
  object->key = g_strdup (put->commit->key);
  object->size = put->size;
  object->modified = put->modified;
  object->etag = g_strdup (put->etag);
  object->sha256 = g_strdup (put->sha256);
  object->content_type = g_strdup (put->content_type);
  object->path = g_strdup (put->blob->path);
  object->headers = g_strdup (put->headers);
  object->file_mtime = put->blob->mtime;

  return object;
}

/* Makes the durable file of @put an object. The file it replaces goes after the commit. When the
 * commit itself failed the row may be on the disk all the same, so then the new file stays, for
 * the collection of orphans to judge. */
EngObject *
eng_object_put (EngObjectPut  *put,
                GError       **error)
{
  g_autofree char *replaced = NULL;

  if (put->content_type == NULL)
    put->content_type = "application/octet-stream";

  if (!eng_store_write (put->objects->store, put_row_cb, put, error))
    {
      g_clear_pointer (&put->replaced, g_free);
      if (put->refused)
        eng_blob_remove (put->objects, put->blob->id);
      return NULL;
    }

  SAGE_FAILPOINT ("object-committed");

  replaced = g_steal_pointer (&put->replaced);
  if (replaced != NULL)
    eng_blob_remove (put->objects, replaced);

  return eng_object_put_result (put);
}

/**
 * eng_objects_put_bytes:
 * @objects: the object store
 * @bucket: an existing bucket
 * @key: the key; an object there is replaced
 * @bytes: the content
 * @content_type: (nullable): the MIME type
 * @error: (out) (optional): where the error goes
 *
 * Stores an object, durably when this returns.
 *
 * Returns: whether it is stored; fails as eng_object_writer_commit() does
 */
gboolean
eng_objects_put_bytes (EngObjects  *objects,
                       const char  *bucket,
                       const char  *key,
                       GBytes      *bytes,
                       const char  *content_type,
                       GError     **error)
{
  EngObjectCommit commit = { .bucket = bucket, .key = key, .content_type = content_type };
  g_autoptr(EngObjectWriter) writer = eng_object_writer_new (objects, 0, error);
  g_autoptr(EngObject) object = NULL;
  gsize length;
  gconstpointer data = g_bytes_get_data (bytes, &length);

  if (writer == NULL || !eng_object_writer_write (writer, data, length, error))
    return FALSE;

  object = eng_object_writer_commit (writer, &commit, error);

  return object != NULL;
}

/**
 * eng_objects_put_file:
 * @objects: the object store
 * @bucket: an existing bucket
 * @key: the key; an object there is replaced
 * @path: a regular file to copy; a symbolic link is refused
 * @content_type: (nullable): the MIME type
 * @error: (out) (optional): where the error goes
 *
 * Stores a copy of a file as an object, durably when this returns.
 *
 * Returns: whether it is stored; fails as eng_object_writer_commit() does
 */
gboolean
eng_objects_put_file (EngObjects  *objects,
                      const char  *bucket,
                      const char  *key,
                      const char  *path,
                      const char  *content_type,
                      GError     **error)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  gboolean ok;

  if (fd < 0)
    return sage_throw_errno (error, "Cannot open '%s'", path);

  ok = eng_objects_put_fd (objects, bucket, key, fd, path, content_type, error);
  close (fd);

  return ok;
}

/* The state of one delete. */
typedef struct
{
  const char            *bucket;
  const char * const    *keys;
  const EngObjectCaller *caller; /* (nullable) */
  GPtrArray             *blobs;  /* (owned): of char *: the files that lost their rows */
} Delete;

static gboolean
delete_key (EngTx       *tx,
            Delete      *state,
            const char  *key,
            GError     **error)
{
  g_autoptr(GBytes) key_bytes = eng_key_bytes (key);
  g_autoptr(GError) local = NULL;
  g_autoptr(EngRows) rows = eng_query (tx->connection, error,
                                       "DELETE FROM object WHERE bucket = ?1 AND key = ?2"
                                       " RETURNING blob",
                                       "tb", state->bucket, key_bytes);

  if (rows == NULL)
    return FALSE;

  while (eng_rows_next (rows, &local))
    g_ptr_array_add (state->blobs, eng_rows_dup_text (rows, 0));
  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }

  return eng_objects_audit (tx, state->caller, state->bucket, key, error);
}

static gboolean
delete_keys (EngTx     *tx,
             gpointer   user_data,
             GError   **error)
{
  Delete *state = user_data;

  if (!eng_objects_need_bucket (tx->connection, state->bucket, error))
    return FALSE;

  for (guint i = 0; state->keys[i] != NULL; i++)
    if (!delete_key (tx, state, state->keys[i], error))
      return FALSE;

  return TRUE;
}

/**
 * eng_objects_delete:
 * @objects: the object store
 * @bucket: the bucket
 * @keys: (array zero-terminated=1): the keys; one that names nothing is no error
 * @caller: (nullable): who asked
 * @error: (out) (optional): where the error goes
 *
 * Deletes objects, all in one transaction.
 *
 * Returns: whether they are gone; else %SAGE_ERROR_NOT_FOUND (no such bucket)
 */
gboolean
eng_objects_delete (EngObjects             *objects,
                    const char             *bucket,
                    const char * const     *keys,
                    const EngObjectCaller  *caller,
                    GError                **error)
{
  g_autoptr(GPtrArray) blobs = g_ptr_array_new_with_free_func (g_free);
  Delete state = { .bucket = bucket, .keys = keys, .caller = caller, .blobs = blobs };

  if (!eng_store_write (objects->store, delete_keys, &state, error))
    return FALSE;

  for (guint i = 0; i < blobs->len; i++)
    eng_blob_remove (objects, g_ptr_array_index (blobs, i));

  return TRUE;
}

/* Copies the bytes of @fd into a file of their own. */
static EngObject *
copy_bytes (EngObjects             *objects,
            const EngObject        *source,
            int                     fd,
            const EngObjectCommit  *commit,
            GError                **error)
{
  g_autoptr(EngObjectWriter) writer = eng_object_writer_new (objects, 0, error);

  if (writer == NULL ||
      !eng_object_writer_copy (writer, fd, 0, source->size, source->path, error))
    return NULL;

  return eng_object_writer_commit (writer, commit, error);
}

/**
 * eng_objects_copy:
 * @objects: the object store
 * @source: what to copy
 * @fd: its open file, from eng_objects_open_key()
 * @commit: the object that the copy becomes; its etag is the source's unless given
 * @error: (out) (optional): where the error goes
 *
 * Copies an object inside the store: the two share the bytes, which nobody ever changes. The bytes
 * themselves are copied only when the source was deleted since it was opened.
 *
 * Returns: (transfer full): the copy; fails as eng_object_writer_commit() does
 */
EngObject *
eng_objects_copy (EngObjects             *objects,
                  const EngObject        *source,
                  int                     fd,
                  const EngObjectCommit  *commit,
                  GError                **error)
{
  g_auto(EngBlob) blob = { 0 };
  EngObjectPut put = {
    .objects = objects,
    .commit = commit,
    .blob = &blob,
    .size = source->size,
    .etag = commit->etag != NULL ? commit->etag : source->etag,
    .sha256 = source->sha256,
    .content_type = commit->content_type,
    .headers = commit->headers,
  };
  g_autoptr(GError) local = NULL;

  if (!eng_objects_check_name (commit->bucket, commit->key, error))
    return NULL;

  if (!eng_blob_link (objects, fd, &blob, &local))
    {
      if (g_error_matches (local, SAGE_ERROR, SAGE_ERROR_NOT_FOUND))
        return copy_bytes (objects, source, fd, commit, error);
      g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }
  eng_blob_trust (objects, &blob, source->size);

  return eng_object_put (&put, error);
}
