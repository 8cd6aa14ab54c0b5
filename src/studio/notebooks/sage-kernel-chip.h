/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "sage-notebook-kernel.h"

G_BEGIN_DECLS

/* The kernel of a notebook: its name, what it does, what it takes; a menu of what one can do. Property:
 * "narrow" (there is no room for all of that). */
#define SAGE_TYPE_KERNEL_CHIP (sage_kernel_chip_get_type ())

G_DECLARE_FINAL_TYPE (SageKernelChip, sage_kernel_chip, SAGE, KERNEL_CHIP, AdwBin)

void sage_kernel_chip_set_kernel (SageKernelChip     *self,
                                  SageNotebookKernel *kernel);

G_END_DECLS
