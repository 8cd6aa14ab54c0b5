/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "sage-connection.h"

G_BEGIN_DECLS

/* The executed notebook that a notebook job keeps. */

gboolean sage_executed_notebook_is_of       (JsonObject          *request);
void     sage_executed_notebook_open_async  (GtkWidget           *widget,
                                             SageConnection      *connection,
                                             const char          *job,
                                             GCancellable        *cancellable,
                                             GAsyncReadyCallback  callback,
                                             gpointer             user_data);
gboolean sage_executed_notebook_open_finish (GtkWidget           *widget,
                                             GAsyncResult        *result);

G_END_DECLS
