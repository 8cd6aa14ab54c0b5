/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "sage-connection.h"

G_BEGIN_DECLS

void     sage_verdict_async  (GtkWidget            *widget,
                              SageConnection       *connection,
                              SageResource         *package,
                              const char           *status,
                              const char           *reason,
                              GCancellable         *cancellable,
                              GAsyncReadyCallback   callback,
                              gpointer              user_data);
gboolean sage_verdict_finish (GtkWidget            *widget,
                              GAsyncResult         *result,
                              GError              **error);

G_END_DECLS
