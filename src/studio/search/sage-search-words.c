/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-search-words"

#include "config.h"

#include <glib/gi18n.h>

#include "sage-error.h"
#include "sage-file-location.h"
#include "sage-search-walk.h"
#include "sage-search-words.h"
#include "sage-words.h"

/* Adds a sentence to those there are. Takes over @sentence. */
static void
add (GString *text,
     char    *sentence)
{
  if (text->len > 0)
    g_string_append (text, " · ");
  g_string_append (text, sentence);
  g_free (sentence);
}

/* What was not searched, and why. */
static void
add_left_out (GString                *text,
              const SageSearchCounts *counts)
{
  if (counts->n_large > 0)
    add (text, g_strdup_printf (g_dngettext (NULL, "%u file is too large to be searched",
                                             "%u files are too large to be searched", counts->n_large),
                                counts->n_large));
  if (counts->n_unreadable > 0)
    add (text, g_strdup_printf (g_dngettext (NULL, "%u cannot be read", "%u cannot be read",
                                             counts->n_unreadable),
                                counts->n_unreadable));
  if (counts->n_costly > 0)
    add (text, g_strdup_printf (g_dngettext (NULL, "the expression takes too long in %u file",
                                             "the expression takes too long in %u files",
                                             counts->n_costly),
                                counts->n_costly));
  if (counts->n_long > 0)
    add (text, g_strdup_printf (g_dngettext (NULL, "of %u file very long lines were not fully searched",
                                             "of %u files very long lines were not fully searched",
                                             counts->n_long),
                                counts->n_long));
}

/**
 * sage_search_words_result:
 * @search: a search
 *
 * Returns: (transfer full): what it has found by now, and what it has not looked at
 */
char *
sage_search_words_result (SageProjectSearch *search)
{
  const SageSearchCounts *counts = sage_project_search_get_counts (search);
  guint n = sage_project_search_get_n_matches (search);
  guint n_files = g_list_model_get_n_items (sage_project_search_get_files (search));
  g_autoptr(GString) text = g_string_new (NULL);

  if (n == 0)
    add (text, g_strdup (sage_project_search_is_running (search) ? _("Searching…") : _("No match")));
  else
    add (text, g_strdup_printf (g_dngettext (NULL, "%u match", "%u matches", n), n));
  if (n > 0)
    add (text, g_strdup_printf (g_dngettext (NULL, "in %u file", "in %u files", n_files), n_files));
  add (text, g_strdup_printf (g_dngettext (NULL, "%u file searched", "%u files searched",
                                           counts->n_files),
                              counts->n_files));
  if (sage_project_search_was_cancelled (search))
    add (text, g_strdup (_("stopped")));
  if (counts->many_matches)
    add (text, g_strdup_printf (_("only the first %u matches are shown"), SAGE_SEARCH_MAX_MATCHES));
  if (counts->many_files)
    add (text, g_strdup_printf (_("only the first %u files were searched"), SAGE_SEARCH_MAX_FILES));
  add_left_out (text, counts);

  return g_string_free_and_steal (g_steal_pointer (&text));
}

/**
 * sage_search_words_replaced:
 * @replacement: what was replaced
 *
 * Returns: (transfer full): how much that is
 */
char *
sage_search_words_replaced (SageReplacement *replacement)
{
  guint n = sage_replacement_get_n_matches (replacement);
  guint n_files = sage_replacement_get_n_files (replacement);
  g_autofree char *files = g_strdup_printf (g_dngettext (NULL, "in %u file", "in %u files", n_files),
                                            n_files);
  g_autofree char *matches = g_strdup_printf (g_dngettext (NULL, "%u match replaced",
                                                           "%u matches replaced", n),
                                              n);

  return g_strdup_printf ("%s · %s", matches, files);
}

/**
 * sage_search_words_left:
 * @replacement: what was replaced
 *
 * Returns: (transfer full) (nullable): which files were left as they are, and why; %NULL if none were
 */
char *
sage_search_words_left (SageReplacement *replacement)
{
  const char *name = NULL;
  const GError *error = NULL;
  guint n = sage_replacement_get_n_left (replacement, &name, &error);
  g_autofree char *shown = NULL;
  g_autofree char *why = NULL;

  if (n == 0)
    return NULL;

  shown = sage_file_name_to_show (name);
  why = g_error_matches (error, SAGE_ERROR, SAGE_ERROR_CONFLICT)
          ? g_strdup (_("it has been changed since the search")) : sage_words_error (error);

  /* Translators: the number of files, the first one of them, and why */
  return g_strdup_printf (g_dngettext (NULL, "%u file was left as it is: “%s”: %s",
                                       "%u files were left as they are: “%s”: %s", n),
                          n, shown, why);
}
