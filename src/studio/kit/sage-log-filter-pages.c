/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-log-filter"

#include "config.h"

#include <stdio.h>

#include "sage-error.h"
#include "sage-log-filter-private.h"

/*
 * The lines that match, as a log of their own. Its tokens are `PAGE:N`: the place before the event
 * N of a page of the search. The engine goes through a log in one direction only, so that the tokens
 * of the pages that were seen are kept; a page is read again when it is wanted again.
 */
typedef struct
{
  SageLogDirection direction;
  guint            page;
  guint            n;      /* forward, events that were seen; backward, those that are wanted */
  guint            end;    /* where reading backward began */
  guint            end_n;
} Reading;

static void sage_log_filter_read_step (GTask *task);

static char *
make_token (guint page,
            guint n)
{
  return g_strdup_printf ("%u:%u", page, n);
}

/* Keeps @n events from @first on. */
static void
keep_range (SageLogRecords *page,
            guint           first,
            guint           n)
{
  guint rest = page->records->len - first - n;

  if (rest > 0)
    g_ptr_array_remove_range (page->records, first + n, rest);
  if (first > 0)
    g_ptr_array_remove_range (page->records, 0, first);
}

/* Returns: whether @page is what was asked for; if not, @reading goes on */
static gboolean
finish_page (Reading        *reading,
             SageLogRecords *page)
{
  guint total = page->records->len;
  gboolean forward = reading->direction == SAGE_LOG_FORWARD;
  guint first = forward ? MIN (reading->n, total) : 0;
  guint n = forward ? total - first : MIN (reading->n, total);
  gboolean more = page->forward != NULL;

  if (n == 0 && (forward ? more : TRUE))
    {
      reading->page += forward;
      reading->n = 0;
      return FALSE;
    }

  keep_range (page, first, n);
  g_free (page->forward);
  page->backward = make_token (reading->page, first);
  page->forward = more && first + n == total ? make_token (reading->page + 1, 0)
                                             : make_token (reading->page, first + n);

  return TRUE;
}

static void
sage_log_filter_read_cb (GObject      *object,
                         GAsyncResult *result,
                         gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  SageLogFilter *self = g_task_get_source_object (task);
  Reading *reading = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;
  g_autoptr(SageLogRecords) page = sage_log_pager_filter_finish (self->pager, result, &error);

  if (page == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }

  sage_log_filter_keep_matches (self, page);
  sage_log_filter_note_token (self, reading->page + 1, page->forward);
  if (finish_page (reading, page))
    g_task_return_pointer (task, g_steal_pointer (&page), (GDestroyNotify) sage_log_records_free);
  else
    sage_log_filter_read_step (g_steal_pointer (&task));
}

/* Reads one page; takes over the caller's reference on @task. */
static void
sage_log_filter_read_step (GTask *task)
{
  SageLogFilter *self = g_task_get_source_object (task);
  Reading *reading = g_task_get_task_data (task);

  if (reading->direction == SAGE_LOG_BACKWARD && reading->n == 0)
    {
      if (reading->page == 0)
        {
          SageLogRecords *page = sage_log_records_new ();

          page->backward = make_token (0, 0);
          page->forward = make_token (reading->end, reading->end_n);
          g_task_return_pointer (task, page, (GDestroyNotify) sage_log_records_free);
          g_object_unref (task);
          return;
        }
      reading->page--;
      reading->n = G_MAXUINT;
    }

  sage_log_pager_filter_async (self->pager, self->pattern,
                               g_ptr_array_index (self->tokens, reading->page),
                               SAGE_LOG_FILTER_RECORDS, g_task_get_cancellable (task),
                               sage_log_filter_read_cb, task);
}

/* Reads the last events: the search has come to its end. */
void
sage_log_filter_read_end (GTask *task)
{
  SageLogFilter *self = g_task_get_source_object (task);
  Reading *reading = g_task_get_task_data (task);

  reading->page = self->found->len;
  reading->end = self->found->len - 1;
  reading->end_n = g_array_index (self->found, SageLogFound, reading->end).n;
  sage_log_filter_read_step (g_object_ref (task));
}

static void
sage_log_filter_read_async (SageLogPager        *pager,
                            SageLogDirection     direction,
                            const char          *token,
                            gint64               time_ms,
                            guint                max_records,
                            GCancellable        *cancellable,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  SageLogFilter *self = SAGE_LOG_FILTER (pager);
  g_autoptr(GTask) task = g_task_new (self, cancellable, callback, user_data);
  Reading *reading = g_new0 (Reading, 1);

  reading->direction = direction;
  g_task_set_source_tag (task, sage_log_filter_read_async);
  g_task_set_task_data (task, reading, g_free);

  if (token == NULL && direction == SAGE_LOG_BACKWARD)
    {
      sage_log_filter_wait (self, task);
      return;
    }
  if (token != NULL && (sscanf (token, "%u:%u", &reading->page, &reading->n) != 2 ||
                        reading->page >= self->tokens->len))
    {
      g_task_return_new_error (task, SAGE_ERROR, SAGE_ERROR_INVALID,
                               "'%s' is no place in this search", token);
      return;
    }
  reading->end = reading->page;
  reading->end_n = reading->n;
  sage_log_filter_read_step (g_steal_pointer (&task));
}

static SageLogRecords *
sage_log_filter_read_finish (SageLogPager  *pager,
                             GAsyncResult  *result,
                             GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, pager), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* A search within a search goes over all of the log: the engine looks for one thing at a time. */
static void
sage_log_filter_filter_async (SageLogPager        *pager,
                              const char          *pattern,
                              const char          *token,
                              guint                max_records,
                              GCancellable        *cancellable,
                              GAsyncReadyCallback  callback,
                              gpointer             user_data)
{
  sage_log_pager_filter_async (SAGE_LOG_FILTER (pager)->pager, pattern, token, max_records,
                               cancellable, callback, user_data);
}

static SageLogRecords *
sage_log_filter_filter_finish (SageLogPager  *pager,
                               GAsyncResult  *result,
                               GError       **error)
{
  return sage_log_pager_filter_finish (SAGE_LOG_FILTER (pager)->pager, result, error);
}

void
sage_log_filter_pager_init (SageLogPagerInterface *iface)
{
  iface->read_async = sage_log_filter_read_async;
  iface->read_finish = sage_log_filter_read_finish;
  iface->filter_async = sage_log_filter_filter_async;
  iface->filter_finish = sage_log_filter_filter_finish;
}
