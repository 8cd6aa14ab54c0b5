/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-metrics"

#include "config.h"

#include <math.h>
#include <string.h>

#include "sage-metrics.h"

#define MAX_DEPTH 8
#define MAX_NAME 80 /* characters of one level's name */
#define BETWEEN " › "

void
sage_metric_free (SageMetric *self)
{
  g_free (self->name);
  g_free (self);
}

/* A name of any length, as one level of a metric's name. JSON is valid UTF-8. */
static char *
clean_name (const char *name)
{
  glong length = g_utf8_strlen (name, -1);

  if (length <= MAX_NAME)
    return g_strdup (name);

  return g_utf8_substring (name, 0, MAX_NAME);
}

static char *
join (const char *prefix,
      const char *name)
{
  g_autofree char *clean = clean_name (name);

  /* SageMaker's reports say {"accuracy": {"value": 0.94}}: the level tells nothing. */
  if (prefix != NULL && strcmp (name, "value") == 0)
    return g_strdup (prefix);
  if (prefix == NULL)
    return g_steal_pointer (&clean);

  return g_strconcat (prefix, BETWEEN, clean, NULL);
}

static gboolean
read_number (JsonNode *node,
             double   *value)
{
  GType type = JSON_NODE_HOLDS_VALUE (node) ? json_node_get_value_type (node) : G_TYPE_INVALID;

  if (type != G_TYPE_DOUBLE && type != G_TYPE_INT64)
    return FALSE;

  *value = json_node_get_double (node);

  return isfinite (*value);
}

static void
collect (JsonObject *object,
         const char *prefix,
         guint       depth,
         GPtrArray  *metrics)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  json_object_iter_init_ordered (&iter, object);
  while (metrics->len < SAGE_METRICS_MOST && json_object_iter_next_ordered (&iter, &name, &node))
    {
      g_autofree char *full = join (prefix, name);
      double value;

      if (JSON_NODE_HOLDS_OBJECT (node) && depth < MAX_DEPTH)
        collect (json_node_get_object (node), full, depth + 1, metrics);
      else if (read_number (node, &value))
        {
          SageMetric *metric = g_new0 (SageMetric, 1);

          metric->name = g_steal_pointer (&full);
          metric->value = value;
          g_ptr_array_add (metrics, metric);
        }
    }
}

/* The object that the numbers are in: {"binary_classification_metrics": {…}} is a wrapping only. */
static JsonObject *
unwrap (JsonObject *report)
{
  while (json_object_get_size (report) == 1)
    {
      g_autoptr(GList) members = json_object_get_values (report);
      JsonNode *only = members->data;
      JsonObject *inner = JSON_NODE_HOLDS_OBJECT (only) ? json_node_get_object (only) : NULL;

      if (inner == NULL || json_object_has_member (inner, "value"))
        break;
      report = inner;
    }

  return report;
}

/**
 * sage_metrics_flatten:
 * @report: an evaluation report as SageMaker's examples write it, or any other JSON
 *
 * Finds the numbers of a report. Lists are left out: they are curves, not figures to compare.
 *
 * Returns: (transfer full) (element-type SageMetric): the numbers in the order of the report, at most
 *   %SAGE_METRICS_MOST
 */
GPtrArray *
sage_metrics_flatten (JsonObject *report)
{
  GPtrArray *metrics = g_ptr_array_new_with_free_func ((GDestroyNotify) sage_metric_free);

  g_return_val_if_fail (report != NULL, metrics);

  collect (unwrap (report), NULL, 0, metrics);

  return metrics;
}

/**
 * sage_metrics_find:
 * @metrics: (nullable) (element-type SageMetric): numbers of a report
 * @name: a name
 *
 * Returns: (transfer none) (nullable): the number of that name
 */
SageMetric *
sage_metrics_find (GPtrArray  *metrics,
                   const char *name)
{
  g_return_val_if_fail (name != NULL, NULL);

  for (guint i = 0; metrics != NULL && i < metrics->len; i++)
    {
      SageMetric *metric = g_ptr_array_index (metrics, i);

      if (strcmp (metric->name, name) == 0)
        return metric;
    }

  return NULL;
}

/* The words of a name are those between what is no letter and no digit. */
static gboolean
has_word (char               **words,
          const char * const  *wanted)
{
  for (gsize i = 0; words[i] != NULL; i++)
    if (g_strv_contains (wanted, words[i]))
      return TRUE;

  return FALSE;
}

/**
 * sage_metric_goal:
 * @name: the name of a number: "accuracy", "validation_log_loss"
 *
 * Returns: whether higher or lower is better, if the name says so
 */
SageMetricGoal
sage_metric_goal (const char *name)
{
  static const char * const lower[] = { "loss", "logloss", "error", "rmse", "mse", "mae", "mape",
                                        "latency", "deviation", "merror", "rmsle", NULL };
  static const char * const higher[] = { "accuracy", "precision", "recall", "f1", "f2", "auc",
                                         "aucpr", "r2", "ndcg", "map", "score", NULL };
  g_autofree char *folded = NULL;
  g_auto(GStrv) words = NULL;

  g_return_val_if_fail (name != NULL, SAGE_METRIC_UNKNOWN);

  folded = g_ascii_strdown (name, -1);
  words = g_strsplit_set (folded, " _-.:/@", -1);
  if (has_word (words, lower))
    return SAGE_METRIC_LOWER_IS_BETTER;
  if (has_word (words, higher))
    return SAGE_METRIC_HIGHER_IS_BETTER;

  return SAGE_METRIC_UNKNOWN;
}
