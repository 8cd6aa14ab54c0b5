/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Names of HTTP headers are compared a hundred times a request: so not by a call. */

/* Two letters that differ in case differ in one bit, as do some pairs that are no letters. */
static inline gboolean
sage_header_name_equal (const char *a,
                        const char *b)
{
  for (; *a == *b || ((*a ^ *b) == 0x20 && g_ascii_isalpha (*a)); a++, b++)
    if (*a == '\0')
      return TRUE;

  return FALSE;
}

/* A bit for each of the 128 characters of ASCII. */
typedef struct
{
  guint64 bits[2];
} SageCharSet;

/* Whether @text is of characters of @set only, and not empty. */
static inline gboolean
sage_char_set_holds (SageCharSet  set,
                     const char  *text)
{
  const guchar *at = (const guchar *) text;

  if (*at == '\0')
    return FALSE;
  for (; *at != '\0'; at++)
    if (*at >= 0x80 || ((set.bits[*at >> 6] >> (*at & 63)) & 1) == 0)
      return FALSE;

  return TRUE;
}

G_END_DECLS
