/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-aws-error"

#include "config.h"

#include <string.h>

#include "sage-aws-error.h"
#include "sage-json.h"

/* A message holds our own words and at most a few quoted values. */
#define MAX_MESSAGE_CHARACTERS 16384

typedef struct
{
  const char *code;
  guint       status;
} AwsError;

/*
 * SageMaker's JSON protocol answers 400 to every error of the client, but 403 to who may not call.
 * 507 is not among the statuses that clients repeat, so a full disk is reported at once.
 */
static AwsError
aws_error_for (const GError *error)
{
  if (error == NULL || error->domain != SAGE_ERROR)
    return (AwsError) { "InternalFailure", 500 };

  switch ((SageError) error->code)
    {
    case SAGE_ERROR_INVALID:
      return (AwsError) { "ValidationException", 400 };
    case SAGE_ERROR_SYNTAX:
      return (AwsError) { "SerializationException", 400 };
    case SAGE_ERROR_NOT_FOUND:
      return (AwsError) { "ResourceNotFound", 400 };
    case SAGE_ERROR_EXISTS:
      return (AwsError) { "ResourceInUse", 400 };
    case SAGE_ERROR_CONFLICT:
      return (AwsError) { "ConflictException", 400 };
    case SAGE_ERROR_LIMIT:
      return (AwsError) { "ResourceLimitExceeded", 400 };
    case SAGE_ERROR_DENIED:
      return (AwsError) { "AccessDeniedException", 403 };
    case SAGE_ERROR_UNAUTHENTICATED:
      return (AwsError) { "UnrecognizedClientException", 400 };
    case SAGE_ERROR_UNSUPPORTED:
      return (AwsError) { "UnknownOperationException", 400 };
    case SAGE_ERROR_BUSY:
      return (AwsError) { "ThrottlingException", 400 };
    case SAGE_ERROR_NO_SPACE:
      return (AwsError) { "InsufficientStorage", 507 };
    case SAGE_ERROR_TOO_LARGE:
      return (AwsError) { "RequestEntityTooLarge", 413 };
    case SAGE_ERROR_FAILED:
    case SAGE_ERROR_IO:
    case SAGE_ERROR_CORRUPT:
    case SAGE_ERROR_TOO_NEW:
    case SAGE_ERROR_UNREACHABLE:
    case SAGE_ERROR_PROTOCOL:
    case SAGE_ERROR_UNTRUSTED:
      return (AwsError) { "InternalFailure", 500 };
    default:
      return (AwsError) { "InternalFailure", 500 };
    }
}

/**
 * sage_aws_error_status:
 * @error: (nullable): what went wrong
 *
 * Returns: the HTTP status of the reply; 500 for anything that is no #SageError
 */
guint
sage_aws_error_status (const GError *error)
{
  return aws_error_for (error).status;
}

/**
 * sage_aws_error_code:
 * @error: (nullable): what went wrong
 *
 * The code that most families use. A family with another one (for example ValidationException for
 * a missing endpoint) throws the error that carries it.
 *
 * Returns: the `__type` of the reply
 */
const char *
sage_aws_error_code (const GError *error)
{
  return aws_error_for (error).code;
}

static SageError
error_from_status (guint status)
{
  switch (status)
    {
    case 400:
      return SAGE_ERROR_INVALID;
    case 401:
      return SAGE_ERROR_UNAUTHENTICATED;
    case 403:
      return SAGE_ERROR_DENIED;
    case 404:
      return SAGE_ERROR_NOT_FOUND;
    case 409:
      return SAGE_ERROR_CONFLICT;
    case 413:
      return SAGE_ERROR_TOO_LARGE;
    case 429:
    case 503:
      return SAGE_ERROR_BUSY;
    case 507:
      return SAGE_ERROR_NO_SPACE;
    default:
      return SAGE_ERROR_FAILED;
    }
}

/**
 * sage_aws_error_from_code:
 * @code: (nullable): the `__type` of an error reply, a namespace before `#` and a `:` suffix allowed
 * @status: the HTTP status, which decides when the code is unknown
 *
 * The other direction of sage_aws_error_code(), for clients.
 *
 * Returns: what the caller can do about it
 */
SageError
sage_aws_error_from_code (const char *code,
                          guint       status)
{
  static const struct
  {
    const char *code;
    SageError   error;
  } codes[] = {
    { "AccessDeniedException", SAGE_ERROR_DENIED },
    { "ConflictException", SAGE_ERROR_CONFLICT },
    { "ExpiredTokenException", SAGE_ERROR_UNAUTHENTICATED },
    { "IncompleteSignatureException", SAGE_ERROR_UNAUTHENTICATED },
    { "InsufficientStorage", SAGE_ERROR_NO_SPACE },
    { "InternalFailure", SAGE_ERROR_FAILED },
    { "InvalidParameterException", SAGE_ERROR_INVALID },
    { "InvalidSignatureException", SAGE_ERROR_UNAUTHENTICATED },
    { "MissingAuthenticationTokenException", SAGE_ERROR_UNAUTHENTICATED },
    { "RequestEntityTooLarge", SAGE_ERROR_TOO_LARGE },
    { "ResourceInUse", SAGE_ERROR_EXISTS },
    { "ResourceLimitExceeded", SAGE_ERROR_LIMIT },
    { "ResourceNotFound", SAGE_ERROR_NOT_FOUND },
    { "ResourceNotFoundException", SAGE_ERROR_NOT_FOUND },
    { "SerializationException", SAGE_ERROR_SYNTAX },
    { "SignatureDoesNotMatch", SAGE_ERROR_UNAUTHENTICATED },
    { "ThrottlingException", SAGE_ERROR_BUSY },
    { "UnknownOperationException", SAGE_ERROR_UNSUPPORTED },
    { "UnrecognizedClientException", SAGE_ERROR_UNAUTHENTICATED },
    { "ValidationException", SAGE_ERROR_INVALID },
  };
  g_autofree char *bare = NULL;

  if (code == NULL)
    return error_from_status (status);

  if (strchr (code, '#') != NULL)
    code = strchr (code, '#') + 1;
  bare = g_strndup (code, strcspn (code, ":"));

  for (gsize i = 0; i < G_N_ELEMENTS (codes); i++)
    if (strcmp (bare, codes[i].code) == 0)
      return codes[i].error;

  return error_from_status (status);
}

/* Controls and the marks that reorder text: neither belongs in a log line or a terminal. */
static gboolean
is_unsafe (gunichar character)
{
  return character < 0x20
         || (character >= 0x7f && character < 0xa0)
         || character == 0x061c
         || character == 0x200e
         || character == 0x200f
         || (character >= 0x2028 && character <= 0x202e)
         || (character >= 0x2066 && character <= 0x2069)
         || character == 0xfeff;
}

/**
 * sage_aws_sanitise:
 * @text: text that may come from a caller, in any encoding
 * @length: its length in bytes, or -1
 * @max_characters: how many characters to keep
 *
 * Makes text fit to be shown: valid UTF-8, no control or text direction characters, cut with an
 * ellipsis.
 *
 * Returns: (transfer full): the text
 */
char *
sage_aws_sanitise (const char *text,
                   gssize      length,
                   guint       max_characters)
{
  g_autoptr(GString) out = g_string_new (NULL);
  const char *end;
  guint count = 0;

  if (length < 0)
    length = strlen (text);
  end = text + length;

  while (text < end)
    {
      gunichar character = g_utf8_get_char_validated (text, end - text);

      if (count++ == max_characters)
        {
          g_string_append (out, "…");
          break;
        }

      if (character == (gunichar) -1 || character == (gunichar) -2)
        {
          g_string_append_unichar (out, 0xfffd);
          text++;
        }
      else
        {
          g_string_append_unichar (out, is_unsafe (character) ? '?' : character);
          /* A NUL counts one byte, which g_utf8_next_char() says too. */
          text = g_utf8_next_char (text);
        }
    }

  return g_string_free_and_steal (g_steal_pointer (&out));
}

/**
 * sage_aws_error_json:
 * @code: the code, e.g. `ValidationException`
 * @message: (nullable): what to say
 *
 * Returns: (transfer full): the body of an AWS JSON error reply
 */
char *
sage_aws_error_json (const char *code,
                     const char *message)
{
  g_autoptr(GString) out = g_string_new ("{\"__type\":");

  g_return_val_if_fail (code != NULL, NULL);

  sage_json_append_string (out, code);
  if (message != NULL)
    {
      g_autofree char *safe = sage_aws_sanitise (message, -1, MAX_MESSAGE_CHARACTERS);

      g_string_append (out, ",\"Message\":");
      sage_json_append_string (out, safe);
    }
  g_string_append_c (out, '}');

  return g_string_free_and_steal (g_steal_pointer (&out));
}
