/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-search"

#include "config.h"

#include <math.h>
#include <string.h>

#include "eng-search.h"
#include "sage-error.h"
#include "sage-json.h"
#include "sage-shape.h"
#include "sage-time.h"

/* Names that stand for something else than a member of the record, or of a structure in it. */
static gboolean
is_special (const char      *name,
            const SageShape *shape)
{
  const char *dot = strchr (name, '.');
  g_autofree char *first = NULL;

  if (dot == NULL || sage_shape_type (shape) != SAGE_SHAPE_STRUCTURE)
    return FALSE;
  if (g_str_has_prefix (name, "Tags.") && sage_shape_member (shape, "Tags") != NULL)
    return TRUE;
  if (g_str_has_prefix (name, "Metrics.") &&
      sage_shape_member (shape, "FinalMetricDataList") != NULL)
    return TRUE;

  first = g_strndup (name, dot - name);
  shape = sage_shape_member (shape, first);

  return shape != NULL && is_special (dot + 1, shape);
}

/* Follows a dotted path through structures; a map takes any key, dots and all. Returns what stands
 * there, or %NULL. */
static const SageShape *
find_shape (const char      *name,
            const SageShape *shape)
{
  const char *dot = strchrnul (name, '.');
  g_autofree char *first = g_strndup (name, dot - name);

  if (sage_shape_type (shape) == SAGE_SHAPE_MAP)
    return *name != '\0' ? sage_shape_element (shape) : NULL;
  if (sage_shape_type (shape) != SAGE_SHAPE_STRUCTURE)
    return NULL;

  shape = sage_shape_member (shape, first);

  return shape == NULL || *dot == '\0' ? shape : find_shape (dot + 1, shape);
}

static gboolean
check_name (const char       *name,
            const SageShape  *shape,
            const SageShape  *inner,
            GError          **error)
{
  if (!is_special (name, shape) && find_shape (name, shape) == NULL &&
      (inner == NULL || (!is_special (name, inner) && find_shape (name, inner) == NULL)))
    return sage_throw (error, SAGE_ERROR_INVALID, "Unknown property name: %s", name);

  return TRUE;
}

/* What follows the list's own name in the name of a nested filter. */
static const char *
nested_name (JsonObject *filter,
             const char *list)
{
  const char *name = sage_json_string (filter, "Name", "");
  gsize length = strlen (list);

  return strncmp (name, list, length) == 0 && name[length] == '.' ? name + length + 1 : NULL;
}

static gboolean
check_nested (JsonObject       *nested,
              const SageShape  *shape,
              const SageShape  *inner,
              GError          **error)
{
  const char *list = sage_json_string (nested, "NestedPropertyName", "");
  JsonArray *filters = sage_json_array (nested, "Filters");

  shape = find_shape (list, shape);
  if (shape == NULL && inner != NULL)
    shape = find_shape (list, inner);
  if (shape == NULL)
    return sage_throw (error, SAGE_ERROR_INVALID, "Unknown property name: %s", list);
  if (sage_shape_type (shape) != SAGE_SHAPE_LIST)
    return sage_throw (error, SAGE_ERROR_INVALID,
                       "The NestedPropertyName %s is no list; use Filters for it", list);

  for (guint i = 0; filters != NULL && i < json_array_get_length (filters); i++)
    {
      JsonObject *filter = sage_json_array_object (filters, i);
      const char *name = nested_name (filter, list);

      if (name == NULL || find_shape (name, sage_shape_element (shape)) == NULL)
        return sage_throw (error, SAGE_ERROR_INVALID, "Unknown property name: %s",
                           sage_json_string (filter, "Name", ""));
    }

  return TRUE;
}

/**
 * eng_search_check:
 * @expression: (nullable): a validated SearchExpression
 * @shape: of the records searched
 * @inner: (nullable): of a structure in them whose properties may be named without it
 *
 * Checks that every property exists.
 */
gboolean
eng_search_check (JsonObject       *expression,
                  const SageShape  *shape,
                  const SageShape  *inner,
                  GError          **error)
{
  JsonArray *filters = sage_json_array (expression, "Filters");
  JsonArray *nested = sage_json_array (expression, "NestedFilters");
  JsonArray *parts = sage_json_array (expression, "SubExpressions");

  for (guint i = 0; filters != NULL && i < json_array_get_length (filters); i++)
    if (!check_name (sage_json_string (sage_json_array_object (filters, i), "Name", ""),
                     shape, inner, error))
      return FALSE;
  for (guint i = 0; nested != NULL && i < json_array_get_length (nested); i++)
    if (!check_nested (sage_json_array_object (nested, i), shape, inner, error))
      return FALSE;
  for (guint i = 0; parts != NULL && i < json_array_get_length (parts); i++)
    if (!eng_search_check (sage_json_array_object (parts, i), shape, inner, error))
      return FALSE;

  return TRUE;
}

/* A list of key-value pairs read like a map: Tags.team, Metrics.validation:auc. */
static JsonNode *
find_pair (JsonArray  *list,
           const char *key_member,
           const char *key,
           const char *value_member)
{
  for (guint i = 0; list != NULL && i < json_array_get_length (list); i++)
    {
      JsonObject *pair = sage_json_array_object (list, i);

      if (g_strcmp0 (sage_json_string (pair, key_member, NULL), key) == 0)
        return json_object_get_member (pair, value_member);
    }

  return NULL;
}

static JsonNode *
find_property (JsonObject *document,
               const char *name)
{
  const char *dot = strchr (name, '.');
  g_autofree char *first = NULL;
  JsonObject *inner;

  if (g_str_has_prefix (name, "Tags."))
    return find_pair (sage_json_array (document, "Tags"), "Key", dot + 1, "Value");
  if (g_str_has_prefix (name, "Metrics."))
    return find_pair (sage_json_array (document, "FinalMetricDataList"), "MetricName", dot + 1,
                      "Value");
  if (json_object_has_member (document, name))
    return json_object_get_member (document, name);
  if (dot == NULL)
    return NULL;

  first = g_strndup (name, dot - name);
  inner = sage_json_object (document, first);

  return inner != NULL ? find_property (inner, dot + 1) : NULL;
}

static char *
node_text (JsonNode *node)
{
  if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING)
    return g_strdup (json_node_get_string (node));

  return sage_json_to_string (node);
}

static gboolean
parse_number (const char *text,
              double     *number)
{
  char *end;

  /* "nan" is equal to nothing and "0x10" is a word. */
  *number = g_ascii_strtod (text, &end);
  if (end != text && *end == '\0' && isfinite (*number) && strpbrk (text, "xX") == NULL)
    return TRUE;

  return sage_time_parse_iso8601 (text, number);
}

/* Numbers and times compare as numbers, everything else as text. */
static int
compare (const char *have,
         const char *want)
{
  double left;
  double right;

  if (parse_number (have, &left) && parse_number (want, &right))
    return (left > right) - (left < right);

  return strcmp (have, want);
}

static gboolean
is_in (const char *have,
       const char *list)
{
  g_auto(GStrv) values = g_strsplit (list, ",", -1);

  for (guint i = 0; values[i] != NULL; i++)
    if (compare (have, g_strstrip (values[i])) == 0)
      return TRUE;

  return FALSE;
}

/* @name is the filter's, or the part of it that counts for @document. */
static gboolean
matches_filter (JsonObject *filter,
                const char *name,
                JsonObject *document)
{
  const char *word = sage_json_string (filter, "Operator", "Equals");
  const char *want = sage_json_string (filter, "Value", "");
  JsonNode *node = find_property (document, name);
  g_autofree char *have = node != NULL && !JSON_NODE_HOLDS_NULL (node) ? node_text (node) : NULL;

  if (strcmp (word, "Exists") == 0)
    return have != NULL;
  if (strcmp (word, "NotExists") == 0)
    return have == NULL;
  if (strcmp (word, "NotEquals") == 0)
    return have == NULL || compare (have, want) != 0;
  if (have == NULL)
    return FALSE;
  if (strcmp (word, "Contains") == 0)
    return strstr (have, want) != NULL;
  if (strcmp (word, "In") == 0)
    return is_in (have, want);
  if (strcmp (word, "GreaterThan") == 0)
    return compare (have, want) > 0;
  if (strcmp (word, "GreaterThanOrEqualTo") == 0)
    return compare (have, want) >= 0;
  if (strcmp (word, "LessThan") == 0)
    return compare (have, want) < 0;
  if (strcmp (word, "LessThanOrEqualTo") == 0)
    return compare (have, want) <= 0;

  return compare (have, want) == 0;
}

/* Whether one and the same item of the list is what all filters ask for. */
static gboolean
matches_nested (JsonObject *nested,
                JsonObject *document)
{
  const char *list = sage_json_string (nested, "NestedPropertyName", "");
  JsonArray *filters = sage_json_array (nested, "Filters");
  JsonNode *node = find_property (document, list);
  JsonArray *items = node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node)
                                                                  : NULL;

  for (guint i = 0; items != NULL && i < json_array_get_length (items); i++)
    {
      JsonObject *item = sage_json_array_object (items, i);
      guint n = 0;

      while (item != NULL && n < json_array_get_length (filters) &&
             matches_filter (sage_json_array_object (filters, n),
                             nested_name (sage_json_array_object (filters, n), list), item))
        n++;
      if (item != NULL && n == json_array_get_length (filters))
        return TRUE;
    }

  return FALSE;
}

/**
 * eng_search_matches:
 * @expression: (nullable): a checked SearchExpression
 * @document: a record, its tags under `Tags`
 *
 * Returns: whether the record is what the expression asks for
 */
gboolean
eng_search_matches (JsonObject *expression,
                    JsonObject *document)
{
  JsonArray *filters = sage_json_array (expression, "Filters");
  JsonArray *nested = sage_json_array (expression, "NestedFilters");
  JsonArray *parts = sage_json_array (expression, "SubExpressions");
  gboolean any = strcmp (sage_json_string (expression, "Operator", "And"), "Or") == 0;
  guint n = 0;

  for (guint i = 0; filters != NULL && i < json_array_get_length (filters); i++, n++)
    {
      JsonObject *filter = sage_json_array_object (filters, i);

      if (matches_filter (filter, sage_json_string (filter, "Name", ""), document) == any)
        return any;
    }
  for (guint i = 0; nested != NULL && i < json_array_get_length (nested); i++, n++)
    if (matches_nested (sage_json_array_object (nested, i), document) == any)
      return any;
  for (guint i = 0; parts != NULL && i < json_array_get_length (parts); i++, n++)
    if (eng_search_matches (sage_json_array_object (parts, i), document) == any)
      return any;

  return n == 0 || !any;
}
