/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-objects"

#include "config.h"

#include <string.h>

#include "eng-objects-private.h"
#include "sage-error.h"

/* Whether @bucket reads as an IPv4 address, which a virtual-host client would connect to. */
static gboolean
looks_like_address (const char *bucket)
{
  guint dots = 0;

  for (const char *at = bucket; *at != '\0'; at++)
    {
      if (*at == '.')
        dots++;
      else if (!g_ascii_isdigit (*at))
        return FALSE;
    }

  return dots == 3;
}

/* What makes @bucket an impossible name, or %NULL. */
static const char *
bucket_fault (const char *bucket)
{
  static const char * const prefixes[] = { "xn--", "sthree-", "amzn-s3-demo-" };
  static const char * const suffixes[] = { "-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3" };
  gsize length = strlen (bucket);

  if (length < 3 || length > 63)
    return "must have 3 to 63 characters";

  for (gsize i = 0; i < length; i++)
    if (!g_ascii_islower (bucket[i]) && !g_ascii_isdigit (bucket[i]) &&
        (strchr (".-", bucket[i]) == NULL || i == 0 || i == length - 1))
      return "may hold lower-case letters, digits, and inside it dots and hyphens";

  if (strstr (bucket, "..") != NULL)
    return "may not hold two dots in a row";
  if (looks_like_address (bucket))
    return "may not look like an IP address";
  for (guint i = 0; i < G_N_ELEMENTS (prefixes); i++)
    if (g_str_has_prefix (bucket, prefixes[i]))
      return "starts with a reserved prefix";
  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    if (g_str_has_suffix (bucket, suffixes[i]))
      return "ends with a reserved suffix";

  return NULL;
}

/**
 * eng_s3_bucket_check:
 * @bucket: a name from anywhere
 *
 * Checks the rules that Amazon S3's user guide gives for names of general purpose buckets.
 *
 * Returns: whether @bucket may be a bucket's name; else %SAGE_ERROR_INVALID
 */
gboolean
eng_s3_bucket_check (const char  *bucket,
                     GError     **error)
{
  const char *fault = bucket_fault (bucket);
  g_autofree char *shown = NULL;

  if (fault == NULL)
    return TRUE;

  shown = g_strescape (bucket, NULL);
  return sage_throw (error, SAGE_ERROR_INVALID, "Bucket name '%.64s' %s", shown, fault);
}

/**
 * eng_s3_key_check:
 * @key: bytes from anywhere
 * @length: how many
 *
 * A key is 1 to 1024 bytes of UTF-8 without NUL; everything else in it is ordinary, dots and
 * slashes too.
 *
 * Returns: whether @key may name an object; else %SAGE_ERROR_TOO_LARGE or %SAGE_ERROR_INVALID
 */
gboolean
eng_s3_key_check (const char  *key,
                  gsize        length,
                  GError     **error)
{
  if (length == 0)
    return sage_throw (error, SAGE_ERROR_INVALID, "An object key is empty");
  if (length > ENG_OBJECT_KEY_MAX)
    return sage_throw (error, SAGE_ERROR_TOO_LARGE, "An object key has %" G_GSIZE_FORMAT
                       " bytes, at most %d are allowed", length, ENG_OBJECT_KEY_MAX);
  if (memchr (key, '\0', length) != NULL)
    return sage_throw (error, SAGE_ERROR_INVALID, "An object key holds a NUL byte");
  if (!g_utf8_validate (key, (gssize) length, NULL))
    return sage_throw (error, SAGE_ERROR_INVALID, "An object key is not valid UTF-8");

  return TRUE;
}

/**
 * eng_s3_uri_parse:
 * @text: `s3://bucket/key`, from anywhere
 * @uri: (out caller-allocates): cleared with eng_s3_uri_clear() when this returns %TRUE
 *
 * Parses without any of a URL's liberties: the scheme is exactly `s3://`, the bucket obeys the
 * rules of buckets (so no user, port or query hides in it), and what follows its slash is the key,
 * byte for byte.
 *
 * Returns: whether @text is such a name; else %SAGE_ERROR_INVALID
 */
gboolean
eng_s3_uri_parse (const char  *text,
                  EngS3Uri    *uri,
                  GError     **error)
{
  const char *start, *slash;
  g_autofree char *bucket = NULL;

  if (!g_str_has_prefix (text, "s3://"))
    {
      g_autofree char *shown = g_strescape (text, NULL);

      return sage_throw (error, SAGE_ERROR_INVALID, "'%.64s' is not of the form s3://bucket/key",
                         shown);
    }

  start = text + strlen ("s3://");
  slash = strchr (start, '/');
  bucket = slash != NULL ? g_strndup (start, (gsize) (slash - start)) : g_strdup (start);
  if (!eng_s3_bucket_check (bucket, error))
    return FALSE;

  if (slash != NULL && slash[1] != '\0' && !eng_s3_key_check (slash + 1, strlen (slash + 1), error))
    {
      g_prefix_error (error, "In bucket '%s': ", bucket);
      return FALSE;
    }

  uri->bucket = g_steal_pointer (&bucket);
  uri->key = g_strdup (slash != NULL ? slash + 1 : "");

  return TRUE;
}

/**
 * eng_s3_uri_clear:
 * @uri: what eng_s3_uri_parse() filled
 *
 * Frees the parts of @uri.
 */
void
eng_s3_uri_clear (EngS3Uri *uri)
{
  g_clear_pointer (&uri->bucket, g_free);
  g_clear_pointer (&uri->key, g_free);
}

/* Checks both parts of an object's name. */
gboolean
eng_objects_check_name (const char  *bucket,
                        const char  *key,
                        GError     **error)
{
  return eng_s3_bucket_check (bucket, error) && eng_s3_key_check (key, strlen (key), error);
}
