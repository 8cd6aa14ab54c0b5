/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "eng-auth.h"
#include "eng-engine.h"

G_BEGIN_DECLS

/* The engine's front: listens, routes and authenticates. */
typedef struct _EngServer EngServer;

EngServer  *eng_server_new    (EngEngine    *engine,
                               EngAuth      *auth);
gboolean    eng_server_listen (EngServer    *server,
                               const char   *socket_path,
                               guint16       port,
                               GError      **error);
guint16     eng_server_port   (EngServer    *server);
void        eng_server_free   (EngServer    *server);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EngServer, eng_server_free)

G_END_DECLS
