/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-terminal"

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>
#include <unistd.h>

#define PCRE2_CODE_UNIT_WIDTH 0
#include <pcre2.h>

#include "sage-aws-environment.h"
#include "sage-embedded.h"
#include "sage-page.h"
#include "sage-terminal-private.h"
#include "sage-terminal.h"

#define SCROLLBACK 10000 /* lines */
#define QUIET_MS   200   /* after what a shell wrote last it waits for a command */

struct _SageTerminal
{
  AdwBin        parent_instance;

  VteTerminal  *terminal;
  SageConnection *connection; /* (owned) (nullable): from the start on */
  char         *folder;  /* (owned) (nullable): where the shell is started */
  char         *command; /* (owned) (nullable): to be run when the shell is there */
  char         *title;   /* (owned) (nullable) */
  GPid          pid;     /* of the shell; -1 */
  gboolean      started;
  gulong        waiting; /* a handler of the connection's, until the engine is there; 0 */
  gboolean      asked;   /* the shell waits for commands */
  guint         quiet_id;

  GtkRevealer  *find_revealer;
  GtkEditable  *query;
  AdwBanner    *ended;
  AdwBin       *place;
  GtkScrollbar *scrollbar;
  GMenuModel   *menu;
};

typedef enum
{
  PROP_TITLE = 1,
} SageTerminalProperty;

static GParamSpec *properties[PROP_TITLE + 1];

enum
{
  SIGNAL_BELL,
  SIGNAL_EXITED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SageTerminal, sage_terminal, ADW_TYPE_BIN)

/* --- The shell -------------------------------------------------------------------------------- */

/* What the clients of AWS need to know of an engine elsewhere: as long as the shell lives, its secret is
 * where they look for it, as that of the embedded engine is. */
static JsonObject *
describe_remote (SageConnection *connection)
{
  SageProfile *profile = sage_connection_get_profile (connection);
  SageClient *client = sage_connection_get_client (connection);
  JsonObject *object = json_object_new ();
  const char *access_key = NULL;
  const char *secret = NULL;

  json_object_set_string_member (object, "endpoint_url", sage_profile_get_url (profile));
  json_object_set_string_member (object, "region", sage_profile_get_region (profile));
  if (client != NULL)
    sage_client_get_credentials (client, &access_key, &secret);
  if (access_key != NULL && secret != NULL)
    {
      json_object_set_string_member (object, "access_key_id", access_key);
      json_object_set_string_member (object, "secret_access_key", secret);
    }

  return object;
}

/* Our own environment, in which the engine's variables stand above what was there. */
static char **
make_environment (SageConnection *connection)
{
  SageProfile *profile = sage_connection_get_profile (connection);
  g_auto(GStrv) environment = g_get_environ ();
  g_auto(GStrv) ours = NULL;
  g_autoptr(JsonObject) ready = NULL;

  if (sage_profile_is_embedded (profile))
    ready = sage_embedded_read_ready (sage_profile_get_data_dir (profile), NULL);
  else
    ready = describe_remote (connection);

  ours = ready != NULL ? sage_aws_environment (ready) : g_new0 (char *, 1);
  for (char **entry = ours; *entry != NULL; entry++)
    {
      char *equals = strchr (*entry, '=');
      g_autofree char *name = g_strndup (*entry, equals - *entry);

      environment = g_environ_setenv (environment, name, equals + 1, TRUE);
    }
  environment = g_environ_setenv (environment, "TERM_PROGRAM", "sagebrush", TRUE);

  return g_steal_pointer (&environment);
}

static void
show_banner (SageTerminal *self,
             const char   *title,
             const char   *button)
{
  adw_banner_set_title (self->ended, title);
  adw_banner_set_button_label (self->ended, button);
  adw_banner_set_revealed (self->ended, TRUE);
}

static void
spawned_cb (VteTerminal *terminal,
            GPid         pid,
            GError      *error,
            gpointer     user_data)
{
  SageTerminal *self;

  if (terminal == NULL) /* it has gone in the meantime */
    return;

  self = SAGE_TERMINAL (gtk_widget_get_ancestor (GTK_WIDGET (terminal), SAGE_TYPE_TERMINAL));
  if (error != NULL)
    {
      if (self != NULL)
        {
          show_banner (self, _("Could not start the shell"), _("Start it again"));
          sage_toast_error (GTK_WIDGET (self), _("Could not start the shell"), error);
        }
      return;
    }
  if (self == NULL)
    return;

  self->pid = pid;
}

/* What is typed before the shell asks for it stands there twice, or is thrown away. */
static gboolean
quiet_cb (gpointer user_data)
{
  SageTerminal *self = user_data;
  g_autofree char *command = NULL;

  if (self->pid <= 0 || sage_terminal_is_busy (self))
    return G_SOURCE_CONTINUE;

  self->quiet_id = 0;
  self->asked = TRUE;
  command = g_steal_pointer (&self->command);
  if (command != NULL)
    vte_terminal_feed_child (self->terminal, command, -1);

  return G_SOURCE_REMOVE;
}

static void
contents_cb (SageTerminal *self)
{
  if (self->asked)
    return;

  g_clear_handle_id (&self->quiet_id, g_source_remove);
  self->quiet_id = g_timeout_add (QUIET_MS, quiet_cb, self);
}

static void
spawn (SageTerminal *self)
{
  g_autofree char *shell = vte_get_user_shell ();
  g_auto(GStrv) environment = make_environment (self->connection);
  char *arguments[] = { shell != NULL ? shell : (char *) "/bin/sh", NULL };
  const char *folder = self->folder;

  g_clear_signal_handler (&self->waiting, self->connection);
  if (folder == NULL || !g_file_test (folder, G_FILE_TEST_IS_DIR))
    folder = g_get_home_dir ();
  adw_banner_set_revealed (self->ended, FALSE);
  vte_terminal_spawn_async (self->terminal, VTE_PTY_DEFAULT, folder, arguments, environment,
                            G_SPAWN_DEFAULT, NULL, NULL, NULL, -1, NULL, spawned_cb, NULL);
}

/* A shell keeps the environment that it is started with: one without the engine's address and keys would
 * have none as long as it lives. */
static void
spawn_when_known (SageTerminal *self)
{
  if (sage_connection_get_client (self->connection) != NULL)
    spawn (self);
  else if (self->waiting == 0)
    {
      self->waiting = g_signal_connect_object (self->connection, "notify", G_CALLBACK (spawn_when_known),
                                               self, G_CONNECT_SWAPPED);
      show_banner (self, _("The shell starts when the engine is connected"), _("Start it without"));
    }
}

static void
exited_cb (SageTerminal *self)
{
  self->pid = -1;
  self->asked = FALSE;
  show_banner (self, _("The shell has ended"), _("Start it again"));
  g_signal_emit (self, signals[SIGNAL_EXITED], 0);
}

static void
restart_cb (SageTerminal *self)
{
  vte_terminal_reset (self->terminal, TRUE, FALSE);
  spawn (self);
  gtk_widget_grab_focus (GTK_WIDGET (self->terminal));
}

/* --- What is in it ---------------------------------------------------------------------------- */

static void
title_cb (SageTerminal *self)
{
  g_autofree char *title
    = vte_terminal_dup_termprop_string (self->terminal, VTE_TERMPROP_XTERM_TITLE, NULL);

  if (g_set_str (&self->title, title))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TITLE]);
}

static void
bell_cb (SageTerminal *self)
{
  g_signal_emit (self, signals[SIGNAL_BELL], 0);
}

/* Ctrl+click opens a link. */
static void
pressed_cb (SageTerminal    *self,
            int              n_press,
            double           x,
            double           y,
            GtkGestureClick *click)
{
  GdkModifierType state
    = gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (click));
  g_autofree char *uri = NULL;
  g_autoptr(GtkUriLauncher) launcher = NULL;

  if ((state & GDK_CONTROL_MASK) == 0)
    return;
  uri = vte_terminal_check_hyperlink_at (self->terminal, x, y);
  if (uri == NULL)
    uri = vte_terminal_check_match_at (self->terminal, x, y, NULL);
  if (uri == NULL || !(g_str_has_prefix (uri, "https://") || g_str_has_prefix (uri, "http://")))
    return;

  gtk_gesture_set_state (GTK_GESTURE (click), GTK_EVENT_SEQUENCE_CLAIMED);
  launcher = gtk_uri_launcher_new (uri);
  gtk_uri_launcher_launch (launcher, GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), NULL, NULL,
                           NULL);
}

/* --- Finding ---------------------------------------------------------------------------------- */

static void
query_changed_cb (SageTerminal *self)
{
  const char *text = gtk_editable_get_text (self->query);
  g_autofree char *pattern = g_regex_escape_string (text, -1);
  VteRegex *regex = NULL;

  if (*text != '\0')
    regex = vte_regex_new_for_search (pattern, -1, PCRE2_UTF | PCRE2_MULTILINE | PCRE2_CASELESS, NULL);
  vte_terminal_search_set_regex (self->terminal, regex, 0);
  g_clear_pointer (&regex, vte_regex_unref);
  vte_terminal_search_set_wrap_around (self->terminal, TRUE);
  vte_terminal_search_find_previous (self->terminal);
}

static void
previous_cb (SageTerminal *self)
{
  vte_terminal_search_find_previous (self->terminal);
}

static void
next_cb (SageTerminal *self)
{
  vte_terminal_search_find_next (self->terminal);
}

static void
find_closed_cb (SageTerminal *self)
{
  gtk_revealer_set_reveal_child (self->find_revealer, FALSE);
  gtk_widget_grab_focus (GTK_WIDGET (self->terminal));
}

/* --- Actions and keys ------------------------------------------------------------------------- */

static void
terminal_action (GtkWidget  *widget,
                 const char *action_name,
                 GVariant   *parameter)
{
  SageTerminal *self = SAGE_TERMINAL (widget);

  if (strcmp (action_name, "terminal.copy") == 0)
    vte_terminal_copy_clipboard_format (self->terminal, VTE_FORMAT_TEXT);
  else if (strcmp (action_name, "terminal.paste") == 0)
    vte_terminal_paste_clipboard (self->terminal);
  else if (strcmp (action_name, "terminal.select-all") == 0)
    vte_terminal_select_all (self->terminal);
  else if (strcmp (action_name, "terminal.find") == 0)
    sage_terminal_find (self);
  else
    vte_terminal_reset (self->terminal, TRUE, TRUE);
}

/* The terminal takes all keys; those with Ctrl+Shift, and the few below, are the window's. */
static gboolean
key_cb (SageTerminal    *self,
        guint            key,
        guint            code,
        GdkModifierType  state)
{
  static const struct
  {
    guint            key;
    GdkModifierType  state;
    const char      *action;
  } keys[] = {
    { GDK_KEY_C, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "terminal.copy" },
    { GDK_KEY_V, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "terminal.paste" },
    { GDK_KEY_F, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "terminal.find" },
    { GDK_KEY_j, GDK_CONTROL_MASK, "win.panel" },
    { GDK_KEY_grave, GDK_CONTROL_MASK, "win.terminal" },
    { GDK_KEY_t, GDK_CONTROL_MASK | GDK_ALT_MASK, "win.new-terminal" },
    { GDK_KEY_Tab, GDK_CONTROL_MASK, "win.next-tab" },
    { GDK_KEY_ISO_Left_Tab, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "win.previous-tab" },
    { GDK_KEY_Page_Down, GDK_CONTROL_MASK, "win.next-tab" },
    { GDK_KEY_Page_Up, GDK_CONTROL_MASK, "win.previous-tab" },
    { GDK_KEY_F6, 0, "win.next-pane" },
  };
  GdkModifierType held = state & (GDK_CONTROL_MASK | GDK_SHIFT_MASK | GDK_ALT_MASK);

  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    if (keys[i].key == key && keys[i].state == held)
      return gtk_widget_activate_action (GTK_WIDGET (self), keys[i].action, NULL);

  return GDK_EVENT_PROPAGATE;
}

static gboolean
find_key_cb (SageTerminal    *self,
             guint            key,
             guint            code,
             GdkModifierType  state)
{
  if (key != GDK_KEY_Escape)
    return GDK_EVENT_PROPAGATE;

  find_closed_cb (self);

  return GDK_EVENT_STOP;
}

/* --- The widget ------------------------------------------------------------------------------- */

static void
sage_terminal_dispose (GObject *object)
{
  SageTerminal *self = SAGE_TERMINAL (object);

  g_clear_handle_id (&self->quiet_id, g_source_remove);
  if (self->terminal != NULL)
    g_signal_handlers_disconnect_by_data (self->terminal, self);
  gtk_widget_dispose_template (GTK_WIDGET (self), SAGE_TYPE_TERMINAL);
  g_clear_object (&self->terminal);
  g_clear_object (&self->connection);

  G_OBJECT_CLASS (sage_terminal_parent_class)->dispose (object);
}

static void
sage_terminal_finalize (GObject *object)
{
  SageTerminal *self = SAGE_TERMINAL (object);

  g_free (self->folder);
  g_free (self->command);
  g_free (self->title);

  G_OBJECT_CLASS (sage_terminal_parent_class)->finalize (object);
}

static void
sage_terminal_get_property (GObject    *object,
                            guint       prop_id,
                            GValue     *value,
                            GParamSpec *pspec)
{
  switch ((SageTerminalProperty) prop_id)
    {
    case PROP_TITLE:
      g_value_set_string (value, SAGE_TERMINAL (object)->title);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
sage_terminal_class_init (SageTerminalClass *klass)
{
  static const char * const actions[] = { "terminal.copy", "terminal.paste", "terminal.select-all",
                                          "terminal.find", "terminal.clear" };
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = sage_terminal_dispose;
  object_class->finalize = sage_terminal_finalize;
  object_class->get_property = sage_terminal_get_property;

  properties[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL,
                                                G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY
                                                  | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
  signals[SIGNAL_BELL] = g_signal_new ("bell", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                       NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_EXITED] = g_signal_new ("exited", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/sagebrush/Studio/ui/files/sage-terminal.ui");
  gtk_widget_class_bind_template_child (widget_class, SageTerminal, find_revealer);
  gtk_widget_class_bind_template_child (widget_class, SageTerminal, query);
  gtk_widget_class_bind_template_child (widget_class, SageTerminal, ended);
  gtk_widget_class_bind_template_child (widget_class, SageTerminal, place);
  gtk_widget_class_bind_template_child (widget_class, SageTerminal, scrollbar);
  gtk_widget_class_bind_template_child (widget_class, SageTerminal, menu);
  gtk_widget_class_bind_template_callback (widget_class, query_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, previous_cb);
  gtk_widget_class_bind_template_callback (widget_class, next_cb);
  gtk_widget_class_bind_template_callback (widget_class, find_closed_cb);
  gtk_widget_class_bind_template_callback (widget_class, restart_cb);
  for (gsize i = 0; i < G_N_ELEMENTS (actions); i++)
    gtk_widget_class_install_action (widget_class, actions[i], NULL, terminal_action);
}

/* Links that a program writes as text. */
static void
add_links (SageTerminal *self)
{
  VteRegex *regex = vte_regex_new_for_match ("https?://[^\\s\"'<>`]+[^\\s\"'<>`.,;:!?)\\]}]", -1,
                                             PCRE2_UTF | PCRE2_MULTILINE, NULL);
  int tag;

  if (regex == NULL)
    return;

  tag = vte_terminal_match_add_regex (self->terminal, regex, 0);
  vte_terminal_match_set_cursor_name (self->terminal, tag, "pointer");
  vte_regex_unref (regex);
  vte_terminal_set_allow_hyperlink (self->terminal, TRUE);
}

static void
add_controllers (SageTerminal *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();
  GtkEventController *find_keys = gtk_event_controller_key_new ();
  GtkGesture *click = gtk_gesture_click_new ();

  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (key_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self->terminal), keys);
  gtk_event_controller_set_propagation_phase (find_keys, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (find_keys, "key-pressed", G_CALLBACK (find_key_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self->find_revealer), find_keys);
  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (click), GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (click, "pressed", G_CALLBACK (pressed_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self->terminal), GTK_EVENT_CONTROLLER (click));
}

static void
sage_terminal_init (SageTerminal *self)
{
  self->pid = -1;
  self->terminal = VTE_TERMINAL (g_object_ref_sink (vte_terminal_new ()));
  gtk_widget_init_template (GTK_WIDGET (self));

  adw_bin_set_child (self->place, GTK_WIDGET (self->terminal));
  gtk_scrollbar_set_adjustment (self->scrollbar,
                                gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (self->terminal)));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->terminal), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("Terminal"), -1);
  vte_terminal_set_scrollback_lines (self->terminal, SCROLLBACK);
  vte_terminal_set_scroll_on_keystroke (self->terminal, TRUE);
  vte_terminal_set_audible_bell (self->terminal, FALSE);
  vte_terminal_set_mouse_autohide (self->terminal, TRUE);
  vte_terminal_set_enable_a11y (self->terminal, TRUE);
  vte_terminal_set_context_menu_model (self->terminal, self->menu);
  sage_terminal_follow_style (self->terminal);
  add_links (self);
  add_controllers (self);
  g_signal_connect_swapped (self->terminal, "child-exited", G_CALLBACK (exited_cb), self);
  g_signal_connect_swapped (self->terminal, "contents-changed", G_CALLBACK (contents_cb), self);
  g_signal_connect_swapped (self->terminal, "bell", G_CALLBACK (bell_cb), self);
  g_signal_connect_swapped (self->terminal, "termprop-changed::" VTE_TERMPROP_XTERM_TITLE,
                            G_CALLBACK (title_cb), self);
}

SageTerminal *
sage_terminal_new (void)
{
  return g_object_new (SAGE_TYPE_TERMINAL, NULL);
}

/**
 * sage_terminal_start:
 * @self: a terminal
 * @connection: the engine that the shell's environment names
 * @folder: (nullable): where it starts; the user's home where there is none
 *
 * Starts the user's shell as soon as it is known where the engine is, whose address and keys it gets.
 * Does nothing when that has been done.
 */
void
sage_terminal_start (SageTerminal   *self,
                     SageConnection *connection,
                     const char     *folder)
{
  g_return_if_fail (SAGE_IS_TERMINAL (self));
  g_return_if_fail (SAGE_IS_CONNECTION (connection));

  if (self->started)
    return;

  self->started = TRUE;
  self->connection = g_object_ref (connection);
  self->folder = g_strdup (folder);
  spawn_when_known (self);
}

gboolean
sage_terminal_is_started (SageTerminal *self)
{
  g_return_val_if_fail (SAGE_IS_TERMINAL (self), FALSE);

  return self->started;
}

/**
 * sage_terminal_run:
 * @self: a terminal that was started
 * @command: a line for the shell, with its end
 *
 * Types @command into the shell, as soon as that is there.
 */
void
sage_terminal_run (SageTerminal *self,
                   const char   *command)
{
  g_return_if_fail (SAGE_IS_TERMINAL (self) && self->started);

  if (self->asked)
    vte_terminal_feed_child (self->terminal, command, -1);
  else
    g_set_str (&self->command, command);
}

/**
 * sage_terminal_is_busy:
 * @self: a terminal
 *
 * Returns: whether the shell has a program in the foreground
 */
gboolean
sage_terminal_is_busy (SageTerminal *self)
{
  VtePty *pty;
  pid_t foreground;

  g_return_val_if_fail (SAGE_IS_TERMINAL (self), FALSE);

  pty = vte_terminal_get_pty (self->terminal);
  if (pty == NULL || self->pid <= 0)
    return FALSE;
  foreground = tcgetpgrp (vte_pty_get_fd (pty));

  return foreground > 0 && foreground != self->pid;
}

/* Returns: (nullable): what the shell calls itself */
const char *
sage_terminal_get_title (SageTerminal *self)
{
  g_return_val_if_fail (SAGE_IS_TERMINAL (self), NULL);

  return self->title;
}

/* Returns: (transfer full) (nullable): where the shell is now, as far as that is known */
char *
sage_terminal_dup_folder (SageTerminal *self)
{
  g_autofree char *link = NULL;
  char *folder = NULL;

  g_return_val_if_fail (SAGE_IS_TERMINAL (self), NULL);

  if (self->pid > 0)
    {
      link = g_strdup_printf ("/proc/%d/cwd", (int) self->pid);
      folder = g_file_read_link (link, NULL);
    }

  return folder != NULL ? folder : g_strdup (self->folder);
}

/**
 * sage_terminal_find:
 *
 * Begins a search in what has been written.
 */
void
sage_terminal_find (SageTerminal *self)
{
  g_return_if_fail (SAGE_IS_TERMINAL (self));

  gtk_revealer_set_reveal_child (self->find_revealer, TRUE);
  gtk_widget_grab_focus (GTK_WIDGET (self->query));
}

/* Returns: (transfer none): what takes the keys */
GtkWidget *
sage_terminal_get_focus (SageTerminal *self)
{
  g_return_val_if_fail (SAGE_IS_TERMINAL (self), NULL);

  return GTK_WIDGET (self->terminal);
}
