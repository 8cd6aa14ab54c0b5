/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-digest.h"
#include "sage-sigv4.h"

G_BEGIN_DECLS

#define SAGE_SIG_ALGORITHM "AWS4-HMAC-SHA256"
#define SAGE_SIG_TERMINATOR "aws4_request"
#define SAGE_SIG_EMPTY_SHA256 "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

/* One query parameter, decoded as text and in the one encoding that is signed. */
typedef struct
{
  char *name;          /* (owned) */
  char *value;         /* (owned) */
  char *encoded_name;  /* (owned) */
  char *encoded_value; /* (owned) */
} SageSigParam;

/* Names in one SignedHeaders list. */
#define SAGE_SIG_MAX_SIGNED 100

/* What the request says about its own signature, from the header or from the query. It is read for
 * every request, so its words are cut out of one copy. */
typedef struct
{
  char       *text;           /* (owned): what these point into, unless it is the query */
  const char *credential[5];  /* access key, day, region, service, terminator */
  const char *signed_headers[SAGE_SIG_MAX_SIGNED + 1]; /* NULL behind the last one */
  const char *signature;      /* 64 hexadecimal digits */
  char        date[20];       /* 20260131T080910Z */
  double      seconds;        /* the same since the epoch */
  GPtrArray  *params;         /* (owned) */
  guint64     expires;        /* seconds; presigned only */
  gboolean    dated_by_query;
} SageSigClaim;

void        sage_sig_claim_clear       (SageSigClaim         *claim);
SageSigVerdict sage_sig_claim_from_header (const SageSigRequest *request,
                                        SageSigClaim         *claim,
                                        char                **message);
SageSigVerdict sage_sig_claim_from_query (SageSigClaim       *claim,
                                        SageSigResult        *result,
                                        char                **message);
SageSigVerdict sage_sig_refuse         (SageSigVerdict        verdict,
                                        char                **message,
                                        const char           *format,
                                        ...) G_GNUC_PRINTF (3, 4);
gboolean    sage_sig_is_sha256         (const char           *text);
gboolean    sage_sig_parse_date        (const char           *text,
                                        double               *seconds);
char       *sage_sig_format_date       (double                seconds);
void        sage_sig_sign              (const guint8          key[32],
                                        const char           *date,
                                        const char           *scope,
                                        const char           *canonical,
                                        char                  signature[SAGE_SHA256_HEX]);

GPtrArray  *sage_sig_query_parse       (const char           *raw_query);
guint       sage_sig_query_count       (GPtrArray            *params,
                                        const char           *name);
const char *sage_sig_query_get         (GPtrArray            *params,
                                        const char           *name);
guint       sage_sig_header_count      (const SageSigRequest *request,
                                        const char           *name);
const char *sage_sig_header_get        (const SageSigRequest *request,
                                        const char           *name);
void        sage_sig_append_encoded    (GString              *out,
                                        const char           *bytes,
                                        gsize                 length,
                                        gboolean              keep_slash);
char       *sage_sig_canonical_request (const SageSigRequest *request,
                                        GPtrArray            *params,
                                        const char * const   *signed_headers,
                                        const char           *payload_hash,
                                        gboolean              s3);

SageSigVerdict sage_sig_verify_v2      (const SageSigRequest *request,
                                        GPtrArray            *params,
                                        double                now,
                                        SageSecretFunc        secret,
                                        gpointer              user_data,
                                        SageSigResult        *result,
                                        char                **message);

void        sage_sig_derive_key        (const char           *secret,
                                        const char           *day,
                                        const char           *region,
                                        const char           *service,
                                        guint8                key[32]);
gboolean    sage_sig_key_cache_get     (const char           *secret,
                                        const char           *day,
                                        const char           *region,
                                        const char           *service,
                                        guint8                key[32]);
void        sage_sig_key_cache_put     (const char           *secret,
                                        const char           *day,
                                        const char           *region,
                                        const char           *service,
                                        const guint8          key[32]);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SageSigClaim, sage_sig_claim_clear)

G_END_DECLS
