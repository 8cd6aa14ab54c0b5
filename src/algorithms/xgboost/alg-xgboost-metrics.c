/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "alg-xgboost-metrics"

#include "config.h"

#include <math.h>

#include "alg-xgboost-metrics.h"

/* How one class was met. */
typedef struct
{
  gint64  label;
  guint64 hits;      /* predicted, and so it was */
  guint64 predicted;
  guint64 actual;
} ClassCount;

typedef struct
{
  GArray     *classes;   /* of ClassCount */
  GHashTable *positions; /* label → position in classes, plus one */
  guint64     hits;
  gsize       rows;
} Confusion;

typedef double (*ConfusionFunc) (const Confusion *confusion);

static ClassCount *
find_class (Confusion *confusion,
            gint64     label)
{
  gpointer key = GSIZE_TO_POINTER ((gsize) label);
  guint position = GPOINTER_TO_UINT (g_hash_table_lookup (confusion->positions, key));

  if (position == 0)
    {
      ClassCount fresh = { .label = label };

      g_array_append_val (confusion->classes, fresh);
      position = confusion->classes->len;
      g_hash_table_insert (confusion->positions, key, GUINT_TO_POINTER (position));
    }

  return &g_array_index (confusion->classes, ClassCount, position - 1);
}

/* The class a number stands for: rounded as Python's round() does. */
static gint64
round_class (float value)
{
  return isfinite (value) ? (gint64) rint ((double) CLAMP (value, -1e9f, 1e9f)) : 0;
}

/* One output is a number to round; several vote by the highest. */
static gint64
predicted_class (const float *outputs,
                 gsize        count)
{
  gsize best = 0;

  if (count == 1)
    return round_class (outputs[0]);

  for (gsize i = 1; i < count; i++)
    if (outputs[i] > outputs[best])
      best = i;

  return (gint64) best;
}

static double
ratio (double part,
       double whole)
{
  return whole > 0 ? part / whole : 0.0;
}

static double
class_precision (const ClassCount *count)
{
  return ratio ((double) count->hits, (double) count->predicted);
}

static double
class_recall (const ClassCount *count)
{
  return ratio ((double) count->hits, (double) count->actual);
}

static double
class_f1 (const ClassCount *count)
{
  return ratio (2.0 * (double) count->hits, (double) (count->predicted + count->actual));
}

static double
mean_over_classes (const Confusion *confusion,
                   double         (*measure) (const ClassCount *count))
{
  double sum = 0.0;

  for (guint i = 0; i < confusion->classes->len; i++)
    sum += measure (&g_array_index (confusion->classes, ClassCount, i));

  return ratio (sum, (double) confusion->classes->len);
}

static double
of_positive_class (const Confusion *confusion,
                   double         (*measure) (const ClassCount *count))
{
  for (guint i = 0; i < confusion->classes->len; i++)
    if (g_array_index (confusion->classes, ClassCount, i).label == 1)
      return measure (&g_array_index (confusion->classes, ClassCount, i));

  return 0.0;
}

/* With one prediction a row, micro averages of precision and recall are the accuracy too. */
static double
accuracy (const Confusion *confusion)
{
  return ratio ((double) confusion->hits, (double) confusion->rows);
}

/* The mean recall over the classes that occur. */
static double
balanced_accuracy (const Confusion *confusion)
{
  double sum = 0.0;
  guint present = 0;

  for (guint i = 0; i < confusion->classes->len; i++)
    {
      const ClassCount *count = &g_array_index (confusion->classes, ClassCount, i);

      sum += class_recall (count);
      present += count->actual > 0;
    }

  return ratio (sum, present);
}

static double
f1_macro (const Confusion *confusion)
{
  return mean_over_classes (confusion, class_f1);
}

static double
f1_binary (const Confusion *confusion)
{
  return of_positive_class (confusion, class_f1);
}

static double
precision_binary (const Confusion *confusion)
{
  return of_positive_class (confusion, class_precision);
}

static double
precision_macro (const Confusion *confusion)
{
  return mean_over_classes (confusion, class_precision);
}

static double
recall_binary (const Confusion *confusion)
{
  return of_positive_class (confusion, class_recall);
}

static double
recall_macro (const Confusion *confusion)
{
  return mean_over_classes (confusion, class_recall);
}

/* What the SageMaker container adds to XGBoost's own metrics, with the meaning it has there: f1 is
 * the macro average, precision and recall without a suffix are of class 1. */
static const struct
{
  const char    *name;
  ConfusionFunc  compute;
} metrics[] = {
  { "accuracy", accuracy },
  { "balanced_accuracy", balanced_accuracy },
  { "f1", f1_macro },
  { "f1_binary", f1_binary },
  { "f1_macro", f1_macro },
  { "precision", precision_binary },
  { "precision_macro", precision_macro },
  { "precision_micro", accuracy },
  { "recall", recall_binary },
  { "recall_macro", recall_macro },
  { "recall_micro", accuracy },
  { "mse", NULL },
  { "r2", NULL },
};

/**
 * alg_xgboost_metric_is_ours:
 * @name: the name of a metric
 *
 * Returns: %TRUE when libxgboost does not know it and alg_xgboost_metric_compute() does
 */
gboolean
alg_xgboost_metric_is_ours (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (metrics); i++)
    if (g_str_equal (name, metrics[i].name))
      return TRUE;

  return FALSE;
}

static double
mean_squared_error (const float *predictions,
                    gsize        outputs,
                    const float *labels,
                    gsize        rows)
{
  double sum = 0.0;

  for (gsize i = 0; i < rows; i++)
    {
      double off = (double) predictions[i * outputs] - (double) labels[i];

      sum += off * off;
    }

  return ratio (sum, (double) rows);
}

/* The share of the labels' variance that the predictions explain. */
static double
r_squared (const float *predictions,
           gsize        outputs,
           const float *labels,
           gsize        rows)
{
  double mean = 0.0, total = 0.0;

  for (gsize i = 0; i < rows; i++)
    mean += (double) labels[i] / (double) rows;

  for (gsize i = 0; i < rows; i++)
    total += ((double) labels[i] - mean) * ((double) labels[i] - mean);

  if (total <= 0.0)
    return 0.0;

  return 1.0 - mean_squared_error (predictions, outputs, labels, rows) * (double) rows / total;
}

/**
 * alg_xgboost_metric_compute:
 * @name: one of ours
 * @predictions: what the model says: @rows × @outputs, transformed (probabilities, not margins)
 * @outputs: how many numbers the model gives for a row
 * @labels: the truth: @rows
 * @rows: how many
 *
 * Returns: the metric's value
 */
double
alg_xgboost_metric_compute (const char  *name,
                            const float *predictions,
                            gsize        outputs,
                            const float *labels,
                            gsize        rows)
{
  g_autoptr(GArray) classes = NULL;
  g_autoptr(GHashTable) positions = NULL;
  Confusion confusion = { .rows = rows };

  if (g_str_equal (name, "mse"))
    return mean_squared_error (predictions, outputs, labels, rows);

  if (g_str_equal (name, "r2"))
    return r_squared (predictions, outputs, labels, rows);

  confusion.classes = classes = g_array_new (FALSE, FALSE, sizeof (ClassCount));
  confusion.positions = positions = g_hash_table_new (NULL, NULL);

  for (gsize i = 0; i < rows; i++)
    {
      gint64 predicted = predicted_class (&predictions[i * outputs], outputs);
      gint64 actual = round_class (labels[i]);

      find_class (&confusion, predicted)->predicted++;
      find_class (&confusion, actual)->actual++;

      if (predicted == actual)
        {
          find_class (&confusion, actual)->hits++;
          confusion.hits++;
        }
    }

  for (guint i = 0; i < G_N_ELEMENTS (metrics); i++)
    if (g_str_equal (name, metrics[i].name))
      return metrics[i].compute (&confusion);

  g_return_val_if_reached (NAN);
}
