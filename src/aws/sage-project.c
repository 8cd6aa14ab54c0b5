/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-project"

#include "config.h"

#include "sage-json.h"
#include "sage-model-private.h"

static JsonNode *project_node (const SageShape *shape,
                               JsonNode        *node);

static JsonNode *
project_list (const SageShape *shape,
              JsonArray       *array)
{
  const SageShape *element = sage_shape_element (shape);
  guint length = json_array_get_length (array);
  JsonArray *copy = json_array_sized_new (length);

  for (guint i = 0; i < length; i++)
    {
      JsonNode *node = project_node (element, json_array_get_element (array, i));

      if (node != NULL)
        json_array_add_element (copy, node);
    }

  return sage_json_take_array (copy);
}

static JsonNode *
project_map (const SageShape *shape,
             JsonObject      *object)
{
  const SageShape *element = sage_shape_element (shape);
  JsonObject *copy = json_object_new ();
  JsonObjectIter iter;
  const char *key;
  JsonNode *value;

  json_object_iter_init_ordered (&iter, object);
  while (json_object_iter_next_ordered (&iter, &key, &value))
    {
      JsonNode *node = project_node (element, value);

      if (node != NULL)
        json_object_set_member (copy, key, node);
    }

  return sage_json_take_object (copy);
}

/* Returns: (transfer full) (nullable): what of @node fits @shape */
static JsonNode *
project_node (const SageShape *shape,
              JsonNode        *node)
{
  if (JSON_NODE_HOLDS_NULL (node))
    return NULL;

  switch ((SageShapeType) shape->type)
    {
    case SAGE_SHAPE_STRUCTURE:
      if (!JSON_NODE_HOLDS_OBJECT (node))
        return NULL;
      return sage_json_take_object (sage_shape_project (shape, json_node_get_object (node)));
    case SAGE_SHAPE_LIST:
      if (!JSON_NODE_HOLDS_ARRAY (node))
        return NULL;
      return project_list (shape, json_node_get_array (node));
    case SAGE_SHAPE_MAP:
      if (!JSON_NODE_HOLDS_OBJECT (node))
        return NULL;
      return project_map (shape, json_node_get_object (node));
    case SAGE_SHAPE_STRING:
    case SAGE_SHAPE_INTEGER:
    case SAGE_SHAPE_LONG:
    case SAGE_SHAPE_FLOAT:
    case SAGE_SHAPE_DOUBLE:
    case SAGE_SHAPE_BOOLEAN:
    case SAGE_SHAPE_TIMESTAMP:
    case SAGE_SHAPE_BLOB:
      return JSON_NODE_HOLDS_VALUE (node) ? json_node_copy (node) : NULL;
    default:
      g_assert_not_reached ();
    }
}

/**
 * sage_shape_project:
 * @shape: a structure
 * @document: an object that may hold more than the structure knows
 *
 * Reduces @document to what @shape has, at every level, in the order of declaration. Members that
 * are null or of another kind are left out. Nothing is shared with @document.
 *
 * Returns: (transfer full): the reduced copy
 */
JsonObject *
sage_shape_project (const SageShape *shape,
                    JsonObject      *document)
{
  JsonObject *copy;

  g_return_val_if_fail (shape->type == SAGE_SHAPE_STRUCTURE, NULL);

  copy = json_object_new ();
  for (guint i = 0; i < shape->n_members; i++)
    {
      const SageMember *member = &shape->members[i];
      JsonNode *node = json_object_get_member (document, member->name);

      if (node != NULL)
        node = project_node (&sage_model_shapes[member->shape], node);
      if (node != NULL)
        json_object_set_member (copy, member->name, node);
    }

  return copy;
}
