/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-project-search"

#include "config.h"

#include <sys/stat.h>
#include <unistd.h>

#include "sage-error.h"
#include "sage-project-search.h"
#include "sage-search-walk.h"

#define TAKE_MS 80    /* between two looks at what the thread has found */
#define TAKE_FILES 200 /* at a time */

/* What the thread works on. It holds this for as long as it runs; the search may be gone by then. */
typedef struct
{
  char              *root;        /* (owned) */
  SageSearchQuery    query;       /* its texts are owned */
  SageSearchPattern *pattern;     /* (owned) */
  GHashTable        *unsaved;     /* (owned): path → GBytes */
  GCancellable      *cancellable; /* (owned) */
  guint              n_matches;   /* thread only */

  GMutex             mutex;
  GPtrArray         *found;       /* (owned): SageSearchFile: not taken yet; under the mutex */
  SageSearchCounts   counts;      /* under the mutex */
  gboolean           is_over;     /* under the mutex */
} Work;

struct _SageProjectSearch
{
  GObject           parent_instance;

  Work             *work;       /* (owned): an atomic reference */
  GListStore       *files;      /* (owned): of SageSearchFile */
  SageSearchCounts  counts;     /* as they were when it was looked last */
  guint             n_matches;
  guint             take_id;
  gboolean          is_running;
};

typedef enum
{
  PROP_IS_RUNNING = 1,
  PROP_N_MATCHES,
  PROP_N_SEARCHED,
} SageProjectSearchProperty;

static GParamSpec *properties[PROP_N_SEARCHED + 1];

G_DEFINE_FINAL_TYPE (SageProjectSearch, sage_project_search, G_TYPE_OBJECT)

static void
work_clear (gpointer data)
{
  Work *work = data;

  g_free (work->root);
  g_free ((gpointer) work->query.text);
  g_free ((gpointer) work->query.include);
  g_free ((gpointer) work->query.exclude);
  sage_search_pattern_unref (work->pattern);
  g_clear_pointer (&work->unsaved, g_hash_table_unref);
  g_object_unref (work->cancellable);
  g_ptr_array_unref (work->found);
  g_mutex_clear (&work->mutex);
}

static void
work_unref (gpointer work)
{
  g_atomic_rc_box_release_full (work, work_clear);
}

/* --- The thread ------------------------------------------------------------------------------- */

/* One file that is searched. */
typedef struct
{
  Work           *work;
  SageSearchFile *file;
  SageScanFlags   flags;
} Part;

static gboolean
search_part (guint       cell,
             gboolean    in_output,
             const char *text,
             gpointer    user_data)
{
  Part *part = user_data;
  Work *work = part->work;
  SageScanFlags flags;
  g_autoptr(GArray) spans = sage_search_pattern_scan (work->pattern, text, NULL,
                                                      SAGE_SEARCH_MAX_MATCHES - work->n_matches,
                                                      work->cancellable, &flags);

  for (guint i = 0; i < spans->len; i++)
    {
      g_autoptr(SageSearchMatch) match
        = sage_search_match_new (cell, in_output, text, &g_array_index (spans, SageSearchSpan, i));

      g_list_store_append (part->file->matches, match);
    }
  work->n_matches += spans->len;
  part->flags |= flags;

  return (flags & (SAGE_SCAN_CUT | SAGE_SCAN_COSTLY)) == 0
         && !g_cancellable_is_cancelled (work->cancellable);
}

static SageSearchLock
find_lock (const char        *path,
           SageSearchContent *content)
{
  struct stat info;

  if (content->notebook != NULL && sage_notebook_is_read_only (content->notebook))
    return SAGE_SEARCH_BROKEN;
  if (content->text != NULL && !g_str_equal (content->coding.charset, "UTF-8"))
    return SAGE_SEARCH_FOREIGN;
  /* Root may write everything, but who made it read-only did not mean that either. */
  if (stat (path, &info) == 0 && ((info.st_mode & 0222) == 0 || access (path, W_OK) != 0))
    return SAGE_SEARCH_READ_ONLY;

  return SAGE_SEARCH_FREE;
}

static void
lock_matches (SageSearchFile *file)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (file->matches));

  for (guint i = 0; i < n; i++)
    {
      g_autoptr(SageSearchMatch) match = g_list_model_get_item (G_LIST_MODEL (file->matches), i);

      match->fixed = TRUE;
      match->chosen = FALSE;
    }
}

/* A notebook that is no notebook is one that cannot be read: somebody may wait for what is in it. */
static void
note_error (Work         *work,
            const char   *path,
            const GError *error)
{
  g_mutex_lock (&work->mutex);
  if (g_error_matches (error, SAGE_ERROR, SAGE_ERROR_TOO_LARGE))
    work->counts.n_large++;
  else if (g_error_matches (error, SAGE_ERROR, SAGE_ERROR_SYNTAX) && !sage_search_is_notebook (path))
    work->counts.n_binary++;
  else
    work->counts.n_unreadable++;
  g_mutex_unlock (&work->mutex);
}

/* Hands what was found to the main thread. */
static void
hand_over (Part *part)
{
  Work *work = part->work;

  g_mutex_lock (&work->mutex);
  work->counts.n_files++;
  work->counts.n_costly += (part->flags & SAGE_SCAN_COSTLY) != 0;
  work->counts.n_long += (part->flags & SAGE_SCAN_LONG) != 0;
  work->counts.many_matches |= (part->flags & SAGE_SCAN_CUT) != 0;
  if (g_list_model_get_n_items (G_LIST_MODEL (part->file->matches)) > 0)
    g_ptr_array_add (work->found, g_object_ref (part->file));
  g_mutex_unlock (&work->mutex);
}

/* Returns: whether to go on */
static gboolean
search_file (const char *path,
             const char *relative,
             gpointer    user_data)
{
  Work *work = user_data;
  GBytes *unsaved = work->unsaved != NULL ? g_hash_table_lookup (work->unsaved, path) : NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(SageSearchContent) content = sage_search_content_read (path, unsaved, &error);
  g_autoptr(SageSearchFile) file = NULL;
  Part part = { work, NULL, 0 };

  if (content == NULL)
    {
      note_error (work, path, error);
      return TRUE;
    }

  file = sage_search_file_new (path, relative);
  part.file = file;
  sage_search_content_foreach (content, work->query.in_outputs, search_part, &part);
  if (g_list_model_get_n_items (G_LIST_MODEL (file->matches)) > 0)
    {
      sage_search_content_digest (content, file->digest);
      file->lock = find_lock (path, content);
      if (file->lock != SAGE_SEARCH_FREE)
        lock_matches (file);
    }
  hand_over (&part);

  return (part.flags & SAGE_SCAN_CUT) == 0;
}

static gpointer
search_thread (gpointer data)
{
  Work *work = data;
  SageSearchWalkCounts counts = { 0 };

  sage_search_walk (work->root, &work->query, work->cancellable, search_file, work, &counts);
  g_mutex_lock (&work->mutex);
  work->counts.n_unreadable += counts.n_unreadable;
  work->counts.many_files = counts.is_cut;
  work->is_over = TRUE;
  g_mutex_unlock (&work->mutex);
  work_unref (work);

  return NULL;
}

/* --- What comes in ---------------------------------------------------------------------------- */

static void
set_running (SageProjectSearch *self,
             gboolean           is_running)
{
  if (self->is_running != is_running)
    {
      self->is_running = is_running;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_IS_RUNNING]);
    }
}

/* Takes some of what was found; the rest waits, so that no frame takes long. */
static gboolean
take_cb (gpointer user_data)
{
  SageProjectSearch *self = user_data;
  Work *work = self->work;
  guint before = self->counts.n_files;
  gboolean is_over;
  g_autoptr(GPtrArray) taken = g_ptr_array_new_with_free_func (g_object_unref);
  guint n;

  g_mutex_lock (&work->mutex);
  n = MIN (work->found->len, TAKE_FILES);
  for (guint i = 0; i < n; i++)
    g_ptr_array_add (taken, g_object_ref (work->found->pdata[i]));
  if (n > 0)
    g_ptr_array_remove_range (work->found, 0, n);
  is_over = work->is_over && work->found->len == 0;
  self->counts = work->counts;
  g_mutex_unlock (&work->mutex);

  for (guint i = 0; i < n; i++)
    self->n_matches += sage_search_file_count (taken->pdata[i], NULL);
  g_list_store_splice (self->files, g_list_model_get_n_items (G_LIST_MODEL (self->files)), 0,
                       taken->pdata, n);
  if (n > 0)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_MATCHES]);
  if (self->counts.n_files != before)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_SEARCHED]);
  if (!is_over)
    return G_SOURCE_CONTINUE;

  self->take_id = 0;
  set_running (self, FALSE);

  return G_SOURCE_REMOVE;
}

/* --- The object ------------------------------------------------------------------------------- */

static void
sage_project_search_dispose (GObject *object)
{
  SageProjectSearch *self = SAGE_PROJECT_SEARCH (object);

  g_clear_handle_id (&self->take_id, g_source_remove);
  if (self->work != NULL)
    g_cancellable_cancel (self->work->cancellable);
  g_clear_pointer (&self->work, work_unref);
  g_clear_object (&self->files);

  G_OBJECT_CLASS (sage_project_search_parent_class)->dispose (object);
}

static void
sage_project_search_get_property (GObject    *object,
                                  guint       prop_id,
                                  GValue     *value,
                                  GParamSpec *pspec)
{
  SageProjectSearch *self = SAGE_PROJECT_SEARCH (object);

  switch ((SageProjectSearchProperty) prop_id)
    {
    case PROP_IS_RUNNING:
      g_value_set_boolean (value, self->is_running);
      break;
    case PROP_N_MATCHES:
      g_value_set_uint (value, self->n_matches);
      break;
    case PROP_N_SEARCHED:
      g_value_set_uint (value, self->counts.n_files);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
sage_project_search_class_init (SageProjectSearchClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->dispose = sage_project_search_dispose;
  object_class->get_property = sage_project_search_get_property;

  properties[PROP_IS_RUNNING] = g_param_spec_boolean ("is-running", NULL, NULL, FALSE, flags);
  properties[PROP_N_MATCHES] = g_param_spec_uint ("n-matches", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_N_SEARCHED] = g_param_spec_uint ("n-searched", NULL, NULL, 0, G_MAXUINT, 0, flags);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
sage_project_search_init (SageProjectSearch *self)
{
  self->files = g_list_store_new (SAGE_TYPE_SEARCH_FILE);
}

/**
 * sage_project_search_new:
 * @folder: of this machine
 * @query: what to look for, and where
 * @unsaved: (nullable): (element-type filename GBytes): what open documents hold that is not saved
 *
 * Returns: (transfer full): the search, not begun; %NULL with %SAGE_ERROR_INVALID for what is no
 *   regular expression
 */
SageProjectSearch *
sage_project_search_new (GFile                  *folder,
                         const SageSearchQuery  *query,
                         GHashTable             *unsaved,
                         GError                **error)
{
  g_autoptr(SageSearchPattern) pattern = sage_search_pattern_new (query, error);
  SageProjectSearch *self;
  Work *work;

  if (pattern == NULL)
    return NULL;

  self = g_object_new (SAGE_TYPE_PROJECT_SEARCH, NULL);
  self->work = work = g_atomic_rc_box_new0 (Work);
  g_mutex_init (&work->mutex);
  work->root = g_file_get_path (folder);
  work->query = *query;
  work->query.text = g_strdup (query->text);
  work->query.include = g_strdup (query->include);
  work->query.exclude = g_strdup (query->exclude);
  work->pattern = g_steal_pointer (&pattern);
  work->unsaved = unsaved != NULL ? g_hash_table_ref (unsaved) : NULL;
  work->cancellable = g_cancellable_new ();
  work->found = g_ptr_array_new_with_free_func (g_object_unref);

  return self;
}

/* Begins. The search goes on until it is over, is cancelled or is disposed of. */
void
sage_project_search_start (SageProjectSearch *self)
{
  g_return_if_fail (SAGE_IS_PROJECT_SEARCH (self) && !self->is_running);

  g_thread_unref (g_thread_new ("sage-search", search_thread, g_atomic_rc_box_acquire (self->work)));
  self->take_id = g_timeout_add (TAKE_MS, take_cb, self);
  set_running (self, TRUE);
}

/* What was found by now stays. */
void
sage_project_search_cancel (SageProjectSearch *self)
{
  g_return_if_fail (SAGE_IS_PROJECT_SEARCH (self));

  if (self->is_running)
    g_cancellable_cancel (self->work->cancellable);
}

gboolean
sage_project_search_is_running (SageProjectSearch *self)
{
  g_return_val_if_fail (SAGE_IS_PROJECT_SEARCH (self), FALSE);

  return self->is_running;
}

gboolean
sage_project_search_was_cancelled (SageProjectSearch *self)
{
  g_return_val_if_fail (SAGE_IS_PROJECT_SEARCH (self), FALSE);

  return g_cancellable_is_cancelled (self->work->cancellable);
}

/* (transfer none): of #SageSearchFile: those in which something was found by now */
GListModel *
sage_project_search_get_files (SageProjectSearch *self)
{
  g_return_val_if_fail (SAGE_IS_PROJECT_SEARCH (self), NULL);

  return G_LIST_MODEL (self->files);
}

guint
sage_project_search_get_n_matches (SageProjectSearch *self)
{
  g_return_val_if_fail (SAGE_IS_PROJECT_SEARCH (self), 0);

  return self->n_matches;
}

/* (transfer none): what it looks for */
SageSearchPattern *
sage_project_search_get_pattern (SageProjectSearch *self)
{
  g_return_val_if_fail (SAGE_IS_PROJECT_SEARCH (self), NULL);

  return self->work->pattern;
}

/* (transfer none): what it has not looked at */
const SageSearchCounts *
sage_project_search_get_counts (SageProjectSearch *self)
{
  g_return_val_if_fail (SAGE_IS_PROJECT_SEARCH (self), NULL);

  return &self->counts;
}
