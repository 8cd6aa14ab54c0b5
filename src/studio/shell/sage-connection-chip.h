/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-window.h"

G_BEGIN_DECLS

/* Which engine the window shows and whether it is there; a click lists the others. */
#define SAGE_TYPE_CONNECTION_CHIP (sage_connection_chip_get_type ())

G_DECLARE_FINAL_TYPE (SageConnectionChip, sage_connection_chip, SAGE, CONNECTION_CHIP, AdwBin)

void sage_connection_chip_set_window (SageConnectionChip *self,
                                      SageWindow         *window);

G_END_DECLS
