/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-connection-private.h"

G_BEGIN_DECLS

/* Keeps the descriptions of watched resources up to date, and asks once for the facts that events do
 * not tell. Belongs to a connection. */
typedef struct _SageWatcher SageWatcher;

SageWatcher *sage_watcher_new       (SageConnection *connection);
void         sage_watcher_free      (SageWatcher    *self);
void         sage_watcher_watch     (SageWatcher    *self,
                                     SageResource   *resource);
void         sage_watcher_unwatch   (SageWatcher    *self,
                                     SageResource   *resource);
gboolean     sage_watcher_is_idle   (SageWatcher    *self);
void         sage_watcher_touch     (SageWatcher    *self,
                                     SageResource   *resource);
gboolean     sage_watcher_ask_once  (SageWatcher    *self,
                                     SageResource   *resource);
void         sage_watcher_touch_all (SageWatcher    *self);
void         sage_watcher_away      (SageWatcher    *self);
guint        sage_watcher_changes   (SageWatcher    *self);

G_END_DECLS
