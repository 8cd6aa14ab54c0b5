/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-window-terminal"

#include "config.h"

#include <glib/gi18n.h>

#include "sage-window-private.h"

/* Returns: (transfer full) (nullable): the project's folder */
static char *
get_folder (SageWindow *self)
{
  return self->project != NULL ? g_file_get_path (self->project) : NULL;
}

/* Returns: (transfer full) (floating): how a terminal begins */
static GVariant *
make_state (SageWindow *self)
{
  g_autofree char *folder = get_folder (self);
  GVariantDict state;

  g_variant_dict_init (&state, NULL);
  if (folder != NULL)
    g_variant_dict_insert (&state, "folder", "^ay", folder);

  return g_variant_dict_end (&state);
}

/* The terminal of the bottom panel begins when it is seen for the first time. */
static void
ensure_terminal (SageWindow *self)
{
  g_autoptr(GVariant) state = NULL;

  if (self->terminal != NULL || self->connection == NULL)
    return;

  self->terminal = g_object_new (SAGE_TYPE_TERMINAL_PAGE, "connection", self->connection, "location",
                                 "terminal/panel", NULL);
  state = g_variant_ref_sink (make_state (self));
  sage_page_restore_state (SAGE_PAGE (self->terminal), state);
  panel_widget_set_child (self->terminal_page, GTK_WIDGET (self->terminal));
}

/* Has the page of the bottom panel get its terminal. */
void
sage_window_follow_terminal (SageWindow *self)
{
  g_signal_connect_object (self->terminal_page, "map", G_CALLBACK (ensure_terminal), self,
                           G_CONNECT_SWAPPED);
}

static void
show_terminal (SageWindow *self)
{
  panel_dock_set_reveal_bottom (self->dock, TRUE);
  panel_widget_raise (self->terminal_page);
  ensure_terminal (self);
  if (self->terminal != NULL)
    gtk_widget_grab_focus (sage_page_get_default_focus (SAGE_PAGE (self->terminal)));
}

static void
terminal_action (GtkWidget  *widget,
                 const char *action_name,
                 GVariant   *parameter)
{
  show_terminal (SAGE_WINDOW (widget));
}

static void
new_terminal_action (GtkWidget  *widget,
                     const char *action_name,
                     GVariant   *parameter)
{
  SageWindow *self = SAGE_WINDOW (widget);
  g_autofree char *id = g_uuid_string_random ();
  g_autofree char *location = g_strconcat ("terminal/", id, NULL);
  g_autoptr(GVariant) state = NULL;
  SageTab *tab;

  if (self->connection == NULL)
    return;

  state = g_variant_ref_sink (make_state (self));
  tab = sage_tab_new (self->connection, location, state);
  panel_grid_add (self->grid, PANEL_WIDGET (tab));
  panel_widget_raise (PANEL_WIDGET (tab));
  panel_widget_focus_default (PANEL_WIDGET (tab));
}

/* Runs a command line in the panel's terminal; where a program runs already, it is said. */
static void
run_action (GtkWidget  *widget,
            const char *action_name,
            GVariant   *parameter)
{
  SageWindow *self = SAGE_WINDOW (widget);
  g_autofree char *line = g_strconcat (g_variant_get_string (parameter, NULL), "\n", NULL);

  SageTerminal *terminal;

  show_terminal (self);
  if (self->terminal == NULL)
    return;
  terminal = sage_terminal_page_get_terminal (self->terminal);
  if (sage_terminal_is_busy (terminal))
    sage_toast (widget, _("A program runs in the terminal already"));
  else
    sage_terminal_run (terminal, line);
}

void
sage_window_terminal_install (GtkWidgetClass *klass)
{
  gtk_widget_class_install_action (klass, "win.terminal", NULL, terminal_action);
  gtk_widget_class_install_action (klass, "win.new-terminal", NULL, new_terminal_action);
  gtk_widget_class_install_action (klass, "win.run-in-terminal", "s", run_action);
}
