/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "sage-resource.h"

G_BEGIN_DECLS

/* A state as icon, word and, while it runs, the time it has taken; the same widget everywhere. */
#define SAGE_TYPE_STATE_CHIP (sage_state_chip_get_type ())

G_DECLARE_FINAL_TYPE (SageStateChip, sage_state_chip, SAGE, STATE_CHIP, GtkWidget)

GtkWidget    *sage_state_chip_new          (void);
SageResource *sage_state_chip_get_resource (SageStateChip *self);
void          sage_state_chip_set_resource (SageStateChip *self,
                                            SageResource  *resource);
void          sage_state_chip_forget       (SageStateChip *self);

G_END_DECLS
