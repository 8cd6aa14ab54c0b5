/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-http"

#include "config.h"

#include <string.h>

#include "sage-http-private.h"

/*
 * A look at the first head of a connection before libmicrohttpd gets it, for the sake of the two
 * refusals that it words worse than we do: on a request line that it cannot make anything of it
 * hangs up without a reply, and a Content-Length of more than 64 bits it answers with 413. Later
 * requests it has read before anybody can look: sage-http-complaint.c speaks for those.
 */

/* What sage-http-check.c takes as well. */
#define MAX_LENGTH_DIGITS 18

/* The end of the line at @at, which is @end while the line is not complete. */
static const char *
line_end (const char *at,
          const char *end)
{
  const char *newline = memchr (at, '\n', (gsize) (end - at));

  return newline != NULL ? newline : end;
}

static gboolean
has_control (const char *at,
             const char *end)
{
  for (; at < end; at++)
    {
      if ((guchar) *at < 0x20 || *at == 0x7f)
        return TRUE;
    }
  return FALSE;
}

/* `METHOD SP TARGET SP HTTP/…` */
static gboolean
is_request_line (const char *at,
                 const char *end)
{
  const char *target = memchr (at, ' ', (gsize) (end - at));
  const char *version;

  if (target == NULL || target == at)
    return FALSE;
  target++;
  version = memchr (target, ' ', (gsize) (end - target));
  if (version == NULL || version == target)
    return FALSE;
  version++;
  return end - version > 5 && memcmp (version, "HTTP/", 5) == 0 &&
         memchr (version, ' ', (gsize) (end - version)) == NULL;
}

/* Tells whether a Content-Length is of more digits than any number of ours can hold. */
gboolean
sage_http_is_huge_length (const char *value,
                          const char *end)
{
  guint digits = 0;

  while (value < end && (*value == ' ' || *value == '\t'))
    value++;
  for (; value < end && g_ascii_isdigit (*value); value++)
    digits++;
  return digits > MAX_LENGTH_DIGITS;
}

static gboolean
is_huge_length_line (const char *at,
                     const char *end)
{
  static const char name[] = "Content-Length:";

  return (gsize) (end - at) >= sizeof name &&
         g_ascii_strncasecmp (at, name, sizeof name - 1) == 0 &&
         sage_http_is_huge_length (at + sizeof name - 1, end);
}

/**
 * sage_http_preview:
 * @bytes: the first bytes of a connection
 * @length: how many; at least 1
 * @whole: (out): whether the head ends in them
 *
 * Returns: (nullable): why the request that begins so is refused with 400, in English; %NULL if
 *   nothing speaks against it yet
 */
const char *
sage_http_preview (const char *bytes,
                   gsize       length,
                   gboolean   *whole)
{
  const char *end = bytes + length;
  const char *line = bytes;
  const char *next = line_end (line, end);
  const char *text_end = next;

  *whole = FALSE;
  if (text_end > line && text_end[-1] == '\r')
    text_end--;
  if (has_control (line, text_end))
    return "Control character in the request line";
  if (next < end && next == text_end)
    return "The request line does not end in CR LF";
  if (next < end && !is_request_line (line, text_end))
    return "Malformed request line";

  for (line = next; line < end; line = next)
    {
      line++;
      next = line_end (line, end);
      *whole = next < end && next - line <= 1;
      if (*whole)
        break;
      if (is_huge_length_line (line, next))
        return "Malformed Content-Length";
    }
  return NULL;
}
