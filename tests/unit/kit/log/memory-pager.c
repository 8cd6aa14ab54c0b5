/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "memory-pager.h"
#include "sage-error.h"

/* Made-up events are a second apart. */
#define MADE_START_MS 1700000000000

typedef struct
{
  gint64  time_ms;
  char   *message; /* (owned) */
} Stored;

struct _MemoryPager
{
  GObject          parent_instance;

  GArray          *stored;  /* of Stored; unused when events are made up */
  MemoryPagerMake  make;    /* (nullable) */
  gpointer         user_data;
  guint64          n_made;
  guint64          scan;    /* events that one call of the filter looks at */
  guint            reads;
  guint            filters;
  gboolean         failing;
};

static void memory_pager_iface_init (SageLogPagerInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (MemoryPager, memory_pager, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (SAGE_TYPE_LOG_PAGER, memory_pager_iface_init))

typedef struct
{
  SageLogDirection  direction;
  GRegex           *pattern; /* (owned) (nullable): of a filter */
  char             *token;  /* (owned) (nullable) */
  gint64            time_ms;
  guint             max;
} Call;

static void
call_free (gpointer data)
{
  Call *call = data;

  g_clear_pointer (&call->pattern, g_regex_unref);
  g_free (call->token);
  g_free (call);
}

static guint64
count (MemoryPager *self)
{
  return self->make != NULL ? self->n_made : self->stored->len;
}

static gint64
time_at (MemoryPager *self,
         guint64      index)
{
  return self->make != NULL ? MADE_START_MS + (gint64) index * 1000
                            : g_array_index (self->stored, Stored, index).time_ms;
}

static char *
message_at (MemoryPager *self,
            guint64      index)
{
  return self->make != NULL ? self->make (index, self->user_data)
                            : g_strdup (g_array_index (self->stored, Stored, index).message);
}

static guint64
index_of_time (MemoryPager *self,
               gint64       time_ms)
{
  guint64 low = 0;
  guint64 high = count (self);

  while (low < high)
    {
      guint64 middle = low + (high - low) / 2;

      if (time_at (self, middle) < time_ms)
        low = middle + 1;
      else
        high = middle;
    }

  return low;
}

static void
add (MemoryPager    *self,
     SageLogRecords *page,
     guint64         index)
{
  g_autofree char *message = message_at (self, index);

  sage_log_records_add (page, time_at (self, index), message);
}

static SageLogRecords *
read_page (MemoryPager *self,
           const Call  *call)
{
  SageLogRecords *page = sage_log_records_new ();
  guint64 at = call->time_ms > 0 ? index_of_time (self, call->time_ms)
               : call->direction == SAGE_LOG_FORWARD ? 0 : count (self);
  guint64 first;
  guint64 end;

  if (call->token != NULL)
    g_assert_cmpint (sscanf (call->token, "at %" G_GUINT64_FORMAT, &at), ==, 1);
  first = call->direction == SAGE_LOG_FORWARD ? at : at - MIN (at, call->max);
  end = call->direction == SAGE_LOG_FORWARD ? MIN (at + call->max, count (self)) : at;
  for (guint64 i = first; i < end; i++)
    add (self, page, i);
  page->backward = g_strdup_printf ("at %" G_GUINT64_FORMAT, first);
  page->forward = g_strdup_printf ("at %" G_GUINT64_FORMAT, end);

  return page;
}

static SageLogRecords *
filter_page (MemoryPager *self,
             const Call  *call)
{
  SageLogRecords *page = sage_log_records_new ();
  guint64 at = 0;
  guint64 scanned = 0;

  if (call->token != NULL)
    g_assert_cmpint (sscanf (call->token, "from %" G_GUINT64_FORMAT, &at), ==, 1);
  for (; at < count (self) && page->records->len < call->max && scanned < self->scan; at++, scanned++)
    {
      g_autofree char *message = message_at (self, at);

      if (g_regex_match (call->pattern, message, 0, NULL))
        sage_log_records_add (page, time_at (self, at), message);
    }
  if (at < count (self))
    page->forward = g_strdup_printf ("from %" G_GUINT64_FORMAT, at);

  return page;
}

static gboolean
answer_cb (gpointer user_data)
{
  GTask *task = user_data;
  MemoryPager *self = g_task_get_source_object (task);
  const Call *call = g_task_get_task_data (task);

  if (g_task_return_error_if_cancelled (task))
    return G_SOURCE_REMOVE;
  if (self->failing)
    g_task_return_new_error (task, SAGE_ERROR, SAGE_ERROR_UNREACHABLE, "Nobody is there");
  else
    g_task_return_pointer (task, call->pattern != NULL ? filter_page (self, call)
                                                      : read_page (self, call),
                           (GDestroyNotify) sage_log_records_free);

  return G_SOURCE_REMOVE;
}

static void
answer_later (GTask *task,
              Call  *call)
{
  g_task_set_task_data (task, call, call_free);
  g_idle_add_full (G_PRIORITY_DEFAULT, answer_cb, task, g_object_unref);
}

static void
memory_pager_read_async (SageLogPager        *pager,
                         SageLogDirection     direction,
                         const char          *token,
                         gint64               time_ms,
                         guint                max_events,
                         GCancellable        *cancellable,
                         GAsyncReadyCallback  callback,
                         gpointer             user_data)
{
  Call *call = g_new0 (Call, 1);

  MEMORY_PAGER (pager)->reads++;
  call->direction = direction;
  call->token = g_strdup (token);
  call->time_ms = time_ms;
  call->max = max_events;
  answer_later (g_task_new (pager, cancellable, callback, user_data), call);
}

static void
memory_pager_filter_async (SageLogPager        *pager,
                           const char          *pattern,
                           const char          *token,
                           guint                max_events,
                           GCancellable        *cancellable,
                           GAsyncReadyCallback  callback,
                           gpointer             user_data)
{
  Call *call = g_new0 (Call, 1);
  g_autofree char *inside = g_strndup (pattern + 1, strlen (pattern) - 2);

  MEMORY_PAGER (pager)->filters++;
  g_assert_true (g_str_has_prefix (pattern, "%") && g_str_has_suffix (pattern, "%"));
  call->pattern = g_regex_new (inside, 0, 0, NULL);
  g_assert_nonnull (call->pattern);
  call->token = g_strdup (token);
  call->max = max_events;
  answer_later (g_task_new (pager, cancellable, callback, user_data), call);
}

static SageLogRecords *
memory_pager_finish (SageLogPager  *pager,
                     GAsyncResult  *result,
                     GError       **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
memory_pager_iface_init (SageLogPagerInterface *iface)
{
  iface->read_async = memory_pager_read_async;
  iface->read_finish = memory_pager_finish;
  iface->filter_async = memory_pager_filter_async;
  iface->filter_finish = memory_pager_finish;
}

static void
stored_clear (gpointer data)
{
  g_free (((Stored *) data)->message);
}

static void
memory_pager_finalize (GObject *object)
{
  g_array_unref (MEMORY_PAGER (object)->stored);

  G_OBJECT_CLASS (memory_pager_parent_class)->finalize (object);
}

static void
memory_pager_class_init (MemoryPagerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = memory_pager_finalize;
}

static void
memory_pager_init (MemoryPager *self)
{
  self->stored = g_array_new (FALSE, FALSE, sizeof (Stored));
  g_array_set_clear_func (self->stored, stored_clear);
  self->scan = G_MAXUINT64;
}

MemoryPager *
memory_pager_new (void)
{
  return g_object_new (MEMORY_TYPE_PAGER, NULL);
}

/* A log of @n events that are made up when they are read, however many there are. */
MemoryPager *
memory_pager_new_made (guint64          n,
                       MemoryPagerMake  make,
                       gpointer         user_data)
{
  MemoryPager *self = memory_pager_new ();

  self->make = make;
  self->user_data = user_data;
  self->n_made = n;

  return self;
}

void
memory_pager_add (MemoryPager *self,
                  gint64       time_ms,
                  const char  *message)
{
  Stored stored = { time_ms, g_strdup (message) };

  g_array_append_val (self->stored, stored);
}

void
memory_pager_grow (MemoryPager *self,
                   guint64      n)
{
  self->n_made += n;
}

void
memory_pager_set_failing (MemoryPager *self,
                          gboolean     failing)
{
  self->failing = failing;
}

void
memory_pager_set_scan (MemoryPager *self,
                       guint64      n)
{
  self->scan = n;
}

guint
memory_pager_get_reads (MemoryPager *self)
{
  return self->reads;
}

guint
memory_pager_get_filters (MemoryPager *self)
{
  return self->filters;
}
