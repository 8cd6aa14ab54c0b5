/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-search-walk"

#include "config.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "sage-file.h"
#include "sage-path-globs.h"
#include "sage-search-walk.h"

#define MAX_IGNORE ((gsize) 256 * 1024) /* bytes of a .gitignore */

/* What the .gitignore of a folder says, and those of the folders around it. */
typedef struct _Ignore Ignore;
struct _Ignore
{
  const Ignore  *outer; /* (nullable) */
  SagePathGlobs *globs; /* (owned) */
  gsize          base;  /* bytes of a path before what the patterns are for */
};

/* A folder that is still to be looked at. */
typedef struct
{
  char         *relative; /* (owned): "" for the first */
  const Ignore *ignore;   /* (nullable): of the folders around it */
} Folder;

typedef struct
{
  const char            *root;
  const SageSearchQuery *query;
  GCancellable          *cancellable;
  SagePathGlobs         *include;     /* (owned) */
  SagePathGlobs         *exclude;     /* (owned) */
  GPtrArray             *ignores;     /* (owned): of Ignore: all there are */
  GPtrArray             *pending;     /* (owned): of Folder: the next one last */
  SageSearchWalkFunc     func;
  gpointer               user_data;
  SageSearchWalkCounts  *counts;
} Walk;

static void
ignore_free (gpointer data)
{
  Ignore *ignore = data;

  sage_path_globs_free (ignore->globs);
  g_free (ignore);
}

static void
folder_free (gpointer data)
{
  Folder *folder = data;

  g_free (folder->relative);
  g_free (folder);
}

/* --- What is left out ------------------------------------------------------------------------- */

/* Returns: (transfer none) (nullable): what is to be ignored in a folder */
static const Ignore *
read_ignore (Walk         *walk,
             const Folder *folder)
{
  g_autofree char *path = g_build_filename (walk->root, folder->relative, ".gitignore", NULL);
  g_autoptr(GBytes) bytes = walk->query->in_ignored ? NULL : sage_file_read (path, MAX_IGNORE, NULL);
  g_autofree char *text = NULL;
  Ignore *ignore;

  if (bytes == NULL || g_bytes_get_size (bytes) == 0)
    return folder->ignore;

  text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  ignore = g_new0 (Ignore, 1);
  ignore->outer = folder->ignore;
  ignore->globs = sage_path_globs_parse (text, "\n");
  ignore->base = folder->relative[0] != '\0' ? strlen (folder->relative) + 1 : 0;
  g_ptr_array_add (walk->ignores, ignore);

  return ignore;
}

/* The innermost of them that says anything decides. */
static gboolean
is_ignored (const Ignore *ignore,
            const char   *relative,
            gboolean      is_folder)
{
  for (; ignore != NULL; ignore = ignore->outer)
    {
      SageGlobsVerdict verdict = sage_path_globs_match (ignore->globs, relative + ignore->base, is_folder);

      if (verdict != SAGE_GLOBS_SILENT)
        return verdict == SAGE_GLOBS_MATCH;
    }

  return FALSE;
}

static gboolean
is_among (const char         *name,
          const char * const *names)
{
  for (; *names != NULL; names++)
    if (strcmp (name, *names) == 0)
      return TRUE;

  return FALSE;
}

/* What no person has written: the store of a version control, caches, what was installed. */
static gboolean
is_of_machine (Walk       *walk,
               const char *relative,
               const char *name)
{
  static const char * const always[] = { ".git", ".hg", ".svn", NULL };
  static const char * const mostly[] = { "node_modules", "__pycache__", ".ipynb_checkpoints", ".tox",
                                         NULL };
  static const char * const marks[] = { "pyvenv.cfg", "CACHEDIR.TAG", NULL };

  if (is_among (name, always))
    return TRUE;
  if (walk->query->in_ignored)
    return FALSE;
  if (is_among (name, mostly))
    return TRUE;
  for (guint i = 0; marks[i] != NULL; i++)
    {
      g_autofree char *mark = g_build_filename (walk->root, relative, marks[i], NULL);

      if (g_file_test (mark, G_FILE_TEST_EXISTS))
        return TRUE;
    }

  return FALSE;
}

/* --- The walk --------------------------------------------------------------------------------- */

/* Links are not followed: what they lead to is elsewhere, or would be found twice. */
static int
find_type (DIR                 *dir,
           const struct dirent *entry)
{
  struct stat info;

  if (entry->d_type != DT_UNKNOWN)
    return entry->d_type;
  if (fstatat (dirfd (dir), entry->d_name, &info, AT_SYMLINK_NOFOLLOW) != 0)
    return DT_UNKNOWN;

  return IFTODT (info.st_mode);
}

/* Returns: whether to go on */
static gboolean
visit_file (Walk         *walk,
            const Ignore *ignore,
            const char   *relative)
{
  g_autofree char *path = NULL;

  if (is_ignored (ignore, relative, FALSE)
      || (!sage_path_globs_is_empty (walk->include) && !sage_path_globs_hold (walk->include, relative))
      || sage_path_globs_match (walk->exclude, relative, FALSE) == SAGE_GLOBS_MATCH)
    return TRUE;

  if (walk->counts->n_files == SAGE_SEARCH_MAX_FILES)
    {
      walk->counts->is_cut = TRUE;
      return FALSE;
    }
  walk->counts->n_files++;
  path = g_build_filename (walk->root, relative, NULL);

  return walk->func (path, relative, walk->user_data);
}

/* Sorts what is in a folder into files and folders, by name. */
static gboolean
list_folder (Walk         *walk,
             const Folder *folder,
             GPtrArray    *files,
             GPtrArray    *folders)
{
  g_autofree char *path = g_build_filename (walk->root, folder->relative, NULL);
  DIR *dir = opendir (path);
  const struct dirent *entry;

  if (dir == NULL)
    return FALSE;

  while ((entry = readdir (dir)) != NULL)
    {
      int type = find_type (dir, entry);

      if (strcmp (entry->d_name, ".") == 0 || strcmp (entry->d_name, "..") == 0)
        continue;
      if (type == DT_REG)
        g_ptr_array_add (files, g_strdup (entry->d_name));
      else if (type == DT_DIR)
        g_ptr_array_add (folders, g_strdup (entry->d_name));
    }
  closedir (dir);
  g_ptr_array_sort_values (files, (GCompareFunc) strcmp);
  g_ptr_array_sort_values (folders, (GCompareFunc) strcmp);

  return TRUE;
}

static char *
join (const Folder *folder,
      const char   *name)
{
  return folder->relative[0] != '\0' ? g_strconcat (folder->relative, "/", name, NULL) : g_strdup (name);
}

/* Returns: whether to go on */
static gboolean
visit_folder (Walk         *walk,
              const Folder *folder)
{
  g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(GPtrArray) folders = g_ptr_array_new_with_free_func (g_free);
  const Ignore *ignore;

  if (!list_folder (walk, folder, files, folders))
    {
      walk->counts->n_unreadable++;
      return TRUE;
    }

  ignore = read_ignore (walk, folder);
  for (guint i = 0; i < files->len; i++)
    {
      g_autofree char *relative = join (folder, files->pdata[i]);

      if (g_cancellable_is_cancelled (walk->cancellable) || !visit_file (walk, ignore, relative))
        return FALSE;
    }
  for (guint i = folders->len; i > 0; i--)
    {
      g_autofree char *relative = join (folder, folders->pdata[i - 1]);
      Folder *inner;

      if (is_of_machine (walk, relative, folders->pdata[i - 1]) || is_ignored (ignore, relative, TRUE)
          || sage_path_globs_match (walk->exclude, relative, TRUE) == SAGE_GLOBS_MATCH)
        continue;
      inner = g_new0 (Folder, 1);
      inner->relative = g_steal_pointer (&relative);
      inner->ignore = ignore;
      g_ptr_array_add (walk->pending, inner);
    }

  return TRUE;
}

/**
 * sage_search_walk:
 * @folder: the path of a folder
 * @query: says which files below it
 * @cancellable: (nullable): gives up, from another thread
 * @func: is told of each
 * @counts: (inout): to be added to
 *
 * Goes through the files of a folder and of those in it, in the order of their names.
 */
void
sage_search_walk (const char            *folder,
                  const SageSearchQuery *query,
                  GCancellable          *cancellable,
                  SageSearchWalkFunc     func,
                  gpointer               user_data,
                  SageSearchWalkCounts  *counts)
{
  Walk walk = { folder, query, cancellable, NULL, NULL, NULL, NULL, func, user_data, counts };
  Folder *first = g_new0 (Folder, 1);
  gboolean go_on = TRUE;

  walk.include = sage_path_globs_parse (query->include != NULL ? query->include : "", ",");
  walk.exclude = sage_path_globs_parse (query->exclude != NULL ? query->exclude : "", ",");
  walk.ignores = g_ptr_array_new_with_free_func (ignore_free);
  walk.pending = g_ptr_array_new_with_free_func (folder_free);
  first->relative = g_strdup ("");
  g_ptr_array_add (walk.pending, first);

  while (go_on && walk.pending->len > 0 && !g_cancellable_is_cancelled (cancellable))
    {
      Folder *next = g_ptr_array_steal_index (walk.pending, walk.pending->len - 1);

      go_on = visit_folder (&walk, next);
      folder_free (next);
    }

  g_ptr_array_unref (walk.pending);
  g_ptr_array_unref (walk.ignores);
  sage_path_globs_free (walk.include);
  sage_path_globs_free (walk.exclude);
}
