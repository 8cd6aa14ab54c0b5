/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-log-needle.h"
#include "sage-log-pager.h"

G_BEGIN_DECLS

/* Lines that match are counted up to about this many; whoever looks for more may read on. */
#define SAGE_LOG_FILTER_MOST 100000

/*
 * A search through a whole log, carried out by the engine page by page, and at the same time the
 * log of the lines that match. Properties: "pager" (construct only), "count" (events that match so
 * far), "complete" (all were looked at), "error" (boxed GError, nullable: why the search stopped).
 */
#define SAGE_TYPE_LOG_FILTER (sage_log_filter_get_type ())

G_DECLARE_FINAL_TYPE (SageLogFilter, sage_log_filter, SAGE, LOG_FILTER, GObject)

SageLogFilter *sage_log_filter_new          (SageLogPager         *pager,
                                             SageLogNeedle        *needle);
SageLogNeedle *sage_log_filter_get_needle   (SageLogFilter        *self);
guint          sage_log_filter_get_count    (SageLogFilter        *self);
gboolean       sage_log_filter_get_complete (SageLogFilter        *self);
gboolean       sage_log_filter_get_searching (SageLogFilter       *self);
const GError  *sage_log_filter_get_error    (SageLogFilter        *self);
void           sage_log_filter_search       (SageLogFilter        *self);
void           sage_log_filter_stop         (SageLogFilter        *self);
void           sage_log_filter_find_async   (SageLogFilter        *self,
                                             SageLogDirection      direction,
                                             gint64                time_ms,
                                             GCancellable         *cancellable,
                                             GAsyncReadyCallback   callback,
                                             gpointer              user_data);
gint64         sage_log_filter_find_finish  (SageLogFilter        *self,
                                             GAsyncResult         *result,
                                             GError              **error);

G_END_DECLS
