/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-validate"

#include "config.h"

#include <math.h>
#include <string.h>

#include "sage-aws-error.h"
#include "sage-error.h"
#include "sage-validate-private.h"

/* A string this much longer than allowed is not also matched with the pattern. */
#define MAX_EXCESS 4096

/* The last second of the year 9999, either way. */
#define MAX_TIMESTAMP 253402300799.0

static gboolean validate_node (SageReport      *report,
                               const SageShape *shape,
                               JsonNode        *node,
                               GError         **error);

/* --- Types ----------------------------------------------------------------------------------- */

static const char *
describe_type (const SageShape *shape)
{
  switch ((SageShapeType) shape->type)
    {
    case SAGE_SHAPE_STRING:
      return "a String";
    case SAGE_SHAPE_INTEGER:
      return "an Integer";
    case SAGE_SHAPE_LONG:
      return "a Long";
    case SAGE_SHAPE_FLOAT:
      return "a Float";
    case SAGE_SHAPE_DOUBLE:
      return "a Double";
    case SAGE_SHAPE_BOOLEAN:
      return "a Boolean";
    case SAGE_SHAPE_TIMESTAMP:
      return "milliseconds since epoch";
    case SAGE_SHAPE_BLOB:
      return "a Blob";
    case SAGE_SHAPE_LIST:
      return "a List";
    case SAGE_SHAPE_STRUCTURE:
    case SAGE_SHAPE_MAP:
      return "a structure or map";
    default:
      g_assert_not_reached ();
    }
}

/* The sentences of AWS's JSON parser, and after them which member it was. */
static gboolean
throw_type (SageReport       *report,
            const SageShape  *shape,
            JsonNode         *node,
            GError          **error)
{
  const char *token;
  const char *at = report->path->len > 0 ? report->path->str : "input";

  if (JSON_NODE_HOLDS_OBJECT (node))
    return sage_throw (error, SAGE_ERROR_SYNTAX,
                       "Start of structure or map found where not expected at '%s'", at);
  if (JSON_NODE_HOLDS_ARRAY (node))
    return sage_throw (error, SAGE_ERROR_SYNTAX,
                       "Start of list found where not expected at '%s'", at);

  if (JSON_NODE_HOLDS_NULL (node))
    token = "NULL_VALUE";
  else if (json_node_get_value_type (node) == G_TYPE_STRING)
    token = "STRING_VALUE";
  else if (json_node_get_value_type (node) == G_TYPE_BOOLEAN)
    token = json_node_get_boolean (node) ? "TRUE_VALUE" : "FALSE_VALUE";
  else
    token = "NUMBER_VALUE";

  return sage_throw (error, SAGE_ERROR_SYNTAX, "%s can not be converted to %s at '%s'", token,
                     describe_type (shape), at);
}

static gboolean
node_holds (JsonNode *node,
            GType     type)
{
  return JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == type;
}

/* AWS counts in UTF-16 units. */
static gsize
count_utf16 (const char *text,
             gsize      *bytes)
{
  gsize units = 0;
  const guint8 *p;

  for (p = (const guint8 *) text; *p != 0; p++)
    units += (*p & 0xc0) != 0x80 ? 1 + (*p >= 0xf0) : 0;
  *bytes = p - (const guint8 *) text;

  return units;
}

typedef enum
{
  STRING_TOO_SHORT = 1 << 0,
  STRING_TOO_LONG = 1 << 1,
  STRING_OFF_PATTERN = 1 << 2,
  STRING_OFF_ENUM = 1 << 3,
} StringFaults;

static StringFaults
check_string (const SageShape *shape,
              const char      *text)
{
  StringFaults faults = 0;
  gsize bytes;
  gsize units = count_utf16 (text, &bytes);

  if ((shape->flags & SAGE_SHAPE_HAS_MIN) != 0 && units < shape->min)
    faults |= STRING_TOO_SHORT;
  if ((shape->flags & SAGE_SHAPE_HAS_MAX) != 0 && units > shape->max)
    faults |= STRING_TOO_LONG;
  if (shape->enums != NULL && !g_strv_contains (shape->enums, text))
    faults |= STRING_OFF_ENUM;
  if (shape->pattern != 0
      && ((faults & STRING_TOO_LONG) == 0 || units - shape->max <= MAX_EXCESS)
      && !sage_pattern_matches (shape->pattern, text, bytes))
    faults |= STRING_OFF_PATTERN;

  return faults;
}

static gboolean
validate_string (SageReport       *report,
                 const SageShape  *shape,
                 JsonNode         *node,
                 GError          **error)
{
  StringFaults faults;

  if (!node_holds (node, G_TYPE_STRING))
    return throw_type (report, shape, node, error);

  faults = check_string (shape, json_node_get_string (node));

  if ((faults & STRING_OFF_ENUM) != 0)
    {
      g_autoptr(GString) constraint = g_string_new (NULL);

      sage_report_append_enum (constraint, shape);
      sage_report_add (report, shape, node, constraint->str);
    }
  if ((faults & STRING_TOO_SHORT) != 0)
    sage_report_add_bound (report, shape, node, "length", FALSE);
  if ((faults & STRING_TOO_LONG) != 0)
    sage_report_add_bound (report, shape, node, "length", TRUE);
  if ((faults & STRING_OFF_PATTERN) != 0)
    {
      g_autofree char *constraint =
        g_strconcat ("Member must satisfy regular expression pattern: ",
                     sage_model_patterns[shape->pattern].text, NULL);

      sage_report_add (report, shape, node, constraint);
    }

  return TRUE;
}

static gboolean
validate_number (SageReport       *report,
                 const SageShape  *shape,
                 JsonNode         *node,
                 GError          **error)
{
  gboolean integral = shape->type == SAGE_SHAPE_INTEGER || shape->type == SAGE_SHAPE_LONG;
  double value;

  if (node_holds (node, G_TYPE_INT64))
    {
      gint64 number = json_node_get_int (node);

      if (shape->type == SAGE_SHAPE_INTEGER && (number < G_MININT32 || number > G_MAXINT32))
        return throw_type (report, shape, node, error);
      value = (double) number;
    }
  else if (!integral && node_holds (node, G_TYPE_DOUBLE) && isfinite (json_node_get_double (node)))
    value = json_node_get_double (node);
  else
    return throw_type (report, shape, node, error);

  if (shape->type == SAGE_SHAPE_TIMESTAMP && fabs (value) > MAX_TIMESTAMP)
    return throw_type (report, shape, node, error);

  sage_report_check_bounds (report, shape, node, "value", value);

  return TRUE;
}

static gboolean
validate_blob (SageReport       *report,
               const SageShape  *shape,
               JsonNode         *node,
               GError          **error)
{
  g_autofree guchar *bytes = NULL;
  const char *text;
  gsize length;

  if (!node_holds (node, G_TYPE_STRING))
    return throw_type (report, shape, node, error);

  text = json_node_get_string (node);
  if (strspn (text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=")
      != strlen (text))
    return throw_type (report, shape, node, error);

  bytes = g_base64_decode (text, &length);
  sage_report_check_bounds (report, shape, node, "length", (double) length);

  return TRUE;
}

/* --- Containers ------------------------------------------------------------------------------ */

/*
 * AWS reports the elements of a list of strings together, under the path of the list: "Member must
 * satisfy constraint: [all that an element must satisfy]".
 */
static gboolean
validate_strings (SageReport       *report,
                  const SageShape  *shape,
                  JsonNode         *node,
                  GError          **error)
{
  const SageShape *element = sage_shape_element (shape);
  JsonArray *array = json_node_get_array (node);
  gboolean fault = FALSE;

  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode *item = json_array_get_element (array, i);

      if (!node_holds (item, G_TYPE_STRING))
        return throw_type (report, element, item, error);
      fault = fault || check_string (element, json_node_get_string (item)) != 0;
    }

  if (fault)
    {
      g_autofree char *constraints = sage_report_describe_string (element);
      g_autofree char *constraint =
        g_strconcat ("Member must satisfy constraint: ", constraints, NULL);

      sage_report_add (report, shape, node, constraint);
    }

  return TRUE;
}

static gboolean
validate_elements (SageReport       *report,
                   const SageShape  *shape,
                   JsonNode         *node,
                   GError          **error)
{
  const SageShape *element = sage_shape_element (shape);
  JsonArray *array = json_node_get_array (node);

  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode *item = json_array_get_element (array, i);
      char segment[32];
      gsize before;

      g_snprintf (segment, sizeof segment, "%u.member", i + 1);
      before = sage_report_push (report, segment);
      if (JSON_NODE_HOLDS_NULL (item))
        sage_report_add (report, element, NULL, "Member must not be null");
      else if (!validate_node (report, element, item, error))
        return FALSE;
      sage_report_pop (report, before);
    }

  return TRUE;
}

static gboolean
validate_list (SageReport       *report,
               const SageShape  *shape,
               JsonNode         *node,
               GError          **error)
{
  if (!JSON_NODE_HOLDS_ARRAY (node))
    return throw_type (report, shape, node, error);

  sage_report_check_bounds (report, shape, node, "length",
                json_array_get_length (json_node_get_array (node)));

  if (sage_shape_element (shape)->type == SAGE_SHAPE_STRING)
    return validate_strings (report, shape, node, error);

  return validate_elements (report, shape, node, error);
}

static void
add_map_violation (SageReport      *report,
                   const SageShape *shape,
                   JsonNode        *node,
                   const char      *what,
                   const SageShape *part)
{
  g_autofree char *constraints = sage_report_describe_string (part);
  g_autofree char *constraint = g_strdup_printf ("%s must satisfy constraint: %s", what,
                                                 constraints);

  sage_report_add (report, shape, node, constraint);
}

static gboolean
validate_map (SageReport       *report,
              const SageShape  *shape,
              JsonNode         *node,
              GError          **error)
{
  const SageShape *element = sage_shape_element (shape);
  JsonObjectIter iter;
  const char *key;
  JsonNode *value;
  gboolean bad_key = FALSE;
  gboolean bad_value = FALSE;

  if (!JSON_NODE_HOLDS_OBJECT (node))
    return throw_type (report, shape, node, error);

  sage_report_check_bounds (report, shape, node, "length",
                json_object_get_size (json_node_get_object (node)));

  json_object_iter_init_ordered (&iter, json_node_get_object (node));
  while (json_object_iter_next_ordered (&iter, &key, &value))
    {
      bad_key = bad_key || check_string (sage_shape_key (shape), key) != 0;

      if (element->type == SAGE_SHAPE_STRING)
        {
          if (!node_holds (value, G_TYPE_STRING))
            return throw_type (report, element, value, error);
          bad_value = bad_value || check_string (element, json_node_get_string (value)) != 0;
        }
      else
        {
          gsize before = sage_report_push (report, "member");

          if (!validate_node (report, element, value, error))
            return FALSE;
          sage_report_pop (report, before);
        }
    }

  if (bad_key)
    add_map_violation (report, shape, node, "Map keys", sage_shape_key (shape));
  if (bad_value)
    add_map_violation (report, shape, node, "Map value", element);

  return TRUE;
}

/* AWS ignores them; a line in the log helps whoever mistyped one. Strangers do not fill it: there is one
 * for each request. */
static void
report_unknown_members (SageReport      *report,
                        const SageShape *shape,
                        JsonObject      *object,
                        guint            known)
{
  JsonObjectIter iter;
  const char *name;

  if (known == json_object_get_size (object))
    return;

  json_object_iter_init (&iter, object);
  while (json_object_iter_next (&iter, &name, NULL))
    if (sage_shape_find_member (shape, name) == NULL)
      {
        g_autofree char *safe = sage_aws_sanitise (name, -1, SAGE_REPORT_MAX_ECHO);

        g_log (G_LOG_DOMAIN, report->has_warned ? G_LOG_LEVEL_DEBUG : G_LOG_LEVEL_MESSAGE,
               "Ignoring unknown member '%s' of %s", safe, shape->name);
        report->has_warned = TRUE;
      }
}

static gboolean
validate_structure (SageReport       *report,
                    const SageShape  *shape,
                    JsonNode         *node,
                    GError          **error)
{
  JsonObject *object;
  guint known = 0;
  guint set = 0;

  if (!JSON_NODE_HOLDS_OBJECT (node))
    return throw_type (report, shape, node, error);

  object = json_node_get_object (node);
  for (guint i = 0; i < shape->n_members; i++)
    {
      const SageMember *member = &shape->members[i];
      JsonNode *value = json_object_get_member (object, member->name);
      gboolean present = value != NULL && !JSON_NODE_HOLDS_NULL (value);
      gsize before;

      known += value != NULL;
      set += present;
      if (!present && !member->required)
        continue;

      before = sage_report_push (report, member->name);
      if (!present)
        sage_report_add (report, shape, NULL, "Member must not be null");
      else if (!validate_node (report, &sage_model_shapes[member->shape], value, error))
        return FALSE;
      sage_report_pop (report, before);
    }

  if ((shape->flags & SAGE_SHAPE_UNION) != 0 && set != 1)
    sage_report_add (report, shape, node, "Member must have exactly one of its members set");

  report_unknown_members (report, shape, object, known);

  return TRUE;
}

static gboolean
validate_node (SageReport       *report,
               const SageShape  *shape,
               JsonNode         *node,
               GError          **error)
{
  switch ((SageShapeType) shape->type)
    {
    case SAGE_SHAPE_STRUCTURE:
      return validate_structure (report, shape, node, error);
    case SAGE_SHAPE_LIST:
      return validate_list (report, shape, node, error);
    case SAGE_SHAPE_MAP:
      return validate_map (report, shape, node, error);
    case SAGE_SHAPE_STRING:
      return validate_string (report, shape, node, error);
    case SAGE_SHAPE_INTEGER:
    case SAGE_SHAPE_LONG:
    case SAGE_SHAPE_FLOAT:
    case SAGE_SHAPE_DOUBLE:
    case SAGE_SHAPE_TIMESTAMP:
      return validate_number (report, shape, node, error);
    case SAGE_SHAPE_BOOLEAN:
      return node_holds (node, G_TYPE_BOOLEAN) || throw_type (report, shape, node, error);
    case SAGE_SHAPE_BLOB:
      return validate_blob (report, shape, node, error);
    default:
      g_assert_not_reached ();
    }
}

/**
 * sage_shape_validate:
 * @shape: what an operation takes
 * @input: the parsed request
 * @error: return location
 *
 * Checks types, required members, lengths, ranges, patterns and enums, and words every violation
 * as AWS does. Unknown members are ignored; a null member counts as absent. Needs input within the
 * nesting limit of sage_json_parse(). Callable from any thread.
 *
 * Returns: whether @input is valid; else %SAGE_ERROR_SYNTAX for a wrong JSON type, or
 *   %SAGE_ERROR_INVALID for everything the values violate
 */
gboolean
sage_shape_validate (const SageShape  *shape,
                     JsonNode         *input,
                     GError          **error)
{
  g_autoptr(GString) path = g_string_new (NULL);
  g_autoptr(GString) messages = g_string_new (NULL);
  SageReport report = { path, messages, 0, FALSE };

  g_return_val_if_fail (shape != NULL && input != NULL, FALSE);

  if (!validate_node (&report, shape, input, error))
    return FALSE;

  if (report.count == 0)
    return TRUE;

  return sage_throw (error, SAGE_ERROR_INVALID, "%u validation error%s detected: %s",
                     report.count, report.count == 1 ? "" : "s", messages->str);
}
