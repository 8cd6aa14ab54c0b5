/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-chart"

#include "config.h"

#include <math.h>

#include "sage-chart-private.h"
#include "sage-grid-layer.h"

#define MIN_WIDTH 120
#define NATURAL_WIDTH 480
#define MIN_HEIGHT 120
#define NATURAL_HEIGHT 240

/* A screen reader learns of new values by the description, not more often than this. */
#define DESCRIBE_MS 250

typedef enum {
  PROP_X_LABEL = 1,
  PROP_Y_LABEL,
  PROP_X_FORMAT,
  PROP_Y_FORMAT,
  PROP_PLACEHOLDER,
  PROP_LOGARITHMIC,
  PROP_SMOOTHING,
  PROP_EMPTY,
  PROP_ZOOMED,
  PROP_CURSOR_X,
} SageChartProperty;

static GParamSpec *properties[PROP_CURSOR_X + 1];

static guint announce_signal;

G_DEFINE_FINAL_TYPE (SageChart, sage_chart, GTK_TYPE_WIDGET)

static void
slot_free (SageChartLayerSlot *slot)
{
  g_clear_pointer (&slot->node, gsk_render_node_unref);
  g_clear_object (&slot->layer);
  g_free (slot);
}

static void
sage_chart_describe_cb (gpointer user_data)
{
  SageChart *self = user_data;
  g_autofree char *description = sage_chart_describe (self);

  gboolean empty = sage_chart_extent_is_empty (&self->needs.x);

  self->describe_id = 0;
  gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, description, -1);
  if (self->empty != empty)
    {
      self->empty = empty;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_EMPTY]);
    }
}

static gboolean
sage_chart_refresh_cb (GtkWidget     *widget,
                       GdkFrameClock *clock,
                       gpointer       user_data)
{
  SageChart *self = SAGE_CHART (widget);

  self->refresh_id = 0;
  sage_chart_cursor_refresh (self);

  return G_SOURCE_REMOVE;
}

/* Has everything laid out and drawn anew before the next frame, however often it is called. */
void
sage_chart_view_changed (SageChart *self)
{
  g_clear_pointer (&self->plot, sage_chart_plot_free);
  gtk_widget_queue_draw (GTK_WIDGET (self));

  if (self->refresh_id == 0 && self->cursor.shown)
    self->refresh_id = gtk_widget_add_tick_callback (GTK_WIDGET (self), sage_chart_refresh_cb,
                                                     NULL, NULL);
  if (self->describe_id == 0)
    self->describe_id = g_timeout_add_once (DESCRIBE_MS, sage_chart_describe_cb, self);
}

static void
sage_chart_measure (GtkWidget      *widget,
                    GtkOrientation  orientation,
                    int             for_size,
                    int            *minimum,
                    int            *natural,
                    int            *minimum_baseline,
                    int            *natural_baseline)
{
  int ignored;

  /* The readout lies over the chart and takes no room, but has to be asked. */
  gtk_widget_measure (GTK_WIDGET (SAGE_CHART (widget)->readout), orientation, -1, &ignored, NULL,
                      NULL, NULL);
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? MIN_WIDTH : MIN_HEIGHT;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? NATURAL_WIDTH : NATURAL_HEIGHT;
}

static void
sage_chart_size_allocate (GtkWidget *widget,
                          int        width,
                          int        height,
                          int        baseline)
{
  SageChart *self = SAGE_CHART (widget);

  if (self->plot != NULL &&
      (self->plot->size.width != width || self->plot->size.height != height))
    sage_chart_view_changed (self);

  if (gtk_widget_should_layout (GTK_WIDGET (self->readout)))
    {
      const SageChartPlot *plot = sage_chart_get_plot (self);
      double x = sage_chart_plot_get_x (plot, self->cursor.x);
      double y = self->cursor.by_pointer ? self->cursor.pointer_y : plot->area.origin.y;

      sage_chart_readout_place (self->readout, x, y, width, height);
    }
}

static void
sage_chart_css_changed (GtkWidget         *widget,
                        GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (sage_chart_parent_class)->css_changed (widget, change);
  sage_chart_view_changed (SAGE_CHART (widget));
}

static void
sage_chart_direction_changed (GtkWidget        *widget,
                              GtkTextDirection  previous)
{
  GTK_WIDGET_CLASS (sage_chart_parent_class)->direction_changed (widget, previous);
  sage_chart_view_changed (SAGE_CHART (widget));
}

static void
sage_chart_system_setting_changed (GtkWidget        *widget,
                                   GtkSystemSetting  setting)
{
  GTK_WIDGET_CLASS (sage_chart_parent_class)->system_setting_changed (widget, setting);
  sage_chart_view_changed (SAGE_CHART (widget));
}

static gboolean
sage_chart_focus (GtkWidget        *widget,
                  GtkDirectionType  direction)
{
  SageChart *self = SAGE_CHART (widget);

  /* While the keyboard reads values, Tab goes through the series before it goes on. */
  if (gtk_widget_is_focus (widget) && self->cursor.shown && !self->cursor.by_pointer &&
      (direction == GTK_DIR_TAB_FORWARD || direction == GTK_DIR_TAB_BACKWARD) &&
      sage_chart_cursor_next_series (self, direction == GTK_DIR_TAB_FORWARD ? 1 : -1))
    return TRUE;

  return GTK_WIDGET_CLASS (sage_chart_parent_class)->focus (widget, direction);
}

static void
sage_chart_set_label (SageChart         *self,
                      char             **label,
                      const char        *text,
                      SageChartProperty  property)
{
  if (g_set_str (label, text))
    {
      sage_chart_view_changed (self);
      g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
    }
}

static void
sage_chart_set_format (SageChart         *self,
                       SageChartFormat   *format,
                       SageChartFormat    value,
                       SageChartProperty  property)
{
  if (*format != value)
    {
      *format = value;
      sage_chart_view_changed (self);
      g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
    }
}

static void
sage_chart_get_property (GObject    *object,
                         guint       prop_id,
                         GValue     *value,
                         GParamSpec *pspec)
{
  SageChart *self = SAGE_CHART (object);

  switch ((SageChartProperty) prop_id)
    {
    case PROP_X_LABEL:
      g_value_set_string (value, self->x_label);
      break;
    case PROP_Y_LABEL:
      g_value_set_string (value, self->y_label);
      break;
    case PROP_X_FORMAT:
      g_value_set_enum (value, self->x_format);
      break;
    case PROP_Y_FORMAT:
      g_value_set_enum (value, self->y_format);
      break;
    case PROP_PLACEHOLDER:
      g_value_set_string (value, self->placeholder);
      break;
    case PROP_LOGARITHMIC:
      g_value_set_boolean (value, self->logarithmic);
      break;
    case PROP_SMOOTHING:
      g_value_set_double (value, self->smoothing);
      break;
    case PROP_EMPTY:
      g_value_set_boolean (value, self->empty);
      break;
    case PROP_ZOOMED:
      g_value_set_boolean (value, self->zoomed);
      break;
    case PROP_CURSOR_X:
      g_value_set_double (value, self->cursor.shown ? self->cursor.x : -INFINITY);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
sage_chart_set_property (GObject      *object,
                         guint         prop_id,
                         const GValue *value,
                         GParamSpec   *pspec)
{
  SageChart *self = SAGE_CHART (object);

  switch ((SageChartProperty) prop_id)
    {
    case PROP_X_LABEL:
      sage_chart_set_label (self, &self->x_label, g_value_get_string (value), PROP_X_LABEL);
      break;
    case PROP_Y_LABEL:
      sage_chart_set_label (self, &self->y_label, g_value_get_string (value), PROP_Y_LABEL);
      break;
    case PROP_X_FORMAT:
      sage_chart_set_format (self, &self->x_format, g_value_get_enum (value), PROP_X_FORMAT);
      break;
    case PROP_Y_FORMAT:
      sage_chart_set_format (self, &self->y_format, g_value_get_enum (value), PROP_Y_FORMAT);
      break;
    case PROP_PLACEHOLDER:
      sage_chart_set_label (self, &self->placeholder, g_value_get_string (value), PROP_PLACEHOLDER);
      break;
    case PROP_LOGARITHMIC:
      sage_chart_set_logarithmic (self, g_value_get_boolean (value));
      break;
    case PROP_SMOOTHING:
      sage_chart_set_smoothing (self, g_value_get_double (value));
      break;
    case PROP_CURSOR_X:
      sage_chart_set_cursor_x (self, g_value_get_double (value));
      break;
    case PROP_EMPTY:
    case PROP_ZOOMED:
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
sage_chart_dispose (GObject *object)
{
  SageChart *self = SAGE_CHART (object);

  g_clear_handle_id (&self->describe_id, g_source_remove);
  if (self->refresh_id != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->refresh_id);
  self->refresh_id = 0;
  if (self->manager != NULL)
    g_signal_handlers_disconnect_by_data (self->manager, self);
  g_clear_object (&self->manager);
  for (guint i = 0; i < self->slots->len; i++)
    g_signal_handlers_disconnect_by_data (((SageChartLayerSlot *) self->slots->pdata[i])->layer, self);
  g_ptr_array_set_size (self->slots, 0);
  g_clear_pointer (&self->plot, sage_chart_plot_free);
  g_clear_object (&self->current);
  g_clear_object (&self->highlight);
  if (self->readout != NULL)
    gtk_widget_unparent (GTK_WIDGET (self->readout));
  self->readout = NULL;

  G_OBJECT_CLASS (sage_chart_parent_class)->dispose (object);
}

static void
sage_chart_finalize (GObject *object)
{
  SageChart *self = SAGE_CHART (object);

  g_ptr_array_unref (self->slots);
  g_clear_object (&self->series);
  g_free (self->x_label);
  g_free (self->y_label);
  g_free (self->placeholder);
  g_free (self->cursor.text);
  g_clear_pointer (&self->cursor.readings, g_array_unref);

  G_OBJECT_CLASS (sage_chart_parent_class)->finalize (object);
}

static void
sage_chart_install_properties (GObjectClass *object_class)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  properties[PROP_X_LABEL] = g_param_spec_string ("x-label", NULL, NULL, NULL, flags);
  properties[PROP_Y_LABEL] = g_param_spec_string ("y-label", NULL, NULL, NULL, flags);
  properties[PROP_X_FORMAT] =
    g_param_spec_enum ("x-format", NULL, NULL, SAGE_TYPE_CHART_FORMAT, SAGE_CHART_FORMAT_NUMBER, flags);
  properties[PROP_Y_FORMAT] =
    g_param_spec_enum ("y-format", NULL, NULL, SAGE_TYPE_CHART_FORMAT, SAGE_CHART_FORMAT_NUMBER, flags);
  /* What is said while there is no point at all; NULL for "No metrics yet". */
  properties[PROP_PLACEHOLDER] = g_param_spec_string ("placeholder", NULL, NULL, NULL, flags);
  properties[PROP_LOGARITHMIC] = g_param_spec_boolean ("logarithmic", NULL, NULL, FALSE, flags);
  properties[PROP_SMOOTHING] = g_param_spec_double ("smoothing", NULL, NULL, 0, 0.999, 0, flags);
  /* Whether no visible series has a point; a little late, so that it is cheap. */
  properties[PROP_EMPTY] =
    g_param_spec_boolean ("empty", NULL, NULL, TRUE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_ZOOMED] =
    g_param_spec_boolean ("zoomed", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  /* Minus infinity without a cursor (properties cannot be NaN). Bind those of two charts to have
   * their cursors move together. */
  properties[PROP_CURSOR_X] =
    g_param_spec_double ("cursor-x", NULL, NULL, -INFINITY, G_MAXDOUBLE, -INFINITY, flags);

  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

/* Returns whether there is somebody to hear. Without an accessibility bus GTK falls back to the
 * context it has for tests, which has no function to announce with, and GTK 4.18 calls it anyway. */
static gboolean
can_announce (GtkAccessible *accessible)
{
  g_autoptr(GtkATContext) context = gtk_accessible_get_at_context (accessible);

  return context != NULL && !g_str_equal (G_OBJECT_TYPE_NAME (context), "GtkTestATContext");
}

static void
sage_chart_real_announce (SageChart  *self,
                          const char *text)
{
  if (can_announce (GTK_ACCESSIBLE (self)))
    gtk_accessible_announce (GTK_ACCESSIBLE (self), text,
                             GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_MEDIUM);
}

static void
sage_chart_class_init (SageChartClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = sage_chart_dispose;
  object_class->finalize = sage_chart_finalize;
  object_class->get_property = sage_chart_get_property;
  object_class->set_property = sage_chart_set_property;
  sage_chart_install_properties (object_class);

  widget_class->measure = sage_chart_measure;
  widget_class->size_allocate = sage_chart_size_allocate;
  widget_class->snapshot = sage_chart_snapshot;
  widget_class->css_changed = sage_chart_css_changed;
  widget_class->direction_changed = sage_chart_direction_changed;
  widget_class->system_setting_changed = sage_chart_system_setting_changed;
  widget_class->focus = sage_chart_focus;
  sage_chart_class_add_keys (widget_class);

  /**
   * SageChart::announce:
   * @text: what is at the cursor
   *
   * The keyboard has moved the cursor. After all handlers a screen reader is told.
   */
  announce_signal =
    g_signal_new_class_handler ("announce", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                G_CALLBACK (sage_chart_real_announce), NULL, NULL, NULL, G_TYPE_NONE,
                                1, G_TYPE_STRING);

  gtk_widget_class_set_css_name (widget_class, "sage-chart");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
sage_chart_init (SageChart *self)
{
  SageChartLayer *grid = sage_grid_layer_new ();
  SageChartLayer *lines;

  self->series = g_list_store_new (SAGE_TYPE_CHART_SERIES);
  self->slots = g_ptr_array_new_with_free_func ((GDestroyNotify) slot_free);
  self->cursor.x = NAN;
  self->empty = TRUE;
  self->manager = g_object_ref (
    adw_style_manager_get_for_display (gtk_widget_get_display (GTK_WIDGET (self))));
  self->readout = sage_chart_readout_new ();
  gtk_widget_set_parent (GTK_WIDGET (self->readout), GTK_WIDGET (self));
  gtk_widget_set_child_visible (GTK_WIDGET (self->readout), FALSE);

  sage_chart_add_layer (self, grid);
  g_object_unref (grid);
  lines = sage_line_layer_new (G_LIST_MODEL (self->series));
  self->lines = SAGE_LINE_LAYER (lines);
  sage_chart_add_layer (self, lines);
  g_object_unref (lines);

  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  sage_chart_add_controllers (self);

  g_signal_connect_swapped (self->manager, "notify::dark", G_CALLBACK (sage_chart_view_changed), self);
  g_signal_connect_swapped (self->manager, "notify::high-contrast",
                            G_CALLBACK (sage_chart_view_changed), self);
  g_signal_connect_swapped (self->manager, "notify::accent-color-rgba",
                            G_CALLBACK (sage_chart_view_changed), self);
  g_signal_connect (self, "notify::scale-factor", G_CALLBACK (sage_chart_view_changed), NULL);
}

/**
 * sage_chart_new:
 *
 * Returns: (transfer floating): a line chart without series
 */
GtkWidget *
sage_chart_new (void)
{
  return g_object_new (SAGE_TYPE_CHART, NULL);
}

/* Returns the first place in the palette that no series has. */
static guint
sage_chart_find_free_colour (SageChart *self)
{
  guint n_series = g_list_model_get_n_items (G_LIST_MODEL (self->series));
  g_autofree gboolean *taken = g_new0 (gboolean, n_series + 1);
  guint colour = 0;

  for (guint i = 0; i < n_series; i++)
    {
      g_autoptr(SageChartSeries) series = g_list_model_get_item (G_LIST_MODEL (self->series), i);

      if (sage_chart_series_get_colour (series) <= n_series)
        taken[sage_chart_series_get_colour (series)] = TRUE;
    }
  while (colour < n_series && taken[colour])
    colour++;

  return colour;
}

/**
 * sage_chart_add_series:
 * @series: what to draw; it may be in other charts too
 *
 * Adds a line. It is given a place in the palette unless it has one.
 */
void
sage_chart_add_series (SageChart       *self,
                       SageChartSeries *series)
{
  g_return_if_fail (SAGE_IS_CHART (self));
  g_return_if_fail (SAGE_IS_CHART_SERIES (series));
  g_return_if_fail (!g_list_store_find (self->series, series, NULL));

  if (sage_chart_series_get_colour (series) == SAGE_CHART_COLOUR_AUTOMATIC)
    sage_chart_series_set_colour (series, sage_chart_find_free_colour (self));
  g_list_store_append (self->series, series);
}

/**
 * sage_chart_remove_series:
 * @series: one of the chart's
 */
void
sage_chart_remove_series (SageChart       *self,
                          SageChartSeries *series)
{
  guint position;

  g_return_if_fail (SAGE_IS_CHART (self));
  g_return_if_fail (g_list_store_find (self->series, series, &position));

  if (self->current == series)
    g_clear_object (&self->current);
  if (self->highlight == series)
    sage_chart_set_highlight (self, NULL);
  g_list_store_remove (self->series, position);
}

/**
 * sage_chart_remove_all:
 *
 * Removes every line, and with them the zoom and the cursor.
 */
void
sage_chart_remove_all (SageChart *self)
{
  g_return_if_fail (SAGE_IS_CHART (self));

  g_clear_object (&self->current);
  sage_chart_set_highlight (self, NULL);
  sage_chart_cursor_hide (self);
  sage_chart_reset_zoom (self);
  g_list_store_remove_all (self->series);
}

/**
 * sage_chart_get_series:
 *
 * Returns: (transfer none): the lines as #SageChartSeries, in the order they were added
 */
GListModel *
sage_chart_get_series (SageChart *self)
{
  g_return_val_if_fail (SAGE_IS_CHART (self), NULL);

  return G_LIST_MODEL (self->series);
}

static void
sage_chart_layer_changed_cb (SageChartLayer *layer,
                             SageChart      *self)
{
  sage_chart_view_changed (self);
}

/**
 * sage_chart_add_layer:
 * @layer: what to draw above everything so far
 */
void
sage_chart_add_layer (SageChart      *self,
                      SageChartLayer *layer)
{
  SageChartLayerSlot *slot;

  g_return_if_fail (SAGE_IS_CHART (self));
  g_return_if_fail (SAGE_IS_CHART_LAYER (layer));

  slot = g_new0 (SageChartLayerSlot, 1);
  slot->layer = g_object_ref (layer);
  g_signal_connect (layer, "changed", G_CALLBACK (sage_chart_layer_changed_cb), self);
  g_ptr_array_add (self->slots, slot);
  sage_chart_view_changed (self);
}

/**
 * sage_chart_get_logarithmic:
 *
 * Returns: whether the y axis counts in powers of ten
 */
gboolean
sage_chart_get_logarithmic (SageChart *self)
{
  g_return_val_if_fail (SAGE_IS_CHART (self), FALSE);

  return self->logarithmic;
}

/**
 * sage_chart_set_logarithmic:
 * @logarithmic: whether the y axis shall count in powers of ten; values up to zero have no place
 *   on it
 */
void
sage_chart_set_logarithmic (SageChart *self,
                            gboolean   logarithmic)
{
  g_return_if_fail (SAGE_IS_CHART (self));

  logarithmic = !!logarithmic;
  if (self->logarithmic != logarithmic)
    {
      self->logarithmic = logarithmic;
      sage_chart_view_changed (self);
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LOGARITHMIC]);
    }
}

/**
 * sage_chart_get_smoothing:
 *
 * Returns: how much of the past each drawn value keeps, 0 to less than 1
 */
double
sage_chart_get_smoothing (SageChart *self)
{
  g_return_val_if_fail (SAGE_IS_CHART (self), 0);

  return self->smoothing;
}

/**
 * sage_chart_set_smoothing:
 * @smoothing: how much of the past each drawn value shall keep, 0 to 0.999; values as they are stay
 *   in sight behind their average
 */
void
sage_chart_set_smoothing (SageChart *self,
                          double     smoothing)
{
  g_return_if_fail (SAGE_IS_CHART (self));

  smoothing = CLAMP (smoothing, 0, 0.999);
  if (self->smoothing != smoothing)
    {
      self->smoothing = smoothing;
      sage_line_layer_set_smoothing (self->lines, smoothing);
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SMOOTHING]);
    }
}

/**
 * sage_chart_set_highlight:
 * @series: (nullable): the line that shall stand out while others fade, if any
 */
void
sage_chart_set_highlight (SageChart       *self,
                          SageChartSeries *series)
{
  g_return_if_fail (SAGE_IS_CHART (self));

  if (g_set_object (&self->highlight, series))
    sage_line_layer_set_highlight (self->lines, series);
}

void
sage_chart_announce (SageChart  *self,
                     const char *text)
{
  g_signal_emit (self, announce_signal, 0, text);
}

void
sage_chart_notify_zoomed (SageChart *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ZOOMED]);
}

void
sage_chart_notify_cursor (SageChart *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CURSOR_X]);
}
