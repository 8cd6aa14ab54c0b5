/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-log-pager"

#include "config.h"

#include "sage-log-pager.h"

G_DEFINE_INTERFACE (SageLogPager, sage_log_pager, G_TYPE_OBJECT)

static void
sage_log_pager_default_init (SageLogPagerInterface *iface)
{
}

/**
 * sage_log_pager_read_async:
 * @self: a log
 * @direction: where to read to
 * @token: (nullable): where to read from: the forward token of records that were read forward, their
 *   backward token backward; %NULL to start at @time_ms
 * @time_ms: without @token: forward, the time that the first record has at least, 0 for the start;
 *   backward, the one that the last record stays below, 0 for the end; in milliseconds since the
 *   epoch
 * @max_records: how many at most, up to 10,000; there may be fewer although more follow
 * @cancellable: (nullable): gives it up
 * @callback: called with the records
 * @user_data: for @callback
 *
 * Reads some of the log. No records mean the end in that direction, as of now: their forward token
 * gives what is written after it.
 */
void
sage_log_pager_read_async (SageLogPager        *self,
                           SageLogDirection     direction,
                           const char          *token,
                           gint64               time_ms,
                           guint                max_records,
                           GCancellable        *cancellable,
                           GAsyncReadyCallback  callback,
                           gpointer             user_data)
{
  g_return_if_fail (SAGE_IS_LOG_PAGER (self));

  SAGE_LOG_PAGER_GET_IFACE (self)->read_async (self, direction, token, time_ms, max_records,
                                               cancellable, callback, user_data);
}

/**
 * sage_log_pager_read_finish:
 * @self: a log
 * @result: what the callback got
 * @error: return location
 *
 * Returns: (transfer full): the records, without tokens as long as nothing was written; or %NULL
 *   with what the engine's reply stands for
 */
SageLogRecords *
sage_log_pager_read_finish (SageLogPager  *self,
                            GAsyncResult  *result,
                            GError       **error)
{
  g_return_val_if_fail (SAGE_IS_LOG_PAGER (self), NULL);

  return SAGE_LOG_PAGER_GET_IFACE (self)->read_finish (self, result, error);
}

/**
 * sage_log_pager_filter_async:
 * @self: a log
 * @pattern: what the records hold, as CloudWatch Logs writes it: terms, "quoted phrases" and
 *   %regular expressions%
 * @token: (nullable): where to go on: the forward token of an earlier page; %NULL for the start
 * @max_records: how many at most, up to 10,000
 * @cancellable: (nullable): gives it up
 * @callback: called with the records
 * @user_data: for @callback
 *
 * Has the engine look through the log, from the oldest record on. There may be none although more
 * pages follow.
 */
void
sage_log_pager_filter_async (SageLogPager        *self,
                             const char          *pattern,
                             const char          *token,
                             guint                max_records,
                             GCancellable        *cancellable,
                             GAsyncReadyCallback  callback,
                             gpointer             user_data)
{
  g_return_if_fail (SAGE_IS_LOG_PAGER (self));
  g_return_if_fail (pattern != NULL);

  SAGE_LOG_PAGER_GET_IFACE (self)->filter_async (self, pattern, token, max_records, cancellable,
                                                 callback, user_data);
}

/**
 * sage_log_pager_filter_finish:
 * @self: a log
 * @result: what the callback got
 * @error: return location
 *
 * Returns: (transfer full): the records, whose forward token is %NULL at the end; or %NULL with what
 *   the engine's reply stands for
 */
SageLogRecords *
sage_log_pager_filter_finish (SageLogPager  *self,
                              GAsyncResult  *result,
                              GError       **error)
{
  g_return_val_if_fail (SAGE_IS_LOG_PAGER (self), NULL);

  return SAGE_LOG_PAGER_GET_IFACE (self)->filter_finish (self, result, error);
}
