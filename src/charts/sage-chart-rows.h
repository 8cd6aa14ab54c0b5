/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "sage-chart-series.h"

G_BEGIN_DECLS

/* One place of the x axis, and the values there. */
#define SAGE_TYPE_CHART_ROW (sage_chart_row_get_type ())
G_DECLARE_FINAL_TYPE (SageChartRow, sage_chart_row, SAGE, CHART_ROW, GObject)

double         sage_chart_row_get_x       (SageChartRow    *self);
gboolean       sage_chart_row_get_value   (SageChartRow    *self,
                                           SageChartSeries *series,
                                           double          *value);
void           sage_chart_row_append_text (SageChartRow    *self,
                                           GListModel      *series,
                                           char             separator,
                                           GString         *text);

#define SAGE_TYPE_CHART_ROWS (sage_chart_rows_get_type ())
G_DECLARE_FINAL_TYPE (SageChartRows, sage_chart_rows, SAGE, CHART_ROWS, GObject)

SageChartRows *sage_chart_rows_new        (GListModel      *series);
void           sage_chart_rows_update     (SageChartRows   *self);

G_END_DECLS
