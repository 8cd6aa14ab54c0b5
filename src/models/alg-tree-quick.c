/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "alg-tree-model"

#include "config.h"

#include <math.h>

#include "alg-tree-model-private.h"

/*
 * The walk for models as most are: splits by number only, and not too many features. A row is laid
 * out twice, once as it is and once with minus infinity for what is missing. Not less goes right, so
 * does what is missing in the first half, and goes left in the second: a node that sends missing
 * values to the left looks there. Then a step is one comparison, and as a tree's depth is known
 * nothing else is asked on the way.
 */

#define MAX_FEATURES 256

/* How many walks go on at once, over trees or over rows: each waits for memory while the others
 * compute. */
#define TREES 16
#define ROWS 8

static gboolean
is_leaf (AlgTreeModel *model,
         guint32       at)
{
  return model->nodes[at].left == at - 1;
}

/**
 * alg_tree_quick_prepare:
 * @model: a model of trees, its tables set
 *
 * Makes the nodes ready for this walk, if the model allows it. A threshold of minus infinity, or none,
 * does not: there, less than it is not what left means.
 */
void
alg_tree_quick_prepare (AlgTreeModel *model)
{
  if (model->categorical || model->n_features > MAX_FEATURES)
    return;
  for (guint32 i = 0; i < model->n_nodes; i++)
    if (!is_leaf (model, i) && !(model->nodes[i].threshold > -INFINITY))
      return;

  for (guint32 i = 0; i < model->n_nodes; i++)
    {
      AlgNode *node = &model->nodes[i];
      gboolean second = (node->feature & ALG_NODE_DEFAULT_LEFT) != 0;

      node->feature = (node->feature & ALG_NODE_FEATURE) + (second ? model->n_features : 0);
    }
  model->quick = TRUE;
}

static void
lay_out (const float *row,
         guint        n_features,
         float       *wide)
{
  for (guint i = 0; i < n_features; i++)
    {
      wide[i] = row[i];
      wide[n_features + i] = isnan (row[i]) ? -INFINITY : row[i];
    }
}

static inline guint32
step (const AlgNode *nodes,
      guint32        at,
      const float   *wide)
{
  const AlgNode *node = &nodes[at];

  return node->left + (guint32) !(wide[node->feature] < node->threshold);
}

static inline float
leaf_value (AlgTreeModel *model,
            guint         tree,
            guint32       leaf)
{
  float value = model->values[leaf];

  return model->weights != NULL ? value * model->weights[tree] : value;
}

/* TREES trees down to their leaves; who arrives before the others stays. Behind the last tree that
 * one is walked again. */
static inline void
walk_trees (AlgTreeModel *model,
            guint         first,
            const float  *wide,
            guint32       at[TREES])
{
  const AlgNode *nodes = model->nodes;
  guint32 depth = 0;

  for (guint i = 0; i < TREES; i++)
    {
      guint tree = MIN (first + i, model->n_trees - 1);

      at[i] = model->roots[tree];
      depth = MAX (depth, model->depths[tree]);
    }

  for (; depth > 0; depth--)
#pragma GCC unroll 16
    for (guint i = 0; i < TREES; i++)
      at[i] = step (nodes, at[i], wide);
}

/* One row: TREES trees at a time, their leaves added in the order of the trees. */
static void
quick_row (AlgTreeModel *model,
           const float  *row,
           float        *out)
{
  float wide[2 * MAX_FEATURES];
  guint32 at[TREES];
  float sum = out[0]; /* out of memory's way where there is but one */

  lay_out (row, model->n_features, wide);
  for (guint first = 0; first < model->n_trees; first += TREES)
    {
      guint n = MIN (TREES, model->n_trees - first);

      walk_trees (model, first, wide, at);
      for (guint i = 0; i < n; i++)
        if (model->n_groups == 1)
          sum += leaf_value (model, first + i, at[i]);
        else
          out[model->groups[first + i]] += leaf_value (model, first + i, at[i]);
    }
  if (model->n_groups == 1)
    out[0] = sum;
}

/* ROWS rows: one tree at a time, while its nodes are near. */
static void
quick_lanes (AlgTreeModel *model,
             const float  *rows,
             float        *out)
{
  float wide[ROWS][2 * MAX_FEATURES];
  guint32 at[ROWS];

  for (guint i = 0; i < ROWS; i++)
    lay_out (rows + (gsize) i * model->n_features, model->n_features, wide[i]);

  for (guint tree = 0; tree < model->n_trees; tree++)
    {
      for (guint i = 0; i < ROWS; i++)
        at[i] = model->roots[tree];
      for (guint32 depth = model->depths[tree]; depth > 0; depth--)
#pragma GCC unroll 8
        for (guint i = 0; i < ROWS; i++)
          at[i] = step (model->nodes, at[i], wide[i]);
      for (guint i = 0; i < ROWS; i++)
        out[(gsize) i * model->n_groups + model->groups[tree]] += leaf_value (model, tree, at[i]);
    }
}

/**
 * alg_tree_quick_rows:
 * @model: a model that is ready for this walk
 * @rows: n_rows × n_features values
 * @n_rows: how many rows there are
 * @out: n_rows × n_groups sums that the trees are added to, in their order
 */
void
alg_tree_quick_rows (AlgTreeModel *model,
                     const float  *rows,
                     gsize         n_rows,
                     float        *out)
{
  gsize row = 0;

  for (; row + ROWS <= n_rows; row += ROWS)
    quick_lanes (model, rows + row * model->n_features, out + row * model->n_groups);
  for (; row < n_rows; row++)
    quick_row (model, rows + row * model->n_features, out + row * model->n_groups);
}
