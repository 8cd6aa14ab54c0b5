/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-pipeline-infer"

#include "config.h"

#include <string.h>

#include "eng-pipeline-expression.h"
#include "eng-pipeline-path.h"
#include "eng-pipeline-reader.h"
#include "sage-json.h"
#include "sage-shape.h"

static const char *const kind_words[] = {
  [ENG_VALUE_ANY] = "any value",
  [ENG_VALUE_STRING] = "a string",
  [ENG_VALUE_INTEGER] = "an integer",
  [ENG_VALUE_FLOAT] = "a number",
  [ENG_VALUE_BOOLEAN] = "a boolean",
  [ENG_VALUE_OBJECT] = "an object",
  [ENG_VALUE_LIST] = "a list",
};

/**
 * eng_value_kind_word:
 * @kind: what is known of a value
 *
 * Returns: (transfer none): what to call it in a message, with its article
 */
const char *
eng_value_kind_word (EngValueKind kind)
{
  return kind_words[kind];
}

static EngValueKind
kind_of_shape (const SageShape *shape)
{
  switch (sage_shape_type (shape))
    {
    case SAGE_SHAPE_STRUCTURE:
    case SAGE_SHAPE_MAP:
      return ENG_VALUE_OBJECT;
    case SAGE_SHAPE_LIST:
      return ENG_VALUE_LIST;
    case SAGE_SHAPE_STRING:
    case SAGE_SHAPE_BLOB:
      return ENG_VALUE_STRING;
    case SAGE_SHAPE_INTEGER:
    case SAGE_SHAPE_LONG:
      return ENG_VALUE_INTEGER;
    case SAGE_SHAPE_FLOAT:
    case SAGE_SHAPE_DOUBLE:
    case SAGE_SHAPE_TIMESTAMP:
      return ENG_VALUE_FLOAT;
    case SAGE_SHAPE_BOOLEAN:
      return ENG_VALUE_BOOLEAN;
    default:
      return ENG_VALUE_ANY;
    }
}

static EngValueKind
kind_of_parameter (EngParameterType type)
{
  switch (type)
    {
    case ENG_PARAMETER_STRING:
      return ENG_VALUE_STRING;
    case ENG_PARAMETER_INTEGER:
      return ENG_VALUE_INTEGER;
    case ENG_PARAMETER_FLOAT:
      return ENG_VALUE_FLOAT;
    case ENG_PARAMETER_BOOLEAN:
      return ENG_VALUE_BOOLEAN;
    default:
      return ENG_VALUE_ANY;
    }
}

static EngValueKind
kind_of_literal (JsonNode *node)
{
  if (JSON_NODE_HOLDS_OBJECT (node))
    return ENG_VALUE_OBJECT;
  if (JSON_NODE_HOLDS_ARRAY (node))
    return ENG_VALUE_LIST;
  if (!JSON_NODE_HOLDS_VALUE (node))
    return ENG_VALUE_ANY;

  switch (json_node_get_value_type (node))
    {
    case G_TYPE_STRING:
      return ENG_VALUE_STRING;
    case G_TYPE_INT64:
      return ENG_VALUE_INTEGER;
    case G_TYPE_DOUBLE:
      return ENG_VALUE_FLOAT;
    default:
      return ENG_VALUE_BOOLEAN;
    }
}

/* Whether the elements of a list can be told by name: returns the member that holds it. */
static const char *
list_key_of (const SageShape *element)
{
  if (sage_shape_type (element) != SAGE_SHAPE_STRUCTURE)
    return NULL;

  for (guint i = 0; i < sage_shape_n_members (element); i++)
    if (eng_path_is_list_key (sage_shape_member_name (element, i)))
      return sage_shape_member_name (element, i);

  return NULL;
}

/* Whether the request of @step lists an element @name under @list_key, or could at run time. */
static gboolean
request_names (EngPipelineStep *step,
               GArray          *path,
               guint            from,
               guint            to,
               const char      *list_key,
               const char      *name)
{
  JsonObject *object = step->arguments;
  JsonArray *list = NULL;

  for (guint i = from; i < to && object != NULL; i++)
    {
      const char *key = g_array_index (path, EngPathPart, i).key;

      if (key == NULL)
        return TRUE;
      if (i + 1 == to)
        list = sage_json_array (object, key);
      else
        object = sage_json_object (object, key);
    }

  /* Only inputs, outputs and channels are written in the request; other lists come of the job. */
  if (strcmp (list_key, "OutputName") != 0 && strcmp (list_key, "InputName") != 0 &&
      strcmp (list_key, "ChannelName") != 0)
    return TRUE;
  if (list == NULL)
    return FALSE;

  for (guint i = 0; i < json_array_get_length (list); i++)
    {
      JsonObject *element = sage_json_array_object (list, i);
      const char *found = element != NULL ? sage_json_string (element, list_key, NULL) : NULL;

      if (found == NULL || strcmp (found, name) == 0)
        return TRUE;
    }

  return FALSE;
}

static gboolean
step_into_list (EngPipelineReader  *reader,
                EngPipelineStep    *target,
                EngReference       *reference,
                guint               index,
                const SageShape    *list,
                const char         *text,
                GError            **error)
{
  const EngPathPart *part = &g_array_index (reference->path, EngPathPart, index);
  const char *list_key;

  if (part->key == NULL)
    return TRUE;

  list_key = list_key_of (sage_shape_element (list));
  if (list_key == NULL)
    return eng_reader_throw (reader, error, "'%s' names '%s' in a list, which takes an index",
                             text, part->key);
  if (!request_names (target, reference->path, reference->rest, index, list_key, part->key))
    return eng_reader_throw (reader, error, "'%s': step '%s' has no %s '%s'",
                             text, target->name, list_key, part->key);

  return TRUE;
}

/* Follows a property through the shape of the step's Describe answer. */
static gboolean
infer_property (EngPipelineReader  *reader,
                EngPipelineStep    *target,
                EngReference       *reference,
                const char         *text,
                EngValueKind       *kind,
                GError            **error)
{
  const EngStepTraits *traits = eng_step_traits (target->type);
  const SageShape *shape = sage_model_output ("sagemaker", traits->describe);

  for (guint i = reference->rest; i < reference->path->len && shape != NULL; i++)
    {
      const EngPathPart *part = &g_array_index (reference->path, EngPathPart, i);
      const SageShape *next = NULL;

      switch (sage_shape_type (shape))
        {
        case SAGE_SHAPE_STRUCTURE:
          next = part->key != NULL ? sage_shape_member (shape, part->key) : NULL;
          break;
        case SAGE_SHAPE_LIST:
          if (!step_into_list (reader, target, reference, i, shape, text, error))
            return FALSE;
          next = sage_shape_element (shape);
          break;
        case SAGE_SHAPE_MAP:
          next = part->key != NULL ? sage_shape_element (shape) : NULL;
          break;
        case SAGE_SHAPE_STRING:
        case SAGE_SHAPE_INTEGER:
        case SAGE_SHAPE_LONG:
        case SAGE_SHAPE_FLOAT:
        case SAGE_SHAPE_DOUBLE:
        case SAGE_SHAPE_BOOLEAN:
        case SAGE_SHAPE_TIMESTAMP:
        case SAGE_SHAPE_BLOB:
        default:
          break;
        }

      if (next == NULL)
        return eng_reader_throw (reader, error, "'%s': %s answers no such property", text,
                                 traits->describe);
      shape = next;
    }

  *kind = shape != NULL ? kind_of_shape (shape) : ENG_VALUE_ANY;
  return TRUE;
}

/* A step of one branch can never see what the other branch of the same condition makes. */
static gboolean
are_exclusive (EngPipelineStep *a,
               EngPipelineStep *b)
{
  return a->condition >= 0 && a->condition == b->condition && a->if_branch != b->if_branch;
}

static EngPipelineStep *
find_step (EngPipelineReader  *reader,
           EngReference       *reference,
           const char         *text,
           GError            **error)
{
  EngPipelineStep *target = g_hash_table_lookup (reader->pipeline->by_name, reference->name);

  if (reader->step == NULL)
    eng_reader_throw (reader, error, "'%s': steps cannot be referred to here", text);
  else if (target == NULL)
    eng_reader_throw (reader, error, "'%s': there is no step '%s'", text, reference->name);
  else if (target->type == ENG_STEP_FAIL)
    eng_reader_throw (reader, error, "'%s': nothing can depend on Fail step '%s'", text,
                      reference->name);
  else if (are_exclusive (reader->step, target))
    eng_reader_throw (reader, error, "'%s': step '%s' stands in the other branch of the condition",
                      text, reference->name);
  else
    {
      g_array_append_val (reader->step->needs, target->position);
      target->referenced = TRUE;
      return target;
    }

  return NULL;
}

static gboolean
infer_step (EngPipelineReader  *reader,
            EngReference       *reference,
            const char         *text,
            EngValueKind       *kind,
            GError            **error)
{
  EngPipelineStep *target = find_step (reader, reference, text, error);
  const EngPathPart *first;

  if (target == NULL)
    return FALSE;
  if (target->type != ENG_STEP_CONDITION)
    return infer_property (reader, target, reference, text, kind, error);

  first = &g_array_index (reference->path, EngPathPart, reference->rest);
  if (reference->path->len != reference->rest + 1 || g_strcmp0 (first->key, "Outcome") != 0)
    return eng_reader_throw (reader, error, "'%s': a Condition step has the property Outcome only",
                             text);

  *kind = ENG_VALUE_STRING;
  return TRUE;
}

static gboolean
infer_variable (EngPipelineReader  *reader,
                EngReference       *reference,
                const char         *text,
                EngValueKind       *kind,
                GError            **error)
{
  static const char *const variables[] = {
    "StartDateTime", "CurrentDateTime", "PipelineName", "PipelineArn", "PipelineExecutionId",
    "PipelineExecutionArn", NULL
  };
  EngPipelineStep *step = reader->step;

  *kind = ENG_VALUE_STRING;
  if (g_strv_contains (variables, reference->name))
    return TRUE;
  if (strcmp (reference->name, "TrainingJobName") == 0 &&
      step != NULL && step->type == ENG_STEP_TRAINING)
    return TRUE;
  if (strcmp (reference->name, "ProcessingJobName") == 0 &&
      step != NULL && step->type == ENG_STEP_PROCESSING)
    return TRUE;

  return eng_reader_throw (reader, error, "'%s': there is no such execution variable here", text);
}

static gboolean
infer_get (EngPipelineReader  *reader,
           JsonNode           *node,
           EngValueKind       *kind,
           GError            **error)
{
  const char *text = eng_expression_text (node);
  g_autoptr(EngReference) reference = NULL;
  g_autoptr(GError) local_error = NULL;
  EngPipelineParameter *parameter;

  if (text == NULL)
    return eng_reader_throw (reader, error, "Expected a string, found %s",
                             eng_json_type_word (node));

  reference = eng_reference_parse (text, &local_error);
  if (reference == NULL)
    return eng_reader_throw (reader, error, "%s", local_error->message);

  switch (reference->kind)
    {
    case ENG_REFERENCE_PARAMETER:
      parameter = g_hash_table_lookup (reader->pipeline->by_parameter, reference->name);
      if (parameter == NULL)
        return eng_reader_throw (reader, error, "'%s': there is no parameter '%s'", text,
                                 reference->name);
      *kind = kind_of_parameter (parameter->type);
      return TRUE;

    case ENG_REFERENCE_EXECUTION:
      return infer_variable (reader, reference, text, kind, error);

    case ENG_REFERENCE_STEP:
      return infer_step (reader, reference, text, kind, error);

    case ENG_REFERENCE_PROPERTY_FILE:
      return eng_reader_throw (reader, error, "'%s': a property file is read with Std:JsonGet",
                               text);

    default:
      return FALSE;
    }
}

static gboolean
infer_join (EngPipelineReader  *reader,
            JsonNode           *node,
            GError            **error)
{
  static const char *const allowed[] = { "On", "Values", NULL };
  JsonArray *values = NULL;
  const char *on = NULL;
  JsonObject *object;
  gsize mark;

  if (!JSON_NODE_HOLDS_OBJECT (node))
    return eng_reader_throw (reader, error, "Expected an object, found %s",
                             eng_json_type_word (node));
  object = json_node_get_object (node);
  if (!eng_reader_only_members (reader, object, allowed, error) ||
      !eng_reader_string (reader, object, "On", FALSE, 1024, &on, error) ||
      !eng_reader_array (reader, object, "Values", TRUE, &values, error))
    return FALSE;

  mark = eng_reader_enter (reader, "Values");
  for (guint i = 0; i < json_array_get_length (values); i++)
    {
      gsize inner = eng_reader_enter_index (reader, i);
      EngValueKind kind;

      if (!eng_pipeline_infer (reader, json_array_get_element (values, i), &kind, error))
        return FALSE;
      if (kind == ENG_VALUE_OBJECT || kind == ENG_VALUE_LIST ||
          json_node_is_null (json_array_get_element (values, i)))
        return eng_reader_throw (reader, error, "Only single values can be joined, found %s",
                                 eng_json_type_word (json_array_get_element (values, i)));
      eng_reader_leave (reader, inner);
    }
  eng_reader_leave (reader, mark);

  return TRUE;
}

static gboolean
infer_property_file (EngPipelineReader  *reader,
                     JsonObject         *object,
                     GError            **error)
{
  JsonObject *get = NULL;
  g_autoptr(EngReference) reference = NULL;
  EngPipelineStep *target;
  const char *text = NULL;

  if (!eng_reader_object (reader, object, "PropertyFile", TRUE, &get, error))
    return FALSE;
  text = sage_json_string (get, "Get", NULL);
  reference = text != NULL ? eng_reference_parse (text, NULL) : NULL;
  if (reference == NULL || reference->kind != ENG_REFERENCE_PROPERTY_FILE)
    return eng_reader_throw_member (reader, error, "PropertyFile",
                                    "Expected {\"Get\": \"Steps.STEP.PropertyFiles.NAME\"}");

  target = find_step (reader, reference, text, error);
  if (target == NULL)
    return FALSE;
  for (guint i = 0; i < target->property_files->len; i++)
    if (strcmp (((EngPropertyFile *) g_ptr_array_index (target->property_files, i))->name,
                reference->file) == 0)
      return TRUE;

  return eng_reader_throw_member (reader, error, "PropertyFile",
                                  "'%s': step '%s' has no property file '%s'",
                                  text, target->name, reference->file);
}

static gboolean
infer_json_get (EngPipelineReader  *reader,
                JsonNode           *node,
                GError            **error)
{
  static const char *const allowed[] = { "PropertyFile", "S3Uri", "Path", NULL };
  g_autoptr(GArray) parsed = NULL;
  g_autoptr(GError) local_error = NULL;
  const char *path = NULL;
  JsonObject *object;
  EngValueKind kind;
  gsize mark;

  if (!JSON_NODE_HOLDS_OBJECT (node))
    return eng_reader_throw (reader, error, "Expected an object, found %s",
                             eng_json_type_word (node));
  object = json_node_get_object (node);
  if (!eng_reader_only_members (reader, object, allowed, error) ||
      !eng_reader_string (reader, object, "Path", TRUE, 1024, &path, error))
    return FALSE;

  parsed = eng_path_parse (path, &local_error);
  if (parsed == NULL)
    return eng_reader_throw_member (reader, error, "Path", "%s", local_error->message);
  if (json_object_has_member (object, "PropertyFile") == json_object_has_member (object, "S3Uri"))
    return eng_reader_throw (reader, error, "Exactly one of PropertyFile and S3Uri must be given");
  if (json_object_has_member (object, "PropertyFile"))
    return infer_property_file (reader, object, error);
  if (reader->step == NULL)
    return eng_reader_throw (reader, error, "Files cannot be read here");

  mark = eng_reader_enter (reader, "S3Uri");
  if (!eng_pipeline_infer (reader, json_object_get_member (object, "S3Uri"), &kind, error))
    return FALSE;
  if (kind != ENG_VALUE_STRING && kind != ENG_VALUE_ANY)
    return eng_reader_throw (reader, error, "Expected a string, found %s", kind_words[kind]);
  eng_reader_leave (reader, mark);

  return TRUE;
}

/**
 * eng_pipeline_infer:
 * @reader: the walk, standing on the value; its step gains what the value refers to
 * @node: a literal or a function
 * @kind: (out): what is known of the value
 *
 * Returns: %TRUE, or %FALSE with %SAGE_ERROR_INVALID when a function could never be evaluated
 */
gboolean
eng_pipeline_infer (EngPipelineReader  *reader,
                    JsonNode           *node,
                    EngValueKind       *kind,
                    GError            **error)
{
  JsonNode *argument = NULL;
  EngFunction function = eng_expression_function (node, &argument);
  gboolean ok = TRUE;
  gsize mark;

  if (function == ENG_FUNCTION_NONE)
    {
      *kind = kind_of_literal (node);
      return TRUE;
    }

  mark = eng_reader_enter (reader, eng_expression_function_word (function));
  switch (function)
    {
    case ENG_FUNCTION_GET:
      ok = infer_get (reader, argument, kind, error);
      break;
    case ENG_FUNCTION_JOIN:
      *kind = ENG_VALUE_STRING;
      ok = infer_join (reader, argument, error);
      break;
    case ENG_FUNCTION_JSON_GET:
      *kind = ENG_VALUE_ANY;
      ok = infer_json_get (reader, argument, error);
      break;
    case ENG_FUNCTION_UNKNOWN:
      ok = eng_reader_throw (reader, error, "Unknown function");
      break;
    case ENG_FUNCTION_NONE:
    default:
      break;
    }
  eng_reader_leave (reader, mark);

  return ok;
}
