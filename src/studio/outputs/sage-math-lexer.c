/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-math-lexer"

#include "config.h"

#include <string.h>

#include "sage-error.h"
#include "sage-math-parser-private.h"

void
_sage_math_node_free (gpointer data)
{
  SageMathNode *node = data;

  if (node == NULL)
    return;
  g_free (node->text);
  g_free (node->right);
  g_clear_pointer (&node->children, g_ptr_array_unref);
  g_free (node);
}

SageMathNode *
_sage_math_node_new (SageMathKind  kind,
                     SageMathClass class,
                     guint         flags)
{
  SageMathNode *node = g_new0 (SageMathNode, 1);

  node->kind = kind;
  node->class = class;
  node->flags = flags;

  return node;
}

SageMathNode *
_sage_math_node_new_text (SageMathClass  class,
                          guint          flags,
                          const char    *text)
{
  SageMathNode *node = _sage_math_node_new (SAGE_MATH_ATOM, class, flags);

  node->text = g_strdup (text);

  return node;
}

void
_sage_math_node_take (SageMathNode *node,
                      SageMathNode *child)
{
  if (node->children == NULL)
    node->children = g_ptr_array_new_with_free_func (_sage_math_node_free);
  g_ptr_array_add (node->children, child);
}

SageMathNode *
_sage_math_fail (SageMathParser *parser,
                 const char     *what,
                 const char     *name)
{
  if (parser->error == NULL || *parser->error == NULL)
    sage_throw (parser->error, SAGE_ERROR_SYNTAX, "%s: %s", what, name);

  return NULL;
}

void
_sage_math_skip_spaces (SageMathParser *parser)
{
  for (;;)
    {
      while (g_ascii_isspace (*parser->at) || *parser->at == '~')
        parser->at++;
      if (*parser->at != '%') /* a comment */
        return;
      parser->at += strcspn (parser->at, "\n");
    }
}

/* Returns: (transfer full): the name after a backslash: letters, or one other character */
char *
_sage_math_read_name (SageMathParser *parser)
{
  const char *start = ++parser->at;

  while (g_ascii_isalpha (*parser->at))
    parser->at++;
  if (parser->at == start && *parser->at != '\0')
    parser->at = g_utf8_next_char (parser->at);
  if (g_str_has_prefix (start, "operatorname*") && parser->at == start + 12)
    parser->at++;

  return g_strndup (start, (gsize) (parser->at - start));
}

gboolean
_sage_math_name_is (const char         *name,
                    const char * const *names)
{
  return g_strv_contains (names, name);
}

/* Returns: (transfer full) (nullable): the text in braces, as it stands */
char *
_sage_math_read_text (SageMathParser *parser)
{
  guint depth = 0;
  const char *start;

  _sage_math_skip_spaces (parser);
  if (*parser->at != '{')
    {
      const char *one = parser->at;

      if (*one == '\0')
        return (char *) _sage_math_fail (parser, "Missing", "argument");
      parser->at = g_utf8_next_char (one);
      return g_strndup (one, (gsize) (parser->at - one));
    }

  start = ++parser->at;
  for (; *parser->at != '\0'; parser->at++)
    {
      if (*parser->at == '\\' && parser->at[1] != '\0')
        parser->at++;
      else if (*parser->at == '{')
        depth++;
      else if (*parser->at == '}' && depth-- == 0)
        return g_strndup (start, (gsize) (parser->at++ - start));
    }

  return (char *) _sage_math_fail (parser, "Missing", "}");
}
