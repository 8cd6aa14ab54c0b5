/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "eng-caller.h"
#include "sage-shape.h"

G_BEGIN_DECLS

EngRole  eng_role_of_arn       (const EngEngine *engine,
                                const char      *arn,
                                EngRole          fallback);
gboolean eng_pass_role         (const EngEngine *engine,
                                const EngCaller *caller,
                                EngRole          role,
                                GError         **error);
gboolean eng_pass_roles        (const EngEngine *engine,
                                const EngCaller *caller,
                                const SageShape *shape,
                                JsonNode        *input,
                                GError         **error);

G_END_DECLS
