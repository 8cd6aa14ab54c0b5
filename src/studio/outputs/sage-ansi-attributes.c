/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-ansi-attributes"

#include "config.h"

#include "sage-ansi-attributes.h"

static guint16
to_pango (float channel)
{
  return (guint16) (CLAMP (channel, 0, 1) * 65535);
}

static void
insert (PangoAttrList  *attributes,
        PangoAttribute *attribute,
        guint           start,
        guint           end)
{
  attribute->start_index = start;
  attribute->end_index = end;
  pango_attr_list_insert (attributes, attribute);
}

static void
insert_colours (PangoAttrList        *attributes,
                const SageAnsiStyle  *style,
                const SageLogPalette *palette,
                guint                 start,
                guint                 end)
{
  GdkRGBA front;
  GdkRGBA behind;

  if (sage_log_palette_resolve (palette, style, SAGE_LOG_LEVEL_NONE, &front, &behind))
    insert (attributes,
            pango_attr_background_new (to_pango (behind.red), to_pango (behind.green),
                                       to_pango (behind.blue)),
            start, end);
  insert (attributes,
          pango_attr_foreground_new (to_pango (front.red), to_pango (front.green),
                                     to_pango (front.blue)),
          start, end);
}

/**
 * sage_ansi_add_attributes:
 * @attributes: where to add them
 * @text: a line as it is shown
 * @offset: where it begins in the text that @attributes is for, in bytes
 * @palette: the colours
 *
 * Adds what makes a layout look as a program wants it.
 */
void
sage_ansi_add_attributes (PangoAttrList        *attributes,
                          const SageAnsiText   *text,
                          guint                 offset,
                          const SageLogPalette *palette)
{
  for (gsize i = 0; i < text->n_runs; i++)
    {
      const SageAnsiStyle *style = &text->runs[i].style;
      guint start = offset + text->runs[i].start;
      guint end = offset + (guint) (i + 1 < text->n_runs ? text->runs[i + 1].start : text->length);

      if (style->foreground != SAGE_ANSI_DEFAULT || style->background != SAGE_ANSI_DEFAULT ||
          (style->flags & (SAGE_ANSI_INVERSE | SAGE_ANSI_DIM)) != 0)
        insert_colours (attributes, style, palette, start, end);
      if (style->flags & SAGE_ANSI_BOLD)
        insert (attributes, pango_attr_weight_new (PANGO_WEIGHT_BOLD), start, end);
      if (style->flags & SAGE_ANSI_ITALIC)
        insert (attributes, pango_attr_style_new (PANGO_STYLE_ITALIC), start, end);
      if (style->flags & SAGE_ANSI_UNDERLINE)
        insert (attributes, pango_attr_underline_new (PANGO_UNDERLINE_SINGLE), start, end);
      if (style->flags & SAGE_ANSI_STRIKE)
        insert (attributes, pango_attr_strikethrough_new (TRUE), start, end);
    }
}
