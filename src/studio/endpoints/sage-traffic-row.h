/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "sage-traffic.h"

G_BEGIN_DECLS

/* What one variant of an endpoint was asked: four figures and the course of the last minutes. */
#define SAGE_TYPE_TRAFFIC_ROW (sage_traffic_row_get_type ())

G_DECLARE_FINAL_TYPE (SageTrafficRow, sage_traffic_row, SAGE, TRAFFIC_ROW, GtkWidget)

GtkWidget *sage_traffic_row_new  (void);
void       sage_traffic_row_show (SageTrafficRow           *self,
                                  const SageTrafficFigures *figures,
                                  gboolean                  with_name);

G_END_DECLS
