/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "sage-notebook-kernel.h"

G_BEGIN_DECLS

/* Asking a kernel of what stands in a source. One that works is not asked: it would answer after that. */
gboolean    sage_kernel_is_free        (SageNotebookKernel  *kernel);
JsonObject *sage_kernel_make_question  (GtkTextBuffer       *buffer);
void        sage_kernel_inspect_async  (SageNotebookKernel  *kernel,
                                        JsonObject          *question,
                                        GCancellable        *cancellable,
                                        GAsyncReadyCallback  callback,
                                        gpointer             user_data);
char       *sage_kernel_inspect_finish (SageNotebookKernel  *kernel,
                                        GAsyncResult        *result,
                                        GError             **error);

/* Popovers at a place in a text view. */
void        sage_kernel_place_popover  (GtkPopover          *popover,
                                        GtkTextView         *view,
                                        const GtkTextIter   *at);
void        sage_kernel_show_docs      (GtkTextView         *view,
                                        SageNotebookKernel  *kernel);

G_END_DECLS
