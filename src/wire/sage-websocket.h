/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libsoup/soup.h>

#include "sage-trust.h"

G_BEGIN_DECLS

void                     sage_websocket_open_async  (GSocketConnectable      *peer,
                                                     GUri                    *uri,
                                                     SoupMessageHeaders      *headers,
                                                     SageTrust               *trust,
                                                     gsize                    max_message,
                                                     GCancellable            *cancellable,
                                                     GAsyncReadyCallback      callback,
                                                     gpointer                 user_data);
SoupWebsocketConnection *sage_websocket_open_finish (GAsyncResult            *result,
                                                     guint                   *status,
                                                     SoupMessageHeaders     **answer,
                                                     GError                 **error);
void                     sage_websocket_drop        (SoupWebsocketConnection *socket,
                                                     gpointer                 listener);
char                    *sage_websocket_host        (GUri                    *uri);
GSocketConnectable      *sage_websocket_peer        (GUri                    *uri,
                                                     const char              *socket_path);

G_END_DECLS
