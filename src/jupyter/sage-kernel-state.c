/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-kernel-state"

#include "config.h"

#include "sage-kernel-state.h"

G_DEFINE_ENUM_TYPE (SageKernelState, sage_kernel_state,
  G_DEFINE_ENUM_VALUE (SAGE_KERNEL_UNKNOWN, "unknown"),
  G_DEFINE_ENUM_VALUE (SAGE_KERNEL_STARTING, "starting"),
  G_DEFINE_ENUM_VALUE (SAGE_KERNEL_IDLE, "idle"),
  G_DEFINE_ENUM_VALUE (SAGE_KERNEL_BUSY, "busy"),
  G_DEFINE_ENUM_VALUE (SAGE_KERNEL_RESTARTING, "restarting"),
  G_DEFINE_ENUM_VALUE (SAGE_KERNEL_DEAD, "dead"))

/**
 * sage_kernel_state_parse:
 * @text: (nullable): an `execution_state` of a status message or of a server's model
 *
 * Returns: what it stands for; %SAGE_KERNEL_UNKNOWN for a word of no meaning here
 */
SageKernelState
sage_kernel_state_parse (const char *text)
{
  static const struct
  {
    const char      *text;
    SageKernelState  state;
  } words[] = {
    { "starting", SAGE_KERNEL_STARTING },
    { "idle", SAGE_KERNEL_IDLE },
    { "busy", SAGE_KERNEL_BUSY },
    { "restarting", SAGE_KERNEL_RESTARTING },
    { "autorestarting", SAGE_KERNEL_RESTARTING }, /* JupyterLab's word for it */
    { "dead", SAGE_KERNEL_DEAD },
    { "terminating", SAGE_KERNEL_DEAD },
    { "terminated", SAGE_KERNEL_DEAD },
  };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_strcmp0 (text, words[i].text) == 0)
      return words[i].state;

  return SAGE_KERNEL_UNKNOWN;
}
