/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "sage-event-stream.h"

G_BEGIN_DECLS

JsonNode *sage_event_parse (GBytes    *text,
                            SageEvent *event,
                            gboolean  *usable);

G_END_DECLS
