/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-objects"

#include "config.h"

#include "eng-objects-private.h"
#include "sage-error.h"

/* A change of one bucket. */
typedef struct
{
  const char            *bucket;
  const EngObjectCaller *caller; /* (nullable) */
} BucketChange;

/* Whether a query finds a row; FALSE with @error set when it fails. */
static gboolean
finds_row (EngRows  *rows,
           GError  **error)
{
  return rows != NULL && eng_rows_next (rows, error);
}

/* Whether @bucket is there; FALSE with %SAGE_ERROR_NOT_FOUND when it is not. */
gboolean
eng_objects_need_bucket (EngConnection  *connection,
                         const char     *bucket,
                         GError        **error)
{
  g_autoptr(GError) local = NULL;
  g_autoptr(EngRows) rows = eng_query (connection, &local, "SELECT 1 FROM bucket WHERE name = ?1",
                                       "t", bucket);

  if (finds_row (rows, &local))
    return TRUE;

  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }

  return sage_throw (error, SAGE_ERROR_NOT_FOUND, "There is no bucket '%s'", bucket);
}

static gboolean
create_bucket_cb (EngTx     *tx,
                  gpointer   user_data,
                  GError   **error)
{
  const BucketChange *change = user_data;
  g_autoptr(GError) local = NULL;

  if (eng_objects_need_bucket (tx->connection, change->bucket, &local))
    return sage_throw (error, SAGE_ERROR_EXISTS, "The bucket '%s' exists", change->bucket);
  if (!g_error_matches (local, SAGE_ERROR, SAGE_ERROR_NOT_FOUND))
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }

  return eng_exec (tx->connection, error, "INSERT INTO bucket (name, created) VALUES (?1, ?2)",
                   "td", change->bucket, tx->now) &&
         eng_objects_audit (tx, change->caller, change->bucket, NULL, error);
}

/**
 * eng_objects_create_bucket_for:
 * @objects: the object store
 * @bucket: its name
 * @caller: (nullable): who asked
 * @error: (out) (optional): where the error goes
 *
 * Returns: whether the bucket was made; else %SAGE_ERROR_INVALID or %SAGE_ERROR_EXISTS
 */
gboolean
eng_objects_create_bucket_for (EngObjects             *objects,
                               const char             *bucket,
                               const EngObjectCaller  *caller,
                               GError                **error)
{
  BucketChange change = { .bucket = bucket, .caller = caller };

  return eng_s3_bucket_check (bucket, error) &&
         eng_store_write (objects->store, create_bucket_cb, &change, error);
}

/**
 * eng_objects_create_bucket:
 * @objects: the object store
 * @bucket: its name
 * @error: (out) (optional): where the error goes
 *
 * Makes a bucket on the engine's own account.
 *
 * Returns: whether the bucket was made; else %SAGE_ERROR_INVALID or %SAGE_ERROR_EXISTS
 */
gboolean
eng_objects_create_bucket (EngObjects  *objects,
                           const char  *bucket,
                           GError     **error)
{
  return eng_objects_create_bucket_for (objects, bucket, NULL, error);
}

static gboolean
delete_bucket_cb (EngTx     *tx,
                  gpointer   user_data,
                  GError   **error)
{
  const BucketChange *change = user_data;
  g_autoptr(GError) local = NULL;
  g_autoptr(EngRows) rows = NULL;

  if (!eng_objects_need_bucket (tx->connection, change->bucket, error))
    return FALSE;

  rows = eng_query (tx->connection, &local,
                    "SELECT 1 FROM object WHERE bucket = ?1"
                    " UNION ALL SELECT 1 FROM upload WHERE bucket = ?1 AND completed IS NULL"
                    " LIMIT 1", "t", change->bucket);
  if (finds_row (rows, &local))
    return sage_throw (error, SAGE_ERROR_CONFLICT, "The bucket '%s' is not empty", change->bucket);
  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }

  return eng_exec (tx->connection, error, "DELETE FROM upload WHERE bucket = ?1", "t",
                   change->bucket) &&
         eng_exec (tx->connection, error, "DELETE FROM bucket WHERE name = ?1", "t",
                   change->bucket) &&
         eng_objects_audit (tx, change->caller, change->bucket, NULL, error);
}

/**
 * eng_objects_delete_bucket:
 * @objects: the object store
 * @bucket: its name
 * @caller: (nullable): who asked
 * @error: (out) (optional): where the error goes
 *
 * Deletes a bucket that holds neither objects nor unfinished uploads.
 *
 * Returns: whether it is gone; else %SAGE_ERROR_NOT_FOUND or %SAGE_ERROR_CONFLICT (not empty)
 */
gboolean
eng_objects_delete_bucket (EngObjects             *objects,
                           const char             *bucket,
                           const EngObjectCaller  *caller,
                           GError                **error)
{
  BucketChange change = { .bucket = bucket, .caller = caller };

  return eng_store_write (objects->store, delete_bucket_cb, &change, error);
}

/**
 * eng_objects_bucket_exists:
 * @objects: the object store
 * @bucket: its name
 *
 * Returns: whether there is such a bucket
 */
gboolean
eng_objects_bucket_exists (EngObjects *objects,
                           const char *bucket)
{
  g_autoptr(EngReader) reader = eng_store_reader (objects->store, NULL);

  return reader != NULL && eng_objects_need_bucket (reader, bucket, NULL);
}

/**
 * eng_bucket_free:
 * @bucket: (nullable): a bucket's description
 *
 * Frees the description.
 */
void
eng_bucket_free (EngBucket *bucket)
{
  if (bucket == NULL)
    return;

  g_free (bucket->name);
  g_free (bucket);
}

/**
 * eng_objects_list_buckets:
 * @objects: the object store
 * @error: (out) (optional): where the error goes
 *
 * Returns: (transfer full) (element-type EngBucket): all buckets in the order of their names
 */
GPtrArray *
eng_objects_list_buckets (EngObjects  *objects,
                          GError     **error)
{
  g_autoptr(EngReader) reader = eng_store_reader (objects->store, error);
  g_autoptr(GPtrArray) buckets =
    g_ptr_array_new_with_free_func ((GDestroyNotify) eng_bucket_free);
  g_autoptr(EngRows) rows = NULL;
  g_autoptr(GError) local = NULL;

  if (reader == NULL)
    return NULL;
  rows = eng_query (reader, error, "SELECT name, created FROM bucket ORDER BY name", "");
  if (rows == NULL)
    return NULL;

  while (eng_rows_next (rows, &local))
    {
      EngBucket *bucket = g_new0 (EngBucket, 1);

      bucket->name = eng_rows_dup_text (rows, 0);
      bucket->created = eng_rows_double (rows, 1);
      g_ptr_array_add (buckets, bucket);
    }

  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }

  return g_steal_pointer (&buckets);
}
