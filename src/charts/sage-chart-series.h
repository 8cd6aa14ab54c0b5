/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

#include "sage-chart-data.h"

G_BEGIN_DECLS

#define SAGE_CHART_COLOUR_AUTOMATIC (G_MAXUINT)

#define SAGE_TYPE_CHART_SERIES (sage_chart_series_get_type ())
G_DECLARE_FINAL_TYPE (SageChartSeries, sage_chart_series, SAGE, CHART_SERIES, GObject)

SageChartSeries *sage_chart_series_new          (const char      *name);
void             sage_chart_series_append       (SageChartSeries *self,
                                                 double           x,
                                                 double           y);
void             sage_chart_series_append_many  (SageChartSeries *self,
                                                 const double    *x,
                                                 const double    *y,
                                                 gsize            n_points);
void             sage_chart_series_clear        (SageChartSeries *self);
SageChartData   *sage_chart_series_get_data     (SageChartSeries *self);
guint64          sage_chart_series_get_n_points (SageChartSeries *self);
const char      *sage_chart_series_get_name     (SageChartSeries *self);
void             sage_chart_series_set_name     (SageChartSeries *self,
                                                 const char      *name);
gboolean         sage_chart_series_get_visible  (SageChartSeries *self);
void             sage_chart_series_set_visible  (SageChartSeries *self,
                                                 gboolean         visible);
guint            sage_chart_series_get_colour   (SageChartSeries *self);
void             sage_chart_series_set_colour   (SageChartSeries *self,
                                                 guint            colour);

G_END_DECLS
