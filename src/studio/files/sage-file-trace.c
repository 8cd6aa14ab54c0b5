/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-file-trace"

#include "config.h"

#include <string.h>

#include "sage-file-search.h"
#include "sage-file-trace.h"

/* Many programs replace a file by moving the old one away first: for so long it is not missed. */
#define SETTLE_MS 200

struct _SageFileTrace
{
  GObject           parent_instance;

  GFile            *file;        /* (owned) */
  GPtrArray        *monitors;    /* (owned): of GFileMonitor: of it and the folders it is in */
  GCancellable     *cancellable; /* (owned) (nullable): of a search under way */
  guint             settle_id;
  SageFileIdentity  identity;    /* as it was seen last */
};

enum
{
  SIGNAL_FOUND,
  SIGNAL_LOST,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SageFileTrace, sage_file_trace, G_TYPE_OBJECT)

/* The folders of the projects that are or were open. */
static GPtrArray *places;

/* What a search works on. Owned by its task. */
typedef struct
{
  SageFileIdentity   identity;
  char             **folders; /* (owned) */
} Search;

static void
search_free (gpointer data)
{
  Search *search = data;

  g_strfreev (search->folders);
  g_free (search);
}

/* --- The search ------------------------------------------------------------------------------- */

/* Returns: (transfer full): its own folder, or what is left of the folders it was in, and the projects
 * that it is of */
static char **
list_folders (GFile *file)
{
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
  g_autofree char *path = g_path_get_dirname (g_file_peek_path (file));

  while (!g_file_test (path, G_FILE_TEST_IS_DIR) && strlen (path) > 1)
    {
      char *parent = g_path_get_dirname (path);

      g_free (path);
      path = parent;
    }
  g_strv_builder_add (builder, path);
  for (guint i = 0; places != NULL && i < places->len; i++)
    if (g_file_has_prefix (file, places->pdata[i]) && strcmp (g_file_peek_path (places->pdata[i]), path) != 0)
      g_strv_builder_add (builder, g_file_peek_path (places->pdata[i]));

  return g_strv_builder_end (builder);
}

static void
search_thread (GTask        *task,
               gpointer      source,
               gpointer      data,
               GCancellable *cancellable)
{
  Search *search = data;

  g_task_return_pointer (task, sage_file_search (&search->identity, (const char * const *) search->folders,
                                                 cancellable), g_free);
}

static void
searched_cb (GObject      *object,
             GAsyncResult *result,
             gpointer      user_data)
{
  SageFileTrace *self = SAGE_FILE_TRACE (object);
  g_autoptr(GError) error = NULL;
  g_autofree char *path = g_task_propagate_pointer (G_TASK (result), &error);
  g_autoptr(GFile) from = NULL;
  g_autoptr(GFile) to = NULL;
  guint n;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_object (&self->cancellable);
  if (g_file_query_exists (self->file, NULL))
    return;
  if (path == NULL)
    {
      self->identity.exists = FALSE;
      g_signal_emit (self, signals[SIGNAL_LOST], 0);
      return;
    }

  from = g_object_ref (self->file);
  to = g_file_new_for_path (path);
  n = sage_file_identity_climb (&self->identity, g_file_peek_path (from), path);
  for (; n > 0; n--)
    {
      g_autoptr(GFile) old_from = g_steal_pointer (&from);
      g_autoptr(GFile) old_to = g_steal_pointer (&to);

      from = g_file_get_parent (old_from);
      to = g_file_get_parent (old_to);
    }
  g_signal_emit (self, signals[SIGNAL_FOUND], 0, from, to);
}

static void
stop (SageFileTrace *self)
{
  g_clear_handle_id (&self->settle_id, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
}

static gboolean
settled_cb (gpointer data)
{
  SageFileTrace *self = data;
  g_autoptr(GTask) task = NULL;
  Search *search;

  self->settle_id = 0;
  if (g_file_query_exists (self->file, NULL))
    return G_SOURCE_REMOVE;

  self->cancellable = g_cancellable_new ();
  search = g_new0 (Search, 1);
  search->identity = self->identity;
  search->folders = list_folders (self->file);
  task = g_task_new (self, self->cancellable, searched_cb, NULL);
  g_task_set_source_tag (task, settled_cb);
  g_task_set_task_data (task, search, search_free);
  g_task_run_in_thread (task, search_thread);

  return G_SOURCE_REMOVE;
}

/* --- The file --------------------------------------------------------------------------------- */

static void
look (SageFileTrace *self)
{
  SageFileIdentity now;

  if (g_file_peek_path (self->file) == NULL)
    return;

  sage_file_identity_read (&now, g_file_peek_path (self->file));
  if (now.exists)
    {
      stop (self);
      self->identity = now;
    }
  else if (self->identity.exists && self->settle_id == 0 && self->cancellable == NULL)
    self->settle_id = g_timeout_add (SETTLE_MS, settled_cb, self);
}

static void
changed_cb (SageFileTrace     *self,
            GFile             *file,
            GFile             *other,
            GFileMonitorEvent  event)
{
  look (self);
}

static void
stop_watching (SageFileTrace *self)
{
  for (guint i = 0; i < self->monitors->len; i++)
    {
      g_signal_handlers_disconnect_by_data (self->monitors->pdata[i], self);
      g_file_monitor_cancel (self->monitors->pdata[i]);
    }
  g_ptr_array_set_size (self->monitors, 0);
}

static void
watch (SageFileTrace *self,
       GFile         *file)
{
  GFileMonitor *monitor = g_file_monitor_file (file, G_FILE_MONITOR_WATCH_MOVES, NULL, NULL);

  if (monitor == NULL)
    return;

  g_signal_connect_object (monitor, "changed", G_CALLBACK (changed_cb), self, G_CONNECT_SWAPPED);
  g_ptr_array_add (self->monitors, monitor);
}

static gboolean
is_in_place (GFile *folder)
{
  for (guint i = 0; places != NULL && i < places->len; i++)
    if (g_file_has_prefix (folder, places->pdata[i]))
      return TRUE;

  return FALSE;
}

/* A monitor of a file hears nothing when a folder that the file is in goes. */
static void
watch_all (SageFileTrace *self)
{
  g_autoptr(GFile) folder = g_file_get_parent (self->file);

  watch (self, self->file);
  for (guint i = 0; i < SAGE_FILE_N_FOLDERS && folder != NULL && (i == 0 || is_in_place (folder)); i++)
    {
      GFile *parent = g_file_get_parent (folder);

      watch (self, folder);
      g_object_unref (folder);
      folder = parent;
    }
}

/**
 * sage_file_trace_set_file:
 * @self: a trace
 * @file: where the file is, or another file that is to be known from now on
 */
void
sage_file_trace_set_file (SageFileTrace *self,
                          GFile         *file)
{
  g_return_if_fail (SAGE_IS_FILE_TRACE (self));
  g_return_if_fail (G_IS_FILE (file));

  stop (self);
  stop_watching (self);
  g_set_object (&self->file, file);
  self->identity = (SageFileIdentity) { 0 };
  if (g_file_peek_path (file) != NULL)
    watch_all (self);
  look (self);
}

/**
 * sage_file_trace_note:
 * @self: a trace
 *
 * The file has just been written anew by ourselves: it is another one.
 */
void
sage_file_trace_note (SageFileTrace *self)
{
  g_return_if_fail (SAGE_IS_FILE_TRACE (self));

  look (self);
}

/**
 * sage_file_trace_look_in:
 * @folder: a folder of this machine, such as a project's
 *
 * Files of the folder that another program moves are looked for in all of it from now on.
 */
void
sage_file_trace_look_in (GFile *folder)
{
  g_return_if_fail (G_IS_FILE (folder));

  if (places == NULL)
    places = g_ptr_array_new_with_free_func (g_object_unref);
  if (g_file_peek_path (folder) != NULL
      && !g_ptr_array_find_with_equal_func (places, folder, (GEqualFunc) g_file_equal, NULL))
    g_ptr_array_add (places, g_object_ref (folder));
}

/* --- The object ------------------------------------------------------------------------------- */

static void
sage_file_trace_dispose (GObject *object)
{
  SageFileTrace *self = SAGE_FILE_TRACE (object);

  stop (self);
  stop_watching (self);
  g_clear_object (&self->file);

  G_OBJECT_CLASS (sage_file_trace_parent_class)->dispose (object);
}

static void
sage_file_trace_finalize (GObject *object)
{
  g_ptr_array_unref (SAGE_FILE_TRACE (object)->monitors);

  G_OBJECT_CLASS (sage_file_trace_parent_class)->finalize (object);
}

static void
sage_file_trace_class_init (SageFileTraceClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sage_file_trace_dispose;
  G_OBJECT_CLASS (klass)->finalize = sage_file_trace_finalize;

  signals[SIGNAL_FOUND] = g_signal_new ("found", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                        NULL, NULL, G_TYPE_NONE, 2, G_TYPE_FILE, G_TYPE_FILE);
  signals[SIGNAL_LOST] = g_signal_new ("lost", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                       NULL, NULL, G_TYPE_NONE, 0);
}

static void
sage_file_trace_init (SageFileTrace *self)
{
  self->monitors = g_ptr_array_new_with_free_func (g_object_unref);
}

/**
 * sage_file_trace_new:
 * @file: a file, which need not exist yet
 *
 * Returns: (transfer full): what finds it again
 */
SageFileTrace *
sage_file_trace_new (GFile *file)
{
  SageFileTrace *self = g_object_new (SAGE_TYPE_FILE_TRACE, NULL);

  sage_file_trace_set_file (self, file);

  return self;
}
