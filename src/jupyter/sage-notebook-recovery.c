/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-notebook-recovery"

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "sage-error.h"
#include "sage-file.h"
#include "sage-json.h"
#include "sage-notebook-pieces-private.h"
#include "sage-notebook-private.h"
#include "sage-notebook-recovery.h"

/*
 * A copy is a line of JSON, which tells what it is a copy of, and the notebook's bytes. Beside it
 * stands a lock file that the process holds: a copy whose lock nobody holds was left by one that died.
 */

/* A change is in the copy 5 seconds later: these and the time that writing takes. */
#define DELAY_MS 3000

#define COPY_SUFFIX ".notebook"
#define LOCK_SUFFIX ".lock"

struct _SageNotebookRecovery
{
  GObject       parent_instance;

  SageNotebook *notebook;   /* (owned) */
  char         *path;       /* (owned) (nullable) */
  char         *digest;     /* (owned) (nullable) */
  char         *copy;       /* (owned) */
  char         *lock;       /* (owned) */
  int           lock_fd;    /* -1 until something is written */
  guint         timeout_id;
  gboolean      is_writing;
  gboolean      is_stale;   /* it changed while it was being written */
  guint         n_discarded; /* a copy that was begun before is not wanted */
};

G_DEFINE_FINAL_TYPE (SageNotebookRecovery, sage_notebook_recovery, G_TYPE_OBJECT)

static char *
get_folder (void)
{
  return g_build_filename (g_get_user_state_dir (), "sagebrush", "recovery", NULL);
}

static void
remove_files (SageNotebookRecovery *self)
{
  if (self->lock_fd < 0)
    return;

  unlink (self->copy);
  unlink (self->lock);
  close (self->lock_fd);
  self->lock_fd = -1;
}

static void
sage_notebook_recovery_dispose (GObject *object)
{
  SageNotebookRecovery *self = SAGE_NOTEBOOK_RECOVERY (object);

  g_clear_handle_id (&self->timeout_id, g_source_remove);
  if (self->notebook != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->notebook, self);
      if (!sage_notebook_is_modified (self->notebook))
        remove_files (self);
    }
  g_clear_object (&self->notebook);

  G_OBJECT_CLASS (sage_notebook_recovery_parent_class)->dispose (object);
}

static void
sage_notebook_recovery_finalize (GObject *object)
{
  SageNotebookRecovery *self = SAGE_NOTEBOOK_RECOVERY (object);

  if (self->lock_fd >= 0)
    close (self->lock_fd); /* the copy stays and is anybody's */
  g_free (self->path);
  g_free (self->digest);
  g_free (self->copy);
  g_free (self->lock);

  G_OBJECT_CLASS (sage_notebook_recovery_parent_class)->finalize (object);
}

static void
sage_notebook_recovery_class_init (SageNotebookRecoveryClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = sage_notebook_recovery_dispose;
  object_class->finalize = sage_notebook_recovery_finalize;
}

static void
sage_notebook_recovery_init (SageNotebookRecovery *self)
{
  g_autofree char *folder = get_folder ();
  g_autofree char *id = g_uuid_string_random ();

  self->copy = g_strdup_printf ("%s/%s" COPY_SUFFIX, folder, id);
  self->lock = g_strdup_printf ("%s/%s" LOCK_SUFFIX, folder, id);
  self->lock_fd = -1;
}

static gboolean
take_lock (SageNotebookRecovery  *self,
           GError               **error)
{
  g_autofree char *folder = get_folder ();

  if (self->lock_fd >= 0)
    return TRUE;
  if (!sage_dir_make (folder, 0700, error))
    return FALSE;

  self->lock_fd = open (self->lock, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (self->lock_fd < 0 || flock (self->lock_fd, LOCK_EX | LOCK_NB) != 0)
    return sage_throw_errno (error, "Cannot lock '%s'", self->lock);

  return TRUE;
}

/* Returns: (transfer full): what the copy is a copy of */
static char *
compose_line (SageNotebookRecovery *self)
{
  g_autoptr(JsonObject) facts = json_object_new ();

  if (self->path != NULL)
    {
      g_autofree char *escaped = g_uri_escape_bytes ((const guint8 *) self->path,
                                                     strlen (self->path), "/");

      json_object_set_string_member (facts, "path", escaped); /* a path need not be UTF-8 */
    }
  if (self->digest != NULL)
    json_object_set_string_member (facts, "sha256", self->digest);
  json_object_set_int_member (facts, "written", g_get_real_time ());

  return sage_json_object_to_string (facts);
}

typedef struct
{
  char               *path;
  char               *line;
  SageNotebookPieces *pieces;
  guint               n_discarded;
} Copy;

static void
copy_free (gpointer data)
{
  Copy *copy = data;

  g_free (copy->path);
  g_free (copy->line);
  sage_notebook_pieces_free (copy->pieces);
  g_free (copy);
}

static void
write_thread (GTask        *task,
              gpointer      source,
              gpointer      data,
              GCancellable *cancellable)
{
  Copy *copy = data;
  GError *error = NULL;
  g_autoptr(GBytes) joined = sage_notebook_pieces_join (copy->pieces);
  gsize length;
  const char *bytes = g_bytes_get_data (joined, &length);
  g_autoptr(GString) content = g_string_sized_new (length + strlen (copy->line) + 2);

  g_string_append (content, copy->line);
  g_string_append_c (content, '\n');
  g_string_append_len (content, bytes, (gssize) length);
  if (sage_file_write_durable (copy->path, content->str, content->len, 0600, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void start_timer (SageNotebookRecovery *self);

static void
written_cb (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  SageNotebookRecovery *self = SAGE_NOTEBOOK_RECOVERY (object);
  Copy *copy = g_task_get_task_data (G_TASK (result));
  g_autoptr(GError) error = NULL;

  self->is_writing = FALSE;
  g_clear_pointer (&copy->pieces, sage_notebook_pieces_free); /* not on the thread, which may end later */
  if (!g_task_propagate_boolean (G_TASK (result), &error))
    g_warning ("No recovery copy: %s", error->message);

  if (copy->n_discarded != self->n_discarded)
    remove_files (self);
  if (self->is_stale && self->notebook != NULL)
    start_timer (self);
}

static gboolean
timeout_cb (gpointer data)
{
  SageNotebookRecovery *self = data;
  g_autoptr(GTask) task = NULL;
  g_autoptr(GError) error = NULL;
  Copy *copy;

  self->timeout_id = 0;
  if (!sage_notebook_is_modified (self->notebook))
    return G_SOURCE_REMOVE;
  if (!take_lock (self, &error))
    {
      g_warning ("No recovery copy: %s", error->message);
      return G_SOURCE_REMOVE;
    }

  copy = g_new0 (Copy, 1);
  copy->path = g_strdup (self->copy);
  copy->line = compose_line (self);
  copy->pieces = sage_notebook_compose (self->notebook);
  copy->n_discarded = self->n_discarded;
  self->is_writing = TRUE;
  self->is_stale = FALSE;
  task = g_task_new (self, NULL, written_cb, NULL);
  g_task_set_task_data (task, copy, copy_free);
  g_task_run_in_thread (task, write_thread);

  return G_SOURCE_REMOVE;
}

static void
start_timer (SageNotebookRecovery *self)
{
  if (self->timeout_id == 0)
    self->timeout_id = g_timeout_add (DELAY_MS, timeout_cb, self);
}

static void
changed_cb (SageNotebook         *notebook,
            SageNotebookRecovery *self)
{
  if (self->is_writing)
    self->is_stale = TRUE;
  else
    start_timer (self);
}

/**
 * sage_notebook_recovery_new:
 * @notebook: a document
 *
 * Keeps a copy of the notebook in the user's state folder from now on: a change is in it at most 5
 * seconds later. It goes when it is discarded, or with the last reference to an unmodified notebook.
 *
 * Returns: (transfer full): what keeps it
 */
SageNotebookRecovery *
sage_notebook_recovery_new (SageNotebook *notebook)
{
  SageNotebookRecovery *self;

  g_return_val_if_fail (SAGE_IS_NOTEBOOK (notebook), NULL);

  self = g_object_new (SAGE_TYPE_NOTEBOOK_RECOVERY, NULL);
  self->notebook = g_object_ref (notebook);
  g_signal_connect (notebook, "changed", G_CALLBACK (changed_cb), self);
  if (sage_notebook_is_modified (notebook))
    start_timer (self);

  return self;
}

/**
 * sage_notebook_recovery_set_original:
 * @path: (nullable): the file the notebook is in
 * @digest: (nullable): SHA-256 of what it holds
 */
void
sage_notebook_recovery_set_original (SageNotebookRecovery *self,
                                     const char           *path,
                                     const char           *digest)
{
  gboolean is_moved;

  g_return_if_fail (SAGE_IS_NOTEBOOK_RECOVERY (self));

  is_moved = g_set_str (&self->path, path);
  g_set_str (&self->digest, digest);
  if (is_moved && sage_notebook_is_modified (self->notebook)) /* the copy names it */
    changed_cb (self->notebook, self);
}

/**
 * sage_notebook_recovery_discard:
 *
 * Removes the copy: the notebook is saved, or its changes are not wanted. The next change makes one
 * anew.
 */
void
sage_notebook_recovery_discard (SageNotebookRecovery *self)
{
  g_return_if_fail (SAGE_IS_NOTEBOOK_RECOVERY (self));

  g_clear_handle_id (&self->timeout_id, g_source_remove);
  self->is_stale = FALSE;
  self->n_discarded++;
  if (!self->is_writing)
    remove_files (self);
}
