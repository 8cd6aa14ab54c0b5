/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-sigv4"

#include "config.h"

#include <string.h>

#include "sage-digest.h"
#include "sage-header-name.h"
#include "sage-sigv4-private.h"

/* Takes the place of the secret of an unknown key, so that both take the same work. */
#define DUMMY_SECRET "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"

/* Headers that say one thing; a second one would let two readers see two requests. */
typedef enum
{
  SINGLE_AUTHORIZATION,
  SINGLE_HOST,
  SINGLE_DATE,
  SINGLE_AMZ_DATE,
  SINGLE_TARGET,
  SINGLE_CONTENT_SHA256,
  SINGLE_SECURITY_TOKEN,
  N_SINGLES,
} Single;

static const char *const single_headers[N_SINGLES] = {
  "authorization", "host", "date", "x-amz-date", "x-amz-target", "x-amz-content-sha256",
  "x-amz-security-token"
};

static void
count_singles (const SageSigRequest *request,
               guint                 counts[N_SINGLES])
{
  memset (counts, 0, N_SINGLES * sizeof *counts);
  for (guint i = 0; request->headers[i] != NULL; i += 2)
    for (guint j = 0; j < N_SINGLES; j++)
      counts[j] += sage_header_name_equal (request->headers[i], single_headers[j]);
}

static gboolean
is_any_repeated (const guint counts[N_SINGLES])
{
  for (guint i = 0; i < N_SINGLES; i++)
    if (counts[i] > 1)
      return TRUE;

  return FALSE;
}

static gboolean
is_signed (SageSigClaim *claim,
           const char   *name)
{
  for (const char **signed_name = claim->signed_headers; *signed_name != NULL; signed_name++)
    if (strcmp (*signed_name, name) == 0)
      return TRUE;

  return FALSE;
}

/* A header outside the signature could be added by whoever relays the request or holds the URL. */
static SageSigVerdict
check_signed_headers (const SageSigRequest  *request,
                      SageSigClaim          *claim,
                      const guint           *counts,
                      gboolean               s3,
                      char                 **message)
{
  static const Single needed[] = { SINGLE_HOST, SINGLE_TARGET, SINGLE_AMZ_DATE };

  if (!is_signed (claim, "host"))
    return sage_sig_refuse (SAGE_SIG_MISMATCH, message,
                            "'Host' or ':authority' must be a 'SignedHeader' in the AWS "
                            "Authorization.");

  for (gsize i = 0; i < G_N_ELEMENTS (needed); i++)
    if (counts[needed[i]] > 0 && !is_signed (claim, single_headers[needed[i]]))
      return sage_sig_refuse (SAGE_SIG_MISMATCH, message,
                              "'%s' must be a 'SignedHeader' in the AWS Authorization.",
                              single_headers[needed[i]]);

  if (!claim->dated_by_query && counts[SINGLE_AMZ_DATE] == 0
      && !is_signed (claim, "date"))
    return sage_sig_refuse (SAGE_SIG_MISMATCH, message,
                            "'Date' must be a 'SignedHeader' in the AWS Authorization.");

  for (guint i = 0; s3 && request->headers[i] != NULL; i += 2)
    {
      g_autofree char *name = g_ascii_strdown (request->headers[i], -1);

      if (g_str_has_prefix (name, "x-amz-") && strcmp (name, "x-amz-content-sha256") != 0
          && !is_signed (claim, name))
        return sage_sig_refuse (SAGE_SIG_MISMATCH, message,
                                "There were headers present in the request which were not signed");
    }

  for (guint i = 0; claim->signed_headers[i] != NULL; i++)
    if (sage_sig_header_count (request, claim->signed_headers[i]) == 0)
      return sage_sig_refuse (SAGE_SIG_MISMATCH, message,
                              "'%s' is named as a SignedHeader, but it does not exist in the "
                              "HTTP request", claim->signed_headers[i]);

  return SAGE_SIG_OK;
}

static SageSigVerdict
check_scope (SageSigClaim  *claim,
             char         **message)
{
  if (strcmp (claim->credential[4], SAGE_SIG_TERMINATOR) != 0)
    return sage_sig_refuse (SAGE_SIG_MISMATCH, message,
                            "Credential should be scoped with a valid terminator: '"
                            SAGE_SIG_TERMINATOR "'.");
  if (strncmp (claim->credential[1], claim->date, 8) != 0)
    return sage_sig_refuse (SAGE_SIG_MISMATCH, message,
                            "Date in Credential scope does not match YYYYMMDD from ISO-8601 "
                            "version of date from HTTP: '%s' != '%.8s', from '%s'.",
                            claim->credential[1], claim->date, claim->date);

  return SAGE_SIG_OK;
}

static SageSigVerdict
check_time (SageSigClaim  *claim,
            gboolean       s3,
            double         now,
            char         **message)
{
  const int skew = s3 ? SAGE_SIG_S3_SKEW : SAGE_SIG_SKEW;
  g_autofree char *now_text = NULL;
  g_autofree char *limit = NULL;

  if (claim->seconds > now + skew)
    {
      now_text = sage_sig_format_date (now);
      limit = sage_sig_format_date (now + skew);

      return sage_sig_refuse (SAGE_SIG_EXPIRED, message,
                              "Signature not yet current: %s is still later than %s (%s + %d "
                              "min.)", claim->date, limit, now_text, skew / 60);
    }

  if (claim->dated_by_query)
    {
      if (now > claim->seconds + (double) claim->expires)
        return sage_sig_refuse (SAGE_SIG_EXPIRED, message, "Request has expired");
    }
  else if (claim->seconds < now - skew)
    {
      now_text = sage_sig_format_date (now);
      limit = sage_sig_format_date (now - skew);

      return sage_sig_refuse (SAGE_SIG_EXPIRED, message,
                              "Signature expired: %s is now earlier than %s (%s - %d min.)",
                              claim->date, limit, now_text, skew / 60);
    }

  return SAGE_SIG_OK;
}

/*
 * Settles what the last line of the canonical request is. Only S3 has bodies that the signature
 * does not cover.
 *
 * Returns: (nullable): that line, or %NULL having said why there is none
 */
static const char *
read_payload (const SageSigRequest  *request,
              gboolean               s3,
              SageSigResult         *result,
              char                 **message)
{
  static const struct
  {
    const char      *text;
    SagePayloadKind  kind;
  } kinds[] = {
    { "UNSIGNED-PAYLOAD", SAGE_PAYLOAD_UNSIGNED },
    { "STREAMING-UNSIGNED-PAYLOAD-TRAILER", SAGE_PAYLOAD_STREAMING_UNSIGNED_TRAILER },
    { "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", SAGE_PAYLOAD_STREAMING_SIGNED },
    { "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER", SAGE_PAYLOAD_STREAMING_SIGNED_TRAILER },
  };
  const char *header = sage_sig_header_get (request, "x-amz-content-sha256");

  if (s3 && result->presigned)
    {
      result->payload = SAGE_PAYLOAD_UNSIGNED;
      return "UNSIGNED-PAYLOAD";
    }

  for (gsize i = 0; s3 && header != NULL && i < G_N_ELEMENTS (kinds); i++)
    if (strcmp (header, kinds[i].text) == 0)
      {
        result->payload = kinds[i].kind;
        return kinds[i].text;
      }

  if (header == NULL && !s3)
    header = request->body_sha256;

  if (header == NULL || !sage_sig_is_sha256 (header))
    {
      const char *why = header == NULL
                        ? "Missing required header for this request: x-amz-content-sha256"
                        : "x-amz-content-sha256 must be the SHA-256 of the body or one of the "
                          "values that this service defines";

      sage_sig_refuse (SAGE_SIG_MALFORMED, message, "%s", why);
      return NULL;
    }

  result->payload = SAGE_PAYLOAD_HASHED;

  return header;
}

static SageSigVerdict
compare_signature (SageSigClaim    *claim,
                   const char      *canonical,
                   SageSecretFunc   secret_func,
                   gpointer         user_data,
                   SageSigResult   *result,
                   char           **message)
{
  const char **c = claim->credential;
  const char *secret = secret_func (result->access_key, user_data);
  char expected[SAGE_SHA256_HEX];
  const char *used = secret != NULL ? secret : DUMMY_SECRET;
  gboolean cached;
  guint8 key[32];

  cached = sage_sig_key_cache_get (used, c[1], c[2], c[3], key);
  if (!cached)
    sage_sig_derive_key (used, c[1], c[2], c[3], key);
  sage_sig_sign (key, claim->date, result->scope, canonical, expected);

  if (!sage_equal_constant_time (expected, result->signature, 64) || secret == NULL)
    {
      /* Every refusal has derived one key: whose keys are known, or in use, does not show in the time. */
      if (cached)
        sage_sig_derive_key (DUMMY_SECRET, c[1], c[2], c[3], key);
      explicit_bzero (key, sizeof key);
      if (secret == NULL)
        return sage_sig_refuse (SAGE_SIG_UNKNOWN_KEY, message, "%s", SAGE_SIG_UNKNOWN_KEY_TEXT);
      return sage_sig_refuse (SAGE_SIG_MISMATCH, message, "%s", SAGE_SIG_MISMATCH_TEXT);
    }

  if (!cached)
    sage_sig_key_cache_put (secret, c[1], c[2], c[3], key);
  memcpy (result->signing_key, key, sizeof key);
  explicit_bzero (key, sizeof key);

  return SAGE_SIG_OK;
}

/* Copies @word to *@at and moves that behind it. */
static const char *
keep (char       **at,
      const char  *word)
{
  const char *kept = *at;

  *at = stpcpy (*at, word) + 1;

  return kept;
}

/* Fills in what is known of the request, all of it in one piece of memory. */
static void
keep_words (SageSigClaim  *claim,
            const char    *payload,
            SageSigResult *result)
{
  const char **c = claim->credential;
  gsize size = strlen (claim->date) + strlen (claim->signature) + strlen (payload) + 3;
  char *at;

  /* region and service twice: in the scope as well */
  for (guint i = 0; i < 5; i++)
    size += 2 * (strlen (c[i]) + 1);
  at = result->text = g_malloc (size);

  result->access_key = keep (&at, c[0]);
  result->region = keep (&at, c[2]);
  result->service = keep (&at, c[3]);
  result->date = keep (&at, claim->date);
  result->signature = keep (&at, claim->signature);
  result->signed_at = claim->seconds;
  if (result->payload == SAGE_PAYLOAD_HASHED)
    result->payload_hash = keep (&at, payload);

  result->scope = at;
  for (guint i = 1; i < 5; i++)
    {
      at = stpcpy (at, c[i]);
      *at++ = '/';
    }
  at[-1] = '\0';
}

static SageSigVerdict
verify_claim (const SageSigRequest  *request,
              SageSigClaim          *claim,
              const guint           *counts,
              double                 now,
              SageSecretFunc         secret,
              gpointer               user_data,
              SageSigResult         *result,
              char                 **message)
{
  g_autofree char *canonical = NULL;
  gboolean s3 = strcmp (claim->credential[3], "s3") == 0;
  const char *payload;
  SageSigVerdict verdict;

  verdict = check_scope (claim, message);
  if (verdict == SAGE_SIG_OK)
    verdict = check_signed_headers (request, claim, counts, s3, message);
  if (verdict != SAGE_SIG_OK)
    {
      keep_words (claim, "", result); /* who it was matters to whoever counts the failures */
      return verdict;
    }

  payload = read_payload (request, s3, result, message);
  if (payload == NULL)
    return SAGE_SIG_MALFORMED;

  keep_words (claim, payload, result);
  verdict = check_time (claim, s3, now, message);
  if (verdict != SAGE_SIG_OK)
    return verdict;

  canonical = sage_sig_canonical_request (request, claim->params,
                                          claim->signed_headers, payload, s3);

  return compare_signature (claim, canonical, secret, user_data, result, message);
}

/**
 * sage_sig_verify:
 * @request: the request
 * @now: the time, in seconds since the epoch
 * @secret: finds the secret of an access key
 * @user_data: for @secret
 * @result: (out caller-allocates): what the signature says; clear with sage_sig_result_clear() in
 *   every case. Unless the verdict is %SAGE_SIG_OK it holds unproven claims, of use only to word
 *   the refusal
 * @message: (out) (transfer full) (optional): what AWS would say; %NULL when all is well
 *
 * Checks a request signed with Signature Version 4 in the Authorization header or in the query, or
 * with S3's version 2 in the query. Exactly one of them may be there. Whether region and service
 * of the scope are the ones called is left to the caller; so is comparing the hash of an S3 body.
 * Callable from any thread.
 *
 * Returns: the verdict
 */
SageSigVerdict
sage_sig_verify (const SageSigRequest  *request,
                 double                 now,
                 SageSecretFunc         secret,
                 gpointer               user_data,
                 SageSigResult         *result,
                 char                 **message)
{
  g_auto(SageSigClaim) claim = { 0 };
  g_autofree char *unwanted = NULL;
  gboolean in_header;
  gboolean in_query;
  gboolean in_query_v2;
  guint counts[N_SINGLES];
  SageSigVerdict verdict;

  memset (result, 0, sizeof *result);
  if (message == NULL)
    message = &unwanted;
  *message = NULL;

  claim.params = sage_sig_query_parse (request->raw_query != NULL ? request->raw_query : "");
  count_singles (request, counts);
  in_header = counts[SINGLE_AUTHORIZATION] > 0;
  in_query = sage_sig_query_count (claim.params, "X-Amz-Algorithm") > 0
             || sage_sig_query_count (claim.params, "X-Amz-Credential") > 0
             || sage_sig_query_count (claim.params, "X-Amz-Signature") > 0;
  in_query_v2 = sage_sig_query_count (claim.params, "AWSAccessKeyId") > 0;

  if (!in_header && !in_query && !in_query_v2)
    return sage_sig_refuse (SAGE_SIG_MISSING, message, "Missing Authentication Token");
  if (in_header + in_query + in_query_v2 > 1)
    return sage_sig_refuse (SAGE_SIG_MALFORMED, message, "Only one auth mechanism allowed");
  if (is_any_repeated (counts))
    return sage_sig_refuse (SAGE_SIG_MALFORMED, message,
                            "A header that may be sent once was repeated");

  if (in_query_v2)
    return sage_sig_verify_v2 (request, claim.params, now, secret, user_data, result, message);

  verdict = in_header ? sage_sig_claim_from_header (request, &claim, message)
                      : sage_sig_claim_from_query (&claim, result, message);
  if (verdict != SAGE_SIG_OK)
    return verdict;

  return verify_claim (request, &claim, counts, now, secret, user_data, result, message);
}

/**
 * sage_sig_result_clear:
 * @result: what sage_sig_verify() filled in
 *
 * Frees and forgets it.
 */
void
sage_sig_result_clear (SageSigResult *result)
{
  g_free (result->text);
  explicit_bzero (result, sizeof *result);
}
