/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-git-strip"

#include "config.h"

#include "sage-error.h"
#include "sage-git-attributes-private.h"
#include "sage-git-status.h"
#include "sage-git-strip.h"
#include "sage-git.h"

#define SECTION "filter." SAGE_GIT_FILTER
#define MAX_WORDS 6

/* What git is told, one after the other, once it is known where the repository is. Owned by its task. */
typedef struct
{
  GFile      *folder;   /* (owned) */
  char       *command;  /* (owned) (nullable): of the filter; %NULL: it goes */
  char       *root;     /* (owned) (nullable): of the repository */
  const char *steps[4][MAX_WORDS];
  guint       n_steps;
  guint       step;
} Setting;

static void
setting_free (gpointer data)
{
  Setting *setting = data;

  g_object_unref (setting->folder);
  g_free (setting->command);
  g_free (setting->root);
  g_free (setting);
}

/* Takes the root of the repository from what git wrote. */
static gboolean
take_root (Setting       *setting,
           GAsyncResult  *result,
           GError       **error)
{
  g_autoptr(GError) own_error = NULL;
  g_autoptr(GBytes) output = sage_git_run_finish (result, &own_error);
  gsize length;
  const char *text;

  if (output == NULL)
    {
      if (g_error_matches (own_error, SAGE_ERROR, SAGE_ERROR_FAILED))
        return sage_throw (error, SAGE_ERROR_CONFLICT, "No repository: %s", own_error->message);
      g_propagate_error (error, g_steal_pointer (&own_error));
      return FALSE;
    }

  text = g_bytes_get_data (output, &length);
  if (length < 2 || text[length - 1] != '\n')
    return sage_throw (error, SAGE_ERROR_PROTOCOL, "git does not say where the repository is");
  setting->root = g_strndup (text, length - 1);

  return TRUE;
}

static GTask *
begin (GFile               *folder,
       const char          *command,
       GCancellable        *cancellable,
       GAsyncReadyCallback  callback,
       gpointer             user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  Setting *setting = g_new0 (Setting, 1);

  setting->folder = g_object_ref (folder);
  setting->command = g_strdup (command);
  g_task_set_task_data (task, setting, setting_free);

  return task;
}

static void
ask_root (GTask               *task,
          GAsyncReadyCallback  callback)
{
  static const char * const arguments[] = { "rev-parse", "--show-toplevel", NULL };
  Setting *setting = g_task_get_task_data (task);

  sage_git_run_async (setting->folder, arguments, NULL, g_task_get_cancellable (task), callback, task);
}

/* --- Whether it is on ------------------------------------------------------------------------- */

static void
configured_cb (GObject      *object,
               GAsyncResult *result,
               gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Setting *setting = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) output = sage_git_run_finish (result, &error);
  gboolean has = FALSE;

  /* git fails where there is no such setting */
  if (output == NULL && !g_error_matches (error, SAGE_ERROR, SAGE_ERROR_FAILED))
    g_task_return_error (task, g_steal_pointer (&error));
  else if (output == NULL)
    g_task_return_int (task, FALSE);
  else if (sage_git_attributes_has (setting->root, &has, &error))
    g_task_return_int (task, has);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void
query_root_cb (GObject      *object,
               GAsyncResult *result,
               gpointer      user_data)
{
  static const char * const arguments[] = { "config", "--local", "--get", SECTION ".clean", NULL };
  g_autoptr(GTask) task = user_data;
  Setting *setting = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;

  if (!take_root (setting, result, &error))
    g_task_return_error (task, g_steal_pointer (&error));
  else
    sage_git_run_async (setting->folder, arguments, NULL, g_task_get_cancellable (task), configured_cb,
                        g_object_ref (task));
}

/**
 * sage_git_strip_query_async:
 * @folder: a folder in a repository
 *
 * Finds out whether its commits are without outputs.
 */
void
sage_git_strip_query_async (GFile               *folder,
                            GCancellable        *cancellable,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  g_return_if_fail (G_IS_FILE (folder));

  ask_root (begin (folder, NULL, cancellable, callback, user_data), query_root_cb);
}

/**
 * sage_git_strip_query_finish:
 * @is_on: (out): whether they are
 *
 * Returns: whether that is known; else %SAGE_ERROR_UNSUPPORTED where there is no git,
 *   %SAGE_ERROR_CONFLICT where the folder is in no repository or in one that git refuses
 */
gboolean
sage_git_strip_query_finish (GAsyncResult  *result,
                             gboolean      *is_on,
                             GError       **error)
{
  gssize answer;

  g_return_val_if_fail (g_task_is_valid (result, NULL), FALSE);

  answer = g_task_propagate_int (G_TASK (result), error);
  *is_on = answer == TRUE;

  return answer >= 0;
}

/* --- Switching it ----------------------------------------------------------------------------- */

static void step_cb (GObject      *object,
                     GAsyncResult *result,
                     gpointer      user_data);

static void
run_step (GTask *task)
{
  Setting *setting = g_task_get_task_data (task);

  sage_git_run_async (setting->folder, setting->steps[setting->step], NULL,
                      g_task_get_cancellable (task), step_cb, g_object_ref (task));
}

static void
step_cb (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Setting *setting = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) output = sage_git_run_finish (result, &error);

  /* There may be nothing to remove. */
  if (output == NULL && (setting->command != NULL || !g_error_matches (error, SAGE_ERROR, SAGE_ERROR_FAILED)))
    g_task_return_error (task, g_steal_pointer (&error));
  else if (++setting->step < setting->n_steps)
    run_step (task);
  else if (sage_git_attributes_set (setting->root, setting->command != NULL, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void
add_step (Setting    *setting,
          const char *option,
          const char *name,
          const char *value)
{
  const char **step = setting->steps[setting->n_steps++];

  step[0] = "config";
  step[1] = "--local";
  step[2] = option;
  step[3] = name;
  step[4] = value;
}

static void
set_root_cb (GObject      *object,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Setting *setting = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;

  if (!take_root (setting, result, &error))
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  if (setting->command != NULL)
    {
      add_step (setting, "--replace-all", SECTION ".clean", setting->command);
      add_step (setting, "--replace-all", SECTION ".smudge", "cat");
      add_step (setting, "--replace-all", SECTION ".required", "true");
    }
  else
    add_step (setting, "--remove-section", SECTION, NULL);
  run_step (task);
}

/**
 * sage_git_strip_set_async:
 * @folder: a folder in a repository
 * @command: (nullable): the shell command that takes outputs out of a notebook; %NULL switches it off
 *
 * Has what is committed be without outputs from now on, or with them again. A notebook that cannot be
 * read cannot be added then; the files stay as they are in any case.
 */
void
sage_git_strip_set_async (GFile               *folder,
                          const char          *command,
                          GCancellable        *cancellable,
                          GAsyncReadyCallback  callback,
                          gpointer             user_data)
{
  g_return_if_fail (G_IS_FILE (folder));

  ask_root (begin (folder, command, cancellable, callback, user_data), set_root_cb);
}

/**
 * sage_git_strip_set_finish:
 *
 * Returns: whether it is so now; else errors as of sage_git_strip_query_finish(), or of the files
 */
gboolean
sage_git_strip_set_finish (GAsyncResult  *result,
                           GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
