/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-chart-format.h"
#include "sage-chart-layer.h"
#include "sage-chart-series.h"

G_BEGIN_DECLS

#define SAGE_TYPE_CHART (sage_chart_get_type ())
G_DECLARE_FINAL_TYPE (SageChart, sage_chart, SAGE, CHART, GtkWidget)

GtkWidget       *sage_chart_new             (void);

void             sage_chart_add_series      (SageChart       *self,
                                             SageChartSeries *series);
void             sage_chart_remove_series   (SageChart       *self,
                                             SageChartSeries *series);
void             sage_chart_remove_all      (SageChart       *self);
GListModel      *sage_chart_get_series      (SageChart       *self);
void             sage_chart_add_layer       (SageChart       *self,
                                             SageChartLayer  *layer);

gboolean         sage_chart_get_logarithmic (SageChart       *self);
void             sage_chart_set_logarithmic (SageChart       *self,
                                             gboolean         logarithmic);
double           sage_chart_get_smoothing   (SageChart       *self);
void             sage_chart_set_smoothing   (SageChart       *self,
                                             double           smoothing);
void             sage_chart_set_highlight   (SageChart       *self,
                                             SageChartSeries *series);
char            *sage_chart_describe        (SageChart       *self);

gboolean         sage_chart_get_zoomed      (SageChart       *self);
void             sage_chart_get_range       (SageChart       *self,
                                             double          *from,
                                             double          *to);
void             sage_chart_zoom_to         (SageChart       *self,
                                             double           from,
                                             double           to);
void             sage_chart_zoom_by         (SageChart       *self,
                                             double           factor,
                                             double           around);
void             sage_chart_pan_by          (SageChart       *self,
                                             double           part);
void             sage_chart_reset_zoom      (SageChart       *self);

double           sage_chart_get_cursor_x    (SageChart       *self);
void             sage_chart_set_cursor_x    (SageChart       *self,
                                             double           x);
const char      *sage_chart_get_cursor_text (SageChart       *self);

void             sage_chart_draw            (SageChart       *self,
                                             GtkSnapshot     *snapshot,
                                             double           width,
                                             double           height,
                                             double           scale_factor);

G_END_DECLS
