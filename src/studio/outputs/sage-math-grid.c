/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-math-grid"

#include "config.h"

#include <string.h>

#include "sage-math-parser-private.h"

#define MAX_COLUMNS 64

static const struct
{
  const char *name;
  const char *left;
  const char *right;
  guint       flags;
} environments[] = {
  { "matrix", "", "", 0 }, { "pmatrix", "(", ")", 0 }, { "bmatrix", "[", "]", 0 },
  { "Bmatrix", "{", "}", 0 }, { "vmatrix", "|", "|", 0 }, { "Vmatrix", "‖", "‖", 0 },
  { "smallmatrix", "", "", 0 }, { "array", "", "", 0 }, { "cases", "{", "", SAGE_MATH_LEFT },
  { "aligned", "", "", SAGE_MATH_ALIGNED }, { "align", "", "", SAGE_MATH_ALIGNED },
  { "align*", "", "", SAGE_MATH_ALIGNED }, { "split", "", "", SAGE_MATH_ALIGNED },
  { "eqnarray", "", "", SAGE_MATH_ALIGNED }, { "eqnarray*", "", "", SAGE_MATH_ALIGNED },
  { "gather", "", "", SAGE_MATH_DISPLAY }, { "gather*", "", "", SAGE_MATH_DISPLAY },
  { "gathered", "", "", SAGE_MATH_DISPLAY }, { "equation", "", "", SAGE_MATH_DISPLAY },
  { "equation*", "", "", SAGE_MATH_DISPLAY }, { "multline", "", "", SAGE_MATH_DISPLAY },
};

/* Rows of cells up to what stops them: cells end at &, rows at \\. */
SageMathNode *
_sage_math_parse_grid (SageMathParser *parser,
                       guint           flags,
                       const char     *stops)
{
  g_autoptr(SageMathNode) grid = _sage_math_node_new (SAGE_MATH_GRID, SAGE_MATH_ORD, flags);
  g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func (_sage_math_node_free);
  SageMathNode *row = _sage_math_node_new (SAGE_MATH_ROW, SAGE_MATH_ORD, 0);

  g_ptr_array_add (rows, row);
  for (;;)
    {
      SageMathNode *cell = _sage_math_parse_row (parser, stops);

      if (cell == NULL)
        return NULL;
      _sage_math_node_take (row, cell);
      grid->columns = MAX (grid->columns, row->children->len);
      if (grid->columns > MAX_COLUMNS)
        return _sage_math_fail (parser, "Too many", "columns");
      if (*parser->at == '&')
        parser->at++;
      else if (g_str_has_prefix (parser->at, "\\\\"))
        {
          parser->at += 2;
          if (*parser->at == '[') /* space between the lines */
            parser->at += strcspn (parser->at, "]") + (strchr (parser->at, ']') != NULL ? 1 : 0);
          row = _sage_math_node_new (SAGE_MATH_ROW, SAGE_MATH_ORD, 0);
          g_ptr_array_add (rows, row);
        }
      else
        break;
    }

  /* a \\ after the last row begins no other */
  row = g_ptr_array_index (rows, rows->len - 1);
  if (rows->len > 1 && row->children->len == 1 &&
      ((SageMathNode *) g_ptr_array_index (row->children, 0))->children == NULL)
    g_ptr_array_set_size (rows, (int) rows->len - 1);
  for (guint y = 0; y < rows->len; y++)
    for (guint x = 0; x < grid->columns; x++)
      {
        SageMathNode *from = g_ptr_array_index (rows, y);

        _sage_math_node_take (grid, x < from->children->len
                           ? g_steal_pointer (&from->children->pdata[x]) : NULL);
      }

  return g_steal_pointer (&grid);
}

SageMathNode *
_sage_math_parse_environment (SageMathParser *parser)
{
  g_autofree char *name = _sage_math_read_text (parser);
  g_autoptr(SageMathNode) fenced = NULL;
  g_autofree char *end = NULL;
  SageMathNode *grid;
  gsize i = 0;

  if (name == NULL)
    return NULL;
  while (i < G_N_ELEMENTS (environments) && strcmp (environments[i].name, name) != 0)
    i++;
  if (i == G_N_ELEMENTS (environments))
    return _sage_math_fail (parser, "Unknown environment", name);

  if (strcmp (name, "array") == 0)
    {
      g_autofree char *columns = _sage_math_read_text (parser); /* all are centred here */

      if (columns == NULL)
        return NULL;
    }
  grid = _sage_math_parse_grid (parser, environments[i].flags, "E");
  if (grid == NULL)
    return NULL;
  fenced = _sage_math_node_new (SAGE_MATH_FENCED, SAGE_MATH_ORD, 0);
  fenced->text = g_strdup (environments[i].left);
  fenced->right = g_strdup (environments[i].right);
  _sage_math_node_take (fenced, grid);
  end = g_strdup_printf ("\\end{%s}", name);
  if (!g_str_has_prefix (parser->at, end))
    return _sage_math_fail (parser, "Missing", end);
  parser->at += strlen (end);

  return g_steal_pointer (&fenced);
}
