/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  SAGE_ANSI_BOLD = 1 << 0,
  SAGE_ANSI_DIM = 1 << 1,
  SAGE_ANSI_ITALIC = 1 << 2,
  SAGE_ANSI_UNDERLINE = 1 << 3,
  SAGE_ANSI_INVERSE = 1 << 4,
  SAGE_ANSI_STRIKE = 1 << 5,
} SageAnsiFlags;

/* A colour in 32 bits: the default one, one of the 256 of the palette, or red, green and blue. */
typedef guint32 SageAnsiColour;

#define SAGE_ANSI_DEFAULT ((SageAnsiColour) 0)
#define SAGE_ANSI_INDEXED(index) ((SageAnsiColour) (0x01000000u | (guint32) (index)))
#define SAGE_ANSI_RGB(r, g, b) \
  ((SageAnsiColour) (0x02000000u | (guint32) (r) << 16 | (guint32) (g) << 8 | (guint32) (b)))
#define SAGE_ANSI_IS_INDEXED(colour) ((colour) >> 24 == 1)
#define SAGE_ANSI_IS_RGB(colour) ((colour) >> 24 == 2)

typedef struct
{
  SageAnsiColour foreground;
  SageAnsiColour background;
  guint32        flags; /* of SageAnsiFlags */
} SageAnsiStyle;

/* How the text looks from @start on, up to the next run or the end. */
typedef struct
{
  guint         start; /* in bytes */
  SageAnsiStyle style;
} SageAnsiRun;

/* A line as a terminal would leave it on its screen. */
typedef struct
{
  char        *text;      /* (owned): valid UTF-8; no control character but tabs */
  gsize        length;    /* in bytes */
  SageAnsiRun *runs;      /* (owned) (nullable): NULL when all of it is in the default style */
  gsize        n_runs;
  gboolean     truncated; /* there was more than asked for */
} SageAnsiText;

gboolean      sage_ansi_is_plain  (const char   *data,
                                   gsize         length);
SageAnsiText *sage_ansi_parse     (const char   *data,
                                   gsize         length,
                                   gsize         max_bytes);
void          sage_ansi_text_free (SageAnsiText *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SageAnsiText, sage_ansi_text_free)

G_END_DECLS
