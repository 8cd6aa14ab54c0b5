/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-s3"

#include "config.h"

#include <string.h>

#include "eng-s3-private.h"
#include "sage-digest.h"

/* Frees what a body holds; an object that was not committed is gone. */
void
eng_s3_body_clear (EngS3Body *body)
{
  g_clear_pointer (&body->writer, eng_object_writer_free);
  g_clear_pointer (&body->bytes, g_byte_array_unref);
  g_clear_pointer (&body->chunked, eng_s3_chunked_free);
  g_clear_pointer (&body->checksum.value, g_free);
}

static gint64
body_size (const EngS3Body *body)
{
  return body->writer != NULL ? eng_object_writer_size (body->writer) : (gint64) body->bytes->len;
}

/* Takes bytes of the content itself. */
static gboolean
take_content (const guint8  *data,
              gsize          length,
              gpointer       user_data,
              GError       **error)
{
  EngS3Body *body = user_data;

  if ((gint64) length > body->limit - body_size (body))
    return eng_s3_throw (error, ENG_S3_ENTITY_TOO_LARGE,
                         "Your proposed upload exceeds the maximum allowed size");
  if (body->writer != NULL)
    return eng_object_writer_write (body->writer, data, length, error);

  g_byte_array_append (body->bytes, data, (guint) length);

  return TRUE;
}

/* Takes bytes as they come off the wire. */
static gboolean
sink_cb (SageHttpRequest  *request,
         const guint8     *data,
         gsize             length,
         gpointer          user_data,
         GError          **error)
{
  EngS3Body *body = user_data;

  return body->chunked != NULL ? eng_s3_chunked_feed (body->chunked, data, length, error)
                               : take_content (data, length, body, error);
}

/* Sets up the framing, and the sink. @announced is what the content's length will be, or -1. */
static gboolean
begin_framing (EngS3Call  *call,
               GError    **error)
{
  EngS3Body *body = &call->body;
  const char *decoded = eng_s3_header (call, "x-amz-decoded-content-length");
  gint64 announced = sage_http_request_content_length (call->http);
  guint64 number;

  body->decoded = -1;
  switch (call->sig->payload)
    {
    case SAGE_PAYLOAD_STREAMING_UNSIGNED_TRAILER:
    case SAGE_PAYLOAD_STREAMING_SIGNED:
    case SAGE_PAYLOAD_STREAMING_SIGNED_TRAILER:
      body->chunked = eng_s3_chunked_new (call->sig, take_content, body);
      if (decoded == NULL ||
          !g_ascii_string_to_unsigned (decoded, 10, 0, G_MAXINT64, &number, NULL))
        return eng_s3_throw (error, ENG_S3_INVALID_ARGUMENT,
                             "x-amz-decoded-content-length must be given with a chunked body");
      body->decoded = announced = (gint64) number;
      break;
    case SAGE_PAYLOAD_HASHED:
    case SAGE_PAYLOAD_UNSIGNED:
      break;
    }

  if (announced > body->limit)
    return eng_s3_throw (error, ENG_S3_ENTITY_TOO_LARGE,
                         "Your proposed upload exceeds the maximum allowed size");

  sage_http_request_set_sink (call->http, sink_cb, body, NULL);

  return TRUE;
}

/* Makes ready for a body that is kept in memory. */
gboolean
eng_s3_body_begin_memory (EngS3Call  *call,
                          gint64      limit,
                          GError    **error)
{
  call->body.limit = limit;
  call->body.bytes = g_byte_array_new ();

  return eng_s3_checksum_from_headers (call, &call->body.checksum, error) &&
         begin_framing (call, error);
}

/* Makes ready for a body that becomes an object or a part. With @algorithm (nullable) its checksum
 * is computed whether the client sends one or not. */
gboolean
eng_s3_body_begin_object (EngS3Call   *call,
                          const char  *algorithm,
                          GError     **error)
{
  EngS3Body *body = &call->body;
  guint digests = 0;

  body->limit = ENG_OBJECT_SIZE_MAX;
  if (!eng_s3_checksum_from_headers (call, &body->checksum, error))
    return FALSE;
  if (algorithm != NULL && !body->checksum.wanted &&
      !eng_s3_checksum_from_name (algorithm, &body->checksum, error))
    return FALSE;

  if (body->checksum.wanted)
    digests = 1u << body->checksum.kind;
  body->writer = eng_object_writer_new (call->engine->objects, digests, error);

  return body->writer != NULL && begin_framing (call, error);
}

static gsize
body_digest (const EngS3Body *body,
             SageDigestKind   kind,
             guint8           out[SAGE_SHA256_SIZE])
{
  g_autoptr(SageDigest) digest = NULL;

  if (body->writer != NULL)
    return eng_object_writer_digest (body->writer, kind, out);

  digest = sage_digest_new (kind);
  sage_digest_update (digest, body->bytes->data, body->bytes->len);

  return sage_digest_finish (digest, out);
}

/* What the request's signature says of the body. Over the local socket there is no signature, but
 * a hash that is sent all the same is held against the body too. */
static gboolean
check_payload_hash (EngS3Call  *call,
                    GError    **error)
{
  const char *header = eng_s3_header (call, "x-amz-content-sha256");
  const char *expected = call->sig->payload_hash;
  guint8 sha256[SAGE_SHA256_SIZE];
  g_autofree char *hex = NULL;

  if (call->body.chunked != NULL)
    return TRUE;
  if (expected == NULL && header != NULL && strlen (header) == 64)
    expected = header;
  if (expected == NULL)
    return TRUE;

  body_digest (&call->body, SAGE_DIGEST_SHA256, sha256);
  hex = sage_hex (sha256, sizeof sha256);

  return g_ascii_strcasecmp (hex, expected) == 0 ||
         eng_s3_throw (error, ENG_S3_SHA256_MISMATCH, "The provided 'x-amz-content-sha256' header "
                       "does not match what was computed.");
}

static gboolean
check_md5 (EngS3Call  *call,
           GError    **error)
{
  const char *header = eng_s3_header (call, "Content-MD5");
  guint8 md5[SAGE_SHA256_SIZE];
  g_autofree guchar *expected = NULL;
  gsize length = 0;

  if (header == NULL)
    return TRUE;

  expected = g_base64_decode (header, &length);
  if (length != 16 || strlen (header) != 24)
    return eng_s3_throw (error, ENG_S3_INVALID_DIGEST,
                         "The Content-MD5 you specified is not valid.");
  body_digest (&call->body, SAGE_DIGEST_MD5, md5);

  return memcmp (md5, expected, 16) == 0 ||
         eng_s3_throw (error, ENG_S3_BAD_DIGEST,
                       "The Content-MD5 you specified did not match what we received.");
}

static gboolean
check_checksum (EngS3Call  *call,
                GError    **error)
{
  EngS3Checksum *checksum = &call->body.checksum;
  g_autofree char *computed = NULL;

  if (checksum->in_trailer)
    {
      checksum->value = g_strdup (eng_s3_chunked_trailer (call->body.chunked, checksum->header));
      if (checksum->value == NULL)
        return eng_s3_throw (error, ENG_S3_INVALID_REQUEST,
                             "The trailer %s was announced and not sent",
                             checksum->header);
    }
  if (checksum->value == NULL)
    return TRUE;

  computed = eng_s3_body_checksum (call);

  return g_strcmp0 (checksum->value, computed) == 0 ||
         eng_s3_throw (error, ENG_S3_BAD_DIGEST,
                       "The %s you specified did not match the calculated "
                       "checksum.", checksum->header);
}

/* The whole body is in: holds it against all that was said of it. */
gboolean
eng_s3_body_finish (EngS3Call  *call,
                    GError    **error)
{
  EngS3Body *body = &call->body;
  GError *refused = sage_http_request_sink_error (call->http);

  if (refused != NULL)
    {
      g_propagate_error (error, g_error_copy (refused));
      return FALSE;
    }
  if (body->chunked != NULL && !eng_s3_chunked_finish (body->chunked, error))
    return FALSE;
  if (body->decoded >= 0 && body_size (body) != body->decoded)
    return eng_s3_throw (error, ENG_S3_INCOMPLETE_BODY, "You did not provide the number of bytes "
                         "specified by the x-amz-decoded-content-length HTTP header");

  return check_payload_hash (call, error) && check_md5 (call, error) &&
         check_checksum (call, error);
}

/* The body that was kept in memory. */
GBytes *
eng_s3_body_bytes (EngS3Call *call)
{
  return g_bytes_new (call->body.bytes->data, call->body.bytes->len);
}

/* The content's checksum in base64, or NULL when none was asked for. */
char *
eng_s3_body_checksum (EngS3Call *call)
{
  guint8 value[SAGE_SHA256_SIZE];
  gsize length;

  if (!call->body.checksum.wanted)
    return NULL;

  length = body_digest (&call->body, call->body.checksum.kind, value);

  return g_base64_encode (value, length);
}
