/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-chart-legend"

#include "config.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "sage-chart-legend.h"
#include "sage-chart-swatch.h"

#define NAME_CHARS 32
#define MOST_LINES 3 /* more scroll */

/* The names of a chart's series, which are also the switches that hide them. */
struct _SageChartLegend
{
  GtkWidget  parent_instance;

  SageChart *chart; /* (owned) (nullable) */
  GtkWidget *scroller;
  GtkWidget *box;
  GPtrArray *items; /* (owned): of GtkToggleButton, in the order of the series; children of @box */
};

G_DEFINE_FINAL_TYPE (SageChartLegend, sage_chart_legend, GTK_TYPE_WIDGET)

static SageChartSeries *
get_item_series (GtkWidget *item)
{
  return g_object_get_data (G_OBJECT (item), "sage-series");
}

static void
sage_chart_legend_enter_cb (GtkEventControllerMotion *controller,
                            double                    x,
                            double                    y,
                            SageChartLegend          *self)
{
  GtkWidget *item = gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (controller));

  if (self->chart != NULL && self->items->len > 1 &&
      sage_chart_series_get_visible (get_item_series (item)))
    sage_chart_set_highlight (self->chart, get_item_series (item));
}

static void
sage_chart_legend_leave_cb (GtkEventControllerMotion *controller,
                            SageChartLegend          *self)
{
  if (self->chart != NULL)
    sage_chart_set_highlight (self->chart, NULL);
}

static void
sage_chart_legend_only_action (GtkWidget  *widget,
                               const char *action_name,
                               GVariant   *parameter)
{
  SageChartLegend *self = SAGE_CHART_LEGEND (widget);
  guint only = g_variant_get_uint32 (parameter);

  for (guint i = 0; i < self->items->len; i++)
    sage_chart_series_set_visible (get_item_series (self->items->pdata[i]), i == only);
}

static void
sage_chart_legend_all_action (GtkWidget  *widget,
                              const char *action_name,
                              GVariant   *parameter)
{
  SageChartLegend *self = SAGE_CHART_LEGEND (widget);

  for (guint i = 0; i < self->items->len; i++)
    sage_chart_series_set_visible (get_item_series (self->items->pdata[i]), TRUE);
}

static void
sage_chart_legend_menu_closed_cb (GtkPopover *popover,
                                  gpointer    user_data)
{
  /* The chosen action is activated after this signal, and needs the popover's place. */
  g_idle_add_once ((GSourceOnceFunc) gtk_widget_unparent, popover);
}

static void
sage_chart_legend_show_menu (SageChartLegend *self,
                             GtkWidget       *item)
{
  g_autoptr(GMenu) menu = g_menu_new ();
  g_autoptr(GMenuItem) only = g_menu_item_new (_("Show _Only This"), NULL);
  GtkWidget *popover;
  guint position;

  g_return_if_fail (g_ptr_array_find (self->items, item, &position));

  g_menu_item_set_action_and_target (only, "legend.only", "u", position);
  g_menu_append_item (menu, only);
  g_menu_append (menu, _("Show _All"), "legend.all");
  popover = gtk_popover_menu_new_from_model (G_MENU_MODEL (menu));
  gtk_widget_set_parent (popover, item);
  g_signal_connect (popover, "closed", G_CALLBACK (sage_chart_legend_menu_closed_cb), NULL);
  gtk_popover_popup (GTK_POPOVER (popover));
}

static void
sage_chart_legend_pressed_cb (GtkGestureClick *gesture,
                              int              n_press,
                              double           x,
                              double           y,
                              SageChartLegend *self)
{
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  sage_chart_legend_show_menu (self,
                               gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (gesture)));
}

static gboolean
sage_chart_legend_menu_key_cb (GtkWidget *widget,
                               GVariant  *arguments,
                               gpointer   user_data)
{
  SageChartLegend *self = SAGE_CHART_LEGEND (widget);
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (widget));

  if (focus == NULL || !g_ptr_array_find (self->items, focus, NULL))
    return FALSE;
  sage_chart_legend_show_menu (self, focus);

  return TRUE;
}

static GtkWidget *
sage_chart_legend_new_item (SageChartLegend *self,
                            SageChartSeries *series)
{
  GtkWidget *item = gtk_toggle_button_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *name = gtk_label_new (NULL);
  GtkEventController *controller;

  gtk_label_set_ellipsize (GTK_LABEL (name), PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_max_width_chars (GTK_LABEL (name), NAME_CHARS);
  gtk_label_set_single_line_mode (GTK_LABEL (name), TRUE);
  gtk_widget_add_css_class (name, "caption");
  gtk_box_append (GTK_BOX (box), sage_chart_swatch_new (series));
  gtk_box_append (GTK_BOX (box), name);
  gtk_button_set_child (GTK_BUTTON (item), box);
  gtk_widget_add_css_class (item, "flat");
  gtk_accessible_update_relation (GTK_ACCESSIBLE (item), GTK_ACCESSIBLE_RELATION_LABELLED_BY, name,
                                  NULL, -1);

  g_object_set_data_full (G_OBJECT (item), "sage-series", g_object_ref (series), g_object_unref);
  g_object_bind_property (series, "name", name, "label", G_BINDING_SYNC_CREATE);
  g_object_bind_property (series, "name", item, "tooltip-text", G_BINDING_SYNC_CREATE);
  g_object_bind_property (series, "visible", item, "active",
                          G_BINDING_SYNC_CREATE | G_BINDING_BIDIRECTIONAL);

  controller = gtk_event_controller_motion_new ();
  g_signal_connect (controller, "enter", G_CALLBACK (sage_chart_legend_enter_cb), self);
  g_signal_connect (controller, "leave", G_CALLBACK (sage_chart_legend_leave_cb), self);
  gtk_widget_add_controller (item, controller);

  controller = GTK_EVENT_CONTROLLER (gtk_gesture_click_new ());
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (controller), GDK_BUTTON_SECONDARY);
  g_signal_connect (controller, "pressed", G_CALLBACK (sage_chart_legend_pressed_cb), self);
  gtk_widget_add_controller (item, controller);

  return item;
}

static void
sage_chart_legend_items_changed_cb (GListModel      *model,
                                    guint            position,
                                    guint            n_removed,
                                    guint            n_added,
                                    SageChartLegend *self)
{
  for (guint i = position; i < position + n_removed; i++)
    adw_wrap_box_remove (ADW_WRAP_BOX (self->box), self->items->pdata[i]);
  g_ptr_array_remove_range (self->items, position, n_removed);

  for (guint i = position; i < position + n_added; i++)
    {
      g_autoptr(SageChartSeries) series = g_list_model_get_item (model, i);
      GtkWidget *item = sage_chart_legend_new_item (self, series);

      adw_wrap_box_insert_child_after (ADW_WRAP_BOX (self->box), item,
                                       i > 0 ? self->items->pdata[i - 1] : NULL);
      g_ptr_array_insert (self->items, i, item);
    }

  gtk_widget_set_visible (GTK_WIDGET (self), self->items->len > 0);
}

static int
sage_chart_legend_get_most_height (SageChartLegend *self)
{
  int line = 0;

  if (self->items->len > 0)
    gtk_widget_measure (self->items->pdata[0], GTK_ORIENTATION_VERTICAL, -1, &line, NULL, NULL, NULL);

  return MOST_LINES * line;
}

/* A scrolled window would ask for the height that its lines take at their narrowest, so the lines
 * are asked themselves. */
static void
sage_chart_legend_measure (GtkWidget      *widget,
                           GtkOrientation  orientation,
                           int             for_size,
                           int            *minimum,
                           int            *natural,
                           int            *minimum_baseline,
                           int            *natural_baseline)
{
  SageChartLegend *self = SAGE_CHART_LEGEND (widget);

  gtk_widget_measure (self->box, orientation, for_size, minimum, natural, NULL, NULL);
  if (orientation == GTK_ORIENTATION_VERTICAL)
    *minimum = *natural = MIN (*natural, sage_chart_legend_get_most_height (self));
}

static void
sage_chart_legend_size_allocate (GtkWidget *widget,
                                 int        width,
                                 int        height,
                                 int        baseline)
{
  int ignored;

  gtk_widget_measure (SAGE_CHART_LEGEND (widget)->scroller, GTK_ORIENTATION_HORIZONTAL, -1, &ignored,
                      NULL, NULL, NULL);
  gtk_widget_allocate (SAGE_CHART_LEGEND (widget)->scroller, width, height, baseline, NULL);
}

static GtkSizeRequestMode
sage_chart_legend_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
sage_chart_legend_dispose (GObject *object)
{
  SageChartLegend *self = SAGE_CHART_LEGEND (object);

  if (self->chart != NULL)
    g_signal_handlers_disconnect_by_data (sage_chart_get_series (self->chart), self);
  g_clear_object (&self->chart);
  g_ptr_array_set_size (self->items, 0);
  g_clear_pointer (&self->scroller, gtk_widget_unparent);

  G_OBJECT_CLASS (sage_chart_legend_parent_class)->dispose (object);
}

static void
sage_chart_legend_finalize (GObject *object)
{
  g_ptr_array_unref (SAGE_CHART_LEGEND (object)->items);

  G_OBJECT_CLASS (sage_chart_legend_parent_class)->finalize (object);
}

static void
sage_chart_legend_class_init (SageChartLegendClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sage_chart_legend_dispose;
  G_OBJECT_CLASS (klass)->finalize = sage_chart_legend_finalize;

  widget_class->measure = sage_chart_legend_measure;
  widget_class->size_allocate = sage_chart_legend_size_allocate;
  widget_class->get_request_mode = sage_chart_legend_get_request_mode;
  gtk_widget_class_set_css_name (widget_class, "sage-chart-legend");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_widget_class_install_action (widget_class, "legend.only", "u", sage_chart_legend_only_action);
  gtk_widget_class_install_action (widget_class, "legend.all", NULL, sage_chart_legend_all_action);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_F10, GDK_SHIFT_MASK,
                                sage_chart_legend_menu_key_cb, NULL);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Menu, 0, sage_chart_legend_menu_key_cb, NULL);
}

static void
sage_chart_legend_init (SageChartLegend *self)
{
  self->items = g_ptr_array_new ();
  self->box = adw_wrap_box_new ();
  adw_wrap_box_set_child_spacing (ADW_WRAP_BOX (self->box), 6);
  adw_wrap_box_set_line_spacing (ADW_WRAP_BOX (self->box), 0);

  self->scroller = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (self->scroller), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (self->scroller), self->box);
  gtk_widget_set_parent (self->scroller, GTK_WIDGET (self));
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Series"),
                                  -1);
}

/**
 * sage_chart_legend_set_chart:
 * @chart: whose series to list; set once
 */
void
sage_chart_legend_set_chart (SageChartLegend *self,
                             SageChart       *chart)
{
  GListModel *series;

  g_return_if_fail (SAGE_IS_CHART_LEGEND (self));
  g_return_if_fail (SAGE_IS_CHART (chart));
  g_return_if_fail (self->chart == NULL);

  self->chart = g_object_ref (chart);
  series = sage_chart_get_series (chart);
  g_signal_connect (series, "items-changed", G_CALLBACK (sage_chart_legend_items_changed_cb), self);
  sage_chart_legend_items_changed_cb (series, 0, 0, g_list_model_get_n_items (series), self);
}
