/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-log-text"

#include "config.h"

#include <glib/gi18n.h>

#include "sage-log-text-private.h"

/* Bytes of a line that are searched for a metric: a longer line is none. */
#define MAX_METRIC_LINE 4096

/* --- metrics and links ------------------------------------------------------------------------ */

/**
 * sage_log_text_is_metric:
 * @self: a log text
 * @number: a line
 *
 * Returns: whether it holds a metric
 */
gboolean
sage_log_text_is_metric (SageLogText *self,
                         gint64       number)
{
  const SageLogLine *line =
    self->buffer != NULL ? sage_log_buffer_get_line (self->buffer, number) : NULL;

  if (line == NULL || line->length > MAX_METRIC_LINE)
    return FALSE;

  for (guint i = 0; i < self->metrics->len; i++)
    {
      g_autoptr(GError) error = NULL;

      if (g_regex_match_full (g_ptr_array_index (self->metrics, i), line->text, line->length, 0, 0,
                              NULL, &error))
        return TRUE;
      if (error != NULL) /* a pattern that explodes on one line is not tried on the next */
        g_ptr_array_remove_index (self->metrics, i--);
    }

  return FALSE;
}

/* Returns: the line whose metric is at a point; none where a link is */
static gint64
metric_at (SageLogText *self,
           double       x,
           double       y)
{
  gint64 row = sage_log_text_row_at (self, y);
  guint row_in_line;
  gint64 number;

  if (self->rows->len == 0 || row < self->base ||
      row >= self->base + g_array_index (self->starts, gint64, self->rows->len))
    return SAGE_LOG_NO_LINE;

  number = sage_log_text_line_at_row (self, row, &row_in_line);

  return sage_log_text_is_metric (self, number) ? number : SAGE_LOG_NO_LINE;
}

static void
set_hovered (SageLogText *self,
             gint64       number)
{
  if (self->hovered == number)
    return;

  self->hovered = number;
  gtk_widget_set_tooltip_text (GTK_WIDGET (self),
                               number != SAGE_LOG_NO_LINE ? _("Show in the chart") : NULL);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
motion_cb (GtkEventControllerMotion *controller,
           double                    x,
           double                    y,
           gpointer                  user_data)
{
  SageLogText *self = user_data;
  gint64 number = SAGE_LOG_NO_LINE;
  SageLogLink link = sage_log_text_link_at (self, x, y, &number);
  gint64 metric = link == SAGE_LOG_LINK_NONE ? metric_at (self, x, y) : SAGE_LOG_NO_LINE;
  gboolean points = link != SAGE_LOG_LINK_NONE || metric != SAGE_LOG_NO_LINE;

  set_hovered (self, metric);
  gtk_widget_set_cursor_from_name (GTK_WIDGET (self), points ? "pointer" : "text");
}

static void
leave_cb (GtkEventControllerMotion *controller,
          gpointer                  user_data)
{
  set_hovered (user_data, SAGE_LOG_NO_LINE);
}

static void
activate_link (SageLogText *self,
               SageLogLink  link,
               gint64       number)
{
  if (link == SAGE_LOG_LINK_EXPAND)
    sage_log_text_expand_line (self, number);
  else if (link == SAGE_LOG_LINK_SAVE)
    sage_log_text_emit_save (self, number);
}

/* --- the pointer ------------------------------------------------------------------------------ */

/* The selection reaches from what the first click took to what is under the pointer now. */
static void
drag_to (SageLogText *self,
         double       x,
         double       y)
{
  SageLogPlace place = sage_log_text_place_at (self, x, y);
  SageLogPlace start;
  SageLogPlace end;

  sage_log_text_expand (self, &place, self->clicks, &start, &end);
  if (sage_log_place_compare (&start, &self->drag_start) < 0)
    sage_log_text_select (self, &self->drag_end, &start);
  else
    sage_log_text_select (self, &self->drag_start, &end);
}

/* A pointer that is held above or below the lines scrolls, the faster the farther it is. */
static gboolean
autoscroll_cb (GtkWidget     *widget,
               GdkFrameClock *clock,
               gpointer       user_data)
{
  SageLogText *self = SAGE_LOG_TEXT (widget);
  GtkAdjustment *adjustment = self->adjustments[GTK_ORIENTATION_VERTICAL];
  double height = gtk_widget_get_height (widget);
  double beyond = self->pointer_y < 0 ? self->pointer_y : MAX (self->pointer_y - height, 0);

  if (adjustment != NULL && beyond != 0)
    {
      gtk_adjustment_set_value (adjustment, gtk_adjustment_get_value (adjustment) + beyond / 4);
      drag_to (self, self->pointer_x, CLAMP (self->pointer_y, 0, height - 1));
    }

  return G_SOURCE_CONTINUE;
}

static void
stop_autoscroll (SageLogText *self)
{
  if (self->autoscroll != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->autoscroll);
  self->autoscroll = 0;
}

static gboolean
activate_cb (gpointer user_data)
{
  SageLogText *self = user_data;

  self->activation = 0;
  if (!sage_log_text_get_has_selection (self))
    sage_log_text_emit_metric (self, self->activated);

  return G_SOURCE_REMOVE;
}

/* Another click would make it one that selects. */
static void
activate_later (SageLogText *self,
                gint64       number)
{
  int pause;

  g_object_get (gtk_widget_get_settings (GTK_WIDGET (self)), "gtk-double-click-time", &pause, NULL);
  self->activated = number;
  self->activation = g_timeout_add ((guint) pause, activate_cb, self);
}

static void
pressed_cb (GtkGestureClick *gesture,
            int              n_press,
            double           x,
            double           y,
            gpointer         user_data)
{
  SageLogText *self = user_data;
  GdkModifierType state = gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (gesture));
  SageLogPlace place;

  gtk_widget_grab_focus (GTK_WIDGET (self));
  g_clear_handle_id (&self->activation, g_source_remove);
  if (self->rows->len == 0)
    return;

  place = sage_log_text_place_at (self, x, y);
  self->goal = -1;
  self->clicks = n_press;
  if (n_press == 1 && (state & GDK_SHIFT_MASK) && self->anchor.line != SAGE_LOG_NO_LINE)
    {
      self->drag_start = self->drag_end = self->anchor;
      sage_log_text_select (self, &self->anchor, &place);
      return;
    }

  sage_log_text_expand (self, &place, n_press, &self->drag_start, &self->drag_end);
  sage_log_text_select (self, &self->drag_start, &self->drag_end);
}

static void
released_cb (GtkGestureClick *gesture,
             int              n_press,
             double           x,
             double           y,
             gpointer         user_data)
{
  SageLogText *self = user_data;
  SageLogPlace start;
  SageLogPlace end;
  gint64 number;
  SageLogLink link;

  if (n_press != 1 || sage_log_text_get_range (self, &start, &end))
    return; /* something was selected */

  link = sage_log_text_link_at (self, x, y, &number);
  if (link != SAGE_LOG_LINK_NONE)
    activate_link (self, link, number);
  else if ((number = metric_at (self, x, y)) != SAGE_LOG_NO_LINE)
    activate_later (self, number);
}

static void
drag_update_cb (GtkGestureDrag *gesture,
                double          offset_x,
                double          offset_y,
                gpointer        user_data)
{
  SageLogText *self = user_data;
  double x;
  double y;

  if (self->rows->len == 0)
    return;

  gtk_gesture_drag_get_start_point (gesture, &x, &y);
  self->pointer_x = x + offset_x;
  self->pointer_y = y + offset_y;
  drag_to (self, self->pointer_x, self->pointer_y);
  if (self->autoscroll == 0)
    self->autoscroll = gtk_widget_add_tick_callback (GTK_WIDGET (self), autoscroll_cb, NULL, NULL);
}

static void
drag_end_cb (GtkGestureDrag *gesture,
             double          offset_x,
             double          offset_y,
             gpointer        user_data)
{
  SageLogText *self = user_data;
  g_autofree char *text = NULL;

  stop_autoscroll (self);
  text = sage_log_text_dup_selection (self);
  if (text != NULL)
    gdk_clipboard_set_text (gtk_widget_get_primary_clipboard (GTK_WIDGET (self)), text);
}

/* --- the menu --------------------------------------------------------------------------------- */

static void
append_if_enabled (GMenu      *menu,
                   const char *label,
                   const char *action)
{
  g_autoptr(GMenuItem) item = g_menu_item_new (label, action);

  g_menu_item_set_attribute (item, "hidden-when", "s", "action-disabled");
  g_menu_append_item (menu, item);
}

static GMenuModel *
make_menu (void)
{
  GMenu *menu = g_menu_new ();
  g_autoptr(GMenu) edit = g_menu_new ();
  g_autoptr(GMenu) line = g_menu_new ();

  g_menu_append (edit, _("_Copy"), "clipboard.copy");
  g_menu_append (edit, _("Select _all"), "selection.select-all");
  g_menu_append_section (menu, NULL, G_MENU_MODEL (edit));
  append_if_enabled (line, _("Show in _chart"), "line.show-metric");
  append_if_enabled (line, _("Show _whole line"), "line.expand");
  append_if_enabled (line, _("_Save line…"), "line.save");
  g_menu_append_section (menu, NULL, G_MENU_MODEL (line));

  return G_MENU_MODEL (menu);
}

static void
show_menu (SageLogText *self,
           double       x,
           double       y)
{
  GdkRectangle rectangle = { (int) x, (int) y, 1, 1 };

  sage_log_text_update_actions (self);
  if (self->menu == NULL)
    {
      g_autoptr(GMenuModel) model = make_menu ();

      self->menu = gtk_popover_menu_new_from_model (model);
      gtk_widget_set_parent (self->menu, GTK_WIDGET (self));
      gtk_popover_set_has_arrow (GTK_POPOVER (self->menu), FALSE);
      gtk_widget_set_halign (self->menu, GTK_ALIGN_START);
    }
  gtk_popover_set_pointing_to (GTK_POPOVER (self->menu), &rectangle);
  gtk_popover_popup (GTK_POPOVER (self->menu));
}

/* The menu is about the selection, or about what was clicked if that is outside of it. */
static void
secondary_pressed_cb (GtkGestureClick *gesture,
                      int              n_press,
                      double           x,
                      double           y,
                      gpointer         user_data)
{
  SageLogText *self = user_data;
  SageLogPlace start;
  SageLogPlace end;

  gtk_widget_grab_focus (GTK_WIDGET (self));
  if (self->rows->len > 0)
    {
      SageLogPlace place = sage_log_text_place_at (self, x, y);

      if (!sage_log_text_get_range (self, &start, &end) ||
          sage_log_place_compare (&place, &start) < 0 || sage_log_place_compare (&place, &end) > 0)
        sage_log_text_select (self, &place, &place);
    }
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  show_menu (self, x, y);
}

/* --- actions and keys ------------------------------------------------------------------------- */

/**
 * sage_log_text_update_actions:
 * @self: a log text
 *
 * Enables what can be done with the selection and the line of the caret.
 */
void
sage_log_text_update_actions (SageLogText *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  const SageLogLine *line =
    self->buffer != NULL ? sage_log_buffer_get_line (self->buffer, self->caret.line) : NULL;
  SageLogPlace start;
  SageLogPlace end;

  gtk_widget_action_set_enabled (widget, "clipboard.copy",
                                 sage_log_text_get_range (self, &start, &end));
  gtk_widget_action_set_enabled (widget, "selection.select-all", self->rows->len > 0);
  gtk_widget_action_set_enabled (widget, "line.show-metric",
                                 sage_log_text_is_metric (self, self->caret.line));
  gtk_widget_action_set_enabled (widget, "line.expand",
                                 line != NULL && line->truncated && !line->expanded);
  gtk_widget_action_set_enabled (widget, "line.save", line != NULL && line->truncated);
}

static void
copy_action (GtkWidget  *widget,
             const char *name,
             GVariant   *parameter)
{
  sage_log_text_copy (SAGE_LOG_TEXT (widget));
}

static void
select_all_action (GtkWidget  *widget,
                   const char *name,
                   GVariant   *parameter)
{
  sage_log_text_select_all (SAGE_LOG_TEXT (widget));
}

static void
show_metric_action (GtkWidget  *widget,
                    const char *name,
                    GVariant   *parameter)
{
  sage_log_text_emit_metric (SAGE_LOG_TEXT (widget), SAGE_LOG_TEXT (widget)->caret.line);
}

static void
expand_action (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  sage_log_text_expand_line (SAGE_LOG_TEXT (widget), SAGE_LOG_TEXT (widget)->caret.line);
}

static void
save_action (GtkWidget  *widget,
             const char *name,
             GVariant   *parameter)
{
  sage_log_text_emit_save (SAGE_LOG_TEXT (widget), SAGE_LOG_TEXT (widget)->caret.line);
}

/* The menu at the caret. */
static void
menu_action (GtkWidget  *widget,
             const char *name,
             GVariant   *parameter)
{
  SageLogText *self = SAGE_LOG_TEXT (widget);
  graphene_rect_t bounds = GRAPHENE_RECT_INIT (SAGE_LOG_MARGIN, 0, 1, 0);

  sage_log_text_place_bounds (self, &self->caret, &bounds);
  show_menu (self, bounds.origin.x, bounds.origin.y + bounds.size.height);
}

/* Enter does with the line of the caret what a click on it does. */
static gboolean
activate_binding (GtkWidget *widget,
                  GVariant  *args,
                  gpointer   user_data)
{
  SageLogText *self = SAGE_LOG_TEXT (widget);
  const SageLogLine *line =
    self->buffer != NULL ? sage_log_buffer_get_line (self->buffer, self->caret.line) : NULL;

  if (line == NULL)
    return GDK_EVENT_PROPAGATE;
  if (line->truncated && !line->expanded)
    sage_log_text_expand_line (self, self->caret.line);
  else if (sage_log_text_is_metric (self, self->caret.line))
    sage_log_text_emit_metric (self, self->caret.line);
  else
    return GDK_EVENT_PROPAGATE;

  return GDK_EVENT_STOP;
}

static gboolean
move_binding (GtkWidget *widget,
              GVariant  *args,
              gpointer   user_data)
{
  int kind;
  int count;
  gboolean extend;

  g_variant_get (args, "(iib)", &kind, &count, &extend);
  sage_log_text_move (SAGE_LOG_TEXT (widget), (GtkMovementStep) kind, count, extend);

  return GDK_EVENT_STOP;
}

static gboolean
unselect_binding (GtkWidget *widget,
                  GVariant  *args,
                  gpointer   user_data)
{
  SageLogText *self = SAGE_LOG_TEXT (widget);

  if (!sage_log_text_get_has_selection (self))
    return GDK_EVENT_PROPAGATE;
  sage_log_text_select (self, &self->caret, &self->caret);

  return GDK_EVENT_STOP;
}

static void
add_move (GtkWidgetClass  *widget_class,
          guint            key,
          GdkModifierType  modifiers,
          GtkMovementStep  kind,
          int              count)
{
  gtk_widget_class_add_binding (widget_class, key, modifiers, move_binding, "(iib)", kind, count,
                                FALSE);
  gtk_widget_class_add_binding (widget_class, key, modifiers | GDK_SHIFT_MASK, move_binding,
                                "(iib)", kind, count, TRUE);
}

static void
add_moves (GtkWidgetClass *widget_class)
{
  static const struct
  {
    guint           key;
    guint           keypad;
    GdkModifierType modifiers;
    GtkMovementStep kind;
    int             count;
  } moves[] = {
    { GDK_KEY_Left, GDK_KEY_KP_Left, 0, GTK_MOVEMENT_VISUAL_POSITIONS, -1 },
    { GDK_KEY_Right, GDK_KEY_KP_Right, 0, GTK_MOVEMENT_VISUAL_POSITIONS, 1 },
    { GDK_KEY_Left, GDK_KEY_KP_Left, GDK_CONTROL_MASK, GTK_MOVEMENT_WORDS, -1 },
    { GDK_KEY_Right, GDK_KEY_KP_Right, GDK_CONTROL_MASK, GTK_MOVEMENT_WORDS, 1 },
    { GDK_KEY_Up, GDK_KEY_KP_Up, 0, GTK_MOVEMENT_DISPLAY_LINES, -1 },
    { GDK_KEY_Down, GDK_KEY_KP_Down, 0, GTK_MOVEMENT_DISPLAY_LINES, 1 },
    { GDK_KEY_Page_Up, GDK_KEY_KP_Page_Up, 0, GTK_MOVEMENT_PAGES, -1 },
    { GDK_KEY_Page_Down, GDK_KEY_KP_Page_Down, 0, GTK_MOVEMENT_PAGES, 1 },
    { GDK_KEY_Home, GDK_KEY_KP_Home, 0, GTK_MOVEMENT_DISPLAY_LINE_ENDS, -1 },
    { GDK_KEY_End, GDK_KEY_KP_End, 0, GTK_MOVEMENT_DISPLAY_LINE_ENDS, 1 },
    { GDK_KEY_Home, GDK_KEY_KP_Home, GDK_CONTROL_MASK, GTK_MOVEMENT_BUFFER_ENDS, -1 },
    { GDK_KEY_End, GDK_KEY_KP_End, GDK_CONTROL_MASK, GTK_MOVEMENT_BUFFER_ENDS, 1 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (moves); i++)
    {
      add_move (widget_class, moves[i].key, moves[i].modifiers, moves[i].kind, moves[i].count);
      add_move (widget_class, moves[i].keypad, moves[i].modifiers, moves[i].kind, moves[i].count);
    }
}

/**
 * sage_log_text_input_class_init:
 * @widget_class: the class of log texts
 *
 * Installs the actions and the keys.
 */
void
sage_log_text_input_class_init (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "clipboard.copy", NULL, copy_action);
  gtk_widget_class_install_action (widget_class, "selection.select-all", NULL, select_all_action);
  gtk_widget_class_install_action (widget_class, "line.show-metric", NULL, show_metric_action);
  gtk_widget_class_install_action (widget_class, "line.expand", NULL, expand_action);
  gtk_widget_class_install_action (widget_class, "line.save", NULL, save_action);
  gtk_widget_class_install_action (widget_class, "menu.popup", NULL, menu_action);

  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Insert, GDK_CONTROL_MASK,
                                       "clipboard.copy", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_c, GDK_CONTROL_MASK, "clipboard.copy",
                                       NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_a, GDK_CONTROL_MASK,
                                       "selection.select-all", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_F10, GDK_SHIFT_MASK, "menu.popup",
                                       NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Menu, 0, "menu.popup", NULL);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Return, 0, activate_binding, NULL);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_KP_Enter, 0, activate_binding, NULL);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Escape, 0, unselect_binding, NULL);
  add_moves (widget_class);
}

/**
 * sage_log_text_input_init:
 * @self: a log text
 *
 * Gives it what follows the pointer.
 */
void
sage_log_text_input_init (SageLogText *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  GtkGesture *click = gtk_gesture_click_new ();
  GtkGesture *secondary = gtk_gesture_click_new ();
  GtkGesture *drag = gtk_gesture_drag_new ();
  GtkEventController *motion = gtk_event_controller_motion_new ();

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (click), GDK_BUTTON_PRIMARY);
  g_signal_connect (click, "pressed", G_CALLBACK (pressed_cb), self);
  g_signal_connect (click, "released", G_CALLBACK (released_cb), self);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (click));

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (drag), GDK_BUTTON_PRIMARY);
  g_signal_connect (drag, "drag-update", G_CALLBACK (drag_update_cb), self);
  g_signal_connect (drag, "drag-end", G_CALLBACK (drag_end_cb), self);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (drag));
  gtk_gesture_group (drag, click);

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (secondary), GDK_BUTTON_SECONDARY);
  g_signal_connect (secondary, "pressed", G_CALLBACK (secondary_pressed_cb), self);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (secondary));

  g_signal_connect (motion, "motion", G_CALLBACK (motion_cb), self);
  g_signal_connect (motion, "leave", G_CALLBACK (leave_cb), self);
  gtk_widget_add_controller (widget, motion);
}
