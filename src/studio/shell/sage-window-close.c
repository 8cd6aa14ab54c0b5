/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-window-close"

#include "config.h"

#include "sage-close-dialog.h"
#include "sage-window-private.h"

/* --- A tab ------------------------------------------------------------------------------------ */

/* A tab that has been asked to close. */
typedef struct
{
  AdwTabView *view; /* (owned) */
  AdwTabPage *page; /* (owned) */
} Closing;

/* What libpanel's own handler tells those who follow a frame. */
static void
tell_closed (AdwTabView *view,
             GtkWidget  *child)
{
  GtkWidget *frame = gtk_widget_get_ancestor (GTK_WIDGET (view), PANEL_TYPE_FRAME);

  if (frame != NULL)
    g_signal_emit_by_name (frame, "page-closed", child);
}

static void
tab_asked_cb (GObject      *object,
              GAsyncResult *result,
              gpointer      user_data)
{
  Closing *closing = user_data;
  GtkWidget *child = adw_tab_page_get_child (closing->page);
  gboolean close = sage_close_dialog_ask_finish (result);

  /* The tab may have been moved or torn off while the question stood. */
  if (child != NULL && gtk_widget_is_ancestor (child, GTK_WIDGET (closing->view)))
    {
      if (close)
        tell_closed (closing->view, child);
      adw_tab_view_close_page_finish (closing->view, closing->page, close);
    }
  g_object_unref (closing->view);
  g_object_unref (closing->page);
  g_free (closing);
}

static gboolean
close_page_cb (AdwTabView *view,
               AdwTabPage *page)
{
  GtkWidget *child = adw_tab_page_get_child (page);
  g_autoptr(GPtrArray) pages = NULL;
  Closing *closing;

  if (!SAGE_IS_TAB (child)) /* of the bottom panel: they stay, and the panel goes out of sight */
    {
      adw_tab_view_close_page_finish (view, page, FALSE);
      gtk_widget_activate_action (GTK_WIDGET (view), "win.panel", NULL);
      return GDK_EVENT_STOP;
    }
  if (sage_tab_is_forced (SAGE_TAB (child)) || sage_tab_is_asleep (SAGE_TAB (child))
      || !sage_close_dialog_is_needed (sage_tab_get_page (SAGE_TAB (child))))
    {
      tell_closed (view, child);
      return GDK_EVENT_PROPAGATE; /* to where it is closed */
    }

  adw_tab_view_set_selected_page (view, page);
  pages = g_ptr_array_new ();
  g_ptr_array_add (pages, sage_tab_get_page (SAGE_TAB (child)));
  closing = g_new0 (Closing, 1);
  closing->view = g_object_ref (view);
  closing->page = g_object_ref (page);
  sage_close_dialog_ask_async (GTK_WIDGET (view), pages, tab_asked_cb, closing);

  return GDK_EVENT_STOP;
}

/* Has the tabs of @view ask before they close with something in them that would be lost. The handler
 * of libpanel closes a tab for which it has nothing to save at once, before anybody else is asked. */
void
sage_window_ask_before_closing (AdwTabView *view)
{
  g_signal_handlers_block_matched (view, G_SIGNAL_MATCH_ID,
                                   g_signal_lookup ("close-page", ADW_TYPE_TAB_VIEW), 0, NULL, NULL,
                                   NULL);
  g_signal_connect (view, "close-page", G_CALLBACK (close_page_cb), NULL);
}

/* --- The window ------------------------------------------------------------------------------- */

static void
collect_cb (SageTab  *tab,
            gpointer  user_data)
{
  if (!sage_tab_is_asleep (tab) && sage_close_dialog_is_needed (sage_tab_get_page (tab)))
    g_ptr_array_add (user_data, sage_tab_get_page (tab));
}

static void
window_asked_cb (GObject      *object,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  SageWindow *self = SAGE_WINDOW (object);

  self->asked = sage_close_dialog_ask_finish (result);
  if (self->asked)
    gtk_window_close (GTK_WINDOW (self));
}

/* Returns: whether a question stands now, so that the window stays for the time being */
gboolean
sage_window_ask_to_close (SageWindow *self)
{
  g_autoptr(GPtrArray) pages = g_ptr_array_new ();

  if (self->asked)
    return FALSE;

  sage_window_foreach_tab (self, collect_cb, pages);
  if (self->terminal != NULL && sage_close_dialog_is_needed (SAGE_PAGE (self->terminal)))
    g_ptr_array_add (pages, self->terminal);
  if (pages->len == 0)
    return FALSE;

  gtk_window_present (GTK_WINDOW (self));
  sage_close_dialog_ask_async (GTK_WIDGET (self), pages, window_asked_cb, NULL);

  return TRUE;
}
