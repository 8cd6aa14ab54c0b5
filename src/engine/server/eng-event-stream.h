/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "eng-engine.h"
#include "eng-request.h"

G_BEGIN_DECLS

void eng_event_stream_handle (EngEngine       *engine,
                              EngRequest      *request,
                              SageHttpRequest *http);
void eng_event_streams_finish (void);

G_END_DECLS
