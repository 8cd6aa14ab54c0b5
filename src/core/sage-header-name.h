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

/* Which bytes a text may be of; never NUL. */
typedef struct
{
  guint8 holds[256];
} SageCharSet;

/* Whether @text is of characters of @set only, and not empty. */
static inline gboolean
sage_char_set_holds (const SageCharSet *set,
                     const char        *text)
{
  const char *at = text;

  while (set->holds[(guchar) *at])
    at++;

  return *at == '\0' && at > text;
}

G_END_DECLS
