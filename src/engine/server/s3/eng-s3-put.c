/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-s3"

#include "config.h"

#include <glib/gstdio.h>
#include <string.h>

#include "eng-s3-private.h"
#include "sage-json.h"

gboolean
eng_s3_put_object_begin (EngS3Call  *call,
                         GError    **error)
{
  if (!eng_s3_refuse_unsupported (call, error))
    return FALSE;
  if (!eng_objects_bucket_exists (call->engine->objects, call->bucket))
    return eng_s3_throw (error, ENG_S3_NO_SUCH_BUCKET, "The specified bucket does not exist");

  return eng_s3_body_begin_object (call, NULL, error);
}

static void
add_checksum (JsonObject          *headers,
              const EngS3Checksum *checksum,
              const char          *value)
{
  if (value == NULL)
    return;

  json_object_set_string_member (headers, checksum->header, value);
  json_object_set_string_member (headers, "x-amz-checksum-type", "FULL_OBJECT");
}

gboolean
eng_s3_put_object (EngS3Call  *call,
                   GError    **error)
{
  EngObjectCommit commit = {
    .bucket = call->bucket,
    .key = call->key,
    .content_type = eng_s3_header (call, "Content-Type"),
    .caller = &call->caller,
  };
  g_autofree char *checksum = eng_s3_body_checksum (call);
  g_autoptr(JsonObject) headers = NULL;
  g_autoptr(EngObject) object = NULL;
  g_autofree char *text = NULL;
  g_autofree char *etag = NULL;

  if (!eng_s3_write_condition (call, &commit, error) ||
      !eng_s3_collect_headers (call, &headers, error))
    return FALSE;

  add_checksum (headers, &call->body.checksum, checksum);
  text = sage_json_object_to_string (headers);
  commit.headers = text;
  object = eng_object_writer_commit (call->body.writer, &commit, error);
  if (object == NULL)
    return FALSE;

  etag = g_strdup_printf ("\"%s\"", object->etag);
  sage_http_reply_header (call->http, "ETag", etag);
  eng_s3_send_checksums (call, object);
  eng_s3_reply_empty (call, 200);

  return TRUE;
}

/* Opens what `x-amz-copy-source` names (`bucket/key`, encoded, a leading slash or none), when its
 * conditions hold. */
EngObject *
eng_s3_open_source (EngS3Call  *call,
                    int        *fd,
                    GError    **error)
{
  const char *header = eng_s3_header (call, "x-amz-copy-source");
  g_auto(GStrv) parts = g_strsplit (header + (*header == '/' ? 1 : 0), "?versionId=", 2);
  /* nothing splits into no part at all */
  g_autofree char *path = parts[0] != NULL ? eng_s3_decode (parts[0], -1, NULL) : NULL;
  char *slash = path != NULL ? strchr (path, '/') : NULL;
  g_autoptr(EngObject) source = NULL;
  g_autoptr(GError) local = NULL;

  if (slash == NULL || !eng_s3_key_check (slash + 1, strlen (slash + 1), NULL))
    {
      eng_s3_throw (error, ENG_S3_INVALID_ARGUMENT,
                    "Copy Source must mention the source bucket and "
                    "key: sourcebucket/sourcekey");
      return NULL;
    }
  if (parts[1] != NULL && strcmp (parts[1], "null") != 0)
    {
      eng_s3_throw (error, ENG_S3_NOT_IMPLEMENTED, "Object versions are not implemented");
      return NULL;
    }

  *slash = '\0';
  if (!eng_s3_bucket_check (path, NULL) ||
      !eng_objects_bucket_exists (call->engine->objects, path))
    {
      eng_s3_throw (error, ENG_S3_NO_SUCH_BUCKET, "The specified bucket does not exist");
      return NULL;
    }
  source = eng_objects_open_key (call->engine->objects, path, slash + 1, fd, &local);
  if (source == NULL)
    {
      EngS3Error code = eng_s3_error_from (local, ENG_S3_NO_SUCH_KEY);

      eng_s3_throw (error, code, "%s", code == ENG_S3_NO_SUCH_KEY
                                         ? "The specified key does not exist." : local->message);
      return NULL;
    }
  if (!eng_s3_copy_condition (call, source, error))
    return NULL;

  return g_steal_pointer (&source);
}

/* What the copy's headers are: the source's, or the request's with the REPLACE directive. The
 * checksum goes with the bytes either way. */
static gboolean
copy_headers (EngS3Call        *call,
              const EngObject  *source,
              gboolean          replace,
              JsonObject      **headers,
              GError          **error)
{
  g_autoptr(JsonObject) old = eng_s3_object_headers (source);
  JsonObjectIter iter;
  const char *name;

  if (!replace)
    {
      *headers = g_steal_pointer (&old);
      return TRUE;
    }
  if (!eng_s3_collect_headers (call, headers, error))
    return FALSE;

  json_object_iter_init (&iter, old);
  while (json_object_iter_next (&iter, &name, NULL))
    if (g_str_has_prefix (name, "x-amz-checksum-"))
      json_object_set_string_member (*headers, name, sage_json_string (old, name, ""));

  return TRUE;
}

/* Copies the bytes, to compute a checksum that the source does not have. */
static EngObject *
copy_bytes (EngS3Call        *call,
            const EngObject  *source,
            int               fd,
            EngObjectCommit  *commit,
            JsonObject       *headers,
            GError          **error)
{
  static const char * const algorithms[] = { "CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256" };
  g_autofree char *checksum = NULL;
  g_autofree char *text = NULL;

  call->body.writer = eng_object_writer_new (call->engine->objects, 1u << call->body.checksum.kind,
                                             error);
  if (call->body.writer == NULL ||
      !eng_object_writer_copy (call->body.writer, fd, 0, source->size, source->key, error))
    return NULL;

  checksum = eng_s3_body_checksum (call);
  for (guint i = 0; i < G_N_ELEMENTS (algorithms); i++)
    {
      EngS3Checksum other = { 0 };

      if (eng_s3_checksum_from_name (algorithms[i], &other, NULL))
        json_object_remove_member (headers, other.header);
    }
  add_checksum (headers, &call->body.checksum, checksum);
  text = sage_json_object_to_string (headers);
  commit->headers = text;

  return eng_object_writer_commit (call->body.writer, commit, error);
}

static EngObject *
copy (EngS3Call        *call,
      const EngObject  *source,
      int               fd,
      GError          **error)
{
  const char *directive = eng_s3_header (call, "x-amz-metadata-directive");
  const char *algorithm = eng_s3_header (call, "x-amz-checksum-algorithm");
  gboolean replace = g_strcmp0 (directive, "REPLACE") == 0;
  const char *type = replace ? eng_s3_header (call, "Content-Type") : source->content_type;
  EngObjectCommit commit = { .bucket = call->bucket, .key = call->key, .content_type = type,
                             .caller = &call->caller };
  g_autoptr(JsonObject) headers = NULL;
  g_autofree char *text = NULL;

  if (directive != NULL && !replace && strcmp (directive, "COPY") != 0)
    {
      eng_s3_throw (error, ENG_S3_INVALID_ARGUMENT, "Unknown metadata directive.");
      return NULL;
    }
  if (!replace && strcmp (source->bucket, call->bucket) == 0 &&
      strcmp (source->key, call->key) == 0)
    {
      eng_s3_throw (error, ENG_S3_INVALID_REQUEST,
                    "This copy request is illegal because it is trying "
                    "to copy an object to itself without changing the object's metadata, storage "
                    "class, website redirect location or encryption attributes.");
      return NULL;
    }
  if (!eng_s3_write_condition (call, &commit, error) ||
      !copy_headers (call, source, replace, &headers, error))
    return NULL;

  if (algorithm != NULL)
    {
      if (!eng_s3_checksum_from_name (algorithm, &call->body.checksum, error))
        return NULL;
      if (!json_object_has_member (headers, call->body.checksum.header))
        return copy_bytes (call, source, fd, &commit, headers, error);
    }

  text = sage_json_object_to_string (headers);
  commit.headers = text;

  return eng_objects_copy (call->engine->objects, source, fd, &commit, error);
}

gboolean
eng_s3_copy_object (EngS3Call  *call,
                    GError    **error)
{
  g_autofd int fd = -1;
  g_autoptr(EngObject) source = NULL;
  g_autoptr(EngObject) object = NULL;
  GString *xml;

  if (!eng_s3_refuse_unsupported (call, error))
    return FALSE;
  source = eng_s3_open_source (call, &fd, error);
  if (source == NULL)
    return FALSE;
  object = copy (call, source, fd, error);
  if (object == NULL)
    return FALSE;

  xml = eng_s3_xml_new ("CopyObjectResult");
  eng_s3_xml_time (xml, "LastModified", object->modified);
  eng_s3_xml_etag (xml, object->etag);
  eng_s3_xml_checksums (xml, object);
  eng_s3_reply_xml (call, xml, "CopyObjectResult");

  return TRUE;
}
