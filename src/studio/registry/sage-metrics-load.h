/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-connection.h"
#include "sage-metrics.h"

G_BEGIN_DECLS

const char *sage_metrics_uri         (JsonObject           *package);
void        sage_metrics_load_async  (SageConnection       *connection,
                                      const char           *uri,
                                      GCancellable         *cancellable,
                                      GAsyncReadyCallback   callback,
                                      gpointer              user_data);
GPtrArray  *sage_metrics_load_finish (SageConnection       *connection,
                                      GAsyncResult         *result,
                                      GError              **error);

G_END_DECLS
