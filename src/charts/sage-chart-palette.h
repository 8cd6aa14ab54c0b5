/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define SAGE_CHART_N_COLOURS 8

void       sage_chart_palette_get_colour (guint      index,
                                          gboolean   dark,
                                          GdkRGBA   *colour);
GskStroke *sage_chart_palette_new_stroke (guint      index,
                                          float      width);

G_END_DECLS
