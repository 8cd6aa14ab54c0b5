/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-grant"

#include "config.h"

#include <string.h>

#include "eng-grant.h"
#include "sage-digest.h"

/*
 * A grant is a few bytes with the HMAC of a key that only this engine has, as base64url without
 * padding. Nothing of it is stored:
 *
 *   version, kind, epoch, issued, expires (8 bytes each, big-endian),
 *   length and bytes of the access key, length and bytes of the user's name, HMAC-SHA256
 */
#define VERSION 1
#define N_FIXED (2 + 3 * 8)
#define MAX_BODY (N_FIXED + 1 + ENG_ACCESS_KEY_LENGTH + 1 + ENG_USER_NAME_MAX)
#define MIN_BODY (N_FIXED + 1 + 1 + 1)
#define MAX_TEXT 256 /* characters; a longer one is none */

#define SECRET_BYTES 30

/* One key, a use of its own for each word. */
static void
tag (const guint8  key[ENG_GRANT_KEY_SIZE],
     const char   *use,
     const guint8 *body,
     gsize         length,
     guint8        out[SAGE_SHA256_SIZE])
{
  guint8 derived[SAGE_SHA256_SIZE];

  sage_hmac_sha256 (key, ENG_GRANT_KEY_SIZE, use, strlen (use), derived);
  sage_hmac_sha256 (derived, sizeof derived, body, length, out);
  explicit_bzero (derived, sizeof derived);
}

static guint8 *
put_number (guint8 *at,
            gint64  number)
{
  guint64 big = GUINT64_TO_BE ((guint64) number);

  memcpy (at, &big, sizeof big);

  return at + sizeof big;
}

static guint8 *
put_text (guint8     *at,
          const char *text)
{
  gsize length = strlen (text);

  *at++ = (guint8) length;
  memcpy (at, text, length);

  return at + length;
}

static gsize
write_body (const EngGrant *grant,
            guint8           body[MAX_BODY])
{
  guint8 *at = body;

  *at++ = VERSION;
  *at++ = (guint8) grant->kind;
  at = put_number (at, grant->epoch);
  at = put_number (at, grant->issued);
  at = put_number (at, grant->expires);
  at = put_text (at, grant->access_key);
  at = put_text (at, grant->user);

  return (gsize) (at - body);
}

/* The alphabet of URLs and headers (RFC 4648 5), without padding. */
static char *
encode (const guint8 *bytes,
        gsize         length)
{
  char *text = g_base64_encode (bytes, length);

  g_strdelimit (text, "+", '-');
  g_strdelimit (text, "/", '_');
  text[strcspn (text, "=")] = '\0';

  return text;
}

/* Returns: (nullable): the bytes, if @text is exactly what encode() makes of them */
static guint8 *
decode (const char *text,
        gsize      *length)
{
  gsize n = strnlen (text, MAX_TEXT + 1);
  g_autofree char *padded = NULL;
  g_autofree char *again = NULL;
  g_autofree guint8 *bytes = NULL;

  if (n == 0 || n > MAX_TEXT)
    return NULL;

  padded = g_strconcat (text, n % 4 == 0 ? "" : n % 4 == 3 ? "=" : "==", NULL);
  g_strdelimit (padded, "-", '+');
  g_strdelimit (padded, "_", '/');
  bytes = g_base64_decode (padded, length);
  again = encode (bytes, *length);

  return strcmp (again, text) == 0 ? g_steal_pointer (&bytes) : NULL;
}

/**
 * eng_grant_seal:
 * @key: the engine's
 * @grant: what it is good for
 *
 * Returns: (transfer full): the text that whoever logged in shows, fit for a header or a URL
 */
char *
eng_grant_seal (const guint8     key[ENG_GRANT_KEY_SIZE],
                 const EngGrant *grant)
{
  guint8 bytes[MAX_BODY + SAGE_SHA256_SIZE];
  gsize length = write_body (grant, bytes);

  tag (key, "grant", bytes, length, bytes + length);

  return encode (bytes, length + SAGE_SHA256_SIZE);
}

static gint64
get_number (const guint8 *at)
{
  guint64 big;

  memcpy (&big, at, sizeof big);

  return (gint64) GUINT64_FROM_BE (big);
}

/* Returns: (nullable): what follows the text, which must fit and hold no NUL */
static const guint8 *
get_text (const guint8 *at,
          const guint8 *end,
          char         *out,
          gsize         max)
{
  gsize length;

  if (at == NULL || at == end)
    return NULL;
  length = *at++;
  if (length > max || length > (gsize) (end - at) || memchr (at, '\0', length) != NULL)
    return NULL;
  memcpy (out, at, length);
  out[length] = '\0';

  return at + length;
}

/**
 * eng_grant_open:
 * @key: the engine's
 * @text: what somebody shows, of any length and content
 * @grant: (out caller-allocates): what it is good for
 *
 * Whether it has expired, and whether its user is still the same, is left to the caller.
 *
 * Returns: whether eng_grant_seal() made @text with this key
 */
gboolean
eng_grant_open (const guint8  key[ENG_GRANT_KEY_SIZE],
                 const char   *text,
                 EngGrant    *grant)
{
  gsize length = 0;
  g_autofree guint8 *bytes = decode (text, &length);
  guint8 expected[SAGE_SHA256_SIZE];
  const guint8 *at, *end;

  memset (grant, 0, sizeof *grant);
  if (bytes == NULL || length < MIN_BODY + SAGE_SHA256_SIZE || length > MAX_BODY + SAGE_SHA256_SIZE)
    return FALSE;

  end = bytes + length - SAGE_SHA256_SIZE;
  tag (key, "grant", bytes, (gsize) (end - bytes), expected);
  if (!sage_equal_constant_time (expected, end, sizeof expected) || bytes[0] != VERSION ||
      (bytes[1] != ENG_GRANT_BEARER && bytes[1] != ENG_GRANT_SESSION))
    return FALSE;

  grant->kind = (EngGrantKind) bytes[1];
  grant->epoch = get_number (bytes + 2);
  grant->issued = get_number (bytes + 10);
  grant->expires = get_number (bytes + 18);
  at = get_text (bytes + N_FIXED, end, grant->access_key, ENG_ACCESS_KEY_LENGTH);
  at = get_text (at, end, grant->user, ENG_USER_NAME_MAX);

  return at == end;
}

/**
 * eng_grant_secret:
 * @key: the engine's
 * @grant: a session
 * @secret: (out caller-allocates): with what its requests are signed, 40 characters
 */
void
eng_grant_secret (const guint8     key[ENG_GRANT_KEY_SIZE],
                   const EngGrant *grant,
                   char             secret[ENG_GRANT_SECRET_SIZE])
{
  guint8 body[MAX_BODY];
  guint8 bytes[SAGE_SHA256_SIZE];
  g_autofree char *text = NULL;

  tag (key, "session secret", body, write_body (grant, body), bytes);
  text = g_base64_encode (bytes, SECRET_BYTES);
  g_strlcpy (secret, text, ENG_GRANT_SECRET_SIZE);
  explicit_bzero (bytes, sizeof bytes);
  explicit_bzero (text, strlen (text));
}
