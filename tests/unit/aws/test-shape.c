/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib.h>
#include <string.h>

#include "sage-json.h"
#include "sage-model-private.h"
#include "sage-shape.h"

static void
test_operations (void)
{
  g_assert_cmpstr (sage_shape_name (sage_model_input ("sagemaker", "CreateTrainingJob")), ==,
                   "CreateTrainingJobRequest");
  g_assert_cmpstr (sage_shape_name (sage_model_output ("sagemaker", "CreateTrainingJob")), ==,
                   "CreateTrainingJobResponse");
  g_assert_nonnull (sage_model_input ("sagemaker", "DeleteModel"));
  g_assert_null (sage_model_output ("sagemaker", "DeleteModel"));
  g_assert_true (sage_model_has_operation ("sagemaker", "DeleteModel"));
  g_assert_true (sage_model_has_operation ("logs", "GetLogEvents"));

  g_assert_false (sage_model_has_operation ("sagemaker", "GetLogEvents"));
  g_assert_false (sage_model_has_operation ("sagemaker", "createTrainingJob"));
  g_assert_false (sage_model_has_operation ("sagemaker", ""));
  g_assert_false (sage_model_has_operation ("s3", "GetObject"));
  g_assert_null (sage_model_input ("", "CreateTrainingJob"));
  g_assert_null (sage_model_shape ("sagemaker", "NoSuchShape"));
  g_assert_null (sage_model_shape ("none", "TrainingJobSummary"));
}

static void
test_accessors (void)
{
  const SageShape *job = sage_model_shape ("sagemaker", "CreateTrainingJobRequest");
  const SageShape *parameters = sage_shape_member (job, "HyperParameters");
  const SageShape *channels = sage_shape_member (job, "InputDataConfig");
  const SageShape *order = sage_model_shape ("sagemaker", "SortOrder");

  g_assert_cmpint (sage_shape_type (job), ==, SAGE_SHAPE_STRUCTURE);
  g_assert_cmpstr (sage_shape_member_name (job, 0), ==, "TrainingJobName");
  g_assert_true (sage_shape_member_required (job, "RoleArn"));
  g_assert_false (sage_shape_member_required (job, "Tags"));
  g_assert_false (sage_shape_member_required (job, "Nonsense"));
  g_assert_null (sage_shape_member (job, "Nonsense"));
  g_assert_null (sage_shape_element (job));
  g_assert_null (sage_shape_key (job));
  g_assert_null (sage_shape_enum (job));

  g_assert_cmpint (sage_shape_type (parameters), ==, SAGE_SHAPE_MAP);
  g_assert_cmpstr (sage_shape_name (sage_shape_key (parameters)), ==, "HyperParameterKey");
  g_assert_cmpstr (sage_shape_name (sage_shape_element (parameters)), ==, "HyperParameterValue");

  g_assert_cmpint (sage_shape_type (channels), ==, SAGE_SHAPE_LIST);
  g_assert_cmpstr (sage_shape_name (sage_shape_element (channels)), ==, "Channel");
  g_assert_null (sage_shape_key (channels));

  g_assert_cmpstr (sage_shape_enum (order)[0], ==, "Ascending");
  g_assert_cmpstr (sage_shape_enum (order)[1], ==, "Descending");
  g_assert_null (sage_shape_enum (order)[2]);
  g_assert_cmpuint (sage_shape_n_members (order), ==, 0);
}

/* The tables hold what the lookups rely on: sorted names, and members that all can be found. */
static void
test_tables (void)
{
  for (guint i = 0; i < sage_model_n_services; i++)
    {
      const SageServiceModel *service = &sage_model_services[i];

      for (guint j = 1; j < service->n_operations; j++)
        g_assert_cmpstr (service->operations[j - 1].name, <, service->operations[j].name);

      for (guint j = 0; j < service->n_shapes; j++)
        {
          const SageShape *shape = &sage_model_shapes[service->first_shape + j];

          g_assert_true (sage_model_shape (service->name, shape->name) == shape);
          g_assert_cmpuint (shape->pattern, <, sage_model_n_patterns);
          for (guint m = 0; m < shape->n_members; m++)
            g_assert_true (sage_shape_find_member (shape, shape->members[m].name)
                           == &shape->members[m]);
        }
    }
}

static void
check_project (const char *shape_name,
               const char *document,
               const char *expected)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) node = sage_json_parse_object (document, -1, NULL, &error);
  g_autoptr(JsonObject) projected = NULL;
  g_autofree char *text = NULL;
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;

  g_assert_no_error (error);
  before = sage_json_to_string (node);
  projected = sage_shape_project (sage_model_shape ("sagemaker", shape_name),
                                  json_node_get_object (node));
  text = sage_json_object_to_string (projected);
  g_assert_cmpstr (text, ==, expected);

  /* Nothing of the document is shared or changed. */
  after = sage_json_to_string (node);
  g_assert_cmpstr (after, ==, before);
}

static void
test_project (void)
{
  check_project ("TrainingJobSummary", "{}", "{}");
  check_project ("TrainingJobSummary",
                 "{\"RoleArn\":\"r\",\"CreationTime\":1.5,\"TrainingJobName\":\"j\",\"x\":{}}",
                 "{\"TrainingJobName\":\"j\",\"CreationTime\":1.5}");
  check_project ("TrainingJobSummary",
                 "{\"TrainingJobName\":null,\"TrainingJobArn\":{\"a\":1},\"WarmPoolStatus\":[]}",
                 "{}");
  check_project ("TrainingJobSummary",
                 "{\"WarmPoolStatus\":{\"Status\":\"InUse\",\"internal\":1}}",
                 "{\"WarmPoolStatus\":{\"Status\":\"InUse\"}}");
  check_project ("CreateTrainingJobRequest",
                 "{\"HyperParameters\":{\"a\":\"1\",\"b\":null,\"c\":{}},"
                 "\"InputDataConfig\":[{\"ChannelName\":\"t\",\"_size\":5},null,\"x\"]}",
                 "{\"HyperParameters\":{\"a\":\"1\"},\"InputDataConfig\":[{\"ChannelName\":\"t\"}]}");
  check_project ("CreateTrainingJobRequest", "{\"Tags\":[],\"Environment\":{}}",
                 "{\"Tags\":[],\"Environment\":{}}");
}

static void
measure_project (void)
{
  g_autoptr(JsonNode) node = NULL;
  const SageShape *shape = sage_model_shape ("sagemaker", "TrainingJobSummary");
  double seconds;
  const guint count = 100000;

  if (!g_test_perf ())
    {
      g_test_skip ("only with -m perf");
      return;
    }

  node = sage_json_parse_object ("{\"TrainingJobName\":\"j\",\"TrainingJobArn\":\"a\","
                                 "\"CreationTime\":1.5,\"LastModifiedTime\":2.5,\"RoleArn\":\"r\","
                                 "\"TrainingEndTime\":3.5,\"TrainingJobStatus\":\"Completed\","
                                 "\"HyperParameters\":{\"a\":\"b\"}}", -1, NULL, NULL);
  g_test_timer_start ();
  for (guint i = 0; i < count; i++)
    json_object_unref (sage_shape_project (shape, json_node_get_object (node)));
  seconds = g_test_timer_elapsed ();
  g_test_maximized_result (count / seconds, "%.0f summaries a second", count / seconds);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/shape/operations", test_operations);
  g_test_add_func ("/shape/accessors", test_accessors);
  g_test_add_func ("/shape/tables", test_tables);
  g_test_add_func ("/shape/project", test_project);
  g_test_add_func ("/shape/perf", measure_project);

  return g_test_run ();
}
