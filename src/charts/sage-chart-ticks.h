/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-chart-format.h"
#include "sage-chart-scale.h"

G_BEGIN_DECLS

typedef struct
{
  double  value;
  char   *label; /* (owned) */
} SageChartTick;

GArray *sage_chart_ticks_new       (const SageChartScale *scale,
                                    SageChartFormat       format,
                                    gboolean              whole,
                                    guint                 max_ticks);
void    sage_chart_ticks_round_out (SageChartScale       *scale,
                                    SageChartFormat       format,
                                    guint                 max_ticks);

G_END_DECLS
