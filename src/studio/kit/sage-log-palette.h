/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gdk/gdk.h>

#include "sage-ansi.h"
#include "sage-log-level.h"

G_BEGIN_DECLS

/* The colours of a log on one background. */
typedef struct
{
  GdkRGBA  foreground;
  GdkRGBA  background;
  double   contrast; /* that text has at least, as WCAG 2 counts it */
  gboolean dark;
} SageLogPalette;

void     sage_log_palette_init     (SageLogPalette       *palette,
                                    gboolean              dark,
                                    gboolean              high_contrast);
gboolean sage_log_palette_resolve  (const SageLogPalette *palette,
                                    const SageAnsiStyle  *style,
                                    SageLogLevel          level,
                                    GdkRGBA              *foreground,
                                    GdkRGBA              *background);
void     sage_log_palette_match    (const SageLogPalette *palette,
                                    gboolean              found,
                                    GdkRGBA              *foreground,
                                    GdkRGBA              *background);
double   sage_log_palette_contrast (const GdkRGBA        *a,
                                    const GdkRGBA        *b);

G_END_DECLS
