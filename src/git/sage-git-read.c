/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-git-read"

#include "config.h"

#include "sage-error.h"
#include "sage-git-read.h"
#include "sage-git.h"

static void
blob_cb (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  GFile *file = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;
  GBytes *bytes = sage_git_run_finish (result, &error);

  if (bytes != NULL)
    g_task_return_pointer (task, bytes, (GDestroyNotify) g_bytes_unref);
  else if (g_error_matches (error, SAGE_ERROR, SAGE_ERROR_FAILED))
    g_task_return_new_error (task, SAGE_ERROR, SAGE_ERROR_NOT_FOUND,
                             "The last commit does not have '%s': %s", g_file_peek_path (file),
                             error->message);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void
repository_cb (GObject      *object,
               GAsyncResult *result,
               gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  GFile *file = g_task_get_task_data (task);
  g_autoptr(GFile) folder = g_file_get_parent (file);
  g_autofree char *name = g_file_get_basename (file);
  g_autofree char *object_name = g_strconcat ("HEAD:./", name, NULL);
  const char * const arguments[] = { "cat-file", "blob", object_name, NULL };
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) answer = sage_git_run_finish (result, &error);

  if (answer == NULL)
    {
      if (g_error_matches (error, SAGE_ERROR, SAGE_ERROR_FAILED))
        g_task_return_new_error (task, SAGE_ERROR, SAGE_ERROR_CONFLICT, "No repository: %s",
                                 error->message);
      else
        g_task_return_error (task, g_steal_pointer (&error));
      return;
    }

  /* The object itself: no filter, textconv or external program has a say in it. */
  sage_git_run_async (folder, arguments, NULL, g_task_get_cancellable (task), blob_cb,
                      g_object_ref (task));
}

/**
 * sage_git_read_async:
 * @file: a file
 * @cancellable: (nullable): ends it
 *
 * Reads what the last commit has of @file.
 */
void
sage_git_read_async (GFile               *file,
                     GCancellable        *cancellable,
                     GAsyncReadyCallback  callback,
                     gpointer             user_data)
{
  static const char * const arguments[] = { "rev-parse", "--git-dir", NULL };
  g_autoptr(GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  g_autoptr(GFile) folder = NULL;

  g_return_if_fail (G_IS_FILE (file));

  folder = g_file_get_parent (file);
  g_return_if_fail (folder != NULL);

  g_task_set_source_tag (task, sage_git_read_async);
  g_task_set_task_data (task, g_object_ref (file), g_object_unref);
  sage_git_run_async (folder, arguments, NULL, cancellable, repository_cb, g_steal_pointer (&task));
}

/**
 * sage_git_read_finish:
 *
 * Returns: (transfer full): the bytes of the file in the last commit, or %NULL:
 *   %SAGE_ERROR_UNSUPPORTED where there is no git, %SAGE_ERROR_CONFLICT where the file is in no
 *   repository or in one that git refuses, %SAGE_ERROR_NOT_FOUND where the commit does not have it
 */
GBytes *
sage_git_read_finish (GAsyncResult  *result,
                      GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
