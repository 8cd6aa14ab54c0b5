/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-log-pager.h"

G_BEGIN_DECLS

/*
 * Writes a whole log to a file, page by page: plain text, as it is shown. Until it has ended well
 * there is no such file, or the one that was there. Properties: "bytes" (guint64: written so far).
 */
#define SAGE_TYPE_LOG_SAVER (sage_log_saver_get_type ())

G_DECLARE_FINAL_TYPE (SageLogSaver, sage_log_saver, SAGE, LOG_SAVER, GObject)

SageLogSaver *sage_log_saver_new       (SageLogPager         *pager,
                                        gboolean              with_times);
guint64       sage_log_saver_get_bytes (SageLogSaver         *self);
void          sage_log_saver_run_async (SageLogSaver         *self,
                                        GFile                *file,
                                        GCancellable         *cancellable,
                                        GAsyncReadyCallback   callback,
                                        gpointer              user_data);
gboolean      sage_log_saver_run_finish (SageLogSaver        *self,
                                         GAsyncResult        *result,
                                         GError             **error);

G_END_DECLS
