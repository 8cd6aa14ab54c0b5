/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "sage-connection.h"

G_BEGIN_DECLS

/*
 * A canvas with what is known of the selected step beside it, or below where there is little room.
 * Property: "selected" (string, nullable).
 */
#define SAGE_TYPE_GRAPH_PANE (sage_graph_pane_get_type ())

G_DECLARE_FINAL_TYPE (SageGraphPane, sage_graph_pane, SAGE, GRAPH_PANE, AdwBreakpointBin)

GtkWidget    *sage_graph_pane_new            (void);
void          sage_graph_pane_set_connection (SageGraphPane  *self,
                                              SageConnection *connection);
void          sage_graph_pane_set_definition (SageGraphPane  *self,
                                              JsonObject     *definition);
void          sage_graph_pane_set_steps      (SageGraphPane  *self,
                                              GListModel     *steps);
const char   *sage_graph_pane_get_selected   (SageGraphPane  *self);
void          sage_graph_pane_set_selected   (SageGraphPane  *self,
                                              const char     *name);
SageResource *sage_graph_pane_get_step       (SageGraphPane  *self,
                                              const char     *name);

G_END_DECLS
