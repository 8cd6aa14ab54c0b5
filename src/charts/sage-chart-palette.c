/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-chart-palette"

#include "config.h"

#include "sage-chart-palette.h"

/* One set for each background. Chosen by search, near the hues of GNOME: within a set any two
 * differ by 9.9 or more (CIEDE2000) for people with protanopia, deuteranopia or tritanopia and by
 * 20 for others, the first two by half as much again; each stands out from cards and windows by a
 * contrast of 3 : 1. The palette's test computes all of this. Red comes last, because elsewhere in
 * Studio it means failure. */
static const guint32 light_colours[SAGE_CHART_N_COLOURS] = {
  0x0674ec, 0xe76203, 0x7d3c96, 0x1fa268, 0xd460a1, 0x745a00, 0x3e8186, 0xd70f32,
};

static const guint32 dark_colours[SAGE_CHART_N_COLOURS] = {
  0x5ca3ff, 0xff9a3c, 0xbc60b6, 0x40a269, 0xf9afc2, 0xf9e55e, 0x49d0e8, 0xf45b4a,
};

/* Once the colours are used up they come again with another pattern, in widths of the line. */
static const float patterns[][4] = { { 0 }, { 4, 2 }, { 1, 1.5f }, { 5, 2, 1, 2 } };
static const guint pattern_lengths[] = { 0, 2, 2, 4 };

/**
 * sage_chart_palette_get_colour:
 * @index: the place in the palette; it repeats after %SAGE_CHART_N_COLOURS
 * @dark: whether the background is dark
 * @colour: (out caller-allocates): the colour, opaque
 */
void
sage_chart_palette_get_colour (guint     index,
                               gboolean  dark,
                               GdkRGBA  *colour)
{
  guint32 rgb = (dark ? dark_colours : light_colours)[index % SAGE_CHART_N_COLOURS];

  *colour = (GdkRGBA) { ((rgb >> 16) & 0xff) / 255.0f, ((rgb >> 8) & 0xff) / 255.0f,
                        (rgb & 0xff) / 255.0f, 1 };
}

/**
 * sage_chart_palette_new_stroke:
 * @index: the place in the palette
 * @width: the width of the line in pixels
 *
 * Returns: (transfer full): how a line of that place is drawn, so that 32 can be told apart
 */
GskStroke *
sage_chart_palette_new_stroke (guint index,
                               float width)
{
  guint pattern = index / SAGE_CHART_N_COLOURS % G_N_ELEMENTS (pattern_lengths);
  GskStroke *stroke = gsk_stroke_new (width);
  float dash[4];

  for (guint i = 0; i < pattern_lengths[pattern]; i++)
    dash[i] = patterns[pattern][i] * width;
  gsk_stroke_set_dash (stroke, dash, pattern_lengths[pattern]);
  gsk_stroke_set_line_join (stroke, GSK_LINE_JOIN_ROUND);
  gsk_stroke_set_line_cap (stroke, pattern == 0 ? GSK_LINE_CAP_ROUND : GSK_LINE_CAP_BUTT);

  return stroke;
}
