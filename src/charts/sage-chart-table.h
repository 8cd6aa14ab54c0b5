/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "sage-chart.h"

G_BEGIN_DECLS

#define SAGE_TYPE_CHART_TABLE (sage_chart_table_get_type ())
G_DECLARE_FINAL_TYPE (SageChartTable, sage_chart_table, SAGE, CHART_TABLE, AdwBin)

void sage_chart_table_set_chart  (SageChartTable *self,
                                  SageChart      *chart);
void sage_chart_table_set_active (SageChartTable *self,
                                  gboolean        active);

G_END_DECLS
