/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The inference data plane: answers `POST /endpoints/NAME/invocations`. */
typedef struct _GwGateway GwGateway;

typedef struct
{
  const char *routes;      /* path of the routes */
  const char *credentials; /* (nullable): path of the access keys */
  const char *socket;      /* (nullable): path of the Unix socket */
  int         port;        /* on the loopback address; 0: a free one; -1: none */
  const char *region;      /* (nullable): that signatures must name; NULL: any */
  const char *account;
} GwOptions;

GwGateway *gw_gateway_new    (const GwOptions *options,
                              GError         **error);
void       gw_gateway_free   (GwGateway       *gateway);
guint16    gw_gateway_port   (GwGateway       *gateway);
void       gw_gateway_reload (GwGateway       *gateway);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GwGateway, gw_gateway_free)

G_END_DECLS
