/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-s3"

#include "config.h"

#include <stdio.h>
#include <string.h>

#include "eng-s3-private.h"
#include "sage-error.h"

/* The value of a request header, or NULL. */
const char *
eng_s3_header (EngS3Call  *call,
               const char *name)
{
  return sage_http_request_header (call->http, name);
}

/* The decoded value of a query parameter, or NULL. */
const char *
eng_s3_param (EngS3Call  *call,
              const char *name)
{
  return sage_http_params_get (call->query, name);
}

/* Reads a parameter that is a count; above @maximum counts as @maximum. */
gboolean
eng_s3_uint_param (EngS3Call   *call,
                   const char  *name,
                   guint        fallback,
                   guint        maximum,
                   guint       *value,
                   GError     **error)
{
  const char *text = eng_s3_param (call, name);
  guint64 number = fallback;

  if (text != NULL && !g_ascii_string_to_unsigned (text, 10, 0, G_MAXINT32, &number, NULL))
    return eng_s3_throw (error, ENG_S3_INVALID_ARGUMENT, "Provided %s not an integer or within "
                         "integer range", name);
  *value = (guint) MIN (number, maximum);

  return TRUE;
}

/* Reads `encoding-type`. */
gboolean
eng_s3_url_encoding (EngS3Call  *call,
                     gboolean   *url,
                     GError    **error)
{
  const char *type = eng_s3_param (call, "encoding-type");

  *url = g_strcmp0 (type, "url") == 0;
  if (type != NULL && *type != '\0' && !*url)
    return eng_s3_throw (error, ENG_S3_INVALID_ARGUMENT,
                         "Invalid Encoding Method specified in Request");

  return TRUE;
}

/* A client may say whose bucket it expects; all are the account's. */
gboolean
eng_s3_check_owner (EngS3Call  *call,
                    GError    **error)
{
  static const char * const names[] = {
    "x-amz-expected-bucket-owner", "x-amz-source-expected-bucket-owner",
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      const char *owner = eng_s3_header (call, names[i]);

      if (owner != NULL && strcmp (owner, call->engine->account) != 0)
        return eng_s3_throw (error, ENG_S3_ACCESS_DENIED, "Access Denied");
    }

  return TRUE;
}

/* Decodes a key, or another piece of a path, exactly once; `+` is itself. Unlike the names in other
 * paths a key may hold control characters, but no NUL. */
char *
eng_s3_decode (const char  *text,
               gssize       length,
               GError     **error)
{
  gsize n = length < 0 ? strlen (text) : (gsize) length;
  g_autoptr(GString) decoded = g_string_sized_new (n);

  for (gsize i = 0; i < n; i++)
    {
      int high = text[i] == '%' && n - i > 2 ? g_ascii_xdigit_value (text[i + 1]) : -1;
      int low = high >= 0 ? g_ascii_xdigit_value (text[i + 2]) : -1;

      if (text[i] != '%')
        g_string_append_c (decoded, text[i]);
      else if (low >= 0 && (high | low) != 0)
        {
          g_string_append_c (decoded, (char) (high << 4 | low));
          i += 2;
        }
      else
        {
          eng_s3_throw (error, ENG_S3_INVALID_URI, "Could not parse the specified URI.");
          return NULL;
        }
    }

  if (!g_utf8_validate (decoded->str, (gssize) decoded->len, NULL))
    {
      eng_s3_throw (error, ENG_S3_INVALID_URI, "The specified URI is not valid UTF-8.");
      return NULL;
    }

  return g_string_free_and_steal (g_steal_pointer (&decoded));
}

/* The headers of every reply. */
void
eng_s3_reply_headers (EngS3Call *call)
{
  sage_http_reply_header (call->http, "x-amz-request-id", call->request_id);
  sage_http_reply_header (call->http, "x-amz-id-2", call->request_id);
}

/* Answers without a body. */
void
eng_s3_reply_empty (EngS3Call *call,
                    guint      status)
{
  eng_s3_reply_headers (call);
  sage_http_reply (call->http, status, NULL, NULL, 0);
}

/* Answers 200 with the document @xml, which it takes. */
void
eng_s3_reply_xml (EngS3Call  *call,
                  GString    *xml,
                  const char *root)
{
  g_autoptr(GBytes) body = eng_s3_xml_end (xml, root);

  eng_s3_reply_headers (call);
  sage_http_reply_bytes (call->http, 200, ENG_S3_XML_TYPE, body);
}

/* What the store did not find, seen from the operation. */
static EngS3Error
what_is_missing (EngS3Call *call)
{
  if (call->bucket != NULL && !eng_objects_bucket_exists (call->engine->objects, call->bucket))
    return ENG_S3_NO_SUCH_BUCKET;
  if (sage_http_params_has (call->query, "uploadId"))
    return ENG_S3_NO_SUCH_UPLOAD;

  return ENG_S3_NO_SUCH_KEY;
}

static const char *
message_of (EngS3Error    code,
            const GError *error)
{
  if (error->domain == ENG_S3_ERROR)
    return error->message;
  if (code == ENG_S3_NO_SUCH_KEY)
    return "The specified key does not exist.";
  if (code == ENG_S3_NO_SUCH_BUCKET)
    return "The specified bucket does not exist";
  if (code == ENG_S3_NO_SUCH_UPLOAD)
    return "The specified upload does not exist. The upload ID may be invalid, or the upload may "
           "have been aborted or completed.";
  if (code == ENG_S3_PRECONDITION_FAILED)
    return "At least one of the pre-conditions you specified did not hold";
  if (code == ENG_S3_KEY_TOO_LONG)
    return "Your key is too long";

  return error->message;
}

/* Answers with the S3 form of @error. */
void
eng_s3_reply_error (EngS3Call    *call,
                    const GError *error)
{
  EngS3Error code = eng_s3_error_from (error, ENG_S3_NO_SUCH_KEY);
  const char *resource = sage_http_request_path (call->http);
  guint status;
  g_autoptr(GBytes) body = NULL;
  GString *xml;

  if (code == ENG_S3_NO_SUCH_KEY && error->domain == SAGE_ERROR)
    code = what_is_missing (call);
  status = eng_s3_error_status (code);
  if (status >= 500 && code != ENG_S3_NOT_IMPLEMENTED)
    g_warning ("%s: %s", call->operation != NULL ? call->operation->name : "S3", error->message);

  eng_s3_reply_headers (call);
  if (strcmp (sage_http_request_method (call->http), "HEAD") == 0)
    {
      sage_http_reply_head (call->http, status, ENG_S3_XML_TYPE, 0);
      return;
    }

  xml = g_string_new ("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error>");
  eng_s3_xml_text (xml, "Code", eng_s3_error_code (code));
  eng_s3_xml_text (xml, "Message", message_of (code, error));
  eng_s3_xml_text (xml, "BucketName", call->bucket);
  eng_s3_xml_text (xml, "Key", call->key);
  eng_s3_xml_text (xml, "Resource", resource);
  eng_s3_xml_text (xml, "RequestId", call->request_id);
  eng_s3_xml_text (xml, "HostId", call->request_id);
  body = eng_s3_xml_end (xml, "Error");
  sage_http_reply_bytes (call->http, status, ENG_S3_XML_TYPE, body);
}

/* Reads the IMF-fixdate of RFC 9110 5.6.7, `Sat, 31 Jan 2026 08:09:10 GMT`. Another form of date is
 * no date, and a condition with it is passed over, as that RFC demands. */
gboolean
eng_s3_parse_date (const char *text,
                   double     *seconds)
{
  static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
  int day, year, hour, minute, second, used = 0;
  char month[4];
  const char *at;
  g_autoptr(GDateTime) when = NULL;

  if (strlen (text) != 29 ||
      sscanf (text, "%*3[A-Za-z], %2d %3[A-Za-z] %4d %2d:%2d:%2d GMT%n", &day, month, &year, &hour,
              &minute, &second, &used) != 6 || used != 29)
    return FALSE;

  at = strstr (months, month);
  if (at == NULL || strlen (month) != 3 || (at - months) % 3 != 0)
    return FALSE;

  when = g_date_time_new_utc (year, (int) (at - months) / 3 + 1, day, hour, minute, second);
  if (when == NULL)
    return FALSE;
  *seconds = (double) g_date_time_to_unix (when);

  return TRUE;
}
