/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "gw-auth"

#include "config.h"

#include <string.h>
#include <unistd.h>

#include "sage-digest.h"
#include "sage-sigv4.h"
#include "sage-time.h"

#include "gw-gateway-private.h"

/**
 * gw_auth_begin:
 * @gateway: the gateway
 * @request: a request whose headers are in
 *
 * Refuses who cannot be anybody, before the body is read: another user over the Unix socket, no
 * signature over TCP, a page in a browser over either.
 *
 * Returns: whether the request may go on
 */
gboolean
gw_auth_begin (GwGateway       *gateway,
               SageHttpRequest *request)
{
  gint64 uid = sage_http_request_peer_uid (request);

  if (sage_http_request_header (request, "Origin") != NULL)
    gw_reply_error (request, 403, "AccessDeniedException", "Requests from web pages are not accepted");
  else if (uid >= 0 && uid != (gint64) getuid () && uid != 0)
    gw_reply_error (request, 403, "AccessDeniedException", "The socket belongs to another user");
  else if (uid < 0 && sage_http_request_header (request, "Authorization") == NULL)
    gw_reply_error (request, 403, "MissingAuthenticationTokenException",
                    "Missing Authentication Token");
  else
    return TRUE;

  return FALSE;
}

static const char *
find_secret (const char *access_key,
             gpointer    user_data)
{
  GwTable *table = user_data;

  return g_hash_table_lookup (table->keys, access_key);
}

static void
refuse (SageHttpRequest *request,
        SageSigVerdict   verdict,
        const char      *message)
{
  switch (verdict)
    {
    case SAGE_SIG_MISSING:
      gw_reply_error (request, 403, "MissingAuthenticationTokenException",
                      "Missing Authentication Token");
      break;
    case SAGE_SIG_MALFORMED:
      gw_reply_error (request, 403, "IncompleteSignatureException",
                      message != NULL ? message : "The authorization is incomplete");
      break;
    case SAGE_SIG_UNKNOWN_KEY:
      gw_reply_error (request, 403, "UnrecognizedClientException",
                      SAGE_SIG_UNKNOWN_KEY_TEXT);
      break;
    case SAGE_SIG_MISMATCH:
      gw_reply_error (request, 403, "InvalidSignatureException",
                      SAGE_SIG_MISMATCH_TEXT);
      break;
    case SAGE_SIG_EXPIRED:
      gw_reply_error (request, 403, "InvalidSignatureException",
                      message != NULL ? message : "Signature expired");
      break;
    case SAGE_SIG_OK:
    default:
      g_assert_not_reached ();
    }
}

/* Counts a wrong signature. Returns whether it was one too many, which is answered here. */
static gboolean
back_off (GwGateway       *gateway,
          SageHttpRequest *request,
          const char      *access_key)
{
  g_autofree char *peer = sage_http_request_peer (request);
  guint wait = sage_sig_backoff_fail (gateway->backoff, access_key, peer != NULL ? peer : "",
                                      sage_time_boot ());
  g_autofree char *seconds = g_strdup_printf ("%u", wait);
  g_autofree char *message = NULL;

  if (wait == 0)
    return FALSE;

  sage_http_reply_header (request, "Retry-After", seconds);
  message = g_strdup_printf (SAGE_SIG_GUESSED_TEXT, wait);
  gw_reply_error (request, 429, "ThrottlingException", message);

  return TRUE;
}

/**
 * gw_auth_check:
 * @gateway: the gateway
 * @table: the routes, which hold the keys
 * @request: a request whose body is in
 *
 * Checks the signature, body included, of a request that came over TCP.
 *
 * Returns: whether the request may go on
 */
gboolean
gw_auth_check (GwGateway       *gateway,
               GwTable         *table,
               SageHttpRequest *request)
{
  g_auto(SageSigResult) result = { 0 };
  g_autofree char *message = NULL;
  guint8 hash[SAGE_SHA256_SIZE];
  char body_sha256[SAGE_SHA256_HEX];
  SageSigRequest sig_request;
  SageSigVerdict verdict;
  gsize length;
  GBytes *body;

  if (sage_http_request_peer_uid (request) >= 0)
    return TRUE;

  body = sage_http_request_body (request);
  length = g_bytes_get_size (body);
  sage_sha256 (length > 0 ? g_bytes_get_data (body, NULL) : "", length, hash);
  sage_hex_write (hash, sizeof hash, body_sha256);

  sig_request = (SageSigRequest) {
    .method = sage_http_request_method (request),
    .raw_path = sage_http_request_path (request),
    .raw_query = sage_http_request_query (request),
    .headers = sage_http_request_headers (request),
    .body_sha256 = body_sha256,
  };

  verdict = sage_sig_verify (&sig_request, sage_time_now (), find_secret, table, &result, &message);
  if ((verdict == SAGE_SIG_UNKNOWN_KEY || verdict == SAGE_SIG_MISMATCH) &&
      back_off (gateway, request, result.access_key))
    return FALSE;
  if (verdict == SAGE_SIG_OK &&
      (result.presigned || result.payload != SAGE_PAYLOAD_HASHED ||
       g_strcmp0 (result.payload_hash, body_sha256) != 0 ||
       g_strcmp0 (result.service, "sagemaker") != 0 ||
       (gateway->region != NULL && g_strcmp0 (result.region, gateway->region) != 0)))
    verdict = SAGE_SIG_MISMATCH;

  if (verdict != SAGE_SIG_OK)
    refuse (request, verdict, message);

  return verdict == SAGE_SIG_OK;
}
