/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "eng-auth.h"
#include "eng-config.h"
#include "eng-engine.h"

G_BEGIN_DECLS

/* The engine's front: listens, routes and authenticates. */
typedef struct _EngServer EngServer;

EngServer  *eng_server_new    (EngEngine    *engine,
                               EngAuth      *auth,
                               const EngConfig *config);
gboolean    eng_server_listen (EngServer    *server,
                               const char   *socket_path,
                               guint16       port,
                               GError      **error);
gboolean    eng_server_listen_public (EngServer        *server,
                                      const EngConfig  *config,
                                      SageHttpTls      *tls,
                                      GError          **error);
const char *eng_server_public_url (EngServer *server);
void        eng_server_set_tls (EngServer   *server,
                                SageHttpTls *tls);
gboolean    eng_server_port_is_free (guint16 port);
guint16     eng_server_port   (EngServer    *server);
void        eng_server_free   (EngServer    *server);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EngServer, eng_server_free)

G_END_DECLS
