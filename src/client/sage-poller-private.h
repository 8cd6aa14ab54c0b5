/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-connection-private.h"
#include "sage-watcher-private.h"

G_BEGIN_DECLS

/* Asks an engine without an event stream what is new: often while something happens, seldom while
 * nothing does. Belongs to a connection. */
typedef struct _SagePoller SagePoller;

SagePoller *sage_poller_new        (SageConnection *connection,
                                    SageWatcher    *watcher);
void        sage_poller_free       (SagePoller     *self);
void        sage_poller_set_active (SagePoller     *self,
                                    gboolean        active);
void        sage_poller_hurry      (SagePoller     *self);

G_END_DECLS
