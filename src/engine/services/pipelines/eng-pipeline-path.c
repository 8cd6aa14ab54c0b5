/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-pipeline-path"

#include "config.h"

#include <string.h>

#include "eng-pipeline-path.h"
#include "sage-error.h"
#include "sage-json.h"

#define MAX_PARTS 64

/* Members by which a list of structures can be indexed with a name, as the SageMaker SDK does in
 * `ProcessingOutputConfig.Outputs['train']`. */
static const char *const list_keys[] = {
  "OutputName", "InputName", "ChannelName", "MetricName", "RuleConfigurationName",
  "ContainerHostname", NULL
};

static void
path_part_clear (gpointer data)
{
  EngPathPart *part = data;

  g_clear_pointer (&part->key, g_free);
}

static gboolean
is_plain (char c)
{
  return (guchar) c > ' ' && c != 0x7f && strchr (".[]'\"", c) == NULL;
}

/* Reads `[3]`, `['key']` or `["key"]`; @cursor stands on the bracket and is moved past its end. */
static gboolean
parse_bracket (const char  **cursor,
               EngPathPart  *part)
{
  const char *p = *cursor + 1;

  if (*p == '\'' || *p == '"')
    {
      const char *end = strchr (p + 1, *p);

      if (end == NULL || end == p + 1 || end[1] != ']')
        return FALSE;

      part->key = g_strndup (p + 1, end - p - 1);
      *cursor = end + 2;
      return TRUE;
    }

  part->index = 0;
  if (!g_ascii_isdigit (*p) || (*p == '0' && g_ascii_isdigit (p[1])))
    return FALSE;
  for (; g_ascii_isdigit (*p); p++)
    {
      part->index = part->index * 10 + (*p - '0');
      if (part->index > G_MAXINT32)
        return FALSE;
    }
  if (*p != ']')
    return FALSE;

  *cursor = p + 1;
  return TRUE;
}

static gboolean
parse_part (const char  **cursor,
            gboolean      first,
            EngPathPart  *part)
{
  const char *p = *cursor;
  const char *start;

  if (*p == '[')
    return parse_bracket (cursor, part);

  if (!first)
    {
      if (*p != '.')
        return FALSE;
      p++;
    }

  start = p;
  while (is_plain (*p))
    p++;
  if (p == start)
    return FALSE;

  part->key = g_strndup (start, p - start);
  *cursor = p;
  return TRUE;
}

/**
 * eng_path_parse:
 * @text: `a.b[0].c`, `a['k']`, optionally after `$` and `$.` as JSONPath writes them
 *
 * Only steps that lead to one value: no wildcards, filters or slices.
 *
 * Returns: (transfer full) (element-type EngPathPart): the steps, or %NULL with
 *   %SAGE_ERROR_INVALID
 */
GArray *
eng_path_parse (const char  *text,
                GError     **error)
{
  g_autoptr(GArray) path = g_array_new (FALSE, FALSE, sizeof (EngPathPart));
  const char *cursor = text;

  g_array_set_clear_func (path, path_part_clear);

  if (g_str_has_prefix (cursor, "$."))
    cursor += 2;
  else if (g_str_has_prefix (cursor, "$["))
    cursor += 1;

  do
    {
      EngPathPart part = { NULL, -1 };

      if (path->len == MAX_PARTS || !parse_part (&cursor, path->len == 0, &part))
        {
          sage_throw (error, SAGE_ERROR_INVALID,
                      "'%s' is not a path of the form a.b[0]['c'] (at character %d)",
                      text, (int) (cursor - text) + 1);
          return NULL;
        }
      g_array_append_val (path, part);
    }
  while (*cursor != '\0');

  return g_steal_pointer (&path);
}

/**
 * eng_path_is_list_key:
 * @member: a member of a structure
 *
 * Returns: whether a list of such structures can be indexed by the value of @member
 */
gboolean
eng_path_is_list_key (const char *member)
{
  return g_strv_contains (list_keys, member);
}

/**
 * eng_path_list_key:
 * @element: (nullable): an element of a list
 *
 * Returns: (nullable): the name under which @element can be found in its list
 */
const char *
eng_path_list_key (JsonObject *element)
{
  for (guint i = 0; element != NULL && list_keys[i] != NULL; i++)
    {
      const char *name = sage_json_string (element, list_keys[i], NULL);

      if (name != NULL)
        return name;
    }

  return NULL;
}

static JsonNode *
follow_in_list (JsonArray         *list,
                const EngPathPart *part,
                gboolean           by_name)
{
  if (part->key == NULL)
    return part->index < json_array_get_length (list)
           ? json_array_get_element (list, (guint) part->index)
           : NULL;

  for (guint i = 0; by_name && i < json_array_get_length (list); i++)
    {
      const char *name = eng_path_list_key (sage_json_array_object (list, i));

      if (name != NULL && strcmp (name, part->key) == 0)
        return json_array_get_element (list, i);
    }

  return NULL;
}

/**
 * eng_path_follow:
 * @path: (element-type EngPathPart): from eng_path_parse()
 * @from: the first step to take
 * @root: where to start
 * @by_name: whether a list may be indexed by the name of its element
 *
 * Returns: (transfer none) (nullable): what the path leads to
 */
JsonNode *
eng_path_follow (GArray   *path,
                 guint     from,
                 JsonNode *root,
                 gboolean  by_name)
{
  JsonNode *node = root;

  for (guint i = from; i < path->len && node != NULL; i++)
    {
      const EngPathPart *part = &g_array_index (path, EngPathPart, i);

      if (JSON_NODE_HOLDS_OBJECT (node) && part->key != NULL)
        node = json_object_get_member (json_node_get_object (node), part->key);
      else if (JSON_NODE_HOLDS_ARRAY (node))
        node = follow_in_list (json_node_get_array (node), part, by_name);
      else
        node = NULL;
    }

  return node;
}

static const char *
path_key (GArray *path,
          guint   index)
{
  return index < path->len ? g_array_index (path, EngPathPart, index).key : NULL;
}

static gboolean
reference_resolve (EngReference *reference)
{
  GArray *path = reference->path;
  const char *root = path_key (path, 0);

  reference->name = path_key (path, 1);
  if (root == NULL || reference->name == NULL)
    return FALSE;

  if (strcmp (root, "Parameters") == 0)
    {
      reference->kind = ENG_REFERENCE_PARAMETER;
      return path->len == 2;
    }
  if (strcmp (root, "Execution") == 0)
    {
      reference->kind = ENG_REFERENCE_EXECUTION;
      return path->len == 2;
    }
  if (strcmp (root, "Steps") != 0 || path->len < 3)
    return FALSE;

  reference->kind = ENG_REFERENCE_STEP;
  reference->rest = 2;
  if (g_strcmp0 (path_key (path, 2), "PropertyFiles") == 0)
    {
      reference->kind = ENG_REFERENCE_PROPERTY_FILE;
      reference->file = path_key (path, 3);
      return reference->file != NULL && path->len == 4;
    }

  return TRUE;
}

/**
 * eng_reference_parse:
 * @text: the value of a `Get`
 *
 * Returns: (transfer full): what it names, or %NULL with %SAGE_ERROR_INVALID
 */
EngReference *
eng_reference_parse (const char  *text,
                     GError     **error)
{
  g_autoptr(EngReference) reference = g_new0 (EngReference, 1);

  reference->path = eng_path_parse (text, error);
  if (reference->path == NULL)
    return NULL;

  if (!reference_resolve (reference))
    {
      sage_throw (error, SAGE_ERROR_INVALID,
                  "'%s' is none of Parameters.NAME, Execution.VARIABLE, Steps.STEP.PROPERTY "
                  "and Steps.STEP.PropertyFiles.NAME", text);
      return NULL;
    }

  return g_steal_pointer (&reference);
}

/**
 * eng_reference_free:
 * @reference: (transfer full) (nullable): what to free
 */
void
eng_reference_free (EngReference *reference)
{
  if (reference == NULL)
    return;

  g_clear_pointer (&reference->path, g_array_unref);
  g_free (reference);
}
