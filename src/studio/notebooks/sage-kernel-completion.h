/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtksourceview/gtksource.h>

#include "sage-notebook-kernel.h"

G_BEGIN_DECLS

/* Completes code by what the kernel knows. A kernel that works is not asked: it would answer after that. */
#define SAGE_TYPE_KERNEL_COMPLETION (sage_kernel_completion_get_type ())

G_DECLARE_FINAL_TYPE (SageKernelCompletion, sage_kernel_completion, SAGE, KERNEL_COMPLETION, GObject)

void sage_kernel_completion_add (GtkSourceView      *view,
                                 SageNotebookKernel *kernel);

G_END_DECLS
