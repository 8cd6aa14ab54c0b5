/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-math-fence"

#include "config.h"

#include <string.h>

#include "sage-math-layout-private.h"

static SageMathBox *
layout_fence (const char    *fence,
              double         half,
              double         axis,
              SageMathStyle  style)
{
  SageMathBox *box = NULL;

  if (half > style.size * 0.62)
    box = _sage_math_fence (fence, axis + half, half - axis, style.size);

  return box != NULL ? box : _sage_math_layout_text (style, fence, 0, 1);
}

SageMathBox *
_sage_math_layout_fenced (SageMathNode  *node,
                          SageMathStyle  style)
{
  SageMathBox *box = _sage_math_box_new ();
  SageMathBox *body = _sage_math_layout_child (node, 0, style);
  double axis = _sage_math_get_axis (style);
  double half = MAX (body->ascent - axis, body->descent + axis) + style.size * 0.04;
  double x = 0;
  double width;

  if (node->text[0] != '\0')
    {
      SageMathBox *left = layout_fence (node->text, half, axis, style);

      x = left->width;
      _sage_math_box_take (box, left, 0, 0);
    }
  width = body->width;
  _sage_math_box_take (box, body, x, 0);
  x += width;
  if (node->right[0] != '\0')
    _sage_math_box_take (box, layout_fence (node->right, half, axis, style), x, 0);

  return box;
}

/* How the cells of a grid lie in their columns: 0 to the left, 1 to the right. */
static double
get_alignment (SageMathNode *grid,
               guint         column)
{
  if (grid->flags & SAGE_MATH_LEFT)
    return 0;
  if ((grid->flags & SAGE_MATH_ALIGNED) && grid->columns > 1)
    return column % 2 == 0 ? 1 : 0;

  return 0.5;
}

static double
gap_before (SageMathNode  *grid,
            guint          column,
            SageMathStyle  style)
{
  if (column == 0)
    return 0;
  if (grid->flags & SAGE_MATH_ALIGNED)
    return column % 2 == 1 ? style.size * 0.28 : style.size * 1.5;

  return style.size * 0.9;
}

static void
measure_grid (SageMathNode   *node,
              SageMathBox   **cells,
              double         *widths,
              double         *ascents,
              double         *descents,
              SageMathStyle   style)
{
  for (guint i = 0; i < node->children->len; i++)
    {
      guint row = i / node->columns;
      guint column = i % node->columns;

      if (column == 0)
        {
          ascents[row] = style.size * 0.7;
          descents[row] = style.size * 0.25;
        }
      if (node->children->pdata[i] == NULL)
        continue;
      cells[i] = _sage_math_layout_child (node, i, style);
      widths[column] = MAX (widths[column], cells[i]->width);
      ascents[row] = MAX (ascents[row], cells[i]->ascent);
      descents[row] = MAX (descents[row], cells[i]->descent);
    }
}

SageMathBox *
_sage_math_layout_grid (SageMathNode  *node,
                        SageMathStyle  style)
{
  SageMathBox *box = _sage_math_box_new ();
  guint n_rows = node->children->len / node->columns;
  g_autofree SageMathBox **cells = g_new0 (SageMathBox *, node->children->len);
  g_autofree double *widths = g_new0 (double, node->columns);
  g_autofree double *ascents = g_new0 (double, n_rows);
  g_autofree double *descents = g_new0 (double, n_rows);
  double axis = _sage_math_get_axis (style);
  double gap = style.size * 0.3;
  double height = -gap;
  double y;

  if (!(node->flags & (SAGE_MATH_ALIGNED | SAGE_MATH_DISPLAY)))
    style.display = FALSE;
  measure_grid (node, cells, widths, ascents, descents, style);
  for (guint row = 0; row < n_rows; row++)
    height += ascents[row] + descents[row] + gap;

  y = -axis - height / 2;
  for (guint row = 0; row < n_rows; row++)
    {
      double x = 0;

      y += ascents[row];
      for (guint column = 0; column < node->columns; column++)
        {
          SageMathBox *cell = cells[row * node->columns + column];

          x += gap_before (node, column, style);
          if (cell != NULL)
            _sage_math_box_take (box, cell,
                                 x + (widths[column] - cell->width) * get_alignment (node, column), y);
          x += widths[column];
          box->width = MAX (box->width, x);
        }
      y += descents[row] + gap;
    }
  box->ascent = axis + height / 2;
  box->descent = height / 2 - axis;

  return box;
}
