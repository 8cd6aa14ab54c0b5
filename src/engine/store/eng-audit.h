/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "eng-store.h"

G_BEGIN_DECLS

gboolean eng_tx_audit     (EngTx          *tx,
                           const char     *principal,
                           const char     *source,
                           const char     *operation,
                           const char     *target,
                           const char     *request_id,
                           const char     *outcome,
                           GError        **error);
gboolean eng_audit_verify (EngConnection  *connection,
                           gint64         *first_bad,
                           GError        **error);

G_END_DECLS
