/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "sage-error.h"
#include "sage-json.h"

#include "alg-xgboost-metrics.h"
#include "alg-xgboost-params.h"

static AlgXgboostParams *
parse (const char  *json,
       GError     **error)
{
  g_autoptr(JsonNode) node = sage_json_parse_object (json, -1, NULL, NULL);
  AlgJob job = { .root = (char *) "/nowhere", .hyperparameters = json_node_get_object (node) };

  return alg_xgboost_params_parse (&job, error);
}

static void
test_accepted (void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(AlgXgboostParams) params = NULL;

  params = parse ("{\"num_round\":\"10\",\"learning_rate\":\"0.3\",\"objective\":\"reg:linear\","
                  "\"eval_metric\":\"rmse, mae,error@0.7,f1\","
                  "\"_tuning_objective_metric\":\"validation:mape\","
                  "\"early_stopping_rounds\":\"3\",\"csv_weights\":\"1\",\"seed\":\" -5 \","
                  "\"save_model_on_termination\":\"true\",\"max_depth\":\"\\\"4\\\"\","
                  "\"monotone_constraints\":\"(1, 0,-1)\",\"predictor\":\"auto\","
                  "\"interaction_constraints\":\"[[0,1],[2]]\",\"sagemaker_region\":\"x\"}",
                  &error);
  g_assert_no_error (error);
  g_assert_cmpuint (params->rounds, ==, 10);
  g_assert_cmpuint (params->stop_rounds, ==, 3);
  g_assert_true (params->csv_weights);
  g_assert_true (params->save_on_termination);
  g_assert_cmpstr (alg_xgboost_params_get (params, "eta"), ==, "0.3");
  g_assert_cmpstr (alg_xgboost_params_get (params, "max_depth"), ==, "4");
  g_assert_cmpstr (alg_xgboost_params_get (params, "seed"), ==, "-5");
  g_assert_cmpstr (alg_xgboost_params_get (params, "objective"), ==, "reg:squarederror");
  g_assert_null (alg_xgboost_params_get (params, "predictor"));
  g_assert_cmpuint (params->notices->len, ==, 1);
  g_assert_cmpuint (params->metrics->len, ==, 5);
  g_assert_cmpstr (params->stop_metric, ==, "mape");
}

static const struct
{
  const char *json;
  const char *message;
} refused[] = {
  { "{}", "num_round is required" },
  { "{\"num_round\":\"0\"}", "num_round: '0' is outside the range [1, " },
  { "{\"num_round\":\"10.5\"}", "num_round: '10.5' is not an integer" },
  { "{\"num_round\":\"\"}", "num_round is empty" },
  { "{\"num_round\":\"9999999999999999999999\"}", "is not an integer" },
  { "{\"num_round\":5}", "num_round must be a string" },
  { "{\"num_round\":\"1\",\"etta\":\"1\",\"depth\":\"2\"}", "no hyperparameter named: etta, depth" },
  { "{\"num_round\":\"1\",\"eta\":\"1.5\"}", "eta: '1.5' is outside the range [0, 1]" },
  { "{\"num_round\":\"1\",\"eta\":\"0x1\"}", "eta: '0x1' is not a number" },
  { "{\"num_round\":\"1\",\"eta\":\"nan\"}", "eta: 'nan' is not a number" },
  { "{\"num_round\":\"1\",\"gamma\":\"inf\"}", "gamma: 'inf' is outside the range [0, inf)" },
  { "{\"num_round\":\"1\",\"subsample\":\"0\"}", "outside the range (0, 1]" },
  { "{\"num_round\":\"1\",\"eta\":\"0.1\",\"learning_rate\":\"0.2\"}", "eta is given twice" },
  { "{\"num_round\":\"1\",\"objective\":\"binary:magic\"}", "'binary:magic' is none of" },
  { "{\"num_round\":\"1\",\"objective\":\"multi:softmax\"}", "num_class is required" },
  { "{\"num_round\":\"1\",\"num_class\":\"3\"}", "num_class needs objective" },
  { "{\"num_round\":\"1\",\"tree_method\":\"gpu_hist\"}", "'gpu_hist' is none of" },
  { "{\"num_round\":\"1\",\"eval_metric\":\"rmse,none\"}", "there is no metric 'none'" },
  { "{\"num_round\":\"1\",\"eval_metric\":\"rmse@3\"}", "there is no metric 'rmse@3'" },
  { "{\"num_round\":\"1\",\"eval_metric\":\"error@\"}", "there is no metric 'error@'" },
  { "{\"num_round\":\"1\",\"eval_metric\":\"\"}", "eval_metric is empty" },
  { "{\"num_round\":\"1\",\"_tuning_objective_metric\":\"validation:x\"}", "no metric 'x'" },
  { "{\"num_round\":\"1\",\"updater\":\"prune,magic\"}", "'magic' is none of" },
  { "{\"num_round\":\"1\",\"monotone_constraints\":\"(2)\"}", "not of the form (1,0,-1)" },
  { "{\"num_round\":\"1\",\"monotone_constraints\":\"1,0\"}", "not of the form (1,0,-1)" },
  { "{\"num_round\":\"1\",\"interaction_constraints\":\"[1]\"}", "not of the form [[0,1]" },
  { "{\"num_round\":\"1\",\"interaction_constraints\":\"[[\\\"a\\\"]]\"}", "not of the form" },
  { "{\"num_round\":\"1\",\"booster\":\"gblinear\",\"monotone_constraints\":\"(1)\"}",
    "Constraints need trees" },
  { "{\"num_round\":\"1\",\"csv_weights\":\"2\"}", "csv_weights: '2' is outside" },
};

static void
test_refused (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      g_autoptr(GError) error = NULL;

      g_assert_null (parse (refused[i].json, &error));
      g_assert_error (error, SAGE_ERROR, SAGE_ERROR_INVALID);

      if (strstr (error->message, refused[i].message) == NULL)
        g_error ("%s: '%s' does not say '%s'", refused[i].json, error->message,
                 refused[i].message);
    }
}

/* The values scikit-learn gives for the same data. */
static void
test_metrics (void)
{
  const float binary[] = { 0.9f, 0.2f, 0.6f, 0.4f, 0.8f };
  const float truth[] = { 1, 0, 0, 1, 1 };
  const float multi[] = { 0.7f, 0.2f, 0.1f, 0.1f, 0.8f, 0.1f, 0.3f, 0.5f, 0.2f };
  const float classes[] = { 0, 1, 2 };
  const struct
  {
    const char *name;
    double      value;
  } cases[] = {
    { "accuracy", 0.6 },
    { "balanced_accuracy", (0.5 + 2.0 / 3.0) / 2.0 },
    { "f1", (0.5 + 2.0 / 3.0) / 2.0 },
    { "f1_binary", 2.0 / 3.0 },
    { "precision", 2.0 / 3.0 },
    { "recall", 2.0 / 3.0 },
    { "precision_micro", 0.6 },
    { "mse", (0.01 + 0.04 + 0.36 + 0.36 + 0.04) / 5.0 },
    { "r2", 1.0 - 0.81 / 1.2 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpfloat_with_epsilon (alg_xgboost_metric_compute (cases[i].name, binary, 1, truth, 5),
                                    cases[i].value, 1e-6);

  g_assert_cmpfloat_with_epsilon (alg_xgboost_metric_compute ("accuracy", multi, 3, classes, 3),
                                  2.0 / 3.0, 1e-12);
  g_assert_cmpfloat_with_epsilon (alg_xgboost_metric_compute ("f1_macro", multi, 3, classes, 3),
                                  (1.0 + 2.0 / 3.0 + 0.0) / 3.0, 1e-12);
  g_assert_true (alg_xgboost_metric_maximizes ("ndcg@10-"));
  g_assert_false (alg_xgboost_metric_maximizes ("error@0.5"));
  g_assert_false (alg_xgboost_metric_maximizes ("mse"));
  g_assert_true (alg_xgboost_metric_maximizes ("r2"));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/algorithms/xgboost-params/accepted", test_accepted);
  g_test_add_func ("/algorithms/xgboost-params/refused", test_refused);
  g_test_add_func ("/algorithms/xgboost-params/metrics", test_metrics);

  return g_test_run ();
}
