/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-filter-expression"

#include "config.h"

#include <string.h>

#include "sage-filter-expression.h"

#define MAX_BYTES 4096 /* of an expression: more was pasted by mistake */
#define MAX_TERMS 64
#define NO_KEY (-1)

struct _SageNeedle
{
  char     *text;     /* (owned): case folded */
  gboolean  is_ascii;
};

typedef enum
{
  AT_MOST,
  LESS,
  MORE,
} Comparison;

typedef struct
{
  int         key;
  gboolean    negated;
  GArray     *needles;    /* (owned) (nullable) of SageNeedle: one of them must be there */
  Comparison  comparison; /* of a span */
  double      seconds;
} Term;

struct _SageFilterExpression
{
  GArray               *terms;
  const SageFilterKey  *keys;
  guint                 n_keys;
  SageFilterProblem     problem; /* the first */
  char                 *token;   /* (owned) (nullable): that it is about */
};

static void
needle_clear (gpointer data)
{
  g_free (((SageNeedle *) data)->text);
}

static void
term_clear (gpointer data)
{
  g_clear_pointer (&((Term *) data)->needles, g_array_unref);
}

/* Names are ASCII almost always, and 100,000 of them are looked through at each letter typed. */
static gboolean
ascii_contains (const char *text,
                const char *needle)
{
  const char first = needle[0];
  gsize rest = strlen (needle + 1);

  for (; *text != '\0'; text++)
    if (g_ascii_tolower (*text) == first)
      {
        gsize i = 0;

        while (i < rest && g_ascii_tolower (text[1 + i]) == needle[1 + i])
          i++;
        if (i == rest)
          return TRUE;
      }

  return FALSE;
}

/* Returns: (transfer full): the text with differences of case and of composition taken away */
static char *
fold (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  g_autofree char *normal = g_utf8_normalize (valid, -1, G_NORMALIZE_ALL);

  return g_utf8_casefold (normal != NULL ? normal : valid, -1);
}

/**
 * sage_needle_in:
 * @needle: what to look for
 * @text: (nullable): where
 *
 * Returns: whether @text contains @needle, whatever the case of their letters
 */
gboolean
sage_needle_in (const SageNeedle *needle,
                const char       *text)
{
  g_autofree char *folded = NULL;

  if (text == NULL)
    return FALSE;
  if (needle->text[0] == '\0')
    return TRUE;
  if (needle->is_ascii && ascii_contains (text, needle->text))
    return TRUE;
  if (needle->is_ascii && g_str_is_ascii (text))
    return FALSE;

  folded = fold (text);

  return strstr (folded, needle->text) != NULL;
}

/**
 * sage_needle_get_text:
 * @needle: what to look for
 *
 * Returns: it, with its case folded
 */
const char *
sage_needle_get_text (const SageNeedle *needle)
{
  return needle->text;
}

static void
set_problem (SageFilterExpression *self,
             SageFilterProblem     problem,
             const char           *token)
{
  if (self->problem == SAGE_FILTER_FINE)
    {
      self->problem = problem;
      self->token = g_strdup (token);
    }
}

static void
add_needle (Term       *term,
            const char *text)
{
  SageNeedle needle = { .text = fold (text) };

  needle.is_ascii = g_str_is_ascii (needle.text);
  if (term->needles == NULL)
    {
      term->needles = g_array_new (FALSE, FALSE, sizeof (SageNeedle));
      g_array_set_clear_func (term->needles, needle_clear);
    }
  g_array_append_val (term->needles, needle);
}

static const struct
{
  const char *name;
  double      seconds;
} units[] = {
  { "s", 1 },        { "sec", 1 },     { "m", 60 },      { "min", 60 },      { "h", 3600 },
  { "d", 86400 },    { "w", 604800 },  { "mo", 2592000 }, { "y", 31536000 },
};

/* Reads `>7d`, `<=2h`, `90min`. Digits are read here because strtod() knows `0x1p9`, `inf`, `nan`. */
static gboolean
parse_span (const char *text,
            Comparison *comparison,
            double     *seconds)
{
  double number = 0;
  double place = 1;
  guint digits = 0;

  *comparison = text[0] == '>' ? MORE : text[0] == '<' ? LESS : AT_MOST;
  if (*comparison != AT_MOST)
    text += text[1] == '=' ? 2 : 1;

  for (; g_ascii_isdigit (*text); text++, digits++)
    number = number * 10 + (*text - '0');
  if (*text == '.')
    for (text++; g_ascii_isdigit (*text); text++, digits++)
      number += (*text - '0') * (place /= 10);
  if (digits == 0 || digits > 12)
    return FALSE;

  for (gsize i = 0; i < G_N_ELEMENTS (units); i++)
    if (g_ascii_strcasecmp (text, units[i].name) == 0)
      {
        *seconds = number * units[i].seconds;
        return TRUE;
      }

  return FALSE;
}

/* Which key @token begins with, up to its colon; NO_KEY if with none. */
static int
find_key (SageFilterExpression *self,
          const char           *token,
          gsize                 length)
{
  for (guint i = 0; i < self->n_keys; i++)
    if (strlen (self->keys[i].name) == length
        && g_ascii_strncasecmp (self->keys[i].name, token, length) == 0)
      return i;

  return NO_KEY;
}

/* How long a prefix of @token looks like a key; 0 if none does. ARNs and URLs have colons too. */
static gsize
key_length (const char *token)
{
  gsize length = strspn (token, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-");

  if (length == 0 || token[length] != ':' || g_str_has_prefix (token + length, "://")
      || g_ascii_strncasecmp (token, "arn:", 4) == 0)
    return 0;

  return length;
}

/*
 * Takes one character of a token, quotes and what they protect undone; returns whether it is one
 * that a quote or a backslash has made a plain one.
 */
static gboolean
take_character (const char **cursor,
                gboolean    *quoted,
                GString     *out)
{
  const char *p = *cursor;

  if (*quoted && *p == '\\' && (p[1] == '"' || p[1] == '\\'))
    {
      g_string_append_c (out, p[1]);
      *cursor = p + 2;
      return TRUE;
    }

  if (*p == '"')
    *quoted = !*quoted;
  else
    g_string_append_c (out, *p);
  *cursor = p + 1;

  return *quoted;
}

/* Reads the words of a term that has no key. */
static void
parse_words (Term        *term,
             const char **cursor)
{
  g_autoptr(GString) word = g_string_new (NULL);
  gboolean quoted = FALSE;

  while (**cursor != '\0' && (quoted || !g_ascii_isspace (**cursor)))
    take_character (cursor, &quoted, word);

  if (word->len > 0)
    add_needle (term, word->str);
}

/* Reads the alternatives of a term that has a key. Returns: (transfer full): them as one text */
static char *
parse_values (Term        *term,
              const char **cursor)
{
  g_autoptr(GString) value = g_string_new (NULL);
  GString *all = g_string_new (NULL);
  gboolean quoted = FALSE;

  while (**cursor != '\0' && (quoted || !g_ascii_isspace (**cursor)))
    {
      gsize before = value->len;

      if (!take_character (cursor, &quoted, value) && value->len > before
          && value->str[before] == ',')
        {
          g_string_truncate (value, before);
          if (value->len > 0)
            add_needle (term, value->str);
          g_string_append_printf (all, "%s,", value->str);
          g_string_truncate (value, 0);
        }
    }

  if (value->len > 0)
    add_needle (term, value->str);
  g_string_append (all, value->str);

  return g_string_free_and_steal (all);
}

/* Reads the value of a key that the list has; FALSE if the term says nothing (yet). */
static gboolean
parse_keyed (SageFilterExpression *self,
             Term                 *term,
             const char          **cursor)
{
  const SageFilterKey *key = &self->keys[term->key];
  g_autofree char *value = parse_values (term, cursor);
  g_autofree char *token = NULL;

  if (key->kind == SAGE_FILTER_TEXT)
    return term->needles != NULL;

  g_clear_pointer (&term->needles, g_array_unref);
  if (value[0] == '\0')
    return FALSE;
  if (parse_span (value, &term->comparison, &term->seconds))
    return TRUE;

  token = g_strdup_printf ("%s:%s", key->name, value);
  set_problem (self, SAGE_FILTER_BAD_SPAN, token);

  return FALSE;
}

/* Reads the term at @cursor, which is no white space. */
static void
parse_term (SageFilterExpression  *self,
            const char           **cursor)
{
  Term term = { .key = NO_KEY };
  gboolean says_something;
  gsize length;

  if ((*cursor)[0] == '-' && (*cursor)[1] != '\0' && !g_ascii_isspace ((*cursor)[1]))
    {
      term.negated = TRUE;
      (*cursor)++;
    }

  length = key_length (*cursor);
  if (length > 0)
    {
      term.key = find_key (self, *cursor, length);
      if (term.key == NO_KEY)
        {
          g_autofree char *token = g_strndup (*cursor, length);

          set_problem (self, SAGE_FILTER_UNKNOWN_KEY, token);
        }
    }

  if (term.key != NO_KEY)
    {
      *cursor += length + 1;
      says_something = parse_keyed (self, &term, cursor);
    }
  else
    {
      parse_words (&term, cursor);
      says_something = term.needles != NULL;
    }

  if (says_something)
    g_array_append_val (self->terms, term);
  else
    term_clear (&term);
}

/* Returns: (transfer full): valid UTF-8 of a length that is fit to be read */
static char *
take_text (SageFilterExpression *self,
           const char           *text)
{
  gsize length = strnlen (text, MAX_BYTES + 1);

  if (length > MAX_BYTES)
    {
      set_problem (self, SAGE_FILTER_TOO_LONG, NULL);
      for (length = MAX_BYTES; length > 0 && ((guchar) text[length] & 0xc0) == 0x80;)
        length--;
    }

  return g_utf8_make_valid (text, length);
}

/**
 * sage_filter_expression_new:
 * @text: (nullable): what was typed: anything at all
 * @keys: (array length=n_keys): the keys that the list knows; they must outlive the expression
 * @n_keys: how many there are
 *
 * Never fails: what makes no sense is looked for as text, or left out, and
 * sage_filter_expression_get_problem() says so.
 *
 * Returns: (transfer full): the expression
 */
SageFilterExpression *
sage_filter_expression_new (const char          *text,
                            const SageFilterKey *keys,
                            guint                n_keys)
{
  SageFilterExpression *self = g_new0 (SageFilterExpression, 1);
  g_autofree char *valid = NULL;
  const char *cursor;

  self->terms = g_array_new (FALSE, FALSE, sizeof (Term));
  g_array_set_clear_func (self->terms, term_clear);
  self->keys = keys;
  self->n_keys = n_keys;

  valid = take_text (self, text != NULL ? text : "");
  for (cursor = valid; *cursor != '\0';)
    {
      if (g_ascii_isspace (*cursor))
        cursor++;
      else if (self->terms->len < MAX_TERMS)
        parse_term (self, &cursor);
      else
        {
          set_problem (self, SAGE_FILTER_TOO_LONG, NULL);
          break;
        }
    }

  return self;
}

void
sage_filter_expression_free (SageFilterExpression *self)
{
  if (self == NULL)
    return;

  g_array_unref (self->terms);
  g_free (self->token);
  g_free (self);
}

/**
 * sage_filter_expression_is_empty:
 * @self: an expression
 *
 * Returns: whether it holds for everything
 */
gboolean
sage_filter_expression_is_empty (const SageFilterExpression *self)
{
  g_return_val_if_fail (self != NULL, TRUE);

  return self->terms->len == 0;
}

/**
 * sage_filter_expression_has_spans:
 * @self: an expression
 *
 * Returns: whether what it holds for changes as time goes by
 */
gboolean
sage_filter_expression_has_spans (const SageFilterExpression *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  for (guint i = 0; i < self->terms->len; i++)
    if (g_array_index (self->terms, Term, i).needles == NULL)
      return TRUE;

  return FALSE;
}

/**
 * sage_filter_expression_get_problem:
 * @self: an expression
 * @token: (out) (nullable) (optional) (transfer none): the key or term that it is about
 *
 * Returns: the first thing in the text that was not understood
 */
SageFilterProblem
sage_filter_expression_get_problem (const SageFilterExpression  *self,
                                    const char                 **token)
{
  g_return_val_if_fail (self != NULL, SAGE_FILTER_FINE);

  if (token != NULL)
    *token = self->token;

  return self->problem;
}

static gboolean
term_holds (const Term              *term,
            const SageFilterSubject *subject,
            gpointer                 thing)
{
  double seconds;

  if (term->needles != NULL)
    {
      for (guint i = 0; i < term->needles->len; i++)
        if (subject->has_text (thing, term->key, &g_array_index (term->needles, SageNeedle, i)))
          return !term->negated;
      return term->negated;
    }

  if (!subject->get_span (thing, term->key, &seconds))
    return FALSE;
  if (term->comparison == MORE)
    return (seconds > term->seconds) != term->negated;
  if (term->comparison == LESS)
    return (seconds < term->seconds) != term->negated;

  return (seconds <= term->seconds) != term->negated;
}

/**
 * sage_filter_expression_matches:
 * @self: an expression
 * @subject: how to ask about @thing
 * @thing: what it may hold for
 *
 * Returns: whether every term holds for @thing
 */
gboolean
sage_filter_expression_matches (const SageFilterExpression *self,
                                const SageFilterSubject    *subject,
                                gpointer                    thing)
{
  g_return_val_if_fail (self != NULL, FALSE);

  for (guint i = 0; i < self->terms->len; i++)
    if (!term_holds (&g_array_index (self->terms, Term, i), subject, thing))
      return FALSE;

  return TRUE;
}
