/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-trash"

#include "config.h"

#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sage-error.h"
#include "sage-file-location.h"
#include "sage-page.h"
#include "sage-take-back.h"
#include "sage-trash.h"

/* What went to the trash. */
typedef struct
{
  char *original; /* (owned): where it was */
  char *trashed;  /* (owned): where it is */
  char *info;     /* (owned): what the trash knows of it */
} Trashed;

static void
trashed_free (gpointer data)
{
  Trashed *trashed = data;

  g_free (trashed->original);
  g_free (trashed->trashed);
  g_free (trashed->info);
  g_free (trashed);
}

/* The folder that holds the trash of the file system that @path is on. */
static char *
find_trash_beside (const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *name = g_strdup_printf (".Trash-%u", (guint) getuid ());
  struct stat inner;
  struct stat outer;

  while (stat (folder, &inner) == 0)
    {
      g_autofree char *parent = g_path_get_dirname (folder);

      if (stat (parent, &outer) != 0 || outer.st_dev != inner.st_dev || strcmp (parent, folder) == 0)
        break;
      g_free (folder);
      folder = g_steal_pointer (&parent);
    }

  return g_build_filename (folder, name, NULL);
}

/* Looks in one trash for what was @path. Returns: (transfer full) (nullable) */
static Trashed *
find_in (const char *trash,
         const char *path)
{
  g_autofree char *folder = g_build_filename (trash, "info", NULL);
  g_autoptr(GDir) dir = g_dir_open (folder, 0, NULL);
  g_autofree char *top = g_path_get_dirname (trash);
  g_autofree char *newest = NULL;
  Trashed *found = NULL;
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *info = g_build_filename (folder, name, NULL);
      g_autoptr(GKeyFile) keys = g_key_file_new ();
      g_autofree char *encoded = NULL;
      g_autofree char *date = NULL;
      g_autofree char *decoded = NULL;
      g_autofree char *whole = NULL;

      if (!g_str_has_suffix (name, ".trashinfo")
          || !g_key_file_load_from_file (keys, info, G_KEY_FILE_NONE, NULL))
        continue;
      encoded = g_key_file_get_string (keys, "Trash Info", "Path", NULL);
      date = g_key_file_get_string (keys, "Trash Info", "DeletionDate", NULL);
      decoded = encoded != NULL ? g_uri_unescape_string (encoded, NULL) : NULL;
      if (decoded == NULL || date == NULL)
        continue;
      whole = decoded[0] == '/' ? g_strdup (decoded) : g_build_filename (top, decoded, NULL);
      if (strcmp (whole, path) != 0 || (newest != NULL && strcmp (date, newest) < 0))
        continue;

      g_clear_pointer (&found, trashed_free);
      g_set_str (&newest, date);
      found = g_new0 (Trashed, 1);
      found->original = g_strdup (path);
      found->info = g_strdup (info);
      found->trashed = g_strdup_printf ("%s/files/%.*s", trash,
                                        (int) (strlen (name) - strlen (".trashinfo")), name);
    }

  return found;
}

/* Brings it back. What has taken its place in the meantime stays. */
static void
take_back (GtkWidget *widget,
           gpointer   data)
{
  Trashed *trashed = data;
  g_autoptr(GError) error = NULL;

  if (renameat2 (AT_FDCWD, trashed->trashed, AT_FDCWD, trashed->original, RENAME_NOREPLACE) == 0)
    g_unlink (trashed->info);
  else
    {
      sage_throw_errno (&error, "Cannot move it back to '%s'", trashed->original);
      sage_toast_error (widget, _("Could not take it back from the trash"), error);
    }
}

/**
 * sage_trash_put:
 * @widget: where it is said, and taken back
 * @file: a file or folder of this machine; a symbolic link goes itself
 *
 * Moves a file to the trash, for a while with an offer to take it back.
 *
 * Returns: whether it is there now; why not has been said
 */
gboolean
sage_trash_put (GtkWidget *widget,
                GFile     *file)
{
  g_autofree char *path = g_file_get_path (file);
  g_autofree char *base = g_file_get_basename (file);
  g_autofree char *name = sage_file_name_to_show (base);
  g_autofree char *home = g_build_filename (g_get_user_data_dir (), "Trash", NULL);
  g_autofree char *beside = NULL;
  g_autofree char *title = NULL;
  g_autoptr(GError) error = NULL;
  Trashed *trashed;

  if (!g_file_trash (file, NULL, &error))
    {
      sage_toast_error (widget, _("Could not move it to the trash"), error);
      return FALSE;
    }

  beside = find_trash_beside (path);
  trashed = find_in (home, path);
  if (trashed == NULL)
    trashed = find_in (beside, path);
  title = g_strdup_printf (_("“%s” is in the trash"), name);
  if (trashed != NULL)
    sage_take_back_offer (widget, title, take_back, trashed, trashed_free);

  return TRUE;
}
