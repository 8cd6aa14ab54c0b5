/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-sigv4"

#include "config.h"

#include <string.h>

#include "sage-digest.h"
#include "sage-sigv4-private.h"

/*
 * Presigned URLs of S3's version 2 ("Signing and authenticating REST requests", query string
 * authentication). Old clients, and boto3 without a signature version, still make them.
 */

/* The query parameters that name what is acted on, and so are signed. */
static const char *const subresources[] = {
  "accelerate", "acl", "analytics", "cors", "defaultObjectAcl", "delete", "encryption", "inventory",
  "lifecycle", "location", "logging", "metrics", "notification", "object-lock", "ownershipControls",
  "partNumber", "policy", "publicAccessBlock", "replication", "requestPayment",
  "response-cache-control", "response-content-disposition", "response-content-encoding",
  "response-content-language", "response-content-type", "response-expires", "restore", "tagging",
  "torrent", "uploadId", "uploads", "versionId", "versioning", "versions", "website", NULL
};

/* A value of the query counts as a header of that name; that both agree was checked before. */
static const char *
header_or_param (const SageSigRequest *request,
                 GPtrArray            *params,
                 const char           *name)
{
  const char *value = sage_sig_header_get (request, name);

  if (value == NULL)
    value = sage_sig_query_get (params, name);

  return value != NULL ? value : "";
}

static int
compare_text (const void *a,
              const void *b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

/* "x-amz-acl:private\n…", sorted by name, from the headers and from the query. */
static void
append_amz_headers (GString              *out,
                    const SageSigRequest *request,
                    GPtrArray            *params)
{
  g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; request->headers[i] != NULL; i += 2)
    if (g_ascii_strncasecmp (request->headers[i], "x-amz-", 6) == 0)
      {
        g_autofree char *name = g_ascii_strdown (request->headers[i], -1);
        g_autofree char *value = g_strstrip (g_strdup (request->headers[i + 1]));

        g_ptr_array_add (lines, g_strconcat (name, ":", value, "\n", NULL));
      }
  for (guint i = 0; i < params->len; i++)
    {
      SageSigParam *param = params->pdata[i];

      if (g_str_has_prefix (param->name, "x-amz-")
          && sage_sig_header_count (request, param->name) == 0)
        g_ptr_array_add (lines, g_strconcat (param->name, ":", param->value, "\n", NULL));
    }

  g_ptr_array_sort (lines, compare_text);
  for (guint i = 0; i < lines->len; i++)
    g_string_append (out, lines->pdata[i]);
}

static char *
string_to_sign (const SageSigRequest *request,
                GPtrArray            *params,
                const char           *expires)
{
  GString *out = g_string_new (NULL);
  char separator = '?';

  g_string_append_printf (out, "%s\n%s\n%s\n%s\n", request->method,
                          header_or_param (request, params, "content-md5"),
                          header_or_param (request, params, "content-type"), expires);
  append_amz_headers (out, request, params);
  g_string_append (out, request->raw_path[0] != '\0' ? request->raw_path : "/");

  for (guint i = 0; i < params->len; i++)
    {
      SageSigParam *param = params->pdata[i];

      if (!g_strv_contains (subresources, param->name))
        continue;
      g_string_append_printf (out, "%c%s", separator, param->name);
      if (param->value[0] != '\0')
        g_string_append_printf (out, "=%s", param->value);
      separator = '&';
    }

  return g_string_free_and_steal (out);
}

static gboolean
is_ambiguous (const SageSigRequest *request,
              GPtrArray            *params)
{
  static const char *const once[] = { "AWSAccessKeyId", "Signature", "Expires" };

  for (gsize i = 0; i < G_N_ELEMENTS (once); i++)
    if (sage_sig_query_count (params, once[i]) != 1)
      return TRUE;

  for (guint i = 0; i < params->len; i++)
    {
      SageSigParam *param = params->pdata[i];
      gboolean header = g_str_has_prefix (param->name, "x-amz-")
                        || strcmp (param->name, "content-type") == 0
                        || strcmp (param->name, "content-md5") == 0;

      const char *sent = sage_sig_header_get (request, param->name);

      /* A newline in a value could be read as the end of the line that is signed. */
      if (header && ((sent != NULL && strcmp (sent, param->value) != 0)
                     || sage_sig_query_count (params, param->name) > 1
                     || strchr (param->value, '\n') != NULL || strchr (param->name, '\n') != NULL))
        return TRUE;
    }

  return FALSE;
}

SageSigVerdict
sage_sig_verify_v2 (const SageSigRequest  *request,
                    GPtrArray             *params,
                    double                 now,
                    SageSecretFunc         secret,
                    gpointer               user_data,
                    SageSigResult         *result,
                    char                 **message)
{
  const char *expires_text = sage_sig_query_get (params, "Expires");
  const char *given = sage_sig_query_get (params, "Signature");
  const char *key_id;
  g_autofree char *text = NULL;
  g_autofree char *expected = NULL;
  guint64 expires;
  const char *key;
  guint8 mac[20];
  gboolean equal;

  /* A version 2 URL names no region, no day and no scope. */
  result->service = "s3";
  result->region = "";
  result->date = "";
  result->scope = "";
  result->presigned = TRUE;
  result->payload = SAGE_PAYLOAD_UNSIGNED;

  if (is_ambiguous (request, params)
      || !g_ascii_string_to_unsigned (expires_text, 10, 1, G_MAXINT64, &expires, NULL))
    return sage_sig_refuse (SAGE_SIG_MALFORMED, message,
                            "Query-string authentication requires the Signature, Expires and "
                            "AWSAccessKeyId parameters, each once");

  key_id = sage_sig_query_get (params, "AWSAccessKeyId");
  result->text = g_strconcat (key_id, " ", given, NULL);
  result->text[strlen (key_id)] = '\0';
  result->access_key = result->text;
  result->signature = result->text + strlen (key_id) + 1;

  if (now > (double) expires)
    return sage_sig_refuse (SAGE_SIG_EXPIRED, message, "Request has expired");

  key = secret (result->access_key, user_data);
  text = string_to_sign (request, params, expires_text);
  sage_hmac_sha1 (key != NULL ? key : "", key != NULL ? strlen (key) : 0,
                  text, strlen (text), mac);
  expected = g_base64_encode (mac, sizeof mac);
  equal = strlen (given) == strlen (expected)
          && sage_equal_constant_time (given, expected, strlen (expected));

  if (key == NULL)
    return sage_sig_refuse (SAGE_SIG_UNKNOWN_KEY, message, "%s", SAGE_SIG_UNKNOWN_KEY_TEXT);
  if (!equal)
    return sage_sig_refuse (SAGE_SIG_MISMATCH, message, "%s", SAGE_SIG_MISMATCH_TEXT);

  return SAGE_SIG_OK;
}
