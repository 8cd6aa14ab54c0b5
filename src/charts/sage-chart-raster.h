/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gdk/gdk.h>

#include "sage-chart-decimate.h"

G_BEGIN_DECLS

/* A picture of dense lines, drawn column by column. */
typedef struct _SageChartRaster SageChartRaster;

SageChartRaster *sage_chart_raster_new         (guint             width,
                                                guint             height);
void             sage_chart_raster_free        (SageChartRaster  *self);
void             sage_chart_raster_add         (SageChartRaster  *self,
                                                const GArray     *vertices,
                                                double            scale_factor,
                                                double            line_width,
                                                const GdkRGBA    *colour);
GdkTexture      *sage_chart_raster_new_texture (SageChartRaster  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SageChartRaster, sage_chart_raster_free)

G_END_DECLS
