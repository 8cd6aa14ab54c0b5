/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-grid-layer"

#include "config.h"

#include <math.h>

#include "sage-grid-layer.h"

/* Lines at the ticks of the y axis, the x axis, and the words of both. */
struct _SageGridLayer
{
  SageChartLayer parent_instance;
};

G_DEFINE_FINAL_TYPE (SageGridLayer, sage_grid_layer, SAGE_TYPE_CHART_LAYER)

/* How strong things are beside the text colour. */
#define GRID_ALPHA 0.09f
#define AXIS_ALPHA 0.28f
#define LABEL_ALPHA 0.72f

#define GAP 6
#define TICK_LENGTH 4

static GdkRGBA
faded (const SageChartPlot *plot,
       float                alpha)
{
  GdkRGBA colour = plot->style.foreground;

  /* High contrast wants no grey words, and lines that are seen. */
  if (plot->style.high_contrast)
    alpha = alpha >= LABEL_ALPHA ? 1 : alpha * 2.5f;
  colour.alpha *= alpha;

  return colour;
}

/* Draws a line of one device pixel, or of whole ones where pixels are larger than that. */
static void
draw_hairline (GtkSnapshot         *snapshot,
               const SageChartPlot *plot,
               float                alpha,
               double               x,
               double               y,
               double               width,
               double               height)
{
  GdkRGBA colour = faded (plot, alpha);

  gtk_snapshot_append_color (snapshot, &colour,
                             &GRAPHENE_RECT_INIT (floor (x), floor (y), width, height));
}

static void
draw_text (GtkSnapshot         *snapshot,
           const SageChartPlot *plot,
           PangoLayout         *layout,
           double               x,
           double               y)
{
  GdkRGBA colour = faded (plot, LABEL_ALPHA);

  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (round (x), round (y)));
  gtk_snapshot_append_layout (snapshot, layout, &colour);
  gtk_snapshot_restore (snapshot);
}

static void
draw_y_ticks (GtkSnapshot         *snapshot,
              const SageChartPlot *plot)
{
  const graphene_rect_t *area = &plot->area;

  for (guint i = 0; i < plot->y_ticks->len; i++)
    {
      const SageChartTick *tick = &g_array_index (plot->y_ticks, SageChartTick, i);
      g_autoptr(PangoLayout) layout = sage_chart_plot_new_text (plot, tick->label);
      double y = sage_chart_plot_get_y (plot, tick->value);
      double x = area->origin.x + area->size.width + GAP;
      int width, height;

      pango_layout_get_pixel_size (layout, &width, &height);
      if (!plot->style.rtl)
        x = area->origin.x - GAP - width;
      draw_hairline (snapshot, plot, GRID_ALPHA, area->origin.x, MIN (y, area->origin.y +
                     area->size.height - 1), area->size.width, 1);
      draw_text (snapshot, plot, layout, x, y - height / 2.0);
    }
}

static void
draw_x_ticks (GtkSnapshot         *snapshot,
              const SageChartPlot *plot)
{
  double bottom = plot->area.origin.y + plot->area.size.height;

  draw_hairline (snapshot, plot, AXIS_ALPHA, plot->area.origin.x, bottom - 1,
                 plot->area.size.width, 1);
  for (guint i = 0; i < plot->x_ticks->len; i++)
    {
      const SageChartTick *tick = &g_array_index (plot->x_ticks, SageChartTick, i);
      g_autoptr(PangoLayout) layout = sage_chart_plot_new_text (plot, tick->label);
      double x = sage_chart_plot_get_x (plot, tick->value);
      int width;

      pango_layout_get_pixel_size (layout, &width, NULL);
      draw_hairline (snapshot, plot, AXIS_ALPHA, x, bottom, 1, TICK_LENGTH);
      draw_text (snapshot, plot, layout,
                 CLAMP (x - width / 2.0, 0, MAX (plot->size.width - width, 0)), bottom + GAP);
    }
}

/* The y axis is named above itself, where its words need not be turned; the x axis below its end. */
static void
draw_names (GtkSnapshot         *snapshot,
            const SageChartPlot *plot)
{
  int room = MAX (plot->size.width, 1) * PANGO_SCALE;

  for (guint i = 0; i < 2; i++)
    {
      const char *name = i == 0 ? plot->y_label : plot->x_label;
      g_autoptr(PangoLayout) layout = NULL;
      gboolean left = (i == 0) != plot->style.rtl;
      double end = plot->area.origin.x + plot->area.size.width;
      int width;

      if (name == NULL)
        continue;
      layout = sage_chart_plot_new_text (plot, name);
      pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
      pango_layout_get_pixel_size (layout, &width, NULL);
      if (width > plot->size.width)
        {
          pango_layout_set_width (layout, room);
          width = plot->size.width;
        }
      draw_text (snapshot, plot, layout,
                 left ? (i == 0 ? 0 : plot->area.origin.x)
                      : (i == 0 ? plot->size.width : end) - width,
                 i == 0 ? 0 : plot->size.height - plot->line_height);
    }
}

static void
sage_grid_layer_snapshot (SageChartLayer      *layer,
                          GtkSnapshot         *snapshot,
                          const SageChartPlot *plot)
{
  draw_y_ticks (snapshot, plot);
  draw_x_ticks (snapshot, plot);
  draw_names (snapshot, plot);
}

static void
sage_grid_layer_class_init (SageGridLayerClass *klass)
{
  SAGE_CHART_LAYER_CLASS (klass)->snapshot = sage_grid_layer_snapshot;
}

static void
sage_grid_layer_init (SageGridLayer *self)
{
}

/**
 * sage_grid_layer_new:
 *
 * Returns: (transfer full): a grid
 */
SageChartLayer *
sage_grid_layer_new (void)
{
  return g_object_new (SAGE_TYPE_GRID_LAYER, NULL);
}
