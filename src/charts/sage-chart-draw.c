/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-chart-draw"

#include "config.h"

#include <glib/gi18n.h>
#include <math.h>

#include "sage-chart-private.h"

#define MESSAGE_ALPHA 0.62f

static SageChartStyle
sage_chart_get_style (SageChart *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  GtkNative *native = gtk_widget_get_native (widget);
  GdkSurface *surface = native != NULL ? gtk_native_get_surface (native) : NULL;
  g_autoptr(GdkRGBA) accent = adw_style_manager_get_accent_color_rgba (self->manager);
  SageChartStyle style = {
    .accent = *accent,
    .dark = adw_style_manager_get_dark (self->manager),
    .high_contrast = adw_style_manager_get_high_contrast (self->manager),
    .rtl = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL,
    .scale_factor = surface != NULL ? gdk_surface_get_scale (surface) : 1,
  };

  gtk_widget_get_color (widget, &style.foreground);

  return style;
}

static void
sage_chart_measure_layers (SageChart      *self,
                           double          from,
                           double          to,
                           SageChartNeeds *needs)
{
  *needs = (SageChartNeeds) { SAGE_CHART_EXTENT_EMPTY, SAGE_CHART_EXTENT_EMPTY, TRUE };
  for (guint i = 0; i < self->slots->len; i++)
    sage_chart_layer_measure (((SageChartLayerSlot *) self->slots->pdata[i])->layer, from, to, needs);
}

/* Finds the domain of all there is. Around a single round, it has the ones beside it. */
static void
sage_chart_fit_x (SageChart *self)
{
  const SageChartExtent *extent = &self->needs.x;

  sage_chart_scale_fit (&self->full_x, extent, FALSE);
  if (extent->min == extent->max && self->needs.whole_x && fabs (extent->min) < 1e12)
    {
      self->full_x.min = extent->min == 0 ? 0 : extent->min - 1;
      self->full_x.max = extent->max + 1;
    }
}

/* Lays the chart out for a size, from what the layers have to show. */
static SageChartPlot *
sage_chart_lay_out (SageChart            *self,
                    double                width,
                    double                height,
                    const SageChartStyle *style)
{
  SageChartAxes axes = {
    .x_format = self->x_format,
    .y_format = self->y_format,
    .x_label = self->x_label,
    .y_label = self->y_label,
  };

  sage_chart_measure_layers (self, self->zoomed ? self->from : -INFINITY,
                             self->zoomed ? self->to : INFINITY, &self->needs);
  sage_chart_fit_x (self);
  axes.x = self->full_x;
  if (self->zoomed)
    {
      axes.x.min = self->from;
      axes.x.max = self->to;
    }
  axes.whole_x = self->needs.whole_x;
  sage_chart_scale_fit (&axes.y, &self->needs.y, self->logarithmic);

  return sage_chart_plot_new (gtk_widget_get_pango_context (GTK_WIDGET (self)), width, height,
                              style, &axes);
}

/* Returns the chart as it is laid out now; (transfer none), valid until something changes. */
SageChartPlot *
sage_chart_get_plot (SageChart *self)
{
  if (self->plot == NULL)
    {
      SageChartStyle style = sage_chart_get_style (self);

      self->plot = sage_chart_lay_out (self, MAX (gtk_widget_get_width (GTK_WIDGET (self)), 1),
                                       MAX (gtk_widget_get_height (GTK_WIDGET (self)), 1), &style);
      for (guint i = 0; i < self->slots->len; i++)
        {
          SageChartLayerSlot *slot = self->slots->pdata[i];

          g_clear_pointer (&slot->node, gsk_render_node_unref);
          slot->drawn = FALSE;
        }
    }

  return self->plot;
}

/* Returns why there is nothing to see, or %NULL when there is something; needs the plot. */
const char *
sage_chart_get_message (SageChart *self)
{
  gboolean any_point = FALSE;

  if (!sage_chart_extent_is_empty (&self->needs.y) &&
      (!self->logarithmic || self->needs.y.max > 0))
    return NULL;
  if (!sage_chart_extent_is_empty (&self->needs.y))
    return _("No value is above zero, which a logarithmic axis needs");
  if (!sage_chart_extent_is_empty (&self->needs.x))
    return _("No value here is a number");

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->series)); i++)
    {
      g_autoptr(SageChartSeries) series = g_list_model_get_item (G_LIST_MODEL (self->series), i);

      any_point |= sage_chart_series_get_n_points (series) > 0;
    }
  if (any_point)
    return _("All series are hidden");

  return self->placeholder != NULL ? self->placeholder : _("No metrics yet");
}

static void
draw_message (const SageChartPlot *plot,
              GtkSnapshot         *snapshot,
              const char          *message)
{
  g_autoptr(PangoLayout) layout = pango_layout_new (plot->pango);
  GdkRGBA colour = plot->style.foreground;
  int height;

  if (!plot->style.high_contrast)
    colour.alpha *= MESSAGE_ALPHA;
  pango_layout_set_text (layout, message, -1);
  pango_layout_set_alignment (layout, PANGO_ALIGN_CENTER);
  pango_layout_set_wrap (layout, PANGO_WRAP_WORD_CHAR);
  pango_layout_set_width (layout, MAX (plot->size.width - 24, 1) * PANGO_SCALE);
  pango_layout_get_pixel_size (layout, NULL, &height);

  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (
    12, round (MAX (plot->size.height - height, 0) / 2)));
  gtk_snapshot_append_layout (snapshot, layout, &colour);
  gtk_snapshot_restore (snapshot);
}

/* Draws a layer, or what it drew last time when nothing has changed since. */
static void
sage_chart_snapshot_slot (SageChart          *self,
                          SageChartLayerSlot *slot,
                          GtkSnapshot        *snapshot)
{
  if (!slot->drawn)
    {
      GtkSnapshot *part = gtk_snapshot_new ();

      sage_chart_layer_snapshot (slot->layer, part, self->plot);
      slot->node = gtk_snapshot_free_to_node (part);
      slot->drawn = TRUE;
    }
  if (slot->node != NULL)
    gtk_snapshot_append_node (snapshot, slot->node);
}

void
sage_chart_snapshot (GtkWidget   *widget,
                     GtkSnapshot *snapshot)
{
  SageChart *self = SAGE_CHART (widget);
  const SageChartPlot *plot = sage_chart_get_plot (self);
  const char *message = sage_chart_get_message (self);

  if (message != NULL)
    {
      draw_message (plot, snapshot, message);
      return;
    }

  for (guint i = 0; i < self->slots->len; i++)
    sage_chart_snapshot_slot (self, self->slots->pdata[i], snapshot);
  sage_chart_cursor_draw (self, snapshot);
  if (gtk_widget_get_child_visible (GTK_WIDGET (self->readout)))
    gtk_widget_snapshot_child (widget, GTK_WIDGET (self->readout), snapshot);
}

/**
 * sage_chart_draw:
 * @snapshot: where to draw
 * @width: in pixels
 * @height: in pixels
 * @scale_factor: how many dots a pixel is going to have each way
 *
 * Draws the chart as it is now at another size, without the cursor: for exports.
 */
void
sage_chart_draw (SageChart   *self,
                 GtkSnapshot *snapshot,
                 double       width,
                 double       height,
                 double       scale_factor)
{
  g_autoptr(SageChartPlot) plot = NULL;
  SageChartStyle style;
  const char *message;

  g_return_if_fail (SAGE_IS_CHART (self));
  g_return_if_fail (scale_factor > 0);

  style = sage_chart_get_style (self);
  style.scale_factor = scale_factor;
  plot = sage_chart_lay_out (self, width, height, &style);
  message = sage_chart_get_message (self);
  if (message != NULL)
    draw_message (plot, snapshot, message);
  for (guint i = 0; message == NULL && i < self->slots->len; i++)
    sage_chart_layer_snapshot (((SageChartLayerSlot *) self->slots->pdata[i])->layer, snapshot, plot);
}
