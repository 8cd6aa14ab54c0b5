/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-connection-chip"

#include "config.h"

#include <glib/gi18n.h>

#include "sage-connection-chip.h"
#include "sage-page.h"
#include "sage-words.h"

struct _SageConnectionChip
{
  AdwBin          parent_instance;

  SageWindow     *window;     /* (nullable): the one it stands in */
  SageConnection *connection; /* (owned) (nullable) */
  SageProfile    *profile;    /* (owned) (nullable): that connection's */
  const char     *dot_class;  /* the style class that the dot has */
  gboolean        narrow;

  GtkMenuButton  *button;
  GtkWidget      *dot;
  GtkLabel       *name;
};

typedef enum
{
  PROP_NARROW = 1,
} SageConnectionChipProperty;

static GParamSpec *properties[PROP_NARROW + 1];

G_DEFINE_FINAL_TYPE (SageConnectionChip, sage_connection_chip, ADW_TYPE_BIN)

static const char *
state_word (SageConnectionState state)
{
  switch (state)
    {
    case SAGE_CONNECTION_CONNECTED:
      return _("Connected");
    case SAGE_CONNECTION_CONNECTING:
      return _("Connecting…");
    case SAGE_CONNECTION_RECONNECTING:
      return _("Away, trying again…");
    case SAGE_CONNECTION_AWAY:
    default:
      return _("Away");
    }
}

static const char *
state_class (SageConnectionState state)
{
  switch (state)
    {
    case SAGE_CONNECTION_CONNECTED:
      return "state-good";
    case SAGE_CONNECTION_CONNECTING:
    case SAGE_CONNECTION_RECONNECTING:
      return "state-waiting";
    case SAGE_CONNECTION_AWAY:
    default:
      return "state-bad";
    }
}

static void
sage_connection_chip_update (SageConnectionChip *self)
{
  SageConnectionState state = sage_connection_get_state (self->connection);
  const GError *error = sage_connection_get_error (self->connection);
  const char *name = sage_profile_get_name (self->profile);
  g_autofree char *label = NULL;
  g_autofree char *why = NULL;
  g_autofree char *tooltip = NULL;

  if (state == SAGE_CONNECTION_CONNECTING && error != NULL)
    state = SAGE_CONNECTION_RECONNECTING; /* it was never there, but not for want of trying */
  if (self->dot_class != NULL)
    gtk_widget_remove_css_class (self->dot, self->dot_class);
  self->dot_class = state_class (state);
  gtk_widget_add_css_class (self->dot, self->dot_class);
  gtk_label_set_text (self->name, name);
  gtk_widget_set_visible (GTK_WIDGET (self->name), !self->narrow);

  /* Translators: the name of a connection, then its state */
  label = g_strdup_printf (_("Connection %s: %s"), name, state_word (state));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  label, -1);
  if (error != NULL && state != SAGE_CONNECTION_CONNECTED)
    {
      why = sage_words_error (error);
      tooltip = g_strconcat (label, "\n", why, NULL);
    }
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->button), tooltip != NULL ? tooltip : label);
}

static void
state_cb (SageConnectionChip *self)
{
  sage_connection_chip_update (self);
  sage_announce (GTK_WIDGET (self), state_word (sage_connection_get_state (self->connection)));
}

static void
forget_connection (SageConnectionChip *self)
{
  if (self->connection != NULL)
    g_signal_handlers_disconnect_by_data (self->connection, self);
  if (self->profile != NULL)
    g_signal_handlers_disconnect_by_data (self->profile, self);
  g_clear_object (&self->connection);
  g_clear_object (&self->profile);
}

static void
connection_cb (SageConnectionChip *self)
{
  SageConnection *connection = sage_window_get_connection (self->window);

  forget_connection (self);
  if (connection == NULL)
    return;

  self->connection = g_object_ref (connection);
  self->profile = g_object_ref (sage_connection_get_profile (connection));
  g_signal_connect_swapped (self->connection, "notify::state", G_CALLBACK (state_cb), self);
  g_signal_connect_swapped (self->connection, "notify::error",
                            G_CALLBACK (sage_connection_chip_update), self);
  g_signal_connect_swapped (self->profile, "notify", G_CALLBACK (sage_connection_chip_update),
                            self);
  sage_connection_chip_update (self);
}

static void
make_menu_cb (GtkMenuButton *button,
              gpointer       user_data)
{
  SageConnectionChip *self = user_data;
  GListModel *profiles = sage_connections_get_profiles (sage_window_get_connections (self->window));
  g_autoptr(GMenu) menu = g_menu_new ();
  g_autoptr(GMenu) known = g_menu_new ();
  g_autoptr(GMenu) more = g_menu_new ();

  for (guint i = 0; i < g_list_model_get_n_items (profiles); i++)
    {
      g_autoptr(SageProfile) profile = g_list_model_get_item (profiles, i);
      g_autoptr(GMenuItem) item = g_menu_item_new (NULL, NULL);
      g_auto(GStrv) parts = g_strsplit (sage_profile_get_name (profile), "_", -1);
      g_autofree char *label = g_strjoinv ("__", parts); /* menus take one for a mnemonic */

      g_menu_item_set_label (item, label);
      g_menu_item_set_action_and_target (item, "win.connect", "s", sage_profile_get_id (profile));
      g_menu_append_item (known, item);
    }
  g_menu_append (more, _("Manage connections…"), "win.connections");
  g_menu_append_section (menu, _("Connect to"), G_MENU_MODEL (known));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (more));
  gtk_menu_button_set_menu_model (button, G_MENU_MODEL (menu));
}

static void
sage_connection_chip_dispose (GObject *object)
{
  SageConnectionChip *self = SAGE_CONNECTION_CHIP (object);

  forget_connection (self);
  if (self->button != NULL)
    gtk_menu_button_set_create_popup_func (self->button, NULL, NULL, NULL);
  adw_bin_set_child (ADW_BIN (object), NULL); /* which the template would free behind its back */
  gtk_widget_dispose_template (GTK_WIDGET (self), SAGE_TYPE_CONNECTION_CHIP);

  G_OBJECT_CLASS (sage_connection_chip_parent_class)->dispose (object);
}

static void
sage_connection_chip_get_property (GObject    *object,
                                   guint       prop_id,
                                   GValue     *value,
                                   GParamSpec *pspec)
{
  SageConnectionChip *self = SAGE_CONNECTION_CHIP (object);

  switch ((SageConnectionChipProperty) prop_id)
    {
    case PROP_NARROW:
      g_value_set_boolean (value, self->narrow);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
sage_connection_chip_set_property (GObject      *object,
                                   guint         prop_id,
                                   const GValue *value,
                                   GParamSpec   *pspec)
{
  SageConnectionChip *self = SAGE_CONNECTION_CHIP (object);

  switch ((SageConnectionChipProperty) prop_id)
    {
    case PROP_NARROW:
      if (self->narrow != g_value_get_boolean (value))
        {
          self->narrow = g_value_get_boolean (value);
          gtk_widget_set_visible (GTK_WIDGET (self->name), !self->narrow);
          g_object_notify_by_pspec (object, pspec);
        }
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
sage_connection_chip_class_init (SageConnectionChipClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = sage_connection_chip_dispose;
  object_class->get_property = sage_connection_chip_get_property;
  object_class->set_property = sage_connection_chip_set_property;

  /* Only the dot: there is no room for the name. */
  properties[PROP_NARROW] =
    g_param_spec_boolean ("narrow", NULL, NULL, FALSE,
                          G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/sagebrush/Studio/ui/shell/sage-connection-chip.ui");
  gtk_widget_class_bind_template_child (widget_class, SageConnectionChip, button);
  gtk_widget_class_bind_template_child (widget_class, SageConnectionChip, dot);
  gtk_widget_class_bind_template_child (widget_class, SageConnectionChip, name);
}

static void
sage_connection_chip_init (SageConnectionChip *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * sage_connection_chip_set_window:
 * @self: a chip
 * @window: the window that it stands in
 */
void
sage_connection_chip_set_window (SageConnectionChip *self,
                                 SageWindow         *window)
{
  g_return_if_fail (SAGE_IS_CONNECTION_CHIP (self));

  self->window = window;
  g_signal_connect_object (window, "notify::connection", G_CALLBACK (connection_cb), self,
                           G_CONNECT_SWAPPED);
  gtk_menu_button_set_create_popup_func (self->button, make_menu_cb, self, NULL);
  connection_cb (self);
}
