/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define SAGE_ERROR (sage_error_quark ())

/**
 * SageError:
 * @SAGE_ERROR_FAILED: an internal fault; nothing the caller can change helps
 * @SAGE_ERROR_INVALID: the input is wrong; the message names the member
 * @SAGE_ERROR_SYNTAX: the bytes are not what they claim to be (malformed JSON, wrong type)
 * @SAGE_ERROR_NOT_FOUND: the named thing does not exist
 * @SAGE_ERROR_EXISTS: the name is taken
 * @SAGE_ERROR_CONFLICT: the state of the thing forbids it, or a token was used for something else
 * @SAGE_ERROR_LIMIT: a quota or the capacity of this machine is exceeded
 * @SAGE_ERROR_DENIED: known caller, not permitted
 * @SAGE_ERROR_UNAUTHENTICATED: no valid credential
 * @SAGE_ERROR_UNSUPPORTED: no such operation here
 * @SAGE_ERROR_BUSY: too much at once; the same call may succeed later
 * @SAGE_ERROR_NO_SPACE: the disk or quota is full; succeeds again when space returns
 * @SAGE_ERROR_IO: the storage failed
 * @SAGE_ERROR_CORRUPT: stored data is damaged; the message names it
 * @SAGE_ERROR_TOO_NEW: written by a newer version
 * @SAGE_ERROR_TOO_LARGE: a size limit is exceeded
 * @SAGE_ERROR_UNREACHABLE: the peer does not answer
 * @SAGE_ERROR_PROTOCOL: the peer answered something impossible
 * @SAGE_ERROR_UNTRUSTED: the peer cannot be told from an impostor; nothing was sent to it
 *
 * What a caller can do about a failure. The message is English, for logs and API replies, names
 * the object, starts upper case and carries no trailing newline.
 */
typedef enum
{
  SAGE_ERROR_FAILED,
  SAGE_ERROR_INVALID,
  SAGE_ERROR_SYNTAX,
  SAGE_ERROR_NOT_FOUND,
  SAGE_ERROR_EXISTS,
  SAGE_ERROR_CONFLICT,
  SAGE_ERROR_LIMIT,
  SAGE_ERROR_DENIED,
  SAGE_ERROR_UNAUTHENTICATED,
  SAGE_ERROR_UNSUPPORTED,
  SAGE_ERROR_BUSY,
  SAGE_ERROR_NO_SPACE,
  SAGE_ERROR_IO,
  SAGE_ERROR_CORRUPT,
  SAGE_ERROR_TOO_NEW,
  SAGE_ERROR_TOO_LARGE,
  SAGE_ERROR_UNREACHABLE,
  SAGE_ERROR_PROTOCOL,
  SAGE_ERROR_UNTRUSTED,
} SageError;

GQuark sage_error_quark (void);

gboolean sage_throw (GError     **error,
                     SageError    code,
                     const char  *format,
                     ...) G_GNUC_PRINTF (3, 4);
gboolean sage_throw_errno (GError     **error,
                           const char  *format,
                           ...) G_GNUC_PRINTF (2, 3);

G_END_DECLS
