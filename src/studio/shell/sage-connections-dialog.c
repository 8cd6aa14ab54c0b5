/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-connections-dialog"

#include "config.h"

#include <glib/gi18n.h>

#include "sage-connections-dialog.h"
#include "sage-profile-page.h"

struct _SageConnectionsDialog
{
  AdwDialog          parent_instance;

  SageWindow        *window; /* (nullable) (weak) */

  AdwNavigationView *view;
  GtkListBox        *list;
};

G_DEFINE_FINAL_TYPE (SageConnectionsDialog, sage_connections_dialog, ADW_TYPE_DIALOG)

static void
done_cb (SageConnectionsDialog *self)
{
  adw_navigation_view_pop (self->view);
}

static void
edit_profile (SageConnectionsDialog *self,
              SageProfile           *profile)
{
  AdwNavigationPage *page = sage_profile_page_new (sage_window_get_connections (self->window),
                                                   profile);

  g_signal_connect_object (page, "done", G_CALLBACK (done_cb), self, G_CONNECT_SWAPPED);
  adw_navigation_view_push (self->view, page);
}

static void
add_cb (SageConnectionsDialog *self)
{
  edit_profile (self, NULL);
}

static SageProfile *
profile_of (GtkWidget *widget)
{
  return g_object_get_data (G_OBJECT (widget), "profile");
}

static void
edit_cb (SageConnectionsDialog *self,
         GtkWidget             *button)
{
  edit_profile (self, profile_of (button));
}

/* The row connects. */
static void
activated_cb (SageConnectionsDialog *self,
              GtkWidget             *row)
{
  g_autoptr(SageProfile) profile = g_object_ref (profile_of (row));
  SageWindow *window = self->window;

  adw_dialog_close (ADW_DIALOG (self));
  sage_window_connect (window, profile);
}

static void
removed_cb (AdwAlertDialog *alert,
            const char     *response,
            gpointer        user_data)
{
  SageConnectionsDialog *self = user_data;
  SageConnections *connections = sage_window_get_connections (self->window);
  SageProfile *profile = g_object_get_data (G_OBJECT (alert), "profile");

  if (g_strcmp0 (response, "remove") != 0)
    return;

  if (sage_connection_get_profile (sage_window_get_connection (self->window)) == profile)
    sage_window_connect (self->window, sage_connections_find (connections, "embedded"));
  sage_connections_remove (connections, profile);
}

static void
remove_cb (SageConnectionsDialog *self,
           GtkWidget             *button)
{
  SageProfile *profile = profile_of (button);
  AdwDialog *alert = adw_alert_dialog_new (NULL, NULL);

  adw_alert_dialog_format_heading (ADW_ALERT_DIALOG (alert), _("Forget “%s”?"),
                                   sage_profile_get_name (profile));
  adw_alert_dialog_set_body (ADW_ALERT_DIALOG (alert),
                             _("Its URL and keys are removed from this machine. Nothing "
                               "happens to the engine itself."));
  adw_alert_dialog_add_responses (ADW_ALERT_DIALOG (alert), "cancel", _("Cancel"), "remove",
                                  _("Forget"), NULL);
  adw_alert_dialog_set_response_appearance (ADW_ALERT_DIALOG (alert), "remove",
                                            ADW_RESPONSE_DESTRUCTIVE);
  adw_alert_dialog_set_default_response (ADW_ALERT_DIALOG (alert), "cancel");
  adw_alert_dialog_set_close_response (ADW_ALERT_DIALOG (alert), "cancel");
  g_object_set_data_full (G_OBJECT (alert), "profile", g_object_ref (profile), g_object_unref);
  g_signal_connect_object (alert, "response", G_CALLBACK (removed_cb), self, 0);
  adw_dialog_present (alert, GTK_WIDGET (self));
}

static void
add_button (SageConnectionsDialog *self,
            AdwActionRow          *row,
            SageProfile           *profile,
            const char            *icon_name,
            const char            *label,
            GCallback              callback)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon_name);

  gtk_widget_set_tooltip_text (button, label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  g_object_set_data_full (G_OBJECT (button), "profile", g_object_ref (profile), g_object_unref);
  g_signal_connect_object (button, "clicked", callback, self, G_CONNECT_SWAPPED);
  adw_action_row_add_suffix (row, button);
}

static GtkWidget *
create_row_cb (gpointer item,
               gpointer user_data)
{
  SageConnectionsDialog *self = user_data;
  SageProfile *profile = item;
  AdwActionRow *row = ADW_ACTION_ROW (adw_action_row_new ());
  const char *where = sage_profile_is_embedded (profile) ? sage_profile_get_data_dir (profile)
                                                         : sage_profile_get_url (profile);
  const char *colour = sage_profile_get_colour (profile);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), sage_profile_get_name (profile));
  adw_action_row_set_subtitle (row, where != NULL ? where : "");
  adw_action_row_set_subtitle_lines (row, 1);
  if (colour != NULL)
    {
      GtkWidget *dot = gtk_image_new_from_icon_name ("sagebrush-dot-symbolic");

      gtk_widget_add_css_class (dot, "connection-colour");
      gtk_widget_add_css_class (dot, colour);
      adw_action_row_add_prefix (row, dot);
    }
  add_button (self, row, profile, "document-edit-symbolic", _("Edit"), G_CALLBACK (edit_cb));
  if (!sage_profile_is_embedded (profile))
    add_button (self, row, profile, "user-trash-symbolic", _("Forget"), G_CALLBACK (remove_cb));

  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  g_object_set_data_full (G_OBJECT (row), "profile", g_object_ref (profile), g_object_unref);
  g_signal_connect_object (row, "activated", G_CALLBACK (activated_cb), self, G_CONNECT_SWAPPED);

  return GTK_WIDGET (row);
}

static void
sage_connections_dialog_dispose (GObject *object)
{
  SageConnectionsDialog *self = SAGE_CONNECTIONS_DIALOG (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), SAGE_TYPE_CONNECTIONS_DIALOG);
  g_clear_weak_pointer (&self->window);

  G_OBJECT_CLASS (sage_connections_dialog_parent_class)->dispose (object);
}

static void
sage_connections_dialog_class_init (SageConnectionsDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sage_connections_dialog_dispose;

  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/sagebrush/Studio/ui/shell/sage-connections-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, SageConnectionsDialog, view);
  gtk_widget_class_bind_template_child (widget_class, SageConnectionsDialog, list);
  gtk_widget_class_bind_template_callback (widget_class, add_cb);
}

static void
sage_connections_dialog_init (SageConnectionsDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * sage_connections_dialog_new:
 * @window: the window whose connection is chosen
 *
 * Returns: (transfer floating): the dialog
 */
AdwDialog *
sage_connections_dialog_new (SageWindow *window)
{
  SageConnectionsDialog *self = g_object_new (SAGE_TYPE_CONNECTIONS_DIALOG, NULL);

  g_set_weak_pointer (&self->window, window);
  gtk_list_box_bind_model (self->list,
                           sage_connections_get_profiles (sage_window_get_connections (window)),
                           create_row_cb, self, NULL);

  return ADW_DIALOG (self);
}
