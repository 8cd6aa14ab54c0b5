/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-graph-edges"

#include "config.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "sage-graph-edges.h"

#define LINE_WIDTH 1.5f
#define ARROW 5.0f
#define LABEL_GAP 6.0f

/* Branches of a condition begin that far from the middle of its card, so that each has its own word. */
#define BRANCH_OFFSET 14.0f

/* Words are not let become smaller on the screen than that share of their usual size, and are not shown
 * where cards show their names only. */
#define MIN_TEXT 0.7
#define WORD_ZOOM 0.5

/* What the edges of one drawing share. */
typedef struct
{
  GtkWidget       *widget;
  const SageGraph *graph;
  GtkSnapshot     *snapshot;
  gboolean         mirrored;
  PangoLayout     *words[2]; /* (owned) (nullable): of the branches; NULL where there is no room */
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

static gboolean
is_branch (const SageGraphEdge *edge)
{
  return edge->kind == SAGE_EDGE_TRUE || edge->kind == SAGE_EDGE_FALSE;
}

/* What stands where a branch begins. */
static PangoLayout *
word_of (const Drawing       *drawing,
         const SageGraphEdge *edge)
{
  return is_branch (edge) ? drawing->words[edge->kind == SAGE_EDGE_FALSE] : NULL;
}

static float
start_y (const Drawing       *drawing,
         const SageGraphEdge *edge)
{
  float y = (float) sage_graph_node (drawing->graph, edge->from)->y + SAGE_GRAPH_NODE_HEIGHT / 2.0f;

  if (is_branch (edge))
    y += edge->kind == SAGE_EDGE_TRUE ? -BRANCH_OFFSET : BRANCH_OFFSET;

  return y;
}

static GskPath *
make_path (const Drawing       *drawing,
           const SageGraphEdge *edge)
{
  const SageGraphNode *from = sage_graph_node (drawing->graph, edge->from);
  const SageGraphNode *to = sage_graph_node (drawing->graph, edge->to);
  GskPathBuilder *builder = gsk_path_builder_new ();
  PangoLayout *word = word_of (drawing, edge);
  float x = mirror (drawing, from->x + SAGE_GRAPH_NODE_WIDTH);
  float y = start_y (drawing, edge);
  float end_x = mirror (drawing, to->x);
  float end_y = (float) to->y + SAGE_GRAPH_NODE_HEIGHT / 2.0f;

  if (word != NULL)
    {
      int width;

      pango_layout_get_pixel_size (word, &width, NULL);
      x += (drawing->mirrored ? -1 : 1) * ((float) width + 2 * LABEL_GAP);
    }
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

/* "True" or "False" where a branch of a condition begins; the line goes on behind it. */
static void
draw_word (const Drawing       *drawing,
           const SageGraphEdge *edge)
{
  const SageGraphNode *from = sage_graph_node (drawing->graph, edge->from);
  PangoLayout *word = word_of (drawing, edge);
  int width;
  int height;
  float x;

  if (word == NULL)
    return;
  for (guint i = 0; sage_graph_edge (drawing->graph, i) != edge; i++)
    if (sage_graph_edge (drawing->graph, i)->from == edge->from
        && sage_graph_edge (drawing->graph, i)->kind == edge->kind)
      return; /* it stands there already */

  pango_layout_get_pixel_size (word, &width, &height);
  x = mirror (drawing, from->x + SAGE_GRAPH_NODE_WIDTH + LABEL_GAP)
      - (drawing->mirrored ? (float) width : 0);
  gtk_snapshot_save (drawing->snapshot);
  gtk_snapshot_translate (drawing->snapshot,
                          &GRAPHENE_POINT_INIT (x, start_y (drawing, edge) - (float) height / 2));
  gtk_snapshot_append_layout (drawing->snapshot, word, &drawing->text);
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
  draw_word (drawing, edge);
}

static PangoLayout *
make_word (GtkWidget  *widget,
           const char *text,
           double      zoom)
{
  PangoLayout *layout = gtk_widget_create_pango_layout (widget, text);
  g_autoptr(PangoAttrList) attributes = pango_attr_list_new ();

  pango_attr_list_insert (attributes, pango_attr_scale_new (MAX (1, MIN_TEXT / zoom)));
  pango_layout_set_attributes (layout, attributes);

  return layout;
}

/**
 * sage_graph_edges_draw:
 * @widget: the canvas, for its colours, font and direction
 * @graph: what to draw the edges of
 * @selected: index of a node whose edges stand out, or -1
 * @zoom: what they will be drawn at, for the size of words
 *
 * Returns: (transfer full) (nullable): all edges, at 100 %
 */
GskRenderNode *
sage_graph_edges_draw (GtkWidget       *widget,
                       const SageGraph *graph,
                       int              selected,
                       double           zoom)
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
  if (zoom >= WORD_ZOOM)
    {
      /* Translators: a condition's branch */
      drawing.words[0] = make_word (widget, C_("condition", "True"), zoom);
      drawing.words[1] = make_word (widget, C_("condition", "False"), zoom);
    }

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
  g_clear_object (&drawing.words[0]);
  g_clear_object (&drawing.words[1]);

  return gtk_snapshot_to_node (snapshot);
}
