/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib.h>
#include <string.h>

#include "sage-error.h"
#include "sage-json.h"
#include "sage-shape.h"

#define ROLE "\"RoleArn\":\"arn:aws:iam::123456789012:role/SageMaker\""

typedef struct
{
  const char *operation;
  const char *input;
  int         code; /* -1: valid */
  const char *message;
} Case;

static const Case cases[] = {
  /* Valid. */
  { "ListTrainingJobs", "{}", -1, NULL },
  { "ListTrainingJobs", "{\"MaxResults\":100,\"CreationTimeAfter\":1700000000.5}", -1, NULL },
  { "ListTrainingJobs", "{\"CreationTimeAfter\":1700000000,\"Unknown\":[{}]}", -1, NULL },
  { "ListTrainingJobs", "{\"MaxResults\":null}", -1, NULL },
  { "DescribeTrainingJob", "{\"TrainingJobName\":\"a-1\"}", -1, NULL },

  /* Required. */
  { "DescribeTrainingJob", "{}", SAGE_ERROR_INVALID,
    "1 validation error detected: Value null at 'trainingJobName' failed to satisfy constraint: "
    "Member must not be null" },
  { "DescribeTrainingJob", "{\"TrainingJobName\":null}", SAGE_ERROR_INVALID,
    "1 validation error detected: Value null at 'trainingJobName' failed to satisfy constraint: "
    "Member must not be null" },
  { "CreateExperiment", "{}", SAGE_ERROR_INVALID,
    "1 validation error detected: Value null at 'experimentName' failed to satisfy constraint: "
    "Member must not be null" },
  { "AddTags", "{}", SAGE_ERROR_INVALID,
    "2 validation errors detected: Value null at 'resourceArn' failed to satisfy constraint: "
    "Member must not be null; Value null at 'tags' failed to satisfy constraint: "
    "Member must not be null" },

  /* Patterns, with AWS's own text of them. */
  { "DescribeTrainingJob", "{\"TrainingJobName\":\"a_b\"}", SAGE_ERROR_INVALID,
    "1 validation error detected: Value 'a_b' at 'trainingJobName' failed to satisfy constraint: "
    "Member must satisfy regular expression pattern: ^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}" },
  { "DescribeTrainingJob", "{\"TrainingJobName\":\"a--b-\"}", SAGE_ERROR_INVALID,
    "1 validation error detected: Value 'a--b-' at 'trainingJobName' failed to satisfy "
    "constraint: Member must satisfy regular expression pattern: "
    "^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}" },
  { "DescribeTrainingJob", "{\"TrainingJobName\":\"a\\n\"}", SAGE_ERROR_INVALID,
    "1 validation error detected: Value 'a?' at 'trainingJobName' failed to satisfy constraint: "
    "Member must satisfy regular expression pattern: ^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}" },
  { "DescribeTrainingJob", "{\"TrainingJobName\":\"é\"}", SAGE_ERROR_INVALID,
    "1 validation error detected: Value 'é' at 'trainingJobName' failed to satisfy constraint: "
    "Member must satisfy regular expression pattern: ^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}" },
  { "DescribeTrainingJob", "{\"TrainingJobName\":\"\"}", SAGE_ERROR_INVALID,
    "2 validation errors detected: Value '' at 'trainingJobName' failed to satisfy constraint: "
    "Member must have length greater than or equal to 1; Value '' at 'trainingJobName' failed to "
    "satisfy constraint: Member must satisfy regular expression pattern: "
    "^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}" },

  /* A long value is cut. */
  { "DescribeTrainingJob",
    "{\"TrainingJobName\":"
    "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab\"}", SAGE_ERROR_INVALID,
    "2 validation errors detected: Value "
    "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…' at 'trainingJobName' "
    "failed to satisfy constraint: Member must have length less than or equal to 63; Value "
    "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…' at 'trainingJobName' "
    "failed to satisfy constraint: Member must satisfy regular expression pattern: "
    "^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}" },

  /* Ranges. */
  { "ListTrainingJobs", "{\"MaxResults\":0}", SAGE_ERROR_INVALID,
    "1 validation error detected: Value '0' at 'maxResults' failed to satisfy constraint: "
    "Member must have value greater than or equal to 1" },
  { "ListTrainingJobs", "{\"MaxResults\":-1}", SAGE_ERROR_INVALID,
    "1 validation error detected: Value '-1' at 'maxResults' failed to satisfy constraint: "
    "Member must have value greater than or equal to 1" },
  { "ListTrainingJobs", "{\"MaxResults\":101}", SAGE_ERROR_INVALID,
    "1 validation error detected: Value '101' at 'maxResults' failed to satisfy constraint: "
    "Member must have value less than or equal to 100" },
  { "UpdateEndpointWeightsAndCapacities",
    "{\"EndpointName\":\"e\",\"DesiredWeightsAndCapacities\":"
    "[{\"VariantName\":\"v\",\"DesiredWeight\":-0.5}]}", SAGE_ERROR_INVALID,
    "1 validation error detected: Value '-0.5' at "
    "'desiredWeightsAndCapacities.1.member.desiredWeight' failed to satisfy constraint: "
    "Member must have value greater than or equal to 0" },

  /* Enums. */
  { "ListTrainingJobs", "{\"SortOrder\":\"zebra\"}", SAGE_ERROR_INVALID,
    "1 validation error detected: Value 'zebra' at 'sortOrder' failed to satisfy constraint: "
    "Member must satisfy enum value set: [Ascending, Descending]" },

  /* Nested paths, lists and maps. */
  { "AddTags",
    "{\"ResourceArn\":\"arn:aws:sagemaker:us-east-1:123456789012:model/m\","
    "\"Tags\":[{\"Key\":\"a\",\"Value\":\"\"},{\"Key\":\"\",\"Value\":\"b\"}]}",
    SAGE_ERROR_INVALID,
    "1 validation error detected: Value '' at 'tags.2.member.key' failed to satisfy constraint: "
    "Member must have length greater than or equal to 1" },
  { "AddTags",
    "{\"ResourceArn\":\"arn:aws:sagemaker:us-east-1:123456789012:model/m\","
    "\"Tags\":[{\"Key\":\"a\\u202eb\",\"Value\":\"v\"}]}", SAGE_ERROR_INVALID,
    "1 validation error detected: Value 'a?b' at 'tags.1.member.key' failed to satisfy "
    "constraint: Member must satisfy regular expression pattern: "
    "^([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)$" },
  { "AddTags", "{\"ResourceArn\":\"arn:aws:sagemaker:us-east-1:123456789012:model/m\","
               "\"Tags\":[null]}", SAGE_ERROR_INVALID,
    "1 validation error detected: Value null at 'tags.1.member' failed to satisfy constraint: "
    "Member must not be null" },
  { "CreateModel",
    "{\"ModelName\":\"m\",\"PrimaryContainer\":{\"Environment\":{\"1a\":\"v\"}}}",
    SAGE_ERROR_INVALID,
    "1 validation error detected: Value '{1a=v}' at 'primaryContainer.environment' failed to "
    "satisfy constraint: Map keys must satisfy constraint: [Member must have length less than or "
    "equal to 1024, Member must satisfy regular expression pattern: [a-zA-Z_][a-zA-Z0-9_]*]" },
  { "CreateModel",
    "{\"ModelName\":\"m\",\"VpcConfig\":{\"SecurityGroupIds\":[],\"Subnets\":[\"a\",\"b_c\"]}}",
    SAGE_ERROR_INVALID,
    "2 validation errors detected: Value '[]' at 'vpcConfig.securityGroupIds' failed to satisfy "
    "constraint: Member must have length greater than or equal to 1; Value '[a, b_c]' at "
    "'vpcConfig.subnets' failed to satisfy constraint: Member must satisfy constraint: [Member "
    "must have length less than or equal to 32, Member must satisfy regular expression pattern: "
    "[-0-9a-zA-Z]+]" },

  /* Sensitive. */
  { "CreateModelCard",
    "{\"ModelCardName\":\"c\",\"ModelCardStatus\":\"Draft\",\"Content\":\"a\\nb\"}",
    SAGE_ERROR_INVALID,
    "1 validation error detected: Value at 'content' failed to satisfy constraint: Member must "
    "satisfy regular expression pattern: .*" },

  /* Unions. */
  { "CreateModelPackage", "{\"ModelPackageName\":\"a\",\"ClientToken\":\"a\"}", -1, NULL },

  /* Wrong types. */
  { "DescribeTrainingJob", "{\"TrainingJobName\":5}", SAGE_ERROR_SYNTAX,
    "NUMBER_VALUE can not be converted to a String at 'trainingJobName'" },
  { "DescribeTrainingJob", "{\"TrainingJobName\":1.5}", SAGE_ERROR_SYNTAX,
    "NUMBER_VALUE can not be converted to a String at 'trainingJobName'" },
  { "DescribeTrainingJob", "{\"TrainingJobName\":true}", SAGE_ERROR_SYNTAX,
    "TRUE_VALUE can not be converted to a String at 'trainingJobName'" },
  { "DescribeTrainingJob", "{\"TrainingJobName\":{}}", SAGE_ERROR_SYNTAX,
    "Start of structure or map found where not expected at 'trainingJobName'" },
  { "DescribeTrainingJob", "{\"TrainingJobName\":[\"a\"]}", SAGE_ERROR_SYNTAX,
    "Start of list found where not expected at 'trainingJobName'" },
  { "ListTrainingJobs", "{\"MaxResults\":\"10\"}", SAGE_ERROR_SYNTAX,
    "STRING_VALUE can not be converted to an Integer at 'maxResults'" },
  { "ListTrainingJobs", "{\"MaxResults\":1e1}", SAGE_ERROR_SYNTAX,
    "NUMBER_VALUE can not be converted to an Integer at 'maxResults'" },
  { "ListTrainingJobs", "{\"MaxResults\":10.5}", SAGE_ERROR_SYNTAX,
    "NUMBER_VALUE can not be converted to an Integer at 'maxResults'" },
  { "ListTrainingJobs", "{\"MaxResults\":4294967297}", SAGE_ERROR_SYNTAX,
    "NUMBER_VALUE can not be converted to an Integer at 'maxResults'" },
  { "ListTrainingJobs", "{\"CreationTimeAfter\":\"2024-01-01\"}", SAGE_ERROR_SYNTAX,
    "STRING_VALUE can not be converted to milliseconds since epoch at 'creationTimeAfter'" },
  { "ListTrainingJobs", "{\"CreationTimeAfter\":1e300}", SAGE_ERROR_SYNTAX,
    "NUMBER_VALUE can not be converted to milliseconds since epoch at 'creationTimeAfter'" },
  { "AddTags", "{\"Tags\":{}}", SAGE_ERROR_SYNTAX,
    "Start of structure or map found where not expected at 'tags'" },
  { "AddTags", "{\"Tags\":[\"a\"]}", SAGE_ERROR_SYNTAX,
    "STRING_VALUE can not be converted to a structure or map at 'tags.1.member'" },
  { "DeleteTags", "{\"TagKeys\":[1]}", SAGE_ERROR_SYNTAX,
    "NUMBER_VALUE can not be converted to a String at 'tagKeys'" },
  { "DeleteTags", "{\"TagKeys\":[null]}", SAGE_ERROR_SYNTAX,
    "NULL_VALUE can not be converted to a String at 'tagKeys'" },
  { "CreateModel", "{\"EnableNetworkIsolation\":\"true\"}", SAGE_ERROR_SYNTAX,
    "STRING_VALUE can not be converted to a Boolean at 'enableNetworkIsolation'" },
  { "CreateModel", "{\"PrimaryContainer\":{\"Environment\":{\"a\":1}}}", SAGE_ERROR_SYNTAX,
    "NUMBER_VALUE can not be converted to a String at 'primaryContainer.environment'" },
};

static void
check_case (const char *operation,
            const char *input,
            int         code,
            const char *message)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) node = NULL;
  gboolean valid;

  node = sage_json_parse_object (input, -1, NULL, &error);
  g_assert_no_error (error);
  valid = sage_shape_validate (sage_model_input ("sagemaker", operation), node, &error);

  if (code < 0)
    {
      g_assert_no_error (error);
      g_assert_true (valid);
      return;
    }

  g_assert_false (valid);
  g_assert_error (error, SAGE_ERROR, code);
  g_assert_cmpstr (error->message, ==, message);
}

static void
test_cases (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("%s %s", cases[i].operation, cases[i].input);
      check_case (cases[i].operation, cases[i].input, cases[i].code, cases[i].message);
    }
}

/* Matches a string with every string shape that is reached from @shape. */
static void
check_patterns (const SageShape *shape,
                GHashTable      *seen,
                JsonNode        *text)
{
  if (shape == NULL || !g_hash_table_add (seen, (gpointer) shape))
    return;

  if (sage_shape_type (shape) == SAGE_SHAPE_STRING)
    sage_shape_validate (shape, text, NULL);
  check_patterns (sage_shape_element (shape), seen, text);
  check_patterns (sage_shape_key (shape), seen, text);
  for (guint i = 0; i < sage_shape_n_members (shape); i++)
    check_patterns (sage_shape_member (shape, sage_shape_member_name (shape, i)), seen, text);
}

/* Each pattern of the model compiles: one that does not is a critical warning, which is fatal. */
static void
test_patterns_compile (void)
{
  g_autoptr(GHashTable) seen = g_hash_table_new (NULL, NULL);
  g_autoptr(JsonNode) text = json_node_init_string (json_node_alloc (), "a");

  for (guint i = 0; i < sage_model_n_operations ("sagemaker"); i++)
    {
      const char *name = sage_model_operation_name ("sagemaker", i);

      check_patterns (sage_model_input ("sagemaker", name), seen, text);
      check_patterns (sage_model_output ("sagemaker", name), seen, text);
    }
  g_assert_cmpuint (g_hash_table_size (seen), >, 2400);
}

typedef struct
{
  const char *shape;
  const char *value;
  gboolean    valid;
} PatternCase;

static const PatternCase pattern_cases[] = {
  { "RoleArn", "arn:aws:iam::123456789012:role/service-role/SageMaker", TRUE },
  { "RoleArn", "arn:aws:iam::12345678901a:role/service-role/SageMaker", FALSE },
  { "RoleArn", "arn:aws:iam::１２３４５６７８９０１２:role/service-role", FALSE },
  { "S3Uri", "s3://bucket/key with space", TRUE },
  { "S3Uri", "S3://bucket/key", FALSE },
  { "S3Uri", "s3://bucket/a\nb", FALSE },
  { "ContainerImage", "a/b:c", TRUE },
  { "ContainerImage", "a b", FALSE },
  { "PipelineDefinition", "{\n  \"a\": 1,\r\n\t\"b\": \"ü😀\"\n}\n", TRUE },
  { "PipelineDefinition", "a\xe2\x80\xa8" "b", FALSE },
  { "TagKey", "größe 日本 a:b/c=d+e-f@g", TRUE },
  { "TagKey", "a\tb", FALSE },
  { "TagKey", "a\xe2\x80\xae" "b", FALSE },
  { "TagKey", "a\xe2\x81\xa6" "b", FALSE },
  { "EntityDescription", "Größe: 5 € (“x”) 😀", TRUE },
  { "EntityDescription", "a\x01", FALSE },
  { "DataInputConfig", "{\"a\":\n[1]}", TRUE },
  { "Catalog", "a😀b", TRUE },
  { "Catalog", "a\x01", FALSE },
  { "RepositoryUrl", "https://github.com/owner/repo.git", TRUE },
  { "RepositoryUrl", "https://ab", FALSE },
  { "RepositoryUrl", "https://a//b", FALSE },
  { "TrainingRepositoryCredentialsProviderArn",
    "arn:aws:lambda:us-east-1:123456789012:function:f", TRUE },
  { "CustomerMetadataKey", "a b", TRUE },
  { "CustomerMetadataKey", "a*b", FALSE },
  { "KmsKeyId", "alias/x-1", TRUE },
  { "ClusterSchedulerPriorityClassName", "abc-def-9", TRUE },
  { "ClusterSchedulerPriorityClassName", "abc-", FALSE },
  { "CognitoUserPool", "us-west-2_123456789", TRUE },
  { "CognitoUserPool", "us.west_1", FALSE },
  { "FileSystemPath", "/a b", FALSE },
  { "MediaType", "image/svg+xml", TRUE },
};

static void
test_pattern_cases (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (pattern_cases); i++)
    {
      const PatternCase *p = &pattern_cases[i];
      g_autoptr(JsonNode) node = json_node_init_string (json_node_alloc (), p->value);
      g_autoptr(GError) error = NULL;
      const SageShape *shape = sage_model_shape ("sagemaker", p->shape);

      g_test_message ("%s %s", p->shape, p->value);
      g_assert_nonnull (shape);
      g_assert_cmpint (sage_shape_validate (shape, node, &error), ==, p->valid);
    }
}

/* A UTF-16 unit is what AWS counts: a character beyond the basic plane counts twice. */
static void
test_lengths (void)
{
  const SageShape *shape = sage_model_shape ("sagemaker", "EntityDescription");
  g_autoptr(GString) text = g_string_new (NULL);
  g_autoptr(JsonNode) node = json_node_alloc ();
  g_autoptr(GError) error = NULL;

  for (int i = 0; i < 512; i++)
    g_string_append (text, "😀");
  json_node_init_string (node, text->str);
  g_assert_true (sage_shape_validate (shape, node, &error));
  g_assert_no_error (error);

  g_string_append (text, "ä");
  json_node_set_string (node, text->str);
  g_assert_false (sage_shape_validate (shape, node, &error));
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_INVALID);
}

/* Input made to make a matcher backtrack is answered at once, and big values that are fine pass. */
static void
test_hostile_sizes (void)
{
  g_autoptr(GString) text = g_string_new ("https://");
  g_autoptr(JsonNode) node = json_node_alloc ();
  g_autoptr(GError) error = NULL;
  gint64 start = g_get_monotonic_time ();

  for (int i = 0; i < 1000; i++)
    g_string_append_c (text, 'a');
  g_string_append_c (text, '!');
  json_node_init_string (node, text->str);
  g_assert_false (sage_shape_validate (sage_model_shape ("sagemaker", "RepositoryUrl"), node, NULL));

  g_string_truncate (text, 0);
  for (int i = 0; i < 50; i++)
    g_string_append (text, "a-");
  json_node_set_string (node, text->str);
  g_assert_false (sage_shape_validate (sage_model_shape ("sagemaker", "PipelineName"), node, NULL));

  g_string_truncate (text, 0);
  for (int i = 0; i < 104857; i++)
    g_string_append (text, "{\"a\": 12}\n");
  json_node_set_string (node, text->str);
  g_assert_true (sage_shape_validate (sage_model_shape ("sagemaker", "PipelineDefinition"), node,
                                      &error));
  g_assert_no_error (error);

  g_string_append (text, "{\"a\": 12}\n");
  json_node_set_string (node, text->str);
  g_assert_false (sage_shape_validate (sage_model_shape ("sagemaker", "PipelineDefinition"), node,
                                       &error));
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_INVALID);
  g_assert_cmpuint (strlen (error->message), <, 1000);

  g_assert_cmpint (g_get_monotonic_time () - start, <, 20 * G_USEC_PER_SEC);
}

/* Fifty violations are listed; the number says how many there are. */
static void
test_many_violations (void)
{
  g_autoptr(GString) text = g_string_new ("{\"ResourceArn\":\"arn:aws:sagemaker:us-east-1:"
                                          "123456789012:model/m\",\"Tags\":[");
  g_autoptr(JsonNode) node = NULL;
  g_autoptr(GError) error = NULL;

  for (int i = 0; i < 51; i++)
    g_string_append (text, i > 0 ? ",{}" : "{}");
  g_string_append (text, "]}");
  node = sage_json_parse_object (text->str, -1, NULL, NULL);

  g_assert_false (sage_shape_validate (sage_model_input ("sagemaker", "AddTags"), node, &error));
  g_assert_true (g_str_has_prefix (error->message,
                                   "103 validation errors detected: Value '[{…}, {…}"));
  g_assert_nonnull (strstr (error->message, "length less than or equal to 50"));
  g_assert_cmpuint (strlen (error->message), <, 8192);
}

/* A whole request of the kind that SDKs send. */
static void
test_create_training_job (void)
{
  static const char *const request =
    "{\"TrainingJobName\":\"job-1\"," ROLE ",\"AlgorithmSpecification\":{\"TrainingImage\":"
    "\"683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1\","
    "\"TrainingInputMode\":\"File\",\"EnableSageMakerMetricsTimeSeries\":false},"
    "\"HyperParameters\":{\"num_round\":\"10\",\"objective\":\"reg:squarederror\"},"
    "\"InputDataConfig\":[{\"ChannelName\":\"train\",\"DataSource\":{\"S3DataSource\":"
    "{\"S3DataType\":\"S3Prefix\",\"S3Uri\":\"s3://b/train\",\"S3DataDistributionType\":"
    "\"FullyReplicated\"}},\"ContentType\":\"text/csv\"}],"
    "\"OutputDataConfig\":{\"S3OutputPath\":\"s3://b/out\"},"
    "\"ResourceConfig\":{\"InstanceCount\":1,\"InstanceType\":\"ml.m5.large\","
    "\"VolumeSizeInGB\":30},\"StoppingCondition\":{\"MaxRuntimeInSeconds\":3600},"
    "\"DebugHookConfig\":{\"S3OutputPath\":\"s3://b/\",\"CollectionConfigurations\":[]}}";
  g_autoptr(GString) bad = g_string_new (request);

  check_case ("CreateTrainingJob", request, -1, NULL);

  g_string_replace (bad, "ml.m5.large", "ml.m5.tiny", 0);
  g_string_replace (bad, "\"InstanceCount\":1", "\"InstanceCount\":-1", 0);
  g_string_replace (bad, "text/csv", "text\\u000acsv", 0);
  {
    g_autoptr(JsonNode) node = sage_json_parse_object (bad->str, -1, NULL, NULL);
    g_autoptr(GError) error = NULL;

    g_assert_false (sage_shape_validate (sage_model_input ("sagemaker", "CreateTrainingJob"), node,
                                         &error));
    g_assert_true (g_str_has_prefix (error->message,
      "3 validation errors detected: Value 'text?csv' at 'inputDataConfig.1.member.contentType' "
      "failed to satisfy constraint: Member must satisfy regular expression pattern: .*; Value "
      "'ml.m5.tiny' at 'resourceConfig.instanceType' failed to satisfy constraint: Member must "
      "satisfy enum value set: [ml.m4.xlarge, "));
    g_assert_true (g_str_has_suffix (error->message,
      "]; Value '-1' at 'resourceConfig.instanceCount' failed to satisfy constraint: Member must "
      "have value greater than or equal to 0"));
  }
}

static void
test_union (void)
{
  const SageShape *shape = sage_model_shape ("sagemaker", "MetricSpecification");
  static const struct
  {
    const char *input;
    gboolean    valid;
  } unions[] = {
    { "{}", FALSE },
    { "{\"Predefined\":{\"PredefinedMetricType\":\"a\"}}", TRUE },
    { "{\"Predefined\":{},\"Customized\":null}", TRUE },
    { "{\"Predefined\":{},\"Customized\":{}}", FALSE },
    { "{\"New\":{}}", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (unions); i++)
    {
      g_autoptr(JsonNode) node = sage_json_parse_object (unions[i].input, -1, NULL, NULL);

      g_test_message ("%s", unions[i].input);
      g_assert_cmpint (sage_shape_validate (shape, node, NULL), ==, unions[i].valid);
    }
}

static gpointer
validate_thread (gpointer data)
{
  for (int i = 0; i < 20; i++)
    check_case ("AddTags",
                "{\"ResourceArn\":\"arn:aws:sagemaker:us-east-1:123456789012:model/m\","
                "\"Tags\":[{\"Key\":\"k\",\"Value\":\"v\"}]}", -1, NULL);

  return NULL;
}

static void
test_threads (void)
{
  GThread *threads[8];

  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("validate", validate_thread, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
}

static void
measure_validate (void)
{
  g_autoptr(JsonNode) node = NULL;
  g_autofree char *text = NULL;
  g_autoptr(GError) error = NULL;
  const SageShape *shape = sage_model_input ("sagemaker", "CreateTrainingJob");
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "fuzz", "corpus", "validate",
                                                 "create-training-job.json", NULL);
  double seconds;
  guint count = 0;

  if (!g_test_perf ())
    {
      g_test_skip ("only with -m perf");
      return;
    }

  g_assert_true (g_file_get_contents (path, &text, NULL, &error));
  node = sage_json_parse_object (text, -1, NULL, &error);
  g_assert_no_error (error);

  g_test_timer_start ();
  do
    {
      for (int i = 0; i < 1000; i++)
        g_assert_true (sage_shape_validate (shape, node, NULL));
      count += 1000;
      seconds = g_test_timer_elapsed ();
    }
  while (seconds < 2);
  g_test_maximized_result (count / seconds, "%.0f validations of CreateTrainingJob a second",
                           count / seconds);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/validate/cases", test_cases);
  g_test_add_func ("/validate/patterns-compile", test_patterns_compile);
  g_test_add_func ("/validate/pattern-cases", test_pattern_cases);
  g_test_add_func ("/validate/lengths", test_lengths);
  g_test_add_func ("/validate/hostile-sizes", test_hostile_sizes);
  g_test_add_func ("/validate/many-violations", test_many_violations);
  g_test_add_func ("/validate/create-training-job", test_create_training_job);
  g_test_add_func ("/validate/union", test_union);
  g_test_add_func ("/validate/threads", test_threads);
  g_test_add_func ("/validate/perf", measure_validate);

  return g_test_run ();
}
