/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-chart-swatch"

#include "config.h"

#include <adwaita.h>

#include "sage-chart-palette.h"
#include "sage-chart-swatch.h"

#define WIDTH 18
#define HEIGHT 8
#define LINE_WIDTH 3.0f
#define HIDDEN_ALPHA 0.35f

/* A piece of a series' line, beside its name. */
struct _SageChartSwatch
{
  GtkWidget        parent_instance;

  SageChartSeries *series;  /* (owned) (nullable) */
  AdwStyleManager *manager; /* (owned) */
};

G_DEFINE_FINAL_TYPE (SageChartSwatch, sage_chart_swatch, GTK_TYPE_WIDGET)

static void
sage_chart_swatch_snapshot (GtkWidget   *widget,
                            GtkSnapshot *snapshot)
{
  SageChartSwatch *self = SAGE_CHART_SWATCH (widget);
  float y = gtk_widget_get_height (widget) / 2.0f;
  float end = gtk_widget_get_width (widget) - LINE_WIDTH / 2;
  g_autoptr(GskPathBuilder) builder = gsk_path_builder_new ();
  g_autoptr(GskPath) path = NULL;
  GskStroke *stroke;
  GdkRGBA colour;
  guint index;

  if (self->series == NULL)
    return;

  index = sage_chart_series_get_colour (self->series);
  sage_chart_palette_get_colour (index, adw_style_manager_get_dark (self->manager), &colour);
  if (!sage_chart_series_get_visible (self->series))
    colour.alpha = HIDDEN_ALPHA;

  gsk_path_builder_move_to (builder, LINE_WIDTH / 2, y);
  gsk_path_builder_line_to (builder, end, y);
  path = gsk_path_builder_to_path (builder);
  stroke = sage_chart_palette_new_stroke (index, LINE_WIDTH);
  gtk_snapshot_append_stroke (snapshot, path, stroke, &colour);
  gsk_stroke_free (stroke);
}

static void
sage_chart_swatch_measure (GtkWidget      *widget,
                           GtkOrientation  orientation,
                           int             for_size,
                           int            *minimum,
                           int            *natural,
                           int            *minimum_baseline,
                           int            *natural_baseline)
{
  *minimum = *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? WIDTH : HEIGHT;
}

static void
sage_chart_swatch_dispose (GObject *object)
{
  SageChartSwatch *self = SAGE_CHART_SWATCH (object);

  sage_chart_swatch_set_series (self, NULL);
  if (self->manager != NULL)
    g_signal_handlers_disconnect_by_data (self->manager, self);
  g_clear_object (&self->manager);

  G_OBJECT_CLASS (sage_chart_swatch_parent_class)->dispose (object);
}

static void
sage_chart_swatch_class_init (SageChartSwatchClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sage_chart_swatch_dispose;
  widget_class->snapshot = sage_chart_swatch_snapshot;
  widget_class->measure = sage_chart_swatch_measure;
  gtk_widget_class_set_css_name (widget_class, "sage-chart-swatch");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
sage_chart_swatch_init (SageChartSwatch *self)
{
  self->manager = g_object_ref (
    adw_style_manager_get_for_display (gtk_widget_get_display (GTK_WIDGET (self))));
  g_signal_connect_swapped (self->manager, "notify::dark", G_CALLBACK (gtk_widget_queue_draw), self);
  gtk_widget_set_valign (GTK_WIDGET (self), GTK_ALIGN_CENTER);
}

/**
 * sage_chart_swatch_new:
 * @series: (nullable): whose line to show
 *
 * Returns: (transfer floating): a swatch
 */
GtkWidget *
sage_chart_swatch_new (SageChartSeries *series)
{
  SageChartSwatch *self = g_object_new (SAGE_TYPE_CHART_SWATCH, NULL);

  sage_chart_swatch_set_series (self, series);

  return GTK_WIDGET (self);
}

/**
 * sage_chart_swatch_set_series:
 * @series: (nullable): whose line to show
 */
void
sage_chart_swatch_set_series (SageChartSwatch *self,
                              SageChartSeries *series)
{
  g_return_if_fail (SAGE_IS_CHART_SWATCH (self));

  if (self->series == series)
    return;

  if (self->series != NULL)
    g_signal_handlers_disconnect_by_data (self->series, self);
  g_set_object (&self->series, series);
  if (series != NULL)
    {
      g_signal_connect_swapped (series, "notify::colour", G_CALLBACK (gtk_widget_queue_draw), self);
      g_signal_connect_swapped (series, "notify::visible", G_CALLBACK (gtk_widget_queue_draw), self);
    }
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
