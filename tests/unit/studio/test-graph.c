/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib.h>
#include <math.h>

#include "sage-graph.h"
#include "sage-json.h"

static SageGraph *
make_graph (const char *steps)
{
  g_autofree char *text = g_strdup_printf ("{\"Version\": \"2020-12-01\", \"Steps\": %s}", steps);
  const SageJsonLimits limits = { 64 * 1024 * 1024, 0, 10000000, 0 };
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) node = sage_json_parse_object (text, -1, &limits, &error);

  g_assert_no_error (error);

  return sage_graph_new (json_node_get_object (node));
}

static gboolean
has_edge (const SageGraph *graph,
          const char      *from,
          const char      *to,
          SageEdgeKind     kind)
{
  for (guint i = 0; i < sage_graph_n_edges (graph); i++)
    {
      const SageGraphEdge *edge = sage_graph_edge (graph, i);

      if (g_str_equal (sage_graph_node (graph, edge->from)->name, from)
          && g_str_equal (sage_graph_node (graph, edge->to)->name, to))
        return edge->kind == kind;
    }

  return FALSE;
}

/* Whatever the graph, no two cards touch, all lie in the picture, and edges lead to the right. */
static void
assert_readable (const SageGraph *graph)
{
  for (guint i = 0; i < sage_graph_n_nodes (graph); i++)
    {
      const SageGraphNode *node = sage_graph_node (graph, i);

      g_assert_cmpfloat (node->x, >=, 0);
      g_assert_cmpfloat (node->y, >=, -1);
      g_assert_cmpfloat (node->x + SAGE_GRAPH_NODE_WIDTH, <=, sage_graph_width (graph));
      g_assert_cmpfloat (node->y + SAGE_GRAPH_NODE_HEIGHT, <=, sage_graph_height (graph) + 1);
      for (guint j = i + 1; j < sage_graph_n_nodes (graph); j++)
        {
          const SageGraphNode *other = sage_graph_node (graph, j);

          g_assert_true (fabs (node->x - other->x) > SAGE_GRAPH_NODE_WIDTH
                         || fabs (node->y - other->y) > SAGE_GRAPH_NODE_HEIGHT);
        }
    }
  for (guint i = 0; i < sage_graph_n_edges (graph); i++)
    {
      const SageGraphEdge *edge = sage_graph_edge (graph, i);

      g_assert_cmpfloat (sage_graph_node (graph, edge->from)->x, <,
                         sage_graph_node (graph, edge->to)->x);
    }
}

static void
test_edges (void)
{
  g_autoptr(SageGraph) graph = make_graph (
    "[{\"Name\": \"A\", \"Type\": \"Processing\", \"Arguments\": {\"ProcessingResources\":"
    "  {\"ClusterConfig\": {\"InstanceType\": \"ml.m5.large\"}}}},"
    " {\"Name\": \"B\", \"Type\": \"Training\", \"Arguments\": {\"X\": [{\"Get\":"
    "  \"Steps.A.ProcessingOutputConfig.Outputs['train'].S3Output.S3Uri\"}]}},"
    " {\"Name\": \"C\", \"Type\": \"Processing\", \"DependsOn\": [\"A\", \"B\"]},"
    " {\"Name\": \"If\", \"Type\": \"Condition\", \"Arguments\": {\"Conditions\": [{\"Type\":"
    "  \"GreaterThan\", \"LeftValue\": {\"Std:JsonGet\": {\"PropertyFile\": {\"Get\":"
    "  \"Steps.C.PropertyFiles.F\"}, \"Path\": \"a\"}}, \"RightValue\": 1}],"
    "  \"IfSteps\": [{\"Name\": \"R\", \"Type\": \"RegisterModel\", \"Arguments\":"
    "   {\"Y\": {\"Get\": \"Steps.B.ModelArtifacts\"}}}],"
    "  \"ElseSteps\": [{\"Name\": \"F\", \"Type\": \"Fail\"}]}}]");
  guint index;

  g_assert_cmpuint (sage_graph_n_nodes (graph), ==, 6);
  g_assert_true (has_edge (graph, "A", "B", SAGE_EDGE_DATA));
  g_assert_true (has_edge (graph, "A", "C", SAGE_EDGE_DEPENDS_ON));
  g_assert_true (has_edge (graph, "C", "If", SAGE_EDGE_DATA));
  g_assert_true (has_edge (graph, "If", "R", SAGE_EDGE_TRUE));
  g_assert_true (has_edge (graph, "If", "F", SAGE_EDGE_FALSE));
  g_assert_true (has_edge (graph, "B", "R", SAGE_EDGE_DATA));
  g_assert_false (has_edge (graph, "B", "If", SAGE_EDGE_DATA)); /* the branch's, not the condition's */
  g_assert_true (sage_graph_find (graph, "A", &index));
  g_assert_cmpstr (sage_graph_node (graph, index)->fact, ==, "ml.m5.large");
  g_assert_false (sage_graph_find (graph, "None", &index));
  assert_readable (graph);
}

/* An edge over several columns bends where it passes them, clear of the cards. */
static void
test_long_edges (void)
{
  g_autoptr(SageGraph) graph = make_graph (
    "[{\"Name\": \"A\"}, {\"Name\": \"B\", \"DependsOn\": [\"A\"]},"
    " {\"Name\": \"C\", \"DependsOn\": [\"B\"]}, {\"Name\": \"D\", \"DependsOn\": [\"C\", \"A\"]}]");

  assert_readable (graph);
  for (guint i = 0; i < sage_graph_n_edges (graph); i++)
    {
      const SageGraphEdge *edge = sage_graph_edge (graph, i);
      gboolean is_long = g_str_equal (sage_graph_node (graph, edge->from)->name, "A")
                         && g_str_equal (sage_graph_node (graph, edge->to)->name, "D");

      g_assert_cmpuint (edge->n_bends, ==, is_long ? 2 : 0);
      for (guint j = 0; j < edge->n_bends; j++)
        for (guint k = 0; k < sage_graph_n_nodes (graph); k++)
          {
            const SageGraphNode *node = sage_graph_node (graph, k);

            g_assert_false (edge->bends[2 * j] > node->x
                            && edge->bends[2 * j] < node->x + SAGE_GRAPH_NODE_WIDTH
                            && edge->bends[2 * j + 1] > node->y
                            && edge->bends[2 * j + 1] < node->y + SAGE_GRAPH_NODE_HEIGHT);
          }
    }
}

/* A file that somebody opens may hold anything. */
static void
test_hostile (void)
{
  static const char * const rows[] = {
    "[]",
    "[1, null, \"x\", {}, [[]], {\"Name\": 7}]",
    "[{\"Name\": \"A\", \"DependsOn\": [\"A\", \"B\", 3, null]}, {\"Name\": \"B\", \"DependsOn\": [\"A\"]}]",
    "[{\"Name\": \"A\"}, {\"Name\": \"A\", \"Type\": 3, \"Arguments\": [], \"DependsOn\": {}}]",
    "[{\"Name\": \"A\", \"Arguments\": {\"Get\": \"Steps.\"}, \"Type\": \"Condition\"}]",
    "[{\"Name\": \"A\", \"Type\": \"Condition\", \"Arguments\": {\"IfSteps\": {}, \"ElseSteps\": 3}}]",
    "[{\"Name\": \"<b>&\", \"DisplayName\": \"\\u202e\"}]",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr(SageGraph) graph = make_graph (rows[i]);

      g_test_message ("%s", rows[i]);
      g_assert_cmpuint (sage_graph_n_nodes (graph), <=, 2);
    }
}

/* A pipeline at the engine's limits: many steps side by side and one after the other. */
static void
test_large (void)
{
  g_autoptr(GString) steps = g_string_new ("[{\"Name\": \"S0\"}");
  g_autoptr(SageGraph) graph = NULL;

  for (int i = 1; i < 400; i++)
    g_string_append_printf (steps, ", {\"Name\": \"S%d\", \"DependsOn\": [\"S%d\", \"S%d\"]}", i,
                            MAX (i - 7, 0), i / 2);
  g_string_append_c (steps, ']');
  graph = make_graph (steps->str);
  g_assert_cmpuint (sage_graph_n_nodes (graph), ==, 400);
  assert_readable (graph);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/studio/graph/edges", test_edges);
  g_test_add_func ("/studio/graph/long-edges", test_long_edges);
  g_test_add_func ("/studio/graph/hostile", test_hostile);
  g_test_add_func ("/studio/graph/large", test_large);

  return g_test_run ();
}
