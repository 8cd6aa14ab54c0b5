/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "sage-chart-series.h"

G_BEGIN_DECLS

#define SAGE_TYPE_CHART_SWATCH (sage_chart_swatch_get_type ())
G_DECLARE_FINAL_TYPE (SageChartSwatch, sage_chart_swatch, SAGE, CHART_SWATCH, GtkWidget)

GtkWidget *sage_chart_swatch_new        (SageChartSeries *series);
void       sage_chart_swatch_set_series (SageChartSwatch *self,
                                         SageChartSeries *series);

G_END_DECLS
