/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-connection.h"

G_BEGIN_DECLS

/**
 * SageFeedFunc:
 * @resource: something of the engine's
 * @user_data: what sage_feed_new() was given
 *
 * Returns: whether it belongs into the feed as it is now
 */
typedef gboolean (*SageFeedFunc) (SageResource *resource,
                                  gpointer      user_data);

/*
 * The newest things of some kinds for which something holds, now and as they change: a short
 * GListModel of SageResource, newest first. Properties: "total", how many there are in all, "loaded", "error".
 */
#define SAGE_TYPE_FEED (sage_feed_get_type ())

G_DECLARE_FINAL_TYPE (SageFeed, sage_feed, SAGE, FEED, GObject)

SageFeed     *sage_feed_new        (SageConnection *connection,
                                    SageFeedFunc    belongs,
                                    gpointer        user_data,
                                    guint           most,
                                    const int      *kinds);
GListModel   *sage_feed_get_model  (SageFeed       *self);
guint         sage_feed_get_total  (SageFeed       *self);
gboolean      sage_feed_get_loaded (SageFeed       *self);
const GError *sage_feed_get_error  (SageFeed       *self);

G_END_DECLS
