/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "eng-store.h"

G_BEGIN_DECLS

gboolean eng_token_find   (EngConnection  *connection,
                           const char     *operation,
                           const char     *token,
                           const char     *request,
                           char          **reply,
                           GError        **error);
gboolean eng_token_insert (EngTx          *tx,
                           const char     *operation,
                           const char     *token,
                           const char     *request,
                           const char     *reply,
                           GError        **error);

G_END_DECLS
