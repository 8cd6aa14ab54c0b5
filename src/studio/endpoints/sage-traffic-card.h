/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "sage-connection.h"

G_BEGIN_DECLS

/*
 * What an endpoint is asked, live: a card with a row for each of its variants. It asks the engine while
 * it is active, which its page is for as long as it is in sight, and hides itself where an engine has
 * nothing to tell.
 */
#define SAGE_TYPE_TRAFFIC_CARD (sage_traffic_card_get_type ())

G_DECLARE_FINAL_TYPE (SageTrafficCard, sage_traffic_card, SAGE, TRAFFIC_CARD, GtkWidget)

GtkWidget *sage_traffic_card_new        (void);
void       sage_traffic_card_follow     (SageTrafficCard *self,
                                         SageConnection  *connection,
                                         const char      *endpoint);
void       sage_traffic_card_set_active (SageTrafficCard *self,
                                         gboolean         active);

G_END_DECLS
