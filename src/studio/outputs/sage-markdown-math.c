/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-markdown-math"

#include "config.h"

#include <string.h>

#include "sage-markdown-private.h"
#include "sage-math.h"

#define REPLACEMENT "\xef\xbf\xbd"
#define MAX_FORMULAS 2000

/* A fence of a block of code at the beginning of a line. Returns: its length, 0 if there is none */
static gsize
fence_at (const char *line)
{
  gsize indent = strspn (line, " ");
  gsize length;

  if (indent > 3 || (line[indent] != '`' && line[indent] != '~'))
    return 0;
  length = strspn (line + indent, line[indent] == '`' ? "`" : "~");

  return length >= 3 ? length : 0;
}

/* The end of a block of code that begins at @line. */
static const char *
skip_fenced (const char *line)
{
  gsize length = fence_at (line);
  char mark = line[strspn (line, " ")];

  for (line = strchr (line, '\n'); line != NULL; line = strchr (line, '\n'))
    {
      gsize found;

      line++;
      found = fence_at (line);
      if (found >= length && line[strspn (line, " ")] == mark)
        {
          const char *end = strchr (line, '\n');

          return end != NULL ? end : line + strlen (line);
        }
    }

  return NULL;
}

/* The end of a span of code that begins at @at; %NULL if it has none. */
static const char *
skip_span (const char *at)
{
  gsize length = strspn (at, "`");

  for (const char *next = at + length; (next = strchr (next, '`')) != NULL;)
    {
      gsize found = strspn (next, "`");

      if (found == length)
        return next + found;
      next += found;
    }

  return NULL;
}

/* The end of a formula in a paragraph: no empty line comes before, and no code. */
static const char *
find_closing (const char *at,
              const char *closing)
{
  gsize length = strlen (closing);

  for (; *at != '\0'; at++)
    {
      if (strncmp (at, closing, length) == 0)
        return at;
      if (*at == '\\' && at[1] != '\0')
        at++;
      else if (*at == '`' || (*at == '\n' && at[1 + strspn (at + 1, " \t")] == '\n'))
        return NULL;
    }

  return NULL;
}

/* A dollar is money rather than a formula where a digit follows the second one, or only one of the
 * two stands apart from what is between them. */
static gboolean
is_money (const char *start,
          const char *end)
{
  if (start == end || g_ascii_isdigit (end[1]))
    return TRUE;

  return g_ascii_isspace (*start) != g_ascii_isspace (end[-1]);
}

static const struct
{
  const char *opening;
  const char *closing;
  gboolean    display;
} delimiters[] = {
  { "$$", "$$", TRUE }, { "\\\\[", "\\\\]", TRUE }, { "\\[", "\\]", TRUE }, { "\\\\(", "\\\\)", FALSE },
  { "\\(", "\\)", FALSE }, { "$", "$", FALSE },
};

static const char * const environments[] = {
  "equation", "equation*", "align", "align*", "gather", "gather*", "eqnarray", "eqnarray*",
  "multline", "matrix", "pmatrix", "bmatrix", "cases",
};

/* A formula that begins at @at. Returns: (nullable): its end */
static const char *
match_formula (const char        *at,
               SageMarkdownMath  *math)
{
  for (gsize i = 0; i < G_N_ELEMENTS (delimiters); i++)
    if (g_str_has_prefix (at, delimiters[i].opening))
      {
        const char *start = at + strlen (delimiters[i].opening);
        const char *end = find_closing (start, delimiters[i].closing);

        if (end == NULL || end == start || (delimiters[i].opening[1] == '\0' && is_money (start, end)))
          return NULL;
        math->source = g_strndup (start, (gsize) (end - start));
        math->display = delimiters[i].display;
        return end + strlen (delimiters[i].closing);
      }

  for (gsize i = 0; i < G_N_ELEMENTS (environments); i++)
    {
      g_autofree char *opening = g_strdup_printf ("\\begin{%s}", environments[i]);
      g_autofree char *closing = g_strdup_printf ("\\end{%s}", environments[i]);
      const char *end;

      if (!g_str_has_prefix (at, opening) || (end = find_closing (at + 6, closing)) == NULL)
        continue;
      end += strlen (closing);
      math->source = g_strndup (at, (gsize) (end - at));
      math->display = TRUE;
      return end;
    }

  return NULL;
}

static void
take_formula (GString          *out,
              GArray           *formulas,
              SageMarkdownMath *math,
              const char       *start,
              const char       *end)
{
  g_autoptr(SageMath) parsed = sage_math_parse (math->source, NULL);

  math->readable = parsed != NULL;
  math->whole = g_strndup (start, (gsize) (end - start));
  g_string_append_printf (out, SAGE_MARKDOWN_MATH_START "%u" SAGE_MARKDOWN_MATH_END, formulas->len);
  g_array_append_val (formulas, *math);
}

/**
 * _sage_markdown_take_math:
 * @text: Markdown; valid UTF-8
 * @formulas: what to add the formulas to
 *
 * Takes out what is between `$`, `$$`, `\\(`, `\\[` and the environments of mathematics, as Jupyter
 * does. In code, where a dollar is a dollar, it may take some too: put them back there.
 *
 * Returns: (transfer full): the text with a mark and a number in the place of each
 */
char *
_sage_markdown_take_math (const char *text,
                          GArray     *formulas)
{
  GString *out = g_string_sized_new (strlen (text) + 1);
  gboolean line_start = TRUE;

  while (*text != '\0')
    {
      const char *end = NULL;
      SageMarkdownMath math = { NULL, NULL, FALSE, FALSE };

      if (g_str_has_prefix (text, SAGE_MARKDOWN_MATH_START) ||
          g_str_has_prefix (text, SAGE_MARKDOWN_MATH_END))
        {
          g_string_append (out, REPLACEMENT); /* it is ours */
          text += 3;
          continue;
        }
      if (line_start && fence_at (text) > 0)
        {
          end = skip_fenced (text);
          if (end == NULL)
            end = text + strlen (text);
        }
      else if (*text == '`')
        {
          end = skip_span (text);
          if (end == NULL)
            end = text + strspn (text, "`");
        }
      else if ((*text == '$' || *text == '\\') && formulas->len < MAX_FORMULAS)
        {
          end = match_formula (text, &math);
          if (end != NULL)
            {
              take_formula (out, formulas, &math, text, end);
              text = end;
              line_start = FALSE;
              continue;
            }
        }
      if (end == NULL) /* an escaped dollar is none */
        end = *text == '\\' && text[1] == '$' ? text + 2 : g_utf8_next_char (text);

      g_string_append_len (out, text, end - text);
      line_start = end[-1] == '\n';
      text = end;
    }

  return g_string_free_and_steal (out);
}

/**
 * _sage_markdown_next_math:
 * @text: some of the text
 * @formulas: the formulas that were taken out
 * @end: (out): where the text goes on
 * @math: (out): the formula
 *
 * Returns: (nullable): where the next one stands
 */
const char *
_sage_markdown_next_math (const char        *text,
                          GArray            *formulas,
                          const char       **end,
                          SageMarkdownMath **math)
{
  while ((text = strstr (text, SAGE_MARKDOWN_MATH_START)) != NULL)
    {
      char *digits_end;
      guint64 number = g_ascii_strtoull (text + 3, &digits_end, 10);

      if (g_str_has_prefix (digits_end, SAGE_MARKDOWN_MATH_END) && number < formulas->len)
        {
          *end = digits_end + 3;
          *math = &g_array_index (formulas, SageMarkdownMath, number);
          return text;
        }
      text += 3;
    }

  return NULL;
}

/* Returns: (transfer full): the text with the formulas as they stood */
char *
_sage_markdown_put_back (const char *text,
                         GArray     *formulas)
{
  GString *out = g_string_new (NULL);
  const char *place;
  const char *end;
  SageMarkdownMath *math;

  while ((place = _sage_markdown_next_math (text, formulas, &end, &math)) != NULL)
    {
      g_string_append_len (out, text, place - text);
      g_string_append (out, math->whole);
      text = end;
    }
  g_string_append (out, text);

  return g_string_free_and_steal (out);
}
