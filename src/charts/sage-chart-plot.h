/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "sage-chart-decimate.h"
#include "sage-chart-ticks.h"

G_BEGIN_DECLS

/* What a chart looks like apart from its data. */
typedef struct
{
  GdkRGBA   foreground;
  GdkRGBA   accent;
  gboolean  dark;
  gboolean  high_contrast;
  gboolean  rtl;          /* the axis runs from right to left, values are read on the right */
  double    scale_factor; /* device pixels in a pixel */
} SageChartStyle;

/* What its axes show. */
typedef struct
{
  SageChartScale   x;
  SageChartScale   y;            /* as the values are; the plot rounds it out */
  SageChartFormat  x_format;
  SageChartFormat  y_format;
  gboolean         whole_x;
  const char      *x_label;      /* (nullable) */
  const char      *y_label;      /* (nullable) */
} SageChartAxes;

/* A chart laid out for one size: where the area is, which ticks there are, what value is where.
 * Layers draw by it. Pixels are those of the chart, from its top left. */
typedef struct
{
  SageChartStyle    style;
  SageChartFrame    frame;
  graphene_rect_t   area;    /* where lines are drawn */
  graphene_size_t   size;    /* of the chart */
  double            line_height;
  PangoContext     *pango;   /* (owned) */
  GArray           *x_ticks; /* (owned): of SageChartTick */
  GArray           *y_ticks; /* (owned): of SageChartTick */
  char             *x_label; /* (owned) (nullable) */
  char             *y_label; /* (owned) (nullable) */
} SageChartPlot;

SageChartPlot *sage_chart_plot_new         (PangoContext         *pango,
                                            double                width,
                                            double                height,
                                            const SageChartStyle *style,
                                            const SageChartAxes  *axes);
void           sage_chart_plot_free        (SageChartPlot        *self);
double         sage_chart_plot_get_x       (const SageChartPlot  *self,
                                            double                value);
double         sage_chart_plot_get_y       (const SageChartPlot  *self,
                                            double                value);
double         sage_chart_plot_get_value   (const SageChartPlot  *self,
                                            double                x);
PangoLayout   *sage_chart_plot_new_text    (const SageChartPlot  *self,
                                            const char           *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SageChartPlot, sage_chart_plot_free)

G_END_DECLS
