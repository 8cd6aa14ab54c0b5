/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-window-drag"

#include "config.h"

#include <glib/gi18n.h>

#include "sage-application.h"
#include "sage-window-private.h"

/*
 * Tabs that are dragged. The tab bars let any tab go to any other bar of the program, and out of the
 * window; what does not belong where it was dropped goes back to where it does.
 */

#define HOME_KEY "sage-window-home"

static AdwTabView *
find_view (GtkWidget *widget)
{
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      AdwTabView *view = ADW_IS_TAB_VIEW (child) ? ADW_TAB_VIEW (child) : find_view (child);

      if (view != NULL)
        return view;
    }

  return NULL;
}

/* What a frame keeps its tabs in; it has no other way to say. */
AdwTabView *
sage_window_view_of (PanelFrame *frame)
{
  return find_view (GTK_WIDGET (frame));
}

/* Where a document goes that may be in @self. */
static AdwTabView *
document_view (SageWindow *self)
{
  PanelFrame *frame = panel_grid_get_most_recent_frame (self->grid);

  if (frame == NULL)
    frame = panel_grid_column_get_row (panel_grid_get_column (self->grid, 0), 0);

  return sage_window_view_of (frame);
}

static gboolean
is_at_home (SageWindow *self,
            AdwTabView *view,
            GtkWidget  *child)
{
  gboolean is_bottom = view == sage_window_view_of (self->bottom_frame);

  if (SAGE_IS_TAB (child))
    return !is_bottom && sage_tab_get_connection (SAGE_TAB (child)) == self->connection;

  return g_object_get_data (G_OBJECT (child), HOME_KEY) == view;
}

/* Finds where @child belongs: a document with a window of its engine, this one before others; a pane
 * with its own window. */
static AdwTabView *
find_home (SageWindow *self,
           GtkWidget  *child)
{
  GtkApplication *application = gtk_window_get_application (GTK_WINDOW (self));
  SageTab *tab = SAGE_IS_TAB (child) ? SAGE_TAB (child) : NULL;

  if (tab != NULL && sage_tab_get_connection (tab) == self->connection)
    return document_view (self);

  for (GList *item = gtk_application_get_windows (application); item != NULL; item = item->next)
    {
      SageWindow *window = SAGE_IS_WINDOW (item->data) ? item->data : NULL;
      AdwTabView *bottom = window != NULL ? sage_window_view_of (window->bottom_frame) : NULL;

      if (window != NULL && tab != NULL && sage_tab_get_connection (tab) == window->connection)
        return document_view (window);
      if (bottom != NULL && g_object_get_data (G_OBJECT (child), HOME_KEY) == bottom)
        return bottom;
    }

  return NULL;
}

/* A page that was dropped, when the drag is over. */
typedef struct
{
  SageWindow *window; /* (owned) */
  AdwTabView *view;   /* (owned) */
  AdwTabPage *page;   /* (owned) */
  gboolean    torn;   /* it is to have a window of its own */
} Drop;

static void
drop_free (Drop *drop)
{
  g_object_unref (drop->window);
  g_object_unref (drop->view);
  g_object_unref (drop->page);
  g_free (drop);
}

static void
send_home (Drop      *drop,
           GtkWidget *child)
{
  AdwTabView *home = find_home (drop->window, child);
  GtkRoot *root;

  if (home == NULL || home == drop->view)
    return;

  adw_tab_view_transfer_page (drop->view, drop->page, home, adw_tab_view_get_n_pages (home));
  adw_tab_view_set_selected_page (home, drop->page);
  root = gtk_widget_get_root (GTK_WIDGET (home));
  if (root != NULL && root != GTK_ROOT (drop->window))
    sage_toast (GTK_WIDGET (drop->window),
                SAGE_IS_TAB (child) ? _("That page shows another engine, so it stays in that one’s window")
                                    : _("That pane belongs to its window"));
}

static gboolean
dropped_cb (gpointer user_data)
{
  Drop *drop = user_data;
  GtkWidget *child = adw_tab_page_get_child (drop->page);

  /* it may be gone, or somewhere else, by now */
  if (child == NULL || !gtk_widget_is_ancestor (child, GTK_WIDGET (drop->view)))
    return G_SOURCE_REMOVE;

  if (!is_at_home (drop->window, drop->view, child))
    send_home (drop, child);
  else if (drop->torn && SAGE_IS_TAB (child))
    sage_window_tear_off (drop->window, SAGE_TAB (child));

  return G_SOURCE_REMOVE;
}

static void
page_attached_cb (SageWindow *self,
                  AdwTabPage *page,
                  int         position,
                  AdwTabView *view)
{
  GtkWidget *child = adw_tab_page_get_child (page);
  gboolean torn = self->tearing;
  Drop *drop;

  self->tearing = FALSE;
  if (!SAGE_IS_TAB (child) && g_object_get_data (G_OBJECT (child), HOME_KEY) == NULL)
    g_object_set_data (G_OBJECT (child), HOME_KEY, view);
  if (!torn && is_at_home (self, view, child))
    return;

  drop = g_new0 (Drop, 1);
  drop->window = g_object_ref (self);
  drop->view = g_object_ref (view);
  drop->page = g_object_ref (page);
  drop->torn = torn;
  g_idle_add_full (G_PRIORITY_DEFAULT, dropped_cb, drop, (GDestroyNotify) drop_free);
}

/* A tab was let go outside. It goes back to where it was, and a document then gets a window of its own
 * as it does by its key: in the middle of a drag is no time to make one. */
static AdwTabView *
create_window_cb (SageWindow *self,
                  AdwTabView *view)
{
  self->tearing = view != sage_window_view_of (self->bottom_frame);

  return view;
}

/**
 * sage_window_let_drag:
 * @self: a window
 * @frame: a group of its tabs, still empty
 *
 * Lets tabs be dragged out of @frame and into it.
 */
void
sage_window_let_drag (SageWindow *self,
                      PanelFrame *frame)
{
  AdwTabView *view = sage_window_view_of (frame);

  g_return_if_fail (view != NULL);

  g_signal_connect_object (view, "create-window", G_CALLBACK (create_window_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (view, "page-attached", G_CALLBACK (page_attached_cb), self,
                           G_CONNECT_SWAPPED);
}
