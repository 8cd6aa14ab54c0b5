/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-math-command"

#include "config.h"

#include <string.h>

#include "sage-math-parser-private.h"

/* A node whose children are the next @n arguments. */
static SageMathNode *
parse_with (SageMathParser *parser,
            SageMathKind    kind,
            SageMathClass   class,
            guint           flags,
            guint           n)
{
  g_autoptr(SageMathNode) node = _sage_math_node_new (kind, class, flags);

  for (guint i = 0; i < n; i++)
    {
      SageMathNode *argument = _sage_math_parse_argument (parser);

      if (argument == NULL)
        return NULL;
      _sage_math_node_take (node, argument);
    }

  return g_steal_pointer (&node);
}

static SageMathNode *
parse_root (SageMathParser *parser)
{
  g_autoptr(SageMathNode) node = _sage_math_node_new (SAGE_MATH_ROOT, SAGE_MATH_ORD, 0);
  g_autoptr(SageMathNode) index = NULL;
  SageMathNode *body;

  _sage_math_skip_spaces (parser);
  if (*parser->at == '[')
    {
      parser->at++;
      index = _sage_math_parse_row (parser, "]");
      if (index == NULL)
        return NULL;
      if (*parser->at != ']')
        return _sage_math_fail (parser, "Missing", "]");
      parser->at++;
    }
  body = _sage_math_parse_argument (parser);
  if (body == NULL)
    return NULL;
  _sage_math_node_take (node, body);
  _sage_math_node_take (node, g_steal_pointer (&index));

  return g_steal_pointer (&node);
}

/* The fence after \left, \right, \big and their kin: a character or a command; a dot is none. */
static char *
read_fence (SageMathParser *parser)
{
  const char *start;

  _sage_math_skip_spaces (parser);
  start = parser->at;
  if (*start == '\\')
    {
      g_autofree char *name = _sage_math_read_name (parser);
      const SageMathSymbol *symbol = _sage_math_find_symbol (name);

      return symbol != NULL ? g_strdup (symbol->text)
                            : (char *) _sage_math_fail (parser, "Not a fence", name);
    }
  if (*start == '\0')
    return (char *) _sage_math_fail (parser, "Missing", "fence");
  parser->at = g_utf8_next_char (start);
  if (*start == '.')
    return g_strdup ("");
  if (*start == '<' || *start == '>')
    return g_strdup (*start == '<' ? "⟨" : "⟩");

  return g_strndup (start, (gsize) (parser->at - start));
}

static SageMathNode *
parse_fenced (SageMathParser *parser)
{
  g_autoptr(SageMathNode) node = _sage_math_node_new (SAGE_MATH_FENCED, SAGE_MATH_INNER, 0);
  SageMathNode *body;

  node->text = read_fence (parser);
  if (node->text == NULL)
    return NULL;
  body = _sage_math_parse_row (parser, "R");
  if (body == NULL)
    return NULL;
  _sage_math_node_take (node, body);
  if (!g_str_has_prefix (parser->at, "\\right"))
    return _sage_math_fail (parser, "Missing", "\\right");
  parser->at += strlen ("\\right");
  node->right = read_fence (parser);

  return node->right != NULL ? g_steal_pointer (&node) : NULL;
}

static const struct
{
  const char *name;
  const char *text;
  guint       flags;
} accents[] = {
  { "hat", "ˆ", 0 }, { "bar", "¯", 0 }, { "tilde", "˜", 0 }, { "vec", "→", 0 }, { "dot", "˙", 0 },
  { "ddot", "¨", 0 }, { "check", "ˇ", 0 }, { "breve", "˘", 0 }, { "acute", "´", 0 },
  { "grave", "`", 0 }, { "mathring", "˚", 0 }, { "widehat", "ˆ", SAGE_MATH_WIDE },
  { "widetilde", "˜", SAGE_MATH_WIDE }, { "overline", "¯", SAGE_MATH_WIDE },
  { "overrightarrow", "→", SAGE_MATH_WIDE }, { "overbrace", "{", SAGE_MATH_WIDE | SAGE_MATH_LIMITS },
  { "underline", "¯", SAGE_MATH_WIDE | SAGE_MATH_UNDER },
  { "underbrace", "{", SAGE_MATH_WIDE | SAGE_MATH_UNDER | SAGE_MATH_LIMITS },
};

static const struct
{
  const char *name;
  double      width; /* em */
} spaces[] = {
  { ",", 3.0 / 18 }, { ":", 4.0 / 18 }, { ">", 4.0 / 18 }, { ";", 5.0 / 18 }, { "!", -3.0 / 18 },
  { " ", 0.25 }, { "quad", 1 }, { "qquad", 2 }, { "thinspace", 3.0 / 18 }, { "enspace", 0.5 },
  { "medspace", 4.0 / 18 }, { "thickspace", 5.0 / 18 }, { "\n", 0.25 },
};

static const struct
{
  const char *name;
  guint       flags;
} fonts[] = {
  { "text", 0 }, { "textrm", 0 }, { "mbox", 0 }, { "textit", SAGE_MATH_ITALIC },
  { "textbf", SAGE_MATH_BOLD }, { "texttt", SAGE_MATH_MONO }, { "mathrm", 0 },
  { "mathbf", SAGE_MATH_BOLD }, { "mathit", SAGE_MATH_ITALIC }, { "mathsf", SAGE_MATH_SANS },
  { "mathtt", SAGE_MATH_MONO }, { "operatorname", 0 }, { "operatorname*", SAGE_MATH_LIMITS },
};

/* \text{…} and its kin keep their spaces; an alphabet of mathematics may hold commands, and then its
 * letters are set as a formula, in bold if that is what it is. */
static SageMathNode *
parse_font (SageMathParser *parser,
            gsize           i)
{
  const char *name = fonts[i].name;
  const char *start = parser->at;
  g_autofree char *text = _sage_math_read_text (parser);
  SageMathClass class = g_str_has_prefix (name, "operatorname") ? SAGE_MATH_OP : SAGE_MATH_ORD;
  GString *plain;

  if (text == NULL)
    return NULL;
  if (strchr (text, '$') != NULL || (strchr (text, '\\') != NULL && strpbrk (text, "_^{") != NULL))
    {
      parser->at = start;
      return _sage_math_parse_argument (parser);
    }

  plain = g_string_new (NULL);
  for (const char *at = text; *at != '\0'; at++)
    if (*at == '\\' && at[1] != '\0')
      {
        g_autofree char *command = NULL;
        const SageMathSymbol *symbol;
        SageMathParser inner = { at, 0, 0, NULL };

        command = _sage_math_read_name (&inner);
        symbol = _sage_math_find_symbol (command);
        g_string_append (plain, symbol != NULL ? symbol->text : " ");
        at = inner.at - 1;
      }
    else if (*at == '~')
      g_string_append_c (plain, ' ');
    else if (*at != '{' && *at != '}')
      g_string_append_c (plain, *at);

  {
    SageMathNode *node = _sage_math_node_new_text (class, fonts[i].flags, plain->str);

    g_string_free (plain, TRUE);
    return node;
  }
}

static SageMathNode *
set_bold (SageMathNode *node)
{
  if (node == NULL)
    return NULL;

  node->flags |= node->kind == SAGE_MATH_ATOM ? SAGE_MATH_BOLD : 0;
  for (guint i = 0; node->children != NULL && i < node->children->len; i++)
    set_bold (g_ptr_array_index (node->children, i));

  return node;
}

/* \overset{above}{base} and its kin. */
static SageMathNode *
parse_stacked (SageMathParser *parser,
               gboolean        under)
{
  g_autoptr(SageMathNode) node = _sage_math_node_new (SAGE_MATH_SCRIPTS, SAGE_MATH_REL, SAGE_MATH_ALWAYS);
  SageMathNode *script = _sage_math_parse_argument (parser);
  SageMathNode *base = script != NULL ? _sage_math_parse_argument (parser) : NULL;

  if (base == NULL)
    {
      _sage_math_node_free (script);
      return NULL;
    }
  _sage_math_node_take (node, base);
  _sage_math_node_take (node, under ? script : NULL);
  _sage_math_node_take (node, under ? NULL : script);

  return g_steal_pointer (&node);
}

/* \xrightarrow{above}. */
static SageMathNode *
parse_labelled_arrow (SageMathParser *parser,
                      const char     *arrow)
{
  SageMathNode *script = _sage_math_parse_argument (parser);
  SageMathNode *node;

  if (script == NULL)
    return NULL;
  node = _sage_math_node_new (SAGE_MATH_SCRIPTS, SAGE_MATH_REL, SAGE_MATH_ALWAYS);
  _sage_math_node_take (node, _sage_math_node_new_text (SAGE_MATH_REL, 0, arrow));
  _sage_math_node_take (node, NULL);
  _sage_math_node_take (node, script);

  return node;
}

/* Commands that take arguments. @found: (out): whether @name is one */
static SageMathNode *
parse_builder (SageMathParser *parser,
               const char     *name,
               gboolean       *found)
{
  static const char * const fractions[] = { "frac", "dfrac", "tfrac", "cfrac", NULL };
  static const char * const binomials[] = { "binom", "dbinom", "tbinom", NULL };
  static const char * const above[] = { "overset", "stackrel", NULL };
  static const char * const bold[] = { "boldsymbol", "bm", "pmb", NULL };

  *found = TRUE;
  if (_sage_math_name_is (name, fractions))
    return parse_with (parser, SAGE_MATH_FRACTION, SAGE_MATH_INNER, 0, 2);
  if (_sage_math_name_is (name, binomials))
    {
      SageMathNode *fraction = parse_with (parser, SAGE_MATH_FRACTION, SAGE_MATH_ORD,
                                           SAGE_MATH_NO_BAR, 2);
      SageMathNode *fenced;

      if (fraction == NULL)
        return NULL;
      fenced = _sage_math_node_new (SAGE_MATH_FENCED, SAGE_MATH_ORD, 0);
      fenced->text = g_strdup ("(");
      fenced->right = g_strdup (")");
      _sage_math_node_take (fenced, fraction);
      return fenced;
    }
  if (strcmp (name, "sqrt") == 0)
    return parse_root (parser);
  if (strcmp (name, "left") == 0)
    return parse_fenced (parser);
  if (strcmp (name, "begin") == 0)
    return _sage_math_parse_environment (parser);
  if (_sage_math_name_is (name, above) || strcmp (name, "underset") == 0)
    return parse_stacked (parser, name[0] == 'u');
  if (strcmp (name, "xrightarrow") == 0 || strcmp (name, "xleftarrow") == 0)
    return parse_labelled_arrow (parser, name[1] == 'r' ? "⟶" : "⟵");
  if (_sage_math_name_is (name, bold))
    return set_bold (_sage_math_parse_argument (parser));

  *found = FALSE;

  return NULL;
}

/* Commands of the tables. */
static SageMathNode *
parse_tabled (SageMathParser *parser,
              const char     *name,
              gboolean       *found)
{
  g_autofree char *letters = NULL;

  *found = TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS (accents); i++)
    if (strcmp (accents[i].name, name) == 0)
      {
        SageMathNode *node = parse_with (parser, SAGE_MATH_ACCENT, SAGE_MATH_ORD, accents[i].flags, 1);

        if (node != NULL)
          node->text = g_strdup (accents[i].text);
        return node;
      }
  for (gsize i = 0; i < G_N_ELEMENTS (spaces); i++)
    if (strcmp (spaces[i].name, name) == 0)
      {
        SageMathNode *node = _sage_math_node_new (SAGE_MATH_SPACE, SAGE_MATH_ORD, 0);

        node->width = spaces[i].width;
        return node;
      }
  for (gsize i = 0; i < G_N_ELEMENTS (fonts); i++)
    if (strcmp (fonts[i].name, name) == 0)
      return parse_font (parser, i);

  letters = _sage_math_alphabet (name, "");
  if (letters != NULL)
    {
      g_autofree char *text = _sage_math_read_text (parser);
      g_autofree char *mapped = text != NULL ? _sage_math_alphabet (name, text) : NULL;

      return mapped != NULL ? _sage_math_node_new_text (SAGE_MATH_ORD, 0, mapped) : NULL;
    }

  *found = FALSE;

  return NULL;
}

/* Commands that change how what follows looks, or that are for a printer. */
static SageMathNode *
parse_minor (SageMathParser *parser,
             const char     *name)
{
  static const char * const sizes[] = {
    "big", "Big", "bigg", "Bigg", "bigl", "bigr", "Bigl", "Bigr", "biggl", "biggr", "Biggl", "Biggr",
    "middle", NULL,
  };
  static const char * const ignored[] = {
    "displaystyle", "textstyle", "scriptstyle", "nolimits", "nonumber", "notag", "hline",
    NULL,
  };

  if (_sage_math_name_is (name, sizes))
    {
      g_autofree char *fence = read_fence (parser);
      SageMathClass class = g_str_has_suffix (name, "l") ? SAGE_MATH_OPEN
                            : g_str_has_suffix (name, "r") ? SAGE_MATH_CLOSE : SAGE_MATH_ORD;

      return fence != NULL ? _sage_math_node_new_text (class, 0, fence) : NULL;
    }
  if (_sage_math_name_is (name, ignored))
    return _sage_math_node_new (SAGE_MATH_ROW, SAGE_MATH_ORD, 0);
  if (strcmp (name, "label") == 0)
    {
      g_autofree char *label = _sage_math_read_text (parser);

      return label != NULL ? _sage_math_node_new (SAGE_MATH_ROW, SAGE_MATH_ORD, 0) : NULL;
    }
  if (strcmp (name, "tag") == 0)
    {
      g_autofree char *tag = _sage_math_read_text (parser);
      g_autofree char *shown = tag != NULL ? g_strdup_printf ("\xe2\x80\x83(%s)", tag) : NULL;

      return shown != NULL ? _sage_math_node_new_text (SAGE_MATH_ORD, 0, shown) : NULL;
    }
  if (strcmp (name, "not") == 0)
    {
      g_autofree char *fence = read_fence (parser);
      g_autofree char *crossed = fence != NULL ? g_strconcat (fence, "\xcc\xb8", NULL) : NULL;

      return crossed != NULL ? _sage_math_node_new_text (SAGE_MATH_REL, 0, crossed) : NULL;
    }

  return _sage_math_fail (parser, "Unknown command", name);
}

SageMathNode *
_sage_math_parse_command (SageMathParser *parser)
{
  g_autofree char *name = _sage_math_read_name (parser);
  const SageMathSymbol *symbol = _sage_math_find_symbol (name);
  SageMathNode *node;
  gboolean found;

  if (symbol != NULL)
    return _sage_math_node_new_text (symbol->class, symbol->flags, symbol->text);
  node = parse_builder (parser, name, &found);
  if (found)
    return node;
  node = parse_tabled (parser, name, &found);
  if (found)
    return node;

  return parse_minor (parser, name);
}
