/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-graph-edges"

#include "config.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "sage-graph-edges.h"

#define LINE_WIDTH 1.5f
#define ARROW 5.0f
#define LABEL_GAP 6

/* What the edges of one drawing share. */
typedef struct
{
  GtkWidget       *widget;
  const SageGraph *graph;
  GtkSnapshot     *snapshot;
  gboolean         mirrored;
  GdkRGBA          line;
  GdkRGBA          accent;
  GdkRGBA          text;
} Drawing;

static float
mirror (const Drawing *drawing,
        double         x)
{
  return (float) (drawing->mirrored ? sage_graph_width (drawing->graph) - x : x);
}

/* A curve that leaves and arrives horizontally. */
static void
curve_to (GskPathBuilder *builder,
          float           x0,
          float           y0,
          float           x1,
          float           y1)
{
  float middle = (x0 + x1) / 2;

  gsk_path_builder_cubic_to (builder, middle, y0, middle, y1, x1, y1);
}

static GskPath *
make_path (const Drawing       *drawing,
           const SageGraphEdge *edge)
{
  const SageGraphNode *from = sage_graph_node (drawing->graph, edge->from);
  const SageGraphNode *to = sage_graph_node (drawing->graph, edge->to);
  GskPathBuilder *builder = gsk_path_builder_new ();
  float x = mirror (drawing, from->x + SAGE_GRAPH_NODE_WIDTH);
  float y = (float) from->y + SAGE_GRAPH_NODE_HEIGHT / 2.0f;
  float end_x = mirror (drawing, to->x);
  float end_y = (float) to->y + SAGE_GRAPH_NODE_HEIGHT / 2.0f;

  gsk_path_builder_move_to (builder, x, y);
  for (guint i = 0; i < edge->n_bends; i++)
    {
      /* Straight through the width of the column, so that no card is crossed. */
      double middle = edge->bends[2 * i];
      float bend_y = (float) edge->bends[2 * i + 1];
      float in = mirror (drawing, middle - SAGE_GRAPH_NODE_WIDTH / 2.0);
      float out = mirror (drawing, middle + SAGE_GRAPH_NODE_WIDTH / 2.0);

      curve_to (builder, x, y, in, bend_y);
      gsk_path_builder_line_to (builder, out, bend_y);
      x = out;
      y = bend_y;
    }
  curve_to (builder, x, y, end_x, end_y);

  return gsk_path_builder_free_to_path (builder);
}

static void
draw_arrow (const Drawing *drawing,
            float          x,
            float          y,
            const GdkRGBA *colour)
{
  GskPathBuilder *builder = gsk_path_builder_new ();
  g_autoptr(GskPath) path = NULL;
  float back = drawing->mirrored ? ARROW : -ARROW;

  gsk_path_builder_move_to (builder, x, y);
  gsk_path_builder_line_to (builder, x + 1.6f * back, y - ARROW);
  gsk_path_builder_line_to (builder, x + 1.6f * back, y + ARROW);
  gsk_path_builder_close (builder);
  path = gsk_path_builder_free_to_path (builder);
  gtk_snapshot_append_fill (drawing->snapshot, path, GSK_FILL_RULE_WINDING, colour);
}

/* "True" or "False" where a branch of a condition begins. */
static void
draw_label (const Drawing       *drawing,
            const SageGraphEdge *edge)
{
  const SageGraphNode *to = sage_graph_node (drawing->graph, edge->to);
  g_autoptr(PangoLayout) layout = NULL;
  int width;
  int height;
  float x;

  layout = gtk_widget_create_pango_layout (drawing->widget, edge->kind == SAGE_EDGE_TRUE
                                                              /* Translators: a condition's branch */
                                                              ? C_("condition", "True")
                                                              : C_("condition", "False"));
  pango_layout_get_pixel_size (layout, &width, &height);
  x = mirror (drawing, to->x - 2 * ARROW - LABEL_GAP) - (drawing->mirrored ? 0 : (float) width);
  gtk_snapshot_save (drawing->snapshot);
  gtk_snapshot_translate (drawing->snapshot,
                          &GRAPHENE_POINT_INIT (x, (float) to->y + SAGE_GRAPH_NODE_HEIGHT / 2.0f
                                                     - (float) height - 2));
  gtk_snapshot_append_layout (drawing->snapshot, layout, &drawing->text);
  gtk_snapshot_restore (drawing->snapshot);
}

static void
draw_edge (const Drawing       *drawing,
           const SageGraphEdge *edge,
           gboolean             highlighted)
{
  const SageGraphNode *to = sage_graph_node (drawing->graph, edge->to);
  const GdkRGBA *colour = highlighted ? &drawing->accent : &drawing->line;
  g_autoptr(GskPath) path = make_path (drawing, edge);
  GskStroke *stroke = gsk_stroke_new (highlighted ? LINE_WIDTH + 0.5f : LINE_WIDTH);

  if (edge->kind == SAGE_EDGE_DEPENDS_ON)
    {
      const float dash[] = { 4, 4 };

      gsk_stroke_set_dash (stroke, dash, G_N_ELEMENTS (dash));
    }
  gtk_snapshot_append_stroke (drawing->snapshot, path, stroke, colour);
  gsk_stroke_free (stroke);
  draw_arrow (drawing, mirror (drawing, to->x), (float) to->y + SAGE_GRAPH_NODE_HEIGHT / 2.0f,
              colour);
  if (edge->kind == SAGE_EDGE_TRUE || edge->kind == SAGE_EDGE_FALSE)
    draw_label (drawing, edge);
}

/**
 * sage_graph_edges_draw:
 * @widget: the canvas, for its colours, font and direction
 * @graph: what to draw the edges of
 * @selected: index of a node whose edges stand out, or -1
 *
 * Returns: (transfer full) (nullable): all edges, at 100 %
 */
GskRenderNode *
sage_graph_edges_draw (GtkWidget       *widget,
                       const SageGraph *graph,
                       int              selected)
{
  g_autoptr(GtkSnapshot) snapshot = gtk_snapshot_new ();
  Drawing drawing = { .widget = widget, .graph = graph, .snapshot = snapshot };
  AdwStyleManager *style = adw_style_manager_get_for_display (gtk_widget_get_display (widget));
  GdkRGBA *accent = adw_style_manager_get_accent_color_rgba (style);

  drawing.mirrored = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  gtk_widget_get_color (widget, &drawing.line);
  drawing.text = drawing.line;
  drawing.text.alpha *= adw_style_manager_get_high_contrast (style) ? 1.0f : 0.75f;
  drawing.line.alpha *= adw_style_manager_get_high_contrast (style) ? 1.0f : 0.35f;
  drawing.accent = *accent;
  gdk_rgba_free (accent);

  /* Those that stand out lie on top. */
  for (int pass = 0; pass < 2; pass++)
    for (guint i = 0; i < sage_graph_n_edges (graph); i++)
      {
        const SageGraphEdge *edge = sage_graph_edge (graph, i);
        gboolean highlighted = selected >= 0 && ((int) edge->from == selected
                                                 || (int) edge->to == selected);

        if (highlighted == (pass == 1))
          draw_edge (&drawing, edge, highlighted);
      }

  return gtk_snapshot_to_node (snapshot);
}
