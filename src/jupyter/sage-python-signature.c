/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-python-signature"

#include "config.h"

#include <string.h>

#include "sage-python-signature.h"

#define MAX_TEXT    2000 /* bytes; a longer signature helps nobody */
#define MAX_SUMMARY 600

/* Where a parameter stands in the text, in bytes. */
typedef struct
{
  gsize start;
  gsize end;
} Parameter;

/* --- IPython's headings ----------------------------------------------------------------------- */

/* Returns: (nullable): what stands behind that heading at the beginning of a line */
static const char *
find_heading (const char *told,
              const char *heading)
{
  gsize length = strlen (heading);

  for (const char *at = told; at != NULL;)
    {
      if (strncmp (at, heading, length) == 0)
        return at + length;
      at = strchr (at, '\n');
      at = at != NULL ? at + 1 : NULL;
    }

  return NULL;
}

static gboolean
is_heading (const char *line)
{
  static const char * const headings[] = {
    "Base Class:", "Call docstring:", "Call signature:", "Class docstring:", "Docstring:", "File:",
    "Init docstring:", "Init signature:", "Length:", "Namespace:", "Signature:", "Source:",
    "String form:", "Subclasses:", "Type:",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (headings); i++)
    if (g_str_has_prefix (line, headings[i]))
      return TRUE;

  return FALSE;
}

/* --- The signature ---------------------------------------------------------------------------- */

/* Returns: (nullable): past the string or the bracket that begins at @at; %NULL: it has no end */
static const char *
pass_group (const char *at)
{
  char quote = '\0';
  int depth = 0;

  for (; *at != '\0'; at++)
    {
      if (quote != '\0')
        {
          if (*at == '\\' && at[1] != '\0')
            at++;
          else if (*at == quote)
            quote = '\0';
        }
      else if (*at == '"' || *at == '\'')
        quote = *at;
      else if (strchr ("([{", *at) != NULL)
        depth++;
      else if (strchr (")]}", *at) != NULL)
        depth--;
      if (depth <= 0 && quote == '\0')
        return at + 1;
    }

  return NULL;
}

/* IPython puts each parameter on a line of its own when there are many: one line is enough. */
static void
append_joined (GString    *text,
               const char *at,
               const char *end)
{
  while (at < end)
    {
      gsize blank = 0;

      while (at + blank < end && g_ascii_isspace (at[blank]))
        blank++;
      at += blank;
      if (at == end)
        break;
      if (blank > 0 && *at == ')' && g_str_has_suffix (text->str, ","))
        g_string_truncate (text, text->len - 1);
      else if (blank > 0 && text->len > 0 && !g_str_has_suffix (text->str, "("))
        g_string_append_c (text, ' ');
      g_string_append_c (text, *at++);
    }
}

/* Returns: (transfer full) (nullable) */
static char *
read_text (const char *at)
{
  g_autoptr(GString) text = g_string_new (NULL);
  const char *open;
  const char *close;
  const char *end;

  while (g_ascii_isspace (*at))
    at++;
  open = strchr (at, '(');
  close = open != NULL ? pass_group (open) : NULL;
  if (close == NULL || close - at > MAX_TEXT)
    return NULL;
  end = close + strcspn (close, "\n"); /* what it returns */
  append_joined (text, at, end - at <= MAX_TEXT ? end : close);

  return text->len <= MAX_TEXT && g_utf8_validate (text->str, (gssize) text->len, NULL)
           ? g_string_free_and_steal (g_steal_pointer (&text)) : NULL;
}

/* @text has balanced brackets: it was read by read_text() */
static GArray *
find_parameters (const char *text)
{
  GArray *parameters = g_array_new (FALSE, FALSE, sizeof (Parameter));
  const char *at = strchr (text, '(') + 1;
  const char *start = at;

  while (at != NULL && *at != '\0')
    {
      if (*at == ',' || *at == ')')
        {
          Parameter parameter;

          while (start < at && *start == ' ')
            start++;
          parameter.start = (gsize) (start - text);
          parameter.end = (gsize) (at - text);
          if (at > start)
            g_array_append_val (parameters, parameter);
          if (*at == ')')
            break;
          start = at + 1;
        }
      at = pass_group (at);
    }

  return parameters;
}

/* --- The documentation ------------------------------------------------------------------------ */

/* Returns: (transfer full) (nullable): the first paragraph behind a heading */
static char *
read_paragraph (const char *told,
                const char *heading)
{
  const char *at = find_heading (told, heading);
  g_autoptr(GString) text = g_string_new (NULL);
  const char *valid;

  if (at == NULL)
    return NULL;
  while (g_ascii_isspace (*at))
    at++;
  while (*at != '\0' && *at != '\n' && text->len < MAX_SUMMARY && !is_heading (at))
    {
      gsize length = strcspn (at, "\n");
      g_autofree char *line = g_strstrip (g_strndup (at, length));

      if (line[0] == '\0')
        break;
      g_string_append_printf (text, "%s%s", text->len > 0 ? " " : "", line);
      at += length + (at[length] == '\n');
    }
  if (text->len > MAX_SUMMARY)
    {
      g_string_truncate (text, MAX_SUMMARY);
      if (!g_utf8_validate (text->str, (gssize) text->len, &valid))
        g_string_truncate (text, (gsize) (valid - text->str));
      g_string_append (text, "…");
    }
  if (text->len == 0 || g_str_equal (text->str, "<no docstring>"))
    return NULL;

  return g_string_free_and_steal (g_steal_pointer (&text));
}

/* --- The whole -------------------------------------------------------------------------------- */

/**
 * sage_python_signature_read:
 * @told: what IPython tells of an object, as plain text
 *
 * Returns: (transfer full) (nullable): its signature, if it has one
 */
SagePythonSignature *
sage_python_signature_read (const char *told)
{
  static const char * const headings[] = { "Signature:", "Init signature:", "Call signature:" };
  static const char * const summaries[] = { "Docstring:", "Init docstring:", "Class docstring:",
                                            "Call docstring:" };
  SagePythonSignature *self;
  g_autofree char *text = NULL;

  g_return_val_if_fail (told != NULL, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (headings) && text == NULL; i++)
    {
      const char *at = find_heading (told, headings[i]);

      text = at != NULL ? read_text (at) : NULL;
    }
  if (text == NULL)
    return NULL;

  self = g_new0 (SagePythonSignature, 1);
  self->text = g_steal_pointer (&text);
  self->parameters = find_parameters (self->text);
  for (gsize i = 0; i < G_N_ELEMENTS (summaries) && self->summary == NULL; i++)
    self->summary = read_paragraph (told, summaries[i]);

  return self;
}

static gboolean
is_named (const char *parameter,
          const char *name)
{
  gsize length = strlen (name);

  return strncmp (parameter, name, length) == 0
         && (parameter[length] == '\0' || strchr (",):= ", parameter[length]) != NULL);
}

/* Returns: (nullable): the parameter that an argument with that name goes to */
static const Parameter *
find_named (const SagePythonSignature *self,
            const char                *name)
{
  const Parameter *rest = NULL;

  for (guint i = 0; i < self->parameters->len; i++)
    {
      const Parameter *parameter = &g_array_index (self->parameters, Parameter, i);

      if (is_named (self->text + parameter->start, name))
        return parameter;
      if (g_str_has_prefix (self->text + parameter->start, "**"))
        rest = parameter;
    }

  return rest;
}

/* Returns: (nullable): the parameter that the argument at that place goes to */
static const Parameter *
find_placed (const SagePythonSignature *self,
             guint                      index)
{
  guint place = 0;

  for (guint i = 0; i < self->parameters->len; i++)
    {
      const Parameter *parameter = &g_array_index (self->parameters, Parameter, i);
      const char *at = self->text + parameter->start;

      /* A class tells of the object that is being made, too. */
      if (*at == '/' || (i == 0 && is_named (at, "self")))
        continue;
      if (*at == '*') /* *args takes all; behind a lone star are names only */
        return at[1] != '*' && parameter->end - parameter->start > 1 ? parameter : NULL;
      if (place++ == index)
        return parameter;
    }

  return NULL;
}

/**
 * sage_python_signature_locate:
 * @self: a signature
 * @call: a call of it
 * @start: (out): where the parameter that is being given stands in the text, in bytes
 * @end: (out): likewise
 *
 * Returns: whether it can be told which one that is
 */
gboolean
sage_python_signature_locate (const SagePythonSignature *self,
                              const SagePythonCall      *call,
                              gsize                     *start,
                              gsize                     *end)
{
  const Parameter *found;

  g_return_val_if_fail (self != NULL && call != NULL, FALSE);

  found = call->keyword != NULL ? find_named (self, call->keyword) : find_placed (self, call->index);
  if (found == NULL)
    return FALSE;

  *start = found->start;
  *end = found->end;

  return TRUE;
}

void
sage_python_signature_free (SagePythonSignature *self)
{
  if (self == NULL)
    return;

  g_free (self->text);
  g_free (self->summary);
  g_array_unref (self->parameters);
  g_free (self);
}
