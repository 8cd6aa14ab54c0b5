/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-log-pager"

#include "config.h"

#include "sage-log-pager.h"

G_DEFINE_INTERFACE (SageLogPager, sage_log_pager, G_TYPE_OBJECT)

static void
event_free (gpointer data)
{
  SageLogEvent *event = data;

  g_free (event->message);
  g_free (event);
}

/**
 * sage_log_page_new:
 *
 * Returns: (transfer full): a page without events or tokens
 */
SageLogPage *
sage_log_page_new (void)
{
  SageLogPage *page = g_new0 (SageLogPage, 1);

  page->events = g_ptr_array_new_with_free_func (event_free);

  return page;
}

/**
 * sage_log_page_free:
 * @page: (nullable): a page
 */
void
sage_log_page_free (SageLogPage *page)
{
  if (page == NULL)
    return;

  g_ptr_array_unref (page->events);
  g_free (page->backward);
  g_free (page->forward);
  g_free (page);
}

/**
 * sage_log_page_add:
 * @page: a page
 * @time_ms: when it was written, in milliseconds since the epoch
 * @message: what was written
 *
 * Adds an event after the others.
 */
void
sage_log_page_add (SageLogPage *page,
                   gint64       time_ms,
                   const char  *message)
{
  SageLogEvent *event = g_new0 (SageLogEvent, 1);

  event->time_ms = time_ms;
  event->message = g_strdup (message);
  g_ptr_array_add (page->events, event);
}

static void
sage_log_pager_default_init (SageLogPagerInterface *iface)
{
}

/**
 * sage_log_pager_read_async:
 * @self: a pager
 * @direction: where to read to
 * @token: (nullable): where to read from: a page's forward token forward, its backward token
 *   backward; %NULL to start at @time_ms
 * @time_ms: without @token: forward, the time that the first event has at least; backward, the one
 *   that the last event stays below; in milliseconds since the epoch
 * @max_events: how many events at most; there may be fewer although more follow
 * @cancellable: (nullable): gives it up
 * @callback: called with the page
 * @user_data: for @callback
 *
 * Reads some events. A page without any is the end in that direction, as of now: forward, its token
 * gives what was written since.
 */
void
sage_log_pager_read_async (SageLogPager        *self,
                           SageLogDirection     direction,
                           const char          *token,
                           gint64               time_ms,
                           guint                max_events,
                           GCancellable        *cancellable,
                           GAsyncReadyCallback  callback,
                           gpointer             user_data)
{
  g_return_if_fail (SAGE_IS_LOG_PAGER (self));

  SAGE_LOG_PAGER_GET_IFACE (self)->read_async (self, direction, token, time_ms, max_events,
                                               cancellable, callback, user_data);
}

/**
 * sage_log_pager_read_finish:
 * @self: a pager
 * @result: what the callback got
 * @error: return location
 *
 * Returns: (transfer full): the page with both tokens, or %NULL with what the engine's reply stands
 *   for
 */
SageLogPage *
sage_log_pager_read_finish (SageLogPager  *self,
                            GAsyncResult  *result,
                            GError       **error)
{
  g_return_val_if_fail (SAGE_IS_LOG_PAGER (self), NULL);

  return SAGE_LOG_PAGER_GET_IFACE (self)->read_finish (self, result, error);
}

/**
 * sage_log_pager_filter_async:
 * @self: a pager
 * @needle: what the events hold
 * @token: (nullable): where to go on: an earlier page's forward token; %NULL for the start
 * @max_events: how many events at most
 * @cancellable: (nullable): gives it up
 * @callback: called with the page
 * @user_data: for @callback
 *
 * Has the engine look for the events that hold something, from the oldest on. A page may be empty
 * although more pages follow, and it may hold events that match only in what is not shown of them.
 */
void
sage_log_pager_filter_async (SageLogPager        *self,
                             SageLogNeedle       *needle,
                             const char          *token,
                             guint                max_events,
                             GCancellable        *cancellable,
                             GAsyncReadyCallback  callback,
                             gpointer             user_data)
{
  g_return_if_fail (SAGE_IS_LOG_PAGER (self));
  g_return_if_fail (needle != NULL);

  SAGE_LOG_PAGER_GET_IFACE (self)->filter_async (self, needle, token, max_events, cancellable,
                                                 callback, user_data);
}

/**
 * sage_log_pager_filter_finish:
 * @self: a pager
 * @result: what the callback got
 * @error: return location
 *
 * Returns: (transfer full): the page, whose forward token is %NULL when the end was reached; or
 *   %NULL with what the engine's reply stands for
 */
SageLogPage *
sage_log_pager_filter_finish (SageLogPager  *self,
                              GAsyncResult  *result,
                              GError       **error)
{
  g_return_val_if_fail (SAGE_IS_LOG_PAGER (self), NULL);

  return SAGE_LOG_PAGER_GET_IFACE (self)->filter_finish (self, result, error);
}
