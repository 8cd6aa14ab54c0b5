/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "sage-chart-series.h"

G_BEGIN_DECLS

#define SAGE_TYPE_CHART_READOUT (sage_chart_readout_get_type ())
G_DECLARE_FINAL_TYPE (SageChartReadout, sage_chart_readout, SAGE, CHART_READOUT, AdwBin)

SageChartReadout *sage_chart_readout_new    (void);
void              sage_chart_readout_begin  (SageChartReadout *self,
                                             const char       *title);
void              sage_chart_readout_add    (SageChartReadout *self,
                                             SageChartSeries  *series,
                                             const char       *value,
                                             gboolean          current);
void              sage_chart_readout_finish (SageChartReadout *self,
                                             guint             n_more);
void              sage_chart_readout_place  (SageChartReadout *self,
                                             double            x,
                                             double            y,
                                             int               width,
                                             int               height);

G_END_DECLS
