/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How many seconds the clocks may differ, either way: S3 allows more than the other services. */
#define SAGE_SIG_SKEW (5 * 60)
#define SAGE_SIG_S3_SKEW (15 * 60)

/* AWS's words for the two ways in which credentials are wrong; and ours for too many of them. */
#define SAGE_SIG_MISMATCH_TEXT                                                                 \
  "The request signature we calculated does not match the signature you provided. "            \
  "Check your AWS Secret Access Key and signing method. "                                      \
  "Consult the service documentation for details."
#define SAGE_SIG_UNKNOWN_KEY_TEXT "The security token included in the request is invalid."
#define SAGE_SIG_GUESSED_TEXT                                                                  \
  "Too many requests with a wrong signature or an unknown access key; wait %u seconds. "       \
  "Requests that are signed with the right secret are answered meanwhile."

/* A request as its signature sees it. Nothing is copied; everything outlives the call. */
typedef struct
{
  const char         *method;
  const char         *raw_path;  /* as received, still encoded, without the query */
  const char         *raw_query; /* as received, without '?', or "" */
  const char * const *headers;   /* name, value, name, value, …, NULL; names in any case */
  const char         *body_sha256; /* (nullable): lower-case hex of the body: the last line of the
                                    * canonical request where no x-amz-content-sha256 header is sent
                                    * (every service but S3); without either the request is malformed */
} SageSigRequest;

typedef enum
{
  SAGE_PAYLOAD_HASHED,           /* payload_hash is what the body must hash to; the caller compares */
  SAGE_PAYLOAD_UNSIGNED,         /* UNSIGNED-PAYLOAD, and every presigned request */
  SAGE_PAYLOAD_STREAMING_UNSIGNED_TRAILER,
  SAGE_PAYLOAD_STREAMING_SIGNED,
  SAGE_PAYLOAD_STREAMING_SIGNED_TRAILER,
} SagePayloadKind;

/* What the verifier found. Clear with sage_sig_result_clear(). */
typedef struct
{
  char           *text;         /* (owned): what the words below point into */
  const char     *access_key;
  const char     *service;      /* of the credential scope */
  const char     *region;
  const char     *date;         /* 20260131T080910Z */
  double          signed_at;    /* the same since the epoch; 0 for version 2 */
  const char     *scope;        /* date/region/service/aws4_request */
  const char     *signature;    /* lower-case hex; seeds the chunk chain */
  const char     *payload_hash; /* (nullable): lower-case hex */
  SagePayloadKind payload;
  gboolean        presigned;
  guint8          signing_key[32];
} SageSigResult;

/* Returns the secret of @access_key or %NULL; called at most once a request. */
typedef const char *(*SageSecretFunc) (const char *access_key,
                                       gpointer    user_data);

typedef enum
{
  SAGE_SIG_OK,
  SAGE_SIG_MISSING,       /* no Authorization and no presigned query */
  SAGE_SIG_MALFORMED,     /* incomplete or contradictory */
  SAGE_SIG_UNKNOWN_KEY,
  SAGE_SIG_MISMATCH,
  SAGE_SIG_EXPIRED,       /* the clocks differ by too much, or a presigned URL is too old */
} SageSigVerdict;

SageSigVerdict sage_sig_verify       (const SageSigRequest *request,
                                      double                now,
                                      SageSecretFunc        secret,
                                      gpointer              user_data,
                                      SageSigResult        *result,
                                      char                **message);
void           sage_sig_result_clear (SageSigResult        *result);
char          *sage_sig_chunk        (const SageSigResult  *result,
                                      const char           *previous_signature,
                                      const guint8          chunk_sha256[32]);
char          *sage_sig_trailer      (const SageSigResult  *result,
                                      const char           *previous_signature,
                                      const guint8          trailer_sha256[32]);
char          *sage_sig_authorization (const SageSigRequest *request,
                                      const char           *access_key,
                                      const char           *secret,
                                      const char           *region,
                                      const char           *service,
                                      const char           *payload_hash);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SageSigResult, sage_sig_result_clear)

G_END_DECLS
