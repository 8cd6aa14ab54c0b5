/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-chart-plot"

#include "config.h"

#include <math.h>

#include "sage-chart-plot.h"

#define CAPTION_SCALE 0.82 /* of the body text, as the style class has it */
#define GAP 6              /* between the area and its labels */
#define END_MARGIN 12      /* after the area */
#define LEAST_AREA 16      /* so that there always is a domain to divide by */
#define TICK_LINES 2.6     /* lines of text that a tick of the y axis takes */
#define MOST_Y_TICKS 7
#define X_TICK_GAP 18      /* at least, between labels */

static PangoLayout *
new_text (PangoContext *pango,
          const char   *text)
{
  PangoLayout *layout = pango_layout_new (pango);
  g_autoptr(PangoAttrList) attributes = pango_attr_list_new ();

  pango_attr_list_insert (attributes, pango_attr_scale_new (CAPTION_SCALE));
  pango_attr_list_insert (attributes, pango_attr_font_features_new ("tnum=1"));
  pango_layout_set_attributes (layout, attributes);
  pango_layout_set_single_paragraph_mode (layout, TRUE);
  pango_layout_set_text (layout, text, -1);

  return layout;
}

static double
measure_text (PangoContext *pango,
              const char   *text)
{
  g_autoptr(PangoLayout) layout = new_text (pango, text);
  int width;

  pango_layout_get_pixel_size (layout, &width, NULL);

  return width;
}

static double
widest_label (PangoContext *pango,
              const GArray *ticks)
{
  double widest = 0;

  for (guint i = 0; i < ticks->len; i++)
    widest = MAX (widest, measure_text (pango, g_array_index (ticks, SageChartTick, i).label));

  return widest;
}

static double
measure_line (PangoContext *pango)
{
  g_autoptr(PangoLayout) layout = new_text (pango, "0");
  int height;

  pango_layout_get_pixel_size (layout, NULL, &height);

  return height;
}

static void
sage_chart_plot_lay_out_y (SageChartPlot       *self,
                           const SageChartAxes *axes)
{
  double top = self->y_label != NULL ? self->line_height + GAP + self->line_height / 2
                                     : self->line_height / 2 + 1;
  double bottom = self->line_height + GAP + (self->x_label != NULL ? self->line_height + 2 : 0);
  double height = MAX (floor (self->size.height - top - bottom), LEAST_AREA);
  guint max_ticks = CLAMP (height / (TICK_LINES * self->line_height), 1, MOST_Y_TICKS);

  self->frame.height = height;
  self->frame.y = axes->y;
  sage_chart_ticks_round_out (&self->frame.y, axes->y_format, max_ticks);
  self->y_ticks = sage_chart_ticks_new (&self->frame.y, axes->y_format, FALSE, max_ticks);
  self->area.origin.y = ceil (top);
  self->area.size.height = height;
}

/* Takes as many ticks as there is room for between their labels. */
static void
sage_chart_plot_lay_out_x (SageChartPlot       *self,
                           const SageChartAxes *axes)
{
  double gutter = ceil (widest_label (self->pango, self->y_ticks)) + GAP;
  double width = MAX (floor (self->size.width - gutter - END_MARGIN), LEAST_AREA);
  guint max_ticks = MAX (2, width / (3 * self->line_height + X_TICK_GAP));

  self->frame.x = axes->x;
  self->frame.width = width;
  self->frame.n_columns = MAX (1, lrint (width * self->style.scale_factor));

  for (;; max_ticks--)
    {
      g_clear_pointer (&self->x_ticks, g_array_unref);
      self->x_ticks = sage_chart_ticks_new (&self->frame.x, axes->x_format, axes->whole_x, max_ticks);
      if (max_ticks == 1 || self->x_ticks->len == 0 ||
          (widest_label (self->pango, self->x_ticks) + X_TICK_GAP) * self->x_ticks->len <=
          width + X_TICK_GAP)
        break;
    }

  self->area.origin.x = self->style.rtl ? END_MARGIN : gutter;
  self->area.size.width = width;
}

/**
 * sage_chart_plot_new:
 * @pango: for the labels
 * @width: of the chart in pixels
 * @height: of the chart in pixels
 *
 * Returns: (transfer full): a chart laid out
 */
SageChartPlot *
sage_chart_plot_new (PangoContext         *pango,
                     double                width,
                     double                height,
                     const SageChartStyle *style,
                     const SageChartAxes  *axes)
{
  SageChartPlot *self = g_new0 (SageChartPlot, 1);

  self->style = *style;
  self->pango = g_object_ref (pango);
  self->size = GRAPHENE_SIZE_INIT (width, height);
  self->line_height = measure_line (pango);
  self->x_label = axes->x_label != NULL && *axes->x_label != '\0' ? g_strdup (axes->x_label) : NULL;
  self->y_label = axes->y_label != NULL && *axes->y_label != '\0' ? g_strdup (axes->y_label) : NULL;

  sage_chart_plot_lay_out_y (self, axes);
  sage_chart_plot_lay_out_x (self, axes);

  return self;
}

/**
 * sage_chart_plot_free:
 * @self: (transfer full): the plot
 */
void
sage_chart_plot_free (SageChartPlot *self)
{
  g_clear_pointer (&self->x_ticks, g_array_unref);
  g_clear_pointer (&self->y_ticks, g_array_unref);
  g_object_unref (self->pango);
  g_free (self->x_label);
  g_free (self->y_label);
  g_free (self);
}

/**
 * sage_chart_plot_get_x:
 *
 * Returns: where @value is, in pixels from the left of the chart
 */
double
sage_chart_plot_get_x (const SageChartPlot *self,
                       double               value)
{
  double position = sage_chart_scale_get_position (&self->frame.x, value);

  return self->area.origin.x + self->frame.width * (self->style.rtl ? 1 - position : position);
}

/**
 * sage_chart_plot_get_y:
 *
 * Returns: where @value is, in pixels from the top of the chart; may be infinite
 */
double
sage_chart_plot_get_y (const SageChartPlot *self,
                       double               value)
{
  double position = sage_chart_scale_get_position (&self->frame.y, value);

  return self->area.origin.y + self->frame.height * (1 - position);
}

/**
 * sage_chart_plot_get_value:
 * @x: pixels from the left of the chart
 *
 * Returns: the value of the x axis there
 */
double
sage_chart_plot_get_value (const SageChartPlot *self,
                           double               x)
{
  double position = (x - self->area.origin.x) / self->frame.width;

  return sage_chart_scale_get_value (&self->frame.x, self->style.rtl ? 1 - position : position);
}

/**
 * sage_chart_plot_new_text:
 * @text: plain text
 *
 * Returns: (transfer full): @text as labels of the chart are set
 */
PangoLayout *
sage_chart_plot_new_text (const SageChartPlot *self,
                          const char          *text)
{
  return new_text (self->pango, text);
}
