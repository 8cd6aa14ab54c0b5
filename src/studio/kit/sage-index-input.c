/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-index-page"

#include "config.h"

#include <glib/gi18n.h>

#include "sage-index-page-private.h"
#include "sage-words.h"

/* Keys, pointer and menus of SageIndexPage. Whatever they do is an action of the page. */

void
sage_index_page_open (SageIndexPage *self,
                      SageResource  *row,
                      gboolean       new_tab)
{
  SageIndexPageClass *klass = SAGE_INDEX_PAGE_GET_CLASS (self);

  if (klass->open != NULL)
    klass->open (self, row, new_tab);
}

/* The inspector follows the row that has the focus; it stays when the focus goes elsewhere. */
void
sage_index_page_set_focused (SageIndexPage *self,
                             SageResource  *row)
{
  SageIndexPagePrivate *priv = sage_index_page_private (self);

  if (!g_set_object (&priv->focused, row))
    return;

  sage_page_set_selection (SAGE_PAGE (self), (GObject *) row);
  sage_index_page_update_actions (self);
}

static void
focus_widget_cb (GtkRoot       *root,
                 GParamSpec    *pspec,
                 SageIndexPage *self)
{
  SageIndexCell *cell = sage_index_page_cell_at (self, gtk_root_get_focus (root));

  if (cell != NULL && cell->row != NULL)
    sage_index_page_set_focused (self, cell->row);
}

void
sage_index_page_follow_focus (SageIndexPage *self,
                              GtkRoot       *root)
{
  SageIndexPagePrivate *priv = sage_index_page_private (self);

  if (priv->root != NULL)
    g_signal_handlers_disconnect_by_func (priv->root, focus_widget_cb, self);
  priv->root = root;
  if (root != NULL)
    g_signal_connect (root, "notify::focus-widget", G_CALLBACK (focus_widget_cb), self);
}

/* Moves the focus to the row that had it last, or else to the first. */
void
sage_index_page_focus_list (SageIndexPage *self)
{
  SageIndexPagePrivate *priv = sage_index_page_private (self);
  guint position = sage_index_model_find (priv->model, priv->focused);

  if (g_list_model_get_n_items (G_LIST_MODEL (priv->model)) == 0)
    return;

  gtk_column_view_scroll_to (GTK_COLUMN_VIEW (priv->view),
                             position != GTK_INVALID_LIST_POSITION ? position : 0, NULL,
                             GTK_LIST_SCROLL_FOCUS, NULL);
  gtk_widget_grab_focus (priv->view);
}

static SageIndexCell *
cell_at_point (SageIndexPage *self,
               double         x,
               double         y)
{
  GtkWidget *view = sage_index_page_private (self)->view;

  return sage_index_page_cell_at (self, gtk_widget_pick (view, x, y, GTK_PICK_DEFAULT));
}

/* Returns: (transfer full): the menu of a row: what every row has, and what the page adds */
static GMenuModel *
make_row_menu (SageIndexPage *self)
{
  SageIndexPagePrivate *priv = sage_index_page_private (self);
  g_autoptr(GMenu) open = g_menu_new ();
  g_autoptr(GMenu) copy = g_menu_new ();
  g_autoptr(GMenu) remove = g_menu_new ();
  GMenu *menu = g_menu_new ();

  g_menu_append (open, _("Open"), "index.open");
  g_menu_append (open, _("Open in new tab"), "index.open-new-tab");
  g_menu_append_section (menu, NULL, G_MENU_MODEL (open));
  if (priv->row_menu_model != NULL)
    g_menu_append_section (menu, NULL, priv->row_menu_model);
  g_menu_append (copy, _("Copy name"), "index.copy");
  g_menu_append_section (menu, NULL, G_MENU_MODEL (copy));
  if (SAGE_INDEX_PAGE_GET_CLASS (self)->remove != NULL)
    {
      g_menu_append (remove, _("Delete"), "index.remove");
      g_menu_append_section (menu, NULL, G_MENU_MODEL (remove));
    }

  return G_MENU_MODEL (menu);
}

static void
popup_row_menu (SageIndexPage *self,
                SageIndexCell *cell,
                double         x,
                double         y)
{
  SageIndexPagePrivate *priv = sage_index_page_private (self);
  GtkSelectionModel *model = GTK_SELECTION_MODEL (priv->model);
  guint position = gtk_column_view_cell_get_position (cell->item);
  g_autoptr(GMenuModel) menu = make_row_menu (self);

  /* What the menu does is for the rows that are selected, so the row must be one of them. */
  if (!gtk_selection_model_is_selected (model, position))
    gtk_selection_model_select_item (model, position, TRUE);
  sage_index_page_set_focused (self, cell->row);

  if (priv->row_menu == NULL)
    {
      priv->row_menu = gtk_popover_menu_new_from_model (NULL);
      gtk_popover_set_has_arrow (GTK_POPOVER (priv->row_menu), FALSE);
      gtk_widget_set_halign (priv->row_menu, GTK_ALIGN_START);
      gtk_widget_set_parent (priv->row_menu, GTK_WIDGET (self));
      g_signal_connect_object (priv->row_menu, "closed", G_CALLBACK (sage_index_page_focus_list), self,
                               G_CONNECT_SWAPPED);
    }
  gtk_popover_menu_set_menu_model (GTK_POPOVER_MENU (priv->row_menu), menu);
  gtk_popover_set_pointing_to (GTK_POPOVER (priv->row_menu),
                               &(GdkRectangle) { (int) x, (int) y, 1, 1 });
  gtk_popover_popup (GTK_POPOVER (priv->row_menu));
}

static void
toggle_row (SageIndexPage *self,
            SageResource  *row)
{
  SageIndexPagePrivate *priv = sage_index_page_private (self);
  GtkSelectionModel *model = GTK_SELECTION_MODEL (priv->model);
  guint position = sage_index_model_find (priv->model, row);

  if (position == GTK_INVALID_LIST_POSITION)
    return;

  if (gtk_selection_model_is_selected (model, position))
    gtk_selection_model_unselect_item (model, position);
  else
    gtk_selection_model_select_item (model, position, FALSE);
}

static void
pressed_cb (GtkGestureClick *gesture,
            int              n_press,
            double           x,
            double           y,
            SageIndexPage   *self)
{
  SageIndexPagePrivate *priv = sage_index_page_private (self);
  GdkEvent *event = gtk_event_controller_get_current_event (GTK_EVENT_CONTROLLER (gesture));
  guint button = gtk_gesture_single_get_current_button (GTK_GESTURE_SINGLE (gesture));
  SageIndexCell *cell = cell_at_point (self, x, y);
  SageIndexCell *check = sage_index_page_check_at (self, x, y);
  graphene_point_t point = { (float) x, (float) y };

  if (cell == NULL || cell->row == NULL)
    return;

  if (event != NULL && gdk_event_triggers_context_menu (event))
    {
      gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
      if (gtk_widget_compute_point (priv->view, GTK_WIDGET (self), &point, &point))
        popup_row_menu (self, cell, point.x, point.y);
    }
  else if (button == GDK_BUTTON_MIDDLE)
    {
      gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
      sage_index_page_open (self, cell->row, TRUE);
    }
  else if (button == GDK_BUTTON_PRIMARY && check != NULL)
    {
      gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
      toggle_row (self, check->row);
    }
}

/* The cell whose name is at a point of the view, if one is. (nullable) */
static SageIndexCell *
name_at_point (SageIndexPage *self,
               double         x,
               double         y)
{
  SageIndexPagePrivate *priv = sage_index_page_private (self);
  GtkWidget *picked = gtk_widget_pick (priv->view, x, y, GTK_PICK_DEFAULT);
  SageIndexCell *cell = sage_index_page_cell_at (self, picked);
  graphene_point_t point = { (float) x, (float) y };

  if (cell == NULL || cell->row == NULL || picked != sage_index_cell_name (cell)
      || !gtk_widget_compute_point (priv->view, picked, &point, &point)
      || !sage_index_cell_is_on_name (cell, point.x))
    return NULL;

  return cell;
}

/* Shows that the name under the pointer is a link. @cell: (nullable) */
static void
set_hot (SageIndexPage *self,
         SageIndexCell *cell)
{
  SageIndexPagePrivate *priv = sage_index_page_private (self);

  if (priv->hot == cell)
    return;

  if (priv->hot != NULL)
    sage_index_cell_set_hot (priv->hot, FALSE);
  g_set_weak_pointer (&priv->hot, cell);
  if (cell != NULL)
    sage_index_cell_set_hot (cell, TRUE);
}

static void
motion_cb (GtkEventControllerMotion *controller,
           double                    x,
           double                    y,
           SageIndexPage            *self)
{
  set_hot (self, name_at_point (self, x, y));
}

static void
leave_cb (GtkEventControllerMotion *controller,
          SageIndexPage            *self)
{
  set_hot (self, NULL);
}

/* A click on the name itself follows it, as a link does; beside it, the row is selected. */
static void
released_cb (GtkGestureClick *gesture,
             int              n_press,
             double           x,
             double           y,
             SageIndexPage   *self)
{
  GtkEventController *controller = GTK_EVENT_CONTROLLER (gesture);
  GdkModifierType modifiers = gtk_event_controller_get_current_event_state (controller);
  SageIndexCell *cell = name_at_point (self, x, y);

  if (cell == NULL || n_press != 1
      || (modifiers & gtk_accelerator_get_default_mod_mask ()) != 0)
    return;

  sage_index_page_open (self, cell->row, FALSE);
}

static void
long_pressed_cb (GtkGestureLongPress *gesture,
                 double               x,
                 double               y,
                 SageIndexPage       *self)
{
  SageIndexPagePrivate *priv = sage_index_page_private (self);
  SageIndexCell *cell = cell_at_point (self, x, y);
  graphene_point_t point = { (float) x, (float) y };

  if (cell == NULL || cell->row == NULL)
    return;

  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  if (gtk_widget_compute_point (priv->view, GTK_WIDGET (self), &point, &point))
    popup_row_menu (self, cell, point.x, point.y);
}

/* Keys that the view would take for something else, before it does. */
static gboolean
key_pressed_cb (GtkEventControllerKey *controller,
                guint                  key,
                guint                  code,
                GdkModifierType        state,
                SageIndexPage         *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (widget));
  GdkModifierType modifiers = state & gtk_accelerator_get_default_mod_mask ();
  gboolean is_enter = key == GDK_KEY_Return || key == GDK_KEY_KP_Enter || key == GDK_KEY_ISO_Enter;

  /* Not in a header of a column, nor in a control that a page has put into a row. */
  if (focus == NULL || g_strcmp0 (gtk_widget_get_css_name (focus), "row") != 0)
    return GDK_EVENT_PROPAGATE;

  if (modifiers == 0 && (key == GDK_KEY_space || key == GDK_KEY_KP_Space))
    return gtk_widget_activate_action (widget, "index.peek", NULL);
  if (modifiers == GDK_CONTROL_MASK && is_enter)
    return gtk_widget_activate_action (widget, "index.open-new-tab", NULL);
  if (modifiers == 0 && is_enter)
    return gtk_widget_activate_action (widget, "index.open", NULL);

  return GDK_EVENT_PROPAGATE;
}

/* Whatever is typed among the rows narrows them down. Other keys are none of the search's business,
 * which is why GTK's own way to capture keys is of no use: it takes Delete and Menu as well. */
static gboolean
typed_cb (GtkEventControllerKey *controller,
          guint                  key,
          guint                  code,
          GdkModifierType        state,
          SageIndexPage         *self)
{
  SageIndexPagePrivate *priv = sage_index_page_private (self);
  GtkEditable *text = gtk_editable_get_delegate (GTK_EDITABLE (priv->search));
  GdkModifierType modifiers = state & gtk_accelerator_get_default_mod_mask () & ~GDK_SHIFT_MASK;

  if (modifiers != 0 || !g_unichar_isgraph (gdk_keyval_to_unicode (key)))
    return GDK_EVENT_PROPAGATE;
  if (!gtk_event_controller_key_forward (controller, GTK_WIDGET (text)))
    return GDK_EVENT_PROPAGATE;

  gtk_text_grab_focus_without_selecting (GTK_TEXT (text));

  return GDK_EVENT_STOP;
}

static void
open_action (GtkWidget  *widget,
             const char *action_name,
             GVariant   *parameter)
{
  SageIndexPage *self = SAGE_INDEX_PAGE (widget);
  SageIndexPagePrivate *priv = sage_index_page_private (self);

  if (priv->focused != NULL)
    sage_index_page_open (self, priv->focused, g_str_has_suffix (action_name, "new-tab"));
}

static void
peek_action (GtkWidget  *widget,
             const char *action_name,
             GVariant   *parameter)
{
  gtk_widget_activate_action (widget, "win.inspector", NULL);
}

static void
remove_action (GtkWidget  *widget,
               const char *action_name,
               GVariant   *parameter)
{
  SageIndexPage *self = SAGE_INDEX_PAGE (widget);
  g_autoptr(GListModel) rows = sage_index_page_dup_selected (self);

  if (g_list_model_get_n_items (rows) > 0)
    SAGE_INDEX_PAGE_GET_CLASS (self)->remove (self, rows);
}

static void
select_all_action (GtkWidget  *widget,
                   const char *action_name,
                   GVariant   *parameter)
{
  SageIndexPagePrivate *priv = sage_index_page_private (SAGE_INDEX_PAGE (widget));

  gtk_selection_model_select_all (GTK_SELECTION_MODEL (priv->model));
}

static void
unselect_all_action (GtkWidget  *widget,
                     const char *action_name,
                     GVariant   *parameter)
{
  SageIndexPage *self = SAGE_INDEX_PAGE (widget);
  SageIndexPagePrivate *priv = sage_index_page_private (self);
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (widget));

  gtk_selection_model_unselect_all (GTK_SELECTION_MODEL (priv->model));
  if (focus != NULL && gtk_widget_is_ancestor (focus, priv->actions))
    sage_index_page_focus_list (self); /* the bar takes the focus down with it otherwise */
}

static void
find_action (GtkWidget  *widget,
             const char *action_name,
             GVariant   *parameter)
{
  sage_page_find (SAGE_PAGE (widget));
}

static void
clear_filter_action (GtkWidget  *widget,
                     const char *action_name,
                     GVariant   *parameter)
{
  SageIndexPage *self = SAGE_INDEX_PAGE (widget);

  sage_index_page_clear_filter (self);
  gtk_widget_grab_focus (sage_index_page_private (self)->search);
}

/* Escape takes back one thing at a time. */
static void
escape_action (GtkWidget  *widget,
               const char *action_name,
               GVariant   *parameter)
{
  SageIndexPagePrivate *priv = sage_index_page_private (SAGE_INDEX_PAGE (widget));

  if (sage_index_model_n_selected (priv->model) > 0)
    gtk_widget_activate_action (widget, "index.unselect-all", NULL);
  else if (sage_index_page_is_filtered (SAGE_INDEX_PAGE (widget)))
    gtk_widget_activate_action (widget, "index.clear-filter", NULL);
}

static void
copy_action (GtkWidget  *widget,
             const char *action_name,
             GVariant   *parameter)
{
  SageIndexPage *self = SAGE_INDEX_PAGE (widget);
  g_autoptr(GListModel) rows = sage_index_page_dup_selected (self);
  g_autoptr(GString) names = g_string_new (NULL);
  guint n = g_list_model_get_n_items (rows);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr(SageResource) row = g_list_model_get_item (rows, i);

      g_string_append_printf (names, "%s%s", i > 0 ? "\n" : "", sage_resource_get_title (row));
    }
  if (n == 0)
    return;

  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), names->str);
  if (n == 1)
    sage_toast (widget, _("Name copied"));
  else
    {
      g_autofree char *text = g_strdup_printf (ngettext ("%'u name copied", "%'u names copied", n), n);

      sage_toast (widget, text);
    }
}

static void
menu_action (GtkWidget  *widget,
             const char *action_name,
             GVariant   *parameter)
{
  SageIndexPage *self = SAGE_INDEX_PAGE (widget);
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (widget));
  SageIndexCell *cell = sage_index_page_cell_at (self, focus);
  graphene_rect_t bounds;

  if (cell != NULL && cell->row != NULL
      && gtk_widget_compute_bounds (focus, widget, &bounds))
    popup_row_menu (self, cell, bounds.origin.x + 48, bounds.origin.y + bounds.size.height);
}

static void
retry_action (GtkWidget  *widget,
              const char *action_name,
              GVariant   *parameter)
{
  SageIndexPagePrivate *priv = sage_index_page_private (SAGE_INDEX_PAGE (widget));

  sage_page_reconnect (SAGE_PAGE (widget));
  for (guint i = 0; i < priv->sources->len; i++)
    sage_resource_list_reload (g_ptr_array_index (priv->sources, i));
}

/* The raw text of an error, to be copied into a report. */
static void
details_action (GtkWidget  *widget,
                const char *action_name,
                GVariant   *parameter)
{
  const GError *error = sage_index_page_get_error (SAGE_INDEX_PAGE (widget));
  g_autofree char *why = NULL;
  AdwDialog *dialog;
  GtkWidget *text;

  if (error == NULL)
    return;

  why = sage_words_error (error);
  dialog = adw_alert_dialog_new (_("Details"), why);
  text = g_object_new (GTK_TYPE_LABEL, "label", error->message, "selectable", TRUE, "wrap", TRUE,
                       "wrap-mode", PANGO_WRAP_WORD_CHAR, "xalign", 0.0f, "lines", 12,
                       "ellipsize", PANGO_ELLIPSIZE_END, NULL);
  gtk_widget_add_css_class (text, "identifier");
  adw_alert_dialog_set_extra_child (ADW_ALERT_DIALOG (dialog), text);
  adw_alert_dialog_add_response (ADW_ALERT_DIALOG (dialog), "close", _("_Close"));
  adw_dialog_present (dialog, widget);
}

static void
reset_columns_action (GtkWidget  *widget,
                      const char *action_name,
                      GVariant   *parameter)
{
  sage_index_page_reset_columns (SAGE_INDEX_PAGE (widget));
}

void
sage_index_page_install_actions (GtkWidgetClass *klass)
{
  static const struct
  {
    const char                  *name;
    GtkWidgetActionActivateFunc  activate;
    guint                        key;
    GdkModifierType              modifiers;
  } actions[] = {
    { "index.open", open_action },
    { "index.open-new-tab", open_action },
    { "index.peek", peek_action },
    { "index.remove", remove_action, GDK_KEY_Delete, 0 },
    { "index.select-all", select_all_action, GDK_KEY_a, GDK_CONTROL_MASK },
    { "index.unselect-all", unselect_all_action, GDK_KEY_a, GDK_CONTROL_MASK | GDK_SHIFT_MASK },
    { "index.find", find_action, GDK_KEY_f, GDK_CONTROL_MASK },
    { "index.clear-filter", clear_filter_action },
    { "index.escape", escape_action, GDK_KEY_Escape, 0 },
    { "index.copy", copy_action, GDK_KEY_c, GDK_CONTROL_MASK },
    { "index.menu", menu_action, GDK_KEY_Menu, 0 },
    { "index.retry", retry_action },
    { "index.details", details_action },
    { "index.reset-columns", reset_columns_action },
  };

  /* The keys that come last are those that menus show. */
  gtk_widget_class_add_binding_action (klass, GDK_KEY_F10, GDK_SHIFT_MASK, "index.menu", NULL);
  gtk_widget_class_add_binding_action (klass, GDK_KEY_KP_Delete, 0, "index.remove", NULL);
  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    {
      gtk_widget_class_install_action (klass, actions[i].name, NULL, actions[i].activate);
      if (actions[i].key != 0)
        gtk_widget_class_add_binding_action (klass, actions[i].key, actions[i].modifiers,
                                             actions[i].name, NULL);
    }
}

void
sage_index_page_init_input (SageIndexPage *self)
{
  SageIndexPagePrivate *priv = sage_index_page_private (self);
  GtkEventController *keys = gtk_event_controller_key_new ();
  GtkEventController *typed = gtk_event_controller_key_new ();
  GtkGesture *click = gtk_gesture_click_new ();
  GtkGesture *name_click = gtk_gesture_click_new ();
  GtkGesture *press = gtk_gesture_long_press_new ();
  GtkEventController *motion = gtk_event_controller_motion_new ();

  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (key_pressed_cb), self);
  gtk_widget_add_controller (priv->view, keys);

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (click), 0);
  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (click), GTK_PHASE_CAPTURE);
  g_signal_connect (click, "pressed", G_CALLBACK (pressed_cb), self);
  gtk_widget_add_controller (priv->view, GTK_EVENT_CONTROLLER (click));

  g_signal_connect (name_click, "released", G_CALLBACK (released_cb), self);
  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (name_click), GTK_PHASE_CAPTURE);
  gtk_widget_add_controller (priv->view, GTK_EVENT_CONTROLLER (name_click));

  g_signal_connect (motion, "motion", G_CALLBACK (motion_cb), self);
  g_signal_connect (motion, "leave", G_CALLBACK (leave_cb), self);
  gtk_widget_add_controller (priv->view, motion);

  gtk_gesture_single_set_touch_only (GTK_GESTURE_SINGLE (press), TRUE);
  g_signal_connect (press, "pressed", G_CALLBACK (long_pressed_cb), self);
  gtk_widget_add_controller (priv->view, GTK_EVENT_CONTROLLER (press));

  g_signal_connect (typed, "key-pressed", G_CALLBACK (typed_cb), self);
  gtk_widget_add_controller (priv->view, typed);
}
