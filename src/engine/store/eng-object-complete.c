/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-objects"

#include "config.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "eng-objects-private.h"
#include "sage-digest.h"
#include "sage-error.h"
#include "sage-failpoint.h"
#include "sage-json.h"

/* One completion under way. */
typedef struct
{
  EngObjects         *objects;
  const EngUploadRef *ref;
  EngUpload          *upload;  /* (owned) */
  GPtrArray          *claims;  /* of EngPartClaim */
  GPtrArray          *parts;   /* (owned): of EngPart: those claimed, in order */
  char               *etag;    /* (owned) */
  char               *headers; /* (owned) (nullable): of the object */
  EngObjectPut        put;
  GPtrArray          *blobs;   /* (owned): of char *: files of parts that lost their rows */
  gboolean            already; /* another call completed it first */
} Completion;

/* The names that S3 gives the checksums, in headers behind `x-amz-checksum-` in lower case. */
static const struct
{
  const char     *name;
  SageDigestKind  kind;
} algorithms[] = {
  { "CRC32", SAGE_DIGEST_CRC32 },
  { "CRC32C", SAGE_DIGEST_CRC32C },
  { "CRC64NVME", SAGE_DIGEST_CRC64NVME },
  { "SHA1", SAGE_DIGEST_SHA1 },
  { "SHA256", SAGE_DIGEST_SHA256 },
};

/**
 * eng_object_checksum_kind:
 * @algorithm: a name from anywhere, in any case
 * @kind: (out): the digest
 *
 * Returns: whether @algorithm is one of S3's checksum algorithms
 */
gboolean
eng_object_checksum_kind (const char     *algorithm,
                          SageDigestKind *kind)
{
  for (guint i = 0; i < G_N_ELEMENTS (algorithms); i++)
    if (g_ascii_strcasecmp (algorithm, algorithms[i].name) == 0)
      {
        *kind = algorithms[i].kind;
        return TRUE;
      }

  return FALSE;
}

/**
 * eng_part_claim_free:
 * @claim: (nullable): a claim
 *
 * Frees @claim.
 */
void
eng_part_claim_free (EngPartClaim *claim)
{
  if (claim == NULL)
    return;

  g_free (claim->etag);
  g_free (claim->checksum);
  g_free (claim);
}

/**
 * eng_upload_etag:
 * @claims: (element-type EngPartClaim): the parts in order
 * @error: (out) (optional): where the error goes
 *
 * Computes the ETag that S3 gives a multipart object: the MD5 of the parts' MD5s and their number.
 *
 * Returns: (transfer full): the ETag without quotes, or %NULL with %SAGE_ERROR_INVALID when a
 *   part's is no MD5
 */
char *
eng_upload_etag (GPtrArray  *claims,
                 GError    **error)
{
  g_autoptr(SageDigest) digest = sage_digest_new (SAGE_DIGEST_MD5);
  guint8 value[SAGE_SHA256_SIZE];
  g_autofree char *hex = NULL;
  gsize length;

  for (guint i = 0; i < claims->len; i++)
    {
      const EngPartClaim *claim = g_ptr_array_index (claims, i);
      guint8 md5[16];

      if (strlen (claim->etag) != 32)
        {
          sage_throw (error, SAGE_ERROR_INVALID, "The ETag of part %u is not one of a part",
                      claim->number);
          return NULL;
        }
      for (guint j = 0; j < 16; j++)
        {
          int high = g_ascii_xdigit_value (claim->etag[2 * j]);
          int low = g_ascii_xdigit_value (claim->etag[2 * j + 1]);

          if (high < 0 || low < 0)
            {
              sage_throw (error, SAGE_ERROR_INVALID, "The ETag of part %u is not one of a part",
                          claim->number);
              return NULL;
            }
          md5[j] = (guint8) (high << 4 | low);
        }
      sage_digest_update (digest, md5, sizeof md5);
    }

  length = sage_digest_finish (digest, value);
  hex = sage_hex (value, length);

  return g_strdup_printf ("%s-%u", hex, claims->len);
}

/* Holds each claim against the part that is there. */
static gboolean
match_claims (Completion  *self,
              GPtrArray   *stored,
              GError     **error)
{
  g_autoptr(GHashTable) by_number = g_hash_table_new (NULL, NULL);

  for (guint i = 0; i < stored->len; i++)
    {
      EngPart *part = g_ptr_array_index (stored, i);

      g_hash_table_insert (by_number, GUINT_TO_POINTER (part->number), part);
    }

  for (guint i = 0; i < self->claims->len; i++)
    {
      const EngPartClaim *claim = g_ptr_array_index (self->claims, i);
      EngPart *part = g_hash_table_lookup (by_number, GUINT_TO_POINTER (claim->number));

      if (part == NULL || g_ascii_strcasecmp (part->etag, claim->etag) != 0 ||
          (claim->checksum != NULL && g_strcmp0 (claim->checksum, part->checksum) != 0))
        return sage_throw (error, SAGE_ERROR_INVALID,
                           "Part %u was not uploaded, or is not what was uploaded", claim->number);
      g_ptr_array_add (self->parts, part);
    }

  for (guint i = 0; i + 1 < self->parts->len; i++)
    {
      const EngPart *part = g_ptr_array_index (self->parts, i);

      if (part->size < ENG_OBJECT_PART_MIN)
        return sage_throw (error, SAGE_ERROR_LIMIT, "Part %u has less than 5 MiB", part->number);
    }

  return TRUE;
}

/* Appends a part's file, which must still be what was uploaded. */
static gboolean
append_part (EngObjectWriter   *writer,
             const Completion  *self,
             const EngPart     *part,
             GError           **error)
{
  EngObject content = {
    .bucket = self->upload->bucket,
    .key = self->upload->key,
    .size = part->size,
    .sha256 = part->sha256,
    .path = part->path,
  };
  int fd = open (part->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  gboolean ok;

  if (fd < 0)
    return sage_throw (error, SAGE_ERROR_CORRUPT,
                       "The file '%s' of part %u of s3://%s/%s is missing",
                       part->path, part->number, self->upload->bucket, self->upload->key);

  ok = eng_blob_check (self->objects, &content, fd, error) &&
       eng_object_writer_copy (writer, fd, 0, part->size, part->path, error);
  close (fd);

  return ok;
}

/* The checksum of checksums that S3 gives an object of type COMPOSITE. */
static char *
composite_checksum (const Completion *self,
                    SageDigestKind    kind)
{
  g_autoptr(SageDigest) digest = sage_digest_new (kind);
  guint8 value[SAGE_SHA256_SIZE];
  g_autofree char *base64 = NULL;
  gsize length;

  for (guint i = 0; i < self->parts->len; i++)
    {
      const EngPart *part = g_ptr_array_index (self->parts, i);
      g_autofree guchar *raw = NULL;
      gsize raw_length = 0;

      if (part->checksum == NULL)
        return NULL;
      raw = g_base64_decode (part->checksum, &raw_length);
      sage_digest_update (digest, raw, raw_length);
    }

  length = sage_digest_finish (digest, value);
  base64 = g_base64_encode (value, length);

  return g_strdup_printf ("%s-%u", base64, self->parts->len);
}

/* Computes the object's checksum and adds it to the stored headers. */
static gboolean
add_checksum (Completion       *self,
              EngObjectWriter  *writer,
              const char       *expected,
              GError          **error)
{
  const char *algorithm = self->upload->algorithm;
  gboolean composite = g_strcmp0 (self->upload->checksum_type, "COMPOSITE") == 0;
  g_autoptr(JsonNode) node = NULL;
  g_autofree char *name = NULL;
  g_autofree char *lower = NULL;
  g_autofree char *value = NULL;
  guint8 raw[SAGE_SHA256_SIZE];
  SageDigestKind kind;
  JsonObject *headers;

  if (algorithm == NULL || !eng_object_checksum_kind (algorithm, &kind))
    return TRUE;

  value = composite ? composite_checksum (self, kind)
                    : g_base64_encode (raw, eng_object_writer_digest (writer, kind, raw));
  if (value == NULL)
    return TRUE;
  if (expected != NULL && strcmp (expected, value) != 0)
    return sage_throw (error, SAGE_ERROR_SYNTAX, "The %s of the object is %s, not %s", algorithm,
                       value, expected);

  node = sage_json_parse_object (self->upload->headers != NULL ? self->upload->headers : "{}", -1,
                                 NULL, error);
  if (node == NULL)
    return FALSE;

  lower = g_ascii_strdown (algorithm, -1);
  name = g_strconcat ("x-amz-checksum-", lower, NULL);
  headers = json_node_get_object (node);
  json_object_set_string_member (headers, name, value);
  json_object_set_string_member (headers, "x-amz-checksum-type", self->upload->checksum_type);
  g_free (self->headers);
  self->headers = sage_json_object_to_string (headers);

  return TRUE;
}

/* Whether the parts that were joined are still the upload's. */
static gboolean
parts_unchanged (EngTx       *tx,
                 Completion  *self,
                 GError     **error)
{
  g_autoptr(GPtrArray) now = eng_upload_find_parts (self->objects, tx->connection,
                                                    self->upload->id, 0, ENG_OBJECT_PARTS_MAX,
                                                    error);
  guint j = 0;

  if (now == NULL)
    return FALSE;

  for (guint i = 0; i < now->len && j < self->parts->len; i++)
    {
      const EngPart *part = g_ptr_array_index (self->parts, j);
      const EngPart *row = g_ptr_array_index (now, i);

      if (strcmp (row->path, part->path) == 0)
        j++;
    }

  return j == self->parts->len ||
         sage_throw (error, SAGE_ERROR_INVALID, "A part of s3://%s/%s was replaced meanwhile",
                     self->upload->bucket, self->upload->key);
}

static gboolean
complete_cb (EngTx     *tx,
             gpointer   user_data,
             GError   **error)
{
  Completion *self = user_data;
  g_autoptr(EngUpload) now = eng_upload_find (tx->connection, self->ref, error);

  self->put.refused = TRUE;
  if (now == NULL)
    return FALSE;
  self->already = now->etag != NULL;
  if (self->already)
    return TRUE;

  if (!parts_unchanged (tx, self, error) || !eng_object_put_row (tx, &self->put, error))
    return FALSE;

  self->put.refused = TRUE;
  if (!eng_upload_drop_parts (tx, now->id, self->blobs, error) ||
      !eng_exec (tx->connection, error, "UPDATE upload SET completed = ?1, etag = ?2 WHERE id = ?3",
                 "dtt", tx->now, self->etag, now->id))
    return FALSE;

  self->put.refused = FALSE;

  return TRUE;
}

/* Answers a repeated completion from what is there now: the same parts made the same object. */
static EngObject *
repeat_answer (Completion  *self,
               GError     **error)
{
  g_autoptr(EngUpload) now = eng_upload_load (self->objects, self->ref, error);

  if (now == NULL)
    return NULL;

  if (g_strcmp0 (now->etag, self->etag) != 0)
    {
      sage_throw (error, SAGE_ERROR_NOT_FOUND, "The upload of s3://%s/%s is complete",
                  now->bucket, now->key);
      return NULL;
    }

  return eng_objects_stat (self->objects, now->bucket, now->key, error);
}

static EngObject *
store_joined (Completion       *self,
              EngObjectWriter  *writer,
              GError          **error)
{
  guint8 sha256[SAGE_SHA256_SIZE];
  gsize length = eng_object_writer_digest (writer, SAGE_DIGEST_SHA256, sha256);
  g_autofree char *hex = sage_hex (sha256, length);
  g_autofree char *replaced = NULL;
  g_auto(EngBlob) blob = { 0 };
  gboolean ok;

  if (!eng_object_writer_settle (writer, &blob, error))
    return NULL;

  SAGE_FAILPOINT ("upload-joined");

  self->put.blob = &blob;
  self->put.size = eng_object_writer_size (writer);
  self->put.etag = self->etag;
  self->put.sha256 = hex;
  self->put.content_type = self->upload->content_type;
  self->put.headers = self->headers != NULL ? self->headers : self->upload->headers;

  ok = eng_store_write (self->objects->store, complete_cb, self, error);
  replaced = g_steal_pointer (&self->put.replaced);
  if (self->put.refused)
    eng_blob_remove (self->objects, blob.id);
  if (!ok)
    return NULL;
  if (self->already)
    return repeat_answer (self, error);

  if (replaced != NULL)
    eng_blob_remove (self->objects, replaced);
  for (guint i = 0; i < self->blobs->len; i++)
    eng_blob_remove (self->objects, g_ptr_array_index (self->blobs, i));

  return eng_object_put_result (&self->put);
}

static EngObject *
join_parts (Completion  *self,
            const char  *expected,
            GError     **error)
{
  g_autoptr(GPtrArray) stored = eng_upload_parts (self->objects, self->upload->id, 0,
                                                  ENG_OBJECT_PARTS_MAX, error);
  g_autoptr(EngObjectWriter) writer = NULL;
  SageDigestKind kind = SAGE_DIGEST_SHA256;

  if (stored == NULL || !match_claims (self, stored, error))
    return NULL;

  if (self->upload->algorithm != NULL)
    eng_object_checksum_kind (self->upload->algorithm, &kind);
  writer = eng_object_writer_new (self->objects, 1u << kind, error);
  if (writer == NULL)
    return NULL;

  for (guint i = 0; i < self->parts->len; i++)
    if (!append_part (writer, self, g_ptr_array_index (self->parts, i), error))
      return NULL;

  if (!add_checksum (self, writer, expected, error))
    return NULL;

  return store_joined (self, writer, error);
}

/**
 * eng_upload_complete:
 * @objects: the object store
 * @ref: the upload
 * @claims: (element-type EngPartClaim): the parts to join, by rising number
 * @commit: the conditions on what is replaced, and the caller; the rest comes from the upload
 * @expected: (nullable): the checksum the whole object must have, as S3 writes it
 * @error: (out) (optional): where the error goes
 *
 * Joins parts to an object. Asking again with the same parts gives the same answer.
 *
 * Returns: (transfer full): the object; or %NULL: %SAGE_ERROR_NOT_FOUND (no such upload),
 *   %SAGE_ERROR_INVALID (a part is not there), %SAGE_ERROR_LIMIT (a part is too small),
 *   %SAGE_ERROR_SYNTAX (wrong checksum), %SAGE_ERROR_EXISTS, %SAGE_ERROR_CONFLICT (conditions),
 *   %SAGE_ERROR_NO_SPACE, %SAGE_ERROR_IO, %SAGE_ERROR_CORRUPT
 */
EngObject *
eng_upload_complete (EngObjects             *objects,
                     const EngUploadRef     *ref,
                     GPtrArray              *claims,
                     const EngObjectCommit  *commit,
                     const char             *expected,
                     GError                **error)
{
  g_autoptr(EngUpload) upload = eng_upload_load (objects, ref, error);
  g_autoptr(GPtrArray) parts = g_ptr_array_new ();
  g_autoptr(GPtrArray) blobs = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *etag = NULL;
  Completion self = {
    .objects = objects,
    .ref = ref,
    .upload = upload,
    .claims = claims,
    .parts = parts,
    .blobs = blobs,
    .put = { .objects = objects, .commit = commit },
  };
  EngObject *object;

  if (upload == NULL)
    return NULL;
  etag = eng_upload_etag (claims, error);
  if (etag == NULL)
    return NULL;

  self.etag = etag;
  object = upload->etag != NULL ? repeat_answer (&self, error)
                                : join_parts (&self, expected, error);
  g_free (self.headers);

  return object;
}
