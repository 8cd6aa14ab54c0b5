/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-python-lines"

#include "config.h"

#include <string.h>

#include "sage-python-lines-private.h"

/*
 * IPython's lines that are no Python: magics, shell commands, help. In a script they are comments, and
 * a comment that looks like one of them is one twice. Which lines these are is jupytext's rule, as the
 * scripts are to be read by it.
 */

/* Past "# " and "#", as often as they stand there. */
static const char *
past_comments (const char *at)
{
  while (*at == '#')
    at += at[1] == ' ' ? 2 : 1;

  return at;
}

static const char *
past_space (const char *at)
{
  while (*at == ' ' || *at == '\t')
    at++;

  return at;
}

/* %name, %%name, %%%name */
static gboolean
is_percent_magic (const char *at)
{
  guint n = 0;

  while (at[n] == '%')
    n++;

  return n >= 1 && n <= 3 && g_ascii_isalpha (at[n]);
}

/* ?name, !command */
static gboolean
is_help_or_shell (const char *line)
{
  const char *at = past_space (past_comments (past_space (line)));

  if (*at != '?' && *at != '!')
    return FALSE;
  at = past_space (at + 1);

  return *at != '\0' && (g_ascii_isalpha (*at) || strchr (".~$\\/{}", *at) != NULL);
}

/* name = %magic, name = !command */
static gboolean
is_assigned_magic (const char *line)
{
  const char *at = past_space (past_comments (line));

  if (!g_ascii_isalpha (*at) && *at != '_')
    return FALSE;
  while (g_ascii_isalnum (*at) || *at == '_' || *at == '$')
    at++;
  at = past_space (at);
  if (*at != '=')
    return FALSE;
  at = past_space (at + 1);

  return is_percent_magic (at) || (*at == '!' && g_ascii_isalpha (at[1]));
}

/* name? */
static gboolean
is_help (const char *line)
{
  const char *at = past_space (line);
  const char *end = line + strlen (line);

  while (g_str_has_prefix (at, "# "))
    at += 2;
  while (end > at && (end[-1] == ' ' || end[-1] == '\t'))
    end--;
  if (end == at || end[-1] != '?')
    return FALSE;
  for (; at < end; at++)
    if (g_ascii_isspace (*at))
      return FALSE;

  return TRUE;
}

/* A command of the shell that IPython knows as a magic without a percent sign; not an assignment to a
 * name like it. */
static gboolean
is_command (const char *line)
{
  static const char *const commands[] = {
    "cat", "cd", "copy", "cp", "ddir", "echo", "ldir", "ls", "mkdir", "mv", "ren", "rm", "rmdir",
  };
  const char *at = past_comments (line);
  gsize length = 0;

  while (g_ascii_isalpha (at[length]))
    length++;
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    if (strlen (commands[i]) == length && strncmp (at, commands[i], length) == 0)
      return at[length] == '\0' ||
             (g_ascii_isspace (at[length]) && (at[length + 1] == '\0' ||
                                               (at[length + 1] != '=' && at[length + 1] != ',')));

  return FALSE;
}

/* Whether a line, commented out or not, is one that a script has as a comment. */
gboolean
sage_python_is_magic (const char *line)
{
  return is_percent_magic (past_comments (past_space (line))) || is_help_or_shell (line) ||
         is_assigned_magic (line) || is_help (line) || is_command (line);
}

/* Returns: (transfer full): the line as a comment, with its indent */
char *
sage_python_comment (const char *line)
{
  const char *text = past_space (line);

  return g_strdup_printf ("%.*s# %s", (int) (text - line), line, text);
}

/* Returns: (transfer full): the line without one "# " */
char *
sage_python_uncomment (const char *line)
{
  const char *text = past_space (line);
  gsize skipped = g_str_has_prefix (text, "# ") ? 2 : *text == '#' ? 1 : 0;

  return g_strdup_printf ("%.*s%s", (int) (text - line), line, text + skipped);
}

static gboolean
is_continued (const char *line)
{
  const char *end = line + strlen (line);

  while (end > line && g_ascii_isspace (end[-1]))
    end--;

  return end > line && end[-1] == '\\';
}

/* Comments the magics among lines, or takes the comment away, in place; what stands within a string is
 * left alone. */
void
sage_python_swap_magics (char **lines,
                         char *(*swap) (const char *line))
{
  SagePythonQuote quote = { 0 };
  gboolean is_next = FALSE;

  for (char **line = lines; *line != NULL; line++)
    {
      g_autofree char *old = NULL;

      if (quote.quote == '\0' && (is_next || sage_python_is_magic (*line)))
        {
          is_next = is_continued (*line);
          old = *line;
          *line = swap (old);
        }
      sage_python_quote_pass (&quote, old != NULL ? old : *line);
    }
}

/* Follows triple-quoted strings over the end of a line. */
void
sage_python_quote_pass (SagePythonQuote *self,
                        const char      *line)
{
  char single = '\0'; /* of a string that ends on this line */

  for (const char *at = line; *at != '\0'; at++)
    {
      gboolean is_triple = (*at == '"' || *at == '\'') && at[1] == *at && at[2] == *at;

      if (*at == '\\' && at[1] != '\0' && (self->quote != '\0' || single != '\0'))
        {
          at++;
        }
      else if (self->quote != '\0')
        {
          if (is_triple && *at == self->quote)
            {
              self->quote = '\0';
              at += 2;
            }
        }
      else if (single != '\0')
        {
          if (*at == single)
            single = '\0';
        }
      else if (*at == '#')
        {
          return;
        }
      else if (is_triple)
        {
          self->quote = *at;
          at += 2;
        }
      else if (*at == '"' || *at == '\'')
        {
          single = *at;
        }
    }
}

/* Whether %%name makes a cell another language, of which a script has every line as a comment and the
 * name as the option "language". */
gboolean
sage_python_is_cell_language (const char *name)
{
  static const char *const names[] = {
    "R", "bash", "html", "javascript", "js", "latex", "markdown", "perl", "ruby", "script", "sh", "svg",
    NULL,
  };

  return g_strv_contains (names, name);
}
