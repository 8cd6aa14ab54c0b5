/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "sage-connection.h"
#include "sage-graph.h"

G_BEGIN_DECLS

/* What became of the selected step: its state, its job, its log, its part of the definition. */
#define SAGE_TYPE_STEP_PANEL (sage_step_panel_get_type ())

G_DECLARE_FINAL_TYPE (SageStepPanel, sage_step_panel, SAGE, STEP_PANEL, AdwBin)

void     sage_step_panel_set_connection (SageStepPanel       *self,
                                         SageConnection      *connection);
void     sage_step_panel_show           (SageStepPanel       *self,
                                         const SageGraphNode *node,
                                         SageResource        *step);
gboolean sage_step_panel_open           (SageStepPanel       *self);

G_END_DECLS
