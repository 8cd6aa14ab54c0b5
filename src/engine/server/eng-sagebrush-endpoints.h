/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "eng-request.h"

G_BEGIN_DECLS

#define ENG_SAGEBRUSH_ENDPOINTS "/sagebrush/v1/endpoints/"

void eng_sagebrush_endpoints_handle (EngEngine       *engine,
                                     EngRequest      *request,
                                     SageHttpRequest *http);

G_END_DECLS
