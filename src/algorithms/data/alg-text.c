/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "alg-text"

#include "config.h"

#include <string.h>

#include "sage-error.h"

#include "alg-text.h"

#define EXCERPT_MAX 40

/* The first bytes of what is not text, and what to call it. */
static const struct
{
  const char *magic;
  gsize       length;
  const char *what;
} formats[] = {
  { "\xFF\xFE", 2, "UTF-16 text; save it as UTF-8" },
  { "\xFE\xFF", 2, "UTF-16 text; save it as UTF-8" },
  { "\x1F\x8B", 2, "gzip-compressed; set CompressionType of the channel to Gzip" },
  { "\x28\xB5\x2F\xFD", 4, "zstd-compressed; decompress it first" },
  { "PK\x03\x04", 4, "a zip archive or a spreadsheet; export it as text" },
  { "PAR1", 4, "Parquet; this content type is text" },
  { "\x0A\x23\xD7\xCE", 4, "RecordIO; this content type is text" },
};

/**
 * alg_text_check_start:
 * @cursor: (inout): the start of the file; left behind a UTF-8 byte order mark
 * @end: its end
 * @name: what messages call it
 * @error: (out): %SAGE_ERROR_SYNTAX when it is no text that can be read here
 *
 * Tells a file of another kind apart before its first cell confuses the reader.
 */
gboolean
alg_text_check_start (const char **cursor,
                      const char  *end,
                      const char  *name,
                      GError     **error)
{
  gsize length = (gsize) (end - *cursor);

  if (length == 0)
    return TRUE;

  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    if (length >= formats[i].length
        && memcmp (*cursor, formats[i].magic, formats[i].length) == 0)
      return sage_throw (error, SAGE_ERROR_SYNTAX, "%s is %s", name, formats[i].what);

  if (length >= 3 && memcmp (*cursor, "\xEF\xBB\xBF", 3) == 0)
    *cursor += 3;

  return TRUE;
}

/**
 * alg_text_excerpt:
 * @text: bytes of unknown encoding
 * @length: how many
 *
 * Returns: (transfer full): the first 40 of them, fit for one line of a message
 */
char *
alg_text_excerpt (const char *text,
                  gsize       length)
{
  g_autofree char *start = g_strndup (text, MIN (length, EXCERPT_MAX));
  char *excerpt = g_utf8_make_valid (start, -1);

  for (char *at = excerpt; *at != '\0'; at++)
    if (g_ascii_iscntrl (*at))
      *at = ' ';

  return excerpt;
}
