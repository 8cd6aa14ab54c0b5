/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-window-panel"

#include "config.h"

#include <glib/gi18n.h>

#include "sage-window-private.h"

#define HEIGHT 300

/* The log of the bottom panel; it is made when it is asked for or seen for the first time. */
SageLogPanel *
sage_window_ensure_log (SageWindow *self)
{
  if (self->log_panel == NULL)
    {
      self->log_panel = SAGE_LOG_PANEL (sage_log_panel_new (self->connection));
      sage_log_panel_set_title_visible (self->log_panel, TRUE);
      panel_widget_set_child (self->log_page, GTK_WIDGET (self->log_panel));
    }

  return self->log_panel;
}

/* The search of the bottom panel, likewise. */
SageSearchPane *
sage_window_ensure_search (SageWindow *self)
{
  if (self->search == NULL)
    {
      self->search = SAGE_SEARCH_PANE (sage_search_pane_new ());
      sage_search_pane_set_folder (self->search, self->project);
      panel_widget_set_child (self->search_page, GTK_WIDGET (self->search));
    }

  return self->search;
}

/* A page of the bottom panel, which stays there. */
static PanelWidget *
add_page (SageWindow *self,
          const char *id,
          const char *title,
          const char *icon_name,
          GtkWidget  *child)
{
  PanelWidget *page = PANEL_WIDGET (panel_widget_new ());

  panel_widget_set_id (page, id);
  panel_widget_set_title (page, title);
  panel_widget_set_icon_name (page, icon_name);
  panel_widget_set_kind (page, PANEL_WIDGET_KIND_UTILITY);
  panel_widget_set_child (page, child);
  panel_frame_add (self->bottom_frame, page);

  return page;
}

/* Gives the bottom panel its pages. What need not follow anything out of sight comes when it is seen: a
 * window is there sooner. */
void
sage_window_make_panel (SageWindow *self)
{
  sage_window_set_up_frame (self, self->bottom_frame);
  self->log_page = add_page (self, "log", _("Log"), "text-x-generic-symbolic", adw_bin_new ());
  g_signal_connect_object (self->log_page, "map", G_CALLBACK (sage_window_ensure_log), self,
                           G_CONNECT_SWAPPED);
  self->terminal_page = add_page (self, "terminal", _("Terminal"), "utilities-terminal-symbolic",
                                  adw_bin_new ());
  sage_window_follow_terminal (self);
  self->search_page = add_page (self, "search", _("Search"), "edit-find-symbolic", adw_bin_new ());
  g_signal_connect_object (self->search_page, "map", G_CALLBACK (sage_window_ensure_search), self,
                           G_CONNECT_SWAPPED);
  self->problems = SAGE_PROBLEMS (sage_problems_new ());
  self->problems_page = add_page (self, "problems", _("Problems"), "dialog-warning-symbolic",
                                  GTK_WIDGET (self->problems));
  panel_dock_set_bottom_height (self->dock, HEIGHT);
}
