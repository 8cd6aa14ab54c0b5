/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-preferences"

#include "config.h"

#include <glib/gi18n.h>

#include "sage-idle-row.h"
#include "sage-preferences.h"
#include "sage-text.h"

/* The order of the styles is that of the settings' enum. */
static GtkWidget *
make_style_row (GSettings *settings)
{
  const char *styles[] = { _("As the system"), _("Light"), _("Dark"), NULL };
  g_autoptr(GtkStringList) model = gtk_string_list_new (styles);
  GtkWidget *row = adw_combo_row_new ();

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _("Style"));
  adw_combo_row_set_model (ADW_COMBO_ROW (row), G_LIST_MODEL (model));
  adw_combo_row_set_selected (ADW_COMBO_ROW (row), g_settings_get_enum (settings, "style"));

  return row;
}

static void
style_cb (AdwComboRow *row,
          GParamSpec  *pspec,
          gpointer     user_data)
{
  g_settings_set_enum (user_data, "style", (int) adw_combo_row_get_selected (row));
}

static GtkWidget *
make_switch_row (GSettings  *settings,
                 const char *key,
                 const char *title,
                 const char *subtitle)
{
  GtkWidget *row = adw_switch_row_new ();

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  g_settings_bind (settings, key, row, "active", G_SETTINGS_BIND_DEFAULT);

  return row;
}

/* Of the engine that the window shows: what somebody else sets there, one finds here. */
static AdwPreferencesGroup *
make_kernels (SageConnection *connection)
{
  AdwPreferencesGroup *kernels = ADW_PREFERENCES_GROUP (adw_preferences_group_new ());
  g_autofree char *name =
    sage_text_isolate (sage_profile_get_name (sage_connection_get_profile (connection)));
  /* Translators: the name of a connection to an engine */
  g_autofree char *title = g_strdup_printf (_("Kernels of %s"), name);
  g_autofree char *markup = g_markup_escape_text (title, -1);

  adw_preferences_group_set_title (kernels, markup);
  adw_preferences_group_add (kernels, sage_idle_row_new (connection));

  return kernels;
}

/**
 * sage_preferences_new:
 * @settings: what to set
 * @connection: (nullable): the engine that is set, too
 *
 * Returns: (transfer floating): the preferences; what is changed holds at once
 */
AdwDialog *
sage_preferences_new (GSettings      *settings,
                      SageConnection *connection)
{
  AdwDialog *dialog = adw_preferences_dialog_new ();
  AdwPreferencesPage *page = ADW_PREFERENCES_PAGE (adw_preferences_page_new ());
  AdwPreferencesGroup *look = ADW_PREFERENCES_GROUP (adw_preferences_group_new ());
  AdwPreferencesGroup *behaviour = ADW_PREFERENCES_GROUP (adw_preferences_group_new ());
  GtkWidget *style = make_style_row (settings);

  adw_preferences_group_set_title (look, _("Appearance"));
  g_signal_connect_object (style, "notify::selected", G_CALLBACK (style_cb), settings, 0);
  adw_preferences_group_add (look, style);

  adw_preferences_group_set_title (behaviour, _("Behaviour"));
  adw_preferences_group_add (behaviour,
    make_switch_row (settings, "restore-session", _("Open the tabs of the last session"),
                     _("With their panes and what they showed")));
  adw_preferences_group_add (behaviour,
    make_switch_row (settings, "notifications", _("Notifications"),
                     _("When something ends, fails or waits for approval while Studio is not in front")));

  adw_preferences_page_add (page, look);
  adw_preferences_page_add (page, behaviour);
  if (connection != NULL)
    adw_preferences_page_add (page, make_kernels (connection));
  adw_preferences_dialog_add (ADW_PREFERENCES_DIALOG (dialog), page);
  adw_dialog_set_title (dialog, _("Preferences"));

  return dialog;
}
