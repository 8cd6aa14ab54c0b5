/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "alg-objective"

#include "config.h"

#include <math.h>

#include "alg-tree-model-private.h"

typedef struct
{
  const char   *name;
  AlgTransform  transform;
  AlgLink       link;
} Objective;

/* XGBoost's objectives: doc/parameter.rst, and PredTransform() and ProbToMargin() of each. */
static const Objective objectives[] = {
  { "binary:hinge", ALG_TRANSFORM_HINGE, ALG_LINK_NONE },
  { "binary:logistic", ALG_TRANSFORM_SIGMOID, ALG_LINK_LOGIT },
  { "binary:logitraw", ALG_TRANSFORM_NONE, ALG_LINK_NONE },
  { "count:poisson", ALG_TRANSFORM_EXP, ALG_LINK_LOG },
  { "multi:softmax", ALG_TRANSFORM_ARGMAX, ALG_LINK_NONE },
  { "multi:softprob", ALG_TRANSFORM_SOFTMAX, ALG_LINK_NONE },
  { "rank:map", ALG_TRANSFORM_NONE, ALG_LINK_NONE },
  { "rank:ndcg", ALG_TRANSFORM_NONE, ALG_LINK_NONE },
  { "rank:pairwise", ALG_TRANSFORM_NONE, ALG_LINK_NONE },
  { "reg:absoluteerror", ALG_TRANSFORM_NONE, ALG_LINK_NONE },
  { "reg:gamma", ALG_TRANSFORM_EXP, ALG_LINK_LOG },
  { "reg:linear", ALG_TRANSFORM_NONE, ALG_LINK_NONE },
  { "reg:logistic", ALG_TRANSFORM_SIGMOID, ALG_LINK_LOGIT },
  { "reg:pseudohubererror", ALG_TRANSFORM_NONE, ALG_LINK_NONE },
  { "reg:quantileerror", ALG_TRANSFORM_NONE, ALG_LINK_NONE },
  { "reg:squarederror", ALG_TRANSFORM_NONE, ALG_LINK_NONE },
  { "reg:squaredlogerror", ALG_TRANSFORM_NONE, ALG_LINK_NONE },
  { "reg:tweedie", ALG_TRANSFORM_EXP, ALG_LINK_LOG },
  { "survival:aft", ALG_TRANSFORM_EXP, ALG_LINK_LOG },
  { "survival:cox", ALG_TRANSFORM_EXP, ALG_LINK_LOG },
};

/**
 * alg_objective_find:
 * @name: XGBoost's name of an objective
 * @transform: (out): what makes a prediction of a margin
 * @link: (out): what makes a margin of the base score
 *
 * Returns: whether it is known
 */
gboolean
alg_objective_find (const char   *name,
                    AlgTransform *transform,
                    AlgLink      *link)
{
  for (guint i = 0; i < G_N_ELEMENTS (objectives); i++)
    if (g_str_equal (objectives[i].name, name))
      {
        *transform = objectives[i].transform;
        *link = objectives[i].link;
        return TRUE;
      }

  return FALSE;
}

/**
 * alg_objective_margin:
 * @link: how
 * @score: the base score as the model has it
 * @margin: (out): what each sum starts from
 *
 * Returns: whether @score is one that the objective can have
 */
gboolean
alg_objective_margin (AlgLink  link,
                      float    score,
                      float   *margin)
{
  switch (link)
    {
    case ALG_LINK_LOGIT:
      if (!(score > 0.0f && score < 1.0f))
        return FALSE;
      *margin = -logf (1.0f / score - 1.0f);
      return TRUE;
    case ALG_LINK_LOG:
      if (!(score > 0.0f))
        return FALSE;
      *margin = logf (score);
      return TRUE;
    case ALG_LINK_NONE:
      *margin = score;
      return TRUE;
    default:
      g_assert_not_reached ();
    }
}

/* 1 / (1 + e^-x) as libxgboost has it, bit for bit: the argument bounded, and a hair added. */
static float
sigmoid (float x)
{
  float bounded = 88.7f < -x ? 88.7f : -x;
  float denominator = expf (bounded) + 1.0f + 1e-16f;

  return 1.0f / denominator;
}

/* The sum is kept in double precision and rounded once, as libxgboost does. */
static void
softmax (float *values,
         guint  n)
{
  float top = values[0];
  double sum = 0;

  for (guint i = 1; i < n; i++)
    top = fmaxf (values[i], top);

  for (guint i = 0; i < n; i++)
    {
      values[i] = expf (values[i] - top);
      sum += values[i];
    }

  for (guint i = 0; i < n; i++)
    values[i] /= (float) sum;
}

static float
argmax (const float *values,
        guint        n)
{
  guint best = 0;

  for (guint i = 1; i < n; i++)
    if (values[i] > values[best])
      best = i;

  return (float) best;
}

/**
 * alg_objective_apply:
 * @transform: what to do
 * @n_groups: how many margins a row has
 * @n_rows: how many rows there are
 * @values: (inout): the margins, row by row; the predictions take their place. The class that
 *   %ALG_TRANSFORM_ARGMAX finds is one value a row, without gaps.
 */
void
alg_objective_apply (AlgTransform  transform,
                     guint         n_groups,
                     gsize         n_rows,
                     float        *values)
{
  gsize n = n_rows * n_groups;

  switch (transform)
    {
    case ALG_TRANSFORM_SIGMOID:
      for (gsize i = 0; i < n; i++)
        values[i] = sigmoid (values[i]);
      break;
    case ALG_TRANSFORM_EXP:
      for (gsize i = 0; i < n; i++)
        values[i] = expf (values[i]);
      break;
    case ALG_TRANSFORM_HINGE:
      for (gsize i = 0; i < n; i++)
        values[i] = values[i] > 0.0f ? 1.0f : 0.0f;
      break;
    case ALG_TRANSFORM_ARGMAX:
      for (gsize i = 0; i < n_rows; i++)
        values[i] = argmax (values + i * n_groups, n_groups);
      break;
    case ALG_TRANSFORM_SOFTMAX:
      for (gsize i = 0; i < n_rows; i++)
        softmax (values + i * n_groups, n_groups);
      break;
    case ALG_TRANSFORM_NONE:
      break;
    default:
      g_assert_not_reached ();
    }
}
