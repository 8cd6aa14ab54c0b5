/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "alg-xgboost-eval"

#include "config.h"

#include <string.h>

#include "sage-error.h"

#include "alg-xgboost-eval.h"
#include "alg-xgboost-metrics.h"

static const char *names[] = { "train", "validation" };

static void
score_free (gpointer data)
{
  AlgXgboostScore *score = data;

  g_free (score->data);
  g_free (score->metric);
  g_free (score);
}

static void
add_score (GPtrArray  *scores,
           const char *data,
           const char *metric,
           double      value)
{
  AlgXgboostScore *score = g_new0 (AlgXgboostScore, 1);

  score->data = g_strdup (data);
  score->metric = g_strdup (metric);
  score->value = value;
  g_ptr_array_add (scores, score);
}

/* Reads "[3]\ttrain-rmse:0.5\tvalidation-rmse:0.6" for the data set @data. */
static void
add_native (GPtrArray  *scores,
            const char *data,
            const char *line)
{
  g_auto(GStrv) words = g_strsplit (line, "\t", -1);
  gsize length = strlen (data);

  for (guint i = 0; words[i] != NULL; i++)
    {
      char *colon = strrchr (words[i], ':');

      if (colon == NULL || strncmp (words[i], data, length) != 0 || words[i][length] != '-')
        continue;

      *colon = '\0';
      add_score (scores, data, words[i] + length + 1, g_ascii_strtod (colon + 1, NULL));
    }
}

/* The container's own metrics, from transformed predictions (a cached call in libxgboost). */
static gboolean
add_ours (GPtrArray         *scores,
          BoosterHandle      booster,
          AlgXgboostParams  *params,
          DMatrixHandle      matrix,
          const char        *data,
          GError           **error)
{
  const bst_ulong *shape;
  bst_ulong dimensions, rows;
  const float *predictions, *labels;
  gboolean predicted = FALSE;

  for (guint i = 0; i < params->metrics->len; i++)
    {
      const char *metric = g_ptr_array_index (params->metrics, i);

      if (!alg_xgboost_metric_is_ours (metric))
        continue;

      if (!predicted
          && (!alg_xgboost_check (XGBoosterPredictFromDMatrix
                                    (booster, matrix,
                                     "{\"type\":0,\"training\":false,\"iteration_begin\":0,"
                                     "\"iteration_end\":0,\"strict_shape\":false}",
                                     &shape, &dimensions, &predictions), error)
              || !alg_xgboost_check (XGDMatrixGetFloatInfo (matrix, "label", &rows, &labels),
                                     error)))
        return FALSE;

      predicted = TRUE;
      add_score (scores, data, metric,
                 alg_xgboost_metric_compute (metric, predictions, dimensions > 1 ? shape[1] : 1,
                                             labels, rows));
    }

  return TRUE;
}

/**
 * alg_xgboost_eval:
 * @booster: the model
 * @params: which metrics
 * @matrices: (array length=n_matrices): the training data, and the validation data if there is any
 * @n_matrices: 1 or 2
 * @round: the round just done, from 0
 * @error: (out): %SAGE_ERROR_INVALID or %SAGE_ERROR_FAILED
 *
 * Returns: (transfer full) (element-type AlgXgboostScore): every metric of every data set
 */
GPtrArray *
alg_xgboost_eval (BoosterHandle      booster,
                  AlgXgboostParams  *params,
                  DMatrixHandle     *matrices,
                  guint              n_matrices,
                  guint              round,
                  GError           **error)
{
  g_autoptr(GPtrArray) scores = g_ptr_array_new_with_free_func (score_free);
  g_autofree char *line = NULL;
  const char *result;

  g_return_val_if_fail (n_matrices >= 1 && n_matrices <= G_N_ELEMENTS (names), NULL);

  if (!alg_xgboost_check (XGBoosterEvalOneIter (booster, (int) round, matrices, names, n_matrices,
                                                &result), error))
    return NULL;

  line = g_strdup (result);

  for (guint i = 0; i < n_matrices; i++)
    {
      add_native (scores, names[i], line);

      if (!add_ours (scores, booster, params, matrices[i], names[i], error))
        return NULL;
    }

  return g_steal_pointer (&scores);
}

/**
 * alg_xgboost_eval_format:
 * @scores: what alg_xgboost_eval() gave
 * @round: its round
 *
 * Returns: (transfer full): the line of the log, `[3]#011train-rmse:0.51234#011…`. The SageMaker
 *   container prints a tab there, which CloudWatch shows as `#011`, and the metric definitions AWS
 *   publishes for XGBoost match that.
 */
char *
alg_xgboost_eval_format (GPtrArray *scores,
                         guint      round)
{
  GString *line = g_string_new (NULL);

  g_string_append_printf (line, "[%u]", round);

  for (guint i = 0; i < scores->len; i++)
    {
      const AlgXgboostScore *score = g_ptr_array_index (scores, i);
      char number[G_ASCII_DTOSTR_BUF_SIZE];

      g_ascii_formatd (number, sizeof number, "%.5f", score->value);
      g_string_append_printf (line, "#011%s-%s:%s", score->data, score->metric, number);
    }

  return g_string_free (line, FALSE);
}

/**
 * alg_xgboost_eval_find:
 * @scores: what alg_xgboost_eval() gave
 * @data: of which data set
 * @metric: (nullable): which metric; the last one when %NULL or not among them
 *
 * Returns: (nullable): the score; %NULL when the data set has none
 */
const AlgXgboostScore *
alg_xgboost_eval_find (GPtrArray  *scores,
                       const char *data,
                       const char *metric)
{
  const AlgXgboostScore *last = NULL;

  for (guint i = 0; i < scores->len; i++)
    {
      const AlgXgboostScore *score = g_ptr_array_index (scores, i);

      if (!g_str_equal (score->data, data))
        continue;

      if (g_strcmp0 (score->metric, metric) == 0)
        return score;

      last = score;
    }

  return last;
}
