/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-window.h"

G_BEGIN_DECLS

void sage_palette_present (SageWindow *window,
                           gboolean    commands);

G_END_DECLS
