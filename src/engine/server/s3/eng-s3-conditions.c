/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-s3"

#include "config.h"

#include <math.h>
#include <string.h>

#include "eng-s3-private.h"

/* Whether the list of ETags @text names @etag (RFC 9110 13.1.1; S3 has no weak ones of its own). */
static gboolean
names_etag (const char *text,
            const char *etag)
{
  g_auto(GStrv) items = g_strsplit (text, ",", -1);

  for (guint i = 0; items[i] != NULL; i++)
    {
      char *item = g_strstrip (items[i]);
      gsize length;

      if (g_str_has_prefix (item, "W/"))
        item += 2;
      length = strlen (item);
      if (length >= 2 && item[0] == '"' && item[length - 1] == '"')
        {
          item[length - 1] = '\0';
          item++;
        }
      if (strcmp (item, "*") == 0 || strcmp (item, etag) == 0)
        return TRUE;
    }

  return FALSE;
}

/* Whether @object changed after the date @text; dates have whole seconds. FALSE in @valid for what
 * is no date, which is then to be passed over. */
static gboolean
changed_since (const char      *text,
               const EngObject *object,
               gboolean        *valid)
{
  double seconds = 0;

  *valid = eng_s3_parse_date (text, &seconds);

  return floor (object->modified) > seconds;
}

/* Evaluates the four conditions in the order of RFC 9110 13.2.2. Returns 200, or the status that
 * takes the place of the content. */
static guint
evaluate (const EngObject *object,
          const char      *match,
          const char      *unmodified_since,
          const char      *none_match,
          const char      *modified_since)
{
  gboolean valid;

  if (match != NULL)
    {
      if (!names_etag (match, object->etag))
        return 412;
    }
  else if (unmodified_since != NULL && changed_since (unmodified_since, object, &valid) && valid)
    return 412;

  if (none_match != NULL)
    {
      if (names_etag (none_match, object->etag))
        return 304;
    }
  else if (modified_since != NULL && !changed_since (modified_since, object, &valid) && valid)
    return 304;

  return 200;
}

/* The conditions of a read. */
guint
eng_s3_read_condition (EngS3Call       *call,
                       const EngObject *object)
{
  return evaluate (object, eng_s3_header (call, "If-Match"),
                   eng_s3_header (call, "If-Unmodified-Since"),
                   eng_s3_header (call, "If-None-Match"),
                   eng_s3_header (call, "If-Modified-Since"));
}

/* The conditions on what a copy is made of. */
gboolean
eng_s3_copy_condition (EngS3Call        *call,
                       const EngObject  *source,
                       GError          **error)
{
  guint status = evaluate (source, eng_s3_header (call, "x-amz-copy-source-if-match"),
                           eng_s3_header (call, "x-amz-copy-source-if-unmodified-since"),
                           eng_s3_header (call, "x-amz-copy-source-if-none-match"),
                           eng_s3_header (call, "x-amz-copy-source-if-modified-since"));

  return status == 200 ||
         eng_s3_throw (error, ENG_S3_PRECONDITION_FAILED,
                       "At least one of the pre-conditions you specified did not hold");
}

/* The conditions on what a write replaces; S3 knows `If-None-Match: *` and `If-Match: etag`. */
gboolean
eng_s3_write_condition (EngS3Call        *call,
                        EngObjectCommit  *commit,
                        GError          **error)
{
  const char *none_match = eng_s3_header (call, "If-None-Match");
  const char *match = eng_s3_header (call, "If-Match");

  if (none_match != NULL && strcmp (none_match, "*") != 0)
    return eng_s3_throw (error, ENG_S3_NOT_IMPLEMENTED,
                         "A header you provided implies functionality that is not implemented");

  commit->only_if_absent = none_match != NULL;
  g_free (call->if_match);
  call->if_match = g_strdup (match);
  if (match != NULL && strlen (match) >= 2 && *match == '"' && g_str_has_suffix (match, "\""))
    {
      g_free (call->if_match);
      call->if_match = g_strndup (match + 1, strlen (match) - 2);
    }
  commit->if_match = call->if_match;

  return TRUE;
}

/**
 * eng_s3_range:
 * @text: a Range header
 * @size: of the whole content
 * @offset: (out): where the part starts
 * @length: (out): how long it is
 * @satisfiable: (out): whether the part exists
 *
 * Reads a range of RFC 9110 14.1. Several ranges, other units and what is no range are passed over,
 * and the whole is to be sent then; so no reply grows with the header.
 *
 * Returns: whether @text is one range of bytes
 */
gboolean
eng_s3_range (const char *text,
              gint64      size,
              gint64     *offset,
              gint64     *length,
              gboolean   *satisfiable)
{
  g_auto(GStrv) ends = NULL;
  guint64 first = 0, last = G_MAXINT64;

  if (g_ascii_strncasecmp (text, "bytes=", 6) != 0)
    return FALSE;
  ends = g_strsplit (text + 6, "-", -1);
  if (g_strv_length (ends) != 2 || (*ends[0] == '\0' && *ends[1] == '\0'))
    return FALSE;
  if (*ends[0] != '\0' && !g_ascii_string_to_unsigned (ends[0], 10, 0, G_MAXINT64, &first, NULL))
    return FALSE;
  if (*ends[1] != '\0' && !g_ascii_string_to_unsigned (ends[1], 10, 0, G_MAXINT64, &last, NULL))
    return FALSE;

  if (*ends[0] == '\0') /* the last bytes */
    {
      gint64 count = MIN ((gint64) last, size);

      *offset = size - count;
      *length = count;
      *satisfiable = count > 0;
      return TRUE;
    }
  if (last < first)
    return FALSE;

  *satisfiable = (gint64) first < size;
  *offset = (gint64) first;
  *length = *satisfiable ? MIN ((gint64) last, size - 1) - (gint64) first + 1 : 0;

  return TRUE;
}
