/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-pipeline-condition"

#include "config.h"

#include <string.h>

#include "eng-pipeline-expression.h"
#include "sage-error.h"
#include "sage-json.h"

static const char *const type_words[] = {
  [ENG_CONDITION_EQUALS] = "Equals",
  [ENG_CONDITION_GREATER] = "GreaterThan",
  [ENG_CONDITION_GREATER_OR_EQUAL] = "GreaterThanOrEqualTo",
  [ENG_CONDITION_LESS] = "LessThan",
  [ENG_CONDITION_LESS_OR_EQUAL] = "LessThanOrEqualTo",
  [ENG_CONDITION_IN] = "In",
  [ENG_CONDITION_NOT] = "Not",
  [ENG_CONDITION_OR] = "Or",
};

/**
 * eng_condition_type_parse:
 * @word: the Type of a condition
 * @type: (out): which one it is
 *
 * Returns: whether there is such a type
 */
gboolean
eng_condition_type_parse (const char       *word,
                          EngConditionType *type)
{
  for (guint i = 0; i < G_N_ELEMENTS (type_words); i++)
    if (strcmp (type_words[i], word) == 0)
      {
        *type = (EngConditionType) i;
        return TRUE;
      }

  return FALSE;
}

/**
 * eng_condition_negated:
 * @condition: a condition of type Not
 *
 * The SageMaker SDK writes what is negated as `Expression`; `Condition` is taken too.
 *
 * Returns: (transfer none) (nullable): what is negated
 */
JsonObject *
eng_condition_negated (JsonObject *condition)
{
  JsonObject *negated = sage_json_object (condition, "Expression");

  return negated != NULL ? negated : sage_json_object (condition, "Condition");
}

static gboolean
is_number (GType type)
{
  return type == G_TYPE_INT64 || type == G_TYPE_DOUBLE;
}

static const char *
value_word (GType type)
{
  if (type == G_TYPE_STRING)
    return "a string";
  if (is_number (type))
    return "a number";

  return type == G_TYPE_BOOLEAN ? "a boolean" : "no single value";
}

/* Sets @order to less than, equal to or greater than 0, as strcmp() does. */
static gboolean
compare (JsonNode  *left,
         JsonNode  *right,
         gboolean   ordered,
         int       *order,
         GError   **error)
{
  GType a = JSON_NODE_HOLDS_VALUE (left) ? json_node_get_value_type (left) : G_TYPE_NONE;
  GType b = JSON_NODE_HOLDS_VALUE (right) ? json_node_get_value_type (right) : G_TYPE_NONE;

  if (a == G_TYPE_STRING && b == G_TYPE_STRING)
    *order = strcmp (json_node_get_string (left), json_node_get_string (right));
  else if (a == G_TYPE_INT64 && b == G_TYPE_INT64)
    *order = (json_node_get_int (left) > json_node_get_int (right)) -
             (json_node_get_int (left) < json_node_get_int (right));
  else if (is_number (a) && is_number (b))
    *order = (json_node_get_double (left) > json_node_get_double (right)) -
             (json_node_get_double (left) < json_node_get_double (right));
  else if (a == G_TYPE_BOOLEAN && b == G_TYPE_BOOLEAN && !ordered)
    *order = json_node_get_boolean (left) - json_node_get_boolean (right);
  else
    return sage_throw (error, SAGE_ERROR_INVALID, "Cannot compare %s with %s", value_word (a),
                       value_word (b));

  return TRUE;
}

static JsonNode *
evaluate_member (JsonObject  *condition,
                 const char  *member,
                 EngScope    *scope,
                 GError     **error)
{
  JsonNode *node = json_object_get_member (condition, member);

  if (node == NULL)
    {
      sage_throw (error, SAGE_ERROR_INVALID, "The condition has no %s", member);
      return NULL;
    }

  return eng_expression_evaluate (node, NULL, scope, error);
}

static gboolean
evaluate_comparison (JsonObject        *condition,
                     EngConditionType   type,
                     EngScope          *scope,
                     gboolean          *outcome,
                     GError           **error)
{
  g_autoptr(JsonNode) left = evaluate_member (condition, "LeftValue", scope, error);
  g_autoptr(JsonNode) right = NULL;
  int order;

  right = left != NULL ? evaluate_member (condition, "RightValue", scope, error) : NULL;
  if (right == NULL || !compare (left, right, type != ENG_CONDITION_EQUALS, &order, error))
    return FALSE;

  switch (type)
    {
    case ENG_CONDITION_GREATER:
      *outcome = order > 0;
      break;
    case ENG_CONDITION_GREATER_OR_EQUAL:
      *outcome = order >= 0;
      break;
    case ENG_CONDITION_LESS:
      *outcome = order < 0;
      break;
    case ENG_CONDITION_LESS_OR_EQUAL:
      *outcome = order <= 0;
      break;
    case ENG_CONDITION_EQUALS:
    case ENG_CONDITION_IN:
    case ENG_CONDITION_NOT:
    case ENG_CONDITION_OR:
    default:
      *outcome = order == 0;
    }

  return TRUE;
}

static gboolean
evaluate_in (JsonObject  *condition,
             EngScope    *scope,
             gboolean    *outcome,
             GError     **error)
{
  g_autoptr(JsonNode) query = evaluate_member (condition, "QueryValue", scope, error);
  JsonArray *values = sage_json_array (condition, "Values");

  *outcome = FALSE;
  if (query == NULL)
    return FALSE;

  for (guint i = 0; values != NULL && i < json_array_get_length (values) && !*outcome; i++)
    {
      g_autoptr(JsonNode) value = eng_expression_evaluate (json_array_get_element (values, i), NULL,
                                                           scope, error);
      int order;

      if (value == NULL || !compare (query, value, FALSE, &order, error))
        return FALSE;
      *outcome = order == 0;
    }

  return TRUE;
}

static gboolean evaluate_condition (JsonObject  *condition,
                                    EngScope    *scope,
                                    gboolean    *outcome,
                                    GError     **error);

static gboolean
evaluate_or (JsonObject  *condition,
             EngScope    *scope,
             gboolean    *outcome,
             GError     **error)
{
  JsonArray *list = sage_json_array (condition, "Conditions");

  *outcome = FALSE;
  for (guint i = 0; list != NULL && i < json_array_get_length (list) && !*outcome; i++)
    if (!evaluate_condition (sage_json_array_object (list, i), scope, outcome, error))
      return FALSE;

  return TRUE;
}

static gboolean
evaluate_condition (JsonObject  *condition,
                    EngScope    *scope,
                    gboolean    *outcome,
                    GError     **error)
{
  EngConditionType type;

  if (condition == NULL ||
      !eng_condition_type_parse (sage_json_string (condition, "Type", ""), &type))
    return sage_throw (error, SAGE_ERROR_INVALID, "There is a condition of unknown type");

  switch (type)
    {
    case ENG_CONDITION_IN:
      return evaluate_in (condition, scope, outcome, error);
    case ENG_CONDITION_NOT:
      if (!evaluate_condition (eng_condition_negated (condition), scope, outcome, error))
        return FALSE;
      *outcome = !*outcome;
      return TRUE;
    case ENG_CONDITION_OR:
      return evaluate_or (condition, scope, outcome, error);
    case ENG_CONDITION_EQUALS:
    case ENG_CONDITION_GREATER:
    case ENG_CONDITION_GREATER_OR_EQUAL:
    case ENG_CONDITION_LESS:
    case ENG_CONDITION_LESS_OR_EQUAL:
    default:
      return evaluate_comparison (condition, type, scope, outcome, error);
    }
}

/**
 * eng_condition_evaluate:
 * @conditions: the conditions of a Condition step, all of which must hold
 * @scope: what their expressions can see
 * @outcome: (out): whether they do; later ones are not evaluated once one does not
 *
 * Returns: %TRUE, or %FALSE with the errors of eng_expression_evaluate(), or %SAGE_ERROR_INVALID
 *   when values of different types are compared
 */
gboolean
eng_condition_evaluate (JsonArray  *conditions,
                        EngScope   *scope,
                        gboolean   *outcome,
                        GError    **error)
{
  *outcome = TRUE;
  for (guint i = 0; i < json_array_get_length (conditions) && *outcome; i++)
    if (!evaluate_condition (sage_json_array_object (conditions, i), scope, outcome, error))
      {
        g_prefix_error (error, "Conditions[%u]: ", i);
        return FALSE;
      }

  return TRUE;
}
