/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-json"

#include "config.h"

#include <math.h>
#include <string.h>

#include "sage-error.h"
#include "sage-json-private.h"

/**
 * sage_json_parse:
 * @data: the bytes
 * @length: how many, or -1 when @data ends in NUL
 * @limits: (nullable): what is allowed; %NULL for the defaults
 *
 * Parses a document that may come from anywhere.
 *
 * Returns: (transfer full): the document, or %NULL with the errors of sage_json_scan()
 */
JsonNode *
sage_json_parse (const char            *data,
                 gssize                 length,
                 const SageJsonLimits  *limits,
                 GError               **error)
{
  gsize size = length < 0 ? strlen (data) : (gsize) length;

  return sage_json_scan (data, size, limits, error) ? sage_json_read (data, size) : NULL;
}

/**
 * sage_json_parse_object:
 * @data: the bytes
 * @length: how many, or -1 when @data ends in NUL
 * @limits: (nullable): what is allowed; %NULL for the defaults
 *
 * As sage_json_parse(), and the document must be an object.
 *
 * Returns: (transfer full): a node that holds an object, or %NULL with @error set
 */
JsonNode *
sage_json_parse_object (const char            *data,
                        gssize                 length,
                        const SageJsonLimits  *limits,
                        GError               **error)
{
  g_autoptr(JsonNode) node = sage_json_parse (data, length, limits, error);

  if (node == NULL)
    return NULL;

  if (!JSON_NODE_HOLDS_OBJECT (node))
    {
      sage_throw (error, SAGE_ERROR_SYNTAX, "A JSON object was expected");
      return NULL;
    }

  return g_steal_pointer (&node);
}

/**
 * sage_json_append_string:
 * @out: where to append
 * @text: UTF-8
 *
 * Appends @text as a JSON string, quotes included.
 */
void
sage_json_append_string (GString    *out,
                         const char *text)
{
  const char *run = text;

  g_string_append_c (out, '"');
  for (const char *at = text; *at != '\0'; at++)
    {
      guchar c = (guchar) *at;

      if (c >= 0x20 && c != '"' && c != '\\' && c != 0x7f)
        continue;

      g_string_append_len (out, run, at - run);
      run = at + 1;
      if (c == '"' || c == '\\')
        {
          g_string_append_c (out, '\\');
          g_string_append_c (out, (char) c);
        }
      else if (c == '\n')
        g_string_append (out, "\\n");
      else if (c == '\t')
        g_string_append (out, "\\t");
      else if (c == '\r')
        g_string_append (out, "\\r");
      else
        g_string_append_printf (out, "\\u%04x", c);
    }
  g_string_append (out, run);
  g_string_append_c (out, '"');
}

/**
 * sage_json_append_number:
 * @out: where to append
 * @value: a finite number
 *
 * Appends the shortest decimal form that reads back as @value; whole numbers without a fraction,
 * infinities and NaN as null, which JSON has no other word for.
 */
void
sage_json_append_number (GString *out,
                         double   value)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];
  gsize length;

  if (!isfinite (value))
    {
      g_string_append (out, "null");
      return;
    }

  length = sage_json_write_digits (buffer, value);
  if (length > 0)
    {
      g_string_append_len (out, buffer, (gssize) length);
      return;
    }

  g_ascii_formatd (buffer, sizeof buffer, "%.15g", value);
  if (g_ascii_strtod (buffer, NULL) != value)
    g_ascii_formatd (buffer, sizeof buffer, "%.16g", value);
  if (g_ascii_strtod (buffer, NULL) != value)
    g_ascii_formatd (buffer, sizeof buffer, "%.17g", value);

  g_string_append (out, buffer);
}

static void append_node (GString  *out,
                         JsonNode *node);

static void
append_object (GString    *out,
               JsonObject *object)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;
  gboolean first = TRUE;

  g_string_append_c (out, '{');
  json_object_iter_init_ordered (&iter, object);
  while (json_object_iter_next_ordered (&iter, &name, &node))
    {
      if (!first)
        g_string_append_c (out, ',');
      first = FALSE;
      sage_json_append_string (out, name);
      g_string_append_c (out, ':');
      append_node (out, node);
    }
  g_string_append_c (out, '}');
}

static void
append_array (GString   *out,
              JsonArray *array)
{
  guint n = json_array_get_length (array);

  g_string_append_c (out, '[');
  for (guint i = 0; i < n; i++)
    {
      if (i > 0)
        g_string_append_c (out, ',');
      append_node (out, json_array_get_element (array, i));
    }
  g_string_append_c (out, ']');
}

static void
append_value (GString  *out,
              JsonNode *node)
{
  switch (json_node_get_value_type (node))
    {
    case G_TYPE_STRING:
      sage_json_append_string (out, json_node_get_string (node));
      break;
    case G_TYPE_BOOLEAN:
      g_string_append (out, json_node_get_boolean (node) ? "true" : "false");
      break;
    case G_TYPE_DOUBLE:
      sage_json_append_number (out, json_node_get_double (node));
      break;
    default:
      g_string_append_printf (out, "%" G_GINT64_FORMAT, json_node_get_int (node));
      break;
    }
}

static void
append_node (GString  *out,
             JsonNode *node)
{
  switch (json_node_get_node_type (node))
    {
    case JSON_NODE_OBJECT:
      append_object (out, json_node_get_object (node));
      break;
    case JSON_NODE_ARRAY:
      append_array (out, json_node_get_array (node));
      break;
    case JSON_NODE_VALUE:
      append_value (out, node);
      break;
    case JSON_NODE_NULL:
      g_string_append (out, "null");
      break;
    default:
      g_assert_not_reached ();
    }
}

/**
 * sage_json_to_string:
 * @node: a document
 *
 * Returns: (transfer full): its compact text, members in their order; never invalid JSON, unlike
 *   json-glib's own generator when a number is infinite
 */
char *
sage_json_to_string (JsonNode *node)
{
  GString *out = g_string_sized_new (256);

  append_node (out, node);

  return g_string_free_and_steal (out);
}

/**
 * sage_json_object_to_string:
 * @object: an object
 *
 * Returns: (transfer full): its compact text
 */
char *
sage_json_object_to_string (JsonObject *object)
{
  GString *out = g_string_sized_new (256);

  append_object (out, object);

  return g_string_free_and_steal (out);
}

/**
 * sage_json_take_object:
 * @object: (transfer full): an object
 *
 * Returns: (transfer full): a node that owns @object
 */
JsonNode *
sage_json_take_object (JsonObject *object)
{
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);

  json_node_take_object (node, object);

  return node;
}

/**
 * sage_json_take_array:
 * @array: (transfer full): an array
 *
 * Returns: (transfer full): a node that owns @array
 */
JsonNode *
sage_json_take_array (JsonArray *array)
{
  JsonNode *node = json_node_new (JSON_NODE_ARRAY);

  json_node_take_array (node, array);

  return node;
}

/**
 * sage_json_sorted_members:
 * @object: an object
 *
 * Returns: (transfer container) (element-type utf8): its members' names in the order of their bytes;
 *   the order in a document means nothing
 */
GList *
sage_json_sorted_members (JsonObject *object)
{
  return g_list_sort (json_object_get_members (object), (GCompareFunc) strcmp);
}

/**
 * sage_json_unquote:
 * @text: (nullable): a text that may have been sent as a JSON string
 *
 * The SageMaker SDK sends some texts so (`"\"train.py\""`), other clients send them bare.
 *
 * Returns: (transfer full) (nullable): the string inside when @text is a whole JSON string, else @text
 */
char *
sage_json_unquote (const char *text)
{
  g_autoptr(JsonNode) node = NULL;

  if (text == NULL || text[0] != '"')
    return g_strdup (text);

  node = sage_json_parse (text, -1, NULL, NULL);
  if (node == NULL || json_node_get_value_type (node) != G_TYPE_STRING)
    return g_strdup (text);

  return json_node_dup_string (node);
}

static JsonNode *
lookup (JsonObject *object,
        const char *member)
{
  return object != NULL ? json_object_get_member (object, member) : NULL;
}

/* The member, if it is a scalar of one of the two types; else NULL. */
static JsonNode *
lookup_value (JsonObject *object,
              const char *member,
              GType       type,
              GType       other)
{
  JsonNode *node = lookup (object, member);

  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node))
    return NULL;
  if (json_node_get_value_type (node) != type && json_node_get_value_type (node) != other)
    return NULL;

  return node;
}

/**
 * sage_json_string:
 * @object: (nullable): an object
 * @member: a member's name
 * @fallback: (nullable): what to return where there is no such string
 *
 * The quiet readers below never complain: a missing member, a member of another type and a %NULL
 * object all give the fallback.
 *
 * Returns: (transfer none): the string, owned by @object
 */
const char *
sage_json_string (JsonObject *object,
                  const char *member,
                  const char *fallback)
{
  JsonNode *node = lookup_value (object, member, G_TYPE_STRING, G_TYPE_STRING);

  return node != NULL ? json_node_get_string (node) : fallback;
}

/**
 * sage_json_int:
 *
 * Returns: the integer member, a number with a fraction cut off, or @fallback
 */
gint64
sage_json_int (JsonObject *object,
               const char *member,
               gint64      fallback)
{
  JsonNode *node = lookup_value (object, member, G_TYPE_INT64, G_TYPE_DOUBLE);

  return node != NULL ? json_node_get_int (node) : fallback;
}

/**
 * sage_json_double:
 *
 * Returns: the number member, or @fallback
 */
double
sage_json_double (JsonObject *object,
                  const char *member,
                  double      fallback)
{
  JsonNode *node = lookup_value (object, member, G_TYPE_DOUBLE, G_TYPE_INT64);

  return node != NULL ? json_node_get_double (node) : fallback;
}

/**
 * sage_json_bool:
 *
 * Returns: the boolean member, or @fallback
 */
gboolean
sage_json_bool (JsonObject *object,
                const char *member,
                gboolean    fallback)
{
  JsonNode *node = lookup_value (object, member, G_TYPE_BOOLEAN, G_TYPE_BOOLEAN);

  return node != NULL ? json_node_get_boolean (node) : fallback;
}

/**
 * sage_json_object:
 *
 * Returns: (transfer none) (nullable): the object member
 */
JsonObject *
sage_json_object (JsonObject *object,
                  const char *member)
{
  JsonNode *node = lookup (object, member);

  return node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

/**
 * sage_json_array:
 *
 * Returns: (transfer none) (nullable): the array member
 */
JsonArray *
sage_json_array (JsonObject *object,
                 const char *member)
{
  JsonNode *node = lookup (object, member);

  return node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
}

/**
 * sage_json_array_string:
 *
 * Returns: (transfer none) (nullable): the string at @index, if there is one
 */
const char *
sage_json_array_string (JsonArray *array,
                        guint      index)
{
  JsonNode *node;

  if (array == NULL || index >= json_array_get_length (array))
    return NULL;

  node = json_array_get_element (array, index);
  if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_STRING)
    return NULL;

  return json_node_get_string (node);
}

/**
 * sage_json_array_object:
 *
 * Returns: (transfer none) (nullable): the object at @index, if there is one
 */
JsonObject *
sage_json_array_object (JsonArray *array,
                        guint      index)
{
  JsonNode *node;

  if (array == NULL || index >= json_array_get_length (array))
    return NULL;

  node = json_array_get_element (array, index);

  return JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}
