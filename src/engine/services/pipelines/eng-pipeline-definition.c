/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-pipeline-definition"

#include "config.h"

#include <string.h>

#include "eng-pipeline-definition.h"
#include "eng-pipeline-reader.h"
#include "sage-error.h"
#include "sage-json.h"

#define VERSION "2020-12-01"

/* A step takes some ten members; the byte limit bounds the rest. */
#define MAX_KEYS 250000

/* AWS's "default cache key attributes by pipeline step type". */
static const char *const processing_cache_members[] = {
  "AppSpecification", "Environment", "ProcessingInputs", NULL
};
static const char *const training_cache_members[] = {
  "AlgorithmSpecification", "CheckpointConfig", "DebugHookConfig", "DebugRuleConfigurations",
  "Environment", "HyperParameters", "InputDataConfig", NULL
};

static const EngStepTraits step_traits[] = {
  [ENG_STEP_PROCESSING] = {
    "Processing", "CreateProcessingJob", "DescribeProcessingJob", "StopProcessingJob",
    "ProcessingJobName", "ProcessingJobArn", "ProcessingJobStatus", "RoleArn",
    "processing-job", "ProcessingJob", processing_cache_members,
  },
  [ENG_STEP_TRAINING] = {
    "Training", "CreateTrainingJob", "DescribeTrainingJob", "StopTrainingJob",
    "TrainingJobName", "TrainingJobArn", "TrainingJobStatus", "RoleArn",
    "training-job", "TrainingJob", training_cache_members,
  },
  [ENG_STEP_MODEL] = {
    "Model", "CreateModel", "DescribeModel", NULL,
    "ModelName", "ModelArn", NULL, "ExecutionRoleArn",
    "model", "Model", NULL,
  },
  [ENG_STEP_REGISTER_MODEL] = {
    "RegisterModel", "CreateModelPackage", "DescribeModelPackage", NULL,
    "ModelPackageName", "ModelPackageArn", "ModelPackageStatus", NULL,
    "model-package", "RegisterModel", NULL,
  },
  [ENG_STEP_CONDITION] = { .word = "Condition", .metadata = "Condition" },
  [ENG_STEP_FAIL] = { .word = "Fail", .metadata = "Fail" },
};

/**
 * eng_step_traits:
 * @type: a step type
 *
 * Returns: (transfer none): how its operations are called
 */
const EngStepTraits *
eng_step_traits (EngStepType type)
{
  return &step_traits[type];
}

static void
property_file_free (gpointer data)
{
  EngPropertyFile *file = data;

  g_free (file->name);
  g_free (file->output);
  g_free (file->path);
  g_free (file);
}

static void
step_free (gpointer data)
{
  EngPipelineStep *step = data;

  g_free (step->name);
  g_free (step->display_name);
  g_free (step->description);
  g_free (step->where);
  g_ptr_array_unref (step->property_files);
  g_array_unref (step->retry_policies);
  g_array_unref (step->needs);
  g_array_unref (step->feeds);
  g_free (step);
}

static void
parameter_free (gpointer data)
{
  EngPipelineParameter *parameter = data;

  g_free (parameter->name);
  g_free (parameter);
}

static void
pipeline_clear (gpointer data)
{
  EngPipeline *pipeline = data;

  g_hash_table_unref (pipeline->by_name);
  g_hash_table_unref (pipeline->by_parameter);
  g_ptr_array_unref (pipeline->steps);
  g_ptr_array_unref (pipeline->parameters);
  g_clear_pointer (&pipeline->root, json_node_unref);
}

/**
 * eng_pipeline_ref:
 * @pipeline: a definition
 *
 * Returns: (transfer full): @pipeline
 */
EngPipeline *
eng_pipeline_ref (EngPipeline *pipeline)
{
  return g_atomic_rc_box_acquire (pipeline);
}

/**
 * eng_pipeline_unref:
 * @pipeline: (transfer full): a definition
 */
void
eng_pipeline_unref (EngPipeline *pipeline)
{
  g_atomic_rc_box_release_full (pipeline, pipeline_clear);
}

/**
 * eng_pipeline_step:
 * @pipeline: a definition
 * @position: below the number of steps
 *
 * Returns: (transfer none): the step
 */
EngPipelineStep *
eng_pipeline_step (EngPipeline *pipeline,
                   guint        position)
{
  return g_ptr_array_index (pipeline->steps, position);
}

static EngPipeline *
pipeline_new (void)
{
  EngPipeline *pipeline = g_atomic_rc_box_new0 (EngPipeline);

  pipeline->parameters = g_ptr_array_new_with_free_func (parameter_free);
  pipeline->steps = g_ptr_array_new_with_free_func (step_free);
  pipeline->by_name = g_hash_table_new (g_str_hash, g_str_equal);
  pipeline->by_parameter = g_hash_table_new (g_str_hash, g_str_equal);

  return pipeline;
}

/* A new step with empty lists, owned by the pipeline from the start. */
static EngPipelineStep *
add_step (EngPipeline *pipeline)
{
  EngPipelineStep *step = g_new0 (EngPipelineStep, 1);

  step->position = pipeline->steps->len;
  step->condition = -1;
  step->property_files = g_ptr_array_new_with_free_func (property_file_free);
  step->retry_policies = g_array_new (FALSE, FALSE, sizeof (EngRetryPolicy));
  step->needs = g_array_new (FALSE, FALSE, sizeof (guint));
  step->feeds = g_array_new (FALSE, FALSE, sizeof (guint));
  g_ptr_array_add (pipeline->steps, step);

  return step;
}

static gboolean
is_name (const char *text)
{
  for (; *text != '\0'; text++)
    if (!g_ascii_isalnum (*text) && *text != '-' && *text != '_')
      return FALSE;

  return TRUE;
}

static gboolean
read_step_type (EngPipelineReader  *reader,
                JsonObject         *object,
                EngPipelineStep    *step,
                GError            **error)
{
  g_autoptr(GString) words = g_string_new (NULL);
  const char *type = NULL;

  if (!eng_reader_string (reader, object, "Type", TRUE, 256, &type, error))
    return FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (step_traits); i++)
    {
      if (strcmp (step_traits[i].word, type) == 0)
        {
          step->type = (EngStepType) i;
          return TRUE;
        }
      g_string_append_printf (words, "%s%s", i > 0 ? ", " : "", step_traits[i].word);
    }

  return eng_reader_throw_member (reader, error, "Type",
                                  "Step type '%s' is not supported, expected one of %s",
                                  type, words->str);
}

/* Two names that differ in case alone would name the same job, so they count as one. */
static gboolean
read_step_name (EngPipelineReader  *reader,
                JsonObject         *object,
                EngPipelineStep    *step,
                GHashTable         *taken,
                GError            **error)
{
  const char *name = NULL;
  g_autofree char *folded = NULL;
  EngPipelineStep *other;

  if (!eng_reader_string (reader, object, "Name", TRUE, 64, &name, error))
    return FALSE;
  if (!is_name (name))
    return eng_reader_throw_member (reader, error, "Name",
                                    "'%s' may hold letters, digits, '-' and '_' only", name);

  folded = g_ascii_strdown (name, -1);
  other = g_hash_table_lookup (taken, folded);
  if (other != NULL && step->condition >= 0 && other->condition == step->condition &&
      other->if_branch != step->if_branch)
    return eng_reader_throw_member (reader, error, "Name",
                                    "Step '%s' stands in both branches of a condition", name);
  if (other != NULL)
    return eng_reader_throw_member (reader, error, "Name",
                                    "Step name '%s' is already used by %s", name, other->where);

  step->name = g_strdup (name);
  g_hash_table_insert (taken, g_steal_pointer (&folded), step);
  g_hash_table_insert (reader->pipeline->by_name, step->name, step);

  return TRUE;
}

static gboolean read_step_list (EngPipelineReader  *reader,
                                JsonArray          *list,
                                int                 condition,
                                gboolean            if_branch,
                                GHashTable         *taken,
                                GError            **error);

static gboolean
read_branches (EngPipelineReader  *reader,
               EngPipelineStep    *step,
               GHashTable         *taken,
               GError            **error)
{
  static const char *const allowed[] = { "Conditions", "IfSteps", "ElseSteps", NULL };
  static const char *const branches[] = { "IfSteps", "ElseSteps" };
  gsize mark = eng_reader_enter (reader, "Arguments");

  if (!eng_reader_only_members (reader, step->arguments, allowed, error))
    return FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (branches); i++)
    {
      JsonArray *list = NULL;
      gsize inner;

      if (!eng_reader_array (reader, step->arguments, branches[i], FALSE, &list, error))
        return FALSE;
      if (list == NULL)
        continue;

      inner = eng_reader_enter (reader, branches[i]);
      if (!read_step_list (reader, list, (int) step->position, i == 0, taken, error))
        return FALSE;
      eng_reader_leave (reader, inner);
    }

  eng_reader_leave (reader, mark);
  return TRUE;
}

static gboolean
read_step (EngPipelineReader  *reader,
           JsonObject         *object,
           EngPipelineStep    *step,
           GHashTable         *taken,
           GError            **error)
{
  static const char *const allowed[] = {
    "Name", "Type", "Arguments", "DependsOn", "DisplayName", "Description", "CacheConfig",
    "RetryPolicies", "PropertyFiles", NULL
  };

  step->where = g_strdup (reader->where->str);
  if (!read_step_type (reader, object, step, error) ||
      !eng_reader_only_members (reader, object, allowed, error) ||
      !read_step_name (reader, object, step, taken, error) ||
      !eng_reader_object (reader, object, "Arguments", TRUE, &step->arguments, error) ||
      !eng_reader_array (reader, object, "DependsOn", FALSE, &step->depends_on, error) ||
      !eng_pipeline_read_extras (reader, step, object, error))
    return FALSE;

  if (step->type != ENG_STEP_CONDITION)
    return TRUE;
  if (step->condition >= 0)
    return eng_reader_throw_member (reader, error, "Type",
                                    "A Condition step cannot stand in a branch of another one");

  return read_branches (reader, step, taken, error);
}

static gboolean
read_step_list (EngPipelineReader  *reader,
                JsonArray          *list,
                int                 condition,
                gboolean            if_branch,
                GHashTable         *taken,
                GError            **error)
{
  for (guint i = 0; i < json_array_get_length (list); i++)
    {
      gsize mark = eng_reader_enter_index (reader, i);
      EngPipelineStep *step;
      JsonObject *object;

      if (reader->pipeline->steps->len == ENG_PIPELINE_MAX_STEPS)
        return eng_reader_throw (reader, error, "A pipeline has at most %d steps",
                                 ENG_PIPELINE_MAX_STEPS);
      if (!eng_reader_element (reader, list, i, &object, error))
        return FALSE;

      step = add_step (reader->pipeline);
      step->condition = condition;
      step->if_branch = if_branch;
      if (!read_step (reader, object, step, taken, error))
        return FALSE;
      eng_reader_leave (reader, mark);
    }

  return TRUE;
}

/* A display name that is another step's name would make every message about it ambiguous. */
static gboolean
check_display_names (EngPipelineReader  *reader,
                     GHashTable         *taken,
                     GError            **error)
{
  for (guint i = 0; i < reader->pipeline->steps->len; i++)
    {
      EngPipelineStep *step = eng_pipeline_step (reader->pipeline, i);
      g_autofree char *folded = NULL;
      EngPipelineStep *other;

      if (step->display_name == NULL)
        continue;

      folded = g_ascii_strdown (step->display_name, -1);
      other = g_hash_table_lookup (taken, folded);
      if (other != NULL && other != step)
        {
          g_string_assign (reader->where, step->where);
          return eng_reader_throw_member (reader, error, "DisplayName",
                                          "'%s' is the name of another step, %s",
                                          step->display_name, other->where);
        }
    }

  return TRUE;
}

/**
 * eng_pipeline_read_steps:
 * @reader: the walk, standing at the root
 * @root: the document
 *
 * Reads every step with those in branches; references are looked at later, when all are known.
 *
 * Returns: %TRUE, or %FALSE with %SAGE_ERROR_INVALID
 */
gboolean
eng_pipeline_read_steps (EngPipelineReader  *reader,
                         JsonObject         *root,
                         GError            **error)
{
  g_autoptr(GHashTable) taken = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  JsonArray *list = NULL;
  gsize mark;

  if (!eng_reader_array (reader, root, "Steps", TRUE, &list, error))
    return FALSE;
  if (json_array_get_length (list) == 0)
    return eng_reader_throw_member (reader, error, "Steps", "A pipeline has at least one step");

  mark = eng_reader_enter (reader, "Steps");
  if (!read_step_list (reader, list, -1, FALSE, taken, error) ||
      !check_display_names (reader, taken, error))
    return FALSE;
  eng_reader_leave (reader, mark);

  return TRUE;
}

static gboolean
read_root (EngPipelineReader  *reader,
           JsonObject         *root,
           GError            **error)
{
  static const char *const allowed[] = {
    "Version", "Metadata", "Parameters", "PipelineExperimentConfig", "Steps", NULL
  };
  const char *version = NULL;
  JsonObject *metadata = NULL;

  if (!eng_reader_string (reader, root, "Version", TRUE, 64, &version, error))
    return FALSE;
  if (strcmp (version, VERSION) != 0)
    return eng_reader_throw_member (reader, error, "Version", "'%s' is not '" VERSION "'", version);

  return eng_reader_only_members (reader, root, allowed, error) &&
         eng_reader_object (reader, root, "Metadata", FALSE, &metadata, error) &&
         eng_reader_object (reader, root, "PipelineExperimentConfig", FALSE,
                            &reader->pipeline->experiment, error) &&
         eng_pipeline_read_parameters (reader, root, error) &&
         eng_pipeline_read_steps (reader, root, error) &&
         eng_pipeline_check_steps (reader, error) &&
         eng_pipeline_link_steps (reader, error);
}

static EngPipeline *
parse (const char  *text,
       gssize       length,
       gboolean     stored,
       GError     **error)
{
  static const SageJsonLimits limits = { ENG_PIPELINE_MAX_BYTES, 64, MAX_KEYS };
  g_autoptr(EngPipeline) pipeline = pipeline_new ();
  g_autoptr(GString) where = g_string_new (NULL);
  g_autoptr(GError) local_error = NULL;
  EngPipelineReader reader = { .pipeline = pipeline, .where = where, .stored = stored };

  pipeline->root = sage_json_parse_object (text, length, &limits, &local_error);
  if (pipeline->root == NULL)
    {
      eng_reader_throw (&reader, error, "%s", local_error->message);
      return NULL;
    }

  if (!read_root (&reader, json_node_get_object (pipeline->root), error))
    return NULL;

  json_node_seal (pipeline->root);
  return g_steal_pointer (&pipeline);
}

/**
 * eng_pipeline_parse:
 * @text: a pipeline definition of schema 2020-12-01
 * @length: its length in bytes, or -1
 *
 * Reads a definition and refuses whatever could only fail later: unknown steps, parameters,
 * properties and property files, values of the wrong type, cycles.
 *
 * Returns: (transfer full): the definition, or %NULL with %SAGE_ERROR_INVALID; the message begins
 *   as AWS's does and names the JSON path of what is wrong
 */
EngPipeline *
eng_pipeline_parse (const char  *text,
                    gssize       length,
                    GError     **error)
{
  return parse (text, length, FALSE, error);
}

/**
 * eng_pipeline_parse_stored:
 * @text: a definition that was taken from a caller once
 *
 * As eng_pipeline_parse(), but what became a mistake only in a later version is none: pipelines and
 * executions live on. A step that is cached without a word on how long is not cached.
 *
 * Returns: (transfer full): the definition, or %NULL with %SAGE_ERROR_INVALID
 */
EngPipeline *
eng_pipeline_parse_stored (const char  *text,
                           GError     **error)
{
  return parse (text, -1, TRUE, error);
}
