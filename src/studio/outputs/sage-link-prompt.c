/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-link-prompt"

#include "config.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "sage-link-prompt.h"
#include "sage-page.h"
#include "sage-text.h"
#include "sage-visible.h"

typedef struct
{
  GtkWidget *widget; /* (owned) */
  char      *uri;    /* (owned) */
} Question;

static void
question_free (gpointer  data,
               GClosure *closure)
{
  Question *question = data;

  g_object_unref (question->widget);
  g_free (question->uri);
  g_free (question);
}

static void
launched_cb (GObject      *object,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr(GtkWidget) widget = user_data;
  g_autoptr(GError) error = NULL;

  if (!gtk_uri_launcher_launch_finish (GTK_URI_LAUNCHER (object), result, &error) &&
      gtk_widget_get_root (widget) != NULL)
    sage_toast_error (widget, _("The address was not opened"), error);
}

static void
response_cb (AdwAlertDialog *dialog,
             const char     *response,
             Question       *question)
{
  GtkRoot *root = gtk_widget_get_root (question->widget);

  if (g_strcmp0 (response, "copy") == 0)
    sage_text_copy (question->widget, question->uri);
  else if (g_strcmp0 (response, "open") == 0)
    {
      g_autoptr(GtkUriLauncher) launcher = gtk_uri_launcher_new (question->uri);

      gtk_uri_launcher_launch (launcher, root != NULL ? GTK_WINDOW (root) : NULL, NULL, launched_cb,
                               g_object_ref (question->widget));
    }
}

/* All of the address, in one font and nothing hidden: the end of it counts as much as the beginning. */
static GtkWidget *
make_address (const char *uri)
{
  g_autofree char *visible = sage_visible_dup (uri);
  GtkWidget *label = gtk_label_new (visible);
  GtkWidget *window = gtk_scrolled_window_new ();

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_CHAR);
  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_add_css_class (label, "monospace");
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (window), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (window), TRUE);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (window), 200);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (window), label);

  return window;
}

/**
 * sage_link_prompt:
 * @widget: where the link is
 * @uri: its address
 *
 * Asks whether to open an address that a document names, showing all of it; the desktop opens it.
 */
void
sage_link_prompt (GtkWidget  *widget,
                  const char *uri)
{
  AdwDialog *dialog = adw_alert_dialog_new (_("Open Link?"), _("It leads to this address:"));
  Question *question = g_new0 (Question, 1);

  question->widget = g_object_ref (widget);
  question->uri = g_strdup (uri);
  adw_alert_dialog_set_extra_child (ADW_ALERT_DIALOG (dialog), make_address (uri));
  adw_alert_dialog_add_responses (ADW_ALERT_DIALOG (dialog), "cancel", _("_Cancel"), "copy", _("_Copy"),
                                  "open", _("_Open"), NULL);
  adw_alert_dialog_set_close_response (ADW_ALERT_DIALOG (dialog), "cancel");
  adw_alert_dialog_set_default_response (ADW_ALERT_DIALOG (dialog), "cancel");
  g_signal_connect_data (dialog, "response", G_CALLBACK (response_cb), question,
                         question_free, G_CONNECT_DEFAULT);
  adw_dialog_present (dialog, widget);
}
