/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-error"

#include "config.h"

#include <errno.h>

#include "sage-error.h"

G_DEFINE_QUARK (sage-error-quark, sage_error)

/**
 * sage_throw:
 * @error: (out) (optional): where the error goes
 * @code: what the caller can do about it
 * @format: the message, in printf() form
 *
 * Sets @error and returns %FALSE, so that a failing function can end in `return sage_throw (…)`.
 *
 * Returns: %FALSE, always
 */
gboolean
sage_throw (GError     **error,
            SageError    code,
            const char  *format,
            ...)
{
  va_list args;

  if (error == NULL)
    return FALSE;
  g_return_val_if_fail (*error == NULL, FALSE);

  va_start (args, format);
  *error = g_error_new_valist (SAGE_ERROR, (int) code, format, args);
  va_end (args);

  return FALSE;
}

/**
 * sage_throw_errno:
 * @error: (out) (optional): where the error goes
 * @format: what was tried, in printf() form; ": " and the system's own text follow
 *
 * Sets @error from errno as it was on entry. A full disk or quota becomes
 * %SAGE_ERROR_NO_SPACE, a missing file %SAGE_ERROR_NOT_FOUND, everything else %SAGE_ERROR_IO.
 *
 * Returns: %FALSE, always
 */
gboolean
sage_throw_errno (GError     **error,
                  const char  *format,
                  ...)
{
  int saved_errno = errno;
  g_autofree char *what = NULL;
  SageError code = SAGE_ERROR_IO;
  va_list args;

  va_start (args, format);
  what = g_strdup_vprintf (format, args);
  va_end (args);

  if (saved_errno == ENOSPC || saved_errno == EDQUOT)
    code = SAGE_ERROR_NO_SPACE;
  else if (saved_errno == ENOENT || saved_errno == ENOTDIR)
    code = SAGE_ERROR_NOT_FOUND;

  return sage_throw (error, code, "%s: %s", what, g_strerror (saved_errno));
}
