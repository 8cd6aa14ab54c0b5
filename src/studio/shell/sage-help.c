/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-help"

#include "config.h"

#include <glib/gi18n.h>

#include "sage-help.h"
#include "sage-page.h"

/* Returns: (transfer full): where the pages of the help are as HTML */
static GFile *
dup_pages (void)
{
  const char *directory = g_getenv ("SAGEBRUSH_HELPDIR");

  return directory != NULL ? g_file_new_for_path (directory)
                           : g_file_new_build_filename (SAGEBRUSH_DATADIR, "help", "html", NULL);
}

static void
tell_where_pages_are (GtkWidget *window)
{
  g_autoptr(GFile) pages = dup_pages ();
  g_autofree char *name = g_file_get_parse_name (pages);
  g_autofree char *text = NULL;

  text = g_strdup_printf (_("There is no program here to show the help with; its pages are in %s"),
                          name);
  sage_toast (window, text);
}

static void
pages_shown_cb (GObject      *object,
                GAsyncResult *result,
                gpointer      user_data)
{
  g_autoptr(GtkWidget) window = user_data;
  g_autoptr(GError) error = NULL;

  if (!gtk_file_launcher_launch_finish (GTK_FILE_LAUNCHER (object), result, &error)
      && !g_error_matches (error, GTK_DIALOG_ERROR, GTK_DIALOG_ERROR_DISMISSED))
    {
      g_message ("Showing the help: %s", error->message);
      tell_where_pages_are (window);
    }
}

static void
show_pages (GtkWindow *window)
{
  g_autoptr(GAppInfo) browser = g_app_info_get_default_for_uri_scheme ("https");
  g_autoptr(GFile) pages = dup_pages ();
  g_autoptr(GFile) index = g_file_get_child (pages, "index.html");
  g_autoptr(GtkFileLauncher) launcher = gtk_file_launcher_new (index);

  /* Without one, a text editor would take the page for text. */
  if (browser == NULL)
    tell_where_pages_are (GTK_WIDGET (window));
  else
    gtk_file_launcher_launch (launcher, window, NULL, pages_shown_cb, g_object_ref (window));
}

static void
help_shown_cb (GObject      *object,
               GAsyncResult *result,
               gpointer      user_data)
{
  g_autoptr(GtkWindow) window = user_data;
  g_autoptr(GError) error = NULL;

  if (!gtk_uri_launcher_launch_finish (GTK_URI_LAUNCHER (object), result, &error)
      && !g_error_matches (error, GTK_DIALOG_ERROR, GTK_DIALOG_ERROR_DISMISSED))
    show_pages (window);
}

/**
 * sage_help_show:
 * @window: a window of Studio
 *
 * Shows the help in the desktop's viewer, or in a browser where there is none or where Studio runs
 * from its build directory, which SAGEBRUSH_HELPDIR says.
 */
void
sage_help_show (GtkWindow *window)
{
  g_autoptr(GAppInfo) viewer = g_app_info_get_default_for_uri_scheme ("help");
  g_autoptr(GtkUriLauncher) launcher = NULL;

  g_return_if_fail (GTK_IS_WINDOW (window));

  if (viewer == NULL || g_getenv ("SAGEBRUSH_HELPDIR") != NULL)
    {
      show_pages (window);
      return;
    }

  launcher = gtk_uri_launcher_new ("help:sagebrush");
  gtk_uri_launcher_launch (launcher, window, NULL, help_shown_cb, g_object_ref (window));
}
