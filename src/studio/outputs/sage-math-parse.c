/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-math-parse"

#include "config.h"

#include <string.h>

#include "sage-error.h"
#include "sage-math-parser-private.h"

#define MAX_SOURCE (16 * 1024)
#define MAX_DEPTH 40
#define MAX_NODES 5000

/* A group in braces, or one symbol. */
SageMathNode *
_sage_math_parse_argument (SageMathParser *parser)
{
  SageMathNode *row;

  _sage_math_skip_spaces (parser);
  if (*parser->at == '{')
    {
      parser->at++;
      row = _sage_math_parse_row (parser, "}");
      if (row != NULL && *parser->at != '}')
        {
          _sage_math_node_free (row);
          return _sage_math_fail (parser, "Missing", "}");
        }
      if (row != NULL)
        parser->at++;
      return row;
    }
  if (*parser->at == '\0' || *parser->at == '}' || *parser->at == '&')
    return _sage_math_fail (parser, "Missing", "argument");

  return _sage_math_parse_row (parser, "1");
}

static SageMathNode *
parse_character (SageMathParser *parser)
{
  const char *start = parser->at;
  gunichar character = g_utf8_get_char (start);
  g_autofree char *text = NULL;

  parser->at = g_utf8_next_char (start);
  text = g_strndup (start, (gsize) (parser->at - start));
  switch (character)
    {
    case '-':
      return _sage_math_node_new_text (SAGE_MATH_BIN, 0, "−");
    case '*':
      return _sage_math_node_new_text (SAGE_MATH_BIN, 0, "∗");
    case '+':
      return _sage_math_node_new_text (SAGE_MATH_BIN, 0, text);
    case '=':
    case '<':
    case '>':
    case ':':
      return _sage_math_node_new_text (SAGE_MATH_REL, 0, text);
    case '(':
    case '[':
      return _sage_math_node_new_text (SAGE_MATH_OPEN, 0, text);
    case ')':
    case ']':
    case '!':
    case '?':
      return _sage_math_node_new_text (SAGE_MATH_CLOSE, 0, text);
    case ',':
    case ';':
      return _sage_math_node_new_text (SAGE_MATH_PUNCT, 0, text);
    default:
      return _sage_math_node_new_text (SAGE_MATH_ORD, g_unichar_isalpha (character) ? SAGE_MATH_ITALIC : 0, text);
    }
}

/* Digits and the point between them, so that they are set as one number. */
static SageMathNode *
parse_number (SageMathParser *parser)
{
  const char *start = parser->at;
  g_autofree char *text = NULL;

  while (g_ascii_isdigit (*parser->at) || (*parser->at == '.' && g_ascii_isdigit (parser->at[1])))
    parser->at++;
  text = g_strndup (start, (gsize) (parser->at - start));

  return _sage_math_node_new_text (SAGE_MATH_ORD, 0, text);
}

/* Whether a row ends here. @stops: the characters that end it; R: \right; E: \end, & and \\; 1: it
 * ends after one atom */
static gboolean
at_end (SageMathParser *parser,
        const char     *stops)
{
  if (*parser->at == '\0' || *parser->at == '}')
    return TRUE;
  if (*parser->at == '&' || g_str_has_prefix (parser->at, "\\\\"))
    return TRUE;
  if (g_str_has_prefix (parser->at, "\\right") && !g_ascii_isalpha (parser->at[6]))
    return TRUE;
  if (g_str_has_prefix (parser->at, "\\end{"))
    return TRUE;

  return *parser->at == ']' && strchr (stops, ']') != NULL;
}

/* Adds what stands above or below to the last node of the row. */
static gboolean
parse_script (SageMathParser *parser,
              SageMathNode   *row)
{
  gboolean above = *parser->at != '_';
  guint place = above ? 2 : 1;
  SageMathNode *last = row->children != NULL && row->children->len > 0
                         ? g_ptr_array_index (row->children, row->children->len - 1) : NULL;
  SageMathNode *script;

  if (*parser->at == '\'')
    {
      g_autoptr(GString) primes = g_string_new (NULL);

      for (; *parser->at == '\''; parser->at++)
        g_string_append (primes, "′");
      script = _sage_math_node_new_text (SAGE_MATH_ORD, 0, primes->str);
    }
  else
    {
      parser->at++;
      script = _sage_math_parse_argument (parser);
    }
  if (script == NULL)
    return FALSE;

  if (last == NULL || last->kind != SAGE_MATH_SCRIPTS || last->children->pdata[place] != NULL ||
      (last->flags & SAGE_MATH_ALWAYS) != 0)
    {
      SageMathNode *scripts = _sage_math_node_new (SAGE_MATH_SCRIPTS, SAGE_MATH_ORD, 0);

      if (last != NULL)
        {
          scripts->class = last->class;
          scripts->flags = last->flags & (SAGE_MATH_LIMITS | SAGE_MATH_LARGE);
          if (last->kind == SAGE_MATH_ACCENT && (last->flags & SAGE_MATH_LIMITS))
            scripts->flags |= SAGE_MATH_ALWAYS;
          g_ptr_array_steal_index (row->children, row->children->len - 1);
        }
      _sage_math_node_take (scripts, last != NULL ? last : _sage_math_node_new (SAGE_MATH_ROW, SAGE_MATH_ORD, 0));
      _sage_math_node_take (scripts, NULL);
      _sage_math_node_take (scripts, NULL);
      _sage_math_node_take (row, scripts);
      last = scripts;
    }
  if (above && last->children->pdata[place] != NULL)
    {
      _sage_math_node_free (script);
      return FALSE;
    }
  last->children->pdata[place] = script;

  return TRUE;
}

static SageMathNode *
parse_atom (SageMathParser *parser)
{
  if (++parser->n_nodes > MAX_NODES)
    return _sage_math_fail (parser, "Too long", "formula");
  if (*parser->at == '{')
    return _sage_math_parse_argument (parser);
  if (*parser->at == '\\')
    return _sage_math_parse_command (parser);
  if (g_ascii_isdigit (*parser->at))
    return parse_number (parser);

  return parse_character (parser);
}

/* \limits, after an operator: its scripts stand above and below everywhere. */
static gboolean
skip_limits (SageMathParser *parser,
             SageMathNode   *row)
{
  if (!g_str_has_prefix (parser->at, "\\limits"))
    return FALSE;

  parser->at += strlen ("\\limits");
  if (row->children != NULL && row->children->len > 0)
    {
      SageMathNode *last = g_ptr_array_index (row->children, row->children->len - 1);

      if (last->kind == SAGE_MATH_ATOM && last->class == SAGE_MATH_OP)
        last->flags |= SAGE_MATH_LIMITS;
    }

  return TRUE;
}

SageMathNode *
_sage_math_parse_row (SageMathParser *parser,
                      const char     *stops)
{
  g_autoptr(SageMathNode) row = _sage_math_node_new (SAGE_MATH_ROW, SAGE_MATH_ORD, 0);

  if (parser->depth == MAX_DEPTH)
    return _sage_math_fail (parser, "Too deep", "formula");

  parser->depth++;
  for (_sage_math_skip_spaces (parser); !at_end (parser, stops); _sage_math_skip_spaces (parser))
    {
      SageMathNode *atom;
      gboolean command = *parser->at == '\\';

      if (skip_limits (parser, row))
        continue;
      if (stops[0] != '1' && (*parser->at == '^' || *parser->at == '_' || *parser->at == '\''))
        {
          if (++parser->n_nodes > MAX_NODES || !parse_script (parser, row))
            return _sage_math_fail (parser, "Wrong", "script");
          continue;
        }
      /* \frac12 is a half */
      atom = stops[0] == '1' && g_ascii_isdigit (*parser->at) ? parse_character (parser) : parse_atom (parser);
      if (atom == NULL)
        return NULL;
      if (command && atom->kind == SAGE_MATH_ROW && atom->children == NULL)
        {
          _sage_math_node_free (atom); /* it says something to a printer only */
          continue;
        }
      _sage_math_node_take (row, atom);
      if (stops[0] == '1')
        break;
    }
  parser->depth--;

  return g_steal_pointer (&row);
}

/**
 * sage_math_parse:
 * @source: a formula in LaTeX, without the dollars around it; valid UTF-8
 * @error: return location
 *
 * Reads the part of LaTeX's mathematics that notebooks use. Macros are not expanded, so a formula
 * takes no more time than its length.
 *
 * Returns: (transfer full): the formula, or %NULL with %SAGE_ERROR_SYNTAX: it is broken, or uses
 *   something that is not known
 */
SageMath *
sage_math_parse (const char  *source,
                 GError     **error)
{
  g_autoptr(GError) wrong = NULL;
  SageMathParser parser = { source, 0, 0, &wrong };
  SageMath *self;
  g_autoptr(SageMathNode) root = NULL;

  g_return_val_if_fail (source != NULL, NULL);

  if (strlen (source) > MAX_SOURCE)
    _sage_math_fail (&parser, "Too long", "formula");
  else
    root = _sage_math_parse_grid (&parser, SAGE_MATH_ALIGNED, "");
  if (root != NULL && *parser.at != '\0')
    {
      _sage_math_fail (&parser, "Unexpected", parser.at);
      g_clear_pointer (&root, _sage_math_node_free);
    }
  if (root == NULL)
    {
      if (wrong == NULL)
        _sage_math_fail (&parser, "Wrong", "formula");
      g_propagate_error (error, g_steal_pointer (&wrong));
      return NULL;
    }

  self = g_new0 (SageMath, 1);
  self->root = g_steal_pointer (&root);

  return self;
}

/**
 * sage_math_free:
 * @self: (nullable): a formula
 */
void
sage_math_free (SageMath *self)
{
  if (self == NULL)
    return;

  _sage_math_node_free (self->root);
  g_free (self);
}
