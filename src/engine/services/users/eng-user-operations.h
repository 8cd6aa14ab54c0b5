/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "eng-operation.h"

G_BEGIN_DECLS

void eng_users_register (EngEngine *engine);

G_END_DECLS
