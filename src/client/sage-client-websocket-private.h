/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libsoup/soup.h>

#include "sage-client.h"

G_BEGIN_DECLS

void                     sage_client_websocket_async  (SageClient           *self,
                                                       const char           *path,
                                                       GCancellable         *cancellable,
                                                       GAsyncReadyCallback   callback,
                                                       gpointer              user_data);
SoupWebsocketConnection *sage_client_websocket_finish (SageClient           *self,
                                                       GAsyncResult         *result,
                                                       guint                *status,
                                                       GError              **error);

G_END_DECLS
