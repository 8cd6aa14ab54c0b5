/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-math-box"

#include "config.h"

#include <string.h>

#include "sage-math-private.h"

static void
item_clear (gpointer data)
{
  SageMathItem *item = data;

  g_clear_object (&item->layout);
  g_clear_pointer (&item->path, gsk_path_unref);
}

SageMathBox *
_sage_math_box_new (void)
{
  SageMathBox *self = g_new0 (SageMathBox, 1);

  self->items = g_array_new (FALSE, FALSE, sizeof (SageMathItem));
  g_array_set_clear_func (self->items, item_clear);

  return self;
}

/**
 * sage_math_box_free:
 * @self: (nullable): a formula that was laid out
 */
void
sage_math_box_free (SageMathBox *self)
{
  if (self == NULL)
    return;

  g_array_unref (self->items);
  g_free (self);
}

/* Puts another box into this one; the other is freed. */
void
_sage_math_box_take (SageMathBox *self,
                     SageMathBox *other,
                     double       x,
                     double       y)
{
  for (guint i = 0; i < other->items->len; i++)
    {
      SageMathItem item = g_array_index (other->items, SageMathItem, i);

      item.x += (float) x;
      item.y += (float) y;
      g_array_append_val (self->items, item);
    }
  g_array_set_clear_func (other->items, NULL); /* they were moved */
  self->width = MAX (self->width, x + other->width);
  self->ascent = MAX (self->ascent, other->ascent - y);
  self->descent = MAX (self->descent, other->descent + y);
  sage_math_box_free (other);
}

void
_sage_math_box_rule (SageMathBox *self,
                     double       x,
                     double       y,
                     double       width,
                     double       height)
{
  SageMathItem item = { (float) x, (float) y, NULL, NULL, (float) width, (float) height };

  g_array_append_val (self->items, item);
}

/* @path: (transfer full); @stroke: 0 to fill it */
void
_sage_math_box_path (SageMathBox *self,
                     GskPath     *path,
                     double       x,
                     double       y,
                     double       stroke)
{
  SageMathItem item = { (float) x, (float) y, NULL, path, (float) stroke, 0 };

  g_array_append_val (self->items, item);
}

/**
 * sage_math_box_get_size:
 * @self: a formula that was laid out
 * @width: (out): in pixels
 * @ascent: (out): above the baseline
 * @descent: (out): below it
 */
void
sage_math_box_get_size (SageMathBox *self,
                        double      *width,
                        double      *ascent,
                        double      *descent)
{
  *width = self->width;
  *ascent = self->ascent;
  *descent = self->descent;
}

static void
draw_item (const SageMathItem *item,
           GtkSnapshot        *snapshot,
           const GdkRGBA      *colour)
{
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (item->x, item->y));
  if (item->layout != NULL)
    {
      float baseline = (float) pango_layout_get_baseline (item->layout) / PANGO_SCALE;

      gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (0, -baseline));
      gtk_snapshot_append_layout (snapshot, item->layout, colour);
    }
  else if (item->path != NULL && item->width > 0)
    {
      g_autoptr(GskStroke) stroke = gsk_stroke_new (item->width);

      gsk_stroke_set_line_join (stroke, GSK_LINE_JOIN_ROUND);
      gsk_stroke_set_line_cap (stroke, GSK_LINE_CAP_ROUND);
      gtk_snapshot_append_stroke (snapshot, item->path, stroke, colour);
    }
  else if (item->path != NULL)
    gtk_snapshot_append_fill (snapshot, item->path, GSK_FILL_RULE_WINDING, colour);
  else
    gtk_snapshot_append_color (snapshot, colour,
                               &GRAPHENE_RECT_INIT (0, 0, item->width, item->height));
  gtk_snapshot_restore (snapshot);
}

/**
 * sage_math_box_draw:
 * @self: a formula that was laid out
 * @snapshot: where to draw it; its baseline begins at the origin
 * @colour: what to draw it in
 */
void
sage_math_box_draw (SageMathBox   *self,
                    GtkSnapshot   *snapshot,
                    const GdkRGBA *colour)
{
  for (guint i = 0; i < self->items->len; i++)
    draw_item (&g_array_index (self->items, SageMathItem, i), snapshot, colour);
}

/* --- What grows ------------------------------------------------------------------------------ */

/* Half of a parenthesis is a curve that is thick in its middle. */
static GskPath *
make_parenthesis (double   width,
                  double   height,
                  double   thickness,
                  gboolean right)
{
  GskPathBuilder *builder = gsk_path_builder_new ();
  float outer = (float) (right ? width : 0);
  float tip = (float) (right ? 0 : width);
  float inner = (float) (right ? width - 2 * thickness : 2 * thickness);
  float h = (float) height;

  gsk_path_builder_move_to (builder, tip, 0);
  gsk_path_builder_cubic_to (builder, outer, h * 0.25f, outer, h * 0.75f, tip, h);
  gsk_path_builder_cubic_to (builder, inner, h * 0.75f, inner, h * 0.25f, tip, 0);
  gsk_path_builder_close (builder);

  return gsk_path_builder_free_to_path (builder);
}

static void
line (GskPathBuilder *builder,
      double          x0,
      double          y0,
      double          x1,
      double          y1)
{
  gsk_path_builder_move_to (builder, (float) x0, (float) y0);
  gsk_path_builder_line_to (builder, (float) x1, (float) y1);
}

/* A curly brace that stands: @right: it opens to the left. */
static GskPath *
make_curly (double   width,
            double   height,
            gboolean right)
{
  GskPathBuilder *builder = gsk_path_builder_new ();
  float tip = (float) (right ? 0 : width);
  float spine = (float) width / 2;
  float point = (float) (right ? width : 0);
  float h = (float) height;
  float r = MIN (h / 4, (float) width * 0.9f);

  gsk_path_builder_move_to (builder, tip, 0);
  gsk_path_builder_quad_to (builder, spine, 0, spine, r);
  gsk_path_builder_line_to (builder, spine, h / 2 - r);
  gsk_path_builder_quad_to (builder, spine, h / 2, point, h / 2);
  gsk_path_builder_quad_to (builder, spine, h / 2, spine, h / 2 + r);
  gsk_path_builder_line_to (builder, spine, h - r);
  gsk_path_builder_quad_to (builder, spine, h, tip, h);

  return gsk_path_builder_free_to_path (builder);
}

/* Brackets, bars, angles: straight lines. */
static GskPath *
make_straight (const char *fence,
               double      width,
               double      height)
{
  GskPathBuilder *builder = gsk_path_builder_new ();
  gboolean right = strstr ("]⌋⌉⟩", fence) != NULL;
  double spine = right ? width * 0.8 : width * 0.2;
  double tip = right ? 0 : width;

  if (strcmp (fence, "|") == 0)
    line (builder, width / 2, 0, width / 2, height);
  else if (strcmp (fence, "‖") == 0)
    {
      line (builder, width * 0.25, 0, width * 0.25, height);
      line (builder, width * 0.75, 0, width * 0.75, height);
    }
  else if (strcmp (fence, "/") == 0 || strcmp (fence, "\\") == 0)
    line (builder, fence[0] == '/' ? width : 0, 0, fence[0] == '/' ? 0 : width, height);
  else if (strcmp (fence, "⟨") == 0 || strcmp (fence, "⟩") == 0)
    {
      line (builder, right ? 0 : width, 0, right ? width : 0, height / 2);
      gsk_path_builder_line_to (builder, (float) tip, (float) height);
    }
  else
    {
      line (builder, spine, 0, spine, height);
      if (strstr ("[]⌈⌉", fence) != NULL)
        line (builder, spine, 0, tip, 0);
      if (strstr ("[]⌊⌋", fence) != NULL)
        line (builder, spine, height, tip, height);
    }

  return gsk_path_builder_free_to_path (builder);
}

/* Returns: (nullable): a fence as high as what is in it; %NULL for one that does not grow */
SageMathBox *
_sage_math_fence (const char *fence,
                  double      ascent,
                  double      descent,
                  double      em)
{
  static const char * const known[] = {
    "(", ")", "[", "]", "{", "}", "|", "‖", "⟨", "⟩", "⌊", "⌋", "⌈", "⌉", "/", "\\", NULL,
  };
  double height = ascent + descent;
  double width = CLAMP (height * 0.16, em * 0.28, em * 0.6);
  double thickness = em * 0.055;
  SageMathBox *box;
  double pad = em * 0.08;

  if (!g_strv_contains (known, fence))
    return NULL;

  box = _sage_math_box_new ();
  box->ascent = ascent;
  box->descent = descent;
  box->class = SAGE_MATH_OPEN;
  if (strcmp (fence, "(") == 0 || strcmp (fence, ")") == 0)
    _sage_math_box_path (box, make_parenthesis (width, height, thickness, fence[0] == ')'), pad,
                         -ascent, 0);
  else if (strcmp (fence, "{") == 0 || strcmp (fence, "}") == 0)
    {
      width = CLAMP (height * 0.12, em * 0.35, em * 0.55);
      _sage_math_box_path (box, make_curly (width, height, fence[0] == '}'), pad, -ascent,
                           em * 0.06);
    }
  else
    {
      width = MIN (width, em * 0.3);
      _sage_math_box_path (box, make_straight (fence, width, height), pad, -ascent, em * 0.055);
    }
  box->width = width + 2 * pad;

  return box;
}

/* A curly brace that lies over or under something. */
GskPath *
_sage_math_brace (double   width,
                  double   height,
                  gboolean under)
{
  GskPathBuilder *builder = gsk_path_builder_new ();
  float w = (float) width;
  float edge = (float) (under ? 0 : height);
  float point = (float) (under ? height : 0);
  float spine = (float) height / 2;
  float r = MIN (w / 4, (float) height);

  gsk_path_builder_move_to (builder, 0, edge);
  gsk_path_builder_quad_to (builder, 0, spine, r, spine);
  gsk_path_builder_line_to (builder, w / 2 - r, spine);
  gsk_path_builder_quad_to (builder, w / 2, spine, w / 2, point);
  gsk_path_builder_quad_to (builder, w / 2, spine, w / 2 + r, spine);
  gsk_path_builder_line_to (builder, w - r, spine);
  gsk_path_builder_quad_to (builder, w, spine, w, edge);

  return gsk_path_builder_free_to_path (builder);
}
