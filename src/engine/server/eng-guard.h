/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libsoup/soup.h>

#include "eng-caller.h"

G_BEGIN_DECLS

/* Sees to it that who may no longer call does not go on listening either. */
typedef struct _EngGuard EngGuard;

EngGuard *eng_guard_new   (EngEngine               *engine,
                           const EngCaller         *caller);
void      eng_guard_free  (EngGuard                *guard);
void      eng_guard_watch (EngGuard                *guard,
                           SoupWebsocketConnection *socket);

G_END_DECLS
