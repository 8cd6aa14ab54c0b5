/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-jupyter-message.h"
#include "sage-jupyter-text-private.h"

G_BEGIN_DECLS

struct _SageJupyterMessage
{
  gatomicrefcount     refs;
  SageJupyterChannel  channel;
  SageJupyterText     texts[SAGE_JUPYTER_N_PARTS]; /* (owned) */
  JsonNode           *nodes[SAGE_JUPYTER_N_PARTS]; /* (owned) (nullable): objects, from the time
                                                    * that they are asked for */
  GPtrArray          *buffers;                     /* (owned) (nullable): of GBytes */
};

SageJupyterMessage *sage_jupyter_message_alloc (SageJupyterChannel channel);

G_END_DECLS
