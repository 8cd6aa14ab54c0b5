/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib.h>
#include <math.h>

#include "sage-comparison.h"
#include "sage-endpoint-failure.h"
#include "sage-json.h"

static JsonObject *
parse (const char *text)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) node = sage_json_parse_object (text, -1, NULL, &error);

  g_assert_no_error (error);

  return json_node_dup_object (node);
}

static char *
flatten (const char *text)
{
  g_autoptr(JsonObject) report = parse (text);
  g_autoptr(GPtrArray) metrics = sage_metrics_flatten (report);
  g_autoptr(GString) line = g_string_new (NULL);

  for (guint i = 0; i < metrics->len; i++)
    {
      SageMetric *metric = g_ptr_array_index (metrics, i);

      g_string_append_printf (line, "%s=%g;", metric->name, metric->value);
    }

  return g_string_free_and_steal (g_steal_pointer (&line));
}

static void
test_flatten (void)
{
  static const struct
  {
    const char *report;
    const char *expected;
  } cases[] = {
    { "{}", "" },
    { "{\"a\":1,\"b\":2.5}", "a=1;b=2.5;" },
    /* what SageMaker's examples write */
    { "{\"binary_classification_metrics\":{\"accuracy\":{\"value\":0.94,\"standard_deviation\":\"NaN\"},"
      "\"confusion_matrix\":{\"0\":{\"0\":628,\"1\":6}}}}",
      "accuracy=0.94;confusion_matrix › 0 › 0=628;confusion_matrix › 0 › 1=6;" },
    /* a single metric is no wrapping */
    { "{\"regression_metrics\":{\"mse\":{\"value\":3}}}", "mse=3;" },
    { "{\"value\":4}", "value=4;" },
    /* not numbers, however much they look like some */
    { "{\"a\":\"1\",\"b\":null,\"c\":true,\"d\":[1,2],\"e\":{},\"f\":[{\"g\":1}],\"h\":7}", "h=7;" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *found = flatten (cases[i].report);

      g_assert_cmpstr (found, ==, cases[i].expected);
    }
}

/* A report of a stranger's does not make the page stall. */
static void
test_hostile (void)
{
  g_autoptr(GString) many = g_string_new ("{");
  g_autoptr(GString) deep = g_string_new ("{\"z\":1,");
  g_autoptr(GString) name = g_string_new ("{\"x\":1,\"");
  g_autoptr(JsonObject) report = NULL;
  g_autoptr(GPtrArray) metrics = NULL;
  g_autofree char *found = NULL;

  for (guint i = 0; i < 5000; i++)
    g_string_append_printf (many, "%s\"m%u\":%u", i > 0 ? "," : "", i, i);
  g_string_append (many, "}");
  report = parse (many->str);
  metrics = sage_metrics_flatten (report);
  g_assert_cmpuint (metrics->len, ==, SAGE_METRICS_MOST);

  for (guint i = 0; i < 50; i++)
    g_string_append (deep, "\"d\":{\"v\":1,");
  g_string_append (deep, "\"end\":1");
  for (guint i = 0; i < 51; i++)
    g_string_append (deep, "}");
  g_clear_pointer (&report, json_object_unref);
  g_clear_pointer (&metrics, g_ptr_array_unref);
  report = parse (deep->str);
  metrics = sage_metrics_flatten (report);
  g_assert_cmpuint (metrics->len, <, 20);

  for (guint i = 0; i < 100000; i++)
    g_string_append (name, "ä");
  g_string_append (name, "\":2}");
  g_clear_pointer (&report, json_object_unref);
  g_clear_pointer (&metrics, g_ptr_array_unref);
  report = parse (name->str);
  metrics = sage_metrics_flatten (report);
  g_assert_cmpuint (metrics->len, ==, 2);
  g_assert_cmpint (g_utf8_strlen (((SageMetric *) metrics->pdata[1])->name, -1), <, 200);
  g_assert_true (g_utf8_validate (((SageMetric *) metrics->pdata[1])->name, -1, NULL));
}

static void
test_marks (void)
{
  g_assert_cmpint (sage_comparison_mark ("accuracy", 0.9, 0.8), ==, SAGE_MARK_BETTER);
  g_assert_cmpint (sage_comparison_mark ("accuracy", 0.8, 0.9), ==, SAGE_MARK_WORSE);
  g_assert_cmpint (sage_comparison_mark ("validation_log_loss", 0.8, 0.9), ==, SAGE_MARK_BETTER);
  g_assert_cmpint (sage_comparison_mark ("validation:error", 0.9, 0.8), ==, SAGE_MARK_WORSE);
  g_assert_cmpint (sage_comparison_mark ("rows", 2, 1), ==, SAGE_MARK_HIGHER);
  g_assert_cmpint (sage_comparison_mark ("rows", 1, 2), ==, SAGE_MARK_LOWER);
  g_assert_cmpint (sage_comparison_mark ("rows", 1, 1), ==, SAGE_MARK_SAME);
  g_assert_cmpint (sage_comparison_mark ("rows", NAN, 1), ==, SAGE_MARK_NONE);
  g_assert_cmpint (sage_comparison_mark ("rows", 1, NAN), ==, SAGE_MARK_NONE);
  /* "blossom" is no loss, "f10" is no f1 */
  g_assert_cmpint (sage_metric_goal ("blossom"), ==, SAGE_METRIC_UNKNOWN);
  g_assert_cmpint (sage_metric_goal ("f10"), ==, SAGE_METRIC_UNKNOWN);
}

static void
test_metrics (void)
{
  g_autoptr(JsonObject) left = parse ("{\"a\":1,\"accuracy\":0.5}");
  g_autoptr(JsonObject) right = parse ("{\"accuracy\":0.75,\"b\":3}");
  g_autoptr(GPtrArray) candidate = sage_metrics_flatten (left);
  g_autoptr(GPtrArray) champion = sage_metrics_flatten (right);
  g_autoptr(GPtrArray) rows = sage_comparison_metrics (candidate, champion);
  g_autoptr(GPtrArray) alone = sage_comparison_metrics (candidate, NULL);
  g_autofree char *words = NULL;
  SageComparisonRow *row;

  g_assert_cmpuint (rows->len, ==, 3);
  row = g_ptr_array_index (rows, 0);
  g_assert_cmpstr (row->label, ==, "a");
  g_assert_true (isnan (row->numbers[1]));
  row = g_ptr_array_index (rows, 1);
  g_assert_cmpint (row->mark, ==, SAGE_MARK_WORSE);
  words = sage_comparison_mark_words (row);
  g_assert_cmpstr (words, ==, "−0.25, worse");
  row = g_ptr_array_index (rows, 2);
  g_assert_cmpstr (row->label, ==, "b");
  g_assert_true (isnan (row->numbers[0]));
  g_assert_cmpint (row->mark, ==, SAGE_MARK_NONE);

  g_assert_cmpuint (alone->len, ==, 2);
  row = g_ptr_array_index (alone, 1);
  g_assert_null (sage_comparison_mark_words (row));
}

static void
test_facts (void)
{
  g_autoptr(JsonObject) package
    = parse ("{\"CreationTime\":5,\"InferenceSpecification\":{\"Containers\":[{\"Image\":\"i\","
             "\"ModelDataUrl\":\"s3://b/churn/job-7/output/model.tar.gz\"}]}}");
  g_autoptr(JsonObject) other
    = parse ("{\"CreationTime\":4,\"InferenceSpecification\":{\"Containers\":[{\"Image\":\"i\","
             "\"ModelDataUrl\":\"s3://b/churn/job-6/output/model.tar.gz\"}]}}");
  g_autoptr(JsonObject) odd
    = parse ("{\"CreationTime\":\"x\",\"CreatedBy\":[],\"InferenceSpecification\":{\"Containers\":"
             "[7,\"s\"]},\"ModelPackageDescription\":{}}");
  g_autoptr(GPtrArray) rows = sage_comparison_facts (package, other);
  g_autoptr(GPtrArray) alone = sage_comparison_facts (odd, NULL);
  g_autofree char *job = sage_comparison_training_job (package);
  SageComparisonRow *row = g_ptr_array_index (rows, 0);

  g_assert_cmpstr (job, ==, "job-7");
  g_assert_null (sage_comparison_training_job (odd));
  g_assert_cmpuint (rows->len, ==, 4);
  g_assert_cmpstr (row->texts[1], ==, "job-6");
  g_assert_cmpint (row->mark, ==, SAGE_MARK_DIFFERENT);
  row = g_ptr_array_index (rows, 1);
  g_assert_cmpint (row->mark, ==, SAGE_MARK_SAME);
  g_assert_cmpuint (alone->len, ==, 1); /* the time that it was made, which is not known */
}

static void
test_failure (void)
{
  g_auto(SageEndpointFailure) whole = { 0 };
  g_auto(SageEndpointFailure) plain = { 0 };
  g_auto(SageEndpointFailure) odd = { 0 };

  sage_endpoint_failure_read ("It did not pass: it ended. Last pings: a; b. Last log lines:\nx\ny\n",
                              &whole);
  g_assert_cmpstr (whole.what, ==, "It did not pass: it ended.");
  g_assert_cmpstr (whole.pings, ==, "a\nb");
  g_assert_cmpstr (whole.log, ==, "x\ny");

  sage_endpoint_failure_read ("No room", &plain);
  g_assert_cmpstr (plain.what, ==, "No room");
  g_assert_null (plain.pings);
  g_assert_null (plain.log);

  sage_endpoint_failure_read (" Last log lines:\n Last pings: ", &odd);
  g_assert_nonnull (odd.what);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/comparison/flatten", test_flatten);
  g_test_add_func ("/comparison/hostile", test_hostile);
  g_test_add_func ("/comparison/marks", test_marks);
  g_test_add_func ("/comparison/metrics", test_metrics);
  g_test_add_func ("/comparison/facts", test_facts);
  g_test_add_func ("/endpoint/failure", test_failure);

  return g_test_run ();
}
