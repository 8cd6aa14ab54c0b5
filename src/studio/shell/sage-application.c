/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-application"

#include "config.h"

#include <glib/gi18n.h>
#include <gtksourceview/gtksource.h>
#include <libpanel.h>

#include "sage-about.h"
#include "sage-application.h"
#include "sage-help.h"
#include "sage-keep-awake.h"
#include "sage-kernel-warning.h"
#include "sage-notifier.h"
#include "sage-preferences.h"
#include "sage-session-moves.h"
#include "sage-undo.h"

/* The one instance: the settings, the connections, and the windows that share them. */
struct _SageApplication
{
  AdwApplication   parent_instance;

  GSettings       *settings;    /* (owned) (nullable): from startup on */
  SageConnections *connections; /* (owned) (nullable): from the first command line on */
  SageNotifier    *notifier;    /* (owned) (nullable) */
  SageKeepAwake   *keep_awake;  /* (owned) (nullable) */
};

G_DEFINE_FINAL_TYPE (SageApplication, sage_application, ADW_TYPE_APPLICATION)

static void ensure_connections (SageApplication *self,
                                const char      *data_dir);

static const GOptionEntry options[] = {
  { "data-dir", 0, 0, G_OPTION_ARG_FILENAME, NULL,
    N_("Directory of the embedded engine"), N_("DIR") },
  { "open", 'o', 0, G_OPTION_ARG_STRING, NULL,
    N_("What to open, e.g. jobs or training-job/NAME"), N_("LOCATION") },
  { "new-window", 'w', 0, G_OPTION_ARG_NONE, NULL, N_("Open another window"), NULL },
  { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, NULL, NULL,
    N_("[FOLDER|FILE]…") },
  { NULL },
};

/* --- Actions ---------------------------------------------------------------------------------- */

static void
new_window_action (GSimpleAction *action,
                   GVariant      *parameter,
                   gpointer       user_data)
{
  SageApplication *self = user_data;
  GtkWindow *active = gtk_application_get_active_window (GTK_APPLICATION (self));

  ensure_connections (self, NULL);
  sage_application_new_window (self, SAGE_IS_WINDOW (active) ? SAGE_WINDOW (active) : NULL, "home",
                               NULL);
}

static void
preferences_action (GSimpleAction *action,
                    GVariant      *parameter,
                    gpointer       user_data)
{
  SageApplication *self = user_data;
  GtkWindow *active = gtk_application_get_active_window (GTK_APPLICATION (self));

  SageConnection *connection =
    SAGE_IS_WINDOW (active) ? sage_window_get_connection (SAGE_WINDOW (active)) : NULL;

  adw_dialog_present (sage_preferences_new (self->settings, connection), GTK_WIDGET (active));
}

static void
about_action (GSimpleAction *action,
              GVariant      *parameter,
              gpointer       user_data)
{
  GtkWindow *active = gtk_application_get_active_window (user_data);

  sage_about_present (GTK_WIDGET (active));
}

static void
help_action (GSimpleAction *action,
             GVariant      *parameter,
             gpointer       user_data)
{
  GtkWindow *active = gtk_application_get_active_window (user_data);

  if (active != NULL)
    sage_help_show (active);
}

static void
quit_action (GSimpleAction *action,
             GVariant      *parameter,
             gpointer       user_data)
{
  GList *windows = g_list_copy (gtk_application_get_windows (user_data));

  for (GList *window = windows; window != NULL; window = window->next)
    gtk_window_close (window->data);
  g_list_free (windows);
}

/* From a notification: the connection's id and a location. */
static void
show_action (GSimpleAction *action,
             GVariant      *parameter,
             gpointer       user_data)
{
  SageApplication *self = user_data;
  GtkWindow *active = gtk_application_get_active_window (GTK_APPLICATION (self));
  SageWindow *window = SAGE_IS_WINDOW (active) ? SAGE_WINDOW (active) : NULL;
  const char *id;
  const char *location;
  SageProfile *profile;

  ensure_connections (self, NULL);
  g_variant_get (parameter, "(&s&s)", &id, &location);
  profile = sage_connections_find (self->connections, id);
  if (profile == NULL)
    return;

  if (window == NULL)
    window = sage_application_new_window (self, NULL, NULL, NULL);
  sage_window_connect (window, profile);
  sage_window_open (window, location, TRUE);
  gtk_window_present (GTK_WINDOW (window));
}

/* From a notification: the connection's id and a kernel's, which is not to be shut down. */
static void
keep_kernel_action (GSimpleAction *action,
                    GVariant      *parameter,
                    gpointer       user_data)
{
  SageApplication *self = user_data;
  const char *id;
  const char *kernel;
  SageProfile *profile;

  ensure_connections (self, NULL);
  g_variant_get (parameter, "(&s&s)", &id, &kernel);
  profile = sage_connections_find (self->connections, id);
  if (profile != NULL)
    sage_kernel_warning_keep (G_APPLICATION (self),
                              sage_connections_open (self->connections, profile), kernel);
}

static const GActionEntry actions[] = {
  { .name = "new-window", .activate = new_window_action },
  { .name = "preferences", .activate = preferences_action },
  { .name = "about", .activate = about_action },
  { .name = "help", .activate = help_action },
  { .name = "quit", .activate = quit_action },
  { .name = "keep-kernel", .activate = keep_kernel_action, .parameter_type = "(ss)" },
  { .name = "show", .activate = show_action, .parameter_type = "(ss)" },
};

/* --- Style ------------------------------------------------------------------------------------ */

static void
update_style (SageApplication *self)
{
  static const AdwColorScheme schemes[] = {
    ADW_COLOR_SCHEME_DEFAULT, ADW_COLOR_SCHEME_FORCE_LIGHT, ADW_COLOR_SCHEME_FORCE_DARK,
  };
  int style = g_settings_get_enum (self->settings, "style");

  adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
                                      schemes[CLAMP (style, 0, 2)]);
}

/* --- Starting --------------------------------------------------------------------------------- */

static void
sage_application_startup (GApplication *application)
{
  SageApplication *self = SAGE_APPLICATION (application);

  G_APPLICATION_CLASS (sage_application_parent_class)->startup (application);

  panel_init ();
  gtk_source_init ();
  /* The name of a page would look chosen whenever the focus passes; and GTK 4.18 warns of a label
   * that is the first to get it. */
  g_object_set (gtk_settings_get_default (), "gtk-label-select-on-focus", FALSE, NULL);
  self->settings = g_settings_new ("org.sagebrush.Studio");
  g_signal_connect_object (self->settings, "changed::style", G_CALLBACK (update_style), self,
                           G_CONNECT_SWAPPED);
  update_style (self);
  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
}

/* The first start decides which engine is the embedded one. A start by D-Bus may begin with an
 * action, such as that of a notification, and has no command line. */
static void
ensure_connections (SageApplication *self,
                    const char      *data_dir)
{
  if (self->connections != NULL)
    return;

  self->connections = sage_connections_new (self->settings, data_dir);
  self->notifier = sage_notifier_new (G_APPLICATION (self), self->settings);
  self->keep_awake = sage_keep_awake_new (GTK_APPLICATION (self));
}

static void
connection_cb (SageApplication *self,
               GParamSpec      *pspec,
               SageWindow      *window)
{
  sage_notifier_follow (self->notifier, sage_window_get_connection (window));
  sage_keep_awake_follow (self->keep_awake, sage_window_get_connection (window));
  sage_session_moves_for (sage_window_get_connection (window));
}

/**
 * sage_application_new_window:
 * @self: the application
 * @beside: (nullable): a window whose engine and project the new one shows too
 * @location: (nullable): what to open; %NULL for the last session
 * @state: (nullable): how that page was
 *
 * Returns: (transfer none): a new window, in sight
 */
SageWindow *
sage_application_new_window (SageApplication *self,
                             SageWindow      *beside,
                             const char      *location,
                             GVariant        *state)
{
  SageWindow *window = sage_window_new (ADW_APPLICATION (self), self->settings, self->connections);
  g_autofree char *last = g_settings_get_string (self->settings, "connection");
  SageProfile *profile = NULL;

  if (beside != NULL)
    {
      sage_window_set_project (window, sage_window_get_project (beside));
      profile = sage_connection_get_profile (sage_window_get_connection (beside));
    }
  if (profile == NULL)
    profile = sage_connections_find (self->connections, last);
  if (profile == NULL)
    profile = sage_connections_find (self->connections, "embedded");

  g_signal_connect_object (window, "notify::connection", G_CALLBACK (connection_cb), self,
                           G_CONNECT_SWAPPED);
  sage_window_show_connection (window, profile, location, state);
  gtk_window_present (GTK_WINDOW (window));

  return window;
}

static void
open_path (SageWindow *window,
           GFile      *file)
{
  GFileType type = g_file_query_file_type (file, G_FILE_QUERY_INFO_NONE, NULL);

  if (type == G_FILE_TYPE_DIRECTORY)
    {
      sage_window_set_project (window, file);
      return;
    }

  if (type != G_FILE_TYPE_REGULAR || g_file_peek_path (file) == NULL
      || !sage_window_open_file (window, file, NULL))
    {
      g_autofree char *name = g_file_get_parse_name (file);
      g_autofree char *text = g_strdup_printf (_("“%s” is neither a folder nor a file that can be read"),
                                               name);

      sage_toast (GTK_WIDGET (window), text);
    }
}

/**
 * sage_application_show_file:
 * @window: a window
 * @file: a file or a folder on this machine
 *
 * Opens a file in a tab, or a folder as the project, or says that it is neither.
 */
void
sage_application_show_file (SageWindow *window,
                            GFile      *file)
{
  open_path (window, file);
}

static int
sage_application_command_line (GApplication            *application,
                               GApplicationCommandLine *command_line)
{
  SageApplication *self = SAGE_APPLICATION (application);
  GVariantDict *given = g_application_command_line_get_options_dict (command_line);
  GtkWindow *active = gtk_application_get_active_window (GTK_APPLICATION (self));
  SageWindow *window = SAGE_IS_WINDOW (active) ? SAGE_WINDOW (active) : NULL;
  const char *data_dir = NULL;
  const char *location = NULL;
  g_autofree const char **paths = NULL;
  gboolean another = FALSE;

  g_variant_dict_lookup (given, "data-dir", "^&ay", &data_dir);
  g_variant_dict_lookup (given, "open", "&s", &location);
  g_variant_dict_lookup (given, "new-window", "b", &another);
  g_variant_dict_lookup (given, G_OPTION_REMAINING, "^a&ay", &paths);

  ensure_connections (self, data_dir);
  if (window == NULL || another)
    window = sage_application_new_window (self, window, NULL, NULL);
  for (const char **path = paths; path != NULL && *path != NULL; path++)
    {
      g_autoptr(GFile) file = g_application_command_line_create_file_for_arg (command_line, *path);

      open_path (window, file);
    }
  if (location != NULL && !sage_window_open (window, location, TRUE))
    g_application_command_line_printerr (command_line, _("There is nothing to show for “%s”\n"),
                                         location);
  gtk_window_present (GTK_WINDOW (window));

  return 0;
}

/* By D-Bus, without a command line. */
static void
sage_application_activate (GApplication *application)
{
  SageApplication *self = SAGE_APPLICATION (application);
  GtkWindow *active = gtk_application_get_active_window (GTK_APPLICATION (self));

  ensure_connections (self, NULL);
  if (active == NULL)
    sage_application_new_window (self, NULL, NULL, NULL);
  else
    gtk_window_present (active);
}

/* By D-Bus too: files and folders that a file manager or a launcher hands over. */
static void
sage_application_open (GApplication  *application,
                       GFile        **files,
                       int            n_files,
                       const char    *hint)
{
  SageApplication *self = SAGE_APPLICATION (application);
  GtkWindow *active = gtk_application_get_active_window (GTK_APPLICATION (self));
  SageWindow *window = SAGE_IS_WINDOW (active) ? SAGE_WINDOW (active) : NULL;

  ensure_connections (self, NULL);
  if (window == NULL)
    window = sage_application_new_window (self, NULL, NULL, NULL);
  for (int i = 0; i < n_files; i++)
    open_path (window, files[i]);
  gtk_window_present (GTK_WINDOW (window));
}

static void
sage_application_shutdown (GApplication *application)
{
  SageApplication *self = SAGE_APPLICATION (application);

  sage_undo_flush ();
  g_clear_object (&self->keep_awake);
  g_clear_object (&self->notifier);
  g_clear_object (&self->connections);
  g_clear_object (&self->settings);

  G_APPLICATION_CLASS (sage_application_parent_class)->shutdown (application);
}

static void
sage_application_class_init (SageApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  application_class->startup = sage_application_startup;
  application_class->activate = sage_application_activate;
  application_class->command_line = sage_application_command_line;
  application_class->open = sage_application_open;
  application_class->shutdown = sage_application_shutdown;
}

static void
sage_application_init (SageApplication *self)
{
  g_application_add_main_option_entries (G_APPLICATION (self), options);
  g_application_set_option_context_summary (G_APPLICATION (self),
                                            _("Develop, train and serve models on your own machines."));
}

/**
 * sage_application_new:
 *
 * Returns: (transfer full): the application; a second process hands its command line to the first
 */
SageApplication *
sage_application_new (void)
{
  return g_object_new (SAGE_TYPE_APPLICATION,
                       "application-id", "org.sagebrush.Studio",
                       "flags", G_APPLICATION_HANDLES_COMMAND_LINE | G_APPLICATION_HANDLES_OPEN,
                       "version", SAGEBRUSH_VERSION,
                       "resource-base-path", "/org/sagebrush/Studio",
                       NULL);
}
