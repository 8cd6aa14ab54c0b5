/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The channels of a kernel that carry messages (Jupyter messaging 5.4; the heartbeat carries none). */
typedef enum
{
  SAGE_JUPYTER_SHELL,
  SAGE_JUPYTER_IOPUB,
  SAGE_JUPYTER_STDIN,
  SAGE_JUPYTER_CONTROL,
} SageJupyterChannel;

#define SAGE_JUPYTER_N_CHANNELS 4

const char *sage_jupyter_channel_name  (SageJupyterChannel   channel);
gboolean    sage_jupyter_channel_parse (const char          *name,
                                        gsize                length,
                                        SageJupyterChannel  *channel);

G_END_DECLS
