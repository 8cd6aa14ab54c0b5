/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "sage-chart.h"

G_BEGIN_DECLS

#define SAGE_TYPE_CHART_CARD (sage_chart_card_get_type ())
G_DECLARE_FINAL_TYPE (SageChartCard, sage_chart_card, SAGE, CHART_CARD, AdwBin)

GtkWidget  *sage_chart_card_new            (const char      *title);
void        sage_chart_card_add_series     (SageChartCard   *self,
                                            SageChartSeries *series);
void        sage_chart_card_remove_all     (SageChartCard   *self);
SageChart  *sage_chart_card_get_chart      (SageChartCard   *self);
const char *sage_chart_card_get_title      (SageChartCard   *self);
void        sage_chart_card_set_title      (SageChartCard   *self,
                                            const char      *title);
gboolean    sage_chart_card_get_show_table (SageChartCard   *self);
void        sage_chart_card_set_show_table (SageChartCard   *self,
                                            gboolean         show_table);

G_END_DECLS
