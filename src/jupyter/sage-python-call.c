/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-python-call"

#include "config.h"

#include <string.h>

#include "sage-python-call.h"

#define MAX_DEPTH 64 /* of brackets within each other: nobody writes more by hand */

/* A bracket that is open at the cursor. */
typedef struct
{
  char  bracket;
  gsize offset;
  gsize argument; /* where the one that is last so far begins */
  guint commas;
} Bracket;

typedef struct
{
  Bracket open[MAX_DEPTH];
  guint   n;
} Brackets;

static gboolean
is_name (char c)
{
  return g_ascii_isalnum (c) || c == '_' || (guchar) c >= 0x80;
}

/* --- Which brackets are open ------------------------------------------------------------------ */

/* Returns: past the string that begins at @at, or @end if the cursor is in it */
static gsize
pass_string (const char *source,
             gsize       at,
             gsize       end)
{
  char quote = source[at];
  gboolean is_triple = end - at >= 3 && source[at + 1] == quote && source[at + 2] == quote;

  for (at += is_triple ? 3 : 1; at < end; at++)
    {
      if (source[at] == '\\')
        at++;
      else if (!is_triple && (source[at] == quote || source[at] == '\n'))
        return at + 1;
      else if (is_triple && source[at] == quote && end - at >= 3 && source[at + 1] == quote
               && source[at + 2] == quote)
        return at + 3;
    }

  return end;
}

static gsize
pass_comment (const char *source,
              gsize       at,
              gsize       end)
{
  while (at < end && source[at] != '\n')
    at++;

  return at;
}

/* Returns: whether they are not too many */
static gboolean
take (Brackets *self,
      char      c,
      gsize     at)
{
  switch (c)
    {
    case '(':
    case '[':
    case '{':
      if (self->n == MAX_DEPTH)
        return FALSE;
      self->open[self->n++] = (Bracket) { c, at, at + 1, 0 };
      break;
    case ')':
    case ']':
    case '}':
      self->n -= self->n > 0;
      break;
    case ',':
      if (self->n > 0)
        {
          self->open[self->n - 1].commas++;
          self->open[self->n - 1].argument = at + 1;
        }
      break;
    default:
      break;
    }

  return TRUE;
}

static gboolean
read_brackets (Brackets   *self,
               const char *source,
               gsize       end)
{
  for (gsize at = 0; at < end;)
    {
      if (source[at] == '"' || source[at] == '\'')
        at = pass_string (source, at, end);
      else if (source[at] == '#')
        at = pass_comment (source, at, end);
      else if (!take (self, source[at], at))
        return FALSE;
      else
        at++;
    }

  return TRUE;
}

/* --- What is called --------------------------------------------------------------------------- */

/* Words before a parenthesis that is no call's. */
static gboolean
is_keyword (const char *word)
{
  static const char * const keywords[] = {
    "and", "as", "assert", "await", "case", "del", "elif", "else", "except", "for", "from", "if",
    "import", "in", "is", "lambda", "match", "not", "or", "raise", "return", "while", "with", "yield",
    NULL,
  };

  return g_strv_contains (keywords, word);
}

static gsize
back_over_space (const char *source,
                 gsize       at)
{
  while (at > 0 && (source[at - 1] == ' ' || source[at - 1] == '\t'))
    at--;

  return at;
}

static gsize
back_over_name (const char *source,
                gsize       at)
{
  while (at > 0 && (is_name (source[at - 1]) || source[at - 1] == '.'))
    at--;

  return at;
}

/* Whether the name that begins at @at is one that is being defined. */
static gboolean
is_defined_here (const char *source,
                 gsize       at)
{
  gsize end = back_over_space (source, at);
  gsize start = back_over_name (source, end);
  g_autofree char *word = g_strndup (source + start, end - start);

  return g_str_equal (word, "def") || g_str_equal (word, "class");
}

/*
 * Sets @callee to what is called by the parenthesis at @open.
 * Returns: whether it is a call's; @callee may be %NULL all the same: what comes of a call or an index
 * is known only to who makes it.
 */
static gboolean
find_callee (const char  *source,
             gsize        open,
             char       **callee)
{
  gsize end = back_over_space (source, open);
  gsize start = back_over_name (source, end);
  g_autofree char *name = g_strndup (source + start, end - start);

  *callee = NULL;
  if (end > 0 && (source[end - 1] == ')' || source[end - 1] == ']'))
    return end == open;
  if (name[0] == '\0' || is_keyword (name))
    return FALSE;
  if (name[0] != '.' && !g_ascii_isdigit (name[0]) && !is_defined_here (source, start))
    *callee = g_steal_pointer (&name);

  return TRUE;
}

/* Returns: (transfer full) (nullable): the name of an argument that is given by name */
static char *
find_keyword (const char *source,
              gsize       start,
              gsize       end)
{
  gsize at = start;
  gsize after;

  while (at < end && g_ascii_isspace (source[at]))
    at++;
  start = at;
  while (at < end && is_name (source[at]))
    at++;
  after = at;
  while (after < end && g_ascii_isspace (source[after]))
    after++;
  if (at == start || after >= end || source[after] != '='
      || (after + 1 < end && source[after + 1] == '='))
    return NULL;

  return g_strndup (source + start, at - start);
}

/**
 * sage_python_call_find:
 * @source: Python, which need not be whole
 * @cursor: in bytes
 *
 * Returns: (transfer full) (nullable): the innermost call of something with a name that the cursor is
 *   between the parentheses of
 */
SagePythonCall *
sage_python_call_find (const char *source,
                       gsize       cursor)
{
  Brackets brackets = { 0 };
  gsize end;

  g_return_val_if_fail (source != NULL, NULL);

  end = strnlen (source, cursor);
  if (!read_brackets (&brackets, source, end))
    return NULL;

  for (guint i = brackets.n; i > 0; i--)
    {
      const Bracket *bracket = &brackets.open[i - 1];
      g_autofree char *callee = NULL;
      SagePythonCall *self;

      if (bracket->bracket != '(' || !find_callee (source, bracket->offset, &callee))
        continue;
      if (callee == NULL)
        return NULL;
      self = g_new0 (SagePythonCall, 1);
      self->callee = g_steal_pointer (&callee);
      self->open = bracket->offset;
      self->index = bracket->commas;
      self->keyword = find_keyword (source, bracket->argument, end);
      return self;
    }

  return NULL;
}

void
sage_python_call_free (SagePythonCall *self)
{
  if (self == NULL)
    return;

  g_free (self->callee);
  g_free (self->keyword);
  g_free (self);
}
