/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "eng-job-run.h"
#include "eng-operation.h"

G_BEGIN_DECLS

extern const EngJobFamily eng_processing_family;

void eng_processing_register (EngEngine *engine);

G_END_DECLS
