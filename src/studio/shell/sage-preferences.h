/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "sage-connection.h"

G_BEGIN_DECLS

AdwDialog *sage_preferences_new (GSettings      *settings,
                                 SageConnection *connection);

G_END_DECLS
