/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-sigv4"

#include "config.h"

#include <string.h>

#include "sage-digest.h"
#include "sage-sigv4-private.h"

/* Writes the signature as hexadecimal text. */
void
sage_sig_sign (const guint8  key[32],
               const char   *date,
               const char   *scope,
               const char   *canonical,
               char          signature[SAGE_SHA256_HEX])
{
  g_autofree char *text = NULL;
  char hash[SAGE_SHA256_HEX];
  guint8 digest[SAGE_SHA256_SIZE];

  sage_sha256 (canonical, strlen (canonical), digest);
  sage_hex_write (digest, sizeof digest, hash);
  text = g_strjoin ("\n", SAGE_SIG_ALGORITHM, date, scope, hash, NULL);
  sage_hmac_sha256 (key, 32, text, strlen (text), digest);
  sage_hex_write (digest, sizeof digest, signature);
}

static char *
sign_part (const SageSigResult *result,
           const char          *algorithm,
           const char          *previous_signature,
           const char          *empty_line,
           const guint8         hash[32])
{
  g_autofree char *hex = sage_hex (hash, 32);
  g_autofree char *text = NULL;
  guint8 mac[SAGE_SHA256_SIZE];

  text = g_strconcat (algorithm, "\n", result->date, "\n", result->scope, "\n",
                      previous_signature, "\n", empty_line, hex, NULL);
  sage_hmac_sha256 (result->signing_key, sizeof result->signing_key, text, strlen (text), mac);

  return sage_hex (mac, sizeof mac);
}

/**
 * sage_sig_chunk:
 * @result: the verified header of a %SAGE_PAYLOAD_STREAMING_SIGNED upload
 * @previous_signature: of the chunk before; the signature of @result for the first one
 * @chunk_sha256: the hash of the data of the chunk
 *
 * Returns: (transfer full): the signature that the chunk must carry
 */
char *
sage_sig_chunk (const SageSigResult *result,
                const char          *previous_signature,
                const guint8         chunk_sha256[32])
{
  return sign_part (result, SAGE_SIG_ALGORITHM "-PAYLOAD", previous_signature,
                    SAGE_SIG_EMPTY_SHA256 "\n", chunk_sha256);
}

/**
 * sage_sig_trailer:
 * @result: the verified header of a %SAGE_PAYLOAD_STREAMING_SIGNED_TRAILER upload
 * @previous_signature: of the last chunk, the empty one
 * @trailer_sha256: the hash of the trailer lines, each `name:value` and a newline
 *
 * Returns: (transfer full): what `x-amz-trailer-signature` must be
 */
char *
sage_sig_trailer (const SageSigResult *result,
                  const char          *previous_signature,
                  const guint8         trailer_sha256[32])
{
  return sign_part (result, SAGE_SIG_ALGORITHM "-TRAILER", previous_signature, "", trailer_sha256);
}

static int
compare_names (const void *a,
               const void *b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

/* Returns: (transfer full): the lower-case names of all headers, sorted, each once */
static char **
list_headers (const SageSigRequest *request)
{
  g_autoptr(GPtrArray) names = g_ptr_array_new_null_terminated (8, g_free, TRUE);

  for (guint i = 0; request->headers[i] != NULL; i += 2)
    {
      g_autofree char *name = g_ascii_strdown (request->headers[i], -1);

      if (!g_ptr_array_find_with_equal_func (names, name, g_str_equal, NULL))
        g_ptr_array_add (names, g_steal_pointer (&name));
    }
  g_ptr_array_sort (names, compare_names);

  return (char **) g_ptr_array_steal (names, NULL);
}

/**
 * sage_sig_authorization:
 * @request: the request to send, with every header that is to be signed; `host` and `x-amz-date`
 *   must be among them
 * @access_key: the access key
 * @secret: its secret
 * @region: the region, e.g. `us-east-1`
 * @service: the signing name of the service, e.g. `sagemaker`
 * @payload_hash: the SHA-256 of the body as lower-case hex, or what S3 takes instead
 *
 * Returns: (transfer full): the value of the Authorization header
 */
char *
sage_sig_authorization (const SageSigRequest *request,
                        const char           *access_key,
                        const char           *secret,
                        const char           *region,
                        const char           *service,
                        const char           *payload_hash)
{
  g_autoptr(GPtrArray) params = NULL;
  g_auto(GStrv) names = NULL;
  g_autofree char *day = NULL;
  g_autofree char *scope = NULL;
  g_autofree char *canonical = NULL;
  g_autofree char *list = NULL;
  char signature[SAGE_SHA256_HEX];
  const char *date = sage_sig_header_get (request, "x-amz-date");
  guint8 key[32];

  g_return_val_if_fail (date != NULL && strlen (date) == 16, NULL);
  g_return_val_if_fail (sage_sig_header_get (request, "host") != NULL, NULL);

  day = g_strndup (date, 8);
  scope = g_strjoin ("/", day, region, service, SAGE_SIG_TERMINATOR, NULL);
  params = sage_sig_query_parse (request->raw_query != NULL ? request->raw_query : "");
  names = list_headers (request);
  canonical = sage_sig_canonical_request (request, params, (const char *const *) names,
                                          payload_hash, strcmp (service, "s3") == 0);
  sage_sig_derive_key (secret, day, region, service, key);
  sage_sig_sign (key, date, scope, canonical, signature);
  explicit_bzero (key, sizeof key);
  list = g_strjoinv (";", names);

  return g_strconcat (SAGE_SIG_ALGORITHM " Credential=", access_key, "/", scope,
                      ", SignedHeaders=", list, ", Signature=", signature, NULL);
}
