/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-validate"

#include "config.h"

#include "sage-validate-private.h"

/*
 * Compiles on first use. Two threads may both compile; one result stays. A pattern that does not
 * compile is a fault of the generated table, which a test rules out.
 */
static GRegex *
get_regex (guint16 pattern)
{
  static GRegex *regexes[G_MAXUINT8 * 4];
  g_autofree char *anchored = NULL;
  g_autoptr(GRegex) fresh = NULL;
  g_autoptr(GError) error = NULL;
  GRegex *regex;

  g_assert (pattern < G_N_ELEMENTS (regexes));

  regex = g_atomic_pointer_get (&regexes[pattern]);
  if (regex != NULL)
    return regex;

  /* Java's Matcher.matches() takes the whole text; '$' alone would let a final newline pass. */
  anchored = g_strconcat ("\\A(?:", sage_model_patterns[pattern].regex, ")\\z", NULL);
  fresh = g_regex_new (anchored, G_REGEX_OPTIMIZE | G_REGEX_NO_AUTO_CAPTURE,
                       G_REGEX_MATCH_DEFAULT, &error);
  if (fresh == NULL)
    {
      g_critical ("Pattern %s: %s", sage_model_patterns[pattern].text, error->message);
      return NULL;
    }

  /* GLib compiles to machine code at the first match, and two threads at once leak one result; so
   * the first match is made before anybody else can see the expression. */
  g_regex_match_full (fresh, "", 0, 0, G_REGEX_MATCH_DEFAULT, NULL, NULL);

  if (g_atomic_pointer_compare_and_exchange (&regexes[pattern], NULL, fresh))
    return g_steal_pointer (&fresh);

  return g_atomic_pointer_get (&regexes[pattern]);
}

/* A text that exceeds the limits of the matcher counts as not matching. */
gboolean
sage_pattern_matches (guint16     pattern,
                      const char *text,
                      gsize       length)
{
  GRegex *regex = get_regex (pattern);

  return regex != NULL
         && g_regex_match_full (regex, text, length, 0, G_REGEX_MATCH_DEFAULT, NULL, NULL);
}
