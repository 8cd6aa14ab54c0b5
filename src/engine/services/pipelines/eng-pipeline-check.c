/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-pipeline-check"

#include "config.h"

#include <string.h>

#include "eng-pipeline-expression.h"
#include "eng-pipeline-reader.h"
#include "sage-json.h"
#include "sage-shape.h"

/*
 * Whether a value of @kind that an expression makes can stand where the request wants @shape.
 * Single values become strings where a string is wanted (hyperparameters above all), integers
 * become numbers; nothing else is converted.
 */
static gboolean
kind_fits (EngValueKind     kind,
           const SageShape *shape)
{
  if (kind == ENG_VALUE_ANY)
    return TRUE;

  switch (sage_shape_type (shape))
    {
    case SAGE_SHAPE_STRUCTURE:
    case SAGE_SHAPE_MAP:
      return kind == ENG_VALUE_OBJECT;
    case SAGE_SHAPE_LIST:
      return kind == ENG_VALUE_LIST;
    case SAGE_SHAPE_STRING:
    case SAGE_SHAPE_BLOB:
      return kind != ENG_VALUE_OBJECT && kind != ENG_VALUE_LIST;
    case SAGE_SHAPE_INTEGER:
    case SAGE_SHAPE_LONG:
      return kind == ENG_VALUE_INTEGER;
    case SAGE_SHAPE_FLOAT:
    case SAGE_SHAPE_DOUBLE:
    case SAGE_SHAPE_TIMESTAMP:
      return kind == ENG_VALUE_INTEGER || kind == ENG_VALUE_FLOAT;
    case SAGE_SHAPE_BOOLEAN:
      return kind == ENG_VALUE_BOOLEAN;
    default:
      return TRUE;
    }
}

static const char *
shape_word (const SageShape *shape)
{
  switch (sage_shape_type (shape))
    {
    case SAGE_SHAPE_STRUCTURE:
    case SAGE_SHAPE_MAP:
      return "an object";
    case SAGE_SHAPE_LIST:
      return "a list";
    case SAGE_SHAPE_STRING:
    case SAGE_SHAPE_BLOB:
      return "a string";
    case SAGE_SHAPE_INTEGER:
    case SAGE_SHAPE_LONG:
      return "an integer";
    case SAGE_SHAPE_FLOAT:
    case SAGE_SHAPE_DOUBLE:
    case SAGE_SHAPE_TIMESTAMP:
      return "a number";
    case SAGE_SHAPE_BOOLEAN:
      return "a boolean";
    default:
      return "a value";
    }
}

static gboolean check_value (EngPipelineReader  *reader,
                             JsonNode           *node,
                             const SageShape    *shape,
                             GError            **error);

/* Bounds, patterns and enums of a literal, in the model's own words. */
static gboolean
check_scalar (EngPipelineReader  *reader,
              JsonNode           *node,
              const SageShape    *shape,
              GError            **error)
{
  static const char marker[] = "failed to satisfy constraint: ";
  g_autoptr(GError) local_error = NULL;
  const char *text;

  if (sage_shape_validate (shape, node, &local_error))
    return TRUE;

  text = strstr (local_error->message, marker);
  text = text != NULL ? text + strlen (marker) : local_error->message;
  return eng_reader_throw (reader, error, "%s", text);
}

static gboolean
check_required (EngPipelineReader  *reader,
                JsonObject         *object,
                const SageShape    *shape,
                gboolean            top,
                GError            **error)
{
  const EngStepTraits *traits = eng_step_traits (reader->step->type);

  for (guint i = 0; i < sage_shape_n_members (shape); i++)
    {
      const char *name = sage_shape_member_name (shape, i);

      if (!sage_shape_member_required (shape, name) || json_object_has_member (object, name))
        continue;
      /* The executor names the job, and lends it the pipeline's role. */
      if (top && (g_strcmp0 (name, traits->name_member) == 0 ||
                  g_strcmp0 (name, traits->role_member) == 0))
        continue;

      return eng_reader_throw_member (reader, error, name, "Required member is missing");
    }

  return TRUE;
}

static gboolean
check_object (EngPipelineReader  *reader,
              JsonObject         *object,
              const SageShape    *shape,
              gboolean            top,
              GError            **error)
{
  gboolean is_map = shape != NULL && sage_shape_type (shape) == SAGE_SHAPE_MAP;
  JsonObjectIter iter;
  const char *name;
  JsonNode *value;

  json_object_iter_init_ordered (&iter, object);
  while (json_object_iter_next_ordered (&iter, &name, &value))
    {
      gsize mark = eng_reader_enter (reader, name);
      const SageShape *member = NULL;

      if (is_map)
        member = sage_shape_element (shape);
      else if (shape != NULL)
        member = sage_shape_member (shape, name);

      if (!check_value (reader, value, member, error))
        return FALSE;
      eng_reader_leave (reader, mark);
    }

  return shape == NULL || is_map || check_required (reader, object, shape, top, error);
}

static gboolean
check_list (EngPipelineReader  *reader,
            JsonArray          *list,
            const SageShape    *shape,
            GError            **error)
{
  for (guint i = 0; i < json_array_get_length (list); i++)
    {
      gsize mark = eng_reader_enter_index (reader, i);

      if (!check_value (reader, json_array_get_element (list, i),
                        shape != NULL ? sage_shape_element (shape) : NULL, error))
        return FALSE;
      eng_reader_leave (reader, mark);
    }

  return TRUE;
}

/* Checks one value of a request; @shape is %NULL where the model does not know the member. */
static gboolean
check_value (EngPipelineReader  *reader,
             JsonNode           *node,
             const SageShape    *shape,
             GError            **error)
{
  gboolean is_function = eng_expression_function (node, NULL) != ENG_FUNCTION_NONE;
  EngValueKind kind;

  if (json_node_is_null (node))
    return TRUE; /* absent, as in a request */
  if (!eng_pipeline_infer (reader, node, &kind, error))
    return FALSE;

  if (shape != NULL && is_function && !kind_fits (kind, shape))
    return eng_reader_throw (reader, error, "Expected %s, but the expression gives %s",
                             shape_word (shape), eng_value_kind_word (kind));
  if (is_function)
    return TRUE;

  if (shape != NULL && (kind == ENG_VALUE_OBJECT || kind == ENG_VALUE_LIST ||
                        sage_shape_type (shape) <= SAGE_SHAPE_MAP) && !kind_fits (kind, shape))
    return eng_reader_throw (reader, error, "Expected %s, found %s", shape_word (shape),
                             eng_json_type_word (node));

  switch (kind)
    {
    case ENG_VALUE_OBJECT:
      return check_object (reader, json_node_get_object (node), shape, FALSE, error);
    case ENG_VALUE_LIST:
      return check_list (reader, json_node_get_array (node), shape, error);
    case ENG_VALUE_STRING:
    case ENG_VALUE_INTEGER:
    case ENG_VALUE_FLOAT:
    case ENG_VALUE_BOOLEAN:
    case ENG_VALUE_ANY:
    default:
      break;
    }

  if (shape == NULL)
    return TRUE;
  /* Literals have the type they should have; only what an expression makes is converted. */
  if (!kind_fits (kind, shape) ||
      (kind != ENG_VALUE_STRING && strcmp (shape_word (shape), "a string") == 0))
    return eng_reader_throw (reader, error, "Expected %s, found %s", shape_word (shape),
                             eng_json_type_word (node));

  return check_scalar (reader, node, shape, error);
}

static gboolean
check_fail (EngPipelineReader  *reader,
            EngPipelineStep    *step,
            GError            **error)
{
  static const char *const allowed[] = { "ErrorMessage", NULL };
  JsonNode *message = json_object_get_member (step->arguments, "ErrorMessage");
  EngValueKind kind;
  gsize mark;

  if (!eng_reader_only_members (reader, step->arguments, allowed, error))
    return FALSE;
  if (message == NULL)
    return eng_reader_throw_member (reader, error, "ErrorMessage", "Required member is missing");

  mark = eng_reader_enter (reader, "ErrorMessage");
  if (!eng_pipeline_infer (reader, message, &kind, error))
    return FALSE;
  if (eng_expression_function (message, NULL) == ENG_FUNCTION_NONE && kind != ENG_VALUE_STRING)
    return eng_reader_throw (reader, error, "Expected a string, found %s",
                             eng_json_type_word (message));
  if (kind == ENG_VALUE_OBJECT || kind == ENG_VALUE_LIST)
    return eng_reader_throw (reader, error, "Expected a string, but the expression gives %s",
                             eng_value_kind_word (kind));
  eng_reader_leave (reader, mark);

  return TRUE;
}

static gboolean
check_step (EngPipelineReader  *reader,
            EngPipelineStep    *step,
            GError            **error)
{
  const EngStepTraits *traits = eng_step_traits (step->type);
  JsonArray *conditions = NULL;

  reader->step = step;
  g_string_assign (reader->where, step->where);
  eng_reader_enter (reader, "Arguments");

  switch (step->type)
    {
    case ENG_STEP_CONDITION:
      return eng_reader_array (reader, step->arguments, "Conditions", TRUE, &conditions, error) &&
             eng_pipeline_check_conditions (reader, conditions, error);
    case ENG_STEP_FAIL:
      return check_fail (reader, step, error);
    case ENG_STEP_PROCESSING:
    case ENG_STEP_TRAINING:
    case ENG_STEP_MODEL:
    case ENG_STEP_REGISTER_MODEL:
    default:
      return check_object (reader, step->arguments,
                           sage_model_input ("sagemaker", traits->create), TRUE, error);
    }
}

static gboolean
check_experiment (EngPipelineReader  *reader,
                  GError            **error)
{
  static const char *const members[] = { "ExperimentName", "TrialName", NULL };
  JsonObject *config = reader->pipeline->experiment;
  JsonObjectIter iter;
  const char *name;
  JsonNode *value;

  if (config == NULL)
    return TRUE;

  reader->step = NULL;
  g_string_assign (reader->where, "PipelineExperimentConfig");
  if (!eng_reader_only_members (reader, config, members, error))
    return FALSE;

  json_object_iter_init_ordered (&iter, config);
  while (json_object_iter_next_ordered (&iter, &name, &value))
    {
      gsize mark = eng_reader_enter (reader, name);
      EngValueKind kind;

      if (!eng_pipeline_infer (reader, value, &kind, error))
        return FALSE;
      if (kind != ENG_VALUE_STRING && kind != ENG_VALUE_ANY)
        return eng_reader_throw (reader, error, "Expected a string, found %s",
                                 eng_value_kind_word (kind));
      eng_reader_leave (reader, mark);
    }

  return TRUE;
}

/**
 * eng_pipeline_check_steps:
 * @reader: the walk
 *
 * Checks the arguments of every step against the request that it will send, with all that they
 * refer to, and notes which steps each one needs.
 *
 * Returns: %TRUE, or %FALSE with %SAGE_ERROR_INVALID
 */
gboolean
eng_pipeline_check_steps (EngPipelineReader  *reader,
                          GError            **error)
{
  if (!check_experiment (reader, error))
    return FALSE;

  for (guint i = 0; i < reader->pipeline->steps->len; i++)
    if (!check_step (reader, eng_pipeline_step (reader->pipeline, i), error))
      return FALSE;

  reader->step = NULL;
  g_string_truncate (reader->where, 0);
  return TRUE;
}
