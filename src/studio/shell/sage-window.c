/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-window"

#include "config.h"

#include <glib/gi18n.h>

#include "sage-certificate-dialog.h"
#include "sage-connection-chip.h"
#include "sage-file-trace.h"
#include "sage-frame-log.h"
#include "sage-shortcut-table.h"
#include "sage-software-style.h"
#include "sage-undo.h"
#include "sage-window-private.h"

typedef enum
{
  PROP_CONNECTION = 1,
  PROP_PROJECT,
} SageWindowProperty;

static GParamSpec *properties[PROP_PROJECT + 1];

G_DEFINE_FINAL_TYPE (SageWindow, sage_window, ADW_TYPE_APPLICATION_WINDOW)

static gboolean
sage_window_close_request (GtkWindow *window)
{
  SageWindow *self = SAGE_WINDOW (window);
  int width;
  int height;

  if (sage_window_ask_to_close (self))
    return GDK_EVENT_STOP;

  gtk_window_get_default_size (window, &width, &height);
  g_settings_set (self->settings, "window-size", "(ii)", width, height);
  g_settings_set_boolean (self->settings, "window-maximized", gtk_window_is_maximized (window));
  sage_window_save_session (self);

  return GTK_WINDOW_CLASS (sage_window_parent_class)->close_request (window);
}

static void
sage_window_dispose (GObject *object)
{
  SageWindow *self = SAGE_WINDOW (object);

  if (self->followed != NULL)
    g_clear_signal_handler (&self->selection_id, self->followed);
  g_clear_weak_pointer (&self->followed);
  g_clear_weak_pointer (&self->current);
  gtk_widget_dispose_template (GTK_WIDGET (self), SAGE_TYPE_WINDOW);
  g_clear_object (&self->connection);
  g_clear_object (&self->connections);
  g_clear_object (&self->settings);
  g_clear_object (&self->project);
  g_clear_pointer (&self->closed, g_ptr_array_unref);

  G_OBJECT_CLASS (sage_window_parent_class)->dispose (object);
}

static void
sage_window_get_property (GObject    *object,
                          guint       prop_id,
                          GValue     *value,
                          GParamSpec *pspec)
{
  SageWindow *self = SAGE_WINDOW (object);

  switch ((SageWindowProperty) prop_id)
    {
    case PROP_CONNECTION:
      g_value_set_object (value, self->connection);
      break;
    case PROP_PROJECT:
      g_value_set_object (value, self->project);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static PanelFrame *
create_frame_cb (SageWindow *self)
{
  return sage_window_create_frame (self);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, SageWindow, sidebar_split);
  gtk_widget_class_bind_template_child (widget_class, SageWindow, inspector_split);
  gtk_widget_class_bind_template_child (widget_class, SageWindow, dock);
  gtk_widget_class_bind_template_child (widget_class, SageWindow, grid);
  gtk_widget_class_bind_template_child (widget_class, SageWindow, bottom_frame);
  gtk_widget_class_bind_template_child (widget_class, SageWindow, sidebar_button);
  gtk_widget_class_bind_template_child (widget_class, SageWindow, project_button);
  gtk_widget_class_bind_template_child (widget_class, SageWindow, project_label);
  gtk_widget_class_bind_template_child (widget_class, SageWindow, palette_button);
  gtk_widget_class_bind_template_child (widget_class, SageWindow, menu_button);
  gtk_widget_class_bind_template_child (widget_class, SageWindow, chip);
  gtk_widget_class_bind_template_child (widget_class, SageWindow, stripe);
  gtk_widget_class_bind_template_child (widget_class, SageWindow, sidebar);
  gtk_widget_class_bind_template_child (widget_class, SageWindow, inspector);
  gtk_widget_class_bind_template_callback (widget_class, create_frame_cb);
}

static void
sage_window_class_init (SageWindowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->dispose = sage_window_dispose;
  object_class->get_property = sage_window_get_property;
  GTK_WINDOW_CLASS (klass)->close_request = sage_window_close_request;

  properties[PROP_CONNECTION] = g_param_spec_object ("connection", NULL, NULL,
                                                     SAGE_TYPE_CONNECTION, flags);
  properties[PROP_PROJECT] = g_param_spec_object ("project", NULL, NULL, G_TYPE_FILE, flags);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  g_type_ensure (SAGE_TYPE_SIDEBAR);
  g_type_ensure (SAGE_TYPE_INSPECTOR);
  g_type_ensure (SAGE_TYPE_PALETTE_BUTTON);
  g_type_ensure (SAGE_TYPE_CONNECTION_CHIP);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/sagebrush/Studio/ui/shell/sage-window.ui");
  bind_children (widget_class);
  sage_window_tabs_install (widget_class);
  sage_window_actions_install (widget_class);
  sage_window_files_install (widget_class);
  sage_window_terminal_install (widget_class);
}

static void
sage_window_init (SageWindow *self)
{
  g_autoptr(GMenuModel) menu = sage_window_make_menu ();

  self->closed = g_ptr_array_new_with_free_func (g_free);
  gtk_widget_init_template (GTK_WIDGET (self));
  sage_frame_log_follow (GTK_WIDGET (self));
  sage_software_style_follow (GTK_WIDGET (self));

  sage_shortcut_table_bind (GTK_WIDGET (self));
  sage_shortcut_set_tooltip (self->sidebar_button, "win.sidebar");
  sage_shortcut_set_tooltip (self->menu_button, "win.menu");
  gtk_menu_button_set_menu_model (GTK_MENU_BUTTON (self->menu_button), menu);
  sage_window_tabs_init (self);
  sage_window_take_drops (self);

  sage_window_make_panel (self);
  sage_window_set_project (self, NULL);
}

/**
 * sage_window_new:
 * @application: the application
 * @settings: what it keeps
 * @connections: the engines that it knows
 *
 * Returns: (transfer none): a window that shows no engine yet
 */
SageWindow *
sage_window_new (AdwApplication  *application,
                 GSettings       *settings,
                 SageConnections *connections)
{
  SageWindow *self;
  int width;
  int height;

  g_return_val_if_fail (ADW_IS_APPLICATION (application), NULL);

  self = g_object_new (SAGE_TYPE_WINDOW, "application", application, NULL);
  self->settings = g_object_ref (settings);
  sage_sidebar_set_settings (self->sidebar, settings);
  self->connections = g_object_ref (connections);
  g_settings_get (settings, "window-size", "(ii)", &width, &height);
  gtk_window_set_default_size (GTK_WINDOW (self), MAX (width, 360), MAX (height, 294));
  if (g_settings_get_boolean (settings, "window-maximized"))
    gtk_window_maximize (GTK_WINDOW (self));
  sage_connection_chip_set_window (SAGE_CONNECTION_CHIP (self->chip), self);

  return self;
}

SageConnections *
sage_window_get_connections (SageWindow *self)
{
  g_return_val_if_fail (SAGE_IS_WINDOW (self), NULL);

  return self->connections;
}

SageConnection *
sage_window_get_connection (SageWindow *self)
{
  g_return_val_if_fail (SAGE_IS_WINDOW (self), NULL);

  return self->connection;
}

GSettings *
sage_window_get_settings (SageWindow *self)
{
  g_return_val_if_fail (SAGE_IS_WINDOW (self), NULL);

  return self->settings;
}

static void
update_stripe (SageWindow *self)
{
  const char * const *colours = sage_profile_colours ();
  const char *colour = sage_profile_get_colour (sage_connection_get_profile (self->connection));

  for (; *colours != NULL; colours++)
    gtk_widget_remove_css_class (self->stripe, *colours);
  if (colour != NULL)
    gtk_widget_add_css_class (self->stripe, colour);
  gtk_widget_set_visible (self->stripe, colour != NULL);
}

static void
connection_state_cb (SageWindow *self)
{
  if (sage_connection_get_state (self->connection) == SAGE_CONNECTION_AWAY)
    sage_certificate_dialog_offer (self);
}

/* Puts @connection in the place of the one that is shown. */
static void
set_connection (SageWindow     *self,
                SageConnection *connection)
{
  SageProfile *profile = sage_connection_get_profile (connection);

  if (self->connection != NULL)
    {
      sage_window_save_session (self);
      sage_window_close_tabs (self);
      g_ptr_array_set_size (self->closed, 0); /* they were the other engine's */
      g_signal_handlers_disconnect_by_func (sage_connection_get_profile (self->connection),
                                            update_stripe, self);
      g_signal_handlers_disconnect_by_func (self->connection, connection_state_cb, self);
    }

  g_set_object (&self->connection, connection);
  g_settings_set_string (self->settings, "connection", sage_profile_get_id (profile));
  g_signal_connect_object (profile, "notify::colour", G_CALLBACK (update_stripe), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (connection, "notify::state", G_CALLBACK (connection_state_cb), self,
                           G_CONNECT_SWAPPED);
  update_stripe (self);
  sage_sidebar_set_connection (self->sidebar, connection);
  sage_inspector_set_connection (self->inspector, connection);
  if (self->log_panel != NULL)
    sage_log_panel_set_connection (self->log_panel, connection);
  sage_problems_set_connection (self->problems, connection);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CONNECTION]);
}

/**
 * sage_window_show_connection:
 * @self: a window
 * @profile: the engine to show from now on
 * @location: (nullable): what to open; %NULL for the last session with that engine
 * @state: (nullable): how that page was
 *
 * Shows another engine. The tabs of the present one are kept for when it is shown again.
 */
void
sage_window_show_connection (SageWindow  *self,
                             SageProfile *profile,
                             const char  *location,
                             GVariant    *state)
{
  SageConnection *connection;

  g_return_if_fail (SAGE_IS_WINDOW (self));
  g_return_if_fail (SAGE_IS_PROFILE (profile));

  connection = sage_connections_open (self->connections, profile);
  if (connection != self->connection)
    set_connection (self, connection);

  if (location == NULL && g_settings_get_boolean (self->settings, "restore-session")
      && sage_window_restore_session (self))
    return;

  if (sage_window_open (self, location != NULL ? location : "home", TRUE) && state != NULL)
    sage_page_restore_state (sage_tab_get_page (sage_window_get_current_tab (self)), state);
}

/**
 * sage_window_connect:
 * @self: a window
 * @profile: the engine to show from now on
 *
 * Shows another engine, with the tabs that were open when it was shown last.
 */
void
sage_window_connect (SageWindow  *self,
                     SageProfile *profile)
{
  g_return_if_fail (SAGE_IS_WINDOW (self));
  g_return_if_fail (SAGE_IS_PROFILE (profile));

  if (self->connection != NULL && sage_connection_get_profile (self->connection) == profile)
    sage_connections_open (self->connections, profile); /* once more, if it had given up */
  else
    sage_window_show_connection (self, profile, NULL, NULL);
}

/**
 * sage_window_set_project:
 * @self: a window
 * @folder: (nullable): the folder that the sidebar shows the files of
 */
void
sage_window_set_project (SageWindow *self,
                         GFile      *folder)
{
  g_autofree char *name = folder != NULL ? g_file_get_basename (folder) : NULL;
  g_autofree char *shown = name != NULL ? g_filename_display_name (name) : NULL;

  g_return_if_fail (SAGE_IS_WINDOW (self));

  gtk_label_set_text (self->project_label, shown != NULL ? shown : _("No project"));
  sage_sidebar_set_project (self->sidebar, folder);
  if (self->search != NULL)
    sage_search_pane_set_folder (self->search, folder);
  if (folder != NULL)
    sage_file_trace_look_in (folder);
  if (g_set_object (&self->project, folder))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PROJECT]);
}

/**
 * sage_window_get_project:
 * @self: a window
 *
 * Returns: (nullable) (transfer none): the open folder
 */
GFile *
sage_window_get_project (SageWindow *self)
{
  g_return_val_if_fail (SAGE_IS_WINDOW (self), NULL);

  return self->project;
}
