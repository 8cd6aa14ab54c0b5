/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-chart-card"

#include "config.h"

#include <glib/gi18n.h>

#include "sage-chart-card.h"
#include "sage-chart-legend.h"
#include "sage-chart-save.h"
#include "sage-chart-table.h"
#include "sage-charts-resources.h"

#define RESOURCES "/org/sagebrush/Studio/charts"
#define ZOOM_STEP 1.5
#define FULL_PAGE_WIDTH 1200
#define FULL_PAGE_HEIGHT 800

/* A chart with all that belongs to it: a title, a legend that filters, tools, and its table. */
struct _SageChartCard
{
  AdwBin           parent_instance;

  char            *title; /* (owned) */
  gboolean         show_table;

  SageChart       *chart;
  SageChartLegend *legend;
  SageChartTable  *table;
  GtkStack        *stack;
  GtkWidget       *toolbar;
  GtkAdjustment   *smoothing_adjustment;

  GtkEventController *motion; /* owned by the widget */
  GtkEventController *focus;  /* the same */
};

typedef enum {
  PROP_TITLE = 1,
  PROP_X_LABEL,
  PROP_Y_LABEL,
  PROP_X_FORMAT,
  PROP_Y_FORMAT,
  PROP_PLACEHOLDER,
  PROP_LOGARITHMIC,
  PROP_SMOOTHING,
  PROP_SHOW_TABLE,
  PROP_CHART,
} SageChartCardProperty;

static GParamSpec *properties[PROP_CHART + 1];

G_DEFINE_FINAL_TYPE (SageChartCard, sage_chart_card, ADW_TYPE_BIN)

static void
sage_chart_card_zoom_in_action (GtkWidget  *widget,
                                const char *action_name,
                                GVariant   *parameter)
{
  sage_chart_zoom_by (SAGE_CHART_CARD (widget)->chart, ZOOM_STEP, 0.5);
}

static void
sage_chart_card_zoom_out_action (GtkWidget  *widget,
                                 const char *action_name,
                                 GVariant   *parameter)
{
  sage_chart_zoom_by (SAGE_CHART_CARD (widget)->chart, 1 / ZOOM_STEP, 0.5);
}

static void
sage_chart_card_zoom_reset_action (GtkWidget  *widget,
                                   const char *action_name,
                                   GVariant   *parameter)
{
  sage_chart_reset_zoom (SAGE_CHART_CARD (widget)->chart);
}

static void
sage_chart_card_save_action (GtkWidget  *widget,
                             const char *action_name,
                             GVariant   *parameter)
{
  SageChartCard *self = SAGE_CHART_CARD (widget);
  SageChartExportKind kind = SAGE_CHART_EXPORT_PNG;

  if (g_str_has_suffix (action_name, "svg"))
    kind = SAGE_CHART_EXPORT_SVG;
  else if (g_str_has_suffix (action_name, "csv"))
    kind = SAGE_CHART_EXPORT_CSV;

  sage_chart_save (widget, self->chart, self->title, kind);
}

/* Has @card show the series of another; connected to their list. */
static void
sage_chart_card_copy_series_cb (GListModel    *series,
                                guint          position,
                                guint          n_removed,
                                guint          n_added,
                                SageChartCard *card)
{
  sage_chart_card_remove_all (card);
  for (guint i = 0; i < g_list_model_get_n_items (series); i++)
    {
      g_autoptr(SageChartSeries) one = g_list_model_get_item (series, i);

      sage_chart_card_add_series (card, one);
    }
}

/* Returns another card for the same chart; (transfer floating). */
static SageChartCard *
sage_chart_card_new_twin (SageChartCard *self)
{
  static const char * const shared[] = { "x-label", "y-label", "x-format", "y-format",
                                         "placeholder", "logarithmic", "smoothing" };
  SageChartCard *twin = SAGE_CHART_CARD (sage_chart_card_new (self->title));
  GListModel *series = sage_chart_get_series (self->chart);

  for (guint i = 0; i < G_N_ELEMENTS (shared); i++)
    g_object_bind_property (self->chart, shared[i], twin->chart, shared[i],
                            G_BINDING_SYNC_CREATE | G_BINDING_BIDIRECTIONAL);
  g_signal_connect_object (series, "items-changed", G_CALLBACK (sage_chart_card_copy_series_cb), twin,
                           G_CONNECT_DEFAULT);
  sage_chart_card_copy_series_cb (series, 0, 0, 0, twin);
  if (sage_chart_get_zoomed (self->chart))
    {
      double from, to;

      sage_chart_get_range (self->chart, &from, &to);
      sage_chart_zoom_to (twin->chart, from, to);
    }

  return twin;
}

/* Shows the chart in a dialog that fills the window. */
static void
sage_chart_card_full_page_action (GtkWidget  *widget,
                                  const char *action_name,
                                  GVariant   *parameter)
{
  SageChartCard *self = SAGE_CHART_CARD (widget);
  SageChartCard *twin = sage_chart_card_new_twin (self);
  AdwDialog *dialog = adw_dialog_new ();
  GtkWidget *view = adw_toolbar_view_new ();
  GtkWidget *header = adw_header_bar_new ();

  gtk_widget_remove_css_class (GTK_WIDGET (twin), "card");
  gtk_widget_action_set_enabled (GTK_WIDGET (twin), "chart.full-page", FALSE);
  gtk_widget_set_vexpand (GTK_WIDGET (twin), TRUE);
  adw_header_bar_set_show_title (ADW_HEADER_BAR (header), FALSE); /* the card has it */
  adw_toolbar_view_add_top_bar (ADW_TOOLBAR_VIEW (view), header);
  adw_toolbar_view_set_content (ADW_TOOLBAR_VIEW (view), GTK_WIDGET (twin));
  adw_dialog_set_child (dialog, view);
  adw_dialog_set_title (dialog, self->title);
  adw_dialog_set_content_width (dialog, FULL_PAGE_WIDTH);
  adw_dialog_set_content_height (dialog, FULL_PAGE_HEIGHT);
  adw_dialog_set_focus (dialog, GTK_WIDGET (twin->chart));
  adw_dialog_present (dialog, widget);
}

/* The tools are shown while the pointer or the focus is on the card, and on its table. */
static void
sage_chart_card_update_tools (SageChartCard *self)
{
  if (gtk_event_controller_motion_contains_pointer (GTK_EVENT_CONTROLLER_MOTION (self->motion)) ||
      gtk_event_controller_focus_contains_focus (GTK_EVENT_CONTROLLER_FOCUS (self->focus)) ||
      self->show_table)
    gtk_widget_add_css_class (self->toolbar, "shown");
  else
    gtk_widget_remove_css_class (self->toolbar, "shown");
}

/* Some properties are the chart's. */
static void
sage_chart_card_chart_notify_cb (SageChart     *chart,
                                 GParamSpec    *pspec,
                                 SageChartCard *self)
{
  const char *name = g_param_spec_get_name (pspec);

  if (g_str_equal (name, "zoomed"))
    gtk_widget_action_set_enabled (GTK_WIDGET (self), "chart.zoom-reset",
                                   sage_chart_get_zoomed (chart));

  for (guint i = PROP_X_LABEL; i <= PROP_SMOOTHING; i++)
    if (g_str_equal (name, g_param_spec_get_name (properties[i])))
      g_object_notify_by_pspec (G_OBJECT (self), properties[i]);
}

static void
sage_chart_card_get_property (GObject    *object,
                              guint       prop_id,
                              GValue     *value,
                              GParamSpec *pspec)
{
  SageChartCard *self = SAGE_CHART_CARD (object);

  switch ((SageChartCardProperty) prop_id)
    {
    case PROP_TITLE:
      g_value_set_string (value, self->title);
      break;
    case PROP_X_LABEL:
    case PROP_Y_LABEL:
    case PROP_X_FORMAT:
    case PROP_Y_FORMAT:
    case PROP_PLACEHOLDER:
    case PROP_LOGARITHMIC:
    case PROP_SMOOTHING:
      g_object_get_property (G_OBJECT (self->chart), g_param_spec_get_name (pspec), value);
      break;
    case PROP_SHOW_TABLE:
      g_value_set_boolean (value, sage_chart_card_get_show_table (self));
      break;
    case PROP_CHART:
      g_value_set_object (value, self->chart);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
sage_chart_card_set_property (GObject      *object,
                              guint         prop_id,
                              const GValue *value,
                              GParamSpec   *pspec)
{
  SageChartCard *self = SAGE_CHART_CARD (object);

  switch ((SageChartCardProperty) prop_id)
    {
    case PROP_TITLE:
      sage_chart_card_set_title (self, g_value_get_string (value));
      break;
    case PROP_X_LABEL:
    case PROP_Y_LABEL:
    case PROP_X_FORMAT:
    case PROP_Y_FORMAT:
    case PROP_PLACEHOLDER:
    case PROP_LOGARITHMIC:
    case PROP_SMOOTHING:
      g_object_set_property (G_OBJECT (self->chart), g_param_spec_get_name (pspec), value);
      break;
    case PROP_SHOW_TABLE:
      sage_chart_card_set_show_table (self, g_value_get_boolean (value));
      break;
    case PROP_CHART:
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
sage_chart_card_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), SAGE_TYPE_CHART_CARD);

  G_OBJECT_CLASS (sage_chart_card_parent_class)->dispose (object);
}

static void
sage_chart_card_finalize (GObject *object)
{
  g_free (SAGE_CHART_CARD (object)->title);

  G_OBJECT_CLASS (sage_chart_card_parent_class)->finalize (object);
}

static void
sage_chart_card_install_properties (GObjectClass *object_class)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  properties[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, "", flags);
  properties[PROP_X_LABEL] = g_param_spec_string ("x-label", NULL, NULL, NULL, flags);
  properties[PROP_Y_LABEL] = g_param_spec_string ("y-label", NULL, NULL, NULL, flags);
  properties[PROP_X_FORMAT] =
    g_param_spec_enum ("x-format", NULL, NULL, SAGE_TYPE_CHART_FORMAT, SAGE_CHART_FORMAT_NUMBER, flags);
  properties[PROP_Y_FORMAT] =
    g_param_spec_enum ("y-format", NULL, NULL, SAGE_TYPE_CHART_FORMAT, SAGE_CHART_FORMAT_NUMBER, flags);
  properties[PROP_PLACEHOLDER] = g_param_spec_string ("placeholder", NULL, NULL, NULL, flags);
  properties[PROP_LOGARITHMIC] = g_param_spec_boolean ("logarithmic", NULL, NULL, FALSE, flags);
  properties[PROP_SMOOTHING] = g_param_spec_double ("smoothing", NULL, NULL, 0, 0.999, 0, flags);
  properties[PROP_SHOW_TABLE] = g_param_spec_boolean ("show-table", NULL, NULL, FALSE, flags);
  properties[PROP_CHART] = g_param_spec_object ("chart", NULL, NULL, SAGE_TYPE_CHART,
                                                G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
sage_chart_card_install_actions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "chart.zoom-in", NULL, sage_chart_card_zoom_in_action);
  gtk_widget_class_install_action (widget_class, "chart.zoom-out", NULL,
                                   sage_chart_card_zoom_out_action);
  gtk_widget_class_install_action (widget_class, "chart.zoom-reset", NULL,
                                   sage_chart_card_zoom_reset_action);
  gtk_widget_class_install_action (widget_class, "chart.full-page", NULL,
                                   sage_chart_card_full_page_action);
  gtk_widget_class_install_action (widget_class, "chart.save-png", NULL, sage_chart_card_save_action);
  gtk_widget_class_install_action (widget_class, "chart.save-svg", NULL, sage_chart_card_save_action);
  gtk_widget_class_install_action (widget_class, "chart.save-csv", NULL, sage_chart_card_save_action);
  gtk_widget_class_install_property_action (widget_class, "chart.logarithmic", "logarithmic");
  gtk_widget_class_install_property_action (widget_class, "chart.table", "show-table");

  /* The chart has these too; here they work from the table and the tools. */
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_t, 0, "chart.table", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_l, 0, "chart.logarithmic", NULL);
}

/* The style sheet, the icons and the template are in the library. */
static void
sage_chart_card_load_resources (void)
{
  g_autoptr(GtkCssProvider) provider = gtk_css_provider_new ();
  GdkDisplay *display = gdk_display_get_default ();

  sage_charts_register_resource ();
  gtk_css_provider_load_from_resource (provider, RESOURCES "/charts.css");
  gtk_style_context_add_provider_for_display (display, GTK_STYLE_PROVIDER (provider),
                                              GTK_STYLE_PROVIDER_PRIORITY_APPLICATION - 1);
  gtk_icon_theme_add_resource_path (gtk_icon_theme_get_for_display (display), RESOURCES "/icons");
}

static void
sage_chart_card_class_init (SageChartCardClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = sage_chart_card_dispose;
  object_class->finalize = sage_chart_card_finalize;
  object_class->get_property = sage_chart_card_get_property;
  object_class->set_property = sage_chart_card_set_property;
  sage_chart_card_install_properties (object_class);
  sage_chart_card_load_resources ();

  g_type_ensure (SAGE_TYPE_CHART);
  g_type_ensure (SAGE_TYPE_CHART_LEGEND);
  g_type_ensure (SAGE_TYPE_CHART_TABLE);
  gtk_widget_class_set_template_from_resource (widget_class, RESOURCES "/sage-chart-card.ui");
  gtk_widget_class_bind_template_child (widget_class, SageChartCard, chart);
  gtk_widget_class_bind_template_child (widget_class, SageChartCard, legend);
  gtk_widget_class_bind_template_child (widget_class, SageChartCard, smoothing_adjustment);
  gtk_widget_class_bind_template_child (widget_class, SageChartCard, stack);
  gtk_widget_class_bind_template_child (widget_class, SageChartCard, table);
  gtk_widget_class_bind_template_child (widget_class, SageChartCard, toolbar);
  sage_chart_card_install_actions (widget_class);

  gtk_widget_class_set_css_name (widget_class, "sage-chart-card");
}

static void
sage_chart_card_init (SageChartCard *self)
{
  self->title = g_strdup ("");
  gtk_widget_init_template (GTK_WIDGET (self));
  sage_chart_legend_set_chart (self->legend, self->chart);
  sage_chart_table_set_chart (self->table, self->chart);

  g_signal_connect (self->chart, "notify", G_CALLBACK (sage_chart_card_chart_notify_cb), self);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "chart.zoom-reset", FALSE);
  g_object_bind_property (self->chart, "smoothing", self->smoothing_adjustment, "value",
                          G_BINDING_SYNC_CREATE | G_BINDING_BIDIRECTIONAL);

  self->motion = gtk_event_controller_motion_new ();
  g_signal_connect_swapped (self->motion, "notify::contains-pointer",
                            G_CALLBACK (sage_chart_card_update_tools), self);
  gtk_widget_add_controller (GTK_WIDGET (self), self->motion);
  self->focus = gtk_event_controller_focus_new ();
  g_signal_connect_swapped (self->focus, "notify::contains-focus",
                            G_CALLBACK (sage_chart_card_update_tools), self);
  gtk_widget_add_controller (GTK_WIDGET (self), self->focus);
}

/**
 * sage_chart_card_new:
 * @title: (nullable): what the chart shows
 *
 * Returns: (transfer floating): a card with an empty chart
 */
GtkWidget *
sage_chart_card_new (const char *title)
{
  return g_object_new (SAGE_TYPE_CHART_CARD, "title", title, NULL);
}

/**
 * sage_chart_card_add_series:
 * @series: what to draw; it may be in other cards too
 *
 * Adds a line to the chart, its legend and its table.
 */
void
sage_chart_card_add_series (SageChartCard   *self,
                            SageChartSeries *series)
{
  g_return_if_fail (SAGE_IS_CHART_CARD (self));

  sage_chart_add_series (self->chart, series);
}

/**
 * sage_chart_card_remove_all:
 *
 * Removes every line.
 */
void
sage_chart_card_remove_all (SageChartCard *self)
{
  g_return_if_fail (SAGE_IS_CHART_CARD (self));

  sage_chart_remove_all (self->chart);
}

/**
 * sage_chart_card_get_chart:
 *
 * Returns: (transfer none): the chart on the card
 */
SageChart *
sage_chart_card_get_chart (SageChartCard *self)
{
  g_return_val_if_fail (SAGE_IS_CHART_CARD (self), NULL);

  return self->chart;
}

/**
 * sage_chart_card_get_title:
 *
 * Returns: (transfer none): what the chart shows
 */
const char *
sage_chart_card_get_title (SageChartCard *self)
{
  g_return_val_if_fail (SAGE_IS_CHART_CARD (self), NULL);

  return self->title;
}

/**
 * sage_chart_card_set_title:
 * @title: (nullable): what the chart shows; plain text
 */
void
sage_chart_card_set_title (SageChartCard *self,
                           const char    *title)
{
  g_return_if_fail (SAGE_IS_CHART_CARD (self));

  if (!g_set_str (&self->title, title != NULL ? title : ""))
    return;

  gtk_accessible_update_property (GTK_ACCESSIBLE (self->chart), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  *self->title != '\0' ? self->title : _("Chart"), -1);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TITLE]);
}

/**
 * sage_chart_card_get_show_table:
 *
 * Returns: whether the table is there instead of the chart
 */
gboolean
sage_chart_card_get_show_table (SageChartCard *self)
{
  g_return_val_if_fail (SAGE_IS_CHART_CARD (self), FALSE);

  return self->show_table;
}

static gboolean
sage_chart_card_focus_cb (GtkWidget     *table,
                          GdkFrameClock *clock,
                          gpointer       user_data)
{
  guint *frames = user_data;

  /* The first frame makes the rows, and moves the focus away from what is no longer in sight. */
  if (++*frames < 2)
    return G_SOURCE_CONTINUE;
  if (gtk_widget_get_mapped (table))
    gtk_widget_grab_focus (table);

  return G_SOURCE_REMOVE;
}

/**
 * sage_chart_card_set_show_table:
 * @show_table: whether the table shall be there instead of the chart
 */
void
sage_chart_card_set_show_table (SageChartCard *self,
                                gboolean       show_table)
{
  gboolean has_focus;

  g_return_if_fail (SAGE_IS_CHART_CARD (self));

  show_table = !!show_table;
  if (self->show_table == show_table)
    return;

  self->show_table = show_table;
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "chart.logarithmic", !show_table);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "chart.zoom-in", !show_table);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "chart.zoom-out", !show_table);

  /* Who reads with the keyboard goes on in what took the place. */
  has_focus = gtk_widget_get_focus_child (GTK_WIDGET (self->stack)) != NULL;
  sage_chart_table_set_active (self->table, show_table);
  gtk_stack_set_visible_child_name (self->stack, show_table ? "table" : "chart");
  if (has_focus && show_table)
    gtk_widget_add_tick_callback (GTK_WIDGET (self->table), sage_chart_card_focus_cb,
                                  g_new0 (guint, 1), g_free);
  else if (has_focus)
    gtk_widget_grab_focus (GTK_WIDGET (self->chart));
  sage_chart_card_update_tools (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SHOW_TABLE]);
}
