/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-git-marks"

#include "config.h"

#include "sage-git-marks.h"

#define CALM_MS 300 /* after a change, in which more of them come */
#define SHARE 10    /* of the time git takes at most one part in so many is spent on it */
#define NONE_US (G_USEC_PER_SEC / 2) /* a folder that is in no repository is asked about this seldom */

struct _SageGitMarks
{
  GObject        parent_instance;

  GFile         *folder;      /* (owned) */
  char          *strip;       /* (owned) (nullable): the command that takes outputs out */
  SageGitStatus *status;      /* (owned) (nullable) */
  GFileMonitor  *repository;  /* (owned) (nullable) */
  GCancellable  *cancellable; /* (owned) */
  guint          later;       /* source */
  gint64         started;     /* when git was asked last */
  gint64         took;        /* how long it took then */
  gboolean       is_asking;
  gboolean       is_stale;    /* something changed while git was asked */
};

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SageGitMarks, sage_git_marks, G_TYPE_OBJECT)

/* A commit, an addition and a checkout all write the index, which is beside HEAD. */
static void
watch_repository (SageGitMarks *self)
{
  g_autoptr(GFile) folder = NULL;

  if (self->repository != NULL || sage_git_status_get_git_dir (self->status) == NULL)
    return;

  folder = g_file_new_for_path (sage_git_status_get_git_dir (self->status));
  self->repository = sage_git_marks_watch (self, folder);
}

static void
status_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(SageGitMarks) self = user_data;
  g_autoptr(GError) error = NULL;
  SageGitStatus *status = sage_git_status_finish (result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  self->is_asking = FALSE;
  self->took = g_get_monotonic_time () - self->started;
  if (status == NULL)
    {
      g_debug ("No marks: %s", error->message);
      self->took = MAX (self->took, NONE_US);
    }
  if (status != NULL || self->status != NULL)
    {
      g_clear_pointer (&self->status, sage_git_status_free);
      self->status = status;
      if (status != NULL)
        watch_repository (self);
      g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
    }
  if (self->is_stale)
    sage_git_marks_refresh (self);
}

static void
ask_cb (gpointer user_data)
{
  SageGitMarks *self = user_data;

  self->later = 0;
  self->is_stale = FALSE;
  self->is_asking = TRUE;
  self->started = g_get_monotonic_time ();
  sage_git_status_async (self->folder, self->strip, self->cancellable, status_cb, g_object_ref (self));
}

/**
 * sage_git_marks_refresh:
 *
 * Something may have changed: git is asked in a while, once for all that changes until then, and the
 * more seldom the longer it takes.
 */
void
sage_git_marks_refresh (SageGitMarks *self)
{
  g_return_if_fail (SAGE_IS_GIT_MARKS (self));

  if (self->is_asking)
    self->is_stale = TRUE;
  else if (self->later == 0)
    self->later = g_timeout_add_once ((guint) (CALM_MS + self->took * SHARE / 1000), ask_cb, self);
}

/**
 * sage_git_marks_watch:
 * @folder: a folder of which changes are to be noticed
 *
 * Returns: (transfer full) (nullable): what watches it, as long as it is kept
 */
GFileMonitor *
sage_git_marks_watch (SageGitMarks *self,
                      GFile        *folder)
{
  GFileMonitor *monitor;

  g_return_val_if_fail (SAGE_IS_GIT_MARKS (self), NULL);

  monitor = g_file_monitor_directory (folder, G_FILE_MONITOR_WATCH_MOVES, NULL, NULL);
  if (monitor != NULL)
    g_signal_connect_object (monitor, "changed", G_CALLBACK (sage_git_marks_refresh), self,
                             G_CONNECT_SWAPPED);

  return monitor;
}

/**
 * sage_git_marks_get:
 * @file: a file in the folder
 *
 * Returns: what git says of it
 */
SageGitMark
sage_git_marks_get (SageGitMarks *self,
                    GFile        *file)
{
  g_autofree char *path = NULL;

  g_return_val_if_fail (SAGE_IS_GIT_MARKS (self), SAGE_GIT_UNCHANGED);
  g_return_val_if_fail (G_IS_FILE (file), SAGE_GIT_UNCHANGED);

  path = g_file_get_relative_path (self->folder, file);

  return self->status != NULL && path != NULL ? sage_git_status_get (self->status, path)
                                              : SAGE_GIT_UNCHANGED;
}

static void
sage_git_marks_dispose (GObject *object)
{
  SageGitMarks *self = SAGE_GIT_MARKS (object);

  g_clear_handle_id (&self->later, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->repository);
  g_clear_pointer (&self->status, sage_git_status_free);
  g_clear_object (&self->folder);

  G_OBJECT_CLASS (sage_git_marks_parent_class)->dispose (object);
}

static void
sage_git_marks_finalize (GObject *object)
{
  g_free (SAGE_GIT_MARKS (object)->strip);

  G_OBJECT_CLASS (sage_git_marks_parent_class)->finalize (object);
}

static void
sage_git_marks_class_init (SageGitMarksClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sage_git_marks_dispose;
  G_OBJECT_CLASS (klass)->finalize = sage_git_marks_finalize;

  signals[SIGNAL_CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                          NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
sage_git_marks_init (SageGitMarks *self)
{
  self->cancellable = g_cancellable_new ();
}

/**
 * sage_git_marks_new:
 * @folder: a folder, in a repository or not
 * @strip: (nullable): the command of our filter, see sage_git_status_async()
 *
 * Returns: (transfer full): its marks; there are none until git has answered
 */
SageGitMarks *
sage_git_marks_new (GFile      *folder,
                    const char *strip)
{
  SageGitMarks *self = g_object_new (SAGE_TYPE_GIT_MARKS, NULL);

  self->folder = g_object_ref (folder);
  self->strip = g_strdup (strip);
  sage_git_marks_refresh (self);

  return self;
}
