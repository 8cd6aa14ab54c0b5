/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-comparison"

#include "config.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "sage-comparison.h"
#include "sage-json.h"
#include "sage-words.h"

void
sage_comparison_row_free (SageComparisonRow *self)
{
  g_free (self->label);
  g_free (self->texts[0]);
  g_free (self->texts[1]);
  g_free (self);
}

static GPtrArray *
new_rows (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) sage_comparison_row_free);
}

/* --- Metrics ---------------------------------------------------------------------------------- */

/**
 * sage_comparison_mark:
 * @name: what is measured
 * @candidate: a number; NaN for none
 * @champion: the number that it is compared with; NaN for none
 *
 * Returns: how the first stands to the second
 */
SageMark
sage_comparison_mark (const char *name,
                      double      candidate,
                      double      champion)
{
  SageMetricGoal goal;

  g_return_val_if_fail (name != NULL, SAGE_MARK_NONE);

  if (isnan (candidate) || isnan (champion))
    return SAGE_MARK_NONE;
  if (candidate == champion)
    return SAGE_MARK_SAME;

  goal = sage_metric_goal (name);
  if (goal == SAGE_METRIC_UNKNOWN)
    return candidate > champion ? SAGE_MARK_HIGHER : SAGE_MARK_LOWER;

  return (candidate > champion) == (goal == SAGE_METRIC_HIGHER_IS_BETTER) ? SAGE_MARK_BETTER
                                                                          : SAGE_MARK_WORSE;
}

static void
add_metric (GPtrArray  *rows,
            const char *name,
            SageMetric *candidate,
            SageMetric *champion)
{
  SageComparisonRow *row = g_new0 (SageComparisonRow, 1);

  row->kind = SAGE_COMPARISON_NUMBER;
  row->label = g_strdup (name);
  row->numbers[0] = candidate != NULL ? candidate->value : NAN;
  row->numbers[1] = champion != NULL ? champion->value : NAN;
  row->mark = sage_comparison_mark (name, row->numbers[0], row->numbers[1]);
  g_ptr_array_add (rows, row);
}

/**
 * sage_comparison_metrics:
 * @candidate: (nullable) (element-type SageMetric): numbers
 * @champion: (nullable) (element-type SageMetric): those to compare them with
 *
 * Returns: (transfer full) (element-type SageComparisonRow): a row for each name, those of the
 *   candidate first
 */
GPtrArray *
sage_comparison_metrics (GPtrArray *candidate,
                         GPtrArray *champion)
{
  GPtrArray *rows = new_rows ();

  for (guint i = 0; candidate != NULL && i < candidate->len; i++)
    {
      SageMetric *metric = g_ptr_array_index (candidate, i);

      add_metric (rows, metric->name, metric, sage_metrics_find (champion, metric->name));
    }
  for (guint i = 0; champion != NULL && i < champion->len; i++)
    {
      SageMetric *metric = g_ptr_array_index (champion, i);

      if (sage_metrics_find (candidate, metric->name) == NULL)
        add_metric (rows, metric->name, NULL, metric);
    }

  return rows;
}

/* --- Facts ------------------------------------------------------------------------------------ */

static JsonObject *
container_of (JsonObject *package)
{
  JsonObject *inference = sage_json_object (package, "InferenceSpecification");
  JsonArray *containers = inference != NULL ? sage_json_array (inference, "Containers") : NULL;

  return containers != NULL ? sage_json_array_object (containers, 0) : NULL;
}

static char *
dup_container_member (JsonObject *package,
                      const char *member)
{
  JsonObject *container = container_of (package);

  return container != NULL ? g_strdup (sage_json_string (container, member, NULL)) : NULL;
}

static char *
dup_image (JsonObject *package)
{
  return dup_container_member (package, "Image");
}

static char *
dup_model_data (JsonObject *package)
{
  return dup_container_member (package, "ModelDataUrl");
}

static char *
dup_creator (JsonObject *package)
{
  JsonObject *creator = sage_json_object (package, "CreatedBy");

  return creator != NULL ? g_strdup (sage_json_string (creator, "UserProfileName", NULL)) : NULL;
}

static char *
dup_about (JsonObject *package)
{
  return g_strdup (sage_json_string (package, "ModelPackageDescription", NULL));
}

/**
 * sage_comparison_training_job:
 * @package: the description of a model package
 *
 * Returns: (transfer full) (nullable): the training job that made its model, by where jobs put theirs:
 *   `…/NAME/output/model.tar.gz`
 */
char *
sage_comparison_training_job (JsonObject *package)
{
  static const char end[] = "/output/model.tar.gz";
  g_autofree char *url = dup_model_data (package);
  const char *slash;

  if (url == NULL || !g_str_has_prefix (url, "s3://") || !g_str_has_suffix (url, end))
    return NULL;

  url[strlen (url) - strlen (end)] = '\0';
  slash = strrchr (url + strlen ("s3://"), '/');

  return slash != NULL && slash[1] != '\0' ? g_strdup (slash + 1) : NULL;
}

static const struct
{
  SageComparisonKind   kind;
  const char          *label;
  char              *(*dup) (JsonObject *package);
} facts[] = {
  { SAGE_COMPARISON_TEXT, N_("Description"), dup_about },
  { SAGE_COMPARISON_LINK, N_("Training job"), sage_comparison_training_job },
  { SAGE_COMPARISON_IDENTIFIER, N_("Inference image"), dup_image },
  { SAGE_COMPARISON_IDENTIFIER, N_("Model data"), dup_model_data },
  { SAGE_COMPARISON_TEXT, N_("Created by"), dup_creator },
};

static void
add_time (GPtrArray  *rows,
          JsonObject *candidate,
          JsonObject *champion)
{
  SageComparisonRow *row = g_new0 (SageComparisonRow, 1);

  row->kind = SAGE_COMPARISON_TIME;
  row->label = g_strdup (_("Created"));
  row->numbers[0] = sage_json_double (candidate, "CreationTime", 0);
  row->numbers[1] = champion != NULL ? sage_json_double (champion, "CreationTime", 0) : 0;
  g_ptr_array_add (rows, row);
}

/**
 * sage_comparison_facts:
 * @candidate: the description of a model package
 * @champion: (nullable): the description of the one to compare it with
 *
 * Returns: (transfer full) (element-type SageComparisonRow): what they are made of
 */
GPtrArray *
sage_comparison_facts (JsonObject *candidate,
                       JsonObject *champion)
{
  GPtrArray *rows = new_rows ();

  g_return_val_if_fail (candidate != NULL, rows);

  for (gsize i = 0; i < G_N_ELEMENTS (facts); i++)
    {
      g_autofree char *left = facts[i].dup (candidate);
      g_autofree char *right = champion != NULL ? facts[i].dup (champion) : NULL;
      SageComparisonRow *row;

      if (left == NULL && right == NULL)
        continue;

      row = g_new0 (SageComparisonRow, 1);
      row->kind = facts[i].kind;
      row->label = g_strdup (_(facts[i].label));
      if (champion != NULL)
        row->mark = g_strcmp0 (left, right) == 0 ? SAGE_MARK_SAME : SAGE_MARK_DIFFERENT;
      row->texts[0] = g_steal_pointer (&left);
      row->texts[1] = g_steal_pointer (&right);
      row->numbers[0] = row->numbers[1] = NAN;
      g_ptr_array_add (rows, row);
    }
  add_time (rows, candidate, champion);

  return rows;
}

/* --- Words ------------------------------------------------------------------------------------ */

/**
 * sage_comparison_mark_words:
 * @row: a row
 *
 * Returns: (transfer full) (nullable): what differs: "+0.012, better"; %NULL if nothing does
 */
char *
sage_comparison_mark_words (const SageComparisonRow *row)
{
  double difference = row->numbers[0] - row->numbers[1];
  g_autofree char *number = sage_words_number (fabs (difference));
  g_autofree char *text = g_strconcat (difference < 0 ? "−" : "+", number, NULL);

  switch (row->mark)
    {
    case SAGE_MARK_DIFFERENT:
      return g_strdup (_("Different"));
    case SAGE_MARK_HIGHER:
      /* Translators: a number with its sign: by how much this one is higher */
      return g_strdup_printf (_("%s, higher"), text);
    case SAGE_MARK_LOWER:
      return g_strdup_printf (_("%s, lower"), text);
    case SAGE_MARK_BETTER:
      return g_strdup_printf (_("%s, better"), text);
    case SAGE_MARK_WORSE:
      return g_strdup_printf (_("%s, worse"), text);
    case SAGE_MARK_NONE:
    case SAGE_MARK_SAME:
    default:
      return NULL;
    }
}
