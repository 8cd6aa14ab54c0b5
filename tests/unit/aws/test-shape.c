/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib.h>
#include <string.h>

#include "sage-json.h"
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

  /* from the supplement */
  g_assert_cmpstr (sage_shape_name (sage_model_input ("sagemaker", "DeleteTrainingJob")), ==,
                   "DeleteTrainingJobRequest");
  g_assert_true (sage_shape_member_required (sage_model_input ("sagemaker", "DeleteProcessingJob"),
                                             "ProcessingJobName"));

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

/* Every shape that is reached from @shape has its name, and each member can be found by name. */
static void
check_reachable (const char      *service,
                 const SageShape *shape,
                 GHashTable      *seen)
{
  if (shape == NULL || !g_hash_table_add (seen, (gpointer) shape))
    return;

  g_assert_true (sage_model_shape (service, sage_shape_name (shape)) == shape);
  check_reachable (service, sage_shape_element (shape), seen);
  check_reachable (service, sage_shape_key (shape), seen);
  for (guint i = 0; i < sage_shape_n_members (shape); i++)
    {
      const SageShape *member = sage_shape_member (shape, sage_shape_member_name (shape, i));

      g_assert_nonnull (member);
      check_reachable (service, member, seen);
    }
}

static void
test_bounds (void)
{
  const SageShape *job = sage_model_shape ("sagemaker", "CreateTrainingJobRequest");
  const SageShape *name = sage_shape_member (job, "TrainingJobName");
  const SageShape *output = sage_shape_member (job, "OutputDataConfig");
  double bound;

  g_assert_true (sage_shape_min (name, &bound));
  g_assert_cmpfloat (bound, ==, 1);
  g_assert_true (sage_shape_max (name, &bound));
  g_assert_cmpfloat (bound, ==, 63);
  g_assert_cmpstr (sage_shape_pattern (name), ==, "^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}");
  g_assert_false (sage_shape_min (job, &bound));
  g_assert_false (sage_shape_max (job, &bound));
  g_assert_null (sage_shape_pattern (job));

  g_assert_false (sage_shape_min (sage_shape_member (output, "S3OutputPath"), &bound));
  g_assert_false (sage_shape_is_sensitive (name));
  g_assert_true (sage_shape_is_sensitive (sage_model_shape ("sagemaker", "ModelCardContent")));
  g_assert_false (sage_shape_is_union (job));
  g_assert_true (sage_shape_is_union (sage_model_shape ("sagemaker", "AutoMLProblemTypeConfig")));
}

static void
test_tables (void)
{
  static const char *const services[] = { "logs", "sagemaker" };
  g_autoptr(GHashTable) seen = g_hash_table_new (NULL, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (services); i++)
    for (guint j = 0; j < sage_model_n_operations (services[i]); j++)
      {
        const char *name = sage_model_operation_name (services[i], j);

        g_assert_true (sage_model_has_operation (services[i], name));
        check_reachable (services[i], sage_model_input (services[i], name), seen);
        check_reachable (services[i], sage_model_output (services[i], name), seen);
      }

  g_assert_cmpuint (sage_model_n_operations ("sagemaker"), >, 350);
  g_assert_cmpuint (sage_model_n_operations ("none"), ==, 0);
  g_assert_cmpuint (g_hash_table_size (seen), >, 2400);
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

#define HOME "arn:aws:sagemaker:us-east-1:000000000000:"
#define ELSEWHERE "arn:aws:sagemaker:us-east-1:111111111111:"

/* Finds names of what is not ours wherever the model takes them, and nothing else. */
static void
test_foreign (void)
{
  static const struct
  {
    const char *operation;
    const char *input;
    const char *found; /* (nullable) */
  } rows[] = {
    { "ListTags", "{\"ResourceArn\":\"" HOME "model/m\"}", NULL },
    { "ListTags", "{\"ResourceArn\":\"" ELSEWHERE "model/m\"}", ELSEWHERE "model/m" },
    { "ListTags", "{\"ResourceArn\":\"arn:aws:sagemaker:us-east-2:000000000000:model/m\"}",
      "arn:aws:sagemaker:us-east-2:000000000000:model/m" },
    { "ListTags", "{\"ResourceArn\":\"arn:aws:sagemaker::000000000000:model/m\"}",
      "arn:aws:sagemaker::000000000000:model/m" },
    { "ListTags", "{\"ResourceArn\":\"arn:aws-cn:sagemaker:us-east-1:000000000000:model/m\"}",
      "arn:aws-cn:sagemaker:us-east-1:000000000000:model/m" },
    { "DescribePipeline", "{\"PipelineName\":\"p\"}", NULL },
    { "DescribePipeline", "{\"PipelineName\":\"" ELSEWHERE "pipeline/p\"}",
      ELSEWHERE "pipeline/p" },
    { "BatchDescribeModelPackage",
      "{\"ModelPackageArnList\":[\"" HOME "model-package/a/1\",\"" ELSEWHERE
      "model-package/a/1\"]}", ELSEWHERE "model-package/a/1" },
    { "CreateModel",
      "{\"ModelName\":\"m\",\"Containers\":[{\"Image\":\"i\"},{\"ModelPackageName\":\""
      ELSEWHERE "model-package/a/1\"}]}", ELSEWHERE "model-package/a/1" },
    { "CreateModel",
      "{\"ModelName\":\"m\",\"ExecutionRoleArn\":\"arn:aws:iam::111111111111:role/r\","
      "\"Tags\":[{\"Key\":\"k\",\"Value\":\"" ELSEWHERE "model/m\"}],\"PrimaryContainer\":"
      "{\"Environment\":{\"MODEL\":\"" ELSEWHERE "model/m\"}}}", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const SageShape *shape = sage_model_input ("sagemaker", rows[i].operation);
      g_autoptr(GError) error = NULL;
      g_autoptr(JsonNode) input = sage_json_parse_object (rows[i].input, -1, NULL, &error);

      g_assert_no_error (error);
      sage_shape_validate (shape, input, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (sage_shape_find_foreign (shape, input, "us-east-1", "000000000000"), ==,
                       rows[i].found);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/shape/operations", test_operations);
  g_test_add_func ("/shape/accessors", test_accessors);
  g_test_add_func ("/shape/bounds", test_bounds);
  g_test_add_func ("/shape/tables", test_tables);
  g_test_add_func ("/shape/project", test_project);
  g_test_add_func ("/shape/perf", measure_project);
  g_test_add_func ("/shape/foreign", test_foreign);

  return g_test_run ();
}
