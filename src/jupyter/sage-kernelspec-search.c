/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-kernelspec"

#include "config.h"

#include <string.h>

#include "sage-error.h"
#include "sage-kernelspec.h"

/* Jupyter's search path (jupyter_core's `jupyter_path`), as it is for who has activated the virtual
 * environment of the project: <https://docs.jupyter.org/en/latest/use/jupyter-directories.html>. */

#define MAX_NAME 255

/* More than these a project or a folder of kernels does not have; it bounds what a strange one costs. */
#define MAX_ENTRIES 1000
#define MAX_PARENTS 16

/**
 * sage_kernelspec_is_name:
 * @name: a name from anywhere
 *
 * Returns: whether it can be a kernel's: ASCII letters, digits, `.`, `_` and `-`. It is then the
 *   name of a folder and no path.
 */
gboolean
sage_kernelspec_is_name (const char *name)
{
  gsize length = strlen (name);

  if (length == 0 || length > MAX_NAME || strspn (name, ".") == length)
    return FALSE;

  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isalnum (name[i]) && strchr ("._-", name[i]) == NULL)
      return FALSE;

  return TRUE;
}

static int
compare_names (gconstpointer a,
               gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* The names in a folder, sorted; none where there is no such folder. */
static GPtrArray *
list_folder (const char *path)
{
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && names->len < MAX_ENTRIES && (name = g_dir_read_name (dir)) != NULL)
    g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, compare_names);

  return names;
}

/* Virtual environments lie in a project's folder, and one can tell by their pyvenv.cfg. */
static void
add_environments (GStrvBuilder *path,
                  const char   *project)
{
  g_autoptr(GPtrArray) names = list_folder (project);

  for (guint i = 0; i < names->len; i++)
    {
      const char *name = g_ptr_array_index (names, i);
      g_autofree char *mark = g_build_filename (project, name, "pyvenv.cfg", NULL);

      if (g_file_test (mark, G_FILE_TEST_IS_REGULAR))
        g_strv_builder_take (path, g_build_filename (project, name, "share", "jupyter", NULL));
    }
}

/* Adds the environments of a folder, and of those that it is in as far as its repository goes: what is
 * beyond belongs to others. */
static void
add_project (GStrvBuilder *path,
             const char   *folder)
{
  g_autoptr(GPtrArray) folders = g_ptr_array_new_with_free_func (g_free);
  guint n = 1;

  g_ptr_array_add (folders, g_strdup (folder));
  while (folders->len <= MAX_PARENTS)
    {
      const char *last = g_ptr_array_index (folders, folders->len - 1);
      g_autofree char *mark = g_build_filename (last, ".git", NULL);

      if (g_file_test (mark, G_FILE_TEST_EXISTS))
        {
          n = folders->len;
          break;
        }
      if (strlen (last) <= 1)
        break;
      g_ptr_array_add (folders, g_path_get_dirname (last));
    }

  for (guint i = 0; i < n; i++)
    add_environments (path, g_ptr_array_index (folders, i));
}

static void
add_variable (GStrvBuilder *path,
              const char   *variable)
{
  const char *value = g_getenv (variable);
  g_auto(GStrv) parts = g_strsplit (value != NULL ? value : "", G_SEARCHPATH_SEPARATOR_S, -1);

  for (guint i = 0; parts[i] != NULL; i++)
    if (g_path_is_absolute (parts[i]))
      g_strv_builder_add (path, parts[i]);
}

/**
 * sage_kernelspec_path:
 * @project: (nullable): a project's folder
 *
 * The folders whose `kernels` hold kernels: those of `JUPYTER_PATH`, the virtual environments right
 * in @project (by name) and in the folders above it up to its repository's, the user's
 * (`JUPYTER_DATA_DIR`), `/usr/local`'s and `/usr`'s.
 *
 * Returns: (transfer full): absolute paths, what comes first wins
 */
char **
sage_kernelspec_path (const char *project)
{
  g_autoptr(GStrvBuilder) path = g_strv_builder_new ();
  const char *data = g_getenv ("JUPYTER_DATA_DIR");

  add_variable (path, "JUPYTER_PATH");
  if (project != NULL)
    add_project (path, project);
  if (data != NULL && g_path_is_absolute (data))
    g_strv_builder_add (path, data);
  else
    g_strv_builder_take (path, g_build_filename (g_get_user_data_dir (), "jupyter", NULL));
  g_strv_builder_add (path, "/usr/local/share/jupyter");
  g_strv_builder_add (path, "/usr/share/jupyter");

  return g_strv_builder_end (path);
}

/* Adds the kernels of one folder that are not @known. */
static void
add_kernels (GListStore *store,
             GHashTable *known,
             const char *folder)
{
  g_autofree char *kernels = g_build_filename (folder, "kernels", NULL);
  g_autoptr(GPtrArray) names = list_folder (kernels);

  for (guint i = 0; i < names->len; i++)
    {
      const char *entry = g_ptr_array_index (names, i);
      g_autofree char *name = g_ascii_strdown (entry, -1);
      g_autofree char *directory = g_build_filename (kernels, entry, NULL);
      g_autoptr(SageKernelspec) spec = NULL;
      g_autoptr(GError) error = NULL;

      if (!sage_kernelspec_is_name (name) || g_hash_table_contains (known, name))
        continue;
      if ((spec = sage_kernelspec_read (name, directory, &error)) == NULL)
        {
          if (!g_error_matches (error, SAGE_ERROR, SAGE_ERROR_NOT_FOUND))
            g_info ("%s", error->message);
          continue;
        }
      g_list_store_append (store, spec);
      g_hash_table_add (known, g_steal_pointer (&name));
    }
}

/**
 * sage_kernelspec_list:
 * @project: (nullable): a project's folder
 *
 * Reads the kernels that are installed now. Names are lower-case, as Jupyter takes them.
 *
 * Returns: (transfer full): of #SageKernelspec, in the order of the search path; of one name the
 *   first that can be used
 */
GListModel *
sage_kernelspec_list (const char *project)
{
  g_autoptr(GHashTable) known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_auto(GStrv) path = sage_kernelspec_path (project);
  GListStore *store = g_list_store_new (SAGE_TYPE_KERNELSPEC);

  for (guint i = 0; path[i] != NULL; i++)
    add_kernels (store, known, path[i]);

  return G_LIST_MODEL (store);
}

/**
 * sage_kernelspec_find:
 * @project: (nullable): a project's folder
 * @name: a kernel's name, from anywhere
 *
 * Returns: (transfer full): the first kernel of that name that can be used, or %NULL with
 *   %SAGE_ERROR_NOT_FOUND, or %SAGE_ERROR_INVALID for what is no name
 */
SageKernelspec *
sage_kernelspec_find (const char  *project,
                      const char  *name,
                      GError     **error)
{
  g_autoptr(GListModel) kernels = NULL;

  g_return_val_if_fail (name != NULL, NULL);

  if (!sage_kernelspec_is_name (name))
    {
      sage_throw (error, SAGE_ERROR_INVALID, "A kernel's name holds letters, digits and '._-' only");
      return NULL;
    }

  kernels = sage_kernelspec_list (project);
  for (guint i = 0; i < g_list_model_get_n_items (kernels); i++)
    {
      g_autoptr(SageKernelspec) spec = g_list_model_get_item (kernels, i);

      if (g_ascii_strcasecmp (sage_kernelspec_get_name (spec), name) == 0)
        return g_steal_pointer (&spec);
    }

  sage_throw (error, SAGE_ERROR_NOT_FOUND, "No kernel '%s' is installed", name);

  return NULL;
}
