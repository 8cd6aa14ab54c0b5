/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-pipeline-parameters"

#include "config.h"

#include <math.h>
#include <string.h>

#include "eng-pipeline-definition.h"
#include "eng-pipeline-reader.h"
#include "sage-error.h"

static const char *const type_words[] = {
  [ENG_PARAMETER_STRING] = "String",
  [ENG_PARAMETER_INTEGER] = "Integer",
  [ENG_PARAMETER_FLOAT] = "Float",
  [ENG_PARAMETER_BOOLEAN] = "Boolean",
};

/**
 * eng_parameter_type_word:
 * @type: a parameter type
 *
 * Returns: (transfer none): the Type in the definition
 */
const char *
eng_parameter_type_word (EngParameterType type)
{
  return type_words[type];
}

/* Whether a literal of the definition is of the parameter's type; an integer is a Float too. */
static gboolean
fits_type (EngParameterType  type,
           JsonNode         *node)
{
  GType value_type = JSON_NODE_HOLDS_VALUE (node) ? json_node_get_value_type (node) : G_TYPE_NONE;

  switch (type)
    {
    case ENG_PARAMETER_STRING:
      return value_type == G_TYPE_STRING;
    case ENG_PARAMETER_INTEGER:
      return value_type == G_TYPE_INT64;
    case ENG_PARAMETER_FLOAT:
      return value_type == G_TYPE_INT64 || value_type == G_TYPE_DOUBLE;
    case ENG_PARAMETER_BOOLEAN:
      return value_type == G_TYPE_BOOLEAN;
    default:
      return FALSE;
    }
}

static gboolean
same_value (JsonNode *a,
            JsonNode *b)
{
  if (json_node_get_value_type (a) == G_TYPE_STRING)
    return strcmp (json_node_get_string (a), json_node_get_string (b)) == 0;
  if (json_node_get_value_type (a) == G_TYPE_INT64 && json_node_get_value_type (b) == G_TYPE_INT64)
    return json_node_get_int (a) == json_node_get_int (b);
  if (json_node_get_value_type (a) == G_TYPE_BOOLEAN)
    return json_node_get_boolean (a) == json_node_get_boolean (b);

  return json_node_get_double (a) == json_node_get_double (b);
}

static gboolean
in_enum (const EngPipelineParameter *parameter,
         JsonNode                   *value)
{
  if (parameter->enum_values == NULL)
    return TRUE;

  for (guint i = 0; i < json_array_get_length (parameter->enum_values); i++)
    if (same_value (json_array_get_element (parameter->enum_values, i), value))
      return TRUE;

  return FALSE;
}

static gboolean
read_enum (EngPipelineReader     *reader,
           JsonObject            *object,
           EngPipelineParameter  *parameter,
           GError               **error)
{
  gsize mark;

  if (!eng_reader_array (reader, object, "EnumValues", FALSE, &parameter->enum_values, error))
    return FALSE;
  if (parameter->enum_values == NULL)
    return TRUE;
  /* The SDK leaves the member out, other writers send an empty list for "anything". */
  if (json_array_get_length (parameter->enum_values) == 0)
    {
      parameter->enum_values = NULL;
      return TRUE;
    }

  mark = eng_reader_enter (reader, "EnumValues");
  for (guint i = 0; i < json_array_get_length (parameter->enum_values); i++)
    {
      JsonNode *value = json_array_get_element (parameter->enum_values, i);
      gsize inner = eng_reader_enter_index (reader, i);

      if (!fits_type (parameter->type, value))
        return eng_reader_throw (reader, error, "Expected a value of type %s, found %s",
                                 type_words[parameter->type], eng_json_type_word (value));
      eng_reader_leave (reader, inner);
    }
  eng_reader_leave (reader, mark);

  return TRUE;
}

static gboolean
read_default (EngPipelineReader     *reader,
              JsonObject            *object,
              EngPipelineParameter  *parameter,
              GError               **error)
{
  JsonNode *value = json_object_get_member (object, "DefaultValue");

  if (value == NULL || json_node_is_null (value))
    return TRUE;

  if (!fits_type (parameter->type, value))
    return eng_reader_throw_member (reader, error, "DefaultValue",
                                    "Expected a value of type %s, found %s",
                                    type_words[parameter->type], eng_json_type_word (value));
  if (!in_enum (parameter, value))
    return eng_reader_throw_member (reader, error, "DefaultValue",
                                    "The value is not among the EnumValues");

  parameter->default_value = value;
  return TRUE;
}

static gboolean
read_type (EngPipelineReader  *reader,
           JsonObject         *object,
           EngParameterType   *type,
           GError            **error)
{
  const char *word = NULL;

  if (!eng_reader_string (reader, object, "Type", TRUE, 64, &word, error))
    return FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (type_words); i++)
    if (strcmp (type_words[i], word) == 0)
      {
        *type = (EngParameterType) i;
        return TRUE;
      }

  return eng_reader_throw_member (reader, error, "Type",
                                  "'%s' is none of String, Integer, Float and Boolean", word);
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
read_parameter (EngPipelineReader  *reader,
                JsonObject         *object,
                GError            **error)
{
  static const char *const allowed[] = { "Name", "Type", "DefaultValue", "EnumValues", NULL };
  EngPipeline *pipeline = reader->pipeline;
  EngPipelineParameter *parameter;
  const char *name = NULL;

  if (!eng_reader_only_members (reader, object, allowed, error) ||
      !eng_reader_string (reader, object, "Name", TRUE, 256, &name, error))
    return FALSE;
  if (!is_name (name))
    return eng_reader_throw_member (reader, error, "Name",
                                    "'%s' may hold letters, digits, '-' and '_' only", name);
  if (g_hash_table_contains (pipeline->by_parameter, name))
    return eng_reader_throw_member (reader, error, "Name", "Parameter '%s' is declared twice", name);

  parameter = g_new0 (EngPipelineParameter, 1);
  parameter->name = g_strdup (name);
  g_ptr_array_add (pipeline->parameters, parameter);
  g_hash_table_insert (pipeline->by_parameter, parameter->name, parameter);

  return read_type (reader, object, &parameter->type, error) &&
         read_enum (reader, object, parameter, error) &&
         read_default (reader, object, parameter, error);
}

/**
 * eng_pipeline_read_parameters:
 * @reader: the walk, standing at the root
 * @root: the document
 *
 * Returns: %TRUE, or %FALSE with %SAGE_ERROR_INVALID
 */
gboolean
eng_pipeline_read_parameters (EngPipelineReader  *reader,
                              JsonObject         *root,
                              GError            **error)
{
  JsonArray *list = NULL;
  gsize mark;

  if (!eng_reader_array (reader, root, "Parameters", FALSE, &list, error))
    return FALSE;
  if (list == NULL)
    return TRUE;
  if (json_array_get_length (list) > ENG_PIPELINE_MAX_PARAMETERS)
    return eng_reader_throw_member (reader, error, "Parameters",
                                    "A pipeline has at most %d parameters, found %u",
                                    ENG_PIPELINE_MAX_PARAMETERS, json_array_get_length (list));

  mark = eng_reader_enter (reader, "Parameters");
  for (guint i = 0; i < json_array_get_length (list); i++)
    {
      gsize inner = eng_reader_enter_index (reader, i);
      JsonObject *object;

      if (!eng_reader_element (reader, list, i, &object, error) ||
          !read_parameter (reader, object, error))
        return FALSE;
      eng_reader_leave (reader, inner);
    }
  eng_reader_leave (reader, mark);

  return TRUE;
}

static JsonNode *
parse_integer (const char *text)
{
  gint64 value;

  if (!g_ascii_string_to_signed (text, 10, G_MININT64, G_MAXINT64, &value, NULL))
    return NULL;

  return json_node_init_int (json_node_alloc (), value);
}

static JsonNode *
parse_float (const char *text)
{
  char *end;
  double value;

  /* g_ascii_strtod() also takes blanks, hexadecimal, "inf" and "nan". */
  if (*text == '\0' || strspn (text, "0123456789+-.eE") != strlen (text))
    return NULL;

  value = g_ascii_strtod (text, &end);
  if (*end != '\0' || !isfinite (value))
    return NULL;

  return json_node_init_double (json_node_alloc (), value);
}

/**
 * eng_pipeline_parameter_parse:
 * @parameter: what the definition declares
 * @text: the value given to an execution, always text on the wire
 *
 * Reads a value by the type of its parameter: nothing is converted from one type to another.
 *
 * Returns: (transfer full): the value, or %NULL with %SAGE_ERROR_INVALID
 */
JsonNode *
eng_pipeline_parameter_parse (const EngPipelineParameter  *parameter,
                              const char                  *text,
                              GError                     **error)
{
  g_autoptr(JsonNode) value = NULL;

  switch (parameter->type)
    {
    case ENG_PARAMETER_STRING:
      value = json_node_init_string (json_node_alloc (), text);
      break;
    case ENG_PARAMETER_INTEGER:
      value = parse_integer (text);
      break;
    case ENG_PARAMETER_FLOAT:
      value = parse_float (text);
      break;
    case ENG_PARAMETER_BOOLEAN:
      /* Python's str(True) is what the SDK sends. */
      if (g_ascii_strcasecmp (text, "true") == 0 || g_ascii_strcasecmp (text, "false") == 0)
        value = json_node_init_boolean (json_node_alloc (), g_ascii_tolower (*text) == 't');
      break;
    default:
      g_assert_not_reached ();
    }

  if (value == NULL)
    {
      sage_throw (error, SAGE_ERROR_INVALID,
                  "The value '%s' of pipeline parameter [%s] is not of type %s",
                  text, parameter->name, type_words[parameter->type]);
      return NULL;
    }
  if (!in_enum (parameter, value))
    {
      sage_throw (error, SAGE_ERROR_INVALID,
                  "The value '%s' of pipeline parameter [%s] is not among its enum values",
                  text, parameter->name);
      return NULL;
    }

  return g_steal_pointer (&value);
}
