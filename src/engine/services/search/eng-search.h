/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "eng-operation.h"
#include "sage-shape.h"

G_BEGIN_DECLS

void        eng_search_register        (EngEngine        *engine);
gboolean    eng_search_matches         (JsonObject       *expression,
                                        JsonObject       *document);
gboolean    eng_search_check           (JsonObject       *expression,
                                        const SageShape  *shape,
                                        const SageShape  *inner,
                                        GError          **error);
GHashTable *eng_search_model_endpoints (EngConnection    *reader,
                                        GError          **error);

G_END_DECLS
