/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-chart-layer.h"
#include "sage-chart-series.h"

G_BEGIN_DECLS

#define SAGE_TYPE_LINE_LAYER (sage_line_layer_get_type ())
G_DECLARE_FINAL_TYPE (SageLineLayer, sage_line_layer, SAGE, LINE_LAYER, SageChartLayer)

SageChartLayer *sage_line_layer_new           (GListModel      *series);
void            sage_line_layer_set_smoothing (SageLineLayer   *self,
                                               double           smoothing);
void            sage_line_layer_set_highlight (SageLineLayer   *self,
                                               SageChartSeries *series);

G_END_DECLS
