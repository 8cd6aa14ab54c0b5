/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-jupyter-frame.h"

G_BEGIN_DECLS

GBytes             *sage_jupyter_frame_write_default (SageJupyterMessage  *message,
                                                      gboolean            *is_text);
SageJupyterMessage *sage_jupyter_frame_read_default  (GBytes              *frame,
                                                      gboolean             is_text,
                                                      GError             **error);

G_END_DECLS
