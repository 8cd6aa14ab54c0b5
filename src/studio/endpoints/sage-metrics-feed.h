/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-connection.h"

G_BEGIN_DECLS

/*
 * What an engine has counted, read again and again while it is active and the engine is connected.
 * Signals: "answer" (JsonObject *answer); "failed" (const GError *error): what it is, which the next
 * answer ends. An engine that has nothing at the path is asked no more until the feed is active anew.
 */
#define SAGE_TYPE_METRICS_FEED (sage_metrics_feed_get_type ())

G_DECLARE_FINAL_TYPE (SageMetricsFeed, sage_metrics_feed, SAGE, METRICS_FEED, GObject)

SageMetricsFeed *sage_metrics_feed_new        (SageConnection  *connection,
                                               const char      *endpoint);
void             sage_metrics_feed_set_active (SageMetricsFeed *self,
                                               gboolean         active);

G_END_DECLS
