/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-jupyter"

#include "config.h"

#include <string.h>

#include "sage-jupyter-channel.h"

static const char *const names[SAGE_JUPYTER_N_CHANNELS] = { "shell", "iopub", "stdin", "control" };

/**
 * sage_jupyter_channel_name:
 * @channel: a channel
 *
 * Returns: (transfer none): its name on the wire
 */
const char *
sage_jupyter_channel_name (SageJupyterChannel channel)
{
  g_return_val_if_fail ((guint) channel < SAGE_JUPYTER_N_CHANNELS, NULL);

  return names[channel];
}

/**
 * sage_jupyter_channel_parse:
 * @name: a name from the wire; need not end in NUL
 * @length: its bytes
 * @channel: (out): the channel
 *
 * Returns: whether @name is a channel's
 */
gboolean
sage_jupyter_channel_parse (const char         *name,
                            gsize               length,
                            SageJupyterChannel *channel)
{
  for (guint i = 0; i < SAGE_JUPYTER_N_CHANNELS; i++)
    if (strlen (names[i]) == length && memcmp (names[i], name, length) == 0)
      {
        *channel = (SageJupyterChannel) i;
        return TRUE;
      }

  return FALSE;
}
