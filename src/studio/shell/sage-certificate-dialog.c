/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-certificate-dialog"

#include "config.h"

#include <glib/gi18n.h>

#include "sage-certificate-dialog.h"
#include "sage-error.h"

/* What a dialog is about. Owned by it. */
typedef struct
{
  SageConnections *connections; /* (owned) */
  SageProfile     *profile;     /* (owned) */
  char            *fingerprint; /* (owned) */
} Offer;

static void
offer_free (Offer *offer)
{
  g_object_unref (offer->connections);
  g_object_unref (offer->profile);
  g_free (offer->fingerprint);
  g_free (offer);
}

static void
response_cb (AdwAlertDialog *dialog,
             const char     *response,
             Offer          *offer)
{
  if (g_strcmp0 (response, "trust") != 0)
    return;

  sage_profile_set_certificate (offer->profile, offer->fingerprint);
  sage_connections_changed (offer->connections, offer->profile);
}

/* Another window has answered, or the engine was given up. */
static void
state_cb (AdwDialog      *dialog,
          GParamSpec     *pspec,
          SageConnection *connection)
{
  if (sage_connection_get_state (connection) != SAGE_CONNECTION_AWAY)
    adw_dialog_force_close (dialog);
}

static GtkWidget *
make_fingerprint (const char *fingerprint)
{
  GtkWidget *label = gtk_label_new (fingerprint);

  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_CHAR);
  gtk_label_set_justify (GTK_LABEL (label), GTK_JUSTIFY_CENTER);
  gtk_label_set_width_chars (GTK_LABEL (label), 24); /* a quarter of it */
  gtk_label_set_max_width_chars (GTK_LABEL (label), 24);
  gtk_widget_set_halign (label, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (label, "monospace");
  gtk_accessible_update_property (GTK_ACCESSIBLE (label), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  _("SHA-256 fingerprint of the certificate"), -1);

  return label;
}

/* Nobody knows the engine yet: its user may. */
static AdwAlertDialog *
make_first_dialog (SageProfile *profile)
{
  AdwAlertDialog *dialog = ADW_ALERT_DIALOG (adw_alert_dialog_new (NULL, NULL));

  adw_alert_dialog_format_heading (dialog, _("Trust the certificate of “%s”?"),
                                   sage_profile_get_name (profile));
  adw_alert_dialog_format_body (dialog,
                                _("No authority known to this machine vouches for %s. Compare the "
                                  "fingerprint with the one that the engine’s administrator gives: "
                                  "only if they are the same, nobody listens in between."),
                                sage_profile_get_url (profile));
  adw_alert_dialog_add_responses (dialog, "close", _("_Cancel"), "trust", _("_Trust"), NULL);
  adw_alert_dialog_set_response_appearance (dialog, "trust", ADW_RESPONSE_DESTRUCTIVE);

  return dialog;
}

/* What was trusted is not what is there: this is no question for a dialog to ask in passing. */
static AdwAlertDialog *
make_changed_dialog (SageProfile *profile)
{
  AdwAlertDialog *dialog = ADW_ALERT_DIALOG (adw_alert_dialog_new (NULL, NULL));

  adw_alert_dialog_format_heading (dialog, _("“%s” shows another certificate"),
                                   sage_profile_get_name (profile));
  adw_alert_dialog_format_body (dialog,
                                _("Somebody may be pretending to be %s. Nothing was sent. If the "
                                  "engine’s administrator says that its certificate is a new one, "
                                  "forget the old one where the connection is edited. This is "
                                  "what it shows now:"),
                                sage_profile_get_url (profile));
  adw_alert_dialog_add_responses (dialog, "close", _("_Close"), NULL);

  return dialog;
}

/**
 * sage_certificate_dialog_offer:
 * @window: a window whose connection has been given up
 *
 * Where the engine's certificate was the reason, shows it: for the user to trust if it is the first,
 * with a warning if another one was trusted.
 */
void
sage_certificate_dialog_offer (SageWindow *window)
{
  SageConnection *connection = sage_window_get_connection (window);
  const GError *error = sage_connection_get_error (connection);
  SageProfile *profile = sage_connection_get_profile (connection);
  AdwAlertDialog *dialog;
  const char *refused;
  Offer *offer;

  if (!g_error_matches (error, SAGE_ERROR, SAGE_ERROR_UNTRUSTED))
    return;

  refused = sage_trust_get_refused (sage_client_get_trust (sage_connection_get_client (connection)));
  dialog = sage_profile_get_certificate (profile) == NULL ? make_first_dialog (profile)
                                                          : make_changed_dialog (profile);
  adw_alert_dialog_set_extra_child (dialog, make_fingerprint (refused));
  adw_alert_dialog_set_default_response (dialog, "close");
  adw_alert_dialog_set_close_response (dialog, "close");

  offer = g_new0 (Offer, 1);
  offer->connections = g_object_ref (sage_window_get_connections (window));
  offer->profile = g_object_ref (profile);
  offer->fingerprint = g_strdup (refused);
  g_object_set_data_full (G_OBJECT (dialog), "offer", offer, (GDestroyNotify) offer_free);
  g_signal_connect (dialog, "response", G_CALLBACK (response_cb), offer);
  g_signal_connect_object (connection, "notify::state", G_CALLBACK (state_cb), dialog,
                           G_CONNECT_SWAPPED);
  adw_dialog_present (ADW_DIALOG (dialog), GTK_WIDGET (window));
}
