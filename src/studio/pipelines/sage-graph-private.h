/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-graph.h"

G_BEGIN_DECLS

struct _SageGraph
{
  GArray     *nodes; /* of SageGraphNode */
  GArray     *edges; /* of SageGraphEdge */
  GHashTable *index;  /* name → index of the node + 1 */
  GHashTable *linked; /* set of the pairs that have an edge */
  double      width;
  double      height;
};

void sage_graph_layout (SageGraph *self);

G_END_DECLS
