/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-line-layer"

#include "config.h"

#include <math.h>

#include "sage-chart-palette.h"
#include "sage-chart-raster.h"
#include "sage-chart-smoothing.h"
#include "sage-line-layer.h"

#define LINE_WIDTH 2.0
#define LINE_WIDTH_AMONG_MANY 1.5
#define MANY_LINES 8
#define EXTRA_WIDTH 1.0        /* of what shall stand out, and of all in high contrast */
#define GHOST_ALPHA 0.28f      /* of a line behind its average */
#define BACKGROUND_ALPHA 0.22f /* of lines beside the one that stands out */
#define DOT_SPACING 24.0       /* pixels between points, from which each gets a dot */

/* How far strokes may go, in widths of the chart: one noisy line, and all lines together. Longer
 * ones take longer than a frame has and are filled by column. */
#define TRAVEL_OF_LINE 8.0
#define TRAVEL_OF_CHART 40.0

typedef struct
{
  SageChartSeries    *series;    /* (owned) */
  SageChartSmoothing *smoothing; /* (owned) (nullable) */
} Line;

struct _SageLineLayer
{
  SageChartLayer   parent_instance;

  GListModel      *series;    /* (owned) */
  GPtrArray       *lines;     /* (owned): of Line, in the order of @series */
  SageChartSeries *highlight; /* (owned) (nullable): the one that stands out */
  double           smoothing;
};

/* A pass over the lines, with what they share. */
typedef struct
{
  GtkSnapshot         *snapshot;
  const SageChartPlot *plot;
  SageChartRaster     *raster; /* (owned) (nullable): once a line is dense */
  double               width;
  double               travel; /* of the strokes so far */
} Drawing;

G_DEFINE_FINAL_TYPE (SageLineLayer, sage_line_layer, SAGE_TYPE_CHART_LAYER)

static void
line_free (Line *line)
{
  g_clear_object (&line->series);
  g_clear_pointer (&line->smoothing, sage_chart_smoothing_free);
  g_free (line);
}

/* Draws a dot at each point that no line leads to or from, and with @all at every other too. */
static void
draw_dots (Drawing       *drawing,
           const GArray  *vertices,
           double         width,
           const GdkRGBA *colour,
           gboolean       all)
{
  g_autoptr(GskPathBuilder) builder = gsk_path_builder_new ();
  g_autoptr(GskPath) path = NULL;

  for (guint i = 0; i < vertices->len; i++)
    {
      const SageChartVertex *vertex = &g_array_index (vertices, SageChartVertex, i);
      gboolean alone = vertex->begins && (i + 1 == vertices->len || vertex[1].begins);

      if (alone || all)
        gsk_path_builder_add_circle (builder, &GRAPHENE_POINT_INIT (vertex->x, vertex->y),
                                     width * (alone ? 1.75 : 1.4));
    }

  path = gsk_path_builder_to_path (builder);
  if (!gsk_path_is_empty (path))
    gtk_snapshot_append_fill (drawing->snapshot, path, GSK_FILL_RULE_WINDING, colour);
}

static void
draw_stroke (Drawing       *drawing,
             const GArray  *vertices,
             guint          index,
             double         width,
             const GdkRGBA *colour)
{
  g_autoptr(GskPathBuilder) builder = gsk_path_builder_new ();
  g_autoptr(GskPath) path = NULL;
  GskStroke *stroke;

  for (guint i = 0; i < vertices->len; i++)
    {
      const SageChartVertex *vertex = &g_array_index (vertices, SageChartVertex, i);

      if (vertex->begins)
        gsk_path_builder_move_to (builder, vertex->x, vertex->y);
      else
        gsk_path_builder_line_to (builder, vertex->x, vertex->y);
    }

  path = gsk_path_builder_to_path (builder);
  stroke = sage_chart_palette_new_stroke (index, (float) width);
  gtk_snapshot_append_stroke (drawing->snapshot, path, stroke, colour);
  gsk_stroke_free (stroke);
}

static void
draw_columns (Drawing       *drawing,
              const GArray  *vertices,
              double         width,
              const GdkRGBA *colour)
{
  const SageChartPlot *plot = drawing->plot;
  double scale = plot->frame.n_columns / plot->frame.width;

  if (drawing->raster == NULL)
    drawing->raster = sage_chart_raster_new (plot->frame.n_columns,
                                             MAX (1, lrint (plot->frame.height * scale)));
  sage_chart_raster_add (drawing->raster, vertices, scale, width, colour);
}

static void
draw_line (Drawing       *drawing,
           SageChartData *data,
           guint          index,
           double         width,
           const GdkRGBA *colour,
           gboolean       dots)
{
  const SageChartFrame *frame = &drawing->plot->frame;
  gboolean dense;
  g_autoptr(GArray) vertices = sage_chart_decimate (data, frame, &dense);
  double travel = sage_chart_vertex_travel (vertices);

  if ((dense && travel > TRAVEL_OF_LINE * frame->width) ||
      drawing->travel + travel > TRAVEL_OF_CHART * frame->width)
    {
      draw_columns (drawing, vertices, width, colour);
      return;
    }

  drawing->travel += travel;
  if (travel > 0)
    draw_stroke (drawing, vertices, index, width, colour);
  if (!dense)
    draw_dots (drawing, vertices, width, colour,
               dots && vertices->len * DOT_SPACING <= frame->width);
}

static void
sage_line_layer_draw (SageLineLayer *self,
                      Drawing       *drawing,
                      Line          *line)
{
  SageChartData *data = sage_chart_series_get_data (line->series);
  guint index = sage_chart_series_get_colour (line->series);
  double width = drawing->width;
  GdkRGBA colour, ghost;

  sage_chart_palette_get_colour (index, drawing->plot->style.dark, &colour);
  if (self->highlight == line->series)
    width += EXTRA_WIDTH;
  else if (self->highlight != NULL)
    colour.alpha = BACKGROUND_ALPHA;

  if (self->smoothing > 0)
    {
      ghost = colour;
      ghost.alpha *= GHOST_ALPHA;
      draw_line (drawing, data, index, width - 0.5, &ghost, FALSE);
      if (line->smoothing == NULL)
        line->smoothing = sage_chart_smoothing_new ();
      data = sage_chart_smoothing_apply (line->smoothing, data, self->smoothing);
    }
  draw_line (drawing, data, index, width, &colour, self->smoothing == 0);
}

static guint
sage_line_layer_count_visible (SageLineLayer *self)
{
  guint n_visible = 0;

  for (guint i = 0; i < self->lines->len; i++)
    n_visible += sage_chart_series_get_visible (((Line *) self->lines->pdata[i])->series);

  return n_visible;
}

/* Draws all lines, the one that stands out last. */
static void
sage_line_layer_draw_all (SageLineLayer *self,
                          Drawing       *drawing)
{
  Line *top = NULL;

  for (guint i = 0; i < self->lines->len; i++)
    {
      Line *line = self->lines->pdata[i];

      if (!sage_chart_series_get_visible (line->series))
        continue;
      if (line->series == self->highlight)
        top = line;
      else
        sage_line_layer_draw (self, drawing, line);
    }

  if (top != NULL)
    sage_line_layer_draw (self, drawing, top);
}

static void
sage_line_layer_snapshot (SageChartLayer      *layer,
                          GtkSnapshot         *snapshot,
                          const SageChartPlot *plot)
{
  SageLineLayer *self = SAGE_LINE_LAYER (layer);
  Drawing drawing = { .snapshot = gtk_snapshot_new (), .plot = plot };
  g_autoptr(GskRenderNode) strokes = NULL;

  drawing.width = sage_line_layer_count_visible (self) > MANY_LINES ? LINE_WIDTH_AMONG_MANY
                                                                    : LINE_WIDTH;
  if (plot->style.high_contrast)
    drawing.width += EXTRA_WIDTH;
  sage_line_layer_draw_all (self, &drawing);
  strokes = gtk_snapshot_free_to_node (drawing.snapshot);

  gtk_snapshot_push_clip (snapshot, &GRAPHENE_RECT_INIT (plot->area.origin.x - LINE_WIDTH * 2,
                                                         plot->area.origin.y - LINE_WIDTH * 2,
                                                         plot->area.size.width + LINE_WIDTH * 4,
                                                         plot->area.size.height + LINE_WIDTH * 2));
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &plot->area.origin);
  if (plot->style.rtl)
    {
      gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (plot->frame.width, 0));
      gtk_snapshot_scale (snapshot, -1, 1);
    }
  if (drawing.raster != NULL)
    {
      g_autoptr(GdkTexture) texture = sage_chart_raster_new_texture (drawing.raster);

      gtk_snapshot_append_texture (snapshot, texture,
                                   &GRAPHENE_RECT_INIT (0, 0, plot->frame.width, plot->frame.height));
      sage_chart_raster_free (drawing.raster);
    }
  if (strokes != NULL)
    gtk_snapshot_append_node (snapshot, strokes);
  gtk_snapshot_restore (snapshot);
  gtk_snapshot_pop (snapshot);
}

static void
sage_line_layer_measure (SageChartLayer *layer,
                         double          from,
                         double          to,
                         SageChartNeeds *needs)
{
  SageLineLayer *self = SAGE_LINE_LAYER (layer);

  for (guint i = 0; i < self->lines->len; i++)
    {
      Line *line = self->lines->pdata[i];
      SageChartData *data = sage_chart_series_get_data (line->series);
      gsize n_points = sage_chart_data_get_n_points (data);
      SageChartExtent extent;
      gsize first, last;

      if (!sage_chart_series_get_visible (line->series) || n_points == 0)
        continue;

      /* With the neighbours on both sides, to which lines run. */
      first = sage_chart_data_find (data, from, 0);
      last = MIN (sage_chart_data_find (data, nextafter (to, INFINITY), first) + 1, n_points);
      first -= first > 0;
      sage_chart_data_get_extent (data, first, last, &extent);
      sage_chart_extent_union (&needs->y, &extent);
      sage_chart_extent_add (&needs->x, sage_chart_data_get_x (data)[0]);
      sage_chart_extent_add (&needs->x, sage_chart_data_get_x (data)[n_points - 1]);
      needs->whole_x = needs->whole_x && sage_chart_data_get_whole_x (data);
    }
}

static void
sage_line_layer_items_changed_cb (GListModel    *model,
                                  guint          position,
                                  guint          n_removed,
                                  guint          n_added,
                                  SageLineLayer *self)
{
  for (guint i = position; i < position + n_removed; i++)
    {
      Line *line = self->lines->pdata[i];

      g_signal_handlers_disconnect_by_data (line->series, self);
      if (self->highlight == line->series)
        g_clear_object (&self->highlight);
    }
  g_ptr_array_remove_range (self->lines, position, n_removed);

  for (guint i = position; i < position + n_added; i++)
    {
      Line *line = g_new0 (Line, 1);

      line->series = g_list_model_get_item (model, i);
      g_signal_connect_swapped (line->series, "changed", G_CALLBACK (sage_chart_layer_changed), self);
      g_signal_connect_swapped (line->series, "notify::visible",
                                G_CALLBACK (sage_chart_layer_changed), self);
      g_signal_connect_swapped (line->series, "notify::colour",
                                G_CALLBACK (sage_chart_layer_changed), self);
      g_ptr_array_insert (self->lines, i, line);
    }

  sage_chart_layer_changed (SAGE_CHART_LAYER (self));
}

static void
sage_line_layer_dispose (GObject *object)
{
  SageLineLayer *self = SAGE_LINE_LAYER (object);

  for (guint i = 0; i < self->lines->len; i++)
    g_signal_handlers_disconnect_by_data (((Line *) self->lines->pdata[i])->series, self);
  g_ptr_array_set_size (self->lines, 0);
  g_clear_object (&self->highlight);
  if (self->series != NULL)
    g_signal_handlers_disconnect_by_data (self->series, self);
  g_clear_object (&self->series);

  G_OBJECT_CLASS (sage_line_layer_parent_class)->dispose (object);
}

static void
sage_line_layer_finalize (GObject *object)
{
  g_ptr_array_unref (SAGE_LINE_LAYER (object)->lines);

  G_OBJECT_CLASS (sage_line_layer_parent_class)->finalize (object);
}

static void
sage_line_layer_class_init (SageLineLayerClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sage_line_layer_dispose;
  G_OBJECT_CLASS (klass)->finalize = sage_line_layer_finalize;
  SAGE_CHART_LAYER_CLASS (klass)->snapshot = sage_line_layer_snapshot;
  SAGE_CHART_LAYER_CLASS (klass)->measure = sage_line_layer_measure;
}

static void
sage_line_layer_init (SageLineLayer *self)
{
  self->lines = g_ptr_array_new_with_free_func ((GDestroyNotify) line_free);
}

/**
 * sage_line_layer_new:
 * @series: of #SageChartSeries; the layer follows it
 *
 * Returns: (transfer full): a line for each visible one of @series
 */
SageChartLayer *
sage_line_layer_new (GListModel *series)
{
  SageLineLayer *self;

  g_return_val_if_fail (G_IS_LIST_MODEL (series), NULL);

  self = g_object_new (SAGE_TYPE_LINE_LAYER, NULL);
  self->series = g_object_ref (series);
  g_signal_connect (series, "items-changed", G_CALLBACK (sage_line_layer_items_changed_cb), self);
  sage_line_layer_items_changed_cb (series, 0, 0, g_list_model_get_n_items (series), self);

  return SAGE_CHART_LAYER (self);
}

/**
 * sage_line_layer_set_smoothing:
 * @smoothing: how much of the past each value keeps, 0 to less than 1; 0 shows values as they are
 */
void
sage_line_layer_set_smoothing (SageLineLayer *self,
                               double         smoothing)
{
  g_return_if_fail (SAGE_IS_LINE_LAYER (self));
  g_return_if_fail (smoothing >= 0 && smoothing < 1);

  if (self->smoothing != smoothing)
    {
      self->smoothing = smoothing;
      sage_chart_layer_changed (SAGE_CHART_LAYER (self));
    }
}

/**
 * sage_line_layer_set_highlight:
 * @series: (nullable): the line that shall stand out while others fade, if any
 */
void
sage_line_layer_set_highlight (SageLineLayer   *self,
                               SageChartSeries *series)
{
  g_return_if_fail (SAGE_IS_LINE_LAYER (self));

  if (g_set_object (&self->highlight, series))
    sage_chart_layer_changed (SAGE_CHART_LAYER (self));
}
