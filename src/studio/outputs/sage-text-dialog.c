/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-text-dialog"

#include "config.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "sage-log-view.h"
#include "sage-page.h"
#include "sage-text-dialog.h"
#include "sage-text-pager.h"

static void
search_changed_cb (GtkSearchEntry *entry,
                   SageLogView    *view)
{
  sage_log_view_set_search_text (view, gtk_editable_get_text (GTK_EDITABLE (entry)));
}

static void
next_cb (GtkWidget   *widget,
         SageLogView *view)
{
  sage_log_view_find (view, SAGE_LOG_FORWARD);
}

static void
previous_cb (GtkWidget   *widget,
             SageLogView *view)
{
  sage_log_view_find (view, SAGE_LOG_BACKWARD);
}

static GtkWidget *
make_button (const char *icon_name,
             const char *tooltip,
             GCallback   callback,
             GtkWidget  *view)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon_name);

  gtk_widget_set_tooltip_text (button, tooltip);
  g_signal_connect_object (button, "clicked", callback, view, G_CONNECT_DEFAULT);

  return button;
}

static GtkWidget *
make_header (GtkWidget *view)
{
  GtkWidget *header = adw_header_bar_new ();
  GtkWidget *entry = gtk_search_entry_new ();
  GtkWidget *label = gtk_label_new (NULL);
  GtkWidget *wrap = gtk_toggle_button_new ();

  gtk_search_entry_set_placeholder_text (GTK_SEARCH_ENTRY (entry), _("Search"));
  gtk_search_entry_set_key_capture_widget (GTK_SEARCH_ENTRY (entry), view);
  g_signal_connect_object (entry, "search-changed", G_CALLBACK (search_changed_cb), view,
                           G_CONNECT_DEFAULT);
  g_signal_connect_object (entry, "activate", G_CALLBACK (next_cb), view, G_CONNECT_DEFAULT);
  adw_header_bar_pack_start (ADW_HEADER_BAR (header), entry);
  adw_header_bar_pack_start (ADW_HEADER_BAR (header),
                             make_button ("go-up-symbolic", _("Previous match"),
                                          G_CALLBACK (previous_cb), view));
  adw_header_bar_pack_start (ADW_HEADER_BAR (header),
                             make_button ("go-down-symbolic", _("Next match"), G_CALLBACK (next_cb),
                                          view));
  gtk_widget_add_css_class (label, "dim-label");
  gtk_widget_add_css_class (label, "numeric");
  g_object_bind_property (view, "match-label", label, "label", G_BINDING_SYNC_CREATE);
  adw_header_bar_pack_start (ADW_HEADER_BAR (header), label);
  gtk_button_set_label (GTK_BUTTON (wrap), _("Wrap"));
  g_object_bind_property (view, "wrap", wrap, "active",
                          G_BINDING_SYNC_CREATE | G_BINDING_BIDIRECTIONAL);
  adw_header_bar_pack_end (ADW_HEADER_BAR (header), wrap);

  return header;
}

static void
ready_cb (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr(SageLogView) view = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(SageTextPager) pager = sage_text_pager_new_finish (result, &error);

  if (gtk_widget_get_root (GTK_WIDGET (view)) == NULL)
    return; /* closed meanwhile */
  if (pager != NULL)
    sage_log_view_set_pager (view, SAGE_LOG_PAGER (pager));
  else
    sage_toast_error (GTK_WIDGET (view), _("The output cannot be shown"), error);
}

/**
 * sage_text_dialog_show:
 * @widget: the widget that it is about
 * @title: what the text is
 * @text: a text of any length, as a program wrote it
 *
 * Shows all of a text in a dialog, with a search. It is paged: nothing holds it whole but a file.
 */
void
sage_text_dialog_show (GtkWidget  *widget,
                       const char *title,
                       GBytes     *text)
{
  AdwDialog *dialog = adw_dialog_new ();
  GtkWidget *toolbar = adw_toolbar_view_new ();
  GtkWidget *view = sage_log_view_new ();

  adw_dialog_set_title (dialog, title);
  adw_dialog_set_content_width (dialog, 900);
  adw_dialog_set_content_height (dialog, 700);
  sage_log_view_set_show_times (SAGE_LOG_VIEW (view), FALSE);
  sage_log_view_set_follow (SAGE_LOG_VIEW (view), FALSE);
  sage_log_view_set_wrap (SAGE_LOG_VIEW (view), TRUE);
  adw_toolbar_view_add_top_bar (ADW_TOOLBAR_VIEW (toolbar), make_header (view));
  adw_toolbar_view_set_content (ADW_TOOLBAR_VIEW (toolbar), view);
  adw_dialog_set_child (dialog, toolbar);

  sage_text_pager_new_async (text, NULL, ready_cb, g_object_ref (view));
  adw_dialog_present (dialog, widget);
}
