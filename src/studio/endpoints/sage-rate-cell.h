/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "sage-endpoint-rates.h"

G_BEGIN_DECLS

/* A cell of a list: requests per second of an endpoint, and their course. */
#define SAGE_TYPE_RATE_CELL (sage_rate_cell_get_type ())

G_DECLARE_FINAL_TYPE (SageRateCell, sage_rate_cell, SAGE, RATE_CELL, GtkWidget)

GtkWidget *sage_rate_cell_new          (SageEndpointRates *rates);
void       sage_rate_cell_set_endpoint (SageRateCell      *self,
                                        const char        *endpoint);

G_END_DECLS
