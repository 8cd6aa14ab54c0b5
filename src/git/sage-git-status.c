/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-git-status"

#include "config.h"

#include <string.h>

#include "sage-error.h"
#include "sage-git-status.h"
#include "sage-git.h"

/* Settings of filters: more of them would not fit into the environment that git gets. */
#define MAX_FILTERS 500

struct _SageGitStatus
{
  GHashTable *marks;   /* (owned): path in the folder → SageGitMark */
  char       *git_dir; /* (owned) (nullable) */
};

static SageGitStatus *
status_new (void)
{
  SageGitStatus *self = g_new0 (SageGitStatus, 1);

  self->marks = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  return self;
}

/**
 * sage_git_status_free:
 *
 * Frees it.
 */
void
sage_git_status_free (SageGitStatus *self)
{
  g_hash_table_unref (self->marks);
  g_free (self->git_dir);
  g_free (self);
}

/* --- What git writes -------------------------------------------------------------------------- */

/* Marks the folders that @path is in, up to one that is marked already. */
static void
mark_folders (SageGitStatus *self,
              const char    *path)
{
  g_autofree char *folder = g_strdup (path);
  char *slash;

  while ((slash = strrchr (folder, '/')) != NULL)
    {
      *slash = '\0';
      if (g_hash_table_contains (self->marks, folder))
        return;
      g_hash_table_insert (self->marks, g_strdup (folder), GINT_TO_POINTER (SAGE_GIT_CONTAINS));
    }
}

static void
add (SageGitStatus *self,
     const char    *prefix,
     const char    *path,
     SageGitMark    mark)
{
  g_autofree char *own = NULL;
  gsize length;

  if (!g_str_has_prefix (path, prefix))
    return;
  own = g_strdup (path + strlen (prefix));
  length = strlen (own);
  if (length > 0 && own[length - 1] == '/') /* a folder, and all that is in it */
    own[length - 1] = '\0';
  if (*own == '\0' && *prefix == '\0')
    return; /* the folder itself has a name */

  if (mark != SAGE_GIT_IGNORED)
    mark_folders (self, own);
  if (mark != SAGE_GIT_UNCHANGED)
    g_hash_table_replace (self->marks, g_steal_pointer (&own), GINT_TO_POINTER (mark));
}

/* Returns: (nullable): what is behind @n spaces */
static const char *
skip_fields (const char *record,
             guint       n)
{
  for (; n > 0 && record != NULL; n--)
    {
      record = strchr (record, ' ');
      if (record != NULL)
        record++;
    }

  return record;
}

/* A file that is gone has no row of its own: only its folders are marked. */
static SageGitMark
read_change (const char *record)
{
  if (strlen (record) < 4)
    return SAGE_GIT_UNCHANGED;
  if (record[2] == 'D' || record[3] == 'D')
    return SAGE_GIT_UNCHANGED;

  /* Behind the dot: `git add -N`, which says that there will be a file. */
  return record[2] == 'A' || record[3] == 'A' ? SAGE_GIT_NEW : SAGE_GIT_MODIFIED;
}

/**
 * sage_git_status_parse:
 * @output: what `git status --porcelain=v2 -z` wrote
 * @prefix: where in the repository the folder is: empty, or a path with a slash at its end
 *
 * Returns: (transfer full): what it says; records that are not understood are passed over
 */
SageGitStatus *
sage_git_status_parse (GBytes     *output,
                       const char *prefix)
{
  SageGitStatus *self = status_new ();
  gsize length;
  const char *at = g_bytes_get_data (output, &length);
  const char *end = at + length;

  while (at < end)
    {
      const char *stop = memchr (at, '\0', (gsize) (end - at));
      const char *path = NULL;
      SageGitMark mark = SAGE_GIT_UNCHANGED;

      if (stop == NULL)
        break; /* cut off */
      if (g_str_has_prefix (at, "1 "))
        {
          path = skip_fields (at, 8);
          mark = read_change (at);
        }
      else if (g_str_has_prefix (at, "u "))
        {
          path = skip_fields (at, 10);
          mark = SAGE_GIT_CONFLICT;
        }
      else if (g_str_has_prefix (at, "? ") || g_str_has_prefix (at, "! "))
        {
          path = at + 2;
          mark = *at == '?' ? SAGE_GIT_NEW : SAGE_GIT_IGNORED;
        }
      if (path != NULL)
        add (self, prefix, path, mark);
      at = stop + 1;
    }

  return self;
}

/**
 * sage_git_status_get:
 * @path: a path in the folder
 *
 * Returns: what is to be said of it
 */
SageGitMark
sage_git_status_get (SageGitStatus *self,
                     const char    *path)
{
  g_autofree char *folder = NULL;
  SageGitMark mark;
  char *slash;

  g_return_val_if_fail (self != NULL, SAGE_GIT_UNCHANGED);
  g_return_val_if_fail (path != NULL, SAGE_GIT_UNCHANGED);

  mark = (SageGitMark) GPOINTER_TO_INT (g_hash_table_lookup (self->marks, path));
  if (mark != SAGE_GIT_UNCHANGED)
    return mark;

  /* A folder that is new or left out speaks for all that is in it; "" is the folder itself. */
  folder = g_strdup (path);
  do
    {
      slash = strrchr (folder, '/');
      *(slash != NULL ? slash : folder) = '\0';
      mark = (SageGitMark) GPOINTER_TO_INT (g_hash_table_lookup (self->marks, folder));
    }
  while (mark == SAGE_GIT_UNCHANGED && *folder != '\0');

  return mark == SAGE_GIT_NEW || mark == SAGE_GIT_IGNORED ? mark : SAGE_GIT_UNCHANGED;
}

/**
 * sage_git_status_get_git_dir:
 *
 * Returns: (nullable): where the repository keeps its index
 */
const char *
sage_git_status_get_git_dir (SageGitStatus *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->git_dir;
}

/* --- Asking it -------------------------------------------------------------------------------- */

/* The steps to a status. Owned by its task. */
typedef struct
{
  GFile *folder;  /* (owned) */
  char  *strip;   /* (owned) (nullable) */
  char  *prefix;  /* (owned) (nullable) */
  char  *git_dir; /* (owned) (nullable) */
} Asking;

static void
asking_free (gpointer data)
{
  Asking *asking = data;

  g_object_unref (asking->folder);
  g_free (asking->strip);
  g_free (asking->prefix);
  g_free (asking->git_dir);
  g_free (asking);
}

static void
status_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Asking *asking = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) output = sage_git_run_finish (result, &error);
  SageGitStatus *status;

  if (output == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }

  status = sage_git_status_parse (output, asking->prefix);
  status->git_dir = g_steal_pointer (&asking->git_dir);
  g_task_return_pointer (task, status, (GDestroyNotify) sage_git_status_free);
}

/* Settings that switch off each filter that @names has: "filter.NAME.clean", and so on. Files that differ
 * only by what their filter makes of them count as modified then. Ours runs, if the repository uses it, by
 * the command @strip and not by the one that it names. */
static GStrv
replace_filters (GBytes      *names,
                 const char  *strip,
                 GError     **error)
{
  g_autoptr(GStrvBuilder) settings = g_strv_builder_new ();
  guint n = 0;
  gsize length;
  const char *at = g_bytes_get_data (names, &length);
  const char *end = at + length;

  for (const char *stop; at < end && (stop = memchr (at, '\0', (gsize) (end - at))) != NULL; at = stop + 1)
    {
      const char *dot = strrchr (at, '.');

      if (g_str_has_prefix (at, "filter.") && dot > at + strlen ("filter."))
        {
          const char *value = strcmp (dot, ".required") == 0 ? "false" : "";

          if (++n > MAX_FILTERS)
            {
              sage_throw (error, SAGE_ERROR_TOO_LARGE, "The repository has more than %d settings of filters",
                          MAX_FILTERS);
              return NULL;
            }
          if (strip != NULL && strcmp (at, "filter." SAGE_GIT_FILTER ".clean") == 0)
            value = strip;
          g_strv_builder_add_many (settings, at, value, NULL);
        }
    }

  return g_strv_builder_end (settings);
}

static void
filters_cb (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  static const char * const arguments[] = {
    "status", "--porcelain=v2", "-z", "--untracked-files=normal", "--ignored=matching",
    "--ignore-submodules=all", "--no-renames", "--", ".", NULL,
  };
  g_autoptr(GTask) task = user_data;
  Asking *asking = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) names = sage_git_run_finish (result, &error);
  g_auto(GStrv) settings = NULL;

  if (names == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }

  settings = replace_filters (names, asking->strip, &error);
  if (settings == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }

  sage_git_run_async (asking->folder, arguments, (const char * const *) settings,
                      g_task_get_cancellable (task), status_cb, g_object_ref (task));
}

static void
place_cb (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  static const char * const arguments[] = { "config", "-z", "--name-only", "--list", NULL };
  g_autoptr(GTask) task = user_data;
  Asking *asking = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) output = sage_git_run_finish (result, &error);
  g_autofree char *text = NULL;
  g_auto(GStrv) lines = NULL;

  if (output == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  text = g_strndup (g_bytes_get_data (output, NULL), g_bytes_get_size (output));
  lines = g_strsplit (text, "\n", 3);
  if (g_strv_length (lines) < 2)
    {
      g_task_return_new_error (task, SAGE_ERROR, SAGE_ERROR_PROTOCOL, "git does not say where it is");
      return;
    }

  asking->git_dir = g_strdup (lines[0]);
  asking->prefix = g_strdup (lines[1]);
  sage_git_run_async (asking->folder, arguments, NULL, g_task_get_cancellable (task), filters_cb,
                      g_object_ref (task));
}

/**
 * sage_git_status_async:
 * @folder: a folder
 * @strip: (nullable): the command that takes outputs out of a notebook, for repositories with our filter
 * @cancellable: (nullable): ends it
 *
 * Asks git what is not as in the last commit.
 */
void
sage_git_status_async (GFile               *folder,
                       const char          *strip,
                       GCancellable        *cancellable,
                       GAsyncReadyCallback  callback,
                       gpointer             user_data)
{
  static const char * const arguments[] = { "rev-parse", "--absolute-git-dir", "--show-prefix", NULL };
  g_autoptr(GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Asking *asking = g_new0 (Asking, 1);

  g_return_if_fail (G_IS_FILE (folder));

  asking->folder = g_object_ref (folder);
  asking->strip = g_strdup (strip);
  g_task_set_source_tag (task, sage_git_status_async);
  g_task_set_task_data (task, asking, asking_free);
  sage_git_run_async (folder, arguments, NULL, cancellable, place_cb, g_steal_pointer (&task));
}

/**
 * sage_git_status_finish:
 *
 * Returns: (transfer full): what git says, or %NULL with @error set, as of sage_git_run_finish(), or
 *   %SAGE_ERROR_TOO_LARGE for a repository with very many filters
 */
SageGitStatus *
sage_git_status_finish (GAsyncResult  *result,
                        GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
