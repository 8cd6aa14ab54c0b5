/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libsoup/soup.h>

#include "sage-jupyter-frame.h"
#include "kernel-fixture.h"

/* A server that does what a test tells it to, in the test's own main loop. */
typedef struct
{
  SoupServer              *server;        /* (owned) */
  char                    *url;           /* (owned) */
  gboolean                 is_sagebrush;
  guint                    refusal;       /* (0: none): the status it answers calls with */
  gboolean                 is_mute;       /* does not answer kernel_info_request */
  SageJupyterFraming       framing;
  SoupWebsocketConnection *socket;        /* (owned) (nullable): the newest */
  guint                    n_connections;
  gint64                   after;         /* of the newest; -1: not given */
  GPtrArray               *received;      /* (owned): of SageJupyterMessage, without kernel_info_request */
} ScriptedPeer;

void                scripted_peer_init       (ScriptedPeer       *peer,
                                              gboolean            is_sagebrush,
                                              SageJupyterFraming  framing);
void                scripted_peer_clear      (ScriptedPeer       *peer);
SageJupyterMessage *scripted_message         (SageJupyterMessage *parent,
                                              SageJupyterChannel  channel,
                                              const char         *msg_type,
                                              const char         *content);
void                scripted_peer_send       (ScriptedPeer       *peer,
                                              SageJupyterMessage *message);
void                scripted_peer_say        (ScriptedPeer       *peer,
                                              SageJupyterMessage *parent,
                                              SageJupyterChannel  channel,
                                              const char         *msg_type,
                                              const char         *content,
                                              gint64              seq);
void                scripted_peer_write_raw  (ScriptedPeer       *peer,
                                              const void         *data,
                                              gsize               length);
void                scripted_peer_cut        (ScriptedPeer       *peer);
