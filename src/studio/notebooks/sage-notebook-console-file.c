/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-notebook-console"

#include "config.h"

#include <glib/gstdio.h>
#include <string.h>

#include "sage-file-moves.h"
#include "sage-file.h"
#include "sage-notebook-console.h"
#include "sage-notebook-create.h"
#include "sage-notebook-document.h"

/*
 * The console of a script is a notebook whose name is the digest of the script's address. Beside it a
 * file holds that address, by which the console follows when a folder around the script is moved.
 */

#define CONSOLE_SUFFIX ".ipynb"
#define SCRIPT_SUFFIX  ".script"

#define MAX_ADDRESS (64 * 1024) /* bytes; what is longer is none of ours */

static char *
get_folder (void)
{
  return g_build_filename (g_get_user_state_dir (), "sagebrush", "consoles", NULL);
}

/* Returns: (transfer full): a file of the console of the script that has this address */
static char *
find_path (const char *uri,
           const char *suffix)
{
  g_autofree char *folder = get_folder ();
  g_autofree char *sum = g_compute_checksum_for_string (G_CHECKSUM_SHA256, uri, -1);

  return g_strconcat (folder, G_DIR_SEPARATOR_S, sum, suffix, NULL);
}

/* Notes whose console it is. Without that it only follows the script itself. */
static void
write_address (const char *uri)
{
  g_autofree char *path = find_path (uri, SCRIPT_SUFFIX);
  g_autoptr(GError) error = NULL;

  if (!g_file_test (path, G_FILE_TEST_EXISTS)
      && !g_file_set_contents_full (path, uri, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, &error))
    g_warning ("A console will not follow its script: %s", error->message);
}

/**
 * sage_notebook_console_ensure_file:
 * @script: a file of this machine
 *
 * Makes the notebook that the console of the script is, if it is not there.
 *
 * Returns: (transfer full): the notebook's file, or %NULL if it cannot be kept
 */
GFile *
sage_notebook_console_ensure_file (GFile   *script,
                                   GError **error)
{
  g_autofree char *uri = g_file_get_uri (script);
  g_autofree char *path = find_path (uri, CONSOLE_SUFFIX);
  g_autofree char *folder = get_folder ();
  g_autoptr(GFile) file = g_file_new_for_path (path);
  g_autoptr(SageNotebook) notebook = sage_notebook_new ();
  g_autoptr(GError) why = NULL;

  if (!sage_dir_make (folder, 0700, error))
    return NULL;
  if (!sage_notebook_write_new (notebook, file, FALSE, &why)
      && !g_error_matches (why, G_IO_ERROR, G_IO_ERROR_EXISTS))
    {
      g_propagate_error (error, g_steal_pointer (&why));
      return NULL;
    }
  write_address (uri);

  return g_steal_pointer (&file);
}

/* --- Moving ----------------------------------------------------------------------------------- */

/* Has the console of @from be that of @to, open or not. */
static void
move_console (GFile *from,
              GFile *to)
{
  g_autofree char *from_uri = g_file_get_uri (from);
  g_autofree char *to_uri = g_file_get_uri (to);
  g_autofree char *before = find_path (from_uri, CONSOLE_SUFFIX);
  g_autofree char *after = find_path (to_uri, CONSOLE_SUFFIX);
  g_autofree char *address = find_path (from_uri, SCRIPT_SUFFIX);
  g_autoptr(GFile) old = g_file_new_for_path (before);
  g_autoptr(GFile) new = g_file_new_for_path (after);
  SageNotebookDocument *document = sage_notebook_document_find (old);

  if (g_rename (before, after) != 0)
    return; /* there is none */
  write_address (to_uri);
  g_unlink (address);
  if (document != NULL)
    sage_notebook_document_move (document, new, to);
}

/* Returns: (transfer full) (nullable): the script whose console has an address of that name; %NULL for
 * what else stands there */
static GFile *
read_address (const char *folder,
              const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *right_path = NULL;
  g_autofree char *uri = NULL;
  GStatBuf info;
  gsize length;

  if (!g_str_has_suffix (name, SCRIPT_SUFFIX) || g_lstat (path, &info) != 0 || !S_ISREG (info.st_mode)
      || info.st_size > MAX_ADDRESS || !g_file_get_contents (path, &uri, &length, NULL)
      || strlen (uri) != length)
    return NULL;

  right_path = find_path (uri, SCRIPT_SUFFIX);

  return g_str_equal (path, right_path) ? g_file_new_for_uri (uri) : NULL;
}

/**
 * sage_notebook_console_follow:
 * @from: a script, or a folder
 * @to: where it has been moved to
 *
 * Has the console of the script, or those of all scripts in the folder, go with it, open or not.
 */
void
sage_notebook_console_follow (GFile *from,
                              GFile *to)
{
  g_autofree char *path = get_folder ();
  g_autoptr(GDir) folder = g_dir_open (path, 0, NULL);
  g_autoptr(GPtrArray) scripts = g_ptr_array_new_with_free_func (g_object_unref);
  const char *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    {
      g_autoptr(GFile) script = read_address (path, name);

      if (script != NULL)
        g_ptr_array_add (scripts, g_steal_pointer (&script));
    }
  g_ptr_array_add (scripts, g_object_ref (from)); /* one of before there were addresses */

  for (guint i = 0; i < scripts->len; i++)
    {
      g_autoptr(GFile) moved = sage_file_moves_follow (scripts->pdata[i], from, to);

      if (moved != NULL)
        move_console (scripts->pdata[i], moved);
    }
}
