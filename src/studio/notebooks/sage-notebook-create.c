/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-notebook-create"

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "sage-error.h"
#include "sage-file-replace.h"
#include "sage-notebook-create.h"
#include "sage-notebook-percent.h"
#include "sage-page.h"

#define MAX_TRIES 1000

static gboolean
throw_exists (const char  *path,
              GError     **error)
{
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS, "'%s' is there already", path);

  return FALSE;
}

/**
 * sage_notebook_write_new:
 * @notebook: a notebook
 * @file: where to put it, on this machine
 * @replace: whatever is there already; else that is %G_IO_ERROR_EXISTS
 *
 * Writes a new file for good: at any time, and whatever fails, either all of it is there or nothing.
 *
 * Returns: whether it is there now
 */
gboolean
sage_notebook_write_new (SageNotebook  *notebook,
                         GFile         *file,
                         gboolean       replace,
                         GError       **error)
{
  g_autoptr(GBytes) bytes = sage_notebook_serialise (notebook);
  const char *path = g_file_peek_path (file);
  char digest[SAGE_SHA256_HEX];
  g_autoptr(GError) why = NULL;

  if (path == NULL)
    return sage_throw (error, SAGE_ERROR_UNSUPPORTED, "Only files of this machine can be written");
  if (!replace && g_file_query_file_type (file, G_FILE_QUERY_INFO_NOFOLLOW_SYMLINKS, NULL) != G_FILE_TYPE_UNKNOWN)
    return throw_exists (path, error); /* a folder or a broken link, too */
  if (sage_file_replace (path, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes),
                         replace ? NULL : SAGE_FILE_ABSENT, digest, &why))
    return TRUE;
  if (g_error_matches (why, SAGE_ERROR, SAGE_ERROR_CONFLICT))
    return throw_exists (path, error); /* it has come meanwhile */
  g_propagate_error (error, g_steal_pointer (&why));

  return FALSE;
}

static void
open_file (GtkWidget *widget,
           GFile     *file)
{
  g_autofree char *path = g_file_get_path (file);
  g_autofree char *uri = g_file_get_uri (file);
  g_autofree char *location = NULL;

  location = g_strconcat ("notebook/", path != NULL && g_utf8_validate (path, -1, NULL) ? path : uri,
                          NULL);
  gtk_widget_activate_action (widget, "win.open-new-tab", "s", location);
}

static void
chosen_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(GtkWidget) widget = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GFile) file = gtk_file_dialog_save_finish (GTK_FILE_DIALOG (object), result, &error);
  g_autoptr(SageNotebook) notebook = sage_notebook_new ();

  if (file != NULL && sage_notebook_write_new (notebook, file, TRUE, &error))
    open_file (widget, file);
  else if (!g_error_matches (error, GTK_DIALOG_ERROR, GTK_DIALOG_ERROR_DISMISSED))
    sage_toast_error (widget, _("A new notebook could not be made"), error);
}

/* Writes it under a name in @folder that is free, and opens it. */
static gboolean
create_in (GtkWidget    *widget,
           SageNotebook *notebook,
           GFile        *folder,
           const char   *stem,
           GError      **error)
{
  for (guint i = 1; i <= MAX_TRIES; i++)
    {
      g_autofree char *name = i == 1 ? g_strconcat (stem, ".ipynb", NULL)
                                     : g_strdup_printf ("%s %u.ipynb", stem, i);
      g_autoptr(GFile) file = g_file_get_child (folder, name);

      g_clear_error (error);
      if (sage_notebook_write_new (notebook, file, FALSE, error))
        {
          open_file (widget, file);
          return TRUE;
        }
      if (!g_error_matches (*error, G_IO_ERROR, G_IO_ERROR_EXISTS))
        break;
    }

  return FALSE;
}

/**
 * sage_notebook_create:
 * @widget: where it was asked for, in a window
 * @folder: (nullable): where to put it; %NULL asks
 *
 * Makes a new notebook under a name that is free and opens it.
 */
void
sage_notebook_create (GtkWidget *widget,
                      GFile     *folder)
{
  g_autoptr(SageNotebook) notebook = NULL;
  g_autoptr(GError) error = NULL;

  g_return_if_fail (GTK_IS_WIDGET (widget));

  if (folder == NULL)
    {
      g_autoptr(GtkFileDialog) dialog = gtk_file_dialog_new ();

      gtk_file_dialog_set_title (dialog, _("Save the new notebook"));
      gtk_file_dialog_set_initial_name (dialog, "Untitled.ipynb");
      gtk_file_dialog_save (dialog, GTK_WINDOW (gtk_widget_get_root (widget)), NULL, chosen_cb,
                            g_object_ref (widget));
      return;
    }

  notebook = sage_notebook_new ();
  if (!create_in (widget, notebook, folder, "Untitled", &error))
    sage_toast_error (widget, _("A new notebook could not be made"), error);
}

/**
 * sage_notebook_create_from_script:
 * @widget: where it was asked for, in a window
 * @script: where the script is; the notebook comes beside it
 * @text: the script, in the percent format
 *
 * Makes a notebook of a script, under a name that is free, and opens it.
 */
void
sage_notebook_create_from_script (GtkWidget  *widget,
                                  GFile      *script,
                                  const char *text)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(SageNotebook) notebook = NULL;
  g_autoptr(GFile) folder = NULL;
  g_autofree char *base = NULL;
  char *dot;

  g_return_if_fail (GTK_IS_WIDGET (widget));

  notebook = sage_notebook_from_percent (text, &error);
  folder = g_file_get_parent (script);
  base = g_file_get_basename (script);
  dot = strrchr (base, '.');
  if (dot != NULL)
    *dot = '\0';
  if (notebook == NULL || !create_in (widget, notebook, folder, base, &error))
    sage_toast_error (widget, _("A new notebook could not be made"), error);
}
