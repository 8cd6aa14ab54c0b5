/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-visible"

#include "config.h"

#include "sage-visible.h"

#define OPEN "\xe2\x9f\xa8"  /* ⟨ */
#define CLOSE "\xe2\x9f\xa9" /* ⟩ */

/**
 * sage_visible_is_hidden:
 * @character: a character of a source
 *
 * Tells what can make a source read in another way than it runs: what changes the direction of the
 * text around it, and what has no width (CVE-2021-42574 and its kin). The joiners count, which emoji
 * and some scripts use between their own letters: code has no need of them.
 *
 * Returns: whether it shows nothing by itself
 */
gboolean
sage_visible_is_hidden (gunichar character)
{
  return (character >= 0x202a && character <= 0x202e) || /* embeddings and overrides */
         (character >= 0x2066 && character <= 0x2069) || /* isolates */
         (character >= 0x200b && character <= 0x200f) || /* zero width, joiners, marks */
         (character >= 0x2060 && character <= 0x2064) ||
         (character >= 0xe0000 && character <= 0xe007f) || /* tags */
         character == 0x00ad || character == 0x034f || character == 0x061c || character == 0x115f ||
         character == 0x1160 || character == 0x180e || character == 0x3164 || character == 0xfeff;
}

/**
 * sage_visible_has_hidden:
 * @text: valid UTF-8
 *
 * Returns: whether there is such a character in it
 */
gboolean
sage_visible_has_hidden (const char *text)
{
  g_return_val_if_fail (text != NULL, FALSE);

  for (; *text != '\0'; text = g_utf8_next_char (text))
    if ((guchar) *text >= 0x80 && sage_visible_is_hidden (g_utf8_get_char (text)))
      return TRUE;

  return FALSE;
}

/**
 * sage_visible_name:
 * @character: one that is hidden
 *
 * Returns: (transfer full): how it is shown: its number between angle brackets
 */
char *
sage_visible_name (gunichar character)
{
  return g_strdup_printf (OPEN "U+%04X" CLOSE, character);
}

/**
 * sage_visible_dup:
 * @text: valid UTF-8
 *
 * Returns: (transfer full): the text with a name in the place of each hidden character
 */
char *
sage_visible_dup (const char *text)
{
  GString *out;

  g_return_val_if_fail (text != NULL, NULL);

  out = g_string_new (NULL);
  for (const char *next; *text != '\0'; text = next)
    {
      next = g_utf8_next_char (text);
      if ((guchar) *text >= 0x80 && sage_visible_is_hidden (g_utf8_get_char (text)))
        {
          g_autofree char *name = sage_visible_name (g_utf8_get_char (text));

          g_string_append (out, name);
        }
      else
        g_string_append_len (out, text, next - text);
    }

  return g_string_free_and_steal (out);
}
