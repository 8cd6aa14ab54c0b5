/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-chart-data.h"

G_BEGIN_DECLS

/* The domain of an axis and how values lie in it. Always finite and min < max; above zero when
 * logarithmic. */
typedef struct
{
  double   min;
  double   max;
  gboolean logarithmic;
} SageChartScale;

gboolean sage_chart_scale_fit          (SageChartScale        *self,
                                        const SageChartExtent *extent,
                                        gboolean               logarithmic);
double   sage_chart_scale_get_position (const SageChartScale  *self,
                                        double                 value);
double   sage_chart_scale_get_value    (const SageChartScale  *self,
                                        double                 position);
double   sage_chart_scale_get_span     (const SageChartScale  *self);
gboolean sage_chart_scale_crop         (const SageChartScale  *self,
                                        double                 from,
                                        double                 to,
                                        SageChartScale        *cropped);

G_END_DECLS
