/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtksourceview/gtksource.h>

#include "sage-notebook-kernel.h"

G_BEGIN_DECLS

/*
 * Shows the signature of the call that is being written over it, with the parameter that comes next,
 * as far as the kernel knows it and is free to tell.
 */
void sage_signature_help_add  (GtkTextView        *view,
                               SageNotebookKernel *kernel);
void sage_signature_help_show (GtkTextView        *view);

G_END_DECLS
