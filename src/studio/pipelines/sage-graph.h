/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

typedef enum
{
  SAGE_EDGE_DATA,       /* a property or file of one step is used by the other */
  SAGE_EDGE_DEPENDS_ON, /* the order is asked for, nothing is handed on */
  SAGE_EDGE_TRUE,       /* from a condition to a step of its IfSteps */
  SAGE_EDGE_FALSE,      /* … of its ElseSteps */
} SageEdgeKind;

/* A step. Positions are of its upper left corner, in pixels at 100 %, after sage_graph_layout(). */
typedef struct
{
  char       *name;  /* (owned) */
  char       *title; /* (owned): its display name, or its name */
  char       *type;  /* (owned): "Training", "Condition", … */
  char       *fact;  /* (owned) (nullable): what it runs on, e.g. "ml.m5.xlarge" */
  JsonObject *step;  /* (owned): its part of the definition */
  double      x;
  double      y;
} SageGraphNode;

typedef struct
{
  guint        from; /* index of a node */
  guint        to;
  SageEdgeKind kind;
  guint        n_bends;
  double      *bends; /* (owned) (nullable): x, y of the points that it passes between its ends */
} SageGraphEdge;

/* The steps of a pipeline and what flows between them. */
typedef struct _SageGraph SageGraph;

#define SAGE_GRAPH_NODE_WIDTH 200
#define SAGE_GRAPH_NODE_HEIGHT 64

SageGraph           *sage_graph_new      (JsonObject      *definition);
void                 sage_graph_free     (SageGraph       *self);
guint                sage_graph_n_nodes  (const SageGraph *self);
const SageGraphNode *sage_graph_node     (const SageGraph *self,
                                          guint            index);
guint                sage_graph_n_edges  (const SageGraph *self);
const SageGraphEdge *sage_graph_edge     (const SageGraph *self,
                                          guint            index);
gboolean             sage_graph_find     (const SageGraph *self,
                                          const char      *name,
                                          guint           *index);
double               sage_graph_width    (const SageGraph *self);
double               sage_graph_height   (const SageGraph *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SageGraph, sage_graph_free)

G_END_DECLS
