/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-graph"

#include "config.h"

#include <string.h>

#include "sage-graph-private.h"
#include "sage-json.h"

/* The engine refuses larger and deeper ones; a file that somebody opens may hold anything. */
#define MAX_NODES 5000
#define MAX_EDGES 20000
#define MAX_DEPTH 64

static void
node_clear (gpointer data)
{
  SageGraphNode *node = data;

  g_free (node->name);
  g_free (node->title);
  g_free (node->type);
  g_free (node->fact);
  json_object_unref (node->step);
}

static void
edge_clear (gpointer data)
{
  g_free (((SageGraphEdge *) data)->bends);
}

/* --- Steps ------------------------------------------------------------------------------------ */

/* What a step runs on, wherever its arguments say so; (nullable) */
static const char *
instance_type (JsonObject *arguments)
{
  static const char * const holders[] = { "ResourceConfig", "ProcessingResources", "ClusterConfig" };
  JsonObject *object = arguments;

  for (gsize i = 0; object != NULL && i < G_N_ELEMENTS (holders); i++)
    {
      JsonObject *child = sage_json_object (object, holders[i]);

      if (child != NULL)
        object = child;
    }

  return object != NULL ? sage_json_string (object, "InstanceType", NULL) : NULL;
}

static void add_steps (SageGraph    *self,
                       JsonArray    *steps,
                       int           parent,
                       SageEdgeKind  branch,
                       guint         depth);

static void
add_edge (SageGraph    *self,
          guint         from,
          guint         to,
          SageEdgeKind  kind)
{
  SageGraphEdge edge = { .from = from, .to = to, .kind = kind };

  /* One line for two steps says it; the first reason is the strongest. */
  if (from != to && self->edges->len < MAX_EDGES
      && g_hash_table_add (self->linked, GUINT_TO_POINTER (from * MAX_NODES + to + 1)))
    g_array_append_val (self->edges, edge);
}

static void
add_step (SageGraph    *self,
          JsonObject   *step,
          int           parent,
          SageEdgeKind  branch,
          guint         depth)
{
  const char *name = sage_json_string (step, "Name", NULL);
  JsonObject *arguments = sage_json_object (step, "Arguments");
  SageGraphNode node = { 0 };
  guint at = self->nodes->len;

  if (name == NULL || at >= MAX_NODES || g_hash_table_contains (self->index, name))
    return;

  node.name = g_strdup (name);
  node.title = g_strdup (sage_json_string (step, "DisplayName", name));
  node.type = g_strdup (sage_json_string (step, "Type", ""));
  node.fact = g_strdup (arguments != NULL ? instance_type (arguments) : NULL);
  node.step = json_object_ref (step);
  g_array_append_val (self->nodes, node);
  g_hash_table_insert (self->index, g_strdup (name), GUINT_TO_POINTER (at + 1));

  if (parent >= 0)
    add_edge (self, (guint) parent, at, branch);
  if (arguments != NULL && strcmp (node.type, "Condition") == 0)
    {
      add_steps (self, sage_json_array (arguments, "IfSteps"), (int) at, SAGE_EDGE_TRUE, depth + 1);
      add_steps (self, sage_json_array (arguments, "ElseSteps"), (int) at, SAGE_EDGE_FALSE,
                 depth + 1);
    }
}

static void
add_steps (SageGraph    *self,
           JsonArray    *steps,
           int           parent,
           SageEdgeKind  branch,
           guint         depth)
{
  if (depth > MAX_DEPTH)
    return;

  for (guint i = 0; steps != NULL && i < json_array_get_length (steps); i++)
    {
      JsonObject *step = sage_json_array_object (steps, i);

      if (step != NULL)
        add_step (self, step, parent, branch, depth);
    }
}

/* --- What flows ------------------------------------------------------------------------------- */

/* "Steps.Train.ModelArtifacts…" names the step Train. */
static void
add_reference (SageGraph  *self,
               guint       to,
               const char *path)
{
  g_autofree char *name = NULL;
  guint from;

  if (!g_str_has_prefix (path, "Steps."))
    return;

  path += strlen ("Steps.");
  name = g_strndup (path, strcspn (path, ".["));
  if (sage_graph_find (self, name, &from))
    add_edge (self, from, to, SAGE_EDGE_DATA);
}

static void
add_references (SageGraph *self,
                guint      to,
                JsonNode  *node,
                guint      depth)
{
  if (node == NULL || depth > MAX_DEPTH)
    return;

  if (JSON_NODE_HOLDS_ARRAY (node))
    {
      JsonArray *array = json_node_get_array (node);

      for (guint i = 0; i < json_array_get_length (array); i++)
        add_references (self, to, json_array_get_element (array, i), depth + 1);
    }
  else if (JSON_NODE_HOLDS_OBJECT (node))
    {
      JsonObject *object = json_node_get_object (node);
      const char *path = sage_json_string (object, "Get", NULL);
      JsonObjectIter iter;
      const char *member;
      JsonNode *child;

      if (path != NULL)
        add_reference (self, to, path);
      json_object_iter_init (&iter, object);
      while (json_object_iter_next (&iter, &member, &child))
        /* The steps of a condition's branches stand for themselves. */
        if (strcmp (member, "IfSteps") != 0 && strcmp (member, "ElseSteps") != 0)
          add_references (self, to, child, depth + 1);
    }
}

static void
add_flows (SageGraph *self)
{
  for (guint i = 0; i < self->nodes->len; i++)
    {
      JsonObject *step = g_array_index (self->nodes, SageGraphNode, i).step;
      JsonArray *depends_on = sage_json_array (step, "DependsOn");
      g_autoptr(JsonNode) node = json_node_new (JSON_NODE_OBJECT);

      json_node_set_object (node, step);
      add_references (self, i, node, 0);
      for (guint j = 0; depends_on != NULL && j < json_array_get_length (depends_on); j++)
        {
          const char *name = sage_json_array_string (depends_on, j);
          guint from;

          if (name != NULL && sage_graph_find (self, name, &from))
            add_edge (self, from, i, SAGE_EDGE_DEPENDS_ON);
        }
    }
}

/**
 * sage_graph_new:
 * @definition: a pipeline definition, version 2020-12-01; what is wrong in it is left out
 *
 * Returns: (transfer full): its steps, laid out
 */
SageGraph *
sage_graph_new (JsonObject *definition)
{
  SageGraph *self;

  g_return_val_if_fail (definition != NULL, NULL);

  self = g_new0 (SageGraph, 1);
  self->nodes = g_array_new (FALSE, FALSE, sizeof (SageGraphNode));
  g_array_set_clear_func (self->nodes, node_clear);
  self->edges = g_array_new (FALSE, FALSE, sizeof (SageGraphEdge));
  g_array_set_clear_func (self->edges, edge_clear);
  self->index = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->linked = g_hash_table_new (NULL, NULL);

  add_steps (self, sage_json_array (definition, "Steps"), -1, SAGE_EDGE_DATA, 0);
  add_flows (self);
  sage_graph_layout (self);

  return self;
}

void
sage_graph_free (SageGraph *self)
{
  if (self == NULL)
    return;

  g_array_unref (self->nodes);
  g_array_unref (self->edges);
  g_hash_table_unref (self->index);
  g_hash_table_unref (self->linked);
  g_free (self);
}

guint
sage_graph_n_nodes (const SageGraph *self)
{
  return self->nodes->len;
}

const SageGraphNode *
sage_graph_node (const SageGraph *self,
                 guint            index)
{
  g_return_val_if_fail (index < self->nodes->len, NULL);

  return &g_array_index (self->nodes, SageGraphNode, index);
}

guint
sage_graph_n_edges (const SageGraph *self)
{
  return self->edges->len;
}

const SageGraphEdge *
sage_graph_edge (const SageGraph *self,
                 guint            index)
{
  g_return_val_if_fail (index < self->edges->len, NULL);

  return &g_array_index (self->edges, SageGraphEdge, index);
}

/**
 * sage_graph_find:
 * @self: a graph
 * @name: the name of a step
 * @index: (out): the index of its node
 *
 * Returns: whether there is such a step
 */
gboolean
sage_graph_find (const SageGraph *self,
                 const char      *name,
                 guint           *index)
{
  guint found = GPOINTER_TO_UINT (g_hash_table_lookup (self->index, name));

  if (found == 0)
    return FALSE;

  *index = found - 1;

  return TRUE;
}

/**
 * sage_graph_width:
 * @self: a graph
 *
 * Returns: what it takes at 100 %, in pixels; 0 without steps
 */
double
sage_graph_width (const SageGraph *self)
{
  return self->width;
}

double
sage_graph_height (const SageGraph *self)
{
  return self->height;
}
