/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "eng-operation.h"

G_BEGIN_DECLS

void     eng_search_register (EngEngine   *engine);
gboolean eng_search_matches  (JsonObject  *expression,
                              JsonObject  *document);
gboolean eng_search_check    (JsonObject  *expression,
                              const void  *record_shape,
                              GError     **error);

G_END_DECLS
