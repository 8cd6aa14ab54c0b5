/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "eng-engine.h"

G_BEGIN_DECLS

char       **eng_kernel_environment_base (EngEngine          *engine,
                                         JsonObject         *ready);
JsonObject  *eng_kernel_environment_own  (char              **base,
                                         JsonObject         *spec,
                                         JsonObject         *asked,
                                         const char         *session_path);

G_END_DECLS
