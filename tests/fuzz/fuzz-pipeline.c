/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fuzz-pipeline"

#include "config.h"

#include "eng-pipeline-definition.h"
#include "eng-pipeline-expression.h"
#include "sage-error.h"
#include "sage-json.h"

int LLVMFuzzerTestOneInput (const guint8 *data,
                            size_t        size);

/* Every reference has some value, so that evaluation goes as deep as the definition lets it. */
static JsonNode *
get (const EngReference  *reference,
     gpointer             user_data,
     GError             **error)
{
  return user_data;
}

static char *
file (const EngReference  *reference,
      gpointer             user_data,
      GError             **error)
{
  return g_strdup ("s3://b/k");
}

static GBytes *
read_file (const char  *s3_uri,
           gsize        max_bytes,
           gpointer     user_data,
           GError     **error)
{
  static const char text[] = "{\"a\":{\"b\":[1,\"x\"]},\"value\":0.5}";

  return g_bytes_new_static (text, sizeof text - 1);
}

static void
evaluate_step (EngPipelineStep *step,
               JsonNode        *value)
{
  const EngStepTraits *traits = eng_step_traits (step->type);
  const SageShape *shape = traits->create != NULL ? sage_model_input ("sagemaker", traits->create)
                                                  : NULL;
  g_auto(EngScope) scope = { get, file, read_file, value, ENG_EXPRESSION_MAX_BYTES, NULL };
  g_autoptr(JsonNode) arguments = json_node_new (JSON_NODE_OBJECT);
  g_autoptr(JsonNode) result = NULL;
  gboolean outcome;

  if (step->type == ENG_STEP_CONDITION)
    {
      eng_condition_evaluate (sage_json_array (step->arguments, "Conditions"), &scope, &outcome,
                              NULL);
      return;
    }

  json_node_set_object (arguments, step->arguments);
  result = eng_expression_evaluate (arguments, shape, &scope, NULL);
}

/* Of an experiment, where no file can be read. */
static void
evaluate_experiment (EngPipeline *pipeline,
                     JsonNode    *value)
{
  g_auto(EngScope) scope = { get, NULL, NULL, value, ENG_EXPRESSION_MAX_BYTES, NULL };
  g_autoptr(JsonNode) config = NULL;
  g_autoptr(JsonNode) result = NULL;

  if (pipeline->experiment == NULL)
    return;

  config = json_node_new (JSON_NODE_OBJECT);
  json_node_set_object (config, pipeline->experiment);
  result = eng_expression_evaluate (
    config, sage_model_shape ("sagemaker", "PipelineExperimentConfig"), &scope, NULL);
}

/* A definition is refused, with a place and a reason, or it can be run to its end. */
int
LLVMFuzzerTestOneInput (const guint8 *data,
                        size_t        size)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(EngPipeline) pipeline = eng_pipeline_parse ((const char *) data, (gssize) size, &error);
  g_autoptr(JsonNode) value = NULL;

  if (pipeline == NULL)
    {
      g_assert_error (error, SAGE_ERROR, SAGE_ERROR_INVALID);
      g_assert_true (g_str_has_prefix (error->message, "Unable to parse pipeline definition. "));
      return 0;
    }

  value = json_node_init_string (json_node_alloc (), "value");
  for (guint i = 0; i < pipeline->steps->len; i++)
    {
      EngPipelineStep *step = eng_pipeline_step (pipeline, i);

      for (guint j = 0; j < step->needs->len; j++)
        g_assert_cmpuint (g_array_index (step->needs, guint, j), <, pipeline->steps->len);
      evaluate_step (step, value);
    }
  evaluate_experiment (pipeline, value);

  return 0;
}
