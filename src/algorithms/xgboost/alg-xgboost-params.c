/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "alg-xgboost-params"

#include "config.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "sage-error.h"
#include "sage-json.h"

#include "alg-xgboost-metrics.h"
#include "alg-xgboost-params.h"

typedef enum
{
  KIND_INTEGER,
  KIND_FLOAT,
  KIND_CHOICE,  /* one of .choices */
  KIND_CHOICES, /* several of .choices, separated by commas */
  KIND_METRICS,
  KIND_SIGNS,   /* "(1,0,-1)" */
  KIND_GROUPS,  /* "[[1,2],[3,4]]" */
  KIND_TEXT,
} Kind;

typedef enum
{
  USE_BOOSTER, /* handed to libxgboost */
  USE_OURS,    /* read by the training loop */
  USE_NOTHING, /* known to older XGBoost; accepted, named in the log */
} Use;

typedef struct
{
  const char *name;
  Kind        kind;
  Use         use;
  double      min;
  double      max;
  gboolean    min_open;
  gboolean    max_open;
  const char *choices; /* separated by spaces */
} Spec;

#define UPDATERS "grow_colmaker grow_histmaker grow_quantile_histmaker sync refresh prune shotgun " \
                 "coord_descent"
#define OBJECTIVES "binary:logistic binary:logitraw binary:hinge count:poisson multi:softmax "   \
                   "multi:softprob rank:pairwise rank:ndcg rank:map reg:linear "                  \
                   "reg:squarederror reg:squaredlogerror reg:logistic reg:pseudohubererror "      \
                   "reg:gamma reg:tweedie survival:aft survival:cox"

/* The hyperparameters of SageMaker's XGBoost 1.7, with the ranges its documentation gives. */
static const Spec specs[] = {
  { "num_round", KIND_INTEGER, USE_OURS, 1, 1e6 },
  { "early_stopping_rounds", KIND_INTEGER, USE_OURS, 1, 1e6 },
  { "csv_weights", KIND_INTEGER, USE_OURS, 0, 1 },
  { "save_model_on_termination", KIND_CHOICE, USE_OURS, .choices = "true false" },
  { "eval_metric", KIND_METRICS, USE_OURS },
  { "_tuning_objective_metric", KIND_TEXT, USE_OURS },
  { "num_class", KIND_INTEGER, USE_BOOSTER, 2, 1e6 },
  { "objective", KIND_CHOICE, USE_BOOSTER, .choices = OBJECTIVES },
  { "booster", KIND_CHOICE, USE_BOOSTER, .choices = "gbtree gblinear dart" },
  { "tree_method", KIND_CHOICE, USE_BOOSTER, .choices = "auto exact approx hist" },
  { "verbosity", KIND_INTEGER, USE_BOOSTER, 0, 3 },
  { "nthread", KIND_INTEGER, USE_BOOSTER, 1, 4096 },
  { "eta", KIND_FLOAT, USE_BOOSTER, 0, 1 },
  { "gamma", KIND_FLOAT, USE_BOOSTER, 0, INFINITY },
  { "max_depth", KIND_INTEGER, USE_BOOSTER, 0, 1e4 },
  { "min_child_weight", KIND_FLOAT, USE_BOOSTER, 0, INFINITY },
  { "max_delta_step", KIND_FLOAT, USE_BOOSTER, 0, INFINITY },
  { "subsample", KIND_FLOAT, USE_BOOSTER, 0, 1, .min_open = TRUE },
  { "colsample_bytree", KIND_FLOAT, USE_BOOSTER, 0, 1, .min_open = TRUE },
  { "colsample_bylevel", KIND_FLOAT, USE_BOOSTER, 0, 1, .min_open = TRUE },
  { "colsample_bynode", KIND_FLOAT, USE_BOOSTER, 0, 1, .min_open = TRUE },
  { "lambda", KIND_FLOAT, USE_BOOSTER, 0, INFINITY },
  { "alpha", KIND_FLOAT, USE_BOOSTER, 0, INFINITY },
  { "scale_pos_weight", KIND_FLOAT, USE_BOOSTER, 0, INFINITY, .min_open = TRUE },
  { "base_score", KIND_FLOAT, USE_BOOSTER, -INFINITY, INFINITY },
  { "updater", KIND_CHOICES, USE_BOOSTER, .choices = UPDATERS },
  { "refresh_leaf", KIND_INTEGER, USE_BOOSTER, 0, 1 },
  { "process_type", KIND_CHOICE, USE_BOOSTER, .choices = "default update" },
  { "grow_policy", KIND_CHOICE, USE_BOOSTER, .choices = "depthwise lossguide" },
  { "max_leaves", KIND_INTEGER, USE_BOOSTER, 0, 1e6 },
  { "max_bin", KIND_INTEGER, USE_BOOSTER, 2, 65536 },
  { "num_parallel_tree", KIND_INTEGER, USE_BOOSTER, 1, 1e5 },
  { "sampling_method", KIND_CHOICE, USE_BOOSTER, .choices = "uniform gradient_based" },
  { "monotone_constraints", KIND_SIGNS, USE_BOOSTER },
  { "interaction_constraints", KIND_GROUPS, USE_BOOSTER },
  { "sample_type", KIND_CHOICE, USE_BOOSTER, .choices = "uniform weighted" },
  { "normalize_type", KIND_CHOICE, USE_BOOSTER, .choices = "tree forest" },
  { "rate_drop", KIND_FLOAT, USE_BOOSTER, 0, 1 },
  { "one_drop", KIND_INTEGER, USE_BOOSTER, 0, 1 },
  { "skip_drop", KIND_FLOAT, USE_BOOSTER, 0, 1 },
  { "tweedie_variance_power", KIND_FLOAT, USE_BOOSTER, 1, 2, TRUE, TRUE },
  { "aft_loss_distribution", KIND_CHOICE, USE_BOOSTER, .choices = "normal logistic extreme" },
  { "aft_loss_distribution_scale", KIND_FLOAT, USE_BOOSTER, 0, INFINITY, .min_open = TRUE },
  { "seed", KIND_INTEGER, USE_BOOSTER, -2147483647.0, 2147483646.0 },
  { "lambda_bias", KIND_FLOAT, USE_NOTHING, 0, 1 },
  { "sketch_eps", KIND_FLOAT, USE_NOTHING, 0, 1, TRUE, TRUE },
  { "predictor", KIND_CHOICE, USE_NOTHING, .choices = "auto cpu_predictor" },
  { "dsplit", KIND_CHOICE, USE_NOTHING, .choices = "row col" },
  { "single_precision_histogram", KIND_CHOICE, USE_NOTHING, .choices = "true false" },
  { "deterministic_histogram", KIND_CHOICE, USE_NOTHING, .choices = "true false" },
  { "prob_buffer_row", KIND_FLOAT, USE_NOTHING, 1, INFINITY, .min_open = TRUE },
};

static const struct
{
  const char *alias;
  const char *name;
} aliases[] = {
  { "learning_rate", "eta" },
  { "min_split_loss", "gamma" },
  { "reg_lambda", "lambda" },
  { "reg_alpha", "alpha" },
};

/* What libxgboost computes itself; `@` stands where a threshold or a rank may follow. */
static const char native_metrics[] =
  "aft-nloglik auc aucpr cox-nloglik error@ gamma-deviance gamma-nloglik "
  "interval-regression-accuracy logloss mae map@ mape merror mlogloss mphe ndcg@ poisson-nloglik "
  "rmse rmsle tweedie-nloglik pre@";

static const char maximized_metrics[] = "auc aucpr map ndcg pre";

static const Spec *
find_spec (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (aliases); i++)
    if (g_str_equal (name, aliases[i].alias))
      name = aliases[i].name;

  for (guint i = 0; i < G_N_ELEMENTS (specs); i++)
    if (g_str_equal (name, specs[i].name))
      return &specs[i];

  return NULL;
}

static gboolean
list_contains (const char *list,
               const char *word)
{
  g_auto(GStrv) words = g_strsplit (list, " ", -1);

  return g_strv_contains ((const char *const *) words, word);
}

static gboolean
check_range (const Spec  *spec,
             double       value,
             const char  *text,
             GError     **error)
{
  gboolean low = spec->min_open ? value <= spec->min : value < spec->min;
  gboolean high = spec->max_open ? value >= spec->max : value > spec->max;

  if (!low && !high && isfinite (value))
    return TRUE;

  return sage_throw (error, SAGE_ERROR_INVALID,
                     "Hyperparameter %s: '%s' is outside the range %c%g, %g%c",
                     spec->name, text, spec->min_open ? '(' : '[', spec->min, spec->max,
                     spec->max_open || isinf (spec->max) ? ')' : ']');
}

static gboolean
check_number (const Spec  *spec,
              const char  *text,
              GError     **error)
{
  gint64 whole;
  double value;
  char *end;

  if (spec->kind == KIND_INTEGER)
    {
      if (!g_ascii_string_to_signed (text, 10, G_MININT64, G_MAXINT64, &whole, NULL))
        return sage_throw (error, SAGE_ERROR_INVALID,
                           "Hyperparameter %s: '%s' is not an integer", spec->name, text);

      return check_range (spec, (double) whole, text, error);
    }

  value = g_ascii_strtod (text, &end);

  if (end == text || *end != '\0' || strpbrk (text, "xX") != NULL || isnan (value))
    return sage_throw (error, SAGE_ERROR_INVALID,
                       "Hyperparameter %s: '%s' is not a number", spec->name, text);

  return check_range (spec, value, text, error);
}

static gboolean
check_choices (const Spec  *spec,
               const char  *text,
               GError     **error)
{
  g_auto(GStrv) words = g_strsplit (text, spec->kind == KIND_CHOICES ? "," : "\n", -1);

  for (guint i = 0; words[i] != NULL; i++)
    if (!list_contains (spec->choices, g_strstrip (words[i])))
      return sage_throw (error, SAGE_ERROR_INVALID,
                         "Hyperparameter %s: '%s' is none of: %s", spec->name, words[i],
                         spec->choices);

  return TRUE;
}

/* `name`, or `name@threshold` where libxgboost takes one. */
static gboolean
is_metric (const char *metric)
{
  const char *at = strchr (metric, '@');
  g_autofree char *name = NULL;
  char *end;

  if (at == NULL)
    {
      name = g_strconcat (metric, "@", NULL);

      return alg_xgboost_metric_is_ours (metric) || list_contains (native_metrics, metric)
             || list_contains (native_metrics, name);
    }

  name = g_strndup (metric, (gsize) (at - metric) + 1);
  g_ascii_strtod (at + 1, &end);

  if (end == at + 1 || (*end != '\0' && !g_str_equal (end, "-")))
    return FALSE;

  return list_contains (native_metrics, name);
}

static gboolean
check_metrics (const char  *name,
               const char  *text,
               GPtrArray   *metrics,
               GError     **error)
{
  g_auto(GStrv) words = g_strsplit (text, ",", -1);

  for (guint i = 0; words[i] != NULL; i++)
    {
      const char *metric = g_strstrip (words[i]);

      if (!is_metric (metric))
        return sage_throw (error, SAGE_ERROR_INVALID,
                           "Hyperparameter %s: there is no metric '%s'", name, metric);

      if (!g_ptr_array_find_with_equal_func (metrics, metric, g_str_equal, NULL))
        g_ptr_array_add (metrics, g_strdup (metric));
    }

  return TRUE;
}

/* "(1, 0, -1)": one sign a feature. */
static gboolean
check_signs (const Spec  *spec,
             const char  *text,
             GError     **error)
{
  gsize length = strlen (text);
  g_autofree char *inner = NULL;
  g_auto(GStrv) words = NULL;
  gboolean ok = length >= 3 && text[0] == '(' && text[length - 1] == ')';

  if (ok)
    {
      inner = g_strndup (text + 1, length - 2);
      words = g_strsplit (inner, ",", -1);
    }

  for (guint i = 0; ok && words[i] != NULL; i++)
    ok = list_contains ("-1 0 1 +1", g_strstrip (words[i])) || (i > 0 && words[i + 1] == NULL
                                                                && *words[i] == '\0');

  if (ok)
    return TRUE;

  return sage_throw (error, SAGE_ERROR_INVALID,
                     "Hyperparameter %s: '%s' is not of the form (1,0,-1)", spec->name, text);
}

/* "[[0,1],[2,3,4]]": groups of features that may meet in a branch. */
static gboolean
check_groups (const Spec  *spec,
              const char  *text,
              GError     **error)
{
  g_autoptr(JsonNode) node = sage_json_parse (text, -1, NULL, NULL);
  JsonArray *groups = node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node)
                                                                   : NULL;
  gboolean ok = groups != NULL;

  for (guint i = 0; ok && i < json_array_get_length (groups); i++)
    {
      JsonNode *group = json_array_get_element (groups, i);
      JsonArray *members = JSON_NODE_HOLDS_ARRAY (group) ? json_node_get_array (group) : NULL;

      ok = members != NULL;

      for (guint j = 0; ok && j < json_array_get_length (members); j++)
        ok = json_node_get_value_type (json_array_get_element (members, j)) == G_TYPE_INT64;
    }

  if (ok)
    return TRUE;

  return sage_throw (error, SAGE_ERROR_INVALID,
                     "Hyperparameter %s: '%s' is not of the form [[0,1],[2,3,4]]",
                     spec->name, text);
}

static gboolean
check_value (const Spec  *spec,
             const char  *text,
             GPtrArray   *metrics,
             GError     **error)
{
  if (*text == '\0')
    return sage_throw (error, SAGE_ERROR_INVALID, "Hyperparameter %s is empty", spec->name);

  switch (spec->kind)
    {
    case KIND_INTEGER:
    case KIND_FLOAT:
      return check_number (spec, text, error);
    case KIND_CHOICE:
    case KIND_CHOICES:
      return check_choices (spec, text, error);
    case KIND_METRICS:
      return check_metrics (spec->name, text, metrics, error);
    case KIND_SIGNS:
      return check_signs (spec, text, error);
    case KIND_GROUPS:
      return check_groups (spec, text, error);
    case KIND_TEXT:
      return TRUE;
    default:
      g_assert_not_reached ();
    }
}

/* `validation:auc` asks for auc, and for early stopping to watch it. */
static gboolean
add_tuning_metric (AlgXgboostParams  *params,
                   const char        *text,
                   GError           **error)
{
  const char *colon = strchr (text, ':');
  const char *metric = colon != NULL ? colon + 1 : text;

  if (!check_metrics ("_tuning_objective_metric", metric, params->metrics, error))
    return FALSE;

  g_set_str (&params->stop_metric, metric);

  return TRUE;
}

static gboolean
take_own (AlgXgboostParams  *params,
          const char        *name,
          const char        *text,
          GError           **error)
{
  guint number = (guint) g_ascii_strtoull (text, NULL, 10);

  if (g_str_equal (name, "num_round"))
    params->rounds = number;
  else if (g_str_equal (name, "early_stopping_rounds"))
    params->stop_rounds = number;
  else if (g_str_equal (name, "csv_weights"))
    params->csv_weights = number == 1;
  else if (g_str_equal (name, "save_model_on_termination"))
    params->save_on_termination = g_str_equal (text, "true");
  else if (g_str_equal (name, "_tuning_objective_metric"))
    return add_tuning_metric (params, text, error);

  return TRUE;
}

static void
add_booster (AlgXgboostParams *params,
             const char       *name,
             const char       *text)
{
  /* The old name of the same loss. */
  if (g_str_equal (name, "objective") && g_str_equal (text, "reg:linear"))
    text = "reg:squarederror";

  g_ptr_array_add (params->names, g_strdup (name));
  g_ptr_array_add (params->values, g_strdup (text));
}

static gboolean
take (AlgXgboostParams  *params,
      const Spec        *spec,
      const char        *text,
      GError           **error)
{
  if (alg_xgboost_params_get (params, spec->name) != NULL)
    return sage_throw (error, SAGE_ERROR_INVALID,
                       "Hyperparameter %s is given twice, under its name and its alias",
                       spec->name);

  if (!check_value (spec, text, params->metrics, error))
    return FALSE;

  switch (spec->use)
    {
    case USE_BOOSTER:
      add_booster (params, spec->name, text);
      return TRUE;
    case USE_OURS:
      return take_own (params, spec->name, text, error);
    case USE_NOTHING:
      g_ptr_array_add (params->notices,
                       g_strdup_printf ("Hyperparameter %s has no effect in this version of "
                                        "XGBoost", spec->name));
      return TRUE;
    default:
      g_assert_not_reached ();
    }
}

/* Rules that take two hyperparameters. */
static gboolean
check_together (AlgXgboostParams  *params,
                GError           **error)
{
  const char *objective = alg_xgboost_params_get (params, "objective");
  const char *booster = alg_xgboost_params_get (params, "booster");
  gboolean multi = objective != NULL && g_str_has_prefix (objective, "multi:");

  if (params->rounds == 0)
    return sage_throw (error, SAGE_ERROR_INVALID, "Hyperparameter num_round is required");

  if (multi && alg_xgboost_params_get (params, "num_class") == NULL)
    return sage_throw (error, SAGE_ERROR_INVALID,
                       "Hyperparameter num_class is required for objective %s", objective);

  if (!multi && alg_xgboost_params_get (params, "num_class") != NULL)
    return sage_throw (error, SAGE_ERROR_INVALID,
                       "Hyperparameter num_class needs objective multi:softmax or multi:softprob");

  if (booster != NULL && g_str_equal (booster, "gblinear")
      && (alg_xgboost_params_get (params, "monotone_constraints") != NULL
          || alg_xgboost_params_get (params, "interaction_constraints") != NULL))
    return sage_throw (error, SAGE_ERROR_INVALID,
                       "Constraints need trees: hyperparameter booster is gblinear");

  return TRUE;
}

static gboolean
refuse_unknown (GPtrArray  *unknown,
                GError    **error)
{
  g_autofree char *names = NULL;

  if (unknown->len == 0)
    return TRUE;

  g_ptr_array_add (unknown, NULL);
  names = g_strjoinv (", ", (char **) unknown->pdata);

  return sage_throw (error, SAGE_ERROR_INVALID, "XGBoost has no hyperparameter named: %s", names);
}

/**
 * alg_xgboost_params_parse:
 * @job: the job
 * @error: (out): %SAGE_ERROR_INVALID, naming the hyperparameter
 *
 * Checks the job's hyperparameters by the table above; unknown ones are refused, all of them in
 * one message. Names that start with `sagemaker_` are not the algorithm's.
 *
 * Returns: (transfer full): what they ask for
 */
AlgXgboostParams *
alg_xgboost_params_parse (AlgJob  *job,
                          GError **error)
{
  g_autoptr(AlgXgboostParams) params = g_new0 (AlgXgboostParams, 1);
  g_autoptr(GPtrArray) unknown = g_ptr_array_new ();
  g_autoptr(GList) members = json_object_get_members (job->hyperparameters);

  params->names = g_ptr_array_new_with_free_func (g_free);
  params->values = g_ptr_array_new_with_free_func (g_free);
  params->metrics = g_ptr_array_new_with_free_func (g_free);
  params->notices = g_ptr_array_new_with_free_func (g_free);

  for (GList *link = members; link != NULL; link = link->next)
    if (!g_str_has_prefix (link->data, "sagemaker_") && find_spec (link->data) == NULL)
      g_ptr_array_add (unknown, link->data);

  if (!refuse_unknown (unknown, error))
    return NULL;

  /* In the order of the table, so that the tuning objective comes behind eval_metric. */
  for (guint i = 0; i < G_N_ELEMENTS (specs); i++)
    for (GList *link = members; link != NULL; link = link->next)
      {
        g_autofree char *text = NULL;

        if (find_spec (link->data) != &specs[i])
          continue;

        text = alg_job_hyperparameter (job, link->data);

        if (text == NULL)
          {
            sage_throw (error, SAGE_ERROR_INVALID, "Hyperparameter %s must be a string",
                        (const char *) link->data);
            return NULL;
          }

        if (!take (params, &specs[i], g_strstrip (text), error))
          return NULL;
      }

  if (!check_together (params, error))
    return NULL;

  if (params->stop_metric == NULL && params->metrics->len > 0)
    params->stop_metric = g_strdup (g_ptr_array_index (params->metrics, params->metrics->len - 1));

  return g_steal_pointer (&params);
}

/**
 * alg_xgboost_params_free:
 * @params: (transfer full): the parameters
 */
void
alg_xgboost_params_free (AlgXgboostParams *params)
{
  g_clear_pointer (&params->names, g_ptr_array_unref);
  g_clear_pointer (&params->values, g_ptr_array_unref);
  g_clear_pointer (&params->metrics, g_ptr_array_unref);
  g_clear_pointer (&params->notices, g_ptr_array_unref);
  g_free (params->stop_metric);
  g_free (params);
}

/**
 * alg_xgboost_params_get:
 * @params: the parameters
 * @name: the name of one that libxgboost is told
 *
 * Returns: (nullable): its value
 */
const char *
alg_xgboost_params_get (AlgXgboostParams *params,
                        const char       *name)
{
  for (guint i = 0; i < params->names->len; i++)
    if (g_str_equal (g_ptr_array_index (params->names, i), name))
      return g_ptr_array_index (params->values, i);

  return NULL;
}

/**
 * alg_xgboost_metric_maximizes:
 * @metric: a metric's name, with its threshold if it has one
 *
 * Returns: %TRUE when a higher value is the better one
 */
gboolean
alg_xgboost_metric_maximizes (const char *metric)
{
  g_autofree char *name = g_strndup (metric, strcspn (metric, "@"));

  if (alg_xgboost_metric_is_ours (metric))
    return !g_str_equal (metric, "mse");

  return list_contains (maximized_metrics, name);
}
