/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-pipeline-expression"

#include "config.h"

#include <math.h>
#include <string.h>

#include "eng-pipeline-expression.h"
#include "sage-error.h"
#include "sage-json.h"

/* What a node costs beside its text; keeps a list of a million empty strings within bounds too. */
#define NODE_BYTES 16

static const char *const function_words[] = {
  [ENG_FUNCTION_NONE] = "",
  [ENG_FUNCTION_GET] = "Get",
  [ENG_FUNCTION_JOIN] = "Std:Join",
  [ENG_FUNCTION_JSON_GET] = "Std:JsonGet",
  [ENG_FUNCTION_UNKNOWN] = "Std:",
};

/**
 * eng_expression_function:
 * @node: any value of a definition
 * @argument: (out) (optional) (transfer none): what the function is given
 *
 * A function is an object with one member that is called as the function is.
 *
 * Returns: which function @node is
 */
EngFunction
eng_expression_function (JsonNode  *node,
                         JsonNode **argument)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *value;

  if (!JSON_NODE_HOLDS_OBJECT (node) || json_object_get_size (json_node_get_object (node)) != 1)
    return ENG_FUNCTION_NONE;

  json_object_iter_init (&iter, json_node_get_object (node));
  json_object_iter_next (&iter, &name, &value);
  if (argument != NULL)
    *argument = value;

  for (guint i = ENG_FUNCTION_GET; i < ENG_FUNCTION_UNKNOWN; i++)
    if (strcmp (function_words[i], name) == 0)
      return (EngFunction) i;

  return g_str_has_prefix (name, "Std:") ? ENG_FUNCTION_UNKNOWN : ENG_FUNCTION_NONE;
}

/**
 * eng_expression_function_word:
 * @function: a function
 *
 * Returns: (transfer none): its name in the definition
 */
const char *
eng_expression_function_word (EngFunction function)
{
  return function_words[function];
}

/**
 * eng_expression_text:
 * @node: any value
 *
 * Returns: (transfer none) (nullable): the text, when @node is a string
 */
const char *
eng_expression_text (JsonNode *node)
{
  return JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING
         ? json_node_get_string (node)
         : NULL;
}

/**
 * eng_scope_clear:
 * @scope: what to clear
 */
void
eng_scope_clear (EngScope *scope)
{
  g_clear_pointer (&scope->files, g_hash_table_unref);
}

static gboolean
spend (EngScope  *scope,
       gsize      bytes,
       GError   **error)
{
  if (bytes > scope->budget)
    return sage_throw (error, SAGE_ERROR_INVALID,
                       "The evaluated arguments are larger than %d bytes",
                       ENG_EXPRESSION_MAX_BYTES);

  scope->budget -= bytes;
  return TRUE;
}

static JsonNode *
string_node (const char *text)
{
  return json_node_init_string (json_node_alloc (), text);
}

/* The text of a single value, as Join and string members of requests show it. */
static char *
scalar_text (JsonNode *node)
{
  const char *text = eng_expression_text (node);
  g_autoptr(GString) out = NULL;

  if (text != NULL)
    return g_strdup (text);
  if (!JSON_NODE_HOLDS_VALUE (node))
    return NULL;

  switch (json_node_get_value_type (node))
    {
    case G_TYPE_INT64:
      return g_strdup_printf ("%" G_GINT64_FORMAT, json_node_get_int (node));
    case G_TYPE_BOOLEAN:
      return g_strdup (json_node_get_boolean (node) ? "true" : "false");
    default:
      out = g_string_new (NULL);
      sage_json_append_number (out, json_node_get_double (node));
      return g_string_free_and_steal (g_steal_pointer (&out));
    }
}

/*
 * Builds a value. With @literal nothing inside is taken for a function: what a job answered or a
 * file holds is data, whatever it looks like.
 */
static JsonNode *build (JsonNode         *node,
                        const SageShape  *shape,
                        gboolean          literal,
                        EngScope         *scope,
                        GError          **error);

static JsonNode *
build_object (JsonObject       *object,
              const SageShape  *shape,
              gboolean          literal,
              EngScope         *scope,
              GError          **error)
{
  g_autoptr(JsonObject) result = json_object_new ();
  JsonObjectIter iter;
  const char *name;
  JsonNode *value;

  json_object_iter_init_ordered (&iter, object);
  while (json_object_iter_next_ordered (&iter, &name, &value))
    {
      const SageShape *member = NULL;
      JsonNode *built;

      if (shape != NULL && sage_shape_type (shape) == SAGE_SHAPE_MAP)
        member = sage_shape_element (shape);
      else if (shape != NULL && sage_shape_type (shape) == SAGE_SHAPE_STRUCTURE)
        member = sage_shape_member (shape, name);

      /* Null is absent on this wire, and clients are never sent one. */
      if (json_node_is_null (value) && !literal)
        continue;
      if (!spend (scope, strlen (name), error))
        return NULL;
      built = build (value, member, literal, scope, error);
      if (built == NULL)
        {
          g_prefix_error (error, "%s: ", name);
          return NULL;
        }
      json_object_set_member (result, name, built);
    }

  return sage_json_take_object (g_steal_pointer (&result));
}

static JsonNode *
build_array (JsonArray        *array,
             const SageShape  *shape,
             gboolean          literal,
             EngScope         *scope,
             GError          **error)
{
  gboolean is_list = shape != NULL && sage_shape_type (shape) == SAGE_SHAPE_LIST;
  g_autoptr(JsonArray) result = json_array_new ();

  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode *built = build (json_array_get_element (array, i),
                               is_list ? sage_shape_element (shape) : NULL,
                               literal, scope, error);

      if (built == NULL)
        return NULL;
      json_array_add_element (result, built);
    }

  return sage_json_take_array (g_steal_pointer (&result));
}

/*
 * Makes what an expression gave fit the request. A single value becomes text where the model wants
 * a string (an Integer parameter used as a hyperparameter), a whole number becomes an integer; the
 * rest is left for the operation's own validation to judge.
 */
static JsonNode *
coerce (JsonNode        *taken,
        const SageShape *shape)
{
  g_autoptr(JsonNode) node = taken;
  SageShapeType type = shape != NULL ? sage_shape_type (shape) : SAGE_SHAPE_STRUCTURE;
  g_autofree char *text = NULL;
  double number;

  if (!JSON_NODE_HOLDS_VALUE (node))
    return g_steal_pointer (&node);

  if (type == SAGE_SHAPE_STRING && json_node_get_value_type (node) != G_TYPE_STRING)
    {
      text = scalar_text (node);
      return string_node (text);
    }

  if ((type == SAGE_SHAPE_INTEGER || type == SAGE_SHAPE_LONG) &&
      json_node_get_value_type (node) == G_TYPE_DOUBLE)
    {
      number = json_node_get_double (node);
      if (number == floor (number) && fabs (number) < 9007199254740992.0)
        return json_node_init_int (json_node_alloc (), (gint64) number);
    }

  return g_steal_pointer (&node);
}

static JsonNode *
evaluate_get (JsonNode         *argument,
              EngScope         *scope,
              GError          **error)
{
  const char *text = eng_expression_text (argument);
  g_autoptr(EngReference) reference = NULL;
  JsonNode *value;

  if (text == NULL)
    {
      sage_throw (error, SAGE_ERROR_INVALID, "Get takes a string");
      return NULL;
    }

  reference = eng_reference_parse (text, error);
  if (reference == NULL)
    return NULL;

  value = scope->get (reference, scope->user_data, error);
  return value != NULL ? build (value, NULL, TRUE, scope, error) : NULL;
}

static JsonNode *
evaluate_join (JsonNode         *argument,
               EngScope         *scope,
               GError          **error)
{
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (argument) ? json_node_get_object (argument) : NULL;
  const char *on = object != NULL ? sage_json_string (object, "On", "") : "";
  JsonArray *values = object != NULL ? sage_json_array (object, "Values") : NULL;
  g_autoptr(GString) out = g_string_new (NULL);

  for (guint i = 0; values != NULL && i < json_array_get_length (values); i++)
    {
      g_autoptr(JsonNode) value = build (json_array_get_element (values, i), NULL, FALSE, scope,
                                         error);
      g_autofree char *text = NULL;

      if (value == NULL)
        return NULL;
      text = scalar_text (value);
      if (text == NULL)
        {
          sage_throw (error, SAGE_ERROR_INVALID, "Std:Join takes single values only");
          return NULL;
        }
      if (!spend (scope, strlen (text) + strlen (on), error))
        return NULL;
      if (i > 0)
        g_string_append (out, on);
      g_string_append (out, text);
    }

  return string_node (out->str);
}

/* Where the file of a JsonGet lies. */
static char *
file_uri (JsonObject  *object,
          EngScope    *scope,
          GError     **error)
{
  JsonObject *property_file = sage_json_object (object, "PropertyFile");
  g_autoptr(EngReference) reference = NULL;
  g_autoptr(JsonNode) uri = NULL;

  if (property_file != NULL)
    {
      reference = eng_reference_parse (sage_json_string (property_file, "Get", ""), error);
      if (reference != NULL && scope->file == NULL)
        sage_throw (error, SAGE_ERROR_INVALID, "Files cannot be read here");
      return reference != NULL && scope->file != NULL
               ? scope->file (reference, scope->user_data, error) : NULL;
    }

  if (!json_object_has_member (object, "S3Uri"))
    {
      sage_throw (error, SAGE_ERROR_INVALID, "Std:JsonGet names no file");
      return NULL;
    }
  uri = build (json_object_get_member (object, "S3Uri"), NULL, FALSE, scope, error);
  if (uri == NULL)
    return NULL;
  if (eng_expression_text (uri) == NULL)
    {
      sage_throw (error, SAGE_ERROR_INVALID, "The S3Uri of Std:JsonGet is not a string");
      return NULL;
    }

  return g_strdup (eng_expression_text (uri));
}

/* Returns: (transfer none): the parsed file, kept by the scope. */
static JsonNode *
load_file (const char  *uri,
           EngScope    *scope,
           GError     **error)
{
  g_autoptr(GBytes) bytes = NULL;
  JsonNode *document;
  gconstpointer data;
  gsize size;

  if (scope->files == NULL)
    scope->files = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                          (GDestroyNotify) json_node_unref);
  document = g_hash_table_lookup (scope->files, uri);
  if (document != NULL)
    return document;

  if (scope->read == NULL)
    {
      sage_throw (error, SAGE_ERROR_INVALID, "Files cannot be read here");
      return NULL;
    }
  bytes = scope->read (uri, ENG_EXPRESSION_MAX_BYTES, scope->user_data, error);
  if (bytes == NULL)
    return NULL;

  data = g_bytes_get_data (bytes, &size);
  document = sage_json_parse (data != NULL ? data : "", (gssize) size,
                              &(SageJsonLimits) { ENG_EXPRESSION_MAX_BYTES, 64, 250000 }, error);
  if (document == NULL)
    {
      g_prefix_error (error, "'%s': ", uri);
      return NULL;
    }

  g_hash_table_insert (scope->files, g_strdup (uri), document);
  return document;
}

static JsonNode *
evaluate_json_get (JsonNode         *argument,
                   EngScope         *scope,
                   GError          **error)
{
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (argument) ? json_node_get_object (argument) : NULL;
  const char *text = object != NULL ? sage_json_string (object, "Path", "") : "";
  g_autoptr(GArray) path = NULL;
  g_autofree char *uri = NULL;
  JsonNode *document;
  JsonNode *value;

  if (object == NULL)
    {
      sage_throw (error, SAGE_ERROR_INVALID, "Std:JsonGet takes an object");
      return NULL;
    }

  path = eng_path_parse (text, error);
  uri = path != NULL ? file_uri (object, scope, error) : NULL;
  document = uri != NULL ? load_file (uri, scope, error) : NULL;
  if (document == NULL)
    return NULL;

  value = eng_path_follow (path, 0, document, FALSE);
  if (value == NULL || json_node_is_null (value))
    {
      sage_throw (error, SAGE_ERROR_INVALID, "'%s' has no value at '%s'", uri, text);
      return NULL;
    }

  return build (value, NULL, TRUE, scope, error);
}

static JsonNode *
build (JsonNode         *node,
       const SageShape  *shape,
       gboolean          literal,
       EngScope         *scope,
       GError          **error)
{
  JsonNode *argument = NULL;
  EngFunction function = literal ? ENG_FUNCTION_NONE : eng_expression_function (node, &argument);
  JsonNode *value = NULL;
  const char *text;

  switch (function)
    {
    case ENG_FUNCTION_GET:
      value = evaluate_get (argument, scope, error);
      break;
    case ENG_FUNCTION_JOIN:
      value = evaluate_join (argument, scope, error);
      break;
    case ENG_FUNCTION_JSON_GET:
      value = evaluate_json_get (argument, scope, error);
      break;
    case ENG_FUNCTION_UNKNOWN:
      sage_throw (error, SAGE_ERROR_INVALID, "Unknown function");
      break;
    case ENG_FUNCTION_NONE:
    default:
      if (JSON_NODE_HOLDS_OBJECT (node))
        return build_object (json_node_get_object (node), shape, literal, scope, error);
      if (JSON_NODE_HOLDS_ARRAY (node))
        return build_array (json_node_get_array (node), shape, literal, scope, error);

      text = eng_expression_text (node);
      if (!spend (scope, NODE_BYTES + (text != NULL ? strlen (text) : 0), error))
        return NULL;
      return json_node_copy (node);
    }

  return value != NULL ? coerce (value, shape) : NULL;
}

/**
 * eng_expression_evaluate:
 * @node: a value of a definition, with functions anywhere inside
 * @shape: (nullable): what the request wants there
 * @scope: what the functions can see
 *
 * Returns: (transfer full): the value, sharing nothing with @node, or %NULL with @error:
 *   %SAGE_ERROR_INVALID when a function has no value or the result is larger than the budget,
 *   else what the scope's own functions threw
 */
JsonNode *
eng_expression_evaluate (JsonNode         *node,
                         const SageShape  *shape,
                         EngScope         *scope,
                         GError          **error)
{
  return build (node, shape, FALSE, scope, error);
}
