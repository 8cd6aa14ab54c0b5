/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-json-search"

#include "config.h"

#include <string.h>

#include "sage-json-search-private.h"
#include "sage-json-walk-private.h"

/* Whether the folded @query starts at @text; @length: (out): how many bytes of @text it covers. */
static gboolean
folded_prefix (const char *text,
               const char *query,
               gsize      *length)
{
  const char *at = text;

  for (; *query != '\0'; query = g_utf8_next_char (query), at = g_utf8_next_char (at))
    if (*at == '\0'
        || g_unichar_tolower (g_utf8_get_char (at)) != g_unichar_tolower (g_utf8_get_char (query)))
      return FALSE;

  *length = at - text;

  return TRUE;
}

/*
 * Finds @query in @text without regard to case, character by character.
 *
 * Returns: (nullable): where it starts; @length: (out): how many bytes it covers
 */
const char *
sage_json_find_text (const char *text,
                     const char *query,
                     gsize      *length)
{
  if (g_str_is_ascii (query))
    {
      *length = strlen (query);
      return strcasestr (text, query);
    }

  if (!g_utf8_validate (text, -1, NULL))
    return NULL; /* half a surrogate that JSON had escaped: stepping by characters is not safe */

  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at))
    if (folded_prefix (at, query, length))
      return at;

  return NULL;
}

static gboolean
matches (const char *name,
         JsonNode   *node,
         const char *query)
{
  g_autofree char *text = NULL;
  gsize length;

  if (name != NULL && sage_json_find_text (name, query, &length) != NULL)
    return TRUE;
  if (sage_json_n_children (node) > 0)
    return FALSE;
  if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING)
    return sage_json_find_text (json_node_get_string (node), query, &length) != NULL;

  text = sage_json_scalar_text (node);

  return sage_json_find_text (text, query, &length) != NULL;
}

/* The place of the walk; of an open container the one it stands at, not in. */
static SageJsonMatch *
make_match (SageJsonWalk *walk,
            guint         depth)
{
  SageJsonMatch *match = g_malloc (sizeof *match + depth * sizeof match->indexes[0]);

  match->depth = depth;
  for (guint i = 0; i < depth; i++)
    match->indexes[i] = sage_json_walk_index (walk, i);

  return match;
}

/*
 * Returns: (transfer full): of #SageJsonMatch: the values whose name or text holds @query, in the
 *   order of the document; SAGE_JSON_MAX_MATCHES of them at most. The root is none.
 */
GPtrArray *
sage_json_search (JsonNode   *root,
                  const char *query)
{
  GPtrArray *found = g_ptr_array_new_with_free_func (g_free);
  g_auto(SageJsonWalk) walk = { 0 };
  SageJsonStep step;
  const char *name;
  JsonNode *node;

  sage_json_walk_init (&walk, root);
  while (found->len < SAGE_JSON_MAX_MATCHES
         && (step = sage_json_walk_next (&walk, &name, &node)) != SAGE_JSON_WALK_END)
    {
      guint depth = sage_json_walk_depth (&walk) - (step == SAGE_JSON_WALK_OPEN);

      if (step != SAGE_JSON_WALK_CLOSE && depth > 0 && matches (name, node, query))
        g_ptr_array_add (found, make_match (&walk, depth));
    }

  return found;
}
