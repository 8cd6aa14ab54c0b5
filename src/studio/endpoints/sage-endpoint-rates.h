/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-connection.h"
#include "sage-traffic.h"

G_BEGIN_DECLS

/*
 * What each endpoint of an engine is asked, for a list of them: one question tells of all. Signals:
 * "changed".
 */
#define SAGE_TYPE_ENDPOINT_RATES (sage_endpoint_rates_get_type ())

G_DECLARE_FINAL_TYPE (SageEndpointRates, sage_endpoint_rates, SAGE, ENDPOINT_RATES, GObject)

SageEndpointRates *sage_endpoint_rates_new        (SageConnection     *connection);
void               sage_endpoint_rates_set_active (SageEndpointRates  *self,
                                                   gboolean            active);
gboolean           sage_endpoint_rates_read       (SageEndpointRates  *self,
                                                   const char         *endpoint,
                                                   SageTrafficFigures *figures);

G_END_DECLS
