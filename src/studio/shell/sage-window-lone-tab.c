/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-window-lone-tab"

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "sage-window-private.h"

/*
 * The only tab of a group. libadwaita lets a tab be dragged out of its bar when there are others beside
 * it only, so this one is dragged by us: to the tabs or the page of another group, in whatever window, or out
 * into a window of its own.
 */

#define DESTINATION_KEY "sage-tab-destination"

static AdwTabView *
view_above (GtkWidget *widget)
{
  return ADW_TAB_VIEW (gtk_widget_get_ancestor (widget, ADW_TYPE_TAB_VIEW));
}

/* Whether a tab is there, and not the button that closes it. */
static gboolean
is_on_tab (GtkWidget *bar,
           double     x,
           double     y)
{
  GtkWidget *widget = gtk_widget_pick (bar, x, y, GTK_PICK_DEFAULT);

  for (; widget != NULL && widget != bar; widget = gtk_widget_get_parent (widget))
    {
      if (GTK_IS_BUTTON (widget))
        return FALSE;
      if (strcmp (gtk_widget_get_css_name (widget), "tab") == 0)
        return TRUE;
    }

  return FALSE;
}

static GdkContentProvider *
prepare_cb (GtkDragSource *source,
            double         x,
            double         y,
            AdwTabView    *view)
{
  GtkWidget *bar = gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (source));
  GtkWidget *child;

  if (adw_tab_view_get_n_pages (view) != 1 || !is_on_tab (bar, x, y))
    return NULL;

  child = adw_tab_page_get_child (adw_tab_view_get_nth_page (view, 0));
  if (!SAGE_IS_TAB (child))
    return NULL;

  return gdk_content_provider_new_typed (SAGE_TYPE_TAB, child);
}

static SageTab *
dragged_tab (GdkDrag *drag)
{
  g_auto(GValue) value = G_VALUE_INIT;

  g_value_init (&value, SAGE_TYPE_TAB);
  if (!gdk_content_provider_get_value (gdk_drag_get_content (drag), &value, NULL))
    return NULL;

  return g_value_get_object (&value);
}

/* What hangs at the pointer: what the page is called. */
static void
begin_cb (GtkDragSource *source,
          GdkDrag       *drag,
          gpointer       user_data)
{
  SageTab *tab = dragged_tab (drag);
  GtkWidget *label;

  if (tab == NULL)
    return;

  label = gtk_label_new (panel_widget_get_title (PANEL_WIDGET (tab)));
  gtk_widget_add_css_class (label, "dragged-tab");
  gtk_drag_icon_set_child (GTK_DRAG_ICON (gtk_drag_icon_get_for_drag (drag)), label);
}

/* A tab, when the drag is over. */
typedef struct
{
  SageTab    *tab;  /* (owned) */
  AdwTabView *view; /* (owned) (nullable): where it goes; a window of its own if there is none */
} Move;

static void
move_free (Move *move)
{
  g_object_unref (move->tab);
  g_clear_object (&move->view);
  g_free (move);
}

static void
count_cb (SageTab  *tab,
          gpointer  user_data)
{
  (*(guint *) user_data)++;
}

static gboolean
moved_cb (gpointer user_data)
{
  Move *move = user_data;
  AdwTabView *from = view_above (GTK_WIDGET (move->tab));
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (move->tab));
  guint n = 0;

  if (from == NULL || !SAGE_IS_WINDOW (root)) /* it was closed meanwhile */
    return G_SOURCE_REMOVE;

  if (move->view != NULL)
    {
      AdwTabPage *page = adw_tab_view_get_page (from, GTK_WIDGET (move->tab));

      if (gtk_widget_get_root (GTK_WIDGET (move->view)) == NULL)
        return G_SOURCE_REMOVE;
      adw_tab_view_transfer_page (from, page, move->view, adw_tab_view_get_n_pages (move->view));
      adw_tab_view_set_selected_page (move->view, page);
      panel_widget_focus_default (PANEL_WIDGET (move->tab));

      return G_SOURCE_REMOVE;
    }

  /* the last one of a window has a window of its own already */
  sage_window_foreach_tab (SAGE_WINDOW (root), count_cb, &n);
  if (n > 1)
    sage_window_tear_off (SAGE_WINDOW (root), move->tab);

  return G_SOURCE_REMOVE;
}

static void
move_later (SageTab    *tab,
            AdwTabView *view)
{
  Move *move = g_new0 (Move, 1);

  move->tab = g_object_ref (tab);
  g_set_object (&move->view, view);
  g_idle_add_full (G_PRIORITY_DEFAULT, moved_cb, move, (GDestroyNotify) move_free);
}

/* In the middle of a drag is no time to take away what it began at. */
static void
end_cb (GtkDragSource *source,
        GdkDrag       *drag,
        gboolean       delete_data,
        gpointer       user_data)
{
  SageTab *tab = dragged_tab (drag);
  g_autoptr(AdwTabView) view = tab != NULL
                                 ? g_object_steal_data (G_OBJECT (tab), DESTINATION_KEY) : NULL;

  if (view != NULL)
    move_later (tab, view);
}

static gboolean
cancel_cb (GtkDragSource       *source,
           GdkDrag             *drag,
           GdkDragCancelReason  reason,
           gpointer             user_data)
{
  SageTab *tab = dragged_tab (drag);

  if (tab == NULL || reason != GDK_DRAG_CANCEL_NO_TARGET)
    return FALSE;

  move_later (tab, NULL);

  return TRUE;
}

static gboolean
drop_cb (GtkDropTarget *target,
         const GValue  *value,
         double         x,
         double         y,
         SageWindow    *self)
{
  GtkWidget *frame = gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (target));
  AdwTabView *view = sage_window_view_of (PANEL_FRAME (frame));
  SageTab *tab = g_value_get_object (value);

  if (tab == NULL || view_above (GTK_WIDGET (tab)) == view)
    return FALSE;

  if (sage_tab_get_connection (tab) != self->connection)
    {
      sage_toast (GTK_WIDGET (self),
                  _("That page shows another engine, so it stays in that one’s window"));
      return FALSE;
    }

  g_object_set_data_full (G_OBJECT (tab), DESTINATION_KEY, g_object_ref (view), g_object_unref);

  return TRUE;
}

/**
 * sage_window_let_drag_lone_tab:
 * @self: a window
 * @frame: a group of its documents
 * @bar: the bar of its tabs
 *
 * Lets the tab that is alone in @frame be dragged out of it, and one that was alone elsewhere into it.
 */
void
sage_window_let_drag_lone_tab (SageWindow *self,
                               PanelFrame *frame,
                               GtkWidget  *bar)
{
  GtkDragSource *source = gtk_drag_source_new ();
  GtkDropTarget *target = gtk_drop_target_new (SAGE_TYPE_TAB, GDK_ACTION_MOVE);

  gtk_drag_source_set_actions (source, GDK_ACTION_MOVE);
  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (source), GTK_PHASE_CAPTURE);
  g_signal_connect_object (source, "prepare", G_CALLBACK (prepare_cb), sage_window_view_of (frame),
                           0);
  g_signal_connect (source, "drag-begin", G_CALLBACK (begin_cb), NULL);
  g_signal_connect (source, "drag-end", G_CALLBACK (end_cb), NULL);
  g_signal_connect (source, "drag-cancel", G_CALLBACK (cancel_cb), NULL);
  gtk_widget_add_controller (bar, GTK_EVENT_CONTROLLER (source));

  g_signal_connect_object (target, "drop", G_CALLBACK (drop_cb), self, 0);
  gtk_widget_add_controller (GTK_WIDGET (frame), GTK_EVENT_CONTROLLER (target));
}
