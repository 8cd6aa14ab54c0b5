/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-jupyter-message.h"

G_BEGIN_DECLS

SageJupyterMessage *sage_jupyter_wire_read  (SageJupyterChannel   channel,
                                             GBytes *const       *frames,
                                             guint                n_frames,
                                             const char          *key,
                                             GError             **error);
GPtrArray          *sage_jupyter_wire_write (SageJupyterMessage  *message,
                                             const char          *key);

G_END_DECLS
