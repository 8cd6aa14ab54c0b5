/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libsoup/soup.h>

G_BEGIN_DECLS

void    sage_exchange_async  (SoupSession          *session,
                              SoupMessage          *message,
                              gsize                 max_bytes,
                              GCancellable         *cancellable,
                              GAsyncReadyCallback   callback,
                              gpointer              user_data);
GBytes *sage_exchange_finish (GAsyncResult         *result,
                              GError              **error);
GBytes *sage_exchange        (SoupSession          *session,
                              SoupMessage          *message,
                              gsize                 max_bytes,
                              GCancellable         *cancellable,
                              GError              **error);

G_END_DECLS
