/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "eng-operation.h"

G_BEGIN_DECLS

gboolean eng_tags_insert   (EngTx       *tx,
                            const char  *arn,
                            JsonArray   *tags,
                            GError     **error);
void     eng_tags_register (EngEngine   *engine);

G_END_DECLS
