/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-math-layout"

#include "config.h"

#include <string.h>

#include "sage-math-layout-private.h"

/* Lays a formula out as The TeXbook's appendix G does, in its main lines, with the measures of the
 * Computer Modern fonts: shares of an em. */
#define SCRIPT_SCALE 0.7
#define SMALLEST 7.0 /* pixels: smaller letters are not read */
#define SUP_SHIFT_DISPLAY 0.413
#define SUP_SHIFT 0.363
#define SUB_SHIFT 0.16
#define SUP_DROP 0.386
#define SUB_DROP 0.05

#define FAMILY "STIX Two Text, Latin Modern Roman, Libertinus Serif, Noto Serif, Noto Sans Math, serif"

static SageMathStyle
script_of (SageMathStyle style)
{
  style.display = FALSE;
  if (style.level < 2)
    style.size = MAX (style.size * SCRIPT_SCALE, MIN (SMALLEST, style.size));
  style.level = MIN (style.level + 1, 2);

  return style;
}

/* --- Text ------------------------------------------------------------------------------------ */

static PangoLayout *
make_layout (SageMathStyle  style,
             const char    *text,
             guint          flags,
             double         scale)
{
  PangoLayout *layout = pango_layout_new (style.context);
  g_autoptr(PangoFontDescription) font = pango_font_description_new ();

  pango_font_description_set_family (font, flags & SAGE_MATH_SANS ? "sans-serif"
                                           : flags & SAGE_MATH_MONO ? "monospace" : FAMILY);
  pango_font_description_set_absolute_size (font, style.size * scale * PANGO_SCALE);
  if (flags & SAGE_MATH_ITALIC)
    pango_font_description_set_style (font, PANGO_STYLE_ITALIC);
  if (flags & SAGE_MATH_BOLD)
    pango_font_description_set_weight (font, PANGO_WEIGHT_BOLD);
  pango_layout_set_font_description (layout, font);
  pango_layout_set_single_paragraph_mode (layout, TRUE);
  pango_layout_set_text (layout, text, -1);

  return layout;
}

/* Text as high as its ink is: lines of a formula lie closer than those of a book. */
SageMathBox *
_sage_math_layout_text (SageMathStyle  style,
                        const char    *text,
                        guint          flags,
                        double         scale)
{
  SageMathBox *box = _sage_math_box_new ();
  PangoLayout *layout = make_layout (style, text, flags, scale);
  SageMathItem item = { 0, 0, layout, NULL, 0, 0 };
  PangoRectangle ink;
  PangoRectangle logical;
  double baseline = (double) pango_layout_get_baseline (layout) / PANGO_SCALE;

  pango_layout_get_extents (layout, &ink, &logical);
  box->width = (double) logical.width / PANGO_SCALE;
  if (ink.height > 0)
    {
      box->ascent = baseline - (double) ink.y / PANGO_SCALE;
      box->descent = (double) (ink.y + ink.height) / PANGO_SCALE - baseline;
      /* what leans out on the right would touch what follows */
      box->width = MAX (box->width, (double) (ink.x + ink.width) / PANGO_SCALE);
    }
  g_array_append_val (box->items, item);

  return box;
}

/* Where fractions have their lines and operators their middle: that of a minus sign. */
double
_sage_math_get_axis (SageMathStyle style)
{
  g_autoptr(SageMathBox) minus = _sage_math_layout_text (style, "−", 0, 1);

  return (minus->ascent - minus->descent) / 2;
}

/* What is crossed out. Many fonts of text have neither the signs nor a stroke that meets them, so it is
 * drawn. Returns: (transfer full) (nullable): what is under the stroke */
static char *
find_crossed (const char *text)
{
  static const char * const pairs[][2] = { { "≠", "=" }, { "∉", "∈" }, { "∄", "∃" } };
  const char *stroke = strstr (text, "\xcc\xb8"); /* U+0338 */

  for (gsize i = 0; i < G_N_ELEMENTS (pairs); i++)
    if (strcmp (text, pairs[i][0]) == 0)
      return g_strdup (pairs[i][1]);

  return stroke != NULL ? g_strndup (text, (gsize) (stroke - text)) : NULL;
}

static SageMathBox *
layout_crossed (SageMathNode  *node,
                const char    *crossed,
                SageMathStyle  style)
{
  SageMathBox *box = _sage_math_layout_text (style, crossed, node->flags, 1);
  GskPathBuilder *builder = gsk_path_builder_new ();
  double axis = _sage_math_get_axis (style);
  float wide = (float) (style.size * 0.14);
  float tall = (float) (style.size * 0.36);

  gsk_path_builder_move_to (builder, -wide, tall);
  gsk_path_builder_line_to (builder, wide, -tall);
  _sage_math_box_path (box, gsk_path_builder_free_to_path (builder), box->width / 2, -axis,
                       MAX (style.size * SAGE_MATH_RULE, 1));
  box->ascent = MAX (box->ascent, axis + tall);
  box->descent = MAX (box->descent, tall - axis);

  return box;
}

static SageMathBox *
layout_atom (SageMathNode  *node,
             SageMathStyle  style)
{
  double scale = !(node->flags & SAGE_MATH_LARGE) ? 1 : style.display ? 1.6 : 1.2;
  g_autofree char *crossed = find_crossed (node->text);
  SageMathBox *box;

  if (crossed != NULL)
    return layout_crossed (node, crossed, style);

  box = _sage_math_layout_text (style, node->text, node->flags, scale);
  if (node->flags & SAGE_MATH_LARGE)
    {
      double shift = (box->ascent - box->descent) / 2 - _sage_math_get_axis (style);
      SageMathBox *centred = _sage_math_box_new ();

      centred->ascent = centred->descent = -G_MAXFLOAT;
      _sage_math_box_take (centred, box, 0, shift);
      box = centred;
    }

  return box;
}

/* --- Rows ------------------------------------------------------------------------------------ */

/* The TeXbook, chapter 18: 0 to 3 are none, thin, medium and thick; from 4 on, not in scripts. */
static double
space_between (SageMathClass left,
               SageMathClass right,
               SageMathStyle style)
{
  static const char table[8][9] = {
    /* ORD OP BIN REL OPEN CLOSE PUNCT INNER */
    "01230001", /* ORD */
    "11030001", /* OP */
    "22002002", /* BIN */
    "33003003", /* REL */
    "00000000", /* OPEN */
    "01230001", /* CLOSE */
    "11011111", /* PUNCT */
    "11231011", /* INNER */
  };
  int kind = table[left][right] - '0';

  if (kind == 0 || (style.level > 0 && !(kind == 1 && (left == SAGE_MATH_OP || right == SAGE_MATH_OP))))
    return 0;

  return style.size * (2 + kind) / 18;
}

/* A minus that has nothing before it is a sign. */
static SageMathClass
effective_class (GPtrArray *children,
                 guint      i,
                 int        before)
{
  const SageMathNode *node = g_ptr_array_index (children, i);

  if (node->class == SAGE_MATH_BIN &&
      (before < 0 || before == SAGE_MATH_BIN || before == SAGE_MATH_OP || before == SAGE_MATH_REL ||
       before == SAGE_MATH_OPEN || before == SAGE_MATH_PUNCT || i + 1 == children->len))
    return SAGE_MATH_ORD;

  return node->class;
}

static SageMathBox *
layout_row (SageMathNode  *node,
            SageMathStyle  style)
{
  SageMathBox *box = _sage_math_box_new ();
  double x = 0;
  int before = -1;

  box->ascent = box->descent = node->children != NULL ? -G_MAXFLOAT : 0;
  for (guint i = 0; node->children != NULL && i < node->children->len; i++)
    {
      SageMathNode *child = g_ptr_array_index (node->children, i);
      SageMathClass class = effective_class (node->children, i, before);
      SageMathBox *inner;
      double width;

      if (child->kind == SAGE_MATH_SPACE)
        {
          x += child->width * style.size;
          box->width = MAX (box->width, x);
          continue; /* the atoms around it are neighbours still */
        }
      if (before >= 0)
        x += space_between ((SageMathClass) before, class, style);
      inner = _sage_math_layout_node (child, style);
      width = inner->width;
      _sage_math_box_take (box, inner, x, 0);
      x += width;
      before = (int) class;
    }
  if (box->ascent == -G_MAXFLOAT)
    box->ascent = box->descent = 0;

  return box;
}

/* --- Fractions and roots --------------------------------------------------------------------- */

SageMathBox *
_sage_math_layout_child (SageMathNode  *node,
                         guint          i,
                         SageMathStyle  style)
{
  return _sage_math_layout_node (g_ptr_array_index (node->children, i), style);
}

static SageMathBox *
layout_fraction (SageMathNode  *node,
                 SageMathStyle  style)
{
  SageMathStyle inner = style;
  SageMathBox *box = _sage_math_box_new ();
  SageMathBox *above;
  SageMathBox *below;
  double axis = _sage_math_get_axis (style);
  double rule = MAX (style.size * SAGE_MATH_RULE, 1);
  double gap = style.display ? style.size * 0.15 : style.size * 0.09;
  double pad = style.size * 0.1;
  double width;

  if (style.display)
    inner.display = FALSE;
  else
    inner = script_of (style);
  above = _sage_math_layout_child (node, 0, inner);
  below = _sage_math_layout_child (node, 1, inner);
  width = MAX (above->width, below->width) + 2 * pad;
  if (!(node->flags & SAGE_MATH_NO_BAR))
    _sage_math_box_rule (box, pad / 2, -axis - rule / 2, width - pad, rule);
  _sage_math_box_take (box, above, (width - above->width) / 2,
                       -axis - rule / 2 - gap - MAX (above->descent, 0));
  _sage_math_box_take (box, below, (width - below->width) / 2, -axis + rule / 2 + gap + below->ascent);
  box->width = width;

  return box;
}

static SageMathBox *
layout_root (SageMathNode  *node,
             SageMathStyle  style)
{
  SageMathBox *box = _sage_math_box_new ();
  SageMathBox *body = _sage_math_layout_child (node, 0, style);
  GskPathBuilder *builder = gsk_path_builder_new ();
  double rule = MAX (style.size * SAGE_MATH_RULE, 1);
  double gap = style.size * (style.display ? 0.14 : 0.1);
  double ascent = MAX (body->ascent, style.size * 0.5) + gap + rule;
  double descent = MAX (body->descent, style.size * 0.05);
  double height = ascent + descent;
  double sign = style.size * 0.55;
  double x = 0;
  double width = body->width;

  if (g_ptr_array_index (node->children, 1) != NULL)
    {
      SageMathBox *index = _sage_math_layout_child (node, 1, script_of (script_of (style)));
      double index_width = index->width;

      _sage_math_box_take (box, index, 0, descent - height * 0.55 - index->descent);
      x = MAX (index_width - sign * 0.45, 0);
    }
  gsk_path_builder_move_to (builder, 0, (float) (height * 0.62));
  gsk_path_builder_line_to (builder, (float) (sign * 0.22), (float) (height * 0.55));
  gsk_path_builder_line_to (builder, (float) (sign * 0.55), (float) height);
  gsk_path_builder_line_to (builder, (float) sign, (float) (rule / 2));
  gsk_path_builder_line_to (builder, (float) (sign + width + style.size * 0.1), (float) (rule / 2));
  _sage_math_box_path (box, gsk_path_builder_free_to_path (builder), x, -ascent, rule);
  _sage_math_box_take (box, body, x + sign + style.size * 0.05, 0);
  box->width = x + sign + width + style.size * 0.15;
  box->ascent = MAX (box->ascent, ascent + rule);
  box->descent = MAX (box->descent, descent);

  return box;
}

/* --- Scripts --------------------------------------------------------------------------------- */

/* Primes are drawn where they belong by every font: they are not made small and raised again. */
static gboolean
is_prime (const SageMathNode *node)
{
  return node != NULL && node->kind == SAGE_MATH_ATOM && g_str_has_prefix (node->text, "′");
}

/* @i: 1 for what is below, 2 for what is above. Returns: (nullable): it, in its size */
static SageMathBox *
layout_script (SageMathNode  *node,
               guint          i,
               SageMathStyle  style)
{
  const SageMathNode *script = g_ptr_array_index (node->children, i);

  if (script == NULL)
    return NULL;

  return _sage_math_layout_child (node, i, is_prime (script) ? style : script_of (style));
}

/* Above and below the base, as in the sum of a display. */
static SageMathBox *
layout_limits (SageMathNode  *node,
               SageMathStyle  style)
{
  SageMathBox *box = _sage_math_box_new ();
  SageMathBox *base = _sage_math_layout_child (node, 0, style);
  SageMathBox *below = layout_script (node, 1, style);
  SageMathBox *above = layout_script (node, 2, style);
  double gap = style.size * 0.16;
  double width = MAX (base->width, MAX (below != NULL ? below->width : 0, above != NULL ? above->width : 0));
  double ascent = base->ascent;
  double descent = base->descent;

  box->ascent = box->descent = -G_MAXFLOAT;
  _sage_math_box_take (box, base, (width - base->width) / 2, 0);
  if (above != NULL)
    _sage_math_box_take (box, above, (width - above->width) / 2,
                         -ascent - gap - MAX (above->descent, 0));
  if (below != NULL)
    _sage_math_box_take (box, below, (width - below->width) / 2, descent + gap + below->ascent);
  box->width = width;

  return box;
}

/* Integrals do; sums do not. */
static gboolean
leans (const SageMathNode *node)
{
  return (node->flags & (SAGE_MATH_LARGE | SAGE_MATH_LIMITS)) == SAGE_MATH_LARGE;
}

static SageMathBox *
layout_scripts (SageMathNode  *node,
                SageMathStyle  style)
{
  SageMathNode *base_node = g_ptr_array_index (node->children, 0);
  SageMathBox *box;
  SageMathBox *base;
  SageMathBox *below;
  SageMathBox *above;
  gboolean letter = base_node->kind == SAGE_MATH_ATOM && !(base_node->flags & SAGE_MATH_LARGE);
  double up;
  double down;
  double x;

  if ((node->flags & SAGE_MATH_ALWAYS) || (style.display && (node->flags & SAGE_MATH_LIMITS)))
    return layout_limits (node, style);

  box = _sage_math_box_new ();
  base = _sage_math_layout_node (base_node, style);
  below = layout_script (node, 1, style);
  above = layout_script (node, 2, style);
  up = MAX (letter ? 0 : base->ascent - SUP_DROP * style.size * SCRIPT_SCALE,
            style.size * (style.display ? SUP_SHIFT_DISPLAY : SUP_SHIFT));
  down = MAX (letter ? 0 : base->descent + SUB_DROP * style.size, style.size * SUB_SHIFT);
  if (is_prime (node->children->pdata[2]))
    up = letter ? 0 : base->ascent - style.size * 0.7;
  else if (above != NULL)
    up = MAX (up, above->descent + style.size * 0.11);
  if (below != NULL)
    down = MAX (down, below->ascent - style.size * 0.36);
  if (above != NULL && below != NULL)
    down = MAX (down, style.size * 0.2 + below->ascent - (up - above->descent));

  x = base->width + style.size * 0.03;
  box->ascent = box->descent = -G_MAXFLOAT;
  _sage_math_box_take (box, base, 0, 0);
  if (above != NULL)
    _sage_math_box_take (box, above, x + (letter ? 0 : style.size * 0.03), -up);
  if (below != NULL) /* under the belly of an integral */
    _sage_math_box_take (box, below,
                         leans (base_node) ? x - style.size * 0.2 : x, down);
  box->width += style.size * 0.05;

  return box;
}

/* --- The whole ------------------------------------------------------------------------------- */

SageMathBox *
_sage_math_layout_node (SageMathNode  *node,
                        SageMathStyle  style)
{
  switch (node->kind)
    {
    case SAGE_MATH_ATOM:
      return layout_atom (node, style);
    case SAGE_MATH_FRACTION:
      return layout_fraction (node, style);
    case SAGE_MATH_ROOT:
      return layout_root (node, style);
    case SAGE_MATH_SCRIPTS:
      return layout_scripts (node, style);
    case SAGE_MATH_ACCENT:
      return _sage_math_layout_accent (node, style);
    case SAGE_MATH_FENCED:
      return _sage_math_layout_fenced (node, style);
    case SAGE_MATH_GRID:
      if (node->children->len == 1 && node->children->pdata[0] != NULL)
        return _sage_math_layout_child (node, 0, style); /* one line is no grid */
      return _sage_math_layout_grid (node, style);
    case SAGE_MATH_ROW:
    case SAGE_MATH_SPACE:
    default:
      return layout_row (node, style);
    }
}

/**
 * sage_math_layout:
 * @self: a formula
 * @context: what to measure text with
 * @size: pixels of an em
 * @display: whether it stands on lines of its own
 *
 * Returns: (transfer full): the formula, laid out
 */
SageMathBox *
sage_math_layout (SageMath     *self,
                  PangoContext *context,
                  double        size,
                  gboolean      display)
{
  SageMathStyle style = { context, size, display, 0 };

  g_return_val_if_fail (self != NULL, NULL);

  return _sage_math_layout_node (self->root, style);
}
