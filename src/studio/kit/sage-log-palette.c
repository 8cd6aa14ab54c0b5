/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-log-palette"

#include "config.h"

#include <math.h>

#include "sage-log-palette.h"

/* The colours that programs know by number, dark ones and light ones. What would not be read on the
 * background is made so. */
static const guint32 numbered[16] = {
  0x241f31, 0xc01c28, 0x26a269, 0xa2734c, 0x12488b, 0xa347ba, 0x2aa1b3, 0xcfcfcf,
  0x5d5d5d, 0xf66151, 0x33d17a, 0xe9ad0c, 0x2a7bde, 0xc061cb, 0x33c7de, 0xffffff,
};

static GdkRGBA
from_hex (guint32 hex)
{
  GdkRGBA colour = {
    (float) (hex >> 16 & 0xff) / 255, (float) (hex >> 8 & 0xff) / 255, (float) (hex & 0xff) / 255, 1,
  };

  return colour;
}

/* Six steps of red, green and blue, then a ramp of grey: as every terminal has them. */
static guint32
hex_of_index (guint index)
{
  static const guint8 steps[6] = { 0, 95, 135, 175, 215, 255 };
  guint cube = index - 16;
  guint grey = 8 + (index - 232) * 10;

  if (index < 16)
    return numbered[index];
  if (index >= 232)
    return grey << 16 | grey << 8 | grey;

  return (guint32) steps[cube / 36] << 16 | (guint32) steps[cube / 6 % 6] << 8 | steps[cube % 6];
}

static GdkRGBA
resolve_colour (SageAnsiColour colour,
                const GdkRGBA *fallback)
{
  if (SAGE_ANSI_IS_INDEXED (colour))
    return from_hex (hex_of_index (colour & 0xff));
  if (SAGE_ANSI_IS_RGB (colour))
    return from_hex (colour & 0xffffff);

  return *fallback;
}

static GdkRGBA
mix (const GdkRGBA *a,
     const GdkRGBA *b,
     float          share) /* of @b */
{
  GdkRGBA colour = {
    a->red + (b->red - a->red) * share,
    a->green + (b->green - a->green) * share,
    a->blue + (b->blue - a->blue) * share,
    1,
  };

  return colour;
}

static double
linear (double channel)
{
  return channel <= 0.04045 ? channel / 12.92 : pow ((channel + 0.055) / 1.055, 2.4);
}

static double
luminance (const GdkRGBA *colour)
{
  return 0.2126 * linear (colour->red) + 0.7152 * linear (colour->green) +
         0.0722 * linear (colour->blue);
}

/**
 * sage_log_palette_contrast:
 * @a: a colour
 * @b: another
 *
 * Returns: their contrast as WCAG 2 counts it, from 1 to 21
 */
double
sage_log_palette_contrast (const GdkRGBA *a,
                           const GdkRGBA *b)
{
  double first = luminance (a) + 0.05;
  double second = luminance (b) + 0.05;

  return MAX (first, second) / MIN (first, second);
}

/* The colour itself where it can be read on @background, else the nearest one on the way to white or
 * black that can. */
static GdkRGBA
make_legible (const GdkRGBA *colour,
              const GdkRGBA *background,
              double         contrast)
{
  static const GdkRGBA white = { 1, 1, 1, 1 };
  static const GdkRGBA black = { 0, 0, 0, 1 };
  const GdkRGBA *goal = sage_log_palette_contrast (&white, background) >
                          sage_log_palette_contrast (&black, background) ? &white : &black;
  GdkRGBA legible = *colour;

  for (float share = 0; share <= 1; share += 0.05f)
    {
      legible = mix (colour, goal, share);
      if (sage_log_palette_contrast (&legible, background) >= contrast)
        break;
    }

  return legible;
}

static GdkRGBA
colour_of_level (const SageLogPalette *palette,
                 SageLogLevel          level)
{
  switch (level)
    {
    case SAGE_LOG_LEVEL_ERROR:
      return from_hex (palette->dark ? 0xff938c : 0xc30000);
    case SAGE_LOG_LEVEL_WARNING:
      return from_hex (palette->dark ? 0xffc252 : 0x905400);
    case SAGE_LOG_LEVEL_DEBUG:
      return mix (&palette->foreground, &palette->background, 0.4f);
    case SAGE_LOG_LEVEL_NONE:
    case SAGE_LOG_LEVEL_INFO:
    default:
      return palette->foreground;
    }
}

/**
 * sage_log_palette_init:
 * @palette: a palette
 * @dark: whether the background is dark
 * @high_contrast: whether the system asks for much contrast
 *
 * Sets the palette up for the background that libadwaita gives views.
 */
void
sage_log_palette_init (SageLogPalette *palette,
                       gboolean        dark,
                       gboolean        high_contrast)
{
  palette->dark = dark;
  palette->background = from_hex (dark ? 0x1d1d20 : 0xffffff);
  palette->foreground = from_hex (dark ? 0xffffff : 0x333338);
  palette->contrast = high_contrast ? 7 : 4.5;
}

/**
 * sage_log_palette_resolve:
 * @palette: a palette
 * @style: how a program wants text to look
 * @level: the level of the line, which gives text its colour where the program does not
 * @foreground: (out): the colour of the text, which can be read
 * @background: (out): the colour behind it
 *
 * Returns: whether there is one behind it, other than that of the view
 */
gboolean
sage_log_palette_resolve (const SageLogPalette *palette,
                          const SageAnsiStyle  *style,
                          SageLogLevel          level,
                          GdkRGBA              *foreground,
                          GdkRGBA              *background)
{
  GdkRGBA usual = colour_of_level (palette, level);
  GdkRGBA front = resolve_colour (style->foreground, &usual);
  GdkRGBA behind = resolve_colour (style->background, &palette->background);
  gboolean inverse = (style->flags & SAGE_ANSI_INVERSE) != 0;

  *background = inverse ? front : behind;
  *foreground = inverse ? behind : front;
  if (style->flags & SAGE_ANSI_DIM)
    *foreground = mix (foreground, background, 0.4f);
  *foreground = make_legible (foreground, background, palette->contrast);

  return inverse || style->background != SAGE_ANSI_DEFAULT;
}

/**
 * sage_log_palette_match:
 * @palette: a palette
 * @found: whether it is the match that one is at
 * @foreground: (out): the colour of the text
 * @background: (out): the colour behind it
 *
 * Gives the colours of what was searched for.
 */
void
sage_log_palette_match (const SageLogPalette *palette,
                        gboolean              found,
                        GdkRGBA              *foreground,
                        GdkRGBA              *background)
{
  if (found)
    *background = from_hex (0xffa348);
  else
    *background = from_hex (palette->dark ? 0x6b5300 : 0xf9e79f);
  *foreground = from_hex (found || !palette->dark ? 0x000000 : 0xffffff);
}
