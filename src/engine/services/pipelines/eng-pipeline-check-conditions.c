/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-pipeline-check-conditions"

#include "config.h"

#include "eng-pipeline-expression.h"
#include "eng-pipeline-reader.h"

static gboolean
is_numeric (EngValueKind kind)
{
  return kind == ENG_VALUE_INTEGER || kind == ENG_VALUE_FLOAT;
}

static gboolean
are_comparable (EngValueKind a,
                EngValueKind b)
{
  return a == ENG_VALUE_ANY || b == ENG_VALUE_ANY || a == b || (is_numeric (a) && is_numeric (b));
}

/* Reads one side of a comparison; @ordered when it must be more or less than something. */
static gboolean
check_operand (EngPipelineReader  *reader,
               JsonNode           *node,
               gboolean            ordered,
               EngValueKind       *kind,
               GError            **error)
{
  if (json_node_is_null (node))
    return eng_reader_throw (reader, error, "Expected a value, found null");
  if (!eng_pipeline_infer (reader, node, kind, error))
    return FALSE;
  if (*kind == ENG_VALUE_OBJECT || *kind == ENG_VALUE_LIST)
    return eng_reader_throw (reader, error, "Expected a single value, found %s",
                             eng_value_kind_word (*kind));
  if (ordered && *kind == ENG_VALUE_BOOLEAN)
    return eng_reader_throw (reader, error, "A boolean is neither greater nor less than anything");

  return TRUE;
}

static gboolean
check_operand_member (EngPipelineReader  *reader,
                      JsonObject         *object,
                      const char         *member,
                      gboolean            ordered,
                      EngValueKind       *kind,
                      GError            **error)
{
  JsonNode *node = json_object_get_member (object, member);
  gsize mark;

  if (node == NULL)
    return eng_reader_throw_member (reader, error, member, "Required member is missing");

  mark = eng_reader_enter (reader, member);
  if (!check_operand (reader, node, ordered, kind, error))
    return FALSE;
  eng_reader_leave (reader, mark);

  return TRUE;
}

static gboolean
check_comparison (EngPipelineReader  *reader,
                  JsonObject         *object,
                  gboolean            ordered,
                  GError            **error)
{
  static const char *const allowed[] = { "Type", "LeftValue", "RightValue", NULL };
  EngValueKind left;
  EngValueKind right;

  if (!eng_reader_only_members (reader, object, allowed, error) ||
      !check_operand_member (reader, object, "LeftValue", ordered, &left, error) ||
      !check_operand_member (reader, object, "RightValue", ordered, &right, error))
    return FALSE;

  if (!are_comparable (left, right))
    return eng_reader_throw (reader, error,
                             "LeftValue is %s and RightValue %s, which cannot be compared",
                             eng_value_kind_word (left), eng_value_kind_word (right));

  return TRUE;
}

static gboolean
check_in (EngPipelineReader  *reader,
          JsonObject         *object,
          GError            **error)
{
  static const char *const allowed[] = { "Type", "QueryValue", "Values", NULL };
  JsonArray *values = NULL;
  EngValueKind query;
  gsize mark;

  if (!eng_reader_only_members (reader, object, allowed, error) ||
      !check_operand_member (reader, object, "QueryValue", FALSE, &query, error) ||
      !eng_reader_array (reader, object, "Values", TRUE, &values, error))
    return FALSE;

  mark = eng_reader_enter (reader, "Values");
  for (guint i = 0; i < json_array_get_length (values); i++)
    {
      gsize inner = eng_reader_enter_index (reader, i);
      EngValueKind kind;

      if (!check_operand (reader, json_array_get_element (values, i), FALSE, &kind, error))
        return FALSE;
      if (!are_comparable (query, kind))
        return eng_reader_throw (reader, error,
                                 "QueryValue is %s and this value %s, which cannot be compared",
                                 eng_value_kind_word (query), eng_value_kind_word (kind));
      eng_reader_leave (reader, inner);
    }
  eng_reader_leave (reader, mark);

  return TRUE;
}

static gboolean check_condition (EngPipelineReader  *reader,
                                 JsonObject         *object,
                                 GError            **error);

static gboolean
check_not (EngPipelineReader  *reader,
           JsonObject         *object,
           GError            **error)
{
  static const char *const allowed[] = { "Type", "Expression", "Condition", NULL };
  JsonObject *negated = eng_condition_negated (object);
  gsize mark;

  if (!eng_reader_only_members (reader, object, allowed, error))
    return FALSE;
  if (negated == NULL || json_object_get_size (object) != 2)
    return eng_reader_throw_member (reader, error, "Expression", "Expected one condition");

  mark = eng_reader_enter (reader, json_object_has_member (object, "Expression") ? "Expression"
                                                                                 : "Condition");
  if (!check_condition (reader, negated, error))
    return FALSE;
  eng_reader_leave (reader, mark);

  return TRUE;
}

static gboolean
check_or (EngPipelineReader  *reader,
          JsonObject         *object,
          GError            **error)
{
  static const char *const allowed[] = { "Type", "Conditions", NULL };
  JsonArray *list = NULL;

  return eng_reader_only_members (reader, object, allowed, error) &&
         eng_reader_array (reader, object, "Conditions", TRUE, &list, error) &&
         eng_pipeline_check_conditions (reader, list, error);
}

static gboolean
check_condition (EngPipelineReader  *reader,
                 JsonObject         *object,
                 GError            **error)
{
  const char *word = NULL;
  EngConditionType type;

  if (!eng_reader_string (reader, object, "Type", TRUE, 64, &word, error))
    return FALSE;
  if (!eng_condition_type_parse (word, &type))
    return eng_reader_throw_member (reader, error, "Type",
                                    "'%s' is none of Equals, GreaterThan, GreaterThanOrEqualTo, "
                                    "LessThan, LessThanOrEqualTo, In, Not and Or", word);

  switch (type)
    {
    case ENG_CONDITION_EQUALS:
      return check_comparison (reader, object, FALSE, error);
    case ENG_CONDITION_GREATER:
    case ENG_CONDITION_GREATER_OR_EQUAL:
    case ENG_CONDITION_LESS:
    case ENG_CONDITION_LESS_OR_EQUAL:
      return check_comparison (reader, object, TRUE, error);
    case ENG_CONDITION_IN:
      return check_in (reader, object, error);
    case ENG_CONDITION_NOT:
      return check_not (reader, object, error);
    case ENG_CONDITION_OR:
      return check_or (reader, object, error);
    default:
      return FALSE;
    }
}

/**
 * eng_pipeline_check_conditions:
 * @reader: the walk, standing on the object that holds them
 * @conditions: the member `Conditions`
 *
 * Returns: %TRUE, or %FALSE with %SAGE_ERROR_INVALID
 */
gboolean
eng_pipeline_check_conditions (EngPipelineReader  *reader,
                               JsonArray          *conditions,
                               GError            **error)
{
  gsize mark = eng_reader_enter (reader, "Conditions");

  if (json_array_get_length (conditions) == 0)
    return eng_reader_throw (reader, error, "Expected at least one condition");

  for (guint i = 0; i < json_array_get_length (conditions); i++)
    {
      gsize inner = eng_reader_enter_index (reader, i);
      JsonObject *object;

      if (!eng_reader_element (reader, conditions, i, &object, error) ||
          !check_condition (reader, object, error))
        return FALSE;
      eng_reader_leave (reader, inner);
    }
  eng_reader_leave (reader, mark);

  return TRUE;
}
