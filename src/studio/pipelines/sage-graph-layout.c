/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-graph-layout"

#include "config.h"

#include <math.h>

#include "sage-graph-private.h"

/*
 * The layered drawing of Sugiyama, Tagawa and Toda ("Methods for Visual Understanding of
 * Hierarchical System Structures", 1981), from left to right: layers by the longest path, a point
 * in each layer that an edge passes, the order in a layer by barycentres, rows by medians.
 */

#define COLUMN_GAP 84.0 /* room for the word of a branch and a curve */
#define ROW_GAP 24.0
#define BEND_HEIGHT 16.0 /* what an edge that passes takes of a column */
#define SWEEPS 12
#define MAX_POINTS 100000

/* A node, or the place where an edge passes a layer. */
typedef struct
{
  guint  layer;
  gint64 node;  /* its index, -1 for a passing edge */
  double y;     /* of its middle */
  double order; /* what the layer is sorted by */
} Point;

typedef struct
{
  guint from; /* indices of points of neighbouring layers */
  guint to;
} Link;

typedef struct
{
  SageGraph *graph;
  guint     *layers; /* by node */
  guint      n_layers;
  GArray    *points; /* of Point; the nodes come first */
  GArray    *links;  /* of Link */
  GPtrArray *columns; /* of GArray of guint: the points of each layer, in order */
} Layout;

static Point *
point_at (Layout *layout,
          guint   index)
{
  return &g_array_index (layout->points, Point, index);
}

/* --- Layers ----------------------------------------------------------------------------------- */

/* The longest path to each node. A cycle, which no engine accepts, ends the relaxation by count. */
static void
assign_layers (Layout *layout)
{
  SageGraph *graph = layout->graph;
  guint n = graph->nodes->len;
  gboolean changed = TRUE;

  for (guint round = 0; changed && round < n; round++)
    {
      changed = FALSE;
      for (guint i = 0; i < graph->edges->len; i++)
        {
          SageGraphEdge *edge = &g_array_index (graph->edges, SageGraphEdge, i);

          if (layout->layers[edge->to] <= layout->layers[edge->from]
              && layout->layers[edge->from] + 1 < n)
            {
              layout->layers[edge->to] = layout->layers[edge->from] + 1;
              changed = TRUE;
            }
        }
    }

  for (guint i = 0; i < n; i++)
    layout->n_layers = MAX (layout->n_layers, layout->layers[i] + 1);
}

/* --- Points and links ------------------------------------------------------------------------- */

static guint
add_point (Layout *layout,
           guint   layer,
           gint64  node)
{
  Point point = { .layer = layer, .node = node };

  g_array_append_val (layout->points, point);

  return layout->points->len - 1;
}

static void
add_link (Layout *layout,
          guint   from,
          guint   to)
{
  Link link = { from, to };

  g_array_append_val (layout->links, link);
}

/* A chain of points through the layers that the edge passes; its bends are theirs, later. */
static void
add_chain (Layout        *layout,
           SageGraphEdge *edge)
{
  guint from = layout->layers[edge->from];
  guint to = layout->layers[edge->to];
  guint last = edge->from;

  if (to <= from + 1 || layout->points->len + (to - from) > MAX_POINTS)
    {
      if (to == from + 1)
        add_link (layout, edge->from, edge->to);
      return;
    }

  edge->n_bends = to - from - 1;
  edge->bends = g_new0 (double, 2 * edge->n_bends);
  for (guint layer = from + 1; layer < to; layer++)
    {
      guint point = add_point (layout, layer, -1);

      edge->bends[2 * (layer - from - 1)] = point; /* until it is placed */
      add_link (layout, last, point);
      last = point;
    }
  add_link (layout, last, edge->to);
}

static void
make_points (Layout *layout)
{
  for (guint i = 0; i < layout->graph->nodes->len; i++)
    add_point (layout, layout->layers[i], i);
  for (guint i = 0; i < layout->graph->edges->len; i++)
    add_chain (layout, &g_array_index (layout->graph->edges, SageGraphEdge, i));

  for (guint i = 0; i < layout->n_layers; i++)
    g_ptr_array_add (layout->columns, g_array_new (FALSE, FALSE, sizeof (guint)));
  for (guint i = 0; i < layout->points->len; i++)
    {
      GArray *column = layout->columns->pdata[point_at (layout, i)->layer];

      point_at (layout, i)->order = column->len;
      g_array_append_val (column, i);
    }
}

/* --- Order ------------------------------------------------------------------------------------ */

static int
compare_order (gconstpointer a,
               gconstpointer b,
               gpointer      user_data)
{
  Layout *layout = user_data;
  guint left = *(const guint *) a;
  guint right = *(const guint *) b;
  double difference = point_at (layout, left)->order - point_at (layout, right)->order;

  if (difference != 0)
    return difference < 0 ? -1 : 1;

  return left < right ? -1 : 1; /* the same picture every time */
}

/* The neighbours of all points on one side, as (offsets, list), so that sweeps walk only them. */
typedef struct
{
  guint *offsets; /* n_points + 1 */
  guint *others;
} Neighbours;

static void
neighbours_clear (Neighbours *neighbours)
{
  g_free (neighbours->offsets);
  g_free (neighbours->others);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Neighbours, neighbours_clear)

static void
find_neighbours (Layout     *layout,
                 gboolean    before,
                 Neighbours *neighbours)
{
  guint n = layout->points->len;
  g_autofree guint *filled = g_new0 (guint, n + 1);

  neighbours->offsets = g_new0 (guint, n + 1);
  neighbours->others = g_new0 (guint, MAX (layout->links->len, 1));
  for (guint i = 0; i < layout->links->len; i++)
    {
      Link *link = &g_array_index (layout->links, Link, i);

      neighbours->offsets[(before ? link->to : link->from) + 1]++;
    }
  for (guint i = 0; i < n; i++)
    neighbours->offsets[i + 1] += neighbours->offsets[i];
  for (guint i = 0; i < layout->links->len; i++)
    {
      Link *link = &g_array_index (layout->links, Link, i);
      guint at = before ? link->to : link->from;

      neighbours->others[neighbours->offsets[at] + filled[at]++] = before ? link->from : link->to;
    }
}

static void
order_column (Layout           *layout,
              GArray           *column,
              const Neighbours *neighbours)
{
  for (guint i = 0; i < column->len; i++)
    {
      guint index = g_array_index (column, guint, i);
      guint begin = neighbours->offsets[index];
      guint end = neighbours->offsets[index + 1];
      double sum = 0;

      for (guint j = begin; j < end; j++)
        sum += point_at (layout, neighbours->others[j])->order;
      if (end > begin)
        point_at (layout, index)->order = sum / (end - begin);
    }

  g_array_sort_with_data (column, compare_order, layout);
  for (guint i = 0; i < column->len; i++)
    point_at (layout, g_array_index (column, guint, i))->order = i;
}

static void
order_columns (Layout           *layout,
               const Neighbours *before,
               const Neighbours *after)
{
  for (guint i = 0; i < SWEEPS; i++)
    for (guint step = 1; step < layout->n_layers; step++)
      {
        gboolean forward = i % 2 == 0;
        guint layer = forward ? step : layout->n_layers - 1 - step;

        order_column (layout, layout->columns->pdata[layer], forward ? before : after);
      }
}

/* --- Rows ------------------------------------------------------------------------------------- */

static double
height_of (const Point *point)
{
  return point->node >= 0 ? SAGE_GRAPH_NODE_HEIGHT : BEND_HEIGHT;
}

static double
distance (const Point *above,
          const Point *below)
{
  return (height_of (above) + height_of (below)) / 2 + ROW_GAP;
}

/* The mean of the neighbours' rows; where it is now without any. */
static double
wanted_row (Layout           *layout,
            guint             index,
            const Neighbours *neighbours)
{
  guint begin = neighbours->offsets[index];
  guint end = neighbours->offsets[index + 1];
  double sum = 0;

  if (begin == end)
    return point_at (layout, index)->y;
  for (guint j = begin; j < end; j++)
    sum += point_at (layout, neighbours->others[j])->y;

  return sum / (end - begin);
}

/*
 * Puts a column's points as near to where they want to be as the order and the gaps permit: blocks
 * that touch move together to the mean of what they want (isotonic regression).
 */
static void
place_column (Layout           *layout,
              GArray           *column,
              const Neighbours *neighbours)
{
  g_autofree double *offsets = g_new0 (double, column->len);
  g_autofree double *means = g_new0 (double, column->len);
  g_autofree guint *sizes = g_new0 (guint, column->len);
  guint n_blocks = 0;
  guint at = 0;

  for (guint i = 0; i < column->len; i++)
    {
      guint index = g_array_index (column, guint, i);

      if (i > 0)
        offsets[i] = offsets[i - 1]
                     + distance (point_at (layout, g_array_index (column, guint, i - 1)),
                                 point_at (layout, index));
      means[n_blocks] = wanted_row (layout, index, neighbours) - offsets[i];
      sizes[n_blocks] = 1;
      n_blocks++;
      while (n_blocks > 1 && means[n_blocks - 2] >= means[n_blocks - 1])
        {
          guint total = sizes[n_blocks - 2] + sizes[n_blocks - 1];

          means[n_blocks - 2] = (means[n_blocks - 2] * sizes[n_blocks - 2]
                                 + means[n_blocks - 1] * sizes[n_blocks - 1]) / total;
          sizes[n_blocks - 2] = total;
          n_blocks--;
        }
    }

  for (guint block = 0; block < n_blocks; block++)
    for (guint i = 0; i < sizes[block]; i++, at++)
      point_at (layout, g_array_index (column, guint, at))->y = means[block] + offsets[at];
}

static void
place_rows (Layout           *layout,
            const Neighbours *before,
            const Neighbours *after)
{
  for (guint layer = 0; layer < layout->n_layers; layer++)
    {
      GArray *column = layout->columns->pdata[layer];
      double y = 0;

      for (guint i = 0; i < column->len; i++)
        {
          Point *point = point_at (layout, g_array_index (column, guint, i));

          if (i > 0)
            y += distance (point_at (layout, g_array_index (column, guint, i - 1)), point);
          point->y = y;
        }
    }

  for (guint i = 0; i < SWEEPS; i++)
    for (guint step = 0; step < layout->n_layers; step++)
      {
        gboolean forward = i % 2 == 1;
        guint layer = forward ? step : layout->n_layers - 1 - step;

        place_column (layout, layout->columns->pdata[layer], forward ? before : after);
      }
}

/* --- The result ------------------------------------------------------------------------------- */

static double
column_x (guint layer)
{
  return layer * (SAGE_GRAPH_NODE_WIDTH + COLUMN_GAP);
}

static void
write_back (Layout *layout)
{
  SageGraph *graph = layout->graph;
  double top = INFINITY;
  double bottom = -INFINITY;

  for (guint i = 0; i < layout->points->len; i++)
    {
      Point *point = point_at (layout, i);

      top = MIN (top, point->y - height_of (point) / 2);
      bottom = MAX (bottom, point->y + height_of (point) / 2);
    }

  for (guint i = 0; i < graph->nodes->len; i++)
    {
      SageGraphNode *node = &g_array_index (graph->nodes, SageGraphNode, i);

      node->x = column_x (layout->layers[i]);
      node->y = round (point_at (layout, i)->y - SAGE_GRAPH_NODE_HEIGHT / 2.0 - top);
    }
  for (guint i = 0; i < graph->edges->len; i++)
    {
      SageGraphEdge *edge = &g_array_index (graph->edges, SageGraphEdge, i);

      for (guint j = 0; j < edge->n_bends; j++)
        {
          Point *point = point_at (layout, (guint) edge->bends[2 * j]);

          edge->bends[2 * j] = column_x (point->layer) + SAGE_GRAPH_NODE_WIDTH / 2.0;
          edge->bends[2 * j + 1] = point->y - top;
        }
    }

  graph->width = column_x (layout->n_layers - 1) + SAGE_GRAPH_NODE_WIDTH;
  graph->height = bottom - top;
}

/* Gives every node its place and every edge its bends. */
void
sage_graph_layout (SageGraph *self)
{
  Layout layout = { .graph = self };
  g_auto(Neighbours) before = { 0 };
  g_auto(Neighbours) after = { 0 };

  if (self->nodes->len == 0)
    return;

  layout.layers = g_new0 (guint, self->nodes->len);
  layout.points = g_array_new (FALSE, FALSE, sizeof (Point));
  layout.links = g_array_new (FALSE, FALSE, sizeof (Link));
  layout.columns = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);

  assign_layers (&layout);
  make_points (&layout);
  find_neighbours (&layout, TRUE, &before);
  find_neighbours (&layout, FALSE, &after);
  order_columns (&layout, &before, &after);
  place_rows (&layout, &before, &after);
  write_back (&layout);

  g_free (layout.layers);
  g_array_unref (layout.points);
  g_array_unref (layout.links);
  g_ptr_array_unref (layout.columns);
}
