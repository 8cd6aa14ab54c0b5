/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "eng-operation.h"
#include "eng-request.h"

G_BEGIN_DECLS

gboolean eng_permit (EngEngine       *engine,
                     EngRequest      *request,
                     SageHttpRequest *http,
                     const char      *service,
                     const char      *action,
                     EngAccess        access);

G_END_DECLS
