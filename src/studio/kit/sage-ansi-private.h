/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-ansi.h"

G_BEGIN_DECLS

void sage_ansi_apply_sgr (SageAnsiStyle *style,
                          const char    *parameters,
                          gsize          length);

G_END_DECLS
