/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-window-tabs"

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "sage-action-state.h"
#include "sage-application.h"
#include "sage-file-moves.h"
#include "sage-recent.h"
#include "sage-window-private.h"

#define MAX_CLOSED 50

/* --- Walking ---------------------------------------------------------------------------------- */

typedef struct
{
  void   (*callback) (SageTab *tab, gpointer user_data);
  gpointer user_data;
} Walk;

static void
walk_frame_cb (PanelFrame *frame,
               gpointer    user_data)
{
  Walk *walk = user_data;

  for (guint i = 0; i < panel_frame_get_n_pages (frame); i++)
    {
      PanelWidget *page = panel_frame_get_page (frame, i);

      if (SAGE_IS_TAB (page))
        walk->callback (SAGE_TAB (page), walk->user_data);
    }
}

/* Calls @callback for each document tab, in the order of the grid. */
void
sage_window_foreach_tab (SageWindow *self,
                         void      (*callback) (SageTab *tab, gpointer user_data),
                         gpointer    user_data)
{
  Walk walk = { callback, user_data };

  panel_grid_foreach_frame (self->grid, walk_frame_cb, &walk);
}

typedef struct
{
  const char *location;
  SageTab    *tab; /* the one that was found */
} Find;

static void
find_cb (SageTab  *tab,
         gpointer  user_data)
{
  Find *find = user_data;

  if (find->tab == NULL && strcmp (sage_tab_get_location (tab), find->location) == 0)
    find->tab = tab;
}

static void
collect_cb (SageTab  *tab,
            gpointer  user_data)
{
  g_ptr_array_add (user_data, tab);
}

/* Closes every document, without a question. */
void
sage_window_close_tabs (SageWindow *self)
{
  g_autoptr(GPtrArray) tabs = g_ptr_array_new ();

  sage_window_foreach_tab (self, collect_cb, tabs);
  for (guint i = 0; i < tabs->len; i++)
    sage_tab_force_close (tabs->pdata[i]);
}

/* --- The current tab -------------------------------------------------------------------------- */

static void
selection_cb (SageWindow *self)
{
  sage_inspector_set_object (self->inspector, self->followed != NULL
                                                ? sage_page_get_selection (self->followed) : NULL);
}

static void
follow_page (SageWindow *self,
             SagePage   *page)
{
  if (self->followed == page)
    return;

  if (self->followed != NULL)
    g_clear_signal_handler (&self->selection_id, self->followed);
  g_set_weak_pointer (&self->followed, page);
  if (page != NULL)
    self->selection_id = g_signal_connect_swapped (page, "notify::selection",
                                                   G_CALLBACK (selection_cb), self);
  selection_cb (self);
}

/* The tab that is in sight in the frame that had the focus last. */
void
sage_window_update_current (SageWindow *self)
{
  PanelFrame *frame = panel_grid_get_most_recent_frame (self->grid);
  PanelWidget *widget = frame != NULL ? panel_frame_get_visible_child (frame) : NULL;
  SageTab *tab = SAGE_IS_TAB (widget) ? SAGE_TAB (widget) : NULL;

  g_set_weak_pointer (&self->current, tab);
  follow_page (self, tab != NULL ? sage_tab_get_page (tab) : NULL);
  sage_action_set_enabled (GTK_WIDGET (self), "win.back", tab != NULL && sage_tab_can_go_back (tab));
  sage_sidebar_set_location (self->sidebar, tab != NULL ? sage_tab_get_location (tab) : NULL);
}

SageTab *
sage_window_get_current_tab (SageWindow *self)
{
  g_return_val_if_fail (SAGE_IS_WINDOW (self), NULL);

  sage_window_update_current (self);

  return self->current;
}

/* --- Frames ----------------------------------------------------------------------------------- */

static void
page_closed_cb (SageWindow  *self,
                PanelWidget *widget)
{
  if (!SAGE_IS_TAB (widget))
    return;

  g_ptr_array_add (self->closed, g_strdup (sage_tab_get_location (SAGE_TAB (widget))));
  if (self->closed->len > MAX_CLOSED)
    g_ptr_array_remove_index (self->closed, 0);
}

/* A tab that was closed comes back with the file where it is now. */
static void
moved_cb (SageWindow *self,
          GFile      *from,
          GFile      *to)
{
  for (guint i = 0; self->closed != NULL && i < self->closed->len; i++)
    {
      char *location = sage_file_moves_follow_location (self->closed->pdata[i], from, to);

      if (location != NULL)
        {
          g_free (self->closed->pdata[i]);
          self->closed->pdata[i] = location;
        }
    }
}

/* The bar is libpanel's, and so is its menu, which it gives no name. */
static void
name_menu (GtkWidget *bar)
{
  for (GtkWidget *child = gtk_widget_get_first_child (bar); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      if (GTK_IS_MENU_BUTTON (child))
        {
          gtk_widget_set_tooltip_text (child, _("Menu of the tabs"));
          gtk_accessible_update_property (GTK_ACCESSIBLE (child), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                          _("Menu of the tabs"), -1);
        }
      name_menu (child);
    }
}

/* Gives a frame its tab bar. Alt and a digit is for the engine's sections, not for tabs. */
void
sage_window_set_up_frame (SageWindow *self,
                          PanelFrame *frame)
{
  GtkWidget *bar = panel_frame_tab_bar_new ();
  AdwTabView *view = sage_window_view_of (frame);

  panel_frame_tab_bar_set_autohide (PANEL_FRAME_TAB_BAR (bar), FALSE);
  panel_frame_tab_bar_set_expand_tabs (PANEL_FRAME_TAB_BAR (bar), FALSE);
  name_menu (bar);
  panel_frame_set_header (frame, PANEL_FRAME_HEADER (bar));
  if (view != NULL)
    {
      adw_tab_view_remove_shortcuts (view, ADW_TAB_VIEW_SHORTCUT_ALT_DIGITS
                                             | ADW_TAB_VIEW_SHORTCUT_ALT_ZERO);
      sage_window_ask_before_closing (view);
      sage_window_let_drag (self, frame);
      if (frame != self->bottom_frame)
        sage_window_let_drag_lone_tab (self, frame, bar);
    }
}

/* A group of tabs for the grid. */
PanelFrame *
sage_window_create_frame (SageWindow *self)
{
  PanelFrame *frame = PANEL_FRAME (panel_frame_new ());
  GtkWidget *placeholder = adw_status_page_new ();

  sage_window_set_up_frame (self, frame);
  adw_status_page_set_icon_name (ADW_STATUS_PAGE (placeholder), "sagebrush-home-symbolic");
  adw_status_page_set_title (ADW_STATUS_PAGE (placeholder), _("Nothing open here"));
  adw_status_page_set_description (ADW_STATUS_PAGE (placeholder),
                                   _("Choose a section in the sidebar, or press Ctrl+P to open anything."));
  panel_frame_set_placeholder (frame, placeholder);

  g_signal_connect_object (frame, "page-closed", G_CALLBACK (page_closed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (frame, "notify::visible-child",
                           G_CALLBACK (sage_window_update_current), self, G_CONNECT_SWAPPED);

  return frame;
}

void
sage_window_tabs_init (SageWindow *self)
{
  g_signal_connect_object (self, "notify::focus-widget", G_CALLBACK (sage_window_update_current),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (sage_file_moves_get (), "moved", G_CALLBACK (moved_cb), self,
                           G_CONNECT_SWAPPED);
}

/* --- Opening ---------------------------------------------------------------------------------- */

/* Gives a tab the focus. Its page may have nothing yet that could have it, but somebody must: keys
 * would go nowhere, and GTK would look for the next best, which is a name that then looks chosen. */
static void
focus_tab (SageWindow *self,
           SageTab    *tab)
{
  GtkWidget *focus;

  panel_widget_focus_default (PANEL_WIDGET (tab));
  focus = gtk_window_get_focus (GTK_WINDOW (self));
  if (focus == NULL || !gtk_widget_is_ancestor (focus, GTK_WIDGET (tab)))
    gtk_window_set_focus (GTK_WINDOW (self), GTK_WIDGET (tab));
}

/**
 * sage_window_open:
 * @self: a window
 * @location: what to show: `jobs`, `training-job/NAME`
 * @new_tab: in a tab of its own, instead of the current one; a document keeps its tab anyway
 *
 * Shows @location; where a tab shows it already, that one comes to the front.
 *
 * Returns: whether there is a page for it
 */
gboolean
sage_window_open (SageWindow *self,
                  const char *location,
                  gboolean    new_tab)
{
  SageTab *current = sage_window_get_current_tab (self);
  Find find = { location, NULL };

  g_return_val_if_fail (SAGE_IS_WINDOW (self), FALSE);
  g_return_val_if_fail (location != NULL, FALSE);

  if (self->connection == NULL)
    return FALSE;

  sage_window_foreach_tab (self, find_cb, &find);
  if (find.tab == NULL && !new_tab && current != NULL
      && !sage_page_is_document (sage_tab_get_page (current)))
    {
      if (!sage_tab_go (current, location))
        return FALSE;
      find.tab = current;
    }
  if (find.tab == NULL)
    {
      find.tab = sage_tab_new (self->connection, location, NULL);
      if (find.tab == NULL)
        return FALSE;
      panel_grid_add (self->grid, PANEL_WIDGET (find.tab));
    }

  panel_widget_raise (PANEL_WIDGET (find.tab));
  focus_tab (self, find.tab);
  sage_recent_add (self->settings,
                   sage_profile_get_id (sage_connection_get_profile (self->connection)), location);
  sage_window_update_current (self);
  if (adw_overlay_split_view_get_collapsed (self->sidebar_split))
    adw_overlay_split_view_set_show_sidebar (self->sidebar_split, FALSE);

  return TRUE;
}

static void
open_action (GtkWidget  *widget,
             const char *action_name,
             GVariant   *parameter)
{
  const char *location = g_variant_get_string (parameter, NULL);
  gboolean new_tab = strcmp (action_name, "win.open-new-tab") == 0;

  if (!sage_window_open (SAGE_WINDOW (widget), location, new_tab))
    {
      g_autofree char *text = g_strdup_printf (_("There is nothing to show for “%s”"), location);

      sage_toast (widget, text);
    }
}

static void
back_action (GtkWidget  *widget,
             const char *action_name,
             GVariant   *parameter)
{
  SageTab *tab = sage_window_get_current_tab (SAGE_WINDOW (widget));

  if (tab != NULL)
    {
      sage_tab_go_back (tab);
      focus_tab (SAGE_WINDOW (widget), tab);
    }
  sage_window_update_current (SAGE_WINDOW (widget));
}

/* GTK moves the focus from what is gone with the next frame only, and keys until then would be lost. */
static void
close_tab_action (GtkWidget  *widget,
                  const char *action_name,
                  GVariant   *parameter)
{
  SageWindow *self = SAGE_WINDOW (widget);
  SageTab *tab = sage_window_get_current_tab (self);
  SageTab *next;
  GtkWidget *focus;

  if (tab == NULL)
    return;

  g_object_ref (tab);
  panel_widget_close (PANEL_WIDGET (tab));
  focus = gtk_window_get_focus (GTK_WINDOW (self));
  if (focus != NULL && gtk_widget_get_root (focus) == NULL)
    gtk_window_set_focus (GTK_WINDOW (self), NULL);
  next = sage_window_get_current_tab (self);
  if (next != NULL && next != tab) /* which asks first */
    focus_tab (self, next);
  g_object_unref (tab);
}

static void
reopen_tab_action (GtkWidget  *widget,
                   const char *action_name,
                   GVariant   *parameter)
{
  SageWindow *self = SAGE_WINDOW (widget);

  if (self->closed->len > 0)
    {
      g_autofree char *location = g_ptr_array_steal_index (self->closed, self->closed->len - 1);

      sage_window_open (self, location, TRUE);
    }
}

static void
step_tab_action (GtkWidget  *widget,
                 const char *action_name,
                 GVariant   *parameter)
{
  SageWindow *self = SAGE_WINDOW (widget);
  PanelFrame *frame = panel_grid_get_most_recent_frame (self->grid);
  PanelWidget *child = frame != NULL ? panel_frame_get_visible_child (frame) : NULL;
  int n = frame != NULL ? (int) panel_frame_get_n_pages (frame) : 0;
  int step = strcmp (action_name, "win.next-tab") == 0 ? 1 : -1;

  for (int i = 0; i < n; i++)
    if (panel_frame_get_page (frame, i) == child)
      {
        PanelWidget *next = panel_frame_get_page (frame, (i + step + n) % n);

        panel_frame_set_visible_child (frame, next);
        panel_widget_focus_default (next);
        return;
      }
}

/* Shows a tab of the group that had the focus last, by its number. */
static void
tab_action (GtkWidget  *widget,
            const char *action_name,
            GVariant   *parameter)
{
  SageWindow *self = SAGE_WINDOW (widget);
  PanelFrame *frame = panel_grid_get_most_recent_frame (self->grid);
  int number = g_variant_get_int32 (parameter);
  PanelWidget *page;

  if (frame == NULL || number < 1 || (guint) number > panel_frame_get_n_pages (frame))
    return;

  page = panel_frame_get_page (frame, (guint) number - 1);
  panel_frame_set_visible_child (frame, page);
  if (SAGE_IS_TAB (page))
    focus_tab (self, SAGE_TAB (page));
}

/* Shows the current page a second time beside this one. */
static void
split_action (GtkWidget  *widget,
              const char *action_name,
              GVariant   *parameter)
{
  SageWindow *self = SAGE_WINDOW (widget);
  SageTab *tab = sage_window_get_current_tab (self);
  g_autoptr(GVariant) state = NULL;
  PanelPosition *position = NULL;
  PanelGridColumn *column;
  PanelFrame *frame;
  SageTab *copy;
  guint at;

  if (tab == NULL)
    return;

  state = sage_page_save_state (sage_tab_get_page (tab));
  copy = sage_tab_new (self->connection, sage_tab_get_location (tab), state);
  if (copy == NULL)
    return;

  position = panel_widget_get_position (PANEL_WIDGET (tab));
  at = panel_position_get_column (position);
  if (strcmp (action_name, "win.split-right") == 0)
    {
      panel_grid_insert_column (self->grid, at + 1);
      column = panel_grid_get_column (self->grid, at + 1);
      frame = panel_grid_column_get_row (column, 0);
    }
  else
    {
      column = panel_grid_get_column (self->grid, at);
      frame = panel_grid_column_get_row (column, panel_grid_column_get_n_rows (column));
    }
  g_object_unref (position);

  panel_frame_add (frame, PANEL_WIDGET (copy));
  panel_widget_raise (PANEL_WIDGET (copy));
  panel_widget_focus_default (PANEL_WIDGET (copy));
}

/* Moves a tab to a window of its own. */
void
sage_window_tear_off (SageWindow *self,
                      SageTab    *tab)
{
  g_autofree char *location = g_strdup (sage_tab_get_location (tab));
  g_autoptr(GVariant) state = sage_tab_save_state (tab);

  sage_tab_force_close (tab);
  sage_application_new_window (SAGE_APPLICATION (gtk_window_get_application (GTK_WINDOW (self))),
                               self, location, state);
}

static void
tear_off_action (GtkWidget  *widget,
                 const char *action_name,
                 GVariant   *parameter)
{
  SageTab *tab = sage_window_get_current_tab (SAGE_WINDOW (widget));

  if (tab != NULL)
    sage_window_tear_off (SAGE_WINDOW (widget), tab);
}

void
sage_window_tabs_install (GtkWidgetClass *klass)
{
  gtk_widget_class_install_action (klass, "win.open", "s", open_action);
  gtk_widget_class_install_action (klass, "win.open-new-tab", "s", open_action);
  gtk_widget_class_install_action (klass, "win.back", NULL, back_action);
  gtk_widget_class_install_action (klass, "win.close-tab", NULL, close_tab_action);
  gtk_widget_class_install_action (klass, "win.reopen-tab", NULL, reopen_tab_action);
  gtk_widget_class_install_action (klass, "win.next-tab", NULL, step_tab_action);
  gtk_widget_class_install_action (klass, "win.previous-tab", NULL, step_tab_action);
  gtk_widget_class_install_action (klass, "win.tab", "i", tab_action);
  gtk_widget_class_install_action (klass, "win.split-right", NULL, split_action);
  gtk_widget_class_install_action (klass, "win.split-down", NULL, split_action);
  gtk_widget_class_install_action (klass, "win.tear-off", NULL, tear_off_action);
}
