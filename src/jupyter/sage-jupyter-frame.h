/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-jupyter-message.h"

G_BEGIN_DECLS

/* How messages are laid out on a WebSocket:
 * <https://jupyter-server.readthedocs.io/en/latest/developers/websocket-protocols.html>. */
typedef enum
{
  SAGE_JUPYTER_FRAMING_DEFAULT, /* JSON text; binary where there are buffers */
  SAGE_JUPYTER_FRAMING_V1,      /* binary, the kernel's own bytes */
} SageJupyterFraming;

/* The name of the second as a WebSocket subprotocol; the first has none. */
#define SAGE_JUPYTER_V1_PROTOCOL "v1.kernel.websocket.jupyter.org"

GBytes             *sage_jupyter_frame_write (SageJupyterMessage  *message,
                                              SageJupyterFraming   framing,
                                              gboolean            *is_text);
SageJupyterMessage *sage_jupyter_frame_read  (GBytes              *frame,
                                              SageJupyterFraming   framing,
                                              gboolean             is_text,
                                              GError             **error);

G_END_DECLS
