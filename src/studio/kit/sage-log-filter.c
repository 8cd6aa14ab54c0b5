/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-log-filter"

#include "config.h"

#include <string.h>

#include "sage-ansi.h"
#include "sage-log-filter-private.h"

typedef enum
{
  PROP_PAGER = 1,
  PROP_COUNT,
  PROP_COMPLETE,
  PROP_ERROR,
} SageLogFilterProperty;

static GParamSpec *properties[PROP_ERROR + 1];

G_DEFINE_FINAL_TYPE_WITH_CODE (SageLogFilter, sage_log_filter, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (SAGE_TYPE_LOG_PAGER,
                                                      sage_log_filter_pager_init))

/* What somebody who waits for more of the search looks for. */
typedef struct
{
  SageLogDirection direction;
  gint64           time_ms;
} Wanted;

static void sage_log_filter_step (SageLogFilter *self);

/* --- matches ---------------------------------------------------------------------------------- */

static gboolean
record_matches (SageLogFilter      *self,
               const SageLogRecord *record)
{
  gsize length = strlen (record->message);
  g_autoptr(SageAnsiText) text = NULL;
  gsize start;
  gsize end;

  if (sage_ansi_is_plain (record->message, length))
    return sage_log_needle_find (self->needle, record->message, length, 0, &start, &end);

  text = sage_ansi_parse (record->message, length, length);

  return sage_log_needle_find (self->needle, text->text, text->length, 0, &start, &end);
}

/* Drops the events that match only in what is not shown of them: colours, what was overwritten. */
void
sage_log_filter_keep_matches (SageLogFilter  *self,
                              SageLogRecords *page)
{
  for (guint i = page->records->len; i > 0; i--)
    if (!record_matches (self, g_ptr_array_index (page->records, i - 1)))
      g_ptr_array_remove_index (page->records, i - 1);
}

/* Keeps where the page at @index starts. */
void
sage_log_filter_note_token (SageLogFilter *self,
                            guint          index,
                            const char    *token)
{
  if (token != NULL && self->tokens->len == index)
    g_ptr_array_add (self->tokens, g_strdup (token));
}

/* --- the search ------------------------------------------------------------------------------- */

static const SageLogFound *
found_at (SageLogFilter *self,
          guint          index)
{
  return &g_array_index (self->found, SageLogFound, index);
}

/* Returns: whether the search has come far enough to tell; @index is the page that holds it then,
 *   or that of no page if there is none */
static gboolean
locate (SageLogFilter *self,
        const Wanted  *wanted,
        guint         *index)
{
  gboolean passed = self->complete;

  *index = G_MAXUINT;
  for (guint i = 0; i < self->found->len; i++)
    {
      const SageLogFound *found = found_at (self, i);

      if (found->n == 0)
        continue;
      if (wanted->direction == SAGE_LOG_FORWARD && found->last_ms > wanted->time_ms)
        {
          *index = i;
          return TRUE;
        }
      if (wanted->direction == SAGE_LOG_BACKWARD && found->first_ms < wanted->time_ms)
        *index = i;
      passed |= wanted->direction == SAGE_LOG_BACKWARD && found->last_ms >= wanted->time_ms;
    }

  return passed;
}

static void
sage_log_filter_locate_cb (GObject      *object,
                           GAsyncResult *result,
                           gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  SageLogFilter *self = g_task_get_source_object (task);
  const Wanted *wanted = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;
  g_autoptr(SageLogRecords) page = sage_log_pager_filter_finish (self->pager, result, &error);
  gint64 found = -1;

  if (page == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }

  sage_log_filter_keep_matches (self, page);
  for (guint i = 0; i < page->records->len; i++)
    {
      gint64 time_ms = ((SageLogRecord *) g_ptr_array_index (page->records, i))->time_ms;

      if (wanted->direction == SAGE_LOG_FORWARD ? time_ms > wanted->time_ms && found < 0
                                                : time_ms < wanted->time_ms)
        found = time_ms;
    }
  g_task_return_int (task, found);
}

/* Ends the waiting of a task if it can be served by now. */
static gboolean
serve (SageLogFilter *self,
       GTask         *task)
{
  const Wanted *wanted = g_task_get_task_data (task);
  guint index;

  if (g_task_return_error_if_cancelled (task))
    return TRUE;
  if (self->error != NULL)
    {
      g_task_return_error (task, g_error_copy (self->error));
      return TRUE;
    }
  if (g_task_get_source_tag (task) != sage_log_filter_find_async)
    {
      if (self->complete)
        sage_log_filter_read_end (task);
      return self->complete;
    }
  if (!locate (self, wanted, &index))
    return FALSE;

  if (index == G_MAXUINT)
    g_task_return_int (task, -1);
  else
    sage_log_pager_filter_async (self->pager, self->pattern, g_ptr_array_index (self->tokens, index),
                                 SAGE_LOG_FILTER_RECORDS, g_task_get_cancellable (task),
                                 sage_log_filter_locate_cb, g_object_ref (task));

  return TRUE;
}

static void
serve_all (SageLogFilter *self)
{
  for (guint i = self->waiting->len; i > 0; i--)
    if (serve (self, g_ptr_array_index (self->waiting, i - 1)))
      g_ptr_array_remove_index (self->waiting, i - 1);
}

static void
take_page (SageLogFilter  *self,
           guint           index,
           SageLogRecords *page)
{
  SageLogFound found = { 0 };
  guint count = self->count;

  sage_log_filter_keep_matches (self, page);
  sage_log_filter_note_token (self, index + 1, page->forward);
  found.n = page->records->len;
  if (found.n > 0)
    {
      found.first_ms = ((SageLogRecord *) g_ptr_array_index (page->records, 0))->time_ms;
      found.last_ms = ((SageLogRecord *) g_ptr_array_index (page->records, found.n - 1))->time_ms;
    }

  if (index < self->found->len)
    {
      count -= found_at (self, index)->n;
      g_array_index (self->found, SageLogFound, index) = found;
    }
  else
    g_array_append_val (self->found, found);
  count += found.n;

  if (self->count != count)
    {
      self->count = count;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_COUNT]);
    }
  if (self->complete != (page->forward == NULL))
    {
      self->complete = page->forward == NULL;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_COMPLETE]);
    }
}

/* The page that is looked at next: the last one again once all were looked at, for it may grow. */
static guint
next_index (SageLogFilter *self)
{
  return self->found->len - (self->complete ? 1 : 0);
}

static void
sage_log_filter_step_cb (GObject      *object,
                         GAsyncResult *result,
                         gpointer      user_data)
{
  g_autoptr(SageLogFilter) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(SageLogRecords) page = sage_log_pager_filter_finish (self->pager, result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  self->searching = FALSE;
  if (page != NULL)
    take_page (self, next_index (self), page);
  else
    self->error = g_steal_pointer (&error);

  serve_all (self);
  if (self->error != NULL)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ERROR]);
  else if (!self->complete && (self->count < SAGE_LOG_FILTER_MOST || self->waiting->len > 0))
    sage_log_filter_step (self);
  else
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_COUNT]); /* no longer searching */
}

static void
sage_log_filter_step (SageLogFilter *self)
{
  if (self->searching)
    return;

  self->searching = TRUE;
  sage_log_pager_filter_async (self->pager, self->pattern,
                               g_ptr_array_index (self->tokens, next_index (self)),
                               SAGE_LOG_FILTER_RECORDS, self->cancellable,
                               sage_log_filter_step_cb, g_object_ref (self));
}

/* Lets a task wait until the search can serve it. */
void
sage_log_filter_wait (SageLogFilter *self,
                      GTask         *task)
{
  if (serve (self, task))
    return;

  g_ptr_array_add (self->waiting, g_object_ref (task));
  sage_log_filter_step (self);
}

/**
 * sage_log_filter_search:
 * @self: a filter
 *
 * Starts the search; after its end or a failure, looks for what was written since.
 */
void
sage_log_filter_search (SageLogFilter *self)
{
  g_return_if_fail (SAGE_IS_LOG_FILTER (self));

  if (self->error != NULL)
    {
      g_clear_error (&self->error);
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ERROR]);
    }
  if (self->complete || self->count < SAGE_LOG_FILTER_MOST)
    sage_log_filter_step (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_COUNT]);
}

/**
 * sage_log_filter_find_async:
 * @self: a filter
 * @direction: where to look
 * @time_ms: from when on, in milliseconds since the epoch
 * @cancellable: (nullable): gives it up
 * @callback: called with the time
 * @user_data: for @callback
 *
 * Looks for the event that matches next, after @time_ms or before it, as soon as the search has
 * come that far.
 */
void
sage_log_filter_find_async (SageLogFilter       *self,
                            SageLogDirection     direction,
                            gint64               time_ms,
                            GCancellable        *cancellable,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  g_autoptr(GTask) task = g_task_new (self, cancellable, callback, user_data);
  Wanted *wanted = g_new0 (Wanted, 1);

  g_return_if_fail (SAGE_IS_LOG_FILTER (self));

  wanted->direction = direction;
  wanted->time_ms = time_ms;
  g_task_set_source_tag (task, sage_log_filter_find_async);
  g_task_set_task_data (task, wanted, g_free);
  sage_log_filter_wait (self, task);
}

/**
 * sage_log_filter_find_finish:
 * @self: a filter
 * @result: what the callback got
 * @error: return location
 *
 * Returns: when the event was written, in milliseconds since the epoch; -1 if there is none, or on
 *   failure, with @error set
 */
gint64
sage_log_filter_find_finish (SageLogFilter  *self,
                             GAsyncResult   *result,
                             GError        **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), -1);

  return g_task_propagate_int (G_TASK (result), error);
}

/* --- properties ------------------------------------------------------------------------------- */

SageLogNeedle *
sage_log_filter_get_needle (SageLogFilter *self)
{
  g_return_val_if_fail (SAGE_IS_LOG_FILTER (self), NULL);

  return self->needle;
}

guint
sage_log_filter_get_count (SageLogFilter *self)
{
  g_return_val_if_fail (SAGE_IS_LOG_FILTER (self), 0);

  return self->count;
}

gboolean
sage_log_filter_get_complete (SageLogFilter *self)
{
  g_return_val_if_fail (SAGE_IS_LOG_FILTER (self), FALSE);

  return self->complete;
}

/**
 * sage_log_filter_get_searching:
 * @self: a filter
 *
 * Returns: whether the count is still going to change by itself
 */
gboolean
sage_log_filter_get_searching (SageLogFilter *self)
{
  g_return_val_if_fail (SAGE_IS_LOG_FILTER (self), FALSE);

  return self->searching && !self->complete;
}

/**
 * sage_log_filter_get_error:
 * @self: a filter
 *
 * Returns: (nullable): why the search stopped
 */
const GError *
sage_log_filter_get_error (SageLogFilter *self)
{
  g_return_val_if_fail (SAGE_IS_LOG_FILTER (self), NULL);

  return self->error;
}

/**
 * sage_log_filter_stop:
 * @self: a filter
 *
 * Ends the search for good: nobody wants to know any more.
 */
void
sage_log_filter_stop (SageLogFilter *self)
{
  g_return_if_fail (SAGE_IS_LOG_FILTER (self));

  g_cancellable_cancel (self->cancellable);
  for (guint i = 0; i < self->waiting->len; i++)
    g_task_return_new_error_literal (g_ptr_array_index (self->waiting, i), G_IO_ERROR,
                                     G_IO_ERROR_CANCELLED, "The search was given up");
  g_ptr_array_set_size (self->waiting, 0);
}

static void
sage_log_filter_finalize (GObject *object)
{
  SageLogFilter *self = SAGE_LOG_FILTER (object);

  g_clear_object (&self->pager);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->needle, sage_log_needle_unref);
  g_free (self->pattern);
  g_clear_pointer (&self->tokens, g_ptr_array_unref);
  g_clear_pointer (&self->found, g_array_unref);
  g_clear_pointer (&self->waiting, g_ptr_array_unref);
  g_clear_error (&self->error);

  G_OBJECT_CLASS (sage_log_filter_parent_class)->finalize (object);
}

static void
sage_log_filter_get_property (GObject    *object,
                              guint       prop_id,
                              GValue     *value,
                              GParamSpec *pspec)
{
  SageLogFilter *self = SAGE_LOG_FILTER (object);

  switch ((SageLogFilterProperty) prop_id)
    {
    case PROP_PAGER:
      g_value_set_object (value, self->pager);
      break;
    case PROP_COUNT:
      g_value_set_uint (value, self->count);
      break;
    case PROP_COMPLETE:
      g_value_set_boolean (value, self->complete);
      break;
    case PROP_ERROR:
      g_value_set_boxed (value, self->error);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
sage_log_filter_set_property (GObject      *object,
                              guint         prop_id,
                              const GValue *value,
                              GParamSpec   *pspec)
{
  SageLogFilter *self = SAGE_LOG_FILTER (object);

  switch ((SageLogFilterProperty) prop_id)
    {
    case PROP_PAGER:
      self->pager = g_value_dup_object (value);
      break;
    case PROP_COUNT:
    case PROP_COMPLETE:
    case PROP_ERROR:
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
sage_log_filter_class_init (SageLogFilterClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags read = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->finalize = sage_log_filter_finalize;
  object_class->get_property = sage_log_filter_get_property;
  object_class->set_property = sage_log_filter_set_property;

  properties[PROP_PAGER] =
    g_param_spec_object ("pager", NULL, NULL, SAGE_TYPE_LOG_PAGER,
                         G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  properties[PROP_COUNT] = g_param_spec_uint ("count", NULL, NULL, 0, G_MAXUINT, 0, read);
  properties[PROP_COMPLETE] = g_param_spec_boolean ("complete", NULL, NULL, FALSE, read);
  properties[PROP_ERROR] = g_param_spec_boxed ("error", NULL, NULL, G_TYPE_ERROR, read);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
sage_log_filter_init (SageLogFilter *self)
{
  self->tokens = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (self->tokens, NULL);
  self->found = g_array_new (FALSE, FALSE, sizeof (SageLogFound));
  self->waiting = g_ptr_array_new_with_free_func (g_object_unref);
  self->cancellable = g_cancellable_new ();
}

/**
 * sage_log_filter_new:
 * @pager: the log to search
 * @needle: what to search for
 *
 * Returns: (transfer full): a search that has not begun
 */
SageLogFilter *
sage_log_filter_new (SageLogPager  *pager,
                     SageLogNeedle *needle)
{
  SageLogFilter *self;

  g_return_val_if_fail (SAGE_IS_LOG_PAGER (pager), NULL);
  g_return_val_if_fail (needle != NULL, NULL);

  self = g_object_new (SAGE_TYPE_LOG_FILTER, "pager", pager, NULL);
  self->needle = sage_log_needle_ref (needle);
  self->pattern = sage_log_needle_dup_pattern (needle);

  return self;
}
