/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-s3"

#include "config.h"

#include <glib/gstdio.h>
#include <string.h>

#include "eng-s3-private.h"
#include "sage-error.h"
#include "sage-json.h"

#define PAGE_MAX 1000

static EngUploadRef
upload_ref (EngS3Call *call)
{
  EngUploadRef ref = {
    .upload = eng_s3_param (call, "uploadId"),
    .bucket = call->bucket,
    .key = call->key,
    .owner = call->who->principal,
    .caller = &call->caller,
  };

  return ref;
}

/* The algorithm and type of checksum that CreateMultipartUpload asks for. CRC64NVME exists for
 * whole objects only, the SHAs only for their parts; the other two do both and begin with the
 * parts. */
static gboolean
read_checksum_choice (EngS3Call   *call,
                      char       **algorithm,
                      const char **type,
                      GError     **error)
{
  const char *wanted = eng_s3_header (call, "x-amz-checksum-type");
  EngS3Checksum checksum = { 0 };
  const char *name = eng_s3_header (call, "x-amz-checksum-algorithm");
  gboolean whole, parts;

  *algorithm = name != NULL ? g_ascii_strup (name, -1) : NULL;
  *type = NULL;
  if (name == NULL)
    return wanted == NULL ||
           eng_s3_throw (error, ENG_S3_INVALID_REQUEST,
                         "The x-amz-checksum-type header can only be used with the "
                         "x-amz-checksum-algorithm header.");
  if (!eng_s3_checksum_from_name (*algorithm, &checksum, error))
    return FALSE;

  parts = checksum.kind != SAGE_DIGEST_CRC64NVME;
  whole = checksum.kind != SAGE_DIGEST_SHA1 && checksum.kind != SAGE_DIGEST_SHA256;
  *type = wanted != NULL ? wanted : parts ? "COMPOSITE" : "FULL_OBJECT";
  if ((strcmp (*type, "COMPOSITE") == 0 && parts) || (strcmp (*type, "FULL_OBJECT") == 0 && whole))
    return TRUE;

  return eng_s3_throw (error, ENG_S3_INVALID_REQUEST,
                       "The checksum type cannot be used with the %s "
                       "checksum algorithm.", *algorithm);
}

gboolean
eng_s3_create_upload (EngS3Call  *call,
                      GError    **error)
{
  EngObjectCommit commit = { .bucket = call->bucket, .key = call->key,
                             .content_type = eng_s3_header (call, "Content-Type"),
                             .caller = &call->caller };
  g_autoptr(JsonObject) headers = NULL;
  g_autofree char *text = NULL;
  g_autofree char *id = NULL;
  g_autofree char *algorithm = NULL;
  const char *type;
  GString *xml;

  if (!eng_s3_refuse_unsupported (call, error) ||
      !read_checksum_choice (call, &algorithm, &type, error) ||
      !eng_s3_collect_headers (call, &headers, error))
    return FALSE;

  text = sage_json_object_to_string (headers);
  commit.headers = text;
  id = eng_upload_create (call->engine->objects, &commit, call->who->principal, algorithm, type,
                          error);
  if (id == NULL)
    return FALSE;

  if (algorithm != NULL)
    {
      sage_http_reply_header (call->http, "x-amz-checksum-algorithm", algorithm);
      sage_http_reply_header (call->http, "x-amz-checksum-type", type);
    }
  xml = eng_s3_xml_new ("InitiateMultipartUploadResult");
  eng_s3_xml_text (xml, "Bucket", call->bucket);
  eng_s3_xml_text (xml, "Key", call->key);
  eng_s3_xml_text (xml, "UploadId", id);
  eng_s3_reply_xml (call, xml, "InitiateMultipartUploadResult");

  return TRUE;
}

static gboolean
read_part_number (EngS3Call  *call,
                  guint      *number,
                  GError    **error)
{
  const char *text = eng_s3_param (call, "partNumber");
  guint64 value;

  if (text == NULL ||
      !g_ascii_string_to_unsigned (text, 10, 1, ENG_OBJECT_PARTS_MAX, &value, NULL))
    return eng_s3_throw (error, ENG_S3_INVALID_ARGUMENT,
                         "Part number must be an integer between 1 and "
                         "%d, inclusive", ENG_OBJECT_PARTS_MAX);
  *number = (guint) value;

  return TRUE;
}

/* The upload a part is for, which must still be open. */
static EngUpload *
open_upload (EngS3Call  *call,
             GError    **error)
{
  EngUploadRef ref = upload_ref (call);
  g_autoptr(EngUpload) upload = eng_upload_load (call->engine->objects, &ref, error);

  if (upload != NULL && upload->etag != NULL)
    {
      sage_throw (error, SAGE_ERROR_NOT_FOUND, "The upload is complete");
      return NULL;
    }

  return g_steal_pointer (&upload);
}

gboolean
eng_s3_upload_part_begin (EngS3Call  *call,
                          GError    **error)
{
  g_autoptr(EngUpload) upload = NULL;
  SageDigestKind kind;
  guint number;

  if (!eng_s3_refuse_unsupported (call, error) || !read_part_number (call, &number, error))
    return FALSE;
  upload = open_upload (call, error);
  if (upload == NULL || !eng_s3_body_begin_object (call, upload->algorithm, error))
    return FALSE;

  if (upload->algorithm != NULL && eng_object_checksum_kind (upload->algorithm, &kind) &&
      kind != call->body.checksum.kind)
    return eng_s3_throw (error, ENG_S3_INVALID_REQUEST, "Checksum Type mismatch occurred, expected "
                         "checksum Type: %s", upload->algorithm);

  return TRUE;
}

/* Stores what the body's writer holds as the part that the request names. */
static EngPart *
put_part (EngS3Call  *call,
          char      **checksum,
          GError    **error)
{
  EngUploadRef ref = upload_ref (call);
  guint number;

  if (!read_part_number (call, &number, error))
    return NULL;
  *checksum = eng_s3_body_checksum (call);

  return eng_upload_put_part (call->body.writer, &ref, number, *checksum, error);
}

gboolean
eng_s3_upload_part (EngS3Call  *call,
                    GError    **error)
{
  g_autofree char *checksum = NULL;
  g_autofree char *etag = NULL;
  g_autoptr(EngPart) part = put_part (call, &checksum, error);

  if (part == NULL)
    return FALSE;

  etag = g_strdup_printf ("\"%s\"", part->etag);
  sage_http_reply_header (call->http, "ETag", etag);
  if (checksum != NULL)
    sage_http_reply_header (call->http, call->body.checksum.header, checksum);
  eng_s3_reply_empty (call, 200);

  return TRUE;
}

/* The part of the source that UploadPartCopy takes; its range must be exact. */
static gboolean
read_copy_range (EngS3Call        *call,
                 const EngObject  *source,
                 gint64           *offset,
                 gint64           *length,
                 GError          **error)
{
  const char *text = eng_s3_header (call, "x-amz-copy-source-range");
  gboolean satisfiable;

  *offset = 0;
  *length = source->size;
  if (text == NULL)
    return TRUE;

  if (!eng_s3_range (text, source->size, offset, length, &satisfiable) || !satisfiable)
    return eng_s3_throw (error, ENG_S3_INVALID_ARGUMENT,
                         "The x-amz-copy-source-range value must be of the form bytes=first-last "
                         "where first and last are the zero-based offsets of the first and last "
                         "bytes to copy");

  return TRUE;
}

gboolean
eng_s3_upload_part_copy (EngS3Call  *call,
                         GError    **error)
{
  g_autoptr(EngUpload) upload = open_upload (call, error);
  g_autofd int fd = -1;
  g_autoptr(EngObject) source = NULL;
  g_autoptr(EngPart) part = NULL;
  g_autofree char *checksum = NULL;
  gint64 offset, length;
  GString *xml;

  if (upload == NULL)
    return FALSE;
  source = eng_s3_open_source (call, &fd, error);
  if (source == NULL || !read_copy_range (call, source, &offset, &length, error))
    return FALSE;
  if (upload->algorithm != NULL &&
      !eng_s3_checksum_from_name (upload->algorithm, &call->body.checksum, error))
    return FALSE;

  call->body.writer = eng_object_writer_new (call->engine->objects,
                                             call->body.checksum.wanted
                                               ? 1u << call->body.checksum.kind : 0, error);
  if (call->body.writer == NULL ||
      !eng_object_writer_copy (call->body.writer, fd, offset, length, source->key, error))
    return FALSE;
  part = put_part (call, &checksum, error);
  if (part == NULL)
    return FALSE;

  xml = eng_s3_xml_new ("CopyPartResult");
  eng_s3_xml_time (xml, "LastModified", part->modified);
  eng_s3_xml_etag (xml, part->etag);
  eng_s3_reply_xml (call, xml, "CopyPartResult");

  return TRUE;
}

/* The errors of a completion, in S3's words. */
static gboolean
throw_complete_error (const GError  *cause,
                      GError       **error)
{
  if (g_error_matches (cause, SAGE_ERROR, SAGE_ERROR_INVALID))
    return eng_s3_throw (error, ENG_S3_INVALID_PART,
                         "One or more of the specified parts could not be "
                         "found.  The part may not have been uploaded, or the specified entity tag "
                         "may not match the part's entity tag.");
  if (g_error_matches (cause, SAGE_ERROR, SAGE_ERROR_LIMIT))
    return eng_s3_throw (error, ENG_S3_ENTITY_TOO_SMALL,
                         "Your proposed upload is smaller than the minimum allowed size");
  if (g_error_matches (cause, SAGE_ERROR, SAGE_ERROR_SYNTAX))
    return eng_s3_throw (error, ENG_S3_BAD_DIGEST, "%s", cause->message);
  g_propagate_error (error, g_error_copy (cause));

  return FALSE;
}

/* The checksum among the headers is that of the object to be, not of this request's body. */
gboolean
eng_s3_complete_upload_begin (EngS3Call  *call,
                              GError    **error)
{
  if (!eng_s3_body_begin_memory (call, ENG_S3_XML_MAX, error))
    return FALSE;

  call->expected = g_steal_pointer (&call->body.checksum.value);

  return TRUE;
}

gboolean
eng_s3_complete_upload (EngS3Call  *call,
                        GError    **error)
{
  EngUploadRef ref = upload_ref (call);
  EngObjectCommit commit = { .bucket = call->bucket, .key = call->key, .caller = &call->caller };
  g_autoptr(GBytes) body = eng_s3_body_bytes (call);
  g_autoptr(GPtrArray) claims = eng_s3_xml_read_parts (body, error);
  g_autofree char *location = g_strconcat ("/", call->bucket, "/", call->key, NULL);
  g_autoptr(EngObject) object = NULL;
  g_autoptr(GError) local = NULL;
  GString *xml;

  if (claims == NULL || !eng_s3_write_condition (call, &commit, error))
    return FALSE;

  object = eng_upload_complete (call->engine->objects, &ref, claims, &commit,
                                call->expected, &local);
  if (object == NULL)
    return throw_complete_error (local, error);

  xml = eng_s3_xml_new ("CompleteMultipartUploadResult");
  eng_s3_xml_text (xml, "Location", location);
  eng_s3_xml_text (xml, "Bucket", call->bucket);
  eng_s3_xml_text (xml, "Key", call->key);
  eng_s3_xml_etag (xml, object->etag);
  eng_s3_xml_checksums (xml, object);
  eng_s3_reply_xml (call, xml, "CompleteMultipartUploadResult");

  return TRUE;
}

gboolean
eng_s3_abort_upload (EngS3Call  *call,
                     GError    **error)
{
  EngUploadRef ref = upload_ref (call);

  if (!eng_upload_abort (call->engine->objects, &ref, error))
    return FALSE;

  eng_s3_reply_empty (call, 204);

  return TRUE;
}

static void
append_account (EngS3Call  *call,
                GString    *xml,
                const char *element)
{
  g_string_append_printf (xml, "<%s>", element);
  eng_s3_xml_text (xml, "ID", call->engine->account);
  g_string_append_printf (xml, "</%s>", element);
}

static void
append_part (GString         *xml,
             const EngUpload *upload,
             const EngPart   *part)
{
  g_string_append (xml, "<Part>");
  eng_s3_xml_int (xml, "PartNumber", part->number);
  eng_s3_xml_time (xml, "LastModified", part->modified);
  eng_s3_xml_etag (xml, part->etag);
  eng_s3_xml_int (xml, "Size", part->size);
  if (upload->algorithm != NULL && part->checksum != NULL)
    {
      g_autofree char *upper = g_ascii_strup (upload->algorithm, -1);
      g_autofree char *element = g_strconcat ("Checksum", upper, NULL);

      eng_s3_xml_text (xml, element, part->checksum);
    }
  g_string_append (xml, "</Part>");
}

gboolean
eng_s3_list_parts (EngS3Call  *call,
                   GError    **error)
{
  g_autoptr(EngUpload) upload = open_upload (call, error);
  g_autoptr(GPtrArray) parts = NULL;
  guint limit, after, n;
  GString *xml;

  if (upload == NULL ||
      !eng_s3_uint_param (call, "max-parts", PAGE_MAX, PAGE_MAX, &limit, error) ||
      !eng_s3_uint_param (call, "part-number-marker", 0, ENG_OBJECT_PARTS_MAX, &after, error))
    return FALSE;
  parts = eng_upload_parts (call->engine->objects, upload->id, after, limit + 1, error);
  if (parts == NULL)
    return FALSE;

  n = MIN (parts->len, limit);
  xml = eng_s3_xml_new ("ListPartsResult");
  eng_s3_xml_text (xml, "Bucket", call->bucket);
  eng_s3_xml_text (xml, "Key", call->key);
  eng_s3_xml_text (xml, "UploadId", upload->id);
  append_account (call, xml, "Initiator");
  append_account (call, xml, "Owner");
  eng_s3_xml_text (xml, "StorageClass", "STANDARD");
  eng_s3_xml_text (xml, "ChecksumAlgorithm", upload->algorithm);
  eng_s3_xml_text (xml, "ChecksumType", upload->checksum_type);
  eng_s3_xml_int (xml, "PartNumberMarker", after);
  if (n > 0)
    eng_s3_xml_int (xml, "NextPartNumberMarker", ((EngPart *) parts->pdata[n - 1])->number);
  eng_s3_xml_int (xml, "MaxParts", limit);
  eng_s3_xml_bool (xml, "IsTruncated", parts->len > limit);
  for (guint i = 0; i < n; i++)
    append_part (xml, upload, g_ptr_array_index (parts, i));
  eng_s3_reply_xml (call, xml, "ListPartsResult");

  return TRUE;
}

static void
append_upload (EngS3Call       *call,
               GString         *xml,
               const EngUpload *upload,
               gboolean         url)
{
  g_string_append (xml, "<Upload>");
  eng_s3_xml_name (xml, "Key", upload->key, url);
  eng_s3_xml_text (xml, "UploadId", upload->id);
  append_account (call, xml, "Initiator");
  append_account (call, xml, "Owner");
  eng_s3_xml_text (xml, "StorageClass", "STANDARD");
  eng_s3_xml_time (xml, "Initiated", upload->initiated);
  eng_s3_xml_text (xml, "ChecksumAlgorithm", upload->algorithm);
  eng_s3_xml_text (xml, "ChecksumType", upload->checksum_type);
  g_string_append (xml, "</Upload>");
}

gboolean
eng_s3_list_uploads (EngS3Call  *call,
                     GError    **error)
{
  const char *prefix = eng_s3_param (call, "prefix");
  const char *key_marker = eng_s3_param (call, "key-marker");
  const char *id_marker = eng_s3_param (call, "upload-id-marker");
  g_autoptr(GPtrArray) uploads = NULL;
  guint limit, n;
  gboolean url;
  GString *xml;

  if (!eng_s3_uint_param (call, "max-uploads", PAGE_MAX, PAGE_MAX, &limit, error) ||
      !eng_s3_url_encoding (call, &url, error))
    return FALSE;
  if (sage_http_params_has (call->query, "delimiter") && *eng_s3_param (call, "delimiter") != '\0')
    return eng_s3_throw (error, ENG_S3_NOT_IMPLEMENTED,
                         "A delimiter in a listing of uploads is not implemented");
  uploads = eng_uploads_list (call->engine->objects, call->bucket, prefix, key_marker, id_marker,
                              limit + 1, error);
  if (uploads == NULL)
    return FALSE;

  n = MIN (uploads->len, limit);
  xml = eng_s3_xml_new ("ListMultipartUploadsResult");
  eng_s3_xml_text (xml, "Bucket", call->bucket);
  eng_s3_xml_name (xml, "KeyMarker", key_marker != NULL ? key_marker : "", url);
  eng_s3_xml_text (xml, "UploadIdMarker", id_marker != NULL ? id_marker : "");
  eng_s3_xml_name (xml, "Prefix", prefix, url);
  if (url)
    eng_s3_xml_text (xml, "EncodingType", "url");
  if (n > 0 && uploads->len > limit)
    {
      const EngUpload *last = g_ptr_array_index (uploads, n - 1);

      eng_s3_xml_name (xml, "NextKeyMarker", last->key, url);
      eng_s3_xml_text (xml, "NextUploadIdMarker", last->id);
    }
  eng_s3_xml_int (xml, "MaxUploads", limit);
  eng_s3_xml_bool (xml, "IsTruncated", uploads->len > limit);
  for (guint i = 0; i < n; i++)
    append_upload (call, xml, g_ptr_array_index (uploads, i), url);
  eng_s3_reply_xml (call, xml, "ListMultipartUploadsResult");

  return TRUE;
}
