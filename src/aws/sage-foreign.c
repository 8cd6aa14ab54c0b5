/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-foreign"

#include "config.h"

#include <string.h>

#include "sage-model-private.h"

/* Where an ARN must be at home. */
typedef struct
{
  const char *region;
  const char *account;
} Home;

/* What is looked for among the ARNs of a request. */
typedef struct
{
  const char   *part; /* what the patterns of the shapes that may hold one have in them */
  SageArnFunc   func;
  gconstpointer user_data;
} Search;

static const char *find_in_node (const SageShape *shape,
                                 JsonNode        *node,
                                 const Search    *search);

/* Whether @text goes on with @part and a colon. Moves behind it. */
static gboolean
skip_part (const char **text,
           const char  *part)
{
  gsize length = strlen (part);

  if (strncmp (*text, part, length) != 0 || (*text)[length] != ':')
    return FALSE;
  *text += length + 1;

  return TRUE;
}

/* A shape takes the ARNs that its pattern says, and nothing else that a text may hold is one. */
static gboolean
takes_arns (const SageShape *shape,
            const char      *part)
{
  return shape->pattern != 0 && strstr (sage_model_patterns[shape->pattern].text, part) != NULL;
}

static gboolean
is_foreign (const char    *text,
            gconstpointer  user_data)
{
  const Home *home = user_data;

  return !skip_part (&text, "arn:aws:sagemaker") || !skip_part (&text, home->region) ||
         !skip_part (&text, home->account);
}

static const char *
find_in_members (const SageShape *shape,
                 JsonObject      *object,
                 const Search    *search)
{
  const char *found = NULL;
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  json_object_iter_init_ordered (&iter, object);
  while (found == NULL && json_object_iter_next_ordered (&iter, &name, &node))
    {
      const SageShape *member = shape->type == SAGE_SHAPE_MAP ? sage_shape_element (shape)
                                                              : sage_shape_member (shape, name);

      if (member != NULL)
        found = find_in_node (member, node, search);
    }

  return found;
}

static const char *
find_in_list (const SageShape *shape,
              JsonArray       *array,
              const Search    *search)
{
  const SageShape *element = sage_shape_element (shape);
  const char *found = NULL;

  for (guint i = 0; found == NULL && i < json_array_get_length (array); i++)
    found = find_in_node (element, json_array_get_element (array, i), search);

  return found;
}

static const char *
find_in_node (const SageShape *shape,
              JsonNode        *node,
              const Search    *search)
{
  const char *text;

  if (JSON_NODE_HOLDS_OBJECT (node))
    return find_in_members (shape, json_node_get_object (node), search);
  if (JSON_NODE_HOLDS_ARRAY (node))
    return find_in_list (shape, json_node_get_array (node), search);
  if (shape->type != SAGE_SHAPE_STRING || !JSON_NODE_HOLDS_VALUE (node))
    return NULL;
  text = json_node_get_string (node);

  return g_str_has_prefix (text, "arn:") && takes_arns (shape, search->part) &&
         search->func (text, search->user_data) ? text : NULL;
}

/**
 * sage_shape_find_foreign:
 * @shape: what an operation takes
 * @input: what it was given; sage_shape_validate() found it right
 * @region: the region that is ours
 * @account: the account that is ours
 *
 * Looks for the name of a SageMaker resource of another account, region or partition.
 *
 * Returns: (transfer none) (nullable): the first such ARN, which belongs to @input
 */
const char *
sage_shape_find_foreign (const SageShape *shape,
                         JsonNode        *input,
                         const char      *region,
                         const char      *account)
{
  const Home home = { region, account };

  return find_in_node (shape, input, &(const Search) { ":sagemaker:", is_foreign, &home });
}

/**
 * sage_shape_find_role:
 * @shape: what an operation takes
 * @input: what it was given; sage_shape_validate() found it right
 * @func: says of an ARN whether it is looked for
 * @user_data: for @func
 *
 * Looks among the roles that a request passes on.
 *
 * Returns: (transfer none) (nullable): the first that @func says, which belongs to @input
 */
const char *
sage_shape_find_role (const SageShape *shape,
                      JsonNode        *input,
                      SageArnFunc      func,
                      gconstpointer    user_data)
{
  return find_in_node (shape, input, &(const Search) { ":role", func, user_data });
}
