/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define ENG_S3_ERROR (eng_s3_error_quark ())

/* The error codes of the S3 protocol that we answer; eng-s3-error.c has their names and status. */
typedef enum
{
  ENG_S3_ACCESS_DENIED,
  ENG_S3_BAD_DIGEST,
  ENG_S3_BUCKET_ALREADY_OWNED_BY_YOU,
  ENG_S3_BUCKET_NOT_EMPTY,
  ENG_S3_ENTITY_TOO_LARGE,
  ENG_S3_ENTITY_TOO_SMALL,
  ENG_S3_ILLEGAL_LOCATION,
  ENG_S3_INCOMPLETE_BODY,
  ENG_S3_INTERNAL_ERROR,
  ENG_S3_INVALID_ARGUMENT,
  ENG_S3_INVALID_BUCKET_NAME,
  ENG_S3_INVALID_DIGEST,
  ENG_S3_INVALID_PART,
  ENG_S3_INVALID_PART_ORDER,
  ENG_S3_INVALID_RANGE,
  ENG_S3_INVALID_REQUEST,
  ENG_S3_INVALID_STORAGE_CLASS,
  ENG_S3_INVALID_URI,
  ENG_S3_KEY_TOO_LONG,
  ENG_S3_MALFORMED_XML,
  ENG_S3_METADATA_TOO_LARGE,
  ENG_S3_METHOD_NOT_ALLOWED,
  ENG_S3_NO_SUCH_BUCKET,
  ENG_S3_NO_SUCH_KEY,
  ENG_S3_NO_SUCH_UPLOAD,
  ENG_S3_NOT_IMPLEMENTED,
  ENG_S3_PRECONDITION_FAILED,
  ENG_S3_SHA256_MISMATCH,
  ENG_S3_SIGNATURE_DOES_NOT_MATCH,
  ENG_S3_SLOW_DOWN,
  ENG_S3_STORAGE_FULL,
} EngS3Error;

GQuark      eng_s3_error_quark  (void);
gboolean    eng_s3_throw        (GError      **error,
                                 EngS3Error    code,
                                 const char   *format,
                                 ...) G_GNUC_PRINTF (3, 4);
const char *eng_s3_error_code   (EngS3Error    code);
guint       eng_s3_error_status (EngS3Error    code);
EngS3Error  eng_s3_error_from   (const GError *error,
                                 EngS3Error    not_found);

G_END_DECLS
