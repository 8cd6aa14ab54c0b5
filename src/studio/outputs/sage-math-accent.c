/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-math-accent"

#include "config.h"

#include <string.h>

#include "sage-math-layout-private.h"

/* What is as wide as its body is drawn. */
static void
draw_wide (SageMathBox *box,
           const char  *accent,
           double       width,
           double       edge, /* of the body, downwards */
           gboolean     under,
           SageMathStyle        style,
           double      *height)
{
  GskPathBuilder *builder;
  double rule = MAX (style.size * SAGE_MATH_RULE, 1);
  double tall = style.size * 0.16;
  double gap = style.size * 0.1;
  double y;

  if (strcmp (accent, "¯") == 0)
    {
      *height = gap + rule;
      _sage_math_box_rule (box, 0, under ? edge + gap : edge - gap - rule, width, rule);
      return;
    }
  if (strcmp (accent, "{") == 0)
    {
      tall = style.size * 0.3;
      *height = gap + tall;
      _sage_math_box_path (box, _sage_math_brace (width, tall, under), 0,
                           under ? edge + gap : edge - gap - tall, rule);
      return;
    }

  builder = gsk_path_builder_new ();
  y = edge - gap - tall;
  *height = gap + tall;
  if (strcmp (accent, "ˆ") == 0)
    {
      gsk_path_builder_move_to (builder, 0, (float) tall);
      gsk_path_builder_line_to (builder, (float) width / 2, 0);
      gsk_path_builder_line_to (builder, (float) width, (float) tall);
    }
  else if (strcmp (accent, "˜") == 0)
    {
      gsk_path_builder_move_to (builder, 0, (float) (tall * 0.8));
      gsk_path_builder_cubic_to (builder, (float) (width * 0.3), (float) (-tall * 0.6), (float) (width * 0.7),
                                 (float) (tall * 1.6), (float) width, (float) (tall * 0.2));
    }
  else
    {
      gsk_path_builder_move_to (builder, 0, (float) tall / 2);
      gsk_path_builder_line_to (builder, (float) width, (float) tall / 2);
      gsk_path_builder_move_to (builder, (float) (width - tall * 0.8), 0);
      gsk_path_builder_line_to (builder, (float) width, (float) tall / 2);
      gsk_path_builder_line_to (builder, (float) (width - tall * 0.8), (float) tall);
    }
  _sage_math_box_path (box, gsk_path_builder_free_to_path (builder), 0, y, rule * 0.9);
}

SageMathBox *
_sage_math_layout_accent (SageMathNode  *node,
                          SageMathStyle  style)
{
  SageMathBox *box = _sage_math_box_new ();
  SageMathBox *body = _sage_math_layout_child (node, 0, style);
  gboolean under = (node->flags & SAGE_MATH_UNDER) != 0;
  double width = body->width;
  double ascent = body->ascent;
  double descent = body->descent;
  double height = 0;
  double gap = style.size * 0.07;

  box->ascent = box->descent = -G_MAXFLOAT;
  _sage_math_box_take (box, body, 0, 0);
  if (node->flags & SAGE_MATH_WIDE)
    draw_wide (box, node->text, width, under ? descent : -ascent, under, style, &height);
  else if (strcmp (node->text, "→") == 0)
    {
      double arrow = MAX (width, style.size * 0.45);

      draw_wide (box, "→", arrow, -ascent, FALSE, style, &height);
    }
  else
    {
      SageMathBox *mark = _sage_math_layout_text (style, node->text, 0, 1);
      double lift = ascent + gap + mark->descent;

      height = gap + mark->ascent + mark->descent;
      /* over the top of a letter that leans */
      _sage_math_box_take (box, mark, (width - mark->width) / 2 + style.size * 0.05, -lift);
    }
  box->width = MAX (width, box->width);
  if (under)
    box->descent = descent + height;
  else
    box->ascent = MAX (box->ascent, ascent + height);

  return box;
}
