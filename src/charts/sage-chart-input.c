/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-chart-input"

#include "config.h"

#include <math.h>

#include "sage-chart-private.h"

#define ZOOM_STEP 1.5       /* of a key */
#define SCROLL_ZOOM 1.15    /* of a notch of the wheel */
#define SCROLL_PAN 0.08     /* the same, in widths of the view */
#define PIXELS_A_NOTCH 40.0 /* of a touchpad */
#define LEAST_SELECTION 6.0 /* pixels; less is a click with a shaking hand */
#define BIG_STEP 0.1        /* of the cursor with Ctrl, in widths of the view */

static double
position_of (SageChart *self,
             double     x)
{
  const SageChartPlot *plot = sage_chart_get_plot (self);
  double position = (x - plot->area.origin.x) / plot->frame.width;

  return CLAMP (plot->style.rtl ? 1 - position : position, 0, 1);
}

static gboolean
is_over_area (SageChart *self,
              double     x)
{
  const SageChartPlot *plot = sage_chart_get_plot (self);

  return x >= plot->area.origin.x - LEAST_SELECTION &&
         x <= plot->area.origin.x + plot->area.size.width + LEAST_SELECTION;
}

/* The pointer ------------------------------------------------------------------------------------ */

static void
sage_chart_motion_cb (GtkEventControllerMotion *controller,
                      double                    x,
                      double                    y,
                      SageChart                *self)
{
  if (self->drag != SAGE_CHART_DRAG_NONE)
    return;

  /* GTK repeats the last motion after each layout, and the readout's is one: that would take the
   * cursor away from the keyboard while nobody touches the mouse. */
  if (x == self->motion_x && y == self->motion_y)
    return;
  self->motion_x = x;
  self->motion_y = y;

  if (is_over_area (self, x))
    sage_chart_cursor_point_at (self, x, y);
  else if (self->cursor.by_pointer)
    sage_chart_cursor_hide (self);
}

static void
sage_chart_leave_cb (GtkEventControllerMotion *controller,
                     SageChart                *self)
{
  self->motion_x = NAN;
  if (self->cursor.by_pointer)
    sage_chart_cursor_hide (self);
}

static void
sage_chart_pressed_cb (GtkGestureClick *gesture,
                       int              n_press,
                       double           x,
                       double           y,
                       SageChart       *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self));
  if (n_press == 2)
    sage_chart_reset_zoom (self);
  else if (is_over_area (self, x))
    sage_chart_cursor_point_at (self, x, y); /* a finger has no other way */
}

static void
sage_chart_drag_begin_cb (GtkGestureDrag *gesture,
                          double          x,
                          double          y,
                          SageChart      *self)
{
  GtkEventController *controller = GTK_EVENT_CONTROLLER (gesture);
  GdkDevice *device = gtk_event_controller_get_current_event_device (controller);

  /* A finger scrolls the page the chart is on, and zooms by pinching. */
  if (sage_chart_get_message (self) != NULL || !is_over_area (self, x) ||
      (device != NULL && gdk_device_get_source (device) == GDK_SOURCE_TOUCHSCREEN))
    {
      gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_DENIED);
      return;
    }

  self->drag_start = x;
  self->drag_end = x;
}

static gboolean
wants_to_pan (GtkGesture *gesture)
{
  GtkEventController *controller = GTK_EVENT_CONTROLLER (gesture);

  return gtk_gesture_single_get_current_button (GTK_GESTURE_SINGLE (gesture)) ==
           GDK_BUTTON_MIDDLE ||
         gtk_event_controller_get_current_event_state (controller) & GDK_SHIFT_MASK;
}

static void
sage_chart_drag_update_cb (GtkGestureDrag *gesture,
                           double          offset_x,
                           double          offset_y,
                           SageChart      *self)
{
  const SageChartPlot *plot = sage_chart_get_plot (self);
  double left = plot->area.origin.x;

  if (self->drag == SAGE_CHART_DRAG_NONE)
    {
      if (fabs (offset_x) < LEAST_SELECTION)
        return;
      gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
      sage_chart_cursor_hide (self);
      self->drag = wants_to_pan (GTK_GESTURE (gesture)) ? SAGE_CHART_DRAG_PAN
                                                        : SAGE_CHART_DRAG_SELECT;
    }

  if (self->drag == SAGE_CHART_DRAG_PAN)
    {
      double moved = self->drag_start + offset_x - self->drag_end;
      double part = -moved / plot->frame.width;

      sage_chart_pan_by (self, plot->style.rtl ? -part : part);
      self->drag_end = self->drag_start + offset_x;
      return;
    }

  self->drag_end = CLAMP (self->drag_start + offset_x, left, left + plot->area.size.width);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
sage_chart_drag_end_cb (GtkGestureDrag *gesture,
                        double          offset_x,
                        double          offset_y,
                        SageChart      *self)
{
  const SageChartPlot *plot = sage_chart_get_plot (self);

  if (self->drag == SAGE_CHART_DRAG_SELECT &&
      fabs (self->drag_end - self->drag_start) >= LEAST_SELECTION)
    sage_chart_zoom_to (self, sage_chart_plot_get_value (plot, self->drag_start),
                        sage_chart_plot_get_value (plot, self->drag_end));

  self->drag = SAGE_CHART_DRAG_NONE;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
sage_chart_drag_cancel_cb (GtkGesture       *gesture,
                           GdkEventSequence *sequence,
                           SageChart        *self)
{
  self->drag = SAGE_CHART_DRAG_NONE;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* Returns whether the wheel would rather scroll the page that the chart is on. */
static gboolean
is_on_scrolling_page (SageChart *self)
{
  GtkWidget *page = gtk_widget_get_ancestor (GTK_WIDGET (self), GTK_TYPE_SCROLLED_WINDOW);
  GtkAdjustment *adjustment;

  if (page == NULL)
    return FALSE;
  adjustment = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (page));

  return gtk_adjustment_get_upper (adjustment) - gtk_adjustment_get_lower (adjustment) >
         gtk_adjustment_get_page_size (adjustment);
}

/* The wheel zooms, unless that would stop somebody who scrolls down a page on its way: there, the
 * chart has to have the focus, or Ctrl be held. */
static gboolean
sage_chart_scroll_cb (GtkEventControllerScroll *scroll,
                      double                    dx,
                      double                    dy,
                      SageChart                *self)
{
  GtkEventController *controller = GTK_EVENT_CONTROLLER (scroll);
  GdkModifierType state = gtk_event_controller_get_current_event_state (controller);

  if (sage_chart_get_message (self) != NULL ||
      (!(state & GDK_CONTROL_MASK) && !gtk_widget_is_focus (GTK_WIDGET (self)) &&
       is_on_scrolling_page (self)))
    return GDK_EVENT_PROPAGATE;

  if (gtk_event_controller_scroll_get_unit (scroll) == GDK_SCROLL_UNIT_SURFACE)
    {
      dx /= PIXELS_A_NOTCH;
      dy /= PIXELS_A_NOTCH;
    }
  if (state & GDK_SHIFT_MASK && dx == 0)
    {
      dx = dy;
      dy = 0;
    }

  if (!self->zoomed && dy >= 0)
    return GDK_EVENT_PROPAGATE; /* there is nothing farther out, nor aside */

  if (dx != 0)
    sage_chart_pan_by (self, sage_chart_get_plot (self)->style.rtl ? -dx * SCROLL_PAN
                                                                   : dx * SCROLL_PAN);
  if (dy != 0)
    sage_chart_zoom_by (self, pow (SCROLL_ZOOM, -dy), self->cursor.shown && self->cursor.by_pointer
                                ? position_of (self, self->cursor.pointer_x) : 0.5);

  return GDK_EVENT_STOP;
}

static void
sage_chart_pinch_begin_cb (GtkGesture       *gesture,
                           GdkEventSequence *sequence,
                           SageChart        *self)
{
  self->pinch_scale = 1;
}

static void
sage_chart_pinch_cb (GtkGestureZoom *gesture,
                     double          scale,
                     SageChart      *self)
{
  double x, y;

  if (scale <= 0 || !gtk_gesture_get_bounding_box_center (GTK_GESTURE (gesture), &x, &y))
    return;

  sage_chart_zoom_by (self, scale / self->pinch_scale, position_of (self, x));
  self->pinch_scale = scale;
}

static void
sage_chart_focus_leave_cb (GtkEventControllerFocus *controller,
                           SageChart               *self)
{
  sage_chart_cursor_hide (self);
}

static void
sage_chart_add_scroll (SageChart *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  GtkEventController *controller;

  controller = gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_BOTH_AXES);
  g_signal_connect (controller, "scroll", G_CALLBACK (sage_chart_scroll_cb), self);
  gtk_widget_add_controller (widget, controller);

  controller = GTK_EVENT_CONTROLLER (gtk_gesture_zoom_new ());
  g_signal_connect (controller, "begin", G_CALLBACK (sage_chart_pinch_begin_cb), self);
  g_signal_connect (controller, "scale-changed", G_CALLBACK (sage_chart_pinch_cb), self);
  gtk_widget_add_controller (widget, controller);
}

static void
sage_chart_add_drag (SageChart *self,
                     guint      button)
{
  GtkGesture *gesture = gtk_gesture_drag_new ();

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (gesture), button);
  g_signal_connect (gesture, "drag-begin", G_CALLBACK (sage_chart_drag_begin_cb), self);
  g_signal_connect (gesture, "drag-update", G_CALLBACK (sage_chart_drag_update_cb), self);
  g_signal_connect (gesture, "drag-end", G_CALLBACK (sage_chart_drag_end_cb), self);
  g_signal_connect (gesture, "cancel", G_CALLBACK (sage_chart_drag_cancel_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (gesture));
}

/* Adds what listens to the pointer and to fingers. */
void
sage_chart_add_controllers (SageChart *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  GtkEventController *controller;

  controller = gtk_event_controller_motion_new ();
  g_signal_connect (controller, "motion", G_CALLBACK (sage_chart_motion_cb), self);
  g_signal_connect (controller, "leave", G_CALLBACK (sage_chart_leave_cb), self);
  gtk_widget_add_controller (widget, controller);

  controller = GTK_EVENT_CONTROLLER (gtk_gesture_click_new ());
  g_signal_connect (controller, "pressed", G_CALLBACK (sage_chart_pressed_cb), self);
  gtk_widget_add_controller (widget, controller);

  sage_chart_add_drag (self, GDK_BUTTON_PRIMARY);
  sage_chart_add_drag (self, GDK_BUTTON_MIDDLE);
  sage_chart_add_scroll (self);

  controller = gtk_event_controller_focus_new ();
  g_signal_connect (controller, "leave", G_CALLBACK (sage_chart_focus_leave_cb), self);
  gtk_widget_add_controller (widget, controller);
}

/* The keyboard ----------------------------------------------------------------------------------- */

/* What a key does; the argument of its binding. */
typedef enum {
  KEY_LEFT,
  KEY_RIGHT,
  KEY_FAR_LEFT,
  KEY_FAR_RIGHT,
  KEY_FIRST,
  KEY_LAST,
  KEY_PREVIOUS_SERIES,
  KEY_NEXT_SERIES,
  KEY_ZOOM_IN,
  KEY_ZOOM_OUT,
  KEY_ZOOM_RESET,
  KEY_LEAVE,
} SageChartKey;

/* Zooms around the cursor, so that what is being read stays in sight. */
static void
sage_chart_key_zoom (SageChart *self,
                     double     factor)
{
  const SageChartPlot *plot = sage_chart_get_plot (self);
  double around = 0.5;

  if (sage_chart_get_message (self) != NULL)
    return;
  if (self->cursor.shown)
    around = sage_chart_scale_get_position (&plot->frame.x, self->cursor.x);
  sage_chart_zoom_by (self, factor, around);
}

/* Left is left on the screen, whichever way the axis runs. */
static void
sage_chart_key_move (SageChart *self,
                     int        direction,
                     double     least_pixels)
{
  if (sage_chart_get_plot (self)->style.rtl)
    direction = -direction;
  sage_chart_cursor_step (self, direction, least_pixels);
}

static gboolean
sage_chart_key_leave (SageChart *self)
{
  if (!self->cursor.shown)
    return FALSE;
  sage_chart_cursor_hide (self);

  return TRUE;
}

static gboolean
sage_chart_key_cb (GtkWidget *widget,
                   GVariant  *arguments,
                   gpointer   user_data)
{
  SageChart *self = SAGE_CHART (widget);
  double far_away = sage_chart_get_plot (self)->frame.width * BIG_STEP;

  switch ((SageChartKey) g_variant_get_int32 (arguments))
    {
    case KEY_LEFT:
      sage_chart_key_move (self, -1, 1);
      return TRUE;
    case KEY_RIGHT:
      sage_chart_key_move (self, 1, 1);
      return TRUE;
    case KEY_FAR_LEFT:
      sage_chart_key_move (self, -1, far_away);
      return TRUE;
    case KEY_FAR_RIGHT:
      sage_chart_key_move (self, 1, far_away);
      return TRUE;
    case KEY_FIRST:
      sage_chart_cursor_to_end (self, -1);
      return TRUE;
    case KEY_LAST:
      sage_chart_cursor_to_end (self, 1);
      return TRUE;
    case KEY_PREVIOUS_SERIES:
      return sage_chart_cursor_next_series (self, -1);
    case KEY_NEXT_SERIES:
      return sage_chart_cursor_next_series (self, 1);
    case KEY_ZOOM_IN:
      sage_chart_key_zoom (self, ZOOM_STEP);
      return TRUE;
    case KEY_ZOOM_OUT:
      sage_chart_key_zoom (self, 1 / ZOOM_STEP);
      return TRUE;
    case KEY_ZOOM_RESET:
      sage_chart_reset_zoom (self);
      return TRUE;
    case KEY_LEAVE:
      return sage_chart_key_leave (self);
    default:
      g_return_val_if_reached (FALSE);
    }
}

/* Binds the keys. Tab is not one: it moves the focus, see sage_chart_focus(). */
void
sage_chart_class_add_keys (GtkWidgetClass *klass)
{
  static const struct { guint key; GdkModifierType modifiers; SageChartKey does; } keys[] = {
    { GDK_KEY_Left, 0, KEY_LEFT },
    { GDK_KEY_KP_Left, 0, KEY_LEFT },
    { GDK_KEY_Right, 0, KEY_RIGHT },
    { GDK_KEY_KP_Right, 0, KEY_RIGHT },
    { GDK_KEY_Left, GDK_CONTROL_MASK, KEY_FAR_LEFT },
    { GDK_KEY_Right, GDK_CONTROL_MASK, KEY_FAR_RIGHT },
    { GDK_KEY_Home, 0, KEY_FIRST },
    { GDK_KEY_End, 0, KEY_LAST },
    { GDK_KEY_Up, 0, KEY_PREVIOUS_SERIES },
    { GDK_KEY_KP_Up, 0, KEY_PREVIOUS_SERIES },
    { GDK_KEY_Down, 0, KEY_NEXT_SERIES },
    { GDK_KEY_KP_Down, 0, KEY_NEXT_SERIES },
    { GDK_KEY_plus, 0, KEY_ZOOM_IN },
    { GDK_KEY_equal, 0, KEY_ZOOM_IN },
    { GDK_KEY_KP_Add, 0, KEY_ZOOM_IN },
    { GDK_KEY_minus, 0, KEY_ZOOM_OUT },
    { GDK_KEY_KP_Subtract, 0, KEY_ZOOM_OUT },
    { GDK_KEY_0, 0, KEY_ZOOM_RESET },
    { GDK_KEY_KP_0, 0, KEY_ZOOM_RESET },
    { GDK_KEY_Escape, 0, KEY_LEAVE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    gtk_widget_class_add_binding (klass, keys[i].key, keys[i].modifiers, sage_chart_key_cb, "i",
                                  (gint32) keys[i].does);

  /* The card that the chart is on has these actions. */
  gtk_widget_class_add_binding_action (klass, GDK_KEY_t, 0, "chart.table", NULL);
  gtk_widget_class_add_binding_action (klass, GDK_KEY_l, 0, "chart.logarithmic", NULL);
}
