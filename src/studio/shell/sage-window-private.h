/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-inspector.h"
#include "sage-log-panel.h"
#include "sage-palette-button.h"
#include "sage-problems.h"
#include "sage-search-pane.h"
#include "sage-sidebar.h"
#include "sage-terminal-page.h"
#include "sage-window.h"

G_BEGIN_DECLS

struct _SageWindow
{
  AdwApplicationWindow  parent_instance;

  GSettings            *settings;     /* (owned) */
  SageConnections      *connections;  /* (owned) */
  SageConnection       *connection;   /* (owned) (nullable): the one that is shown */
  GFile                *project;      /* (owned) (nullable): an open folder */
  GPtrArray            *closed;       /* (owned): locations of closed tabs, the last one last */
  SageTab              *current;      /* (nullable) (weak): the tab that had the focus last */
  gboolean              tearing;      /* the next tab to come was dragged out */
  gboolean              asked;        /* what closing it would lose has been settled */
  gulong                selection_id; /* follows the selection of its page */
  SagePage             *followed;     /* (nullable) (weak): that page */

  AdwOverlaySplitView  *sidebar_split;
  AdwOverlaySplitView  *inspector_split;
  PanelDock            *dock;
  PanelGrid            *grid;
  PanelFrame           *bottom_frame;
  GtkWidget            *sidebar_button;
  GtkWidget            *project_button;
  GtkLabel             *project_label;
  SagePaletteButton    *palette_button;
  GtkWidget            *menu_button;
  GtkWidget            *chip;
  GtkWidget            *stripe;
  SageSidebar          *sidebar;
  SageInspector        *inspector;
  PanelWidget          *log_page;
  SageLogPanel         *log_panel;    /* (nullable): from when it is seen first */
  PanelWidget          *terminal_page;
  SageTerminalPage     *terminal;     /* (nullable): from when it is seen first */
  PanelWidget          *search_page;
  SageSearchPane       *search;       /* (nullable): from when it is seen first */
  PanelWidget          *problems_page;
  SageProblems         *problems;
};

/* sage-window-tabs.c: the documents */
void        sage_window_tabs_init     (SageWindow     *self);
void        sage_window_tabs_install  (GtkWidgetClass *klass);
PanelFrame *sage_window_create_frame  (SageWindow     *self);
void        sage_window_set_up_frame  (SageWindow     *self,
                                       PanelFrame     *frame);
void        sage_window_tear_off      (SageWindow     *self,
                                       SageTab        *tab);
void        sage_window_close_tabs    (SageWindow     *self);
void        sage_window_update_current (SageWindow    *self);
void        sage_window_foreach_tab   (SageWindow     *self,
                                       void          (*callback) (SageTab *tab,
                                                                  gpointer user_data),
                                       gpointer        user_data);

/* sage-window-drag.c: tabs that are dragged */
AdwTabView *sage_window_view_of       (PanelFrame     *frame);
void        sage_window_let_drag      (SageWindow     *self,
                                       PanelFrame     *frame);

/* sage-window-lone-tab.c: the only tab of a group is dragged too */
void        sage_window_let_drag_lone_tab (SageWindow *self,
                                           PanelFrame *frame,
                                           GtkWidget  *bar);

/* sage-window-drop.c: files that are dropped */
void        sage_window_take_drops    (SageWindow     *self);

/* sage-window-panel.c: the bottom panel */
void            sage_window_make_panel    (SageWindow *self);
SageLogPanel   *sage_window_ensure_log    (SageWindow *self);
SageSearchPane *sage_window_ensure_search (SageWindow *self);

/* sage-window-terminal.c: shells */
void        sage_window_terminal_install   (GtkWidgetClass *klass);
void        sage_window_follow_terminal    (SageWindow     *self);

/* sage-window-files.c: files of the user's */
void        sage_window_files_install      (GtkWidgetClass *klass);

/* sage-window-close.c: what closing would lose */
void        sage_window_ask_before_closing (AdwTabView *view);
gboolean    sage_window_ask_to_close       (SageWindow *self);

/* sage-window-actions.c: what menus and keys name */
void        sage_window_actions_install (GtkWidgetClass *klass);
GMenuModel *sage_window_make_menu       (void);

/* sage-window-session.c: what comes back at the next start */
void        sage_window_save_session    (SageWindow     *self);
gboolean    sage_window_restore_session (SageWindow     *self);

G_END_DECLS
