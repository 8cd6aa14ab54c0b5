/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "alg-tree-model.h"

G_BEGIN_DECLS

#define ALG_NODE_FEATURE      0x3fffffffu
#define ALG_NODE_CATEGORICAL  0x40000000u
#define ALG_NODE_DEFAULT_LEFT 0x80000000u

#define ALG_MAX_FEATURES (1u << 24)

/**
 * AlgNode:
 *
 * One node of a tree. The right child stands behind the left one. A leaf is a node that leads to
 * itself whatever the feature is: its threshold is not a number and its left child is the node
 * before it. What a leaf is worth stands in a table of its own.
 */
typedef struct
{
  union
  {
    float   threshold; /* left when the feature is less */
    guint32 set;       /* categorical: index of the AlgSet that goes right */
  };
  guint32 feature;     /* index and flags */
  guint32 left;        /* index of the left child among all nodes of the model */
} AlgNode;

G_STATIC_ASSERT (sizeof (AlgNode) == 12);

/* A run of the sorted categories[] of the model. */
typedef struct
{
  guint32 offset;
  guint32 length;
} AlgSet;

/* What makes a prediction of a margin. */
typedef enum
{
  ALG_TRANSFORM_NONE,
  ALG_TRANSFORM_SIGMOID,
  ALG_TRANSFORM_EXP,
  ALG_TRANSFORM_HINGE,
  ALG_TRANSFORM_ARGMAX,
  ALG_TRANSFORM_SOFTMAX,
} AlgTransform;

/* What makes a margin of the base score. */
typedef enum
{
  ALG_LINK_NONE,
  ALG_LINK_LOGIT,
  ALG_LINK_LOG,
} AlgLink;

struct _AlgTreeModel
{
  gatomicrefcount  refs;
  guint            n_features;
  guint            n_groups;
  AlgTransform     transform;
  char            *objective;    /* (owned) */
  float           *base;         /* (owned): margin each group starts from */

  guint            n_trees;
  guint32         *roots;        /* (owned): of each tree */
  guint32         *depths;       /* (owned): steps from each root to its farthest leaf */
  guint32         *groups;       /* (owned): the output each tree adds to */
  float           *weights;      /* (owned) (nullable): of each tree, for dart */
  guint32          n_nodes;
  AlgNode         *nodes;        /* (owned) */
  gboolean         quick;        /* nodes are made for the quick walk, and for no other */
  float           *values;       /* (owned): of each node, 0 where it is no leaf */
  gboolean         categorical;  /* some node is */
  AlgSet          *sets;         /* (owned) (nullable) */
  guint32         *categories;   /* (owned) (nullable) */

  float           *linear;       /* (owned) (nullable): gblinear: (features + bias) × groups */
};

void     alg_tree_quick_prepare (AlgTreeModel *model);
void     alg_tree_quick_rows    (AlgTreeModel *model,
                             const float   *rows,
                             gsize          n_rows,
                             float         *out);

gboolean alg_objective_find (const char    *name,
                             AlgTransform  *transform,
                             AlgLink       *link);
gboolean alg_objective_margin (AlgLink      link,
                             float          score,
                             float         *margin);
void     alg_objective_apply (AlgTransform  transform,
                             guint          n_groups,
                             gsize          n_rows,
                             float         *values);

G_END_DECLS
