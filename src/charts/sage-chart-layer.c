/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-chart-layer"

#include "config.h"

#include "sage-chart-layer.h"

static guint changed_signal;

G_DEFINE_ABSTRACT_TYPE (SageChartLayer, sage_chart_layer, G_TYPE_OBJECT)

static void
sage_chart_layer_class_init (SageChartLayerClass *klass)
{
  /**
   * SageChartLayer::changed:
   *
   * The layer would now draw or measure differently.
   */
  changed_signal = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_FIRST, 0,
                                 NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
sage_chart_layer_init (SageChartLayer *self)
{
}

/**
 * sage_chart_layer_measure:
 * @from: where the chart begins, an x value; may be minus infinity
 * @to: where it ends; may be infinity
 * @needs: (inout): grows by what the layer has to show
 */
void
sage_chart_layer_measure (SageChartLayer *self,
                          double          from,
                          double          to,
                          SageChartNeeds *needs)
{
  SageChartLayerClass *klass = SAGE_CHART_LAYER_GET_CLASS (self);

  g_return_if_fail (SAGE_IS_CHART_LAYER (self));

  if (klass->measure != NULL)
    klass->measure (self, from, to, needs);
}

/**
 * sage_chart_layer_snapshot:
 * @snapshot: where to draw
 * @plot: what is where
 */
void
sage_chart_layer_snapshot (SageChartLayer      *self,
                           GtkSnapshot         *snapshot,
                           const SageChartPlot *plot)
{
  SageChartLayerClass *klass = SAGE_CHART_LAYER_GET_CLASS (self);

  g_return_if_fail (SAGE_IS_CHART_LAYER (self));

  if (klass->snapshot != NULL)
    klass->snapshot (self, snapshot, plot);
}

/**
 * sage_chart_layer_changed:
 *
 * Has charts draw the layer anew, once for any number of calls before the next frame.
 */
void
sage_chart_layer_changed (SageChartLayer *self)
{
  g_return_if_fail (SAGE_IS_CHART_LAYER (self));

  g_signal_emit (self, changed_signal, 0);
}
