/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-compare-source"

#include "config.h"

#include <glib/gi18n.h>

#include "sage-compare-source.h"
#include "sage-error.h"
#include "sage-file-replace.h"
#include "sage-git-read.h"
#include "sage-words.h"

/* A version that is being read. Owned by its task. */
typedef struct
{
  GFile                 *file;  /* (owned) */
  GBytes                *bytes; /* (owned) (nullable): what it holds, once that is known */
  const SageCompareForm *form;
} Reading;

static void
reading_free (gpointer data)
{
  Reading *reading = data;

  g_object_unref (reading->file);
  g_clear_pointer (&reading->bytes, g_bytes_unref);
  g_free (reading);
}

/* What stands on the disk may be anything, of any size. */
static GBytes *
read_disk (GFile                  *file,
           const SageCompareForm  *form,
           GError                **error)
{
  char digest[SAGE_SHA256_HEX];
  const char *path = g_file_peek_path (file);

  if (path != NULL)
    return sage_file_read_marked (path, form->max_bytes, digest, error);

  sage_throw (error, SAGE_ERROR_UNSUPPORTED, "It is not a file of this machine");

  return NULL;
}

static void
read_thread (GTask        *task,
             gpointer      source,
             gpointer      task_data,
             GCancellable *cancellable)
{
  Reading *reading = task_data;
  GError *error = NULL;
  gpointer version;

  if (reading->bytes == NULL)
    reading->bytes = read_disk (reading->file, reading->form, &error);
  else if (g_bytes_get_size (reading->bytes) > reading->form->max_bytes)
    {
      g_task_return_new_error (task, SAGE_ERROR, SAGE_ERROR_TOO_LARGE, "'%s' is larger than allowed",
                               g_file_peek_path (reading->file));
      return;
    }

  version = reading->bytes != NULL ? reading->form->parse (reading->bytes, &error) : NULL;
  if (version != NULL)
    g_task_return_pointer (task, version, reading->form->free_func);
  else
    g_task_return_error (task, error);
}

static void
head_cb (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Reading *reading = g_task_get_task_data (task);
  GError *error = NULL;

  reading->bytes = sage_git_read_finish (result, &error);
  if (reading->bytes != NULL)
    g_task_run_in_thread (task, read_thread);
  else
    g_task_return_error (task, error);
}

/**
 * sage_compare_source_read_async:
 * @file: a file
 * @side: which version of it
 * @form: (scope forever): as what to read it
 *
 * Reads another version of a file than the one that is edited, on a thread.
 */
void
sage_compare_source_read_async (GFile                 *file,
                                SageCompareSide        side,
                                const SageCompareForm *form,
                                GCancellable          *cancellable,
                                GAsyncReadyCallback    callback,
                                gpointer               user_data)
{
  g_autoptr(GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Reading *reading = g_new0 (Reading, 1);

  g_return_if_fail (G_IS_FILE (file));

  reading->file = g_object_ref (file);
  reading->form = form;
  g_task_set_source_tag (task, sage_compare_source_read_async);
  g_task_set_task_data (task, reading, reading_free);
  if (side == SAGE_COMPARE_HEAD)
    sage_git_read_async (file, cancellable, head_cb, g_steal_pointer (&task));
  else
    g_task_run_in_thread (task, read_thread);
}

/**
 * sage_compare_source_read_finish:
 *
 * Returns: (transfer full): what the form made of it, or %NULL: with what it failed with, with
 *   %SAGE_ERROR_TOO_LARGE, with %SAGE_ERROR_INVALID for what is no regular file, or as
 *   sage_git_read_finish()
 */
gpointer
sage_compare_source_read_finish (GAsyncResult  *result,
                                 GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * sage_compare_source_explain:
 *
 * Returns: (transfer full): why there is no such version, and what to do
 */
char *
sage_compare_source_explain (SageCompareSide  side,
                             const GError    *error)
{
  if (side == SAGE_COMPARE_HEAD)
    {
      if (g_error_matches (error, SAGE_ERROR, SAGE_ERROR_UNSUPPORTED))
        return g_strdup (_("git is not installed"));
      if (g_error_matches (error, SAGE_ERROR, SAGE_ERROR_NOT_FOUND))
        return g_strdup (_("The last commit does not have this file. Add and commit it first."));
      if (g_error_matches (error, SAGE_ERROR, SAGE_ERROR_CONFLICT))
        /* Translators: what git says, in English */
        return g_strdup_printf (_("The file is in no git repository, or in one that git refuses: %s"),
                                error->message);
    }
  else if (g_error_matches (error, SAGE_ERROR, SAGE_ERROR_NOT_FOUND))
    return g_strdup (_("There is no such file"));

  return sage_words_error (error);
}
