/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-s3"

#include "config.h"

#include <string.h>

#include "eng-s3-private.h"
#include "sage-json.h"
#include "sage-time.h"

#define META_PREFIX "x-amz-meta-"
#define META_MAX 2048

/* Headers that a PUT stores and a GET gives back, beside x-amz-meta-*. */
static const char * const stored[] = {
  "cache-control", "content-disposition", "content-encoding", "content-language", "expires",
};

static const char * const checksum_headers[] = {
  [SAGE_DIGEST_CRC32] = "x-amz-checksum-crc32",
  [SAGE_DIGEST_CRC32C] = "x-amz-checksum-crc32c",
  [SAGE_DIGEST_CRC64NVME] = "x-amz-checksum-crc64nvme",
  [SAGE_DIGEST_SHA1] = "x-amz-checksum-sha1",
  [SAGE_DIGEST_SHA256] = "x-amz-checksum-sha256",
};

/* The same in replies' XML. */
static const char * const checksum_elements[] = {
  [SAGE_DIGEST_CRC32] = "ChecksumCRC32",
  [SAGE_DIGEST_CRC32C] = "ChecksumCRC32C",
  [SAGE_DIGEST_CRC64NVME] = "ChecksumCRC64NVME",
  [SAGE_DIGEST_SHA1] = "ChecksumSHA1",
  [SAGE_DIGEST_SHA256] = "ChecksumSHA256",
};

/* `aws-chunked` is framing and ends here; what stands beside it belongs to the content. */
static char *
content_encoding (const char *value)
{
  g_auto(GStrv) codings = g_strsplit (value, ",", -1);
  g_autoptr(GString) kept = g_string_new (NULL);

  for (guint i = 0; codings[i] != NULL; i++)
    {
      const char *coding = g_strstrip (codings[i]);

      if (*coding == '\0' || g_ascii_strcasecmp (coding, "aws-chunked") == 0)
        continue;
      if (kept->len > 0)
        g_string_append (kept, ",");
      g_string_append (kept, coding);
    }

  return kept->len > 0 ? g_string_free (g_steal_pointer (&kept), FALSE) : NULL;
}

/* The headers of the request that are to be stored with its object. */
gboolean
eng_s3_collect_headers (EngS3Call   *call,
                        JsonObject **headers,
                        GError     **error)
{
  const char * const *all = sage_http_request_headers (call->http);
  g_autoptr(JsonObject) kept = json_object_new ();
  gsize meta = 0;

  for (guint i = 0; all[i] != NULL; i += 2)
    {
      g_autofree char *name = g_ascii_strdown (all[i], -1);
      gboolean is_meta = g_str_has_prefix (name, META_PREFIX);

      if (!is_meta && !g_strv_contains (stored, name))
        continue;
      if (!g_utf8_validate (all[i + 1], -1, NULL))
        return eng_s3_throw (error, ENG_S3_INVALID_ARGUMENT,
                             "The header %s is not valid UTF-8", name);
      if (is_meta)
        meta += strlen (name) - strlen (META_PREFIX) + strlen (all[i + 1]);
      if (strcmp (name, "content-encoding") == 0)
        {
          g_autofree char *value = content_encoding (all[i + 1]);

          if (value != NULL)
            json_object_set_string_member (kept, name, value);
        }
      else
        json_object_set_string_member (kept, name, all[i + 1]);
    }

  if (meta > META_MAX)
    return eng_s3_throw (error, ENG_S3_METADATA_TOO_LARGE,
                         "Your metadata headers exceed the maximum allowed metadata size");
  *headers = g_steal_pointer (&kept);

  return TRUE;
}

/* Refuses headers whose wish we could only pretend to fulfil. Encryption at rest with keys that the
 * service manages is S3's default and stands in every upload of the SageMaker SDK; it asks nothing
 * of the protocol and is left to the disk. */
gboolean
eng_s3_refuse_unsupported (EngS3Call  *call,
                           GError    **error)
{
  static const char * const refused[] = {
    "x-amz-server-side-encryption-customer-algorithm", "x-amz-website-redirect-location",
    "x-amz-object-lock-mode", "x-amz-object-lock-retain-until-date",
    "x-amz-object-lock-legal-hold", "x-amz-tagging", "x-amz-write-offset-bytes",
    "x-amz-grant-read", "x-amz-grant-write", "x-amz-grant-full-control",
  };
  const char *acl = eng_s3_header (call, "x-amz-acl");
  const char *class = eng_s3_header (call, "x-amz-storage-class");

  for (guint i = 0; i < G_N_ELEMENTS (refused); i++)
    if (eng_s3_header (call, refused[i]) != NULL)
      return eng_s3_throw (error, ENG_S3_NOT_IMPLEMENTED, "The header %s is not implemented",
                           refused[i]);

  if (acl != NULL && strcmp (acl, "private") != 0 && strcmp (acl, "bucket-owner-full-control") != 0)
    return eng_s3_throw (error, ENG_S3_NOT_IMPLEMENTED, "Access control lists are not implemented");
  if (class != NULL && strcmp (class, "STANDARD") != 0)
    return eng_s3_throw (error, ENG_S3_INVALID_STORAGE_CLASS,
                         "The storage class you specified is not valid");

  return TRUE;
}

/* The checksum named by its algorithm, without a claim. */
gboolean
eng_s3_checksum_from_name (const char     *algorithm,
                           EngS3Checksum  *checksum,
                           GError        **error)
{
  if (!eng_object_checksum_kind (algorithm, &checksum->kind))
    return eng_s3_throw (error, ENG_S3_INVALID_REQUEST,
                         "Checksum algorithm provided is unsupported. "
                         "Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, "
                         "SHA1, SHA256]");

  checksum->wanted = TRUE;
  checksum->header = checksum_headers[checksum->kind];

  return TRUE;
}

/* The checksum that the request's headers claim or announce. */
gboolean
eng_s3_checksum_from_headers (EngS3Call      *call,
                              EngS3Checksum  *checksum,
                              GError        **error)
{
  const char *trailer = eng_s3_header (call, "x-amz-trailer");
  gboolean chunked = call->sig->payload == SAGE_PAYLOAD_STREAMING_UNSIGNED_TRAILER ||
                     call->sig->payload == SAGE_PAYLOAD_STREAMING_SIGNED_TRAILER;

  for (guint kind = 0; kind < G_N_ELEMENTS (checksum_headers); kind++)
    {
      const char *name = checksum_headers[kind];
      const char *value = name != NULL ? eng_s3_header (call, name) : NULL;
      gboolean in_trailer = name != NULL && chunked && trailer != NULL &&
                            g_ascii_strcasecmp (trailer, name) == 0;

      if (value == NULL && !in_trailer)
        continue;
      if (checksum->wanted)
        return eng_s3_throw (error, ENG_S3_INVALID_REQUEST,
                             "Expecting a single x-amz-checksum- header. "
                             "Multiple checksum types are not allowed.");
      checksum->wanted = TRUE;
      checksum->kind = (SageDigestKind) kind;
      checksum->header = name;
      checksum->value = g_strdup (value);
      checksum->in_trailer = in_trailer;
    }

  return TRUE;
}

/* What was stored with @object; empty where nothing was, or where it is damaged. */
JsonObject *
eng_s3_object_headers (const EngObject *object)
{
  g_autoptr(JsonNode) node = NULL;

  if (object->headers == NULL)
    return json_object_new ();

  node = sage_json_parse_object (object->headers, -1, NULL, NULL);

  return node != NULL ? json_node_dup_object (node) : json_object_new ();
}

static gboolean
is_checksum (const char *name)
{
  return g_str_has_prefix (name, "x-amz-checksum-");
}

/* Sends the checksums stored with @object. */
void
eng_s3_send_checksums (EngS3Call       *call,
                       const EngObject *object)
{
  g_autoptr(JsonObject) headers = eng_s3_object_headers (object);
  JsonObjectIter iter;
  const char *name;

  json_object_iter_init (&iter, headers);
  while (json_object_iter_next (&iter, &name, NULL))
    if (is_checksum (name))
      sage_http_reply_header (call->http, name, sage_json_string (headers, name, ""));
}

/* Writes the checksums stored with @object as elements. */
void
eng_s3_xml_checksums (GString         *xml,
                      const EngObject *object)
{
  g_autoptr(JsonObject) headers = eng_s3_object_headers (object);

  for (guint kind = 0; kind < G_N_ELEMENTS (checksum_headers); kind++)
    if (checksum_headers[kind] != NULL)
      eng_s3_xml_text (xml, checksum_elements[kind],
                       sage_json_string (headers, checksum_headers[kind], NULL));
  eng_s3_xml_text (xml, "ChecksumType",
                   sage_json_string (headers, "x-amz-checksum-type", NULL));
}

/* Sends what GET and HEAD say of an object, but for its type and length. */
void
eng_s3_send_object_headers (EngS3Call       *call,
                            const EngObject *object,
                            gboolean         checksums)
{
  g_autoptr(JsonObject) headers = eng_s3_object_headers (object);
  g_autofree char *etag = g_strdup_printf ("\"%s\"", object->etag);
  g_autofree char *modified = sage_time_to_http_date (object->modified);
  JsonObjectIter iter;
  const char *name;

  eng_s3_reply_headers (call);
  sage_http_reply_header (call->http, "ETag", etag);
  sage_http_reply_header (call->http, "Last-Modified", modified);
  sage_http_reply_header (call->http, "Accept-Ranges", "bytes");
  /* An object that a browser shows as a page must not act as one of the engine's own origin, with the
   * client certificate that the browser sends by itself. */
  sage_http_reply_header (call->http, "Content-Security-Policy", "sandbox");
  sage_http_reply_header (call->http, "X-Content-Type-Options", "nosniff");

  json_object_iter_init (&iter, headers);
  while (json_object_iter_next (&iter, &name, NULL))
    {
      g_autofree char *parameter = g_strconcat ("response-", name, NULL);
      const char *override = strcmp (sage_http_request_method (call->http), "GET") == 0
                               ? eng_s3_param (call, parameter) : NULL;

      if (override == NULL && (checksums || !is_checksum (name)))
        sage_http_reply_header (call->http, name, sage_json_string (headers, name, ""));
    }

  for (guint i = 0; i < G_N_ELEMENTS (stored); i++)
    {
      g_autofree char *parameter = g_strconcat ("response-", stored[i], NULL);
      const char *override = eng_s3_param (call, parameter);

      if (override != NULL)
        sage_http_reply_header (call->http, stored[i], override);
    }
}
