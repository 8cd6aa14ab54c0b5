/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-chart.h"

G_BEGIN_DECLS

typedef enum {
  SAGE_CHART_EXPORT_PNG,
  SAGE_CHART_EXPORT_SVG,
  SAGE_CHART_EXPORT_CSV,
} SageChartExportKind;

GBytes *sage_chart_export_to_bytes (SageChart            *chart,
                                    const char           *title,
                                    SageChartExportKind   kind,
                                    GError              **error);

G_END_DECLS
