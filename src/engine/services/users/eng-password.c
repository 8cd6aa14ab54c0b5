/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-password"

#include "config.h"

#include <crypt.h>
#include <string.h>

#include "eng-password.h"
#include "sage-digest.h"
#include "sage-error.h"

/* yescrypt, at the cost that the library takes for its default. */
#define METHOD "$y$"

/**
 * eng_password_check:
 * @password: what a user wants for one
 * @user: the user's name
 *
 * Length is what makes a password hard to guess, so nothing else is asked of it but not to be the
 * obvious one.
 *
 * Returns: whether it will do; else %SAGE_ERROR_INVALID with what is wrong
 */
gboolean
eng_password_check (const char  *password,
                    const char  *user,
                    GError     **error)
{
  gsize length = strlen (password);
  glong characters;

  if (length == 0)
    return sage_throw (error, SAGE_ERROR_INVALID, "The password is empty; it must have at least %d "
                       "characters", ENG_PASSWORD_MIN);
  if (length > ENG_PASSWORD_MAX)
    return sage_throw (error, SAGE_ERROR_INVALID, "The password is too long: it has %zu bytes, and "
                       "%d are the most", length, ENG_PASSWORD_MAX);
  if (!g_utf8_validate (password, (gssize) length, NULL))
    return sage_throw (error, SAGE_ERROR_INVALID, "The password is not text in UTF-8");

  characters = g_utf8_strlen (password, -1);
  if (characters < ENG_PASSWORD_MIN)
    return sage_throw (error, SAGE_ERROR_INVALID, "The password is too short: it has %ld "
                       "characters, and %d are the least", characters, ENG_PASSWORD_MIN);
  if (strspn (password, (char[]) { password[0], '\0' }) == length)
    return sage_throw (error, SAGE_ERROR_INVALID, "The password is one character many times; "
                       "choose another");
  if (g_ascii_strcasecmp (password, user) == 0)
    return sage_throw (error, SAGE_ERROR_INVALID, "The password is the user's name; choose another");

  return TRUE;
}

/**
 * eng_password_hash:
 * @password: a password that eng_password_check() let pass
 *
 * Takes some 50 ms of a processor and 16 MiB, on purpose.
 *
 * Returns: (transfer full): its verifier, for eng_password_verify(); %NULL with @error
 */
char *
eng_password_hash (const char  *password,
                   GError     **error)
{
  char *setting = crypt_gensalt_ra (METHOD, 0, NULL, 0);
  void *data = NULL;
  int size = 0;
  char *verifier = NULL;

  if (setting != NULL)
    verifier = g_strdup (crypt_ra (password, setting, &data, &size));
  if (verifier == NULL)
    sage_throw_errno (error, "Cannot hash the password");
  if (data != NULL)
    explicit_bzero (data, (gsize) size);
  free (data);
  free (setting);

  return verifier;
}

/* A verifier that nobody has the password of. */
static const char *
nobodys_verifier (void)
{
  static char *verifier;

  if (g_once_init_enter_pointer (&verifier))
    {
      g_autofree char *random = g_uuid_string_random ();
      char *made = eng_password_hash (random, NULL);

      g_once_init_leave_pointer (&verifier, made != NULL ? made : g_strdup (METHOD "j9T$$"));
    }

  return verifier;
}

/**
 * eng_password_verify:
 * @password: what somebody says, of any length
 * @verifier: (nullable): of the user; %NULL or "" where there is none
 *
 * Takes as long as eng_password_hash(), and whether there is a verifier does not show in it.
 *
 * Returns: whether @password is the one
 */
gboolean
eng_password_verify (const char *password,
                     const char *verifier)
{
  gboolean can_match = verifier != NULL && *verifier != '\0' &&
                       strlen (password) <= ENG_PASSWORD_MAX;
  const char *nobodys = nobodys_verifier ();
  const char *setting = can_match ? verifier : nobodys;
  const char *tried = can_match ? password : "";
  void *data = NULL;
  int size = 0;
  const char *made = crypt_ra (tried, setting, &data, &size);
  gsize length = strlen (setting);
  gboolean same = made != NULL && strlen (made) == length &&
                  sage_equal_constant_time (made, setting, length);

  if (data != NULL)
    explicit_bzero (data, (gsize) size);
  free (data);

  return can_match && same;
}
