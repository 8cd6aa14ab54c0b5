/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "sage-graph.h"
#include "sage-resource.h"
#include "sage-step-card.h"

G_BEGIN_DECLS

/*
 * A pipeline on a canvas: its steps as cards, which the arrows reach along the edges, and their
 * states in an execution. Properties: "selected" (string, nullable: the name of a step), "zoom".
 * Signals: "activated" (const char *step), "states-changed".
 */
#define SAGE_TYPE_GRAPH_VIEW (sage_graph_view_get_type ())

G_DECLARE_FINAL_TYPE (SageGraphView, sage_graph_view, SAGE, GRAPH_VIEW, GtkWidget)

GtkWidget       *sage_graph_view_new          (void);
void             sage_graph_view_take_graph   (SageGraphView *self,
                                               SageGraph     *graph);
const SageGraph *sage_graph_view_get_graph    (SageGraphView *self);
void             sage_graph_view_set_step     (SageGraphView *self,
                                               const char    *name,
                                               SageResource  *step);
void             sage_graph_view_clear_steps  (SageGraphView *self);
SageStepCard    *sage_graph_view_get_card     (SageGraphView *self,
                                               guint          index);
guint            sage_graph_view_count        (SageGraphView *self,
                                               SageState      state);
void             sage_graph_view_select_next  (SageGraphView *self,
                                               SageState      state);
const char      *sage_graph_view_get_selected (SageGraphView *self);
void             sage_graph_view_set_selected (SageGraphView *self,
                                               const char    *name);
double           sage_graph_view_get_zoom     (SageGraphView *self);
void             sage_graph_view_set_zoom     (SageGraphView *self,
                                               double         zoom);
void             sage_graph_view_fit          (SageGraphView *self,
                                               int            width,
                                               int            height);

G_END_DECLS
