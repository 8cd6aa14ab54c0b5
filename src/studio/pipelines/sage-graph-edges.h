/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "sage-graph.h"

G_BEGIN_DECLS

GskRenderNode *sage_graph_edges_draw (GtkWidget       *widget,
                                      const SageGraph *graph,
                                      int              selected,
                                      double           zoom);

G_END_DECLS
