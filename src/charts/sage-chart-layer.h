/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-chart-plot.h"

G_BEGIN_DECLS

/* One thing that a chart draws: a grid, lines, marks. A chart stacks layers and keeps what each
 * has drawn until it or the chart changes. */
#define SAGE_TYPE_CHART_LAYER (sage_chart_layer_get_type ())
G_DECLARE_DERIVABLE_TYPE (SageChartLayer, sage_chart_layer, SAGE, CHART_LAYER, GObject)

/* What a layer wants to be seen. */
typedef struct
{
  SageChartExtent x;
  SageChartExtent y;
  gboolean        whole_x; /* nothing lies between whole numbers of x */
} SageChartNeeds;

struct _SageChartLayerClass
{
  GObjectClass parent_class;

  /* Adds what the layer has to show to @needs: in x all of it, in y what lies between the x values
   * @from and @to. A layer that only accompanies others leaves it out. */
  void (*measure)  (SageChartLayer      *self,
                    double               from,
                    double               to,
                    SageChartNeeds      *needs);

  /* Draws, in pixels of the chart. */
  void (*snapshot) (SageChartLayer      *self,
                    GtkSnapshot         *snapshot,
                    const SageChartPlot *plot);
};

void sage_chart_layer_measure  (SageChartLayer      *self,
                                double               from,
                                double               to,
                                SageChartNeeds      *needs);
void sage_chart_layer_snapshot (SageChartLayer      *self,
                                GtkSnapshot         *snapshot,
                                const SageChartPlot *plot);
void sage_chart_layer_changed  (SageChartLayer      *self);

G_END_DECLS
