/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-chart-export.h"

G_BEGIN_DECLS

void sage_chart_save (GtkWidget           *widget,
                      SageChart           *chart,
                      const char          *title,
                      SageChartExportKind  kind);

G_END_DECLS
