/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-log-needle"

#include "config.h"

#include <string.h>

#include "sage-log-needle.h"

struct _SageLogNeedle
{
  char     *text;       /* (owned) */
  gunichar *characters; /* (owned): of @text, in lower case */
  glong     n;
};

/**
 * sage_log_needle_new:
 * @text: what to search for, not empty
 *
 * Returns: (transfer full): the needle
 */
SageLogNeedle *
sage_log_needle_new (const char *text)
{
  SageLogNeedle *self;

  g_return_val_if_fail (text != NULL && text[0] != '\0', NULL);

  self = g_rc_box_new0 (SageLogNeedle);
  self->text = g_utf8_make_valid (text, -1);
  self->characters = g_utf8_to_ucs4_fast (self->text, -1, &self->n);
  for (glong i = 0; i < self->n; i++)
    self->characters[i] = g_unichar_tolower (self->characters[i]);

  return self;
}

/**
 * sage_log_needle_ref:
 * @self: a needle
 *
 * Returns: (transfer full): @self
 */
SageLogNeedle *
sage_log_needle_ref (SageLogNeedle *self)
{
  return g_rc_box_acquire (self);
}

static void
needle_clear (gpointer data)
{
  SageLogNeedle *self = data;

  g_free (self->text);
  g_free (self->characters);
}

/**
 * sage_log_needle_unref:
 * @self: (transfer full) (nullable): a needle
 */
void
sage_log_needle_unref (SageLogNeedle *self)
{
  if (self != NULL)
    g_rc_box_release_full (self, needle_clear);
}

/**
 * sage_log_needle_get_text:
 * @self: a needle
 *
 * Returns: what is searched for
 */
const char *
sage_log_needle_get_text (const SageLogNeedle *self)
{
  return self->text;
}

/* Returns: (nullable): where the needle ends if it stands at @at */
static const char *
match_at (const SageLogNeedle *self,
          const char          *at,
          const char          *end)
{
  for (glong i = 0; i < self->n; i++)
    {
      if (at >= end || g_unichar_tolower (g_utf8_get_char (at)) != self->characters[i])
        return NULL;
      at = g_utf8_next_char (at);
    }

  return at;
}

/* Returns: the next place where the needle may begin; case is a matter of one bit in ASCII */
static const char *
skip_to_first (const SageLogNeedle *self,
               const char          *at,
               const char          *end)
{
  gunichar first = self->characters[0];

  /* U+0130 and U+212A become ASCII in lower case */
  while (at < end && (guchar) *at < 0x80 && (gunichar) g_ascii_tolower (*at) != first)
    at++;

  return at;
}

/**
 * sage_log_needle_find:
 * @self: a needle
 * @text: a line, valid UTF-8
 * @length: its length in bytes
 * @from: where to start, in bytes
 * @start: (out): where the needle begins
 * @end: (out): where it ends
 *
 * Returns: whether it was found
 */
gboolean
sage_log_needle_find (const SageLogNeedle *self,
                      const char          *text,
                      gsize                length,
                      gsize                from,
                      gsize               *start,
                      gsize               *end)
{
  const char *limit = text + length;
  const char *at = text + MIN (from, length);

  while ((at = skip_to_first (self, at, limit)) < limit)
    {
      const char *end_of_match = match_at (self, at, limit);

      if (end_of_match != NULL)
        {
          *start = (gsize) (at - text);
          *end = (gsize) (end_of_match - text);
          return TRUE;
        }
      at = g_utf8_next_char (at);
    }

  return FALSE;
}

static void
append_pattern_character (GString  *pattern,
                          gunichar  lower)
{
  gunichar upper = g_unichar_toupper (lower);

  if (upper != lower)
    {
      g_string_append_c (pattern, '[');
      g_string_append_unichar (pattern, lower);
      g_string_append_unichar (pattern, upper);
      g_string_append_c (pattern, ']');
      return;
    }

  if (lower < 0x80 && g_ascii_ispunct ((char) lower) && lower != '_')
    g_string_append_c (pattern, '\\');
  g_string_append_unichar (pattern, lower);
}

/**
 * sage_log_needle_dup_pattern:
 * @self: a needle
 *
 * Returns: (transfer full): what stands for it in a filter pattern of CloudWatch Logs: a regular
 *   expression between percent signs, for the terms that it knows beside them mind the case
 */
char *
sage_log_needle_dup_pattern (const SageLogNeedle *self)
{
  GString *pattern = g_string_new ("%");

  for (glong i = 0; i < self->n; i++)
    append_pattern_character (pattern, self->characters[i]);
  g_string_append_c (pattern, '%');

  return g_string_free_and_steal (pattern);
}
