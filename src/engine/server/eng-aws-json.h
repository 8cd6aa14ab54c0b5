/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "eng-operation.h"
#include "eng-request.h"

G_BEGIN_DECLS

const char         *eng_aws_json_service (SageHttpRequest    *http);
gsize               eng_aws_json_limit   (SageHttpRequest    *http);
const EngOperation *eng_aws_json_find    (EngEngine          *engine,
                                          EngRequest         *request,
                                          SageHttpRequest    *http);
void                eng_aws_json_handle  (EngEngine          *engine,
                                          const EngOperation *operation,
                                          EngRequest         *request,
                                          SageHttpRequest    *http);

G_END_DECLS
