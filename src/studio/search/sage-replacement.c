/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-replacement"

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "sage-error.h"
#include "sage-file-replace.h"
#include "sage-replacement-private.h"

struct _SageReplacement
{
  GObject            parent_instance;

  SageSearchPattern *pattern;     /* (owned) */
  char              *replacement; /* (owned) */
  GPtrArray         *files;       /* (owned): of SageReplacedFile */
  int                keep;        /* what the files held, one after the other; -1: not open */
  goffset            kept;        /* bytes in it */
};

G_DEFINE_FINAL_TYPE (SageReplacement, sage_replacement, G_TYPE_OBJECT)

static void
replaced_file_free (gpointer data)
{
  SageReplacedFile *file = data;

  g_object_unref (file->file);
  g_free (file->relative);
  g_array_unref (file->places);
  g_clear_pointer (&file->edits, g_array_unref);
  g_clear_error (&file->error);
  g_free (file);
}

/* --- What can be taken back ------------------------------------------------------------------- */

/* Opens a file that has no name: nothing is left of it, however the program ends. */
static gboolean
open_keep (SageReplacement  *self,
           GError          **error)
{
  g_autofree char *path = g_build_filename (g_get_user_cache_dir (), "sagebrush-XXXXXX", NULL);

  g_mkdir_with_parents (g_get_user_cache_dir (), 0700);
  self->keep = g_mkstemp_full (path, O_RDWR | O_CLOEXEC, 0600);
  if (self->keep < 0)
    return sage_throw_errno (error, "Cannot keep what would be replaced");
  g_unlink (path);

  return TRUE;
}

/* Keeps what a file holds before it is replaced. */
static gboolean
keep_bytes (SageReplacement   *self,
            SageReplacedFile  *file,
            GBytes            *bytes,
            GError           **error)
{
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);
  gsize at = 0;

  if (self->keep < 0 && !open_keep (self, error))
    return FALSE;

  file->kept_at = self->kept;
  file->kept = size;
  while (at < size)
    {
      ssize_t n = pwrite (self->keep, data + at, size - at, self->kept + (goffset) at);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return sage_throw_errno (error, "Cannot keep what would be replaced");
      at += (gsize) n;
    }
  self->kept += (goffset) size;

  return TRUE;
}

/* Returns: (transfer full) (nullable): what a file held */
static char *
read_kept (SageReplacement  *self,
           SageReplacedFile *file)
{
  g_autofree char *data = g_malloc (file->kept + 1);
  gsize at = 0;

  while (at < file->kept)
    {
      ssize_t n = pread (self->keep, data + at, file->kept - at, file->kept_at + (goffset) at);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return NULL;
      at += (gsize) n;
    }

  return g_steal_pointer (&data);
}

/* --- Files on the disk ------------------------------------------------------------------------ */

static gboolean
replace_on_disk (SageReplacement   *self,
                 SageReplacedFile  *file,
                 GError           **error)
{
  const char *path = g_file_peek_path (file->file);
  g_autoptr(SageSearchContent) content = sage_search_content_read (path, NULL, error);
  char digest[SAGE_SHA256_HEX];
  g_autoptr(GBytes) before = NULL;
  g_autoptr(GBytes) after = NULL;
  g_autoptr(GArray) edits = NULL;

  if (content == NULL)
    return FALSE;
  sage_search_content_digest (content, digest);
  if (!g_str_equal (digest, file->digest))
    return sage_throw (error, SAGE_ERROR_CONFLICT, "'%s' has been changed since the search", path);

  before = g_bytes_ref (content->bytes);
  edits = sage_search_edits_make (content, self->pattern, self->replacement, file->places, error);
  if (edits == NULL || !keep_bytes (self, file, before, error))
    return FALSE;
  after = sage_search_edits_apply (edits, content);

  return sage_file_replace (path, g_bytes_get_data (after, NULL), g_bytes_get_size (after), digest,
                            file->digest, error);
}

static void
make_thread (GTask        *task,
             gpointer      source,
             gpointer      data,
             GCancellable *cancellable)
{
  SageReplacement *self = data;

  for (guint i = 0; i < self->files->len; i++)
    {
      SageReplacedFile *file = self->files->pdata[i];

      if (!file->is_done && file->error == NULL)
        file->is_done = replace_on_disk (self, file, &file->error);
    }
  g_task_return_pointer (task, g_object_ref (self), g_object_unref);
}

/* --- Replacing -------------------------------------------------------------------------------- */

/* Returns: (transfer full) (nullable): what is to be done in @found; %NULL if that is nothing */
static SageReplacedFile *
collect (SageSearchFile *found)
{
  SageReplacedFile *file;
  guint n = g_list_model_get_n_items (G_LIST_MODEL (found->matches));
  g_autoptr(GArray) places = g_array_new (FALSE, FALSE, sizeof (SageSearchPlace));

  for (guint i = 0; i < n; i++)
    {
      g_autoptr(SageSearchMatch) match = g_list_model_get_item (G_LIST_MODEL (found->matches), i);
      SageSearchPlace place = { match->cell, match->start, match->end };

      if (match->chosen)
        g_array_append_val (places, place);
    }
  if (places->len == 0)
    return NULL;

  file = g_new0 (SageReplacedFile, 1);
  file->file = g_object_ref (found->file);
  file->relative = g_strdup (found->relative);
  file->places = g_steal_pointer (&places);
  memcpy (file->digest, found->digest, sizeof file->digest);

  return file;
}

/**
 * sage_replacement_make_async:
 * @files: of #SageSearchFile: where it was found; what is chosen there is replaced
 * @pattern: what was found
 * @replacement: what takes its place
 *
 * Replaces. A file that has been changed since it was searched is left as it is.
 */
void
sage_replacement_make_async (GListModel          *files,
                             SageSearchPattern   *pattern,
                             const char          *replacement,
                             GAsyncReadyCallback  callback,
                             gpointer             user_data)
{
  SageReplacement *self = g_object_new (SAGE_TYPE_REPLACEMENT, NULL);
  g_autoptr(GTask) task = g_task_new (NULL, NULL, callback, user_data);
  guint n = g_list_model_get_n_items (files);

  self->pattern = sage_search_pattern_ref (pattern);
  self->replacement = g_strdup (replacement);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr(SageSearchFile) found = g_list_model_get_item (files, i);
      SageReplacedFile *file = collect (found);

      if (file == NULL)
        continue;
      g_ptr_array_add (self->files, file);
      if (sage_replacement_is_open (file))
        sage_replacement_edit_open (file, pattern, replacement);
    }
  g_task_set_task_data (task, self, g_object_unref);
  g_task_run_in_thread (task, make_thread);
}

/**
 * sage_replacement_make_finish:
 *
 * Returns: (transfer full): what was replaced, and what was not
 */
SageReplacement *
sage_replacement_make_finish (GAsyncResult *result)
{
  return g_task_propagate_pointer (G_TASK (result), NULL);
}

/* How many matches were replaced. */
guint
sage_replacement_get_n_matches (SageReplacement *self)
{
  guint n = 0;

  g_return_val_if_fail (SAGE_IS_REPLACEMENT (self), 0);

  for (guint i = 0; i < self->files->len; i++)
    {
      const SageReplacedFile *file = self->files->pdata[i];

      n += file->is_done ? file->places->len : 0;
    }

  return n;
}

/* In how many files. */
guint
sage_replacement_get_n_files (SageReplacement *self)
{
  guint n = 0;

  g_return_val_if_fail (SAGE_IS_REPLACEMENT (self), 0);

  for (guint i = 0; i < self->files->len; i++)
    n += ((SageReplacedFile *) self->files->pdata[i])->is_done;

  return n;
}

/**
 * sage_replacement_get_n_left:
 * @self: what was replaced
 * @name: (out) (transfer none) (nullable): the first file that was left as it is
 * @error: (out) (transfer none) (nullable): why
 *
 * Returns: how many files were
 */
guint
sage_replacement_get_n_left (SageReplacement  *self,
                             const char      **name,
                             const GError    **error)
{
  guint n = 0;

  g_return_val_if_fail (SAGE_IS_REPLACEMENT (self), 0);

  for (guint i = 0; i < self->files->len; i++)
    {
      const SageReplacedFile *file = self->files->pdata[i];

      if (file->is_done)
        continue;
      if (n++ == 0)
        {
          *name = file->relative;
          *error = file->error;
        }
    }

  return n;
}

/* --- Taking it back --------------------------------------------------------------------------- */

static gboolean
undo_on_disk (SageReplacement  *self,
              SageReplacedFile *file)
{
  g_autofree char *data = read_kept (self, file);
  g_autoptr(GError) error = NULL;
  char digest[SAGE_SHA256_HEX];

  if (data != NULL && sage_file_replace (g_file_peek_path (file->file), data, file->kept, file->digest,
                                         digest, &error))
    return TRUE;
  if (error != NULL)
    g_debug ("%s", error->message);

  return FALSE;
}

static void
undo_thread (GTask        *task,
             gpointer      source,
             gpointer      data,
             GCancellable *cancellable)
{
  SageReplacement *self = source;
  guint left = GPOINTER_TO_UINT (data);

  for (guint i = 0; i < self->files->len; i++)
    {
      SageReplacedFile *file = self->files->pdata[i];

      if (file->is_done && file->edits == NULL)
        left += !undo_on_disk (self, file);
    }
  g_task_return_int (task, left);
}

/**
 * sage_replacement_undo_async:
 * @self: what was replaced
 *
 * Brings back what was there before, except in files that have been changed since.
 */
void
sage_replacement_undo_async (SageReplacement     *self,
                             GAsyncReadyCallback  callback,
                             gpointer             user_data)
{
  g_autoptr(GTask) task = NULL;
  guint left = 0;

  g_return_if_fail (SAGE_IS_REPLACEMENT (self));

  for (guint i = 0; i < self->files->len; i++)
    {
      SageReplacedFile *file = self->files->pdata[i];

      if (file->is_done && file->edits != NULL)
        left += !sage_replacement_undo_open (file);
    }
  task = g_task_new (self, NULL, callback, user_data);
  g_task_set_task_data (task, GUINT_TO_POINTER (left), NULL);
  g_task_run_in_thread (task, undo_thread);
}

/* Returns: how many files have been changed since, and stay as they are */
guint
sage_replacement_undo_finish (SageReplacement *self,
                              GAsyncResult    *result)
{
  g_return_val_if_fail (g_task_is_valid (result, self), 0);

  return (guint) g_task_propagate_int (G_TASK (result), NULL);
}

/* --- The object ------------------------------------------------------------------------------- */

static void
sage_replacement_finalize (GObject *object)
{
  SageReplacement *self = SAGE_REPLACEMENT (object);

  if (self->keep >= 0)
    close (self->keep);
  g_ptr_array_unref (self->files);
  g_free (self->replacement);
  g_clear_pointer (&self->pattern, sage_search_pattern_unref);

  G_OBJECT_CLASS (sage_replacement_parent_class)->finalize (object);
}

static void
sage_replacement_class_init (SageReplacementClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sage_replacement_finalize;
}

static void
sage_replacement_init (SageReplacement *self)
{
  self->files = g_ptr_array_new_with_free_func (replaced_file_free);
  self->keep = -1;
}
