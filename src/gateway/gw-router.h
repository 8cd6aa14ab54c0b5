/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "gw-table.h"

G_BEGIN_DECLS

/* Keeps the table of routes: reads it from its file, loads models, swaps tables. */
typedef struct _GwRouter GwRouter;

/* Called on the main context when a table was swapped or a model's loading ended. */
typedef void (*GwChangedFunc) (gpointer user_data);

GwRouter *gw_router_new      (const char     *routes_path,
                              const char     *credentials_path,
                              GwChangedFunc   changed,
                              gpointer        user_data);
void      gw_router_free     (GwRouter       *router);
void      gw_router_reload   (GwRouter       *router);
GwTable  *gw_router_table    (GwRouter       *router);
gboolean  gw_router_settled  (GwRouter       *router,
                              gint64          version,
                              const char     *name);
char     *gw_router_describe (GwRouter       *router);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GwRouter, gw_router_free)

G_END_DECLS
