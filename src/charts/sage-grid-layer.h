/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-chart-layer.h"

G_BEGIN_DECLS

#define SAGE_TYPE_GRID_LAYER (sage_grid_layer_get_type ())
G_DECLARE_FINAL_TYPE (SageGridLayer, sage_grid_layer, SAGE, GRID_LAYER, SageChartLayer)

SageChartLayer *sage_grid_layer_new (void);

G_END_DECLS
