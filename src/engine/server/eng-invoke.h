/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "eng-engine.h"
#include "eng-request.h"

G_BEGIN_DECLS

/* SageMaker's limit of a real-time invocation. */
#define ENG_INVOKE_MAX_BODY 6291456

void eng_invoke_handle (EngEngine       *engine,
                        EngRequest      *request,
                        SageHttpRequest *http);

G_END_DECLS
