/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "eng-search.h"
#include "sage-error.h"
#include "sage-json.h"
#include "sage-shape.h"

/* What an expression is matched against. */
#define RECORD \
  "{\"TrainingJobName\":\"churn-7\",\"TrainingJobStatus\":\"Completed\"," \
  " \"CreationTime\":1700000000.5,\"BillableTimeInSeconds\":90,\"EnableNetworkIsolation\":false," \
  " \"HyperParameters\":{\"eta\":\"0.10\",\"deep.er\":\"x\",\"word\":\"nan\"}," \
  " \"ResourceConfig\":{\"InstanceType\":\"ml.m5.large\",\"InstanceCount\":1}," \
  " \"FinalMetricDataList\":[{\"MetricName\":\"validation:auc\",\"Value\":0.9}," \
  "                          {\"MetricName\":\"train:auc\",\"Value\":1}]," \
  " \"Tags\":[{\"Key\":\"team\",\"Value\":\"x,y\"},{\"Key\":\"cost.center\",\"Value\":\"7\"}]}"

static JsonNode *
parse (const char *text)
{
  g_autoptr(GError) error = NULL;
  JsonNode *node = sage_json_parse_object (text, -1, NULL, &error);

  g_assert_no_error (error);

  return node;
}

static gboolean
matches (const char *expression)
{
  g_autoptr(JsonNode) asked = parse (expression);
  g_autoptr(JsonNode) record = parse (RECORD);

  return eng_search_matches (json_node_get_object (asked), json_node_get_object (record));
}

/* One filter: name, operator, value; and whether the record fits. */
static const struct
{
  const char *name;
  const char *word;  /* (nullable) */
  const char *value; /* (nullable) */
  gboolean    fits;
} filters[] = {
  { "TrainingJobName", "Equals", "churn-7", TRUE },
  { "TrainingJobName", NULL, "churn-7", TRUE },
  { "TrainingJobName", "Equals", "Churn-7", FALSE },
  { "TrainingJobName", "Equals", "churn", FALSE },
  { "TrainingJobName", "NotEquals", "churn", TRUE },
  { "TrainingJobName", "NotEquals", "churn-7", FALSE },
  { "TrainingJobName", "Contains", "urn", TRUE },
  { "TrainingJobName", "Contains", "", TRUE },
  { "TrainingJobName", "Contains", "%", FALSE },
  { "TrainingJobName", "In", "a,churn-7,b", TRUE },
  { "TrainingJobName", "In", " churn-7 ", TRUE },
  { "TrainingJobName", "In", "a,b", FALSE },
  { "TrainingJobName", "In", "", FALSE },
  { "TrainingJobName", "Exists", NULL, TRUE },
  { "FailureReason", "Exists", NULL, FALSE },
  { "FailureReason", "NotExists", NULL, TRUE },
  { "FailureReason", "Equals", "", FALSE },
  { "FailureReason", "NotEquals", "x", TRUE },
  { "FailureReason", "LessThan", "9", FALSE },
  { "BillableTimeInSeconds", "Equals", "90.0", TRUE },
  { "BillableTimeInSeconds", "GreaterThan", "9", TRUE },
  { "BillableTimeInSeconds", "LessThan", "100", TRUE },
  { "BillableTimeInSeconds", "LessThan", "90", FALSE },
  { "BillableTimeInSeconds", "LessThanOrEqualTo", "90", TRUE },
  { "BillableTimeInSeconds", "GreaterThanOrEqualTo", "90.5", FALSE },
  { "BillableTimeInSeconds", "Equals", "nan", FALSE },
  { "BillableTimeInSeconds", "Equals", "inf", FALSE },
  { "BillableTimeInSeconds", "Equals", "0x5a", FALSE },
  { "CreationTime", "GreaterThan", "2023-11-14T22:13:20Z", TRUE },
  { "CreationTime", "LessThan", "2023-11-14T22:13:21Z", TRUE },
  { "CreationTime", "GreaterThan", "1700000000.4", TRUE },
  { "EnableNetworkIsolation", "Equals", "false", TRUE },
  { "HyperParameters.eta", "Equals", "0.1", TRUE },
  { "HyperParameters.eta", "LessThan", "1e0", TRUE },
  { "HyperParameters.deep.er", "Equals", "x", TRUE },
  { "HyperParameters.word", "Equals", "nan", TRUE },
  { "HyperParameters.word", "Equals", "5", FALSE },
  { "HyperParameters.none", "NotExists", NULL, TRUE },
  { "ResourceConfig.InstanceType", "Equals", "ml.m5.large", TRUE },
  { "ResourceConfig.InstanceType.x", "Exists", NULL, FALSE },
  { "Metrics.validation:auc", "GreaterThan", "0.89", TRUE },
  { "Metrics.train:auc", "Equals", "1.0", TRUE },
  { "Metrics.none", "Exists", NULL, FALSE },
  { "Tags.team", "Equals", "x,y", TRUE },
  { "Tags.cost.center", "Equals", "7", TRUE },
  { "Tags.none", "NotExists", NULL, TRUE },
};

static void
test_filters (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (filters); i++)
    {
      g_autoptr(JsonObject) filter = json_object_new ();
      g_autoptr(JsonObject) expression = json_object_new ();
      g_autoptr(JsonNode) record = parse (RECORD);
      JsonArray *list = json_array_new ();

      json_object_set_string_member (filter, "Name", filters[i].name);
      if (filters[i].word != NULL)
        json_object_set_string_member (filter, "Operator", filters[i].word);
      if (filters[i].value != NULL)
        json_object_set_string_member (filter, "Value", filters[i].value);
      json_array_add_object_element (list, json_object_ref (filter));
      json_object_set_array_member (expression, "Filters", list);

      g_test_message ("%s %s %s", filters[i].name, filters[i].word, filters[i].value);
      g_assert_cmpint (eng_search_matches (expression, json_node_get_object (record)), ==,
                       filters[i].fits);
    }
}

#define YES "{\"Name\":\"TrainingJobName\",\"Operator\":\"Exists\"}"
#define NO "{\"Name\":\"FailureReason\",\"Operator\":\"Exists\"}"

static void
test_logic (void)
{
  static const struct
  {
    const char *expression;
    gboolean    fits;
  } cases[] = {
    { "{}", TRUE },
    { "{\"Operator\":\"Or\"}", TRUE },
    { "{\"Filters\":[" YES "," YES "]}", TRUE },
    { "{\"Filters\":[" YES "," NO "]}", FALSE },
    { "{\"Filters\":[" YES "," NO "],\"Operator\":\"Or\"}", TRUE },
    { "{\"Filters\":[" NO "," NO "],\"Operator\":\"Or\"}", FALSE },
    { "{\"SubExpressions\":[{\"Filters\":[" YES "]},{\"Filters\":[" NO "]}]}", FALSE },
    { "{\"SubExpressions\":[{\"Filters\":[" YES "]},{\"Filters\":[" NO "]}],"
      "\"Operator\":\"Or\"}", TRUE },
    { "{\"Filters\":[" NO "],\"SubExpressions\":[{\"Filters\":[" YES "]}],\"Operator\":\"Or\"}",
      TRUE },
    { "{\"Filters\":[" YES "],\"SubExpressions\":[{\"Filters\":[" NO "]}]}", FALSE },
    { "{\"SubExpressions\":[{\"SubExpressions\":[{\"Filters\":[" NO "," YES "],"
      "\"Operator\":\"Or\"}]}]}", TRUE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("%s", cases[i].expression);
      g_assert_cmpint (matches (cases[i].expression), ==, cases[i].fits);
    }
}

static void
test_names (void)
{
  static const struct
  {
    const char *resource;
    const char *name;
    gboolean    known;
  } cases[] = {
    { "TrainingJob", "TrainingJobName", TRUE },
    { "TrainingJob", "trainingJobName", FALSE },
    { "TrainingJob", "TrainingJobName.x", FALSE },
    { "TrainingJob", "TrainingJobName.", FALSE },
    { "TrainingJob", "", FALSE },
    { "TrainingJob", ".", FALSE },
    { "TrainingJob", ".TrainingJobName", FALSE },
    { "TrainingJob", "ResourceConfig.InstanceType", TRUE },
    { "TrainingJob", "ResourceConfig.Nope", FALSE },
    { "TrainingJob", "ResourceConfig.", FALSE },
    { "TrainingJob", "HyperParameters.any.thing", TRUE },
    { "TrainingJob", "HyperParameters.", FALSE },
    { "TrainingJob", "Metrics.auc", TRUE },
    { "TrainingJob", "Tags.x", TRUE },
    { "ModelPackage", "Metrics.auc", FALSE },
    { "ModelPackage", "ModelApprovalStatus", TRUE },
    { "ModelPackage", "CustomerMetadataProperties.color", TRUE },
    { "ModelPackage", "TrainingJobName", FALSE },
    { "ModelDashboardModel", "ModelName", TRUE },
    { "ModelDashboardModel", "Model.ModelName", TRUE },
    { "ModelDashboardModel", "Tags.x", TRUE },
    { "ModelDashboardModel", "Model.Tags.x", TRUE },
    { "ModelDashboardModel", "PrimaryContainer.Environment.A", TRUE },
    { "ModelDashboardModel", "Model.Nope", FALSE },
    { "ModelDashboardModel", "Metrics.auc", FALSE },
    { "ModelDashboardModel", "Endpoints.EndpointName", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const SageShape *shape = sage_model_shape ("sagemaker", cases[i].resource);
      const SageShape *inner = sage_shape_member (shape, "Model");
      g_autofree char *text = g_strdup_printf ("{\"Filters\":[{\"Name\":\"%s\"}]}", cases[i].name);
      g_autofree char *inside = g_strdup_printf ("{\"SubExpressions\":[%s]}", text);
      const char *forms[] = { text, inside };

      for (gsize j = 0; j < G_N_ELEMENTS (forms); j++)
        {
          g_autoptr(JsonNode) node = parse (forms[j]);
          g_autoptr(GError) error = NULL;

          g_test_message ("%s of %s", cases[i].name, cases[i].resource);
          g_assert_cmpint (eng_search_check (json_node_get_object (node), shape, inner, &error), ==,
                           cases[i].known);
          if (!cases[i].known)
            {
              g_autofree char *expected = g_strconcat ("Unknown property name: ", cases[i].name, NULL);

              g_assert_error (error, SAGE_ERROR, SAGE_ERROR_INVALID);
              g_assert_cmpstr (error->message, ==, expected);
            }
        }
    }
}

#define NESTED(list, filters) \
  "{\"NestedFilters\":[{\"NestedPropertyName\":\"" list "\",\"Filters\":[" filters "]}]}"
#define TERM(name, value) \
  "{\"Name\":\"" name "\",\"Operator\":\"Equals\",\"Value\":\"" value "\"}"
#define METRIC(name, value) \
  TERM ("FinalMetricDataList.MetricName", name) "," TERM ("FinalMetricDataList.Value", value)

/* All filters must fit one and the same item. */
static void
test_nested (void)
{
  static const struct
  {
    const char *expression;
    const char *unknown; /* (nullable): the property that is none */
    gboolean    fits;
  } cases[] = {
    { NESTED ("FinalMetricDataList", METRIC ("validation:auc", "0.9")), NULL, TRUE },
    { NESTED ("FinalMetricDataList", METRIC ("train:auc", "1")), NULL, TRUE },
    { NESTED ("FinalMetricDataList", METRIC ("train:auc", "0.9")), NULL, FALSE },
    { NESTED ("FinalMetricDataList", METRIC ("none", "1")), NULL, FALSE },
    { NESTED ("InputDataConfig", TERM ("InputDataConfig.ChannelName", "train")), NULL, FALSE },
    { NESTED ("Nope", TERM ("Nope.ChannelName", "train")), "Nope", FALSE },
    { NESTED ("InputDataConfig", TERM ("ChannelName", "train")), "ChannelName", FALSE },
    { NESTED ("InputDataConfig", TERM ("InputDataConfig", "train")), "InputDataConfig", FALSE },
    { NESTED ("InputDataConfig", TERM ("InputDataConfig.Nope", "x")), "InputDataConfig.Nope", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(JsonNode) asked = parse (cases[i].expression);
      g_autoptr(GError) error = NULL;
      gboolean known = eng_search_check (json_node_get_object (asked),
                                         sage_model_shape ("sagemaker", "TrainingJob"), NULL,
                                         &error);

      g_test_message ("%s", cases[i].expression);
      g_assert_cmpint (known, ==, cases[i].unknown == NULL);
      if (known)
        g_assert_cmpint (matches (cases[i].expression), ==, cases[i].fits);
      else
        g_assert_true (g_str_has_suffix (error->message, cases[i].unknown));
    }
}

static void
test_nested_in_no_list (void)
{
  g_autoptr(JsonNode) asked =
    parse (NESTED ("ResourceConfig", TERM ("ResourceConfig.InstanceCount", "1")));
  g_autoptr(GError) error = NULL;

  g_assert_false (eng_search_check (json_node_get_object (asked),
                                    sage_model_shape ("sagemaker", "TrainingJob"), NULL, &error));
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "ResourceConfig is no list"));
}

/* No expression asks for everything. */
static void
test_nothing_asked (void)
{
  g_autoptr(JsonNode) record = parse (RECORD);
  g_autoptr(GError) error = NULL;

  g_assert_true (eng_search_check (NULL, sage_model_shape ("sagemaker", "TrainingJob"), NULL, &error));
  g_assert_no_error (error);
  g_assert_true (eng_search_matches (NULL, json_node_get_object (record)));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/search/filters", test_filters);
  g_test_add_func ("/search/logic", test_logic);
  g_test_add_func ("/search/names", test_names);
  g_test_add_func ("/search/nested", test_nested);
  g_test_add_func ("/search/nested-in-no-list", test_nested_in_no_list);
  g_test_add_func ("/search/nothing-asked", test_nothing_asked);

  return g_test_run ();
}
