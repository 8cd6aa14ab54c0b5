/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-connection-private.h"
#include "sage-event-queue-private.h"
#include "sage-watcher-private.h"

G_BEGIN_DECLS

void sage_news_take (SageConnection         *connection,
                     SageWatcher            *watcher,
                     const SageNews * const *news,
                     guint                   n);

G_END_DECLS
