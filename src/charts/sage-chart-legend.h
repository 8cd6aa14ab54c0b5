/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-chart.h"

G_BEGIN_DECLS

#define SAGE_TYPE_CHART_LEGEND (sage_chart_legend_get_type ())
G_DECLARE_FINAL_TYPE (SageChartLegend, sage_chart_legend, SAGE, CHART_LEGEND, GtkWidget)

void sage_chart_legend_set_chart (SageChartLegend *self,
                                  SageChart       *chart);

G_END_DECLS
