/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-pipeline-reader"

#include "config.h"

#include "eng-pipeline-reader.h"
#include "sage-error.h"

/* AWS's own words, which SDKs and scripts look for. */
#define PREFIX "Unable to parse pipeline definition. "

static gboolean
is_identifier (const char *text)
{
  if (!g_ascii_isalpha (*text) && *text != '_')
    return FALSE;
  for (; *text != '\0'; text++)
    if (!g_ascii_isalnum (*text) && *text != '_')
      return FALSE;

  return TRUE;
}

/**
 * eng_reader_enter:
 * @reader: the walk
 * @member: the member of the present object to go into
 *
 * Returns: what eng_reader_leave() takes to come back
 */
gsize
eng_reader_enter (EngPipelineReader *reader,
                  const char        *member)
{
  gsize mark = reader->where->len;

  if (!is_identifier (member))
    g_string_append_printf (reader->where, "['%s']", member);
  else if (mark > 0)
    g_string_append_printf (reader->where, ".%s", member);
  else
    g_string_append (reader->where, member);

  return mark;
}

/**
 * eng_reader_enter_index:
 * @reader: the walk
 * @index: the element of the present list to go into
 *
 * Returns: what eng_reader_leave() takes to come back
 */
gsize
eng_reader_enter_index (EngPipelineReader *reader,
                        guint              index)
{
  gsize mark = reader->where->len;

  g_string_append_printf (reader->where, "[%u]", index);
  return mark;
}

/**
 * eng_reader_leave:
 * @reader: the walk
 * @mark: what the entering call answered
 */
void
eng_reader_leave (EngPipelineReader *reader,
                  gsize              mark)
{
  g_string_truncate (reader->where, mark);
}

static gboolean
throw_text (EngPipelineReader  *reader,
            GError            **error,
            const char         *text)
{
  return sage_throw (error, SAGE_ERROR_INVALID, PREFIX "%s%s%s",
                     reader->where->str, reader->where->len > 0 ? ": " : "", text);
}

/**
 * eng_reader_throw:
 * @reader: the walk
 * @format: what is wrong where it stands, in printf() form
 *
 * Returns: %FALSE, with %SAGE_ERROR_INVALID
 */
gboolean
eng_reader_throw (EngPipelineReader  *reader,
                  GError            **error,
                  const char         *format,
                  ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);

  return throw_text (reader, error, text);
}

/**
 * eng_reader_throw_member:
 * @reader: the walk
 * @member: the member of the present object that is wrong
 * @format: what is wrong with it, in printf() form
 *
 * Returns: %FALSE, with %SAGE_ERROR_INVALID
 */
gboolean
eng_reader_throw_member (EngPipelineReader  *reader,
                         GError            **error,
                         const char         *member,
                         const char         *format,
                         ...)
{
  gsize mark = eng_reader_enter (reader, member);
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);

  throw_text (reader, error, text);
  eng_reader_leave (reader, mark);
  return FALSE;
}

/**
 * eng_json_type_word:
 * @node: a value
 *
 * Returns: what to call its type in a message, with its article
 */
const char *
eng_json_type_word (JsonNode *node)
{
  if (JSON_NODE_HOLDS_OBJECT (node))
    return "an object";
  if (JSON_NODE_HOLDS_ARRAY (node))
    return "a list";
  if (!JSON_NODE_HOLDS_VALUE (node))
    return "null";

  switch (json_node_get_value_type (node))
    {
    case G_TYPE_STRING:
      return "a string";
    case G_TYPE_INT64:
      return "an integer";
    case G_TYPE_DOUBLE:
      return "a number";
    default:
      return "a boolean";
    }
}

/**
 * eng_reader_only_members:
 * @reader: the walk
 * @object: the present object
 * @allowed: the members it may have
 *
 * A member that we do not know would be a wish silently ignored, so it is refused.
 *
 * Returns: %TRUE, or %FALSE with %SAGE_ERROR_INVALID naming the first one that is not allowed
 */
gboolean
eng_reader_only_members (EngPipelineReader   *reader,
                         JsonObject          *object,
                         const char * const  *allowed,
                         GError             **error)
{
  JsonObjectIter iter;
  const char *name;

  json_object_iter_init_ordered (&iter, object);
  while (json_object_iter_next_ordered (&iter, &name, NULL))
    if (!g_strv_contains (allowed, name))
      {
        g_autofree char *list = g_strjoinv (", ", (char **) allowed);

        return eng_reader_throw_member (reader, error, name, "Unknown member, expected one of %s",
                                        list);
      }

  return TRUE;
}

/* Looks @member up. @node is NULL where it is absent or null and need not be there. */
static gboolean
find_member (EngPipelineReader  *reader,
             JsonObject         *object,
             const char         *member,
             gboolean            required,
             JsonNode          **node,
             GError            **error)
{
  *node = json_object_get_member (object, member);
  if (*node != NULL && json_node_is_null (*node))
    *node = NULL;

  if (*node == NULL && required)
    return eng_reader_throw_member (reader, error, member, "Required member is missing");

  return TRUE;
}

/**
 * eng_reader_string:
 * @reader: the walk
 * @object: the present object
 * @member: which member to read
 * @required: whether it must be there and not be empty
 * @max_characters: how long it may be
 * @value: (out): the text inside @object; untouched when absent
 *
 * Returns: %TRUE, or %FALSE with %SAGE_ERROR_INVALID
 */
gboolean
eng_reader_string (EngPipelineReader  *reader,
                   JsonObject         *object,
                   const char         *member,
                   gboolean            required,
                   glong               max_characters,
                   const char        **value,
                   GError            **error)
{
  JsonNode *node;
  glong length;

  if (!find_member (reader, object, member, required, &node, error))
    return FALSE;
  if (node == NULL)
    return TRUE;

  if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_STRING)
    return eng_reader_throw_member (reader, error, member, "Expected a string, found %s",
                                    eng_json_type_word (node));

  length = g_utf8_strlen (json_node_get_string (node), -1);
  if (required && length == 0)
    return eng_reader_throw_member (reader, error, member, "Must not be empty");
  if (length > max_characters)
    return eng_reader_throw_member (reader, error, member,
                                    "The string is too long (length: %ld, maximum allowed: %ld)",
                                    length, max_characters);

  *value = json_node_get_string (node);
  return TRUE;
}

/**
 * eng_reader_array:
 * @reader: the walk
 * @object: the present object
 * @member: which member to read
 * @required: whether it must be there
 * @value: (out) (transfer none): the list; untouched when absent
 *
 * Returns: %TRUE, or %FALSE with %SAGE_ERROR_INVALID
 */
gboolean
eng_reader_array (EngPipelineReader  *reader,
                  JsonObject         *object,
                  const char         *member,
                  gboolean            required,
                  JsonArray         **value,
                  GError            **error)
{
  JsonNode *node;

  if (!find_member (reader, object, member, required, &node, error))
    return FALSE;
  if (node == NULL)
    return TRUE;

  if (!JSON_NODE_HOLDS_ARRAY (node))
    return eng_reader_throw_member (reader, error, member, "Expected a list, found %s",
                                    eng_json_type_word (node));

  *value = json_node_get_array (node);
  return TRUE;
}

/**
 * eng_reader_object:
 * @reader: the walk
 * @object: the present object
 * @member: which member to read
 * @required: whether it must be there
 * @value: (out) (transfer none): the object; untouched when absent
 *
 * Returns: %TRUE, or %FALSE with %SAGE_ERROR_INVALID
 */
gboolean
eng_reader_object (EngPipelineReader  *reader,
                   JsonObject         *object,
                   const char         *member,
                   gboolean            required,
                   JsonObject        **value,
                   GError            **error)
{
  JsonNode *node;

  if (!find_member (reader, object, member, required, &node, error))
    return FALSE;
  if (node == NULL)
    return TRUE;

  if (!JSON_NODE_HOLDS_OBJECT (node))
    return eng_reader_throw_member (reader, error, member, "Expected an object, found %s",
                                    eng_json_type_word (node));

  *value = json_node_get_object (node);
  return TRUE;
}

/**
 * eng_reader_element:
 * @reader: the walk, standing on the element
 * @array: the list
 * @index: which element
 * @value: (out) (transfer none): the object that the element must be
 *
 * Returns: %TRUE, or %FALSE with %SAGE_ERROR_INVALID
 */
gboolean
eng_reader_element (EngPipelineReader  *reader,
                    JsonArray          *array,
                    guint               index,
                    JsonObject        **value,
                    GError            **error)
{
  JsonNode *node = json_array_get_element (array, index);

  if (!JSON_NODE_HOLDS_OBJECT (node))
    return eng_reader_throw (reader, error, "Expected an object, found %s",
                             eng_json_type_word (node));

  *value = json_node_get_object (node);
  return TRUE;
}
