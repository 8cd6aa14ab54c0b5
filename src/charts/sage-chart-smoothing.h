/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-chart-data.h"

G_BEGIN_DECLS

/* The running average of one line, kept up with it as it grows. */
typedef struct _SageChartSmoothing SageChartSmoothing;

SageChartSmoothing *sage_chart_smoothing_new   (void);
void                sage_chart_smoothing_free  (SageChartSmoothing *self);
SageChartData      *sage_chart_smoothing_apply (SageChartSmoothing *self,
                                                SageChartData      *source,
                                                double              weight);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SageChartSmoothing, sage_chart_smoothing_free)

G_END_DECLS
