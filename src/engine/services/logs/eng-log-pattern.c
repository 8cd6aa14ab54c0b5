/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-logs"

#include "config.h"

#include <string.h>

#include "eng-log-pattern.h"
#include "sage-error.h"

/* What gives a bare term of a pattern a meaning of its own at CloudWatch Logs. */
#define SPECIAL "{}[]?*%^\"\\"

/* Steps that a regular expression may take on one line: without groups, what needs more is made for
 * that. */
#define REGEX_LIMIT "(*LIMIT_MATCH=100000)"

/* One of the things that must occur. */
typedef struct
{
  char   *text;  /* (owned) (nullable) */
  GRegex *regex; /* (owned) (nullable) */
} Term;

struct _EngLogPattern
{
  GArray *terms; /* of Term */
};

static void
term_clear (gpointer data)
{
  Term *term = data;

  g_free (term->text);
  g_clear_pointer (&term->regex, g_regex_unref);
}

/* Reads `"a phrase"`, in which a backslash takes the character after it as it is. */
static char *
parse_phrase (const char **at)
{
  GString *phrase = g_string_new (NULL);
  const char *c;

  for (c = *at + 1; *c != '\0' && *c != '"'; c++)
    {
      if (*c == '\\' && c[1] != '\0')
        c++;
      g_string_append_c (phrase, *c);
    }
  if (*c == '\0')
    {
      g_string_free (phrase, TRUE);
      return NULL;
    }
  *at = c + 1;

  return g_string_free_and_steal (phrase);
}

static char *
parse_word (const char **at)
{
  gsize length = strcspn (*at, " \t\n");
  g_autofree char *word = g_strndup (*at, length);

  if (*word == '-' || strpbrk (word, SPECIAL) != NULL)
    return NULL;
  *at += length;

  return g_steal_pointer (&word);
}

/* Where a regular expression ends: at a percent sign that no backslash takes. Groups are not part of
 * what CloudWatch Logs knows, nor anything else that begins with a parenthesis. */
static const char *
end_of_regex (const char  *start,
              GError     **error)
{
  const char *c;
  gboolean in_class = FALSE;

  for (c = start; *c != '\0' && *c != '%'; c++)
    {
      if (*c == '\\' && c[1] != '\0')
        c++;
      else if (*c == '[')
        in_class = TRUE;
      else if (*c == ']')
        in_class = FALSE;
      else if ((*c == '(' || *c == ')') && !in_class)
        {
          sage_throw (error, SAGE_ERROR_INVALID,
                      "The regular expression in the filter pattern may not hold groups");
          return NULL;
        }
    }
  if (*c == '\0')
    {
      sage_throw (error, SAGE_ERROR_INVALID,
                  "The regular expression in the filter pattern does not end with '%%'");
      return NULL;
    }

  return c;
}

/* Reads `%a regular expression%`. */
static GRegex *
parse_regex (const char **at,
             GError     **error)
{
  const char *end = end_of_regex (*at + 1, error);
  g_autofree char *inside = end != NULL ? g_strndup (*at + 1, (gsize) (end - *at - 1)) : NULL;
  g_autofree char *limited = inside != NULL ? g_strconcat (REGEX_LIMIT, inside, NULL) : NULL;
  g_autoptr(GError) local_error = NULL;
  GRegex *regex;

  if (limited == NULL)
    return NULL;

  regex = g_regex_new (limited, G_REGEX_OPTIMIZE, 0, &local_error);
  if (regex == NULL)
    sage_throw (error, SAGE_ERROR_INVALID,
                "The filter pattern holds what is no regular expression: '%s'", inside);
  *at = end + 1;

  return regex;
}

static gboolean
parse_term (const char **at,
            Term        *term,
            GError     **error)
{
  if (**at == '%')
    {
      term->regex = parse_regex (at, error);
      return term->regex != NULL;
    }

  term->text = **at == '"' ? parse_phrase (at) : parse_word (at);
  if (term->text == NULL)
    return sage_throw (error, SAGE_ERROR_INVALID, "The filter pattern may only hold terms, quoted "
                       "phrases and regular expressions between percent signs");

  return TRUE;
}

/**
 * eng_log_pattern_new:
 * @text: a filter pattern
 * @error: return location
 *
 * Reads terms, `"quoted phrases"` and `%regular expressions%`.
 *
 * Returns: (transfer full): the pattern; %NULL with %SAGE_ERROR_INVALID
 */
EngLogPattern *
eng_log_pattern_new (const char  *text,
                     GError     **error)
{
  g_autoptr(EngLogPattern) pattern = g_new0 (EngLogPattern, 1);

  pattern->terms = g_array_new (FALSE, TRUE, sizeof (Term));
  g_array_set_clear_func (pattern->terms, term_clear);
  for (const char *at = text + strspn (text, " \t\n"); *at != '\0'; at += strspn (at, " \t\n"))
    {
      Term term = { 0 };

      if (!parse_term (&at, &term, error))
        return NULL;
      g_array_append_val (pattern->terms, term);
    }

  return g_steal_pointer (&pattern);
}

/**
 * eng_log_pattern_free:
 * @pattern: (nullable): a pattern
 */
void
eng_log_pattern_free (EngLogPattern *pattern)
{
  if (pattern == NULL)
    return;

  g_array_unref (pattern->terms);
  g_free (pattern);
}

/**
 * eng_log_pattern_matches:
 * @pattern: a pattern
 * @message: a line of a log
 * @matches: (out): whether all that the pattern holds occurs in it
 * @error: return location
 *
 * Returns: %TRUE, or %FALSE with %SAGE_ERROR_INVALID if a regular expression takes too many steps
 */
gboolean
eng_log_pattern_matches (EngLogPattern  *pattern,
                         const char     *message,
                         gboolean       *matches,
                         GError        **error)
{
  *matches = TRUE;
  for (guint i = 0; i < pattern->terms->len && *matches; i++)
    {
      const Term *term = &g_array_index (pattern->terms, Term, i);
      g_autoptr(GError) local_error = NULL;

      if (term->regex == NULL)
        *matches = strstr (message, term->text) != NULL;
      else
        *matches = g_regex_match_full (term->regex, message, -1, 0, 0, NULL, &local_error);
      if (local_error != NULL)
        return sage_throw (error, SAGE_ERROR_INVALID, "The regular expression in the filter pattern "
                           "takes too many steps on a line");
    }

  return TRUE;
}
