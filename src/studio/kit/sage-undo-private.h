/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-undo.h"

G_BEGIN_DECLS

void sage_undo_filters_changed (gboolean stricter);

G_END_DECLS
