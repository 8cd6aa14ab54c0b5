/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-s3"

#include "config.h"

#include "eng-s3-error.h"
#include "sage-error.h"

G_DEFINE_QUARK (eng-s3-error-quark, eng_s3_error)

/* Amazon S3 API Reference, "Error responses". StorageFull is ours: S3 has no full disk, and 507 is
 * the status that clients do not retry in the hope of a better one. */
static const struct
{
  const char *code;
  guint       status;
} table[] = {
  [ENG_S3_ACCESS_DENIED] = { "AccessDenied", 403 },
  [ENG_S3_BAD_DIGEST] = { "BadDigest", 400 },
  [ENG_S3_BUCKET_ALREADY_OWNED_BY_YOU] = { "BucketAlreadyOwnedByYou", 409 },
  [ENG_S3_BUCKET_NOT_EMPTY] = { "BucketNotEmpty", 409 },
  [ENG_S3_ENTITY_TOO_LARGE] = { "EntityTooLarge", 400 },
  [ENG_S3_ENTITY_TOO_SMALL] = { "EntityTooSmall", 400 },
  [ENG_S3_ILLEGAL_LOCATION] = { "IllegalLocationConstraintException", 400 },
  [ENG_S3_INCOMPLETE_BODY] = { "IncompleteBody", 400 },
  [ENG_S3_INTERNAL_ERROR] = { "InternalError", 500 },
  [ENG_S3_INVALID_ARGUMENT] = { "InvalidArgument", 400 },
  [ENG_S3_INVALID_BUCKET_NAME] = { "InvalidBucketName", 400 },
  [ENG_S3_INVALID_DIGEST] = { "InvalidDigest", 400 },
  [ENG_S3_INVALID_PART] = { "InvalidPart", 400 },
  [ENG_S3_INVALID_PART_ORDER] = { "InvalidPartOrder", 400 },
  [ENG_S3_INVALID_RANGE] = { "InvalidRange", 416 },
  [ENG_S3_INVALID_REQUEST] = { "InvalidRequest", 400 },
  [ENG_S3_INVALID_STORAGE_CLASS] = { "InvalidStorageClass", 400 },
  [ENG_S3_INVALID_URI] = { "InvalidURI", 400 },
  [ENG_S3_KEY_TOO_LONG] = { "KeyTooLongError", 400 },
  [ENG_S3_MALFORMED_XML] = { "MalformedXML", 400 },
  [ENG_S3_METADATA_TOO_LARGE] = { "MetadataTooLarge", 400 },
  [ENG_S3_METHOD_NOT_ALLOWED] = { "MethodNotAllowed", 405 },
  [ENG_S3_NO_SUCH_BUCKET] = { "NoSuchBucket", 404 },
  [ENG_S3_NO_SUCH_KEY] = { "NoSuchKey", 404 },
  [ENG_S3_NO_SUCH_UPLOAD] = { "NoSuchUpload", 404 },
  [ENG_S3_NOT_IMPLEMENTED] = { "NotImplemented", 501 },
  [ENG_S3_PRECONDITION_FAILED] = { "PreconditionFailed", 412 },
  [ENG_S3_SHA256_MISMATCH] = { "XAmzContentSHA256Mismatch", 400 },
  [ENG_S3_SIGNATURE_DOES_NOT_MATCH] = { "SignatureDoesNotMatch", 403 },
  [ENG_S3_SLOW_DOWN] = { "SlowDown", 503 },
  [ENG_S3_STORAGE_FULL] = { "StorageFull", 507 },
};

/**
 * eng_s3_throw:
 * @error: (out) (optional): where the error goes
 * @code: what S3 calls it
 * @format: the message, in printf() form
 *
 * Returns: %FALSE, always
 */
gboolean
eng_s3_throw (GError     **error,
              EngS3Error   code,
              const char  *format,
              ...)
{
  va_list args;

  if (error == NULL)
    return FALSE;

  va_start (args, format);
  *error = g_error_new_valist (ENG_S3_ERROR, (int) code, format, args);
  va_end (args);

  return FALSE;
}

/**
 * eng_s3_error_code:
 * @code: an error
 *
 * Returns: its name in the `Code` element
 */
const char *
eng_s3_error_code (EngS3Error code)
{
  return table[code].code;
}

/**
 * eng_s3_error_status:
 * @code: an error
 *
 * Returns: its HTTP status
 */
guint
eng_s3_error_status (EngS3Error code)
{
  return table[code].status;
}

/**
 * eng_s3_error_from:
 * @error: from this layer or from the store
 * @not_found: what the store did not find
 *
 * Returns: the S3 error that says the same
 */
EngS3Error
eng_s3_error_from (const GError *error,
                   EngS3Error    not_found)
{
  if (error->domain == ENG_S3_ERROR)
    return (EngS3Error) error->code;
  if (error->domain != SAGE_ERROR)
    return ENG_S3_INTERNAL_ERROR;

  switch ((SageError) error->code)
    {
    case SAGE_ERROR_NOT_FOUND:
      return not_found;
    case SAGE_ERROR_INVALID:
    case SAGE_ERROR_SYNTAX:
      return ENG_S3_INVALID_ARGUMENT;
    case SAGE_ERROR_TOO_LARGE:
      return ENG_S3_KEY_TOO_LONG;
    case SAGE_ERROR_EXISTS:
    case SAGE_ERROR_CONFLICT:
      return ENG_S3_PRECONDITION_FAILED;
    case SAGE_ERROR_NO_SPACE:
      return ENG_S3_STORAGE_FULL;
    case SAGE_ERROR_BUSY:
    case SAGE_ERROR_LIMIT:
      return ENG_S3_SLOW_DOWN;
    case SAGE_ERROR_DENIED:
    case SAGE_ERROR_UNAUTHENTICATED:
      return ENG_S3_ACCESS_DENIED;
    case SAGE_ERROR_UNSUPPORTED:
      return ENG_S3_NOT_IMPLEMENTED;
    case SAGE_ERROR_FAILED:
    case SAGE_ERROR_IO:
    case SAGE_ERROR_CORRUPT:
    case SAGE_ERROR_TOO_NEW:
    case SAGE_ERROR_UNREACHABLE:
    case SAGE_ERROR_PROTOCOL:
    case SAGE_ERROR_UNTRUSTED:
    default:
      return ENG_S3_INTERNAL_ERROR;
    }
}
