/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "sage-graph.h"
#include "sage-resource.h"

G_BEGIN_DECLS

/* A step on the canvas: kind, name, one fact, and its state on the left edge. Signal: "changed", when the
 * state is another. */
#define SAGE_TYPE_STEP_CARD (sage_step_card_get_type ())

G_DECLARE_FINAL_TYPE (SageStepCard, sage_step_card, SAGE, STEP_CARD, GtkWidget)

GtkWidget *sage_step_card_new          (const SageGraphNode *node);
void       sage_step_card_set_step     (SageStepCard        *self,
                                        SageResource        *step);
SageState  sage_step_card_get_state    (SageStepCard        *self);
void       sage_step_card_get_colour   (SageStepCard        *self,
                                        GdkRGBA             *colour);
void       sage_step_card_set_selected (SageStepCard        *self,
                                        gboolean             selected);
void       sage_step_card_set_zoom     (SageStepCard        *self,
                                        double               zoom);

const char *sage_step_type_icon        (const char          *type);
const char *sage_step_type_word        (const char          *type);

G_END_DECLS
