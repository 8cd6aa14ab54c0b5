/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "alg-tree-model"

#include "config.h"

#include <math.h>
#include <stdlib.h>

#include "alg-tree-model-private.h"

/* How many walks go on at once: each waits for memory while the others compute. */
#define LANES 8

AlgTreeModel *
alg_tree_model_ref (AlgTreeModel *model)
{
  g_atomic_ref_count_inc (&model->refs);

  return model;
}

void
alg_tree_model_unref (AlgTreeModel *model)
{
  if (!g_atomic_ref_count_dec (&model->refs))
    return;

  g_free (model->objective);
  g_free (model->base);
  g_free (model->roots);
  g_free (model->depths);
  g_free (model->groups);
  g_free (model->weights);
  g_free (model->nodes);
  g_free (model->values);
  g_free (model->sets);
  g_free (model->categories);
  g_free (model->linear);
  g_free (model);
}

/**
 * alg_tree_model_n_features:
 *
 * Returns: how many values a row has
 */
guint
alg_tree_model_n_features (AlgTreeModel *model)
{
  return model->n_features;
}

/**
 * alg_tree_model_n_groups:
 *
 * Returns: how many margins a row gives: the number of classes, else of targets
 */
guint
alg_tree_model_n_groups (AlgTreeModel *model)
{
  return model->n_groups;
}

/**
 * alg_tree_model_n_outputs:
 *
 * Returns: how many values the prediction of a row has
 */
guint
alg_tree_model_n_outputs (AlgTreeModel *model)
{
  return model->transform == ALG_TRANSFORM_ARGMAX ? 1 : model->n_groups;
}

/**
 * alg_tree_model_n_trees:
 *
 * Returns: how many trees there are, 0 for a linear model
 */
guint
alg_tree_model_n_trees (AlgTreeModel *model)
{
  return model->n_trees;
}

/**
 * alg_tree_model_objective:
 *
 * Returns: (transfer none): XGBoost's name of the objective
 */
const char *
alg_tree_model_objective (AlgTreeModel *model)
{
  return model->objective;
}

/* One step down without a branch: not less goes right, and so does a value that is missing, unless
 * the node sends those to the left. */
static inline guint32
step (const AlgNode *nodes,
      guint32        at,
      const float   *row)
{
  const AlgNode *node = &nodes[at];
  float x = row[node->feature & ALG_NODE_FEATURE];
  guint32 missing_left = (node->feature >> 31) & (guint32) (x != x);

  return node->left + ((guint32) !(x < node->threshold) & (missing_left ^ 1));
}

/* Walks LANES trees or rows down to their leaves; a lane that has arrived stays. */
static inline void
walk_lanes (const AlgNode *nodes,
            guint32        at[LANES],
            const float   *rows[LANES])
{
  guint32 moved;

  do
    {
      moved = 0;
#pragma GCC unroll 8
      for (guint i = 0; i < LANES; i++)
        {
          guint32 next = step (nodes, at[i], rows[i]);

          moved |= next ^ at[i];
          at[i] = next;
        }
    }
  while (moved != 0);
}

static int
compare_categories (const void *a,
                    const void *b)
{
  guint32 x = *(const guint32 *) a;
  guint32 y = *(const guint32 *) b;

  return x < y ? -1 : x > y;
}

/* Whether the category goes right: it is one that can be, and the node's set holds it. */
static gboolean
in_set (AlgTreeModel  *model,
        const AlgNode *node,
        float          x)
{
  const AlgSet *set = &model->sets[node->set];
  guint32 category;

  if (!(x >= 0.0f && x < 16777216.0f))
    return FALSE;

  category = (guint32) x;

  return set->length > 0 &&
         bsearch (&category, model->categories + set->offset, set->length,
                  sizeof category, compare_categories) != NULL;
}

/* Walks one tree that may have categorical nodes. */
static guint32
walk_categorical (AlgTreeModel *model,
                  guint32       at,
                  const float  *row)
{
  for (;;)
    {
      const AlgNode *node = &model->nodes[at];
      float x = row[node->feature & ALG_NODE_FEATURE];
      guint32 next;

      if ((node->feature & ALG_NODE_CATEGORICAL) == 0)
        next = step (model->nodes, at, row);
      else if (isnan (x))
        next = node->left + !(node->feature & ALG_NODE_DEFAULT_LEFT);
      else
        next = node->left + in_set (model, node, x);

      if (next == at)
        return at;
      at = next;
    }
}

static inline void
add_leaf (AlgTreeModel *model,
          guint         tree,
          guint32       leaf,
          float        *out)
{
  float value = model->values[leaf];

  if (model->weights != NULL)
    value *= model->weights[tree];
  out[model->groups[tree]] += value;
}

/* One row: LANES trees at a time, their leaves added in the order of the trees. */
static void
predict_row (AlgTreeModel *model,
             const float  *row,
             float        *out)
{
  const float *rows[LANES];
  guint32 at[LANES];
  guint tree = 0;

  for (guint i = 0; i < LANES; i++)
    rows[i] = row;

  for (; !model->categorical && tree + LANES <= model->n_trees; tree += LANES)
    {
      for (guint i = 0; i < LANES; i++)
        at[i] = model->roots[tree + i];
      walk_lanes (model->nodes, at, rows);
      for (guint i = 0; i < LANES; i++)
        add_leaf (model, tree + i, at[i], out);
    }

  for (; tree < model->n_trees; tree++)
    add_leaf (model, tree, walk_categorical (model, model->roots[tree], row), out);
}

/* LANES rows: one tree at a time, while its nodes are near. */
static void
predict_lanes (AlgTreeModel *model,
               const float  *first,
               float        *out)
{
  const float *rows[LANES];
  guint32 at[LANES];

  for (guint i = 0; i < LANES; i++)
    rows[i] = first + (gsize) i * model->n_features;

  for (guint tree = 0; tree < model->n_trees; tree++)
    {
      for (guint i = 0; i < LANES; i++)
        at[i] = model->roots[tree];
      walk_lanes (model->nodes, at, rows);
      for (guint i = 0; i < LANES; i++)
        add_leaf (model, tree, at[i], out + (gsize) i * model->n_groups);
    }
}

static void
predict_linear (AlgTreeModel *model,
                const float  *row,
                float        *out)
{
  const float *bias = model->linear + (gsize) model->n_features * model->n_groups;

  for (guint group = 0; group < model->n_groups; group++)
    {
      float sum = bias[group] + model->base[group];

      for (guint i = 0; i < model->n_features; i++)
        if (!isnan (row[i]))
          sum += row[i] * model->linear[(gsize) i * model->n_groups + group];
      out[group] = sum;
    }
}

/**
 * alg_tree_model_margins:
 * @model: the model
 * @rows: n_rows × n_features values, row by row; what is missing is not a number
 * @n_rows: how many rows there are
 * @out: (out): n_rows × n_groups margins
 *
 * Sums up what the trees say, in single precision and in the order of the trees, starting from the
 * base score: bit for bit what libxgboost's CPU predictor gives with `output_margin`. Allocates
 * nothing.
 */
void
alg_tree_model_margins (AlgTreeModel *model,
                        const float  *rows,
                        gsize         n_rows,
                        float        *out)
{
  gsize row = 0;

  for (gsize i = 0; i < n_rows; i++)
    for (guint group = 0; group < model->n_groups; group++)
      out[i * model->n_groups + group] = model->base[group];

  if (model->quick)
    {
      alg_tree_quick_rows (model, rows, n_rows, out);
      return;
    }

  if (!model->categorical && model->linear == NULL)
    for (; row + LANES <= n_rows; row += LANES)
      predict_lanes (model, rows + row * model->n_features, out + row * model->n_groups);

  for (; row < n_rows; row++)
    {
      const float *values = rows + row * model->n_features;

      if (model->linear != NULL)
        predict_linear (model, values, out + row * model->n_groups);
      else
        predict_row (model, values, out + row * model->n_groups);
    }
}

/**
 * alg_tree_model_predict:
 * @model: the model
 * @rows: n_rows × n_features values, row by row; what is missing is not a number
 * @n_rows: how many rows there are
 * @out: (out): room for n_rows × n_groups values; n_rows × n_outputs of them are set
 *
 * Predicts as Python's `Booster.predict` does by default, with all trees.
 */
void
alg_tree_model_predict (AlgTreeModel *model,
                        const float  *rows,
                        gsize         n_rows,
                        float        *out)
{
  alg_tree_model_margins (model, rows, n_rows, out);
  alg_objective_apply (model->transform, model->n_groups, n_rows, out);
}
