/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-window.h"

G_BEGIN_DECLS

void sage_certificate_dialog_offer (SageWindow *window);

G_END_DECLS
