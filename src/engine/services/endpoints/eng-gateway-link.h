/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "eng-engine.h"

G_BEGIN_DECLS

/* The engine's side of the gateway: starts it, writes its routing table, asks what became of it.
 * Thread-safe. */
typedef struct _EngGatewayLink EngGatewayLink;

EngGatewayLink *eng_gateway_link_new    (EngEngine       *engine,
                                         GError         **error);
void            eng_gateway_link_free   (EngGatewayLink  *link);
gboolean        eng_gateway_link_ensure (EngGatewayLink  *link,
                                         int             *quit,
                                         GError         **error);
gboolean        eng_gateway_link_route  (EngGatewayLink  *link,
                                         const char      *endpoint,
                                         const char      *variant,
                                         JsonObject      *backend,
                                         GError         **error);
gboolean        eng_gateway_link_forget (EngGatewayLink  *link,
                                         const char      *endpoint,
                                         GError         **error);
gboolean        eng_gateway_link_await  (EngGatewayLink  *link,
                                         const char      *endpoint,
                                         int             *quit,
                                         GError         **error);
gint64          eng_gateway_link_answered (EngGatewayLink *link,
                                         const char      *endpoint);
guint           eng_gateway_link_port   (EngGatewayLink  *link);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EngGatewayLink, eng_gateway_link_free)

G_END_DECLS
