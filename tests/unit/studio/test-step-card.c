/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <math.h>

#include "../kit/kit-fixture.h"
#include "sage-graph-edges.h"
#include "sage-graph-view.h"
#include "sage-step-card.h"

/*
 * What can be read of a step at a zoom, measured as it is drawn.
 */

#define NAME "TrainChurn"
#define FACT "Training"

typedef struct
{
  GtkWidget     *window;
  SageGraphView *view;
  GtkWidget     *card;
  GtkWidget     *name;
  GtkWidget     *fact;
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  g_autoptr(JsonObject) definition
    = kit_json ("{\"Version\": \"2020-12-01\", \"Steps\": [{\"Name\": \"" NAME
                "\", \"Type\": \"Training\", \"Arguments\": {}}]}");

  fixture->view = SAGE_GRAPH_VIEW (sage_graph_view_new ());
  sage_graph_view_take_graph (fixture->view, sage_graph_new (definition));
  fixture->window = kit_window_new (GTK_WIDGET (fixture->view), 500, 300);
  fixture->card = GTK_WIDGET (sage_graph_view_get_card (fixture->view, 0));
  fixture->name = kit_find_text (fixture->card, NAME);
  fixture->fact = kit_find_text (fixture->card, FACT);
  g_assert_nonnull (fixture->name);
  g_assert_nonnull (fixture->fact);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  kit_window_destroy (fixture->window);
}

static void
zoom_to (Fixture *fixture,
         double   zoom)
{
  sage_graph_view_set_zoom (fixture->view, zoom);
  kit_settle ();
}

/* The height of a line of text, in pixels of the screen. */
static double
height_on_screen (Fixture   *fixture,
                  GtkWidget *label)
{
  int height;

  pango_layout_get_pixel_size (gtk_label_get_layout (GTK_LABEL (label)), NULL, &height);

  return height * sage_graph_view_get_zoom (fixture->view);
}

static void
assert_inside (Fixture   *fixture,
               GtkWidget *label)
{
  graphene_rect_t bounds;

  g_assert_true (gtk_widget_compute_bounds (label, fixture->card, &bounds));
  g_assert_cmpfloat (bounds.origin.y, >=, 0);
  g_assert_cmpfloat (bounds.origin.y + bounds.size.height, <=, SAGE_GRAPH_NODE_HEIGHT);
  g_assert_cmpfloat (bounds.origin.x, >=, 0);
  g_assert_cmpfloat (bounds.origin.x + bounds.size.width, <=, SAGE_GRAPH_NODE_WIDTH);
}

/* Names stay legible down to a quarter of the size, and in the card. */
static void
test_legible (Fixture       *fixture,
              gconstpointer  data)
{
  double usual;

  zoom_to (fixture, 1);
  usual = height_on_screen (fixture, fixture->name);
  for (double zoom = 2; zoom >= 0.2; zoom -= 0.05)
    {
      zoom_to (fixture, zoom);
      g_test_message ("%.2f: %.1f px of %.1f", zoom, height_on_screen (fixture, fixture->name), usual);
      g_assert_true (gtk_widget_get_mapped (fixture->name));
      assert_inside (fixture, fixture->name);
      if (zoom >= 0.25)
        g_assert_cmpfloat (height_on_screen (fixture, fixture->name), >, usual * 0.65);
      if (gtk_widget_get_mapped (fixture->fact))
        assert_inside (fixture, fixture->fact);
    }
}

static void
test_less (Fixture       *fixture,
           gconstpointer  data)
{
  zoom_to (fixture, 0.55);
  g_assert_true (gtk_widget_get_mapped (fixture->name));
  g_assert_true (gtk_widget_get_mapped (fixture->fact));
  zoom_to (fixture, 0.49);
  g_assert_true (gtk_widget_get_mapped (fixture->name));
  g_assert_false (gtk_widget_get_mapped (fixture->fact));
  zoom_to (fixture, 0.19);
  g_assert_false (gtk_widget_get_mapped (fixture->name));
  zoom_to (fixture, 1);
  g_assert_true (gtk_widget_get_mapped (fixture->name));
  g_assert_true (gtk_widget_get_mapped (fixture->fact));
}

/* With letters of twice the size nothing is cut off either. */
static void
test_large_text (Fixture       *fixture,
                 gconstpointer  data)
{
  GtkSettings *settings = gtk_settings_get_default ();
  int dpi;

  g_object_get (settings, "gtk-xft-dpi", &dpi, NULL);
  g_object_set (settings, "gtk-xft-dpi", (dpi > 0 ? dpi : 96 * 1024) * 2, NULL);
  for (double zoom = 1; zoom >= 0.2; zoom -= 0.1)
    {
      zoom_to (fixture, zoom);
      assert_inside (fixture, fixture->name);
      if (gtk_widget_get_mapped (fixture->fact))
        assert_inside (fixture, fixture->fact);
    }
  g_object_set (settings, "gtk-xft-dpi", dpi, NULL);
}

/* What is drawn, apart: lines, and the places of words. */
typedef struct
{
  GPtrArray *lines; /* (owned): of GskPath */
  GArray    *words; /* (owned): of graphene_rect_t */
} Drawn;

static void
take_apart (GskRenderNode *node,
            GskTransform  *transform,
            Drawn         *drawn)
{
  graphene_rect_t bounds;

  switch ((int) gsk_render_node_get_node_type (node))
    {
    case GSK_CONTAINER_NODE:
      for (guint i = 0; i < gsk_container_node_get_n_children (node); i++)
        take_apart (gsk_container_node_get_child (node, i), transform, drawn);
      break;
    case GSK_TRANSFORM_NODE:
      transform = gsk_transform_transform (gsk_transform_ref (transform),
                                           gsk_transform_node_get_transform (node));
      take_apart (gsk_transform_node_get_child (node), transform, drawn);
      gsk_transform_unref (transform);
      break;
    case GSK_TEXT_NODE:
      gsk_render_node_get_bounds (node, &bounds);
      gsk_transform_transform_bounds (transform, &bounds, &bounds);
      g_array_append_val (drawn->words, bounds);
      break;
    case GSK_STROKE_NODE:
      g_ptr_array_add (drawn->lines, gsk_path_ref (gsk_stroke_node_get_path (node)));
      break;
    default:
      break;
    }
}

static Drawn
draw (Fixture   *fixture,
      SageGraph *graph,
      double     zoom)
{
  Drawn drawn = { g_ptr_array_new_with_free_func ((GDestroyNotify) gsk_path_unref),
                  g_array_new (FALSE, FALSE, sizeof (graphene_rect_t)) };
  g_autoptr(GskRenderNode) node
    = sage_graph_edges_draw (GTK_WIDGET (fixture->view), graph, -1, zoom);

  take_apart (node, NULL, &drawn);

  return drawn;
}

static void
drawn_clear (Drawn *drawn)
{
  g_ptr_array_unref (drawn->lines);
  g_array_unref (drawn->words);
}

/* The words of a condition's branches stand free, each once, and only where there is room. */
static void
test_branches (Fixture       *fixture,
               gconstpointer  data)
{
  g_autoptr(JsonObject) definition = kit_json (
    "{\"Version\": \"2020-12-01\", \"Steps\": ["
    " {\"Name\": \"A\", \"Type\": \"Training\", \"Arguments\": {}},"
    " {\"Name\": \"If\", \"Type\": \"Condition\", \"DependsOn\": [\"A\"], \"Arguments\": {"
    "  \"IfSteps\": [{\"Name\": \"R\", \"Type\": \"RegisterModel\", \"Arguments\":"
    "   {\"Y\": {\"Get\": \"Steps.A.ModelArtifacts\"}}}, {\"Name\": \"S\", \"Type\": \"Model\"}],"
    "  \"ElseSteps\": [{\"Name\": \"F\", \"Type\": \"Fail\"}]}}]}");
  SageGraph *graph = sage_graph_new (definition);

  for (double zoom = 1; zoom >= 0.5; zoom -= 0.1)
    {
      Drawn drawn = draw (fixture, graph, zoom);

      g_assert_cmpuint (drawn.words->len, ==, 2);
      g_assert_cmpuint (drawn.lines->len, ==, sage_graph_n_edges (graph));
      for (guint i = 0; i < drawn.words->len; i++)
        {
          const graphene_rect_t *word = &g_array_index (drawn.words, graphene_rect_t, i);
          graphene_point_t middle;

          graphene_rect_get_center (word, &middle);
          for (guint j = 0; j < drawn.lines->len; j++)
            g_assert_false (gsk_path_get_closest_point (drawn.lines->pdata[j], &middle,
                                                        word->size.height / 2, NULL, NULL));
        }
      drawn_clear (&drawn);
    }

  for (double zoom = 0.4; zoom >= 0.1; zoom -= 0.1)
    {
      Drawn drawn = draw (fixture, graph, zoom);

      g_assert_cmpuint (drawn.words->len, ==, 0);
      drawn_clear (&drawn);
    }
  sage_graph_free (graph);
}

int
main (int    argc,
      char **argv)
{
  kit_isolate ();
  kit_init (&argc, &argv);

  g_test_add ("/studio/step-card/legible", Fixture, NULL, set_up, test_legible, tear_down);
  g_test_add ("/studio/step-card/less", Fixture, NULL, set_up, test_less, tear_down);
  g_test_add ("/studio/step-card/large-text", Fixture, NULL, set_up, test_large_text, tear_down);

  g_test_add ("/studio/step-card/branches", Fixture, NULL, set_up, test_branches, tear_down);

  return kit_run_isolated ();
}
