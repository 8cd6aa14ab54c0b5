/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-objects"

#include "config.h"

#include <string.h>

#include "eng-objects-private.h"
#include "sage-digest.h"
#include "sage-error.h"
#include "sage-time.h"

#define UPLOAD_COLUMNS \
  "id, bucket, key, owner, initiated, content_type, headers, algorithm, checksum_type, etag"
#define PART_COLUMNS "number, size, modified, etag, sha256, checksum, blob"

/* How long a finished upload is remembered, so that a client whose reply got lost may ask again. */
#define COMPLETED_SECONDS (24 * 60 * 60)

/**
 * eng_upload_free:
 * @upload: (nullable): an upload's description
 *
 * Frees the description.
 */
void
eng_upload_free (EngUpload *upload)
{
  if (upload == NULL)
    return;

  g_free (upload->id);
  g_free (upload->bucket);
  g_free (upload->key);
  g_free (upload->owner);
  g_free (upload->content_type);
  g_free (upload->headers);
  g_free (upload->algorithm);
  g_free (upload->checksum_type);
  g_free (upload->etag);
  g_free (upload);
}

/**
 * eng_part_free:
 * @part: (nullable): a part's description
 *
 * Frees the description.
 */
void
eng_part_free (EngPart *part)
{
  if (part == NULL)
    return;

  g_free (part->etag);
  g_free (part->sha256);
  g_free (part->checksum);
  g_free (part->path);
  g_free (part);
}

static EngUpload *
upload_from_row (EngRows *rows)
{
  enum
  {
    ID, BUCKET, KEY, OWNER, INITIATED, CONTENT_TYPE, HEADERS, ALGORITHM, CHECKSUM_TYPE, ETAG
  };
  EngUpload *upload = g_new0 (EngUpload, 1);

  upload->id = eng_rows_dup_text (rows, ID);
  upload->bucket = eng_rows_dup_text (rows, BUCKET);
  upload->key = eng_rows_dup_text (rows, KEY);
  upload->owner = eng_rows_dup_text (rows, OWNER);
  upload->initiated = eng_rows_double (rows, INITIATED);
  upload->content_type = eng_rows_dup_text (rows, CONTENT_TYPE);
  upload->headers = eng_rows_dup_text (rows, HEADERS);
  upload->algorithm = eng_rows_dup_text (rows, ALGORITHM);
  upload->checksum_type = eng_rows_dup_text (rows, CHECKSUM_TYPE);
  upload->etag = eng_rows_dup_text (rows, ETAG);

  return upload;
}

static EngPart *
part_from_row (EngObjects *objects,
               EngRows    *rows)
{
  enum { NUMBER, SIZE, MODIFIED, ETAG, SHA256, CHECKSUM, BLOB };
  EngPart *part = g_new0 (EngPart, 1);

  part->number = (guint) eng_rows_int (rows, NUMBER);
  part->size = eng_rows_int (rows, SIZE);
  part->modified = eng_rows_double (rows, MODIFIED);
  part->etag = eng_rows_dup_text (rows, ETAG);
  part->sha256 = eng_rows_dup_text (rows, SHA256);
  part->checksum = eng_rows_dup_text (rows, CHECKSUM);
  part->path = eng_blob_path (objects, eng_rows_text (rows, BLOB));

  return part;
}

/* Finds the upload that @ref names: the id alone opens nothing, bucket, key and owner must be the
 * ones it was begun with. */
EngUpload *
eng_upload_find (EngConnection       *connection,
                 const EngUploadRef  *ref,
                 GError             **error)
{
  g_autoptr(GBytes) key = eng_key_bytes (ref->key);
  g_autoptr(GError) local = NULL;
  g_autoptr(EngRows) rows = eng_query (connection, error,
                                       "SELECT " UPLOAD_COLUMNS " FROM upload WHERE id = ?1"
                                       " AND bucket = ?2 AND key = ?3 AND owner = ?4",
                                       "ttbt", ref->upload, ref->bucket, key, ref->owner);

  if (rows == NULL)
    return NULL;
  if (eng_rows_next (rows, &local))
    return upload_from_row (rows);

  if (local != NULL)
    g_propagate_error (error, g_steal_pointer (&local));
  else
    sage_throw (error, SAGE_ERROR_NOT_FOUND, "There is no such upload of s3://%s/%s", ref->bucket,
                ref->key);

  return NULL;
}

/**
 * eng_upload_load:
 * @objects: the object store
 * @ref: the upload
 * @error: (out) (optional): where the error goes
 *
 * Returns: (transfer full): the upload, completed or not; or %NULL with %SAGE_ERROR_NOT_FOUND
 */
EngUpload *
eng_upload_load (EngObjects          *objects,
                 const EngUploadRef  *ref,
                 GError             **error)
{
  g_autoptr(EngReader) reader = eng_store_reader (objects->store, error);

  return reader != NULL ? eng_upload_find (reader, ref, error) : NULL;
}

/* A new upload's row. */
typedef struct
{
  const char            *id;
  const EngObjectCommit *commit;
  const char            *owner;
  const char            *algorithm;     /* (nullable) */
  const char            *checksum_type; /* (nullable) */
} Create;

static gboolean
create_cb (EngTx     *tx,
           gpointer   user_data,
           GError   **error)
{
  const Create *create = user_data;
  const EngObjectCommit *commit = create->commit;
  g_autoptr(GBytes) key = eng_key_bytes (commit->key);

  return eng_objects_need_bucket (tx->connection, commit->bucket, error) &&
         eng_exec (tx->connection, error,
                   "INSERT INTO upload (id, bucket, key, owner, initiated, content_type, headers,"
                   " algorithm, checksum_type) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                   "ttbtdtttt", create->id, commit->bucket, key, create->owner, tx->now,
                   commit->content_type != NULL ? commit->content_type : "application/octet-stream",
                   commit->headers, create->algorithm, create->checksum_type) &&
         eng_objects_audit (tx, commit->caller, commit->bucket, commit->key, error);
}

/**
 * eng_upload_create:
 * @objects: the object store
 * @commit: the object it is to become
 * @owner: the principal; only the same one may go on with it
 * @algorithm: (nullable): the checksum of its parts, "CRC32" and so on
 * @checksum_type: (nullable): "COMPOSITE" or "FULL_OBJECT"
 * @error: (out) (optional): where the error goes
 *
 * Returns: (transfer full): the upload's id; or %NULL: %SAGE_ERROR_NOT_FOUND (no such bucket),
 *   %SAGE_ERROR_INVALID
 */
char *
eng_upload_create (EngObjects             *objects,
                   const EngObjectCommit  *commit,
                   const char             *owner,
                   const char             *algorithm,
                   const char             *checksum_type,
                   GError                **error)
{
  g_autofree char *id = eng_blob_id ();
  Create create = {
    .id = id,
    .commit = commit,
    .owner = owner,
    .algorithm = algorithm,
    .checksum_type = checksum_type,
  };

  if (!eng_objects_check_name (commit->bucket, commit->key, error) ||
      !eng_store_write (objects->store, create_cb, &create, error))
    return NULL;

  return g_steal_pointer (&id);
}

/* A part's row. */
typedef struct
{
  const EngUploadRef *ref;
  EngPart            *part;
  const EngBlob      *blob;
  char               *replaced; /* (owned) (nullable): out: the file of the part sent before */
  gboolean            refused;  /* out */
} PutPart;

static gboolean
put_part_row (EngTx    *tx,
              PutPart  *put,
              GError  **error)
{
  const EngPart *part = put->part;
  g_autoptr(EngUpload) upload = eng_upload_find (tx->connection, put->ref, error);

  if (upload == NULL)
    return FALSE;
  if (upload->etag != NULL)
    return sage_throw (error, SAGE_ERROR_NOT_FOUND, "The upload of s3://%s/%s is complete",
                       put->ref->bucket, put->ref->key);

  {
    g_autoptr(GError) local = NULL;
    g_autoptr(EngRows) rows = eng_query (tx->connection, error,
                                         "SELECT blob FROM upload_part"
                                         " WHERE upload = ?1 AND number = ?2",
                                         "ti", upload->id, (gint64) part->number);

    if (rows == NULL)
      return FALSE;
    if (eng_rows_next (rows, &local))
      put->replaced = eng_rows_dup_text (rows, 0);
    if (local != NULL)
      {
        g_propagate_error (error, g_steal_pointer (&local));
        return FALSE;
      }
  }

  put->part->modified = tx->now;

  return eng_exec (tx->connection, error,
                   "INSERT OR REPLACE INTO upload_part (upload, number, size, modified, etag,"
                   " sha256, checksum, blob) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                   "tiidtttt", upload->id, (gint64) part->number, part->size, tx->now, part->etag,
                   part->sha256, part->checksum, put->blob->id) &&
         eng_objects_audit (tx, put->ref->caller, put->ref->bucket, put->ref->key, error);
}

static gboolean
put_part_cb (EngTx     *tx,
             gpointer   user_data,
             GError   **error)
{
  PutPart *put = user_data;

  put->refused = !put_part_row (tx, put, error);

  return !put->refused;
}

static char *
writer_hex (EngObjectWriter *writer,
            SageDigestKind   kind)
{
  guint8 value[SAGE_SHA256_SIZE];
  gsize length = eng_object_writer_digest (writer, kind, value);

  return sage_hex (value, length);
}

/**
 * eng_upload_put_part:
 * @writer: the part's bytes; of no further use afterwards
 * @ref: the upload
 * @number: 1 to %ENG_OBJECT_PARTS_MAX
 * @checksum: (nullable): base64, of the upload's algorithm
 * @error: (out) (optional): where the error goes
 *
 * Stores a part, in place of one of the same number.
 *
 * Returns: (transfer full): the part; or %NULL: %SAGE_ERROR_NOT_FOUND (no such upload),
 *   %SAGE_ERROR_INVALID, %SAGE_ERROR_NO_SPACE, %SAGE_ERROR_IO
 */
EngPart *
eng_upload_put_part (EngObjectWriter     *writer,
                     const EngUploadRef  *ref,
                     guint                number,
                     const char          *checksum,
                     GError             **error)
{
  EngObjects *objects = eng_object_writer_objects (writer);
  g_autoptr(EngPart) part = g_new0 (EngPart, 1);
  g_auto(EngBlob) blob = { 0 };
  PutPart put = { .ref = ref, .part = part, .blob = &blob };
  g_autofree char *replaced = NULL;
  gboolean ok;

  if (number < 1 || number > ENG_OBJECT_PARTS_MAX)
    {
      sage_throw (error, SAGE_ERROR_INVALID, "Part number %u is not between 1 and %d", number,
                  ENG_OBJECT_PARTS_MAX);
      return NULL;
    }

  part->number = number;
  part->size = eng_object_writer_size (writer);
  part->etag = writer_hex (writer, SAGE_DIGEST_MD5);
  part->sha256 = writer_hex (writer, SAGE_DIGEST_SHA256);
  part->checksum = g_strdup (checksum);
  if (!eng_object_writer_settle (writer, &blob, error))
    return NULL;
  part->path = g_strdup (blob.path);

  ok = eng_store_write (objects->store, put_part_cb, &put, error);
  replaced = put.replaced;
  if (!ok)
    {
      if (put.refused)
        eng_blob_remove (objects, blob.id);
      return NULL;
    }
  if (replaced != NULL)
    eng_blob_remove (objects, replaced);

  return g_steal_pointer (&part);
}

/* The parts of an upload in order, read on @connection. */
GPtrArray *
eng_upload_find_parts (EngObjects     *objects,
                       EngConnection  *connection,
                       const char     *upload,
                       guint           after,
                       guint           limit,
                       GError        **error)
{
  g_autoptr(GPtrArray) parts = g_ptr_array_new_with_free_func ((GDestroyNotify) eng_part_free);
  g_autoptr(GError) local = NULL;
  g_autoptr(EngRows) rows = eng_query (connection, error,
                                       "SELECT " PART_COLUMNS " FROM upload_part"
                                       " WHERE upload = ?1 AND number > ?2"
                                       " ORDER BY number LIMIT ?3",
                                       "tii", upload, (gint64) after, (gint64) limit);

  if (rows == NULL)
    return NULL;

  while (eng_rows_next (rows, &local))
    g_ptr_array_add (parts, part_from_row (objects, rows));
  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }

  return g_steal_pointer (&parts);
}

/**
 * eng_upload_parts:
 * @objects: the object store
 * @upload: the upload's id
 * @after: the part number that the page before ended with, or 0
 * @limit: how many at most
 * @error: (out) (optional): where the error goes
 *
 * Returns: (transfer full) (element-type EngPart): the parts that are there, by number
 */
GPtrArray *
eng_upload_parts (EngObjects  *objects,
                  const char  *upload,
                  guint        after,
                  guint        limit,
                  GError     **error)
{
  g_autoptr(EngReader) reader = eng_store_reader (objects->store, error);

  if (reader == NULL)
    return NULL;

  return eng_upload_find_parts (objects, reader, upload, after, limit, error);
}

/**
 * eng_uploads_list:
 * @objects: the object store
 * @bucket: the bucket
 * @prefix: (nullable): what keys must begin with
 * @after_key: (nullable): the key that the page before ended with
 * @after_id: (nullable): the upload that it ended with; %NULL goes on behind all of @after_key
 * @limit: how many at most
 * @error: (out) (optional): where the error goes
 *
 * Returns: (transfer full) (element-type EngUpload): the unfinished uploads by key and id; or
 *   %NULL with %SAGE_ERROR_NOT_FOUND (no such bucket)
 */
GPtrArray *
eng_uploads_list (EngObjects  *objects,
                  const char  *bucket,
                  const char  *prefix,
                  const char  *after_key,
                  const char  *after_id,
                  guint        limit,
                  GError     **error)
{
  g_autoptr(EngReader) reader = eng_store_reader (objects->store, error);
  g_autoptr(GPtrArray) uploads =
    g_ptr_array_new_with_free_func ((GDestroyNotify) eng_upload_free);
  g_autoptr(GBytes) start = eng_key_bytes (prefix != NULL ? prefix : "");
  g_autoptr(GBytes) after = after_key != NULL ? eng_key_bytes (after_key) : NULL;
  g_autoptr(GError) local = NULL;
  g_autoptr(EngRows) rows = NULL;

  if (reader == NULL || !eng_objects_need_bucket (reader, bucket, error))
    return NULL;

  rows = eng_query (reader, error,
                    "SELECT " UPLOAD_COLUMNS " FROM upload"
                    " WHERE bucket = ?1 AND completed IS NULL"
                    " AND substr (key, 1, ?2) = coalesce (?3, x'')"
                    " AND (?4 IS NULL OR key > ?4 OR (key = ?4 AND id > ?5))"
                    " ORDER BY key, id LIMIT ?6",
                    "tibbti", bucket, (gint64) g_bytes_get_size (start), start, after, after_id,
                    (gint64) limit);
  if (rows == NULL)
    return NULL;

  while (eng_rows_next (rows, &local))
    g_ptr_array_add (uploads, upload_from_row (rows));
  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }

  return g_steal_pointer (&uploads);
}

/* Takes the part rows of an upload away and notes their files in @blobs. */
gboolean
eng_upload_drop_parts (EngTx       *tx,
                       const char  *upload,
                       GPtrArray   *blobs,
                       GError     **error)
{
  g_autoptr(GError) local = NULL;
  g_autoptr(EngRows) rows = eng_query (tx->connection, error,
                                       "DELETE FROM upload_part WHERE upload = ?1 RETURNING blob",
                                       "t", upload);

  if (rows == NULL)
    return FALSE;
  while (eng_rows_next (rows, &local))
    g_ptr_array_add (blobs, eng_rows_dup_text (rows, 0));

  if (local != NULL)
    g_propagate_error (error, g_steal_pointer (&local));

  return local == NULL;
}

/* An upload that goes away. */
typedef struct
{
  const EngUploadRef *ref;
  GPtrArray          *blobs; /* (owned): of char * */
} Abort;

static gboolean
abort_cb (EngTx     *tx,
          gpointer   user_data,
          GError   **error)
{
  Abort *state = user_data;
  const EngUploadRef *ref = state->ref;
  g_autoptr(EngUpload) upload = eng_upload_find (tx->connection, ref, error);

  if (upload == NULL)
    return FALSE;

  return eng_upload_drop_parts (tx, upload->id, state->blobs, error) &&
         eng_exec (tx->connection, error, "DELETE FROM upload WHERE id = ?1", "t", upload->id) &&
         eng_objects_audit (tx, ref->caller, ref->bucket, ref->key, error);
}

/**
 * eng_upload_abort:
 * @objects: the object store
 * @ref: the upload
 * @error: (out) (optional): where the error goes
 *
 * Gives an upload up and removes its parts. Of a completed one only the memory goes.
 *
 * Returns: whether it is gone; else %SAGE_ERROR_NOT_FOUND
 */
gboolean
eng_upload_abort (EngObjects          *objects,
                  const EngUploadRef  *ref,
                  GError             **error)
{
  g_autoptr(GPtrArray) blobs = g_ptr_array_new_with_free_func (g_free);
  Abort state = { .ref = ref, .blobs = blobs };

  if (!eng_store_write (objects->store, abort_cb, &state, error))
    return FALSE;

  for (guint i = 0; i < blobs->len; i++)
    eng_blob_remove (objects, g_ptr_array_index (blobs, i));

  return TRUE;
}

static gboolean
expire_cb (EngTx     *tx,
           gpointer   user_data,
           GError   **error)
{
  return eng_exec (tx->connection, error, "DELETE FROM upload WHERE completed < ?1", "d",
                   tx->now - COMPLETED_SECONDS);
}

/* Forgets the uploads that were completed long ago. */
gboolean
eng_uploads_expire (EngObjects  *objects,
                    GError     **error)
{
  return eng_store_write (objects->store, expire_cb, NULL, error);
}
