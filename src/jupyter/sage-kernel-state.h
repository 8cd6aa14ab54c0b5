/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * SageKernelState:
 * @SAGE_KERNEL_UNKNOWN: nobody said yet
 * @SAGE_KERNEL_STARTING: its process is there and does not answer yet
 * @SAGE_KERNEL_IDLE: it waits for something to do
 * @SAGE_KERNEL_BUSY: it works
 * @SAGE_KERNEL_RESTARTING: it ended and is being started again; what it held is gone
 * @SAGE_KERNEL_DEAD: it ended and stays so until someone restarts it
 *
 * What a kernel does.
 */
typedef enum
{
  SAGE_KERNEL_UNKNOWN,
  SAGE_KERNEL_STARTING,
  SAGE_KERNEL_IDLE,
  SAGE_KERNEL_BUSY,
  SAGE_KERNEL_RESTARTING,
  SAGE_KERNEL_DEAD,
} SageKernelState;

#define SAGE_TYPE_KERNEL_STATE (sage_kernel_state_get_type ())

GType           sage_kernel_state_get_type (void);
SageKernelState sage_kernel_state_parse    (const char *text);

G_END_DECLS
