/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "eng-request.h"

G_BEGIN_DECLS

void eng_kernel_channels_handle (EngEngine       *engine,
                                 EngRequest      *request,
                                 SageHttpRequest *http,
                                 const char      *id);
void eng_kernel_channels_finish (void);

G_END_DECLS
