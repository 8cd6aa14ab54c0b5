/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-json-walk"

#include "config.h"

#include "sage-json-walk-private.h"
#include "sage-json.h"
#include "sage-text.h"

typedef struct
{
  JsonNode *node;    /* (unowned) */
  GList    *members; /* (owned) (nullable): the names, of an object */
  GList    *at;      /* the name of the child to come */
  guint     next;    /* the index of the child to come */
} Frame;

static void
frame_clear (gpointer data)
{
  g_list_free (((Frame *) data)->members);
}

/* How many children a node has; 0 for a scalar. */
guint
sage_json_n_children (JsonNode *node)
{
  if (JSON_NODE_HOLDS_OBJECT (node) && json_node_get_object (node) != NULL)
    return json_object_get_size (json_node_get_object (node));
  if (JSON_NODE_HOLDS_ARRAY (node) && json_node_get_array (node) != NULL)
    return json_array_get_length (json_node_get_array (node));

  return 0;
}

void
sage_json_walk_init (SageJsonWalk *self,
                     JsonNode     *root)
{
  self->root = root;
  self->frames = g_array_new (FALSE, FALSE, sizeof (Frame));
  g_array_set_clear_func (self->frames, frame_clear);
}

void
sage_json_walk_clear (SageJsonWalk *self)
{
  g_clear_pointer (&self->frames, g_array_unref);
}

static SageJsonStep
enter (SageJsonWalk *self,
       JsonNode     *node)
{
  Frame frame = { .node = node };

  if (sage_json_n_children (node) == 0)
    return SAGE_JSON_WALK_VALUE;

  if (JSON_NODE_HOLDS_OBJECT (node))
    frame.at = frame.members = json_object_get_members (json_node_get_object (node));
  g_array_append_val (self->frames, frame);

  return SAGE_JSON_WALK_OPEN;
}

/* @name: (out) (nullable): of a member; @node: (out): what was stepped to, or is left */
SageJsonStep
sage_json_walk_next (SageJsonWalk  *self,
                     const char   **name,
                     JsonNode     **node)
{
  Frame *top;

  *name = NULL;
  if (self->root != NULL)
    {
      *node = g_steal_pointer (&self->root);
      return enter (self, *node);
    }
  if (self->frames->len == 0)
    return SAGE_JSON_WALK_END;

  top = &g_array_index (self->frames, Frame, self->frames->len - 1);
  *node = top->node;
  if (top->next == sage_json_n_children (top->node))
    {
      g_array_set_size (self->frames, self->frames->len - 1);
      return SAGE_JSON_WALK_CLOSE;
    }

  if (JSON_NODE_HOLDS_OBJECT (top->node))
    {
      *name = top->at->data;
      *node = json_object_get_member (json_node_get_object (top->node), *name);
      top->at = top->at->next;
    }
  else
    *node = json_array_get_element (json_node_get_array (top->node), top->next);
  top->next++;

  return enter (self, *node);
}

/* How many containers are open. */
guint
sage_json_walk_depth (SageJsonWalk *self)
{
  return self->frames->len;
}

/* Which child of the container at @depth the walk is at or in. */
guint
sage_json_walk_index (SageJsonWalk *self,
                      guint         depth)
{
  return g_array_index (self->frames, Frame, depth).next - 1;
}

/* Returns: (transfer full): a scalar as JSON has it, but a string without quotes and escapes; "{}"
 *   and "[]" for what is empty */
char *
sage_json_scalar_text (JsonNode *node)
{
  if (JSON_NODE_HOLDS_OBJECT (node))
    return g_strdup ("{}");
  if (JSON_NODE_HOLDS_ARRAY (node))
    return g_strdup ("[]");
  if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING)
    return g_strdup (json_node_get_string (node));

  return sage_json_to_string (node);
}

static void
append_indent (GString *out,
               guint    depth)
{
  if (out->len > 0)
    g_string_append_c (out, '\n');
  for (guint i = 0; i < MIN (depth, 64); i++)
    g_string_append (out, "  ");
}

static void
append_scalar (GString  *out,
               JsonNode *node,
               guint     max_string)
{
  g_autofree char *text = NULL;

  if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_STRING)
    {
      text = sage_json_scalar_text (node);
      g_string_append (out, text);
      return;
    }

  if (max_string > 0)
    text = sage_text_shorten_end (json_node_get_string (node), max_string);
  sage_json_append_string (out, text != NULL ? text : json_node_get_string (node));
}

/* Returns: (transfer full): the document indented by 2; strings longer than @max_string characters
 *   (0: none) end in an ellipsis. Indentation ends growing at 64. */
char *
sage_json_pretty (JsonNode *node,
                  guint     max_string)
{
  g_auto(SageJsonWalk) walk = { 0 };
  GString *out = g_string_new (NULL);
  SageJsonStep step;
  gboolean first = TRUE;
  const char *name;
  JsonNode *at;

  sage_json_walk_init (&walk, node);
  while ((step = sage_json_walk_next (&walk, &name, &at)) != SAGE_JSON_WALK_END)
    {
      if (step == SAGE_JSON_WALK_CLOSE)
        {
          append_indent (out, sage_json_walk_depth (&walk));
          g_string_append_c (out, JSON_NODE_HOLDS_OBJECT (at) ? '}' : ']');
          first = FALSE;
          continue;
        }

      if (!first)
        g_string_append_c (out, ',');
      append_indent (out, sage_json_walk_depth (&walk) - (step == SAGE_JSON_WALK_OPEN));
      if (name != NULL)
        {
          sage_json_append_string (out, name);
          g_string_append (out, ": ");
        }
      if (step == SAGE_JSON_WALK_OPEN)
        g_string_append_c (out, JSON_NODE_HOLDS_OBJECT (at) ? '{' : '[');
      else
        append_scalar (out, at, max_string);
      first = step == SAGE_JSON_WALK_OPEN;
    }

  return g_string_free_and_steal (out);
}
