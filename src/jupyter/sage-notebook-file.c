/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-notebook-file"

#include "config.h"

#include <glib/gi18n.h>
#include <stdlib.h>
#include <string.h>

#include "sage-notebook-file-private.h"

enum
{
  PROP_IS_CHANGED_ELSEWHERE = 1,
  N_PROPERTIES,
};

enum
{
  CHANGED_ELSEWHERE,
  N_SIGNALS,
};

static GParamSpec *properties[N_PROPERTIES];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SageNotebookFile, sage_notebook_file, G_TYPE_OBJECT)

static void
sage_notebook_file_dispose (GObject *object)
{
  SageNotebookFile *self = SAGE_NOTEBOOK_FILE (object);

  sage_notebook_file_stop_watching (self);
  g_clear_object (&self->recovery);
  g_clear_object (&self->notebook);
  g_clear_object (&self->file);

  G_OBJECT_CLASS (sage_notebook_file_parent_class)->dispose (object);
}

static void
sage_notebook_file_finalize (GObject *object)
{
  SageNotebookFile *self = SAGE_NOTEBOOK_FILE (object);

  g_free (self->path);
  g_clear_pointer (&self->base, g_bytes_unref);
  g_clear_pointer (&self->seen, g_bytes_unref);

  G_OBJECT_CLASS (sage_notebook_file_parent_class)->finalize (object);
}

static void
sage_notebook_file_get_property (GObject    *object,
                                 guint       prop_id,
                                 GValue     *value,
                                 GParamSpec *pspec)
{
  SageNotebookFile *self = SAGE_NOTEBOOK_FILE (object);

  if (prop_id == PROP_IS_CHANGED_ELSEWHERE)
    g_value_set_boolean (value, self->is_changed_elsewhere);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
}

static void
sage_notebook_file_class_init (SageNotebookFileClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = sage_notebook_file_dispose;
  object_class->finalize = sage_notebook_file_finalize;
  object_class->get_property = sage_notebook_file_get_property;

  properties[PROP_IS_CHANGED_ELSEWHERE] =
    g_param_spec_boolean ("is-changed-elsewhere", NULL, NULL, FALSE,
                          G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);

  /**
   * SageNotebookFile::changed-elsewhere:
   *
   * Another program has written other content to the file than was last read or written here. See
   * sage_notebook_file_read_theirs_async().
   */
  signals[CHANGED_ELSEWHERE] =
    g_signal_new ("changed-elsewhere", SAGE_TYPE_NOTEBOOK_FILE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                  NULL, G_TYPE_NONE, 0);
}

static void
sage_notebook_file_init (SageNotebookFile *self)
{
}

/**
 * sage_notebook_file_new:
 * @file: (nullable): where it is or will be; %NULL for one that has no place yet
 *
 * A symbolic link is resolved now, as it is the user who chose it; what the path leads to then must be
 * a regular file and stay one.
 *
 * Returns: (transfer full): the file, without a notebook until it is loaded or set
 */
SageNotebookFile *
sage_notebook_file_new (GFile *file)
{
  SageNotebookFile *self = g_object_new (SAGE_TYPE_NOTEBOOK_FILE, NULL);

  if (file != NULL)
    sage_notebook_file_set_file (self, file);

  return self;
}

/**
 * sage_notebook_file_get_file:
 *
 * Returns: (transfer none) (nullable): where it is, as it was given
 */
GFile *
sage_notebook_file_get_file (SageNotebookFile *self)
{
  g_return_val_if_fail (SAGE_IS_NOTEBOOK_FILE (self), NULL);

  return self->file;
}

/**
 * sage_notebook_file_get_notebook:
 *
 * Returns: (transfer none) (nullable): the document
 */
SageNotebook *
sage_notebook_file_get_notebook (SageNotebookFile *self)
{
  g_return_val_if_fail (SAGE_IS_NOTEBOOK_FILE (self), NULL);

  return self->notebook;
}

/**
 * sage_notebook_file_get_base:
 *
 * Returns: (transfer none) (nullable): the content as last read or written: the base of a merge
 */
GBytes *
sage_notebook_file_get_base (SageNotebookFile *self)
{
  g_return_val_if_fail (SAGE_IS_NOTEBOOK_FILE (self), NULL);

  return self->base;
}

/**
 * sage_notebook_file_is_changed_elsewhere:
 *
 * Returns: whether the file has other content than was last read or written here
 */
gboolean
sage_notebook_file_is_changed_elsewhere (SageNotebookFile *self)
{
  g_return_val_if_fail (SAGE_IS_NOTEBOOK_FILE (self), FALSE);

  return self->is_changed_elsewhere;
}

/**
 * sage_notebook_file_discard_recovery:
 *
 * Removes the recovery copy: the user has said that the changes are not wanted.
 */
void
sage_notebook_file_discard_recovery (SageNotebookFile *self)
{
  g_return_if_fail (SAGE_IS_NOTEBOOK_FILE (self));

  if (self->recovery != NULL)
    sage_notebook_recovery_discard (self->recovery);
}

/* Notes whether the file has other content than was last read or written here. */
void
sage_notebook_file_set_changed (SageNotebookFile *self,
                                gboolean          is_changed)
{
  if (self->is_changed_elsewhere != is_changed)
    {
      self->is_changed_elsewhere = is_changed;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_IS_CHANGED_ELSEWHERE]);
    }
  if (is_changed)
    g_signal_emit (self, signals[CHANGED_ELSEWHERE], 0);
}

/* Notes what is on disk now. */
void
sage_notebook_file_take_base (SageNotebookFile *self,
                              GBytes           *bytes,
                              const SageStamp  *stamp)
{
  g_autofree char *digest = sage_hex (stamp->digest, sizeof stamp->digest);

  g_clear_pointer (&self->base, g_bytes_unref);
  self->base = g_bytes_ref (bytes);
  self->stamp = *stamp;
  if (self->recovery != NULL)
    sage_notebook_recovery_set_original (self->recovery, self->path, digest);
  sage_notebook_file_set_changed (self, FALSE);
  sage_notebook_file_watch (self);
}

/**
 * sage_notebook_file_set_notebook:
 * @notebook: the document: a new one, or one that was recovered
 */
void
sage_notebook_file_set_notebook (SageNotebookFile *self,
                                 SageNotebook     *notebook)
{
  g_return_if_fail (SAGE_IS_NOTEBOOK_FILE (self));
  g_return_if_fail (SAGE_IS_NOTEBOOK (notebook));

  if (!g_set_object (&self->notebook, notebook))
    return;

  g_clear_object (&self->recovery);
  self->recovery = sage_notebook_recovery_new (notebook);
  sage_notebook_recovery_set_original (self->recovery, self->path, NULL);
}

/* Returns: (transfer full) (nullable): the path of @file, without symbolic links */
static char *
resolve (GFile *file)
{
  g_autofree char *path = g_file_get_path (file);
  char *resolved = path != NULL ? realpath (path, NULL) : NULL;
  char *copy = g_strdup (resolved != NULL ? resolved : path);

  free (resolved);

  return copy;
}

/**
 * sage_notebook_file_set_file:
 * @file: a local file
 *
 * Where the notebook will be saved from now on. A file that is there already is not overwritten unless
 * the save says so.
 */
void
sage_notebook_file_set_file (SageNotebookFile *self,
                             GFile            *file)
{
  g_return_if_fail (SAGE_IS_NOTEBOOK_FILE (self));
  g_return_if_fail (G_IS_FILE (file));

  if (!g_set_object (&self->file, file))
    return;

  sage_notebook_file_stop_watching (self);
  g_free (self->path);
  self->path = resolve (file);
  self->stamp = (SageStamp) { 0 };
  g_clear_pointer (&self->base, g_bytes_unref);
  sage_notebook_file_set_changed (self, FALSE);
}

/**
 * sage_notebook_file_move:
 * @self: a file that is not being saved
 * @file: a local file
 *
 * Tells that the file has been moved to @file, with what is in it.
 */
void
sage_notebook_file_move (SageNotebookFile *self,
                         GFile            *file)
{
  g_autofree char *digest = NULL;

  g_return_if_fail (SAGE_IS_NOTEBOOK_FILE (self));
  g_return_if_fail (G_IS_FILE (file));

  sage_notebook_file_stop_watching (self);
  g_set_object (&self->file, file);
  g_free (self->path);
  self->path = resolve (file);
  digest = sage_notebook_file_get_digest (self);
  if (self->recovery != NULL)
    sage_notebook_recovery_set_original (self->recovery, self->path, digest);
  if (self->base != NULL && self->path != NULL)
    sage_notebook_file_watch (self);
}

/**
 * sage_notebook_file_is_saving:
 *
 * Returns: whether it is being written
 */
gboolean
sage_notebook_file_is_saving (SageNotebookFile *self)
{
  g_return_val_if_fail (SAGE_IS_NOTEBOOK_FILE (self), FALSE);

  return self->n_saving > 0;
}

/**
 * sage_notebook_file_settle:
 * @self: a file
 *
 * The notebook is not modified any more if it is what the file holds.
 */
void
sage_notebook_file_settle (SageNotebookFile *self)
{
  g_autoptr(GBytes) written = NULL;

  g_return_if_fail (SAGE_IS_NOTEBOOK_FILE (self));

  if (self->notebook == NULL || self->base == NULL || self->n_saving > 0)
    return;
  written = sage_notebook_serialise (self->notebook);
  if (!g_bytes_equal (written, self->base))
    return;

  sage_notebook_mark_saved (self->notebook);
  sage_notebook_recovery_discard (self->recovery);
}

/**
 * sage_notebook_file_take_theirs:
 * @merged: their notebook, or what a merge with it gave; it is empty afterwards
 *
 * The notebook becomes @merged, as one step that can be taken back, and what
 * sage_notebook_file_read_theirs_finish() read is what the next save replaces.
 */
void
sage_notebook_file_take_theirs (SageNotebookFile *self,
                                SageNotebook     *merged)
{
  g_autoptr(GBytes) seen = NULL;

  g_return_if_fail (SAGE_IS_NOTEBOOK_FILE (self));
  g_return_if_fail (SAGE_IS_NOTEBOOK (merged));
  g_return_if_fail (self->notebook != NULL && self->seen != NULL);

  sage_notebook_take_over (self->notebook, merged, _("Reload"));
  seen = g_steal_pointer (&self->seen);
  sage_notebook_file_take_base (self, seen, &self->seen_stamp);
  sage_notebook_file_settle (self);
}

/**
 * sage_notebook_file_get_digest:
 *
 * Returns: (transfer full) (nullable): SHA-256 of the content as last read or written, in hexadecimal,
 *   to be compared with a recovered notebook's
 */
char *
sage_notebook_file_get_digest (SageNotebookFile *self)
{
  g_return_val_if_fail (SAGE_IS_NOTEBOOK_FILE (self), NULL);

  return self->stamp.exists ? sage_hex (self->stamp.digest, sizeof self->stamp.digest) : NULL;
}
