/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "sage-connection.h"

G_BEGIN_DECLS

/*
 * For what cannot be taken back: a dialog that names the consequences, with the verb on its button
 * and Cancel as the default. On a connection whose colour is red, the name must be typed.
 */
void     sage_confirm_async         (GtkWidget            *widget,
                                     SageConnection       *connection,
                                     const char           *heading,
                                     const char           *body,
                                     const char           *verb,
                                     const char           *name,
                                     GCancellable         *cancellable,
                                     GAsyncReadyCallback   callback,
                                     gpointer              user_data);
gboolean sage_confirm_finish        (GtkWidget            *widget,
                                     GAsyncResult         *result,
                                     GError              **error);
void     sage_confirm_remove_async  (GtkWidget            *widget,
                                     SageConnection       *connection,
                                     GListModel           *resources,
                                     GCancellable         *cancellable,
                                     GAsyncReadyCallback   callback,
                                     gpointer              user_data);
gboolean sage_confirm_remove_finish (GtkWidget            *widget,
                                     GAsyncResult         *result,
                                     GError              **error);

G_END_DECLS
